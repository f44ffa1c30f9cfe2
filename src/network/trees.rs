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
    state: Vec<(u64, u32)>,
}

/// Bits of a heap key that hold the node; the rest hold the cost, so that ties go to the lower node index.
const NODE_BITS: u32 = 24;

/// Least cost from `root` to every node.
///
/// `costs[a]` is the cost of arc `a`, [`CLOSED`] = not to be used. Give the costs of the twins to search backward.
/// Of several arcs that reach a node at the same cost the one with the lowest index is kept. Path sums stay below
/// 2^40 thousandths (1.1 thousand million USD), which `arc_costs` of at most 2^24 nodes in practice never reach.
#[must_use]
pub fn one_to_all(network: &Network, costs: &[u32], root: u32, space: &mut SearchSpace) -> Tree {
    let heads = network.heads();
    let SearchSpace { heap, state, .. } = space;
    heap.clear();
    state.clear();
    state.resize(network.node_count(), (u64::MAX, NO_ARC));
    state[root as usize].0 = 0;
    heap.push(Reverse(u64::from(root)));
    while let Some(Reverse(key)) = heap.pop() {
        let node = (key & ((1 << NODE_BITS) - 1)) as usize;
        let at = key >> NODE_BITS;
        if at > state[node].0 {
            continue;
        }
        let arcs = network.arcs_from(node as u32);
        for (arc, (&head, &step)) in arcs.clone().zip(heads[arcs.clone()].iter().zip(&costs[arcs])) {
            if step == CLOSED {
                continue;
            }
            let reached = at + u64::from(step);
            let (known, via_arc) = &mut state[head as usize];
            if reached < *known {
                *known = reached;
                *via_arc = arc as u32;
                heap.push(Reverse(reached << NODE_BITS | u64::from(head)));
            } else if reached == *known && head != root && (arc as u32) < *via_arc && step > 0 {
                *via_arc = arc as u32;
            }
        }
    }
    let cost: Vec<u64> = state.iter().map(|&(cost, _)| cost).collect();
    let block_least = cost.chunks(BLOCK).map(|block| block.iter().copied().min().unwrap_or(u64::MAX)).collect();
    let via_arc: Vec<u32> = state.iter().map(|&(_, arc)| arc).collect();
    let parent = (0..).zip(&via_arc).map(|(node, &arc)| if arc == NO_ARC { node } else { network.tail(arc) }).collect();
    Tree { root, cost, via_arc, block_least, parent }
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
