//! Readers of files that a user brings: any of the formats in, tables of cell texts out. Nothing is interpreted here.
//!
//! One door: the bytes are capped, unpacked and capped again, decoded, parsed; a row that cannot be read is set aside
//! with its reason and the others are kept. Parquet, workbooks and `GeoPackages` are read in a process of their own with
//! limits on memory and time, because malformed ones make their libraries abort.

mod child;
mod csv;
mod door;
mod encoding;
mod error;
mod features;
mod footer;
mod geojson;
mod geometry;
mod geopackage;
mod header;
mod members;
mod number;
mod parquet;
mod records;
mod table;
mod unique;
mod wire;
mod wkb;
mod workbook;
mod zip;

pub use super::finding::Finding as RawProblem;
pub use child::{COMMAND as READ_COMMAND, serve};
pub(super) use encoding::mended_mojibake;
pub use error::{RawError, RawErrorKind};
pub(super) use header::TWO_ROWS_JOINED;
pub use number::parse_real;
pub use table::{RawRow, RawTable};

use std::path::{Path, PathBuf};
use std::time::Duration;

/// How numbers are written in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DecimalMark {
    /// `1234.5`
    #[default]
    Point,
    /// `1234,5`: only when declared.
    Comma,
}

/// A format of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Delimited text.
    Csv,
    /// Excel workbook.
    Xlsx,
    /// OpenDocument spreadsheet.
    Ods,
    /// Parquet and `GeoParquet`.
    Parquet,
    /// `GeoJSON` (RFC 7946).
    GeoJson,
    /// `GeoPackage`.
    GeoPackage,
}

impl Format {
    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Ods => "ods",
            Self::Parquet => "parquet",
            Self::GeoJson => "geojson",
            Self::GeoPackage => "geopackage",
        }
    }

    /// The format of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Csv, Self::Xlsx, Self::Ods, Self::Parquet, Self::GeoJson, Self::GeoPackage]
            .into_iter()
            .find(|format| format.as_str() == word)
    }
}

/// Where formats whose libraries may abort (XLSX, ODS, Parquet, `GeoPackage`) are read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Isolation {
    /// In this process. A malformed Parquet file can then end the process (its library asks for memory that is not
    /// there); panics are caught. Library callers without the corridor binary at hand choose this for files they trust.
    #[default]
    InProcess,
    /// In a child process of this corridor binary, with limits on memory and time. The command line always does this.
    Program(PathBuf),
}

/// What is declared about a file, and the limits of reading it. The default sniffs everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadOptions {
    /// Format; `None` = by content, then by ending.
    pub format: Option<Format>,
    /// Delimiter of a text file; `None` = sniffed.
    pub delimiter: Option<u8>,
    /// Encoding of a text file by its WHATWG label (`windows-1251`); `None` = byte-order mark, UTF-8, or a guess.
    pub encoding: Option<String>,
    /// How numbers are written.
    pub decimal: DecimalMark,
    /// Sheet of a workbook or layer of a `GeoPackage`; `None` = all that hold rows.
    pub sheet: Option<String>,
    /// Most bytes of the file as stored.
    pub max_file_bytes: u64,
    /// Most bytes unpacked and decoded.
    pub max_plain_bytes: u64,
    /// Most bytes unpacked for one byte stored, beyond the first 32 MB.
    pub max_ratio: u64,
    /// Most rows.
    pub max_rows: usize,
    /// Longest time of the child process; a small file gets 4.5 s, and 3 s more for each megabyte.
    pub time_limit: Duration,
    /// Most bytes of memory of the child process; `None` = 448 MB and eight times the file.
    pub memory_limit: Option<u64>,
    /// Where formats whose libraries may abort are read.
    pub isolation: Isolation,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            format: None,
            delimiter: None,
            encoding: None,
            decimal: DecimalMark::Point,
            sheet: None,
            max_file_bytes: 512 << 20,
            max_plain_bytes: 512 << 20,
            max_ratio: 200,
            max_rows: 20_000_000,
            time_limit: Duration::from_secs(60),
            memory_limit: None,
            isolation: Isolation::InProcess,
        }
    }
}

/// Reads every table of a file (a workbook may have several).
///
/// # Errors
/// A file that is missing, too large, or not in its format. A row that cannot be read is no error: it is in the table's
/// problems.
pub fn read_table(path: &Path, options: &ReadOptions) -> Result<Vec<RawTable>, RawError> {
    let source = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    read_named(path, &source, options).map_err(|error| error.of(&source))
}

fn read_named(path: &Path, source: &str, options: &ReadOptions) -> Result<Vec<RawTable>, RawError> {
    let len = door::file_len(path, options)?;
    let (head, compression) = door::head(path)?;
    let is_text = |format: Format| matches!(format, Format::Csv | Format::GeoJson);
    let format = match options.format {
        Some(format) => format,
        None if compression == door::Compression::None => door::format_of(&head, path)?,
        None => Format::Csv,
    };
    if !is_text(format) {
        return match &options.isolation {
            Isolation::InProcess => read_here(path, format, source, options),
            Isolation::Program(program) => child::read(program, path, format, len, source, options),
        };
    }
    let bytes = door::plain_bytes(path, len, compression, options)?;
    let format = match options.format {
        Some(format) => format,
        None => door::format_of(&bytes[..bytes.len().min(4096)], path)?,
    };
    if !is_text(format) {
        let message = format!("a {} file within {} compression", format.as_str(), compression.as_str());
        return Err(RawError::refused("I604", message, "unpack it once"));
    }
    let read = std::panic::AssertUnwindSafe(|| match format {
        Format::GeoJson => geojson::read(bytes, source, options),
        _ => csv::read(bytes, source, options),
    });
    let mut table = std::panic::catch_unwind(read).unwrap_or_else(|_| Err(failed_inside()))?;
    if compression != door::Compression::None {
        table.notes.insert(0, format!("unpacked from {}", compression.as_str()));
    }
    Ok(vec![table])
}

/// Reads a binary format in this process.
fn read_here(path: &Path, format: Format, source: &str, options: &ReadOptions) -> Result<Vec<RawTable>, RawError> {
    let read = std::panic::AssertUnwindSafe(|| match format {
        Format::Xlsx | Format::Ods => workbook::read(path, format, source, options),
        Format::Parquet => parquet::read(path, source, options).map(|table| vec![table]),
        Format::GeoPackage => geopackage::read(path, source, options),
        Format::Csv | Format::GeoJson => {
            Err(RawError::refused("I603", "a text format", "read it without this command"))
        }
    });
    std::panic::catch_unwind(read).unwrap_or_else(|_| Err(failed_inside())).map_err(|error| error.of(source))
}

fn failed_inside() -> RawError {
    RawError::refused("I616", "the reader failed on it", "the file is damaged: write it again, or as CSV UTF-8")
}
