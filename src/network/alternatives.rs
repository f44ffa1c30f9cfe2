//! Genuinely different routes between two nodes: plateaus of the two shortest-path trees.
//!
//! A plateau is a chain of arcs that lies both on the tree from the origin and on the tree to the destination. The
//! route over a plateau is locally optimal along it (Abraham, Delling, Goldberg & Werneck 2013, "Alternative routes in
//! road networks", ACM JEA 18, section 3; the method is Cambridge Vehicle Information Technology's "Choice Routing").
//! Symbols: `F` forward cost, `B` backward cost, `best = F[destination]`.

use super::graph::{CLOSED, Network};
use super::trees::{NO_ARC, Tree};
use serde::{Deserialize, Serialize};

/// Parameters of [`alternatives`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AlternativesParams {
    /// Most routes kept for a pair (those added to reach every first-crossing group come on top).
    pub route_count: u32,
    /// A route costs at most this many times the cheapest.
    pub largest_stretch: f64,
    /// A route shares at most this part of its cost with any cheaper one kept.
    pub largest_overlap_share: f64,
    /// A plateau without a border crossing is at least this part of the cheapest route's cost.
    pub smallest_plateau_share: f64,
    /// A route added so that a first-crossing group is present costs at most this many times the cheapest.
    pub largest_group_stretch: f64,
}

