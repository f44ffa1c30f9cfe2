//! Delimited text. Parts of the text are parsed side by side; whether each really began at a record is verified, and a
//! part that did not is parsed again, so that the rows are those of a reading from the top.

use super::super::problem::Severity;
use super::encoding::{Decoded, decode};
use super::header::{self, Header};
use super::records::{BadQuote, Quoted, Scanner, quoted, sniff_delimiter, split_one};
use super::table::{Chunk, RawTable};
use super::{RawError, ReadOptions};
use rayon::prelude::*;
use std::ops::Range;

/// Bytes of text one thread parses at a time.
const PART_BYTES: usize = 1 << 20;

/// Most rows set aside; more means that it is the wrong file or the wrong delimiter.
const MAX_FAULTS: usize = 200_000;

/// Most records with a quote that is never closed: each is searched far.
const MAX_OPEN_QUOTES: usize = 2_000;

/// Most columns.
const MAX_COLUMNS: usize = 16_384;

/// Characters of a row kept as its raw value.
const RAW_CHARS: usize = 2_000;

/// Reads delimited text.
pub(super) fn read(bytes: Vec<u8>, source: &str, options: &ReadOptions) -> Result<RawTable, RawError> {
    let Decoded { mut text, mut undecodable, note } = decode(bytes, options.encoding.as_deref())?;
    let mut table = RawTable::new(source, options.decimal);
    table.notes.push(note);
    if u32::try_from(text.len()).is_err() || text.len() as u64 > options.max_plain_bytes {
        let message = format!("more than {} MB of text", options.max_plain_bytes.min(4 << 30) >> 20);
        return Err(RawError::limit("I602", message, "split the file"));
    }
    if memchr::memchr(b'\n', text.as_bytes()).is_none() && text.contains('\r') {
        text = text.replace('\r', "\n");
        table.notes.push("lines end with a carriage return alone".to_owned());
    }
    let (body, declared) = excel_hint(&text);
    let delimiter = match (options.delimiter, declared) {
        (Some(delimiter), _) => delimiter,
        (None, Some(delimiter)) => delimiter,
        (None, None) => sniff_delimiter(&text[body..]),
    };
    if matches!(delimiter, b'"' | b'\n' | b'\r' | 0) || !delimiter.is_ascii() {
        return Err(RawError::refused("I603", "this delimiter cannot be used", "use one of , ; | or tab"));
    }
    let how = match (options.delimiter, declared) {
        (Some(_), _) => "as declared",
        (None, Some(_)) => "by its first line",
        (None, None) => "sniffed",
    };
    table.notes.push(format!("delimiter {} {how}", delimiter_name(delimiter)));
    let Some((header, data, line)) = find_header(&text, body, delimiter) else {
        return Err(RawError::refused("I610", "no header and no rows", "export the table again"));
    };
    if header.columns.len() > MAX_COLUMNS {
        let message = format!("{} columns; the limit is {MAX_COLUMNS}", header.columns.len());
        return Err(RawError::limit("I602", message, "check the delimiter; remove columns that are not needed"));
    }
    let width = header.columns.len();
    header.put_into(&mut table);
    let zeros = memchr::memchr_iter(0, text.as_bytes());
    undecodable.extend(zeros);
    undecodable.sort_unstable();
    let parser = Parser { text: &text, delimiter, width, faults: &undecodable };
    let (mut chunks, tail) = parser.parse(data, line, options.max_rows)?;
    table.quarantined_count = tail.set_aside;
    if tail.blank_lines > 0 {
        table.notes.push(format!("{} blank lines passed over", tail.blank_lines));
    }
    for fault in &tail.faults {
        table.problems.push(tell(&table, fault, &text, delimiter, width));
    }
    text.push_str(&tail.unescaped);
    if u32::try_from(text.len()).is_err() {
        return Err(RawError::limit("I602", "more than 4 GB of text", "split the file"));
    }
    chunks.retain(|chunk| !chunk.numbers.is_empty());
    table.fill(text, chunks);
    Ok(table)
}

