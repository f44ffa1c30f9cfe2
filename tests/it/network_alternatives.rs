//! Alternative routes against every loopless path of small graphs.

use crate::network_fixture::{Draft, arc_of, random_draft};
use crate::random::Random;
use corridor::network::{
    AlternativesParams, AlternativesSpace, CLOSED, Network, Path, SearchSpace, alternatives, one_to_all,
};
use corridor::records::{CrossingStatus, Mode};
use std::collections::BTreeMap;

/// The routes between two nodes, without groups that must be there and without side arcs.
fn routes(
    network: &Network,
    costs: &[u32],
    (from, to): (u32, u32),
    params: &AlternativesParams,
    space: &mut AlternativesSpace,
) -> Vec<Path> {
    routes_over(network, costs, (from, to), &[], &[], |_| None, params, space)
}

#[expect(clippy::too_many_arguments, reason = "as many as the function under test")]
fn routes_over(
    network: &Network,
    costs: &[u32],
    (from, to): (u32, u32),
    must_pass: &[Vec<u32>],
    side_arcs: &[u32],
    group_of: impl Fn(&[u32]) -> Option<usize>,
    params: &AlternativesParams,
    space: &mut AlternativesSpace,
) -> Vec<Path> {
    let open: Vec<u32> = costs
        .iter()
        .enumerate()
        .map(|(arc, &cost)| if side_arcs.contains(&(arc as u32)) { CLOSED } else { cost })
        .collect();
    let mut search = SearchSpace::default();
    let forward = one_to_all(network.topology(), &open, from, &mut search);
    let backward = one_to_all(network.topology(), &network.reversed(&open), to, &mut search).turned(network);
    alternatives(network, costs, &forward, &backward, must_pass, side_arcs, group_of, params, space)
}

/// Every loopless path as its arcs, with its cost.
fn all_paths(network: &Network, costs: &[u32], from: u32, to: u32) -> BTreeMap<Vec<u32>, u64> {
    fn extend(
        network: &Network,
        costs: &[u32],
        at: u32,
        to: u32,
        seen: &mut Vec<u32>,
        arcs: &mut Vec<u32>,
        found: &mut BTreeMap<Vec<u32>, u64>,
    ) {
        if at == to {
            found.insert(arcs.clone(), arcs.iter().map(|&arc| u64::from(costs[arc as usize])).sum());
            return;
        }
        for arc in network.arcs_from(at) {
            let (arc, head) = (arc as u32, network.head(arc as u32));
            if costs[arc as usize] != CLOSED && !seen.contains(&head) {
                seen.push(head);
                arcs.push(arc);
                extend(network, costs, head, to, seen, arcs, found);
                arcs.pop();
                seen.pop();
            }
        }
    }
    let mut found = BTreeMap::new();
    extend(network, costs, from, to, &mut vec![from], &mut Vec::new(), &mut found);
    found
}

fn cost_on(network: &Network, costs: &[u32], path: &Path, links: &[u32]) -> u64 {
    path.arcs.iter().filter(|&&arc| links.contains(&network.link(arc))).map(|&arc| u64::from(costs[arc as usize])).sum()
}

fn links_of(network: &Network, path: &Path) -> Vec<u32> {
    path.arcs.iter().map(|&arc| network.link(arc)).collect()
}

/// Few junctions, each link cut into a few pieces: small enough to list every path, long enough for plateaus.
fn random_junctions(random: &mut Random, most_pieces: u32) -> Draft {
    let mut draft = Draft::default();
    let junctions = 3 + random.below(3);
    for _ in 0..junctions {
        draft.node(60.0 + random.unit(), 30.0 + random.unit(), "AFG");
    }
    for _ in 0..junctions + random.below(5) {
        let (mut at, to) = (random.below(junctions), random.below(junctions));
        let pieces = 1 + random.below(most_pieces);
        for piece in 1..=pieces {
            let next = if piece == pieces { to } else { draft.node(60.0 + random.unit(), 30.0 + random.unit(), "AFG") };
            let mode = if random.below(12) == 0 { Mode::Crossing } else { Mode::Road };
            let link = draft.link(at, next, mode, 1.0, 0.02);
            if mode == Mode::Crossing {
                let status = random.pick(CrossingStatus::ALL);
                draft.crossing_on(&format!("x{link}"), [at, next], link, Mode::Road, status);
            }
            at = next;
        }
    }
    draft
}

