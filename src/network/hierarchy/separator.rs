//! Small vertex separators by unit vertex capacities: how many paths that share no node lead from one end to the other.
//!
//! By Menger's theorem their largest number is the size of the smallest separator. Paths are found as in Dinic (1970):
//! breadth-first levels, then a blocking set of augmenting walks along them.

use super::peel::Plain;

const NONE: u32 = u32::MAX;
/// `prev` of a path's first node and `next` of its last.
const END: u32 = u32::MAX - 1;

/// Which end a node belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Inside,
    Source,
    Sink,
}

/// Paths without a common node from the sources to the sinks; both sets may grow.
pub(super) struct Paths<'a> {
    graph: &'a Plain,
    place: Vec<Place>,
    sources: Vec<u32>,
    sinks: Vec<u32>,
    /// The node before and after each node on its path; `NONE` = on no path.
    prev: Vec<u32>,
    next: Vec<u32>,
    level: Vec<u32>,
    cursor: Vec<u32>,
    queue: Vec<u32>,
    path_count: usize,
}

impl<'a> Paths<'a> {
    pub(super) fn new(graph: &'a Plain) -> Self {
        let count = graph.node_count();
        Self {
            graph,
            place: vec![Place::Inside; count],
            sources: Vec::new(),
            sinks: Vec::new(),
            prev: vec![NONE; count],
            next: vec![NONE; count],
            level: vec![NONE; count],
            cursor: vec![0; count],
            queue: Vec::with_capacity(count),
            path_count: 0,
        }
    }

    /// Makes a node a source; a path through it now starts there.
    pub(super) fn add_source(&mut self, node: u32) {
        if self.place[node as usize] != Place::Inside {
            return;
        }
        self.place[node as usize] = Place::Source;
        self.sources.push(node);
        let mut before = self.prev[node as usize];
        if before != NONE {
            self.prev[node as usize] = END;
            while before != END {
                let further = self.prev[before as usize];
                (self.prev[before as usize], self.next[before as usize]) = (NONE, NONE);
                before = further;
            }
        }
    }

    /// Makes a node a sink; a path through it now ends there.
    pub(super) fn add_sink(&mut self, node: u32) {
        if self.place[node as usize] != Place::Inside {
            return;
        }
        self.place[node as usize] = Place::Sink;
        self.sinks.push(node);
        let mut after = self.next[node as usize];
        if after != NONE {
            self.next[node as usize] = END;
            while after != END {
                let further = self.next[after as usize];
                (self.prev[after as usize], self.next[after as usize]) = (NONE, NONE);
                after = further;
            }
        }
    }

    /// Adds paths until there is no more, or until there are more than `most`; whether there is no more.
    pub(super) fn fill(&mut self, most: usize) -> bool {
        loop {
            if self.path_count > most {
                return false;
            }
            if !self.measure_levels() {
                return true;
            }
            for ix in 0..self.sources.len() {
                let source = self.sources[ix];
                if self.prev[source as usize] == NONE {
                    self.augment(source);
                }
                if self.path_count > most {
                    return false;
                }
            }
        }
    }

    /// Levels of the nodes that can be left by an augmenting walk; whether one reaches a free sink.
    fn measure_levels(&mut self) -> bool {
        self.level.fill(NONE);
        self.cursor.fill(0);
        self.queue.clear();
        for &source in &self.sources {
            if self.prev[source as usize] == NONE {
                self.level[source as usize] = 0;
                self.queue.push(source);
            }
        }
        let mut at = 0;
        let mut deepest = NONE;
        while at < self.queue.len() {
            let node = self.queue[at];
            at += 1;
            let level = self.level[node as usize];
            if level >= deepest {
                break;
            }
            let before = self.prev[node as usize];
            if before < END && self.level[before as usize] == NONE {
                self.level[before as usize] = level + 1;
                self.queue.push(before);
            }
            for &head in self.graph.neighbours(node) {
                match self.step_to(head) {
                    Step::Finish => deepest = level,
                    Step::Stand(stand) if self.level[stand as usize] == NONE => {
                        self.level[stand as usize] = level + 1;
                        self.queue.push(stand);
                    }
                    _ => {}
                }
            }
        }
        deepest != NONE
    }

