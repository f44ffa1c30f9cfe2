//! Where new Border Liaison Offices go: the plan that covers most flow with a given number of them.
//!
//! A plan is advice under the run's assumptions. Weights are modelled flow, and seizures are not flow.

mod attack_decision;
mod attack_game;
mod attack_tree;
mod backup_covering;
mod center;
mod certificate;
mod collision;
mod constraints;
mod cover_tree;
mod covering;
mod covering_swap;
mod effort;
mod fair;
mod feasibility;
mod greedy;
pub mod interdiction;
mod location;
pub mod logit_interdiction;
pub mod max_flow_interdiction;
mod maximal_covering;
mod median;
mod median_climb;
mod median_search;
mod median_swap;
pub mod mip;
mod near_optimal;
mod nested;
mod reduce;
mod returns_curve;
mod rules;
mod search;
mod set_covering;
pub mod shortest_path_interdiction;
mod site_values;

pub use certificate::{Certificate, certify};
pub use collision::Collision;
pub use constraints::Conflict;
pub use covering::quick_covering;
pub use effort::{Standing, Stop};
pub use fair::{FairPlan, Measure, best_above, fairest};
pub use feasibility::Infeasible;
pub use location::{
    LocationAnswer, LocationError, LocationKind, LocationOptions, LocationProblem, Optima, OptimaRequest, locate,
    locate_telling, objective_of, radius_for_reachable,
};
pub use near_optimal::{NearOptimal, NearOptimalParams, NearPlan, least_weight_within, near_optimal};
pub use nested::{Nested, NestedPhase, Phase, nested};
pub use rules::{CountryRule, Rule, Rules};
pub use set_covering::{FullCoverPlan, cover_all};
pub use site_values::{SiteValue, site_values};

use crate::records::Iso3;
use serde::{Deserialize, Serialize};

/// Grams in a kilogram.
const GRAMS_PER_KILOGRAM: f64 = 1000.0;

/// A flow as a weight in whole grams a year; none when it is not finite, negative, or beyond 10^12 kg.
#[must_use]
pub fn weight_g_per_year(flow_kg_per_year: f64) -> Option<i64> {
    (0.0..=1e12).contains(&flow_kg_per_year).then(|| (flow_kg_per_year * GRAMS_PER_KILOGRAM).round() as i64)
}

/// What each site would cover, and what the planner has fixed. Sites and demands are numbered from 0.
///
/// `existing`, `required`, `forbidden`, `country_of_site` and `cost_usd` have one entry a site, or none at all: then no
/// site is existing, required or forbidden, lies in a country, or costs anything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CoveringProblem {
    /// Weight of each demand, not negative: whole numbers (such as g a year), so that sums are exact.
    pub weights: Vec<i64>,
    /// For each site, the demands it covers, ascending.
    pub covers: Vec<Vec<u32>>,
    /// Offices that work already: they cover at no cost and count towards no limit.
    pub existing: Vec<bool>,
    /// Sites that must be in the plan; a new one counts towards every limit.
    pub required: Vec<bool>,
    /// Sites that must not be in the plan.
    pub forbidden: Vec<bool>,
    /// The countries that a site counts for (both, when the site is the pair of posts of a crossing).
    pub country_of_site: Vec<Vec<Iso3>>,
    /// What a new office costs, in whole US dollars, not negative.
    pub cost_usd: Vec<i64>,
    /// Sets of sites of which at most one has an office, existing ones included.
    pub exclusive: Vec<Vec<u32>>,
}

/// Fewest and most new offices in one country.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountryLimit {
    /// Country.
    pub country: Iso3,
    /// At least this many new offices. Default 0.
    #[serde(default)]
    pub new_office_min: u32,
    /// At most this many new offices. Default: no limit.
    #[serde(default)]
    pub new_office_max: Option<u32>,
}

/// What may be built.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SitingParams {
    /// Most new offices (p). Default 5.
    pub new_office_count: u32,
    /// The returns curve runs from 0 to this many new offices. Default 15.
    pub curve_max_office_count: u32,
    /// Most that all new offices cost together, in whole US dollars. Default: no limit.
    pub budget_usd: Option<i64>,
    /// Limits for each country. Default: none.
    pub country_limits: Vec<CountryLimit>,
    /// Most steps of one exact search; beyond it the best plan found is given with its bound and gap. A step is about a
    /// millisecond of a present processor, but counted in operations, so that the answer does not depend on the machine.
    /// Default 5000.
    pub search_step_limit: u32,
}

