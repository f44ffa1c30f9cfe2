//! Two ways from one node to two ends that share no other node, together least: Suurballe 1974 ("Disjoint paths in a
//! network", Networks 4), with potentials (Suurballe & Tarjan 1984, Networks 14).

use super::ways::Ways;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

/// Cost, then number of arcs, as one number.
type Total = i128;

const NEVER: Total = Total::MAX;

fn total(cost: u64) -> Total {
    (Total::from(cost) << 32) + 1
}

/// No node.
const NONE: u32 = u32::MAX;

/// What is asked.
pub(super) struct Fork<'q> {
    /// Where both ways begin.
    pub(super) root: u32,
    /// Where they end.
    pub(super) ends: [u32; 2],
    /// Nodes that none may pass.
    pub(super) is_barred: &'q dyn Fn(u32) -> bool,
    /// Steps into the first end, by the node they come from: all there are.
    pub(super) last_steps: &'q BTreeMap<u32, u64>,
}

/// Tables as long as there are nodes, made once for many questions.
#[derive(Debug, Default)]
pub(super) struct ForkSpace {
    length: Vec<Total>,
    before: Vec<u32>,
    /// By node and side: 2 node = arrived at, 2 node + 1 = about to leave.
    rest: Vec<Total>,
    came: Vec<u32>,
    touched: Vec<u32>,
    heap: BinaryHeap<Reverse<(Total, u32)>>,
}

impl ForkSpace {
    /// The nodes of the two ways, root first, in the order of the ends; none when there are no two.
    ///
    /// The two are least together in cost, then number of arcs, when the cheapest arc from any node to another costs as
    /// much as the one back; then the first may be travelled from its end to the root.
    pub(super) fn least(&mut self, ways: &Ways<'_>, fork: &Fork<'_>) -> Option<[Vec<u32>; 2]> {
        let nodes = ways.node_count();
        self.length.resize(nodes, NEVER);
        self.before.resize(nodes, NONE);
        self.rest.resize(2 * nodes, NEVER);
        self.came.resize(2 * nodes, NONE);
        let found = self.two(ways, fork);
        self.heap.clear();
        for node in self.touched.drain(..).map(|node| node as usize) {
            (self.length[node], self.before[node]) = (NEVER, NONE);
            (self.rest[2 * node], self.rest[2 * node + 1]) = (NEVER, NEVER);
            (self.came[2 * node], self.came[2 * node + 1]) = (NONE, NONE);
        }
        found
    }

    fn two(&mut self, ways: &Ways<'_>, fork: &Fork<'_>) -> Option<[Vec<u32>; 2]> {
        let near = self.first(ways, fork)?;
        let mut way = vec![near];
        while let Some(&node) = way.last().filter(|&&node| node != fork.root) {
            way.push(self.before[node as usize]);
        }
        way.reverse();
        let far = if near == fork.ends[0] { fork.ends[1] } else { fork.ends[0] };
        self.second(ways, fork, &way, far)?;
        // what both take in opposite directions falls out
        let mut steps: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        way.windows(2).for_each(|pair| steps.entry(pair[0]).or_default().push(pair[1]));
        let mut state = 2 * far;
        while state != 2 * fork.root + 1 {
            let from = self.came[state as usize];
            let (tail, head) = (from / 2, state / 2);
            match (tail == head, state % 2) {
                (true, _) => {}
                // back along the first way
                (false, 1) => steps.entry(head).or_default().retain(|&node| node != tail),
                _ => steps.entry(tail).or_default().push(head),
            }
            state = from;
        }
        let mut ended = steps.get(&fork.root)?.iter().map(|&node| {
            let mut nodes = vec![fork.root, node];
            while let Some(&last) = nodes.last().filter(|last| !fork.ends.contains(last)) {
                nodes.push(*steps.get(&last)?.first()?);
            }
            Some(nodes)
        });
        let (one, other) = (ended.next()??, ended.next()??);
        Some(if one.last() == Some(&fork.ends[0]) { [one, other] } else { [other, one] })
    }

    /// Cost of a step, where it may be taken.
    fn step(fork: &Fork<'_>, tail: u32, head: u32, cost: u64) -> Option<Total> {
        if head == fork.ends[0] {
            return fork.last_steps.get(&tail).map(|&cost| total(cost));
        }
        (head != fork.root && !(fork.is_barred)(head)).then(|| total(cost))
    }

    /// Dijkstra 1959 from the root to the nearer end.
    fn first(&mut self, ways: &Ways<'_>, fork: &Fork<'_>) -> Option<u32> {
        self.length[fork.root as usize] = 0;
        self.touched.push(fork.root);
        self.heap.push(Reverse((0, fork.root)));
        while let Some(Reverse((at, node))) = self.heap.pop() {
            if fork.ends.contains(&node) {
                return Some(node);
            }
            if at > self.length[node as usize] {
                continue;
            }
            for step in ways.out_of(node) {
                let Some(cost) = Self::step(fork, node, step.node, step.cost) else { continue };
                let known = &mut self.length[step.node as usize];
                if at + cost < *known {
                    if *known == NEVER {
                        self.touched.push(step.node);
                    }
                    *known = at + cost;
                    self.before[step.node as usize] = node;
                    self.heap.push(Reverse((at + cost, step.node)));
                }
            }
        }
        None
    }

    /// Dijkstra 1959 from the root to the other end over what the first way leaves: its nodes may be passed only against
    /// its direction.
    fn second(&mut self, ways: &Ways<'_>, fork: &Fork<'_>, way: &[u32], far: u32) -> Option<()> {
        let after: BTreeMap<u32, u32> = way.windows(2).map(|pair| (pair[0], pair[1])).collect();
        let near = *way.last()?;
        let farthest = self.length[near as usize];
        let potential = |space: &Self, node: u32| space.length[node as usize].min(farthest);
        let is_on_way = |node: u32| node == near || after.contains_key(&node);
        self.heap.clear();
        self.reach(0, 2 * fork.root + 1, NONE);
        while let Some(Reverse((at, state))) = self.heap.pop() {
            let node = state / 2;
            if node == far {
                return Some(());
            }
            if at > self.rest[state as usize] {
                continue;
            }
            if state % 2 == 0 && is_on_way(node) {
                let before = self.before[node as usize];
                self.reach(at, 2 * before + 1, state);
                continue;
            }
            if state % 2 == 1 && node != fork.root {
                self.reach(at, 2 * node, state);
            }
            let here = potential(self, node);
            for step in ways.out_of(node) {
                let is_taken = after.get(&node) == Some(&step.node);
                let Some(cost) = Self::step(fork, node, step.node, step.cost).filter(|_| !is_taken) else { continue };
                let reduced = cost + here - potential(self, step.node);
                self.reach(at + reduced, 2 * step.node, 2 * node + u32::from(is_on_way(node)));
            }
        }
        None
    }

    fn reach(&mut self, at: Total, state: u32, from: u32) {
        let known = &mut self.rest[state as usize];
        if at < *known {
            if *known == NEVER && self.length[state as usize / 2] == NEVER {
                self.touched.push(state / 2);
            }
            *known = at;
            self.came[state as usize] = from;
            self.heap.push(Reverse((at, state)));
        }
    }
}
