//! Why there is no route.

use super::topology::Topology;
use super::ways::Ways;
use std::fmt;

/// Why a node cannot be reached from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreachable {
    /// There are ways, but each passes an arc that is closed or avoided.
    Closed,
    /// There are ways, but only against the direction of some arcs.
    AgainstDirection,
    /// No arcs join the parts of the graph in which the two lie.
    OtherPart {
        /// Nodes in the part of the origin.
        origin_part: usize,
        /// Nodes in the part of the destination.
        destination_part: usize,
    },
}

impl fmt::Display for Unreachable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => formatter.write_str("every way passes an arc that is closed or avoided"),
            Self::AgainstDirection => formatter.write_str("every way goes against the direction of an arc"),
            Self::OtherPart { origin_part, destination_part } => write!(
                formatter,
                "they lie in parts of the graph that no arc joins, the origin in one of {origin_part} nodes, the \
                 destination in one of {destination_part}"
            ),
        }
    }
}

/// Why no open route leads from `from` to `to`; none when one does.
#[must_use]
pub fn why_unreachable(ways: &Ways<'_>, from: u32, to: u32) -> Option<Unreachable> {
    if flood(ways.node_count(), from, |node| ways.out_of(node).iter().map(|step| step.node).collect()).1[to as usize] {
        return None;
    }
    let topology = ways.topology();
    let onward = |node: u32| topology.arcs_from(node).map(|arc| topology.heads()[arc]).collect();
    if flood(ways.node_count(), from, onward).1[to as usize] {
        return Some(Unreachable::Closed);
    }
    let neighbours = neighbours(topology);
    let (origin_part, passed) = flood(ways.node_count(), from, |node| neighbours[node as usize].clone());
    if passed[to as usize] {
        return Some(Unreachable::AgainstDirection);
    }
    let (destination_part, _) = flood(ways.node_count(), to, |node| neighbours[node as usize].clone());
    Some(Unreachable::OtherPart { origin_part, destination_part })
}

fn neighbours(topology: &Topology) -> Vec<Vec<u32>> {
    let mut neighbours = vec![Vec::new(); topology.node_count()];
    for arc in 0..topology.arc_count() as u32 {
        neighbours[topology.tail(arc) as usize].push(topology.head(arc));
        neighbours[topology.head(arc) as usize].push(topology.tail(arc));
    }
    neighbours
}

fn flood(node_count: usize, root: u32, next: impl Fn(u32) -> Vec<u32>) -> (usize, Vec<bool>) {
    let mut passed = vec![false; node_count];
    passed[root as usize] = true;
    let (mut open, mut count) = (vec![root], 1);
    while let Some(node) = open.pop() {
        for other in next(node) {
            if !std::mem::replace(&mut passed[other as usize], true) {
                count += 1;
                open.push(other);
            }
        }
    }
    (count, passed)
}
