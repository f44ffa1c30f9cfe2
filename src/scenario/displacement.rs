//! Where flow goes after offices open.

use super::Outcome;
use crate::records::Commodity;

/// Change of opiate flow over one crossing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CrossingShift {
    /// The crossing.
    pub crossing_ix: u32,
    /// Flow before, kg a year.
    pub before_kg_per_year: f64,
    /// Flow after, kg a year.
    pub after_kg_per_year: f64,
    /// Whether the offices of the second run cover it.
    pub is_covered: bool,
}

impl CrossingShift {
    /// After less before.
    #[must_use]
    pub fn change_kg_per_year(&self) -> f64 {
        self.after_kg_per_year - self.before_kg_per_year
    }
}

/// Displacement between two runs.
#[derive(Clone, Debug)]
pub struct Displacement {
    /// Every crossing with flow in either run.
    pub shifts: Vec<CrossingShift>,
    /// Flow gained over flow lost, summed over crossings: 1 = all of it moved to other crossings, less when routes come to
    /// pass fewer crossings. None when nothing was lost.
    pub balloon_index: Option<f64>,
    /// Net change at crossings that the offices cover, kg a year, summed over crossings.
    pub covered_change_kg_per_year: f64,
    /// Net change at crossings that no office covers, kg a year, summed over crossings.
    pub uncovered_change_kg_per_year: f64,
    /// Share of the flow over the crossings of the planning countries that lies at covered ones, before traffickers react.
    pub covered_share_before: Option<f64>,
    /// The same once they have.
    pub covered_share_after: Option<f64>,
}

/// Opiate flow by crossing in `after` against `before`; `is_planned`: the crossings of the planning countries.
///
/// Balloon index = gains over all crossings divided by losses over all crossings (the "balloon effect": pressure at
/// one place raises traffic at another).
#[must_use]
pub fn displacement(before: &Outcome, after: &Outcome, is_planned: impl Fn(u32) -> bool) -> Displacement {
    let flow_of = |outcome: &Outcome, ix: usize| {
        let opiates = outcome.flows.iter().find(|flow| flow.commodity == Commodity::Opiates);
        opiates.map_or(0.0, |flow| flow.crossing_flow_kg_per_year[ix])
    };
    let shifts: Vec<CrossingShift> = (0..before.crossings.len())
        .map(|ix| CrossingShift {
            crossing_ix: ix as u32,
            before_kg_per_year: flow_of(before, ix),
            after_kg_per_year: flow_of(after, ix),
            is_covered: after.coverage.crossings[ix].is_covered(),
        })
        .filter(|shift| shift.before_kg_per_year > 0.0 || shift.after_kg_per_year > 0.0)
        .collect();
    let sum = |keep: &dyn Fn(&CrossingShift) -> bool| -> f64 {
        // + 0.0: the sum of nothing is -0.0
        shifts.iter().filter(|shift| keep(shift)).map(|shift| shift.change_kg_per_year().abs()).sum::<f64>() + 0.0
    };
    let net = |is_covered: bool| -> f64 {
        shifts.iter().filter(|shift| shift.is_covered == is_covered).map(CrossingShift::change_kg_per_year).sum::<f64>()
            + 0.0
    };
    let share = |kg: fn(&CrossingShift) -> f64| {
        let planned = || shifts.iter().filter(|shift| is_planned(shift.crossing_ix));
        let all: f64 = planned().map(kg).sum();
        let covered: f64 = planned().filter(|shift| shift.is_covered).map(kg).sum();
        (all > 0.0).then(|| covered / all)
    };
    let gained = sum(&|shift| shift.change_kg_per_year() > 0.0);
    let lost = sum(&|shift| shift.change_kg_per_year() < 0.0);
    Displacement {
        balloon_index: (lost > 0.0).then(|| gained / lost),
        covered_change_kg_per_year: net(true),
        uncovered_change_kg_per_year: net(false),
        covered_share_before: share(|shift| shift.before_kg_per_year),
        covered_share_after: share(|shift| shift.after_kg_per_year),
        shifts,
    }
}
