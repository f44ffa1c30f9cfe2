//! The corridor network as the ground of path questions: places, crossings and countries by name.

use super::ground::{Point, Weight};
use super::setup::configure;
use crate::config::Config;
use crate::error::Error;
use crate::flow::arc_costs_usd;
use crate::geodesy::LonLat;
use crate::inputs::{Inputs, load};
use crate::network::{Avoid, CLOSED, Components, LinkIndex, Network, SnappedToLink, Topology, arcs_avoided, build};
use crate::records::{Commodity, Crossing, Iso3, Link, Mode, Place};
use crate::risk::assumed_hazard;
use geo::Area;
use serde_json::{Value, json};
use std::cell::OnceCell;
use std::path::Path;

/// Farthest a place may lie from the link that it is joined to, km: an hour on foot is no reach.
pub(super) const NEAR_KM: f64 = 5.0;

pub(super) struct NetworkGround {
    pub(super) inputs: Inputs,
    pub(super) network: Network,
    components: Components,
    link_index: OnceCell<LinkIndex>,
    config: Config,
    weight: Weight,
    commodity: Option<Commodity>,
    pub(super) snap_km: f64,
}

impl NetworkGround {
    pub(super) fn load(
        config: Option<&Path>,
        weight: Weight,
        snap_km: f64,
        commodity: Option<Commodity>,
    ) -> Result<Self, Error> {
        let (config, source) = configure(config)?;
        let inputs = load(&source)?;
        let network = build(&inputs.nodes, &inputs.links, &inputs.crossings, &config.network)
            .map_err(|error| Error::Refused(error.to_string()))?;
        let components = Components::of(&network);
        Ok(Self { inputs, network, components, link_index: OnceCell::new(), config, weight, commodity, snap_km })
    }

    pub(super) fn topology(&self) -> &Topology {
        self.network.topology()
    }

    pub(super) fn places(&self) -> u32 {
        match self.weight {
            Weight::Time => 6,
            Weight::Length | Weight::Cost => 3,
        }
    }

