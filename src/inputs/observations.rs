//! The tables of what was observed: seizures, who reported, national totals, prices. Seizures are not flow.

use super::problem::Severity::Quarantine;
use super::reference::{Known, layout, source};
use super::row::Row;
use super::sheet::{Layout, Table, read};
use super::source::PlainFile;
use super::words::drug;
use crate::records::{Precision, Price, Reporting, Seizure, SeizureTotal};
use crate::units::Milligrams;

layout!(
    SEIZURES, "seizures.csv", key ["seizure_id"],
    "seizure_id" "iso3" "adm1" "place" "lon" "lat" "precision" "commodity" "drug" "year" "n_cases" "quantity_mg"
    "kg_note" "source_id"
);
layout!(UNPLACED, "seizures_unplaced.csv", key [], "iso3" "commodity" "drug" "year" "reason" "n_cases" "quantity_mg");
layout!(REPORTING, "reporting.csv", key ["iso3", "commodity", "year"], "iso3" "commodity" "year" "status");
layout!(
    TOTALS, "reference/seizure_totals.csv", key ["iso3", "year", "drug", "source_id"],
    "iso3" "year" "drug" "quantity_kg" "status" "source_id"
);
layout!(
    PRICES, "reference/prices.csv", key [],
    "iso3" "drug" "year" "price_usd_per_kg" "level" "source_id"
);
layout!(FACTS, "reference/facts.csv", key [], "area" "measure" "unit" "year" "value" "source_id");

const STATUS: &[&str] = &["reported", "not_reported"];

/// Most milligrams one row may hold: 10^12 kg.
const LARGEST_MG: i128 = 1_000_000_000_000_000_000;

pub(super) fn read_seizures(file: Option<&PlainFile>, sources: &Known) -> Table<Seizure> {
    read(file, &SEIZURES, |row| {
        let (id, country) = (row.string("seizure_id"), row.country("iso3"));
        let (adm1, place) = (row.optional_string("adm1"), row.optional_string("place"));
        let precision = row.word::<Precision>("precision");
        let has_position = !row.cell("lon").is_empty() || !row.cell("lat").is_empty();
        let position = match precision {
            Some(Precision::Country | Precision::None) if !has_position => Some(None),
            None if !has_position => Some(None),
            _ => row.position("lon", "lat").map(Some),
        };
        let (commodity, drug) = (row.word("commodity"), drug(row));
        let year = row.year("year");
        let case_count = row.whole("n_cases", 0..=100_000, "a number of cases up to 100,000");
        let quantity = row.whole("quantity_mg", 0..=LARGEST_MG, "whole milligrams, 0 or more");
        let (note, source_known) = (row.cell("kg_note"), source(row, sources));
        let _ = source_known;
        Some(Seizure {
            id: id?,
            country: country?,
            adm1,
            place,
            position: position?,
            precision: precision?,
            commodity: commodity?,
            drug: drug?,
            year: year?,
            case_count: case_count?,
            quantity: Milligrams(quantity?),
            note: note.to_owned(),
        })
    })
}

pub(super) fn read_reportings(file: Option<&PlainFile>) -> Table<Reporting> {
    read(file, &REPORTING, |row| {
        let (country, commodity, year) = (row.country("iso3"), row.word("commodity"), row.year("year"));
        let status = row.one_of("I204", "status", STATUS);
        Some(Reporting { country: country?, commodity: commodity?, year: year?, is_reported: status? == "reported" })
    })
}

pub(super) fn read_totals(file: Option<&PlainFile>, sources: &Known) -> Table<SeizureTotal> {
    read(file, &TOTALS, |row| {
        let (country, year, drug) = (row.country("iso3"), row.year("year"), drug(row));
        let quantity_kg = row.optional("quantity_kg", |row, column| row.number(column, 0.0..=1e12, "kg, 0 or more"));
        let status = row.one_of("I204", "status", STATUS);
        let source_id = source(row, sources);
        let quantity = match (status?, quantity_kg?) {
            ("reported", None) => {
                let fix = "give the quantity, or set status to not_reported";
                row.problem("I201", "quantity_kg", "an empty cell", "a quantity in kg, as status is reported", fix);
                return None;
            }
            ("reported", Some(kg)) => Some(Milligrams::from_kg(kg)?),
            (_, Some(kg)) => {
                let fix = "empty the cell, or set status to reported: missing is never zero";
                row.problem("I203", "quantity_kg", &kg.to_string(), "an empty cell, as status is not_reported", fix);
                return None;
            }
            (_, None) => None,
        };
        Some(SeizureTotal { country: country?, year: year?, drug: drug?, quantity, source_id })
    })
}

pub(super) fn read_prices(file: Option<&PlainFile>, sources: &Known) -> Table<Price> {
    read(file, &PRICES, |row| {
        let (country, drug, year) = (row.country("iso3"), drug(row), row.year("year"));
        let price = row.number("price_usd_per_kg", 0.0..=1e9, "US dollars a kg, 0 or more");
        let (level, source_id) = (row.string("level"), source(row, sources));
        Some(Price { country: country?, drug: drug?, year: year?, price_usd_per_kg: price?, level: level?, source_id })
    })
}

/// Tables that are published with the run but that no stage reads: every row is left out by rule.
pub(super) fn read_unused(file: Option<&PlainFile>, layout: &Layout) -> Table<()> {
    read(file, layout, |row: &mut Row<'_, '_>| {
        row.exclude();
        None
    })
}
