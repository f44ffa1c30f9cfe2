//! What a set of Border Liaison Offices covers: which crossings they reach in time, how likely a consignment is
//! detected there, and how much modelled flow passes a covered crossing.
//!
//! Flow here is modelled flow, and seizures are not flow. Every probability of this room is an assumption of the run,
//! not an estimate from records.

mod catchment;
mod detection;
mod teams;

pub use catchment::catchment;
pub use detection::pair_detection_probability;
pub use teams::{Team, teams};

use crate::parallel::sum_in_order;
use crate::units::Probability;
use serde::{Deserialize, Serialize};

/// Travel times between posts inside one country. Post number = `2 * crossing_ix + side`; side 0 is the first of the
/// crossing's two countries.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    /// For each post, the posts reached without crossing a border and the hours it takes, sorted by post. A post that
    /// is on the network reaches itself in 0 h; a post that is not reaches nothing.
    pub within: Vec<Vec<(u32, f64)>>,
    /// The lists are complete up to this many hours.
    pub radius_h: f64,
}

/// Whether an office may act in the neighbouring country. It goes over its own crossing, then on that country's roads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CrossBorderResponse {
    /// Never: an office acts in its own country only.
    Never,
    /// Only when both posts of its crossing are staffed: it backs up its partner.
    #[default]
    WhenPaired,
    /// Always, also when nobody is on the other side.
    Always,
}

/// How detection fades with response time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DetectionDecay {
    /// The same within the whole radius.
    #[default]
    None,
    /// `d * (1 - time / radius)`: full at the office, zero at the radius.
    Linear,
}

/// Assumptions of [`measure`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CoverageParams {
    /// Longest travel time, in hours, at which an office still covers a post. Default 2.0 (assumption).
    pub response_radius_h: f64,
    /// Probability, 0 <= d < 1, that an office at its own post detects a consignment there. Default 0.05 (assumption).
    pub office_detection_probability: f64,
    /// How detection fades with response time. Default `none`.
    pub detection_decay: DetectionDecay,
    /// Whether an office may act across the border. Default `when_paired`.
    pub cross_border_response: CrossBorderResponse,
    /// Hours an office's team needs to pass the border at its own crossing. Default 0.5 (assumption).
    pub border_passage_h: f64,
}

impl Default for CoverageParams {
    fn default() -> Self {
        Self {
            response_radius_h: 2.0,
            office_detection_probability: 0.05,
            detection_decay: DetectionDecay::None,
            cross_border_response: CrossBorderResponse::WhenPaired,
            border_passage_h: 0.5,
        }
    }
}

/// An office at one post of a crossing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OfficePost {
    /// Index of the crossing.
    pub crossing_ix: u32,
    /// 0 or 1: the side of the crossing.
    pub side: u8,
}

impl OfficePost {
    /// Its post number, `2 * crossing_ix + side`.
    #[must_use]
    pub fn post(self) -> usize {
        2 * self.crossing_ix as usize + usize::from(self.side)
    }
}

/// Modelled flow over a crossing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CrossingLoad {
    /// kg a year, all directions together.
    pub flow_kg_per_year: f64,
}

/// A route and the flow on it.
#[derive(Clone, Copy, Debug)]
pub struct RouteLoad<'a> {
    /// The crossings it passes.
    pub crossing_ixs: &'a [u32],
    /// kg a year.
    pub flow_kg_per_year: f64,
}

/// What the offices do at one crossing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CrossingCoverage {
    /// Whether an office reaches the post of each side within the radius.
    pub is_side_covered: [bool; 2],
    /// Response time of the nearest office to each side's post; none beyond the radius.
    pub response_time_h: [Option<f64>; 2],
    /// Probability that a consignment is detected at this crossing.
    pub detection_probability: f64,
    /// `-ln(1 - detection_probability)`: the hazard the offices add to one traversal.
    pub added_hazard: f64,
}

