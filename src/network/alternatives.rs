//! Genuinely different routes between two nodes: plateaus of the two shortest-path trees.
//!
//! A plateau is a chain of arcs that lies both on the tree from the origin and on the tree to the destination. The
//! route over a plateau is locally optimal along it (Abraham, Delling, Goldberg & Werneck 2013, "Alternative routes in
//! road networks", ACM JEA 18, section 3; the method is Cambridge Vehicle Information Technology's "Choice Routing").
//! Symbols: `F` forward cost, `B` backward cost, `best = F[destination]`.

use super::graph::{CLOSED, Network};
use super::trees::{BLOCK, NO_ARC, Tree};
use serde::{Deserialize, Serialize};

/// Parameters of [`alternatives`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AlternativesParams {
    /// Most routes kept for a pair, up to 64 (those added to reach every first-crossing group come on top).
    pub route_count: u32,
    /// A route costs at most this many times the cheapest.
    pub largest_stretch: f64,
    /// A route shares at most this part of its cost with any cheaper one kept.
    pub largest_overlap_share: f64,
    /// A plateau without a border crossing is at least this part of the cheapest route's cost.
    pub smallest_plateau_share: f64,
    /// Most routes over a side arc (an off-road border arc) added to each pair.
    pub side_route_count: u32,
    /// A route added so that a first-crossing group is present costs at most this many times the cheapest.
    pub largest_group_stretch: f64,
}

impl Default for AlternativesParams {
    fn default() -> Self {
        Self {
            route_count: 5,
            largest_stretch: 1.4,
            largest_overlap_share: 0.75,
            smallest_plateau_share: 0.1,
            side_route_count: 3,
            largest_group_stretch: 4.0,
        }
    }
}

/// A path as the arcs it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// Arcs in order of travel.
    pub arcs: Vec<u32>,
    /// Sum of their costs, thousandths of a dollar.
    pub cost: u64,
}

/// A candidate: the cheapest route over `arc`.
struct Candidate {
    cost: u64,
    arc: u32,
}

/// Up to `route_count` different routes, cheapest first, then the cheapest route over each group of `must_pass` arcs
/// that no kept route takes, then up to `side_route_count` routes over one of the `side_arcs`.
///
/// `forward`: tree from the origin; `backward`: tree to the destination (searched on the twins' costs, then [`Tree::turned`]). `costs`: cost
/// of each arc. `must_pass`: groups of arcs, such as all crossings into one neighbour. `side_arcs`: arcs closed to the
/// trees because they carry little, so that every pair keeps a route without them. `group_of`: the group a path
/// belongs to. Empty when the destination is not reachable. Ties go to the lower arc index.
#[must_use]
#[expect(clippy::too_many_arguments, reason = "the two trees, their costs and three groups of arcs are all inputs")]
pub fn alternatives(
    network: &Network,
    costs: &[u32],
    forward: &Tree,
    backward: &Tree,
    must_pass: &[Vec<u32>],
    side_arcs: &[u32],
    group_of: impl Fn(&[u32]) -> Option<usize>,
    params: &AlternativesParams,
    space: &mut AlternativesSpace,
) -> Vec<Path> {
    let best = forward.cost[backward.root as usize];
    if best == u64::MAX {
        return Vec::new();
    }
    let mut kept = vec![unpack(forward, backward, backward.root)];
    let most = (params.route_count as usize).min(64);
    space.clear(network.link_count());
    space.mark(network, &kept[0], 0);
    let limit = (best as f64 * params.largest_stretch) as u64;
    for candidate in plateaus(network, forward, backward, best, limit, params.smallest_plateau_share) {
        if kept.len() >= most {
            break;
        }
        let path = over(network, costs, forward, backward, candidate.arc);
        let shared = space.largest_shared_cost(network, costs, &path, kept.len());
        let is_different = shared as f64 <= params.largest_overlap_share * path.cost as f64
            && kept.iter().all(|other| other.arcs != path.arcs);
        if is_different && space.is_simple(network, &path) {
            space.mark(network, &path, kept.len());
            kept.push(path);
        }
    }
    let group_limit = (best as f64 * params.largest_group_stretch) as u64;
    for (group, arcs) in must_pass.iter().enumerate() {
        if kept.iter().any(|path| group_of(&path.arcs) == Some(group)) {
            continue;
        }
        let cheapest_first = candidates_over(network, costs, forward, backward, arcs, group_limit);
        let found = cheapest_first
            .iter()
            .take(24)
            .map(|candidate| over(network, costs, forward, backward, candidate.arc))
            .find(|path| group_of(&path.arcs) == Some(group) && space.is_simple(network, path));
        kept.extend(found);
    }
    let side = candidates_over(network, costs, forward, backward, side_arcs, limit);
    let by_side = side.iter().map(|candidate| over(network, costs, forward, backward, candidate.arc));
    kept.extend(by_side.filter(|path| space.is_simple(network, path)).take(params.side_route_count as usize));
    kept
}

