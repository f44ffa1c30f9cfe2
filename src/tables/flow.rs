//! Tables of flow: crossings, routes, pairs, terminals and published shares.

use super::{Labels, Table};
use crate::flow::{Corridor, Flow, FlowParams};
use crate::network::Network;
use crate::records::{Commodity, RouteShare};
use crate::risk::{Risk, RouteRisk};
use crate::scenario::{Baseline, Plan, SensitivityRow, World, corridor_shares};
use std::collections::BTreeMap;

/// The order of crossings by weighted flow, highest first, ties by index.
fn by_weight(weight_kg_per_year: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..weight_kg_per_year.len()).collect();
    order.sort_by(|&a, &b| weight_kg_per_year[b].total_cmp(&weight_kg_per_year[a]).then(a.cmp(&b)));
    order
}

/// Every crossing with its flow, hazard and coverage, highest flow first.
#[must_use]
pub fn crossings(world: &World<'_>, baseline: &Baseline, plan: &Plan, sensitivity: &[SensitivityRow]) -> Table {
    let outcome = &baseline.outcome;
    let order = by_weight(&outcome.weight_kg_per_year);
    let all = || order.iter().copied();
    let crossing = |ix: usize| &world.tables.crossings[ix];
    let on = |ix: usize, value: f64| crossing(ix).link_ix.map(|_| value);
    let flow_of = |commodity: Commodity, ix: usize| -> f64 {
        let of = outcome.flows.iter().filter(|flow| flow.commodity == commodity);
        of.map(|flow| flow.crossing_flow_kg_per_year[ix]).sum()
    };
    let range = |ix: usize, pick: fn(f64, f64) -> f64| {
        sensitivity.iter().map(|row| row.weight_kg_per_year[ix]).fold(outcome.weight_kg_per_year[ix], pick)
    };
    let opiates: &Risk = &baseline.risks[0];
    let coverage = |ix: usize| &outcome.coverage.crossings[ix];
    let response = |ix: usize, side: usize| coverage(ix).response_time_h[side];
    Table::new(
        "crossings",
        "Border crossings by modelled flow",
        "Flow: modelled, both directions, baseline year; weighted = opiates plus the heroin the precursors can make. Low \
         and high: range over the sensitivity runs, not a confidence interval. Hazard: level 3, interval as configured; \
         inherited = the crossing has too few records of its own. Seizures are not flow.",
    )
    .integer("rank", "Rank by weighted flow", (1..).take(order.len()))
    .text("crossing_id", "Identifier", all().map(|ix| crossing(ix).id.as_str()))
    .text("name", "Name", all().map(|ix| crossing(ix).name.as_str()))
    .text("iso3_a", "First country", all().map(|ix| crossing(ix).countries[0].as_str()))
    .text("iso3_b", "Second country", all().map(|ix| crossing(ix).countries[1].as_str()))
    .real("lon", "Degrees east", 5, all().map(|ix| crossing(ix).position.lon))
    .real("lat", "Degrees north", 5, all().map(|ix| crossing(ix).position.lat))
    .text("mode", "road, rail, ferry, sea or green (off-road)", all().map(|ix| crossing(ix).mode.as_str()))
    .text("status", "open, restricted, closed or unofficial", all().map(|ix| crossing(ix).status.as_str()))
    .text("flag", "ok, unnamed or no_road_within_15km (then not in the network)", all().map(|ix| crossing(ix).flag.as_str()))
    .text("verification", "Whether a page naming it was opened", all().map(|ix| crossing(ix).verification.as_str()))
    .optional_real("opiate_flow_kg_per_year", "Heroin equivalent; empty = not on the network", 1, all().map(|ix| on(ix, flow_of(Commodity::Opiates, ix))))
    .optional_real("precursor_flow_kg_per_year", "Acetic anhydride", 1, all().map(|ix| on(ix, flow_of(Commodity::Precursors, ix))))
    .optional_real("weighted_flow_kg_per_year", "Heroin equivalent of both", 1, all().map(|ix| on(ix, outcome.weight_kg_per_year[ix])))
    .optional_real("weighted_flow_low_kg_per_year", "Lowest over the sensitivity runs", 1, all().map(|ix| on(ix, range(ix, f64::min))))
    .optional_real("weighted_flow_high_kg_per_year", "Highest over the sensitivity runs", 1, all().map(|ix| on(ix, range(ix, f64::max))))
    .optional_real("hazard", "Expected interdictions of an opiate consignment at the crossing, level 3", 5, all().map(|ix| opiates.crossing_hazard[ix].map(|hazard| hazard.estimate)))
    .optional_real("hazard_low", "Lower end", 5, all().map(|ix| opiates.crossing_hazard[ix].map(|hazard| hazard.low)))
    .optional_real("hazard_high", "Upper end", 5, all().map(|ix| opiates.crossing_hazard[ix].map(|hazard| hazard.high)))
    .integer("own_case_count", "Opiate seizure cases recorded at the crossing itself", all().map(|ix| i64::from(opiates.own_case_count[ix])))
    .flag("is_hazard_inherited", "Whether the hazard is its segment's", all().map(|ix| opiates.is_inherited[ix]))
    .flag("is_covered", "Whether an existing office reaches a post in time", all().map(|ix| coverage(ix).is_covered()))
    .optional_real("response_time_a_h", "From the nearest office to the first post", 2, all().map(|ix| response(ix, 0)))
    .optional_real("response_time_b_h", "From the nearest office to the second post", 2, all().map(|ix| response(ix, 1)))
    .flag("is_covered_by_plan", "Whether existing or planned offices reach a post in time", all().map(|ix| plan.coverage.crossings[ix].is_covered()))
}

