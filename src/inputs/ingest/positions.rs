//! Positions that records give: each is used as a point in its province, or not used and told of.

use super::{PlacedText, SeizureRow};
use crate::geodesy::LonLat;
use crate::inputs::boundaries::{Area, embedded_boundaries};
use crate::inputs::checks::positions::{Doubt, Outlines, doubt, outside};
use crate::records::{Iso3, Precision};
use geo::{BoundingRect, Contains, Point, Rect};
use rayon::prelude::*;
use std::collections::HashMap;

/// A position that is not used: the row falls back to its texts.
#[derive(Clone, Debug, PartialEq)]
pub struct PositionNotUsed {
    /// Index of the row among the rows used.
    pub row_ix: usize,
    /// What the record gives.
    pub position: LonLat,
    /// `position_zero`, `position_exchanged`, `position_outside_country` or `position_middle_of_country`.
    pub rule: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub fix: &'static str,
}

/// What a position does to the place of its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ByPosition {
    /// The texts name no province; the position lies in one, or in none that is known.
    Province,
    /// The position is not used, by this rule.
    NotUsed(&'static str),
}

/// What was found out about a position.
enum Verdict {
    /// Used; index of its province.
    Used(Option<usize>),
    NotUsed {
        rule: &'static str,
        message: String,
        fix: &'static str,
    },
}

/// How far from a position, in degrees, its province is looked for: outlines are generalised and lack small islands.
const REACH_DEGREES: [f64; 7] = [0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5];

/// Settles every position of `rows`. A position that cannot be right is taken from its row, which stays with what its texts
/// say; a row whose texts name no province gets that of its position. Such rows point to places of their own, added to
/// `places`.
///
/// # Errors
/// The program was built without its outlines.
pub(super) fn settle(rows: &mut [SeizureRow], places: &mut Vec<PlacedText>) -> Result<Vec<PositionNotUsed>, String> {
    let mut number: HashMap<(Iso3, [u64; 2]), usize> = HashMap::new();
    let mut distinct: Vec<(Iso3, LonLat)> = Vec::new();
    for row in rows.iter() {
        let Some(at) = row.position else { continue };
        let Some(country) = places.get(row.place_ix as usize).map(|place| place.country) else { continue };
        number.entry((country, [at.lon.to_bits(), at.lat.to_bits()])).or_insert_with(|| {
            distinct.push((country, at));
            distinct.len() - 1
        });
    }
    if distinct.is_empty() {
        return Ok(Vec::new());
    }
    let boundaries = embedded_boundaries()?;
    let outlines = Outlines::new(&boundaries.countries);
    let provinces: Vec<(&Area, Option<Rect<f64>>)> =
        boundaries.provinces.iter().map(|area| (area, area.polygons.bounding_rect())).collect();
    let verdicts: Vec<Verdict> =
        distinct.par_iter().map(|(country, at)| verdict(&outlines, &provinces, *country, *at)).collect();
    let mut own: HashMap<(u32, ByPosition, Option<usize>), u32> = HashMap::new();
    let mut not_used = Vec::new();
    for (row_ix, row) in rows.iter_mut().enumerate() {
        let Some(at) = row.position else { continue };
        let Some(text) = places.get(row.place_ix as usize) else { continue };
        let key = (text.country, [at.lon.to_bits(), at.lat.to_bits()]);
        let Some(verdict) = number.get(&key).and_then(|ix| verdicts.get(*ix)) else { continue };
        let key = match verdict {
            Verdict::Used(_) if text.placement.precision != Precision::Country => continue,
            Verdict::Used(province) => (row.place_ix, ByPosition::Province, *province),
            Verdict::NotUsed { rule, message, fix } => {
                row.position = None;
                not_used.push(PositionNotUsed { row_ix, position: at, rule, message: message.clone(), fix });
                (row.place_ix, ByPosition::NotUsed(rule), None)
            }
        };
        row.place_ix = match own.get(&key) {
            Some(ix) => *ix,
            None => {
                let ix = u32::try_from(places.len()).unwrap_or(u32::MAX);
                let province = key.2.and_then(|ix| provinces.get(ix)).map(|(area, _)| area.name.clone());
                let place = settled(text, key.1, province);
                places.push(place);
                own.insert(key, ix);
                ix
            }
        };
    }
    Ok(not_used)
}

/// The place of a text for the rows that a position does something to.
fn settled(text: &PlacedText, by_position: ByPosition, province: Option<String>) -> PlacedText {
    let mut place = PlacedText { by_position: Some(by_position), row_count: 0, ..text.clone() };
    let placement = &mut place.placement;
    match by_position {
        ByPosition::Province => {
            placement.precision = Precision::Point;
            placement.adm1 = province;
            placement.reason.clear();
            placement.candidates.clear();
        }
        ByPosition::NotUsed(rule) => {
            if placement.precision == Precision::Country
                && ["place_blank", "place_not_said"].contains(&&*placement.reason)
            {
                rule.clone_into(&mut placement.reason);
            }
        }
    }
    place
}

fn verdict(outlines: &Outlines<'_>, provinces: &[(&Area, Option<Rect<f64>>)], country: Iso3, at: LonLat) -> Verdict {
    let position = [at.lon, at.lat];
    // A middle may be that of another country.
    let doubt = match doubt(outlines, Some(country), position) {
        Some(Doubt::Middle(name)) => outside(outlines, country, position).or(Some(Doubt::Middle(name))),
        other => other,
    };
    let not_used = |rule, message, fix| Verdict::NotUsed { rule, message, fix };
    match doubt {
        None => Verdict::Used(province_of(provinces, country, at)),
        Some(Doubt::Zero) => not_used(
            "position_zero",
            "longitude and latitude 0: a default, not a place".to_owned(),
            "give the position or empty the cells",
        ),
        Some(Doubt::Exchanged(country)) => not_used(
            "position_exchanged",
            format!("outside {country}; with longitude and latitude exchanged inside it"),
            "exchange longitude and latitude",
        ),
        Some(Doubt::Middle(name)) => not_used(
            "position_middle_of_country",
            format!("the middle of {name}: a geocoder's default, not a place"),
            "give the place's own position or empty the cells",
        ),
        Some(Doubt::Outside(country, other)) => not_used(
            "position_outside_country",
            match other {
                Some(other) => format!("outside {country}, in {other}"),
                None => format!("outside {country}"),
            },
            "correct the position or the country",
        ),
    }
}

/// The country's province that a position lies in, or, just outside all, the first one met on rings around it.
fn province_of(provinces: &[(&Area, Option<Rect<f64>>)], country: Iso3, at: LonLat) -> Option<usize> {
    let holding = |point: Point<f64>| {
        provinces.iter().position(|(area, frame)| {
            area.iso3 == country.as_str()
                && frame.is_some_and(|frame| frame.contains(&point))
                && area.polygons.contains(&point)
        })
    };
    let ring = |reach: f64| {
        (0..16).map(move |step| {
            let angle = f64::from(step) * std::f64::consts::TAU / 16.0;
            Point::new(at.lon + reach * angle.cos(), at.lat + reach * angle.sin())
        })
    };
    holding(at.point()).or_else(|| REACH_DEGREES.into_iter().flat_map(ring).find_map(holding))
}