/// Plateau routes straight from the definition: the chains of arcs on both trees, the cheapest chain first, each route
/// kept when it shares little enough with every route kept before it.
fn plateau_routes(
    network: &Network,
    costs: &[u32],
    (from, to): (u32, u32),
    params: &AlternativesParams,
) -> Vec<Vec<u32>> {
    let mut search = SearchSpace::default();
    let forward = one_to_all(network.topology(), costs, from, &mut search);
    let backward = one_to_all(network.topology(), &network.reversed(costs), to, &mut search);
    let best = forward.cost[to as usize];
    let is_on_both = |arc: u32| {
        forward.via_arc[network.head(arc) as usize] == arc
            && backward.via_arc[network.tail(arc) as usize] == network.twin(arc)
    };
    let route_over = |arc: u32| {
        let (mut before, mut at) = (Vec::new(), network.tail(arc));
        while at != from {
            before.push(forward.via_arc[at as usize]);
            at = forward.parent[at as usize];
        }
        before.reverse();
        before.push(arc);
        at = network.head(arc);
        while at != to {
            before.push(network.twin(backward.via_arc[at as usize]));
            at = backward.parent[at as usize];
        }
        before
    };
    let cost_of = |arcs: &[u32]| arcs.iter().map(|&arc| u64::from(costs[arc as usize])).sum::<u64>();
    let arcs = 0..network.arc_count() as u32;
    let mut candidates = Vec::new();
    for last in arcs.clone().filter(|&arc| is_on_both(arc)) {
        if arcs.clone().any(|arc| network.tail(arc) == network.head(last) && is_on_both(arc)) {
            continue;
        }
        let (mut chain, mut first) = (vec![last], last);
        while let Some(arc) = arcs.clone().find(|&arc| network.head(arc) == network.tail(first) && is_on_both(arc)) {
            chain.push(arc);
            first = arc;
        }
        let route = route_over(last);
        let crosses_border = chain.iter().any(|&arc| network.is_border(network.link(arc)));
        let is_long = cost_of(&chain) >= (best as f64 * params.smallest_plateau_share) as u64;
        if cost_of(&route) as f64 <= best as f64 * params.largest_stretch && (is_long || crosses_border) {
            candidates.push((cost_of(&route), last, route));
        }
    }
    candidates.sort();
    let mut kept = vec![routes(network, costs, (from, to), params, &mut AlternativesSpace::default())[0].arcs.clone()];
    for (cost, _, route) in candidates {
        let mut nodes: Vec<u32> = route.iter().map(|&arc| network.head(arc)).chain([from]).collect();
        nodes.sort_unstable();
        let is_loopless = nodes.windows(2).all(|pair| pair[0] != pair[1]);
        let is_different = kept.iter().all(|other| {
            let links: Vec<u32> = other.iter().map(|&arc| network.link(arc)).collect();
            let shared: Vec<u32> = route.iter().copied().filter(|&arc| links.contains(&network.link(arc))).collect();
            *other != route && cost_of(&shared) as f64 <= params.largest_overlap_share * cost as f64
        });
        if kept.len() < params.route_count as usize && is_loopless && is_different {
            kept.push(route);
        }
    }
    kept
}