/// The cheapest route over each of `arcs` that costs at most `limit`, cheapest first.
fn candidates_over(
    network: &Network,
    costs: &[u32],
    forward: &Tree,
    backward: &Tree,
    arcs: &[u32],
    limit: u64,
) -> Vec<Candidate> {
    let cost_of = |&arc: &u32| Some(Candidate { cost: cost_over(network, costs, forward, backward, arc)?, arc });
    let mut found: Vec<Candidate> =
        arcs.iter().filter_map(cost_of).filter(|candidate| candidate.cost <= limit).collect();
    found.sort_unstable_by_key(|candidate| (candidate.cost, candidate.arc));
    found
}

/// Cost of the cheapest route over `arc`, when there is one.
fn cost_over(network: &Network, costs: &[u32], forward: &Tree, backward: &Tree, arc: u32) -> Option<u64> {
    let (before, after) = (forward.cost[network.tail(arc) as usize], backward.cost[network.head(arc) as usize]);
    let step = costs[arc as usize];
    (before != u64::MAX && after != u64::MAX && step != CLOSED).then(|| before + u64::from(step) + after)
}

/// One candidate a plateau, cheapest first.
fn plateaus(
    network: &Network,
    forward: &Tree,
    backward: &Tree,
    best: u64,
    limit: u64,
    smallest_share: f64,
) -> Vec<Candidate> {
    let smallest = (best as f64 * smallest_share) as u64;
    // `node` is entered by an arc that lies on both trees
    let on_plateau = |node: u32| {
        let via_arc = forward.via_arc[node as usize];
        via_arc != NO_ARC && backward.via_arc[forward.parent[node as usize] as usize] == via_arc
    };
    let mut found = Vec::new();
    for node in near_nodes(forward, backward, limit) {
        let before = forward.cost[node as usize];
        let total = before + backward.cost[node as usize];
        if !on_plateau(node) {
            continue;
        }
        // `node` ends a plateau when the arc by which the backward tree goes on is not on both
        let onward = backward.via_arc[node as usize];
        if onward != NO_ARC && forward.via_arc[backward.parent[node as usize] as usize] == onward {
            continue;
        }
        let (mut start, mut crosses_border) = (node, false);
        while on_plateau(start) {
            crosses_border |= network.is_border(network.link(forward.via_arc[start as usize]));
            start = forward.parent[start as usize];
        }
        if crosses_border || before - forward.cost[start as usize] >= smallest {
            found.push(Candidate { cost: total, arc: forward.via_arc[node as usize] });
        }
    }
    found.sort_unstable_by_key(|candidate| (candidate.cost, candidate.arc));
    found
}

