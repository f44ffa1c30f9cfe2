//! Largest flow and smallest cut between two sets of nodes.

use super::topology::Topology;
use std::collections::VecDeque;

/// Capacity without limit.
pub const UNLIMITED: u64 = u64::MAX;

/// What [`max_flow`] finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaxFlow {
    /// Its value; none = unlimited, because a way from a source to a sink has unlimited capacity all along.
    pub value: Option<u64>,
    /// Flow on every arc; empty when unlimited.
    pub of_arc: Vec<u64>,
    /// The arcs of a smallest cut, lowest first: the one nearest the sources. Their capacities sum to the value.
    pub cut: Vec<u32>,
}

/// The largest flow from `sources` to `sinks` when arc `a` carries at most `capacity[a]` ([`UNLIMITED`] = no limit), and
/// the smallest cut. Whole units, exact; a node that is both makes it unlimited.
///
/// Dinic 1970 ("Algorithm for solution of a problem of maximum flow in networks with power estimation", Soviet Mathematics
/// Doklady 11): at most n rounds of level graphs, and the value equals the cut (Ford & Fulkerson 1956).
#[must_use]
pub fn max_flow(topology: &Topology, capacity: &[u64], sources: &[u32], sinks: &[u32]) -> MaxFlow {
    let mut residual = Residual::new(topology, capacity, sources, sinks);
    // With unlimited arcs alone: whether the flow has a limit at all.
    residual.round(|arc| capacity[arc as usize] == UNLIMITED);
    if sinks.iter().any(|&sink| residual.level[sink as usize] != u32::MAX) {
        return MaxFlow { value: None, of_arc: Vec::new(), cut: Vec::new() };
    }
    let mut value = 0;
    loop {
        residual.levels();
        if sinks.iter().all(|&sink| residual.level[sink as usize] == u32::MAX) {
            break;
        }
        residual.next.copy_from_slice(&residual.first[..topology.node_count()]);
        for &source in sources {
            value += residual.block(source);
        }
    }
    let is_reached = |node: u32| residual.level[node as usize] != u32::MAX;
    let all = 0..topology.arc_count() as u32;
    let cut = all
        .clone()
        .filter(|&arc| is_reached(topology.tail(arc)) && !is_reached(topology.head(arc)) && capacity[arc as usize] > 0)
        .collect();
    MaxFlow { value: Some(value), of_arc: all.map(|arc| residual.flow[arc as usize]).collect(), cut }
}

/// An arc seen from one of its ends.
#[derive(Clone, Copy)]
struct Side {
    other: u32,
    arc: u32,
    is_forward: bool,
}

struct Residual<'a> {
    capacity: &'a [u64],
    flow: Vec<u64>,
    first: Vec<u32>,
    around: Vec<Side>,
    level: Vec<u32>,
    next: Vec<u32>,
    sources: Vec<u32>,
    is_sink: Vec<bool>,
}

impl<'a> Residual<'a> {
    fn new(topology: &Topology, capacity: &'a [u64], sources: &[u32], sinks: &[u32]) -> Self {
        let nodes = topology.node_count();
        let mut sides: Vec<(u32, Side)> = Vec::with_capacity(2 * topology.arc_count());
        for arc in 0..topology.arc_count() as u32 {
            let (tail, head) = (topology.tail(arc), topology.head(arc));
            sides.push((tail, Side { other: head, arc, is_forward: true }));
            sides.push((head, Side { other: tail, arc, is_forward: false }));
        }
        sides.sort_by_key(|&(node, side)| (node, side.arc));
        let mut first = vec![0_u32; nodes + 1];
        sides.iter().for_each(|&(node, _)| first[node as usize + 1] += 1);
        (0..nodes).for_each(|node| first[node + 1] += first[node]);
        let mut is_sink = vec![false; nodes];
        sinks.iter().for_each(|&sink| is_sink[sink as usize] = true);
        let mut sources = sources.to_vec();
        sources.sort_unstable();
        sources.dedup();
        Self {
            capacity,
            flow: vec![0; topology.arc_count()],
            first,
            around: sides.into_iter().map(|(_, side)| side).collect(),
            level: vec![u32::MAX; nodes],
            next: vec![0; nodes],
            sources,
            is_sink,
        }
    }

    fn left(&self, side: Side) -> u64 {
        let (capacity, flow) = (self.capacity[side.arc as usize], self.flow[side.arc as usize]);
        match (side.is_forward, capacity) {
            (true, UNLIMITED) => UNLIMITED,
            (true, _) => capacity - flow,
            (false, _) => flow,
        }
    }

    fn levels(&mut self) {
        let left: Vec<bool> = self.around.iter().map(|&side| self.left(side) > 0).collect();
        self.breadth_first(|place, _| left[place]);
    }

    fn round(&mut self, is_open: impl Fn(u32) -> bool) {
        let around = self.around.clone();
        self.breadth_first(|place, arc| around[place].is_forward && is_open(arc));
    }

    fn breadth_first(&mut self, is_open: impl Fn(usize, u32) -> bool) {
        self.level.fill(u32::MAX);
        let mut open: VecDeque<u32> = self.sources.iter().copied().collect();
        open.iter().for_each(|&source| self.level[source as usize] = 0);
        while let Some(node) = open.pop_front() {
            for place in self.first[node as usize] as usize..self.first[node as usize + 1] as usize {
                let side = self.around[place];
                if self.level[side.other as usize] == u32::MAX && is_open(place, side.arc) {
                    self.level[side.other as usize] = self.level[node as usize] + 1;
                    open.push_back(side.other);
                }
            }
        }
    }

    /// Pushes flow from `source` along levels until no more gets through.
    fn block(&mut self, source: u32) -> u64 {
        let mut pushed = 0;
        let mut way: Vec<Side> = Vec::new();
        let mut node = source;
        loop {
            if self.is_sink[node as usize] {
                let amount = way.iter().map(|&side| self.left(side)).min().unwrap_or(0);
                pushed += amount;
                let mut kept = way.len();
                for (place, &side) in way.iter().enumerate() {
                    let flow = &mut self.flow[side.arc as usize];
                    *flow = if side.is_forward { *flow + amount } else { *flow - amount };
                    if kept == way.len() && self.left(side) == 0 {
                        kept = place;
                    }
                }
                way.truncate(kept);
                node = way.last().map_or(source, |side| side.other);
                continue;
            }
            let place = self.next[node as usize];
            if place < self.first[node as usize + 1] {
                let side = self.around[place as usize];
                if self.level[side.other as usize] == self.level[node as usize] + 1 && self.left(side) > 0 {
                    way.push(side);
                    node = side.other;
                } else {
                    self.next[node as usize] += 1;
                }
            } else if way.pop().is_some() {
                node = way.last().map_or(source, |side| side.other);
                self.next[node as usize] += 1;
            } else {
                return pushed;
            }
        }
    }
}
