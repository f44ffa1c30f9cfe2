//! The p-median (Hakimi 1964): p sites with the least sum of weight times cost to the nearest of them.
//!
//! Minimise `sum_i w_i sum_j c_ij z_ij` with `sum_j z_ij = 1`, `z_ij <= x_j`, `sum_j x_j <= p`, and the rows of
//! [`super::Rules`]. Every demand of positive weight must be served; existing sites serve at no price. Costs are ordered
//! a demand (the radius formulation of Garcia, Labbe & Marin 2011): a bound looks only at the sites nearer than the
//! demand's multiplier. The search is in `median_search.rs`, the first plan from greedy additions and swaps in
//! `median_swap.rs`. All bounds are whole numbers, so an optimum is proven, not approximated.

use super::covering::{most_added, serving_all};
use super::effort::Effort;
use super::location::{
    LocationError, LocationKind, LocationOptions, LocationProblem, Optima, Solved, objective_of, proven,
};
use super::median_search::{Goal, Search};
use super::median_swap;
use super::mip::MipAim;
use super::reduce::Limit;

/// Room for a sum of all costs of a search, as a power of two.
const ROOM_BITS: u32 = 60;

/// The part of the effort that the first plans may take.
const QUICK_PART: u64 = 10;

/// The problem as the search takes it: costs scaled to whole numbers, decided sites taken out.
pub(super) struct Instance {
    /// Sites that may be chosen, ascending.
    pub sites: Vec<u32>,
    /// Cost of each demand without any of `sites`: at an existing or required site, or more than any good plan.
    pub own: Vec<i64>,
    /// For each demand, costs below `own` and the place of the site in `sites`, ascending.
    pub near: Vec<Vec<(i64, u32)>>,
    /// Limits over places in `sites`.
    pub limits: Vec<Limit>,
    /// Most of `sites` in a plan.
    pub added: i64,
    /// Scaled costs are true costs over `unit` times two to this power, rounded down.
    pub shift: i32,
    /// What all true costs are multiples of.
    pub unit: i128,
}

impl Instance {
    /// The greatest scaled bound that leaves a plan of at most this true cost possible.
    pub fn scaled(&self, cost: i128) -> i64 {
        let units = cost.div_euclid(self.unit);
        let scaled = if self.shift >= 0 { units << self.shift } else { units >> -self.shift };
        i64::try_from(scaled).unwrap_or(i64::MAX)
    }

    /// The least true cost of a plan whose scaled cost is at least `bound`.
    pub fn least_true(&self, bound: i64) -> i128 {
        let bound = i128::from(bound);
        let units = if self.shift >= 0 { -((-bound) >> self.shift) } else { bound << -self.shift };
        units * self.unit
    }
}

/// The plan with the least cost.
pub(super) fn solve(
    problem: &LocationProblem,
    options: &LocationOptions,
    effort: &mut Effort<'_>,
) -> Result<Solved, LocationError> {
    let asking = asking(problem);
    let problem = &asking;
    let cost_of = |sites: &[u32]| objective_of(LocationKind::Median, problem, sites);
    let rules = &problem.rules;
    let added = most_added(problem);
    let is_simple = rules.rows().len() <= usize::from(rules.most_new.is_some())
        && rules.most_new.is_some_and(|p| p > 0)
        && problem.radius.is_none()
        && problem.reach.iter().all(|row| row.len() == rules.site_count())
        && rules.site_count() > 0;
    let lawful = if is_simple { vec![0] } else { serving_all(problem, MipAim::AnySolution, effort)?.0 };
    let fault = || LocationError::Certificate("a lawful plan serves nobody".into());
    let mut best = (cost_of(&lawful).ok_or_else(fault)?, lawful);
    let instance = instance(problem, best.0, added);
    let numbered: Vec<usize> = best.1.iter().filter_map(|site| instance.sites.binary_search(site).ok()).collect();
    let mut quick = effort.share_of(QUICK_PART);
    let plans = median_swap::plans(&instance, &numbered, &mut quick);
    effort.charge_as(&quick);
    for sites in plans {
        let sites = named(problem, &instance, &sites);
        if let Some(cost) = cost_of(&sites).filter(|&cost| cost < best.0 && rules.broken(&sites).is_none()) {
            best = (cost, sites);
        }
    }
    let value = |places: &[usize]| {
        let sites = named(problem, &instance, places);
        rules.broken(&sites).is_none().then(|| cost_of(&sites)).flatten()
    };
    let start: Vec<usize> = best.1.iter().filter_map(|site| instance.sites.binary_search(site).ok()).collect();
    let mut search = Search::new(&instance, &value);
    let found = search.run(Goal::Least, Some((best.0, start)), effort)?;
    let (cost, places) = found.best.ok_or_else(fault)?;
    let optima = options.optima.map(|request| {
        let most = cost + (cost as f64 * request.within_share).floor() as i128;
        let mut search = Search::new(&instance, &value);
        let start = (cost, places.clone());
        let all = search.run(Goal::Every(most, request.most), Some(start), effort)?;
        let mut plans: Vec<Vec<u32>> = all.plans.iter().map(|places| named(problem, &instance, places)).collect();
        plans.sort_unstable();
        Ok::<_, LocationError>(Optima { plans, is_complete: all.is_complete })
    });
    Ok(Solved {
        sites: named(problem, &instance, &places),
        bound: found.bound,
        status: proven(found.bound == cost),
        optima: optima.transpose()?,
        fewest_sites: None,
    })
}

