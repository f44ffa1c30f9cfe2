//! Which assumptions decide: the ten highest crossings and the plan under the low and high value of each.

use super::evaluate::{Baseline, evaluate};
use super::world::reach;
use super::{Outcome, Plan, ScenarioError, SensitivityParams, Settings, World, make_plan};
use crate::network::SpeedRule;

/// An assumption of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Assumption {
    /// The speed rule, replaced by a uniform speed.
    Speed,
    /// Theta.
    RiskWeight,
    /// Opiate consignment.
    Consignment,
    /// Response radius.
    ResponseRadius,
    /// Capacity of off-road arcs.
    GreenCapacity,
}

impl Assumption {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Speed, Self::RiskWeight, Self::Consignment, Self::ResponseRadius, Self::GreenCapacity];

    /// Its config key, with the unit.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Speed => "uniform_speed_kmh (in place of the speed rule)",
            Self::RiskWeight => "risk_weight (theta)",
            Self::Consignment => "opiate consignment_kg",
            Self::ResponseRadius => "response_radius_h",
            Self::GreenCapacity => "green_border_capacity_kg_per_year",
        }
    }

    fn values(self, params: &SensitivityParams) -> [f64; 2] {
        match self {
            Self::Speed => params.uniform_speed_kmh,
            Self::RiskWeight => params.risk_weight,
            Self::Consignment => params.consignment_kg,
            Self::ResponseRadius => params.response_radius_h,
            Self::GreenCapacity => params.green_border_capacity_kg_per_year,
        }
    }

    fn baseline(self, settings: &Settings) -> Option<f64> {
        match self {
            Self::Speed => None,
            Self::RiskWeight => Some(settings.flow.cost.risk_weight),
            Self::Consignment => Some(settings.flow.cost.opiates.consignment_kg),
            Self::ResponseRadius => Some(settings.coverage.response_radius_h),
            Self::GreenCapacity => Some(settings.flow.choice.green_border_capacity_kg_per_year),
        }
    }

    fn set(self, settings: &mut Settings, value: f64) {
        match self {
            Self::Speed => {
                settings.network.speed_rule = SpeedRule::Uniform;
                settings.network.uniform_speed_kmh = value;
            }
            Self::RiskWeight => settings.flow.cost.risk_weight = value,
            Self::Consignment => settings.flow.cost.opiates.consignment_kg = value,
            Self::ResponseRadius => settings.coverage.response_radius_h = value,
            Self::GreenCapacity => settings.flow.choice.green_border_capacity_kg_per_year = value,
        }
    }
}

/// Whether a result stands under another value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// At least eight of the ten crossings and at least four fifths of the plan stay.
    Holds,
    /// Fewer, but at least half of each.
    Shifts,
    /// Fewer than half of the ten crossings, or of the plan, stay.
    Overturned,
}

impl Verdict {
    /// The word used in tables.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Shifts => "shifts",
            Self::Overturned => "overturned",
        }
    }
}

/// One run of the table.
#[derive(Clone, Debug)]
pub struct SensitivityRow {
    /// The assumption changed.
    pub assumption: Assumption,
    /// Its value in the baseline; none where a rule stands in its place.
    pub baseline_value: Option<f64>,
    /// Its value here.
    pub value: f64,
    /// The ten highest crossings here.
    pub top_crossing_ixs: Vec<u32>,
    /// How many of them are among the baseline's ten.
    pub kept_top_count: u32,
    /// The plan here.
    pub plan_crossing_ixs: Vec<u32>,
    /// How many of the baseline's plan are in it.
    pub kept_plan_count: u32,
    /// Flow over each crossing here, heroin equivalent, kg a year.
    pub weight_kg_per_year: Vec<f64>,
    /// What becomes of the baseline's result.
    pub verdict: Verdict,
}

/// Crossings listed.
const TOP: usize = 10;

/// The highest crossings of the planning countries by flow, ties to the lower index.
pub fn top_crossings(world: &World<'_>, settings: &Settings, weight_kg_per_year: &[f64]) -> Vec<u32> {
    let mut ixs: Vec<u32> = (0..weight_kg_per_year.len() as u32)
        .filter(|&ix| world.is_planned(&world.tables.crossings[ix as usize], &settings.candidates))
        .filter(|&ix| weight_kg_per_year[ix as usize] > 0.0)
        .collect();
    ixs.sort_by(|&a, &b| weight_kg_per_year[b as usize].total_cmp(&weight_kg_per_year[a as usize]).then(a.cmp(&b)));
    ixs.truncate(TOP);
    ixs
}

/// Two rows an assumption, low then high.
///
/// # Errors
/// When a run fails.
pub fn sensitivity(
    world: &World<'_>,
    settings: &Settings,
    params: &SensitivityParams,
    baseline: &Baseline,
    plan: &Plan,
) -> Result<Vec<SensitivityRow>, ScenarioError> {
    let base_top = top_crossings(world, settings, &baseline.outcome.weight_kg_per_year);
    let cases: Vec<(Assumption, f64)> = Assumption::ALL
        .iter()
        .flat_map(|&assumption| assumption.values(params).map(|value| (assumption, value)))
        .collect();
    // one after the other: each uses all threads, and two at once would hold the trees of two
    let run = |(assumption, value): (Assumption, f64)| {
        let mut changed = settings.clone();
        assumption.set(&mut changed, value);
        let changed_reach = (assumption == Assumption::Speed).then(|| {
            let network =
                crate::network::retime(&world.network, world.tables.links, world.tables.crossings, &changed.network);
            reach(&network, world.tables.crossings, world.reach.radius_h)
        });
        let rerun: Option<Outcome> = if assumption == Assumption::ResponseRadius {
            None // flow does not depend on it
        } else {
            Some(evaluate(world, &changed, baseline, None, &[])?)
        };
        let outcome = rerun.as_ref().unwrap_or(&baseline.outcome);
        let new_plan = make_plan(world, &changed, changed_reach.as_ref().unwrap_or(&world.reach), outcome)?;
        let top_crossing_ixs = top_crossings(world, &changed, &outcome.weight_kg_per_year);
        let kept = |base: &[u32], here: &[u32]| base.iter().filter(|ix| here.contains(ix)).count() as u32;
        let kept_top_count = kept(&base_top, &top_crossing_ixs);
        let kept_plan_count = kept(&plan.crossing_ixs, &new_plan.crossing_ixs);
        Ok(SensitivityRow {
            assumption,
            baseline_value: assumption.baseline(settings),
            value,
            verdict: verdict(kept_top_count, base_top.len(), kept_plan_count, plan.crossing_ixs.len()),
            top_crossing_ixs,
            kept_top_count,
            plan_crossing_ixs: new_plan.crossing_ixs,
            kept_plan_count,
            weight_kg_per_year: outcome.weight_kg_per_year.clone(),
        })
    };
    cases.into_iter().map(run).collect()
}

fn verdict(kept_top: u32, top: usize, kept_plan: u32, plan: usize) -> Verdict {
    let share = |kept: u32, of: usize| if of == 0 { 1.0 } else { f64::from(kept) / of as f64 };
    let least = share(kept_top, top).min(share(kept_plan, plan));
    if least >= 0.8 {
        Verdict::Holds
    } else if least >= 0.5 {
        Verdict::Shifts
    } else {
        Verdict::Overturned
    }
}
