//! Sea, land, borders, meridians and parallels; the scale bar.

use crate::figures::canvas::{Canvas, HALO, ROUND, Spot, Type};
use crate::figures::clip::{Point, Window, clip_line, clip_ring, thin, to_spots};
use crate::figures::numbers::{fixed, round_down};
use crate::figures::outlines::{Division, coverage, on_page, outlines, projected};
use crate::figures::projection::{Frame, degrees_east, degrees_north};
use crate::figures::theme::{AXIS, BORDER, GRATICULE, INK, LAND, MUTED, NEIGHBOUR, PAPER, PROVINCE, SEA};
use crate::figures::{Area, Basemap};
use crate::geodesy::LonLat;
use geo::Polygon;

/// Disputed borders: short dashes.
const DISPUTED: &str = r#"stroke-dasharray="16 12""#;
const TOLERANCE: f64 = 1.2;
/// How far flow lines may reach beyond the frame.
const RIM: i32 = 30;

/// The visible land of one area, as rings on the page.
pub(super) struct Land<'a> {
    pub area: &'a Area,
    pub rings: Vec<Vec<Point>>,
}

/// Draws what lies below the flows; returns the visible countries for their names.
pub(super) fn draw<'a>(canvas: &mut Canvas, base: &'a Basemap, frame: &Frame) -> Vec<Land<'a>> {
    let covered = coverage(base).unwrap_or(frame.cut());
    let lands: Vec<Land<'a>> = base.countries.iter().map(|area| visible(area, frame)).collect();
    let is_studied = |area: &Area| base.provinces.iter().any(|province| province.code == area.code);
    let window = frame.window;
    let (low, high) = ((window.left as i32, window.top as i32), (window.right as i32, window.bottom as i32));
    let sea = clip_ring(&edge_ring(&covered, frame), &window);
    canvas.plain(|pen| {
        // White where the basemap holds nothing.
        pen.block(low, high, PAPER);
        pen.polygon(&to_spots(&sea), SEA);
    });
    let meridians = graticule(frame);
    canvas.plain(|pen| {
        for line in &meridians {
            pen.line(&line.spots, GRATICULE, 4);
        }
    });
    canvas.plain(|pen| {
        // Large areas first, so that an enclave lies on top of the country around it.
        let mut filled: Vec<(f64, Vec<Spot>, bool)> = Vec::new();
        for land in &lands {
            let is_studied = is_studied(land.area);
            for ring in &land.rings {
                filled.push((extent_of(ring), to_spots(&thin(ring, TOLERANCE)), is_studied));
            }
        }
        filled.sort_by(|a, b| b.0.total_cmp(&a.0));
        for (_, ring, is_studied) in filled.iter().filter(|ring| ring.1.len() > 2) {
            pen.polygon(ring, if *is_studied { LAND } else { NEIGHBOUR });
        }
    });
    let provinces = outlines(&base.provinces, Division::Areas, &[], frame, &covered);
    let borders = outlines(&base.countries, Division::Countries, &base.disputed, frame, &covered);
    let disputed: Vec<Vec<Point>> = base.disputed.iter().flat_map(|line| projected(line, frame)).collect();
    let disputed = on_page(&disputed, frame);
    canvas.group(ROUND, |pen| {
        for line in &provinces {
            pen.line(line, PROVINCE, 4);
        }
        for line in &borders {
            pen.line(line, BORDER, 5);
        }
    });
    canvas.group(DISPUTED, |pen| {
        for line in &disputed {
            pen.line(line, BORDER, 5);
        }
    });
    lands
}

/// The names of meridians and parallels at the frame, where nothing is in the way; returns the space they take.
pub(super) fn draw_degrees(canvas: &mut Canvas, frame: &Frame, taken: &[Window]) -> Vec<Window> {
    let window = frame.window;
    let look = Type::SMALL.ink(MUTED);
    let mut written: Vec<Window> = Vec::new();
    canvas.group(HALO, |pen| {
        for line in graticule(frame) {
            let Some(end) = line.at_frame else { continue };
            let width = look.width(&line.name);
            let (x, y) = match line.kind {
                Kind::Meridian => (end.0 - width / 2, window.top as i32 + 52),
                Kind::Parallel => (window.left as i32 + 14, end.1 - 10),
            };
            let room = Window {
                left: f64::from(x),
                right: f64::from(x + width),
                top: f64::from(y - 40),
                bottom: f64::from(y + 10),
            };
            if window.grown(-6.0).encloses(&room)
                && taken.iter().chain(&written).all(|other| !other.meets(&room.grown(12.0)))
            {
                pen.text((x, y), &line.name, look);
                written.push(room);
            }
        }
    });
    written
}

/// A frame line, and white over what reached beyond it.
pub(super) fn draw_frame(canvas: &mut Canvas, frame: &Frame) {
    let w = frame.window;
    let (left, top, right, bottom) = (w.left as i32, w.top as i32, w.right as i32, w.bottom as i32);
    canvas.plain(|pen| {
        pen.block((left - RIM, top - RIM), (right + RIM, top), PAPER);
        pen.block((left - RIM, bottom), (right + RIM, bottom + RIM), PAPER);
        pen.block((left - RIM, top - RIM), (left, bottom + RIM), PAPER);
        pen.block((right, top - RIM), (right + RIM, bottom + RIM), PAPER);
        pen.line(&[(left, top), (right, top), (right, bottom), (left, bottom), (left, top)], AXIS, 5);
    });
}

