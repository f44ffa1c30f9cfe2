//! The p-center (Hakimi 1964): the least radius R at which p sites serve every demand.
//!
//! Minimise `z` with `z >= c_ij` for the site that serves i. The optimum is one of the costs: bisection over the
//! different costs, each step a set covering problem `sum_{j: c_ij <= R} x_j >= 1`, `sum_j x_j <= p` (Minieka 1970),
//! with the rows of [`super::Rules`]. Additions and swaps at each radius give a good plan first (as for maximal covering:
//! a radius is enough when all demands are covered); then radii below it are settled one by one, each as soon as a plan
//! is found or the bound of the cover passes p. Radii that stay open are narrowed by fractional plans (Elloumi, Labbe &
//! Pochet 2004): what no fractional plan can do no plan can.

use super::collision::{self, CoverRows, Known};
use super::covering::{self, every, reduced, serving_all};
use super::effort::Effort;
use super::location::{LocationError, LocationKind, LocationOptions, LocationProblem, Solved, objective_of, proven};
use super::mip::MipAim;
use super::reduce::{Dominated, Limit};
use super::rules::Rule;
use super::{cover_tree, covering_swap};

/// The part of the effort that one radius may take before it is left open.
const OPEN_PART: u64 = 3;

/// The part of it that the tree on rows of zeros and ones may take before the solver is asked.
const TREE_PART: u64 = 10;