    pub(super) fn unit(&self) -> &'static str {
        match self.weight {
            Weight::Time => "h",
            Weight::Length => "km",
            Weight::Cost => "USD",
        }
    }

    pub(super) fn costs(&self) -> Vec<Option<u64>> {
        let network = &self.network;
        // A consignment is one of some commodity; without one only crossings that are closed to all are closed.
        let commodity = self.commodity.or((self.weight == Weight::Cost).then_some(Commodity::Opiates));
        let mut costs = match self.weight {
            Weight::Time => network.arc_costs(|link| network.time_h(link) * 1e6),
            Weight::Length => network.arc_costs(|link| network.length_km(link) * 1e3),
            Weight::Cost => {
                let settings = self.config.settings();
                let hazard = assumed_hazard(network, &settings.risk);
                let cost = &settings.flow.cost;
                arc_costs_usd(network, &hazard, cost.of(commodity.unwrap_or(Commodity::Opiates)), cost.risk_weight)
            }
        };
        for arc in commodity
            .map(|commodity| arcs_avoided(network, Avoid::ClosedTo(&self.inputs.crossings, commodity)))
            .unwrap_or_default()
        {
            costs[arc as usize] = CLOSED;
        }
        costs.into_iter().map(|cost| (cost != CLOSED).then_some(u64::from(cost))).collect()
    }

    /// The end that `text` names: a place or crossing by id or name (`CROSSING@IRN` for the post of one side), or
    /// `lon,lat`.
    pub(super) fn point(&self, flag: &str, text: &str) -> Result<Point, Error> {
        let text = text.trim();
        if let Some(position) = lon_lat(flag, text)? {
            return self.at(flag, (position, None), text, json!({ "lon": position.lon, "lat": position.lat }));
        }
        if let Some(place) = self.place(flag, text)? {
            let json = json!({ "place": place.id, "name": place.name, "country": place.country });
            return self.at(flag, (place.position, Some(place.country)), &place.name, json);
        }
        let (name, side) = match text.rsplit_once('@') {
            Some((name, side)) => (name, Some(side)),
            None => (text, None),
        };
        if let Some(crossing) = self.crossing(flag, name)? {
            return self.post(flag, crossing, side);
        }
        Err(Error::Usage(self.unknown(flag, text, "a place or crossing by id or name, or lon,lat")))
    }

    fn post(&self, flag: &str, crossing: &Crossing, side: Option<&str>) -> Result<Point, Error> {
        let ix = match side {
            None => Some(0),
            Some(side) => crossing.countries.iter().position(|country| country.as_str().eq_ignore_ascii_case(side)),
        };
        let [a, b] = crossing.countries;
        let Some(ix) = ix else {
            let found = format!("{}@{}", crossing.id, side.unwrap_or_default());
            return Err(Error::Usage(format!(
                "N103: {flag}: found `{found}`; expected @{a} or @{b} after the crossing"
            )));
        };
        let Some(posts) = crossing.post_ixs else {
            let fix = "give a place or a position near it instead";
            return Err(Error::Usage(format!("N104: {flag}: {} has no road near it; {fix}", crossing.id)));
        };
        let label = format!("{} ({})", crossing.name, crossing.countries[ix]);
        let json = json!({ "crossing": crossing.id, "name": crossing.name, "country": crossing.countries[ix],
            "node": posts[ix] });
        let over = side.is_none().then(|| arcs_avoided(&self.network, Avoid::Crossing(crossing)));
        Ok(Point { node: posts[ix], over, label, json })
    }

    /// Joins a position to the network; what lies in a country, to that country.
    fn at(
        &self,
        flag: &str,
        (position, country): (LonLat, Option<Iso3>),
        label: &str,
        mut json: Value,
    ) -> Result<Point, Error> {
        let Some(snapped) = self.nearest_link(position, country, self.snap_km) else {
            let of = country.map_or_else(String::new, |country| format!(" of {country}"));
            return Err(Error::Usage(format!(
                "N105: {flag}: no link{of} in the main component within {} km of {label} ({}, {}); move it, or raise --snap-km",
                self.snap_km, position.lon, position.lat
            )));
        };
        json["node"] = json!(snapped.node);
        json["snapped"] = json!({
            "link": self.inputs.links[snapped.link as usize].id,
            "distance_km": (snapped.distance_km * 1e3).round() / 1e3,
            "node_distance_km": (snapped.node_distance_km * 1e3).round() / 1e3,
            "component": self.components.of_node[snapped.node as usize],
            "component_is_main": self.components.of_node[snapped.node as usize] == self.components.main,
        });
        Ok(Point { node: snapped.node, over: None, label: label.to_owned(), json })
    }

    fn place(&self, flag: &str, text: &str) -> Result<Option<&Place>, Error> {
        let places = &self.inputs.places;
        if let Some(place) = places.iter().find(|place| place.id == text) {
            return Ok(Some(place));
        }
        let wanted = folded(text);
        let named: Vec<&Place> = places.iter().filter(|place| folded(&place.name) == wanted).collect();
        one_of(flag, text, &named, |place| &place.id)
    }

    fn crossing(&self, flag: &str, text: &str) -> Result<Option<&Crossing>, Error> {
        let crossings = &self.inputs.crossings;
        if let Some(crossing) = crossings.iter().find(|crossing| crossing.id == text) {
            return Ok(Some(crossing));
        }
        let wanted = folded(text);
        let is_named = |crossing: &&Crossing| {
            folded(&crossing.name) == wanted || crossing.post_names.iter().any(|name| folded(name) == wanted)
        };
        let named: Vec<&Crossing> = crossings.iter().filter(is_named).collect();
        one_of(flag, text, &named, |crossing| &crossing.id)
    }

    fn unknown(&self, flag: &str, text: &str, expected: &str) -> String {
        let places = self.inputs.places.iter().map(|place| (place.name.as_str(), place.id.as_str()));
        let crossings = self.inputs.crossings.iter().map(|crossing| (crossing.name.as_str(), crossing.id.as_str()));
        let countries = if flag == "--avoid" { self.countries() } else { Vec::new() };
        let countries = countries.iter().map(|(code, name)| (*name, code.as_str()));
        let wanted = folded(text);
        let mut near: Vec<(f64, String)> = places
            .chain(crossings)
            .chain(countries)
            .map(|(name, id)| {
                let likeness = |known: &str| strsim::jaro_winkler(&folded(known), &wanted);
                (likeness(name).max(likeness(id)), format!("{name} ({id})"))
            })
            .filter(|(likeness, _)| *likeness > 0.85)
            .collect();
        near.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        let near: Vec<String> = near.into_iter().take(3).map(|(_, name)| name).collect();
        let fix = if near.is_empty() {
            "see places.csv and crossings.csv (`corridor init DIR` writes them)".to_owned()
        } else {
            format!("did you mean {}?", near.join(", "))
        };
        format!("N101: {flag}: found `{text}`; expected {expected}; {fix}")
    }

    /// The arcs that `--avoid TEXT` closes.
    pub(super) fn arcs_of(&self, text: &str) -> Result<Vec<u32>, String> {
        let usage = |error: Error| error.to_string();
        let closed = |what: Avoid<'_>| Ok(arcs_avoided(&self.network, what));
        let text = text.trim();
        if let Some(mode) = text.strip_prefix("mode:") {
            let mode = mode.to_lowercase().parse::<Mode>().map_err(|why| format!("N106: --avoid: {why}"))?;
            return closed(Avoid::Mode(mode));
        }
        let wanted = folded(text);
        let is_meant = |(code, name): &(Iso3, &str)| folded(code.as_str()) == wanted || folded(name) == wanted;
        if let Some((country, _)) = self.countries().into_iter().find(is_meant) {
            return closed(Avoid::Country(country));
        }
        if let Some(crossing) = self.crossing("--avoid", text).map_err(usage)? {
            return closed(Avoid::Crossing(crossing));
        }
        if self.place("--avoid", text).map_err(usage)?.is_some() || lon_lat("--avoid", text).map_err(usage)?.is_some() {
            return closed(Avoid::Node(self.point("--avoid", text).map_err(usage)?.node));
        }
        Err(self.unknown(
            "--avoid",
            text,
            "a country of the network (AFG), a crossing, a place, lon,lat, or mode:sea and the like",
        ))
    }

    /// The countries that nodes lie in, with their names.
    fn countries(&self) -> Vec<(Iso3, &str)> {
        let mut codes: Vec<Iso3> =
            (0..self.network.node_count() as u32).filter_map(|node| self.network.country(node)).collect();
        codes.sort_unstable();
        codes.dedup();
        let areas = &self.inputs.boundaries.countries;
        // of several areas of a code the largest names it: Kazakhstan, not the Baikonur lease
        let name = |code: Iso3| {
            let of_code = areas.iter().filter(|area| area.iso3 == code.as_str());
            let largest = of_code.max_by(|a, b| a.polygons.unsigned_area().total_cmp(&b.polygons.unsigned_area()));
            largest.map_or("", |area| &area.name)
        };
        codes.into_iter().map(|code| (code, name(code))).collect()
    }

    /// The nearest link of the main component within a distance. What lies in a country is joined to a road or railway of
    /// that country, else to any of its links, never to a neighbour's.
    pub(super) fn nearest_link(
        &self,
        position: LonLat,
        country: Option<Iso3>,
        within_km: f64,
    ) -> Option<SnappedToLink> {
        let links = &self.inputs.links;
        let index = self.link_index.get_or_init(|| LinkIndex::new(&self.network, links, &self.components));
        let nearest =
            |is_end: &dyn Fn(&Link, u32) -> bool| index.nearest(&self.network, links, (position, within_km), is_end);
        let Some(country) = country else { return nearest(&|_, _| true) };
        let is_home = |node| self.network.country(node) == Some(country);
        nearest(&|link, node| matches!(link.mode, Mode::Road | Mode::Rail) && is_home(node))
            .or_else(|| nearest(&|_, node| is_home(node)))
    }

    /// The country in which all points lie.
    pub(super) fn common_country(&self, points: &[&Point]) -> Option<Iso3> {
        let country = self.network.country(points.first()?.node)?;
        points.iter().all(|point| self.network.country(point.node) == Some(country)).then_some(country)
    }

    /// Crossings passed, in order.
    pub(super) fn crossings_on(&self, arcs: &[u32]) -> Vec<&Crossing> {
        let of_link = |link| self.inputs.crossings.iter().find(|crossing| crossing.link_ix == Some(link));
        arcs.iter()
            .map(|&arc| self.network.link(arc))
            .filter(|&link| self.network.is_border(link))
            .filter_map(of_link)
            .collect()
    }

    /// Countries passed, in order.
    pub(super) fn countries_on(&self, nodes: &[u32]) -> Vec<Iso3> {
        let mut countries: Vec<Iso3> = nodes.iter().filter_map(|&node| self.network.country(node)).collect();
        countries.dedup();
        countries
    }

    pub(super) fn arc_json(&self, arc: u32, cost: Value) -> Value {
        let link = self.network.link(arc);
        json!({
            "from": self.network.tail(arc),
            "to": self.network.head(arc),
            "row": self.inputs.links[link as usize].id,
            "mode": self.network.mode(link),
            "cost": cost,
        })
    }

    /// Positions along an arc, ends included.
    pub(super) fn line(&self, arc: u32) -> Vec<[f64; 2]> {
        let link = &self.inputs.links[self.network.link(arc) as usize];
        let mut inner: Vec<LonLat> = link.inner_vertices.clone();
        if self.network.tail(arc) != link.from_ix {
            inner.reverse();
        }
        let ends = [self.network.position(self.network.tail(arc)), self.network.position(self.network.head(arc))];
        let all = std::iter::once(ends[0]).chain(inner).chain(std::iter::once(ends[1]));
        all.map(|position| [position.lon, position.lat]).collect()
    }
}