/// Every route of every pair with its risk.
#[must_use]
pub fn routes(labels: &Labels<'_>, flow: &Flow, risks: &[RouteRisk], params: &FlowParams) -> Table {
    let all = || flow.routes.iter();
    let with_risk = || flow.routes.iter().zip(risks);
    let group = |ix: Option<u32>| ix.map(|ix| params.exit_groups[ix as usize].name.clone());
    let name = format!("routes_{}", flow.commodity);
    let mut rank = 0;
    let mut last = (u32::MAX, u32::MAX);
    let ranks: Vec<i64> = all()
        .map(|route| {
            let pair = (route.origin_ix, route.destination_ix);
            rank = if pair == last { rank + 1 } else { 1 };
            last = pair;
            rank
        })
        .collect();
    Table::new(
        &name,
        &format!("Routes of {} and their risk", flow.commodity),
        "Modelled flow on different routes of each pair. Interdiction probability = 1 - exp(-sum of hazards), hazard at \
         the level stated in the segment table; its ends add up the ends of the segments' intervals.",
    )
    .text("origin_id", "Origin", all().map(|route| flow.origins[route.origin_ix as usize].id.as_str()))
    .text("destination_id", "Destination", all().map(|route| flow.destinations[route.destination_ix as usize].id.as_str()))
    .integer("route_rank", "Number of the route within its pair; 1 = least generalised cost", ranks)
    .real("flow_kg_per_year", "Flow", 3, all().map(|route| route.flow_kg_per_year))
    .real("share", "Share of the pair's trips", 6, all().map(|route| route.share))
    .real("uncalibrated_share", "The same before calibration", 6, all().map(|route| route.uncalibrated_share))
    .real("length_km", "Length", 1, all().map(|route| route.length_km))
    .real("travel_time_h", "Time with delays, estimated", 2, all().map(|route| route.time_h))
    .real("generalised_cost_usd", "Of one consignment", 2, all().map(|route| route.cost_usd))
    .real("path_size", "1 = shares nothing with the pair's other routes", 4, all().map(|route| route.path_size))
    .optional_text("first_crossing_group", "Neighbour group of the first exit from Afghanistan, or of the first entry (precursors)", all().map(|route| group(route.exit_group)))
    .text("corridor", "Corridor by the rule in the methods", all().map(|route| route.corridor.as_str()))
    .text("crossing_ids", "Crossings in order", all().map(|route| labels.ids(&route.crossing_ixs)))
    .real("hazard", "Expected interdictions", 5, with_risk().map(|(_, risk)| risk.hazard.estimate))
    .real("interdiction_probability", "Probability of interdiction", 5, with_risk().map(|(_, risk)| risk.interdiction_probability.estimate))
    .real("interdiction_probability_low", "Lower end", 5, with_risk().map(|(_, risk)| risk.interdiction_probability.low))
    .real("interdiction_probability_high", "Upper end", 5, with_risk().map(|(_, risk)| risk.interdiction_probability.high))
    .real("evasion_probability", "Probability of passing", 5, with_risk().map(|(_, risk)| risk.evasion_probability()))
}

