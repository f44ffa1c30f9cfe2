//! Offices opened in phases, none of them closed again: the best nested sequence of plans, and what nesting costs.
//!
//! Maximise `sum_s v_s sum_i w_i y_is` with `y_is <= sum_{j covers i, t <= s} x_jt`, `sum_{t <= s} sum_j x_jt <= p_s`,
//! `sum_t x_jt <= 1`: `x_jt` = site j opens in phase t, `v_s` = the stated weight of phase s. A maximal covering problem of
//! its own (each pair of demand and phase is a demand, each pair of site and phase a site), so the same exact search
//! solves it. Upper limits hold in every phase, since offices only ever come on top; required sites and minima have to
//! be met by the last phase.

use super::constraints::{self, candidates, cost_usd, exclusive_set, flag, lies_in};
use super::effort::Effort;
use super::reduce::{DemandGroup, Limit, Reduced};
use super::search::{Goal, Search};
use super::{CoveringProblem, Refusal, SitingError, SitingParams, SitingStatus, best, certificate, feasibility};
use std::collections::BTreeMap;

/// A phase of a roll-out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Phase {
    /// Most new offices open at its end, earlier phases included.
    pub new_office_count: u32,
    /// Weight of the phase in the objective, 0 or more.
    pub weight: u32,
}

/// What stands at the end of a phase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NestedPhase {
    /// The phase.
    pub phase: Phase,
    /// New offices open at its end, ascending.
    pub sites: Vec<u32>,
    /// Those opened in it, ascending.
    pub opened: Vec<u32>,
    /// Weight covered, existing offices included.
    pub covered_weight: i64,
    /// Weight covered by the best plan of as many offices that nothing binds to other phases.
    pub free_weight: i64,
    /// No such plan covers more.
    pub free_bound: i64,
    /// Its sites, ascending.
    pub free_sites: Vec<u32>,
}

/// The best nested sequence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nested {
    /// The phases in order.
    pub phases: Vec<NestedPhase>,
    /// `sum of phase weight * covered weight`.
    pub objective: i64,
    /// No nested sequence has a greater objective.
    pub bound: i64,
    /// What is known about the sequence.
    pub status: SitingStatus,
}

/// The nested sequence of plans with the greatest weighted sum of covered weight over `phases`, whose numbers of offices
/// must not fall.
///
/// # Errors
/// [`SitingError`]: S006 for phases that are none, fall, or weigh nothing; else as [`super::plan`].
pub fn nested(problem: &CoveringProblem, params: &SitingParams, phases: &[Phase]) -> Result<Nested, SitingError> {
    constraints::check(problem, params)?;
    let is_rising = phases.is_sorted_by(|a, b| a.new_office_count <= b.new_office_count);
    let Some(last) = phases.last().copied().filter(|_| is_rising && phases.iter().any(|phase| phase.weight > 0)) else {
        return Err(SitingError::Refused(vec![Refusal {
            code: "S006",
            message: "the phases must be at least one, with numbers of offices that do not fall and a weight above 0"
                .into(),
        }]));
    };
    feasibility::fewest_offices(problem, params, last.new_office_count)?;
    let sites = candidates(problem);
    let stacked = stack(problem, params, phases, &sites);
    let mut search = Search::new(&stacked)?;
    let found = search.run(
        Goal::Greatest,
        last.new_office_count.into(),
        None,
        &mut Effort::of_steps(params.search_step_limit),
    )?;
    let Some((weight, columns)) = found.best else {
        return Err(SitingError::Certificate("the search lost every nested sequence".into()));
    };
    let mut so_far: Vec<u32> = Vec::new();
    let mut done = Vec::new();
    for (at, &phase) in phases.iter().enumerate() {
        let of_phase = columns.iter().filter(|&&column| column % phases.len() == at);
        let opened: Vec<u32> = of_phase.map(|&column| sites[column / phases.len()]).collect();
        so_far.extend(&opened);
        so_far.sort_unstable();
        let is_last = at + 1 == phases.len();
        let (bound_problem, bound_params) =
            if is_last { (problem.clone(), params.clone()) } else { upper_limits_only(problem, params) };
        let certified = certificate::certify(&bound_problem, &bound_params, phase.new_office_count, &so_far)?;
        let free = best(&bound_problem, &bound_params, phase.new_office_count)?;
        done.push(NestedPhase {
            phase,
            sites: so_far.clone(),
            opened,
            covered_weight: certified.covered_weight,
            free_weight: free.objective,
            free_bound: free.bound,
            free_sites: free.sites,
        });
    }
    let objective: i64 = done.iter().map(|phase| i64::from(phase.phase.weight) * phase.covered_weight).sum();
    let base = stacked.base_weight;
    if objective != base + weight || base + found.bound < objective {
        return Err(SitingError::Certificate(format!(
            "the nested sequence is worth {objective}, the search says {} of at most {}",
            base + weight,
            base + found.bound
        )));
    }
    let status = if found.is_complete { SitingStatus::Optimal } else { SitingStatus::Limit };
    Ok(Nested { phases: done, objective, bound: base + found.bound, status })
}

