//! What is left when one arc of the best route fails.

use super::alternatives::Path;
use super::detour::{Bar, DetourSpace};
use super::ways::{Length, Onward, Ways};

/// The best route from `from` to `to` (the first of [`super::k_shortest`]) and, for each of its arcs in order, the best
/// route without that arc; none where no route is left. Nothing when the destination is not reachable.
///
/// Only that arc is out: a parallel arc may take its place. Order and ties as in [`super::k_shortest`], costs in the unit
/// of `ways`. One backward tree and one search a arc, over the nodes whose best way onward takes the arc (the replacement
/// paths problem: Malik, Mittal & Gupta 1989, "The k most vital arcs in the shortest path problem", Operations Research
/// Letters 8).
#[must_use]
pub fn replacements(ways: &Ways<'_>, from: u32, to: u32) -> Option<(Path, Vec<Option<Path>>)> {
    let onward = Onward::to(ways, to, &|_| false);
    if !onward.reaches(from) {
        return None;
    }
    let mut arcs = Vec::new();
    onward.follow(ways.topology(), from, &mut arcs);
    let mut space = DetourSpace::new(ways.node_count());
    let without = |&arc: &u32| {
        let bar = Bar { position: &[], last: None, arcs: &[arc] };
        let mut arcs = Vec::new();
        let length = space.least(ways, &onward, from, &bar, Length::NEVER, &mut arcs)?;
        Some(Path { arcs, cost: length.cost })
    };
    let others = arcs.iter().map(without).collect();
    Some((Path { cost: onward.length[from as usize].cost, arcs }, others))
}
