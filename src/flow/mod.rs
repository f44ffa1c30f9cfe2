//! Trips and the routes they take: `flow_kg_per_year` on every route, link and crossing.

mod choice;
mod corridors;
mod cost;
mod loading;
mod pool;
mod search;
mod terminals;
mod trips;

pub use choice::{ChoiceParams, path_sizes};
pub use corridors::{Corridor, ExitGroup, classify};
pub use cost::{ConsignmentParams, CostParams, arc_costs_usd, commodity_costs_usd};
pub use loading::{Loading, Trips, load_all_or_nothing, load_efficient_routes, load_k_routes, path_size_shares};
pub use pool::RoutePool;
pub use search::Searched;
pub use terminals::{TerminalParams, Terminals, TripTables, terminals};
pub use trips::{Terminal, TripParams, balance};

use crate::network::{AlternativesParams, Network};
use crate::parallel::accumulate_in_order;
use crate::records::{Commodity, Crossing, Iso3};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use thiserror::Error;

/// Parameters of [`assign`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FlowParams {
    /// Value of time, distance and risk.
    pub cost: CostParams,
    /// Where trips begin and end.
    pub terminals: TerminalParams,
    /// How trips are spread over pairs.
    pub trips: TripParams,
    /// Which routes are compared.
    pub alternatives: AlternativesParams,
    /// How a consignment chooses among them.
    pub choice: ChoiceParams,
    /// The country whose exits are grouped.
    pub source_country: Iso3,
    /// Neighbours by the name of their first-crossing group.
    pub exit_groups: Vec<ExitGroup>,
}

impl Default for FlowParams {
    fn default() -> Self {
        Self {
            cost: CostParams::default(),
            terminals: TerminalParams::default(),
            trips: TripParams::default(),
            alternatives: AlternativesParams::default(),
            choice: ChoiceParams::default(),
            source_country: crate::records::AFG,
            exit_groups: corridors::default_exit_groups(),
        }
    }
}

/// Why flow could not be assigned: all problems at once.
#[derive(Debug, Error)]
pub enum FlowError {
    /// Origins from which no destination can be reached.
    #[error(
        "F001: {}: found no way from {} to any destination of {commodity}; expected a way over open links; open a \
         crossing, add the missing link to network/links.csv, or move the origin's place",
        origin_column(*commodity),
        names.join(", ")
    )]
    IsolatedOrigins {
        /// The commodity.
        commodity: Commodity,
        /// The origins.
        names: Vec<String>,
    },
    /// The network refused the search.
    #[error(transparent)]
    Network(#[from] crate::network::NetworkError),
    /// Nothing to move.
    #[error(
        "F002: {} and reference/demand.csv: found no origin or no destination of {commodity} with a positive quantity; \
         expected at least one of each in the baseline year; see quarantine for rows set aside, or choose another \
         baseline_year",
        origin_column(*commodity)
    )]
    NoTrips {
        /// The commodity.
        commodity: Commodity,
    },
}

/// Where the origins of a commodity are tabled, for messages.
const fn origin_column(commodity: Commodity) -> &'static str {
    match commodity {
        Commodity::Opiates => "reference/production.csv, column adm1",
        Commodity::Precursors => "reference/supply_precursors.csv, column origin_id",
    }
}

/// What is to be moved.
#[derive(Clone, Debug)]
pub struct Demanded<'a> {
    /// The commodity.
    pub commodity: Commodity,
    /// Where it comes from, with what leaves each in a year.
    pub origins: &'a [Terminal],
    /// Where it goes, with what arrives at each in a year (scaled to the origins' total).
    pub destinations: &'a [Terminal],
    /// Constants of the exit groups.
    pub calibration: Calibration<'a>,
}

