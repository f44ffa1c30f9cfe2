//! Shortest-path trees against Bellman-Ford (Bellman 1958) written here, on thousands of small random graphs.

use crate::network_fixture::{Draft, random_draft};
use crate::random::Random;
use corridor::network::{
    CLOSED, Components, GreenBorder, Network, NetworkParams, SearchSpace, SpeedRule, Tree, one_to_all, retime,
};
use corridor::records::{CrossingStatus, Mode};

const NONE: u32 = u32::MAX;

/// Least cost from `root` to every node, by relaxing every arc until nothing changes.
pub fn bellman_ford(network: &Network, costs: &[u32], root: u32) -> Vec<u64> {
    let mut cost = vec![u64::MAX; network.node_count()];
    cost[root as usize] = 0;
    loop {
        let mut is_changed = false;
        for arc in 0..network.arc_count() as u32 {
            let (tail, head) = (network.tail(arc) as usize, network.head(arc) as usize);
            if costs[arc as usize] == CLOSED || cost[tail] == u64::MAX {
                continue;
            }
            let reached = cost[tail] + u64::from(costs[arc as usize]);
            if reached < cost[head] {
                cost[head] = reached;
                is_changed = true;
            }
        }
        if !is_changed {
            return cost;
        }
    }
}

/// Arc costs with many ties, zeros and a few of the largest possible; links closed by their crossing stay closed.
fn random_costs(random: &mut Random, network: &Network) -> Vec<u32> {
    let is_symmetric = random.below(2) == 0;
    let of_link: Vec<u32> = (0..network.link_count()).map(|_| random_cost(random)).collect();
    (0..network.arc_count() as u32)
        .map(|arc| match network.link(arc) {
            link if network.is_closed(link) => CLOSED,
            link if is_symmetric => of_link[link as usize],
            _ => random_cost(random),
        })
        .collect()
}

fn random_cost(random: &mut Random) -> u32 {
    random.pick(&[0, 0, 1, 1, 1, 2, 2, 3, 5, 8, 1000, CLOSED - 1, CLOSED])
}

/// Every claim of `one_to_all`: least costs, a real path behind each, and the tie rule.
///
/// Tie rule: of the arcs that end a cheapest path the one with the lowest index is the tree's, among arcs of positive
/// cost; an arc of cost 0 is taken only where no arc of positive cost ends a cheapest path (so that no tree has a cycle).
fn check_tree(network: &Network, costs: &[u32], root: u32, tree: &Tree) -> Result<(), String> {
    let expected = bellman_ford(network, costs, root);
    if tree.root != root || tree.cost != expected {
        return Err(format!("costs {:?}, Bellman-Ford {expected:?}", tree.cost));
    }
    for node in 0..network.node_count() as u32 {
        let (via, parent) = (tree.via_arc[node as usize], tree.parent[node as usize]);
        if tree.reaches(node) != (expected[node as usize] != u64::MAX) {
            return Err(format!("reaches({node}) is {}", tree.reaches(node)));
        }
        if node == root || !tree.reaches(node) {
            if (via, parent) != (NONE, node) {
                return Err(format!("node {node} has arc {via} and parent {parent}, expected none"));
            }
            continue;
        }
        // the path behind the cost, at most one arc a node
        let (mut at, mut sum) = (node, 0);
        for _ in 0..network.node_count() {
            if at == root {
                break;
            }
            let arc = tree.via_arc[at as usize];
            if network.head(arc) != at || network.tail(arc) != tree.parent[at as usize] {
                return Err(format!("arc {arc} does not lead from {} to {at}", tree.parent[at as usize]));
            }
            sum += u64::from(costs[arc as usize]);
            at = tree.parent[at as usize];
        }
        if at != root || sum != expected[node as usize] {
            return Err(format!("the path to {node} ends at {at} and costs {sum}"));
        }
        let ends_cheapest = |&arc: &u32| {
            let (step, before) = (costs[arc as usize], expected[network.tail(arc) as usize]);
            network.head(arc) == node
                && step != CLOSED
                && before != u64::MAX
                && before + u64::from(step) == expected[node as usize]
        };
        let tied: Vec<u32> = (0..network.arc_count() as u32).filter(ends_cheapest).collect();
        let lowest = tied.iter().copied().find(|&arc| costs[arc as usize] > 0);
        if !tied.contains(&via) || lowest.is_some_and(|arc| arc != via) {
            return Err(format!("node {node} is entered by arc {via}, tied arcs {tied:?}, lowest {lowest:?}"));
        }
    }
    Ok(())
}

