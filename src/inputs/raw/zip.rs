//! What is in a zip file, found out before the workbook library opens it: entries are unpacked once into nothing, so that
//! what counts is what comes out and not what the directory claims.

use super::{RawError, ReadOptions};
use flate2::read::DeflateDecoder;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};

/// Most files in a workbook.
const MAX_ENTRIES: usize = 10_000;

/// Bytes unpacked before their ratio to the stored ones is looked at.
const RATIO_FREE_BYTES: u64 = 32 << 20;

/// Longest directory.
const MAX_DIRECTORY_BYTES: u64 = 8 << 20;

const FIX: &str = "save the workbook again, or save the sheet as CSV UTF-8";

fn damaged(why: &str) -> RawError {
    RawError::refused("I611", format!("the workbook is damaged: {why}"), FIX)
}

fn number(bytes: &[u8], at: usize, len: usize) -> Option<u64> {
    let bytes = bytes.get(at..at + len)?;
    Some(bytes.iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte)))
}

/// What a workbook holds beside its cells.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Facts {
    /// (name of the part, rows hidden in it), parts without hidden rows left out.
    pub(super) hidden_rows: Vec<(String, usize)>,
}

/// Unpacks every entry into nothing and refuses bombs, passwords and document types.
pub(super) fn verify(file: &File, options: &ReadOptions) -> Result<Facts, RawError> {
    let unreadable = |error: std::io::Error| damaged(&error.to_string());
    let len = file.metadata().map_err(unreadable)?.len();
    let mut reader = BufReader::new(file);
    let tail_len = len.min(66_000);
    reader.seek(SeekFrom::Start(len - tail_len)).map_err(unreadable)?;
    let mut tail = Vec::new();
    reader.by_ref().take(tail_len).read_to_end(&mut tail).map_err(unreadable)?;
    let end = memchr::memmem::rfind(&tail, b"PK\x05\x06").ok_or_else(|| damaged("it has no directory"))?;
    let field =
        |at: usize, size: usize| number(&tail, end + at, size).ok_or_else(|| damaged("its directory is cut off"));
    let (count, size, start) = (field(10, 2)?, field(12, 4)?, field(16, 4)?);
    if start == u64::from(u32::MAX) || size > MAX_DIRECTORY_BYTES {
        return Err(RawError::limit("I614", "a zip file of more than 4 GB", FIX));
    }
    reader.seek(SeekFrom::Start(start)).map_err(unreadable)?;
    let mut directory = Vec::new();
    reader.by_ref().take(size).read_to_end(&mut directory).map_err(unreadable)?;
    let (mut at, mut unpacked, mut entries) = (0, 0_u64, 0_u64);
    let allowed = options.max_plain_bytes.min(len.saturating_mul(options.max_ratio).max(RATIO_FREE_BYTES));
    let mut facts = Facts::default();
    while directory.get(at..at + 4) == Some(b"PK\x01\x02") {
        let field = |offset: usize, size: usize| {
            number(&directory, at + offset, size).ok_or_else(|| damaged("its directory is cut off"))
        };
        let (flags, method, packed, offset) = (field(8, 2)?, field(10, 2)?, field(20, 4)?, field(42, 4)?);
        let lens = [field(28, 2)?, field(30, 2)?, field(32, 2)?].map(|len| usize::try_from(len).unwrap_or(0));
        let name = directory.get(at + 46..at + 46 + lens[0]).unwrap_or_default();
        let name = String::from_utf8_lossy(name).into_owned();
        entries += 1;
        if entries as usize > MAX_ENTRIES {
            return Err(RawError::limit("I614", format!("more than {MAX_ENTRIES} files in the workbook"), FIX));
        }
        if flags & 1 == 1 {
            return Err(RawError::refused("I611", "the workbook has a password", "save it without a password"));
        }
        let mut local = [0_u8; 30];
        reader.seek(SeekFrom::Start(offset)).map_err(unreadable)?;
        reader.read_exact(&mut local).map_err(unreadable)?;
        let skip = number(&local, 26, 2).unwrap_or(0) + number(&local, 28, 2).unwrap_or(0);
        reader.seek(SeekFrom::Start(offset + 30 + skip)).map_err(unreadable)?;
        let body = reader.by_ref().take(packed);
        let mut scan = Scan::new(&name);
        let outcome = match method {
            0 => scan.run(body, allowed - unpacked),
            8 => scan.run(DeflateDecoder::new(body), allowed - unpacked),
            _ => return Err(damaged(&format!("{name} is packed in a way that is not read"))),
        };
        match outcome {
            Ok(len) => unpacked += len,
            Err(Stop::Full) => {
                let message =
                    format!("unpacks to more than {} MB from {} KB stored", allowed >> 20, len.div_ceil(1024));
                return Err(RawError::limit("I614", message, "check the file; save the sheet as CSV UTF-8"));
            }
            Err(Stop::Doctype) => {
                let message = format!("{name} holds a document type (<!DOCTYPE)");
                return Err(RawError::refused("I613", message, FIX));
            }
            Err(Stop::Broken(why)) => return Err(damaged(&format!("{name}: {why}"))),
        }
        if scan.hidden_rows > 0 {
            facts.hidden_rows.push((name, scan.hidden_rows));
        }
        at += 46 + lens.iter().sum::<usize>();
    }
    if entries == 0 || entries != count {
        return Err(damaged(&format!("its directory names {count} files and lists {entries}")));
    }
    Ok(facts)
}

