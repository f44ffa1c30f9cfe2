//! Map projection: Lambert conformal conic on a sphere, and how it is fitted to a frame on the page.
//!
//! Source: J. P. Snyder, Map Projections - A Working Manual, USGS Professional Paper 1395 (1987), equations 14-4, 15-1,
//! 15-1a, 15-2 and 15-3 (sphere), p. 106-107. Standard parallels stand one sixth of the height of the map from its
//! edges (Snyder p. 105). A map across the equator, whose cone would be almost flat, is drawn plate carree with the
//! scale true at its middle latitude (Snyder p. 90).

use crate::figures::Extent;
use crate::figures::clip::Window;
use crate::geodesy::{LonLat, distance_km};

/// Mean Earth radius, as in `geodesy`.
const EARTH_RADIUS_KM: f64 = 6371.0088;
/// Cone constants flatter than this are drawn as a plate carree.
const FLATTEST_CONE: f64 = 0.1;

/// From degrees to kilometres on a plane, x to the east and y to the north.
#[derive(Clone, Copy, Debug)]
pub(super) enum Projection {
    /// Symbols as in Snyder: cone constant `n`, `R F`, radius `rho_0` of the parallel of origin.
    Conic {
        n: f64,
        rf_km: f64,
        rho_0_km: f64,
        lon_0: f64,
        lat_1: f64,
        lat_2: f64,
    },
    Plain {
        lon_0: f64,
        lat_0: f64,
    },
}

impl Projection {
    /// Fitted to an extent: central meridian in its middle, standard parallels one sixth from its edges.
    pub fn of(extent: &Extent) -> Self {
        let lon_0 = (extent.west + extent.east) / 2.0;
        let sixth = (extent.north - extent.south) / 6.0;
        Self::conic(lon_0, (extent.south + extent.north) / 2.0, extent.south + sixth, extent.north - sixth)
    }

    /// Lambert conformal conic with two standard parallels, or a plate carree when the cone is too flat.
    pub fn conic(lon_0: f64, lat_0: f64, lat_1: f64, lat_2: f64) -> Self {
        let (phi_1, phi_2) = (lat_1.to_radians(), lat_2.to_radians());
        let n = if (lat_1 - lat_2).abs() < 1e-9 {
            phi_1.sin()
        } else {
            (phi_1.cos() / phi_2.cos()).ln() / (half_tangent(phi_2) / half_tangent(phi_1)).ln()
        };
        if n.abs() < FLATTEST_CONE || !n.is_finite() {
            return Self::Plain { lon_0, lat_0 };
        }
        let rf_km = EARTH_RADIUS_KM * phi_1.cos() * half_tangent(phi_1).powf(n) / n;
        let rho_0_km = rf_km / half_tangent(lat_0.to_radians()).powf(n);
        Self::Conic { n, rf_km, rho_0_km, lon_0, lat_1, lat_2 }
    }

    /// Position on the plane, in km from the origin.
    pub fn forward(&self, position: LonLat) -> (f64, f64) {
        let lat = position.lat.clamp(-89.0, 89.0);
        match *self {
            Self::Conic { n, rf_km, rho_0_km, lon_0, .. } => {
                let rho = rf_km / half_tangent(lat.to_radians()).powf(n);
                let theta = n * wrapped(position.lon - lon_0).to_radians();
                (rho * theta.sin(), rho_0_km - rho * theta.cos())
            }
            Self::Plain { lon_0, lat_0 } => {
                let x = wrapped(position.lon - lon_0).to_radians() * lat_0.to_radians().cos();
                (EARTH_RADIUS_KM * x, EARTH_RADIUS_KM * (lat - lat_0).to_radians())
            }
        }
    }

    /// One line for the reader.
    pub fn name(&self) -> String {
        match *self {
            Self::Conic { lat_1, lat_2, .. } => format!(
                "Lambert conformal conic projection, standard parallels {} and {}",
                degrees_north(lat_1),
                degrees_north(lat_2)
            ),
            Self::Plain { lat_0, .. } => {
                format!("Equidistant cylindrical projection, scale true at {}", degrees_north(lat_0))
            }
        }
    }
}

/// `tan(pi/4 + phi/2)`.
fn half_tangent(phi: f64) -> f64 {
    (std::f64::consts::FRAC_PI_4 + phi / 2.0).tan()
}

/// Degrees brought into -180..=180.
fn wrapped(degrees: f64) -> f64 {
    if degrees > 180.0 {
        degrees - 360.0
    } else if degrees < -180.0 {
        degrees + 360.0
    } else {
        degrees
    }
}

/// Latitude for people, such as `34.5°N`.
pub(super) fn degrees_north(lat: f64) -> String {
    format!("{}°{}", (lat.abs() * 10.0).round() / 10.0, if lat < 0.0 { "S" } else { "N" })
}

/// Longitude for people, such as `60°E`.
pub(super) fn degrees_east(lon: f64) -> String {
    format!("{}°{}", (lon.abs() * 10.0).round() / 10.0, if lon < 0.0 { "W" } else { "E" })
}

/// A projection with its place on the page.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub projection: Projection,
    /// The frame on the page, in units.
    pub window: Window,
    /// The part of the globe the map is about.
    pub extent: Extent,
    units_per_km: f64,
    origin: (f64, f64),
}

