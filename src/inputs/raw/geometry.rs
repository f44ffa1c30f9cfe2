//! Geometries from outside as plain positions: every position is checked before it becomes a geometry of the geometry
//! library, which would panic on some.

use geo::{Coord, LineString, Polygon, Validation};
use std::fmt::Write as _;

/// A geometry as it came.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shape {
    Point(Position),
    MultiPoint(Vec<Position>),
    Line(Vec<Position>),
    MultiLine(Vec<Vec<Position>>),
    Polygon(Vec<Vec<Position>>),
    MultiPolygon(Vec<Vec<Vec<Position>>>),
    Collection(Vec<Shape>),
}

/// A position: two finite numbers, and how many stood there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Position {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) count: u8,
}

/// A rule that a geometry breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Broken {
    pub(super) rule: &'static str,
    pub(super) value: String,
    pub(super) message: &'static str,
    pub(super) fix: &'static str,
}

/// What the format says of the order of a ring's positions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Winding {
    /// RFC 7946: outer rings anticlockwise, holes clockwise.
    RightHand,
    /// Nothing.
    Free,
}

/// Positions of one ring or line beyond which the first warning comes.
const MANY_POSITIONS: usize = 999;

/// Decimals of a degree beyond which no survey goes (10^-9 degrees are a tenth of a millimetre).
const MOST_DECIMALS: f64 = 1e9;

/// Checks a geometry: `Err` = it is set aside, `Ok` = warnings.
pub(super) fn check(shape: &Shape, winding: Winding) -> Result<Vec<Broken>, Broken> {
    let mut warnings = Vec::new();
    check_at(shape, winding, 0, &mut warnings)?;
    let mut seen = Vec::new();
    warnings.retain(|broken| {
        let is_new = !seen.contains(&broken.rule);
        seen.push(broken.rule);
        is_new
    });
    Ok(warnings)
}

fn check_at(shape: &Shape, winding: Winding, depth: usize, told: &mut Vec<Broken>) -> Result<(), Broken> {
    match shape {
        Shape::Point(position) => point(*position, told),
        Shape::MultiPoint(positions) => {
            single(positions.len(), "MultiPoint", told);
            positions.iter().try_for_each(|position| point(*position, told))
        }
        Shape::Line(positions) => line(positions, told),
        Shape::MultiLine(lines) => {
            single(lines.len(), "MultiLineString", told);
            lines.iter().try_for_each(|positions| line(positions, told))
        }
        Shape::Polygon(rings) => polygon(rings, winding, told),
        Shape::MultiPolygon(polygons) => {
            single(polygons.len(), "MultiPolygon", told);
            polygons.iter().try_for_each(|rings| polygon(rings, winding, told))
        }
        Shape::Collection(members) => {
            single(members.len(), "GeometryCollection", told);
            if depth > 0 {
                told.push(broken("I636", "", "a geometry collection in a collection", "write its members one by one"));
            }
            members.iter().try_for_each(|member| check_at(member, winding, depth + 1, told))
        }
    }
}

fn broken(rule: &'static str, value: &str, message: &'static str, fix: &'static str) -> Broken {
    Broken { rule, value: value.to_owned(), message, fix }
}

fn single(count: usize, kind: &str, told: &mut Vec<Broken>) {
    if count == 1 {
        told.push(broken("I636", kind, "a geometry of several parts that has one", "write the part alone"));
    }
}

fn is_on_globe(position: Position) -> bool {
    (-180.0..=180.0).contains(&position.x) && (-90.0..=90.0).contains(&position.y)
}

fn numbers(positions: &[Position], told: &mut Vec<Broken>) {
    if positions.iter().any(|position| position.count > 2) {
        told.push(broken("I632", "", "positions of more than two numbers; the others are not read", "none needed"));
    }
    let is_fine = |value: f64| (value * MOST_DECIMALS).round() / MOST_DECIMALS == value;
    if let Some(position) = positions.iter().find(|position| !is_fine(position.x) || !is_fine(position.y)) {
        let value = position.x.to_string();
        told.push(broken("I633", &value, "more than nine decimals of a degree", "round to six (0.1 m)"));
    }
}

fn point(position: Position, told: &mut Vec<Broken>) -> Result<(), Broken> {
    if !is_on_globe(position) {
        let value = format!("{}, {}", position.x, position.y);
        let message = "a position off the globe";
        return Err(broken(
            "I627",
            &value,
            message,
            "give longitude, latitude in degrees of WGS 84; check their order and the coordinate system",
        ));
    }
    numbers(&[position], told);
    Ok(())
}

fn path(positions: &[Position], told: &mut Vec<Broken>) {
    numbers(positions, told);
    if positions.len() > MANY_POSITIONS {
        told.push(broken(
            "I634",
            &positions.len().to_string(),
            "a line or ring of more than 999 positions",
            "simplify it",
        ));
    }
    if let Some(position) = positions.iter().find(|position| !is_on_globe(**position)) {
        let value = format!("{}, {}", position.x, position.y);
        told.push(broken("I640", &value, "a line or ring that leaves the globe", "split it at the antimeridian"));
    } else if positions.windows(2).any(|pair| (pair[0].x - pair[1].x).abs() > 180.0) {
        told.push(broken("I639", "", "a line or ring across the antimeridian", "split it at 180 degrees"));
    }
    if positions.len() > 2 && positions.windows(2).any(|pair| pair[0].x == pair[1].x && pair[0].y == pair[1].y) {
        told.push(broken("I635", "", "the same position twice in a row", "remove one"));
    }
}

