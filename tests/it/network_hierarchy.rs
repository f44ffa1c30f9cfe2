//! The hierarchy against Bellman-Ford (Bellman 1958) written here, on thousands of small random graphs.

use crate::random::Random;
use corridor::geodesy::LonLat;
use corridor::network::{CLOSED, Hierarchy, Metric, NetworkError, Path, Topology, Tree};
use std::collections::BinaryHeap;

const FAR: u64 = u64::MAX;

/// A random graph: sparse or dense, with parallel arcs, loops and parts that do not hang together.
fn random_graph(random: &mut Random) -> (Topology, Option<Vec<LonLat>>) {
    let nodes: u32 = random.pick(&[1, 2, 3, 5, 8, 13, 21, 34, 60]);
    let most_arcs = nodes * random.pick(&[0, 1, 2, 3, 5]);
    let arcs = random.below(most_arcs + 1);
    let mut ends: Vec<(u32, u32)> = Vec::new();
    for _ in 0..arcs {
        let tail = random.below(nodes);
        let head = match random.below(8) {
            0 => tail,
            1 => random.below(nodes),
            _ => (tail + 1 + random.below(4)) % nodes,
        };
        ends.push((tail, head));
        if random.below(2) == 0 {
            ends.push((head, tail));
        }
        if random.below(6) == 0 {
            ends.push((tail, head));
        }
    }
    let (topology, _) = Topology::new(nodes as usize, &ends);
    let at = |lon: f64, lat: f64| LonLat { lon, lat };
    let positions = match random.below(4) {
        0 => None,
        1 => Some(vec![at(61.0, 34.0); nodes as usize]),
        2 => Some((0..nodes).map(|node| at(60.0 + f64::from(node), 30.0 + f64::from(node % 3))).collect()),
        _ => Some((0..nodes).map(|_| at(360.0 * random.unit() - 180.0, 180.0 * random.unit() - 90.0)).collect()),
    };
    (topology, positions)
}

/// One palette a set: ties, zeros, closed arcs, sums beyond 32 bits, or sums about 2^31.
fn random_costs(random: &mut Random, arcs: usize) -> Vec<u32> {
    let palettes: [&[u32]; 7] = [
        &[0, 0, 1, 1, 1, 2, 2, 3, 5, 8, 1000, CLOSED],
        &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
        &[0, 1, CLOSED],
        &[0],
        &[CLOSED - 1, CLOSED - 2, 1, 0, CLOSED, 1 << 31, (1 << 31) - 1],
        &[1 << 28, 3 << 27, 1 << 27, (1 << 29) - 1, 5, CLOSED],
        &[1 << 30, (1 << 30) - 1, (1 << 29) + 1, 1, 0],
    ];
    let palette = random.pick(&palettes);
    (0..arcs).map(|_| random.pick(palette)).collect()
}

/// Least cost from `root` (along the arcs, or against them) to every node, by relaxing every arc until nothing changes.
fn bellman_ford(topology: &Topology, costs: &[u32], root: u32, is_against: bool) -> Vec<u64> {
    let mut cost = vec![FAR; topology.node_count()];
    cost[root as usize] = 0;
    loop {
        let mut is_changed = false;
        for arc in 0..topology.arc_count() as u32 {
            let (mut tail, mut head) = (topology.tail(arc) as usize, topology.head(arc) as usize);
            if is_against {
                (tail, head) = (head, tail);
            }
            if costs[arc as usize] != CLOSED && cost[tail] != FAR {
                let reached = cost[tail] + u64::from(costs[arc as usize]);
                if reached < cost[head] {
                    cost[head] = reached;
                    is_changed = true;
                }
            }
        }
        if !is_changed {
            return cost;
        }
    }
}

fn check_route(topology: &Topology, costs: &[u32], from: u32, to: u32, route: &Path) {
    let mut at = from;
    let mut sum = 0;
    let mut seen = vec![from];
    for &arc in &route.arcs {
        assert_eq!(topology.tail(arc), at, "{route:?} breaks");
        assert_ne!(costs[arc as usize], CLOSED);
        // of parallel arcs the cheapest, then the lowest
        for other in topology.arcs_from(at).filter(|&other| topology.head(other as u32) == topology.head(arc)) {
            assert!((costs[other], other as u32) >= (costs[arc as usize], arc), "arc {other} beats {arc}");
        }
        at = topology.head(arc);
        assert!(!seen.contains(&at), "{route:?} passes {at} twice");
        seen.push(at);
        sum += u64::from(costs[arc as usize]);
    }
    assert_eq!((at, sum), (to, route.cost), "from {from} to {to}");
}

