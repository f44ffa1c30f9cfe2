//! The seizure table of ingested records, as Parquet or CSV. `docs/data.md` holds its schema.

use super::{BundleError, csv_text};
use crate::inputs::ingest::{Ingested, PlaceTable, SeizureRow};
use crate::inputs::vocabulary::Field;
use crate::records::Precision;
use polars::prelude::{Column as Series, DataFrame};
use polars_io::prelude::{KeyValueMetadata, ParquetCompression, ParquetWriter};

/// Kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeizureFormat {
    /// Apache Parquet.
    Parquet,
    /// CSV, RFC 4180.
    Csv,
}

/// A column without copies of its texts.
enum Cells<'i> {
    Text(Vec<Option<&'i str>>),
    Integer(Vec<Option<i64>>),
    Real(Vec<Option<f64>>),
}

/// Name, meaning, cells.
type Columns<'i> = Vec<(&'static str, &'static str, Cells<'i>)>;

/// The table's columns and what they mean.
pub const SEIZURE_COLUMNS: &[(&str, &str)] = &[
    ("seizure_id", "file, sheet and row; the record's own identifier where it has one"),
    ("iso3", "country, ISO 3166-1 alpha-3"),
    ("adm1", "first-level division as named in boundaries/provinces.geojson; empty at country precision"),
    ("place", "district, city or crossing as standardised"),
    ("place_id", "gazetteer entry: gn-… GeoNames place, gn2-… GeoNames district, a crossing's id, or ISO3-adm1-…"),
    ("lon", "degrees east, WGS 84; empty at country precision"),
    ("lat", "degrees north"),
    ("precision", "point, crossing, city, district, province, country"),
    ("uncertainty_km", "radius of the circle that holds the true spot, as far as the text tells"),
    ("place_score", "how well the text fits, 0..1; placed from 0.8"),
    ("place_rule", "how the place was matched; at country precision the reason"),
    ("commodity", "opiates or precursors; empty for other drugs"),
    ("drug_group", "group of the drug"),
    ("drug", "drug as the project names it"),
    ("date", "YYYY-MM-DD, YYYY-MM or YYYY, as far as the record says"),
    ("year", "calendar year"),
    ("n_cases", "cases that the row stands for"),
    ("quantity_mg", "whole milligrams"),
    ("quantity_note", "rounded, where rounding to the milligram changed more than a microgram"),
    ("division_text", "division as written"),
    ("place_text", "place as written"),
    ("drug_text", "drug as written"),
    ("departure", "country of departure as written"),
    ("destination", "country of destination as written"),
    ("transport", "means of transport as written"),
    ("source_file", "name of the file"),
    ("source_sheet", "sheet or layer"),
    ("source_row", "row in the file, as people count it"),
];

/// The seizure table as the bytes of a file.
///
/// # Errors
/// The table cannot be written in this format.
pub fn seizure_file(ingested: &Ingested, format: SeizureFormat) -> Result<Vec<u8>, BundleError> {
    let texts = Texts::of(ingested);
    let columns = columns(ingested, &texts);
    match format {
        SeizureFormat::Parquet => parquet(columns, ingested.rows.len()),
        SeizureFormat::Csv => csv(&columns, ingested.rows.len()),
    }
}

/// The sums by place, drug and year as the project's own `seizures.csv` (`docs/inputs.md`), with `source_id` in every row.
///
/// # Errors
/// The table cannot be written.
pub fn seizure_place_file(table: &PlaceTable, source_id: &str) -> Result<Vec<u8>, BundleError> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(Vec::new());
    let as_csv = |error: csv::Error| failed(error.to_string());
    writer.write_record(PLACE_COLUMNS).map_err(as_csv)?;
    for row in &table.rows {
        let [lon, lat] = row.position.as_ref().map_or(["", ""], |at| [at[0].as_str(), at[1].as_str()]);
        let [km, year] = [row.uncertainty_km.to_string(), row.year.to_string()];
        let [cases, milligrams] = [row.case_count.to_string(), row.quantity_mg.to_string()];
        let (adm1, place, note) = (csv_text::safe(&row.adm1), csv_text::safe(&row.place), csv_text::safe(&row.note));
        let cells: [&str; 15] = [
            &row.seizure_id,
            &row.iso3,
            &adm1,
            &place,
            lon,
            lat,
            row.precision,
            &km,
            row.commodity,
            &row.drug,
            &year,
            &cases,
            &milligrams,
            &note,
            source_id,
        ];
        writer.write_record(cells).map_err(as_csv)?;
    }
    writer.into_inner().map_err(|error| failed(error.to_string()))
}

