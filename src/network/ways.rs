//! The open arcs of a topology under one set of costs, seen from both ends: made once for many questions.

use super::graph::CLOSED;
use super::topology::Topology;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// No arc.
pub(super) const NO_ARC: u32 = u32::MAX;

/// One open arc, seen from one of its ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The other end.
    pub node: u32,
    /// The arc.
    pub arc: u32,
    /// Its cost.
    pub cost: u64,
}

/// Open arcs out of and into every node, by arc index. Self loops are left out: no shortest or loopless route takes one.
#[derive(Clone, Debug)]
pub struct Ways<'a> {
    topology: &'a Topology,
    out_first: Vec<u32>,
    out: Vec<Step>,
    in_first: Vec<u32>,
    into: Vec<Step>,
}

impl<'a> Ways<'a> {
    /// `costs[a]`: cost of arc `a`, [`CLOSED`] = not to be used.
    #[must_use]
    pub fn new(topology: &'a Topology, costs: &[u32]) -> Self {
        Self::with(topology, |arc| (costs[arc as usize] != CLOSED).then(|| u64::from(costs[arc as usize])))
    }

    /// `cost(a)`: cost of arc `a`, none = closed. A cost times the number of nodes stays below 2^63, so that no sum of a
    /// route's costs overflows; the reader of tables of arcs sees to it.
    #[must_use]
    pub fn with(topology: &'a Topology, cost: impl Fn(u32) -> Option<u64>) -> Self {
        let nodes = topology.node_count();
        let (mut out_first, mut out) = (Vec::with_capacity(nodes + 1), Vec::with_capacity(topology.arc_count()));
        let mut in_first = vec![0_u32; nodes + 1];
        out_first.push(0);
        for node in 0..nodes as u32 {
            for arc in topology.arcs_from(node) {
                let head = topology.heads()[arc];
                if let Some(cost) = cost(arc as u32)
                    && head != node
                {
                    out.push(Step { node: head, arc: arc as u32, cost });
                    in_first[head as usize + 1] += 1;
                }
            }
            out_first.push(out.len() as u32);
        }
        for node in 0..nodes {
            in_first[node + 1] += in_first[node];
        }
        let mut next = in_first.clone();
        let mut into = vec![Step { node: 0, arc: 0, cost: 0 }; out.len()];
        for node in 0..nodes as u32 {
            for step in &out[out_first[node as usize] as usize..out_first[node as usize + 1] as usize] {
                let place = &mut next[step.node as usize];
                into[*place as usize] = Step { node, ..*step };
                *place += 1;
            }
        }
        Self { topology, out_first, out, in_first, into }
    }

    /// The graph.
    #[must_use]
    pub fn topology(&self) -> &'a Topology {
        self.topology
    }

    /// Number of nodes.
    #[must_use]
    pub fn node_count(&self) -> usize {
        self.topology.node_count()
    }

    /// Open arcs out of `node`, lowest arc first.
    #[must_use]
    pub fn out_of(&self, node: u32) -> &[Step] {
        &self.out[self.out_first[node as usize] as usize..self.out_first[node as usize + 1] as usize]
    }

    /// Open arcs into `node`, lowest arc first.
    #[must_use]
    pub fn into_node(&self, node: u32) -> &[Step] {
        &self.into[self.in_first[node as usize] as usize..self.in_first[node as usize + 1] as usize]
    }

    /// Sum of the costs of `arcs`.
    pub(super) fn cost_of(&self, arcs: &[u32]) -> u64 {
        let step = |arc: u32| self.out_of(self.topology.tail(arc)).iter().find(|step| step.arc == arc);
        arcs.iter().filter_map(|&arc| step(arc)).map(|step| step.cost).sum()
    }
}

/// Cost of a route, then its number of arcs: what is least first. Every arc adds to it, also one of cost 0, so the least
/// route never has a cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Length {
    pub cost: u64,
    pub arcs: u32,
}

impl Length {
    pub const ZERO: Self = Self { cost: 0, arcs: 0 };
    /// Longer than every route.
    pub const NEVER: Self = Self { cost: u64::MAX, arcs: u32::MAX };

    pub const fn plus(self, cost: u64) -> Self {
        Self { cost: self.cost + cost, arcs: self.arcs + 1 }
    }