/// The tree a search by cost, then node, finds, with the tie rule of `one_to_all`, on 64-bit costs.
fn search_tree(topology: &Topology, costs: &[u32], root: u32) -> (Vec<u64>, Vec<u32>) {
    let count = topology.node_count();
    let (mut cost, mut via) = (vec![FAR; count], vec![u32::MAX; count]);
    let mut heap = BinaryHeap::new();
    cost[root as usize] = 0;
    heap.push(std::cmp::Reverse((0_u64, root)));
    while let Some(std::cmp::Reverse((at, node))) = heap.pop() {
        if at > cost[node as usize] {
            continue;
        }
        for arc in topology.arcs_from(node).filter(|&arc| costs[arc] != CLOSED) {
            let (head, reached) = (topology.head(arc as u32), at + u64::from(costs[arc]));
            if reached < cost[head as usize] {
                cost[head as usize] = reached;
                via[head as usize] = arc as u32;
                heap.push(std::cmp::Reverse((reached, head)));
            } else if reached == cost[head as usize]
                && head != root
                && costs[arc] > 0
                && (arc as u32) < via[head as usize]
            {
                via[head as usize] = arc as u32;
            }
        }
    }
    (cost, via)
}

fn check_tree(topology: &Topology, costs: &[u32], root: u32, tree: &Tree) {
    let (cost, via) = search_tree(topology, costs, root);
    assert_eq!((tree.root, &tree.cost, &tree.via_arc), (root, &cost, &via), "tree of {root}");
    for node in 0..topology.node_count() as u32 {
        let arc = via[node as usize];
        let parent = if arc == u32::MAX { node } else { topology.tail(arc) };
        assert_eq!(tree.parent[node as usize], parent);
    }
}

/// Every question of a metric, about every pair.
fn check_metric(topology: &Topology, costs: &[u32], metric: &Metric) {
    let nodes: Vec<u32> = (0..topology.node_count() as u32).collect();
    let (ahead, back) = (metric.costs_from(&nodes), metric.costs_to(&nodes));
    let table = metric.table(&nodes, &nodes);
    let totals = ahead.totals();
    assert_eq!(totals.len(), nodes.len());
    for &from in &nodes {
        let expected = bellman_ford(topology, costs, from, false);
        assert_eq!(ahead.row(from as usize), expected, "costs from {from}");
        assert_eq!(back.row(from as usize), bellman_ford(topology, costs, from, true), "costs to {from}");
        assert_eq!(table.row(from as usize), expected, "table row {from}");
        let total: u64 = expected.iter().filter(|&&cost| cost != FAR).sum();
        assert_eq!(totals[from as usize], total, "total from {from}");
        for &to in &nodes {
            let least = Some(expected[to as usize]).filter(|&cost| cost != FAR);
            assert_eq!(metric.cost(from, to), least, "cost {from} to {to}");
            let route = metric.route(from, to);
            assert_eq!(route.as_ref().map(|route| route.cost), least);
            if let Some(route) = route {
                check_route(topology, costs, from, to, &route);
            }
        }
    }
    for (tree, &root) in metric.trees(&nodes).iter().zip(&nodes) {
        check_tree(topology, costs, root, tree);
    }
}

#[test]
fn answers_equal_bellman_ford() {
    let mut random = Random(20_260_412);
    for round in 0..1500 {
        let (topology, positions) = random_graph(&mut random);
        let hierarchy = Hierarchy::build(&topology, positions.as_deref()).unwrap();
        let sets: Vec<Vec<u32>> = (0..1 + round % 6).map(|_| random_costs(&mut random, topology.arc_count())).collect();
        let sets: Vec<&[u32]> = sets.iter().map(Vec::as_slice).collect();
        for (costs, metric) in sets.iter().zip(&hierarchy.customise_many(&sets).unwrap()) {
            check_metric(&topology, costs, metric);
        }
    }
}

/// A grid with one-way streets: large enough for separators, subtrees and several batches of sources.
fn grid(side: usize, random: &mut Random) -> (Topology, Vec<LonLat>) {
    let mut ends = Vec::new();
    for y in 0..side {
        for x in 0..side {
            let node = (y * side + x) as u32;
            if x + 1 < side && random.below(10) > 0 {
                ends.push((node, node + 1));
                ends.push((node + 1, node));
            }
            if y + 1 < side && random.below(10) > 0 {
                ends.push((node, node + side as u32));
                if random.below(10) > 0 {
                    ends.push((node + side as u32, node));
                }
            }
        }
    }
    let positions =
        (0..side * side).map(|ix| LonLat { lon: (ix % side) as f64 * 0.1, lat: (ix / side) as f64 * 0.1 }).collect();
    (Topology::new(side * side, &ends).0, positions)
}

