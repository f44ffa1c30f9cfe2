//! The bound of a node of the p-median search: multipliers that climb by subgradient steps (Held, Wolfe & Crowder 1974),
//! each step a true bound in whole numbers. The direction keeps part of the last one (Camerini, Fratta & Maffioli 1975).

use super::effort::Effort;
use super::median_search::{Fate, Node, Search};
use super::median_swap::improved;
use super::reduce::Limit;

/// Largest multiplier of a limit: products with it fit.
const LARGEST_MULTIPLIER: i64 = 1 << 60;

/// How long a node's multipliers climb.
#[derive(Clone, Copy)]
pub(super) struct Pace {
    /// Most steps.
    pub steps: usize,
    /// Steps without a better bound after which they are made shorter.
    pub patience: usize,
    /// At the root plans are tried, too.
    pub is_root: bool,
}

/// The best bound of a node and what stands behind it.
pub(super) struct Climb {
    pub bound: i64,
    /// The bound before it was lifted to 0: prices are changes of this one.
    pub total: i128,
    pub demand_multipliers: Vec<i64>,
    pub limit_multipliers: Vec<i64>,
    pub prices: Vec<i128>,
    /// How often each site was among the chosen.
    pub frequency: Vec<u32>,
}

impl Search<'_> {
    /// Subgradient steps from the node's multipliers; the best bound seen.
    pub(super) fn climb(&mut self, node: &Node, left: usize, pace: Pace, effort: &mut Effort<'_>) -> Climb {
        let Pace { steps, patience, is_root } = pace;
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
            total: i128::MIN / 2,
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
        let step_operations = 6 * (u.len() + open.len()) + v.len();
        for step in 0..steps {
            if step > 0 && effort.is_spent() {
                break;
            }
            let mut touched = 0;
            rho.fill(0);
            let mut start = 0;
            for (&end, &multiplier) in lists.ends.iter().zip(&u) {
                for &(cost, place) in &lists.entries[start..end] {
                    if cost >= multiplier {
                        break;
                    }
                    rho[place as usize] += cost - multiplier;
                    touched += 1;
                }
                start = end;
            }
            effort.charge(2 * touched + step_operations);
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
            if total > climb.total {
                climb.total = total;
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
                let better = improved(instance, &sites, effort);
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
}

/// What a limit leaves for open sites.
fn room(limit: &Limit, fates: &[Fate]) -> i64 {
    let used: i64 = limit.terms.iter().filter(|&&(site, _)| fates[site] == Fate::In).map(|&(_, c)| c).sum();
    limit.at_most - used
}
