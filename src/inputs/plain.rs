//! Plain tables of any name: CSV with a header whose columns may be called by several names.

use super::decimal::Decimal;
use super::problem::{Problem, Severity, shorten};
use super::source::read_capped;
use csv::{ReaderBuilder, StringRecord};
use std::path::Path;

/// Most plain bytes of one table.
const MAX_BYTES: usize = 1 << 30;

/// Most problems listed for one table.
const MAX_PROBLEMS: usize = 1_000;

/// A wanted column: the names it may have, the first of them the one that messages use.
pub type Column = &'static [&'static str];

/// A table in memory, its wanted columns found.
pub struct PlainTable {
    file: String,
    columns: Vec<(&'static str, Option<usize>)>,
    records: Vec<(u64, StringRecord)>,
    /// What is wrong so far.
    pub problems: Vec<Problem>,
}

/// The text of a file, unpacked when its name ends in `.gz`.
///
/// # Errors
/// The problem, when it is missing, unreadable, too large or not UTF-8.
pub fn read_text(path: &Path) -> Result<String, Box<Problem>> {
    let file = name_of(path);
    let fix = "name a file that can be read to its end";
    let is_packed = path.extension().is_some_and(|extension| extension == "gz");
    let bytes = match read_capped(path, is_packed, MAX_BYTES) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return Err(Box::new(Problem::of_file("I101", &file, "no such file", "a file", fix))),
        Err(why) => return Err(Box::new(Problem::of_file("I102", &file, &why, "a readable file", fix))),
    };
    let text = String::from_utf8(bytes).map_err(|_| {
        Box::new(Problem::of_file("I103", &file, "bytes that are not UTF-8", "UTF-8 text", "save the file as UTF-8"))
    })?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// A problem of a file that is not a table of the project.
#[must_use]
pub fn problem_of(path: &Path, row: Option<u64>, code: &'static str, texts: [&str; 3]) -> Problem {
    let [found, expected, fix] = texts;
    let problem = Problem::of_file(code, &name_of(path), found, expected, fix);
    match row {
        Some(row) => problem.at(row, "", Severity::Fatal),
        None => problem,
    }
}

impl PlainTable {
    /// Reads a table. A column of `required` that is missing is a problem, one of `optional` is empty everywhere.
    /// Titles match without regard to case, surrounding blanks, and blanks, hyphens or underscores between words.
    #[must_use]
    pub fn read(path: &Path, required: &[Column], optional: &[Column]) -> Self {
        let mut table = Self { file: name_of(path), columns: Vec::new(), records: Vec::new(), problems: Vec::new() };
        match read_text(path) {
            Ok(text) => table.parse(&text, required, optional),
            Err(problem) => table.problems.push(*problem),
        }
        table
    }

    fn parse(&mut self, text: &str, required: &[Column], optional: &[Column]) {
        let mut reader = ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
        let header = match reader.headers() {
            Ok(header) => header.clone(),
            Err(error) => {
                self.file_problem("I102", &error.to_string(), "a CSV table", "check the file");
                return;
            }
        };
        if text.trim().is_empty() {
            self.file_problem("I107", "an empty file", "a header and rows", "fill the table");
            return;
        }
        let titles: Vec<String> = header.iter().map(plain).collect();
        for (column, is_required) in
            required.iter().map(|column| (column, true)).chain(optional.iter().map(|column| (column, false)))
        {
            // The names in their order: the first that the header has.
            let slot = column.iter().find_map(|name| titles.iter().position(|title| *title == plain(name)));
            if slot.is_none() && is_required {
                let expected = format!("a column `{}`", column.join("` or `"));
                let found = shorten(&header.iter().collect::<Vec<_>>().join(","));
                self.file_problem("I104", &found, &expected, "add or rename the column");
            }
            self.columns.push((column[0], slot));
        }
        if !self.problems.is_empty() {
            return;
        }
        let width = header.len();
        for record in reader.into_records() {
            match record {
                Ok(record) => {
                    let line = record.position().map_or(0, csv::Position::line);
                    if record.len() == width {
                        self.records.push((line, record));
                    } else {
                        let found = format!("{} cells", record.len());
                        let expected = format!("{width} cells, as in the header");
                        self.problem(line, "", "I105", [&found, &expected, "fill missing cells with nothing"]);
                    }
                }
                Err(error) => {
                    self.file_problem("I102", &error.to_string(), "a CSV table", "check the file");
                    return;
                }
            }
            if self.problems.len() > MAX_PROBLEMS {
                self.file_problem("I109", "more than 1000 problems", "fewer", "check that this is the right file");
                return;
            }
        }
        if self.records.is_empty() {
            self.file_problem("I107", "no rows under the header", "at least one row", "fill the table");
        }
    }

