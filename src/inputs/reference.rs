//! The tables that drive the model: places, production, demand, shares, offices, agreements and their sources.
//! A bad row is set aside and listed; the rest loads.

use super::problem::Severity::Quarantine;
use super::row::Row;
use super::sheet::{Layout, Table, read};
use super::source::PlainFile;
use super::words;
use crate::records::{
    Agreement, Conversion, Crossing, Demand, Gateway, Office, Place, PrecursorSupply, Production, RouteShare, Source,
};
use std::collections::BTreeSet;

macro_rules! layout {
    ($name:ident, $file:literal, key [$($key:literal),*], $($column:literal)+) => {
        pub(super) const $name: Layout =
            Layout { file: $file, columns: &[$($column),+], optional: &[], key: &[$($key),*], bad_row: Quarantine };
    };
}
pub(super) use layout;

layout!(PLACES, "places.csv", key ["place_id"], "place_id" "name" "iso3" "adm1" "lon" "lat" "kind" "population");
layout!(SOURCES, "reference/sources.csv", key ["source_id"], "source_id" "title" "publisher" "year" "url" "opened");
layout!(
    PRODUCTION, "reference/production.csv", key ["iso3", "adm1", "year", "quantity", "source_id"],
    "iso3" "adm1" "year" "quantity" "value" "unit" "basis" "source_id"
);
layout!(
    DEMAND, "reference/demand.csv", key ["destination_id", "commodity", "year"],
    "destination_id" "name" "iso3" "commodity" "year" "flow_kg_per_year" "basis" "source_id"
);
layout!(
    GATEWAYS, "reference/gateways.csv", key ["gateway_id", "destination_id", "commodity"],
    "gateway_id" "destination_id" "commodity" "name" "lon" "lat" "share" "basis" "source_id"
);
layout!(
    SUPPLY, "reference/supply_precursors.csv", key ["origin_id"],
    "origin_id" "name" "iso3" "lon" "lat" "share" "basis" "source_id"
);
layout!(
    ROUTE_SHARES, "reference/route_shares.csv", key ["share_id"],
    "share_id" "kind" "member" "quantity" "year" "share_percent" "use" "source_id"
);
layout!(CONVERSIONS, "reference/conversions.csv", key [], "from_item" "to_item" "factor" "source_id");
layout!(
    OFFICES, "reference/offices.csv", key ["office_id"],
    "office_id" "name" "crossing_id" "iso3" "opened_year" "status" "source_id"
);
layout!(
    AGREEMENTS, "reference/agreements.csv", key ["agreement_id", "iso3_a", "iso3_b"],
    "agreement_id" "name" "year" "iso3_a" "iso3_b" "level" "source_id"
);

/// Largest yearly quantity that is believed, in kg: a hundred times the world's opium.
const LARGEST_KG: f64 = 1e9;

pub(super) fn read_sources(file: Option<&PlainFile>) -> Table<Source> {
    read(file, &SOURCES, |row| {
        let (id, title) = (row.string("source_id"), row.string("title"));
        let (publisher, year, url) = (row.cell("publisher"), row.cell("year"), row.cell("url"));
        let opened = row.one_of("I204", "opened", &["yes", "no"]);
        Some(Source {
            id: id?,
            title: title?,
            publisher: publisher.to_owned(),
            year: year.to_owned(),
            url: url.to_owned(),
            opened: opened? == "yes",
        })
    })
}

pub(super) fn read_places(file: Option<&PlainFile>) -> Table<Place> {
    read(file, &PLACES, |row| {
        let (id, name, country) = (row.string("place_id"), row.string("name"), row.country("iso3"));
        let (adm1, position) = (row.optional_string("adm1"), row.position("lon", "lat"));
        let kind = row.one_of("I204", "kind", &["capital", "adm1_centre", "city", "port"]);
        let population = row.optional("population", |row, column| {
            row.whole(column, 0..=50_000_000_u64, "a number of inhabitants, or empty")
        });
        Some(Place {
            id: id?,
            name: name?,
            country: country?,
            adm1,
            position: position?,
            kind: kind?.to_owned(),
            population: population?,
        })
    })
}

/// Opium production in kg; rows of poppy cultivation are left out by rule (they are published for comparison).
pub(super) fn read_productions(file: Option<&PlainFile>, sources: &Known) -> Table<Production> {
    read(file, &PRODUCTION, |row| {
        let (country, adm1, year) = (row.country("iso3"), row.optional_string("adm1"), row.year("year"));
        let quantity = row.one_of("I208", "quantity", &["opium_production", "poppy_cultivation"]);
        if quantity == Some("poppy_cultivation") {
            row.exclude();
            return None;
        }
        let value = row.number("value", 0.0..=LARGEST_KG, "a quantity, 0 or more");
        let kg_per_unit = match row.one_of("I208", "unit", &["kg", "t"]) {
            Some("t") => Some(1000.0),
            unit => unit.map(|_| 1.0),
        };
        let (basis, source_id) = (row.word("basis"), source(row, sources));
        quantity?;
        Some(Production {
            country: country?,
            adm1,
            year: year?,
            opium_kg_per_year: value? * kg_per_unit?,
            basis: basis?,
            source_id,
        })
    })
}

