//! Exact search for the p-median: branch and bound over sites with Lagrangian bounds (Cornuejols, Fisher & Nemhauser
//! 1977; Christofides & Beasley 1982; Beasley 1985), in whole numbers.
//!
//! For any multipliers `u_i <= own_i` of "each demand is served once" and `v_r >= 0` of the limits `sum_j a_rj x_j <= b_r`,
//! every plan costs at least `sum_i u_i - sum_r v_r b_r + min over plans of sum_{j chosen} price_j` with
//! `price_j = sum_i min(0, c_ij - u_i) + sum_r v_r a_rj`: the p least prices below 0. The multipliers climb by
//! subgradient steps. A site whose price lifts the bound over the best plan is settled.

use super::effort::Effort;
use super::location::LocationError;
use super::median::Instance;
use super::median_climb::{Climb, Pace};
use std::rc::Rc;

/// Subgradient steps at the root and at other nodes.
const ROOT_STEPS: usize = 1_500;
const NODE_STEPS: usize = 60;
/// Steps without a better bound after which the step length is halved, at the root and elsewhere.
const ROOT_PATIENCE: usize = 25;
const NODE_PATIENCE: usize = 6;
/// After so many nodes a search for the least goes on at the node of the least bound.
const NODES_A_DIVE: usize = 8;

/// What a search looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Goal {
    /// A plan of the least cost.
    Least,
    /// Every plan of at most this cost, up to a number of plans.
    Every(i128, usize),
}

/// What a search found.
pub(super) struct Found {
    /// True cost and places of the sites, ascending.
    pub best: Option<(i128, Vec<usize>)>,
    /// Every plan that was asked for.
    pub plans: Vec<Vec<usize>>,
    /// No plan costs less.
    pub bound: i128,
    /// Whether the search ran to its end.
    pub is_complete: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Open,
    In,
    Out,
}

/// For each demand, the open sites nearer than its own cost, ascending, one demand after the other.
pub(super) struct Lists {
    pub ends: Vec<usize>,
    pub entries: Vec<(i64, u32)>,
}

pub(super) struct Node {
    pub fates: Vec<Fate>,
    pub own: Vec<i64>,
    pub lists: Rc<Lists>,
    pub multipliers: Rc<(Vec<i64>, Vec<i64>)>,
    bound: i64,
}

/// The value of a plan: its true cost, none when it is not lawful.
type Value<'a> = &'a dyn Fn(&[usize]) -> Option<i128>;

/// The search and its scratch.
pub(super) struct Search<'a> {
    pub(super) instance: &'a Instance,
    value: Value<'a>,
    pub(super) best: Option<(i128, Vec<usize>)>,
    plans: Vec<Vec<usize>>,
    goal: Goal,
}

impl<'a> Search<'a> {
    pub(super) fn new(instance: &'a Instance, value: Value<'a>) -> Self {
        Self { instance, value, best: None, plans: Vec::new(), goal: Goal::Least }
    }

    /// The greatest scaled bound of a node that must still be looked into.
    pub(super) fn cut(&self) -> i64 {
        match (self.goal, &self.best) {
            (Goal::Every(most, _), _) => self.instance.scaled(most),
            (Goal::Least, Some((cost, _))) => self.instance.scaled(cost - 1),
            (Goal::Least, None) => i64::MAX,
        }
    }

