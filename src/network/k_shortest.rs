//! The k shortest loopless routes between two nodes, exact for any k.

use super::alternatives::Path;
use super::detour::{Bar, DetourSpace};
use super::ways::{Length, Onward, Ways};
use std::cmp::Reverse;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

/// Up to `count` loopless routes from `from` to `to`, least first; fewer when there are no more.
///
/// Routes are ordered by cost, then by number of arcs, then by the first arc in which they differ: the lower arc index
/// first (arcs stand by tail, head, place in the table, so it is the lower node, and of parallel arcs the earlier one).
/// The order is total: two runs give the same list, and arcs that no listed route could use do not change it. Routes differ
/// when their arcs differ. No route passes a node twice; from a node to itself the one route is the empty one.
/// Costs are in the unit of `ways`, sums are exact.
///
/// Yen 1971 ("Finding the k shortest loopless paths in a network", Management Science 17) with Lawler's partition (1972,
/// Management Science 18): the routes not listed yet fall into disjoint sets "same arcs up to here, then none of these
/// arcs". The bound of a set is its least route with nodes allowed twice, read off one backward tree; only a set whose
/// bound comes first is searched, and only where the tree's route would pass a node twice.
#[must_use]
pub fn k_shortest(ways: &Ways<'_>, from: u32, to: u32, count: usize) -> Vec<Path> {
    KShortest::new(ways, from, to, count, &|_| false).collect()
}

/// [`k_shortest`] one by one.
pub(super) struct KShortest<'w, 'a> {
    ways: &'w Ways<'a>,
    from: u32,
    count: usize,
    onward: Onward,
    listed: Vec<Listed>,
    waiting: BinaryHeap<Reverse<Waiting>>,
    /// Routes as long as the next to be listed, complete, by their arcs.
    tied: BTreeSet<(Vec<u32>, Set)>,
    tied_length: Length,
    /// The `count` least lengths at which a set is known to hold a route, each with how often: no longer one will be
    /// listed.
    known: BTreeMap<Length, usize>,
    known_count: usize,
    position: Vec<u32>,
    earliest: Vec<(u32, u32)>,
    walked: Vec<u32>,
    space: Option<DetourSpace>,
}

/// A route already given.
struct Listed {
    arcs: Vec<u32>,
    /// Length up to each of its nodes.
    length_to: Vec<Length>,
}

/// Routes that begin with the first `kept` arcs of a listed route, then take none of `barred`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Set {
    listed: u32,
    kept: u32,
    barred: Vec<u32>,
}

/// A set in the queue, by its bound; those to be searched before those whose least route is known.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Waiting {
    bound: Length,
    least: Least,
    set: Set,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Least {
    /// The bound may be too low; a route of this length is known.
    Unknown { at_most: Length },
    /// It goes on with this arc and then along the backward tree.
    Along { arc: u32 },
    /// It goes on with these arcs.
    Found { arcs: Vec<u32> },
}

impl<'w, 'a> KShortest<'w, 'a> {
    /// At most `count` routes over nodes that are not barred.
    pub fn new(ways: &'w Ways<'a>, from: u32, to: u32, count: usize, is_barred: &impl Fn(u32) -> bool) -> Self {
        let onward = Onward::to(ways, to, is_barred);
        let mut this = Self {
            ways,
            from,
            count,
            listed: Vec::new(),
            waiting: BinaryHeap::new(),
            tied: BTreeSet::new(),
            tied_length: Length::ZERO,
            known: BTreeMap::new(),
            known_count: 0,
            position: vec![u32::MAX; ways.node_count()],
            earliest: vec![(u32::MAX, 0); ways.node_count()],
            walked: Vec::new(),
            space: None,
            onward,
        };
        if count > 0 && this.onward.reaches(from) {
            let set = Set { listed: u32::MAX, kept: 0, barred: Vec::new() };
            let arc = this.onward.first_arc[from as usize];
            this.waiting.push(Reverse(Waiting {
                bound: this.onward.length[from as usize],
                least: Least::Along { arc },
                set,
            }));
        }
        this
    }

    fn limit(&self) -> Length {
        match self.known.last_key_value() {
            Some((&longest, _)) if self.known_count >= self.count => longest,
            _ => Length::NEVER,
        }
    }

    fn know(&mut self, length: Length) {
        let limit = self.limit();
        if length < limit {
            *self.known.entry(length).or_insert(0) += 1;
            self.known_count += 1;
            if self.known_count > self.count {
                self.forget(limit);
            }
        }
    }

    fn forget(&mut self, length: Length) {
        if let Entry::Occupied(mut known) = self.known.entry(length) {
            self.known_count -= 1;
            match *known.get() {
                1 => drop(known.remove()),
                times => *known.get_mut() = times - 1,
            }
        }
    }

    fn nodes_of(&self, arcs: &[u32]) -> Vec<u32> {
        let heads = arcs.iter().map(|&arc| self.ways.topology().head(arc));
        std::iter::once(self.from).chain(heads).collect()
    }

    /// All arcs of the least route of a set, when it is known.
    fn whole(&self, set: &Set, least: &Least) -> Vec<u32> {
        let mut arcs = match self.listed.get(set.listed as usize) {
            Some(listed) => listed.arcs[..set.kept as usize].to_vec(),
            None => Vec::new(),
        };
        match least {
            Least::Found { arcs: rest } => arcs.extend(rest),
            Least::Along { arc } if *arc != super::ways::NO_ARC => {
                arcs.push(*arc);
                self.onward.follow(self.ways.topology(), self.ways.topology().head(*arc), &mut arcs);
            }
            _ => {}
        }
        arcs
    }

