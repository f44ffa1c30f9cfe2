//! All distinct places of the records, each placed once.

use super::positions::{PositionNotUsed, settle};
use super::record::{PartResult, PlaceText, SeizureRow};
use super::{IngestParams, PlacedText};
use crate::inputs::geocode::Geocoder;
use rayon::prelude::*;
use std::collections::{BTreeSet, HashMap};

/// Rows, the places they point to, and the positions of rows that are not used.
pub(super) struct Placed {
    pub(super) rows: Vec<SeizureRow>,
    pub(super) places: Vec<PlacedText>,
    pub(super) positions_not_used: Vec<PositionNotUsed>,
}

/// Rows with places numbered over all parts, and the places.
pub(super) fn place_all(parts: Vec<PartResult<'_>>, params: &IngestParams) -> Result<Placed, String> {
    let mut number: HashMap<PlaceText<'_>, u32> = HashMap::new();
    let mut texts: Vec<PlaceText<'_>> = Vec::new();
    let mut rows = Vec::with_capacity(parts.iter().map(|part| part.rows.len()).sum());
    for part in parts {
        let global: Vec<u32> = part
            .places
            .into_iter()
            .map(|text| {
                *number.entry(text).or_insert_with_key(|text| {
                    texts.push(text.clone());
                    u32::try_from(texts.len() - 1).unwrap_or(u32::MAX)
                })
            })
            .collect();
        rows.extend(
            part.rows.into_iter().map(|row| SeizureRow {
                place_ix: global.get(row.place_ix as usize).copied().unwrap_or(u32::MAX),
                ..row
            }),
        );
    }
    let countries: BTreeSet<_> = texts.iter().map(|text| text.country).collect();
    let geocoder = Geocoder::new(&countries, params.places.clone())?;
    let mut places: Vec<PlacedText> = texts
        .par_iter()
        .map(|text| PlacedText {
            country: text.country,
            division: text.division.to_owned(),
            place: text.place.clone().into_owned(),
            placement: geocoder.place(text.country, text.division, &text.place),
            by_position: None,
            row_count: 0,
        })
        .collect();
    let positions_not_used = settle(&mut rows, &mut places)?;
    for row in &rows {
        if let Some(place) = places.get_mut(row.place_ix as usize) {
            place.row_count += 1;
        }
    }
    Ok(Placed { rows, places, positions_not_used })
}
