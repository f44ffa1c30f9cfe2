//! What was found in a file from outside: where, what stands there, which rule, what to do.

use super::problem::{Severity, escape_controls, shorten};
use serde::ser::{Serialize, SerializeStruct, Serializer};
use std::fmt;

/// One finding. With [`Severity::Quarantine`] the row is set aside, with [`Severity::Warning`] it is used; the reader of
/// a file gives no fatal ones (a file that cannot be read is a [`super::raw::RawError`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Name of the file.
    pub source: String,
    /// Sheet of a workbook, layer of a `GeoPackage`; empty otherwise.
    pub sheet: String,
    /// Row in the file, as people count it: the line a record begins on (header = 1), the sheet's row, or the number of
    /// the feature or record from 1; none = whole table.
    pub row: Option<u64>,
    /// Header of the column; empty = whole row.
    pub column: String,
    /// What stands there.
    pub value: String,
    /// Stable code, such as `I605`; [`super::rules::RULES`] explains it.
    pub rule: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub fix: String,
    /// What it does to the row.
    pub severity: Severity,
}

impl Finding {
    /// The column, or what says that the row as a whole is meant; empty for the whole table.
    #[must_use]
    pub fn column_word(&self) -> &str {
        if self.column.is_empty() && self.row.is_some() { WHOLE_ROW } else { &self.column }
    }
}

/// Stands for a column where the whole row is meant.
const WHOLE_ROW: &str = "(row)";

impl Serialize for Finding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Finding", 9)?;
        out.serialize_field("source", &self.source)?;
        out.serialize_field("sheet", &self.sheet)?;
        out.serialize_field("row", &self.row)?;
        out.serialize_field("column", self.column_word())?;
        out.serialize_field("value", &self.value)?;
        out.serialize_field("rule", self.rule)?;
        out.serialize_field("message", &self.message)?;
        out.serialize_field("fix", &self.fix)?;
        out.serialize_field("severity", &self.severity)?;
        out.end()
    }
}

/// Columns of `quarantine.csv`.
pub const QUARANTINE_COLUMNS: [&str; 8] = ["source", "sheet", "row", "column", "raw_value", "rule", "message", "fix"];

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = format!("{} {}", self.rule, self.source);
        if !self.sheet.is_empty() {
            text.push_str(&format!(" [{}]", self.sheet));
        }
        if let Some(row) = self.row {
            text.push_str(&format!(" row {row}"));
        }
        if !self.column.is_empty() {
            text.push_str(&format!(", {}", self.column));
        }
        text.push_str(": ");
        text.push_str(&self.message);
        if !self.value.is_empty() {
            text.push_str(&format!(" (`{}`)", shorten(&self.value)));
        }
        text.push_str(&format!(". To do: {}.", self.fix));
        formatter.write_str(&escape_controls(&text))
    }
}

/// Findings as CSV (RFC 4180, UTF-8, line feeds), raw values as they came.
#[must_use]
pub fn quarantine_csv<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> String {
    let mut text = QUARANTINE_COLUMNS.join(",") + "\n";
    for finding in findings {
        let row = finding.row.map(|row| row.to_string()).unwrap_or_default();
        let cells: [&str; 8] = [
            &finding.source,
            &finding.sheet,
            &row,
            finding.column_word(),
            &finding.value,
            finding.rule,
            &finding.message,
            &finding.fix,
        ];
        for (ix, cell) in cells.into_iter().enumerate() {
            if ix > 0 {
                text.push(',');
            }
            if cell.contains(['"', ',', '\n', '\r']) {
                text.push('"');
                text.push_str(&cell.replace('"', "\"\""));
                text.push('"');
            } else {
                text.push_str(cell);
            }
        }
        text.push('\n');
    }
    text
}
