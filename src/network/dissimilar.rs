//! Routes that share little: single-via routes, filtered by what they share.

use super::alternatives::Path;
use super::ways::{Length, NO_ARC, Onward, Ways};

/// Limits of [`dissimilar`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DissimilarLimits {
    /// Most routes.
    pub count: usize,
    /// Largest part of a route's cost, 0 to 1, that it shares with any route listed before it.
    pub largest_shared: f64,
    /// A route costs at most this many times the cheapest.
    pub largest_stretch: f64,
}

/// Up to `limits.count` loopless routes, cheapest first, each sharing at most `limits.largest_shared` of its own cost
/// with any one before it (of its arcs, where it costs nothing).
///
/// What is certain: the first is the first of [`super::k_shortest`]; every route keeps the limits; each is a shortest
/// route to some node followed by a shortest route from it (Abraham, Delling, Goldberg & Werneck 2013, "Alternative
/// routes in road networks", ACM JEA 18), and is the cheapest of those that shares little enough with the ones before.
/// What is not: a cheaper dissimilar route that is no such pair of shortest routes is not seen, so that fewer routes
/// than exist may be found. Costs in the unit of `ways`; ties by number of arcs, then by the lower node in between.
#[must_use]
pub fn dissimilar(ways: &Ways<'_>, from: u32, to: u32, limits: DissimilarLimits) -> Vec<Path> {
    let onward = Onward::to(ways, to, &|_| false);
    if limits.count == 0 || !onward.reaches(from) {
        return Vec::new();
    }
    let inward = Onward::from(ways, from);
    let over = |node: u32| inward.length[node as usize].and(onward.length[node as usize]);
    let longest = limits.largest_stretch * onward.length[from as usize].cost as f64;
    let mut between: Vec<(Length, u32)> = (0..ways.node_count() as u32)
        .filter(|&node| inward.reaches(node) && onward.reaches(node))
        .map(|node| (over(node), node))
        .filter(|(length, _)| length.cost as f64 <= longest)
        .collect();
    between.sort_unstable();
    // The origin stands first among equals, so that the first route is the first in order.
    if let Some(place) = between.iter().position(|&(_, node)| node == from) {
        between[..=place].rotate_right(1);
    }
    let topology = ways.topology();
    let mut looked_at = vec![Length::NEVER; ways.node_count()];
    let mut last_route = vec![u32::MAX; ways.node_count()];
    let mut takers: Vec<Vec<u32>> = vec![Vec::new(); topology.arc_count()];
    let mut kept: Vec<Path> = Vec::new();
    for (number, &(length, node)) in between.iter().enumerate() {
        if kept.len() >= limits.count {
            break;
        }
        // On a route looked at already, of the same length: the same route but for ties.
        if looked_at[node as usize] == length {
            continue;
        }
        let mut arcs = Vec::new();
        let mut at = node;
        while inward.first_arc[at as usize] != NO_ARC {
            arcs.push(inward.first_arc[at as usize]);
            at = topology.tail(inward.first_arc[at as usize]);
        }
        arcs.reverse();
        onward.follow(topology, node, &mut arcs);
        let nodes = || std::iter::once(from).chain(arcs.iter().map(|&arc| topology.head(arc)));
        let is_loopless =
            nodes().all(|node| std::mem::replace(&mut last_route[node as usize], number as u32) != number as u32);
        nodes().filter(|&node| over(node) == length).for_each(|node| looked_at[node as usize] = length);
        let mut shared = vec![(0_u64, 0_u32); kept.len()];
        for &arc in &arcs {
            for &taker in &takers[arc as usize] {
                let (cost, count) = &mut shared[taker as usize];
                *cost += ways.cost_of(&[arc]);
                *count += 1;
            }
        }
        let part = |&(cost, count): &(u64, u32)| match length.cost {
            0 => f64::from(count) / arcs.len().max(1) as f64,
            whole => cost as f64 / whole as f64,
        };
        if is_loopless && shared.iter().map(part).all(|part| part <= limits.largest_shared) {
            arcs.iter().for_each(|&arc| takers[arc as usize].push(kept.len() as u32));
            kept.push(Path { arcs, cost: length.cost });
        }
    }
    kept
}