#[test]
fn large_grids_equal_searches() {
    let mut random = Random(7);
    let (topology, positions) = grid(70, &mut random);
    for positions in [None, Some(positions.as_slice())] {
        let hierarchy = Hierarchy::build(&topology, positions).unwrap();
        assert!(hierarchy.size().up_arc_count < 60_000, "{:?}", hierarchy.size());
        for most in [9, 1_000_000, CLOSED - 1] {
            let costs: Vec<u32> = (0..topology.arc_count()).map(|_| (random.next() % u64::from(most)) as u32).collect();
            let metric = hierarchy.customise(&costs).unwrap();
            let roots: Vec<u32> = (0..35).map(|_| random.below(topology.node_count() as u32)).collect();
            let table = metric.table(&roots, &roots);
            let rows = metric.costs_from(&roots);
            for (ix, (tree, &root)) in metric.trees(&roots).iter().zip(&roots).enumerate() {
                check_tree(&topology, &costs, root, tree);
                assert_eq!(rows.row(ix), tree.cost);
                for (column, &to) in roots.iter().enumerate() {
                    assert_eq!(table.row(ix)[column], tree.cost[to as usize]);
                    assert_eq!(metric.cost(root, to).unwrap_or(FAR), tree.cost[to as usize]);
                }
                if let Some(route) = metric.route(root, roots[0]) {
                    check_route(&topology, &costs, root, roots[0], &route);
                }
            }
        }
    }
}

/// Side by side or one by one: the same answers, in subtrees and above them, also where a set needs wide weights.
#[test]
fn several_sets_equal_single_ones() {
    let mut random = Random(31);
    let (topology, positions) = grid(90, &mut random);
    let hierarchy = Hierarchy::build(&topology, Some(&positions)).unwrap();
    let roots: Vec<u32> = (0..19).map(|_| random.below(topology.node_count() as u32)).collect();
    for most in [[50; 7], [1_000_000; 7], [7, 1_000_000_000, 50, CLOSED - 1, 50, 2_000_000, 50]] {
        let set = |&most: &u32| -> Vec<u32> {
            let cost = |_| if random.below(20) == 0 { CLOSED } else { random.below(most) };
            (0..topology.arc_count()).map(cost).collect()
        };
        let sets: Vec<Vec<u32>> = most.iter().map(set).collect();
        let sets: Vec<&[u32]> = sets.iter().map(Vec::as_slice).collect();
        for (costs, metric) in sets.iter().zip(hierarchy.customise_many(&sets).unwrap()) {
            let single = hierarchy.customise(costs).unwrap();
            assert_eq!(metric.table(&roots, &roots), single.table(&roots, &roots));
            for &to in &roots {
                let route = metric.route(roots[0], to);
                assert_eq!(route, single.route(roots[0], to));
                if let Some(route) = route {
                    check_route(&topology, costs, roots[0], to, &route);
                }
            }
        }
    }
}

#[test]
fn dense_graphs_are_served() {
    let mut random = Random(23);
    for (nodes, arcs) in [(300, 20_000), (2000, 12_000)] {
        let ends: Vec<(u32, u32)> = (0..arcs).map(|_| (random.below(nodes), random.below(nodes))).collect();
        let (topology, _) = Topology::new(nodes as usize, &ends);
        let hierarchy = Hierarchy::build(&topology, None).unwrap();
        let costs: Vec<u32> = (0..arcs).map(|_| random.below(1000)).collect();
        let metric = hierarchy.customise(&costs).unwrap();
        for (tree, root) in metric.trees(&[0, 1, 2, 3]).iter().zip(0..) {
            check_tree(&topology, &costs, root, tree);
            assert_eq!(metric.cost(root, nodes - 1).unwrap_or(FAR), tree.cost[nodes as usize - 1]);
        }
    }
}

#[test]
fn lists_of_another_length_are_refused() {
    let (topology, _) = Topology::new(3, &[(0, 1), (1, 2)]);
    let positions = [LonLat { lon: 0.0, lat: 0.0 }];
    let refused = Hierarchy::build(&topology, Some(&positions)).unwrap_err();
    assert!(matches!(refused, NetworkError::WrongLength { what: "positions", count: 1, expected: 3 }), "{refused}");
    let hierarchy = Hierarchy::build(&topology, None).unwrap();
    let refused = hierarchy.customise(&[1, 2, 3]).unwrap_err();
    assert!(matches!(refused, NetworkError::WrongLength { what: "costs", count: 3, expected: 2 }), "{refused}");
}

