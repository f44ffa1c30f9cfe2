//! Exact search for the p-median: branch and bound over sites with Lagrangian bounds (Cornuejols, Fisher & Nemhauser
//! 1977; Christofides & Beasley 1982; Beasley 1985), in whole numbers.
//!
//! For any multipliers `u_i <= own_i` of "each demand is served once" and `v_r >= 0` of the limits `sum_j a_rj x_j <= b_r`,
//! every plan costs at least `sum_i u_i - sum_r v_r b_r + min over plans of sum_{j chosen} price_j` with
//! `price_j = sum_i min(0, c_ij - u_i) + sum_r v_r a_rj`: the p least prices below 0. The multipliers climb by
//! subgradient steps. A site whose price lifts the bound over the best plan is settled.

use super::location::LocationError;
use super::median::Instance;
use super::median_swap::improved;
use std::rc::Rc;

/// Subgradient steps at the root and at other nodes.
const ROOT_STEPS: usize = 1_500;
const NODE_STEPS: usize = 60;
/// Steps without a better bound after which the step length is halved, at the root and elsewhere.
const ROOT_PATIENCE: usize = 25;
const NODE_PATIENCE: usize = 6;

/// Largest multiplier of a limit: products with it fit.
const LARGEST_MULTIPLIER: i64 = 1 << 60;

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
enum Fate {
    Open,
    In,
    Out,
}

/// For each demand, the open sites nearer than its own cost, ascending, one demand after the other.
struct Lists {
    ends: Vec<usize>,
    entries: Vec<(i64, u32)>,
}

struct Node {
    fates: Vec<Fate>,
    own: Vec<i64>,
    lists: Rc<Lists>,
    multipliers: Rc<(Vec<i64>, Vec<i64>)>,
    bound: i64,
}

/// The value of a plan: its true cost, none when it is not lawful.
type Value<'a> = &'a dyn Fn(&[usize]) -> Option<i128>;

/// The search and its scratch.
pub(super) struct Search<'a> {
    instance: &'a Instance,
    value: Value<'a>,
    best: Option<(i128, Vec<usize>)>,
    plans: Vec<Vec<usize>>,
    goal: Goal,
}

/// The best bound of a node and what stands behind it.
struct Climb {
    bound: i64,
    demand_multipliers: Vec<i64>,
    limit_multipliers: Vec<i64>,
    prices: Vec<i128>,
    /// How often each site was among the chosen.
    frequency: Vec<u32>,
}

impl<'a> Search<'a> {
    pub(super) fn new(instance: &'a Instance, value: Value<'a>) -> Self {
        Self { instance, value, best: None, plans: Vec::new(), goal: Goal::Least }
    }