impl Frame {
    /// Shows `extent` in a frame of fixed width whose height follows the extent within `heights` (units).
    ///
    /// The width is taken at the middle latitude and the height along the central meridian and the side edges, half
    /// and half: with a cone no rectangle matches an extent in degrees exactly.
    pub fn fit(extent: &Extent, left: f64, top: f64, width: f64, heights: (f64, f64)) -> Self {
        let projection = Projection::of(extent);
        let at = |lon: f64, lat: f64| projection.forward(LonLat { lon, lat });
        let (mid_lon, mid_lat) = ((extent.west + extent.east) / 2.0, (extent.south + extent.north) / 2.0);
        let (x_west, x_east) = (at(extent.west, mid_lat).0, at(extent.east, mid_lat).0);
        let y_south = (at(mid_lon, extent.south).1 + at(extent.west, extent.south).1) / 2.0;
        let y_north = (at(mid_lon, extent.north).1 + at(extent.west, extent.north).1) / 2.0;
        let (width_km, height_km) = (x_east - x_west, y_north - y_south);
        let height = (width * height_km / width_km).clamp(heights.0, heights.1);
        let units_per_km = (width / width_km).min(height / height_km);
        let origin = (
            left + width / 2.0 - units_per_km * (x_west + x_east) / 2.0,
            top + height / 2.0 + units_per_km * (y_south + y_north) / 2.0,
        );
        let window = Window { left, top, right: left + width, bottom: top + height };
        Self { projection, window, extent: *extent, units_per_km, origin }
    }

    /// Position on the page, in units.
    pub fn place(&self, position: LonLat) -> (f64, f64) {
        let (x, y) = self.projection.forward(position);
        (self.origin.0 + self.units_per_km * x, self.origin.1 - self.units_per_km * y)
    }

    /// Latitude where the scale bar is correct.
    pub fn mid_lat(&self) -> f64 {
        (self.extent.south + self.extent.north) / 2.0
    }

    /// Units on the page for a kilometre on the ground along the middle latitude, at the central meridian.
    pub fn units_per_ground_km(&self) -> f64 {
        let (lon, lat) = ((self.extent.west + self.extent.east) / 2.0, self.mid_lat());
        let (a, b) = (LonLat { lon: lon - 0.25, lat }, LonLat { lon: lon + 0.25, lat });
        let ((xa, ya), (xb, yb)) = (self.place(a), self.place(b));
        (xb - xa).hypot(yb - ya) / distance_km(a, b)
    }

    /// Degrees around the extent beyond which nothing can show: where geometry is cut before it is projected.
    pub fn cut(&self) -> Window {
        let (wide, high) = (self.extent.east - self.extent.west, self.extent.north - self.extent.south);
        Window {
            left: (self.extent.west - wide - 10.0).max(-180.0),
            right: (self.extent.east + wide + 10.0).min(180.0),
            top: (self.extent.south - high - 10.0).max(-85.0),
            bottom: (self.extent.north + high + 10.0).min(85.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Snyder 1987, numerical example p. 295 (sphere): phi_1 33, phi_2 45, origin 23 N 96 W, point 35 N 75 W, R = 1.
    #[test]
    fn agrees_with_the_published_example() {
        let projection = Projection::conic(-96.0, 23.0, 33.0, 45.0);
        let Projection::Conic { n, rf_km, .. } = projection else { panic!("a cone was expected") };
        assert!((n - 0.630_477_7).abs() < 1e-7, "{n}");
        assert!((rf_km / EARTH_RADIUS_KM - 1.955_000_2).abs() < 1e-7, "{rf_km}");
        let (x, y) = projection.forward(LonLat { lon: -75.0, lat: 35.0 });
        assert!((x / EARTH_RADIUS_KM - 0.296_678_5).abs() < 1e-7, "{x}");
        assert!((y / EARTH_RADIUS_KM - 0.246_211_2).abs() < 1e-7, "{y}");
    }

    #[test]
    fn scale_is_true_on_the_standard_parallels() {
        let extent = Extent { west: 25.0, south: 22.0, east: 80.0, north: 46.0 };
        let projection = Projection::of(&extent);
        for lat in [26.0, 42.0] {
            let (a, b) = (LonLat { lon: 60.0, lat }, LonLat { lon: 60.01, lat });
            let ((xa, ya), (xb, yb)) = (projection.forward(a), projection.forward(b));
            let ratio = (xb - xa).hypot(yb - ya) / distance_km(a, b);
            assert!((ratio - 1.0).abs() < 1e-6, "{lat}: {ratio}");
        }
    }

    #[test]
    fn the_equator_and_the_south_are_drawn_too() {
        for (south, north) in [(-5.0, 13.0), (-40.0, -20.0), (-1.0, 1.0)] {
            let extent = Extent { west: -80.0, south, east: -66.0, north };
            let frame = Frame::fit(&extent, 80.0, 300.0, 3440.0, (1000.0, 3000.0));
            let (x, y) = frame.place(LonLat { lon: -73.0, lat: (south + north) / 2.0 });
            assert!((x - 1800.0).abs() < 1.0, "{x}");
            assert!(y > frame.window.top && y < frame.window.bottom, "{y}");
            let north_y = frame.place(LonLat { lon: -73.0, lat: north }).1;
            assert!(north_y < y, "north is up");
        }
    }
}