    fn file_problem(&mut self, code: &'static str, found: &str, expected: &str, fix: &str) {
        self.problems.push(Problem::of_file(code, &self.file, found, expected, fix));
    }

    /// Lists a problem of a row: found, expected, what to do.
    pub fn problem(&mut self, line: u64, column: &str, code: &'static str, texts: [&str; 3]) {
        if self.problems.len() <= MAX_PROBLEMS {
            let [found, expected, fix] = texts;
            self.problems.push(Problem::of_file(code, &self.file, found, expected, fix).at(
                line,
                column,
                Severity::Fatal,
            ));
        }
    }

    /// Number of rows.
    #[must_use]
    pub fn row_count(&self) -> usize {
        self.records.len()
    }

    /// The line of the file on which a row begins.
    #[must_use]
    pub fn line(&self, row: usize) -> u64 {
        self.records[row].0
    }

    /// Whether the header has the column.
    #[must_use]
    pub fn has(&self, column: &str) -> bool {
        self.columns.iter().any(|(name, slot)| *name == column && slot.is_some())
    }

    /// A cell, trimmed; empty when the column is not there.
    #[must_use]
    pub fn cell(&self, row: usize, column: &str) -> &str {
        let slot = self.columns.iter().find(|(name, _)| *name == column).and_then(|(_, slot)| *slot);
        slot.and_then(|slot| self.records[row].1.get(slot)).unwrap_or_default().trim()
    }

    /// An identifier, which must not be empty.
    pub fn id(&mut self, row: usize, column: &'static str) -> Option<String> {
        let cell = self.cell(row, column).to_owned();
        if cell.is_empty() {
            let line = self.line(row);
            self.problem(line, column, "I201", ["an empty cell", "an identifier", "fill the cell or remove the row"]);
            return None;
        }
        Some(cell)
    }

    /// A decimal number of 0 or more, which must not be empty.
    pub fn amount(&mut self, row: usize, column: &'static str) -> Option<Decimal> {
        let cell = self.cell(row, column).to_owned();
        let expected = "a finite number of 0 or more";
        let (code, found, fix) = match Decimal::parse(&cell) {
            Some(number) if !number.is_negative() => return Some(number),
            Some(_) => ("I203", cell.as_str(), "correct the sign, or remove the row"),
            None if cell.is_empty() => ("I201", "an empty cell", "fill the cell or remove the row"),
            None => ("I202", cell.as_str(), "write digits with a decimal point, no unit and no thousands separator"),
        };
        let line = self.line(row);
        self.problem(line, column, code, [found, expected, fix]);
        None
    }

    /// As [`PlainTable::amount`], none also for an empty cell.
    pub fn optional_amount(&mut self, row: usize, column: &'static str) -> Option<Decimal> {
        if self.cell(row, column).is_empty() { None } else { self.amount(row, column) }
    }
}

/// A title without case and without what separates its words.
fn plain(title: &str) -> String {
    title.trim().to_lowercase().replace([' ', '-', '_'], "")
}
