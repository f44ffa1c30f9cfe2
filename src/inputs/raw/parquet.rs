//! Parquet and `GeoParquet`, by the data-frame library's reader.

use super::super::checks::dates::iso_day;
use super::super::problem::Severity;
use super::features::Features;
use super::footer::{self, Footer, Meaning};
use super::geometry::{Broken, Winding};
use super::table::RawTable;
use super::{RawError, ReadOptions, wkb};
use polars::prelude::{AnyValue, DataFrame};
use polars_io::SerReader;
use polars_io::prelude::{ParallelStrategy, ParquetReader};
use serde_json::Value;
use std::borrow::Cow;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

fn unreadable(error: &dyn std::fmt::Display) -> RawError {
    RawError::refused(
        "I615",
        format!("the Parquet file cannot be read: {error}"),
        "write the file again, or as CSV UTF-8",
    )
}

/// A coordinate system without an identifier that is WGS 84 in degrees by its kind and name.
fn is_named_wgs84(crs: &Value) -> bool {
    // Early files hold well-known text.
    if let Some(text) = crs.as_str() {
        return text.trim_end().ends_with("ID[\"EPSG\",4326]]");
    }
    let text = |name: &str| crs.get(name).and_then(Value::as_str).unwrap_or_default();
    text("type") == "GeographicCRS" && (text("name").starts_with("WGS 84") || text("name").starts_with("WGS84"))
}

/// Longest footer.
const MAX_FOOTER_BYTES: u64 = 64 << 20;

/// Reads a file.
pub(super) fn read(path: &Path, source: &str, options: &ReadOptions) -> Result<RawTable, RawError> {
    let mut file = File::open(path).map_err(|error| RawError::refused("I601", error.to_string(), "check the file"))?;
    let footer = footer(&mut file)?;
    // The rewritten footer stands in a file of its own: positions in it are those of the file that holds the data.
    let mut stand_in = b"PAR1".to_vec();
    stand_in.extend_from_slice(&footer.bytes);
    let len = u32::try_from(footer.bytes.len()).map_err(|_| unreadable(&"its footer is too long"))?;
    stand_in.extend_from_slice(&len.to_le_bytes());
    stand_in.extend_from_slice(b"PAR1");
    let mut stand_in = ParquetReader::new(std::io::Cursor::new(stand_in));
    let metadata = stand_in.get_metadata().map_err(|error| unreadable(&error))?.clone();
    if metadata.num_rows > options.max_rows {
        return Err(RawError::limit("I602", format!("more than {} rows", options.max_rows), "split the file"));
    }
    let geometry = footer.geo.as_deref().map(geometry_column).transpose()?;
    let is_read = |meaning: &Meaning| *meaning != Meaning::NotRead;
    let projection: Vec<usize> = (0..footer.columns.len()).filter(|ix| is_read(&footer.columns[*ix].1)).collect();
    if projection.is_empty() {
        return Err(RawError::refused("I610", "no column that can be read", "write plain columns, or CSV UTF-8"));
    }
    let mut reader = ParquetReader::new(file)
        .read_parallel(ParallelStrategy::None)
        .set_low_memory(true)
        .with_projection(Some(projection));
    reader.set_metadata(metadata);
    let frame = reader.finish().map_err(|error| unreadable(&error))?;
    let mut table = to_table(&frame, &footer.columns, geometry.as_deref(), source, options)?;
    for (name, _) in footer.columns.iter().filter(|(_, meaning)| !is_read(meaning)) {
        let message = "a column of lists, structures or 12-byte time stamps is not read";
        let fix = "write it as a plain column";
        let finding = table.finding(Severity::Warning, "I647", 0, name, "", message, fix);
        table.problems.push(finding);
    }
    for (name, _) in footer.columns.iter().filter(|(_, meaning)| matches!(meaning, Meaning::Instant(_))) {
        let place = table.columns.iter().position(|column| column == name);
        let timed = place.and_then(|place| table.rows().find(|row| row.cell(place).contains('T')));
        if let Some(found) = timed.map(|row| (row.number, place.map_or("", |place| row.cell(place)).to_owned())) {
            let message = "time stamps turned into Greenwich time: a day may be another one where it was written";
            let fix = "write the local day as a date";
            let finding = table.finding(Severity::Warning, "I649", found.0, name, &found.1, message, fix);
            table.problems.push(finding);
        }
    }
    Ok(table)
}

