//! What planners ask beyond one best plan: alternatives, the worth of each site, and offices opened in phases.

use super::coalition::cooperation_study;
use super::draws::posterior_draws;
use super::robust::{equity_study, frontier_study, regret_study, view};
use super::{
    Baseline, CooperationStudy, Draws, EquityStudy, FrontierStudy, Outcome, Patch, Plan, RegretStudy, ScenarioError,
    Settings, SiteProblem, World, site_problem,
};
use crate::siting::{
    BestPlan, NearOptimal, NearOptimalParams, Nested, Phase, SiteValue, SitingError, least_weight_within, near_optimal,
    nested, site_values,
};
use serde::{Deserialize, Serialize};

/// Parameters of [`study`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StudyParams {
    /// Draws of the hazards from their posterior.
    pub draws: u32,
    /// Seed of the draws.
    pub seed: u32,
    /// Draws, the first ones, in which routes are searched anew.
    pub searched_draws: u32,
    /// Plans within so many per cent of the best are counted as near-optimal.
    pub within_percent: f64,
    /// Most near-optimal plans listed.
    pub listed_plans: u32,
    /// Most steps of the count of near-optimal plans.
    pub count_step_limit: u32,
    /// New offices open at the end of each phase.
    pub phases: Vec<u32>,
    /// Weight of each phase.
    pub phase_weights: Vec<u32>,
    /// Shares of opiates in the joint objective with precursors.
    pub opiate_shares: Vec<f64>,
    /// New posts that each country can staff in the comparison of cooperation.
    pub posts_per_country: u32,
    /// Least share of its own flow that each planning country must have covered in the plan of the equity table.
    pub least_country_share: f64,
}

impl Default for StudyParams {
    fn default() -> Self {
        Self {
            draws: 200,
            seed: 1,
            searched_draws: 200,
            within_percent: 5.0,
            listed_plans: 100,
            count_step_limit: 1_000_000,
            phases: vec![2, 5, 10],
            phase_weights: vec![1, 1, 1],
            opiate_shares: vec![0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0],
            posts_per_country: 3,
            least_country_share: 0.0,
        }
    }
}

impl StudyParams {
    /// The phases with their weights.
    #[must_use]
    pub fn rollout(&self) -> Vec<Phase> {
        let pair = |(&new_office_count, &weight): (&u32, &u32)| Phase { new_office_count, weight };
        self.phases.iter().zip(&self.phase_weights).map(pair).collect()
    }
}

/// Answers about one plan.
#[derive(Clone, Debug)]
pub struct PlanStudy {
    /// The parameters.
    pub params: StudyParams,
    /// Most new offices of the plan.
    pub new_office_count: u32,
    /// The sites as crossings, and the problem.
    pub problem: SiteProblem,
    /// Least weight of a near-optimal plan, g a year.
    pub near_weight: i64,
    /// The near-optimal plans.
    pub near: NearOptimal,
    /// The worth of each site.
    pub values: Vec<SiteValue>,
    /// Offices opened in phases.
    pub nested: Nested,
    /// Plans under draws of the hazards.
    pub draws: Draws,
    /// Regret over the scenarios.
    pub regret: RegretStudy,
    /// Equity among the planning countries.
    pub equity: EquityStudy,
    /// Opiates against precursors.
    pub frontier: FrontierStudy,
    /// The value of planning together.
    pub cooperation: CooperationStudy,
}

/// What is looked at.
#[derive(Clone, Copy)]
pub struct StudyRequest<'a> {
    /// What runs share.
    pub world: &'a World<'a>,
    /// The parameters of the stages.
    pub settings: &'a Settings,
    /// The parameters of the study.
    pub params: &'a StudyParams,
    /// The baseline.
    pub baseline: &'a Baseline,
    /// The best plan for it.
    pub plan: &'a Plan,
    /// Scenarios with their outcomes.
    pub scenarios: &'a [(Patch, Outcome)],
    /// Called with the name of each part when it is done.
    pub progress: &'a dyn Fn(&str),
}

/// Looks at the best plan of a baseline from all sides.
///
/// # Errors
/// When the limits cannot be met in the last phase, no plan keeps the least share that was asked for, or the solver fails.
pub fn study(request: &StudyRequest<'_>) -> Result<PlanStudy, ScenarioError> {
    let StudyRequest { world, settings, params, baseline, plan, scenarios, progress } = *request;
    let outcome = &baseline.outcome;
    let problem = site_problem(world, settings, &world.reach, outcome)?;
    let named = |error: SitingError| problem.named(error, &outcome.crossings);
    let siting = &settings.siting;
    let near_weight = least_weight_within(plan.siting.objective, params.within_percent);
    let wanted = NearOptimalParams {
        least_weight: near_weight,
        listed_count: params.listed_plans as usize,
        step_limit: params.count_step_limit.into(),
    };
    let near = near_optimal(&problem.covering, siting, &wanted);
    let values = site_values(&problem.covering, siting, &plan.siting.sites).map_err(named)?;
    let nested = nested(&problem.covering, siting, &params.rollout()).map_err(named)?;
    progress("alternatives, worth of sites and phases");
    let planned = BestPlan {
        sites: plan.siting.sites.clone(),
        objective: plan.siting.objective,
        bound: plan.siting.bound,
        status: plan.siting.status,
    };
    let equity = equity_study(&problem, settings, params, outcome, &planned)?;
    let frontier = frontier_study(&problem, settings, params, outcome)?;
    let mut views = vec![view(&problem, settings, outcome, None)?];
    for (patch, outcome) in scenarios {
        views.push(view(&problem, settings, outcome, Some(patch))?);
    }
    let regret = regret_study(&problem, settings, views, &plan.siting.sites)?;
    progress("equity, frontier and regret");
    let cooperation = cooperation_study(world, settings, params, outcome, &problem)?;
    progress("cooperation");
    let draws = posterior_draws(world, settings, params, baseline, &problem, &plan.siting.sites)?;
    progress("draws of the hazards");
    Ok(PlanStudy {
        params: params.clone(),
        new_office_count: siting.new_office_count,
        near_weight,
        near,
        values,
        nested,
        draws,
        regret,
        equity,
        frontier,
        cooperation,
        problem,
    })
}
