//! `GeoPackage`: each feature or attribute layer is a table.

use super::features::Features;
use super::geometry::{Broken, Winding};
use super::table::RawTable;
use super::{RawError, ReadOptions, wkb};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;

/// Identifiers of longitude and latitude of WGS 84.
const WGS84: [i64; 2] = [4326, 4979];

fn unreadable(error: &rusqlite::Error) -> RawError {
    RawError::refused(
        "I619",
        format!("the GeoPackage cannot be read: {error}"),
        "export the layer again, or as GeoJSON",
    )
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Reads the layers of a file.
pub(super) fn read(path: &Path, source: &str, options: &ReadOptions) -> Result<Vec<RawTable>, RawError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let file = Connection::open_with_flags(path, flags).map_err(|error| unreadable(&error))?;
    // What a file from outside brings along is not run.
    let guards = "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0;";
    file.execute_batch(guards).map_err(|error| unreadable(&error))?;
    let layers = layers(&file).map_err(|error| unreadable(&error))?;
    let chosen: Vec<_> =
        layers.iter().filter(|layer| options.sheet.as_ref().is_none_or(|wanted| *wanted == layer.name)).collect();
    if let (Some(wanted), true) = (&options.sheet, chosen.is_empty()) {
        let names: Vec<&str> = layers.iter().map(|layer| layer.name.as_str()).collect();
        let message = format!("no layer `{wanted}`; there are: {}", names.join(", "));
        return Err(RawError::refused("I618", message, "name one of the layers"));
    }
    if chosen.is_empty() {
        return Err(RawError::refused("I610", "no layer of features or attributes", "export the layer again"));
    }
    chosen.into_iter().map(|layer| table(&file, layer, source, options)).collect()
}

struct Layer {
    name: String,
    /// Column and coordinate system of its geometry.
    geometry: Option<(String, i64)>,
}

fn layers(file: &Connection) -> rusqlite::Result<Vec<Layer>> {
    let text = "SELECT c.table_name, g.column_name, g.srs_id FROM gpkg_contents c \
                LEFT JOIN gpkg_geometry_columns g ON g.table_name = c.table_name \
                WHERE c.data_type IN ('features', 'attributes') ORDER BY c.table_name";
    let mut statement = file.prepare(text)?;
    let rows = statement.query_map([], |row| {
        let (column, srs): (Option<String>, Option<i64>) = (row.get(1)?, row.get(2)?);
        Ok(Layer { name: row.get(0)?, geometry: column.zip(srs) })
    })?;
    rows.take(1000).collect()
}

fn table(file: &Connection, layer: &Layer, source: &str, options: &ReadOptions) -> Result<RawTable, RawError> {
    if let Some((_, srs)) = layer.geometry.as_ref().filter(|(_, srs)| !WGS84.contains(srs)) {
        let message =
            format!("layer {} is in the coordinate system {srs}, not longitude and latitude of WGS 84", layer.name);
        return Err(RawError::refused("I620", message, "export the layer in WGS 84 (EPSG:4326)"));
    }
    let mut features = Features::new(source, Winding::Free, options);
    features.table_mut().sheet = Some(layer.name.clone());
    let mut statement =
        file.prepare(&format!("SELECT * FROM {}", quoted(&layer.name))).map_err(|error| unreadable(&error))?;
    let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let geometry_ix =
        layer.geometry.as_ref().and_then(|(column, _)| names.iter().position(|name| name.eq_ignore_ascii_case(column)));
    for (_, name) in names.iter().enumerate().filter(|(ix, _)| Some(*ix) != geometry_ix) {
        features.declare(name);
    }
    let mut rows = statement.query([]).map_err(|error| unreadable(&error))?;
    let mut number = 0;
    while let Some(row) = rows.next().map_err(|error| unreadable(&error))? {
        number += 1;
        let mut shape = None;
        let mut broken = None;
        for (ix, name) in names.iter().enumerate() {
            let value = row.get_ref(ix).map_err(|error| unreadable(&error))?;
            if Some(ix) == geometry_ix {
                match geometry(value) {
                    Ok(found) => shape = found,
                    Err(fault) => broken = Some(fault),
                }
                continue;
            }
            match value {
                ValueRef::Null => {}
                ValueRef::Integer(whole) => features.cell(name, &whole.to_string())?,
                ValueRef::Real(real) => features.cell(name, &real.to_string())?,
                ValueRef::Text(text) => match std::str::from_utf8(text) {
                    Ok(text) => features.cell(name, text)?,
                    Err(_) => {
                        let value = String::from_utf8_lossy(text).into_owned();
                        broken = Some(Broken {
                            rule: "I605",
                            value,
                            message: "text that is not UTF-8",
                            fix: "write the layer as UTF-8",
                        });
                    }
                },
                ValueRef::Blob(bytes) => features.cell(name, &format!("({} bytes)", bytes.len()))?,
            }
        }
        match broken {
            Some(broken) => features.refuse(number, "", &broken),
            None => features.end(number, shape.as_ref())?,
        }
    }
    features.finish()
}

fn geometry(value: ValueRef<'_>) -> Result<Option<super::geometry::Shape>, Broken> {
    let fault = |message: &'static str| Broken {
        rule: "I623",
        value: String::new(),
        message,
        fix: "repair or remove the feature",
    };
    match value {
        ValueRef::Null => Ok(None),
        ValueRef::Blob(bytes) => match wkb::geopackage_shape(bytes).map_err(fault)? {
            Some((srs, _)) if srs != 0 && !WGS84.contains(&i64::from(srs)) => Err(Broken {
                rule: "I620",
                value: srs.to_string(),
                ..fault("another coordinate system than its layer")
            }),
            found => Ok(found.map(|(_, shape)| shape)),
        },
        _ => Err(fault("the geometry is not binary")),
    }
}