    /// The greatest scaled bound of a node that must still be looked into.
    fn cut(&self) -> i64 {
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
        step_limit: u32,
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
        let mut steps = 0_u32;
        while let Some(node) = stack.pop() {
            if node.bound > self.cut() {
                continue;
            }
            let is_full = matches!(goal, Goal::Every(_, most) if self.plans.len() > most);
            if steps >= step_limit || is_full {
                let open = stack.iter().map(|other| other.bound).fold(node.bound, i64::min);
                if let Goal::Every(_, most) = goal {
                    self.plans.truncate(most);
                }
                return Ok(self.found(Some(open)));
            }
            steps += 1;
            self.look(node, steps == 1, &mut stack);
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
    fn look(&mut self, mut node: Node, is_root: bool, stack: &mut Vec<Node>) {
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
            let climb = self.climb(&node, left as usize, steps, patience, is_root);
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
            let Some(site) = open.max_by(|&a, &b| {
                doubt(a).cmp(&doubt(b)).then(climb.prices[b].cmp(&climb.prices[a])).then(b.cmp(&a))
            }) else {
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

    fn is_listed(&self) -> bool {
        matches!(self.goal, Goal::Every(..))
    }

    /// A plan: kept when it is better, or listed when it is asked for and all its sites are decided.
    fn offer(&mut self, sites: Vec<usize>, is_decided: bool) {
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

    /// Subgradient steps from the node's multipliers; the best bound seen.
    fn climb(&mut self, node: &Node, left: usize, steps: usize, patience: usize, is_root: bool) -> Climb {
        let instance = self.instance;
        let site_count = instance.sites.len();
        let open: Vec<usize> = (0..site_count).filter(|&site| node.fates[site] == Fate::Open).collect();
        let room: Vec<i64> = instance.limits.iter().map(|limit| room(limit, &node.fates)).collect();
        let lists = &node.lists;
        let floor: Vec<i64> = (0..node.own.len())
            .map(|demand| {
                let start = if demand == 0 { 0 } else { lists.ends[demand - 1] };
                if start < lists.ends[demand] { lists.entries[start].0 } else { node.own[demand] }
            })
            .collect();
        let mut u: Vec<i64> =
            node.multipliers.0.iter().zip(&node.own).zip(&floor).map(|((&u, &own), &low)| u.clamp(low, own)).collect();
        let mut v = node.multipliers.1.clone();
        let mut climb = Climb {
            bound: i64::MIN,
            demand_multipliers: u.clone(),
            limit_multipliers: v.clone(),
            prices: vec![0; site_count],
            frequency: vec![0; site_count],
        };
        let (mut length, mut idle) = (1.5_f64, 0);
        let mut rho = vec![0_i64; site_count];
        let mut prices = vec![0_i128; site_count];
        let mut is_chosen = vec![false; site_count];
        let mut order = open.clone();
        let mut direction = vec![0.0_f64; u.len()];
        let mut limit_direction = vec![0.0_f64; v.len()];
        for step in 0..steps {
            rho.fill(0);
            let mut start = 0;
            for (&end, &multiplier) in lists.ends.iter().zip(&u) {
                for &(cost, place) in &lists.entries[start..end] {
                    if cost >= multiplier {
                        break;
                    }
                    rho[place as usize] += cost - multiplier;
                }
                start = end;
            }
            for &site in &open {
                prices[site] = rho[site].into();
            }
            let mut total: i128 = u.iter().map(|&u| i128::from(u)).sum();
            for ((limit, &v), &room) in instance.limits.iter().zip(&v).zip(&room) {
                total -= i128::from(v) * i128::from(room);
                for &(site, c) in &limit.terms {
                    prices[site] += i128::from(v) * i128::from(c);
                }
            }
            let by_price = |&a: &usize, &b: &usize| prices[a].cmp(&prices[b]).then(a.cmp(&b));
            let count = left.min(order.len());
            if count < order.len() {
                order.select_nth_unstable_by(count, by_price);
            }
            is_chosen.fill(false);
            for &site in &order[..count] {
                if prices[site] < 0 {
                    is_chosen[site] = true;
                    total += prices[site];
                    climb.frequency[site] += 1;
                }
            }
            let bound = i64::try_from(total.max(0)).unwrap_or(i64::MAX);
            if bound > climb.bound {
                if bound - climb.bound.max(0) > bound >> 14 {
                    idle = 0;
                } else {
                    idle += 1;
                }
                climb.bound = bound;
                climb.demand_multipliers.copy_from_slice(&u);
                climb.limit_multipliers.copy_from_slice(&v);
                climb.prices.copy_from_slice(&prices);
                if bound > self.cut() {
                    return climb;
                }
            } else {
                idle += 1;
            }
            if is_root && step % 50 == 49 && !self.is_listed() {
                let sites: Vec<usize> = (0..site_count).filter(|&site| is_chosen[site]).collect();
                let better = improved(instance, &sites);
                self.offer(better, true);
            }
            if idle >= patience {
                (length, idle) = (length / 1.6, 0);
                if length < 0.002 {
                    break;
                }
            }
            // A direction: what is served too seldom asks for more.
            let mut norm = 0.0;
            start = 0;
            for (demand, &end) in lists.ends.iter().enumerate() {
                let mut served = 0_i32;
                for &(cost, place) in &lists.entries[start..end] {
                    if cost >= u[demand] {
                        break;
                    }
                    served += i32::from(is_chosen[place as usize]);
                }
                start = end;
                let mut slope = f64::from(1 - served);
                if (slope > 0.0 && u[demand] >= node.own[demand]) || (slope < 0.0 && u[demand] <= floor[demand]) {
                    slope = 0.0;
                }
                direction[demand] = slope + 0.4 * direction[demand];
                norm += direction[demand] * direction[demand];
            }
            for (((limit, &v), &room), slope) in
                instance.limits.iter().zip(&v).zip(&room).zip(limit_direction.iter_mut())
            {
                let used: i64 = limit.terms.iter().filter(|&&(site, _)| is_chosen[site]).map(|&(_, c)| c).sum();
                let excess = (used - room) as f64;
                *slope = if excess < 0.0 && v == 0 { 0.0 } else { excess };
                norm += *slope * *slope;
            }
            if norm == 0.0 {
                break;
            }
            let goal = self.best.as_ref().map_or(climb.bound as f64 * 1.05, |(cost, _)| instance.scaled(*cost) as f64);
            let reach = length * ((goal - bound as f64).max(goal * 1e-7) * 1.02) / norm;
            for (demand, u) in u.iter_mut().enumerate() {
                let moved = u.saturating_add((reach * direction[demand]).round() as i64);
                *u = moved.clamp(floor[demand], node.own[demand]);
            }
            for (v, slope) in v.iter_mut().zip(&limit_direction) {
                *v = v.saturating_add((reach * slope).round() as i64).clamp(0, LARGEST_MULTIPLIER);
            }
        }
        climb
    }

    /// Settles the open sites without which, or with which, the bound passes the best plan.
    fn settle(&self, node: &mut Node, climb: &Climb, left: usize) -> bool {
        let cut = i128::from(self.cut());
        let bound = i128::from(climb.bound);
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

/// What a limit leaves for open sites.
fn room(limit: &super::reduce::Limit, fates: &[Fate]) -> i64 {
    let used: i64 = limit.terms.iter().filter(|&&(site, _)| fates[site] == Fate::In).map(|&(_, c)| c).sum();
    limit.at_most - used
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
