//! Offices against evaders who choose among routes by logit: displacement is part of the answer, a plan by local search.

use super::interdiction::{OfficeRules, SearchLimits};
use super::{SitingError, SitingStatus};

/// A route of a trip.
#[derive(Clone, Debug, PartialEq)]
pub struct LogitRoute {
    /// Utility without new offices.
    pub utility: f64,
    /// Hazard without new offices: the evasion probability is `exp(-hazard)`.
    pub hazard: f64,
    /// Sites whose office acts on the route, ascending, with the hazard each adds, 0 or more.
    pub added_hazard: Vec<(u32, f64)>,
}

/// A trip and the routes it may take.
#[derive(Clone, Debug, PartialEq)]
pub struct LogitTrip {
    /// Weight, 0 or more.
    pub weight: f64,
    /// Routes; a trip without any has evasion 0.
    pub routes: Vec<LogitRoute>,
}

/// Trips that re-route by logit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LogitProblem {
    /// Number of sites.
    pub site_count: u32,
    /// Trips.
    pub trips: Vec<LogitTrip>,
    /// What a unit of hazard takes from a route's utility, 0 or more.
    pub utility_per_hazard: f64,
}

/// Answer of [`interdict_logit_evaders`].
#[derive(Clone, Debug, PartialEq)]
pub struct LogitPlan {
    /// New offices, ascending.
    pub sites: Vec<u32>,
    /// Weighted expected evasion after re-routing.
    pub objective: f64,
    /// No lawful plan is below this.
    pub bound: f64,
    /// `(objective - bound) / objective`; 0 when both are equal.
    pub gap_share: f64,
    /// Whether the bound meets the objective.
    pub status: SitingStatus,
    /// Weighted expected evasion without new offices.
    pub objective_before: f64,
    /// Weighted evasion with the plan if every evader took the safest route of its set instead.
    pub safest_route_objective: f64,
    /// Least `safest_route_objective` of any lawful plan (the SNIP value over the same routes), proven bound.
    pub safest_route_bound: f64,
    /// For each trip, the share of each route after the plan.
    pub route_shares: Vec<Vec<f64>>,
}

/// A plan against evaders who re-route by logit over given routes.
///
/// # Errors
/// [`SitingError`]: refused input, rules that collide, a solver failure.
pub fn interdict_logit_evaders(
    problem: &LogitProblem,
    rules: &OfficeRules,
    limits: SearchLimits,
) -> Result<LogitPlan, SitingError> {
    let _ = (problem, rules, limits);
    Err(SitingError::Certificate("not built yet".into()))
}