/// The problem without what has to be met by the last phase only.
fn upper_limits_only(problem: &CoveringProblem, params: &SitingParams) -> (CoveringProblem, SitingParams) {
    let mut params = params.clone();
    params.country_limits.iter_mut().for_each(|limit| limit.new_office_min = 0);
    (CoveringProblem { required: Vec::new(), ..problem.clone() }, params)
}

/// The covering problem over pairs of site and phase; pair `(j, t)` has number `j * phases + t`.
fn stack(problem: &CoveringProblem, params: &SitingParams, phases: &[Phase], sites: &[u32]) -> Reduced {
    let phase_count = phases.len();
    let settled = certificate::covered(problem, &[]);
    let mut sites_of = vec![Vec::new(); problem.weights.len()];
    for (number, &site) in sites.iter().enumerate() {
        for &demand in &problem.covers[site as usize] {
            sites_of[demand as usize].push(number);
        }
    }
    let mut merged: BTreeMap<Vec<usize>, i64> = BTreeMap::new();
    for (demand, sites) in sites_of.into_iter().enumerate() {
        if !settled[demand] && !sites.is_empty() && problem.weights[demand] > 0 {
            *merged.entry(sites).or_default() += problem.weights[demand];
        }
    }
    let mut groups = Vec::new();
    for (sites, weight) in &merged {
        for (at, phase) in phases.iter().enumerate().filter(|(_, phase)| phase.weight > 0) {
            let pairs = sites.iter().flat_map(|&number| (0..=at).map(move |t| number * phase_count + t)).collect();
            groups.push(DemandGroup { weight: weight * i64::from(phase.weight), sites: pairs, spare: 0 });
        }
    }
    let pair_count = sites.len() * phase_count;
    let mut covers = vec![Vec::new(); pair_count];
    for (group_ix, group) in groups.iter().enumerate() {
        group.sites.iter().for_each(|&pair| covers[pair].push(group_ix));
    }
    let all_weights: i64 = phases.iter().map(|phase| i64::from(phase.weight)).sum();
    Reduced {
        required: Vec::new(),
        sites: (0..pair_count as u32).collect(),
        covers,
        groups,
        limits: limits(problem, params, phases, sites),
        base_weight: certificate::weight_of(problem, &settled) * all_weights,
    }
}

/// The number of offices at the end of each phase but the last, each site once, and the limits of the problem.
fn limits(problem: &CoveringProblem, params: &SitingParams, phases: &[Phase], sites: &[u32]) -> Vec<Limit> {
    let phase_count = phases.len();
    let mut limits = Vec::new();
    let mut add = |at_most: i64, coefficient: &dyn Fn(u32, usize) -> i64| {
        let pairs = (0..sites.len() * phase_count)
            .map(|pair| (pair, coefficient(sites[pair / phase_count], pair % phase_count)));
        let terms: Vec<(usize, i64)> = pairs.filter(|&(_, c)| c != 0).collect();
        if terms.iter().map(|&(_, c)| c.max(0)).sum::<i64>() > at_most {
            limits.push(Limit { terms, at_most });
        }
    };
    for (at, phase) in phases.iter().enumerate().take(phase_count - 1) {
        add(phase.new_office_count.into(), &|_, t| i64::from(t <= at));
    }
    for &site in sites {
        add(1, &|other, _| i64::from(other == site));
        if flag(&problem.required, site) {
            add(-1, &|other, _| -i64::from(other == site));
        }
    }
    if let Some(budget_usd) = params.budget_usd {
        add(budget_usd, &|site, _| cost_usd(problem, site));
    }
    for limit in &params.country_limits {
        let count = |site| i64::from(lies_in(problem, site, limit.country));
        if let Some(at_most) = limit.new_office_max {
            add(at_most.into(), &|site, _| count(site));
        }
        if limit.new_office_min > 0 {
            add(-i64::from(limit.new_office_min), &|site, _| -count(site));
        }
    }
    for set_ix in 0..problem.exclusive.len() as u32 {
        let (existing, set) = exclusive_set(problem, set_ix);
        add((1 - existing).max(0), &|site, _| i64::from(set.binary_search(&site).is_ok()));
    }
    limits
}