pub(super) fn read_demands(file: Option<&PlainFile>, sources: &Known) -> Table<Demand> {
    read(file, &DEMAND, |row| {
        let (id, name) = (row.string("destination_id"), row.string("name"));
        let country = row.optional("iso3", Row::country);
        let (commodity, year) = (row.word("commodity"), row.year("year"));
        let flow = row.number("flow_kg_per_year", 0.0..=LARGEST_KG, "kg a year, 0 to 1000000000");
        let (basis, source_id) = (row.word("basis"), source(row, sources));
        Some(Demand {
            destination_id: id?,
            name: name?,
            country: country?,
            commodity: commodity?,
            year: year?,
            flow_kg_per_year: flow?,
            basis: basis?,
            source_id,
        })
    })
}

const SHARE: &str = "a share, 0 to 1";

pub(super) fn read_gateways(file: Option<&PlainFile>, sources: &Known) -> Table<Gateway> {
    read(file, &GATEWAYS, |row| {
        let (id, destination_id) = (row.string("gateway_id"), row.string("destination_id"));
        let (commodity, name) = (row.word("commodity"), row.string("name"));
        let (position, share) = (row.position("lon", "lat"), row.number("share", 0.0..=1.0, SHARE));
        let basis = row.word("basis");
        source(row, sources);
        Some(Gateway {
            id: id?,
            destination_id: destination_id?,
            commodity: commodity?,
            name: name?,
            position: position?,
            share: share?,
            basis: basis?,
        })
    })
}

pub(super) fn read_supplies(file: Option<&PlainFile>, sources: &Known) -> Table<PrecursorSupply> {
    read(file, &SUPPLY, |row| {
        let (id, name, country) = (row.string("origin_id"), row.string("name"), row.country("iso3"));
        let (position, share) = (row.position("lon", "lat"), row.number("share", 0.0..=1.0, SHARE));
        let basis = row.word("basis");
        source(row, sources);
        Some(PrecursorSupply {
            id: id?,
            name: name?,
            country: country?,
            position: position?,
            share: share?,
            basis: basis?,
        })
    })
}

pub(super) fn read_route_shares(file: Option<&PlainFile>, sources: &Known) -> Table<RouteShare> {
    read(file, &ROUTE_SHARES, |row| {
        let (id, kind) = (row.string("share_id"), row.one_of("I204", "kind", &["first_crossing", "route"]));
        let (member, quantity) = (row.string("member"), row.one_of("I204", "quantity", &["flow", "seizures"]));
        let (year, share) = (row.year("year"), row.number("share_percent", 0.0..=100.0, "per cent, 0 to 100"));
        let used_for = row.one_of("I204", "use", &["calibration", "validation", "comparison"]);
        let source_id = source(row, sources);
        Some(RouteShare {
            id: id?,
            kind: kind?.to_owned(),
            member: member?,
            quantity: quantity?.to_owned(),
            year: year?,
            share_percent: share?,
            used_for: used_for?.to_owned(),
            source_id,
        })
    })
}

pub(super) fn read_conversions(file: Option<&PlainFile>, sources: &Known) -> Table<Conversion> {
    read(file, &CONVERSIONS, |row| {
        let (from_item, to_item) = (row.string("from_item"), row.string("to_item"));
        let factor = row.number("factor", f64::MIN_POSITIVE..=1e9, "a factor above 0");
        let source_id = source(row, sources);
        Some(Conversion { from_item: from_item?, to_item: to_item?, factor: factor?, source_id })
    })
}

pub(super) fn read_offices(file: Option<&PlainFile>, crossings: &Table<Crossing>, sources: &Known) -> Table<Office> {
    let ids: BTreeSet<&str> = crossings.rows.iter().map(|crossing| crossing.id.as_str()).collect();
    read(file, &OFFICES, |row| {
        let (id, name, crossing_id) = (row.string("office_id"), row.string("name"), row.string("crossing_id"));
        if let Some(crossing) = &crossing_id
            && !ids.contains(crossing.as_str())
            && crossings.is_sound()
        {
            let fix = "name the crossing at which the office stands";
            row.problem("I302", "crossing_id", crossing, "a crossing_id of crossings.csv", fix);
        }
        let (country, opened_year) = (row.country("iso3"), row.optional("opened_year", Row::year));
        let (status, source_id) = (row.string("status"), source(row, sources));
        Some(Office {
            id: id?,
            name: name?,
            crossing_id: crossing_id?,
            country: country?,
            opened_year: opened_year?,
            status: status?,
            source_id,
        })
    })
}

pub(super) fn read_agreements(file: Option<&PlainFile>, sources: &Known) -> Table<Agreement> {
    read(file, &AGREEMENTS, |row| {
        let (id, name) = (row.string("agreement_id"), row.string("name"));
        let (year, countries) = (row.optional("year", Row::year), row.country_pair("iso3_a", "iso3_b"));
        let level = row.number("level", 0.0..=1.0, "a cooperation level, 0 to 1");
        let source_id = source(row, sources);
        Some(Agreement { id: id?, name: name?, countries: countries?, year: year?, level: level?, source_id })
    })
}

/// The identifiers of reference/sources.csv.
pub(super) type Known = BTreeSet<String>;

/// The row's source; a source that is not listed is a warning, told once for a file.
pub(super) fn source(row: &mut Row<'_, '_>, known: &Known) -> String {
    let id = row.cell("source_id");
    if !known.contains(id) && !id.starts_with(words::ASSUMPTION) && !known.is_empty() {
        row.warn("I501", "source_id", id, "a source_id of reference/sources.csv", "add the source to that table");
    }
    id.to_owned()
}