#[test]
fn routes_are_real_different_within_their_limits_and_all_plateaus() {
    let mut space = AlternativesSpace::default();
    let (mut several_count, mut unreachable_count) = (0, 0);
    for seed in 0..8000 {
        let mut random = Random(seed);
        // long chains too: more nodes than the search passes over at once
        let draft = match seed % 8 {
            0 | 1 => random_draft(&mut random, 7, 14),
            2 => random_junctions(&mut random, 40),
            _ => random_junctions(&mut random, 5),
        };
        let network = draft.build();
        let is_symmetric = random.below(4) > 0;
        let of_link: Vec<u32> = (0..network.link_count()).map(|_| 1 + random.below(6)).collect();
        let costs: Vec<u32> = (0..network.arc_count() as u32)
            .map(|arc| match network.link(arc) {
                link if network.is_closed(link) => CLOSED,
                link if is_symmetric => of_link[link as usize],
                _ => random.pick(&[0, 1, 2, 3, 5, 8, 13]),
            })
            .collect();
        let nodes = (network.node_count() as u32).min(4);
        let ends = (random.below(nodes), random.below(nodes));
        let params = AlternativesParams {
            route_count: 1 + random.below(6),
            largest_stretch: random.pick(&[1.0, 1.25, 1.5, 3.0]),
            largest_overlap_share: random.pick(&[0.0, 0.3, 0.75, 1.0]),
            smallest_plateau_share: random.pick(&[0.0, 0.1, 0.4]),
            ..AlternativesParams::default()
        };
        let found = routes(&network, &costs, ends, &params, &mut space);
        let case = || format!("seed {seed}, {ends:?}, {params:?}\nfound {found:?}\ncosts {costs:?}\n{draft:#?}");
        let every = all_paths(&network, &costs, ends.0, ends.1);
        let Some(&best) = every.values().min() else {
            assert!(found.is_empty(), "unreachable: {}", case());
            unreachable_count += 1;
            continue;
        };
        assert_eq!(found[0].cost, best, "the first is the cheapest: {}", case());
        assert!(found.len() <= params.route_count as usize, "{}", case());
        assert!(found.is_sorted_by_key(|path| path.cost), "cheapest first: {}", case());
        for (ix, path) in found.iter().enumerate() {
            // a member of the list of loopless paths, at its cost
            assert_eq!(every.get(&path.arcs), Some(&path.cost), "a real path: {}", case());
            assert!(path.cost as f64 <= best as f64 * params.largest_stretch, "stretch: {}", case());
            for kept in &found[..ix] {
                assert_ne!(kept.arcs, path.arcs, "different arcs: {}", case());
                let shared = cost_on(&network, &costs, path, &links_of(&network, kept));
                let limit = params.largest_overlap_share * path.cost as f64;
                assert!(shared as f64 <= limit, "{shared} shared, at most {limit}: {}", case());
            }
        }
        let expected = plateau_routes(&network, &costs, ends, &params);
        let arcs: Vec<Vec<u32>> = found.iter().map(|path| path.arcs.clone()).collect();
        assert_eq!(arcs, expected, "every plateau: {}", case());
        several_count += usize::from(found.len() > 1);
    }
    println!("{several_count} pairs with several routes, {unreachable_count} unreachable");
    assert!(several_count > 300 && unreachable_count > 150, "{several_count} and {unreachable_count}: too easy");
}

/// Disjoint chains of links between nodes 0 and 1; chain `c` has links of the given costs.
fn chains(parts: &[Vec<u32>]) -> (Draft, Vec<u32>) {
    let mut draft = Draft::default();
    let (from, to) = (draft.node(60.0, 30.0, "AFG"), draft.node(65.0, 30.0, "AFG"));
    let mut cost_of_link = Vec::new();
    for chain in parts {
        let mut at = from;
        for (ix, &cost) in chain.iter().enumerate() {
            let next = if ix + 1 == chain.len() { to } else { draft.node(61.0, 31.0, "AFG") };
            draft.road(at, next, f64::from(cost));
            cost_of_link.push(cost);
            at = next;
        }
    }
    (draft, cost_of_link)
}

#[test]
fn disjoint_chains_within_the_stretch_are_all_found() {
    // Between disjoint chains of short links nothing but the cost counts: the answer is known. Equal costs included.
    let params = AlternativesParams { route_count: 5, largest_stretch: 1.5, ..AlternativesParams::default() };
    let mut space = AlternativesSpace::default();
    let mut tied_count = 0;
    for seed in 0..400 {
        let mut random = Random(seed);
        let parts: Vec<Vec<u32>> = (0..1 + random.below(5))
            .map(|_| (0..12 + random.below(8)).map(|_| 1 + random.below(2)).collect())
            .collect();
        let (draft, cost_of_link) = chains(&parts);
        let network = draft.build();
        let costs = network.arc_costs(|link| f64::from(cost_of_link[link as usize]));
        let mut expected: Vec<u64> =
            parts.iter().map(|chain| chain.iter().map(|&cost| u64::from(cost)).sum()).collect();
        expected.sort_unstable();
        let best = expected[0];
        expected.retain(|&cost| cost as f64 <= best as f64 * params.largest_stretch);
        tied_count += usize::from(expected.len() > 1 && expected[1] == best);
        let found = routes(&network, &costs, (0, 1), &params, &mut space);
        let found: Vec<u64> = found.iter().map(|path| path.cost).collect();
        assert_eq!(found, expected, "seed {seed}: {parts:?}");
    }
    assert!(tied_count > 10, "{tied_count} cases where the two cheapest cost the same");
}

