//! Tables as bytes, from the child process that read them to the one that asked. Decoding trusts nothing: every length is
//! held against the bytes that are there.

use super::super::finding::Finding;
use super::super::problem::Severity;
use super::super::rules::RULES;
use super::table::{RawTable, Rows};
use super::{DecimalMark, RawError, RawErrorKind};

const MAGIC: &[u8; 8] = b"CORRRAW1";

/// The outcome of a reading as bytes.
pub(super) fn encode(outcome: &Result<Vec<RawTable>, RawError>) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    match outcome {
        Err(error) => {
            bytes.push(match error.kind {
                RawErrorKind::Refused => 1,
                RawErrorKind::Resource => 2,
            });
            for text in [error.rule, &error.place, &error.message, &error.fix] {
                put_text(&mut bytes, text);
            }
        }
        Ok(tables) => {
            bytes.push(0);
            put_count(&mut bytes, tables.len());
            tables.iter().for_each(|table| put_table(&mut bytes, table));
        }
    }
    bytes.extend_from_slice(MAGIC);
    bytes
}

fn put_count(bytes: &mut Vec<u8>, count: usize) {
    bytes.extend_from_slice(&u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes());
}

fn put_text(bytes: &mut Vec<u8>, text: &str) {
    put_count(bytes, text.len());
    bytes.extend_from_slice(text.as_bytes());
}

fn put_table(bytes: &mut Vec<u8>, table: &RawTable) {
    bytes.push(u8::from(table.sheet.is_some()));
    put_text(bytes, table.sheet.as_deref().unwrap_or_default());
    for list in [&table.columns, &table.hashtags, &table.notes] {
        put_count(bytes, list.len());
        list.iter().for_each(|text| put_text(bytes, text));
    }
    put_count(bytes, table.problems.len());
    for problem in &table.problems {
        bytes.push(u8::from(problem.severity == Severity::Warning));
        bytes.extend_from_slice(&problem.row.unwrap_or(0).to_le_bytes());
        for text in [problem.rule, &problem.column, &problem.value, &problem.message, &problem.fix] {
            put_text(bytes, text);
        }
    }
    put_count(bytes, table.quarantined_count);
    put_count(bytes, table.row_count());
    for row in table.rows() {
        bytes.extend_from_slice(&row.number.to_le_bytes());
        row.cells().for_each(|cell| put_text(bytes, cell));
    }
}

/// The outcome in `bytes`; `None` when they are not whole.
pub(super) fn decode(bytes: &[u8], source: &str, decimal: DecimalMark) -> Option<Result<Vec<RawTable>, RawError>> {
    let mut reader = Reader { rest: bytes.strip_prefix(MAGIC)?.strip_suffix(MAGIC)? };
    let outcome = match reader.byte()? {
        0 => {
            let count = reader.count(1)?;
            Ok((0..count).map(|_| reader.table(source, decimal)).collect::<Option<Vec<_>>>()?)
        }
        kind @ (1 | 2) => Err(RawError {
            source_name: source.to_owned(),
            rule: known_rule(reader.text()?)?,
            place: reader.text()?.to_owned(),
            message: reader.text()?.to_owned(),
            fix: reader.text()?.to_owned(),
            kind: if kind == 1 { RawErrorKind::Refused } else { RawErrorKind::Resource },
        }),
        _ => return None,
    };
    reader.rest.is_empty().then_some(outcome)
}

fn known_rule(code: &str) -> Option<&'static str> {
    RULES.iter().map(|(known, _, _)| *known).find(|known| *known == code)
}

struct Reader<'b> {
    rest: &'b [u8],
}

impl<'b> Reader<'b> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    /// A count of things of at least `least` bytes each.
    fn count(&mut self, least: usize) -> Option<usize> {
        let (head, rest) = self.rest.split_first_chunk::<4>()?;
        self.rest = rest;
        let count = u32::from_le_bytes(*head) as usize;
        (count.checked_mul(least)? <= rest.len()).then_some(count)
    }

    fn long(&mut self) -> Option<u64> {
        let (head, rest) = self.rest.split_first_chunk::<8>()?;
        self.rest = rest;
        Some(u64::from_le_bytes(*head))
    }

    fn text(&mut self) -> Option<&'b str> {
        let len = self.count(1)?;
        let (head, rest) = self.rest.split_at_checked(len)?;
        self.rest = rest;
        std::str::from_utf8(head).ok()
    }

    fn texts(&mut self) -> Option<Vec<String>> {
        let count = self.count(4)?;
        (0..count).map(|_| self.text().map(str::to_owned)).collect()
    }

    fn table(&mut self, source: &str, decimal: DecimalMark) -> Option<RawTable> {
        let mut table = RawTable::new(source, decimal);
        let has_sheet = self.byte()? == 1;
        table.sheet = Some(self.text()?.to_owned()).filter(|_| has_sheet);
        (table.columns, table.hashtags, table.notes) = (self.texts()?, self.texts()?, self.texts()?);
        let count = self.count(29)?;
        for _ in 0..count {
            let severity = if self.byte()? == 1 { Severity::Warning } else { Severity::Quarantine };
            let row = self.long()?;
            let rule = known_rule(self.text()?)?;
            let (column, value, message, fix) = (self.text()?, self.text()?, self.text()?, self.text()?);
            let finding: Finding = table.finding(severity, rule, row, column, value, message, fix);
            table.problems.push(finding);
        }
        table.quarantined_count = self.count(0)?;
        let width = table.columns.len();
        let row_count = self.count(8 + 4 * width)?;
        let mut rows = Rows::default();
        let mut cells = Vec::with_capacity(width);
        for _ in 0..row_count {
            let number = self.long()?;
            cells.clear();
            for _ in 0..width {
                cells.push(self.text()?);
            }
            if !rows.push(number, cells.iter().copied()) {
                return None;
            }
        }
        rows.finish(&mut table);
        Some(table)
    }
}
