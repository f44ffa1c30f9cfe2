//! GeoJSON features with every position checked before any of them becomes a geometry: the parser lets positions of
//! one number pass, and converting those would panic.

use super::problem::{Problem, Severity};
use super::source::PlainFile;
use geo::{Coord, LineString, MultiPolygon, Polygon};
use geojson::{Feature, FeatureCollection, GeoJson, GeometryValue, JsonObject, JsonValue, Position};

/// What a feature of a boundary file may be.
pub(super) enum Shape {
    /// Polygon or MultiPolygon.
    Area(MultiPolygon<f64>),
    /// LineString or MultiLineString.
    Lines(Vec<Vec<Coord<f64>>>),
}

/// A checked feature.
pub(super) struct Checked {
    /// Number of the feature in the file, from 1.
    pub(super) number: u64,
    /// Its properties.
    pub(super) properties: JsonObject,
    /// Its geometry.
    pub(super) shape: Shape,
}

impl Checked {
    /// A text property; a number or nothing counts as empty.
    pub(super) fn text(&self, name: &str) -> &str {
        self.properties.get(name).and_then(JsonValue::as_str).unwrap_or_default()
    }
}

/// A rule that a geometry breaks: code, member, found, expected, fix.
type Broken = (&'static str, &'static str, String, &'static str, &'static str);

/// The features of a file and the number of features in it; every broken rule is listed.
pub(super) fn read(file: &PlainFile, problems: &mut Vec<Problem>) -> (Vec<Checked>, usize) {
    let body = file.body();
    let parsed = match std::str::from_utf8(body) {
        Ok(text) => text.parse::<GeoJson>().map_err(|error| ("I401", error.to_string())),
        Err(error) => Err(("I103", format!("bytes that are not UTF-8 at byte {}", error.valid_up_to()))),
    };
    let collection = match parsed {
        Ok(GeoJson::FeatureCollection(collection)) => collection,
        Ok(GeoJson::Feature(feature)) => FeatureCollection::new(vec![feature]),
        Ok(GeoJson::Geometry(geometry)) => FeatureCollection::new(vec![Feature::from(geometry)]),
        Err((code, why)) => {
            let fix = "write the file as GeoJSON (RFC 7946) in UTF-8";
            problems.push(Problem::of_file(code, file.name, &why, "a GeoJSON FeatureCollection", fix));
            return (Vec::new(), 0);
        }
    };
    if let Some(crs) = collection.foreign_members.as_ref().and_then(|members| members.get("crs"))
        && !is_wgs84(crs)
    {
        let fix = "export the layer in WGS 84 (EPSG:4326)";
        let mut problem =
            Problem::of_file("I402", file.name, &crs.to_string(), "longitude and latitude of WGS 84", fix);
        "crs".clone_into(&mut problem.column);
        problems.push(problem);
        return (Vec::new(), 0);
    }
    let count = collection.features.len();
    if count == 0 {
        problems.push(Problem::of_file("I107", file.name, "no features", "at least one feature", "fill the file"));
    }
    let mut checked = Vec::with_capacity(count);
    for (number, feature) in (1..).zip(collection.features) {
        match shape(feature.geometry.map(|geometry| geometry.value)) {
            Ok(shape) => checked.push(Checked { number, properties: feature.properties.unwrap_or_default(), shape }),
            Err((code, member, found, expected, fix)) => problems
                .push(Problem::of_file(code, file.name, &found, expected, fix).at(number, member, Severity::Fatal)),
        }
    }
    (checked, count)
}

/// Whether a `crs` member (of the 2008 draft) names longitude and latitude of WGS 84.
fn is_wgs84(crs: &JsonValue) -> bool {
    let name = crs.pointer("/properties/name").and_then(JsonValue::as_str).unwrap_or_default();
    crs.is_null() || name.ends_with("CRS84") || name.ends_with(":4326")
}

fn shape(value: Option<GeometryValue>) -> Result<Shape, Broken> {
    let found = match value {
        Some(GeometryValue::Polygon { coordinates }) => {
            return Ok(Shape::Area(MultiPolygon(vec![polygon(&coordinates)?])));
        }
        Some(GeometryValue::MultiPolygon { coordinates }) => {
            return coordinates
                .iter()
                .map(|rings| polygon(rings))
                .collect::<Result<_, _>>()
                .map(|all| Shape::Area(MultiPolygon(all)));
        }
        Some(GeometryValue::LineString { coordinates }) => return Ok(Shape::Lines(vec![line(&coordinates)?])),
        Some(GeometryValue::MultiLineString { coordinates }) => {
            return coordinates.iter().map(|positions| line(positions)).collect::<Result<_, _>>().map(Shape::Lines);
        }
        Some(other) => other.type_name().to_owned(),
        None => "no geometry".to_owned(),
    };
    let expected = "Polygon, MultiPolygon, LineString or MultiLineString";
    Err(("I405", "geometry", found, expected, "keep areas and lines only"))
}

fn polygon(rings: &[Vec<Position>]) -> Result<Polygon<f64>, Broken> {
    let mut rings = rings.iter().map(|positions| ring(positions));
    let Some(outer) = rings.next() else {
        return Err(("I404", "coordinates", "no ring".to_owned(), "an outer ring", "remove the polygon"));
    };
    Ok(Polygon::new(outer?, rings.collect::<Result<_, _>>()?))
}

fn ring(positions: &[Position]) -> Result<LineString<f64>, Broken> {
    let coords = coords(positions)?;
    if coords.len() < 4 || coords.first() != coords.last() {
        let found = match coords.len() {
            count @ 0..4 => format!("a ring of {count} positions"),
            _ => "a ring that is not closed".to_owned(),
        };
        let expected = "a ring of 4 or more positions, the last equal to the first";
        return Err(("I404", "coordinates", found, expected, "close the ring"));
    }
    Ok(LineString(coords))
}

fn line(positions: &[Position]) -> Result<Vec<Coord<f64>>, Broken> {
    let coords = coords(positions)?;
    if coords.len() < 2 {
        let found = format!("a line of {} positions", coords.len());
        return Err(("I404", "coordinates", found, "a line of 2 or more positions", "remove the line"));
    }
    Ok(coords)
}

fn coords(positions: &[Position]) -> Result<Vec<Coord<f64>>, Broken> {
    positions
        .iter()
        .map(|position| match position.as_slice() {
            [x, y, ..] if (-180.0..=180.0).contains(x) && (-90.0..=90.0).contains(y) => Ok(Coord { x: *x, y: *y }),
            wrong => {
                let found = format!("the position {wrong:?}");
                let expected = "two finite numbers: longitude -180 to 180, latitude -90 to 90";
                Err(("I403", "coordinates", found, expected, "correct or remove the position"))
            }
        })
        .collect()
}
