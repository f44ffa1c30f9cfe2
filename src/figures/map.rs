//! Maps: flows and markers on the basemap, alone or before and after a plan.

use crate::figures::basemap::{self, Land};
use crate::figures::canvas::{HALO, Spot, Type};
use crate::figures::clip::{Point, Window};
use crate::figures::flows::{Classes, Stroke};
use crate::figures::font::{self, Weight};
use crate::figures::key::Key;
use crate::figures::labels::{Limits, Room};
use crate::figures::marks;
use crate::figures::projection::Frame;
use crate::figures::sheet::{Sheet, fitted};
use crate::figures::theme::{COUNTRY_NAME, FLOW_RAMP, GREY_RAMP, INK, LABEL, LEFT, MUTED, RIGHT, SMALL};
use crate::figures::{Basemap, Extent, Figure, FigureError, FlowLine, Marker, Words, quantity};
use crate::tables::Table;

/// Height of the frame of a single map: 78 to 102 mm.
const SINGLE_HEIGHTS: (f64, f64) = (1560.0, 2040.0);
/// Height of each of two maps: 60 to 85 mm.
const STACKED_HEIGHTS: (f64, f64) = (1200.0, 1700.0);
/// Points of flow lines in one figure at most, so that the file stays under 1.5 MB.
const POINT_LIMIT: usize = 100_000;
/// Height of a single map with its legend beside it: 90 to 130 mm.
const SQUARE_HEIGHTS: (f64, f64) = (1800.0, 2600.0);
/// Width of a legend beside a map: 54 mm.
const SIDE_WIDTH: i32 = 1080;
/// Width of a legend beside two maps: 48 mm.
const STACKED_SIDE_WIDTH: i32 = 960;
/// A single map narrower than this many times its height has its legend beside it.
const BESIDE_BELOW: f64 = 1.4;
/// Two maps narrower than this many times their height stand side by side.
const SIDE_BY_SIDE_BELOW: f64 = 1.15;

/// Names wider than this lose what stands in brackets, then their end: 39 mm.
const NAME_LIMIT: i32 = 780;

const DISCLAIMER: &str = "Boundaries and names on this map, and the way they are drawn, do not express an opinion on \
     the legal status of any territory and do not imply official endorsement or acceptance. Dashed borders are \
     disputed or undetermined.";

/// Flows by width class and colour, markers and names on one map; about 180 x 130 mm.
///
/// Flows under the lowest class limit, 0.1 % of the greatest rounded down, are left out and the legend says so. The
/// area of a circle follows `size_value`.
///
/// # Errors
/// When there is neither a flow nor a marker, a number is negative or not finite, or the extent is not an area.
pub fn corridor_map(
    base: &Basemap,
    extent: &Extent,
    lines: &[FlowLine],
    markers: &[Marker],
    words: &Words,
    data: &Table,
) -> Result<Figure, FigureError> {
    check(extent, &[lines], &[markers], words)?;
    let mut sheet = Sheet::begin(words);
    let heading_bottom = sheet.cursor;
    let is_square = aspect(extent) < BESIDE_BELOW;
    let (width, heights) =
        if is_square { (RIGHT - LEFT - SIDE_WIDTH - 60, SQUARE_HEIGHTS) } else { (RIGHT - LEFT, SINGLE_HEIGHTS) };
    let frame = Frame::fit(extent, f64::from(LEFT), f64::from(heading_bottom), f64::from(width), heights);
    let mut classes = Classes::up_to(greatest_flow(&[lines]), FLOW_RAMP);
    let strokes = classes.strokes(lines, &frame, POINT_LIMIT);
    let greatest = greatest_size(&[markers]);
    draw_panel(&mut sheet, &Panel { base, frame: &frame, classes: &classes, strokes: &strokes, markers, greatest });
    sheet.cursor = frame.window.bottom as i32 + 30;
    let drawn: Vec<&Stroke> = strokes.iter().collect();
    let shown: Vec<&Marker> = within(markers, &frame).collect();
    let key = Key { frame: &frame, classes: &classes, strokes: &drawn, markers: &shown, greatest };
    if is_square {
        key.draw_beside(&mut sheet, (RIGHT - SIDE_WIDTH, heading_bottom), SIDE_WIDTH);
    } else {
        key.draw_below(&mut sheet);
    }
    key.draw_note(&mut sheet);
    sheet.finish(words, &[DISCLAIMER.to_owned()], data)
}