/// Where the table begins and the delimiter, when the first line is `sep=;`.
fn excel_hint(text: &str) -> (usize, Option<u8>) {
    let line = text.split('\n').next().unwrap_or_default();
    match line.trim_end_matches('\r').strip_prefix("sep=").map(str::as_bytes) {
        Some(&[delimiter]) => ((line.len() + 1).min(text.len()), Some(delimiter)),
        _ => (0, None),
    }
}

fn delimiter_name(delimiter: u8) -> String {
    match delimiter {
        b'\t' => "tab".to_owned(),
        other => format!("`{}`", char::from(other)),
    }
}

/// The header, where the data begin, and on which line.
fn find_header(text: &str, body: usize, delimiter: u8) -> Option<(Header, usize, u64)> {
    let (mut sample, mut ends, mut at) = (Vec::new(), Vec::new(), body);
    while at < text.len() && sample.len() < header::LOOKED_AT {
        let (cells, next) = split_one(text, delimiter, at);
        at = next;
        if cells.len() > 1 || !cells[0].trim().is_empty() {
            sample.push(cells);
            ends.push(at);
        }
    }
    let header = header::find(&sample)?;
    let data = ends[header.row_count - 1];
    let line = memchr::memchr_iter(b'\n', &text.as_bytes()[..data]).count() as u64 + 1;
    Some((header, data, line))
}

/// What is wrong with a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FaultKind {
    Ragged { cell_count: u32 },
    Undecodable { at: usize },
    Quote(BadQuote),
}

#[derive(Clone, Copy, Debug)]
struct Fault {
    line: u32,
    start: usize,
    end: usize,
    kind: FaultKind,
}

/// What a part gives beside its rows.
#[derive(Debug, Default)]
struct Tail {
    faults: Vec<Fault>,
    set_aside: usize,
    open_quotes: usize,
    blank_lines: usize,
    /// Cells with doubled quotes, made plain.
    unescaped: String,
}

/// One part as parsed. Lines count from 0 within the part.
struct Part {
    chunk: Chunk,
    tail: Tail,
    /// Cells of the chunk that lie in `tail.unescaped`.
    moved: Vec<usize>,
    /// Begin of the first record that is not of this part.
    end: usize,
    line_ends: u32,
}

struct Parser<'t> {
    text: &'t str,
    delimiter: u8,
    width: usize,
    /// Offsets of characters that must not be in a row: undecodable bytes and NUL.
    faults: &'t [usize],
}

