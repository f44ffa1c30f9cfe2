//! Signs: their shape, colour and size; shape and colour together tell kinds apart, so neither is needed alone.

use crate::figures::canvas::{Pen, Spot};
use crate::figures::theme::{AXIS, BLUE, GREEN, INK, MUTED, PAPER, PURPLE, VERMILLION};
use crate::figures::{Evidence, Marker, MarkerKind};
use plotters::style::RGBColor;

/// Largest radius of a sized sign: 3 mm.
const LARGEST: f64 = 60.0;
/// Smallest radius of a sized sign: 0.7 mm.
const SMALLEST: f64 = 14.0;

/// Rim of origins: the reddish purple, darker.
const ORIGIN_RIM: RGBColor = RGBColor(0x8E, 0x3F, 0x6B);

/// Kinds, each drawn over those before it; the legend lists them from the last.
pub(super) const KINDS: [MarkerKind; 9] = [
    MarkerKind::Gain,
    MarkerKind::Loss,
    MarkerKind::CrossingUnofficial,
    MarkerKind::Crossing,
    MarkerKind::Destination,
    MarkerKind::Gateway,
    MarkerKind::Origin,
    MarkerKind::OfficeExisting,
    MarkerKind::OfficePlanned,
];

/// What the legend says about a kind.
pub(super) fn meaning(kind: MarkerKind) -> &'static str {
    match kind {
        MarkerKind::Crossing => "Border crossing",
        MarkerKind::CrossingUnofficial => "Unofficial crossing",
        MarkerKind::OfficeExisting => "Border Liaison Office, working",
        MarkerKind::OfficePlanned => "Border Liaison Office, in the plan",
        MarkerKind::Gateway => "Gateway out of the region",
        MarkerKind::Origin => "Origin",
        MarkerKind::Destination => "Destination",
        MarkerKind::Gain => "Crossing that gains flow",
        MarkerKind::Loss => "Crossing that loses flow",
    }
}

/// What is drawn over what: higher over lower.
pub(super) fn layer(kind: MarkerKind) -> usize {
    match kind {
        MarkerKind::Gain | MarkerKind::Loss => 0,
        _ => KINDS.iter().position(|other| *other == kind).unwrap_or(0),
    }
}

/// Which labels win when there is no room for all: 0 first.
pub(super) fn precedence(kind: MarkerKind) -> u8 {
    match kind {
        MarkerKind::OfficePlanned => 0,
        MarkerKind::OfficeExisting => 1,
        MarkerKind::Gain | MarkerKind::Loss => 2,
        MarkerKind::Gateway => 3,
        MarkerKind::Destination => 4,
        MarkerKind::Origin => 5,
        MarkerKind::Crossing => 6,
        MarkerKind::CrossingUnofficial => 7,
    }
}

/// Radius of a sign without a value.
pub(super) fn plain_radius(kind: MarkerKind) -> i32 {
    match kind {
        MarkerKind::OfficePlanned => 34,
        MarkerKind::OfficeExisting => 24,
        MarkerKind::Gateway | MarkerKind::Destination => 26,
        MarkerKind::Origin => 26,
        MarkerKind::Crossing => 13,
        MarkerKind::CrossingUnofficial => 14,
        MarkerKind::Gain | MarkerKind::Loss => 24,
    }
}

/// Radius whose square follows the value: `largest` at `greatest`.
pub(super) fn sized_radius(value: f64, greatest: f64) -> i32 {
    let share = if greatest > 0.0 { (value / greatest).clamp(0.0, 1.0) } else { 0.0 };
    (share.sqrt() * LARGEST).max(SMALLEST).round() as i32
}

/// Whether the area of a marker follows its value: circles only.
pub(super) fn is_sized(marker: &Marker) -> bool {
    let is_circle =
        matches!(marker.kind, MarkerKind::Crossing | MarkerKind::Origin | MarkerKind::Gain | MarkerKind::Loss);
    is_circle && marker.size_value.is_some()
}

/// Radius of a marker on a map whose greatest value is `greatest`.
pub(super) fn radius(marker: &Marker, greatest: f64) -> i32 {
    match marker.size_value {
        Some(value) if is_sized(marker) => sized_radius(value, greatest),
        _ => plain_radius(marker.kind),
    }
}

