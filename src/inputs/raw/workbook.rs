//! Excel workbooks and OpenDocument spreadsheets: every sheet with rows is a table.

use super::super::problem::Severity;
use super::header::{self, Header};
use super::table::{RawTable, Rows};
use super::{Format, RawError, ReadOptions, zip};
use calamine::{Data, DataRef, DataType, ExcelDateTime, Ods, Reader, SheetType, SheetVisible, Xlsx, XlsxError};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

/// Most columns of a sheet.
const MAX_COLUMNS: u32 = 16_384;

const FIX: &str = "save the workbook again, or save the sheet as CSV UTF-8";

/// Reads a workbook.
pub(super) fn read(
    path: &Path,
    format: Format,
    source: &str,
    options: &ReadOptions,
) -> Result<Vec<RawTable>, RawError> {
    let file = File::open(path).map_err(|error| RawError::refused("I601", error.to_string(), "check the file"))?;
    let facts = zip::verify(&file, options)?;
    let file = BufReader::new(File::open(path).map_err(|error| damaged(&error))?);
    let mut tables = match format {
        Format::Ods => read_ods(Ods::new(file).map_err(|error| damaged(&error))?, source, options)?,
        _ => read_xlsx(Xlsx::new(file).map_err(|error| damaged(&error))?, source, options)?,
    };
    if let Some(table) = tables.first_mut() {
        for (part, count) in facts.hidden_rows {
            table.notes.push(format!("{count} hidden rows in {part} are read like the others"));
        }
    }
    Ok(tables)
}

fn damaged(error: &dyn std::fmt::Display) -> RawError {
    RawError::refused("I611", format!("the workbook cannot be read: {error}"), FIX)
}

/// The sheets asked for, each with whether it is hidden.
fn chosen(sheets: &[calamine::Sheet], options: &ReadOptions) -> Result<Vec<(String, bool)>, RawError> {
    let all = || sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let list: Vec<(String, bool)> = all()
        .filter(|sheet| options.sheet.as_ref().is_none_or(|wanted| *wanted == sheet.name))
        .map(|sheet| (sheet.name.clone(), sheet.visible != SheetVisible::Visible))
        .collect();
    match &options.sheet {
        Some(wanted) if list.is_empty() => {
            let names: Vec<&str> = all().map(|sheet| sheet.name.as_str()).collect();
            let message = format!("no sheet `{wanted}`; there are: {}", names.join(", "));
            Err(RawError::refused("I618", message, "name one of the sheets"))
        }
        _ => Ok(list),
    }
}

fn kept(tables: Vec<RawTable>) -> Result<Vec<RawTable>, RawError> {
    if tables.is_empty() {
        return Err(RawError::refused(
            "I610",
            "no sheet holds a header and rows",
            "fill a sheet, or export the table again",
        ));
    }
    Ok(tables)
}

fn read_xlsx(mut book: Xlsx<BufReader<File>>, source: &str, options: &ReadOptions) -> Result<Vec<RawTable>, RawError> {
    let sheets = chosen(book.sheets_metadata(), options)?;
    let is_1904 = book.has_1904_epoch();
    let mut tables = Vec::new();
    for (name, is_hidden) in sheets {
        let mut sheet = Sheet::new(source, &name, options);
        let mut cells = book.worksheet_cells_reader(&name).map_err(|error| damaged(&error))?;
        let told = |error: XlsxError| damaged(&format!("sheet {name}: {error}"));
        while let Some(cell) = cells.next_cell().map_err(told)? {
            let (row, column) = cell.get_position();
            match cell.get_value() {
                DataRef::Empty => {}
                DataRef::SharedString(text) => sheet.put(row, column, text)?,
                DataRef::String(text) => sheet.put(row, column, text)?,
                DataRef::DateTime(date) => sheet.put_date(row, column, date)?,
                DataRef::Error(error) => sheet.put_error(row, column, &error.to_string())?,
                other => sheet.put(row, column, &plain(other))?,
            }
        }
        drop(cells);
        let merged = book.merge_cells_by_sheet_name(&name).unwrap_or_default();
        if let Some(mut table) = sheet.finish()? {
            if is_hidden {
                table.notes.push("the sheet is hidden".to_owned());
            }
            if is_1904 {
                table.notes.push("dates count from 1904".to_owned());
            }
            let first = merged.iter().min_by_key(|range| range.start);
            if let Some(first) = first {
                let message = format!("{} merged ranges: the value stands in the first cell of each", merged.len());
                let row = u64::from(first.start.0) + 1;
                let finding = table.finding(
                    Severity::Warning,
                    "I646",
                    row,
                    "",
                    "",
                    &message,
                    "split merged cells and fill each row",
                );
                table.problems.push(finding);
            }
            tables.push(table);
        }
    }
    kept(tables)
}

