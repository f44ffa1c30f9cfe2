//! The p-center (Hakimi 1964): the least radius R at which p sites serve every demand.
//!
//! Minimise `z` with `z >= c_ij` for the site that serves i. The optimum is one of the costs: bisection over the
//! different costs, each step a set covering problem `sum_{j: c_ij <= R} x_j >= 1`, `sum_j x_j <= p` (Minieka 1970),
//! with the rows of [`super::Rules`]. Before whole numbers are asked for, fractional ones narrow the interval (Elloumi,
//! Labbe & Pochet 2004): what no fractional plan can do no plan can.

use super::collision::{self, Known};
use super::covering::{every, reduced, serving_all};
use super::effort::Effort;
use super::location::{LocationError, LocationKind, LocationOptions, LocationProblem, Solved, objective_of, proven};
use super::mip::MipAim;
use super::reduce::{Dominated, Limit};
use super::rules::Rule;

/// The part of the effort that one radius may take before it is left open.
const OPEN_PART: u64 = 3;

/// The problem whose costs are weight times cost; demands of weight 0 ask for nothing.
pub(super) fn weighted(problem: &LocationProblem) -> LocationProblem {
    let asks = |demand: usize| problem.weights[demand] > 0;
    let within = |cost: i64| problem.radius.is_none_or(|radius| cost <= radius);
    let row = |demand: usize| {
        let weight = problem.weights[demand];
        let terms = problem.reach[demand].iter().filter(|&&(_, cost)| within(cost));
        terms.map(|&(site, cost)| (site, weight.saturating_mul(cost))).collect()
    };
    let demands: Vec<usize> = (0..problem.weights.len()).filter(|&demand| asks(demand)).collect();
    LocationProblem {
        weights: vec![1; demands.len()],
        reach: demands.into_iter().map(row).collect(),
        radius: None,
        rules: problem.rules.clone(),
    }
}

/// The plan with the least radius.
pub(super) fn solve(
    problem: &LocationProblem,
    options: &LocationOptions,
    effort: &mut Effort<'_>,
) -> Result<Solved, LocationError> {
    let rules = &problem.rules;
    let (mut best, _) = serving_all(problem, MipAim::AnySolution, effort)?;
    let worst = |sites: &[u32]| objective_of(LocationKind::Center, problem, sites);
    let all = rules.rows();
    let rows: Vec<&Limit> = all.iter().flat_map(|(_, rows)| rows).collect();
    // Where only the number counts, sites that another one replaces can go.
    let is_plain = all.iter().all(|(rule, _)| matches!(rule, Rule::MostNew(_)));
    let cover_at = |radius: i64| {
        let cover = problem.cover_rows(Some(radius));
        if is_plain && !rules.existing.contains(&true) { collision::core(rules.site_count(), cover) } else { cover }
    };
    let mut radii = problem.radii();
    let most = worst(&best).unwrap_or(0);
    radii.retain(|&radius| i128::from(radius) <= most);
    // A radius below the least for any demand is out of the question.
    let usable = rules.usable();
    let own = |row: &Vec<(u32, i64)>| row.iter().filter(|(site, _)| usable[*site as usize]).map(|&(_, c)| c).min();
    let least_own = problem.reach.iter().filter_map(own).max().unwrap_or(0);
    radii.retain(|&radius| radius >= least_own);
    let (mut low, mut high) = (0, radii.len().saturating_sub(1));
    // Fractional plans first: the least radius that one keeps.
    while low < high {
        let middle = (low + high) / 2;
        if collision::fractional(rules, &rows, &cover_at(radii[middle]), effort)? {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    high = radii.len().saturating_sub(1);
    // Below `radii[least]` there is no plan; between it and `low` nobody knows.
    let (mut least, mut step) = (low, 1);
    while low < high && !effort.is_spent() {
        let reached = worst(&best).unwrap_or(most);
        effort.report(Some(reached), radii[least].into());
        if effort.is_near(reached, radii[least].into()) {
            break;
        }
        // Whole plans are seldom far above: steps that double, then bisection.
        let middle = (low + step - 1).min((low + high) / 2);
        // What cannot be settled with a part of the effort is left open, and larger radii are tried.
        let mut part = effort.share_of(OPEN_PART);
        let known = collision::least(rules, &rows, &cover_at(radii[middle]), |_| 0.0, MipAim::AnySolution, &mut part)?;
        effort.charge_as(&part);
        match known {
            Known::Plan(sites, _) => {
                let found = worst(&sites).unwrap_or(most);
                best = sites;
                high = radii.partition_point(|&radius| i128::from(radius) < found).min(middle);
            }
            Known::Nothing => {
                least = middle + 1;
                (low, step) = (middle + 1, step * 2);
            }
            Known::Open => {
                effort.stop = part.stop;
                (low, step) = (middle + 1, step * 2);
            }
        }
    }
    let objective = worst(&best).unwrap_or(0);
    let bound = radii.get(least).map_or(objective, |&radius| i128::from(radius).min(objective));
    let optima = options.optima.map(|request| {
        let radius = (objective as f64 * (1.0 + request.within_share)).floor().max(objective as f64) as i64;
        let radius =
            i64::try_from(objective).unwrap_or(i64::MAX).max(if request.within_share > 0.0 { radius } else { 0 });
        let within =
            LocationProblem { radius: Some(problem.radius.map_or(radius, |own| own.min(radius))), ..problem.clone() };
        let counted = vec![1; problem.weights.len()];
        let reduced = reduced(&within, &counted, &[], Dominated::Kept);
        let everything = reduced.groups.iter().map(|group| group.weight).sum();
        every(&reduced, everything, super::covering::most_added(problem), request, effort)
    });
    let status = proven(bound == objective);
    Ok(Solved { sites: best, bound, status, optima: optima.transpose()?, fewest_sites: None })
}