    pub const fn and(self, other: Self) -> Self {
        Self { cost: self.cost + other.cost, arcs: self.arcs + other.arcs }
    }
}

/// A queue of nodes by length, then node.
#[derive(Clone, Debug, Default)]
pub(super) struct Queue {
    heap: BinaryHeap<Reverse<u128>>,
}

impl Queue {
    pub fn clear(&mut self) {
        self.heap.clear();
    }

    pub fn push(&mut self, length: Length, node: u32) {
        let key = u128::from(length.cost) << 64 | u128::from(length.arcs) << 32 | u128::from(node);
        self.heap.push(Reverse(key));
    }

    pub fn pop(&mut self) -> Option<(Length, u32)> {
        let Reverse(key) = self.heap.pop()?;
        Some((Length { cost: (key >> 64) as u64, arcs: (key >> 32) as u32 }, key as u32))
    }
}

/// The least route from every node to one target: its length, and the arc it begins with.
///
/// Of all arcs that begin a least route (by cost, then number of arcs) the lowest is kept, so that following them gives
/// the first route in the order of [`super::k_shortest`].
#[derive(Clone, Debug)]
pub(super) struct Onward {
    pub target: u32,
    pub length: Vec<Length>,
    pub first_arc: Vec<u32>,
}

impl Onward {
    /// Dijkstra 1959 backward from `target` over nodes that are not `barred`.
    pub fn to(ways: &Ways<'_>, target: u32, is_barred: &impl Fn(u32) -> bool) -> Self {
        let mut onward =
            Self { target, length: vec![Length::NEVER; ways.node_count()], first_arc: vec![NO_ARC; ways.node_count()] };
        let mut queue = Queue::default();
        onward.length[target as usize] = Length::ZERO;
        queue.push(Length::ZERO, target);
        while let Some((at, node)) = queue.pop() {
            if at > onward.length[node as usize] {
                continue;
            }
            for step in ways.into_node(node) {
                let reached = at.plus(step.cost);
                let known = &mut onward.length[step.node as usize];
                if reached < *known {
                    if is_barred(step.node) {
                        continue;
                    }
                    *known = reached;
                    onward.first_arc[step.node as usize] = step.arc;
                    queue.push(reached, step.node);
                } else if reached == *known && step.arc < onward.first_arc[step.node as usize] {
                    onward.first_arc[step.node as usize] = step.arc;
                }
            }
        }
        onward
    }

    /// The same seen from the other end: the least route from `source` to every node and the arc it ends with, the
    /// lowest of all that end one.
    pub fn from(ways: &Ways<'_>, source: u32) -> Self {
        let (nodes, mut queue) = (ways.node_count(), Queue::default());
        let mut inward = Self { target: source, length: vec![Length::NEVER; nodes], first_arc: vec![NO_ARC; nodes] };
        inward.length[source as usize] = Length::ZERO;
        queue.push(Length::ZERO, source);
        while let Some((at, node)) = queue.pop() {
            if at > inward.length[node as usize] {
                continue;
            }
            for step in ways.out_of(node) {
                let (reached, known) = (at.plus(step.cost), &mut inward.length[step.node as usize]);
                let last_arc = &mut inward.first_arc[step.node as usize];
                if reached < *known {
                    *known = reached;
                    *last_arc = step.arc;
                    queue.push(reached, step.node);
                } else if reached == *known && step.arc < *last_arc {
                    *last_arc = step.arc;
                }
            }
        }
        inward
    }

    pub fn reaches(&self, node: u32) -> bool {
        self.length[node as usize] != Length::NEVER
    }

    /// Appends the arcs from `node` to the target.
    pub fn follow(&self, topology: &Topology, mut node: u32, arcs: &mut Vec<u32>) {
        while node != self.target {
            let arc = self.first_arc[node as usize];
            arcs.push(arc);
            node = topology.head(arc);
        }
    }
}

/// Cost and number of arcs of the least route (by cost, then number of arcs) from `source` to every node; none = not
/// reachable. In the unit of `ways`, exact.
#[must_use]
pub fn least_lengths_from(ways: &Ways<'_>, source: u32) -> Vec<Option<(u64, u32)>> {
    let inward = Onward::from(ways, source);
    let told = |length: &Length| (*length != Length::NEVER).then_some((length.cost, length.arcs));
    inward.length.iter().map(told).collect()
}
