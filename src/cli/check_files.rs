//! `corridor check FILE...`: what is wrong with files of seizures or crossings, all at once.

use super::check::Args;
use super::findings_book;
use super::output::{Shown, grouped};
use super::setup::record_rules;
use crate::bundle::{Overwrite, write_files};
use crate::config::OnBadRow;
use crate::error::Error;
use crate::inputs::checks::dates::{PartialDate, date_of_unix_days};
use crate::inputs::checks::positions::Outlines;
use crate::inputs::checks::records::{Told, position_findings, seizure_findings};
use crate::inputs::checks::repeats::repeated_tables;
use crate::inputs::finding::{Finding, quarantine_csv};
use crate::inputs::ingest::{self, IngestError, IngestParams, NOT_RECOGNISED, ingest};
use crate::inputs::raw::{DecimalMark, RawError, RawErrorKind, RawTable, ReadOptions, read_table};
use crate::inputs::vocabulary::{MapProblem, Vocabulary};
use crate::inputs::{Severity, embedded_boundaries};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// Findings of one rule that are printed.
const SHOWN_A_RULE: usize = 10;

/// What became of one table.
pub(super) struct Checked {
    pub(super) table: RawTable,
    /// `seizures`, `positions` or `not recognised`.
    kind: &'static str,
    columns: Vec<(String, String)>,
    unused: Vec<String>,
    used: usize,
    quarantined: usize,
    excluded: BTreeMap<String, usize>,
    pub(super) findings: Vec<Finding>,
}

/// Checks the files and tells.
pub(super) fn run(args: &Args) -> Result<Shown, Error> {
    let decimal = if args.decimal_comma { DecimalMark::Comma } else { DecimalMark::Point };
    let options = ReadOptions {
        decimal,
        encoding: args.encoding.clone(),
        delimiter: args.delimiter.as_deref().map(delimiter).transpose()?,
        sheet: args.sheet.clone(),
        isolation: super::read::isolation()?,
        ..ReadOptions::default()
    };
    let vocabulary = Vocabulary::embedded().map_err(Error::Internal)?;
    let boundaries = embedded_boundaries().map_err(Error::Internal)?;
    let outlines = Outlines::new(&boundaries.countries);
    let date_order = ingest::DateOrder::of_days(args.date_order);
    let told = Told { vocabulary: &vocabulary, outlines: &outlines, date_order, latest: today() };
    let rules = record_rules(args.config.as_deref(), &args.columns, args.on_bad_row.as_deref())?;
    let params = IngestParams { columns: rules.columns, date_order: args.date_order, ..IngestParams::default() };
    let mut checked = Vec::new();
    let mut refused: Vec<RawError> = Vec::new();
    for path in &args.paths {
        match read_table(path, &options) {
            Ok(tables) => {
                for table in tables {
                    checked.push(check_table(table, &params, &told)?);
                }
            }
            Err(error) => refused.push(error),
        }
    }
    let repeated = repeated_tables(&checked.iter().map(|one| &one.table).collect::<Vec<_>>());
    for (ix, finding) in repeated {
        checked[ix].findings.push(finding);
        sort(&mut checked[ix].findings);
    }
    if let Some(out) = &args.out {
        write(out, args, &checked)?;
    }
    let report = Report::new(rules.on_bad_row, &checked, &refused);
    let shown = Shown::new(report.text(), report.json());
    match report.failure() {
        None => Ok(shown),
        Some((kind, reason)) => Err(Error::Checked { reason, kind, text: shown.text, json: Box::new(shown.json) }),
    }
}

pub(super) fn delimiter(text: &str) -> Result<u8, Error> {
    match text.as_bytes() {
        b"tab" | b"\\t" => Ok(b'\t'),
        [byte] => Ok(*byte),
        _ => Err(Error::Usage(format!("C122: --delimiter {text}: give one character, or tab"))),
    }
}

/// The day after today by the computer's clock: somewhere it has begun.
#[allow(clippy::disallowed_methods)] // whether a date lies in the future cannot be told without a clock
fn today() -> PartialDate {
    let seconds = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |time| time.as_secs());
    let days = i64::try_from(seconds / 86_400).unwrap_or(0) + 1;
    date_of_unix_days(days).unwrap_or(PartialDate { year: 2100, month: None, day: None })
}

fn check_table(table: RawTable, params: &IngestParams, told: &Told<'_>) -> Result<Checked, Error> {
    let map = told.vocabulary.columns.map(&table, &params.columns);
    let mut findings: Vec<Finding> = Vec::new();
    let map = match map {
        Ok(map) => map,
        Err(problem) => return Ok(check_other(table, problem, told)),
    };
    let warnings: Vec<Finding> =
        table.problems.iter().filter(|problem| problem.severity == Severity::Warning).cloned().collect();
    let mut ingested = ingest(vec![table], told.vocabulary, params).map_err(|error| match error {
        IngestError::Columns { .. } => Error::Refused(format!("I740: {error}")),
        IngestError::Program(_) => Error::Internal(error.to_string()),
    })?;
    findings.append(&mut ingested.quarantine);
    findings.extend(warnings);
    if ingested.tables.iter().all(|table| table.rows_in() == 0) {
        findings.extend(ingested.tables.first().map(no_row));
    }
    findings.extend(seizure_findings(&ingested, told));
    sort(&mut findings);
    let (used, quarantined) = (ingested.rows.len(), ingested.rows_quarantined);
    let Some(table) = ingested.tables.pop() else { return Err(Error::Internal("a table went missing".to_owned())) };
    let columns = map.matched.iter().map(|(field, header)| (field.to_string(), header.clone())).collect();
    Ok(Checked {
        table,
        kind: "seizures",
        columns,
        unused: map.unused,
        used,
        quarantined,
        excluded: ingested.excluded,
        findings,
    })
}