    /// Where a walk that enters `head` stands then: on it when it is free; else on the node before it on its path.
    fn step_to(&self, head: u32) -> Step {
        let before = self.prev[head as usize];
        match (before, self.place[head as usize]) {
            (_, Place::Source) | (END, _) => Step::Blocked,
            (NONE, Place::Sink) => Step::Finish,
            (NONE, Place::Inside) => Step::Stand(head),
            _ => Step::Stand(before),
        }
    }

    /// One augmenting walk from a free source along the levels, when there is one.
    fn augment(&mut self, source: u32) {
        // each entry: the node stood on, and the head entered from it (NONE: it gave its own place up)
        let mut walk: Vec<(u32, u32)> = Vec::new();
        let mut at = source;
        'search: loop {
            let level = self.level[at as usize];
            let row = self.graph.neighbours(at);
            while (self.cursor[at as usize] as usize) <= row.len() {
                let cursor = self.cursor[at as usize] as usize;
                self.cursor[at as usize] += 1;
                if cursor == row.len() {
                    let before = self.prev[at as usize];
                    if before < END && self.level[before as usize] == level + 1 {
                        walk.push((at, NONE));
                        at = before;
                        continue 'search;
                    }
                    continue;
                }
                match self.step_to(row[cursor]) {
                    Step::Finish => {
                        walk.push((at, row[cursor]));
                        break 'search;
                    }
                    Step::Stand(stand) if self.level[stand as usize] == level + 1 => {
                        walk.push((at, row[cursor]));
                        at = stand;
                        continue 'search;
                    }
                    _ => {}
                }
            }
            self.level[at as usize] = NONE;
            match walk.pop() {
                Some((before, _)) => at = before,
                None => return,
            }
        }
        self.prev[source as usize] = END;
        for &(node, head) in &walk {
            self.level[node as usize] = NONE;
            if head == NONE {
                (self.prev[node as usize], self.next[node as usize]) = (NONE, NONE);
            } else {
                self.next[node as usize] = head;
                self.prev[head as usize] = node;
                if self.place[head as usize] == Place::Sink {
                    self.next[head as usize] = END;
                }
            }
        }
        self.path_count += 1;
    }

    /// After [`Self::fill`]: the separator nearest to the sources (`Near::Source`) or to the sinks. Marks each node 0 =
    /// on the sources' side, 1 = on the sinks' side, 2 = separator; and counts them.
    pub(super) fn sides(&mut self, near: Near, side: &mut Vec<u8>) -> [usize; 3] {
        let (prev, own, other) = match near {
            Near::Source => (&self.prev, 0, 1),
            Near::Sink => (&self.next, 1, 0),
        };
        let (own_ends, own_place) = match near {
            Near::Source => (&self.sources, Place::Source),
            Near::Sink => (&self.sinks, Place::Sink),
        };
        side.clear();
        side.resize(self.place.len(), other);
        self.queue.clear();
        for &end in own_ends {
            if prev[end as usize] == NONE {
                side[end as usize] = own;
                self.queue.push(end);
            } else {
                side[end as usize] = 2;
            }
        }
        let mut at = 0;
        while at < self.queue.len() {
            let node = self.queue[at];
            at += 1;
            let before = prev[node as usize];
            if before < END && side[before as usize] != own {
                side[before as usize] = own;
                self.queue.push(before);
            }
            for &head in self.graph.neighbours(node) {
                if side[head as usize] == own || self.place[head as usize] == own_place {
                    continue;
                }
                let stand = match prev[head as usize] {
                    NONE => head,
                    before => {
                        side[head as usize] = 2;
                        before
                    }
                };
                if stand < END && side[stand as usize] != own {
                    side[stand as usize] = own;
                    self.queue.push(stand);
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
