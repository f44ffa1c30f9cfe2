//! The one reader of CSV tables: rows become records or problems, and every row is accounted for.

use super::FileAccount;
use super::problem::{Problem, Severity, shorten};
use super::row::{Names, Row};
use super::source::PlainFile;
use csv::{ByteRecord, ErrorKind, ReaderBuilder, StringRecord};

/// Most problems listed of one file; more means that it is the wrong file.
const MAX_PROBLEMS: usize = 10_000;

/// What a table must look like.
pub(super) struct Layout {
    /// Name from the data directory.
    pub(super) file: &'static str,
    /// Columns that are read, in any order; others are ignored.
    pub(super) columns: &'static [&'static str],
    /// Those of them that may be missing: their cells are then empty.
    pub(super) optional: &'static [&'static str],
    /// Columns that together name a row; empty = rows need no name.
    pub(super) key: &'static [&'static str],
    /// What a bad row does.
    pub(super) bad_row: Severity,
}

/// The usable rows of a table.
pub(super) struct Table<T> {
    /// Records in the file's order.
    pub(super) rows: Vec<T>,
    /// The line each record begins on.
    pub(super) lines: Vec<u64>,
    /// What was wrong.
    pub(super) problems: Vec<Problem>,
    /// Where the rows went.
    pub(super) account: Option<FileAccount>,
}

impl<T> Table<T> {
    fn empty() -> Self {
        Self { rows: Vec::new(), lines: Vec::new(), problems: Vec::new(), account: None }
    }

    /// Whether no problem stops the load: references into a refused table are not checked, or each would be repeated.
    pub(super) fn is_sound(&self) -> bool {
        self.problems.iter().all(|problem| problem.severity != Severity::Fatal) && self.account.is_some()
    }

    /// Drops rows that a later check finds unusable, moving them to quarantine. `check` gives the problem of a row.
    pub(super) fn quarantine(&mut self, mut check: impl FnMut(usize, &T, u64) -> Option<Problem>) {
        let mut bad = vec![false; self.rows.len()];
        for (ix, row) in self.rows.iter().enumerate() {
            if let Some(problem) = check(ix, row, self.lines[ix]) {
                bad[ix] = true;
                self.problems.push(problem);
            }
        }
        let count = bad.iter().filter(|is_bad| **is_bad).count();
        let mut keep = bad.iter();
        self.rows.retain(|_| keep.next() == Some(&false));
        let mut keep = bad.iter();
        self.lines.retain(|_| keep.next() == Some(&false));
        if let Some(account) = &mut self.account {
            account.rows_used -= count;
            account.rows_quarantined += count;
        }
    }
}

/// Reads a table. `parse` makes a record of a row, telling the row what is wrong with it; `None` without a problem
/// after [`Row::exclude`] means that the row is left out by rule. A file that could not be read gives no rows: its
/// problem is listed already.
pub(super) fn read<T>(
    file: Option<&PlainFile>,
    layout: &Layout,
    mut parse: impl FnMut(&mut Row<'_, '_>) -> Option<T>,
) -> Table<T> {
    let mut table = Table::empty();
    let Some(file) = file else { return table };
    let body = file.body();
    if let Some(problem) = wrong_text(file.name, body) {
        table.problems.push(problem);
        return table;
    }
    let mut reader = ReaderBuilder::new().flexible(true).from_reader(body);
    let slots = match reader.byte_headers() {
        Ok(header) => match find_columns(file.name, header, layout) {
            Ok(slots) => slots,
            Err(problems) => {
                table.problems = problems;
                return table;
            }
        },
        Err(error) => {
            table.problems.push(Problem::of_file(
                "I102",
                file.name,
                &error.to_string(),
                "a CSV table",
                "check the file",
            ));
            return table;
        }
    };
    let width = reader.byte_headers().map_or(0, ByteRecord::len);
    let mut account = FileAccount::new(file);
    let mut names = Names::default();
    let mut record = StringRecord::new();
    loop {
        let start = reader.position().byte();
        let outcome = reader.read_record(&mut record);
        let end = reader.position().byte();
        let raw = || {
            usize::try_from(start)
                .ok()
                .zip(usize::try_from(end).ok())
                .and_then(|(from, to)| body.get(from..to))
                .unwrap_or_default()
        };
        let known = table.problems.len();
        let mut is_excluded = false;
        match outcome {
            Ok(false) => break,
            Ok(true) if record.len() == width => {
                let line = record.position().map_or(0, csv::Position::line);
                let mut row = Row::new(layout, &record, &slots, line, &mut table.problems);
                let parsed = parse(&mut row);
                is_excluded = row.is_excluded();
                if let Some(value) = parsed
                    && !is_excluded
                    && row.is_good_so_far()
                {
                    row.push_name(&mut names);
                    table.rows.push(value);
                    table.lines.push(line);
                }
            }
            Ok(true) => {
                let line = record.position().map_or(0, csv::Position::line);
                table.problems.push(ragged(layout, line, record.len(), width, raw()));
            }
            Err(error) => match error.kind() {
                ErrorKind::Utf8 { pos, err } => {
                    let line = pos.as_ref().map_or(0, csv::Position::line);
                    table.problems.push(not_utf8(layout, line, err.field(), raw()));
                }
                _ => {
                    let why = error.to_string();
                    table.problems.push(Problem::of_file("I102", file.name, &why, "a CSV table", "check the file"));
                    break;
                }
            },
        }
        account.rows_in += 1;
        if is_excluded {
            account.rows_excluded += 1;
        } else if table.problems[known..].iter().any(|problem| problem.severity != Severity::Warning) {
            account.rows_quarantined += 1;
        } else {
            account.rows_used += 1;
        }
        if table.problems.len() > MAX_PROBLEMS {
            let fix = "check that this is the right file";
            table.problems.push(Problem::of_file("I109", file.name, "more than 10000 problems", "fewer", fix));
            break;
        }
    }
    if account.rows_in == 0 {
        let found = "no rows under the header";
        table.problems.push(Problem::of_file("I107", file.name, found, "at least one row", "fill the table"));
    }
    table.account = Some(account);
    refuse_repeats(&mut table, layout, &names);
    table
}