/// The part of the effort that one radius may take in the search for a first plan.
const QUICK_PART: u64 = 50;

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
    let decision = Decision::new(problem);
    let worst = |sites: &[u32]| objective_of(LocationKind::Center, problem, sites);
    let mut radii = problem.radii();
    // A radius below the least for any demand is out of the question.
    let least_own = decision.least_own();
    radii.retain(|&radius| radius >= least_own && problem.radius.is_none_or(|own| radius <= own));
    let place = |found: i128| radii.partition_point(|&radius| i128::from(radius) < found);
    // A good plan first: the least radius at which additions and swaps serve everyone.
    let mut best: Option<Vec<u32>> = None;
    let (mut low, mut high) = (0, radii.len());
    while low < high {
        let middle = if best.is_none() { high - 1 } else { (low + high) / 2 };
        let mut quick = effort.share_of(QUICK_PART);
        let found = decision.quick(radii[middle], &mut quick);
        effort.charge_as(&quick);
        match found.and_then(|sites| worst(&sites).map(|worst| (sites, worst))) {
            Some((sites, worst)) => {
                high = place(worst).min(middle);
                best = Some(sites);
            }
            None if best.is_none() => break,
            None => low = middle + 1,
        }
    }
    let mut best = match best {
        Some(best) => best,
        // Any plan at all, or which rules collide.
        None => serving_all(problem, MipAim::AnySolution, effort)?.0,
    };
    let mut high = worst(&best).map_or(radii.len(), place);
    // `radii[..least]` are proven to be too small; `open` was not settled in its part of the effort.
    let (mut least, mut open, mut step): (usize, Option<usize>, usize) = (0, None, 1);
    let mut is_near = false;
    while open.map_or(least, |open| open + 1) < high && !effort.is_spent() {
        let reached = worst(&best).unwrap_or(0);
        effort.report(Some(reached), radii[least].into());
        is_near = effort.is_near(reached, radii[least].into());
        if is_near {
            break;
        }
        // The plan at hand is seldom far above: steps down that double.
        let middle = high.saturating_sub(step).max(open.map_or(least, |open| open + 1));
        let mut part = effort.share_of(OPEN_PART);
        let known = decision.exact(radii[middle], &mut part)?;
        effort.charge_as(&part);
        match known {
            Known::Plan(sites, _) => {
                high = worst(&sites).map_or(middle, place).min(middle);
                (best, step) = (sites, step * 2);
            }
            Known::Nothing => (least, open, step) = (middle + 1, None, 1),
            Known::Open => (open, step) = (Some(middle), 1),
        }
    }
    if let (Some(open), false) = (open, is_near) {
        // Fractional plans tell how small it could be at least, then all that is left goes to the radius next below.
        let mut top = open.min(high);
        while least < top && !effort.is_spent() {
            let middle = (least + top) / 2;
            if decision.fractional(radii[middle], effort)? {
                top = middle;
            } else {
                least = middle + 1;
            }
        }
        while least < high && !effort.is_spent() {
            effort.report(worst(&best), radii[least].into());
            match decision.exact(radii[high - 1], effort)? {
                Known::Plan(sites, _) => {
                    high = worst(&sites).map_or(high - 1, place).min(high - 1);
                    best = sites;
                }
                Known::Nothing => least = high,
                Known::Open => break,
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

/// Whether a radius is enough.
struct Decision<'a> {
    problem: &'a LocationProblem,
    rows: Vec<(Rule, Vec<Limit>)>,
    /// New sites that the rules put into every plan, and how many others may join them, where the rules say no more.
    plain: Option<(Vec<u32>, usize)>,
}

impl<'a> Decision<'a> {
    fn new(problem: &'a LocationProblem) -> Self {
        let rows = problem.rules.rows();
        let is_plain =
            |(rule, _): &(Rule, _)| matches!(rule, Rule::MostNew(_) | Rule::Required(_) | Rule::Forbidden(_));
        let others = usize::try_from(covering::most_added(problem)).ok();
        let plain = others.filter(|_| rows.iter().all(is_plain)).map(|others| (problem.rules.required_new(), others));
        Self { problem, rows, plain }
    }

    /// The least cost of the demand that is worst off when every site works.
    fn least_own(&self) -> i64 {
        let usable = self.problem.rules.usable();
        let own = |row: &Vec<(u32, i64)>| row.iter().filter(|(site, _)| usable[*site as usize]).map(|&(_, c)| c).min();
        self.problem.reach.iter().filter_map(own).max().unwrap_or(0)
    }

    /// A plan that serves every demand within `radius`, from additions and swaps; none says nothing.
    fn quick(&self, radius: i64, effort: &mut Effort<'_>) -> Option<Vec<u32>> {
        let counted = vec![1; self.problem.weights.len()];
        let reduced = covering::reduced_within(self.problem, Some(radius), &counted, &[], Dominated::Kept);
        let sites = covering_swap::plan(&reduced, covering::most_added(self.problem), effort);
        let sites = covering::named(&reduced, &sites);
        let serves = |sites: &[u32]| {
            objective_of(LocationKind::Center, self.problem, sites).is_some_and(|worst| worst <= i128::from(radius))
        };
        (self.problem.rules.broken(&sites).is_none() && serves(&sites)).then_some(sites)
    }

    /// The rows to serve at `radius` and, where the rules are plain, without what the decided sites serve and without
    /// what another row or site replaces.
    fn cover(&self, radius: i64) -> CoverRows {
        let mut cover = self.problem.cover_rows(Some(radius));
        if let Some((required, _)) = &self.plain {
            let existing = &self.problem.rules.existing;
            let is_served = |site: &u32| existing[*site as usize] || required.binary_search(site).is_ok();
            cover.retain(|row| !row.iter().any(is_served));
            cover = collision::core(self.problem.rules.site_count(), cover);
        }
        cover
    }

    fn limits(&self) -> Vec<&Limit> {
        self.rows.iter().flat_map(|(_, rows)| rows).collect()
    }

    /// Whether a plan serves every demand within `radius`, as far as the effort goes.
    fn exact(&self, radius: i64, effort: &mut Effort<'_>) -> Result<Known, LocationError> {
        let cover = self.cover(radius);
        if let Some((required, others)) = &self.plain {
            let mut part = effort.share_of(TREE_PART);
            let known = cover_tree::decide(self.problem.rules.site_count(), &cover, *others, &mut part);
            effort.charge_as(&part);
            match known {
                Known::Plan(mut sites, total) => {
                    sites.extend(required);
                    sites.sort_unstable();
                    return Ok(Known::Plan(sites, total));
                }
                Known::Nothing => return Ok(Known::Nothing),
                Known::Open => {}
            }
        }
        let rules = &self.problem.rules;
        Ok(collision::least(rules, &self.limits(), &cover, |_| 0.0, MipAim::AnySolution, effort)?)
    }

    /// Whether fractions of sites serve every demand within `radius`: when they do not, no plan does.
    fn fractional(&self, radius: i64, effort: &mut Effort<'_>) -> Result<bool, LocationError> {
        Ok(collision::fractional(&self.problem.rules, &self.limits(), &self.cover(radius), effort)?)
    }
}
