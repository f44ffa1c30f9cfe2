//! Where trips begin and end: production provinces, cities, laboratory provinces, ports and gateways on the network.

use super::Terminal;
use crate::geodesy::LonLat;
use crate::network::{Network, SnapIndex};
use crate::records::{Commodity, Conversion, Demand, Gateway, Iso3, Place, PrecursorSupply, Production};
use serde::{Deserialize, Serialize};

/// Parameters of [`terminals`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TerminalParams {
    /// A country's demand arrives at this many of its largest cities, by population (assumption).
    pub city_count: u32,
    /// A destination with less than this share of all demand arrives at its largest city only (assumption).
    pub small_market_share: f64,
    /// Factor on production, 1 = as tabled (scenarios change it).
    pub production_factor: f64,
    /// Farthest a position may lie from the node it is joined to, km.
    pub snap_radius_km: f64,
}

impl Default for TerminalParams {
    fn default() -> Self {
        Self { city_count: 2, small_market_share: 0.01, production_factor: 1.0, snap_radius_km: 60.0 }
    }
}

/// The tables trips are made from.
#[derive(Clone, Copy, Debug)]
pub struct TripTables<'a> {
    /// Gazetteer.
    pub places: &'a [Place],
    /// Opium by province and year.
    pub productions: &'a [Production],
    /// Demand by destination.
    pub demands: &'a [Demand],
    /// Exits towards destinations outside the region.
    pub gateways: &'a [Gateway],
    /// Entries of precursors.
    pub precursor_supplies: &'a [PrecursorSupply],
    /// Conversion factors.
    pub conversions: &'a [Conversion],
}

/// Origins and destinations of one commodity.
#[derive(Clone, Debug, Default)]
pub struct Terminals {
    /// Where trips begin.
    pub origins: Vec<Terminal>,
    /// Where they end.
    pub destinations: Vec<Terminal>,
    /// Positions that could not be joined to the network, with the reason.
    pub not_joined: Vec<String>,
}

/// Kilograms of heroin for a kilogram of opium where the conversion table has no row: 10 to 1.
const OPIUM_TO_HEROIN: f64 = 0.1;

/// Origins and destinations of `commodity` in `year`; demand of the year nearest to it.
///
/// Opiates leave the capital of each producing province, in heroin equivalent, and arrive at the largest cities of each
/// destination country by population, or at the gateways of a destination outside the region by their shares.
/// Precursors leave their entry points by share of all demand and arrive at the capital of each laboratory province.
#[must_use]
pub fn terminals(
    network: &Network,
    snap: &SnapIndex,
    tables: &TripTables<'_>,
    commodity: Commodity,
    year: i32,
    params: &TerminalParams,
) -> Terminals {
    let mut joiner = Joiner { network, snap, radius_km: params.snap_radius_km, not_joined: Vec::new() };
    let demands = demands_near(tables.demands, commodity, year);
    let wanted: f64 = demands.iter().map(|row| row.flow_kg_per_year).sum();
    let mut destinations = Vec::new();
    for demand in &demands {
        let gateways: Vec<&Gateway> = tables
            .gateways
            .iter()
            .filter(|row| row.commodity == commodity && row.destination_id == demand.destination_id)
            .collect();
        for gateway in &gateways {
            let kg = demand.flow_kg_per_year * gateway.share;
            destinations.extend(joiner.join(
                &gateway.id,
                &demand.destination_id,
                &gateway.name,
                None,
                gateway.position,
                kg,
            ));
        }
        if gateways.is_empty() {
            let is_small = demand.flow_kg_per_year < params.small_market_share * wanted;
            let city_count = if is_small { params.city_count.min(1) } else { params.city_count };
            let places = arrival_places(tables.places, demand, city_count);
            if places.is_empty() {
                joiner.not_joined.push(format!(
                    "demand of {} ({}): no gateway, and no place of its own in the gazetteer",
                    demand.name, demand.destination_id
                ));
            }
            for (place, share) in places {
                let id = format!("{}:{}", demand.destination_id, place.id);
                let kg = demand.flow_kg_per_year * share;
                destinations.extend(joiner.join(
                    &id,
                    &demand.destination_id,
                    &place.name,
                    Some(place.country),
                    place.position,
                    kg,
                ));
            }
        }
    }
    let origins = match commodity {
        Commodity::Opiates => {
            let to_heroin = tables
                .conversions
                .iter()
                .find(|row| row.from_item == "opium" && row.to_item == "heroin equivalent")
                .map_or(OPIUM_TO_HEROIN, |row| row.factor);
            let producing = tables.productions.iter().filter(|row| row.year == year && row.opium_kg_per_year > 0.0);
            producing
                .filter_map(|row| {
                    let adm1 = row.adm1.as_ref()?;
                    let Some(centre) = centre_of(tables.places, row.country, adm1) else {
                        joiner
                            .not_joined
                            .push(format!("production of {adm1}, {}: no place in the gazetteer", row.country));
                        return None;
                    };
                    let kg = row.opium_kg_per_year * to_heroin * params.production_factor;
                    joiner.join(&format!("{}:{adm1}", row.country), adm1, adm1, Some(row.country), centre.position, kg)
                })
                .collect()
        }
        Commodity::Precursors => tables
            .precursor_supplies
            .iter()
            .filter_map(|row| {
                let kg = wanted * row.share * params.production_factor;
                joiner.join(&row.id, &row.id, &row.name, Some(row.country), row.position, kg)
            })
            .collect(),
    };
    Terminals { origins, destinations, not_joined: joiner.not_joined }
}

