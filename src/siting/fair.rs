//! Plans that leave nobody far behind: the greatest least share over several measures (Rawlsian maximal covering), and the
//! most weight covered while each share stays above a floor.
//!
//! With `c_k(x)` what plan x covers by measure k (a country's flow, or the flow of a scenario) and `C_k` the measure's
//! whole: maximise `t` with `c_k(x) / C_k >= t`; then, at that t, the problem's own weight. Where `C_k` is the best that
//! any plan covers in scenario k, `1 - t` is the least greatest relative regret (Savage 1951). Solved as mixed-integer
//! programs; shares are summed again from the chosen sites in whole numbers, and the bound is the solver's, within its
//! tolerance of 10^-6.

use super::constraints::{self, candidates, cost_usd, exclusive_set, flag, lies_in};
use super::mip::{self, Column, ColumnKind, MipLimits, MipStatus, Program, Row};
use super::{CoveringProblem, SitingError, SitingParams, certificate, feasibility};
use std::collections::BTreeMap;

/// How near two shares count as equal: above the solver's tolerance.
const TOLERANCE: f64 = 1e-6;
/// Most branch-and-bound nodes of one program.
const NODE_LIMIT: u32 = 200_000;

/// A weighing of the demands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    /// Weight of each demand, not negative.
    pub weights: Vec<i64>,
    /// Weight that is covered whatever the plan.
    pub base: i64,
    /// What counts as the whole; a measure whose whole is 0 is left out.
    pub whole: i64,
}

impl Measure {
    /// Weight covered by existing offices and `sites`.
    #[must_use]
    pub fn covered(&self, problem: &CoveringProblem, sites: &[u32]) -> i64 {
        let covered = certificate::covered(problem, sites);
        self.base + self.weights.iter().zip(covered).filter(|&(_, is_covered)| is_covered).map(|(w, _)| w).sum::<i64>()
    }

    /// Covered weight over the whole; none when the whole is 0.
    #[must_use]
    pub fn share(&self, problem: &CoveringProblem, sites: &[u32]) -> Option<f64> {
        (self.whole > 0).then(|| self.covered(problem, sites) as f64 / self.whole as f64)
    }
}

/// A plan under several measures.
#[derive(Clone, Debug, PartialEq)]
pub struct FairPlan {
    /// New offices, ascending.
    pub sites: Vec<u32>,
    /// Share of each measure; none where there is no whole.
    pub shares: Vec<Option<f64>>,
    /// The least of them; 1 when there is none.
    pub least_share: f64,
    /// No lawful plan has a greater least share (for [`best_above`]: the floor that was asked for).
    pub least_share_bound: f64,
    /// Weight covered by the problem's own weights.
    pub objective: i64,
    /// No lawful plan with such shares covers more, in the problem's own weight.
    pub objective_bound: i64,
}

/// The plan with the greatest least share over `measures`, among those the one that covers most.
///
/// # Errors
/// As [`super::plan`].
pub fn fairest(
    problem: &CoveringProblem,
    params: &SitingParams,
    new_office_count: u32,
    measures: &[Measure],
) -> Result<FairPlan, SitingError> {
    constraints::check(problem, params)?;
    feasibility::fewest_offices(problem, params, new_office_count)?;
    let draft = Draft::new(problem, params, new_office_count, measures);
    let mut program = draft.program.clone();
    let least = program.columns.len();
    program.columns.push(Column { cost: -1.0, lower: 0.0, upper: 1.0, kind: ColumnKind::Continuous });
    for (k, measure) in measures.iter().enumerate().filter(|(_, measure)| measure.whole > 0) {
        let mut terms = draft.share_terms(k, measure);
        terms.push((least, -1.0));
        program.rows.push(Row::at_least(-draft.settled_share(k, measure), terms));
    }
    let answer = solve(&program)?;
    let first = draft.sites_of(&answer.values);
    let shares = |sites: &[u32]| measures.iter().map(|m| m.share(problem, sites)).collect::<Vec<_>>();
    let least_of = |shares: &[Option<f64>]| shares.iter().flatten().copied().fold(1.0, f64::min);
    let floor = least_of(&shares(&first));
    let bound = (-answer.bound).max(floor).min(1.0);
    let found = best_above(problem, params, new_office_count, measures, floor)?;
    // the second program may lose the floor by the solver's tolerance: then the first plan stands
    let sites = found.as_ref().map_or(first.clone(), |plan| plan.sites.clone());
    let sites = if least_of(&shares(&sites)) + 1e-12 < floor { first } else { sites };
    let objective = certificate::certify(problem, params, new_office_count, &sites)?.covered_weight;
    Ok(FairPlan {
        shares: shares(&sites),
        least_share: least_of(&shares(&sites)),
        least_share_bound: bound,
        objective,
        objective_bound: found.map_or(objective, |plan| plan.objective_bound).max(objective),
        sites,
    })
}

