//! Checks across rows and tables.

pub mod dates;
pub mod positions;
pub mod records;
pub mod repeats;
pub mod row;

use super::boundaries::{Area, Country, by_country};
use super::network::CROSSINGS;
use super::observations::SEIZURES;
use super::problem::{Problem, Severity};
use super::reference::{GATEWAYS, PLACES, SUPPLY};
use super::sheet::Table;
use crate::geodesy::LonLat;
use crate::records::{Crossing, Gateway, Iso3, Place, PrecursorSupply, Seizure};
use geo::{Contains, Point};
use std::collections::BTreeMap;

/// How far shares, rounded as published, may be from one in sum.
const SHARE_TOLERANCE: f64 = 0.005;

/// Shares that split a whole must sum to one, or part of the flow would vanish.
pub(super) fn share_sums(gateways: &Table<Gateway>, supplies: &Table<PrecursorSupply>) -> Vec<Problem> {
    let mut sums: BTreeMap<(&str, &str), (f64, u64)> = BTreeMap::new();
    for (gateway, line) in gateways.rows.iter().zip(&gateways.lines) {
        let sum = sums.entry((&gateway.destination_id, gateway.commodity.as_str())).or_insert((0.0, *line));
        sum.0 += gateway.share;
    }
    let mut problems: Vec<Problem> = sums
        .iter()
        .filter(|(_, (sum, _))| (sum - 1.0).abs() > SHARE_TOLERANCE)
        .map(|((destination, commodity), (sum, line))| {
            wrong_sum(GATEWAYS.file, *line, &format!("shares of {destination}, {commodity}, that sum to {sum:.4}"))
        })
        .collect();
    let sum: f64 = supplies.rows.iter().map(|supply| supply.share).sum();
    if let Some(line) = supplies.lines.first()
        && (sum - 1.0).abs() > SHARE_TOLERANCE
    {
        problems.push(wrong_sum(SUPPLY.file, *line, &format!("shares that sum to {sum:.4}")));
    }
    problems
}

fn wrong_sum(file: &str, line: u64, found: &str) -> Problem {
    let fix = "correct the shares, or add a row that names the remainder";
    Problem::of_file("I305", file, found, "shares that sum to 1", fix).at(line, "share", Severity::Fatal)
}

/// Rows whose position lies outside their country but would lie inside it with longitude and latitude exchanged.
pub(super) fn exchanged_positions(
    countries: &[Area],
    places: &Table<Place>,
    seizures: &Table<Seizure>,
    crossings: &Table<Crossing>,
) -> Vec<Problem> {
    let outlines = Outlines::new(countries);
    let mut problems = Vec::new();
    let mut check = |file: &str, countries: &[Iso3], position: LonLat, line: u64| {
        if outlines.is_exchanged(countries, position) {
            let found = format!("{}, {}", position.lon, position.lat);
            let expected =
                format!("a position in {}", countries.iter().map(Iso3::as_str).collect::<Vec<_>>().join(" or "));
            let fix = "exchange lon and lat: exchanged, the position lies in the country";
            problems.push(Problem::of_file("I502", file, &found, &expected, fix).at(line, "lon", Severity::Warning));
        }
    };
    for (place, line) in places.rows.iter().zip(&places.lines) {
        check(PLACES.file, &[place.country], place.position, *line);
    }
    for (seizure, line) in seizures.rows.iter().zip(&seizures.lines) {
        if let Some(position) = seizure.position {
            check(SEIZURES.file, &[seizure.country], position, *line);
        }
    }
    for (crossing, line) in crossings.rows.iter().zip(&crossings.lines) {
        check(CROSSINGS.file, &crossing.countries, crossing.position, *line);
    }
    problems
}

/// Outlines that can be judged: those cut off at the edge of the map are left out, since a position beyond the edge may
/// well lie in the country.
struct Outlines<'a> {
    whole: Vec<Country<'a>>,
}

impl<'a> Outlines<'a> {
    fn new(areas: &'a [Area]) -> Self {
        let (countries, _) = by_country(areas);
        Self { whole: countries.into_iter().filter(|country| country.is_whole).collect() }
    }

    /// Only positions outside the country's frame are worth the full test.
    fn is_exchanged(&self, countries: &[Iso3], position: LonLat) -> bool {
        let here = position.point();
        let swapped = Point::new(position.lat, position.lon);
        let own = || self.whole.iter().filter(|one| countries.iter().any(|country| country.as_str() == one.iso3));
        own().all(|one| !one.frame.contains(&here))
            && own().any(|one| one.frame.contains(&swapped) && one.polygons.contains(&swapped))
    }
}
