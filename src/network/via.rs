//! The k shortest loopless routes that pass a given node.

use super::alternatives::Path;
use super::k_shortest::{KShortest, k_shortest};
use super::ways::{Onward, Ways};

/// Most ways to the node in between that are tried.
const MOST_FIRST_PARTS: usize = 2000;

/// Whether the routes found are proved to be the shortest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// They are.
    Exact,
    /// The search was ended after 2,000 ways to the node in between: each route is a right one, but a shorter one may
    /// be missing.
    Ended,
}

/// Up to `count` loopless routes from `from` over `via` to `to`, in the order of [`k_shortest`].
///
/// The route is loopless as a whole: the second part passes no node of the first. To decide whether one exists is hard in
/// general (it is the problem of two disjoint paths), so the ways to `via` are taken in order, each with its best ways
/// on, until no further one can lead to a shorter route; after 2,000 of them the search ends and says so.
#[must_use]
pub fn k_shortest_via(ways: &Ways<'_>, from: u32, via: u32, to: u32, count: usize) -> (Vec<Path>, Proof) {
    if via == from || via == to {
        return (k_shortest(ways, from, to, count), Proof::Exact);
    }
    let least_on = Onward::to(ways, to, &|node| node == from);
    if count == 0 || from == to || !least_on.reaches(via) {
        return (Vec::new(), Proof::Exact);
    }
    let rank = |route: &Path| (route.cost, route.arcs.len(), route.arcs.clone());
    let mut found: Vec<Path> = Vec::new();
    let mut first_parts = KShortest::new(ways, from, via, MOST_FIRST_PARTS, &|node| node == to);
    let mut is_passed = vec![false; ways.node_count()];
    for tried in 0.. {
        let Some(first) = first_parts.next() else {
            return (found, if tried < MOST_FIRST_PARTS { Proof::Exact } else { Proof::Ended });
        };
        let farthest = |found: &[Path]| if found.len() < count { u64::MAX } else { found[count - 1].cost };
        if first.cost + least_on.length[via as usize].cost > farthest(&found) {
            break;
        }
        let nodes: Vec<u32> = first.arcs.iter().map(|&arc| ways.topology().tail(arc)).collect();
        nodes.iter().for_each(|&node| is_passed[node as usize] = true);
        for second in KShortest::new(ways, via, to, count, &|node| is_passed[node as usize]) {
            let cost = first.cost + second.cost;
            if cost > farthest(&found) {
                break;
            }
            let route = Path { arcs: [first.arcs.as_slice(), &second.arcs].concat(), cost };
            let place = found.partition_point(|other| rank(other) < rank(&route));
            found.insert(place, route);
            found.truncate(count);
        }
        nodes.iter().for_each(|&node| is_passed[node as usize] = false);
    }
    (found, Proof::Exact)
}
