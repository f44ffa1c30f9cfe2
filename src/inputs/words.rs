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

/// Other spellings of the same substances.
const OTHER_SPELLINGS: &[(&str, &str)] =
    &[("acetic anhydride", "acetic_anhydride"), ("heroin+morphine", "heroin_and_morphine")];

/// The substance of a row, in the spelling that all tables share once they are read.
pub(super) fn drug(row: &mut Row<'_, '_>) -> Option<String> {
    let cell = row.cell("drug");
    match OTHER_SPELLINGS.iter().find(|(spelling, _)| *spelling == cell) {
        Some((_, drug)) => Some((*drug).to_owned()),
        None => row.one_of("I204", "drug", DRUGS).map(str::to_owned),
    }
}
