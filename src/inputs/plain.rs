//! Plain tables of any name: CSV with a header whose columns may be called by several names.

use super::decimal::Decimal;
use super::problem::{Problem, Severity, shorten};
use super::source::read_capped;
use csv::{ReaderBuilder, StringRecord};
use std::path::Path;

/// Most plain bytes of one table.
const MAX_BYTES: usize = 2 << 30;

/// Most problems listed for one table.
const MAX_PROBLEMS: usize = 1_000;

/// A wanted column: the names it may have, the first of them the one that messages use.
pub type Column = &'static [&'static str];

/// A table in memory: the cells of its wanted columns.
pub struct PlainTable {
    file: String,
    /// First name of each wanted column, its title in the header and its place among the cells that are kept.
    columns: Vec<(String, Option<(String, usize)>)>,
    lines: Vec<u64>,
    /// The kept cells, row by row, trimmed, and where each ends.
    cells: String,
    ends: Vec<usize>,
    kept_count: usize,
    /// What is wrong so far.
    pub problems: Vec<Problem>,
}

/// The text of a file, unpacked when its name ends in `.gz`.
///
/// # Errors
/// The problem, when it is missing, unreadable, too large or not UTF-8.
pub fn read_text(path: &Path) -> Result<String, Box<Problem>> {
    let file = path.display().to_string();
    let fix = "name a file that can be read to its end";
    let is_packed = path.extension().is_some_and(|extension| extension == "gz");
    let bytes = match read_capped(path, is_packed, MAX_BYTES) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return Err(Box::new(Problem::of_file("I101", &file, "no such file", "a file", "check the path"))),
        Err(why) => return Err(Box::new(Problem::of_file("I102", &file, &why, "a readable file", fix))),
    };
    let fix = "save the table as CSV UTF-8";
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(Box::new(Problem::of_file("I103", &file, "UTF-16 text", "UTF-8 text", fix)));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = 1 + good.iter().filter(|byte| **byte == b'\n').count() as u64;
        let problem = Problem::of_file("I103", &file, "bytes that are not UTF-8", "UTF-8 text", fix);
        Box::new(problem.at(line, "", Severity::Fatal))
    })?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// A problem of a file that is not a table of the project.
#[must_use]
pub fn problem_of(path: &Path, row: Option<u64>, code: &'static str, texts: [&str; 3]) -> Problem {
    let [found, expected, fix] = texts;
    let problem = Problem::of_file(code, &path.display().to_string(), found, expected, fix);
    match row {
        Some(row) => problem.at(row, "", Severity::Fatal),
        None => problem,
    }
}

impl PlainTable {
    /// Reads a table. A column of `required` that is missing is a problem, one of `optional` is empty everywhere; a column
    /// that the header names twice is a problem. Titles match without regard to case, surrounding blanks, and blanks,
    /// hyphens or underscores between words; of several names the first that the header has.
    #[must_use]
    pub fn read(path: &Path, required: &[&[&str]], optional: &[&[&str]]) -> Self {
        let mut table = Self {
            file: path.display().to_string(),
            columns: Vec::new(),
            lines: Vec::new(),
            cells: String::new(),
            ends: Vec::new(),
            kept_count: 0,
            problems: Vec::new(),
        };
        match read_text(path) {
            Ok(text) => table.parse(&text, required, optional),
            Err(problem) => table.problems.push(*problem),
        }
        table
    }

    fn parse(&mut self, text: &str, required: &[&[&str]], optional: &[&[&str]]) {
        if text.trim().is_empty() {
            self.file_problem("I107", "an empty file", "a header and rows", "fill the table");
            return;
        }
        let mut reader = ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
        let header = match reader.headers() {
            Ok(header) => header.clone(),
            Err(error) => {
                self.file_problem("I102", &error.to_string(), "a CSV table", "check the file");
                return;
            }
        };
        let slots = self.find_columns(&header, required, optional);
        if !self.problems.is_empty() {
            return;
        }
        let mut record = StringRecord::new();
        let mut lines = Lines::of(text.as_bytes());
        loop {
            let start = reader.position().byte() as usize;
            let outcome = reader.read_record(&mut record);
            let raw = text.as_bytes().get(start..reader.position().byte() as usize).unwrap_or_default();
            match outcome {
                Ok(false) => break,
                Ok(true) => {
                    let line = lines.at(start);
                    if raw.iter().filter(|byte| **byte == b'"').count() % 2 == 1 {
                        let texts =
                            ["a quote that is never closed", "a closing quote", "close the quote of a cell here"];
                        self.problem(line, "", "I106", texts);
                    } else if record.len() == header.len() {
                        self.lines.push(line);
                        for &slot in &slots {
                            self.cells.push_str(record.get(slot).unwrap_or_default().trim());
                            self.ends.push(self.cells.len());
                        }
                    } else {
                        let found = format!("{} cells", record.len());
                        let expected = format!("{} cells, as in the header", header.len());
                        let fix =
                            "put quotes round cells that hold commas; fill missing cells with nothing between commas";
                        self.problem(line, "", "I105", [&found, &expected, fix]);
                    }
                }
                Err(error) => {
                    self.file_problem("I102", &error.to_string(), "a CSV table", "check the file");
                    return;
                }
            }
        }
        if self.lines.is_empty() && self.problems.is_empty() {
            self.file_problem("I107", "no rows under the header", "at least one row", "fill the table");
        }
    }

