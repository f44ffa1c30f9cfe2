//! Path questions on plain graphs against definitions written here: Bellman-Ford (Bellman 1958) and the list of all
//! loopless routes, on thousands of small random graphs with ties, zero costs, parallel arcs, self loops and parts.

use crate::random::Random;
use corridor::flow::{Trips, load_all_or_nothing, load_efficient_routes, load_k_routes, path_size_shares};
use corridor::network::{
    CLOSED, DissimilarLimits, OpenArcs, Path, Proof, SearchSpace, Topology, UNLIMITED, Ways, WithinSpace, betweenness,
    betweenness_sampled, cuts, dissimilar, evasion_costs, evasion_of, k_shortest, k_shortest_over, k_shortest_via,
    least_lengths_from, max_flow, replacements, within,
};

/// A small random graph with its costs.
pub struct Case {
    pub topology: Topology,
    pub costs: Vec<u32>,
}

impl Case {
    pub fn random(random: &mut Random) -> Self {
        let node_count = 1 + random.below(7);
        let arc_count = random.below(24);
        let arcs: Vec<(u32, u32)> =
            (0..arc_count).map(|_| (random.below(node_count), random.below(node_count))).collect();
        let (topology, _) = Topology::new(node_count as usize, &arcs);
        let palette: &[u32] = match random.below(4) {
            0 => &[0, 0, 1],
            1 => &[1],
            2 => &[0, 1, 1, 2, 3, CLOSED],
            _ => &[0, 1, 2, 5, 8, 13, CLOSED - 1, CLOSED],
        };
        let costs = (0..arc_count).map(|_| random.pick(palette)).collect();
        Self { topology, costs }
    }

    /// Where every step costs the same both ways, with parallel arcs of other costs.
    fn random_both_ways(random: &mut Random) -> Self {
        let node_count = 3 + random.below(5);
        let palettes: [&[u32]; 4] = [&[0, 0, 1], &[1], &[1, 2, 3, 4], &[0, 1, 5, 9, CLOSED]];
        let palette = random.pick(&palettes);
        let (mut arcs, mut paid) = (Vec::new(), Vec::new());
        for _ in 0..2 + random.below(11) {
            let (a, b, cost) = (random.below(node_count), random.below(node_count), random.pick(palette));
            arcs.extend([(a, b), (b, a)]);
            paid.extend([cost, cost]);
            // a dearer one beside it goes one way only
            if random.once_in(8) {
                arcs.push((a, b));
                paid.push(cost.max(9));
            }
        }
        let (topology, rows) = Topology::new(node_count as usize, &arcs);
        let mut costs = vec![0; arcs.len()];
        rows.iter().zip(paid).for_each(|(&arc, cost)| costs[arc as usize] = cost);
        Self { topology, costs }
    }

    pub fn node(&self, random: &mut Random) -> u32 {
        random.below(self.topology.node_count() as u32)
    }

    /// Least cost from `root` to every node, by relaxing all arcs until nothing changes.
    pub fn bellman_ford(&self, root: u32) -> Vec<Option<u64>> {
        let mut cost = vec![None; self.topology.node_count()];
        cost[root as usize] = Some(0_u64);
        loop {
            let mut is_changed = false;
            for arc in (0..self.costs.len()).filter(|&arc| self.costs[arc] != CLOSED) {
                let (tail, head) = (self.topology.tail(arc as u32), self.topology.head(arc as u32));
                if let Some(before) = cost[tail as usize] {
                    let reached = before + u64::from(self.costs[arc]);
                    if cost[head as usize].is_none_or(|known| reached < known) {
                        cost[head as usize] = Some(reached);
                        is_changed = true;
                    }
                }
            }
            if !is_changed {
                return cost;
            }
        }
    }

