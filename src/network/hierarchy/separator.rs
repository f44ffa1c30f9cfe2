//! Small vertex separators by unit vertex capacities: how many paths that share no node lead from one end to the other.
//!
//! By Menger's theorem their largest number is the size of the smallest separator. Paths are added one by one (Ford &
//! Fulkerson 1956) by walks that look ahead first. What a walk in vain has seen leads nowhere for good, as no later path
//! changes anything there: nothing walks there again. What a walk that found its way saw besides is left alone until the
//! next round, when it was much.

use super::peel::Plain;
use std::cmp::Reverse;

const NONE: u32 = u32::MAX;
/// `prev` of a path's first node and `next` of its last.
const END: u32 = u32::MAX - 1;
/// Added to a filling.
const DEAD: u32 = 1 << 31;
/// A walk that saw more nodes than this many times its length leaves them alone for the rest of the round.
const MUCH: usize = 8;

/// Which end a node belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Inside,
    Source,
    Sink,
}

/// What a walk asks of a node, side by side in memory.
#[derive(Clone, Copy)]
struct Spot {
    /// The node before it on its path; `NONE` = on no path.
    prev: u32,
    /// The round in which a walk stood on it, or [`DEAD`] and the filling in which it was seen to lead nowhere.
    seen: u32,
    /// Which neighbour the walk looks at next.
    cursor: u32,
    place: Place,
}

/// Paths without a common node from the sources to the sinks; both sets may grow.
pub(super) struct Paths<'a> {
    graph: &'a Plain,
    /// The neighbours of each node, those nearest to the sinks in front.
    ahead: Vec<u32>,
    spots: Vec<Spot>,
    /// The node after each node on its path; `NONE` = on no path.
    next: Vec<u32>,
    sources: Vec<u32>,
    sinks: Vec<u32>,
    filling: u32,
    round: u32,
    /// Whether nodes are left alone in this round that may lead somewhere.
    leaves_alone: bool,
    /// The nodes that the walk at hand stood on.
    trail: Vec<u32>,
    path_count: usize,
}

impl<'a> Paths<'a> {
    /// `line`: all nodes in the order from the sources to the sinks.
    pub(super) fn new(graph: &'a Plain, line: impl Iterator<Item = u32>) -> Self {
        let count = graph.node_count();
        let mut rank = vec![0_u32; count];
        (0..).zip(line).for_each(|(at, node)| rank[node as usize] = at);
        let mut ahead = graph.neighbour.clone();
        for row in graph.first.windows(2) {
            ahead[row[0] as usize..row[1] as usize].sort_unstable_by_key(|&node| Reverse(rank[node as usize]));
        }
        Self {
            graph,
            ahead,
            spots: vec![Spot { prev: NONE, seen: 0, cursor: 0, place: Place::Inside }; count],
            next: vec![NONE; count],
            sources: Vec::new(),
            sinks: Vec::new(),
            filling: 0,
            round: 0,
            leaves_alone: false,
            trail: Vec::new(),
            path_count: 0,
        }
    }

    /// Makes a node a source; a path through it now starts there.
    pub(super) fn add_source(&mut self, node: u32) {
        let spot = &mut self.spots[node as usize];
        if spot.place != Place::Inside {
            return;
        }
        spot.place = Place::Source;
        self.sources.push(node);
        if spot.prev != NONE {
            let mut before = std::mem::replace(&mut spot.prev, END);
            while before != END {
                self.next[before as usize] = NONE;
                before = std::mem::replace(&mut self.spots[before as usize].prev, NONE);
            }
        }
    }

    /// Makes a node a sink; a path through it now ends there.
    pub(super) fn add_sink(&mut self, node: u32) {
        let spot = &mut self.spots[node as usize];
        if spot.place != Place::Inside {
            return;
        }
        spot.place = Place::Sink;
        self.sinks.push(node);
        if self.next[node as usize] != NONE {
            let mut after = std::mem::replace(&mut self.next[node as usize], END);
            while after != END {
                self.spots[after as usize].prev = NONE;
                after = std::mem::replace(&mut self.next[after as usize], NONE);
            }
        }
    }

    /// Adds paths until there is no more, or until there are more than `most`; whether there is no more.
    pub(super) fn fill(&mut self, most: usize) -> bool {
        self.filling += 1;
        let leads_in = |&&source: &&u32| {
            let heads = self.graph.neighbours(source).iter();
            heads.into_iter().any(|&head| self.spots[head as usize].place != Place::Source)
        };
        let mut front: Vec<u32> = self.sources.iter().filter(leads_in).copied().collect();
        loop {
            self.round += 1;
            self.leaves_alone = false;
            for &source in &front {
                if self.spots[source as usize].prev == NONE {
                    self.augment(source);
                }
                if self.path_count > most {
                    return false;
                }
            }
            if !self.leaves_alone {
                return true;
            }
            front.reverse();
        }
    }

