//! Exact search over a reduced problem: branch and bound with bounds in whole numbers.
//!
//! Symbols: `x_j` site j chosen, `y_i` group i covered, `w_i` its weight. For any multipliers `0 <= u_i <= w_i` of
//! `y_i <= sum_{j covers i} x_j` and `v_r >= 0` of the limits `sum_j a_rj x_j <= b_r`, every plan covers at most
//! `sum_i (w_i - u_i) + sum_r v_r b_r + sum_j max(0, c_j)`, `c_j = sum_{i covered by j} u_i - sum_r v_r a_rj`
//! (Lagrangian bound; Geoffrion 1974). The multipliers are the duals of the linear relaxation, rounded to fixed point,
//! so the bound is a true one whatever the solver's rounding. A site whose `|c_j|` exceeds the distance between bound
//! and target is settled (reduced-cost fixing).

use super::effort::{Effort, Stop};
use super::mip::{Column, ColumnKind, LinearEnd, LinearLimits, LinearPoint, MipError, Program, Relaxation, Row};
use super::reduce::{DemandGroup, Reduced};
use std::rc::Rc;

/// Binary digits after the point of a multiplier.
const FIXED_POINT_BITS: u32 = 20;
/// Largest cost handed to the solver, as a power of two: its tolerances are absolute.
const LARGEST_COST_BITS: u32 = 20;
/// How near a value must be to 0 or 1 to count as whole. It steers the search only.
const NEAR: f64 = 1e-7;
/// Operations counted for a simplex iteration, a row or an entry of the relaxation.
const ITERATION_OPERATIONS: usize = 4;
/// After so many nodes a search for the greatest goes on at the node of the greatest bound.
const NODES_A_DIVE: usize = 8;

/// What is decided about a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Open,
    In,
    Out,
}

/// What a search looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Goal {
    /// The greatest weight.
    Greatest,
    /// The first plan, by ascending list of sites, that covers at least this weight.
    First(i64),
    /// Every plan that covers at least this weight, up to a number of plans.
    Every(i64, usize),
}

/// What a search found.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// Weight and sites (by number in the reduced problem), ascending.
    pub best: Option<(i64, Vec<usize>)>,
    /// Every plan found that was asked for; empty unless every plan is.
    pub plans: Vec<Vec<usize>>,
    /// No plan covers more.
    pub bound: i64,
    /// Whether the search ran to its end.
    pub is_complete: bool,
}

/// A relaxation's answer as a bound in whole numbers.
struct Bounded {
    values: Vec<f64>,
    /// The bound before rounding, in fixed point.
    total: i128,
    /// `c_j` in fixed point.
    profits: Vec<i128>,
}

struct Node {
    fates: Vec<Fate>,
    bound: i64,
    /// Present when the parent's solution still fits.
    point: Option<Rc<Bounded>>,
}

/// A search that keeps the solver's last basis from one call to the next.
pub(super) struct Search<'a> {
    reduced: &'a Reduced,
    relaxation: Relaxation,
    /// Weights are divided by this power of two for the solver.
    scale: f64,
    /// Operations of one iteration of the solver.
    iteration_operations: usize,
    /// Seconds in the solver so far, under a clock.
    solver_s: f64,
}

/// A relaxation's end.
enum Relaxed {
    Solved(Bounded),
    Nothing,
    /// A bound all the same, if a weak one.
    Stopped(Bounded),
}

impl<'a> Search<'a> {
    /// Prepares the relaxation. Columns: sites, groups, the number of offices; rows: groups, the number, limits.
    pub(super) fn new(reduced: &'a Reduced) -> Result<Self, MipError> {
        let (site_count, group_count) = (reduced.sites.len(), reduced.groups.len());
        let largest = reduced.groups.iter().map(|group| group.weight).max().unwrap_or(1);
        let scale = f64::from(i64::BITS - largest.leading_zeros()).max(f64::from(LARGEST_COST_BITS)).exp2()
            / f64::from(LARGEST_COST_BITS).exp2();
        let column = |cost: f64| Column { cost, lower: 0.0, upper: 1.0, kind: ColumnKind::Continuous };
        let mut program = Program::default();
        program.columns.extend((0..site_count).map(|_| column(0.0)));
        program.columns.extend(reduced.groups.iter().map(|group| column(-(group.weight as f64) / scale)));
        program.columns.push(column(0.0));
        for (group_ix, group) in reduced.groups.iter().enumerate() {
            let sites = group.sites.iter().map(|&site| (site, -1.0));
            let spare = -f64::from(group.spare);
            program
                .rows
                .push(Row::at_most(spare, std::iter::once((site_count + group_ix, 1.0)).chain(sites).collect()));
        }
        let count = (0..site_count).map(|site| (site, 1.0)).chain([(site_count + group_count, -1.0)]).collect();
        program.rows.push(Row::at_most(0.0, count));
        for limit in &reduced.limits {
            let terms = limit.terms.iter().map(|&(site, coefficient)| (site, coefficient as f64)).collect();
            program.rows.push(Row::at_most(limit.at_most as f64, terms));
        }
        let relaxation = Relaxation::new(&program)?;
        let iteration_operations = ITERATION_OPERATIONS * (relaxation.row_count() + relaxation.entry_count());
        Ok(Self { reduced, relaxation, scale, iteration_operations, solver_s: 0.0 })
    }