/// Everything a hierarchy answers, as text.
fn all_answers(topology: &Topology, positions: &[LonLat], costs: &[&[u32]]) -> String {
    let hierarchy = Hierarchy::build(topology, Some(positions)).unwrap();
    let roots: Vec<u32> = (0..topology.node_count() as u32).step_by(97).collect();
    let mut text = format!("{:?}", hierarchy.to_bytes());
    for metric in hierarchy.customise_many(costs).unwrap() {
        let trees: Vec<_> = metric.trees(&roots).into_iter().map(|tree| (tree.cost, tree.via_arc)).collect();
        let routes: Vec<_> = roots.iter().map(|&to| metric.route(roots[1], to)).collect();
        text += &format!("{trees:?} {routes:?} {:?}", metric.table(&roots, &roots));
    }
    text
}

#[test]
fn threads_change_nothing() {
    let mut random = Random(11);
    let (topology, positions) = grid(100, &mut random);
    let sets: Vec<Vec<u32>> = (0..3).map(|_| (0..topology.arc_count()).map(|_| random.below(50)).collect()).collect();
    let sets: Vec<&[u32]> = sets.iter().map(Vec::as_slice).collect();
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| all_answers(&topology, &positions, &sets))
    };
    let one = with(1);
    assert!(one.len() > 100_000);
    assert!(with(2) == one && with(3) == one, "the number of threads shows");
}

#[test]
fn the_saved_form_comes_back() {
    let mut random = Random(5);
    for _ in 0..300 {
        let (topology, positions) = random_graph(&mut random);
        let hierarchy = Hierarchy::build(&topology, positions.as_deref()).unwrap();
        let bytes = hierarchy.to_bytes();
        let again = Hierarchy::from_bytes_for(&bytes, &topology).unwrap();
        assert_eq!(again.to_bytes(), bytes);
        assert_eq!(again.topology(), &topology);
        let costs = random_costs(&mut random, topology.arc_count());
        check_metric(&topology, &costs, &again.customise(&costs).unwrap());
    }
    let (topology, positions) = grid(10, &mut random);
    let bytes = Hierarchy::build(&topology, Some(&positions)).unwrap().to_bytes();
    let (other, _) = grid(10, &mut random);
    assert!(matches!(Hierarchy::from_bytes_for(&bytes, &other), Err(NetworkError::ArtefactStale)));
}

/// The checksum of `bytes` made right, so that damage meets the checks behind it.
fn resealed(mut bytes: Vec<u8>) -> Vec<u8> {
    use sha2::{Digest, Sha256};
    let end = bytes.len() - 32;
    let checksum = Sha256::digest(&bytes[..end]);
    bytes[end..].copy_from_slice(&checksum);
    // the fingerprint of the graph stands before byte 72; its two arrays after
    bytes
}

#[test]
fn hostile_bytes_are_refused() {
    let mut random = Random(3);
    let (topology, positions) = grid(6, &mut random);
    let bytes = Hierarchy::build(&topology, Some(&positions)).unwrap().to_bytes();
    for length in 0..bytes.len() {
        assert!(Hierarchy::from_bytes(&bytes[..length]).is_err(), "{length} bytes");
    }
    let code = |bytes: &[u8]| Hierarchy::from_bytes(bytes).unwrap_err().to_string()[..4].to_owned();
    assert_eq!(code(b""), "N014");
    assert_eq!(code(&vec![0; bytes.len()]), "N012");
    let with = |at: usize, byte: u8| {
        let mut changed = bytes.clone();
        changed[at] = byte;
        changed
    };
    assert_eq!(code(&with(8, 9)), "N013");
    assert_eq!(code(&with(16 + 7, 0x7f)), "N015");
    assert_eq!(code(&with(16 + 3, 0x70)), "N014");
    assert_eq!(code(&with(bytes.len() - 1, !bytes[bytes.len() - 1])), "N015");
    assert_eq!(code(&[bytes.clone(), vec![0]].concat()), "N014");
    // any change is seen by the checksum; with that made right, what is left is refused or serves without a panic
    let mut served = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        let flip = 1 << random.below(8);
        let changed = with(at, byte ^ flip);
        assert!(Hierarchy::from_bytes(&changed).is_err(), "byte {at}");
        for changed in [resealed(changed), resealed(with(at, random.next() as u8))] {
            if let Ok(hierarchy) = Hierarchy::from_bytes(&changed) {
                served += 1;
                let topology = hierarchy.topology().clone();
                let costs = random_costs(&mut random, topology.arc_count());
                let metric = hierarchy.customise(&costs).unwrap();
                let root = random.below(topology.node_count() as u32);
                check_tree(&topology, &costs, root, &metric.trees(&[root])[0]);
            }
        }
    }
    assert!(served > 0, "no change at all was served");
}