fn read_ods(mut book: Ods<BufReader<File>>, source: &str, options: &ReadOptions) -> Result<Vec<RawTable>, RawError> {
    let sheets = chosen(book.sheets_metadata(), options)?;
    let mut tables = Vec::new();
    for (name, is_hidden) in sheets {
        let mut sheet = Sheet::new(source, &name, options);
        let range = book.worksheet_range(&name).map_err(|error| damaged(&error))?;
        let (first_row, first_column) = range.start().unwrap_or_default();
        for (row, column, value) in range.used_cells() {
            let place = |at: usize, first: u32| u32::try_from(at).unwrap_or(u32::MAX).saturating_add(first);
            let (row, column) = (place(row, first_row), place(column, first_column));
            match value {
                Data::Empty => {}
                Data::String(text) => sheet.put(row, column, text)?,
                Data::DateTime(date) => sheet.put_date(row, column, date)?,
                Data::DateTimeIso(text) => sheet.put_iso(row, column, text)?,
                Data::Error(error) => sheet.put_error(row, column, &error.to_string())?,
                other => sheet.put(row, column, &plain(other))?,
            }
        }
        if let Some(mut table) = sheet.finish()? {
            if is_hidden {
                table.notes.push("the sheet is hidden".to_owned());
            }
            tables.push(table);
        }
    }
    kept(tables)
}

/// Numbers shortest, truth as words.
fn plain(value: &impl DataType) -> String {
    if let Some(number) = value.get_int() {
        return number.to_string();
    }
    if let Some(number) = value.get_float() {
        return number.to_string();
    }
    if let Some(is_true) = value.get_bool() {
        return is_true.to_string();
    }
    value
        .get_datetime_iso()
        .or_else(|| value.get_duration_iso())
        .or_else(|| value.get_string())
        .unwrap_or_default()
        .to_owned()
}

/// A date as `2015-08-04`, with a time as `2015-08-04T13:30:00`. A length of time stays a number of days.
fn iso_text(date: &ExcelDateTime) -> String {
    if !date.is_datetime() || !(0.0..2_958_466.0).contains(&date.as_f64()) {
        return date.as_f64().to_string();
    }
    let (year, month, day, hour, minute, second, _) = date.to_ymd_hms_milli();
    if hour == 0 && minute == 0 && second == 0 {
        return format!("{year:04}-{month:02}-{day:02}");
    }
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
}

/// A sheet that is filled cell by cell, row after row.
struct Sheet<'o> {
    table: RawTable,
    options: &'o ReadOptions,
    /// First rows, until the header is known: row number and cells.
    sample: Vec<(u64, Vec<String>)>,
    is_open: bool,
    /// The row at hand.
    row: u32,
    cells: Vec<String>,
    /// Column and text of an error cell in the row at hand.
    errors: Vec<(u32, String)>,
    first_column: usize,
    rows: Rows,
    row_count: usize,
    dates: BTreeSet<u32>,
    has_rows: bool,
    text_len: u64,
}

impl<'o> Sheet<'o> {
    fn new(source: &str, name: &str, options: &'o ReadOptions) -> Self {
        let mut table = RawTable::new(source, options.decimal);
        table.sheet = Some(name.to_owned());
        Self {
            table,
            options,
            sample: Vec::new(),
            is_open: false,
            row: 0,
            cells: Vec::new(),
            errors: Vec::new(),
            first_column: 0,
            rows: Rows::default(),
            row_count: 0,
            dates: BTreeSet::new(),
            has_rows: false,
            text_len: 0,
        }
    }

    fn put(&mut self, row: u32, column: u32, text: &str) -> Result<(), RawError> {
        if self.has_rows && row < self.row {
            return Err(damaged(&format!("row {} comes after row {}", row + 1, self.row + 1)));
        }
        if column >= MAX_COLUMNS || row >= 1 << 20 {
            return Err(damaged(&format!("a cell in row {}, column {}", u64::from(row) + 1, u64::from(column) + 1)));
        }
        if !self.has_rows || row != self.row {
            self.end_row()?;
            (self.row, self.has_rows) = (row, true);
        }
        let ix = column as usize;
        if self.cells.len() <= ix {
            self.cells.resize(ix + 1, String::new());
        }
        self.text_len += text.len() as u64;
        if self.text_len > self.options.max_plain_bytes {
            return Err(RawError::limit("I602", "more text than the limit", "split the workbook"));
        }
        text.clone_into(&mut self.cells[ix]);
        Ok(())
    }

    fn put_date(&mut self, row: u32, column: u32, date: &ExcelDateTime) -> Result<(), RawError> {
        if date.is_datetime() {
            self.dates.insert(column);
        }
        self.put(row, column, &iso_text(date))
    }