/// Where the constants of the exit groups come from.
#[derive(Clone, Copy, Debug)]
pub enum Calibration<'a> {
    /// Fitted to the published share of flow of each group (shares that sum to 1).
    Fit(&'a [f64]),
    /// Given: those of another run, or none (all 0).
    Hold(&'a [f64]),
}

/// One route of one pair with the flow on it.
#[derive(Clone, Debug)]
pub struct Route {
    /// Index of the origin.
    pub origin_ix: u32,
    /// Index of the destination.
    pub destination_ix: u32,
    /// Arcs in order of travel.
    pub arcs: Vec<u32>,
    /// Generalised cost of one consignment, USD.
    pub cost_usd: f64,
    /// Length.
    pub length_km: f64,
    /// Time with delays.
    pub time_h: f64,
    /// Crossings passed, in order.
    pub crossing_ixs: Vec<u32>,
    /// First-crossing group, when the route leaves the source country.
    pub exit_group: Option<u32>,
    /// Trafficking corridor it belongs to.
    pub corridor: Corridor,
    /// Path size in 0..1 (1 = shares nothing).
    pub path_size: f64,
    /// Share of the pair's trips before calibration; where the constants were held, the same as `share`.
    pub uncalibrated_share: f64,
    /// Share of the pair's trips.
    pub share: f64,
    /// Flow.
    pub flow_kg_per_year: f64,
}

/// Trips of one pair.
#[derive(Clone, Debug)]
pub struct Pair {
    /// Index of the origin.
    pub origin_ix: u32,
    /// Index of the destination.
    pub destination_ix: u32,
    /// Least generalised cost, USD; none = not reachable.
    pub least_cost_usd: Option<f64>,
    /// Flow.
    pub flow_kg_per_year: f64,
}

/// The assigned flow of one commodity.
#[derive(Clone, Debug)]
pub struct Flow {
    /// The commodity.
    pub commodity: Commodity,
    /// Origins.
    pub origins: Vec<Terminal>,
    /// Destinations, their totals scaled to the origins'.
    pub destinations: Vec<Terminal>,
    /// Factor by which destination totals were scaled.
    pub demand_scale_factor: f64,
    /// Largest relative error left in a destination's total.
    pub trip_residual: f64,
    /// Trips of every pair, unreachable ones included.
    pub pairs: Vec<Pair>,
    /// Routes of every pair with trips.
    pub routes: Vec<Route>,
    /// Flow on each link, both directions together.
    pub link_flow_kg_per_year: Vec<f64>,
    /// Flow through each crossing.
    pub crossing_flow_kg_per_year: Vec<f64>,
    /// Share of exported flow by exit group before calibration; empty when constants of another run were held.
    pub uncalibrated_exit_shares: Vec<f64>,
    /// Share of exported flow by exit group.
    pub exit_shares: Vec<f64>,
    /// Constant of each exit group in the utility, first group 0.
    pub exit_constants: Vec<f64>,
    /// Largest difference left between exit shares and their targets.
    pub calibration_residual: f64,
    /// Largest excess of flow over capacity left on an off-road arc, relative.
    pub capacity_residual: f64,
    /// The searches behind it, to be used again where costs are the same.
    pub searched: Arc<Searched>,
}

/// Crossing of each link, or `u32::MAX`.
#[must_use]
pub fn crossing_of_links(network: &Network, crossings: &[Crossing]) -> Vec<u32> {
    let mut of_link = vec![u32::MAX; network.link_count()];
    for (crossing_ix, crossing) in crossings.iter().enumerate() {
        if let Some(link) = crossing.link_ix {
            of_link[link as usize] = crossing_ix as u32;
        }
    }
    of_link
}

/// Spreads trips over pairs, finds each pair's routes and loads them.
///
/// Trips: doubly constrained gravity model ([`balance`]). Routes: [`crate::network::alternatives()`], the cheapest
/// without off-road arcs and a few over one of them. Choice: path-size logit with one constant for each exit group but
/// the first, fitted or held, and a multiplier for each off-road arc that holds its flow under the stated capacity.
/// `hazard[l]`: expected interdictions of one consignment on link `l`.
///
/// # Errors
/// When nothing is to be moved, or an origin reaches no destination.
pub fn assign(
    network: &Network,
    crossings: &[Crossing],
    demanded: &Demanded<'_>,
    hazard: &[f64],
    params: &FlowParams,
) -> Result<Flow, FlowError> {
    assign_again(network, crossings, demanded, hazard, params, None)
}

/// As [`assign`]; where costs, times, terminals and rules of `known` are the same, its searches are used again. The result is
/// the same either way.
///
/// # Errors
/// As [`assign`].
pub fn assign_again(
    network: &Network,
    crossings: &[Crossing],
    demanded: &Demanded<'_>,
    hazard: &[f64],
    params: &FlowParams,
    known: Option<&Arc<Searched>>,
) -> Result<Flow, FlowError> {
    let commodity = demanded.commodity;
    if demanded.origins.is_empty() || demanded.destinations.is_empty() {
        return Err(FlowError::NoTrips { commodity });
    }
    let costs = commodity_costs_usd(network, crossings, hazard, commodity, &params.cost);
    let exits = corridors::Exits::new(network, crossings, params, commodity);
    let nodes = |terminals: &[Terminal]| terminals.iter().map(|terminal| terminal.node).collect::<Vec<_>>();
    let nodes = (nodes(demanded.origins), nodes(demanded.destinations));
    let rules = (commodity, params.source_country, params.exit_groups.clone());
    let is_same = |known: &&Arc<Searched>| {
        known.costs == costs
            && known.nodes == nodes
            && known.alternatives == params.alternatives
            && known.exits == rules
            && known.time_h == network.times_h()
    };
    let searched = match known.filter(is_same) {
        Some(known) => Arc::clone(known),
        None => Arc::new(search::search(network, crossings, demanded, &exits, costs, nodes, params)?),
    };
    load(network, crossings, demanded, params, searched, exits.count())
}

/// As [`assign`] with the routes of `pool` that a search at the costs of `hazard` would keep: nothing is searched, so a
/// route that is not in the pool is missed. Trips, calibration and capacities are as in [`assign`].
///
/// # Errors
/// As [`assign`].
pub fn assign_pooled(
    network: &Network,
    crossings: &[Crossing],
    demanded: &Demanded<'_>,
    hazard: &[f64],
    params: &FlowParams,
    pool: &RoutePool,
) -> Result<Flow, FlowError> {
    let costs = commodity_costs_usd(network, crossings, hazard, demanded.commodity, &params.cost);
    let exits = corridors::Exits::new(network, crossings, params, demanded.commodity);
    load(network, crossings, demanded, params, Arc::new(pool.at_costs(network, costs)), exits.count())
}

/// Spreads trips over pairs and routes that are known.
fn load(
    network: &Network,
    crossings: &[Crossing],
    demanded: &Demanded<'_>,
    params: &FlowParams,
    searched: Arc<Searched>,
    exit_count: usize,
) -> Result<Flow, FlowError> {
    let commodity = demanded.commodity;
    let isolated: Vec<String> = searched
        .least_cost
        .chunks(demanded.destinations.len())
        .zip(demanded.origins)
        .filter(|(row, _)| row.iter().all(Option::is_none))
        .map(|(_, origin)| origin.name.clone())
        .collect();
    if !isolated.is_empty() {
        return Err(FlowError::IsolatedOrigins { commodity, names: isolated });
    }
    let balanced = balance(demanded.origins, demanded.destinations, &searched.least_cost, &params.trips);
    let pairs: Vec<Pair> = pair_ixs(demanded)
        .zip(searched.least_cost.iter().zip(&balanced.flow_kg_per_year))
        .map(|((origin_ix, destination_ix), (&least_cost_usd, &flow_kg_per_year))| Pair {
            origin_ix,
            destination_ix,
            least_cost_usd,
            flow_kg_per_year,
        })
        .collect();

    let mut sets = choice::Sets::new(network, &pairs, &searched.routes_of_pair, &params.choice);
    let uncalibrated_exit_shares = match demanded.calibration {
        Calibration::Fit(_) | Calibration::Hold([]) => sets.load(&[], exit_count),
        Calibration::Hold(_) => Vec::new(),
    };
    let fit = sets.calibrate(demanded.calibration, exit_count);
    let mut routes = sets.into_routes();
    if matches!(demanded.calibration, Calibration::Hold(_)) {
        routes.iter_mut().for_each(|route| route.uncalibrated_share = route.share);
    }

    let link_flow_kg_per_year = accumulate_in_order(&routes, network.link_count(), |route, total| {
        for &arc in &route.arcs {
            total[network.link(arc) as usize] += route.flow_kg_per_year;
        }
    });
    let crossing_flow_kg_per_year = crossings
        .iter()
        .map(|crossing| crossing.link_ix.map_or(0.0, |link| link_flow_kg_per_year[link as usize]))
        .collect();
    Ok(Flow {
        commodity,
        origins: demanded.origins.to_vec(),
        destinations: balanced.destinations,
        demand_scale_factor: balanced.demand_scale_factor,
        trip_residual: balanced.residual,
        pairs,
        routes,
        link_flow_kg_per_year,
        crossing_flow_kg_per_year,
        uncalibrated_exit_shares,
        exit_shares: fit.shares,
        exit_constants: fit.constants,
        calibration_residual: fit.residual,
        capacity_residual: fit.capacity_residual,
        searched,
    })
}

/// Index of the origin and of the destination of every pair, origin by origin.
fn pair_ixs(demanded: &Demanded<'_>) -> impl Iterator<Item = (u32, u32)> {
    let (origins, destinations) = (demanded.origins.len() as u32, demanded.destinations.len() as u32);
    (0..origins).flat_map(move |origin_ix| (0..destinations).map(move |destination_ix| (origin_ix, destination_ix)))
}