/// A scale bar of at most `limit` units from `at`, right along the middle latitude.
pub(super) fn draw_scale_bar(canvas: &mut Canvas, frame: &Frame, at: Spot, limit: i32) {
    let units_per_km = frame.units_per_ground_km();
    let length_km = round_down(f64::from(limit) / units_per_km);
    let length = (length_km * units_per_km).round() as i32;
    let (left, y) = at;
    canvas.plain(|pen| {
        let middle = left + length / 2;
        pen.block((left, y), (middle, y + 14), INK);
        pen.block((middle, y), (left + length, y + 14), PAPER);
        pen.line(&[(left, y), (left + length, y), (left + length, y + 14), (left, y + 14), (left, y)], INK, 4);
        let look = Type::SMALL;
        pen.text((left, y - 16), "0", look);
        pen.text((left + length, y - 16), &format!("{} km", fixed(length_km, 0)), look.end());
    });
}

/// What a polygon shows on the page, cut to the frame with a margin.
fn visible<'a>(area: &'a Area, frame: &Frame) -> Land<'a> {
    let (cut, window) = (frame.cut(), frame.window);
    let ring = |polygon: &Polygon<f64>| {
        let degrees: Vec<Point> = polygon.exterior().coords().map(|c| (c.x, c.y)).collect();
        let near = clip_ring(&degrees, &cut);
        let on_plane: Vec<Point> = near.iter().map(|(lon, lat)| frame.place(LonLat { lon: *lon, lat: *lat })).collect();
        clip_ring(&on_plane, &window)
    };
    Land { area, rings: area.polygons.iter().map(ring).filter(|ring| ring.len() > 2).collect() }
}

/// Area of a ring on the page.
fn extent_of(ring: &[Point]) -> f64 {
    let next = ring.iter().cycle().skip(1);
    let mut twice = 0.0;
    for (a, b) in ring.iter().zip(next) {
        twice += a.0 * b.1 - b.0 * a.1;
    }
    twice.abs() / 2.0
}

/// The edge of a window in degrees as a ring on the page, a point a degree.
fn edge_ring(window: &Window, frame: &Frame) -> Vec<Point> {
    let steps = 80;
    let mut ring = Vec::new();
    let corners = [
        (window.left, window.top),
        (window.right, window.top),
        (window.right, window.bottom),
        (window.left, window.bottom),
    ];
    for (ix, a) in corners.iter().enumerate() {
        let b = corners[(ix + 1) % 4];
        for step in 0..steps {
            let share = f64::from(step) / f64::from(steps);
            let (lon, lat) = (a.0 + (b.0 - a.0) * share, a.1 + (b.1 - a.1) * share);
            ring.push(frame.place(LonLat { lon, lat }));
        }
    }
    ring
}

#[derive(Clone, Copy)]
enum Kind {
    Meridian,
    Parallel,
}

struct GraticuleLine {
    kind: Kind,
    name: String,
    spots: Vec<Spot>,
    /// Where it meets the top (meridian) or left (parallel) of the frame.
    at_frame: Option<Spot>,
}

/// Meridians and parallels every 1, 2, 5, 10 or 20 degrees, about six each way.
fn graticule(frame: &Frame) -> Vec<GraticuleLine> {
    let extent = frame.extent;
    let wide = (extent.east - extent.west).max(extent.north - extent.south);
    let step = [0.5, 1.0, 2.0, 5.0, 10.0, 20.0].into_iter().find(|step| wide / step <= 7.0).unwrap_or(30.0);
    let cut = frame.cut();
    let multiples = |low: f64, high: f64| {
        let (first, last) = ((low / step).ceil() as i32, (high / step).floor() as i32);
        (first..=last).map(move |ix| f64::from(ix) * step)
    };
    let window = frame.window;
    let line = |kind: Kind, name: String, points: Vec<Point>| -> Option<GraticuleLine> {
        let pieces = clip_line(&points, &window);
        let longest = pieces.into_iter().max_by_key(Vec::len)?;
        let ends: Vec<Spot> = to_spots(&longest);
        let is_at_frame = |spot: &&Spot| match kind {
            Kind::Meridian => (f64::from(spot.1) - window.top).abs() < 2.0,
            Kind::Parallel => (f64::from(spot.0) - window.left).abs() < 2.0,
        };
        let at_frame = [ends.first(), ends.last()].into_iter().flatten().find(is_at_frame).copied();
        Some(GraticuleLine { kind, name, spots: to_spots(&thin(&longest, 0.5)), at_frame })
    };
    let along = |low: f64, high: f64| (0..=160).map(move |ix| low + (high - low) * f64::from(ix) / 160.0);
    let mut lines = Vec::new();
    for lon in multiples(cut.left, cut.right) {
        let points = along(cut.top, cut.bottom).map(|lat| frame.place(LonLat { lon, lat })).collect();
        lines.extend(line(Kind::Meridian, degrees_east(lon), points));
    }
    for lat in multiples(cut.top, cut.bottom) {
        let points = along(cut.left, cut.right).map(|lon| frame.place(LonLat { lon, lat })).collect();
        lines.extend(line(Kind::Parallel, degrees_north(lat), points));
    }
    lines
}