/// The footer, with its logical types taken out.
fn footer(file: &mut File) -> Result<Footer, RawError> {
    let failed = |error: std::io::Error| unreadable(&error);
    let len = file.metadata().map_err(failed)?.len();
    if len < 12 {
        return Err(unreadable(&"it is too short"));
    }
    let mut tail = [0_u8; 8];
    file.seek(SeekFrom::Start(len - 8)).map_err(failed)?;
    file.read_exact(&mut tail).map_err(failed)?;
    let [a, b, c, d, mark @ ..] = tail;
    match &mark {
        b"PAR1" => {}
        b"PARE" => {
            return Err(RawError::refused("I615", "the Parquet file is encrypted", "write it without encryption"));
        }
        _ => return Err(unreadable(&"it does not end as a Parquet file")),
    }
    let size = u64::from(u32::from_le_bytes([a, b, c, d]));
    if size > MAX_FOOTER_BYTES || size + 12 > len {
        return Err(unreadable(&"its footer is longer than the file"));
    }
    file.seek(SeekFrom::Start(len - 8 - size)).map_err(failed)?;
    let mut bytes = Vec::new();
    file.take(size).read_to_end(&mut bytes).map_err(failed)?;
    file.seek(SeekFrom::Start(0)).map_err(failed)?;
    footer::rewrite(&bytes).ok_or_else(|| unreadable(&"its footer is damaged"))
}

/// The geometry column that the `geo` metadata name; refused when it is not WKB in longitude and latitude.
fn geometry_column(text: &str) -> Result<String, RawError> {
    let geo: Value = serde_json::from_str(text).map_err(|error| unreadable(&format!("metadata `geo`: {error}")))?;
    let name = geo
        .get("primary_column")
        .and_then(Value::as_str)
        .ok_or_else(|| unreadable(&"metadata `geo` name no column"))?;
    let column = geo.pointer("/columns").and_then(|columns| columns.get(name)).unwrap_or(&Value::Null);
    let encoding = column.get("encoding").and_then(Value::as_str).unwrap_or("WKB");
    if encoding != "WKB" {
        return Err(unreadable(&format!("geometries as {encoding}, not WKB")));
    }
    // No `crs` means longitude and latitude of WGS 84; null means that it is not known.
    let Some(crs) = column.get("crs") else { return Ok(name.to_owned()) };
    let authority = crs.pointer("/id/authority").and_then(Value::as_str).unwrap_or_default();
    let code = crs.pointer("/id/code").map(|code| code.to_string().trim_matches('"').to_owned()).unwrap_or_default();
    match (authority, code.as_str()) {
        ("OGC", "CRS84") | ("EPSG", "4326" | "4979") => Ok(name.to_owned()),
        _ if crs.is_null() => Ok(name.to_owned()),
        ("", "") if is_named_wgs84(crs) => Ok(name.to_owned()),
        _ => {
            let known = crs.get("name").and_then(Value::as_str).unwrap_or("without a name");
            let found = if authority.is_empty() { known.to_owned() } else { format!("{authority}:{code}") };
            let message = format!("the coordinate system {found}, not longitude and latitude of WGS 84");
            Err(RawError::refused("I620", message, "write the file in WGS 84 (EPSG:4326 or OGC:CRS84)"))
        }
    }
}

fn to_table(
    frame: &DataFrame,
    meanings: &[(String, Meaning)],
    geometry: Option<&str>,
    source: &str,
    options: &ReadOptions,
) -> Result<RawTable, RawError> {
    let mut features = Features::new(source, Winding::Free, options);
    let columns: Vec<_> = frame
        .columns()
        .iter()
        .map(|column| {
            let known = meanings.iter().find(|(name, _)| name == column.name().as_str());
            (column, known.map_or(Meaning::Plain, |(_, meaning)| *meaning))
        })
        .collect();
    for (column, _) in columns.iter().filter(|(column, _)| Some(column.name().as_str()) != geometry) {
        features.declare(column.name());
    }
    for ix in 0..frame.height() {
        let number = ix as u64 + 1;
        let (mut shape, mut broken) = (None, None);
        for (column, meaning) in &columns {
            let name = column.name().as_str();
            let value = column.get(ix).map_err(|error| unreadable(&error))?;
            if Some(name) == geometry {
                match &value {
                    AnyValue::Null => {}
                    AnyValue::Binary(bytes) => match wkb::shape(bytes) {
                        Ok(found) => shape = Some(found),
                        Err(why) => broken = Some(fault(why)),
                    },
                    AnyValue::BinaryOwned(bytes) => match wkb::shape(bytes) {
                        Ok(found) => shape = Some(found),
                        Err(why) => broken = Some(fault(why)),
                    },
                    _ => broken = Some(fault("the geometry is not binary")),
                }
                continue;
            }
            if let Some(text) = text_of(&value, *meaning) {
                features.cell(name, &text)?;
            }
        }
        match broken {
            Some(broken) => features.refuse(number, geometry.unwrap_or_default(), &broken),
            None => features.end(number, shape.as_ref())?,
        }
    }
    features.finish()
}