/// The columns of the project's `seizures.csv`.
const PLACE_COLUMNS: [&str; 15] = [
    "seizure_id",
    "iso3",
    "adm1",
    "place",
    "lon",
    "lat",
    "precision",
    "uncertainty_km",
    "commodity",
    "drug",
    "year",
    "n_cases",
    "quantity_mg",
    "kg_note",
    "source_id",
];

/// Texts that are made, not found.
struct Texts {
    ids: Vec<String>,
    dates: Vec<String>,
    countries: Vec<String>,
}

impl Texts {
    fn of(ingested: &Ingested) -> Self {
        let id = |row: &SeizureRow| {
            let table = &ingested.tables[row.table_ix as usize];
            let own = ingested.maps[row.table_ix as usize].ix(Field::Id);
            let own = own.map_or("", |ix| table.cell(row.row_ix as usize, ix).trim());
            if !own.is_empty() {
                return own.to_owned();
            }
            let sheet = table.sheet.as_ref().map_or(String::new(), |sheet| format!("#{sheet}"));
            format!("{}{sheet}:{}", table.source, table.row_number(row.row_ix as usize))
        };
        let date = |row: &SeizureRow| match (row.day.month, row.day.day) {
            (0, _) => format!("{:04}", row.day.year),
            (month, 0) => format!("{:04}-{month:02}", row.day.year),
            (month, day) => format!("{:04}-{month:02}-{day:02}", row.day.year),
        };
        Self {
            ids: crate::parallel::map_in_order(&ingested.rows, id),
            dates: crate::parallel::map_in_order(&ingested.rows, date),
            countries: ingested.places.iter().map(|place| place.country.to_string()).collect(),
        }
    }
}

