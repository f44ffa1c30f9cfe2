//! Typed cells of one row. Every reader returns `None` after it has listed the problem, so that a row's other cells
//! are still read and all its problems are listed at once.

use super::iso3;
use super::problem::{Problem, Severity};
use super::sheet::Layout;
use crate::geodesy::LonLat;
use crate::records::Iso3;
use csv::StringRecord;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// The names of a table's rows, in one text.
#[derive(Default)]
pub(super) struct Names {
    text: String,
    ends: Vec<usize>,
}

impl Names {
    /// The name of a row.
    pub(super) fn of(&self, ix: usize) -> &str {
        let start = ix.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start..self.ends[ix]]
    }

    /// For each row whose name an earlier row has: that row. `None` when all names differ.
    pub(super) fn repeats(&self) -> Option<Vec<Option<usize>>> {
        // Tables are sorted by name as a rule, numbers by value: then no name can occur twice.
        let order = |ix: usize| (self.of(ix).len(), self.of(ix));
        let is_rising = |key: &dyn Fn(usize, usize) -> bool| (1..self.ends.len()).all(|ix| key(ix - 1, ix));
        if is_rising(&|a, b| self.of(a) < self.of(b)) || is_rising(&|a, b| order(a) < order(b)) {
            return None;
        }
        let mut first = std::collections::HashMap::with_capacity(self.ends.len());
        let repeats: Vec<Option<usize>> = (0..self.ends.len())
            .map(|ix| Some(*first.entry(self.of(ix)).or_insert(ix)).filter(|first_ix| *first_ix != ix))
            .collect();
        repeats.iter().any(Option::is_some).then_some(repeats)
    }
}

/// A row of a table.
pub(super) struct Row<'r, 'p> {
    layout: &'r Layout,
    record: &'r StringRecord,
    slots: &'r [usize],
    line: u64,
    next: usize,
    is_excluded: bool,
    known: usize,
    problems: &'p mut Vec<Problem>,
}

impl<'r, 'p> Row<'r, 'p> {
    pub(super) fn new(
        layout: &'r Layout,
        record: &'r StringRecord,
        slots: &'r [usize],
        line: u64,
        problems: &'p mut Vec<Problem>,
    ) -> Self {
        let known = problems.len();
        Self { layout, record, slots, line, next: 0, is_excluded: false, known, problems }
    }

    /// Leaves the row out by rule: not a problem.
    pub(super) fn exclude(&mut self) {
        self.is_excluded = true;
    }

    pub(super) fn is_excluded(&self) -> bool {
        self.is_excluded
    }

    pub(super) fn is_good_so_far(&self) -> bool {
        self.problems[self.known..].iter().all(|problem| problem.severity == Severity::Warning)
    }

    /// Adds the row's name, the cells of the key columns, to `names`.
    pub(super) fn push_name(&mut self, names: &mut Names) {
        for (ix, column) in self.layout.key.iter().enumerate() {
            names.text.push_str(if ix == 0 { "" } else { ", " });
            names.text.push_str(self.cell(column));
        }
        names.ends.push(names.text.len());
    }

