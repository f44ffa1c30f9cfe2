//! Shortest-path interdiction (Israeli & Wood 2002, Networks 40(2)): which arcs to lengthen or remove, within a budget,
//! so that the shortest path becomes as long as possible.

use super::interdiction::SearchLimits;
use super::{SitingError, SitingStatus};

/// What the attacker can do to an arc.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Attack {
    /// Nothing.
    Spared,
    /// Adds a length.
    Lengthen(f64),
    /// Takes the arc away.
    Remove,
}

/// A directed arc.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LengthArc {
    /// Node where it begins.
    pub from: u32,
    /// Node where it ends.
    pub to: u32,
    /// Length, 0 or more, any unit.
    pub length: f64,
    /// What the attacker can do to it.
    pub attack: Attack,
    /// What that costs, whole, 0 or more.
    pub attack_cost: i64,
}

/// One evader from `origin` to `destination`. Nodes are `0..node_count`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShortestPathProblem {
    /// Number of nodes.
    pub node_count: u32,
    /// Arcs; parallel arcs are all kept.
    pub arcs: Vec<LengthArc>,
    /// Where the evader starts.
    pub origin: u32,
    /// Where the evader goes.
    pub destination: u32,
    /// Most that the attacks cost together.
    pub budget: i64,
    /// Arcs that must not be attacked, ascending.
    pub forbidden: Vec<u32>,
    /// Arcs that must be attacked, ascending.
    pub required: Vec<u32>,
}

/// Answer of [`lengthen_shortest_path`]. Lengths are infinite when the destination is cut off.
#[derive(Clone, Debug, PartialEq)]
pub struct ShortestPathPlan {
    /// Attacked arcs, ascending.
    pub arcs: Vec<u32>,
    /// Length of the shortest path then.
    pub objective: f64,
    /// No lawful attack makes it longer than this.
    pub bound: f64,
    /// `(bound - objective) / objective`; 0 when both are equal.
    pub gap_share: f64,
    /// Whether it is proven.
    pub status: SitingStatus,
    /// Length before.
    pub objective_before: f64,
    /// Arcs of the shortest path then; empty when there is none.
    pub path: Vec<u32>,
    /// Branch-and-bound nodes.
    pub node_count: u32,
}

/// The attack within budget after which the shortest path is longest.
///
/// # Errors
/// [`SitingError`]: refused input, a solver failure.
pub fn lengthen_shortest_path(
    problem: &ShortestPathProblem,
    limits: SearchLimits,
) -> Result<ShortestPathPlan, SitingError> {
    let _ = (problem, limits);
    Err(SitingError::Certificate("not built yet".into()))
}
