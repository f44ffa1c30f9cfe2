//! What a public bundle withholds: small counts of seizures, what comes from them, and where single seizures were.
//!
//! The rule, the same in every file:
//! 1. a count of seizures, cases or records from 1 to 4 is shown as `<5`;
//! 2. in a row with such a count, every number that describes the seizures (quantity, rate, share) is `withheld`;
//! 3. in a row of totals, counts are rounded to 5. Where the column holds small counts, the total is first taken with
//!    each of them at the middle of 1 to 4, so that subtracting the other rows tells nothing; with several rows of
//!    totals it is withheld, and so is a total of quantities;
//! 4. positions of seizures are left out, of tables and of the map;
//! 5. a figure whose data fall under 1, 2 or 4 is withheld, since its marks would show what its data hide: to keep it,
//!    draw it from [`table`]'s result;
//! 6. raw values and messages of the quarantine are withheld.
//!
//! Columns are known by the words of their names: see [`describes_seizures`]. Running text is the author's to keep
//! free of small counts. Differences between tables of different grouping are not guarded (complementary
//! suppression over linked tables is a problem of its own: Hundepool et al. 2012, Statistical Disclosure Control).

use super::view::words;
use super::{Contents, Feature, FigureFile};
use crate::tables::{Column, Table, Values};
use serde_json::Value;

/// Counts below this, and above 0, are not published.
pub const LEAST_COUNT: i64 = 5;
/// In place of a small count.
pub const SMALL: &str = "<5";
/// In place of a number that would tell a small count.
pub const WITHHELD: &str = "withheld";
/// The rule in short, for the reader of the bundle.
pub const NOTICE: &str = "Public version: counts of 1 to 4 are shown as <5, numbers that come from them as \"withheld\", \
    totals are rounded to 5, and positions of single seizures are left out.";

/// Whether a column or property of this name describes seizures: its words have `seizure`, `seized`, `case`, `record`
/// or `quantity`.
#[must_use]
pub fn describes_seizures(name: &str) -> bool {
    words(name).any(|word| {
        matches!(word, "seizure" | "seizures" | "seized" | "case" | "cases" | "record" | "records" | "quantity")
    })
}

/// Whether the name is one of a count of seizures: it describes seizures and has `count` or `n`, or ends in `cases`,
/// `seizures` or `records`.
fn is_count(name: &str) -> bool {
    describes_seizures(name)
        && (words(name).any(|word| matches!(word, "count" | "n" | "number"))
            || matches!(words(name).next_back(), Some("cases" | "seizures" | "records")))
}

fn is_position(name: &str) -> bool {
    words(name).any(|word| matches!(word, "lon" | "lat" | "longitude" | "latitude" | "wkt" | "geometry"))
}

fn is_seizure_word(word: &str) -> bool {
    matches!(word, "seizure" | "seizures")
}

/// Whether a text column holds numbers some of which are withheld.
pub(super) fn is_withheld_column(column: &Column) -> bool {
    let Values::Text(values) = &column.values else { return false };
    let is_mark = |cell: &String| cell == SMALL || cell == WITHHELD;
    describes_seizures(&column.name)
        && values.iter().flatten().any(is_mark)
        && values.iter().flatten().all(|cell| is_mark(cell) || super::view::as_number(&column.name, cell).is_some())
}

/// The tables as a public bundle shows them.
#[must_use]
pub fn tables(tables: &[Table]) -> Vec<Table> {
    tables.iter().map(table).collect()
}

/// The table as a public bundle shows it; columns with withheld cells become text. Done twice it changes nothing more.
#[must_use]
pub fn table(table: &Table) -> Table {
    let small = small_rows(table);
    let totals = total_rows(table);
    let mut shown = Table { columns: Vec::new(), ..table.clone() };
    let is_located = names_seizures(table);
    for column in &table.columns {
        if is_located && is_position(&column.name) {
            continue;
        }
        let values = match numbers(column) {
            Some(cells) if is_count(&column.name) => published(column, counts(&cells, &totals)),
            Some(cells) if describes_seizures(&column.name) => {
                let is_any_hidden = small.iter().zip(&cells).any(|(&is_small, cell)| is_small && cell.is_some());
                let hidden = small.iter().zip(&totals).map(|(&is_small, &is_total)| {
                    (is_small || (is_total && is_any_hidden)).then(|| WITHHELD.to_owned())
                });
                published(column, hidden.collect())
            }
            _ => column.values.clone(),
        };
        shown.columns.push(Column { values, ..column.clone() });
    }
    shown
}

/// Whether the table holds something a public bundle withholds.
fn is_telling(table: &Table) -> bool {
    let is_located = names_seizures(table) && table.columns.iter().any(|column| is_position(&column.name));
    is_located || small_rows(table).contains(&true)
}

/// Whether the rows may be single seizures.
fn names_seizures(table: &Table) -> bool {
    words(&table.name).any(is_seizure_word) || table.columns.iter().any(|column| column.name == "seizure_id")
}

fn numbers(column: &Column) -> Option<Vec<Option<f64>>> {
    match &column.values {
        #[allow(clippy::cast_precision_loss)]
        Values::Integer(values) => Some(values.iter().map(|value| value.map(|number| number as f64)).collect()),
        Values::Real(values) => Some(values.clone()),
        Values::Text(_) | Values::Flag(_) => None,
    }
}