impl Default for SitingParams {
    fn default() -> Self {
        Self {
            new_office_count: 5,
            curve_max_office_count: 15,
            budget_usd: None,
            country_limits: Vec::new(),
            search_step_limit: 5_000,
        }
    }
}

/// What is known about a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SitingStatus {
    /// No lawful plan covers more: proved in whole numbers.
    Optimal,
    /// The search stopped at its limit; the bound says how much more a plan could cover at most.
    Limit,
    /// No lawful plan has so few new offices.
    Infeasible,
}

/// A plan by the greedy rule: the site that adds most, again and again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GreedyPlan {
    /// New offices, ascending.
    pub sites: Vec<u32>,
    /// Weight covered, existing offices included.
    pub objective: i64,
}

/// One point of the returns curve.
#[derive(Clone, Debug, PartialEq)]
pub struct CurvePoint {
    /// Most new offices (p).
    pub new_office_count: u32,
    /// New offices of the plan, ascending; fewer than `new_office_count` when more would add nothing.
    pub sites: Vec<u32>,
    /// Weight covered, existing offices included; none when infeasible.
    pub objective: Option<i64>,
    /// No plan covers more than this; none when infeasible.
    pub bound: Option<i64>,
    /// `(bound - objective) / objective`; 0 when they are equal, none when infeasible or when nothing is covered.
    pub gap_share: Option<f64>,
    /// Demands covered.
    pub covered_count: u32,
    /// Weight covered by the greedy plan; none when the greedy rule meets no lawful plan.
    pub greedy_objective: Option<i64>,
    /// What is known about the plan.
    pub status: SitingStatus,
}

/// Result of [`plan`].
#[derive(Clone, Debug, PartialEq)]
pub struct SitingPlan {
    /// New offices, ascending. Required ones are among them, existing ones are not.
    pub sites: Vec<u32>,
    /// Weight covered by existing and new offices, summed again from the chosen sites.
    pub objective: i64,
    /// No lawful plan covers more than this.
    pub bound: i64,
    /// `(bound - objective) / objective`; 0 when they are equal, none when nothing is covered.
    pub gap_share: Option<f64>,
    /// What is known about the plan.
    pub status: SitingStatus,
    /// Weight covered: the same number as `objective`.
    pub covered_weight: i64,
    /// Weight of all demands.
    pub total_weight: i64,
    /// Weight that existing offices cover alone.
    pub existing_weight: i64,
    /// Demands covered.
    pub covered_count: u32,
    /// Demands in all.
    pub total_count: u32,
    /// Demands that no existing or allowed site reaches, ascending.
    pub out_of_reach: Vec<u32>,
    /// For each demand, the existing and new offices that cover it, ascending.
    pub who_covers: Vec<Vec<u32>>,
    /// The greedy plan under the same limits; none when the greedy rule meets no lawful plan.
    pub greedy: Option<GreedyPlan>,
    /// The best plan for each number of new offices.
    pub curve: Vec<CurvePoint>,
}

impl SitingPlan {
    /// Covered weight over all weight; none when there is no weight.
    #[must_use]
    pub fn covered_weight_share(&self) -> Option<f64> {
        (self.total_weight > 0).then(|| self.covered_weight as f64 / self.total_weight as f64)
    }

    /// Covered demands over all demands; none when there is no demand.
    #[must_use]
    pub fn covered_count_share(&self) -> Option<f64> {
        (self.total_count > 0).then(|| f64::from(self.covered_count) / f64::from(self.total_count))
    }
}

/// A reason to refuse a problem or its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Stable code, `S001` to `S006`.
    pub code: &'static str,
    /// What was found, what was expected, what to do.
    pub message: String,
}