    /// `2015-08-04T00:00:00` is a date.
    fn put_iso(&mut self, row: u32, column: u32, text: &str) -> Result<(), RawError> {
        self.dates.insert(column);
        self.put(row, column, text.strip_suffix("T00:00:00").unwrap_or(text))
    }

    fn put_error(&mut self, row: u32, column: u32, text: &str) -> Result<(), RawError> {
        self.put(row, column, text)?;
        self.errors.push((column, text.to_owned()));
        Ok(())
    }

    /// The row at hand is complete.
    fn end_row(&mut self) -> Result<(), RawError> {
        let cells = std::mem::take(&mut self.cells);
        let errors = std::mem::take(&mut self.errors);
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            return Ok(());
        }
        let number = u64::from(self.row) + 1;
        if !self.is_open {
            // Error cells in the first rows are looked at when the header is known.
            self.sample.push((number, cells));
            if self.sample.len() >= header::LOOKED_AT {
                self.open()?;
            }
            return Ok(());
        }
        self.add(number, &cells, &errors)
    }

    /// Finds the header in the sample and adds the sample's other rows.
    fn open(&mut self) -> Result<(), RawError> {
        self.is_open = true;
        let sample = std::mem::take(&mut self.sample);
        let first = |cells: &[String]| cells.iter().position(|cell| !cell.trim().is_empty());
        self.first_column = sample.iter().filter_map(|(_, cells)| first(cells)).min().unwrap_or(0);
        let shifted: Vec<Vec<String>> =
            sample.iter().map(|(_, cells)| cells.get(self.first_column..).unwrap_or_default().to_vec()).collect();
        let Some(header) = header::find(&shifted) else { return Ok(()) };
        let Header { row_count, .. } = header;
        header.put_into(&mut self.table);
        for (number, cells) in sample.iter().skip(row_count) {
            let is_error =
                |cell: &str| cell.starts_with('#') && (cell.ends_with('!') || cell.ends_with('?') || cell == "#N/A");
            let errors: Vec<(u32, String)> =
                (0..).zip(cells).filter(|(_, cell)| is_error(cell)).map(|(ix, cell)| (ix, cell.clone())).collect();
            self.add(*number, cells, &errors)?;
        }
        Ok(())
    }

    fn add(&mut self, number: u64, cells: &[String], errors: &[(u32, String)]) -> Result<(), RawError> {
        let width = self.table.columns.len();
        let shifted = cells.get(self.first_column.min(cells.len())..).unwrap_or_default();
        let before = cells.iter().take(self.first_column).find(|cell| !cell.trim().is_empty());
        let beyond = shifted.iter().skip(width).find(|cell| !cell.trim().is_empty());
        self.row_count += 1;
        if self.row_count > self.options.max_rows {
            return Err(RawError::limit(
                "I602",
                format!("more than {} rows", self.options.max_rows),
                "split the workbook",
            ));
        }
        if let Some((column, text)) = errors.first() {
            let name = (*column as usize).checked_sub(self.first_column).and_then(|ix| self.table.columns.get(ix));
            let name = name.cloned().unwrap_or_default();
            let message = "a formula that gave an error";
            self.set_aside("I612", number, &name, text, message, "repair the formula, or write the value");
        } else if let Some(text) = before.or(beyond) {
            let message = format!("a cell outside the {width} columns of the header");
            self.set_aside("I607", number, "", text, &message, "give its column a header, or remove the cell");
        } else {
            let row = (0..width).map(|ix| shifted.get(ix).map_or("", String::as_str));
            if !self.rows.push(number, row) {
                return Err(RawError::limit("I602", "more than 4 GB of text", "split the workbook"));
            }
        }
        Ok(())
    }

    fn set_aside(&mut self, rule: &'static str, number: u64, column: &str, value: &str, message: &str, fix: &str) {
        let finding = self.table.finding(Severity::Quarantine, rule, number, column, value, message, fix);
        self.table.problems.push(finding);
        self.table.quarantined_count += 1;
    }

    /// The table; `None` when the sheet has no header.
    fn finish(mut self) -> Result<Option<RawTable>, RawError> {
        self.end_row()?;
        if !self.is_open {
            self.open()?;
        }
        if self.table.columns.is_empty() {
            return Ok(None);
        }
        let names: Vec<String> = self
            .dates
            .iter()
            .filter_map(|column| self.table.columns.get((*column as usize).checked_sub(self.first_column)?).cloned())
            .collect();
        if !names.is_empty() {
            self.table.notes.push(format!("typed dates of {} written as year-month-day", names.join(", ")));
        }
        self.rows.finish(&mut self.table);
        Ok(Some(self.table))
    }
}