    /// Runs the search. `start` is a lawful plan.
    pub(super) fn run(
        &mut self,
        goal: Goal,
        start: Option<(i128, Vec<usize>)>,
        effort: &mut Effort<'_>,
    ) -> Result<Found, LocationError> {
        (self.goal, self.best) = (goal, start);
        self.plans.clear();
        let instance = self.instance;
        let mut lists = Lists { ends: Vec::new(), entries: Vec::new() };
        for near in &instance.near {
            lists.entries.extend(near);
            lists.ends.push(lists.entries.len());
        }
        let first = self.first_multipliers();
        let root = Node {
            fates: vec![Fate::Open; instance.sites.len()],
            own: instance.own.clone(),
            lists: Rc::new(lists),
            multipliers: Rc::new((first, vec![0; instance.limits.len()])),
            bound: i64::MIN,
        };
        let mut stack = vec![root];
        let mut node_count = 0_usize;
        let mut is_root = true;
        while let Some(node) = next(&mut stack, goal, &mut node_count) {
            if node.bound > self.cut() {
                continue;
            }
            let is_full = matches!(goal, Goal::Every(_, most) if self.plans.len() > most);
            let open = || stack.iter().map(|other| other.bound).fold(node.bound, i64::min);
            if goal == Goal::Least && !is_root {
                let cost = self.best.as_ref().map(|(cost, _)| *cost);
                let is_due = effort.is_due();
                if is_due || effort.gap_share() > 0.0 {
                    let bound = instance.least_true(open().max(0)).min(cost.unwrap_or(i128::MAX));
                    if is_due {
                        effort.report(cost, bound);
                    }
                    if cost.is_some_and(|cost| effort.is_near(cost, bound)) {
                        return Ok(self.found(Some(open())));
                    }
                }
            }
            if is_full || (!is_root && effort.is_spent()) {
                let open = open();
                if let Goal::Every(_, most) = goal {
                    self.plans.truncate(most);
                }
                return Ok(self.found(Some(open)));
            }
            self.look(node, is_root, &mut stack, effort);
            is_root = false;
        }
        if let Goal::Every(_, most) = goal
            && self.plans.len() > most
        {
            self.plans.truncate(most);
            return Ok(self.found(Some(i64::MIN)));
        }
        Ok(self.found(None))
    }

    fn found(&mut self, open: Option<i64>) -> Found {
        let best = self.best.take();
        let cost = best.as_ref().map_or(0, |(cost, _)| *cost);
        let bound = open.map_or(cost, |open| self.instance.least_true(open.max(0)).min(cost));
        Found { best, plans: std::mem::take(&mut self.plans), bound, is_complete: open.is_none() }
    }

    /// Multipliers to begin with: half way between the costs at the nearest and the next site of the plan at hand.
    fn first_multipliers(&self) -> Vec<i64> {
        let mut is_chosen = vec![false; self.instance.sites.len()];
        if let Some((_, sites)) = &self.best {
            sites.iter().for_each(|&site| is_chosen[site] = true);
        }
        let near = self.instance.near.iter().zip(&self.instance.own);
        near.map(|(near, &own)| {
            let mut chosen = near.iter().filter(|&&(_, place)| is_chosen[place as usize]).map(|&(cost, _)| cost);
            let first = chosen.next().unwrap_or(own);
            let second = chosen.next().unwrap_or(own);
            first + (second - first) / 4
        })
        .collect()
    }

    /// Bounds a node, settles what can be settled, and branches.
    fn look(&mut self, mut node: Node, is_root: bool, stack: &mut Vec<Node>, effort: &mut Effort<'_>) {
        let (mut patience, mut steps) = if is_root { (ROOT_PATIENCE, ROOT_STEPS) } else { (NODE_PATIENCE, NODE_STEPS) };
        loop {
            if !self.propagate(&mut node) {
                return;
            }
            let chosen: Vec<usize> = (0..node.fates.len()).filter(|&site| node.fates[site] == Fate::In).collect();
            let left = self.instance.added - chosen.len() as i64;
            if left < 0 {
                return;
            }
            let is_open = node.fates.contains(&Fate::Open);
            if left == 0 || !is_open {
                self.offer(chosen, true);
                return;
            }
            self.offer(chosen, false);
            if !self.is_listed() && node.bound > self.cut() {
                return;
            }
            node.lists = Rc::new(thinned(&node));
            effort.charge(2 * node.lists.entries.len());
            let climb = self.climb(&node, left as usize, Pace { steps, patience, is_root }, effort);
            node.bound = node.bound.max(climb.bound);
            if node.bound > self.cut() {
                return;
            }
            let settled = self.settle(&mut node, &climb, left as usize);
            node.multipliers = Rc::new((climb.demand_multipliers, climb.limit_multipliers));
            if settled {
                // Fewer sites: bounds rise again, at little cost.
                (patience, steps) = (NODE_PATIENCE, NODE_STEPS);
                continue;
            }
            let most = climb.frequency.iter().copied().max().unwrap_or(1).max(1);
            let open = (0..node.fates.len()).filter(|&site| node.fates[site] == Fate::Open);
            let doubt = |site: usize| climb.frequency[site].min(most - climb.frequency[site]);
            let Some(site) = open
                .max_by(|&a, &b| doubt(a).cmp(&doubt(b)).then(climb.prices[b].cmp(&climb.prices[a])).then(b.cmp(&a)))
            else {
                return;
            };
            let child = |fate: Fate| {
                let mut fates = node.fates.clone();
                fates[site] = fate;
                Node {
                    fates,
                    own: node.own.clone(),
                    lists: Rc::clone(&node.lists),
                    multipliers: Rc::clone(&node.multipliers),
                    bound: node.bound,
                }
            };
            stack.push(child(Fate::Out));
            stack.push(child(Fate::In));
            return;
        }
    }

