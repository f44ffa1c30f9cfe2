//! Scenarios: named patches on the inputs, each run through flow, coverage and siting and compared with the baseline.

mod coalition;
mod compare;
mod displacement;
mod draws;
mod evaluate;
mod patch;
mod planning;
mod robust;
mod sensitivity;
mod study;
mod world;

pub use coalition::{Arrangement, CoalitionValue, CooperationStudy};
pub use compare::{Effect, compare, corridor_shares};
pub use displacement::{CrossingShift, Displacement, displacement};
pub use draws::{CheckedDraw, Draw, Draws, Frequency, frequency, uniform};
pub use evaluate::{Baseline, Outcome, assess_baseline, evaluate, plan_offices};
pub use patch::{Patch, PatchError};
pub use planning::{Plan, SiteProblem, make_plan, site_problem};
pub use robust::{EquityPoint, EquityStudy, FrontierPoint, FrontierStudy, PlanRegret, RegretStudy, ScenarioView};
pub use sensitivity::{Assumption, SensitivityRow, Verdict, sensitivity, top_crossings};
pub use study::{PlanStudy, StudyParams, StudyRequest, study};
pub use world::{World, WorldTables};

use crate::coverage::{CoverageError, CoverageParams};
use crate::flow::{FlowError, FlowParams};
use crate::network::{NetworkError, NetworkParams};
use crate::records::Iso3;
use crate::risk::RiskParams;
use crate::siting::{SitingError, SitingParams};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Which crossings are watched and which may get an office.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CandidateParams {
    /// Crossings of these countries are the demand and the candidate sites (the coalition that plans together).
    pub countries: Vec<Iso3>,
    /// Offices known to be open by this year count as existing.
    pub office_year: i32,
    /// Weight of a kilogram of precursor beside a kilogram of heroin equivalent: the heroin it can make.
    pub precursor_weight: f64,
    /// Crossings that must get an office.
    pub required_crossing_ids: Vec<String>,
    /// Crossings that must not.
    pub forbidden_crossing_ids: Vec<String>,
}

impl Default for CandidateParams {
    fn default() -> Self {
        Self {
            countries: vec![crate::records::AFG, crate::records::IRN, crate::records::PAK],
            office_year: 2026,
            precursor_weight: 0.5,
            required_crossing_ids: Vec::new(),
            forbidden_crossing_ids: Vec::new(),
        }
    }
}

/// The low and high value of each assumption in the sensitivity table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SensitivityParams {
    /// Uniform road speeds that replace the speed rule, km/h.
    pub uniform_speed_kmh: [f64; 2],
    /// Theta.
    pub risk_weight: [f64; 2],
    /// Opiate consignment, kg.
    pub consignment_kg: [f64; 2],
    /// Response radius, h.
    pub response_radius_h: [f64; 2],
    /// Capacity of an off-road arc, kg a year.
    pub green_border_capacity_kg_per_year: [f64; 2],
}

impl Default for SensitivityParams {
    fn default() -> Self {
        Self {
            uniform_speed_kmh: [30.0, 70.0],
            risk_weight: [0.0, 1.0],
            consignment_kg: [5.0, 50.0],
            response_radius_h: [1.0, 4.0],
            green_border_capacity_kg_per_year: [200.0, 10_000.0],
        }
    }
}

/// The parameters of every stage a scenario runs through.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Settings {
    /// Year whose flow is modelled.
    pub baseline_year: i32,
    /// Network.
    pub network: NetworkParams,
    /// Flow.
    pub flow: FlowParams,
    /// Risk.
    pub risk: RiskParams,
    /// Coverage.
    pub coverage: CoverageParams,
    /// Siting.
    pub siting: SitingParams,
    /// Candidate sites.
    pub candidates: CandidateParams,
}

/// Why a scenario could not be run.
#[derive(Debug, Error)]
pub enum ScenarioError {
    /// The network.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// Trips or routes.
    #[error(transparent)]
    Flow(#[from] FlowError),
    /// Coverage.
    #[error(transparent)]
    Coverage(#[from] CoverageError),
    /// Siting.
    #[error(transparent)]
    Siting(#[from] SitingError),
    /// No plan meets the constraints; sites are named.
    #[error("{0}")]
    NoPlan(String),
    /// The patch.
    #[error(transparent)]
    Patch(#[from] PatchError),
    /// Places that could not be joined to the network.
    #[error("C001: {} places could not be joined to the network: {}; move them or raise flow.terminals.snap_radius_km", .0.len(), .0.join("; "))]
    NotJoined(Vec<String>),
    /// Only some exit groups have a published share to be fitted to.
    #[error("C003: no calibration share of flow for the first-crossing groups {}; give every group one in route_shares.csv, or none", .0.join(", "))]
    MissingShares(Vec<String>),
    /// A required crossing cannot hold an office.
    #[error("C004: candidates.required_crossing_ids names crossings that cannot hold an office: {}; they must be official, open, on the network and of the planning countries", .0.join(", "))]
    CannotHoldOffice(Vec<String>),
    /// A forbidden crossing has an office already.
    #[error("S005: candidates.forbidden_crossing_ids names crossings that have an office already: {}; forbidding is for new offices, so take them off the list; or to plan as if that office were not there, set candidates.office_year before the year it opened", .0.join(", "))]
    ForbiddenHasOffice(Vec<String>),
    /// A crossing named in the config does not exist.
    #[error("C002: {key} names crossings that do not exist: {}; see crossings.csv", ids.join(", "))]
    UnknownCrossings {
        /// The config key.
        key: &'static str,
        /// The names.
        ids: Vec<String>,
    },
}
