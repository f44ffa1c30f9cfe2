//! The covering form of shortest-path interdiction as a game for the search: the cost of an attack, and path cuts.

use super::attack_tree::{Hop, key, tree};
use super::shortest_path_interdiction::{LengthArc, ShortestPathProblem};
use crate::siting::Rules;
use crate::siting::interdiction::SearchLimits;
use crate::siting::interdiction::cut_search::{Cut, Game, search};
use crate::siting::interdiction::rules::Choices;
use crate::siting::mip::MipError;
use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

/// A column this near 1 counts as paid for.
const NEAR: f64 = 1e-6;
/// Cuts from paths through single nodes, in one round.
const PATHS_AT_MOST: usize = 60;
/// Least raise of the target where lengths are not whole, as a share.
const LEAST_RAISE_SHARE: f64 = 1e-9;
/// Steps to narrow the bound after a search that met its limit.
const BOUND_STEPS: u32 = 24;
/// The cost of an attack is beyond the budget when its bound is by more than rounding.
const CEILING_MARGIN: f64 = 1e-6;

pub(super) struct AttackGame {
    hops: Vec<Hop>,
    column_count: usize,
    out: Vec<Vec<u32>>,
    into: Vec<Vec<u32>>,
    origin: u32,
    destination: u32,
    costs: Vec<i64>,
    budget: i64,
    /// Length from each node to the destination without attacks.
    least_rest: Vec<f64>,
    is_whole: bool,
    /// A target that does not rise.
    fixed_target: Option<f64>,
    best_length: Cell<f64>,
    best: RefCell<Vec<bool>>,
}

impl AttackGame {
    /// `fixed_target` is a length to be reached, or minus infinity: then the target rises with the best attack.
    pub(super) fn new(problem: &ShortestPathProblem, rules: &Rules, choices: &Choices, fixed_target: f64) -> Self {
        let hop = |(arc, is_attacked): (&LengthArc, &bool)| {
            let length = arc.length + if *is_attacked { arc.added() } else { 0.0 };
            Hop { from: arc.from, to: arc.to, length, attack: None }
        };
        let mut hops: Vec<Hop> = problem.arcs.iter().zip(&rules.existing).map(hop).collect();
        for ((hop, arc), column) in hops.iter_mut().zip(&problem.arcs).zip(&choices.column_of_site) {
            hop.attack = column.map(|column| (column as u32, arc.added())).filter(|&(_, added)| added > 0.0);
        }
        let (costs, budget) = price(rules, choices);
        let mut out = vec![Vec::new(); problem.node_count as usize];
        let mut into = out.clone();
        for (number, hop) in (0_u32..).zip(&hops) {
            out[hop.from as usize].push(number);
            into[hop.to as usize].push(number);
        }
        let is_whole_length = |value: f64| value.is_infinite() || (value.fract() == 0.0 && value < 1e12);
        let is_whole =
            hops.iter().all(|hop| is_whole_length(hop.length) && hop.attack.is_none_or(|a| is_whole_length(a.1)));
        let mut game = Self {
            hops,
            out,
            into,
            origin: problem.origin,
            destination: problem.destination,
            column_count: choices.is_required.len(),
            costs,
            budget,
            least_rest: Vec::new(),
            is_whole,
            fixed_target: (fixed_target > f64::NEG_INFINITY).then_some(fixed_target),
            best_length: Cell::new(f64::NEG_INFINITY),
            best: RefCell::new(choices.fewest.clone()),
        };
        game.least_rest = game.lengths_to_destination(|hop| hop.length);
        game
    }

    /// Length of the best attack so far, and its columns.
    pub(super) fn best(&self) -> (f64, Vec<bool>) {
        (self.best_length.get(), self.best.borrow().clone())
    }

    /// Whether attacks from this cost on are beyond the budget, and not by rounding only.
    pub(super) fn is_beyond(&self, cost: f64) -> bool {
        cost >= self.ceiling()
    }

    /// Whether every length is a whole number.
    pub(super) fn is_whole(&self) -> bool {
        self.is_whole
    }

    fn target(&self) -> f64 {
        self.fixed_target.unwrap_or_else(|| self.above(self.best_length.get()))
    }

    /// The least length that counts as longer.
    fn above(&self, length: f64) -> f64 {
        if self.is_whole { length + 1.0 } else { length * (1.0 + LEAST_RAISE_SHARE) + f64::MIN_POSITIVE }
    }

