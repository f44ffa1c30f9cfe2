//! Routes over a node where every step costs the same both ways: exact, by two disjoint ways out of that node.

use super::alternatives::Path;
use super::disjoint::{Fork, ForkSpace};
use super::via::Proof;
use super::ways::{NO_ARC, Onward, Step, Ways};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

/// Most searches of one question, and most routes looked at beyond those asked for, to order those that cost the same.
const MOST_SEARCHES: usize = 400;
const MOST_TIES: usize = 5_000;

/// Whether the cheapest arc from any node to another costs as much as the cheapest one back.
pub(super) fn costs_the_same_both_ways(ways: &Ways<'_>) -> bool {
    let least = |steps: &[Step]| {
        let mut costs: BTreeMap<u32, u64> = BTreeMap::new();
        for step in steps {
            let known = costs.entry(step.node).or_insert(step.cost);
            *known = step.cost.min(*known);
        }
        costs
    };
    (0..ways.node_count() as u32).all(|node| least(ways.out_of(node)) == least(ways.into_node(node)))
}

/// Routes that begin with the first `kept` arcs of a listed route, then take none of `barred` (Lawler 1972, as in
/// [`super::k_shortest`]).
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Set {
    listed: usize,
    kept: usize,
    barred: Vec<u32>,
}

/// A set by the least that its routes may cost, or by its least route once that is found.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Waiting {
    cost: u64,
    arcs: Option<Vec<u32>>,
    set: Set,
}

/// One question.
pub(super) struct ViaBothWays<'w, 'a> {
    ways: &'w Ways<'a>,
    from: u32,
    via: u32,
    to: u32,
    /// From every node to the node in between, without the target, and to the target.
    to_via: Onward,
    to_target: Onward,
    listed: Vec<Path>,
    waiting: BinaryHeap<Reverse<Waiting>>,
    /// Place of each node on the listed route at hand, from 1; 0 = not on it.
    place: Vec<u32>,
    space: ForkSpace,
}

impl<'w, 'a> ViaBothWays<'w, 'a> {
    pub(super) fn new(ways: &'w Ways<'a>, [from, via, to]: [u32; 3]) -> Self {
        Self {
            ways,
            from,
            via,
            to,
            to_via: Onward::to(ways, via, &|node| node == to),
            to_target: Onward::to(ways, to, &|_| false),
            listed: Vec::new(),
            waiting: BinaryHeap::new(),
            place: vec![0; ways.node_count()],
            space: ForkSpace::default(),
        }
    }

    /// Up to `count` routes in the order of [`super::k_shortest`].
    pub(super) fn routes(mut self, count: usize) -> (Vec<Path>, Proof) {
        self.wait(&[], Set { listed: 0, kept: 0, barred: Vec::new() });
        let (mut searches, mut proof) = (0, Proof::Exact);
        while let Some(Reverse(next)) = self.waiting.pop() {
            let is_beyond =
                count.checked_sub(1).and_then(|last| self.listed.get(last)).is_some_and(|last| next.cost > last.cost);
            if is_beyond {
                break;
            }
            if self.listed.len() >= count + MOST_TIES || (next.arcs.is_none() && searches == MOST_SEARCHES) {
                proof = Proof::Ended { least: next.cost };
                break;
            }
            match next.arcs {
                None => {
                    searches += 1;
                    if let Some(arcs) = self.search(&next.set) {
                        let cost = self.ways.cost_of(&arcs);
                        self.waiting.push(Reverse(Waiting { cost, arcs: Some(arcs), set: next.set }));
                    }
                }
                Some(arcs) => self.list(Path { arcs, cost: next.cost }, &next.set),
            }
        }
        // what was found when the search ended counts, too
        if proof != Proof::Exact {
            let found =
                self.waiting.drain().filter_map(|Reverse(other)| Some(Path { arcs: other.arcs?, cost: other.cost }));
            self.listed.extend(found);
        }
        self.listed.sort_by(|a, b| (a.cost, a.arcs.len(), &a.arcs).cmp(&(b.cost, b.arcs.len(), &b.arcs)));
        self.listed.truncate(count);
        (self.listed, proof)
    }

    fn nodes_of(&self, arcs: &[u32]) -> Vec<u32> {
        let heads = arcs.iter().map(|&arc| self.ways.topology().head(arc));
        std::iter::once(self.from).chain(heads).collect()
    }

