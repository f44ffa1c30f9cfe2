//! Set covering (Toregas, Swain, ReVelle & Bergman 1971) and maximal covering (Church & ReVelle 1974) on plain tables,
//! and with it flow capturing (Hodgson 1990), where a flow is a demand and "within reach" means "passes the site".
//!
//! LSCP: minimise `sum_j x_j` with `sum_{j serves i} x_j >= 1` for every demand i (also of weight 0).
//! MCLP: maximise `sum_i w_i y_i` with `y_i <= sum_{j serves i} x_j`, `y_i <= 1`, `sum_j x_j <= p`.
//! Both with the rows of [`super::Rules`]. Both run the search of `search.rs`, whose bounds are whole numbers; the number
//! of sites of the first is proved by the solver on rows of zeros and ones.

use super::collision::{self, Collision, Question};
use super::covering_swap;
use super::effort::Effort;
use super::location::{LocationError, LocationOptions, LocationProblem, Optima, OptimaRequest, Solved, proven};
use super::mip::MipAim;
use super::reduce::{Dominated, Limit, Raw, Reduced, shrink};
use super::search::{Found, Goal, Search};

/// Steps spent on the first of equally good plans; beyond it the plan at hand stays. It steers a choice among equals.
const TIE_STEPS: u32 = 300;

/// The part of the effort that the first plan may take.
const QUICK_PART: u64 = 10;

/// The part of the effort after which a plan is polished.
const FIRST_PART: u64 = 16;

/// Steps of a plan without a proof.
const QUICK_STEPS: u32 = 10_000;

/// The problem of most weight within the radius, as the search takes it.
pub(super) fn reduced(problem: &LocationProblem, weights: &[i64], cover: &[Limit], dominated: Dominated) -> Reduced {
    reduced_within(problem, problem.radius, weights, cover, dominated)
}

/// As [`reduced`], within a radius of its own.
pub(super) fn reduced_within(
    problem: &LocationProblem,
    radius: Option<i64>,
    weights: &[i64],
    cover: &[Limit],
    dominated: Dominated,
) -> Reduced {
    let rules = &problem.rules;
    let covers = problem.covers(radius);
    let (required, open) = (rules.required_new(), rules.open());
    let mut settled = vec![false; weights.len()];
    for (site, demands) in covers.iter().enumerate() {
        if rules.existing[site] || required.binary_search(&(site as u32)).is_ok() {
            demands.iter().for_each(|&demand| settled[demand as usize] = true);
        }
    }
    let mut limits = rules.limits(&required, &open);
    limits.extend_from_slice(cover);
    shrink(Raw { weights, covers: &covers, required, open, settled, spare: Vec::new(), limits }, dominated)
}

/// New sites that may be added to the required ones: p, or all of them.
pub(super) fn most_added(problem: &LocationProblem) -> i64 {
    let most = problem.rules.most_new.map_or(problem.rules.site_count() as i64, i64::from);
    most - problem.rules.required_new().len() as i64
}

/// A plan that serves every demand, with the fewest new sites or any, and the fewest of any plan; the collision when
/// there is none.
pub(super) fn serving_all(
    problem: &LocationProblem,
    aim: MipAim,
    effort: &mut Effort<'_>,
) -> Result<(Vec<u32>, i128), LocationError> {
    // With the forbidden sites: that they are forbidden is a rule like others, and may be what collides.
    let cover = problem.rows_with_forbidden(problem.radius);
    let radii = if problem.radius.is_some() { problem.radii() } else { Vec::new() };
    let cover_at = |radius| problem.rows_with_forbidden(Some(radius));
    let question = Question { rules: &problem.rules, cover: &cover, radii: &radii, cover_at: &cover_at, aim };
    collision::lawful(&question, effort).map_err(|error| match error {
        LocationError::Infeasible(collision) => {
            let demands = (0_u32..).zip(&cover);
            let out_of_reach = demands.filter(|(_, sites)| sites.is_empty()).map(|(demand, _)| demand).collect();
            LocationError::Infeasible(Collision { out_of_reach, ..collision })
        }
        other => other,
    })
}

/// The fewest new sites that serve every demand.
pub(super) fn fewest(
    problem: &LocationProblem,
    options: &LocationOptions,
    effort: &mut Effort<'_>,
) -> Result<Solved, LocationError> {
    let (known, bound) = serving_all(problem, MipAim::Optimum, effort)?;
    effort.report(Some(known.len() as i128), bound);
    let counted = vec![1; problem.weights.len()];
    let required_count = problem.rules.required_new().len() as i64;
    let first = {
        let reduced = reduced(problem, &counted, &[], Dominated::LeftOut);
        let everything = reduced.groups.iter().map(|group| group.weight).sum();
        let goal = Goal::First(everything);
        let mut part = effort.part(TIE_STEPS);
        let found = Search::new(&reduced)?.run(goal, known.len() as i64 - required_count, None, &mut part)?;
        found.best.map(|(_, sites)| named(&reduced, &sites))
    };
    let sites = first.unwrap_or(known);
    let optima = options.optima.map(|request| {
        let most_new = (sites.len() as f64 * (1.0 + request.within_share) + 1e-9).floor() as i64;
        let most_new = problem.rules.most_new.map_or(most_new, |p| most_new.min(p.into()));
        let reduced = reduced(problem, &counted, &[], Dominated::Kept);
        let everything = reduced.groups.iter().map(|group| group.weight).sum();
        every(&reduced, everything, most_new - required_count, request, effort)
    });
    let status = proven(bound == sites.len() as i128);
    Ok(Solved { sites, bound, status, optima: optima.transpose()?, fewest_sites: None })
}

