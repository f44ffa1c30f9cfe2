//! Generalised cost of a consignment on an arc.

use crate::network::{Avoid, CLOSED, Network, arcs_avoided};
use crate::records::{Commodity, Crossing};
use crate::units::Cost;
use serde::{Deserialize, Serialize};

/// What a consignment of one commodity is worth and weighs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsignmentParams {
    /// Weight of one consignment, kg (assumption).
    pub consignment_kg: f64,
    /// Value lost with each kilogram seized, USD/kg.
    pub value_usd_per_kg: f64,
    /// Value of an hour under way, USD/h (assumption).
    pub time_value_usd_per_h: f64,
    /// Cost of a kilometre, USD/km (assumption).
    pub distance_cost_usd_per_km: f64,
}

/// Parameters of the generalised cost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CostParams {
    /// Theta: how many dollars a trafficker gives up to avoid one dollar of expected loss (assumption).
    pub risk_weight: f64,
    /// Opiates, in heroin equivalent.
    pub opiates: ConsignmentParams,
    /// Acetic anhydride.
    pub precursors: ConsignmentParams,
}

impl Default for CostParams {
    fn default() -> Self {
        Self {
            risk_weight: 0.5,
            opiates: ConsignmentParams {
                consignment_kg: 20.0,
                value_usd_per_kg: 3000.0,
                time_value_usd_per_h: 20.0,
                distance_cost_usd_per_km: 1.0,
            },
            precursors: ConsignmentParams {
                consignment_kg: 1000.0,
                value_usd_per_kg: 20.0,
                time_value_usd_per_h: 20.0,
                distance_cost_usd_per_km: 1.0,
            },
        }
    }
}

impl CostParams {
    /// The consignment of a commodity.
    #[must_use]
    pub fn of(&self, commodity: Commodity) -> &ConsignmentParams {
        match commodity {
            Commodity::Opiates => &self.opiates,
            Commodity::Precursors => &self.precursors,
        }
    }
}

/// Cost of every arc in thousandths of a dollar:
/// `c_a = time value * time + distance cost * length + theta * h_a * consignment * value per kg`.
///
/// `hazard[l]` is h of link `l`, expected interdictions of one consignment on it.
#[must_use]
pub fn arc_costs_usd(network: &Network, hazard: &[f64], consignment: &ConsignmentParams, risk_weight: f64) -> Vec<u32> {
    let loss_usd = risk_weight * consignment.consignment_kg * consignment.value_usd_per_kg;
    network.arc_costs(|link| {
        let usd = consignment.time_value_usd_per_h * network.time_h(link)
            + consignment.distance_cost_usd_per_km * network.length_km(link)
            + loss_usd * hazard[link as usize];
        usd * Cost::PER_USD
    })
}

/// [`arc_costs_usd`] of one commodity, with the crossings closed to it ([`Crossing::closed_to`]) closed.
#[must_use]
pub fn commodity_costs_usd(
    network: &Network,
    crossings: &[Crossing],
    hazard: &[f64],
    commodity: Commodity,
    params: &CostParams,
) -> Vec<u32> {
    let mut costs = arc_costs_usd(network, hazard, params.of(commodity), params.risk_weight);
    for arc in arcs_avoided(network, Avoid::ClosedTo(crossings, commodity)) {
        costs[arc as usize] = CLOSED;
    }
    costs
}