    /// Looks for `goal` among plans with at most `office_count` sites. `start` is a lawful plan to beat.
    pub(super) fn run(
        &mut self,
        goal: Goal,
        office_count: i64,
        start: Option<(i64, Vec<usize>)>,
        effort: &mut Effort<'_>,
    ) -> Result<Found, MipError> {
        let fates = vec![Fate::Open; self.reduced.sites.len()];
        let mut stack = vec![Node { fates, bound: self.first_bound(office_count), point: None }];
        let mut best = start;
        let mut node_count = 0_usize;
        let mut plans = Vec::new();
        while let Some(mut node) = next(&mut stack, goal, node_count) {
            let target = best_target(goal, best.as_ref());
            if node.bound < target || !self.may_be_lawful(&node.fates, office_count) {
                continue;
            }
            node_count += 1;
            effort.charge(self.relaxation.row_count() + self.relaxation.entry_count());
            let open = |bound: i64| stack.iter().map(|other| other.bound).fold(bound, i64::max);
            let weight = best.as_ref().map(|&(weight, _)| weight);
            let is_told = goal == Goal::Greatest && effort.is_due();
            if is_told {
                effort.report(weight.map(i128::from), open(node.bound).into());
            }
            let is_near = goal == Goal::Greatest
                && effort.gap_share() > 0.0
                && weight.is_some_and(|weight| effort.is_near(weight.into(), open(node.bound).into()));
            if effort.is_spent() || is_near {
                let bound = open(node.bound).max(weight.unwrap_or(i64::MIN));
                return Ok(Found { best, plans, bound, is_complete: false });
            }
            let point = match node.point.take() {
                Some(point) => point,
                None => match self.relax(&node.fates, office_count, effort)? {
                    Relaxed::Solved(point) => Rc::new(point),
                    Relaxed::Nothing => continue,
                    Relaxed::Stopped(point) => {
                        node.bound = node.bound.min(whole(point.total));
                        effort.end(if effort.left_s() == Some(0.0) { Stop::Clock } else { Stop::Work });
                        stack.push(node);
                        continue;
                    }
                },
            };
            node.bound = node.bound.min(whole(point.total));
            if node.bound < target {
                continue;
            }
            if goal == Goal::Greatest {
                if let Some(found) = self.rounded(&point.values, &node.fates, office_count)
                    && found.0 >= target
                {
                    best = Some(found);
                }
                if node.bound <= best.as_ref().map_or(-1, |&(weight, _)| weight) {
                    continue;
                }
            }
            settle(&mut node.fates, &point, best_target(goal, best.as_ref()));
            let Some(site) = branching_site(&node.fates, &point.values, goal) else {
                let sites: Vec<usize> = (0..node.fates.len()).filter(|&site| node.fates[site] == Fate::In).collect();
                let weight = self.weight(&sites);
                if self.is_lawful(&sites, office_count) && weight >= best_target(goal, best.as_ref()) {
                    if let Goal::Every(_, most) = goal {
                        if plans.len() == most {
                            return Ok(Found { best, plans, bound: node.bound, is_complete: false });
                        }
                        plans.push(sites);
                        continue;
                    }
                    best = Some((weight, sites));
                    if let Goal::First(_) = goal {
                        return Ok(Found { best, plans, bound: weight, is_complete: true });
                    }
                }
                continue;
            };
            for fate in [Fate::Out, Fate::In] {
                stack.push(child(&node, &point, site, fate));
            }
        }
        let bound = match goal {
            Goal::Greatest => best.as_ref().map_or(-1, |&(weight, _)| weight),
            Goal::First(target) | Goal::Every(target, _) => target - 1,
        };
        Ok(Found { best: if goal == Goal::Greatest { best } else { None }, plans, bound, is_complete: true })
    }