    /// Every loopless route, least first by the documented order: cost, number of arcs, arcs.
    pub fn all_routes(&self, from: u32, to: u32) -> Vec<Path> {
        let mut found = Vec::new();
        let mut passed = vec![false; self.topology.node_count()];
        self.extend(from, to, &mut passed, &mut Vec::new(), 0, &mut found);
        found.sort_by(|a, b| (a.cost, a.arcs.len(), &a.arcs).cmp(&(b.cost, b.arcs.len(), &b.arcs)));
        found
    }

    fn extend(&self, at: u32, to: u32, passed: &mut [bool], arcs: &mut Vec<u32>, cost: u64, found: &mut Vec<Path>) {
        if at == to {
            found.push(Path { arcs: arcs.clone(), cost });
            return;
        }
        passed[at as usize] = true;
        for arc in self.topology.arcs_from(at) {
            let head = self.topology.head(arc as u32);
            if self.costs[arc] != CLOSED && !passed[head as usize] {
                arcs.push(arc as u32);
                self.extend(head, to, passed, arcs, cost + u64::from(self.costs[arc]), found);
                arcs.pop();
            }
        }
        passed[at as usize] = false;
    }

    pub fn describe(&self) -> String {
        let arcs: Vec<String> = (0..self.costs.len() as u32)
            .map(|arc| {
                format!("{arc}: {}-{} {}", self.topology.tail(arc), self.topology.head(arc), self.costs[arc as usize])
            })
            .collect();
        format!("{} nodes; {}", self.topology.node_count(), arcs.join(", "))
    }
}

#[test]
fn k_shortest_routes_are_the_first_of_all_loopless_routes() {
    let (mut several, mut ties, mut none) = (0, 0, 0);
    for seed in 0..10_000 {
        let mut random = Random(seed);
        let case = Case::random(&mut random);
        let (from, to) = (case.node(&mut random), case.node(&mut random));
        let all = case.all_routes(from, to);
        let ways = Ways::new(&case.topology, &case.costs);
        for count in [0, 1, 2, 3, 7, 1000] {
            let found = k_shortest(&ways, from, to, count);
            let expected = &all[..count.min(all.len())];
            assert_eq!(found, expected, "seed {seed}, {from} to {to}, {count} routes\n{}", case.describe());
        }
        assert_eq!(all.first().map(|route| route.cost), case.bellman_ford(from)[to as usize], "seed {seed}");
        several += usize::from(all.len() > 3);
        ties += usize::from(all.windows(2).any(|pair| pair[0].cost == pair[1].cost));
        none += usize::from(all.is_empty());
    }
    assert!(several > 1000 && ties > 1000 && none > 1000, "{several} {ties} {none}: the cases must be hard");
}

#[test]
fn the_tie_case_gives_its_published_costs_in_a_stable_order() {
    // C D E F G H = 0..6
    let arcs = [(0, 1, 3), (0, 2, 2), (1, 3, 4), (2, 1, 1), (2, 3, 2), (2, 4, 3), (3, 4, 2), (3, 5, 1), (4, 5, 2)];
    for turn in 0..arcs.len() {
        let mut turned = arcs;
        turned.rotate_left(turn);
        let (topology, arc_of_place) = Topology::new(6, &turned.map(|(tail, head, _)| (tail, head)));
        let mut costs = vec![0; arcs.len()];
        arc_of_place.iter().zip(&turned).for_each(|(&arc, &(_, _, cost))| costs[arc as usize] = cost);
        let routes = k_shortest(&Ways::new(&topology, &costs), 0, 5, 9);
        assert_eq!(routes.iter().map(|route| route.cost).collect::<Vec<_>>(), [5, 7, 8, 8, 8, 11, 11]);
        let ways: Vec<String> = routes
            .iter()
            .map(|route| route.arcs.iter().map(|&arc| char::from(b'C' + topology.head(arc) as u8)).collect())
            .collect();
        assert_eq!(ways, ["EFH", "EGH", "DFH", "EDFH", "EFGH", "DFGH", "EDFGH"], "turned by {turn}");
    }
}