struct Joiner<'a> {
    network: &'a Network,
    snap: &'a SnapIndex,
    radius_km: f64,
    not_joined: Vec<String>,
}

impl Joiner<'_> {
    fn join(
        &mut self,
        id: &str,
        group_id: &str,
        name: &str,
        country: Option<Iso3>,
        position: LonLat,
        flow_kg_per_year: f64,
    ) -> Option<Terminal> {
        if flow_kg_per_year <= 0.0 {
            return None;
        }
        let snapped = match country {
            Some(country) => self.snap.snap_in(self.network, position, self.radius_km, country),
            None => self.snap.snap(self.network, position, self.radius_km),
        };
        if snapped.is_none() {
            self.not_joined.push(format!("{name} ({id}): no node of the main component within {} km", self.radius_km));
        }
        let snapped = snapped?;
        Some(Terminal {
            id: id.to_owned(),
            group_id: group_id.to_owned(),
            name: name.to_owned(),
            country,
            node: snapped.node,
            snap_distance_km: snapped.distance_km,
            flow_kg_per_year,
        })
    }
}

/// One row for each destination: the estimate of the year nearest to `year`, the earlier of two equally near.
fn demands_near(demands: &[Demand], commodity: Commodity, year: i32) -> Vec<&Demand> {
    let distance = |row: &Demand| (row.year.abs_diff(year), row.year);
    let mut nearest: Vec<&Demand> = Vec::new();
    for row in demands.iter().filter(|row| row.commodity == commodity) {
        match nearest.iter_mut().find(|known| known.destination_id == row.destination_id) {
            Some(known) if distance(row) < distance(known) => *known = row,
            Some(_) => {}
            None => nearest.push(row),
        }
    }
    nearest
}

/// The place that stands for a province: its centre, else its largest place.
fn centre_of<'a>(places: &'a [Place], country: Iso3, adm1: &str) -> Option<&'a Place> {
    let inside = places.iter().filter(|place| place.country == country && place.adm1.as_deref() == Some(adm1));
    inside.max_by(|a, b| {
        let rank = |place: &Place| (matches!(place.kind.as_str(), "adm1_centre" | "capital"), place.population);
        rank(a).cmp(&rank(b)).then_with(|| b.id.cmp(&a.id))
    })
}

/// Where a destination inside the region receives: the named province's centre (`AFG:Nimroz`), or its country's
/// largest cities with the share of each.
fn arrival_places<'a>(places: &'a [Place], demand: &Demand, city_count: u32) -> Vec<(&'a Place, f64)> {
    let Some(country) = demand.country else { return Vec::new() };
    if let Some((_, adm1)) = demand.destination_id.split_once(':') {
        return centre_of(places, country, adm1).map(|place| (place, 1.0)).into_iter().collect();
    }
    let mut cities: Vec<&Place> = places
        .iter()
        .filter(|place| place.country == country && place.population.is_some() && place.kind != "port")
        .collect();
    cities.sort_by(|a, b| b.population.cmp(&a.population).then_with(|| a.id.cmp(&b.id)));
    cities.truncate(city_count as usize);
    let total: u64 = cities.iter().filter_map(|place| place.population).sum();
    let share = |place: &Place| place.population.unwrap_or(0) as f64 / total.max(1) as f64;
    cities.into_iter().map(|place| (place, share(place))).collect()
}