/// The plan that covers most by the problem's own weights while every share stays at `floor` or above; none when no plan
/// does.
///
/// # Errors
/// As [`super::plan`].
pub fn best_above(
    problem: &CoveringProblem,
    params: &SitingParams,
    new_office_count: u32,
    measures: &[Measure],
    floor: f64,
) -> Result<Option<FairPlan>, SitingError> {
    constraints::check(problem, params)?;
    feasibility::fewest_offices(problem, params, new_office_count)?;
    let mut all = measures.to_vec();
    let total = problem.weights.iter().sum::<i64>().max(1);
    all.push(Measure { weights: problem.weights.clone(), base: 0, whole: total });
    let draft = Draft::new(problem, params, new_office_count, &all);
    let mut program = draft.program.clone();
    let own = all.len() - 1;
    for (column, share) in draft.share_terms(own, &all[own]) {
        program.columns[column].cost = -share;
    }
    for (k, measure) in measures.iter().enumerate().filter(|(_, measure)| measure.whole > 0) {
        let at_least = floor - TOLERANCE / 10.0 - draft.settled_share(k, measure);
        program.rows.push(Row::at_least(at_least, draft.share_terms(k, measure)));
    }
    let answer =
        mip::solve(&program, MipLimits { node_count: Some(NODE_LIMIT), time_s: None, ..MipLimits::default() })?;
    if answer.status == MipStatus::Infeasible || answer.values.is_empty() {
        return Ok(None);
    }
    let sites = draft.sites_of(&answer.values);
    let shares: Vec<Option<f64>> = measures.iter().map(|measure| measure.share(problem, &sites)).collect();
    let least_share = shares.iter().flatten().copied().fold(1.0, f64::min);
    if least_share + TOLERANCE < floor {
        return Ok(None);
    }
    let objective = certificate::certify(problem, params, new_office_count, &sites)?.covered_weight;
    let bound = (draft.settled_share(own, &all[own]) - answer.bound) * total as f64;
    Ok(Some(FairPlan {
        sites,
        shares,
        least_share,
        least_share_bound: floor,
        objective,
        objective_bound: (bound.ceil() as i64).max(objective).min(total),
    }))
}

fn solve(program: &Program) -> Result<mip::MipAnswer, SitingError> {
    let answer = mip::solve(program, MipLimits { node_count: Some(NODE_LIMIT), time_s: None, ..MipLimits::default() })?;
    if answer.values.is_empty() && !program.columns.is_empty() {
        return Err(SitingError::Certificate(
            "the program over shares has no answer although a lawful plan is known".into(),
        ));
    }
    Ok(answer)
}

/// The program that all share: columns of sites, then of groups of demands that the same sites cover.
struct Draft {
    program: Program,
    sites: Vec<u32>,
    /// For each group, its weight by each measure.
    weights_of_group: Vec<Vec<i64>>,
    /// Weight that existing offices cover, by each measure, base included.
    settled: Vec<i64>,
}