/// A text without accents and case, for comparing names.
fn folded(text: &str) -> String {
    any_ascii::any_ascii(text.trim()).to_lowercase()
}

fn one_of<'t, T>(flag: &str, text: &str, named: &[&'t T], id: impl Fn(&T) -> &String) -> Result<Option<&'t T>, Error> {
    match named {
        [] => Ok(None),
        [only] => Ok(Some(only)),
        several => {
            let ids: Vec<&str> = several.iter().map(|item| id(item).as_str()).collect();
            Err(Error::Usage(format!(
                "N107: {flag}: `{text}` names {} of them; give one of the ids {}",
                several.len(),
                ids.join(", ")
            )))
        }
    }
}

/// A position from `lon,lat`; none when the text is something else.
fn lon_lat(flag: &str, text: &str) -> Result<Option<LonLat>, Error> {
    let Some((lon, lat)) = text.split_once(',') else { return Ok(None) };
    let (Ok(lon), Ok(lat)) = (lon.trim().parse::<f64>(), lat.trim().parse::<f64>()) else { return Ok(None) };
    match LonLat::new(lon, lat) {
        Some(position) => Ok(Some(position)),
        None => Err(Error::Usage(format!(
            "N108: {flag}: found `{text}`; expected longitude -180 to 180, then latitude -90 to 90"
        ))),
    }
}
