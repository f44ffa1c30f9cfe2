//! The one door: bytes of a file from outside, capped before and after they are unpacked, and the format they are in.

use super::{Format, RawError, ReadOptions};
use flate2::read::MultiGzDecoder;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

/// Bytes unpacked before the ratio of unpacked to stored bytes is looked at.
const RATIO_FREE_BYTES: u64 = 32 << 20;

const WHOLE: &str = "check the name, and that the file is whole and may be read";

/// How a file was compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compression {
    None,
    Gzip,
    Zstd,
}

impl Compression {
    fn of(head: &[u8]) -> Self {
        match head {
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Self::Zstd,
            _ => Self::None,
        }
    }

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }
}

/// The length of a file that may be read.
pub(super) fn file_len(path: &Path, options: &ReadOptions) -> Result<u64, RawError> {
    // Looked at before it is opened: opening a pipe would wait for its writer.
    let meta = std::fs::metadata(path).map_err(|error| {
        let message = if error.kind() == ErrorKind::NotFound { "no such file".to_owned() } else { error.to_string() };
        RawError::refused("I601", message, WHOLE)
    })?;
    if !meta.is_file() {
        return Err(RawError::refused("I601", "not a regular file", WHOLE));
    }
    if meta.len() == 0 {
        return Err(RawError::refused("I610", "the file is empty", "export the table again"));
    }
    if meta.len() > options.max_file_bytes {
        let message = format!("{} MB; the limit is {} MB", meta.len() >> 20, options.max_file_bytes >> 20);
        return Err(RawError::limit("I602", message, "split the file, or raise the limit"));
    }
    Ok(meta.len())
}

/// The first bytes of a file, and how it is compressed.
pub(super) fn head(path: &Path) -> Result<(Vec<u8>, Compression), RawError> {
    let unreadable = |error: std::io::Error| RawError::refused("I601", error.to_string(), WHOLE);
    let mut head = Vec::new();
    File::open(path).map_err(unreadable)?.take(4096).read_to_end(&mut head).map_err(unreadable)?;
    let compression = Compression::of(&head);
    Ok((head, compression))
}

/// All bytes of a file, unpacked.
pub(super) fn plain_bytes(path: &Path, len: u64, how: Compression, options: &ReadOptions) -> Result<Vec<u8>, RawError> {
    let file = File::open(path).map_err(|error| RawError::refused("I601", error.to_string(), WHOLE))?;
    let file = file.take(options.max_file_bytes);
    let bytes = match how {
        Compression::None => capped(file, len, len, options.max_plain_bytes.max(len), u64::MAX),
        Compression::Gzip => {
            capped(MultiGzDecoder::new(file), len, len * 4, options.max_plain_bytes, options.max_ratio)
        }
        Compression::Zstd => {
            let decoder = zstd::stream::read::Decoder::new(file)
                .map_err(|error| RawError::refused("I604", error.to_string(), "compress the file again"))?;
            capped(decoder, len, len * 4, options.max_plain_bytes, options.max_ratio)
        }
    }?;
    if how != Compression::None && Compression::of(&bytes) != Compression::None {
        return Err(RawError::refused("I604", "the file is compressed twice", "unpack it once"));
    }
    Ok(bytes)
}

/// Reads to the end, refusing more than `cap` bytes and more than `ratio` bytes for one stored. The size that a header
/// claims is not asked for.
fn capped(mut reader: impl Read, stored: u64, guess: u64, cap: u64, ratio: u64) -> Result<Vec<u8>, RawError> {
    let allowed = cap.min(stored.saturating_mul(ratio).max(RATIO_FREE_BYTES));
    let room = usize::try_from(guess.min(allowed).min(64 << 20)).unwrap_or(0);
    let mut bytes = Vec::with_capacity(room + 1);
    reader.by_ref().take(allowed.saturating_add(1)).read_to_end(&mut bytes).map_err(|error| {
        RawError::refused("I604", format!("the data end or break: {error}"), "fetch or export the file again")
    })?;
    if bytes.len() as u64 > allowed {
        let message = format!("unpacks to more than {} MB from {} KB stored", allowed >> 20, stored.div_ceil(1024));
        return Err(RawError::limit("I602", message, "check the file; unpack and split it if it is sound"));
    }
    Ok(bytes)
}

/// The format of plain bytes that begin with `head`, told by content; for texts the ending of the name decides.
pub(super) fn format_of(head: &[u8], path: &Path) -> Result<Format, RawError> {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let stem = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst")).unwrap_or(&name);
    let ends = |ending: &str| stem.ends_with(ending);
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        let is_ods = ends(".ods") || head.windows(40).any(|bytes| bytes == b"application/vnd.oasis.opendocument.sprea");
        return Ok(if is_ods { Format::Ods } else { Format::Xlsx });
    }
    if head.starts_with(b"PAR1") {
        return Ok(Format::Parquet);
    }
    if head.starts_with(b"SQLite format 3\0") {
        return Ok(Format::GeoPackage);
    }
    if head.starts_with(b"\xd0\xcf\x11\xe0") {
        let message = "an old Excel workbook (.xls) or one with a password";
        return Err(RawError::refused("I603", message, "save it as .xlsx without a password, or as CSV UTF-8"));
    }
    if head.starts_with(b"%PDF") {
        return Err(RawError::refused("I603", "a PDF document", "export the table as CSV or XLSX"));
    }
    // An ending that promises a binary format, over other content: told as such, not read as text.
    for (ending, format) in [(".xlsx", "XLSX"), (".ods", "ODS"), (".parquet", "Parquet"), (".gpkg", "GeoPackage")] {
        if ends(ending) {
            let message = format!("the name ends in {ending}, the content is not {format}");
            return Err(RawError::refused("I603", message, "export the file again, or give it its right ending"));
        }
    }
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    // Web pages under the name of a workbook are what many portals export.
    let begin = text.trim_ascii_start();
    let is_page = [&b"<!doctype"[..], b"<html", b"<table", b"<?xml", b"<meta", b"<head"]
        .iter()
        .any(|mark| begin.get(..mark.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(mark)));
    if is_page {
        let message = "a web page or XML document";
        return Err(RawError::refused("I603", message, "open it in a spreadsheet and save it as XLSX or CSV UTF-8"));
    }
    let first = begin.first();
    let is_json = ends(".geojson") || ends(".json") || (first == Some(&b'{') && !ends(".csv") && !ends(".tsv"));
    Ok(if is_json { Format::GeoJson } else { Format::Csv })
}