fn columns<'i>(ingested: &'i Ingested, texts: &'i Texts) -> Columns<'i> {
    let rows = &ingested.rows;
    let place = |row: &SeizureRow| &ingested.places[row.place_ix as usize];
    let placement = |row: &SeizureRow| &place(row).placement;
    let drug = |row: &SeizureRow| &ingested.drugs[usize::from(row.drug_ix)];
    let is_given = |row: &SeizureRow| row.position.is_some();
    let precision = |row: &SeizureRow| if is_given(row) { Precision::Point } else { placement(row).precision };
    let written = |field: Field| {
        Cells::Text(
            rows.iter()
                .map(|row| {
                    let ix = ingested.maps[row.table_ix as usize].ix(field)?;
                    filled(ingested.tables[row.table_ix as usize].cell(row.row_ix as usize, ix).trim())
                })
                .collect(),
        )
    };
    let text = |of: &dyn Fn(&'i SeizureRow) -> Option<&'i str>| Cells::Text(rows.iter().map(of).collect());
    let integer = |of: &dyn Fn(&SeizureRow) -> i64| Cells::Integer(rows.iter().map(|row| Some(of(row))).collect());
    let degrees = |of: &dyn Fn(crate::geodesy::LonLat) -> f64| {
        Cells::Real(rows.iter().map(|row| row.position.or(placement(row).position).map(of)).collect())
    };
    let cells = |name: &str| match name {
        "seizure_id" => Cells::Text(texts.ids.iter().map(|id| Some(id.as_str())).collect()),
        "iso3" => text(&|row| texts.countries.get(row.place_ix as usize).map(String::as_str)),
        "adm1" => text(&|row| placement(row).adm1.as_deref()),
        "place" => text(&|row| placement(row).place.as_deref()),
        "place_id" => text(&|row| placement(row).place_id.as_deref()),
        "lon" => degrees(&|at| at.lon),
        "lat" => degrees(&|at| at.lat),
        "precision" => text(&|row| Some(precision(row).as_str())),
        "uncertainty_km" => integer(&|row| if is_given(row) { 1 } else { i64::from(placement(row).uncertainty_km) }),
        "place_score" => Cells::Real(
            rows.iter().map(|row| Some(if is_given(row) { 1.0 } else { round(placement(row).score) })).collect(),
        ),
        "place_rule" => text(&|row| match precision(row) {
            Precision::Point if is_given(row) => Some("position given"),
            Precision::Country => filled(&placement(row).reason),
            _ => filled(placement(row).how),
        }),
        "commodity" => text(&|row| drug(row).commodity.map(|commodity| commodity.as_str())),
        "drug_group" => text(&|row| filled(&drug(row).group)),
        "drug" => text(&|row| filled(&drug(row).drug)),
        "date" => Cells::Text(texts.dates.iter().map(|date| Some(date.as_str())).collect()),
        "year" => integer(&|row| i64::from(row.day.year)),
        "n_cases" => integer(&|row| i64::from(row.case_count)),
        "quantity_mg" => integer(&|row| row.quantity_mg),
        "quantity_note" => text(&|row| row.is_rounded.then_some("rounded")),
        "division_text" => text(&|row| filled(&place(row).division)),
        "place_text" => text(&|row| filled(&place(row).place)),
        "drug_text" => written(Field::Drug),
        "departure" => written(Field::Departure),
        "destination" => written(Field::Destination),
        "transport" => written(Field::Transport),
        "source_file" => text(&|row| filled(&ingested.tables[row.table_ix as usize].source)),
        "source_sheet" => text(&|row| ingested.tables[row.table_ix as usize].sheet.as_deref()),
        _ => Cells::Integer(
            rows.iter()
                .map(|row| i64::try_from(ingested.tables[row.table_ix as usize].row_number(row.row_ix as usize)).ok())
                .collect(),
        ),
    };
    SEIZURE_COLUMNS.iter().map(|(name, doc)| (*name, *doc, cells(name))).collect()
}

fn filled(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

fn round(score: f64) -> f64 {
    (score * 1000.0).round() / 1000.0
}

fn failed(why: String) -> BundleError {
    BundleError::Table { table: "seizures".to_owned(), why }
}

fn parquet(columns: Columns<'_>, row_count: usize) -> Result<Vec<u8>, BundleError> {
    let entry = |key: String, value: &str| (key, value.to_owned());
    let mut metadata = vec![entry("title".to_owned(), "Seizures, one row a record")];
    metadata.extend(columns.iter().map(|(name, doc, _)| entry(format!("column:{name}"), doc)));
    let series = columns.into_iter().map(|(name, _, cells)| match cells {
        Cells::Text(values) => Series::new(name.into(), values),
        Cells::Integer(values) => Series::new(name.into(), values),
        Cells::Real(values) => Series::new(name.into(), values),
    });
    let as_parquet = |error: polars::prelude::PolarsError| failed(format!("as Parquet: {error}"));
    let mut frame = DataFrame::new(row_count, series.collect()).map_err(as_parquet)?;
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes)
        .with_compression(ParquetCompression::Snappy)
        .with_key_value_metadata(Some(KeyValueMetadata::from_static(metadata)))
        .set_parallel(true)
        .finish(&mut frame)
        .map_err(as_parquet)?;
    Ok(bytes)
}

fn csv(columns: &Columns<'_>, row_count: usize) -> Result<Vec<u8>, BundleError> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(Vec::new());
    let as_csv = |error: csv::Error| failed(error.to_string());
    writer.write_record(columns.iter().map(|(name, _, _)| name)).map_err(as_csv)?;
    for row in 0..row_count {
        for (_, _, cells) in columns {
            match cells {
                Cells::Text(values) => {
                    writer.write_field(csv_text::safe(values[row].unwrap_or_default()).as_ref()).map_err(as_csv)?;
                }
                Cells::Integer(values) => {
                    writer.write_field(values[row].map_or(String::new(), |value| value.to_string())).map_err(as_csv)?;
                }
                Cells::Real(values) => {
                    writer.write_field(values[row].map_or(String::new(), |value| value.to_string())).map_err(as_csv)?;
                }
            }
        }
        writer.write_record(None::<&[u8]>).map_err(as_csv)?;
    }
    writer.into_inner().map_err(|error| failed(error.to_string()))
}