    /// A bound at once: everything, and what so many of the largest sites cover, as if they shared nothing.
    fn first_bound(&self, office_count: i64) -> i64 {
        let groups = &self.reduced.groups;
        let everything: i64 = groups.iter().map(|group| group.weight).sum();
        let covered = |site: &Vec<usize>| site.iter().map(|&group| groups[group].weight).sum();
        let mut sizes: Vec<i64> = self.reduced.covers.iter().map(covered).collect();
        sizes.sort_unstable_by(|a, b| b.cmp(a));
        let count = usize::try_from(office_count.max(0)).unwrap_or(usize::MAX);
        sizes.iter().take(count).fold(0, |sum: i64, &size| sum.saturating_add(size)).min(everything)
    }

    /// Solves the relaxation with some sites decided.
    fn relax(&mut self, fates: &[Fate], office_count: i64, effort: &mut Effort<'_>) -> Result<Relaxed, MipError> {
        for (site, fate) in fates.iter().enumerate() {
            let (lower, upper) = match fate {
                Fate::Open => (0.0, 1.0),
                Fate::In => (1.0, 1.0),
                Fate::Out => (0.0, 0.0),
            };
            self.relaxation.bound(site, lower, upper);
        }
        let count_column = self.reduced.sites.len() + self.reduced.groups.len();
        self.relaxation.bound(count_column, office_count as f64, office_count as f64);
        let left_s = effort.left_s();
        let limits = LinearLimits {
            iteration_count: Some(effort.left() / self.iteration_operations as u64 + 1),
            time_s: left_s.map(|left_s| self.solver_s + left_s),
        };
        let end = self.relaxation.solve_within(limits)?;
        effort.charge(self.iteration_operations.saturating_mul(self.relaxation.iteration_count() as usize));
        if let (Some(before_s), Some(after_s)) = (left_s, effort.left_s()) {
            self.solver_s += before_s - after_s;
        }
        Ok(match end {
            LinearEnd::Optimal(point) => Relaxed::Solved(self.bounded(point, fates, office_count)),
            LinearEnd::Infeasible => Relaxed::Nothing,
            LinearEnd::Stopped(point) => Relaxed::Stopped(self.bounded(point, fates, office_count)),
        })
    }

    /// The bound of the module's head, in whole numbers.
    fn bounded(&self, point: LinearPoint, fates: &[Fate], office_count: i64) -> Bounded {
        let reduced = self.reduced;
        let unit = self.scale * f64::from(FIXED_POINT_BITS).exp2();
        // In a minimisation the dual of an `at most` row is not positive; casting takes care of what is not a number.
        let multiplier = |row: usize| ((-point.row_duals[row] * unit).round() as i128).max(0);
        let mut total: i128 = 0;
        let mut profits = vec![0_i128; fates.len()];
        for (group_ix, group) in reduced.groups.iter().enumerate() {
            let weight = i128::from(group.weight) << FIXED_POINT_BITS;
            let u = multiplier(group_ix).min(weight);
            total += weight - u - u * i128::from(group.spare);
            for &site in &group.sites {
                profits[site] += u;
            }
        }
        let v = multiplier(reduced.groups.len());
        total += v * i128::from(office_count);
        for profit in &mut profits {
            *profit -= v;
        }
        for (limit_ix, limit) in reduced.limits.iter().enumerate() {
            let v = multiplier(reduced.groups.len() + 1 + limit_ix);
            total += v * i128::from(limit.at_most);
            for &(site, coefficient) in &limit.terms {
                profits[site] -= v * i128::from(coefficient);
            }
        }
        for (profit, fate) in profits.iter().zip(fates) {
            total += match fate {
                Fate::Open => (*profit).max(0),
                Fate::In => *profit,
                Fate::Out => 0,
            };
        }
        Bounded { values: point.values, total, profits }
    }

    /// A lawful plan near the relaxation's: sites in descending order of value, those decided first, as far as lawful.
    fn rounded(&self, values: &[f64], fates: &[Fate], office_count: i64) -> Option<(i64, Vec<usize>)> {
        let mut order: Vec<usize> = (0..fates.len()).filter(|&s| fates[s] != Fate::Out && values[s] > NEAR).collect();
        order.sort_by(|&a, &b| {
            (fates[b] == Fate::In).cmp(&(fates[a] == Fate::In)).then(values[b].total_cmp(&values[a])).then(a.cmp(&b))
        });
        let mut used = vec![0_i64; self.reduced.limits.len()];
        let mut sites = Vec::new();
        for site in order {
            let uses: Vec<i64> = self.uses(site).collect();
            let fits = uses.iter().zip(&used).zip(&self.reduced.limits);
            let is_within = |((&uses, &used), limit): ((&i64, &i64), &super::reduce::Limit)| {
                uses <= 0 || limit.at_most < 0 || used + uses <= limit.at_most
            };
            if (sites.len() as i64) < office_count && fits.clone().all(is_within) {
                used.iter_mut().zip(uses).for_each(|(used, uses)| *used += uses);
                sites.push(site);
            }
        }
        sites.sort_unstable();
        self.is_lawful(&sites, office_count).then(|| (self.weight(&sites), sites))
    }