impl CrossingCoverage {
    /// Whether an office reaches at least one of its posts.
    #[must_use]
    pub fn is_covered(&self) -> bool {
        self.is_side_covered != [false, false]
    }
}

/// Result of [`measure`]. Shares are none when there is nothing to share (no crossing, no flow).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Coverage {
    /// One entry a crossing, in the order of `loads`.
    pub crossings: Vec<CrossingCoverage>,
    /// Number of crossings covered.
    pub covered_crossing_count: u32,
    /// Their share of all crossings.
    pub covered_crossing_share: Option<f64>,
    /// Flow over covered crossings, kg a year; a route that passes two covered crossings counts twice.
    pub crossing_flow_covered_kg_per_year: f64,
    /// Its share of the flow over all crossings.
    pub crossing_flow_covered_share: Option<f64>,
    /// Flow on routes that pass at least one covered crossing, kg a year; each route counts once.
    pub route_flow_met_kg_per_year: f64,
    /// Its share of the flow on all routes, those that pass no crossing included.
    pub route_flow_met_share: Option<f64>,
}

/// Why [`measure`] refuses its input.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CoverageError {
    /// A parameter is out of its range.
    #[error("V001: {name} is {found}, expected {expected}")]
    Param {
        /// Parameter.
        name: &'static str,
        /// Its value.
        found: f64,
        /// What is allowed.
        expected: &'static str,
    },
    /// A table has the wrong length or names something that does not exist.
    #[error("V002: {what}: found {found}, expected {expected}")]
    Shape {
        /// Which table.
        what: &'static str,
        /// Found.
        found: usize,
        /// Expected (for an index: it must be below this).
        expected: usize,
    },
    /// A value is not finite, negative, or beyond 1 where it must not be.
    #[error("V003: {what} of row {row} is {found}, expected {expected}")]
    Value {
        /// Which value.
        what: &'static str,
        /// Row, from 0.
        row: usize,
        /// Its value.
        found: f64,
        /// What is allowed.
        expected: &'static str,
    },
    /// The travel times do not reach as far as the response radius.
    #[error(
        "V004: travel times are complete to {found_h} h, the response radius is {needed_h} h: compute them further"
    )]
    ReachTooShort {
        /// Hours the table is complete to.
        found_h: f64,
        /// Hours needed.
        needed_h: f64,
    },
}

