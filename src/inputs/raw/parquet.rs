//! Parquet and `GeoParquet`, by the data-frame library's reader.

use super::features::Features;
use super::geometry::{Broken, Winding};
use super::table::RawTable;
use super::{RawError, ReadOptions, wkb};
use polars::prelude::{AnyValue, DataFrame};
use polars_io::SerReader;
use polars_io::prelude::{ParallelStrategy, ParquetReader};
use serde_json::Value;
use std::fs::File;
use std::path::Path;

fn unreadable(error: &dyn std::fmt::Display) -> RawError {
    RawError::refused(
        "I615",
        format!("the Parquet file cannot be read: {error}"),
        "write the file again, or as CSV UTF-8",
    )
}

/// Reads a file.
pub(super) fn read(path: &Path, source: &str, options: &ReadOptions) -> Result<RawTable, RawError> {
    let open = || File::open(path).map_err(|error| RawError::refused("I601", error.to_string(), "check the file"));
    let mut reader = ParquetReader::new(open()?).read_parallel(ParallelStrategy::None).set_low_memory(true);
    let metadata = reader.get_metadata().map_err(|error| unreadable(&error))?.clone();
    if metadata.num_rows > options.max_rows {
        return Err(RawError::limit("I602", format!("more than {} rows", options.max_rows), "split the file"));
    }
    let geo = metadata
        .key_value_metadata()
        .iter()
        .flatten()
        .find(|entry| entry.key == "geo")
        .and_then(|entry| entry.value.clone());
    let geometry = geo.map(|text| geometry_column(&text)).transpose()?;
    let frame = reader.finish().map_err(|error| unreadable(&error))?;
    to_table(&frame, geometry.as_deref(), source, options)
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
        _ => {
            let message = format!("the coordinate system {authority}:{code}, not longitude and latitude of WGS 84");
            Err(RawError::refused("I620", message, "write the file in WGS 84 (EPSG:4326 or OGC:CRS84)"))
        }
    }
}

fn to_table(
    frame: &DataFrame,
    geometry: Option<&str>,
    source: &str,
    options: &ReadOptions,
) -> Result<RawTable, RawError> {
    let mut features = Features::new(source, Winding::Free, options);
    let columns = frame.columns();
    for column in columns.iter().filter(|column| Some(column.name().as_str()) != geometry) {
        features.declare(column.name());
    }
    for ix in 0..frame.height() {
        let number = ix as u64 + 1;
        let (mut shape, mut broken) = (None, None);
        for column in columns {
            let name = column.name().as_str();
            let value = column.get(ix).map_err(|error| unreadable(&error))?;
            if Some(name) == geometry {
                match &value {
                    AnyValue::Null => {}
                    AnyValue::Binary(bytes) => match wkb::shape(bytes) {
                        Ok(found) => shape = Some(found),
                        Err(why) => broken = Some(fault(why)),
                    },
                    _ => broken = Some(fault("the geometry is not binary")),
                }
                continue;
            }
            match value {
                AnyValue::Null => {}
                AnyValue::String(text) => features.cell(name, text)?,
                AnyValue::StringOwned(text) => features.cell(name, text.as_str())?,
                AnyValue::Float32(number) => features.cell(name, &number.to_string())?,
                AnyValue::Float64(number) => features.cell(name, &number.to_string())?,
                AnyValue::Boolean(is_true) => features.cell(name, &is_true.to_string())?,
                AnyValue::Binary(bytes) => match std::str::from_utf8(bytes) {
                    Ok(text) => features.cell(name, text)?,
                    Err(_) => features.cell(name, &format!("({} bytes)", bytes.len()))?,
                },
                other => features.cell(name, &other.to_string())?,
            }
        }
        match broken {
            Some(broken) => features.refuse(number, geometry.unwrap_or_default(), &broken),
            None => features.end(number, shape.as_ref())?,
        }
    }
    features.finish()
}

fn fault(message: &'static str) -> Broken {
    Broken { rule: "I623", value: String::new(), message, fix: "repair or remove the row" }
}