fn line(positions: &[Position], told: &mut Vec<Broken>) -> Result<(), Broken> {
    if positions.len() < 2 {
        let value = positions.len().to_string();
        return Err(broken("I624", &value, "a line of fewer than two positions", "remove or complete the line"));
    }
    if positions.iter().all(|position| position.x == positions[0].x && position.y == positions[0].y) {
        told.push(broken("I641", "", "a line of no length", "remove the line or write a point"));
    }
    path(positions, told);
    Ok(())
}

fn polygon(rings: &[Vec<Position>], winding: Winding, told: &mut Vec<Broken>) -> Result<(), Broken> {
    if rings.is_empty() {
        return Err(broken("I624", "", "an area without a ring", "remove it or give its outer ring"));
    }
    for (ix, ring) in rings.iter().enumerate() {
        if ring.len() < 4 {
            let value = ring.len().to_string();
            return Err(broken("I624", &value, "a ring of fewer than four positions", "complete the ring"));
        }
        let (first, last) = (ring[0], ring[ring.len() - 1]);
        if first.x != last.x || first.y != last.y {
            let value = format!("{}, {}", last.x, last.y);
            return Err(broken("I624", &value, "a ring that is not closed", "repeat the first position at the end"));
        }
        path(ring, told);
        let turned: Vec<Position> = ring.iter().rev().copied().collect();
        let is_right = is_anticlockwise(if ix == 0 { ring } else { &turned });
        if winding == Winding::RightHand && !is_right {
            return Err(broken(
                "I625",
                if ix == 0 { "outer ring clockwise" } else { "hole anticlockwise" },
                "a ring that runs the wrong way round (RFC 7946: outer rings anticlockwise, holes clockwise)",
                "reverse the ring",
            ));
        }
    }
    if rings.len() > 1 {
        told.push(broken(
            "I642",
            &(rings.len() - 1).to_string(),
            "an area with holes: what lies in them is outside",
            "none, if meant",
        ));
    }
    let coords = |ring: &Vec<Position>| {
        LineString(ring.iter().map(|position| Coord { x: position.x, y: position.y }).collect::<Vec<_>>())
    };
    let area = Polygon::new(coords(&rings[0]), rings[1..].iter().map(coords).collect());
    if let Some(error) = area.validation_errors().first() {
        let value = error.to_string();
        told.push(Broken {
            rule: "I631",
            value,
            message: "an area that is not valid geometry",
            fix: "repair the outline",
        });
    }
    Ok(())
}

/// Whether a ring runs anticlockwise as its numbers stand, or with steps of more than 180 degrees of longitude taken the
/// short way, over the antimeridian: which of the two was meant cannot be known.
fn is_anticlockwise(ring: &[Position]) -> bool {
    let short = |step: f64| if step.abs() > 180.0 { step - 360.0_f64.copysign(step) } else { step };
    doubled_area(ring, |step| step) >= 0.0 || doubled_area(ring, short) >= 0.0
}

/// Twice the signed area (shoelace, about the first position so that digits do not cancel): positive = anticlockwise.
fn doubled_area(ring: &[Position], step_of: impl Fn(f64) -> f64) -> f64 {
    let (mut at, mut area) = ((0.0, 0.0), 0.0);
    for pair in ring.windows(2) {
        let next: (f64, f64) = (at.0 + step_of(pair[1].x - pair[0].x), pair[1].y - ring[0].y);
        area += at.0 * next.1 - next.0 * at.1;
        at = next;
    }
    area
}

/// The geometry as WKT, shortest round-trip numbers.
pub(super) fn wkt(shape: &Shape) -> String {
    let mut text = String::new();
    write_shape(&mut text, shape);
    text
}

fn write_shape(text: &mut String, shape: &Shape) {
    match shape {
        Shape::Point(position) => {
            text.push_str("POINT ");
            write_path(text, std::slice::from_ref(position));
        }
        Shape::MultiPoint(positions) => {
            text.push_str("MULTIPOINT ");
            write_path(text, positions);
        }
        Shape::Line(positions) => {
            text.push_str("LINESTRING ");
            write_path(text, positions);
        }
        Shape::MultiLine(lines) => write_list(text, "MULTILINESTRING ", lines, |text, line| write_path(text, line)),
        Shape::Polygon(rings) => write_list(text, "POLYGON ", rings, |text, ring| write_path(text, ring)),
        Shape::MultiPolygon(polygons) => write_list(text, "MULTIPOLYGON ", polygons, |text, rings| {
            write_list(text, "", rings, |text, ring| write_path(text, ring));
        }),
        Shape::Collection(members) => write_list(text, "GEOMETRYCOLLECTION ", members, write_shape),
    }
}

fn write_path(text: &mut String, positions: &[Position]) {
    write_list(text, "", positions, |text, position| {
        let _ = write!(text, "{} {}", position.x, position.y);
    });
}

fn write_list<T>(text: &mut String, keyword: &str, items: &[T], mut write: impl FnMut(&mut String, &T)) {
    text.push_str(keyword);
    if items.is_empty() {
        text.push_str("EMPTY");
        return;
    }
    text.push('(');
    for (ix, item) in items.iter().enumerate() {
        text.push_str(if ix > 0 { ", " } else { "" });
        write(text, item);
    }
    text.push(')');
}