/// Every pair, unreachable ones included.
#[must_use]
pub fn pairs(flow: &Flow, risks: &[RouteRisk]) -> Table {
    let mut of_pair: BTreeMap<(u32, u32), (i64, f64, f64)> = BTreeMap::new();
    for (route, risk) in flow.routes.iter().zip(risks) {
        let entry = of_pair.entry((route.origin_ix, route.destination_ix)).or_default();
        entry.0 += 1;
        entry.1 += route.share * risk.interdiction_probability.estimate;
        entry.2 = entry.2.max(1.0 - risk.interdiction_probability.estimate);
    }
    let all = || flow.pairs.iter();
    let at = |origin_ix: u32, destination_ix: u32| of_pair.get(&(origin_ix, destination_ix)).copied();
    Table::new(
        &format!("pairs_{}", flow.commodity),
        &format!("Trips of {} by origin and destination", flow.commodity),
        "Doubly constrained gravity model. A pair that cannot be reached has no cost and no trips.",
    )
    .text("origin_id", "Origin", all().map(|pair| flow.origins[pair.origin_ix as usize].id.as_str()))
    .text(
        "destination_id",
        "Destination",
        all().map(|pair| flow.destinations[pair.destination_ix as usize].id.as_str()),
    )
    .flag("is_reachable", "Whether there is a route", all().map(|pair| pair.least_cost_usd.is_some()))
    .real("flow_kg_per_year", "Flow", 3, all().map(|pair| pair.flow_kg_per_year))
    .optional_real(
        "least_generalised_cost_usd",
        "Of the cheapest route without off-road arcs",
        2,
        all().map(|pair| pair.least_cost_usd),
    )
    .integer(
        "route_count",
        "Routes compared",
        all().map(|pair| at(pair.origin_ix, pair.destination_ix).map_or(0, |entry| entry.0)),
    )
    .optional_real(
        "interdiction_probability",
        "Mean over routes by share",
        5,
        all().map(|pair| at(pair.origin_ix, pair.destination_ix).map(|entry| entry.1)),
    )
    .optional_real(
        "safest_evasion_probability",
        "Of the safest route compared",
        5,
        all().map(|pair| at(pair.origin_ix, pair.destination_ix).map(|entry| entry.2)),
    )
}

/// Origins and destinations as joined to the network.
#[must_use]
pub fn terminals(flows: &[Flow]) -> Table {
    let rows: Vec<_> = flows
        .iter()
        .flat_map(|flow| {
            let of = |role: &'static str, terminals: &'_ [crate::flow::Terminal]| {
                terminals.iter().map(|terminal| (flow.commodity, role, terminal.clone())).collect::<Vec<_>>()
            };
            [of("origin", &flow.origins), of("destination", &flow.destinations)].concat()
        })
        .collect();
    Table::new(
        "terminals",
        "Origins and destinations on the network",
        "Destination totals are scaled to what the origins produce. The distance to the node is not travelled in the model.",
    )
    .text("commodity", "Commodity", rows.iter().map(|row| row.0.as_str()))
    .text("role", "origin or destination", rows.iter().map(|row| row.1))
    .text("terminal_id", "Identifier", rows.iter().map(|row| row.2.id.as_str()))
    .text("group_id", "Destination it stands for", rows.iter().map(|row| row.2.group_id.as_str()))
    .text("name", "Name", rows.iter().map(|row| row.2.name.as_str()))
    .real("flow_kg_per_year", "What leaves or arrives", 1, rows.iter().map(|row| row.2.flow_kg_per_year))
    .real("snap_distance_km", "From the stated position to the network", 1, rows.iter().map(|row| row.2.snap_distance_km))
}