/// Why there is no plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SitingError {
    /// The problem is malformed: S001 no site, S002 negative number, S003 lengths, indices or order, S004 numbers too
    /// large, S005 contradictory flags, S006 a parameter. All reasons at once.
    #[error("{}", .0.iter().map(|r| format!("{}: {}", r.code, r.message)).collect::<Vec<_>>().join("\n"))]
    Refused(Vec<Refusal>),
    /// S010: no plan meets all constraints.
    #[error("S010: {0}")]
    Infeasible(Infeasible),
    /// S010: no plan keeps all rules.
    #[error("S010: {0}")]
    Colliding(Collision),
    /// S020: the solver failed.
    #[error("S020: {0}")]
    Solver(#[from] mip::MipError),
    /// S030: a plan did not pass its own check: a fault of this program.
    #[error("S030: the plan fails its check ({0}); please report this")]
    Certificate(String),
}

/// The plan with at most `new_office_count` new offices that covers most weight (the maximal covering location problem
/// of Church & ReVelle 1974), beside the existing offices.
///
/// Maximise `sum_i w_i y_i` with `y_i <= sum_{j covers i} x_j`, `sum_j x_j <= p`, and the limits of `problem` and
/// `params`. Exact: an upper bound from linear-programming multipliers is computed in whole numbers, and the chosen
/// sites are checked against the problem once more. Among plans that cover the same weight the one with fewest new
/// offices is taken, among those the one whose ascending list of sites comes first; a site whose uncovered demands are
/// all covered by another site with no stricter limit and no higher cost is left out of the choice (equal sites: the
/// first stays).
///
/// Trivial cases have an answer: p above the number of sites, p or budget 0, no weight, demands out of reach.
///
/// # Errors
/// [`SitingError`]: refused input, constraints that collide (named, with the least number and budget that would do), a
/// solver failure.
///
/// ```
/// use corridor::siting::{plan, CoveringProblem, SitingParams};
/// let problem = CoveringProblem {
///     weights: vec![5, 4, 3],
///     covers: vec![vec![0], vec![1, 2], vec![2]],
///     ..CoveringProblem::default()
/// };
/// let best = plan(&problem, &SitingParams { new_office_count: 1, ..SitingParams::default() })?;
/// assert_eq!((best.sites, best.objective), (vec![1], 7));
/// # Ok::<(), corridor::siting::SitingError>(())
/// ```
pub fn plan(problem: &CoveringProblem, params: &SitingParams) -> Result<SitingPlan, SitingError> {
    constraints::check(problem, params)?;
    let office_count = params.new_office_count;
    let fewest = feasibility::fewest_offices(problem, params, office_count)?;
    let (curve, chosen) = returns_curve::trace(problem, params, fewest)?;
    let certificate = certify(problem, params, office_count, &chosen.sites)?;
    let existing = certificate::covered(problem, &[]);
    let anything = certificate::covered(problem, &constraints::candidates(problem));
    Ok(SitingPlan {
        objective: certificate.covered_weight,
        bound: chosen.bound,
        gap_share: certificate::gap_share(certificate.covered_weight, chosen.bound),
        status: chosen.status,
        covered_weight: certificate.covered_weight,
        total_weight: problem.weights.iter().sum(),
        existing_weight: certificate::weight_of(problem, &existing),
        covered_count: certificate.covered_count,
        total_count: problem.weights.len() as u32,
        out_of_reach: (0..problem.weights.len() as u32).filter(|&demand| !anything[demand as usize]).collect(),
        who_covers: certificate.who_covers,
        greedy: greedy::plan(problem, params, office_count),
        curve,
        sites: chosen.sites,
    })
}

/// A plan with its proof, without a curve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BestPlan {
    /// New offices, ascending.
    pub sites: Vec<u32>,
    /// Weight covered, existing offices included, summed again from the chosen sites.
    pub objective: i64,
    /// No lawful plan covers more.
    pub bound: i64,
    /// What is known about the plan.
    pub status: SitingStatus,
}

/// The plan of [`plan`] for one number of new offices, and nothing else.
///
/// # Errors
/// As [`plan`].
pub fn best(problem: &CoveringProblem, params: &SitingParams, new_office_count: u32) -> Result<BestPlan, SitingError> {
    constraints::check(problem, params)?;
    feasibility::fewest_offices(problem, params, new_office_count)?;
    let reduced = maximal_covering::reduced(problem, params);
    let solved = maximal_covering::Solver::new(&reduced, params)?.solve(new_office_count, None)?;
    let objective = certify(problem, params, new_office_count, &solved.sites)?.covered_weight;
    Ok(BestPlan { sites: solved.sites, objective, bound: solved.bound, status: solved.status })
}