fn no_row(table: &RawTable) -> Finding {
    let fix = "export the table again, if rows are missing";
    table.finding(Severity::Warning, "I610", 0, "", "", "there is no row", fix)
}

/// A table that is no table of seizures.
fn check_other(table: RawTable, problem: MapProblem, told: &Told<'_>) -> Checked {
    let columns = &told.vocabulary.columns;
    let mut findings = table.problems.clone();
    let (mut used, mut quarantined, mut kind) = (0, table.quarantined_count, "not recognised");
    let mut excluded = BTreeMap::new();
    let matched: Vec<(String, String)> = table
        .columns
        .iter()
        .filter_map(|header| Some((columns.field_of(header)?.to_string(), header.clone())))
        .collect();
    if let Some(result) = position_findings(&table, told) {
        kind = "positions";
        used = result.used_count;
        quarantined += result.quarantined_count;
        findings.extend(result.findings);
    } else if table.row_count() > 0 && table.problems.iter().any(|problem| problem.rule == "I637") {
        kind = "positions";
        excluded.insert("no_position".to_owned(), table.row_count());
    } else {
        let MapProblem { message, fix } = problem;
        if table.row_count() > 0 {
            findings.push(table.finding(Severity::Warning, "I740", 0, "", "", &message, &fix));
            excluded.insert(NOT_RECOGNISED.to_owned(), table.row_count());
        } else if quarantined == 0 {
            findings.push(no_row(&table));
        }
    }
    sort(&mut findings);
    let unused =
        table.columns.iter().filter(|header| matched.iter().all(|(_, known)| known != *header)).cloned().collect();
    Checked { table, kind, columns: matched, unused, used, quarantined, excluded, findings }
}

fn sort(findings: &mut [Finding]) {
    findings.sort_by(|a, b| (a.row, a.severity, a.rule, &a.column).cmp(&(b.row, b.severity, b.rule, &b.column)));
}

/// The workbook and `quarantine.csv` beside it; a folder gets both.
fn write(out: &Path, args: &Args, checked: &[Checked]) -> Result<(), Error> {
    let is_book = out.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("xlsx"));
    if !is_book && out.is_file() {
        let message = format!("--out {}: name a workbook that ends in .xlsx, or a folder", out.display());
        return Err(Error::Usage(message));
    }
    let (folder, book_name) = if is_book {
        let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        (folder, out.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned()))
    } else {
        (out, "findings.xlsx".to_owned())
    };
    let quarantined = checked.iter().flat_map(|table| &table.findings).filter(|f| f.severity == Severity::Quarantine);
    let files = [
        (book_name, findings_book::workbook(checked)?),
        ("quarantine.csv".to_owned(), quarantine_csv(quarantined).into_bytes()),
    ];
    let overwrite = if args.force { Overwrite::Force } else { Overwrite::Refuse };
    Ok(write_files(&files, folder, overwrite)?)
}

/// Everything that is told.
struct Report<'a> {
    on_bad_row: OnBadRow,
    checked: &'a [Checked],
    refused: &'a [RawError],
    rows_in: usize,
    used: usize,
    quarantined: usize,
    excluded: usize,
    by_rule: BTreeMap<String, usize>,
}

impl<'a> Report<'a> {
    fn new(on_bad_row: OnBadRow, checked: &'a [Checked], refused: &'a [RawError]) -> Self {
        let sum = |count: fn(&Checked) -> usize| checked.iter().map(count).sum::<usize>();
        let rows_in = sum(|one| one.table.rows_in());
        let (used, quarantined) = (sum(|one| one.used), sum(|one| one.quarantined));
        let excluded = sum(|one| one.excluded.values().sum());
        assert_eq!(rows_in, used + quarantined + excluded, "rows are not accounted for");
        let mut by_rule = BTreeMap::new();
        for one in checked {
            for finding in &one.findings {
                *by_rule.entry(finding.rule.to_owned()).or_insert(0) += 1;
            }
            for (rule, count) in &one.excluded {
                *by_rule.entry(rule.clone()).or_insert(0) += count;
            }
        }
        for error in refused {
            *by_rule.entry(error.rule.to_owned()).or_insert(0) += 1;
        }
        Self { on_bad_row, checked, refused, rows_in, used, quarantined, excluded, by_rule }
    }

