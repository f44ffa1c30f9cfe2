//! Shortest-path trees (Dijkstra 1959) on exact integer costs.

use super::graph::{CLOSED, Network};
use super::queue::BucketQueue;
use super::topology::Topology;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// No arc: the root, or not reached.
pub(super) const NO_ARC: u32 = u32::MAX;

/// Cost from (or to) the root for every node, and the arc by which the tree enters each.
#[derive(Clone, Debug)]
pub struct Tree {
    /// Root node.
    pub root: u32,
    /// Least cost, in the unit of the arc costs; `u64::MAX` = not reachable.
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
    pub(super) queue: BucketQueue,
    /// By the order of [`OpenArcs`].
    pub(super) cost: Vec<u32>,
    arc: Vec<u32>,
}

/// Not reached, or farther than 32 bits hold.
pub(super) const FARTHEST: u32 = u32::MAX;

/// The arcs that are open under one set of costs, in an order that keeps neighbours together: made once for many
/// searches. Answers are in the caller's numbers.
#[derive(Debug)]
pub struct OpenArcs<'a> {
    topology: &'a Topology,
    /// The caller's number of each node in search order (each node before those first met from it).
    pub(super) nodes: Vec<u32>,
    /// Place of each of the caller's nodes in that order.
    pub(super) place: Vec<u32>,
    pub(super) first: Vec<u32>,
    /// Head, by its place, and cost.
    pub(super) steps: Vec<(u32, u32)>,
    arcs: Vec<u32>,
    pub(super) largest_step: u32,
}

impl<'a> OpenArcs<'a> {
    /// `costs[a]` is the cost of arc `a`, [`CLOSED`] = not to be used. Give the costs of the twins to search backward.
    #[must_use]
    pub fn new(topology: &'a Topology, costs: &[u32]) -> Self {
        let heads = topology.heads();
        let nodes = depth_first(topology);
        let mut place = vec![0_u32; nodes.len()];
        (0..).zip(&nodes).for_each(|(at, &node)| place[node as usize] = at);
        let mut open = Self {
            topology,
            first: Vec::with_capacity(nodes.len() + 1),
            steps: Vec::with_capacity(topology.arc_count()),
            arcs: Vec::with_capacity(topology.arc_count()),
            largest_step: 0,
            place,
            nodes,
        };
        open.first.push(0);
        for &node in &open.nodes {
            for arc in topology.arcs_from(node).filter(|&arc| costs[arc] != CLOSED) {
                open.largest_step = open.largest_step.max(costs[arc]);
                open.steps.push((open.place[heads[arc] as usize], costs[arc]));
                open.arcs.push(arc as u32);
            }
            open.first.push(open.arcs.len() as u32);
        }
        open
    }

    /// Arcs out of the node at a place, as positions in `steps`.
    #[inline]
    pub(super) fn steps_at(&self, place: u32) -> std::ops::Range<usize> {
        self.first[place as usize] as usize..self.first[place as usize + 1] as usize
    }

    /// Number of nodes.
    #[must_use]
    pub fn node_count(&self) -> usize {
        self.nodes.len()
    }

    /// Least cost from `root` to every node; see [`one_to_all`].
    #[must_use]
    pub fn tree(&self, root: u32, space: &mut SearchSpace) -> Tree {
        let (cost, via_arc) = if self.search::<true>(root, space) {
            let in_full = |&place: &u32| match space.cost[place as usize] {
                FARTHEST => u64::MAX,
                cost => u64::from(cost),
            };
            let arc = |&place: &u32| space.arc[place as usize];
            (self.place.iter().map(in_full).collect(), self.place.iter().map(arc).collect())
        } else {
            self.far_search(root)
        };
        let cost: Vec<u64> = cost;
        let via_arc: Vec<u32> = via_arc;
        let block_least = cost.chunks(BLOCK).map(|block| block.iter().copied().min().unwrap_or(u64::MAX)).collect();
        let tail = |(node, &arc): (u32, &u32)| if arc == NO_ARC { node } else { self.topology.tail(arc) };
        let parent = (0..).zip(&via_arc).map(tail).collect();
        Tree { root, cost, via_arc, block_least, parent }
    }