    fn attacked_length(hop: &Hop, chosen: &[bool]) -> f64 {
        hop.length + hop.attack.map_or(0.0, |(column, added)| if chosen[column as usize] { added } else { 0.0 })
    }

    fn length(&self, chosen: &[bool]) -> f64 {
        let (lengths, _) = self.origin_tree(|hop| Self::attacked_length(hop, chosen));
        lengths[self.destination as usize]
    }

    /// Shortest lengths from the origin, and the last hop to each node.
    fn origin_tree(&self, length: impl Fn(&Hop) -> f64) -> (Vec<f64>, Vec<Option<u32>>) {
        tree(&self.hops, &self.out, self.origin, length, |hop| hop.to)
    }

    fn lengths_to_destination(&self, length: impl Fn(&Hop) -> f64) -> Vec<f64> {
        tree(&self.hops, &self.into, self.destination, length, |hop| hop.from).0
    }

    /// Attacks one after the other: on the shortest path, where it helps most (ties: the longer delay, then the first).
    pub(super) fn greedy(&self, choices: &Choices) -> Vec<bool> {
        let mut chosen = choices.fewest.clone();
        loop {
            let (lengths, last) = self.origin_tree(|hop| Self::attacked_length(hop, &chosen));
            if lengths[self.destination as usize].is_infinite() {
                return chosen;
            }
            let mut best: Option<(f64, f64, u32)> = None;
            for number in self.path(&last, self.destination) {
                let Some((column, added)) = self.hops[number as usize].attack else { continue };
                if chosen[column as usize] {
                    continue;
                }
                chosen[column as usize] = true;
                let (is_lawful, length) = (choices.is_lawful(&chosen), self.length(&chosen));
                chosen[column as usize] = false;
                if is_lawful && best.is_none_or(|(l, a, _)| (length, added) > (l, a)) {
                    best = Some((length, added, column));
                }
            }
            let Some((_, _, column)) = best else { return chosen };
            chosen[column as usize] = true;
        }
    }

    /// The attacks of `chosen` without which the shortest path would be shorter or a rule broken.
    pub(super) fn trimmed(&self, chosen: &[bool], choices: &Choices) -> Vec<bool> {
        let mut kept = chosen.to_vec();
        let whole = self.length(chosen);
        for column in (0..kept.len()).filter(|&column| chosen[column]) {
            kept[column] = false;
            kept[column] = !choices.is_lawful(&kept) || self.length(&kept) < whole;
        }
        kept
    }

    /// Length of the shortest path under an attack, and the columns on it that are not chosen.
    pub(super) fn witness(&self, chosen: &[bool]) -> (f64, Vec<usize>) {
        let (lengths, last) = self.origin_tree(|hop| Self::attacked_length(hop, chosen));
        let path = self.path(&last, self.destination);
        let on_path = path.iter().filter_map(|&hop| self.hops[hop as usize].attack);
        let columns: BTreeSet<usize> = on_path.map(|(column, _)| column as usize).filter(|&c| !chosen[c]).collect();
        (lengths[self.destination as usize], columns.into_iter().collect())
    }

    /// A length that no attack exceeds, by the relaxation alone; infinite when it knows none.
    pub(super) fn relaxed_bound(
        &self,
        problem: &ShortestPathProblem,
        rules: &Rules,
        choices: &Choices,
    ) -> Result<f64, MipError> {
        let is_refuted = |target: f64| -> Result<bool, MipError> {
            let game = Self::new(problem, rules, choices, target);
            let limits = SearchLimits { node_count: 1, ..SearchLimits::default() };
            Ok(game.is_beyond(search(&game, choices, limits)?.bound))
        };
        let mut low = self.best_length.get();
        let finite = |value: f64| if value.is_finite() { value } else { 0.0 };
        let mut high: f64 =
            self.hops.iter().map(|hop| finite(hop.length) + hop.attack.map_or(0.0, |a| finite(a.1))).sum::<f64>() + 1.0;
        if low.is_infinite() {
            return Ok(f64::INFINITY);
        }
        let with_all = self.length(&vec![true; self.column_count]);
        if with_all.is_finite() {
            high = self.above(with_all);
        } else if !is_refuted(high)? {
            return Ok(f64::INFINITY);
        }
        for _ in 0..BOUND_STEPS {
            let middle = if self.is_whole { ((low + high) / 2.0).ceil() } else { (low + high) / 2.0 };
            if middle >= high || middle <= low {
                break;
            }
            if is_refuted(middle)? {
                high = middle;
            } else {
                low = middle;
            }
        }
        Ok(if self.is_whole { high - 1.0 } else { high })
    }