#[test]
fn replacements_are_the_best_routes_without_each_arc() {
    let mut left = 0;
    for seed in 0..10_000 {
        let mut random = Random(seed);
        let mut case = Case::random(&mut random);
        let (from, to) = (case.node(&mut random), case.node(&mut random));
        let best = case.all_routes(from, to).into_iter().next();
        let found = replacements(&Ways::new(&case.topology, &case.costs), from, to);
        assert_eq!(found.as_ref().map(|(best, _)| best), best.as_ref(), "seed {seed}\n{}", case.describe());
        let Some((best, others)) = found else { continue };
        assert_eq!(others.len(), best.arcs.len());
        for (&arc, other) in best.arcs.iter().zip(&others) {
            let cost = std::mem::replace(&mut case.costs[arc as usize], CLOSED);
            let expected = case.all_routes(from, to).into_iter().next();
            case.costs[arc as usize] = cost;
            assert_eq!(other, &expected, "seed {seed}, without arc {arc}\n{}", case.describe());
            left += usize::from(other.is_some());
        }
    }
    assert!(left > 1000, "{left} replacements are too few to tell");
}

#[test]
fn routes_over_a_node_are_the_first_that_pass_it() {
    let (mut several, mut blocked) = (0, 0);
    for seed in 0..20_000 {
        let mut random = Random(seed);
        let case = if seed % 2 == 0 { Case::random(&mut random) } else { Case::random_both_ways(&mut random) };
        let (from, via, to) = (case.node(&mut random), case.node(&mut random), case.node(&mut random));
        let passes = |route: &Path| via == from || route.arcs.iter().any(|&arc| case.topology.head(arc) == via);
        let mut all = case.all_routes(from, to);
        all.retain(passes);
        for count in [1, 3, 50] {
            let (found, proof) = k_shortest_via(&Ways::new(&case.topology, &case.costs), from, via, to, count);
            assert_eq!(proof, Proof::Exact);
            let expected = &all[..count.min(all.len())];
            assert_eq!(found, expected, "seed {seed}, {from} over {via} to {to}\n{}", case.describe());
        }
        several += usize::from(all.len() > 2);
        // the least ways to and on share a node
        let least = |from, to| case.bellman_ford(from)[to as usize];
        if let (Some(first), Some(to_via), Some(on)) = (all.first(), least(from, via), least(via, to)) {
            blocked += usize::from(seed % 2 == 1 && first.cost > to_via + on);
        }
    }
    assert!(several > 1000 && blocked > 200, "{several} with several routes, {blocked} blocked");
}

#[test]
fn routes_over_a_link_are_the_first_that_take_one_of_its_arcs() {
    let mut several = 0;
    for seed in 0..10_000 {
        let mut random = Random(seed);
        let case = if seed % 2 == 0 { Case::random(&mut random) } else { Case::random_both_ways(&mut random) };
        if case.costs.is_empty() {
            continue;
        }
        let (from, to) = (case.node(&mut random), case.node(&mut random));
        let arc = random.below(case.costs.len() as u32);
        let ends = (case.topology.tail(arc), case.topology.head(arc));
        let back =
            (0..case.costs.len() as u32).find(|&other| (case.topology.head(other), case.topology.tail(other)) == ends);
        let over: Vec<u32> = std::iter::once(arc).chain(back).collect();
        let mut all = case.all_routes(from, to);
        all.retain(|route| route.arcs.iter().any(|arc| over.contains(arc)));
        for count in [1, 2, 50] {
            let ways = Ways::new(&case.topology, &case.costs);
            let (found, proof) = k_shortest_over(&ways, from, &over, to, count);
            assert_eq!(proof, Proof::Exact);
            let costs = |routes: &[Path]| routes.iter().map(|route| route.cost).collect::<Vec<_>>();
            let say = || format!("seed {seed}, {from} over {over:?} to {to}\n{found:?}\n{}", case.describe());
            assert_eq!(costs(&found), costs(&all[..count.min(all.len())]), "{}", say());
            assert!(found.iter().all(|route| all.contains(route)), "{}", say());
        }
        several += usize::from(all.len() > 1);
    }
    assert!(several > 700, "{several}");
}