    /// The text of a cell, trimmed; empty when nothing is there. Columns asked in the layout's order cost nothing.
    pub(super) fn cell(&mut self, column: &'static str) -> &'r str {
        let columns = self.layout.columns;
        let is_next = columns.get(self.next).is_some_and(|name| std::ptr::eq(*name, column) || *name == column);
        let ix = if is_next { Some(self.next) } else { columns.iter().position(|name| *name == column) };
        debug_assert!(ix.is_some(), "column {column} is not in the layout of {}", self.layout.file);
        self.next = ix.unwrap_or(0) + 1;
        ix.and_then(|ix| self.record.get(*self.slots.get(ix)?)).unwrap_or_default().trim()
    }

    /// Lists a problem of a cell.
    pub(super) fn problem(&mut self, code: &'static str, column: &str, found: &str, expected: &str, fix: &str) {
        let problem = Problem::of_file(code, self.layout.file, found, expected, fix);
        self.problems.push(problem.at(self.line, column, self.layout.bad_row));
    }

    /// Lists something to look at; the row is used.
    pub(super) fn warn(&mut self, code: &'static str, column: &str, found: &str, expected: &str, fix: &str) {
        let problem = Problem::of_file(code, self.layout.file, found, expected, fix);
        self.problems.push(problem.at(self.line, column, Severity::Warning));
    }

    /// A cell that must not be empty.
    pub(super) fn text(&mut self, column: &'static str) -> Option<&'r str> {
        let cell = self.cell(column);
        if cell.is_empty() {
            self.problem("I201", column, "an empty cell", "a value", "fill the cell");
            return None;
        }
        Some(cell)
    }

    /// A cell that must not be empty, kept.
    pub(super) fn string(&mut self, column: &'static str) -> Option<String> {
        self.text(column).map(str::to_owned)
    }

    /// A cell that may be empty, kept.
    pub(super) fn optional_string(&mut self, column: &'static str) -> Option<String> {
        let cell = self.cell(column);
        (!cell.is_empty()).then(|| cell.to_owned())
    }

    /// `read` of a cell that may be empty.
    pub(super) fn optional<T>(
        &mut self,
        column: &'static str,
        read: impl FnOnce(&mut Self, &'static str) -> Option<T>,
    ) -> Option<Option<T>> {
        if self.cell(column).is_empty() {
            return Some(None);
        }
        self.next -= 1;
        read(self, column).map(Some)
    }

    /// A finite number within `range`; `expected` says it in words, with the unit.
    pub(super) fn number(&mut self, column: &'static str, range: RangeInclusive<f64>, expected: &str) -> Option<f64> {
        let cell = self.text(column)?;
        let fix = "write digits with a decimal point, no unit and no thousands separator";
        match cell.parse::<f64>() {
            Ok(value) if !value.is_finite() => {
                self.problem("I202", column, cell, expected, "give the number, or remove the row");
                None
            }
            Ok(value) if range.contains(&value) => Some(value),
            Ok(_) => {
                self.problem("I203", column, cell, expected, "correct the number; check sign and unit");
                None
            }
            Err(_) => {
                self.problem("I202", column, cell, expected, fix);
                None
            }
        }
    }

    /// A whole number within `range`.
    pub(super) fn whole<T: FromStr + PartialOrd + Copy>(
        &mut self,
        column: &'static str,
        range: RangeInclusive<T>,
        expected: &str,
    ) -> Option<T> {
        let cell = self.text(column)?;
        match cell.parse::<T>() {
            Ok(value) if range.contains(&value) => Some(value),
            Ok(_) => {
                self.problem("I203", column, cell, expected, "correct the number; check sign and unit");
                None
            }
            Err(_) => {
                let is_whole = cell.strip_prefix(['-', '+']).unwrap_or(cell).bytes().all(|byte| byte.is_ascii_digit());
                let code = if is_whole { "I203" } else { "I202" };
                self.problem(code, column, cell, expected, "write a whole number in digits, no separators");
                None
            }
        }
    }

    /// A calendar year.
    pub(super) fn year(&mut self, column: &'static str) -> Option<i32> {
        self.whole(column, 1900..=2100, "a year, 1900 to 2100")
    }

    /// A word of a vocabulary.
    pub(super) fn word<T: FromStr<Err = String>>(&mut self, column: &'static str) -> Option<T> {
        let cell = self.text(column)?;
        match cell.parse::<T>() {
            Ok(word) => Some(word),
            Err(why) => {
                let words: Vec<&str> = why.rsplit_once(": ").map_or(vec![], |(_, list)| list.split(", ").collect());
                self.unknown_word("I204", column, cell, &words);
                None
            }
        }
    }

    /// One of `words`.
    pub(super) fn one_of(
        &mut self,
        code: &'static str,
        column: &'static str,
        words: &[&'static str],
    ) -> Option<&'static str> {
        let cell = self.text(column)?;
        let word = words.iter().find(|word| **word == cell).copied();
        if word.is_none() {
            self.unknown_word(code, column, cell, words);
        }
        word
    }

    fn unknown_word(&mut self, code: &'static str, column: &'static str, cell: &str, words: &[&str]) {
        let lower = cell.to_lowercase();
        let near = words
            .iter()
            .map(|word| (strsim::jaro_winkler(word, &lower), word))
            .filter(|(likeness, _)| *likeness > 0.8)
            .max_by(|a, b| a.0.total_cmp(&b.0));
        let fix = match near {
            Some((_, word)) => format!("write `{word}` if that is meant"),
            None => "use one of the words listed, or leave the row out".to_owned(),
        };
        self.problem(code, column, cell, &format!("one of: {}", words.join(", ")), &fix);
    }

    /// A country.
    pub(super) fn country(&mut self, column: &'static str) -> Option<Iso3> {
        let cell = self.text(column)?;
        match cell.parse::<Iso3>() {
            Ok(code) if iso3::is_known(code) => Some(code),
            _ => {
                let fix = match cell.to_uppercase().parse::<Iso3>() {
                    Ok(code) if iso3::is_known(code) => format!("write `{code}`"),
                    _ => "look the code up in ISO 3166-1 (alpha-3)".to_owned(),
                };
                self.problem("I205", column, cell, "a three-letter ISO 3166-1 code in capitals, such as AFG", &fix);
                None
            }
        }
    }

    /// A position from its two columns.
    pub(super) fn position(&mut self, lon: &'static str, lat: &'static str) -> Option<LonLat> {
        let (x, y) = (self.degrees(lon, 180.0), self.degrees(lat, 90.0));
        LonLat::new(x?, y?)
    }

    fn degrees(&mut self, column: &'static str, limit: f64) -> Option<f64> {
        let cell = self.text(column)?;
        let parsed = cell.parse::<f64>();
        if let Ok(value) = parsed
            && (-limit..=limit).contains(&value)
        {
            return Some(value);
        }
        let expected = format!("decimal degrees, -{limit} to {limit}");
        if parsed.is_ok_and(f64::is_finite) {
            let fix = "give decimal degrees of WGS 84; check that lon and lat are not exchanged";
            self.problem("I206", column, cell, &expected, fix);
        } else {
            self.problem("I202", column, cell, &expected, "give decimal degrees with a point, such as 61.5");
        }
        None
    }

    /// Two different countries in alphabetical order.
    pub(super) fn country_pair(&mut self, a: &'static str, b: &'static str) -> Option<[Iso3; 2]> {
        let (first, second) = (self.country(a), self.country(b));
        let (first, second) = (first?, second?);
        if first < second {
            return Some([first, second]);
        }
        let found = format!("{first}, {second}");
        self.problem("I306", b, &found, "two different countries in alphabetical order", "exchange or correct the two");
        None
    }
}