    /// Hops of the tree's path to `node`, in order.
    fn path(&self, last: &[Option<u32>], node: u32) -> Vec<u32> {
        let mut path = Vec::new();
        let mut at = node;
        while let Some(hop) = last[at as usize] {
            path.push(hop);
            at = self.hops[hop as usize].from;
        }
        path.reverse();
        path
    }

    /// The clipped cut of a walk whose columns in `paid` count as attacked; none when the walk is long enough.
    fn clipped(&self, walk: &[u32], target: f64, is_paid: impl Fn(u32) -> bool) -> Option<Cut> {
        let mut length = 0.0;
        let mut open: Vec<(u32, f64)> = Vec::new();
        for &number in walk {
            let hop = &self.hops[number as usize];
            length += hop.length;
            match hop.attack {
                Some((column, added)) if is_paid(column) => length += added,
                // One column may stand for several arcs of the walk.
                Some((column, added)) => match open.iter_mut().find(|(other, _)| *other == column) {
                    Some((_, sum)) => *sum += added,
                    None => open.push((column, added)),
                },
                None => {}
            }
        }
        let need = target - length;
        if need <= 0.0 {
            return None;
        }
        open.sort_by_key(|&(column, _)| column);
        Some(Cut {
            theta: None,
            constant: need,
            terms: open.into_iter().map(|(column, added)| (column, added.min(need))).collect(),
        })
    }

    /// Walks from origin to destination, shorter than `target` under `x`, with the columns each takes as paid for.
    fn short_walks(&self, x: &[f64], target: f64) -> Vec<(Vec<u32>, BTreeSet<u32>)> {
        // An added length beyond the target is no better than one up to it.
        let weight =
            |hop: &Hop| hop.length + hop.attack.map_or(0.0, |(column, added)| added.min(target) * x[column as usize]);
        let (ahead, last) = tree(&self.hops, &self.out, self.origin, weight, |hop| hop.to);
        let (behind, next) = tree(&self.hops, &self.into, self.destination, weight, |hop| hop.from);
        let mut order: Vec<u32> =
            (0..ahead.len() as u32).filter(|&node| ahead[node as usize] + behind[node as usize] < target).collect();
        order.sort_by(|&a, &b| {
            let through = |node: u32| ahead[node as usize] + behind[node as usize];
            through(a).total_cmp(&through(b)).then(a.cmp(&b))
        });
        let paid: BTreeSet<u32> = (0_u32..).zip(x).filter(|&(_, &value)| value >= 1.0 - NEAR).map(|(c, _)| c).collect();
        let mut is_passed = vec![false; ahead.len()];
        let mut walks = Vec::new();
        for node in order {
            if is_passed[node as usize] || walks.len() >= PATHS_AT_MOST {
                continue;
            }
            let mut walk = self.path(&last, node);
            let mut at = node;
            while let Some(hop) = next[at as usize] {
                walk.push(hop);
                at = self.hops[hop as usize].to;
            }
            for &hop in &walk {
                is_passed[self.hops[hop as usize].to as usize] = true;
            }
            walks.push((walk, paid.clone()));
        }
        walks
    }

