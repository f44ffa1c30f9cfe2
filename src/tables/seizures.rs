//! Tables of what was reported: level 1, descriptive only.

use super::Table;
use crate::records::{Commodity, Conversion, Iso3, Precision, Reporting, Seizure, Source};
use crate::risk::{counted_drugs, heroin_equivalent_kg};
use crate::units::Milligrams;

/// Cases and quantity of opiates by country and year; a year without a report is empty, never zero.
#[must_use]
pub fn seizures_by_country(seizures: &[Seizure], reportings: &[Reporting], conversions: &[Conversion]) -> Table {
    let drugs = counted_drugs(Commodity::Opiates);
    // country, year, and what was reported: cases and quantity
    type Row = (Iso3, i32, Option<(i64, f64)>);
    let mut rows: Vec<Row> = reportings
        .iter()
        .filter(|row| row.commodity == Commodity::Opiates)
        .map(|row| {
            let own = || {
                seizures.iter().filter(|seizure| {
                    seizure.country == row.country && seizure.year == row.year && drugs.contains(&seizure.drug.as_str())
                })
            };
            let reported = row.is_reported.then(|| {
                let cases = own().map(|seizure| i64::from(seizure.case_count)).sum();
                (cases, own().map(|seizure| heroin_equivalent_kg(seizure, conversions)).sum())
            });
            (row.country, row.year, reported)
        })
        .collect();
    rows.sort_by_key(|row| (row.0, row.1));
    Table::new(
        "seizures_by_country",
        "Opiate seizures as recorded, by country and year",
        "Level 1: individual seizures reported to UNODC, opium, morphine and heroin in heroin equivalent. Empty = not \
         reported. A reported year need not be complete. Seizures are not flow.",
    )
    .text("iso3", "Country", rows.iter().map(|row| row.0.as_str()))
    .integer("year", "Year", rows.iter().map(|row| i64::from(row.1)))
    .optional_integer("seizure_case_count", "Cases", rows.iter().map(|row| row.2.map(|value| value.0)))
    .optional_real("seized_heroin_equivalent_kg", "Quantity", 3, rows.iter().map(|row| row.2.map(|value| value.1)))
}

/// Precursor seizures row by row, the extreme single record flagged, and totals with and without it.
#[must_use]
pub fn precursor_seizures(seizures: &[Seizure]) -> Table {
    let rows: Vec<&Seizure> = seizures.iter().filter(|seizure| seizure.commodity == Commodity::Precursors).collect();
    let is_extreme = |row: &&Seizure| row.note.contains("extreme");
    let drugs: Vec<&str> =
        rows.iter().map(|row| row.drug.as_str()).collect::<std::collections::BTreeSet<_>>().into_iter().collect();
    let total = |drug: &str, with_extreme: bool| -> (String, i64, f64) {
        let of = || rows.iter().filter(|row| row.drug == drug && (with_extreme || !is_extreme(row)));
        let label = if with_extreme { "all records" } else { "without extreme single records" };
        (
            format!("{drug}, {label}"),
            of().map(|row| i64::from(row.case_count)).sum(),
            of().map(|row| row.quantity).sum::<Milligrams>().kg(),
        )
    };
    let totals: Vec<(String, i64, f64)> =
        drugs.iter().flat_map(|drug| [true, false].map(|with_extreme| total(drug, with_extreme))).collect();
    Table::new(
        "precursor_seizures",
        "Precursor seizures as recorded, with and without extreme records",
        "Level 1 only: too few acetic anhydride records for an estimate. Chemicals that the record does not specify are kept \
         apart. Quantities known in kilograms or by density only; records by volume without a density are set aside, not \
         counted as zero.",
    )
    .text("records", "Chemical and selection", totals.iter().map(|row| row.0.as_str()))
    .integer("seizure_case_count", "Cases", totals.iter().map(|row| row.1))
    .real("seized_kg", "Quantity", 3, totals.iter().map(|row| row.2))
}

/// How many cases were placed how well, by country and commodity.
#[must_use]
pub fn seizure_precision(seizures: &[Seizure]) -> Table {
    let mut cases: std::collections::BTreeMap<(Iso3, Commodity, Precision), i64> = std::collections::BTreeMap::new();
    for seizure in seizures {
        *cases.entry((seizure.country, seizure.commodity, seizure.precision)).or_default() +=
            i64::from(seizure.case_count);
    }
    Table::new(
        "seizure_precision",
        "How well seizures could be placed",
        "Cases by the precision of their place. Country = nothing better could be read from the record.",
    )
    .text("iso3", "Country", cases.keys().map(|key| key.0.as_str()))
    .text("commodity", "Commodity", cases.keys().map(|key| key.1.as_str()))
    .text("precision", "Precision", cases.keys().map(|key| key.2.as_str()))
    .integer("seizure_case_count", "Cases", cases.values().copied())
}

/// The works that rows of the inputs point to.
#[must_use]
pub fn sources(sources: &[Source]) -> Table {
    let all = || sources.iter();
    Table::new("sources", "Sources", "Opened = a page of the work was read while the tables were compiled.")
        .text("source_id", "Identifier used in the tables", all().map(|source| source.id.as_str()))
        .text("title", "Title", all().map(|source| source.title.as_str()))
        .text("publisher", "Publisher", all().map(|source| source.publisher.as_str()))
        .text("published", "Year", all().map(|source| source.year.as_str()))
        .text("url", "Address", all().map(|source| source.url.as_str()))
        .flag("is_opened", "Whether it was read", all().map(|source| source.opened))
}
