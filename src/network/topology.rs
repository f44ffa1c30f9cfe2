//! The bare shape of a directed graph: the arcs of a node stand side by side.

use std::ops::Range;

/// Compressed adjacency. Arc `a` runs from `tail(a)` to `head(a)`; parallel arcs and self loops are kept.
///
/// Costs are no part of it: a question takes `costs: &[u32]`, one for each arc, [`super::CLOSED`] = not to be used, and
/// answers in `u64`, so that sums are exact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topology {
    first_arc: Vec<u32>,
    head: Vec<u32>,
    tail: Vec<u32>,
}

impl Topology {
    /// Orders `arcs` (tail, head) by tail, then head, then place in the list; also gives the index each got, by that place.
    ///
    /// Nodes are `0..node_count`; every end must lie there.
    #[must_use]
    pub fn new(node_count: usize, arcs: &[(u32, u32)]) -> (Self, Vec<u32>) {
        let mut order: Vec<u32> = (0..arcs.len() as u32).collect();
        order.sort_by_key(|&place| (arcs[place as usize], place));
        let mut first_arc = vec![0_u32; node_count + 1];
        let mut arc_of_place = vec![0_u32; arcs.len()];
        for (arc, &place) in order.iter().enumerate() {
            first_arc[arcs[place as usize].0 as usize + 1] += 1;
            arc_of_place[place as usize] = arc as u32;
        }
        for node in 0..node_count {
            first_arc[node + 1] += first_arc[node];
        }
        let end = |of: fn(&(u32, u32)) -> u32| order.iter().map(|&place| of(&arcs[place as usize])).collect();
        (Self { first_arc, head: end(|arc| arc.1), tail: end(|arc| arc.0) }, arc_of_place)
    }

    /// Number of nodes.
    #[must_use]
    pub fn node_count(&self) -> usize {
        self.first_arc.len() - 1
    }

    /// Number of arcs.
    #[must_use]
    pub fn arc_count(&self) -> usize {
        self.head.len()
    }

    /// The arcs that leave `node`.
    #[must_use]
    pub fn arcs_from(&self, node: u32) -> Range<usize> {
        self.first_arc[node as usize] as usize..self.first_arc[node as usize + 1] as usize
    }

    /// Where `arc` leads.
    #[must_use]
    pub fn head(&self, arc: u32) -> u32 {
        self.head[arc as usize]
    }

    /// Where `arc` comes from.
    #[must_use]
    pub fn tail(&self, arc: u32) -> u32 {
        self.tail[arc as usize]
    }

    /// Where each arc leads.
    #[must_use]
    pub fn heads(&self) -> &[u32] {
        &self.head
    }
}