enum Stop {
    Full,
    Doctype,
    Broken(String),
}

/// Looks through an entry's bytes as they come out.
struct Scan {
    is_xml: bool,
    is_sheet: bool,
    hidden_rows: usize,
}

/// Bytes looked at together; the last ones are looked at again with the next.
const WINDOW: usize = 1 << 16;
const OVERLAP: usize = 512;

impl Scan {
    fn new(name: &str) -> Self {
        let lower = name.to_lowercase();
        let is_xml = lower.ends_with(".xml") || lower.ends_with(".rels") || lower.ends_with(".vml");
        Self { is_xml, is_sheet: lower.starts_with("xl/worksheets/"), hidden_rows: 0 }
    }

    fn run(&mut self, mut body: impl Read, allowed: u64) -> Result<u64, Stop> {
        let mut window = vec![0_u8; WINDOW + OVERLAP];
        let (mut kept, mut total) = (0, 0_u64);
        loop {
            let read = body.read(&mut window[kept..]).map_err(|error| Stop::Broken(error.to_string()))?;
            total += read as u64;
            if total > allowed {
                return Err(Stop::Full);
            }
            let filled = kept + read;
            let is_end = read == 0;
            if self.is_xml {
                let bytes = &window[..filled];
                if memchr::memmem::find(bytes, b"<!DOCTYPE").is_some() {
                    return Err(Stop::Doctype);
                }
                let (counted, rest) =
                    if is_end { (filled, 0) } else { (filled.saturating_sub(OVERLAP), filled.min(OVERLAP)) };
                if self.is_sheet {
                    self.count_hidden(bytes, counted);
                    if has_false_place(bytes, b" r=") || has_false_place(bytes, b" ref=") {
                        return Err(Stop::Broken("a cell's place is none".to_owned()));
                    }
                }
                window.copy_within(filled - rest..filled, 0);
                kept = rest;
            }
            if is_end {
                return Ok(total);
            }
        }
    }

    /// Rows that begin before `counted` and are marked hidden.
    fn count_hidden(&mut self, bytes: &[u8], counted: usize) {
        for at in memchr::memmem::find_iter(bytes, b"<row ").take_while(|at| *at < counted) {
            let end = memchr::memchr(b'>', &bytes[at..]).map_or(bytes.len(), |step| at + step);
            let tag = &bytes[at..end];
            let is_hidden = |text: &[u8]| memchr::memmem::find(tag, text).is_some();
            self.hidden_rows += usize::from(is_hidden(b" hidden=\"1\"") || is_hidden(b" hidden=\"true\""));
        }
    }
}

/// Whether an attribute such as `r="AB12"` has more letters or digits together than the largest place, or a range ends
/// before it begins: the library that reads the sheet counts on neither.
fn has_false_place(bytes: &[u8], name: &[u8]) -> bool {
    const MOST_LETTERS: usize = 6;
    const MOST_DIGITS: usize = 9;
    memchr::memmem::find_iter(bytes, name).any(|at| {
        // Only an attribute's value: texts may say anything.
        let Some((b'"' | b'\'', value)) = bytes.get(at + name.len()..).and_then(<[u8]>::split_first) else {
            return false;
        };
        let (mut letters, mut digits) = (0, 0);
        // Column and row, read as far as their bytes are of the right kind; before and after a colon.
        let mut corners = [[0_u64; 2]; 2];
        let mut corner = 0;
        for byte in value.iter().take(64).take_while(|byte| !matches!(byte, b'"' | b'\'')) {
            letters = if byte.is_ascii_alphabetic() { letters + 1 } else { 0 };
            digits = if byte.is_ascii_digit() { digits + 1 } else { 0 };
            if letters > MOST_LETTERS || digits > MOST_DIGITS {
                return true;
            }
            let [column, row] = &mut corners[corner];
            match byte {
                b':' => corner = 1,
                b'0'..=b'9' => *row = row.saturating_mul(10).saturating_add(u64::from(byte - b'0')),
                letter if letter.is_ascii_alphabetic() => {
                    let place = u64::from(letter.to_ascii_uppercase() - b'A') + 1;
                    *column = column.saturating_mul(26).saturating_add(place);
                }
                _ => {}
            }
        }
        let [first, last] = corners;
        corner == 1 && (last[0] < first[0] || last[1] < first[1])
    })
}
