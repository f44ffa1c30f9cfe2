//! Scenarios beside the baseline, measure by measure.

use super::{Outcome, Settings};
use crate::flow::{Corridor, Route};
use crate::records::Commodity;
use crate::risk::route_risks;

/// One measure of one run.
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    /// Name with its unit, such as `exported_flow_kg_per_year`.
    pub measure: String,
    /// Its value; none where it does not apply.
    pub value: Option<f64>,
}

/// The measures of a run, always the same ones in the same order.
#[must_use]
pub fn compare(outcome: &Outcome, settings: &Settings) -> Vec<Effect> {
    let mut effects = Vec::new();
    let mut add = |measure: &str, value: Option<f64>| effects.push(Effect { measure: measure.to_owned(), value });
    for (flow, hazard) in outcome.flows.iter().zip(&outcome.link_hazards) {
        let name = flow.commodity.as_str();
        let total: f64 = flow.routes.iter().map(|route| route.flow_kg_per_year).sum();
        let risks = route_risks(&outcome.network, &flow.routes, hazard, hazard, hazard);
        let weighted = |value: &dyn Fn(usize) -> f64| -> f64 {
            flow.routes.iter().enumerate().map(|(ix, route)| route.flow_kg_per_year * value(ix)).sum()
        };
        let share = |sum: f64| (total > 0.0).then(|| sum / total);
        add(&format!("{name}_flow_kg_per_year"), Some(total));
        add(
            &format!("{name}_interdiction_probability"),
            share(weighted(&|ix| risks[ix].interdiction_probability.estimate)),
        );
        add(&format!("{name}_mean_route_length_km"), share(weighted(&|ix| flow.routes[ix].length_km)));
        if flow.commodity == Commodity::Opiates {
            for (group, value) in settings.flow.exit_groups.iter().zip(&flow.exit_shares) {
                add(&format!("first_crossing_{}_share", group.name.to_lowercase()), Some(*value));
            }
            let corridors = corridor_shares(&flow.routes, |route| route.flow_kg_per_year);
            for corridor in [Corridor::Balkan, Corridor::Northern, Corridor::Southern] {
                let name = corridor.as_str().to_lowercase();
                add(&format!("{name}_corridor_share"), corridors.get(&corridor).copied().or(Some(0.0)));
            }
        }
    }
    add("crossing_flow_covered_share", outcome.coverage.crossing_flow_covered_share);
    add("route_flow_met_share", outcome.coverage.route_flow_met_share);
    effects
}

/// Share of each corridor in the flow that leaves the source country; `flow_kg_per_year`: the flow on each route.
#[must_use]
pub fn corridor_shares(
    routes: &[Route],
    flow_kg_per_year: impl Fn(&Route) -> f64,
) -> std::collections::BTreeMap<Corridor, f64> {
    let mut kg = std::collections::BTreeMap::new();
    for route in routes.iter().filter(|route| route.corridor != Corridor::Domestic) {
        *kg.entry(route.corridor).or_insert(0.0) += flow_kg_per_year(route);
    }
    let total: f64 = kg.values().sum();
    kg.values_mut().for_each(|value| *value /= total.max(f64::MIN_POSITIVE));
    kg
}
