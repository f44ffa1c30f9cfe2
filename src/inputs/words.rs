//! Vocabularies of the tables.

use super::row::Row;

/// What a `source_id` begins with when the row is an assumption of the project.
pub(super) const ASSUMPTION: &str = "assumption";

/// Substances a row may be about.
const DRUGS: &[&str] = &[
    "heroin",
    "morphine",
    "opium",
    "heroin_and_morphine",
    "poppy_straw",
    "opiate_other",
    "opiates",
    "acetic_anhydride",
    "precursor_other",
    "precursor_unspecified",
];

/// Whether `cell` spells `drug` with spaces, or `+` for `and`.
fn is_spelling_of(cell: &str, drug: &str) -> bool {
    cell.replace(' ', "_").replace('+', "_and_") == drug
}

/// The substance of a row, in the spelling that all tables share once they are read.
pub(super) fn drug(row: &mut Row<'_, '_>) -> Option<String> {
    let cell = row.cell("drug");
    match DRUGS.iter().find(|drug| is_spelling_of(cell, drug)) {
        Some(drug) => Some((*drug).to_owned()),
        None => row.one_of("I204", "drug", DRUGS).map(str::to_owned),
    }
}