#[allow(clippy::cast_precision_loss)]
fn is_small(count: f64) -> bool {
    count > 0.0 && count < LEAST_COUNT as f64
}

fn small_rows(table: &Table) -> Vec<bool> {
    let mut rows = vec![false; table.row_count()];
    for cells in table.columns.iter().filter(|column| is_count(&column.name)).filter_map(numbers) {
        for (row, cell) in rows.iter_mut().zip(cells) {
            *row |= cell.is_some_and(is_small);
        }
    }
    rows
}

fn total_rows(table: &Table) -> Vec<bool> {
    let mut rows = vec![false; table.row_count()];
    for column in &table.columns {
        let Values::Text(values) = &column.values else { continue };
        for (row, cell) in rows.iter_mut().zip(values) {
            let cell = cell.as_deref().unwrap_or_default().trim().to_lowercase();
            *row |= matches!(cell.as_str(), "total" | "all" | "grand total" | "sum") || cell.starts_with("total ");
        }
    }
    rows
}

/// For each count, what replaces it.
#[allow(clippy::cast_precision_loss)]
fn counts(cells: &[Option<f64>], totals: &[bool]) -> Vec<Option<String>> {
    let hidden: Vec<f64> = (cells.iter().zip(totals))
        .filter_map(|(cell, &is_total)| cell.filter(|&count| !is_total && is_small(count)))
        .collect();
    let total_count = totals.iter().filter(|&&is_total| is_total).count();
    let shift = hidden.iter().map(|count| LEAST_COUNT as f64 / 2.0 - count).sum::<f64>();
    cells
        .iter()
        .zip(totals)
        .map(|(cell, &is_total)| {
            let count = (*cell)?;
            if is_small(count) {
                Some(SMALL.to_owned())
            } else if is_total && !hidden.is_empty() && total_count > 1 {
                Some(WITHHELD.to_owned())
            } else if is_total {
                Some((((count + shift) / 5.0).round() * 5.0).to_string())
            } else {
                None
            }
        })
        .collect()
}

/// The column with some cells replaced: text when any is, unless all replacements are numbers.
#[allow(clippy::cast_possible_truncation)]
fn published(column: &Column, replaced: Vec<Option<String>>) -> Values {
    let is_numeric = replaced.iter().flatten().all(|cell| cell.parse::<f64>().is_ok());
    match &column.values {
        Values::Integer(values) if is_numeric => {
            let pairs = values.iter().zip(&replaced);
            Values::Integer(pairs.map(|(value, new)| new.as_ref().and_then(|n| n.parse().ok()).or(*value)).collect())
        }
        Values::Real(values) if is_numeric => {
            let pairs = values.iter().zip(&replaced);
            Values::Real(pairs.map(|(value, new)| new.as_ref().and_then(|n| n.parse().ok()).or(*value)).collect())
        }
        Values::Integer(values) => merged(values.iter().map(|value| value.map(|number| number.to_string())), replaced),
        Values::Real(values) => merged(values.iter().map(|value| value.map(|number| number.to_string())), replaced),
        other => other.clone(),
    }
}

fn merged(values: impl Iterator<Item = Option<String>>, replaced: Vec<Option<String>>) -> Values {
    Values::Text(values.zip(replaced).map(|(value, new)| value.map(|old| new.unwrap_or(old))).collect())
}

/// The contents as a public bundle shows them.
pub(super) fn contents(contents: &Contents) -> Contents {
    let mut shown = contents.clone();
    shown.tables = tables(&contents.tables);
    shown.figures = contents.figures.iter().map(figure).collect();
    shown.features = contents.features.iter().filter(|feature| !is_seizure(feature)).map(feature).collect();
    for column in &mut shown.quarantine.columns {
        if let Values::Text(values) = &mut column.values
            && words(&column.name).any(|word| matches!(word, "value" | "message"))
        {
            values.iter_mut().flatten().for_each(|cell| WITHHELD.clone_into(cell));
        }
    }
    shown
}

fn figure(figure: &FigureFile) -> FigureFile {
    let data = table(&figure.data);
    if !is_telling(&figure.data) {
        return FigureFile { data, ..figure.clone() };
    }
    let note = "Withheld in the public version: the figure would show counts below 5 or positions of single seizures.";
    FigureFile {
        id: figure.id.clone(),
        title: figure.title.clone(),
        caption: note.to_owned(),
        alt: note.to_owned(),
        svg: String::new(),
        png: Vec::new(),
        data,
    }
}

/// Whether the feature stands for a seizure.
fn is_seizure(feature: &Feature) -> bool {
    feature.properties.iter().any(|(name, value)| {
        name == "seizure_id"
            || (matches!(name.as_str(), "layer" | "kind" | "type")
                && value.as_str().is_some_and(|text| words(&text.to_lowercase()).any(is_seizure_word)))
    })
}

fn feature(feature: &Feature) -> Feature {
    let is_small_count = |name: &str, value: &Value| is_count(name) && value.as_f64().is_some_and(is_small);
    let is_any_small = feature.properties.iter().any(|(name, value)| is_small_count(name, value));
    let properties = feature.properties.iter().map(|(name, value)| {
        let value = if is_small_count(name, value) {
            SMALL.into()
        } else if is_any_small && !is_count(name) && describes_seizures(name) && value.is_number() {
            WITHHELD.into()
        } else {
            value.clone()
        };
        (name.clone(), value)
    });
    Feature { geometry: feature.geometry.clone(), properties: properties.collect() }
}
