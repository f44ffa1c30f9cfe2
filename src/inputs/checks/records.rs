//! All checks of a table of seizures or of positions.

use super::dates::{DateOrder, PartialDate, parse_date};
use super::positions::{Outlines, positions};
use super::repeats::{duplicates, future_dates, outliers, repeated_ids};
use super::row::{CheckRow, Headers};
use crate::geodesy::LonLat;
use crate::inputs::finding::Finding;
use crate::inputs::ingest::Ingested;
use crate::inputs::problem::Severity::{Quarantine, Warning};
use crate::inputs::raw::{RawTable, mended_mojibake};
use crate::inputs::vocabulary::{ColumnMap, CountryMatch, DrugMatch, Field, Vocabulary};
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher, Hasher};

/// What the checks are told.
pub struct Told<'a> {
    /// Vocabulary of countries and drugs.
    pub vocabulary: &'a Vocabulary,
    /// Outlines of countries.
    pub outlines: &'a Outlines<'a>,
    /// Order of day and month.
    pub date_order: DateOrder,
    /// Last day that is not in the future.
    pub latest: PartialDate,
}

/// Findings about the records of seizure tables that [`crate::inputs::ingest::ingest`] does not make itself: all are
/// warnings, and nothing is removed.
#[must_use]
pub fn seizure_findings(ingested: &Ingested, told: &Told<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (table_ix, (table, map)) in ingested.tables.iter().zip(&ingested.maps).enumerate() {
        let mut quantities: HashMap<u32, i64> = HashMap::new();
        for row in ingested.rows.iter().filter(|row| row.table_ix as usize == table_ix) {
            quantities.insert(row.row_ix, row.quantity_mg);
        }
        findings.extend(table_findings(table, map, &quantities, told));
    }
    findings
}

fn headers(map: &ColumnMap) -> Headers {
    let header = |field: Field| map.ix(field).map_or_else(String::new, |_| map.header(field).to_owned());
    let amounts = [Field::Amount, Field::AmountKg, Field::AmountG, Field::AmountMg];
    Headers {
        id: header(Field::Id),
        lon: header(Field::Lon),
        lat: header(Field::Lat),
        date: header(Field::Date),
        place: header(Field::Place),
        quantity: amounts.into_iter().map(header).find(|header| !header.is_empty()).unwrap_or_default(),
    }
}

fn table_findings(table: &RawTable, map: &ColumnMap, quantities: &HashMap<u32, i64>, told: &Told<'_>) -> Vec<Finding> {
    let headers = headers(map);
    let id_ix = map.ix(Field::Id);
    let mut countries = HashMap::new();
    let mut drugs: HashMap<&str, &str> = HashMap::new();
    let mut rows = Vec::with_capacity(table.row_count());
    for (row_ix, row) in (0_u32..).zip(table.rows()) {
        let cell = |field: Field| map.ix(field).map_or("", |ix| row.cell(ix).trim());
        let degrees = |field: Field| cell(field).replace(',', ".").parse::<f64>().ok();
        let position = degrees(Field::Lon).zip(degrees(Field::Lat)).and_then(|(lon, lat)| LonLat::new(lon, lat));
        let country = *countries.entry(cell(Field::Country)).or_insert_with_key(|text| {
            match told.vocabulary.countries.find(text) {
                CountryMatch::Known(iso3) => Some(iso3),
                _ => None,
            }
        });
        let known = &told.vocabulary.drugs;
        let drug = *drugs.entry(cell(Field::Drug)).or_insert_with_key(|text| match known.find(text) {
            DrugMatch::Known(ix) => known.all.get(usize::from(ix)).map_or(*text, |drug| drug.drug.as_str()),
            _ => text,
        });
        let mut state = BuildHasherDefault::<DefaultHasher>::default().build_hasher();
        for (ix, text) in row.cells().enumerate().filter(|(ix, _)| Some(*ix) != id_ix) {
            state.write_usize(ix);
            state.write(text.as_bytes());
        }
        rows.push(CheckRow {
            row_number: row.number,
            id: cell(Field::Id),
            country,
            place: cell(Field::Place),
            position: position.map(|at| [at.lon, at.lat]),
            date: parse_date(&map.date_text(row), told.date_order).ok(),
            drug,
            quantity_mg: quantities.get(&row_ix).copied().map(i128::from),
            fingerprint: state.finish(),
        });
    }
    let mut findings = positions(table, &headers, &rows, told.outlines);
    findings.extend(duplicates(table, &rows));
    findings.extend(repeated_ids(table, &headers, &rows));
    findings.extend(outliers(table, &headers, &rows));
    findings.extend(future_dates(table, &headers, &rows, told.latest));
    findings.extend(mojibake(table, &[map.ix(Field::Country), map.ix(Field::Division), map.ix(Field::Place)]));
    findings.extend(hidden_characters(table));
    if let Some(ix) = map.ix(Field::Country) {
        findings.extend(country_spellings(table, ix, told.vocabulary));
    }
    findings
}

/// Characters that are not seen in a text: controls, marks that turn the direction of writing, spaces of no width.
fn hidden_characters(table: &RawTable) -> Vec<Finding> {
    let mut findings = Vec::new();
    for row in table.rows() {
        for (ix, text) in row.cells().enumerate() {
            if let Some(hidden) = hidden_character(text) {
                let message = format!("a character that is not seen: U+{:04X}", u32::from(hidden));
                let fix = "remove it, or type the text again";
                findings.push(table.finding(Warning, "I648", row.number, &table.columns[ix], text, &message, fix));
            }
        }
    }
    findings
}

