//! Free-text places to provinces, cities, districts and crossings: offline, with a score, never a silent guess.
//!
//! A text is mended, cut into pieces, and each piece looked up in the stated country: user's corrections, curated
//! corrections, provinces, then districts, crossings and places, inside the stated province where there is one. What
//! scores less than [`THRESHOLD`], fits several places, or contradicts its province stays at country precision with its
//! reason and candidates. `docs/data.md` states the scores.

mod decide;
mod gazetteer;
mod hits;
mod kinds;
mod matching;
mod namesakes;
mod normal;
mod parts;
mod several;
mod user;
mod words;

pub use matching::THRESHOLD;
pub use normal::plain_words;
pub use user::{UserPlaces, UserPlacesProblem};

use super::vocabulary::text_of;
use crate::geodesy::LonLat;
use crate::records::{Iso3, Precision};
use gazetteer::Country;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Where a text was placed.
#[derive(Clone, Debug, PartialEq)]
pub struct Placement {
    /// How precisely.
    pub precision: Precision,
    /// First-level division as named in the boundaries; none at country precision.
    pub adm1: Option<String>,
    /// Identifier of the gazetteer entry: `gn-…` a GeoNames place, `gn2-…` a GeoNames district, a crossing's id, or
    /// `ISO-adm1-…`.
    pub place_id: Option<String>,
    /// Name of the district, city or crossing.
    pub place: Option<String>,
    /// Position; none at country precision.
    pub position: Option<LonLat>,
    /// Radius of the circle that holds the true spot, as far as the text tells.
    pub uncertainty_km: u32,
    /// 1 = the same words; see `docs/data.md`.
    pub score: f64,
    /// How the text was matched, such as `province name`.
    pub how: &'static str,
    /// Why it is at country precision; empty otherwise.
    pub reason: String,
    /// What else the text may mean: name, province, score.
    pub candidates: Vec<Candidate>,
}

/// Something that a text may mean.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Its name.
    pub name: String,
    /// Its province.
    pub adm1: String,
    /// Its score.
    pub score: f64,
}

/// The gazetteer of the countries asked for, with the corrections.
#[derive(Debug)]
pub struct Geocoder {
    countries: BTreeMap<Iso3, Country>,
    user: UserPlaces,
}

impl Geocoder {
    /// Reads the names of `wanted` countries.
    ///
    /// # Errors
    /// The program was built without its gazetteer, or it is damaged.
    pub fn new(wanted: &BTreeSet<Iso3>, user: UserPlaces) -> Result<Self, String> {
        let text = text_of("gazetteer/gazetteer.csv")?;
        let corrections = text_of("gazetteer/corrections.csv")?;
        let mut reader = csv::ReaderBuilder::new().has_headers(true).from_reader(corrections.as_bytes());
        let corrections: Vec<csv::StringRecord> = reader
            .records()
            .collect::<Result<_, _>>()
            .map_err(|error| format!("gazetteer/corrections.csv: {error}"))?;
        let parts = by_country(&text);
        let wanted: Vec<(Iso3, &str)> =
            wanted.iter().map(|iso3| (*iso3, parts.get(iso3.as_str()).copied().unwrap_or_default())).collect();
        let countries = wanted
            .into_par_iter()
            .with_max_len(1)
            .map(|(iso3, part)| (iso3, Country::read(iso3, part, &corrections)))
            .collect();
        Ok(Self { countries, user })
    }

    /// Places a text. `division` is the first-level division as written, `place` the rest; either may be empty.
    #[must_use]
    pub fn place(&self, iso3: Iso3, division: &str, place: &str) -> Placement {
        match self.countries.get(&iso3) {
            Some(country) => decide::place(country, iso3, &self.user, division.trim(), place.trim()),
            None => decide::nowhere("no_gazetteer_of_this_country"),
        }
    }

    /// None for a division that the country has, else those of similar names, or all of them.
    fn similar_provinces(&self, iso3: Iso3, adm1: &str) -> Option<Vec<&str>> {
        let country = self.countries.get(&iso3)?;
        if country.provinces.is_empty() || decide::division_of_user(country, adm1).is_some() {
            return None;
        }
        let near = country.provinces_near(&plain_words(adm1), 3);
        let mut names: Vec<&str> = Vec::new();
        for province in near.iter().filter_map(|(ix, _, _)| country.provinces.get(*ix as usize)) {
            if names.len() < 3 && !names.contains(&province.name.as_str()) {
                names.push(&province.name);
            }
        }
        Some(if names.is_empty() { self.provinces(iso3) } else { names })
    }

    /// Names of the provinces of a country, as [`Placement::adm1`] gives them.
    #[must_use]
    pub fn provinces(&self, iso3: Iso3) -> Vec<&str> {
        self.countries
            .get(&iso3)
            .map_or_else(Vec::new, |country| country.provinces.iter().map(|province| province.name.as_str()).collect())
    }
}

/// The lines of each country; the table is sorted by country.
fn by_country(text: &str) -> HashMap<&str, &str> {
    let mut parts = HashMap::new();
    let body = text.split_once('\n').map_or("", |(_, body)| body);
    let (mut start, mut at, mut open) = (0, 0, "");
    for line in body.split_inclusive('\n') {
        let iso3 = line.split(',').nth(1).unwrap_or_default();
        if iso3 != open {
            parts.insert(open, &body[start..at]);
            (start, open) = (at, iso3);
        }
        at += line.len();
    }
    parts.insert(open, &body[start..at]);
    parts
}
