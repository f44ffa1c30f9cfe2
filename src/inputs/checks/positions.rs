//! Positions that are likely wrong: exchanged, zero, a country's middle, outside the stated country, or one for many
//! places.

use super::super::boundaries::{Area, Country, by_country};
use super::super::finding::Finding;
use super::super::problem::Severity::Warning;
use super::super::raw::RawTable;
use super::row::{CheckRow, Headers};
use crate::records::Iso3;
use geo::{Centroid, Contains, Distance, Euclidean, Point, Rect};
use std::collections::HashMap;

/// How far outside the outline a position still counts as in the country, in degrees: outlines are generalised.
const BORDER_DEGREES: f64 = 0.2;

/// How far off the coast a position that lies in no country still counts as in the country, in degrees: small islands
/// (Khark, Greater Tunb) are not in generalised outlines.
const ISLAND_DEGREES: f64 = 0.5;

/// How near to a middle a position counts as it, in degrees.
const MIDDLE_DEGREES: f64 = 0.002;

/// Share of the located rows that are exchanged from which on the columns are.
const WHOLE_FILE_SHARE: f64 = 0.8;

/// Different places with one position from which on it is told.
const MANY_PLACES: usize = 5;

/// Middles of countries that gazetteers and geocoders give when they know no more: longitude, latitude. The first of each
/// country from the "countries.csv" of Google's public data, the second from the CIA World Factbook ("Geographic
/// coordinates"). From general knowledge, no page opened.
const MIDDLES: &[(&str, [f64; 2], [f64; 2])] = &[
    ("AFG", [67.709953, 33.93911], [65.0, 33.0]),
    ("PAK", [69.345116, 30.375321], [70.0, 30.0]),
    ("IRN", [53.688046, 32.427908], [53.0, 32.0]),
    ("TJK", [71.276093, 38.861034], [71.0, 39.0]),
    ("UZB", [64.585262, 41.377491], [64.0, 41.0]),
    ("TKM", [59.556278, 38.969719], [60.0, 40.0]),
    ("KGZ", [74.766098, 41.20438], [75.0, 41.0]),
    ("KAZ", [66.923684, 48.019573], [68.0, 48.0]),
    ("AZE", [47.576927, 40.143105], [47.5, 40.5]),
    ("TUR", [35.243322, 38.963745], [35.0, 39.0]),
    ("IRQ", [43.679291, 33.223191], [44.0, 33.0]),
    ("IND", [78.96288, 20.593684], [77.0, 20.0]),
    ("CHN", [104.195397, 35.86166], [105.0, 35.0]),
    ("RUS", [105.318756, 61.52401], [100.0, 60.0]),
];

/// Outlines of the countries that positions are held against.
pub struct Outlines<'a> {
    areas: Vec<Outline<'a>>,
    map: Option<Rect<f64>>,
}

struct Outline<'a> {
    country: Country<'a>,
    middles: Vec<[f64; 2]>,
}

impl<'a> Outlines<'a> {
    /// Prepares the outlines.
    #[must_use]
    pub fn new(areas: &'a [Area]) -> Self {
        let (countries, map) = by_country(areas);
        let areas = countries.into_iter().map(|country| {
            let mut middles: Vec<[f64; 2]> = MIDDLES
                .iter()
                .filter(|(iso3, _, _)| *iso3 == country.iso3)
                .flat_map(|(_, first, second)| [*first, *second])
                .collect();
            if country.is_whole {
                middles.extend(country.polygons.centroid().map(|middle| [middle.x(), middle.y()]));
                middles.push([country.frame.center().x, country.frame.center().y]);
            }
            Outline { country, middles }
        });
        Self { areas: areas.collect(), map }
    }

    fn of(&self, country: Iso3) -> Option<&Country<'a>> {
        self.areas.iter().map(|outline| &outline.country).find(|one| one.iso3 == country.as_str())
    }

    /// The country that a position lies in.
    fn country_at(&self, [lon, lat]: [f64; 2]) -> Option<&Country<'a>> {
        let at = Point::new(lon, lat);
        let mut countries = self.areas.iter().map(|outline| &outline.country);
        countries.find(|one| one.frame.contains(&at) && one.polygons.contains(&at))
    }

    /// Whether a position lies beyond the map.
    fn is_beyond(&self, [lon, lat]: [f64; 2]) -> bool {
        self.map.is_none_or(|map| !map.contains(&Point::new(lon, lat)))
    }
}

/// Whether a position is so near to the country's frame.
fn is_near(country: &Country<'_>, [lon, lat]: [f64; 2], reach: f64) -> bool {
    let (low, high) = (country.frame.min(), country.frame.max());
    (low.x - reach..=high.x + reach).contains(&lon) && (low.y - reach..=high.y + reach).contains(&lat)
}

/// Whether a position lies in the country or close to its border.
fn holds(country: &Country<'_>, [lon, lat]: [f64; 2]) -> bool {
    if !is_near(country, [lon, lat], BORDER_DEGREES) {
        return false;
    }
    if country.polygons.contains(&Point::new(lon, lat)) {
        return true;
    }
    // A ring of positions around it, near and far: one inside is enough.
    [0.5, 1.0].iter().any(|share| {
        (0..16).any(|step| {
            let angle = f64::from(step) * std::f64::consts::TAU / 16.0;
            let reach = BORDER_DEGREES * share;
            country.polygons.contains(&Point::new(lon + reach * angle.cos(), lat + reach * angle.sin()))
        })
    })
}