    /// Finds the least route of a set by search.
    fn search(&mut self, set: &Set, at_most: Length) -> Option<(Length, Vec<u32>)> {
        let listed = &self.listed[set.listed as usize];
        let base = listed.length_to[set.kept as usize];
        let nodes = self.nodes_of(&listed.arcs[..set.kept as usize]);
        let limit = at_most.min(self.limit());
        if limit < base {
            return None;
        }
        // The rest of the route may take what is left of the limit.
        let rest = if limit == Length::NEVER { limit } else { difference(limit, base) };
        for (place, &node) in nodes.iter().enumerate() {
            self.position[node as usize] = place as u32;
        }
        let space = self.space.get_or_insert_with(|| DetourSpace::new(self.ways.node_count()));
        let bar = Bar { position: &self.position, last: Some(set.kept), arcs: &set.barred };
        let mut arcs = Vec::new();
        let found = space.least(self.ways, &self.onward, nodes[set.kept as usize], &bar, rest, &mut arcs);
        for &node in &nodes {
            self.position[node as usize] = u32::MAX;
        }
        found.map(|length| (base.and(length), arcs))
    }

    /// The lowest position on the listed route that the tree's route from `node` passes.
    fn earliest_passed(&mut self, listed: u32, mut node: u32) -> u32 {
        self.walked.clear();
        let mut earliest = loop {
            let (of, known) = self.earliest[node as usize];
            if of == listed {
                break known;
            }
            self.walked.push(node);
            if node == self.onward.target {
                break u32::MAX;
            }
            node = self.ways.topology().head(self.onward.first_arc[node as usize]);
        };
        while let Some(node) = self.walked.pop() {
            earliest = earliest.min(self.position[node as usize]);
            self.earliest[node as usize] = (listed, earliest);
        }
        earliest
    }

    /// Lists a route and puts the sets of routes that leave it into the queue.
    fn list(&mut self, arcs: &[u32], set: &Set) {
        let nodes = self.nodes_of(arcs);
        let number = self.listed.len() as u32;
        let mut length_to = vec![Length::ZERO];
        for (place, &node) in nodes.iter().enumerate() {
            self.position[node as usize] = place as u32;
            if let Some(arc) = arcs.get(place) {
                let step = self.ways.out_of(node).iter().find(|step| step.arc == *arc);
                let before = length_to[place];
                length_to.push(step.map_or(before, |step| before.plus(step.cost)));
            }
        }
        for kept in set.kept as usize..arcs.len() {
            let mut barred = if kept == set.kept as usize { set.barred.clone() } else { Vec::new() };
            barred.push(arcs[kept]);
            let set = Set { listed: number, kept: kept as u32, barred };
            self.wait(nodes[kept], length_to[kept], set);
        }
        for &node in &nodes {
            self.position[node as usize] = u32::MAX;
        }
        self.listed.push(Listed { arcs: arcs.to_vec(), length_to });
    }

    /// Bounds a set from the arcs out of its last fixed node.
    fn wait(&mut self, node: u32, base: Length, set: Set) {
        let mut bound = (Length::NEVER, super::ways::NO_ARC, u32::MAX);
        let mut at_most = Length::NEVER;
        for step in self.ways.out_of(node) {
            let is_passed = self.position[step.node as usize] <= set.kept;
            if is_passed || !self.onward.reaches(step.node) || set.barred.contains(&step.arc) {
                continue;
            }
            let length = base.plus(step.cost).and(self.onward.length[step.node as usize]);
            if length >= bound.0 && length >= at_most {
                continue;
            }
            let earliest = self.earliest_passed(set.listed, step.node);
            if length < bound.0 {
                bound = (length, step.arc, earliest);
            }
            if earliest > set.kept {
                at_most = at_most.min(length);
            }
        }
        let (bound, arc, earliest) = bound;
        if bound == Length::NEVER || bound > self.limit() {
            return;
        }
        self.know(at_most);
        let least = if earliest > set.kept { Least::Along { arc } } else { Least::Unknown { at_most } };
        self.waiting.push(Reverse(Waiting { bound, least, set }));
    }
}

/// What is left of `limit` after `base`, rounded up.
fn difference(limit: Length, base: Length) -> Length {
    let cost = limit.cost - base.cost;
    // Fewer arcs left than none means that the cost must be less: kept as the cost alone.
    match limit.arcs.checked_sub(base.arcs) {
        Some(arcs) => Length { cost, arcs },
        None => Length { cost, arcs: 0 },
    }
}

impl Iterator for KShortest<'_, '_> {
    type Item = Path;

    fn next(&mut self) -> Option<Path> {
        if self.listed.len() >= self.count {
            return None;
        }
        // Every set that may hold a route as short as the shortest complete one is looked at before one is given.
        while let Some(Reverse(first)) = self.waiting.peek() {
            if !self.tied.is_empty() && first.bound > self.tied_length {
                break;
            }
            let Reverse(Waiting { bound, least, set }) = self.waiting.pop()?;
            if let Least::Unknown { at_most } = least {
                if let Some((length, arcs)) = self.search(&set, at_most) {
                    self.forget(at_most);
                    self.know(length);
                    self.waiting.push(Reverse(Waiting { bound: length, least: Least::Found { arcs }, set }));
                }
                continue;
            }
            let arcs = self.whole(&set, &least);
            self.tied_length = bound;
            self.tied.insert((arcs, set));
        }
        let (arcs, set) = self.tied.pop_first()?;
        let cost = self.tied_length.cost;
        self.list(&arcs, &set);
        Some(Path { arcs, cost })
    }
}
