//! `tables.xlsx`: a README sheet, then a sheet for each table with typed cells. The safe file for a spreadsheet: texts
//! are stored as texts, never as formulas or links.

use super::html::{INPUT_HEADINGS, input_rows};
use super::manifest::file_name;
use super::view::{self, View};
use super::{BundleError, Contents, Profile, suppress, text};
use crate::tables::{Table, Values};
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};
use std::collections::BTreeSet;

/// Rows a sheet can hold, its header left out.
const MAX_ROWS: usize = 1_048_575;
/// Characters a cell can hold.
const MAX_CHARACTERS: usize = 32_767;
/// Whole numbers beyond this lose digits in a spreadsheet.
const MAX_EXACT: u64 = 1 << 53;
const BLUE: Color = Color::RGB(0x1F_3A_5F);
const PALE: Color = Color::RGB(0xE8_EE_F4);

/// The workbook as bytes.
pub(super) fn workbook(contents: &Contents) -> Result<Vec<u8>, BundleError> {
    build(contents).map_err(|error| BundleError::Table { table: "tables.xlsx".to_owned(), why: error.to_string() })
}

fn build(contents: &Contents) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let properties = DocProperties::new()
        .set_title(limited(&contents.title))
        .set_subject(limited(&contents.run.classification))
        .set_author("corridor")
        // A fixed date: the same tables give the same bytes.
        .set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?);
    workbook.set_properties(&properties);
    let is_quarantined = contents.quarantine.row_count() > 0;
    let quarantine = Table { name: "quarantine".to_owned(), ..contents.quarantine.clone() };
    let tables: Vec<&Table> = contents.tables.iter().chain(is_quarantined.then_some(&quarantine)).collect();
    let sheets = sheet_names(&tables);
    readme(workbook.add_worksheet(), contents, &tables, &sheets)?;
    for (table, name) in tables.into_iter().zip(&sheets) {
        sheet(workbook.add_worksheet().set_name(name)?, table)?;
    }
    workbook.save_to_buffer()
}

/// Sheet names: at most 31 characters, no two the same but for case.
fn sheet_names(tables: &[&Table]) -> Vec<String> {
    let mut taken = BTreeSet::from(["readme".to_owned(), "history".to_owned()]);
    let mut names = Vec::new();
    for table in tables {
        let mut name: String = table.name.chars().take(31).collect();
        let mut number = 2;
        while !taken.insert(name.to_lowercase()) {
            let ending = format!("_{number}");
            name = table.name.chars().take(31 - ending.len()).chain(ending.chars()).collect();
            number += 1;
        }
        names.push(name);
    }
    names
}

fn limited(cell: &str) -> String {
    // Characters are counted as the spreadsheet counts them, in UTF-16.
    if cell.len() <= MAX_CHARACTERS || cell.encode_utf16().count() <= MAX_CHARACTERS {
        return cell.to_owned();
    }
    let mut kept = String::new();
    let mut length = 0;
    for c in cell.chars() {
        length += c.len_utf16();
        if length > MAX_CHARACTERS - 20 {
            break;
        }
        kept.push(c);
    }
    kept + " [cut here]"
}

fn head_format() -> Format {
    Format::new()
        .set_bold()
        .set_font_color(Color::White)
        .set_background_color(BLUE)
        .set_align(FormatAlign::VerticalCenter)
        .set_border_bottom(FormatBorder::Thin)
}

/// The column's number format.
fn number_format(name: &str, view: &View) -> String {
    let zeros = |count: usize| if count == 0 { String::new() } else { format!(".{}", "0".repeat(count)) };
    if view::is_label(name) {
        "0".to_owned()
    } else if view::is_mixed(name) {
        "General".to_owned()
    } else if view::is_share(name) {
        format!("0{}%", zeros(view.decimals))
    } else {
        format!("#,##0{}", zeros(view.decimals))
    }
}