/// The demands of positive weight: the others ask for nothing.
pub(super) fn asking(problem: &LocationProblem) -> LocationProblem {
    let is_asking = |demand: &usize| problem.weights[*demand] > 0;
    let demands: Vec<usize> = (0..problem.weights.len()).filter(is_asking).collect();
    LocationProblem {
        weights: demands.iter().map(|&demand| problem.weights[demand]).collect(),
        reach: demands.iter().map(|&demand| problem.reach[demand].clone()).collect(),
        radius: problem.radius,
        rules: problem.rules.clone(),
    }
}

fn named(problem: &LocationProblem, instance: &Instance, places: &[usize]) -> Vec<u32> {
    let mut sites: Vec<u32> = places.iter().map(|&place| instance.sites[place]).collect();
    sites.extend(problem.rules.required_new());
    sites.sort_unstable();
    sites
}

/// Takes decided sites out and scales. `known` is the cost of a lawful plan.
fn instance(problem: &LocationProblem, known: i128, added: i64) -> Instance {
    let rules = &problem.rules;
    let (required, sites) = (rules.required_new(), rules.open());
    let weights = || problem.weights.iter().copied().map(i128::from);
    let within = |cost: i64| problem.radius.is_none_or(|radius| cost <= radius);
    let unit =
        weights().fold(0, gcd) * problem.reach.iter().flatten().map(|&(_, cost)| i128::from(cost)).fold(0, gcd).max(1);
    let unit = unit.max(1);
    let mut place_of = vec![u32::MAX; rules.site_count()];
    for (place, &site) in (0_u32..).zip(&sites) {
        place_of[site as usize] = place;
    }
    let is_fixed = |site: u32| rules.existing[site as usize] || required.binary_search(&site).is_ok();
    let mut own = Vec::with_capacity(problem.weights.len());
    for (weight, row) in weights().zip(&problem.reach) {
        let reached = || row.iter().filter(|&&(_, cost)| within(cost));
        let fixed = reached().filter(|&&(site, _)| is_fixed(site)).map(|&(_, cost)| cost).min();
        let open = || reached().filter(|&&(site, _)| place_of[site as usize] != u32::MAX);
        own.push(match fixed {
            Some(cost) => weight * i128::from(cost) / unit,
            // Any site serves it: never worse than the farthest.
            None if open().count() == sites.len() => {
                open().map(|&(_, cost)| weight * i128::from(cost)).max().unwrap_or(0) / unit
            }
            None => known / unit + 1,
        });
    }
    let most: i128 = own.iter().sum::<i128>().max(1);
    let bits = i128::BITS - most.leading_zeros();
    let shift = (ROOM_BITS as i32 - bits as i32).min(30);
    let scale = |cost: i128| {
        let scaled = if shift >= 0 { cost << shift } else { cost >> -shift };
        i64::try_from(scaled).unwrap_or(i64::MAX)
    };
    let own: Vec<i64> = own.into_iter().map(scale).collect();
    let near = weights()
        .zip(&problem.reach)
        .zip(&own)
        .map(|((weight, row), &own)| {
            let mut near: Vec<(i64, u32)> = row
                .iter()
                .filter(|&&(site, cost)| within(cost) && place_of[site as usize] != u32::MAX)
                .map(|&(site, cost)| (scale(weight * i128::from(cost) / unit), place_of[site as usize]))
                .filter(|&(cost, _)| cost < own)
                .collect();
            near.sort_unstable();
            near
        })
        .collect();
    Instance { limits: rules.limits(&required, &sites), sites, own, near, added, shift, unit }
}

fn gcd(a: i128, b: i128) -> i128 {
    if b == 0 { a } else { gcd(b, a % b) }
}