impl Default for AlternativesParams {
    fn default() -> Self {
        Self {
            route_count: 5,
            largest_stretch: 1.5,
            largest_overlap_share: 0.75,
            smallest_plateau_share: 0.1,
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
/// that no kept route takes.
///
/// `forward`: tree from the origin; `backward`: tree to the destination (searched on the twins' costs). `costs`: cost
/// of each arc. `must_pass`: groups of arcs, such as all crossings into one neighbour. `group_of`: the group a path
/// belongs to. Empty when the destination is not reachable. Ties go to the lower arc index.
#[must_use]
pub fn alternatives(
    network: &Network,
    costs: &[u32],
    forward: &Tree,
    backward: &Tree,
    must_pass: &[Vec<u32>],
    group_of: impl Fn(&[u32]) -> Option<usize>,
    params: &AlternativesParams,
) -> Vec<Path> {
    let best = forward.cost[backward.root as usize];
    if best == u64::MAX {
        return Vec::new();
    }
    let mut kept = vec![unpack(network, forward, backward, backward.root)];
    let mut marked = Marks::new(network, costs);
    marked.push(&kept[0]);
    let limit = (best as f64 * params.largest_stretch) as u64;
    for candidate in plateaus(network, forward, backward, best, limit, params.smallest_plateau_share) {
        if kept.len() >= params.route_count as usize {
            break;
        }
        let path = over(network, costs, forward, backward, candidate.arc);
        if is_simple(network, &path)
            && marked.largest_shared_cost(&path) as f64 <= params.largest_overlap_share * path.cost as f64
        {
            marked.push(&path);
            kept.push(path);
        }
    }
    let group_limit = (best as f64 * params.largest_group_stretch) as u64;
    for (group, arcs) in must_pass.iter().enumerate() {
        if kept.iter().any(|path| group_of(&path.arcs) == Some(group)) {
            continue;
        }
        let mut over_group: Vec<Candidate> = arcs
            .iter()
            .filter_map(|&arc| Some(Candidate { cost: cost_over(network, costs, forward, backward, arc)?, arc }))
            .filter(|candidate| candidate.cost <= group_limit)
            .collect();
        over_group.sort_unstable_by_key(|candidate| (candidate.cost, candidate.arc));
        let found = over_group
            .iter()
            .take(24)
            .map(|candidate| over(network, costs, forward, backward, candidate.arc))
            .find(|path| group_of(&path.arcs) == Some(group) && is_simple(network, path));
        kept.extend(found);
    }
    kept
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
    let on_plateau = |node: u32| {
        // the forward tree enters `node` by an arc that the backward tree takes too
        let arc = forward.via_arc[node as usize];
        (arc != NO_ARC && backward.via_arc[network.tail(arc) as usize] == network.twin(arc)).then_some(arc)
    };
    let mut found = Vec::new();
    for (node, (&before, &after)) in forward.cost.iter().zip(&backward.cost).enumerate() {
        let total = before.saturating_add(after);
        if total > limit || total == best {
            continue;
        }
        // `node` ends a plateau when the backward tree leaves it by an arc the forward tree does not take
        let node = node as u32;
        let Some(last) = on_plateau(node) else { continue };
        let onward = backward.via_arc[node as usize];
        if onward != NO_ARC && forward.via_arc[network.tail(onward) as usize] == network.twin(onward) {
            continue;
        }
        let (mut start, mut crosses_border) = (node, false);
        while let Some(arc) = on_plateau(start) {
            start = network.tail(arc);
            crosses_border |= network.is_border(network.link(arc));
        }
        if crosses_border || before - forward.cost[start as usize] >= smallest {
            found.push(Candidate { cost: total, arc: last });
        }
    }
    found.sort_unstable_by_key(|candidate| (candidate.cost, candidate.arc));
    found
}

/// The route origin, `arc`, destination.
fn over(network: &Network, costs: &[u32], forward: &Tree, backward: &Tree, arc: u32) -> Path {
    let mut arcs = arcs_to(network, forward, network.tail(arc));
    arcs.push(arc);
    onward(network, backward, network.head(arc), &mut arcs);
    let cost = arcs.iter().map(|&arc| u64::from(costs[arc as usize])).sum();
    Path { arcs, cost }
}

/// The route origin, `node`, destination.
fn unpack(network: &Network, forward: &Tree, backward: &Tree, node: u32) -> Path {
    let mut arcs = arcs_to(network, forward, node);
    onward(network, backward, node, &mut arcs);
    Path { arcs, cost: forward.cost[node as usize] + backward.cost[node as usize] }
}

/// The tree's arcs from its root to `node`, in order of travel.
fn arcs_to(network: &Network, forward: &Tree, mut node: u32) -> Vec<u32> {
    let mut arcs = Vec::new();
    while forward.via_arc[node as usize] != NO_ARC {
        arcs.push(forward.via_arc[node as usize]);
        node = network.tail(forward.via_arc[node as usize]);
    }
    arcs.reverse();
    arcs
}

/// Appends the arcs from `node` to the destination.
fn onward(network: &Network, backward: &Tree, mut node: u32, arcs: &mut Vec<u32>) {
    while backward.via_arc[node as usize] != NO_ARC {
        let arc = network.twin(backward.via_arc[node as usize]);
        arcs.push(arc);
        node = network.head(arc);
    }
}

/// Whether no node is passed twice.
fn is_simple(network: &Network, path: &Path) -> bool {
    let mut nodes: Vec<u32> = path.arcs.iter().map(|&arc| network.head(arc)).collect();
    nodes.extend(path.arcs.first().map(|&arc| network.tail(arc)));
    nodes.sort_unstable();
    nodes.windows(2).all(|pair| pair[0] != pair[1])
}

/// Links of the routes kept so far, to measure how much a new one shares with each.
struct Marks<'a> {
    network: &'a Network,
    costs: &'a [u32],
    links_of: Vec<Vec<u32>>,
}

impl<'a> Marks<'a> {
    fn new(network: &'a Network, costs: &'a [u32]) -> Self {
        Self { network, costs, links_of: Vec::new() }
    }

    fn push(&mut self, path: &Path) {
        let mut links: Vec<u32> = path.arcs.iter().map(|&arc| self.network.link(arc)).collect();
        links.sort_unstable();
        self.links_of.push(links);
    }

    fn largest_shared_cost(&self, path: &Path) -> u64 {
        let shared = |links: &Vec<u32>| {
            let common = path.arcs.iter().filter(|&&arc| links.binary_search(&self.network.link(arc)).is_ok());
            common.map(|&arc| u64::from(self.costs[arc as usize])).sum()
        };
        self.links_of.iter().map(shared).max().unwrap_or(0)
    }
}
