//! Positions and distances: the one place that chooses a metric.

use geo::{Distance, Haversine, Point};
use serde::{Deserialize, Serialize};

/// Degrees east and north, WGS 84.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LonLat {
    /// Degrees east, -180..=180.
    pub lon: f64,
    /// Degrees north, -90..=90.
    pub lat: f64,
}

impl LonLat {
    /// `Some` when both numbers are finite and within range.
    #[must_use]
    pub fn new(lon: f64, lat: f64) -> Option<Self> {
        ((-180.0..=180.0).contains(&lon) && (-90.0..=90.0).contains(&lat)).then_some(Self { lon, lat })
    }

    /// The same position as a geometry point.
    #[must_use]
    pub fn point(self) -> Point {
        Point::new(self.lon, self.lat)
    }
}

/// Great-circle distance in km on a sphere of 6371.0088 km (mean Earth radius; error up to 0.5 %, far under the
/// 0.001 degree of the road source over the lengths it is used for).
#[must_use]
pub fn distance_km(a: LonLat, b: LonLat) -> f64 {
    Haversine.distance(a.point(), b.point()) / 1000.0
}