    fn uses(&self, site: usize) -> impl Iterator<Item = i64> + '_ {
        self.reduced.limits.iter().map(move |limit| {
            limit.terms.binary_search_by_key(&site, |&(number, _)| number).map_or(0, |at| limit.terms[at].1)
        })
    }

    /// Weight of the groups that `sites` cover.
    pub(super) fn weight(&self, sites: &[usize]) -> i64 {
        let mut cover_count = vec![0_u32; self.reduced.groups.len()];
        for &site in sites {
            for &group_ix in &self.reduced.covers[site] {
                cover_count[group_ix] += 1;
            }
        }
        let is_covered = |&(group, &count): &(&DemandGroup, &u32)| count > u32::from(group.spare);
        self.reduced.groups.iter().zip(&cover_count).filter(is_covered).map(|(group, _)| group.weight).sum()
    }

    /// Whether `sites` (ascending) keep the number of offices and every limit.
    pub(super) fn is_lawful(&self, sites: &[usize], office_count: i64) -> bool {
        let is_kept = |limit: &super::reduce::Limit| {
            let used: i64 =
                limit.terms.iter().filter(|(site, _)| sites.binary_search(site).is_ok()).map(|&(_, c)| c).sum();
            used <= limit.at_most
        };
        sites.len() as i64 <= office_count && self.reduced.limits.iter().all(is_kept)
    }

    /// Whether open sites could still make the decided ones lawful, each limit by itself.
    fn may_be_lawful(&self, fates: &[Fate], office_count: i64) -> bool {
        let least = |limit: &super::reduce::Limit| -> i64 {
            limit
                .terms
                .iter()
                .map(|&(site, coefficient)| match fates[site] {
                    Fate::In => coefficient,
                    Fate::Open => coefficient.min(0),
                    Fate::Out => 0,
                })
                .sum()
        };
        let chosen = fates.iter().filter(|&&fate| fate == Fate::In).count() as i64;
        chosen <= office_count && self.reduced.limits.iter().all(|limit| least(limit) <= limit.at_most)
    }
}

/// The node to look at next: the last one, or now and then the one of the greatest bound, so that a search that is cut
/// short has a bound below its first.
fn next(stack: &mut Vec<Node>, goal: Goal, node_count: usize) -> Option<Node> {
    if goal != Goal::Greatest || !node_count.is_multiple_of(NODES_A_DIVE) {
        return stack.pop();
    }
    let (at, _) = stack.iter().enumerate().max_by_key(|&(at, node)| (node.bound, at))?;
    Some(stack.remove(at))
}

/// Fixed point to whole, downwards: weights are whole, so the bound stays a bound.
fn whole(total: i128) -> i64 {
    i64::try_from(total >> FIXED_POINT_BITS).unwrap_or(i64::MAX)
}

fn best_target(goal: Goal, best: Option<&(i64, Vec<usize>)>) -> i64 {
    match goal {
        Goal::Greatest => best.map_or(0, |&(weight, _)| weight + 1),
        Goal::First(target) | Goal::Every(target, _) => target,
    }
}

/// Decides the open sites without which, or with which, the target is out of reach.
fn settle(fates: &mut [Fate], point: &Bounded, target: i64) {
    for (fate, &profit) in fates.iter_mut().zip(&point.profits) {
        if *fate == Fate::Open && whole(point.total - profit.abs()) < target {
            *fate = if profit > 0 { Fate::In } else { Fate::Out };
        }
    }
}

/// The open site to decide next: the most fractional, or the first when order matters.
fn branching_site(fates: &[Fate], values: &[f64], goal: Goal) -> Option<usize> {
    let mut open = (0..fates.len()).filter(|&site| fates[site] == Fate::Open);
    match goal {
        Goal::First(_) | Goal::Every(..) => open.next(),
        Goal::Greatest => {
            let distance = |site: usize| (values[site] - 0.5).abs();
            open.min_by(|&a, &b| distance(a).total_cmp(&distance(b)).then(a.cmp(&b)))
        }
    }
}

/// `node` with one more site decided, its bound lowered as the multipliers allow at once.
fn child(node: &Node, point: &Rc<Bounded>, site: usize, fate: Fate) -> Node {
    let mut fates = node.fates.clone();
    fates[site] = fate;
    let (loss, fits) = match fate {
        Fate::In => ((-point.profits[site]).max(0), point.values[site] >= 1.0 - NEAR),
        _ => (point.profits[site].max(0), point.values[site] <= NEAR),
    };
    let bound = node.bound.min(whole(point.total - loss));
    Node { fates, bound, point: fits.then(|| Rc::clone(point)) }
}