#[test]
fn dissimilar_routes_keep_their_limits() {
    let mut several = 0;
    for seed in 0..10_000 {
        let mut random = Random(seed);
        let case = Case::random(&mut random);
        let (from, to) = (case.node(&mut random), case.node(&mut random));
        let ways = Ways::new(&case.topology, &case.costs);
        let limits =
            DissimilarLimits { count: 4, largest_shared: random.pick(&[0.0, 0.3, 0.7, 1.0]), largest_stretch: 3.0 };
        let found = dissimilar(&ways, from, to, limits);
        let all = case.all_routes(from, to);
        let say = || format!("seed {seed}, {from} to {to}, {limits:?}\n{found:?}\n{}", case.describe());
        assert_eq!(found.first(), all.first(), "{}", say());
        assert!(found.iter().all(|route| all.contains(route)) && found.len() <= 4, "{}", say());
        assert!(found.windows(2).all(|pair| pair[0].cost <= pair[1].cost), "{}", say());
        for (ix, route) in found.iter().enumerate() {
            assert!(route.cost as f64 <= 3.0 * found[0].cost as f64, "{}", say());
            for before in &found[..ix] {
                let shared: Vec<u32> = route.arcs.iter().copied().filter(|arc| before.arcs.contains(arc)).collect();
                let cost: u64 = shared.iter().map(|&arc| u64::from(case.costs[arc as usize])).sum();
                let part = match route.cost {
                    0 => shared.len() as f64 / route.arcs.len().max(1) as f64,
                    whole => cost as f64 / whole as f64,
                };
                assert!(part <= limits.largest_shared, "{}", say());
            }
        }
        several += usize::from(found.len() > 1);
    }
    assert!(several > 500, "{several}");
}

#[test]
fn trees_costs_and_isochrones_match_bellman_ford_with_far_costs_too() {
    let (mut space, mut near) = (SearchSpace::default(), WithinSpace::default());
    for seed in 0..10_000 {
        let mut random = Random(seed);
        let case = Case::random(&mut random);
        let root = case.node(&mut random);
        let expected = case.bellman_ford(root);
        let told = |cost: u64| (cost != u64::MAX).then_some(cost);
        let open = OpenArcs::new(&case.topology, &case.costs);
        let costs: Vec<Option<u64>> = open.costs_from(root, &mut space).into_iter().map(told).collect();
        assert_eq!(costs, expected, "seed {seed} from {root}\n{}", case.describe());
        let tree = open.tree(root, &mut space);
        assert_eq!(tree.cost.iter().map(|&cost| told(cost)).collect::<Vec<_>>(), expected, "seed {seed}");
        let ways = Ways::new(&case.topology, &case.costs);
        let lengths = least_lengths_from(&ways, root);
        assert_eq!(lengths.iter().map(|length| length.map(|(cost, _)| cost)).collect::<Vec<_>>(), expected);
        let limit = random.pick(&[0, 1, 3, 20, u64::MAX / 2]);
        let mut inside: Vec<(u32, u64)> = (0..)
            .zip(&expected)
            .filter_map(|(node, cost)| Some((node, (*cost)?)))
            .filter(|&(_, c)| c <= limit)
            .collect();
        inside.sort_by_key(|&(node, cost)| (cost, node));
        assert_eq!(within(&ways, root, limit, &mut near), inside, "seed {seed} within {limit}\n{}", case.describe());
    }
}

