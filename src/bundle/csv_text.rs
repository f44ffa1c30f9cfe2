//! Tables as CSV: RFC 4180 quoting, UTF-8, line feeds, shortest round-trip numbers, an empty cell for "not reported".

use super::BundleError;
use crate::tables::{Table, Values};

/// The table with texts as they are.
pub(super) fn raw(table: &Table) -> Result<Vec<u8>, BundleError> {
    write(table, str::to_owned)
}

/// The table with an apostrophe before texts that a spreadsheet would run as a formula.
pub(super) fn guarded(table: &Table) -> Result<Vec<u8>, BundleError> {
    write(table, |cell| if is_formula(cell) { format!("'{cell}") } else { cell.to_owned() })
}

/// A text from outside with an apostrophe before it when a spreadsheet would run it as a formula.
pub(super) fn safe(cell: &str) -> std::borrow::Cow<'_, str> {
    if is_formula(cell) { format!("'{cell}").into() } else { cell.into() }
}

/// Whether a spreadsheet may take the text for a formula; a number or a lone sign is none.
fn is_formula(cell: &str) -> bool {
    let is_start =
        cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\0', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}']);
    is_start && cell.chars().nth(1).is_some() && cell.parse::<f64>().is_err()
}

fn write(table: &Table, text: impl Fn(&str) -> String) -> Result<Vec<u8>, BundleError> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(Vec::new());
    let failed = |why: String| BundleError::Table { table: table.name.clone(), why };
    if table.columns.is_empty() {
        return Ok(Vec::new());
    }
    writer.write_record(table.columns.iter().map(|column| column.name.as_str())).map_err(|e| failed(e.to_string()))?;
    for row in 0..table.row_count() {
        let cells = table.columns.iter().map(|column| cell(&column.values, row, &text).unwrap_or_default());
        writer.write_record(cells).map_err(|error| failed(error.to_string()))?;
    }
    writer.into_inner().map_err(|error| failed(error.to_string()))
}

fn cell(values: &Values, row: usize, text: impl Fn(&str) -> String) -> Option<String> {
    match values {
        Values::Text(values) => values.get(row)?.as_deref().map(text),
        Values::Integer(values) => values.get(row)?.map(|value| value.to_string()),
        Values::Real(values) => values.get(row)?.map(|value| (value + 0.0).to_string()),
        Values::Flag(values) => values.get(row)?.map(|value| value.to_string()),
    }
}