    /// Where the wanted columns stand; notes their titles.
    fn find_columns(&mut self, header: &StringRecord, required: &[&[&str]], optional: &[&[&str]]) -> Vec<usize> {
        let titles: Vec<String> = header.iter().map(plain).collect();
        let (required, optional) =
            (required.iter().map(|names| (names, true)), optional.iter().map(|names| (names, false)));
        let mut slots = Vec::new();
        for (names, is_required) in required.chain(optional) {
            let places =
                |name: &&str| -> Vec<usize> { (0..titles.len()).filter(|&slot| titles[slot] == plain(name)).collect() };
            let places = names.iter().map(places).find(|places| !places.is_empty()).unwrap_or_default();
            let slot = places.first().copied();
            if places.len() > 1 {
                let expected = format!("one column `{}`", names[0]);
                let texts = ["the column twice", expected.as_str(), "remove or rename one of the two"];
                self.problem(1, names[0], "I104", texts);
            } else if slot.is_none() && is_required {
                let expected = format!("a column `{}`", names.join("` or `"));
                let found = shorten(&header.iter().collect::<Vec<_>>().join(","));
                self.problem(1, names[0], "I104", [&found, &expected, &column_fix(names[0], header)]);
            }
            let title = slot.and_then(|slot| header.get(slot)).unwrap_or_default().trim().to_owned();
            self.columns.push((names[0].to_owned(), slot.map(|_| (title, slots.len()))));
            slots.extend(slot);
        }
        self.kept_count = slots.len();
        slots
    }

    fn file_problem(&mut self, code: &'static str, found: &str, expected: &str, fix: &str) {
        self.problems.push(Problem::of_file(code, &self.file, found, expected, fix));
    }

    /// Lists a problem of a row: found, expected, what to do. Of too many the first are listed.
    pub fn problem(&mut self, line: u64, column: &str, code: &'static str, texts: [&str; 3]) {
        let [found, expected, fix] = texts;
        let problem = Problem::of_file(code, &self.file, found, expected, fix);
        match self.problems.len() {
            0..MAX_PROBLEMS => self.problems.push(problem.at(line, column, Severity::Fatal)),
            MAX_PROBLEMS => {
                self.file_problem("I109", "more than 1000 problems", "fewer", "check that this is the right file");
            }
            _ => {}
        }
    }

    /// Number of rows.
    #[must_use]
    pub fn row_count(&self) -> usize {
        self.lines.len()
    }

    /// The line of the file on which a row begins.
    #[must_use]
    pub fn line(&self, row: usize) -> u64 {
        self.lines[row]
    }

    /// Whether the header has the column.
    #[must_use]
    pub fn has(&self, column: &str) -> bool {
        self.title(column).is_some()
    }

    /// What the header calls the column.
    #[must_use]
    pub fn title(&self, column: &str) -> Option<&str> {
        self.found(column).map(|(title, _)| title.as_str())
    }

    fn found(&self, column: &str) -> Option<&(String, usize)> {
        self.columns.iter().find(|(name, _)| *name == column).and_then(|(_, found)| found.as_ref())
    }

    /// A cell, trimmed; empty when the column is not there.
    #[must_use]
    pub fn cell(&self, row: usize, column: &str) -> &str {
        let Some((_, place)) = self.found(column) else { return "" };
        let at = row * self.kept_count + place;
        &self.cells[at.checked_sub(1).map_or(0, |before| self.ends[before])..self.ends[at]]
    }

    /// An identifier, which must not be empty.
    pub fn id(&mut self, row: usize, column: &str) -> Option<String> {
        let cell = self.cell(row, column).to_owned();
        if cell.is_empty() {
            let line = self.line(row);
            self.problem(line, column, "I201", ["an empty cell", "an identifier", "fill the cell or remove the row"]);
            return None;
        }
        Some(cell)
    }

    /// A decimal number of 0 or more, which must not be empty.
    pub fn amount(&mut self, row: usize, column: &str) -> Option<Decimal> {
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
    pub fn optional_amount(&mut self, row: usize, column: &str) -> Option<Decimal> {
        if self.cell(row, column).is_empty() { None } else { self.amount(row, column) }
    }
}

/// Lines of a text, counted from 1; they end with LF, CR LF or CR.
struct Lines<'t> {
    text: &'t [u8],
    place: usize,
    line: u64,
}

impl<'t> Lines<'t> {
    fn of(text: &'t [u8]) -> Self {
        Self { text, place: 0, line: 1 }
    }

    /// The line of the first byte from `place` on that ends none. Places never fall.
    fn at(&mut self, place: usize) -> u64 {
        let is_end = |byte: &u8| matches!(byte, b'\n' | b'\r');
        let rest = self.text.get(place..).unwrap_or_default();
        let place = place + rest.iter().take_while(|byte| is_end(byte)).count();
        let passed = &self.text[self.place..place];
        let ends = passed.iter().enumerate().filter(|&(ix, byte)| {
            // of CR LF the LF counts
            *byte == b'\n' || (*byte == b'\r' && passed.get(ix + 1) != Some(&b'\n'))
        });
        self.line += ends.count() as u64;
        self.place = place;
        self.line
    }
}

/// A title without case and without what separates its words.
fn plain(title: &str) -> String {
    title.trim().to_lowercase().replace([' ', '-', '_'], "")
}

/// How a column that is missing may be there after all.
fn column_fix(column: &str, header: &StringRecord) -> String {
    if header.len() == 1
        && let Some((_, separator)) = [(';', "semicolons"), ('\t', "tabs"), ('|', "bars")]
            .iter()
            .find(|(separator, _)| header.iter().any(|only| only.contains(*separator)))
    {
        return format!("save the table with commas between cells, not {separator}");
    }
    let near = header
        .iter()
        .map(|title| (strsim::jaro_winkler(&title.trim().to_lowercase(), column), title.trim()))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    match near {
        Some((_, title)) => format!("rename the column `{title}` to `{column}`"),
        None => "add the column".to_owned(),
    }
}