/// Betweenness by the list of all loopless routes.
fn betweenness_by_list(case: &Case, sources: &[u32], weight: impl Fn(u32, u32) -> f64) -> Vec<f64> {
    let mut sum = vec![0.0; case.topology.node_count()];
    for &from in sources {
        for to in (0..sum.len() as u32).filter(|&to| to != from) {
            let all = case.all_routes(from, to);
            let free = |route: &Path| route.arcs.iter().filter(|&&arc| case.costs[arc as usize] == 0).count();
            let Some(least) = all.iter().map(|route| (route.cost, free(route))).min() else { continue };
            let best: Vec<&Path> = all.iter().filter(|route| (route.cost, free(route)) == least).collect();
            for route in &best {
                for &arc in &route.arcs[..route.arcs.len() - 1] {
                    sum[case.topology.head(arc) as usize] += weight(from, to) / best.len() as f64;
                }
            }
        }
    }
    sum
}

#[test]
fn betweenness_is_the_share_of_least_routes() {
    let mut passed = 0;
    for seed in 0..4000 {
        let mut random = Random(seed);
        let case = Case::random(&mut random);
        let nodes: Vec<u32> = (0..case.topology.node_count() as u32).collect();
        let weight = |from: u32, to: u32| if seed % 2 == 0 { 1.0 } else { f64::from(1 + from * 3 + to) };
        let found = betweenness(&case.topology, &case.costs, &nodes, weight);
        let expected = betweenness_by_list(&case, &nodes, weight);
        for (found, expected) in found.iter().zip(&expected) {
            assert!((found - expected).abs() < 1e-9, "seed {seed}: {found} {expected}\n{}", case.describe());
        }
        passed += usize::from(expected.iter().any(|&sum| sum > 0.0));
    }
    assert!(passed > 1000, "{passed}");
}

#[test]
fn sampled_betweenness_lies_within_its_bound() {
    let mut random = Random(7);
    let arcs: Vec<(u32, u32)> = (0..160).map(|_| (random.below(40), random.below(40))).collect();
    let (topology, _) = Topology::new(40, &arcs);
    let costs: Vec<u32> = (0..160).map(|_| 1 + random.below(9)).collect();
    let exact = betweenness(&topology, &costs, &(0..40).collect::<Vec<u32>>(), |_, _| 1.0);
    for seed in 0..50 {
        let sampled = betweenness_sampled(&topology, &costs, 200, 0.01, seed);
        let error = exact.iter().zip(&sampled.estimate).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(error <= sampled.largest_error && error > 0.0, "seed {seed}: {error} {}", sampled.largest_error);
        assert_eq!(sampled, betweenness_sampled(&topology, &costs, 200, 0.01, seed));
    }
}