    /// What the check ends with, when not well, and why.
    fn failure(&self) -> Option<(RawErrorKind, &'static str)> {
        if self.refused.iter().any(|error| error.kind == RawErrorKind::Refused) {
            return Some((RawErrorKind::Refused, "a file was refused"));
        }
        if self.on_bad_row == OnBadRow::Stop && self.quarantined > 0 {
            return Some((RawErrorKind::Refused, "a row cannot be used, and a bad row was to stop the check"));
        }
        if !self.refused.is_empty() {
            return Some((RawErrorKind::Resource, "a limit was reached"));
        }
        // GeoJSON without features, or of features without a position, is sound and holds nothing that is wrong.
        let is_empty = |one: &Checked| one.table.rows_in() == 0 && !one.table.columns.is_empty();
        let is_unread = self.checked.iter().any(|one| one.excluded.contains_key(NOT_RECOGNISED) || is_empty(one));
        (self.used == 0 && (self.quarantined > 0 || is_unread)).then_some((RawErrorKind::Refused, "no row can be used"))
    }

    fn json(&self) -> Value {
        let files: Vec<Value> = self
            .checked
            .iter()
            .map(|one| {
                let columns: serde_json::Map<String, Value> =
                    one.columns.iter().map(|(field, header)| (field.clone(), json!(header))).collect();
                json!({
                    "file": one.table.source,
                    "sheet": one.table.sheet,
                    "kind": one.kind,
                    "rows_in": one.table.rows_in(),
                    "rows_used": one.used,
                    "rows_quarantined": one.quarantined,
                    "rows_excluded": one.excluded.values().sum::<usize>(),
                    "excluded_by_rule": one.excluded,
                    "notes": one.table.notes,
                    "columns": columns,
                    "columns_not_used": one.unused,
                })
            })
            .collect();
        let refused: Vec<Value> = self
            .refused
            .iter()
            .map(|error| {
                json!({
                    "source": error.source_name,
                    "rule": error.rule,
                    "code": error.rule,
                    "place": error.place,
                    "message": error.message,
                    "fix": error.fix,
                })
            })
            .collect();
        let code = match self.failure() {
            None => 0,
            Some((RawErrorKind::Refused, _)) => 3,
            Some((RawErrorKind::Resource, _)) => 6,
        };
        json!({
            "status": if code == 0 { "ok" } else { "failed" },
            "exit_code": code,
            "rows_in": self.rows_in,
            "rows_used": self.used,
            "rows_quarantined": self.quarantined,
            "rows_excluded": self.excluded,
            "by_rule": self.by_rule,
            "files": files,
            "refused": refused,
            "problems": refused,
            "findings": self.checked.iter().flat_map(|one| &one.findings).collect::<Vec<_>>(),
        })
    }

    fn text(&self) -> String {
        let mut text = format!(
            "{} rows in = {} used + {} set aside + {} left out.\n",
            grouped(self.rows_in),
            grouped(self.used),
            grouped(self.quarantined),
            grouped(self.excluded)
        );
        for error in self.refused {
            let _ = write!(text, "\nRefused: {error}.\n");
        }
        for one in self.checked {
            let name = match &one.table.sheet {
                Some(sheet) => format!("{} [{sheet}]", one.table.source),
                None => one.table.source.clone(),
            };
            let _ = write!(
                text,
                "\n{name}: {}, {} rows, {} used, {} set aside\n",
                one.kind,
                grouped(one.table.rows_in()),
                grouped(one.used),
                grouped(one.quarantined)
            );
            if !one.table.notes.is_empty() {
                let _ = writeln!(text, "  read with {}", one.table.notes.join("; "));
            }
            if !one.columns.is_empty() {
                let columns: Vec<String> =
                    one.columns.iter().map(|(field, header)| format!("{field} = {header}")).collect();
                let _ = writeln!(text, "  columns: {}", columns.join(", "));
            }
            if !one.unused.is_empty() {
                let _ = writeln!(text, "  columns not used: {}", one.unused.join(", "));
            }
            for (rule, count) in &one.excluded {
                let _ = writeln!(text, "  left out by rule {rule}: {}", grouped(*count));
            }
            one.tell(&mut text);
        }
        text
    }
}

impl Checked {
    /// The findings, rule by rule, the first of each.
    fn tell(&self, text: &mut String) {
        for (severity, title) in
            [(Severity::Quarantine, "Rows set aside"), (Severity::Warning, "To look at (nothing is set aside for it)")]
        {
            let mut by_rule: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
            for finding in self.findings.iter().filter(|finding| finding.severity == severity) {
                by_rule.entry(finding.rule).or_default().push(finding);
            }
            if by_rule.is_empty() {
                continue;
            }
            let _ = writeln!(text, "  {title}");
            for findings in by_rule.values() {
                for finding in findings.iter().take(SHOWN_A_RULE) {
                    let _ = writeln!(text, "    {finding}");
                }
                if findings.len() > SHOWN_A_RULE {
                    let more = grouped(findings.len() - SHOWN_A_RULE);
                    let _ = writeln!(text, "    {} and {more} more; --json or --out lists all", findings[0].rule);
                }
            }
        }
    }
}
