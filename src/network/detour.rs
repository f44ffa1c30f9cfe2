//! The least route that keeps clear of some nodes and arcs, given the least routes of all nodes without that rule.

use super::ways::{Length, Onward, Queue, Ways};

/// What a detour keeps clear of.
pub(super) struct Bar<'b> {
    /// Position of every node on a given route; `u32::MAX` = not on it.
    pub position: &'b [u32],
    /// Nodes up to this position are barred.
    pub last: Option<u32>,
    /// Barred arcs.
    pub arcs: &'b [u32],
}

impl Bar<'_> {
    fn node(&self, node: u32) -> bool {
        self.last.is_some_and(|last| self.position[node as usize] <= last)
    }
}

#[derive(Clone, Copy)]
struct Mark {
    /// The search that wrote it.
    search: u32,
    length: Length,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Reached,
    Settled,
    /// Settled, and on a least route.
    Kept,
    /// Settled on a least route, and the way onward is clear.
    Exit,
}

/// Working memory of [`DetourSpace::least`].
pub(super) struct DetourSpace {
    search: u32,
    mark: Vec<Mark>,
    /// `(search, whether the way onward is clear)`.
    clear: Vec<(u32, bool)>,
    queue: Queue,
    walked: Vec<u32>,
}

impl DetourSpace {
    pub fn new(node_count: usize) -> Self {
        Self {
            search: 0,
            mark: vec![Mark { search: 0, length: Length::NEVER, state: State::Reached }; node_count],
            clear: vec![(0, false); node_count],
            queue: Queue::default(),
            walked: Vec::new(),
        }
    }

    /// Whether the least route from `node` without the bar keeps clear of it.
    fn is_clear(&mut self, ways: &Ways<'_>, onward: &Onward, bar: &Bar<'_>, mut node: u32) -> bool {
        self.walked.clear();
        let is_clear = loop {
            let (search, known) = self.clear[node as usize];
            if search == self.search {
                break known;
            }
            self.walked.push(node);
            if bar.node(node) {
                break false;
            }
            if node == onward.target {
                break true;
            }
            let arc = onward.first_arc[node as usize];
            if bar.arcs.contains(&arc) {
                break false;
            }
            node = ways.topology().head(arc);
        };
        for &node in &self.walked {
            self.clear[node as usize] = (self.search, is_clear);
        }
        is_clear
    }

    fn length(&self, node: u32) -> Length {
        let mark = &self.mark[node as usize];
        if mark.search == self.search { mark.length } else { Length::NEVER }
    }

    /// Appends to `arcs` the least route from `start` (which may itself be barred) to the target that keeps clear of the
    /// bar, and gives its length; nothing when there is none of at most `limit`.
    ///
    /// Best first by length so far plus unbarred length onward (Hart, Nilsson & Raphael 1968), which is exact where the
    /// way onward is clear: the search ends there. Only nodes whose least routes run into the bar are opened (Feng
    /// 2014, "Finding k shortest simple paths in directed graphs: a node classification algorithm", Networks 64).
    /// Of equal routes the one whose first different arc is lower.
    pub fn least(
        &mut self,
        ways: &Ways<'_>,
        onward: &Onward,
        start: u32,
        bar: &Bar<'_>,
        mut limit: Length,
        arcs: &mut Vec<u32>,
    ) -> Option<Length> {
        if self.search == u32::MAX {
            *self = Self::new(self.mark.len());
        }
        self.search += 1;
        self.queue.clear();
        self.mark[start as usize] = Mark { search: self.search, length: Length::ZERO, state: State::Settled };
        let mut found = None;
        let mut exits = Vec::new();
        self.open(ways, onward, start, bar, limit);
        while let Some((bound, node)) = self.queue.pop() {
            if bound > limit {
                break;
            }
            let mark = self.mark[node as usize];
            if mark.state == State::Settled || mark.length.and(onward.length[node as usize]) < bound {
                continue;
            }
            self.mark[node as usize].state = State::Settled;
            if self.is_clear(ways, onward, bar, node) {
                found = Some(bound);
                limit = bound;
                exits.push(node);
            } else {
                self.open(ways, onward, node, bar, limit);
            }
        }
        let length = found?;
        self.keep_least(ways, start, bar, &mut exits);
        let mut node = start;
        while self.mark[node as usize].state != State::Exit {
            let is_next = |step: &&super::ways::Step| {
                let next = &self.mark[step.node as usize];
                next.search == self.search
                    && matches!(next.state, State::Kept | State::Exit)
                    && !bar.arcs.contains(&step.arc)
                    && next.length == self.length(node).plus(step.cost)
            };
            let step = ways.out_of(node).iter().find(is_next)?;
            arcs.push(step.arc);
            node = step.node;
        }
        onward.follow(ways.topology(), node, arcs);
        Some(length)
    }

    fn open(&mut self, ways: &Ways<'_>, onward: &Onward, node: u32, bar: &Bar<'_>, limit: Length) {
        let at = self.length(node);
        for step in ways.out_of(node) {
            if !onward.reaches(step.node) || bar.node(step.node) || bar.arcs.contains(&step.arc) {
                continue;
            }
            let reached = at.plus(step.cost);
            let bound = reached.and(onward.length[step.node as usize]);
            if bound <= limit && reached < self.length(step.node) {
                self.mark[step.node as usize] = Mark { search: self.search, length: reached, state: State::Reached };
                self.queue.push(bound, step.node);
            }
        }
    }

    /// Marks the settled nodes on least routes to the exits.
    fn keep_least(&mut self, ways: &Ways<'_>, start: u32, bar: &Bar<'_>, open: &mut Vec<u32>) {
        open.iter().for_each(|&exit| self.mark[exit as usize].state = State::Exit);
        while let Some(node) = open.pop() {
            for step in ways.into_node(node) {
                let before = &self.mark[step.node as usize];
                let is_least = before.search == self.search
                    && before.state == State::Settled
                    && !bar.arcs.contains(&step.arc)
                    && before.length.plus(step.cost) == self.length(node);
                if is_least {
                    self.mark[step.node as usize].state = State::Kept;
                    if step.node != start {
                        open.push(step.node);
                    }
                }
            }
        }
    }
}