/// Two maps on the same scale and with the same classes, before and after a plan; flows in grey, gains and losses of
/// flow as coloured circles with a plus or minus sign whose area follows `size_value`.
///
/// # Errors
/// As [`corridor_map`].
#[expect(clippy::too_many_arguments, reason = "two of each, and what every figure takes")]
pub fn displacement_maps(
    base: &Basemap,
    extent: &Extent,
    before: &[FlowLine],
    after: &[FlowLine],
    markers_before: &[Marker],
    markers_after: &[Marker],
    words: &Words,
    data: &Table,
) -> Result<Figure, FigureError> {
    check(extent, &[before, after], &[markers_before, markers_after], words)?;
    let mut sheet = Sheet::begin(words);
    let mut classes = Classes::up_to(greatest_flow(&[before, after]), GREY_RAMP);
    let greatest = greatest_size(&[markers_before, markers_after]);
    let is_narrow = aspect(extent) < SIDE_BY_SIDE_BELOW;
    let gutter = 60;
    let full_width = if is_narrow { (RIGHT - LEFT - gutter) / 2 } else { RIGHT - LEFT };
    let heights = if is_narrow { SINGLE_HEIGHTS } else { STACKED_HEIGHTS };
    // Two maps on a page: rather a little narrower than with land the reader did not ask for at the sides.
    let natural = Frame::fit(extent, 0.0, 0.0, f64::from(full_width), (1.0, f64::from(10 * full_width))).window.bottom;
    let fitting = (f64::from(full_width) * (heights.1 / natural).min(1.0)).round() as i32;
    // What that leaves free at the side is the legend's, if need be with a little more.
    let is_beside = !is_narrow && full_width - fitting > STACKED_SIDE_WIDTH / 2;
    let width = if is_beside { fitting.min(full_width - STACKED_SIDE_WIDTH - gutter) } else { fitting };
    let heading = Type::SMALL.size(LABEL).bold();
    let first_top = sheet.cursor + 56;
    let first = Frame::fit(extent, f64::from(LEFT), f64::from(first_top), f64::from(width), heights);
    let (second_left, second_top) =
        if is_narrow { (LEFT + width + gutter, first_top) } else { (LEFT, first.window.bottom as i32 + 100) };
    let second = Frame::fit(extent, f64::from(second_left), f64::from(second_top), f64::from(width), heights);
    // Both maps leave out the same flows.
    let mut strokes_before = classes.strokes(before, &first, POINT_LIMIT / 2);
    let class_count = classes.limits.len();
    let strokes_after = classes.strokes(after, &second, POINT_LIMIT / 2);
    if classes.limits.len() < class_count {
        strokes_before = classes.strokes(before, &first, POINT_LIMIT / 2);
    }
    let panels = [
        ("Before", &first, &strokes_before, markers_before),
        ("After, traffickers having moved", &second, &strokes_after, markers_after),
    ];
    for (name, frame, strokes, markers) in panels {
        draw_panel(&mut sheet, &Panel { base, frame, classes: &classes, strokes, markers, greatest });
        let at = (frame.window.left as i32, frame.window.top as i32 - 18);
        sheet.canvas.plain(|pen| pen.text(at, name, heading));
    }
    sheet.cursor = second.window.bottom as i32 + 30;
    let drawn: Vec<&Stroke> = strokes_before.iter().chain(&strokes_after).collect();
    let shown: Vec<&Marker> = within(markers_before, &first).chain(within(markers_after, &second)).collect();
    let key = Key { frame: &first, classes: &classes, strokes: &drawn, markers: &shown, greatest };
    if is_beside {
        key.draw_beside(&mut sheet, (RIGHT - STACKED_SIDE_WIDTH, first_top), STACKED_SIDE_WIDTH);
    } else {
        key.draw_below(&mut sheet);
    }
    key.draw_note(&mut sheet);
    sheet.finish(words, &[DISCLAIMER.to_owned()], data)
}

fn check(extent: &Extent, flows: &[&[FlowLine]], markers: &[&[Marker]], words: &Words) -> Result<(), FigureError> {
    let is_area = extent.west < extent.east
        && extent.south < extent.north
        && extent.south >= -89.0
        && extent.north <= 89.0
        && extent.west >= -180.0
        && extent.east <= 180.0;
    if !is_area {
        return Err(FigureError::Extent { figure: words.id.clone() });
    }
    for (ix, line) in flows.iter().flat_map(|lines| lines.iter()).enumerate() {
        quantity(&words.id, &format!("flow of line {}", ix + 1), line.flow_kg_per_year)?;
    }
    for marker in markers.iter().flat_map(|markers| markers.iter()) {
        let name = marker.label.as_deref().unwrap_or("unnamed");
        quantity(&words.id, &format!("size of marker `{name}`"), marker.size_value.unwrap_or(0.0))?;
    }
    if greatest_flow(flows) <= 0.0 && markers.iter().all(|markers| markers.is_empty()) {
        let reason = "neither flow nor marker to draw".to_owned();
        return Err(FigureError::Empty { figure: words.id.clone(), reason });
    }
    Ok(())
}