#[test]
fn the_largest_flow_equals_the_smallest_cut() {
    let (mut positive, mut unlimited) = (0, 0);
    for seed in 0..10_000 {
        let mut random = Random(seed);
        let case = Case::random(&mut random);
        let nodes = case.topology.node_count() as u32;
        let palette: &[u64] = if seed % 3 == 0 { &[0, 1, 2, 5, UNLIMITED] } else { &[0, 1, 2, 3, 9] };
        let capacity: Vec<u64> = (0..case.topology.arc_count()).map(|_| random.pick(palette)).collect();
        let pick = |random: &mut Random| (0..1 + random.below(2)).map(|_| random.below(nodes)).collect::<Vec<u32>>();
        let (sources, sinks) = (pick(&mut random), pick(&mut random));
        let found = max_flow(&case.topology, &capacity, &sources, &sinks);
        // every set of nodes that holds the sources and no sink is a cut
        let arcs = || 0..case.topology.arc_count() as u32;
        let holds = |set: u32, node: u32| set >> node & 1 == 1;
        let cut_of = |set: u32| {
            arcs()
                .filter(|&arc| holds(set, case.topology.tail(arc)) && !holds(set, case.topology.head(arc)))
                .map(|arc| capacity[arc as usize])
                .try_fold(0_u64, |sum, capacity| (capacity != UNLIMITED).then(|| sum + capacity))
        };
        let sets = (0..1_u32 << nodes)
            .filter(|&set| sources.iter().all(|&node| holds(set, node)) && !sinks.iter().any(|&node| holds(set, node)));
        let expected = sets.filter_map(cut_of).min();
        let say = || format!("seed {seed}, {sources:?} to {sinks:?}, {capacity:?}, {found:?}\n{}", case.describe());
        assert_eq!(found.value, expected, "{}", say());
        let Some(value) = found.value else {
            unlimited += 1;
            continue;
        };
        assert_eq!(found.cut.iter().map(|&arc| capacity[arc as usize]).sum::<u64>(), value, "{}", say());
        let mut surplus = vec![0_i64; nodes as usize];
        for arc in arcs() {
            let flow = found.of_arc[arc as usize];
            assert!(flow <= capacity[arc as usize], "{}", say());
            surplus[case.topology.head(arc) as usize] += flow as i64;
            surplus[case.topology.tail(arc) as usize] -= flow as i64;
        }
        let is_end = |node: &u32| sources.contains(node) || sinks.contains(node);
        assert!((0..nodes).filter(|node| !is_end(node)).all(|node| surplus[node as usize] == 0), "{}", say());
        positive += usize::from(value > 0);
    }
    assert!(positive > 1000 && unlimited > 500, "{positive} {unlimited}");
}

#[test]
fn cuts_are_what_parts_fall_off_without() {
    let parts = |nodes: u32, edges: &[(u32, u32)], gone: Option<u32>| {
        let mut name: Vec<u32> = (0..nodes).collect();
        for _ in 0..nodes {
            for &(a, b) in edges.iter().filter(|&&(a, b)| Some(a) != gone && Some(b) != gone) {
                let least = name[a as usize].min(name[b as usize]);
                (name[a as usize], name[b as usize]) = (least, least);
            }
        }
        (0..nodes).filter(|&node| Some(node) != gone && name[node as usize] == node).count()
    };
    let (mut bridge_count, mut cut_count) = (0, 0);
    for seed in 0..10_000 {
        let mut random = Random(seed);
        let nodes = 1 + random.below(8);
        let edges: Vec<(u32, u32)> =
            (0..random.below(12)).map(|_| (random.below(nodes), random.below(nodes))).collect();
        let whole = parts(nodes, &edges, None);
        let bridges: Vec<u32> = (0..edges.len() as u32)
            .filter(|&edge| {
                let mut others = edges.clone();
                others.remove(edge as usize);
                parts(nodes, &others, None) > whole
            })
            .collect();
        let is_alone = |node: u32| edges.iter().all(|&(a, b)| (a == node) == (b == node));
        let cut_nodes: Vec<u32> =
            (0..nodes).filter(|&node| parts(nodes, &edges, Some(node)) + usize::from(is_alone(node)) > whole).collect();
        let found = cuts(nodes as usize, &edges);
        assert_eq!((&found.bridges, &found.nodes), (&bridges, &cut_nodes), "seed {seed}: {nodes} nodes, {edges:?}");
        (bridge_count, cut_count) = (bridge_count + bridges.len(), cut_count + cut_nodes.len());
    }
    assert!(bridge_count > 1000 && cut_count > 1000, "{bridge_count} {cut_count}");
}

