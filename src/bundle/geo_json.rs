//! `map.geojson`: RFC 7946, WGS 84, right-hand rule, five decimals (1 m), lines split at the antimeridian.

use super::{BundleError, Contents};
use geo::orient::{Direction, Orient};
use geo::{Coord, CoordsIter, Geometry, LineString, MapCoords, MultiLineString, MultiPolygon};
use geojson::GeometryValue;
use serde_json::{Map, Value};

/// The features as a feature collection, one on a line.
pub(super) fn map(contents: &Contents) -> Result<String, BundleError> {
    let head = |text: &str| Value::from(text).to_string();
    let mut text = format!(
        "{{\"type\":\"FeatureCollection\",\"name\":\"corridor\",\"title\":{},\"classification\":{},\"features\":[",
        head(&contents.title),
        head(&contents.run.classification)
    );
    for (feature_ix, feature) in contents.features.iter().enumerate() {
        let geometry = geometry(&feature.geometry).map_err(|why| BundleError::Feature { feature_ix, why })?;
        let properties: Map<String, Value> = feature.properties.iter().cloned().collect();
        let feature = geojson::Feature {
            geometry: Some(geojson::Geometry::new(geometry)),
            properties: Some(properties),
            ..geojson::Feature::default()
        };
        text.push_str(if feature_ix == 0 { "\n" } else { ",\n" });
        text.push_str(&feature.to_string());
    }
    text.push_str("\n]}\n");
    Ok(text)
}

fn geometry(geometry: &Geometry<f64>) -> Result<GeometryValue, &'static str> {
    if geometry.coords_count() == 0 {
        return Err("its geometry is empty");
    }
    for Coord { x, y } in geometry.coords_iter() {
        if !(x.is_finite() && y.is_finite() && x.abs() <= 180.0 && y.abs() <= 90.0) {
            return Err("a position lies outside longitude -180 to 180, latitude -90 to 90");
        }
    }
    let split = match geometry {
        Geometry::Line(line) => Geometry::LineString(LineString::from(*line)),
        other => other.clone(),
    };
    let split = match split {
        Geometry::LineString(line) => split_lines(&[line]),
        Geometry::MultiLineString(lines) => split_lines(&lines.0),
        Geometry::Polygon(polygon) => Geometry::Polygon(polygon.orient(Direction::Default)),
        Geometry::MultiPolygon(polygons) => Geometry::MultiPolygon(oriented(&polygons)),
        Geometry::Rect(rect) => Geometry::Polygon(rect.to_polygon().orient(Direction::Default)),
        Geometry::Triangle(triangle) => Geometry::Polygon(triangle.to_polygon().orient(Direction::Default)),
        other => other,
    };
    Ok(GeometryValue::from(&split.map_coords(|Coord { x, y }| Coord { x: rounded(x), y: rounded(y) })))
}

fn oriented(polygons: &MultiPolygon<f64>) -> MultiPolygon<f64> {
    polygons.orient(Direction::Default)
}

fn rounded(degrees: f64) -> f64 {
    (degrees * 1e5).round() / 1e5 + 0.0
}

/// Cuts lines where they cross the antimeridian (RFC 7946, section 3.1.9), so that none runs round the globe.
fn split_lines(lines: &[LineString<f64>]) -> Geometry<f64> {
    let mut parts = Vec::new();
    for line in lines {
        let mut part: Vec<Coord<f64>> = Vec::new();
        for &point in line.coords() {
            if let Some(&last) = part.last()
                && (point.x - last.x).abs() > 180.0
            {
                let edge = 180.0_f64.copysign(last.x);
                let (ahead, behind) = ((edge - last.x).abs(), (edge + point.x).abs());
                let share = if ahead + behind > 0.0 { ahead / (ahead + behind) } else { 0.0 };
                let y = last.y + share * (point.y - last.y);
                part.push(Coord { x: edge, y });
                parts.push(std::mem::take(&mut part));
                part.push(Coord { x: -edge, y });
            }
            part.push(point);
        }
        parts.push(part);
    }
    let mut parts: Vec<LineString<f64>> = parts.into_iter().map(LineString::new).collect();
    match (parts.len(), parts.pop()) {
        (1, Some(only)) => Geometry::LineString(only),
        (_, last) => {
            parts.extend(last);
            Geometry::MultiLineString(MultiLineString::new(parts))
        }
    }
}