/// Width of an extent over its height, on the ground at its middle latitude.
fn aspect(extent: &Extent) -> f64 {
    let middle = ((extent.south + extent.north) / 2.0).to_radians();
    (extent.east - extent.west) * middle.cos() / (extent.north - extent.south)
}

fn greatest_flow(flows: &[&[FlowLine]]) -> f64 {
    flows.iter().flat_map(|lines| lines.iter()).map(|line| line.flow_kg_per_year).fold(0.0, f64::max)
}

fn greatest_size(markers: &[&[Marker]]) -> f64 {
    markers.iter().flat_map(|markers| markers.iter()).filter_map(|marker| marker.size_value).fold(0.0, f64::max)
}

struct Panel<'a> {
    base: &'a Basemap,
    frame: &'a Frame,
    classes: &'a Classes,
    strokes: &'a [Stroke],
    markers: &'a [Marker],
    greatest: f64,
}

/// One map inside its frame.
fn draw_panel(sheet: &mut Sheet, panel: &Panel<'_>) {
    let canvas = &mut sheet.canvas;
    let frame = panel.frame;
    let lands = basemap::draw(canvas, panel.base, frame);
    panel.classes.draw(canvas, panel.strokes);
    let mut room = Room::new(frame.window, panel.strokes, panel.classes);

    let mut shown: Vec<(&Marker, Spot, i32)> = within(panel.markers, frame)
        .map(|marker| (marker, spot(frame.place(marker.position)), marks::radius(marker, panel.greatest)))
        .collect();
    // Small signs over large ones of the same layer; the caller's order decides the rest.
    shown.sort_by_key(|(marker, _, radius)| (marks::layer(marker.kind), std::cmp::Reverse(*radius)));
    canvas.plain(|pen| {
        for (marker, at, radius) in &shown {
            marks::draw(pen, marker.kind, marker.evidence, *at, *radius);
        }
    });
    for (_, at, radius) in &shown {
        let (x, y) = (f64::from(at.0), f64::from(at.1));
        room.take(Window { left: x, right: x, top: y, bottom: y }.grown(f64::from(*radius) * 0.9));
    }
    for window in basemap::draw_degrees(canvas, frame, room.taken()) {
        room.take(window);
    }

    let mut texts: Vec<(Spot, String, Type)> = Vec::new();
    let mut named: Vec<&(&Marker, Spot, i32)> = shown.iter().collect();
    named.sort_by(|a, b| {
        let order = marks::precedence(a.0.kind).cmp(&marks::precedence(b.0.kind));
        order.then_with(|| b.2.cmp(&a.2)).then_with(|| a.0.label.cmp(&b.0.label))
    });
    for (marker, at, radius) in named {
        let Some(label) = &marker.label else { continue };
        let look = if marks::precedence(marker.kind) <= 1 { Type::SMALL.bold() } else { Type::SMALL };
        // Of signs on one spot the largest keeps the name off.
        let widest = shown.iter().filter(|(_, other, _)| other == at).map(|(_, _, radius)| *radius).max();
        let around = (*at, widest.unwrap_or(*radius));
        // A name of two posts that finds no room is cut to the first.
        let names = [label.clone(), without_brackets(label.split(" - ").next().unwrap_or(label))];
        let limits = Limits { crowding: 0.9, clearance: 0.0 };
        names.iter().find_map(|name| place_beside(&mut room, &mut texts, name, around, look, limits));
    }
    name_countries(&mut room, &mut texts, &lands);
    let towns = name_towns(&mut room, &mut texts, panel);
    canvas.plain(|pen| {
        for (at, radius) in &towns {
            marks::town(pen, *at, *radius);
        }
    });
    canvas.group(HALO, |pen| {
        for (at, text, look) in &texts {
            pen.text(*at, text, *look);
        }
    });
    basemap::draw_frame(canvas, frame);
}

/// A name without what stands in brackets.
fn without_brackets(name: &str) -> String {
    let mut out = String::new();
    let mut depth = 0;
    for character in name.chars() {
        match character {
            '(' => depth += 1,
            ')' => depth = (depth - 1).max(0),
            _ if depth == 0 => out.push(character),
            _ => {}
        }
    }
    font::clean(&out)
}

fn spot(point: Point) -> Spot {
    (point.0.round() as i32, point.1.round() as i32)
}