    pub(super) fn is_listed(&self) -> bool {
        matches!(self.goal, Goal::Every(..))
    }

    /// A plan: kept when it is better, or listed when it is asked for and all its sites are decided.
    pub(super) fn offer(&mut self, sites: Vec<usize>, is_decided: bool) {
        if self.is_listed() && !is_decided {
            return;
        }
        let Some(cost) = (self.value)(&sites) else { return };
        match self.goal {
            Goal::Every(most, _) if cost <= most => self.plans.push(sites),
            Goal::Least if self.best.as_ref().is_none_or(|(best, _)| cost < *best) => self.best = Some((cost, sites)),
            _ => {}
        }
    }

    /// Decides what the limits decide, and lowers `own` by the sites that are in; false when no plan is left.
    fn propagate(&self, node: &mut Node) -> bool {
        loop {
            let mut has_changed = false;
            for limit in &self.instance.limits {
                let least: i64 = limit
                    .terms
                    .iter()
                    .map(|&(site, c)| match node.fates[site] {
                        Fate::In => c,
                        Fate::Open => c.min(0),
                        Fate::Out => 0,
                    })
                    .sum();
                if least > limit.at_most {
                    return false;
                }
                for &(site, c) in &limit.terms {
                    if node.fates[site] == Fate::Open && least + c.abs() > limit.at_most {
                        node.fates[site] = if c > 0 { Fate::Out } else { Fate::In };
                        has_changed = true;
                    }
                }
            }
            if !has_changed {
                break;
            }
        }
        let mut start = 0;
        for (demand, &end) in node.lists.ends.iter().enumerate() {
            let nearest =
                node.lists.entries[start..end].iter().find(|&&(_, place)| node.fates[place as usize] == Fate::In);
            if let Some(&(cost, _)) = nearest {
                node.own[demand] = node.own[demand].min(cost);
            }
            start = end;
        }
        true
    }

    /// Settles the open sites without which, or with which, the bound passes the best plan.
    fn settle(&self, node: &mut Node, climb: &Climb, left: usize) -> bool {
        let cut = i128::from(self.cut());
        let bound = climb.total;
        let mut order: Vec<usize> = (0..node.fates.len()).filter(|&site| node.fates[site] == Fate::Open).collect();
        order.sort_by(|&a, &b| climb.prices[a].cmp(&climb.prices[b]).then(a.cmp(&b)));
        let last_in = if order.len() >= left { climb.prices[order[left - 1]].min(0) } else { 0 };
        let first_out = order.get(left).map_or(0, |&site| climb.prices[site].min(0));
        let mut has_settled = false;
        for (rank, &site) in order.iter().enumerate() {
            let price = climb.prices[site];
            if rank < left && price < 0 {
                if bound - price + first_out > cut {
                    node.fates[site] = Fate::In;
                    has_settled = true;
                }
            } else if bound + price - last_in > cut {
                node.fates[site] = Fate::Out;
                has_settled = true;
            }
        }
        has_settled
    }
}

/// The node to look at next: the last one, or now and then the one of the least bound, so that a search that is cut
/// short has a bound above its first.
fn next(stack: &mut Vec<Node>, goal: Goal, node_count: &mut usize) -> Option<Node> {
    *node_count += 1;
    if goal != Goal::Least || !(*node_count).is_multiple_of(NODES_A_DIVE) {
        return stack.pop();
    }
    let (at, _) = stack.iter().enumerate().min_by_key(|&(at, node)| (node.bound, std::cmp::Reverse(at)))?;
    Some(stack.remove(at))
}

/// The node's lists without sites that are decided, and without those no nearer than a demand's own cost.
fn thinned(node: &Node) -> Lists {
    let mut lists = Lists { ends: Vec::with_capacity(node.lists.ends.len()), entries: Vec::new() };
    let mut start = 0;
    for (&end, &own) in node.lists.ends.iter().zip(&node.own) {
        let kept = node.lists.entries[start..end]
            .iter()
            .take_while(|&&(cost, _)| cost < own)
            .filter(|&&(_, place)| node.fates[place as usize] == Fate::Open);
        lists.entries.extend(kept);
        lists.ends.push(lists.entries.len());
        start = end;
    }
    lists
}
