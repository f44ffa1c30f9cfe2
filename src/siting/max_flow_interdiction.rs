//! Max-flow interdiction (Wood 1993, Mathematical and Computer Modelling 17(2)): which arcs to remove, within a budget,
//! so that the least flow is left.

use super::interdiction::SearchLimits;
use super::{SitingError, SitingStatus};

/// A directed arc.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CapacityArc {
    /// Node where it begins.
    pub from: u32,
    /// Node where it ends.
    pub to: u32,
    /// Capacity, finite, 0 or more.
    pub capacity: f64,
    /// What its removal costs, whole, 0 or more; none = cannot be removed.
    pub removal_cost: Option<i64>,
}

/// Flow from `sources` to `sinks`. Nodes are `0..node_count`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MaxFlowProblem {
    /// Number of nodes.
    pub node_count: u32,
    /// Arcs; parallel arcs are all kept.
    pub arcs: Vec<CapacityArc>,
    /// Where flow starts.
    pub sources: Vec<u32>,
    /// Where flow ends.
    pub sinks: Vec<u32>,
    /// Most that the removals cost together.
    pub budget: i64,
    /// Arcs that must not be removed, ascending.
    pub forbidden: Vec<u32>,
    /// Arcs that must be removed, ascending.
    pub required: Vec<u32>,
}

/// Answer of [`reduce_max_flow`].
#[derive(Clone, Debug, PartialEq)]
pub struct MaxFlowPlan {
    /// Removed arcs, ascending.
    pub arcs: Vec<u32>,
    /// Greatest flow left.
    pub objective: f64,
    /// No lawful removal leaves less than this.
    pub bound: f64,
    /// `(objective - bound) / objective`; 0 when both are equal.
    pub gap_share: f64,
    /// Whether it is proven.
    pub status: SitingStatus,
    /// Greatest flow before.
    pub objective_before: f64,
    /// Flow left on each arc.
    pub flow: Vec<f64>,
    /// Arcs of the least cut after the removals.
    pub cut: Vec<u32>,
}

/// The removals within budget that leave the least flow.
///
/// # Errors
/// [`SitingError`]: refused input, a solver failure.
pub fn reduce_max_flow(problem: &MaxFlowProblem, limits: SearchLimits) -> Result<MaxFlowPlan, SitingError> {
    let _ = (problem, limits);
    Err(SitingError::Certificate("not built yet".into()))
}