/// Draws a sign.
pub(super) fn draw(pen: &mut Pen<'_>, kind: MarkerKind, evidence: Evidence, at: Spot, radius: i32) {
    let ink = match kind {
        MarkerKind::Crossing | MarkerKind::Gateway => INK,
        MarkerKind::CrossingUnofficial | MarkerKind::Destination => MUTED,
        MarkerKind::OfficeExisting | MarkerKind::Loss => BLUE,
        MarkerKind::OfficePlanned => GREEN,
        MarkerKind::Origin => PURPLE,
        MarkerKind::Gain => VERMILLION,
    };
    match kind {
        MarkerKind::Crossing => circle(pen, at, radius, ink, evidence),
        MarkerKind::Origin => {
            pen.faint_disc(at, radius, ink, if evidence == Evidence::Inherited { 0.2 } else { 0.7 });
            pen.ring(at, radius, ORIGIN_RIM, 5);
        }
        MarkerKind::Gain | MarkerKind::Loss => {
            pen.faint_disc(at, radius, ink, if evidence == Evidence::Inherited { 0.25 } else { 0.75 });
            pen.ring(at, radius, ink, 4);
            let arm = (radius * 11 / 20).max(7);
            let sign = if evidence == Evidence::Inherited { ink } else { PAPER };
            pen.line(&[(at.0 - arm, at.1), (at.0 + arm, at.1)], sign, 6);
            if kind == MarkerKind::Gain {
                pen.line(&[(at.0, at.1 - arm), (at.0, at.1 + arm)], sign, 6);
            }
        }
        MarkerKind::CrossingUnofficial => shape(pen, at, radius, &DIAMOND, ink, evidence),
        MarkerKind::OfficeExisting => shape(pen, at, radius, &SQUARE, ink, evidence),
        MarkerKind::OfficePlanned => shape(pen, at, radius, &STAR, ink, evidence),
        MarkerKind::Gateway => shape(pen, at, radius, &TRIANGLE, ink, evidence),
        MarkerKind::Destination => shape(pen, at, radius, &TRIANGLE_DOWN, ink, evidence),
    }
}

/// A point estimate: filled, or hollow when inherited.
pub(super) fn circle(pen: &mut Pen<'_>, at: Spot, radius: i32, ink: RGBColor, evidence: Evidence) {
    match evidence {
        Evidence::OwnRecords => {
            pen.disc(at, radius + 3, PAPER);
            pen.disc(at, radius, ink);
        }
        Evidence::Inherited => {
            pen.disc(at, radius + 2, PAPER);
            pen.ring(at, radius - 3, ink, 6);
        }
    }
}

const DIAMOND: [(f64, f64); 4] = [(0.0, -1.1), (1.1, 0.0), (0.0, 1.1), (-1.1, 0.0)];
const SQUARE: [(f64, f64); 4] = [(-0.85, -0.85), (0.85, -0.85), (0.85, 0.85), (-0.85, 0.85)];
const TRIANGLE: [(f64, f64); 3] = [(0.0, -1.1), (1.0, 0.8), (-1.0, 0.8)];
const TRIANGLE_DOWN: [(f64, f64); 3] = [(0.0, 1.1), (1.0, -0.8), (-1.0, -0.8)];
/// Five points; inner radius 0.45 of the outer one.
const STAR: [(f64, f64); 10] = [
    (0.0, -1.0),
    (0.264, -0.364),
    (0.951, -0.309),
    (0.428, 0.139),
    (0.588, 0.809),
    (0.0, 0.45),
    (-0.588, 0.809),
    (-0.428, 0.139),
    (-0.951, -0.309),
    (-0.264, -0.364),
];

/// A polygon with a white rim, hollow when inherited.
fn shape(pen: &mut Pen<'_>, at: Spot, radius: i32, corners: &[(f64, f64)], ink: RGBColor, evidence: Evidence) {
    let mut points = scaled(at, f64::from(radius), corners);
    let fill = if evidence == Evidence::Inherited { PAPER } else { ink };
    let (rim, rim_width) = if evidence == Evidence::Inherited { (ink, 6) } else { (PAPER, 8) };
    if let Some(first) = points.first().copied() {
        points.push(first);
    }
    if evidence == Evidence::OwnRecords {
        pen.line(&points, rim, rim_width);
    }
    pen.polygon(&points, fill);
    if evidence == Evidence::Inherited {
        pen.line(&points, rim, rim_width);
    }
}

/// A filled diamond.
pub(super) fn diamond(pen: &mut Pen<'_>, at: Spot, radius: i32, ink: RGBColor) {
    shape(pen, at, radius, &DIAMOND, ink, Evidence::OwnRecords);
}

/// An upright bar, for published figures behind modelled ones.
pub(super) fn bar(pen: &mut Pen<'_>, at: Spot, half: i32, ink: RGBColor) {
    pen.block((at.0 - 6, at.1 - half), (at.0 + 6, at.1 + half), ink);
}

/// A dot for a town.
pub(super) fn town(pen: &mut Pen<'_>, at: Spot, radius: i32) {
    pen.disc(at, radius, PAPER);
    pen.ring(at, radius, AXIS, 4);
}

fn scaled(at: Spot, radius: f64, corners: &[(f64, f64)]) -> Vec<Spot> {
    corners.iter().map(|(x, y)| (at.0 + (x * radius).round() as i32, at.1 + (y * radius).round() as i32)).collect()
}