/// The most weight served.
pub(super) fn greatest(
    problem: &LocationProblem,
    options: &LocationOptions,
    effort: &mut Effort<'_>,
) -> Result<Solved, LocationError> {
    let rules = &problem.rules;
    let added = most_added(problem);
    let asks_for_sites = |(_, rows): &(_, Vec<Limit>)| rows.iter().any(|row| row.at_most < 0);
    let is_demanding = !rules.pairs.is_empty() || rules.rows().iter().any(asks_for_sites);
    if is_demanding || added < 0 {
        // Whether any plan is lawful, or which rules collide.
        let lawful = collision::fewest(rules, &Vec::new(), &[], |_| Vec::new())?;
        lawful.map_err(LocationError::Infeasible)?;
    }
    let reduced_problem = reduced(problem, &problem.weights, &[], Dominated::LeftOut);
    let mut search = Search::new(&reduced_problem)?;
    effort.base = reduced_problem.base_weight.into();
    let mut quick = effort.share_of(QUICK_PART);
    let start = Some(covering_swap::plan(&reduced_problem, added, &mut quick))
        .filter(|sites| search.is_lawful(sites, added))
        .map(|sites| (search.weight(&sites), sites));
    effort.charge_as(&quick);
    let found = deepened(&mut search, &reduced_problem, added, start, effort)?;
    let Some((weight, mut sites)) = found.best else {
        // Complete, the search would have found the plan that is known to be lawful.
        return Err(match found.is_complete {
            true => LocationError::Certificate("the search lost every lawful plan".into()),
            false => LocationError::Undecided,
        });
    };
    // A site that adds nothing is left out where the rules allow.
    for place in (0..sites.len()).rev() {
        let mut fewer = sites.clone();
        fewer.remove(place);
        if search.is_lawful(&fewer, added) && search.weight(&fewer) == weight {
            sites = fewer;
        }
    }
    let best = i128::from(reduced_problem.base_weight + weight);
    let optima = options.optima.map(|request| {
        let least = best - (best as f64 * request.within_share).floor() as i128;
        let reduced = reduced(problem, &problem.weights, &[], Dominated::Kept);
        let target = (least - i128::from(reduced.base_weight)).max(0);
        every(&reduced, i64::try_from(target).unwrap_or(i64::MAX), added, request, effort)
    });
    Ok(Solved {
        sites: named(&reduced_problem, &sites),
        bound: i128::from(reduced_problem.base_weight + found.bound.max(weight)),
        status: proven(found.is_complete || found.bound <= weight),
        fewest_sites: None,
        optima: optima.transpose()?,
    })
}

/// The greatest weight: most problems end in the first part of the effort; of the others the plan is polished, and the
/// search begins again from the better one.
fn deepened(
    search: &mut Search<'_>,
    reduced: &Reduced,
    added: i64,
    start: Option<(i64, Vec<usize>)>,
    effort: &mut Effort<'_>,
) -> Result<Found, LocationError> {
    if effort.gap_share() > 0.0 {
        return Ok(search.run(Goal::Greatest, added, start, effort)?);
    }
    let mut part = effort.share_of(FIRST_PART);
    let first = search.run(Goal::Greatest, added, start, &mut part)?;
    effort.charge_as(&part);
    let (Some((weight, sites)), false) = (&first.best, first.is_complete) else {
        return if first.is_complete { Ok(first) } else { Ok(search.run(Goal::Greatest, added, None, effort)?) };
    };
    effort.report(Some((*weight).into()), first.bound.into());
    let mut part = effort.share_of(QUICK_PART);
    let sites = covering_swap::polished(reduced, added, sites, &mut part);
    effort.charge_as(&part);
    let better = (search.weight(&sites), sites);
    let is_better = better.0 >= *weight && search.is_lawful(&better.1, added);
    let start = if is_better { Some(better) } else { first.best.clone() };
    let found = search.run(Goal::Greatest, added, start, effort)?;
    Ok(Found { bound: found.bound.min(first.bound), ..found })
}

/// A good plan of maximal covering at once, without a proof: greedy additions, then swaps while one helps. Limits that ask
/// for sites may be left unmet.
#[must_use]
pub fn quick_covering(problem: &LocationProblem) -> Vec<u32> {
    let reduced = reduced(problem, &problem.weights, &[], Dominated::Kept);
    named(&reduced, &covering_swap::plan(&reduced, most_added(problem), &mut Effort::of_steps(QUICK_STEPS)))
}

/// Every plan of at most `added` sites beside the required ones that covers at least `target`.
pub(super) fn every(
    reduced: &Reduced,
    target: i64,
    added: i64,
    request: OptimaRequest,
    effort: &mut Effort<'_>,
) -> Result<Optima, LocationError> {
    let found = Search::new(reduced)?.run(Goal::Every(target, request.most), added, None, effort)?;
    let mut plans: Vec<Vec<u32>> = found.plans.iter().map(|sites| named(reduced, sites)).collect();
    plans.sort_unstable();
    Ok(Optima { plans, is_complete: found.is_complete })
}

/// A plan of the reduced problem in the numbers of the problem, required sites added.
pub(super) fn named(reduced: &Reduced, sites: &[usize]) -> Vec<u32> {
    let mut named: Vec<u32> = sites.iter().map(|&site| reduced.sites[site]).collect();
    named.extend(&reduced.required);
    named.sort_unstable();
    named
}
