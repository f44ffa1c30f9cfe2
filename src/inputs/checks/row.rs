//! What the checks look at: one record with what could be read of it.

use super::dates::PartialDate;
use crate::records::Iso3;

/// One record. Texts are trimmed; an empty one is not known.
#[derive(Clone, Debug, Default)]
pub struct CheckRow<'t> {
    /// Row in the file.
    pub row_number: u64,
    /// Identifier.
    pub id: &'t str,
    /// Stated country.
    pub country: Option<Iso3>,
    /// Stated place.
    pub place: &'t str,
    /// Longitude and latitude in degrees, both on the globe.
    pub position: Option<[f64; 2]>,
    /// Date.
    pub date: Option<PartialDate>,
    /// Drug, in one spelling for each.
    pub drug: &'t str,
    /// Quantity in milligrams.
    pub quantity_mg: Option<i128>,
    /// The whole row but its identifier, in one number: rows of the same number are looked at for equality.
    pub fingerprint: u64,
}

/// Headers of the columns that findings name; empty = the table has no such column.
#[derive(Clone, Debug, Default)]
pub struct Headers {
    /// Identifier.
    pub id: String,
    /// Longitude.
    pub lon: String,
    /// Latitude.
    pub lat: String,
    /// Date.
    pub date: String,
    /// Place.
    pub place: String,
    /// Quantity.
    pub quantity: String,
}