#[test]
fn trees_match_bellman_ford_forward_and_backward() {
    // One working memory for all: what a search leaves in it must not change the next.
    let mut space = SearchSpace::default();
    let (mut tie_count, mut unreached_count, mut closed_count) = (0, 0, 0);
    for seed in 0..4000 {
        let mut random = Random(seed);
        let draft = random_draft(&mut random, 9, 22);
        let network = draft.build();
        let costs = random_costs(&mut random, &network);
        let root = random.below(network.node_count() as u32);
        let forward = one_to_all(network.topology(), &costs, root, &mut space);
        if let Err(what) = check_tree(&network, &costs, root, &forward) {
            panic!("seed {seed}, forward from {root}: {what}\ncosts {costs:?}\n{draft:#?}");
        }
        let reversed = network.reversed(&costs);
        let backward = one_to_all(network.topology(), &reversed, root, &mut space);
        if let Err(what) = check_tree(&network, &reversed, root, &backward) {
            panic!("seed {seed}, backward from {root}: {what}\ncosts {costs:?}\n{draft:#?}");
        }
        // cost to the root along the arcs' own direction, by the forward oracle from every node
        for node in 0..network.node_count() as u32 {
            let onward = bellman_ford(&network, &costs, node)[root as usize];
            assert_eq!(backward.cost[node as usize], onward, "seed {seed}: from {node} to {root}\n{draft:#?}");
        }
        tie_count += usize::from(!forward.cost.is_empty() && costs.iter().filter(|&&cost| cost == 1).count() > 3);
        unreached_count += usize::from((0..network.node_count() as u32).any(|node| !forward.reaches(node)));
        closed_count += usize::from((0..network.link_count() as u32).any(|link| network.is_closed(link)));
    }
    println!("{tie_count} graphs with ties, {unreached_count} disconnected, {closed_count} with closed links");
    assert!(tie_count > 500 && unreached_count > 500 && closed_count > 500, "the cases must be hard");
}

#[test]
fn without_dead_ends_every_way_between_terminals_stays() {
    let mut closed_count = 0;
    for seed in 0..2000 {
        let mut random = Random(seed);
        let draft = random_draft(&mut random, 12, 16);
        let network = draft.build();
        let of_link: Vec<f64> = (0..network.link_count()).map(|_| f64::from(random.below(9))).collect();
        let costs = network.arc_costs(|link| of_link[link as usize]);
        let terminals: Vec<u32> = (0..random.below(4)).map(|_| random.below(network.node_count() as u32)).collect();
        let cut = network.without_dead_ends(costs.clone(), &terminals);
        let case = || format!("seed {seed}, terminals {terminals:?}\n{costs:?}\n{cut:?}\n{draft:#?}");
        assert!(cut.iter().zip(&costs).all(|(cut, cost)| cut == cost || *cut == CLOSED), "{}", case());
        for &from in &terminals {
            let (before, after) = (bellman_ford(&network, &costs, from), bellman_ford(&network, &cut, from));
            assert!(terminals.iter().all(|&to| before[to as usize] == after[to as usize]), "{}", case());
        }
        for node in 0..network.node_count() as u32 {
            let open = network.arcs_from(node).filter(|&arc| cut[arc] != CLOSED).count();
            assert!(open != 1 || terminals.contains(&node), "node {node} is a dead end: {}", case());
        }
        closed_count += usize::from(cut != costs);
    }
    assert!(closed_count > 500, "{closed_count} graphs with dead ends are too few to tell");
}

#[test]
fn of_two_equal_ways_the_lower_arc_index_is_kept() {
    // 0 to 3 over 1 or over 2, and two parallel links at the end: ten everywhere
    let mut draft = Draft::default();
    for ix in 0..4 {
        draft.node(60.0 + f64::from(ix), 30.0, "AFG");
    }
    for (from, to) in [(0, 2), (2, 3), (0, 1), (1, 3), (1, 3)] {
        draft.road(from, to, 10.0);
    }
    let network = draft.build();
    let costs = network.arc_costs(|_| 10.0);
    let tree = one_to_all(network.topology(), &costs, 0, &mut SearchSpace::default());
    // arcs stand by tail, then head, then link: the arc from 1 over link 3 comes before link 4 and before those of 2
    assert_eq!(tree.cost, vec![0, 10, 10, 20]);
    assert_eq!((tree.parent[3], network.link(tree.via_arc[3])), (1, 3));
    let into: Vec<u32> = (0..network.arc_count() as u32).filter(|&arc| network.head(arc) == 3).collect();
    assert_eq!(tree.via_arc[3], into[0]);
}