/// A value as text; `None` = nothing stands there.
fn text_of<'v>(value: &'v AnyValue<'v>, meaning: Meaning) -> Option<Cow<'v, str>> {
    let whole = match value {
        AnyValue::Int32(number) => Some(i128::from(*number)),
        AnyValue::Int64(number) => Some(i128::from(*number)),
        AnyValue::Binary(bytes) if matches!(meaning, Meaning::Decimal(_)) => big_endian(bytes),
        AnyValue::BinaryOwned(bytes) if matches!(meaning, Meaning::Decimal(_)) => big_endian(bytes),
        _ => None,
    };
    if let Some(whole) = whole {
        return Some(Cow::Owned(match (meaning, value) {
            (Meaning::Date, _) => day_text(whole),
            (Meaning::Timestamp(per_second) | Meaning::Instant(per_second), _) => {
                let (seconds, part) =
                    (whole.div_euclid(i128::from(per_second)), whole.rem_euclid(i128::from(per_second)));
                let (days, seconds) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
                if seconds == 0 && part == 0 {
                    day_text(days)
                } else {
                    format!("{}T{}", day_text(days), time_text(seconds))
                }
            }
            (Meaning::Time(per_second), _) => time_text(whole.div_euclid(i128::from(per_second))),
            (Meaning::Decimal(scale), _) => decimal_text(whole, scale as usize),
            (Meaning::Unsigned, AnyValue::Int32(number)) => number.cast_unsigned().to_string(),
            (Meaning::Unsigned, AnyValue::Int64(number)) => number.cast_unsigned().to_string(),
            _ => whole.to_string(),
        }));
    }
    let from_bytes = |bytes: &'v [u8]| match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(format!("({} bytes)", bytes.len())),
    };
    Some(match value {
        AnyValue::Null => return None,
        AnyValue::String(text) => Cow::Borrowed(*text),
        AnyValue::StringOwned(text) => Cow::Borrowed(text.as_str()),
        AnyValue::Float32(number) => number.to_string().into(),
        AnyValue::Float64(number) => number.to_string().into(),
        AnyValue::Boolean(is_true) => is_true.to_string().into(),
        AnyValue::Binary(bytes) => from_bytes(bytes),
        AnyValue::BinaryOwned(bytes) => from_bytes(bytes),
        other => other.to_string().into(),
    })
}

/// A whole number of up to 16 bytes, the highest first.
fn big_endian(bytes: &[u8]) -> Option<i128> {
    if bytes.is_empty() || bytes.len() > 16 {
        return None;
    }
    let sign = if bytes[0] & 0x80 == 0 { 0 } else { -1 };
    Some(bytes.iter().fold(sign, |number: i128, byte| number << 8 | i128::from(*byte)))
}

fn day_text(days: i128) -> String {
    match i64::try_from(days).ok().filter(|days| days.abs() < 4_000_000) {
        Some(days) => iso_day(days),
        None => days.to_string(),
    }
}

fn time_text(seconds: i128) -> String {
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

fn decimal_text(whole: i128, scale: usize) -> String {
    let digits = format!("{:0width$}", whole.unsigned_abs(), width = scale + 1);
    let (head, tail) = digits.split_at(digits.len() - scale);
    let sign = if whole < 0 { "-" } else { "" };
    if scale == 0 { format!("{sign}{head}") } else { format!("{sign}{head}.{tail}") }
}

fn fault(message: &'static str) -> Broken {
    Broken { rule: "I623", value: String::new(), message, fix: "repair or remove the row" }
}