/// Whether a position that lies in no country may be an island of this one.
fn may_be_island(country: &Country<'_>, [lon, lat]: [f64; 2]) -> bool {
    is_near(country, [lon, lat], ISLAND_DEGREES)
        && Euclidean.distance(&Point::new(lon, lat), country.polygons.as_ref()) <= ISLAND_DEGREES
}

/// What is likely wrong with a position.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::inputs) enum Doubt {
    Zero,
    Exchanged(Iso3),
    Middle(String),
    Outside(Iso3, Option<String>),
}

pub(in crate::inputs) fn doubt(outlines: &Outlines<'_>, country: Option<Iso3>, [lon, lat]: [f64; 2]) -> Option<Doubt> {
    if lon == 0.0 && lat == 0.0 {
        return Some(Doubt::Zero);
    }
    let is_middle = |outline: &&Outline<'_>| {
        let is_near =
            |middle: &[f64; 2]| (middle[0] - lon).abs() <= MIDDLE_DEGREES && (middle[1] - lat).abs() <= MIDDLE_DEGREES;
        outline.middles.iter().any(is_near)
    };
    if let Some(outline) = outlines.areas.iter().find(is_middle) {
        return Some(Doubt::Middle(outline.country.name.to_owned()));
    }
    outside(outlines, country?, [lon, lat])
}

/// Whether a position lies outside its country, and whether exchanging its numbers would bring it inside.
///
/// A position in no country counts as in the stated one up to half a degree off its coast. Of a country that is not on the
/// map as a whole, nothing is known beyond the map.
pub(in crate::inputs) fn outside(outlines: &Outlines<'_>, country: Iso3, position: [f64; 2]) -> Option<Doubt> {
    let other = || outlines.country_at(position).map(|other| Doubt::Outside(country, Some(other.name.to_owned())));
    let Some(own) = outlines.of(country) else { return other() };
    if holds(own, position) || (!own.is_whole && outlines.is_beyond(position)) {
        return None;
    }
    let other = other();
    if other.is_none() && may_be_island(own, position) {
        return None;
    }
    if holds(own, [position[1], position[0]]) {
        return Some(Doubt::Exchanged(country));
    }
    other.or_else(|| own.is_whole.then_some(Doubt::Outside(country, None)))
}

/// Findings about positions.
#[must_use]
pub fn positions(table: &RawTable, headers: &Headers, rows: &[CheckRow<'_>], outlines: &Outlines<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut known: HashMap<(Option<Iso3>, [u64; 2]), Option<Doubt>> = HashMap::new();
    let mut places: HashMap<[u64; 2], (Vec<&str>, u64)> = HashMap::new();
    let (mut located, mut exchanged) = (0_usize, 0_usize);
    for row in rows {
        let Some(position) = row.position else { continue };
        located += 1;
        let key = position.map(f64::to_bits);
        let (names, _) = places.entry(key).or_insert_with(|| (Vec::new(), row.row_number));
        if !row.place.is_empty() && names.len() < MANY_PLACES && !names.contains(&row.place) {
            names.push(row.place);
        }
        let found = known.entry((row.country, key)).or_insert_with(|| doubt(outlines, row.country, position));
        let Some(doubt) = found else { continue };
        let value = format!("{}, {}", position[0], position[1]);
        let (rule, message, fix) = match doubt {
            Doubt::Zero => (
                "I711",
                "longitude and latitude 0: a default, not a place".to_owned(),
                "give the position or empty the cells",
            ),
            Doubt::Exchanged(country) => {
                exchanged += 1;
                let message = format!("outside {country}; with longitude and latitude exchanged inside it");
                ("I710", message, "exchange longitude and latitude")
            }
            Doubt::Middle(name) => {
                let message = format!("the middle of {name}: a geocoder's default, not a place");
                ("I712", message, "give the place's own position or empty the cells")
            }
            Doubt::Outside(country, Some(other)) => {
                ("I713", format!("outside {country}, in {other}"), "correct the position or the country")
            }
            Doubt::Outside(country, None) => {
                ("I713", format!("outside {country}"), "correct the position or the country")
            }
        };
        findings.push(table.finding(Warning, rule, row.row_number, &headers.lon, &value, &message, fix));
    }
    #[allow(clippy::cast_precision_loss)]
    if located >= 5 && exchanged as f64 > WHOLE_FILE_SHARE * located as f64 {
        let message = format!("longitude and latitude are exchanged in {exchanged} of {located} rows");
        let fix = "exchange the headers of the two columns";
        findings.push(table.finding(Warning, "I715", 0, &headers.lon, "", &message, fix));
    }
    let mut crowded: Vec<_> = places.into_iter().filter(|(_, (names, _))| names.len() >= MANY_PLACES).collect();
    crowded.sort_by_key(|(_, (_, row))| *row);
    for (key, (names, row)) in crowded {
        let value = key.map(|bits| f64::from_bits(bits).to_string()).join(", ");
        let message = format!("one position for many places: {} and others", names.join(", "));
        let fix = "give each place its own position, or say how precise it is";
        findings.push(table.finding(Warning, "I714", row, &headers.lon, &value, &message, fix));
    }
    findings
}