#[test]
fn arcs_are_the_two_directions_of_every_link() {
    for seed in 0..300 {
        let mut random = Random(seed);
        let draft = random_draft(&mut random, 9, 22);
        let network = draft.build();
        assert_eq!(network.arc_count(), 2 * draft.links.len(), "seed {seed}");
        let mut seen = vec![Vec::new(); draft.links.len()];
        let mut order = Vec::new();
        for node in 0..network.node_count() as u32 {
            for arc in network.arcs_from(node) {
                let arc = arc as u32;
                assert_eq!(network.tail(arc), node, "seed {seed}, arc {arc}");
                assert_eq!(network.twin(network.twin(arc)), arc, "seed {seed}, arc {arc}");
                assert_ne!(network.twin(arc), arc, "seed {seed}, arc {arc}");
                assert_eq!(network.link(network.twin(arc)), network.link(arc), "seed {seed}, arc {arc}");
                assert_eq!(network.head(network.twin(arc)), node, "seed {seed}, arc {arc}");
                seen[network.link(arc) as usize].push((node, network.head(arc)));
                order.push((node, network.head(arc), network.link(arc)));
            }
        }
        assert!(order.is_sorted(), "seed {seed}: arcs stand by tail, head, link");
        for (link, mut directions) in draft.links.iter().zip(seen) {
            let mut expected = vec![(link.from_ix, link.to_ix), (link.to_ix, link.from_ix)];
            expected.sort_unstable();
            directions.sort_unstable();
            assert_eq!(directions, expected, "seed {seed}, link {}", link.id);
        }
    }
}

#[test]
fn times_and_closures_follow_the_status_of_the_crossing() {
    let mut draft = Draft::default();
    let posts = [draft.node(61.0, 34.0, "AFG"), draft.node(61.1, 34.0, "IRN")];
    for (ix, &status) in CrossingStatus::ALL.iter().enumerate() {
        draft.crossing(&format!("x{ix}"), posts, Mode::Road, status);
    }
    let road = draft.road(0, 0, 100.0);
    let network = draft.build();
    let expected = [Some(4.1), Some(12.1), None, Some(24.1)];
    for (link, expected) in expected.into_iter().enumerate() {
        let link = link as u32;
        assert_eq!(network.is_closed(link), expected.is_none(), "{:?}", CrossingStatus::ALL[link as usize]);
        if let Some(hours) = expected {
            assert!((network.time_h(link) - hours).abs() < 1e-12, "link {link}: {}", network.time_h(link));
        }
    }
    assert_eq!(network.time_h(road), 2.0);
    let costs = network.arc_costs(|_| 7.4);
    for arc in 0..network.arc_count() as u32 {
        let expected = if network.is_closed(network.link(arc)) { CLOSED } else { 7 };
        assert_eq!(costs[arc as usize], expected, "arc {arc}");
    }
    // an off-road arc costs no time at a post, and a closed one is closed
    for (status, expected) in CrossingStatus::ALL.iter().zip([Some(0.1), Some(0.1), None, Some(0.1)]) {
        let mut green = Draft::default();
        let posts = [green.node(61.0, 34.0, "AFG"), green.node(61.1, 34.0, "IRN")];
        green.crossing("green", posts, Mode::Green, *status);
        let open = green.build();
        assert_eq!((!open.is_closed(0)).then(|| open.time_h(0)), expected, "{status}");
        let params = NetworkParams { green_border: GreenBorder::Excluded, ..NetworkParams::default() };
        assert!(green.build_with(&params).is_closed(0), "{status}");
    }
    // retimed = built anew
    let params = NetworkParams {
        speed_rule: SpeedRule::Uniform,
        uniform_speed_kmh: 25.0,
        open_crossing_delay_h: 1.0,
        ..NetworkParams::default()
    };
    let mut changed = draft.clone();
    changed.crossings[2].status = CrossingStatus::Open;
    let (anew, retimed) = (changed.build_with(&params), retime(&network, &draft.links, &changed.crossings, &params));
    for link in 0..network.link_count() as u32 {
        assert_eq!(anew.time_h(link).to_bits(), retimed.time_h(link).to_bits(), "link {link}");
        assert_eq!(anew.is_closed(link), retimed.is_closed(link), "link {link}");
    }
    assert_eq!(retimed.time_h(road), 4.0);
    assert_eq!(retimed.time_h(2), 1.1);
}

#[test]
fn components_match_a_flood() {
    for seed in 0..1000 {
        let mut random = Random(seed);
        let draft = random_draft(&mut random, 12, 10);
        let network = draft.build();
        let costs = network.arc_costs(|_| 0.0);
        let found = Components::of(&network);
        let name_of = |node: u32| {
            let reached = bellman_ford(&network, &costs, node);
            reached.iter().position(|&cost| cost == 0).unwrap() as u32
        };
        let expected: Vec<u32> = (0..network.node_count() as u32).map(name_of).collect();
        assert_eq!(found.of_node, expected, "seed {seed}\n{draft:#?}");
        let mut names = expected.clone();
        names.sort_unstable();
        names.dedup();
        assert_eq!(found.count, names.len(), "seed {seed}");
        let size = |name: &u32| expected.iter().filter(|&other| other == name).count();
        let largest = names.iter().map(size).max().unwrap();
        let first_largest = names.iter().find(|name| size(name) == largest).unwrap();
        assert_eq!(found.main, *first_largest, "seed {seed}: the largest, of equal ones the first");
    }
}