impl Draft {
    fn new(problem: &CoveringProblem, params: &SitingParams, new_office_count: u32, measures: &[Measure]) -> Self {
        let sites = candidates(problem);
        let settled_demands = certificate::covered(problem, &[]);
        let mut sites_of = vec![Vec::new(); problem.weights.len()];
        for (number, &site) in sites.iter().enumerate() {
            for &demand in &problem.covers[site as usize] {
                sites_of[demand as usize].push(number);
            }
        }
        let mut groups: BTreeMap<Vec<usize>, Vec<i64>> = BTreeMap::new();
        for (demand, sites) in sites_of.into_iter().enumerate() {
            if !settled_demands[demand] && !sites.is_empty() {
                let sums = groups.entry(sites).or_insert_with(|| vec![0; measures.len()]);
                sums.iter_mut().zip(measures).for_each(|(sum, measure)| *sum += measure.weights[demand]);
            }
        }
        let mut program = Program::default();
        for &site in &sites {
            let lower = f64::from(u8::from(flag(&problem.required, site)));
            program.columns.push(Column { cost: 0.0, lower, upper: 1.0, kind: ColumnKind::Integer });
        }
        for (at, sites_of_group) in groups.keys().enumerate() {
            program.columns.push(Column { cost: 0.0, lower: 0.0, upper: 1.0, kind: ColumnKind::Continuous });
            let covering = sites_of_group.iter().map(|&number| (number, -1.0));
            program.rows.push(Row::at_most(0.0, covering.chain([(sites.len() + at, 1.0)]).collect()));
        }
        add_limits(&mut program, problem, params, new_office_count, &sites);
        let settled = measures.iter().map(|measure| measure.covered(problem, &[])).collect();
        Self { program, sites, weights_of_group: groups.into_values().collect(), settled }
    }

    fn share_terms(&self, k: usize, measure: &Measure) -> Vec<(usize, f64)> {
        let groups = self.weights_of_group.iter().enumerate().filter(|(_, weights)| weights[k] > 0);
        groups.map(|(at, weights)| (self.sites.len() + at, weights[k] as f64 / measure.whole as f64)).collect()
    }

    fn settled_share(&self, k: usize, measure: &Measure) -> f64 {
        self.settled[k] as f64 / measure.whole as f64
    }

    fn sites_of(&self, values: &[f64]) -> Vec<u32> {
        self.sites.iter().zip(values).filter(|&(_, &value)| value > 0.5).map(|(&site, _)| site).collect()
    }
}

fn add_limits(
    program: &mut Program,
    problem: &CoveringProblem,
    params: &SitingParams,
    new_office_count: u32,
    sites: &[u32],
) {
    let terms = |coefficient: &dyn Fn(u32) -> i64| -> Vec<(usize, f64)> {
        let all = sites.iter().enumerate().map(|(number, &site)| (number, coefficient(site) as f64));
        all.filter(|&(_, coefficient)| coefficient != 0.0).collect()
    };
    program.rows.push(Row::at_most(new_office_count.into(), terms(&|_| 1)));
    if let Some(budget_usd) = params.budget_usd {
        program.rows.push(Row::at_most(budget_usd as f64, terms(&|site| cost_usd(problem, site))));
    }
    for limit in &params.country_limits {
        let upper = limit.new_office_max.map_or(f64::INFINITY, f64::from);
        let row = terms(&|site| i64::from(lies_in(problem, site, limit.country)));
        program.rows.push(Row { lower: limit.new_office_min.into(), upper, terms: row });
    }
    for set_ix in 0..problem.exclusive.len() as u32 {
        let (existing, set) = exclusive_set(problem, set_ix);
        let row = terms(&|site| i64::from(set.binary_search(&site).is_ok()));
        program.rows.push(Row::at_most((1 - existing).max(0) as f64, row));
    }
}
