//! Borders and coasts as lines, each drawn once: shared edges are told from the areas' common vertices.

use crate::figures::clip::{Point, Window, clip_line, thin, to_spots};
use crate::figures::projection::Frame;
use crate::figures::{Area, Basemap};
use crate::geodesy::LonLat;
use std::collections::{BTreeMap, BTreeSet};

/// Side of the cells in which borders along disputed lines are recognised: 0.4 mm.
const CELL: f64 = 8.0;
/// Lines are thinned to this, 0.06 mm.
const TOLERANCE: f64 = 1.2;

type Vertex = (i64, i64);

/// A vertex in steps of 1e-5 degree.
fn vertex(lon: f64, lat: f64) -> Vertex {
    ((lon * 1e5).round() as i64, (lat * 1e5).round() as i64)
}

/// The rings of an area, outer and inner.
fn rings(area: &Area) -> impl Iterator<Item = Vec<Point>> {
    area.polygons
        .iter()
        .flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()))
        .map(|ring| ring.coords().map(|c| (c.x, c.y)).collect())
}

/// Degrees covered by the areas of a basemap; `None` when it holds none.
pub(super) fn coverage(base: &Basemap) -> Option<Window> {
    let mut window: Option<Window> = None;
    for (x, y) in base.countries.iter().flat_map(rings).flatten() {
        let grown = window.get_or_insert(Window { left: x, right: x, top: y, bottom: y });
        grown.left = grown.left.min(x);
        grown.right = grown.right.max(x);
        grown.top = grown.top.min(y);
        grown.bottom = grown.bottom.max(y);
    }
    window
}

/// Which lines between areas are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Division {
    /// Lines between areas of different countries.
    Countries,
    /// Lines between any two areas.
    Areas,
}

/// What is known of an edge between two vertices.
struct Edge<'a> {
    code: &'a str,
    is_within_country: bool,
    is_drawn: bool,
}

/// The outlines of `areas` on the page, without edges inside one country, along `disputed` lines or along the edge of
/// the basemap itself.
pub(super) fn outlines(
    areas: &[Area],
    division: Division,
    disputed: &[Vec<LonLat>],
    frame: &Frame,
    covered: &Window,
) -> Vec<Vec<(i32, i32)>> {
    let cut = frame.cut();
    let is_near = |p: Point| cut.holds(p);
    let mut edges: BTreeMap<(Vertex, Vertex), Edge<'_>> = BTreeMap::new();
    let key = |a: Point, b: Point| {
        let (a, b) = (vertex(a.0, a.1), vertex(b.0, b.1));
        if a < b { (a, b) } else { (b, a) }
    };
    for area in areas {
        for ring in rings(area) {
            for pair in ring.windows(2) {
                let &[a, b] = pair else { continue };
                if a == b || !is_near(a) || !is_near(b) {
                    continue;
                }
                let is_rim = (a.0 == b.0 && (a.0 == covered.left || a.0 == covered.right))
                    || (a.1 == b.1 && (a.1 == covered.top || a.1 == covered.bottom));
                edges
                    .entry(key(a, b))
                    .and_modify(|edge| {
                        edge.is_within_country |= division == Division::Countries && edge.code == area.code
                    })
                    .or_insert(Edge { code: &area.code, is_within_country: false, is_drawn: is_rim });
            }
        }
    }
    let dashed = cells_along(disputed, frame);
    let mut runs: Vec<Vec<Point>> = Vec::new();
    for area in areas {
        for ring in rings(area) {
            let mut run: Vec<Point> = Vec::new();
            for pair in ring.windows(2) {
                let &[a, b] = pair else { continue };
                let is_wanted = edges.get_mut(&key(a, b)).is_some_and(|edge| {
                    let is_free = !edge.is_within_country && !edge.is_drawn;
                    edge.is_drawn = true;
                    is_free
                });
                if !is_wanted {
                    finish(&mut runs, &mut run);
                    continue;
                }
                let (from, to) = (place(frame, a), place(frame, b));
                if is_along(&dashed, from, to) {
                    finish(&mut runs, &mut run);
                    continue;
                }
                if run.is_empty() {
                    run.push(from);
                }
                run.push(to);
            }
            finish(&mut runs, &mut run);
        }
    }
    on_page(&runs, frame)
}

fn place(frame: &Frame, (lon, lat): Point) -> Point {
    frame.place(LonLat { lon, lat })
}

fn finish(runs: &mut Vec<Vec<Point>>, run: &mut Vec<Point>) {
    if run.len() > 1 {
        runs.push(std::mem::take(run));
    }
    run.clear();
}

/// Lines on the plane cut to the frame and thinned.
pub(super) fn on_page(lines: &[Vec<Point>], frame: &Frame) -> Vec<Vec<(i32, i32)>> {
    let window = frame.window;
    let pieces = lines.iter().flat_map(|line| clip_line(line, &window));
    pieces.map(|piece| to_spots(&thin(&piece, TOLERANCE))).filter(|spots| spots.len() > 1).collect()
}

/// Positions projected onto the page, those far from the map's extent left out with the line broken there.
pub(super) fn projected(line: &[LonLat], frame: &Frame) -> Vec<Vec<Point>> {
    let degrees: Vec<Point> = line.iter().map(|p| (p.lon, p.lat)).collect();
    let pieces = clip_line(&degrees, &frame.cut());
    pieces.iter().map(|piece| piece.iter().map(|p| place(frame, *p)).collect()).collect()
}

fn cell((x, y): Point) -> (i32, i32) {
    ((x / CELL).floor() as i32, (y / CELL).floor() as i32)
}

/// Cells that disputed lines pass through, and their neighbours.
fn cells_along(lines: &[Vec<LonLat>], frame: &Frame) -> BTreeSet<(i32, i32)> {
    let window = frame.window.grown(CELL);
    let mut cells = BTreeSet::new();
    for line in lines.iter().flat_map(|line| projected(line, frame)).flat_map(|line| clip_line(&line, &window)) {
        for pair in line.windows(2) {
            let &[a, b] = pair else { continue };
            let steps = ((b.0 - a.0).hypot(b.1 - a.1) / (CELL / 2.0)).ceil().clamp(1.0, 4000.0) as i32;
            for step in 0..=steps {
                let share = f64::from(step) / f64::from(steps);
                let (x, y) = cell((a.0 + (b.0 - a.0) * share, a.1 + (b.1 - a.1) * share));
                for (dx, dy) in [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)] {
                    cells.insert((x + dx, y + dy));
                }
            }
        }
    }
    cells
}

fn is_along(cells: &BTreeSet<(i32, i32)>, a: Point, b: Point) -> bool {
    let middle = ((a.0 + b.0) / 2.0, (a.1 + b.1) / 2.0);
    !cells.is_empty() && [a, middle, b].iter().all(|p| cells.contains(&cell(*p)))
}
