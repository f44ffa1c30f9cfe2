//! The k shortest loopless routes that pass a given node.

use super::alternatives::Path;
use super::k_shortest::{KShortest, k_shortest};
use super::topology::Topology;
use super::via_both_ways::{ViaBothWays, costs_the_same_both_ways};
use super::ways::{Onward, Ways};

/// Most ways to the node in between that are tried, and most ways on from it before.
const MOST_FIRST_PARTS: usize = 500;
const MOST_SECOND_PARTS: usize = 32;

/// Whether the routes found are proved to be the shortest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// They are.
    Exact,
    /// The search was ended after so much work: each route is a right one, but one may be missing.
    Ended {
        /// No missing route costs less.
        least: u64,
    },
}

/// Up to `count` loopless routes from `from` over `via` to `to`, in the order of [`k_shortest`].
///
/// The route is loopless as a whole: the second part passes no node of the first.
///
/// Where every step costs the same both ways, as on roads, the best route is two ways from `via` to the ends that share no
/// node, together least, and the next ones are found as in [`k_shortest`]: see `via_both_ways.rs`.
///
/// Else to decide whether one exists is hard in general (it is the problem of two disjoint paths), so the ways to `via`
/// are taken in order, each with its best ways on, until no further one can lead to a shorter route; after 500 of them the
/// search ends and says so. Before, the best ways on are taken, each with the best way to `via` that it leaves: where the
/// short ways to `via` block all ways on, these find a route.
#[must_use]
pub fn k_shortest_via(ways: &Ways<'_>, from: u32, via: u32, to: u32, count: usize) -> (Vec<Path>, Proof) {
    if via == from || via == to {
        return (k_shortest(ways, from, to, count), Proof::Exact);
    }
    let least_on = Onward::to(ways, to, &|node| node == from);
    if count == 0 || from == to || !least_on.reaches(via) {
        return (Vec::new(), Proof::Exact);
    }
    if costs_the_same_both_ways(ways) {
        return ViaBothWays::new(ways, [from, via, to]).routes(count);
    }
    let mut found = Found { routes: Vec::new(), count };
    let mut is_passed = vec![false; ways.node_count()];
    for second in KShortest::new(ways, via, to, MOST_SECOND_PARTS, &|node| node == from) {
        let nodes: Vec<u32> = second.arcs.iter().map(|&arc| ways.topology().head(arc)).collect();
        nodes.iter().for_each(|&node| is_passed[node as usize] = true);
        let first = KShortest::new(ways, from, via, 1, &|node| is_passed[node as usize]).next();
        nodes.iter().for_each(|&node| is_passed[node as usize] = false);
        if let Some(first) = first {
            found.take(&first, &second);
        }
    }
    let mut first_parts = KShortest::new(ways, from, via, MOST_FIRST_PARTS, &|node| node == to);
    let mut least = 0;
    for tried in 0.. {
        let Some(first) = first_parts.next() else {
            let proof = if tried < MOST_FIRST_PARTS { Proof::Exact } else { Proof::Ended { least } };
            return (found.routes, proof);
        };
        least = first.cost + least_on.length[via as usize].cost;
        if least > found.farthest() {
            break;
        }
        let nodes: Vec<u32> = first.arcs.iter().map(|&arc| ways.topology().tail(arc)).collect();
        nodes.iter().for_each(|&node| is_passed[node as usize] = true);
        for second in KShortest::new(ways, via, to, count, &|node| is_passed[node as usize]) {
            if first.cost + second.cost > found.farthest() {
                break;
            }
            found.take(&first, &second);
        }
        nodes.iter().for_each(|&node| is_passed[node as usize] = false);
    }
    (found.routes, Proof::Exact)
}

/// Up to `count` loopless routes from `from` to `to` that take one of the arcs `over`, such as those of a crossing's link,
/// least first: [`k_shortest_via`] over a node put into the middle of these arcs.
#[must_use]
pub fn k_shortest_over(ways: &Ways<'_>, from: u32, over: &[u32], to: u32, count: usize) -> (Vec<Path>, Proof) {
    let middle = ways.node_count() as u32;
    // each arc with the arc it stands for and twice its cost: a half of one in `over` costs as much as the whole did
    let mut arcs: Vec<((u32, u32), u32, u64)> = Vec::new();
    for node in 0..middle {
        for step in ways.out_of(node) {
            match over.contains(&step.arc) {
                false => arcs.push(((node, step.node), step.arc, 2 * step.cost)),
                true => {
                    arcs.push(((node, middle), step.arc, step.cost));
                    arcs.push(((middle, step.node), step.arc, step.cost));
                }
            }
        }
    }
    let ends: Vec<(u32, u32)> = arcs.iter().map(|arc| arc.0).collect();
    let (topology, place_of) = Topology::new(middle as usize + 1, &ends);
    let mut kept = vec![(0, 0); arcs.len()];
    place_of.iter().zip(&arcs).for_each(|(&place, &(_, arc, cost))| kept[place as usize] = (arc, cost));
    let split = Ways::with(&topology, |arc| Some(kept[arc as usize].1));
    let (mut routes, proof) = k_shortest_via(&split, from, middle, to, count);
    for route in &mut routes {
        route.arcs.iter_mut().for_each(|arc| *arc = kept[*arc as usize].0);
        route.arcs.dedup();
        route.cost /= 2;
    }
    routes.sort_by(|a, b| (a.cost, a.arcs.len(), &a.arcs).cmp(&(b.cost, b.arcs.len(), &b.arcs)));
    let proof = match proof {
        Proof::Exact => Proof::Exact,
        Proof::Ended { least } => Proof::Ended { least: least.div_ceil(2) },
    };
    (routes, proof)
}

/// The best routes so far, in order, each once.
struct Found {
    routes: Vec<Path>,
    count: usize,
}

impl Found {
    /// What a route may cost to be among them.
    fn farthest(&self) -> u64 {
        if self.routes.len() < self.count { u64::MAX } else { self.routes[self.count - 1].cost }
    }

    fn take(&mut self, first: &Path, second: &Path) {
        let route = Path { arcs: [first.arcs.as_slice(), &second.arcs].concat(), cost: first.cost + second.cost };
        let rank = |route: &Path| (route.cost, route.arcs.len(), route.arcs.clone());
        let place = self.routes.partition_point(|other| rank(other) < rank(&route));
        if self.routes.get(place) != Some(&route) {
            self.routes.insert(place, route);
            self.routes.truncate(self.count);
        }
    }
}