#[test]
fn an_equally_cheap_route_is_an_alternative() {
    let (draft, cost_of_link) = chains(&[vec![2, 6, 2], vec![3, 4, 3]]);
    let network = draft.build();
    let costs = network.arc_costs(|link| f64::from(cost_of_link[link as usize]));
    let params = AlternativesParams::default();
    let found = routes(&network, &costs, (0, 1), &params, &mut AlternativesSpace::default());
    assert_eq!(found.iter().map(|path| path.cost).collect::<Vec<_>>(), vec![10, 10]);
    assert_ne!(found[0].arcs, found[1].arcs);
}

#[test]
fn every_group_that_must_be_there_has_its_cheapest_route() {
    // Three ways out, one a group; the third costs more than the stretch allows but less than the group stretch, the
    // fourth more than that.
    let parts = [vec![4, 2, 4], vec![5, 2, 5], vec![10, 5, 10], vec![30, 5, 30]];
    let (draft, cost_of_link) = chains(&parts);
    let network = draft.build();
    let costs = network.arc_costs(|link| f64::from(cost_of_link[link as usize]));
    // middle links 1, 4, 7, 10
    let middle = |chain: u32| {
        let link = 3 * chain + 1;
        arc_of(&network, link, draft.links[link as usize].from_ix)
    };
    let groups: Vec<Vec<u32>> = (0..4).map(|chain| vec![middle(chain)]).collect();
    let group_of = |arcs: &[u32]| groups.iter().position(|group| arcs.contains(&group[0]));
    let params = AlternativesParams { route_count: 1, ..AlternativesParams::default() };
    let mut space = AlternativesSpace::default();
    let found = routes_over(&network, &costs, (0, 1), &groups, &[], group_of, &params, &mut space);
    let costs_found: Vec<u64> = found.iter().map(|path| path.cost).collect();
    assert_eq!(costs_found, vec![10, 12, 25], "the fourth is beyond the group stretch of 4");
    // side arcs: closed to the trees, so the cheapest chain drops out and comes back as a side route
    let side = [middle(0)];
    let group_of = |_: &[u32]| None;
    let params = AlternativesParams { route_count: 5, ..AlternativesParams::default() };
    let found = routes_over(&network, &costs, (0, 1), &[], &side, group_of, &params, &mut space);
    let costs_found: Vec<u64> = found.iter().map(|path| path.cost).collect();
    assert_eq!(costs_found, vec![12, 10], "the cheapest without side arcs, then the side route");
    let params = AlternativesParams { side_route_count: 0, ..params };
    let found = routes_over(&network, &costs, (0, 1), &[], &side, group_of, &params, &mut space);
    assert_eq!(found.len(), 1);
}

#[test]
fn a_working_memory_serves_networks_of_any_size() {
    let mut space = AlternativesSpace::default();
    let params = AlternativesParams::default();
    for length in [40, 3, 60, 2, 5] {
        let (draft, cost_of_link) = chains(&[vec![1; length], vec![1; length + 1]]);
        let network = draft.build();
        let costs = network.arc_costs(|link| f64::from(cost_of_link[link as usize]));
        let found = routes(&network, &costs, (0, 1), &params, &mut space);
        let fresh = routes(&network, &costs, (0, 1), &params, &mut AlternativesSpace::default());
        assert_eq!(found, fresh, "chains of {length}");
    }
}

#[test]
fn nothing_leads_over_a_closed_link() {
    let (mut draft, cost_of_link) = chains(&[vec![2, 6, 2]]);
    draft.links[1].mode = Mode::Green;
    let network = draft.build();
    let costs = network.without(&network.arc_costs(|link| f64::from(cost_of_link[link as usize])), Mode::Green);
    let params = AlternativesParams::default();
    assert!(routes(&network, &costs, (0, 1), &params, &mut AlternativesSpace::default()).is_empty());
    let here = routes(&network, &costs, (0, 0), &params, &mut AlternativesSpace::default());
    assert_eq!(here, vec![Path { arcs: vec![], cost: 0 }], "from a node to itself: the empty route");
}