    /// Puts the sets of routes that leave a listed one into the queue.
    fn list(&mut self, route: Path, set: &Set) {
        let (listed, arcs) = (self.listed.len(), route.arcs.clone());
        self.listed.push(route);
        for kept in set.kept..arcs.len() {
            let mut barred = if kept == set.kept { set.barred.clone() } else { Vec::new() };
            barred.push(arcs[kept]);
            self.wait(&arcs[..kept], Set { listed, kept, barred });
        }
    }

    /// Puts a set of routes that begin with `before` into the queue, by a bound: the least step that it may take next,
    /// and least ways on from there that need not be disjoint.
    fn wait(&mut self, before: &[u32], set: Set) {
        let nodes = self.nodes_of(before);
        let node = nodes.last().copied().unwrap_or(self.from);
        let is_over_via = nodes.contains(&self.via);
        let on = |next: u32| match is_over_via {
            true => self.to_target.reaches(next).then(|| self.to_target.length[next as usize].cost),
            false => (next != self.to && self.to_via.reaches(next) && self.to_target.reaches(self.via))
                .then(|| self.to_via.length[next as usize].cost + self.to_target.length[self.via as usize].cost),
        };
        let steps =
            self.ways.out_of(node).iter().filter(|step| !set.barred.contains(&step.arc) && !nodes.contains(&step.node));
        if let Some(least) = steps.filter_map(|step| Some(step.cost + on(step.node)?)).min() {
            let cost = self.ways.cost_of(before) + least;
            self.waiting.push(Reverse(Waiting { cost, arcs: None, set }));
        }
    }

    /// All arcs of the least route of a set.
    fn search(&mut self, set: &Set) -> Option<Vec<u32>> {
        let before = self.listed.get(set.listed).map_or(Vec::new(), |route| route.arcs[..set.kept].to_vec());
        let nodes = self.nodes_of(&before);
        let node = *nodes.last()?;
        (1..).zip(&nodes).for_each(|(place, &node)| self.place[node as usize] = place);
        let rest = match nodes.contains(&self.via) {
            true => self.onward(node, &set.barred),
            false => self.over_via(node, &set.barred),
        };
        nodes.iter().for_each(|&node| self.place[node as usize] = 0);
        Some([before, rest?].concat())
    }

    /// The cheapest arc of those that may be taken from a node to the next.
    fn arc(&self, tail: u32, head: u32, barred: &[u32]) -> Option<u32> {
        let steps = self.ways.out_of(tail).iter().filter(|step| step.node == head && !barred.contains(&step.arc));
        steps.min_by_key(|step| (step.cost, step.arc)).map(|step| step.arc)
    }

    /// The least way from `node` to the target, once the node in between is passed.
    fn onward(&self, node: u32, barred: &[u32]) -> Option<Vec<u32>> {
        let is_barred = |other: u32| other == node || self.place[other as usize] > 0;
        let least = Onward::to(self.ways, self.to, &is_barred);
        let steps = self.ways.out_of(node).iter();
        let open =
            steps.filter(|step| !barred.contains(&step.arc) && !is_barred(step.node) && least.reaches(step.node));
        let first = open.min_by_key(|step| (least.length[step.node as usize].plus(step.cost), step.arc))?;
        let mut arcs = vec![first.arc];
        least.follow(self.ways.topology(), first.node, &mut arcs);
        (!arcs.contains(&NO_ARC)).then_some(arcs)
    }

    /// The least way from `node` over the node in between to the target.
    fn over_via(&mut self, node: u32, barred: &[u32]) -> Option<Vec<u32>> {
        let mut last_steps: BTreeMap<u32, u64> = BTreeMap::new();
        for step in self.ways.out_of(node).iter().filter(|step| !barred.contains(&step.arc)) {
            let known = last_steps.entry(step.node).or_insert(step.cost);
            *known = step.cost.min(*known);
        }
        let place = &self.place;
        let is_barred = |other: u32| other != node && place[other as usize] > 0;
        let fork = Fork { root: self.via, ends: [node, self.to], is_barred: &is_barred, last_steps: &last_steps };
        let [mut back, on] = self.space.least(self.ways, &fork)?;
        back.reverse();
        let arcs = |nodes: &[u32]| -> Option<Vec<u32>> {
            nodes
                .windows(2)
                .map(|pair| self.arc(pair[0], pair[1], if pair[0] == node { barred } else { &[] }))
                .collect()
        };
        Some([arcs(&back)?, arcs(&on)?].concat())
    }
}
