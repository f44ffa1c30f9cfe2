//! Shortest-path trees (Dijkstra 1959) on exact integer costs.

use super::graph::{CLOSED, Network};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// No arc: the root, or not reached.
pub(super) const NO_ARC: u32 = u32::MAX;

/// Cost from (or to) the root for every node, and the arc by which the tree enters each.
#[derive(Clone, Debug)]
pub struct Tree {
    /// Root node.
    pub root: u32,
    /// Least cost, thousandths of a dollar; `u64::MAX` = not reachable.
    pub cost: Vec<u64>,
    /// The tree's arc into each node, in the direction of the search.
    pub via_arc: Vec<u32>,
    /// Least cost within each block of [`BLOCK`] nodes.
    pub(super) block_least: Vec<u64>,
    /// The node that arc comes from; the node itself at the root and where the tree does not reach.
    pub parent: Vec<u32>,
}

impl Tree {
    /// A tree searched on the twins' costs, its arcs turned into the direction of travel: towards the root.
    #[must_use]
    pub fn turned(mut self, network: &Network) -> Self {
        self.via_arc.iter_mut().filter(|arc| **arc != NO_ARC).for_each(|arc| *arc = network.twin(*arc));
        self
    }

    /// Whether the tree reaches `node`.
    #[must_use]
    pub fn reaches(&self, node: u32) -> bool {
        self.cost[node as usize] != u64::MAX
    }
}

/// Nodes in a block: neighbours in the table, and so mostly on the ground.
pub(super) const BLOCK: usize = 64;

/// Working memory of a search, reused from one to the next.
#[derive(Debug, Default)]
pub struct SearchSpace {
    heap: BinaryHeap<Reverse<u64>>,
    cost: Vec<u64>,
    state: Vec<(u32, u32)>,
}

/// No path known; a path of as many thousandths (4.29 million USD) or more counts as none.
const FARTHEST: u32 = u32::MAX;

/// Bits of a heap key that hold the node; the rest hold the cost, so that ties go to the lower node index.
const NODE_BITS: u32 = 24;

/// The arcs that are open under one set of costs, side by side with their costs: made once for many searches.
#[derive(Debug)]
pub struct OpenArcs<'a> {
    network: &'a Network,
    first: Vec<u32>,
    /// Head and cost.
    steps: Vec<(u32, u32)>,
    arcs: Vec<u32>,
}

impl<'a> OpenArcs<'a> {
    /// `costs[a]` is the cost of arc `a`, [`CLOSED`] = not to be used. Give the costs of the twins to search backward.
    #[must_use]
    pub fn new(network: &'a Network, costs: &[u32]) -> Self {
        let heads = network.heads();
        let mut open = Self { network, first: vec![0], steps: Vec::new(), arcs: Vec::new() };
        for node in 0..network.node_count() as u32 {
            for arc in network.arcs_from(node).filter(|&arc| costs[arc] != CLOSED) {
                open.steps.push((heads[arc], costs[arc]));
                open.arcs.push(arc as u32);
            }
            open.first.push(open.arcs.len() as u32);
        }
        open
    }

    /// Least cost from `root` to every node; see [`one_to_all`].
    #[must_use]
    pub fn tree(&self, root: u32, space: &mut SearchSpace) -> Tree {
        let SearchSpace { heap, state, .. } = space;
        heap.clear();
        state.clear();
        state.resize(self.network.node_count(), (FARTHEST, NO_ARC));
        state[root as usize].0 = 0;
        heap.push(Reverse(u64::from(root)));
        while let Some(Reverse(key)) = heap.pop() {
            let node = (key & ((1 << NODE_BITS) - 1)) as usize;
            let at = (key >> NODE_BITS) as u32;
            if at > state[node].0 {
                continue;
            }
            let open = self.first[node] as usize..self.first[node + 1] as usize;
            for (&(head, step), &arc) in self.steps[open.clone()].iter().zip(&self.arcs[open]) {
                let reached = at.saturating_add(step);
                let (known, via_arc) = &mut state[head as usize];
                if reached < *known {
                    *known = reached;
                    *via_arc = arc;
                    heap.push(Reverse(u64::from(reached) << NODE_BITS | u64::from(head)));
                } else if reached == *known && reached != FARTHEST && head != root && arc < *via_arc && step > 0 {
                    *via_arc = arc;
                }
            }
        }
        let in_full = |&(cost, _): &(u32, u32)| if cost == FARTHEST { u64::MAX } else { u64::from(cost) };
        let cost: Vec<u64> = state.iter().map(in_full).collect();
        let block_least = cost.chunks(BLOCK).map(|block| block.iter().copied().min().unwrap_or(u64::MAX)).collect();
        let via_arc: Vec<u32> = state.iter().map(|&(_, arc)| arc).collect();
        let tail = |(node, &arc): (u32, &u32)| if arc == NO_ARC { node } else { self.network.tail(arc) };
        let parent = (0..).zip(&via_arc).map(tail).collect();
        Tree { root, cost, via_arc, block_least, parent }
    }
}

/// Least cost from `root` to every node.
///
/// `costs[a]` is the cost of arc `a`, [`CLOSED`] = not to be used. Give the costs of the twins to search backward.
/// Of several arcs of positive cost that reach a node at the same cost the one with the lowest index is kept; an arc of
/// cost 0 is kept only when none of them ties. A path of 2^32 - 1 thousandths (4.29 million USD) or more counts as none.
/// For many searches under one set of costs, [`OpenArcs`] saves the preparation.
#[must_use]
pub fn one_to_all(network: &Network, costs: &[u32], root: u32, space: &mut SearchSpace) -> Tree {
    OpenArcs::new(network, costs).tree(root, space)
}

/// The nodes within `limit` of `root` with the cost of each, in order of cost, then of node.
pub(super) fn nodes_within(
    network: &Network,
    costs: &[u32],
    root: u32,
    limit: u64,
    space: &mut SearchSpace,
) -> Vec<(u32, u64)> {
    let SearchSpace { heap, cost, .. } = space;
    heap.clear();
    cost.resize(network.node_count(), u64::MAX);
    let mut touched = vec![root];
    let mut settled = Vec::new();
    cost[root as usize] = 0;
    heap.push(Reverse(u64::from(root)));
    while let Some(Reverse(key)) = heap.pop() {
        let node = (key & ((1 << NODE_BITS) - 1)) as u32;
        let at = key >> NODE_BITS;
        if at > cost[node as usize] {
            continue;
        }
        settled.push((node, at));
        for arc in network.arcs_from(node) {
            let head = network.head(arc as u32);
            let reached = at + u64::from(costs[arc]);
            if costs[arc] != CLOSED && reached < cost[head as usize] && reached <= limit {
                cost[head as usize] = reached;
                touched.push(head);
                heap.push(Reverse(reached << NODE_BITS | u64::from(head)));
            }
        }
    }
    for node in touched {
        cost[node as usize] = u64::MAX;
    }
    settled
}