    /// Least cost from `root` to every node, `u64::MAX` = not reachable. Exact; unit of the arc costs.
    #[must_use]
    pub fn costs_from(&self, root: u32, space: &mut SearchSpace) -> Vec<u64> {
        if !self.search::<false>(root, space) {
            return self.far_search(root).0;
        }
        let in_full = |&place: &u32| match space.cost[place as usize] {
            FARTHEST => u64::MAX,
            cost => u64::from(cost),
        };
        self.place.iter().map(in_full).collect()
    }

    /// Fills `space` with least costs, and with the tree's arcs when asked; false when 32 bits do not hold them all.
    fn search<const TREE: bool>(&self, root: u32, space: &mut SearchSpace) -> bool {
        let SearchSpace { queue, cost, arc } = space;
        let root = self.place[root as usize];
        queue.begin(self.node_count(), self.largest_step);
        cost.clear();
        cost.resize(self.node_count(), FARTHEST);
        if TREE {
            arc.clear();
            arc.resize(self.node_count(), NO_ARC);
        }
        cost[root as usize] = 0;
        queue.push(0, root);
        while let Some((at, node)) = queue.pop() {
            if at > cost[node as usize] {
                continue;
            }
            for position in self.steps_at(node) {
                let (head, step) = self.steps[position];
                let Some(reached) = at.checked_add(step) else { return false };
                let known = &mut cost[head as usize];
                if reached < *known {
                    *known = reached;
                    if TREE {
                        arc[head as usize] = self.arcs[position];
                    }
                    queue.push(reached, head);
                } else if TREE && reached == *known && head != root && step > 0 {
                    if reached == FARTHEST {
                        return false;
                    }
                    let via_arc = &mut arc[head as usize];
                    *via_arc = self.arcs[position].min(*via_arc);
                } else if reached == FARTHEST {
                    return false;
                }
            }
        }
        true
    }

    /// As the search, with 64 bits: costs and arcs by the caller's nodes.
    fn far_search(&self, root: u32) -> (Vec<u64>, Vec<u32>) {
        let mut cost = vec![u64::MAX; self.node_count()];
        let mut via_arc = vec![NO_ARC; self.node_count()];
        let mut heap = BinaryHeap::from([Reverse((0_u64, self.place[root as usize]))]);
        cost[root as usize] = 0;
        while let Some(Reverse((at, place))) = heap.pop() {
            if at > cost[self.nodes[place as usize] as usize] {
                continue;
            }
            for position in self.steps_at(place) {
                let (head_place, step) = self.steps[position];
                let head = self.nodes[head_place as usize];
                let (reached, arc) = (at + u64::from(step), self.arcs[position]);
                let (known, via_arc) = (&mut cost[head as usize], &mut via_arc[head as usize]);
                if reached < *known {
                    (*known, *via_arc) = (reached, arc);
                    heap.push(Reverse((reached, head_place)));
                } else if reached == *known && head != root && step > 0 {
                    *via_arc = arc.min(*via_arc);
                }
            }
        }
        (cost, via_arc)
    }
}

/// Nodes in the order in which a depth-first walk over the arcs meets them, from the lowest node on: neighbours mostly
/// stand near each other (Delling, Goldberg, Nowatzyk & Werneck 2013, "PHAST", JPDC 73, section on graph layouts).
fn depth_first(topology: &Topology) -> Vec<u32> {
    let count = topology.node_count();
    let (mut is_met, mut nodes, mut stack) = (vec![false; count], Vec::with_capacity(count), Vec::new());
    for root in 0..count as u32 {
        stack.push(root);
        while let Some(node) = stack.pop() {
            if std::mem::replace(&mut is_met[node as usize], true) {
                continue;
            }
            nodes.push(node);
            let heads = &topology.heads()[topology.arcs_from(node)];
            stack.extend(heads.iter().rev().filter(|&&head| !is_met[head as usize]));
        }
    }
    nodes
}

/// Least cost from `root` to every node.
///
/// `costs[a]` is the cost of arc `a`, [`CLOSED`] = not to be used. Give the costs of the twins to search backward.
/// Of several arcs of positive cost that reach a node at the same cost the one with the lowest index is kept; an arc of
/// cost 0 is kept only when none of them ties. Sums are exact. For many searches under one set of costs, [`OpenArcs`]
/// saves the preparation.
#[must_use]
pub fn one_to_all(topology: &Topology, costs: &[u32], root: u32, space: &mut SearchSpace) -> Tree {
    OpenArcs::new(topology, costs).tree(root, space)
}