/// Published shares of flow beside the modelled ones. Shares of seizures are another quantity: they have no modelled
/// value here.
#[must_use]
pub fn shares(published: &[RouteShare], flow: &Flow, params: &FlowParams) -> Table {
    let trips: BTreeMap<(u32, u32), f64> =
        flow.pairs.iter().map(|pair| ((pair.origin_ix, pair.destination_ix), pair.flow_kg_per_year)).collect();
    let corridors = corridor_shares(&flow.routes, |route| route.flow_kg_per_year);
    let uncalibrated = corridor_shares(&flow.routes, |route| {
        let kg = trips.get(&(route.origin_ix, route.destination_ix)).copied().unwrap_or(0.0);
        route.uncalibrated_share * kg
    });
    let of_group = |member: &str, shares: &[f64]| -> Option<f64> {
        let parts: Vec<f64> = params
            .exit_groups
            .iter()
            .zip(shares)
            .filter(|(group, _)| group.name == member || group.part_of == member)
            .map(|(_, share)| *share)
            .collect();
        (!parts.is_empty()).then(|| parts.iter().sum())
    };
    let of_corridor = |member: &str, shares: &BTreeMap<Corridor, f64>| {
        let known = [Corridor::Local, Corridor::Balkan, Corridor::Northern, Corridor::Southern];
        known.into_iter().find(|corridor| corridor.as_str() == member).map(|c| shares.get(&c).copied().unwrap_or(0.0))
    };
    let modelled = |row: &RouteShare, is_calibrated: bool| -> Option<f64> {
        let share = match (row.quantity.as_str(), row.kind.as_str()) {
            ("flow", "first_crossing") => {
                of_group(&row.member, if is_calibrated { &flow.exit_shares } else { &flow.uncalibrated_exit_shares })
            }
            ("flow", "route") => of_corridor(&row.member, if is_calibrated { &corridors } else { &uncalibrated }),
            _ => None,
        };
        share.map(|share| 100.0 * share)
    };
    let error = |row: &RouteShare| modelled(row, true).map(|percent| percent - row.share_percent);
    let free_parameters = params.exit_groups.len().saturating_sub(1) as i64;
    Table::new(
        "shares",
        "Published and modelled shares of opiate flow",
        &format!(
            "Modelled shares are of flow that leaves Afghanistan. Free parameters of the fit: {free_parameters} (one \
             constant for each first-crossing group but one). Rows used for calibration are met by construction; rows \
             used for validation were not seen by the fit. Shares of seizures are another quantity and are listed for \
             comparison only."
        ),
    )
    .text("share_id", "Identifier", published.iter().map(|row| row.id.as_str()))
    .text("kind", "first_crossing or route", published.iter().map(|row| row.kind.as_str()))
    .text("member", "Neighbour group or corridor", published.iter().map(|row| row.member.as_str()))
    .text("quantity", "flow or seizures", published.iter().map(|row| row.quantity.as_str()))
    .integer("year", "Year of the published share", published.iter().map(|row| i64::from(row.year)))
    .real("published_percent", "Published share", 1, published.iter().map(|row| row.share_percent))
    .optional_real(
        "uncalibrated_percent",
        "Modelled before calibration",
        1,
        published.iter().map(|row| modelled(row, false)),
    )
    .optional_real("calibrated_percent", "Modelled", 1, published.iter().map(|row| modelled(row, true)))
    .optional_real("error_points", "Modelled less published", 1, published.iter().map(error))
    .text("used_for", "calibration, validation or comparison", published.iter().map(|row| row.used_for.as_str()))
    .text("source_id", "Source", published.iter().map(|row| row.source_id.as_str()))
}

/// The links that carry most, for the map file: links above `least_share` of the largest link flow.
#[must_use]
pub fn top_links(network: &Network, flow: &Flow, least_share: f64) -> Vec<u32> {
    let largest = flow.link_flow_kg_per_year.iter().copied().fold(0.0, f64::max);
    (0..network.link_count() as u32)
        .filter(|&link| {
            let kg = flow.link_flow_kg_per_year[link as usize];
            kg > 0.0 && kg >= least_share * largest
        })
        .collect()
}