/// The first hidden character of a text. Line breaks and tabs are none; the joiners and direction marks that Arabic and
/// Persian are written with are none in such a text, nor is a soft hyphen.
fn hidden_character(text: &str) -> Option<char> {
    if text.bytes().all(|byte| (b' '..0x7f).contains(&byte)) {
        return None;
    }
    let is_right_to_left = text.chars().any(|c| matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fefc}'));
    text.chars().find(|c| match c {
        '\n' | '\r' | '\t' => false,
        '\u{200c}'..='\u{200f}' | '\u{61c}' => !is_right_to_left,
        '\u{200b}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' => true,
        other => other.is_control(),
    })
}

/// Names of countries that are one letter off the English one and no name of the vocabulary as they stand: they are read,
/// because they are one without its marks, but are more often slips. Each text once.
fn country_spellings(table: &RawTable, ix: usize, vocabulary: &Vocabulary) -> Vec<Finding> {
    let mut seen = HashSet::new();
    let mut findings = Vec::new();
    for row in table.rows() {
        let text = row.cell(ix).trim();
        if !seen.insert(text) {
            continue;
        }
        if let Some(name) = vocabulary.countries.near_english(text) {
            let message = format!("not quite a country's name; read as {name}");
            let fix = format!("write {name}");
            findings.push(table.finding(Warning, "I734", row.number, &table.columns[ix], text, &message, &fix));
        }
    }
    findings
}

/// Texts that are UTF-8 once read as another encoding, each text once.
fn mojibake(table: &RawTable, columns: &[Option<usize>]) -> Vec<Finding> {
    let mut seen = HashSet::new();
    let mut findings = Vec::new();
    for row in table.rows() {
        for ix in columns.iter().flatten() {
            let text = row.cell(*ix);
            if text.is_ascii() || !seen.insert(text) {
                continue;
            }
            if let Some(mended) = mended_mojibake(text) {
                let message = format!("text read in the wrong encoding once; it says {mended}");
                let fix = "export the table again as UTF-8";
                findings.push(table.finding(Warning, "I645", row.number, &table.columns[*ix], text, &message, fix));
            }
        }
    }
    findings
}

/// What became of the rows of a table that is no seizure table.
#[derive(Debug, Default)]
pub struct PositionTable {
    /// Findings; those of [`Quarantine`] set their row aside.
    pub findings: Vec<Finding>,
    /// Rows that can be used.
    pub used_count: usize,
    /// Rows set aside by these checks.
    pub quarantined_count: usize,
}

/// Headers of longitudes and latitudes, in lower case.
const LON: &[&str] = &["lon", "longitude", "long", "x", "lng"];
const LAT: &[&str] = &["lat", "latitude", "y"];
const ID: &[&str] = &["id", "crossing_id", "fid", "crossing id"];
const COUNTRY: &[&str] = &["iso3", "country", "iso3_a", "country_code"];

/// Checks a table of crossings or other positions; `None` when it has neither positions nor geometries.
#[must_use]
pub fn position_findings(table: &RawTable, told: &Told<'_>) -> Option<PositionTable> {
    let find =
        |names: &[&str]| table.columns.iter().position(|column| names.contains(&column.trim().to_lowercase().as_str()));
    let (lon, lat, geometry) = (find(LON), find(LAT), find(&["geometry"]));
    if geometry.is_none() && (lon.is_none() || lat.is_none()) {
        return None;
    }
    let (id, country_ix) = (find(ID), find(COUNTRY));
    let header = |ix: Option<usize>| ix.map_or_else(String::new, |ix| table.columns[ix].clone());
    let headers = Headers { id: header(id), lon: header(lon), lat: header(lat), ..Headers::default() };
    let mut result = PositionTable::default();
    let mut rows = Vec::new();
    for row in table.rows() {
        let cell = |ix: Option<usize>| ix.map_or("", |ix| row.cell(ix).trim());
        let (lon_text, lat_text) = (cell(lon), cell(lat));
        let mut position = None;
        if !lon_text.is_empty() || !lat_text.is_empty() {
            let number = |text: &str| text.replace(',', ".").parse::<f64>().ok().filter(|number| number.is_finite());
            let fault = match (number(lon_text), number(lat_text)) {
                (Some(lon), Some(lat)) => match LonLat::new(lon, lat) {
                    Some(at) => {
                        position = Some([at.lon, at.lat]);
                        None
                    }
                    None => Some(("I627", "a position off the globe", "check the order of longitude and latitude")),
                },
                _ => Some(("I623", "a position is not two finite numbers", "write decimal degrees with a point")),
            };
            if let Some((rule, message, fix)) = fault {
                let value = format!("{lon_text}, {lat_text}");
                result.findings.push(table.finding(Quarantine, rule, row.number, &headers.lon, &value, message, fix));
                result.quarantined_count += 1;
                continue;
            }
        }
        result.used_count += 1;
        let country = match told.vocabulary.countries.find(cell(country_ix)) {
            CountryMatch::Known(iso3) => Some(iso3),
            _ => None,
        };
        let mut state = BuildHasherDefault::<DefaultHasher>::default().build_hasher();
        row.cells().for_each(|text| {
            state.write(text.as_bytes());
            state.write_u8(0xff);
        });
        rows.push(CheckRow {
            row_number: row.number,
            id: cell(id),
            country,
            position,
            fingerprint: state.finish(),
            ..CheckRow::default()
        });
    }
    result.findings.extend(positions(table, &headers, &rows, told.outlines));
    result.findings.extend(duplicates(table, &rows));
    result.findings.extend(repeated_ids(table, &headers, &rows));
    result.findings.extend(hidden_characters(table));
    Some(result)
}