/// The nodes over which there is a path of at most `limit`; whole blocks are passed over by their least costs.
fn near_nodes(forward: &Tree, backward: &Tree, limit: u64) -> impl Iterator<Item = u32> {
    let blocks = forward.block_least.iter().zip(&backward.block_least).enumerate();
    let near = blocks.filter(move |(_, (before, after))| before.saturating_add(**after) <= limit);
    near.flat_map(move |(block, _)| {
        let nodes = block * BLOCK..((block + 1) * BLOCK).min(forward.cost.len());
        nodes.filter(move |&node| forward.cost[node].saturating_add(backward.cost[node]) <= limit)
    })
    .map(|node| node as u32)
}

/// The route origin, `arc`, destination.
fn over(network: &Network, costs: &[u32], forward: &Tree, backward: &Tree, arc: u32) -> Path {
    let mut arcs = arcs_to(forward, network.tail(arc));
    arcs.push(arc);
    onward(backward, network.head(arc), &mut arcs);
    let cost = arcs.iter().map(|&arc| u64::from(costs[arc as usize])).sum();
    Path { arcs, cost }
}

/// The route origin, `node`, destination.
fn unpack(forward: &Tree, backward: &Tree, node: u32) -> Path {
    let mut arcs = arcs_to(forward, node);
    onward(backward, node, &mut arcs);
    Path { arcs, cost: forward.cost[node as usize] + backward.cost[node as usize] }
}

/// The tree's arcs from its root to `node`, in order of travel.
fn arcs_to(forward: &Tree, mut node: u32) -> Vec<u32> {
    let mut arcs = Vec::new();
    while forward.via_arc[node as usize] != NO_ARC {
        arcs.push(forward.via_arc[node as usize]);
        node = forward.parent[node as usize];
    }
    arcs.reverse();
    arcs
}

/// Appends the arcs from `node` to the destination.
fn onward(backward: &Tree, mut node: u32, arcs: &mut Vec<u32>) {
    while backward.via_arc[node as usize] != NO_ARC {
        arcs.push(backward.via_arc[node as usize]);
        node = backward.parent[node as usize];
    }
}

/// Working memory of [`alternatives`]: which kept routes take each link, one bit a route.
#[derive(Debug, Default)]
pub struct AlternativesSpace {
    takers_of_link: Vec<u64>,
    touched: Vec<u32>,
    /// The last path that passed each node, by number.
    passed: Vec<u32>,
    path_number: u32,
}

impl AlternativesSpace {
    fn clear(&mut self, link_count: usize) {
        for link in self.touched.drain(..) {
            self.takers_of_link[link as usize] = 0;
        }
        self.takers_of_link.resize(link_count, 0);
    }

    /// Whether no node is passed twice.
    fn is_simple(&mut self, network: &Network, path: &Path) -> bool {
        if self.passed.len() != network.node_count() || self.path_number == u32::MAX {
            self.passed = vec![0; network.node_count()];
            self.path_number = 0;
        }
        self.path_number += 1;
        let first = path.arcs.first().map(|&arc| network.tail(arc));
        let mut nodes = first.into_iter().chain(path.arcs.iter().map(|&arc| network.head(arc)));
        nodes.all(|node| std::mem::replace(&mut self.passed[node as usize], self.path_number) != self.path_number)
    }

    /// Notes the links of the `route`-th kept route (of at most 64).
    fn mark(&mut self, network: &Network, path: &Path, route: usize) {
        for &arc in &path.arcs {
            let link = network.link(arc);
            self.takers_of_link[link as usize] |= 1 << route;
            self.touched.push(link);
        }
    }

    /// The largest cost that `path` shares with one of the `count` kept routes.
    fn largest_shared_cost(&self, network: &Network, costs: &[u32], path: &Path, count: usize) -> u64 {
        let mut shared = [0_u64; 64];
        for &arc in &path.arcs {
            let mut takers = self.takers_of_link[network.link(arc) as usize];
            while takers != 0 {
                shared[takers.trailing_zeros() as usize] += u64::from(costs[arc as usize]);
                takers &= takers - 1;
            }
        }
        shared[..count].iter().copied().max().unwrap_or(0)
    }
}
