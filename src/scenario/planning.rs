//! The siting problem of an outcome, and the plan for new offices.

use super::evaluate::{measure_all, pair};
use super::world::can_hold_office;
use super::{Outcome, ScenarioError, Settings, World, plan_offices};
use crate::coverage::{Coverage, OfficePost, Reach, catchment};
use crate::records::{Crossing, CrossingStatus};
use crate::siting::{Conflict, CoveringProblem, Infeasible, SitingError, SitingPlan, plan, weight_g_per_year};

/// New offices for an outcome.
#[derive(Debug)]
pub struct Plan {
    /// The crossing of each candidate site.
    pub site_crossing_ixs: Vec<u32>,
    /// Crossings that count as demand.
    pub demand_crossing_ixs: Vec<u32>,
    /// The crossings chosen, in ascending order.
    pub crossing_ixs: Vec<u32>,
    /// The plan.
    pub siting: SitingPlan,
    /// Coverage by existing and new offices.
    pub coverage: Coverage,
}

/// Candidate sites and demands of an outcome as crossings, and the covering problem over them.
#[derive(Clone, Debug)]
pub struct SiteProblem {
    /// The crossing of each site; crossings with an office that works are among them.
    pub site_crossing_ixs: Vec<u32>,
    /// The crossing of each demand.
    pub demand_crossing_ixs: Vec<u32>,
    /// Weights in g a year, sites as pairs of offices.
    pub covering: CoveringProblem,
}

impl SiteProblem {
    /// The crossings of `sites`.
    #[must_use]
    pub fn crossing_ixs(&self, sites: &[u32]) -> Vec<u32> {
        sites.iter().map(|&site| self.site_crossing_ixs[site as usize]).collect()
    }

    /// The weights of the demands, g a year, where `weight_kg_per_year` is that of each crossing.
    #[must_use]
    pub fn weights(&self, weight_kg_per_year: &[f64]) -> Vec<i64> {
        let of = |&ix: &u32| weight_g_per_year(weight_kg_per_year[ix as usize]).unwrap_or(0);
        self.demand_crossing_ixs.iter().map(of).collect()
    }

    /// The same sites and demands under other weights of the crossings.
    #[must_use]
    pub fn reweighted(&self, weight_kg_per_year: &[f64]) -> CoveringProblem {
        CoveringProblem { weights: self.weights(weight_kg_per_year), ..self.covering.clone() }
    }

    /// Names in place of numbers.
    pub(super) fn named(&self, error: SitingError, crossings: &[Crossing]) -> ScenarioError {
        let SitingError::Infeasible(Infeasible { conflicts, .. }) = &error else { return error.into() };
        let id = |site: u32| &crossings[self.site_crossing_ixs[site as usize] as usize].id;
        let mut text = error.to_string();
        for conflict in conflicts {
            let named = match conflict {
                Conflict::Required { site } => format!("{} is required", id(*site)),
                Conflict::Forbidden { site } => format!("{} is forbidden", id(*site)),
                _ => continue,
            };
            text = text.replacen(&conflict.to_string(), &named, 1);
        }
        ScenarioError::NoPlan(text)
    }
}

/// The siting problem of an outcome: pairs of offices at official, open crossings of the planning countries; demand is
/// the weighted flow over their crossings.
///
/// # Errors
/// When a required crossing cannot hold an office.
pub fn site_problem(
    world: &World<'_>,
    settings: &Settings,
    reach: &Reach,
    outcome: &Outcome,
) -> Result<SiteProblem, ScenarioError> {
    let candidates = &settings.candidates;
    let planned = |ix: &u32| world.is_planned(&outcome.crossings[*ix as usize], candidates);
    let all = 0..outcome.crossings.len() as u32;
    let demand_crossing_ixs: Vec<u32> = all.clone().filter(planned).collect();
    let existing = |ix: u32| -> Vec<OfficePost> {
        world.existing_offices.iter().copied().filter(|office| office.crossing_ix == ix).collect()
    };
    let site_crossing_ixs: Vec<u32> = all
        .filter(|&ix| {
            let crossing = &outcome.crossings[ix as usize];
            let is_open = crossing.status != CrossingStatus::Closed;
            !existing(ix).is_empty() || (planned(&ix) && can_hold_office(crossing) && is_open)
        })
        .collect();
    let required = &candidates.required_crossing_ids;
    let cannot: Vec<String> = required
        .iter()
        .filter(|id| !site_crossing_ixs.iter().any(|&ix| outcome.crossings[ix as usize].id == **id))
        .cloned()
        .collect();
    if !cannot.is_empty() {
        return Err(ScenarioError::CannotHoldOffice(cannot));
    }
    let mut demand_of_crossing = vec![None; outcome.crossings.len()];
    for (demand, &ix) in demand_crossing_ixs.iter().enumerate() {
        demand_of_crossing[ix as usize] = Some(demand as u32);
    }
    let mut covers = Vec::new();
    for &ix in &site_crossing_ixs {
        let here = existing(ix);
        let offices = if here.is_empty() { pair(ix).to_vec() } else { here };
        let covered = catchment(&offices, reach, &settings.coverage)?;
        let mut demands: Vec<u32> = covered.into_iter().filter_map(|ix| demand_of_crossing[ix as usize]).collect();
        demands.sort_unstable();
        demands.dedup();
        covers.push(demands);
    }
    let id_of = |ix: u32| &outcome.crossings[ix as usize].id;
    let covering = CoveringProblem {
        weights: demand_crossing_ixs
            .iter()
            .map(|&ix| weight_g_per_year(outcome.weight_kg_per_year[ix as usize]).unwrap_or(0))
            .collect(),
        covers,
        existing: site_crossing_ixs.iter().map(|&ix| !existing(ix).is_empty()).collect(),
        required: site_crossing_ixs.iter().map(|&ix| candidates.required_crossing_ids.contains(id_of(ix))).collect(),
        forbidden: site_crossing_ixs.iter().map(|&ix| candidates.forbidden_crossing_ids.contains(id_of(ix))).collect(),
        country_of_site: site_crossing_ixs
            .iter()
            .map(|&ix| outcome.crossings[ix as usize].countries.to_vec())
            .collect(),
        ..CoveringProblem::default()
    };
    Ok(SiteProblem { site_crossing_ixs, demand_crossing_ixs, covering })
}

/// The best new offices for an outcome: paired, at official crossings of the planning countries, so that most weighted
/// flow over their crossings is within the response radius.
///
/// # Errors
/// When the constraints cannot be met.
pub fn make_plan(
    world: &World<'_>,
    settings: &Settings,
    reach: &Reach,
    outcome: &Outcome,
) -> Result<Plan, ScenarioError> {
    let problem = site_problem(world, settings, reach, outcome)?;
    let siting = plan(&problem.covering, &settings.siting).map_err(|error| problem.named(error, &outcome.crossings))?;
    let crossing_ixs: Vec<u32> = problem.crossing_ixs(&siting.sites);
    let mut offices = outcome.offices.clone();
    offices.extend(plan_offices(&crossing_ixs));
    offices.sort_unstable();
    offices.dedup();
    let coverage = measure_all(reach, world, settings, &offices, &outcome.weight_kg_per_year, &outcome.flows)?;
    let SiteProblem { site_crossing_ixs, demand_crossing_ixs, .. } = problem;
    Ok(Plan { site_crossing_ixs, demand_crossing_ixs, crossing_ixs, siting, coverage })
}
