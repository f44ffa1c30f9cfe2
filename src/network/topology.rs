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

    /// From its arrays as they stand inside; `None` when they are no such arrays.
    pub(super) fn from_rows(first_arc: Vec<u32>, head: Vec<u32>) -> Option<Self> {
        let node_count = first_arc.len().checked_sub(1)?;
        let are_rows = first_arc[0] == 0 && first_arc.is_sorted() && first_arc[node_count] as usize == head.len();
        if !are_rows || head.iter().any(|&head| head as usize >= node_count) {
            return None;
        }
        let mut tail = Vec::with_capacity(head.len());
        for (node, ends) in first_arc.windows(2).enumerate() {
            if !head[ends[0] as usize..ends[1] as usize].is_sorted() {
                return None;
            }
            tail.resize(ends[1] as usize, node as u32);
        }
        Some(Self { first_arc, head, tail })
    }

    /// The first arc of each node, and the number of arcs.
    pub(super) fn first_arcs(&self) -> &[u32] {
        &self.first_arc
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
