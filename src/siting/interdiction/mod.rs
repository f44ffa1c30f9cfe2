//! Offices against evaders who know where they are: stochastic network interdiction with most-reliable paths (SNIP).
//!
//! Symbols. Arc `a = (i, j)` is passed undetected with probability `p_a`, with an office at its site with `q_a <= p_a`.
//! The evader of trip `w = (o, d)`, which happens with weight `c_w`, takes the path with the largest product; with the
//! offices `S` that product is `theta_w(S)`. Minimise `sum_w c_w theta_w(S)` over the lawful `S`.
//!
//! Sources: Pan & Morton 2008 (Networks 52(3)); Morton, Pan & Saeger 2007 (IIE Transactions 39(1)); Towle & Luedtke 2018
//! (Operations Research 66(5)). See `docs/interdiction.md`.

pub(super) mod all_plans;
mod branching;
mod certificate;
pub(super) mod cut_search;
mod evader_cuts;
mod evader_graph;
mod evaders;
pub(super) mod improve;
pub(super) mod rules;
pub(super) mod stopwatch;
pub(super) mod work;

use super::{Optima, OptimaRequest, Rules, SitingError, SitingStatus};

/// One direction of a link, as evaders see it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EvasionArc {
    /// Node where it begins.
    pub from: u32,
    /// Node where it ends.
    pub to: u32,
    /// Probability to pass undetected, 0 to 1; 0 is a closed arc.
    pub evasion_probability: f64,
    /// The site whose office watches this arc, and the probability to pass it undetected then, 0 to
    /// `evasion_probability`; none when no office can watch it. One site may watch several arcs.
    pub watch: Option<Watch>,
}

/// What an office does to an arc.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Watch {
    /// Site, numbered from 0.
    pub site: u32,
    /// Probability to pass undetected when the site has an office.
    pub evasion_probability_with_office: f64,
}

/// A journey of an evader.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EvaderTrip {
    /// Node where it begins.
    pub origin: u32,
    /// Node where it ends.
    pub destination: u32,
    /// Its probability, or any other weight; finite, 0 or more.
    pub weight: f64,
}

/// Evaders on a network, and where offices may stand. Nodes are `0..node_count`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InterdictionProblem {
    /// Number of nodes.
    pub node_count: u32,
    /// Number of sites.
    pub site_count: u32,
    /// Arcs; parallel arcs are all kept.
    pub arcs: Vec<EvasionArc>,
    /// Trips; two with the same ends count both.
    pub trips: Vec<EvaderTrip>,
}

/// How long to search.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SearchLimits {
    /// Most branch-and-bound nodes. Default 20,000.
    pub node_count: u32,
    /// Most work, in steps of about a millisecond: iterations of the linear programs times their rows and columns, so
    /// that a search ends at the same place on every machine. Default: no limit.
    pub step_limit: u32,
    /// Stop when `(objective - bound) / objective` is no more than this. Default 1e-8.
    pub gap_share: f64,
    /// Most seconds; the answer may then differ from run to run. Default none.
    pub time_s: Option<f64>,
    /// All plans as good, when wanted: at most `node_count` choices, and 2 x 10^7 arcs, are looked at for them. Default none.
    pub optima: Option<OptimaRequest>,
}

impl SearchLimits {
    /// A plan within this share of its bound counts as proven.
    pub const PROVEN_SHARE: f64 = 1e-8;
}

impl Default for SearchLimits {
    fn default() -> Self {
        Self { node_count: 20_000, step_limit: u32::MAX, gap_share: Self::PROVEN_SHARE, time_s: None, optima: None }
    }
}

/// What the evader of a trip does in the end.
#[derive(Clone, Debug, PartialEq)]
pub struct TripOutcome {
    /// Probability to arrive undetected; 0 when there is no path.
    pub evasion_probability: f64,
    /// Probability to arrive undetected without any new office.
    pub evasion_probability_before: f64,
    /// Arcs of the safest path, in order; empty when there is none.
    pub path: Vec<u32>,
}

/// Answer of [`interdict_evaders`].
#[derive(Clone, Debug, PartialEq)]
pub struct InterdictionPlan {
    /// New offices, ascending.
    pub sites: Vec<u32>,
    /// Weighted evasion probability with them, by plain label setting on the whole network.
    pub objective: f64,
    /// No lawful plan is below this.
    pub bound: f64,
    /// `(objective - bound) / objective`; 0 when both are equal.
    pub gap_share: f64,
    /// Whether the gap is closed to the share asked for.
    pub status: SitingStatus,
    /// Weighted evasion probability without new offices.
    pub objective_before: f64,
    /// One a trip.
    pub trips: Vec<TripOutcome>,
    /// Trips without any path: their evasion is 0.
    pub unreachable_trips: Vec<u32>,
    /// Branch-and-bound nodes.
    pub node_count: u32,
    /// Cuts in the linear program at the end.
    pub cut_count: u32,
    /// Plans as good, when asked for.
    pub optima: Option<Optima>,
}

/// The offices that leave evaders the least chance, evaders knowing them (SNIP).
///
/// # Errors
/// [`SitingError`]: refused input, rules that collide, a solver failure.
pub fn interdict_evaders(
    problem: &InterdictionProblem,
    rules: &Rules,
    limits: SearchLimits,
) -> Result<InterdictionPlan, SitingError> {
    evaders::interdict(problem, rules, limits)
}