/// What `offices` cover.
///
/// A post is covered when an office reaches it within `response_radius_h`. A crossing is covered when one of its posts
/// is. With `d_a`, `d_b` the best office on either side, detection is `best + c (joint - best)`, `best = max(d_a, d_b)`,
/// `joint = 1 - (1 - d_a)(1 - d_b)`, `c` the crossing's cooperation level: never worse than the better office alone.
/// Offices of one side do not add up: the nearest acts. An office that responds across the border over its own
/// crossing backs up the domestic office of that side by the same formula, `c` being that of its own crossing; alone it
/// covers the post only under [`CrossBorderResponse::Always`]. The better of these answers is taken, so adding an office
/// never lowers coverage or detection. An office named twice counts once.
///
/// `cooperation_of_crossing` and `loads` have one entry a crossing; `reach.within` two.
///
/// # Errors
/// [`CoverageError`] when a parameter, an index or a value is out of range.
///
/// ```
/// use corridor::coverage::{measure, CoverageParams, CrossingLoad, OfficePost, Reach};
/// let reach = Reach { within: vec![vec![(0, 0.0)], vec![(1, 0.0)]], radius_h: 4.0 };
/// let pair = [OfficePost { crossing_ix: 0, side: 0 }, OfficePost { crossing_ix: 0, side: 1 }];
/// let loads = [CrossingLoad { flow_kg_per_year: 120.0 }];
/// let coverage = measure(&pair, &reach, &[1.0], &loads, &[], &CoverageParams::default())?;
/// assert!((coverage.crossings[0].detection_probability - 0.0975).abs() < 1e-12);
/// # Ok::<(), corridor::coverage::CoverageError>(())
/// ```
pub fn measure(
    offices: &[OfficePost],
    reach: &Reach,
    cooperation_of_crossing: &[f64],
    loads: &[CrossingLoad],
    routes: &[RouteLoad<'_>],
    params: &CoverageParams,
) -> Result<Coverage, CoverageError> {
    catchment::check(offices, reach, params)?;
    check_loads(reach, cooperation_of_crossing, loads, routes)?;
    let crossings: Vec<CrossingCoverage> = detection::responses(offices, reach, cooperation_of_crossing, params)
        .into_iter()
        .map(|response| {
            let detection_probability = response.detection_probability;
            CrossingCoverage {
                is_side_covered: response.time_h.map(|time_h| time_h.is_some()),
                response_time_h: response.time_h,
                detection_probability,
                added_hazard: Probability::new(detection_probability).map_or(0.0, Probability::hazard),
            }
        })
        .collect();
    let covered_crossing_count = crossings.iter().filter(|crossing| crossing.is_covered()).count();
    let flows: Vec<(f64, bool)> =
        loads.iter().zip(&crossings).map(|(load, crossing)| (load.flow_kg_per_year, crossing.is_covered())).collect();
    let route_flows: Vec<(f64, bool)> = routes
        .iter()
        .map(|route| {
            let is_met = route.crossing_ixs.iter().any(|&crossing_ix| crossings[crossing_ix as usize].is_covered());
            (route.flow_kg_per_year, is_met)
        })
        .collect();
    let (crossing_flow_covered_kg_per_year, crossing_flow_covered_share) = marked_flow(&flows);
    let (route_flow_met_kg_per_year, route_flow_met_share) = marked_flow(&route_flows);
    Ok(Coverage {
        covered_crossing_count: covered_crossing_count as u32,
        covered_crossing_share: (!crossings.is_empty()).then(|| covered_crossing_count as f64 / crossings.len() as f64),
        crossings,
        crossing_flow_covered_kg_per_year,
        crossing_flow_covered_share,
        route_flow_met_kg_per_year,
        route_flow_met_share,
    })
}

/// The sum of the marked flows and its share of all.
fn marked_flow(flows: &[(f64, bool)]) -> (f64, Option<f64>) {
    let marked = sum_in_order(flows, |&(flow, is_marked)| if is_marked { flow } else { 0.0 });
    let all = sum_in_order(flows, |&(flow, _)| flow);
    (marked, (all > 0.0).then(|| marked / all))
}

fn check_loads(
    reach: &Reach,
    cooperation_of_crossing: &[f64],
    loads: &[CrossingLoad],
    routes: &[RouteLoad<'_>],
) -> Result<(), CoverageError> {
    let crossing_count = reach.within.len() / 2;
    for (what, found) in [("cooperation levels", cooperation_of_crossing.len()), ("crossing loads", loads.len())] {
        if found != crossing_count {
            return Err(CoverageError::Shape { what, found, expected: crossing_count });
        }
    }
    for (row, &level) in cooperation_of_crossing.iter().enumerate() {
        if !(0.0..=1.0).contains(&level) {
            return Err(CoverageError::Value { what: "cooperation level", row, found: level, expected: "0..=1" });
        }
    }
    let flows = loads.iter().map(|load| ("crossing flow", load.flow_kg_per_year)).enumerate();
    let route_flows = routes.iter().map(|route| ("route flow", route.flow_kg_per_year)).enumerate();
    for (row, (what, found)) in flows.chain(route_flows) {
        if !(found.is_finite() && found >= 0.0) {
            return Err(CoverageError::Value { what, row, found, expected: "a finite number >= 0" });
        }
    }
    match routes.iter().flat_map(|route| route.crossing_ixs).find(|&&ix| ix as usize >= crossing_count) {
        Some(&ix) => {
            Err(CoverageError::Shape { what: "crossing of a route", found: ix as usize, expected: crossing_count })
        }
        None => Ok(()),
    }
}