    /// Where a walk that enters `head` stands then: on it when it is free; else on the node before it on its path.
    #[inline(always)]
    fn step_to(&self, head: u32) -> Step {
        let Spot { prev, place, .. } = self.spots[head as usize];
        match (prev, place) {
            (_, Place::Source) | (END, _) => Step::Blocked,
            (NONE, Place::Sink) => Step::Finish,
            (NONE, Place::Inside) => Step::Stand(head),
            _ => Step::Stand(prev),
        }
    }

    /// Whether a walk may stand on `node`, where none has been; now one does.
    fn stands_on(&mut self, node: u32) -> bool {
        let spot = &mut self.spots[node as usize];
        let is_new = spot.seen != self.round && spot.seen != (DEAD | self.filling);
        if is_new {
            (spot.seen, spot.cursor) = (self.round, 0);
            self.trail.push(node);
        }
        is_new
    }

    /// One augmenting walk from a free source, when there is one.
    fn augment(&mut self, source: u32) {
        // each entry: the node stood on, and the head entered from it (NONE: it gave its own place up)
        let mut walk: Vec<(u32, u32)> = Vec::new();
        let mut at = source;
        self.trail.clear();
        if !self.stands_on(at) {
            return;
        }
        'search: loop {
            let row = self.graph.first[at as usize]..self.graph.first[at as usize + 1];
            loop {
                let cursor = row.start + self.spots[at as usize].cursor;
                if cursor > row.end {
                    break;
                }
                self.spots[at as usize].cursor += 1;
                let (head, stand) = if cursor == row.end {
                    (NONE, self.spots[at as usize].prev)
                } else {
                    let head = self.ahead[cursor as usize];
                    match self.step_to(head) {
                        Step::Finish => {
                            walk.push((at, head));
                            break 'search;
                        }
                        Step::Stand(stand) => (head, stand),
                        Step::Blocked => continue,
                    }
                };
                if stand < END && self.stands_on(stand) {
                    walk.push((at, head));
                    at = stand;
                    continue 'search;
                }
            }
            match walk.pop() {
                Some((before, _)) => at = before,
                None => {
                    if !self.leaves_alone {
                        self.trail.iter().for_each(|&node| self.spots[node as usize].seen = DEAD | self.filling);
                    }
                    return;
                }
            }
        }
        if self.trail.len() > MUCH * walk.len() {
            self.leaves_alone = true;
        } else {
            self.trail.iter().for_each(|&node| self.spots[node as usize].seen = 0);
        }
        self.spots[source as usize].prev = END;
        for &(node, head) in &walk {
            if head == NONE {
                (self.spots[node as usize].prev, self.next[node as usize]) = (NONE, NONE);
            } else {
                self.next[node as usize] = head;
                self.spots[head as usize].prev = node;
                if self.spots[head as usize].place == Place::Sink {
                    self.next[head as usize] = END;
                }
            }
        }
        self.path_count += 1;
    }

    /// After [`Self::fill`]: the separator nearest to the sources (`Near::Source`) or to the sinks. Marks each node 0 =
    /// on the sources' side, 1 = on the sinks' side, 2 = separator; and counts them.
    pub(super) fn sides(&mut self, near: Near, side: &mut Vec<u8>) -> [usize; 3] {
        let (own, other, own_ends, own_place) = match near {
            Near::Source => (0, 1, &self.sources, Place::Source),
            Near::Sink => (1, 0, &self.sinks, Place::Sink),
        };
        let prev = |node: u32| match near {
            Near::Source => self.spots[node as usize].prev,
            Near::Sink => self.next[node as usize],
        };
        side.clear();
        side.resize(self.spots.len(), other);
        let queue = &mut self.trail;
        queue.clear();
        for &end in own_ends {
            if prev(end) == NONE {
                side[end as usize] = own;
                queue.push(end);
            } else {
                side[end as usize] = 2;
            }
        }
        let mut at = 0;
        while at < queue.len() {
            let node = queue[at];
            at += 1;
            let before = prev(node);
            if before < END && side[before as usize] != own {
                side[before as usize] = own;
                queue.push(before);
            }
            for &head in self.graph.neighbours(node) {
                if side[head as usize] == own || self.spots[head as usize].place == own_place {
                    continue;
                }
                let stand = match prev(head) {
                    NONE => head,
                    before => {
                        side[head as usize] = 2;
                        before
                    }
                };
                if stand < END && side[stand as usize] != own {
                    side[stand as usize] = own;
                    queue.push(stand);
                }
            }
        }
        let mut counts = [0; 3];
        side.iter().for_each(|&side| counts[side as usize] += 1);
        counts
    }
}

/// The result of entering a node.
enum Step {
    Blocked,
    Finish,
    Stand(u32),
}

/// Which of the smallest separators.
#[derive(Clone, Copy)]
pub(super) enum Near {
    /// The one nearest to the sources.
    Source,
    /// The one nearest to the sinks.
    Sink,
}