    /// Walks shorter than `target` that attacks worth less than 1 block, with the copies each takes as paid for: the Pareto
    /// front of length against blocking weight.
    fn open_walks(&self, x: &[f64], target: f64) -> Vec<(Vec<u32>, BTreeSet<u32>)> {
        struct Label {
            length: f64,
            weight: f64,
            node: u32,
            before: Option<u32>,
            hop: u32,
            is_paid: bool,
        }
        let start = Label { length: 0.0, weight: 0.0, node: self.origin, before: None, hop: 0, is_paid: false };
        let mut pool = vec![start];
        let mut least_weight = vec![1.0 - NEAR; self.out.len()];
        let mut heap = BinaryHeap::from([Reverse((key(0.0), key(0.0), 0_u32))]);
        let mut ends = Vec::new();
        while let Some(Reverse((_, _, number))) = heap.pop() {
            let (length, weight, node) = {
                let label = &pool[number as usize];
                (label.length, label.weight, label.node)
            };
            if weight > least_weight[node as usize] - 1e-9 {
                continue;
            }
            least_weight[node as usize] = weight;
            if node == self.destination {
                ends.push(number);
                continue;
            }
            for &hop_number in &self.out[node as usize] {
                let hop = &self.hops[hop_number as usize];
                let mut reach = |added: f64, extra: f64, is_paid: bool| {
                    let (length, weight, to) = (length + hop.length + added, weight + extra, hop.to as usize);
                    if length + self.least_rest[to] < target && weight <= least_weight[to] - 1e-9 {
                        heap.push(Reverse((key(length), key(weight), pool.len() as u32)));
                        pool.push(Label {
                            length,
                            weight,
                            node: hop.to,
                            before: Some(number),
                            hop: hop_number,
                            is_paid,
                        });
                    }
                };
                match hop.attack {
                    None => reach(0.0, 0.0, false),
                    Some((column, added)) => {
                        reach(0.0, x[column as usize], false);
                        reach(added, 0.0, true);
                    }
                }
            }
        }
        ends.into_iter()
            .map(|end| {
                let (mut walk, mut paid, mut at) = (Vec::new(), BTreeSet::new(), end);
                while let Some(before) = pool[at as usize].before {
                    let label = &pool[at as usize];
                    walk.push(label.hop);
                    if let (true, Some((column, _))) = (label.is_paid, self.hops[label.hop as usize].attack) {
                        paid.insert(column);
                    }
                    at = before;
                }
                walk.reverse();
                (walk, paid)
            })
            .collect()
    }

    /// Path cuts, in lengths, that `x` breaks by more than `tolerance` of what is needed.
    pub(super) fn path_cuts(&self, x: &[f64], tolerance: f64) -> Vec<Cut> {
        let target = self.target();
        if target == f64::INFINITY {
            // Cut off already: nothing is longer.
            return vec![Cut { theta: None, constant: 1.0, terms: Vec::new() }];
        }
        let is_whole = x.iter().all(|value| value.fract() == 0.0);
        let mut walks = self.short_walks(x, target);
        if !is_whole {
            walks.extend(self.open_walks(x, target));
        }
        let mut seen = BTreeSet::new();
        walks
            .iter()
            .filter_map(|(walk, paid)| self.clipped(walk, target, |column| paid.contains(&column)))
            .filter(|cut| cut.value(x) > tolerance * cut.constant)
            .filter(|cut| seen.insert(cut.terms.iter().map(|&(column, c)| (column, c.to_bits())).collect::<Vec<_>>()))
            .collect()
    }
}

impl Game for AttackGame {
    fn theta_costs(&self) -> Vec<f64> {
        Vec::new()
    }

    fn column_cost(&self, column: usize) -> f64 {
        self.costs[column] as f64
    }

    fn constant(&self) -> f64 {
        0.0
    }

    /// Attacks cost whole numbers: beyond the budget by anything is beyond it by 1.
    fn ceiling(&self) -> f64 {
        self.budget as f64 + CEILING_MARGIN
    }

    fn cuts(&self, x: &[f64], _theta: &[f64], tolerance: f64) -> Vec<Cut> {
        let mut cuts = self.path_cuts(x, tolerance);
        for cut in &mut cuts {
            cut.terms.iter_mut().for_each(|(_, added)| *added /= cut.constant);
            cut.constant = 1.0;
        }
        cuts
    }

    fn value(&self, chosen: &[bool]) -> f64 {
        let length = self.length(chosen);
        if length > self.best_length.get() {
            self.best_length.set(length);
            *self.best.borrow_mut() = chosen.to_vec();
        }
        f64::INFINITY
    }

    fn pressure(&self, chosen: &[bool]) -> Vec<f64> {
        vec![0.0; chosen.len()]
    }

    fn is_done(&self) -> bool {
        self.fixed_target.is_some_and(|target| self.best_length.get() >= target)
    }
}

/// What an attack is paid in, and how much there is of it: money, else the number of arcs, else nothing.
fn price(rules: &Rules, choices: &Choices) -> (Vec<i64>, i64) {
    match (rules.budget, rules.most_new) {
        (Some(budget), _) => (choices.costs(rules), budget),
        (None, Some(most)) => (choices.sites_of_column.iter().map(|sites| sites.len() as i64).collect(), most.into()),
        (None, None) => (vec![0; choices.is_required.len()], 0),
    }
}