/// Keeps the first row of each name.
fn refuse_repeats<T>(table: &mut Table<T>, layout: &Layout, names: &Names) {
    let Some(column) = layout.key.first() else { return };
    let Some(repeats) = names.repeats() else { return };
    let lines = table.lines.clone();
    table.quarantine(|ix, _, line| {
        let first_line = lines[repeats[ix]?];
        let found = format!("{}, already in row {first_line}", names.of(ix));
        let expected = format!("one row for each {}", layout.key.join(" + "));
        let fix = format!("remove or rename this row or row {first_line}");
        Some(Problem::of_file("I301", layout.file, &found, &expected, &fix).at(line, column, layout.bad_row))
    });
}

/// Text that no row can be read from.
fn wrong_text(name: &str, body: &[u8]) -> Option<Problem> {
    if body.starts_with(b"\xff\xfe") || body.starts_with(b"\xfe\xff") {
        return Some(Problem::of_file("I103", name, "UTF-16 text", "UTF-8 text", "save the table as CSV UTF-8"));
    }
    if body.iter().all(u8::is_ascii_whitespace) {
        return Some(Problem::of_file("I107", name, "an empty file", "a header and rows", "fill the table"));
    }
    None
}

/// Where each wanted column stands in the header.
fn find_columns(name: &str, header: &ByteRecord, layout: &Layout) -> Result<Vec<usize>, Vec<Problem>> {
    let titles: Vec<String> = header.iter().map(|cell| String::from_utf8_lossy(cell).trim().to_owned()).collect();
    let mut slots = Vec::with_capacity(layout.columns.len());
    let mut problems = Vec::new();
    for column in layout.columns {
        let mut places = titles.iter().enumerate().filter(|(_, title)| title == column).map(|(slot, _)| slot);
        match (places.next(), places.next()) {
            (Some(slot), None) => slots.push(slot),
            (Some(_), Some(_)) => problems.push(
                Problem::of_file(
                    "I104",
                    name,
                    "the column twice",
                    "the column once",
                    "remove or rename one of the two",
                )
                .at(1, column, Severity::Fatal),
            ),
            // A record has no such cell: empty.
            (None, _) if layout.optional.contains(column) => slots.push(usize::MAX),
            (None, _) => {
                let found = shorten(&titles.join(","));
                problems.push(
                    Problem::of_file(
                        "I104",
                        name,
                        &found,
                        &format!("a column `{column}`"),
                        &column_fix(column, &titles, layout),
                    )
                    .at(1, column, Severity::Fatal),
                );
            }
        }
    }
    if problems.is_empty() { Ok(slots) } else { Err(problems) }
}

fn column_fix(column: &str, titles: &[String], layout: &Layout) -> String {
    if let [only] = titles
        && let Some(separator) =
            [(';', "semicolons"), ('\t', "tabs"), ('|', "bars")].iter().find(|(c, _)| only.contains(*c))
    {
        return format!("save the table with commas between cells, not {}", separator.1);
    }
    let near = titles
        .iter()
        .filter(|title| !layout.columns.contains(&title.as_str()))
        .map(|title| (strsim::jaro_winkler(title, column), title))
        .filter(|(likeness, _)| *likeness > 0.85)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    match near {
        Some((_, title)) => format!("rename the column `{title}` to `{column}`"),
        None => "add the column".to_owned(),
    }
}

fn ragged(layout: &Layout, line: u64, cells: usize, width: usize, raw: &[u8]) -> Problem {
    let is_open = raw.iter().filter(|byte| **byte == b'"').count() % 2 == 1;
    let problem = if is_open {
        let fix = "close the quote of a cell in this row";
        Problem::of_file("I106", layout.file, "a quote that is never closed", "a closing quote", fix)
    } else {
        let fix = "put quotes round cells that hold commas; fill missing cells with nothing between commas";
        let expected = format!("{width} cells, as in the header");
        Problem::of_file("I105", layout.file, &format!("{cells} cells"), &expected, fix)
    };
    problem.at(line, "", layout.bad_row)
}

fn not_utf8(layout: &Layout, line: u64, cell: usize, raw: &[u8]) -> Problem {
    let mut record = ByteRecord::new();
    // The row was read once already: this only cuts it into cells again.
    let _ = ReaderBuilder::new().has_headers(false).from_reader(raw).read_byte_record(&mut record);
    let found = String::from_utf8_lossy(record.get(cell).unwrap_or_default()).into_owned();
    let fix = "save the table as CSV UTF-8 (from a spreadsheet: `CSV UTF-8`)";
    Problem::of_file("I103", layout.file, &found, "UTF-8 text", fix).at(
        line,
        &format!("cell {}", cell + 1),
        layout.bad_row,
    )
}
