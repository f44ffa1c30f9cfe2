//! What is wrong with an input, where, and what to do about it.

use serde::Serialize;
use std::fmt;

/// What a problem does to the load.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing is loaded.
    Fatal,
    /// The row is left out; the rest loads.
    Quarantine,
    /// The row is used; someone should look at it.
    Warning,
}

impl Severity {
    /// The word shown to people.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fatal => "fatal",
            Self::Quarantine => "quarantine",
            Self::Warning => "warning",
        }
    }
}

/// One problem of one file. `file`, `row` and `column` say where, the texts what was found, what was expected and how
/// to put it right. The codes are listed in [`CODES`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Stable code, such as `I203`.
    pub code: &'static str,
    /// The file, named from the data directory: `network/links.csv`.
    pub file: String,
    /// Line of the file where the row begins, header = 1 (GeoJSON: number of the feature, from 1); none = whole file.
    pub row: Option<u64>,
    /// The column (GeoJSON: member); empty = whole row.
    pub column: String,
    /// What stands there, shortened to 80 characters.
    pub found: String,
    /// What should stand there.
    pub expected: String,
    /// What to do.
    pub fix: String,
    /// What the problem does to the load.
    pub severity: Severity,
}

/// The codes and the rule behind each, as documented for users.
pub const CODES: &[(&str, &str)] = &[
    ("I101", "a file is missing"),
    ("I102", "a file cannot be read, unpacked, or is too large"),
    ("I103", "text is not UTF-8"),
    ("I104", "a column is missing, or the header names it twice"),
    ("I105", "a row has more or fewer cells than the header"),
    ("I106", "a quoted cell is never closed"),
    ("I107", "a file is empty or holds no usable row"),
    ("I108", "a table is there twice, plain and compressed"),
    ("I109", "too many problems in one file"),
    ("I201", "a cell that must be filled is empty"),
    ("I202", "a cell is not a finite number"),
    ("I203", "a number is out of range"),
    ("I204", "a word is not in the vocabulary"),
    ("I205", "a country code is not ISO 3166-1 alpha-3"),
    ("I206", "a longitude or latitude is off the globe"),
    ("I207", "a geometry is not a WKT LINESTRING between the link's ends"),
    ("I208", "a unit or quantity is not known"),
    ("I301", "an identifier occurs twice"),
    ("I302", "a row points to something that is not there"),
    ("I303", "a node has no link"),
    ("I304", "a link joins a node to itself"),
    ("I305", "shares do not sum to one"),
    ("I306", "two countries are not different and in alphabetical order"),
    ("I307", "the order of the nodes does not name each of them once"),
    ("I401", "a file is not GeoJSON"),
    ("I402", "a GeoJSON file is in another coordinate system"),
    ("I403", "a GeoJSON position is not two finite numbers on the globe"),
    ("I404", "a GeoJSON ring or line has too few positions or is not closed"),
    ("I405", "a GeoJSON feature has another kind of geometry, or none"),
    ("I406", "a GeoJSON feature lacks a property"),
    ("I501", "a source is not in reference/sources.csv"),
    ("I502", "a longitude and latitude may be exchanged"),
    ("I503", "a boundary polygon is not valid geometry"),
];

/// Most characters of a found value that are kept.
const FOUND_CHARS: usize = 80;

impl Problem {
    /// A problem of a whole file.
    pub(super) fn of_file(code: &'static str, file: &str, found: &str, expected: &str, fix: &str) -> Self {
        Self {
            code,
            file: file.to_owned(),
            row: None,
            column: String::new(),
            found: shorten(found),
            expected: expected.to_owned(),
            fix: fix.to_owned(),
            severity: Severity::Fatal,
        }
    }

    /// The same problem at a row and column.
    pub(super) fn at(mut self, row: u64, column: &str, severity: Severity) -> Self {
        self.row = Some(row);
        column.clone_into(&mut self.column);
        self.severity = severity;
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = format!("{} {}", self.code, self.file);
        if let Some(row) = self.row {
            text.push_str(&format!(" row {row}"));
        }
        if !self.column.is_empty() {
            text.push_str(&format!(", {}", self.column));
        }
        text.push_str(&format!(": found {}; expected {}. To do: {}.", self.found, self.expected, self.fix));
        formatter.write_str(&escape_controls(&text))
    }
}

/// Why the inputs were refused: every problem found, those that stop the load first.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the input tables were refused: {} that must be put right", fatal_count(problems))]
pub struct InputProblems {
    /// All problems, fatal ones first, then by file and row.
    pub problems: Vec<Problem>,
}

fn fatal_count(problems: &[Problem]) -> String {
    match problems.iter().filter(|problem| problem.severity == Severity::Fatal).count() {
        1 => "1 problem".to_owned(),
        count => format!("{count} problems"),
    }
}

/// `text` with control characters, and characters that reorder or hide text, shown as escapes, so that nothing in a
/// table can steer a terminal or disguise a message.
#[must_use]
pub fn escape_controls(text: &str) -> String {
    let is_hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    if !text.chars().any(is_hidden) {
        return text.to_owned();
    }
    text.chars().flat_map(|c| if is_hidden(c) { c.escape_default().collect() } else { vec![c] }).collect()
}

/// At most [`FOUND_CHARS`] characters, the cut marked.
pub(super) fn shorten(text: &str) -> String {
    match text.char_indices().nth(FOUND_CHARS) {
        Some((cut, _)) => format!("{}...", &text[..cut]),
        None => text.to_owned(),
    }
}