#[test]
fn the_most_reliable_route_has_the_largest_product() {
    for seed in 0..3000 {
        let mut random = Random(seed);
        let mut case = Case::random(&mut random);
        let probabilities: Vec<f64> =
            (0..case.costs.len()).map(|_| random.pick(&[0.0, 0.2, 0.5, 0.9, 0.99, 1.0])).collect();
        case.costs = evasion_costs(&probabilities).unwrap();
        let (from, to) = (case.node(&mut random), case.node(&mut random));
        let product = |route: &Path| route.arcs.iter().map(|&arc| probabilities[arc as usize]).product::<f64>();
        let largest = case.all_routes(from, to).iter().map(product).fold(0.0, f64::max);
        let found = k_shortest(&Ways::new(&case.topology, &case.costs), from, to, 1);
        let reached = found.first().map_or(0.0, product);
        assert!((reached - largest).abs() < 1e-6, "seed {seed}: {reached} {largest}\n{}", case.describe());
        assert!(found.iter().all(|route| (evasion_of(route.cost) - product(route)).abs() < 1e-6), "seed {seed}");
    }
    let bad = evasion_costs(&[0.5, f64::NAN, -0.1, 1.1, 1e-300, 0.0]).unwrap_err();
    assert_eq!(bad.iter().map(|bad| bad.arc).collect::<Vec<_>>(), [1, 2, 3, 4]);
}

#[test]
fn loadings_share_trips_as_documented() {
    // links a, b of length 1 to the middle, c on; d of length 2 past it
    let shares = path_size_shares(
        &[vec![0, 2], vec![1, 2], vec![3]],
        &[0.0, 0.0, 0.0],
        |link| if link == 3 { 2.0 } else { 1.0 },
        1.0,
        1.0,
    );
    for (share, expected) in shares.iter().zip([0.3, 0.3, 0.4]) {
        assert!((share - expected).abs() < 1e-12, "{shares:?}");
    }
    let mut loaded = 0;
    for seed in 0..3000 {
        let mut random = Random(seed);
        let case = Case::random(&mut random);
        let trips: Vec<Trips> = (0..3)
            .map(|_| Trips {
                from: case.node(&mut random),
                to: case.node(&mut random),
                count: f64::from(random.below(5)),
            })
            .collect();
        let (ways, theta) = (Ways::new(&case.topology, &case.costs), 0.5);
        let nothing = load_all_or_nothing(&ways, &trips);
        let efficient = load_efficient_routes(&ways, &trips, theta);
        let several = load_k_routes(&ways, &trips, 3, theta, 1.0);
        let (mut least, mut logit) = (vec![0.0; case.costs.len()], vec![0.0; case.costs.len()]);
        let mut unloaded = Vec::new();
        for (place, trip) in trips.iter().enumerate() {
            let all = case.all_routes(trip.from, trip.to);
            let Some(best) = all.first() else {
                unloaded.push(place);
                continue;
            };
            best.arcs.iter().for_each(|&arc| least[arc as usize] += trip.count);
            let length = least_lengths_from(&ways, trip.from);
            let is_efficient = |&arc: &u32| {
                let ends = (length[case.topology.tail(arc) as usize], length[case.topology.head(arc) as usize]);
                let (Some(from), Some(to)) = ends else { return false };
                to.0 > from.0 || (case.costs[arc as usize] == 0 && to > from)
            };
            let efficient: Vec<&Path> = all.iter().filter(|route| route.arcs.iter().all(is_efficient)).collect();
            let weight = |route: &Path| (-theta * (route.cost - best.cost) as f64).exp();
            let total: f64 = efficient.iter().map(|route| weight(route)).sum();
            for route in efficient {
                route.arcs.iter().for_each(|&arc| logit[arc as usize] += trip.count * weight(route) / total);
            }
        }
        let is_near = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-9);
        let say = || format!("seed {seed} {trips:?}\n{logit:?}\n{efficient:?}\n{}", case.describe());
        assert!(is_near(&nothing.of_arc, &least) && nothing.unloaded == unloaded, "{}", say());
        assert!(is_near(&efficient.of_arc, &logit) && efficient.unloaded == unloaded, "{}", say());
        assert_eq!(several.unloaded, unloaded);
        loaded += usize::from(logit.iter().any(|&flow| flow > 0.0));
    }
    assert!(loaded > 500, "{loaded}");
}
