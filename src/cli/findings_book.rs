//! Findings as a workbook: a list, and the rows they are about with the cells in question coloured and commented.

use super::check_files::Checked;
use crate::error::Error;
use crate::inputs::Severity;
use crate::inputs::finding::Finding;
use rust_xlsxwriter::{Color, DocProperties, ExcelDateTime, Format, Note, Workbook, Worksheet, XlsxError};
use std::collections::{BTreeMap, HashSet};

/// Most rows of a sheet that a person can use.
const MAX_ROWS: usize = 100_000;

/// Most comments of a sheet; further cells are coloured only.
const MAX_NOTES: usize = 2_000;

/// Characters of a cell.
const MAX_CHARACTERS: usize = 32_000;

const HEADINGS: [&str; 9] = ["file", "sheet", "row", "column", "raw value", "rule", "message", "to do", "what it does"];

/// The workbook's bytes.
pub(super) fn workbook(checked: &[Checked]) -> Result<Vec<u8>, Error> {
    build(checked).map_err(|error| Error::Internal(format!("the workbook of findings: {error}")))
}

fn build(checked: &[Checked]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // A fixed date: the same findings give the same bytes.
    book.set_properties(&DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?));
    list(book.add_worksheet().set_name("Findings")?, checked)?;
    for (number, one) in (1..).zip(checked.iter().filter(|one| !one.findings.is_empty())) {
        let name: String = format!("{number} {}", one.table.sheet.as_deref().unwrap_or(&one.table.source))
            .chars()
            .map(|c| if "[]:*?/\\'".contains(c) || c.is_control() { '_' } else { c })
            .take(31)
            .collect();
        rows(book.add_worksheet().set_name(name)?, one)?;
    }
    book.save_to_buffer()
}

fn head() -> Format {
    Format::new().set_bold().set_font_color(Color::White).set_background_color(Color::RGB(0x1F_4E79))
}

fn colour(severity: Severity) -> Format {
    let (fill, text) = match severity {
        Severity::Warning => (0xFF_EB9C, 0x7F_6000),
        Severity::Quarantine | Severity::Fatal => (0xFF_C7CE, 0x9C_0006),
    };
    Format::new().set_background_color(Color::RGB(fill)).set_font_color(Color::RGB(text))
}

fn limited(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || *c == '\n' || *c == '\t').take(MAX_CHARACTERS).collect()
}

fn list(sheet: &mut Worksheet, checked: &[Checked]) -> Result<(), XlsxError> {
    for (column, title) in (0..).zip(HEADINGS) {
        sheet.write_string_with_format(0, column, title, &head())?;
    }
    let place = |finding: &Finding| (finding.source.clone(), finding.sheet.clone(), finding.row);
    let all = || checked.iter().flat_map(|one| &one.findings);
    let aside: HashSet<_> = all().filter(|one| one.severity == Severity::Quarantine).map(place).collect();
    for (row, finding) in (1..).zip(all().take(MAX_ROWS)) {
        let number = finding.row.map(|row| row.to_string()).unwrap_or_default();
        let cells: [&str; 9] = [
            &finding.source,
            &finding.sheet,
            &number,
            finding.column_word(),
            &finding.value,
            finding.rule,
            &finding.message,
            &finding.fix,
            match finding.severity {
                Severity::Warning if finding.row.is_none() => "to look at",
                Severity::Warning if aside.contains(&place(finding)) => "the row is set aside for another reason",
                Severity::Warning => "the row is used",
                Severity::Quarantine | Severity::Fatal => "the row is set aside",
            },
        ];
        for (column, cell) in (0..).zip(cells) {
            match (column, finding.row) {
                #[allow(clippy::cast_precision_loss)]
                (2, Some(number)) => sheet.write_number(row, column, number as f64)?,
                (4, _) => sheet.write_string_with_format(row, column, limited(cell), &colour(finding.severity))?,
                _ => sheet.write_string(row, column, limited(cell))?,
            };
        }
    }
    for (column, width) in (0..).zip([24.0, 14.0, 8.0, 16.0, 28.0, 22.0, 60.0, 60.0, 20.0]) {
        sheet.set_column_width(column, width)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}

/// The rows that findings are about, as they came.
fn rows(sheet: &mut Worksheet, one: &Checked) -> Result<(), XlsxError> {
    let table = &one.table;
    sheet.write_string_with_format(0, 0, "row", &head())?;
    for (column, title) in (1..).zip(table.columns.iter().take(16_000)) {
        sheet.write_string_with_format(0, column, limited(title), &head())?;
    }
    let mut by_row: BTreeMap<u64, Vec<&Finding>> = BTreeMap::new();
    for finding in &one.findings {
        if let Some(row) = finding.row {
            by_row.entry(row).or_default().push(finding);
        }
    }
    let mut read = table.rows().filter(|row| by_row.contains_key(&row.number)).peekable();
    let mut note_count = 0;
    for (row, (number, findings)) in (1..).zip(by_row.iter().take(MAX_ROWS)) {
        #[allow(clippy::cast_precision_loss)]
        sheet.write_number(row, 0, *number as f64)?;
        while read.next_if(|raw| raw.number < *number).is_some() {}
        let raw = read.next_if(|raw| raw.number == *number);
        match raw {
            Some(raw) => {
                for (column, cell) in (1..).zip(raw.cells().take(16_000)) {
                    sheet.write_string(row, column, limited(cell))?;
                }
            }
            // A row that could not be read stands as it came.
            None => {
                sheet.write_string(row, 1, limited(&findings[0].value))?;
            }
        }
        for finding in findings {
            let column = table.columns.iter().position(|column| *column == finding.column);
            let column = column.and_then(|ix| u16::try_from(ix + 1).ok()).unwrap_or(0);
            let text = match (column, raw) {
                (0, _) => None,
                (column, Some(raw)) => Some(limited(raw.cell(usize::from(column) - 1))),
                (_, None) => Some(limited(&finding.value)),
            };
            match text {
                Some(text) => sheet.write_string_with_format(row, column, text, &colour(finding.severity))?,
                #[allow(clippy::cast_precision_loss)]
                None => sheet.write_number_with_format(row, 0, *number as f64, &colour(finding.severity))?,
            };
            if note_count < MAX_NOTES {
                note_count += 1;
                let note = format!("{}: {}. To do: {}.", finding.rule, finding.message, finding.fix);
                let note: String = limited(&note).chars().take(1_000).collect();
                sheet.insert_note(row, column, &Note::new(note).add_author_prefix(false))?;
            }
        }
    }
    sheet.set_freeze_panes(1, 1)?;
    Ok(())
}
