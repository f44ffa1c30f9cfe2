//! Trips between origins and destinations: doubly constrained gravity model.
//!
//! `T_od = A_o B_d O_o D_d f(c_od)`, `f(c) = exp(-beta c / mean c)` (Wilson 1967, "A statistical theory of spatial
//! distribution models", Transportation Research 1); `A` and `B` by Furness iteration (iterative proportional fitting).

use crate::records::Iso3;
use serde::{Deserialize, Serialize};

/// An origin or a destination joined to the network.
#[derive(Clone, Debug, PartialEq)]
pub struct Terminal {
    /// Identifier.
    pub id: String,
    /// The destination (or origin) it stands for; several terminals may share one.
    pub group_id: String,
    /// Name for people.
    pub name: String,
    /// Its country, or none outside the region.
    pub country: Option<Iso3>,
    /// Its node.
    pub node: u32,
    /// Distance from its stated position to the node.
    pub snap_distance_km: f64,
    /// What leaves or arrives in a year.
    pub flow_kg_per_year: f64,
}

/// Parameters of the gravity model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TripParams {
    /// Beta: how strongly cost deters, for each mean cost (assumption).
    pub deterrence: f64,
    /// Most rounds of balancing.
    pub largest_round_count: u32,
    /// Balancing ends when totals are met to this relative error.
    pub tolerance: f64,
}

impl Default for TripParams {
    fn default() -> Self {
        Self { deterrence: 1.0, largest_round_count: 500, tolerance: 1e-9 }
    }
}

/// Balanced trips.
#[derive(Clone, Debug)]
pub struct Balanced {
    /// Row by row, origin by origin.
    pub flow_kg_per_year: Vec<f64>,
    /// Destinations with their scaled totals.
    pub destinations: Vec<Terminal>,
    /// Origins' total over destinations' total.
    pub demand_scale_factor: f64,
    /// Largest relative error left in a destination's total.
    pub residual: f64,
}

/// Spreads the origins' totals over the destinations.
///
/// `least_cost[o * destinations + d]` in USD, `None` = unreachable (no trips). Destination totals are scaled to the
/// origins' total; a destination no origin reaches is left out of the scaling and gets nothing.
#[must_use]
pub fn balance(
    origins: &[Terminal],
    destinations: &[Terminal],
    least_cost: &[Option<f64>],
    params: &TripParams,
) -> Balanced {
    let width = destinations.len();
    let reachable: Vec<f64> = least_cost.iter().flatten().copied().collect();
    let mean_usd = (reachable.iter().sum::<f64>() / reachable.len().max(1) as f64).max(f64::MIN_POSITIVE);
    // less each origin's least cost: its balancing factor takes that up, and far origins do not underflow
    let mut flow: Vec<f64> = least_cost
        .chunks(width.max(1))
        .flat_map(|row| {
            let nearest_usd = row.iter().flatten().copied().fold(f64::INFINITY, f64::min);
            row.iter()
                .map(move |cost| cost.map_or(0.0, |usd| (-params.deterrence * (usd - nearest_usd) / mean_usd).exp()))
        })
        .collect();
    let supply: f64 = origins.iter().map(|origin| origin.flow_kg_per_year).sum();
    let is_reached = |to: usize| least_cost.iter().skip(to).step_by(width).any(Option::is_some);
    let reached: Vec<bool> = (0..width).map(is_reached).collect();
    let wanted: f64 =
        destinations.iter().zip(&reached).filter(|(_, reached)| **reached).map(|(to, _)| to.flow_kg_per_year).sum();
    let demand_scale_factor = if wanted > 0.0 { supply / wanted } else { 0.0 };
    let destinations: Vec<Terminal> = destinations
        .iter()
        .zip(&reached)
        .map(|(to, &reached)| Terminal {
            flow_kg_per_year: if reached { to.flow_kg_per_year * demand_scale_factor } else { 0.0 },
            ..to.clone()
        })
        .collect();
    let mut residual = f64::INFINITY;
    for _ in 0..params.largest_round_count {
        for (to, destination) in destinations.iter().enumerate() {
            let column: f64 = flow.iter().skip(to).step_by(width).sum();
            let factor = if column > 0.0 { destination.flow_kg_per_year / column } else { 0.0 };
            flow.iter_mut().skip(to).step_by(width).for_each(|trips| *trips *= factor);
        }
        for (row, origin) in flow.chunks_mut(width).zip(origins) {
            let total: f64 = row.iter().sum();
            let factor = if total > 0.0 { origin.flow_kg_per_year / total } else { 0.0 };
            row.iter_mut().for_each(|trips| *trips *= factor);
        }
        residual = (0..width)
            .filter(|&to| destinations[to].flow_kg_per_year > 0.0)
            .map(|to| {
                let column: f64 = flow.iter().skip(to).step_by(width).sum();
                (column / destinations[to].flow_kg_per_year - 1.0).abs()
            })
            .fold(0.0, f64::max);
        if residual <= params.tolerance {
            break;
        }
    }
    Balanced { flow_kg_per_year: flow, destinations, demand_scale_factor, residual }
}