impl Parser<'_> {
    /// All records from `from` on, which stands on `line`.
    fn parse(&self, from: usize, line: u64, max_rows: usize) -> Result<(Vec<Chunk>, Tail), RawError> {
        let bytes = self.text.as_bytes();
        let mut starts = vec![from];
        while let Some(next) = starts.last().map(|start| start + PART_BYTES).filter(|next| *next < bytes.len()) {
            match memchr::memchr(b'\n', &bytes[next..]) {
                Some(step) if next + step + 1 < bytes.len() => starts.push(next + step + 1),
                _ => break,
            }
        }
        let ends = starts.iter().skip(1).copied().chain([bytes.len()]);
        let ranges: Vec<Range<usize>> = starts.iter().copied().zip(ends).map(|(start, end)| start..end).collect();
        let parts: Vec<Part> = ranges.par_iter().with_max_len(1).map(|range| self.part(range.clone())).collect();

        let mut chunks = Vec::with_capacity(parts.len());
        let mut all = Tail::default();
        let (mut at, mut line, mut row_count) = (from, line, 0);
        for (mut part, range) in parts.into_iter().zip(ranges) {
            if at != range.start {
                // A quoted cell reaches into this part: its guess of where records begin was wrong.
                if at >= range.end {
                    continue;
                }
                part = self.part(at..range.end);
            }
            let first_line = u32::try_from(line).unwrap_or(u32::MAX);
            for number in &mut part.chunk.numbers {
                *number = number.saturating_add(first_line);
            }
            all.faults.extend(
                part.tail.faults.iter().map(|fault| Fault { line: fault.line.saturating_add(first_line), ..*fault }),
            );
            let base = u32::try_from(self.text.len() + all.unescaped.len())
                .map_err(|_| RawError::limit("I602", "more than 4 GB of text", "split the file"))?;
            for ix in part.moved {
                let [start, end] = part.chunk.spans[ix];
                part.chunk.spans[ix] = [start.saturating_add(base), end.saturating_add(base)];
            }
            all.unescaped.push_str(&part.tail.unescaped);
            all.set_aside += part.tail.set_aside;
            all.open_quotes += part.tail.open_quotes;
            all.blank_lines += part.tail.blank_lines;
            row_count += part.chunk.numbers.len();
            (at, line) = (part.end, line + u64::from(part.line_ends));
            chunks.push(part.chunk);
            if all.faults.len() > MAX_FAULTS || all.open_quotes > MAX_OPEN_QUOTES {
                let message = format!("{} rows that cannot be read, up to line {line}", all.set_aside);
                return Err(RawError::refused(
                    "I609",
                    message,
                    "check that this is the right file; declare the delimiter",
                ));
            }
            if row_count > max_rows {
                return Err(RawError::limit("I602", format!("more than {max_rows} rows"), "split the file"));
            }
        }
        Ok((chunks, all))
    }

    /// The records that begin in `range`.
    fn part(&self, range: Range<usize>) -> Part {
        let bytes = self.text.as_bytes();
        let (width, delimiter) = (self.width, self.delimiter);
        let mut part =
            Part { chunk: Chunk::default(), tail: Tail::default(), moved: Vec::new(), end: range.start, line_ends: 0 };
        let guess = range.len() / 8 / width.max(1) + 1;
        part.chunk.spans.reserve((guess * width).min(PART_BYTES));
        part.chunk.numbers.reserve(guess);
        let mut next_fault = self.faults.partition_point(|at| *at < range.start);
        let mut scanner = Scanner::new(bytes, delimiter, range.start);
        let mut record = range.start;
        let mut line = 0_u32;
        while record < range.end {
            let (first_span, first_moved) = (part.chunk.spans.len(), part.moved.len());
            let mut start = record;
            let mut inner_lines = 0;
            let mut bad_quote = None;
            let mut cell_count = 0_usize;
            let end = loop {
                let mut span = None;
                if bytes.get(start) == Some(&b'"') && bad_quote.is_none() {
                    match quoted(bytes, start, delimiter) {
                        Ok(cell) => {
                            span = Some(self.keep_quoted(&mut part, start, cell));
                            inner_lines += cell.line_ends;
                            scanner.seek(cell.close + 1);
                        }
                        Err(why) => bad_quote = Some(why),
                    }
                }
                let hit = scanner.next();
                let is_last = hit >= bytes.len() || bytes[hit] == b'\n';
                if cell_count < width {
                    part.chunk.spans.push(span.unwrap_or_else(|| {
                        let cut = usize::from(is_last && hit > start && bytes[hit - 1] == b'\r');
                        #[allow(clippy::cast_possible_truncation)] // the text is shorter than 4 GB
                        let span = [start as u32, (hit - cut) as u32];
                        span
                    }));
                }
                cell_count += 1;
                start = hit + 1;
                if is_last {
                    break hit;
                }
            };
            let has_fault = self.faults.get(next_fault).is_some_and(|at| *at < end);
            if cell_count == 1 && is_blank(&bytes[record..end]) {
                part.tail.blank_lines += 1;
                part.forget(first_span, first_moved);
            } else if cell_count == width && bad_quote.is_none() && !has_fault {
                part.chunk.numbers.push(line);
            } else {
                let kind = match bad_quote {
                    Some(why) => FaultKind::Quote(why),
                    None if has_fault => FaultKind::Undecodable { at: self.faults[next_fault] },
                    None => FaultKind::Ragged { cell_count: u32::try_from(cell_count).unwrap_or(u32::MAX) },
                };
                part.tail.open_quotes += usize::from(bad_quote == Some(BadQuote::NeverClosed));
                part.tail.set_aside += 1;
                part.tail.faults.push(Fault { line, start: record, end, kind });
                part.forget(first_span, first_moved);
            }
            while has_fault && self.faults.get(next_fault).is_some_and(|at| *at < end) {
                next_fault += 1;
            }
            line = line.saturating_add(inner_lines).saturating_add(1);
            record = (end + 1).min(bytes.len());
            if end >= bytes.len() || part.tail.open_quotes > MAX_OPEN_QUOTES {
                break;
            }
        }
        part.end = record;
        part.line_ends = line;
        part
    }

    /// The span of a quoted cell; one with doubled quotes is made plain beside the text.
    fn keep_quoted(&self, part: &mut Part, open: usize, cell: Quoted) -> [u32; 2] {
        #[allow(clippy::cast_possible_truncation)] // the text is shorter than 4 GB
        let span = |start: usize, end: usize| [start as u32, end as u32];
        if !cell.has_doubled {
            return span(open + 1, cell.close);
        }
        let inside = self.text.get(open + 1..cell.close).unwrap_or_default();
        let start = part.tail.unescaped.len();
        for (ix, piece) in inside.split("\"\"").enumerate() {
            part.tail.unescaped.push_str(if ix == 0 { "" } else { "\"" });
            part.tail.unescaped.push_str(piece);
        }
        part.moved.push(part.chunk.spans.len());
        span(start, part.tail.unescaped.len())
    }
}