/// Names a sign when there is room; returns whether there was.
fn place_beside(
    room: &mut Room,
    texts: &mut Vec<(Spot, String, Type)>,
    label: &str,
    (at, radius): (Spot, i32),
    look: Type,
    limits: Limits,
) -> Option<()> {
    let full = font::clean(label);
    let text = if look.width(&full) <= NAME_LIMIT { full } else { fitted(&without_brackets(&full), NAME_LIMIT, look) };
    if text.is_empty() {
        return None;
    }
    let size = (f64::from(look.width(&text)), f64::from(look.size));
    let position = room.beside((f64::from(at.0), f64::from(at.1)), f64::from(radius), size, limits)?;
    texts.push((spot(position), text, look));
    Some(())
}

/// Countries by visible size, in capitals on one or two lines.
fn name_countries(room: &mut Room, texts: &mut Vec<(Spot, String, Type)>, lands: &[Land<'_>]) {
    let mut cells: Vec<_> = lands.iter().filter_map(|land| Some((land, room.cells_of(land)?))).collect();
    cells.sort_by(|a, b| b.1.count.cmp(&a.1.count).then_with(|| a.0.area.name.cmp(&b.0.area.name)));
    let mut written: Vec<&str> = Vec::new();
    for (land, cells) in &cells {
        if written.contains(&land.area.code.as_str()) || land.area.code.is_empty() {
            continue;
        }
        let name = font::clean(&land.area.name).to_uppercase();
        for size in [64, 56, SMALL] {
            let look = Type::SMALL.size(size).ink(COUNTRY_NAME).middle();
            let lines = [vec![name.clone()], halves(&name)];
            let found = lines.iter().filter(|lines| !lines.is_empty()).find_map(|lines| {
                let width = lines.iter().map(|line| look.width(line)).max().unwrap_or(0) + 8;
                let height = f64::from(size) * 1.15 * lines.len() as f64;
                room.inside(cells, (f64::from(width), height)).map(|centre| (centre, lines))
            });
            if let Some((centre, lines)) = found {
                let mut baseline =
                    centre.1 - 0.575 * f64::from(size) * (lines.len() as f64 - 1.0) + 0.36 * f64::from(size);
                for line in lines {
                    texts.push((spot((centre.0, baseline)), line.clone(), look));
                    baseline += 1.15 * f64::from(size);
                }
                written.push(&land.area.code);
                break;
            }
        }
    }
}

/// A name of several words as two lines of about the same length; empty for one word.
fn halves(name: &str) -> Vec<String> {
    let parts: Vec<&str> = name.split(' ').collect();
    let splits = (1..parts.len()).map(|at| (parts[..at].join(" "), parts[at..].join(" ")));
    let longest = |pair: &(String, String)| {
        let width = |text: &str| font::width(text, 1000.0, Weight::Regular) as i64;
        width(&pair.0).max(width(&pair.1))
    };
    splits.min_by_key(longest).map_or(Vec::new(), |(first, second)| vec![first, second])
}

/// Towns by rank; returns the dots of those that found room.
fn name_towns(room: &mut Room, texts: &mut Vec<(Spot, String, Type)>, panel: &Panel<'_>) -> Vec<(Spot, i32)> {
    let mut labels: Vec<_> = panel.base.labels.iter().collect();
    labels.sort_by(|a, b| a.rank.cmp(&b.rank).then_with(|| a.name.cmp(&b.name)));
    let mut dots = Vec::new();
    for label in labels {
        let at = spot(panel.frame.place(label.position));
        let point = (f64::from(at.0), f64::from(at.1));
        if !panel.frame.window.holds(point) || room.is_taken(point) {
            continue;
        }
        let radius = if label.rank <= 1 { 12 } else { 9 };
        let look = Type::SMALL.ink(if label.rank <= 1 { INK } else { MUTED });
        // The lower the rank, the more room a name needs around it: the map stays open.
        let limits = match label.rank {
            0 | 1 => Limits { crowding: 0.8, clearance: 0.0 },
            2 => Limits { crowding: 0.4, clearance: 50.0 },
            _ => Limits { crowding: 0.25, clearance: 130.0 },
        };
        if place_beside(room, texts, &label.name, (at, radius), look, limits).is_some() {
            room.take(Window { left: point.0, right: point.0, top: point.1, bottom: point.1 }.grown(14.0));
            dots.push((at, radius));
        }
    }
    dots
}

/// The markers inside a frame.
fn within<'a>(markers: &'a [Marker], frame: &Frame) -> impl Iterator<Item = &'a Marker> {
    markers.iter().filter(|marker| frame.window.holds(frame.place(marker.position)))
}
