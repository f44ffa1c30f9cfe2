//! Raw records to the project's seizure table, with nothing lost: every row is used, set aside with its reason, or left
//! out by a stated rule.
//!
//! Quantities become whole milligrams, countries ISO 3166-1 alpha-3, drugs the project's names, places positions with a
//! precision. `docs/data.md` holds the schema and the rules.

mod account;
mod dates;
mod place_table;
mod places;
mod positions;
mod quantity;
mod record;

pub use account::{Account, Unplaced, by_rule};
pub use dates::DateOrder;
pub use place_table::{PlaceSum, PlaceTable, RepeatedBlocks, place_table};
pub use positions::{ByPosition, PositionNotUsed};
pub use record::{Day, SeizureRow};

use super::finding::Finding;
use super::geocode::{Placement, UserPlaces};
use super::problem::Severity;
use super::raw::RawTable;
use super::vocabulary::{ColumnMap, Drug, MapProblem, Vocabulary};
use crate::records::Iso3;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// The rule under which the rows of a table that holds no records are left out.
pub const NOT_RECOGNISED: &str = "table_not_recognised";

/// How records are read.
#[derive(Clone, Debug, Default)]
pub struct IngestParams {
    /// Columns chosen by the user: field and header.
    pub columns: Vec<(String, String)>,
    /// How dates with ambiguous parts are read.
    pub date_order: Option<DateOrder>,
    /// What the user says about places.
    pub places: UserPlaces,
}

/// A distinct place of the records.
#[derive(Clone, Debug)]
pub struct PlacedText {
    /// Country of the records.
    pub country: Iso3,
    /// The division as written.
    pub division: String,
    /// The place as written.
    pub place: String,
    /// Where it is.
    pub placement: Placement,
    /// What a position does to it: rows that only say the text stand at the same text without it.
    pub by_position: Option<ByPosition>,
    /// Rows that say so.
    pub row_count: usize,
}

/// The records of some files.
#[derive(Debug)]
pub struct Ingested {
    /// The tables as they came.
    pub tables: Vec<RawTable>,
    /// Which column holds what, by table.
    pub maps: Vec<ColumnMap>,
    /// The drugs that rows point to.
    pub drugs: Vec<Drug>,
    /// The distinct places that rows point to.
    pub places: Vec<PlacedText>,
    /// The rows that are used, in the order of the files.
    pub rows: Vec<SeizureRow>,
    /// Why rows were set aside, in the order of the files.
    pub quarantine: Vec<Finding>,
    /// Rows left out, by rule.
    pub excluded: BTreeMap<String, usize>,
    /// Rows of the files.
    pub rows_in: usize,
    /// Rows set aside.
    pub rows_quarantined: usize,
    /// Rows whose quantity was rounded by more than a microgram.
    pub rounded_count: usize,
    /// Rows that repeat an earlier row of their file cell by cell; they are used.
    pub identical_count: usize,
    /// Positions of used rows that cannot be right; the rows stand where their texts say.
    pub positions_not_used: Vec<PositionNotUsed>,
    /// Sheets or layers without the columns of records, beside others of their file that have them: file with sheet, and
    /// why.
    pub tables_left_out: Vec<(String, String)>,
}

/// Why a file's records cannot be read at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IngestError {
    /// A table lacks columns.
    #[error("{source_name}: {message}. To do: {fix}")]
    Columns {
        /// The file.
        source_name: String,
        /// What is wrong.
        message: String,
        /// What to do.
        fix: String,
    },
    /// The program was built without a table that it needs.
    #[error("{0}")]
    Program(String),
}

/// Reads the records of `tables`.
///
/// `rows_in = rows used + rows set aside + rows left out`, over all tables.
///
/// A sheet without the columns that every record needs is left out when another of its file has them.
///
/// # Errors
/// A file of which no table has the columns that every record needs; a program without its vocabularies.
///
/// # Panics
/// When a row is not accounted for: a fault of the program.
pub fn ingest(tables: Vec<RawTable>, vocabulary: &Vocabulary, params: &IngestParams) -> Result<Ingested, IngestError> {
    let rows_in = tables.iter().map(RawTable::rows_in).sum();
    let Recognised { tables, maps, left_out: tables_left_out, row_count: unread } =
        recognise(tables, vocabulary, params)?;
    let jobs: Vec<(usize, usize)> =
        tables.iter().enumerate().flat_map(|(ix, table)| (0..table.part_count()).map(move |part| (ix, part))).collect();
    let parts: Vec<record::PartResult<'_>> = jobs
        .par_iter()
        .with_max_len(1)
        .map(|(ix, part)| record::read_part(&tables[*ix], *ix, *part, &maps[*ix], vocabulary, params))
        .collect();
    let identical_count = record::identical(&tables, &parts);
    let (mut quarantine, mut excluded) = (Vec::new(), BTreeMap::new());
    if unread > 0 {
        excluded.insert(NOT_RECOGNISED.to_owned(), unread);
    }
    let mut rows_quarantined: usize = tables.iter().map(|table| table.quarantined_count).sum();
    for table in &tables {
        quarantine.extend(table.problems.iter().filter(|problem| problem.severity == Severity::Quarantine).cloned());
    }
    for part in &parts {
        quarantine.extend(part.findings.iter().cloned());
        rows_quarantined += part.quarantined_count;
        for (rule, count) in &part.excluded {
            *excluded.entry(rule.clone()).or_insert(0) += count;
        }
    }
    let places::Placed { rows, places, positions_not_used } =
        places::place_all(parts, params).map_err(IngestError::Program)?;
    let source_ix = |source: &str| tables.iter().position(|table| table.source == source);
    quarantine.sort_by_key(|finding| (source_ix(&finding.source), finding.sheet.clone(), finding.row));
    let rounded_count = rows.iter().filter(|row| row.is_rounded).count();
    let drugs = vocabulary.drugs.all.clone();
    let accounted = rows.len() + rows_quarantined + excluded.values().sum::<usize>();
    assert_eq!(rows_in, accounted, "rows are not accounted for");
    Ok(Ingested {
        tables,
        maps,
        drugs,
        places,
        rows,
        quarantine,
        excluded,
        rows_in,
        rows_quarantined,
        rounded_count,
        identical_count,
        positions_not_used,
        tables_left_out,
    })
}

/// Tables with the columns of records, and what became of the others.
#[derive(Default)]
struct Recognised {
    tables: Vec<RawTable>,
    maps: Vec<ColumnMap>,
    left_out: Vec<(String, String)>,
    row_count: usize,
}

fn recognise(tables: Vec<RawTable>, vocabulary: &Vocabulary, params: &IngestParams) -> Result<Recognised, IngestError> {
    let maps: Vec<_> = tables.iter().map(|table| vocabulary.columns.map(table, &params.columns)).collect();
    let known: Vec<String> =
        tables.iter().zip(&maps).filter(|(_, map)| map.is_ok()).map(|(table, _)| table.source.clone()).collect();
    let mut found = Recognised::default();
    for (table, map) in tables.into_iter().zip(maps) {
        match map {
            Ok(map) => {
                found.tables.push(table);
                found.maps.push(map);
            }
            Err(MapProblem { message, .. }) if known.contains(&table.source) => {
                let name = format!("{} [{}]", table.source, table.sheet.as_deref().unwrap_or_default());
                found.left_out.push((name, message));
                found.row_count += table.rows_in();
            }
            Err(MapProblem { message, fix }) => {
                return Err(IngestError::Columns { source_name: table.source, message, fix });
            }
        }
    }
    Ok(found)
}
