//! A user's own corrections: what a text means, said once and for all.

use super::super::raw::RawTable;
use super::super::vocabulary::{Countries, CountryMatch};
use super::Geocoder;
use super::normal::plain_words;
use crate::geodesy::LonLat;
use crate::records::Iso3;
use std::collections::HashMap;

/// A user's table: columns `country`, `text`, and `adm1` or `lon` and `lat`, or both; `place` and `uncertainty_km` may be
/// there. It wins over everything else.
#[derive(Clone, Debug, Default)]
pub struct UserPlaces {
    by_text: HashMap<(Iso3, String), UserPlace>,
}

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct UserPlace {
    pub(super) adm1: String,
    pub(super) place: String,
    pub(super) position: Option<LonLat>,
    pub(super) uncertainty_km: Option<u32>,
}

/// A row that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserPlacesProblem {
    /// Row in the file.
    pub row: u64,
    /// Column.
    pub column: &'static str,
    /// What stands there.
    pub value: String,
    /// What to do.
    pub fix: String,
}

impl UserPlaces {
    /// Reads the table.
    ///
    /// # Errors
    /// Every row that cannot be used; a division that the gazetteer does not know is one.
    pub fn read(table: &RawTable, countries: &Countries) -> Result<Self, Vec<UserPlacesProblem>> {
        let ix = |names: &[&str]| table.columns.iter().position(|c| names.contains(&plain_words(c).as_str()));
        let mut problems = Vec::new();
        let columns = [
            ("country", ix(&["country", "iso3", "iso"])),
            ("text", ix(&["text", "place text", "place text as written", "raw", "place_text"])),
            ("adm1", ix(&["adm1", "iso adm1", "province", "division"])),
            ("lon", ix(&["lon", "longitude", "lng"])),
            ("lat", ix(&["lat", "latitude"])),
            ("place", ix(&["place", "name"])),
            ("uncertainty_km", ix(&["uncertainty km", "uncertainty"])),
        ];
        for (name, ix) in &columns[..2] {
            if ix.is_none() {
                let fix = "give the columns country, text, and adm1 or lon and lat".to_owned();
                problems.push(UserPlacesProblem { row: 1, column: name, value: table.columns.join(", "), fix });
            }
        }
        let mut places = Self::default();
        let mut divisions = Vec::new();
        for row in table.rows() {
            let cell = |column: usize| columns[column].1.map_or("", |ix| row.cell(ix).trim());
            let mut refuse = |column: usize, fix: &str| {
                problems.push(UserPlacesProblem {
                    row: row.number,
                    column: columns[column].0,
                    value: cell(column).to_owned(),
                    fix: fix.to_owned(),
                });
            };
            let CountryMatch::Known(iso3) = countries.find(cell(0)) else {
                refuse(0, "write the country's name or its ISO 3166 code");
                continue;
            };
            let text = plain_words(cell(1));
            if text.is_empty() {
                refuse(1, "write the text as it stands in the records");
                continue;
            }
            let position = match (cell(3).parse().ok(), cell(4).parse().ok()) {
                (Some(lon), Some(lat)) => LonLat::new(lon, lat),
                _ => None,
            };
            if position.is_none() && !(cell(3).is_empty() && cell(4).is_empty()) {
                refuse(3, "write degrees east and north as decimal numbers");
                continue;
            }
            if position.is_none() && cell(2).is_empty() {
                refuse(2, "write the first-level division, or a position");
                continue;
            }
            if !cell(2).is_empty() {
                divisions.push((row.number, iso3, cell(2).to_owned()));
            }
            let place = UserPlace {
                adm1: cell(2).to_owned(),
                place: cell(5).to_owned(),
                position,
                uncertainty_km: cell(6).parse().ok(),
            };
            places.by_text.insert((iso3, text), place);
        }
        problems.extend(unknown_divisions(divisions));
        problems.sort_by_key(|problem| problem.row);
        if problems.is_empty() { Ok(places) } else { Err(problems) }
    }

    /// Number of texts.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_text.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_text.is_empty()
    }

    pub(super) fn of(&self, iso3: Iso3, words: &str) -> Option<&UserPlace> {
        if self.by_text.is_empty() {
            return None;
        }
        self.by_text.get(&(iso3, words.to_owned()))
    }
}

/// Divisions that are none of the country's, with what they may mean.
fn unknown_divisions(divisions: Vec<(u64, Iso3, String)>) -> Vec<UserPlacesProblem> {
    let countries = divisions.iter().map(|(_, iso3, _)| *iso3).collect();
    // A program without its gazetteer says so when it places the records.
    let Ok(geocoder) = Geocoder::new(&countries, UserPlaces::default()) else { return Vec::new() };
    let unknown = divisions.into_iter().filter_map(|(row, iso3, value)| {
        let similar = geocoder.similar_provinces(iso3, &value)?;
        let fix = format!("write a first-level division of {iso3}, such as {}", similar.join(", "));
        Some(UserPlacesProblem { row, column: "adm1", value, fix })
    });
    unknown.collect()
}