impl Part {
    /// Takes back the cells of the record at hand.
    fn forget(&mut self, first_span: usize, first_moved: usize) {
        self.chunk.spans.truncate(first_span);
        self.moved.truncate(first_moved);
    }
}

fn is_blank(line: &[u8]) -> bool {
    line.iter().all(u8::is_ascii_whitespace)
}

fn tell(table: &RawTable, fault: &Fault, text: &str, delimiter: u8, width: usize) -> super::RawProblem {
    let raw = text.get(fault.start..fault.end).unwrap_or_default();
    let value: String = raw.trim_end_matches('\r').chars().take(RAW_CHARS).collect();
    let mut column = String::new();
    let (rule, message, fix) = match fault.kind {
        FaultKind::Ragged { cell_count } => (
            "I607",
            format!("{cell_count} cells where the header has {width}"),
            "put cells that hold the delimiter in quotes, or add the missing cells",
        ),
        FaultKind::Undecodable { at } => {
            let before = text.get(fault.start..at).unwrap_or_default();
            let ix = before.bytes().filter(|byte| *byte == delimiter).count();
            column = table.columns.get(ix).cloned().unwrap_or_default();
            if text.as_bytes().get(at) == Some(&0) {
                ("I608", "a NUL character".to_owned(), "export the table again; text must not hold NUL")
            } else {
                let message = "bytes that do not belong to the encoding of the file".to_owned();
                ("I605", message, "save the whole file as UTF-8, or declare its encoding")
            }
        }
        FaultKind::Quote(BadQuote::NeverClosed) => (
            "I606",
            format!("a quoted cell opens in line {} and is never closed", fault.line),
            "close the quote, or double quotes that belong to the text",
        ),
        FaultKind::Quote(BadQuote::TextAfter) => (
            "I606",
            format!("a quoted cell opens in line {} and has text after its closing quote", fault.line),
            "double quotes that belong to the text, and quote the whole cell",
        ),
    };
    table.finding(Severity::Quarantine, rule, u64::from(fault.line), &column, &value, &message, fix)
}