fn sheet(sheet: &mut Worksheet, table: &Table) -> Result<(), XlsxError> {
    let head = head_format();
    let right_head = head.clone().set_align(FormatAlign::Right);
    let rows = table.row_count().min(MAX_ROWS);
    for (col, column) in (0_u16..).zip(&table.columns) {
        let view = View::new(column);
        let format = Format::new().set_num_format(number_format(&column.name, &view));
        let right = format.clone().set_align(FormatAlign::Right);
        sheet.write_string_with_format(0, col, &column.name, if view.is_number { &right_head } else { &head })?;
        let mut widest = column.name.chars().count() + 3;
        for (row_ix, row) in (0..rows).zip(1_u32..) {
            match &column.values {
                Values::Text(values) => {
                    let Some(Some(cell)) = values.get(row_ix) else { continue };
                    match view::as_number(&column.name, cell).filter(|_| view.is_number) {
                        Some(number) => sheet.write_number_with_format(row, col, number, &format)?,
                        None if view.is_number => sheet.write_string_with_format(row, col, limited(cell), &right)?,
                        None => sheet.write_string(row, col, limited(cell))?,
                    };
                    widest = widest.max(cell.chars().count());
                }
                Values::Integer(values) => {
                    let Some(Some(number)) = values.get(row_ix) else { continue };
                    if number.unsigned_abs() > MAX_EXACT {
                        sheet.write_string_with_format(row, col, number.to_string(), &right)?;
                    } else {
                        #[allow(clippy::cast_precision_loss)]
                        sheet.write_number_with_format(row, col, *number as f64, &format)?;
                    }
                }
                Values::Real(values) => {
                    let Some(Some(number)) = values.get(row_ix) else { continue };
                    sheet.write_number_with_format(row, col, *number, &format)?;
                }
                Values::Flag(values) => {
                    let Some(Some(is_set)) = values.get(row_ix) else { continue };
                    sheet.write_boolean(row, col, *is_set)?;
                }
            }
        }
        #[allow(clippy::cast_precision_loss)]
        sheet.set_column_width(col, widest.clamp(10, 48) as f64 + 1.0)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.set_row_height(0, 20)?;
    if let (Some(last_col), Ok(last_row)) = (table.columns.len().checked_sub(1), u32::try_from(rows)) {
        sheet.autofilter(0, 0, last_row, u16::try_from(last_col).unwrap_or(u16::MAX))?;
    }
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
    Ok(())
}

fn readme(sheet: &mut Worksheet, contents: &Contents, tables: &[&Table], sheets: &[String]) -> Result<(), XlsxError> {
    sheet.set_name("README")?;
    let wrap = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let top = Format::new().set_align(FormatAlign::Top);
    let band = Format::new().set_bold().set_font_color(BLUE).set_background_color(PALE);
    let head = head_format();
    sheet.write_string_with_format(
        0,
        0,
        limited(&text::clean(&contents.title)),
        &Format::new().set_bold().set_font_size(16).set_font_color(BLUE),
    )?;
    let mut row = 1;
    let mut lines =
        vec![text::clean(&contents.run.classification), format!("Made by corridor {}.", contents.run.version)];
    lines.push("Each sheet is one table; the same tables are in the folder tables/ as CSV and Parquet.".to_owned());
    lines.push(
        "An empty cell is \"not reported\" or \"does not apply\", never zero. Units stand at the end of column names."
            .to_owned(),
    );
    lines.push("Seizures are not flow.".to_owned());
    if contents.run.profile == Profile::Public {
        lines.push(suppress::NOTICE.to_owned());
    }
    for line in lines.iter().filter(|line| !line.is_empty()) {
        sheet.write_string(row, 0, limited(line))?;
        row += 1;
    }
    row += 1;
    for (col, title) in (0_u16..).zip(["Sheet", "Rows", "Title", "Note"]) {
        sheet.write_string_with_format(row, col, title, &head)?;
    }
    row += 1;
    for (table, name) in tables.iter().zip(sheets) {
        let mut note = text::clean(&table.note);
        if table.row_count() > MAX_ROWS {
            note.push_str(" The sheet holds the first 1,048,575 rows; the CSV and Parquet files hold all.");
        }
        sheet.write_string_with_format(row, 0, name, &top)?;
        #[allow(clippy::cast_precision_loss)]
        sheet.write_number_with_format(row, 1, table.row_count() as f64, &top.clone().set_num_format("#,##0"))?;
        sheet.write_string_with_format(row, 2, limited(&text::clean(&table.title)), &wrap)?;
        sheet.write_string_with_format(row, 3, limited(&note), &wrap)?;
        row += 1;
    }
    row += 1;
    for (col, title) in (0_u16..).zip(["Sheet", "Type", "Column", "What it holds"]) {
        sheet.write_string_with_format(row, col, title, &head)?;
    }
    for (table, name) in tables.iter().zip(sheets) {
        row += 1;
        for col in 0..4 {
            sheet.write_blank(row, col, &band)?;
        }
        sheet.write_string_with_format(row, 0, name, &band)?;
        for column in &table.columns {
            row += 1;
            let kind = match &column.values {
                Values::Text(_) => "text",
                Values::Integer(_) => "whole number",
                Values::Real(_) => "number",
                Values::Flag(_) => "yes or no",
            };
            sheet.write_string_with_format(row, 1, kind, &top)?;
            sheet.write_string_with_format(row, 2, &column.name, &top)?;
            sheet.write_string_with_format(row, 3, limited(&text::clean(&column.doc)), &wrap)?;
        }
    }
    inputs(sheet, contents, row + 2)?;
    for (col, width) in [(0, 30.0), (1, 14.0), (2, 46.0), (3, 100.0)] {
        sheet.set_column_width(col, width)?;
    }
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    Ok(())
}

/// What became of the rows of each input.
fn inputs(sheet: &mut Worksheet, contents: &Contents, first_row: u32) -> Result<(), XlsxError> {
    let (head, count) = (head_format(), Format::new().set_num_format("#,##0"));
    if contents.run.inputs.is_empty() {
        return Ok(());
    }
    for (col, title) in (0_u16..).zip(["Input"].iter().chain(&INPUT_HEADINGS)) {
        sheet.write_string_with_format(first_row, col, *title, &head)?;
    }
    for (row, input) in (first_row + 1..).zip(&contents.run.inputs) {
        sheet.write_string(row, 0, limited(&text::clean(&file_name(&input.name))))?;
        for (col, rows) in (1_u16..).zip(input_rows(input)) {
            #[allow(clippy::cast_precision_loss)]
            sheet.write_number_with_format(row, col, rows as f64, &count)?;
        }
    }
    Ok(())
}
