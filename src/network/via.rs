//! The k shortest loopless routes that pass a given node.

use super::alternatives::Path;
use super::k_shortest::{KShortest, k_shortest};
use super::ways::{Onward, Ways};

/// Most ways to the node in between that are tried, and most ways on from it before.
const MOST_FIRST_PARTS: usize = 500;
const MOST_SECOND_PARTS: usize = 32;

/// Whether the routes found are proved to be the shortest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// They are.
    Exact,
    /// The search was ended after 500 ways to the node in between: each route is a right one, but one may be missing.
    Ended {
        /// No missing route costs less.
        least: u64,
    },
}

/// Up to `count` loopless routes from `from` over `via` to `to`, in the order of [`k_shortest`].
///
/// The route is loopless as a whole: the second part passes no node of the first. To decide whether one exists is hard in
/// general (it is the problem of two disjoint paths), so the ways to `via` are taken in order, each with its best ways
/// on, until no further one can lead to a shorter route; after 500 of them the search ends and says so. Before, the best
/// ways on are taken, each with the best way to `via` that it leaves: where the short ways to `via` block all ways on, these
/// find a route.
#[must_use]
pub fn k_shortest_via(ways: &Ways<'_>, from: u32, via: u32, to: u32, count: usize) -> (Vec<Path>, Proof) {
    if via == from || via == to {
        return (k_shortest(ways, from, to, count), Proof::Exact);
    }
    let least_on = Onward::to(ways, to, &|node| node == from);
    if count == 0 || from == to || !least_on.reaches(via) {
        return (Vec::new(), Proof::Exact);
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
