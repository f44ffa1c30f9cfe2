//! Names on a map without overlap: greedy placement in eight positions, most important first; what finds no room is
//! left out rather than drawn over something else.

use crate::figures::basemap::Land;
use crate::figures::clip::{Point, Window};
use crate::figures::flows::{Classes, Stroke};

/// Side of a cell: 1 mm.
const CELL: f64 = 20.0;

/// Sums over the cells of a grid, so that the content of any rectangle costs four look-ups.
struct Sums {
    columns: usize,
    sums: Vec<u32>,
}

impl Sums {
    fn of(columns: usize, rows: usize, is_set: impl Fn(usize, usize) -> bool) -> Self {
        let stride = columns + 1;
        let mut sums = vec![0_u32; stride * (rows + 1)];
        for row in 0..rows {
            let mut run = 0;
            for column in 0..columns {
                run += u32::from(is_set(column, row));
                sums[(row + 1) * stride + column + 1] = sums[row * stride + column + 1] + run;
            }
        }
        Self { columns, sums }
    }

    /// Cells set in the rectangle, ends excluded.
    fn count(&self, columns: (usize, usize), rows: (usize, usize)) -> u32 {
        let at = |column: usize, row: usize| self.sums.get(row * (self.columns + 1) + column).copied().unwrap_or(0);
        (at(columns.1, rows.1) + at(columns.0, rows.0)) - (at(columns.0, rows.1) + at(columns.1, rows.0))
    }
}

/// How much a name may cover, and how far it keeps from others.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Share of its box that flow lines may cover.
    pub crowding: f64,
    /// Units around it without another name or sign.
    pub clearance: f64,
}

/// What is taken on a map.
pub(super) struct Room {
    window: Window,
    columns: usize,
    rows: usize,
    flows: Sums,
    taken: Vec<Window>,
}

impl Room {
    /// The map's frame with its flow lines.
    pub fn new(window: Window, strokes: &[Stroke], classes: &Classes) -> Self {
        let columns = ((window.right - window.left) / CELL).ceil().max(1.0) as usize;
        let rows = ((window.bottom - window.top) / CELL).ceil().max(1.0) as usize;
        let mut is_flow = vec![false; columns * rows];
        for stroke in strokes {
            let half = f64::from(classes.width(stroke.class_ix)) / 2.0 + 4.0;
            for pair in stroke.spots.windows(2) {
                let &[a, b] = pair else { continue };
                let (dx, dy) = (f64::from(b.0 - a.0), f64::from(b.1 - a.1));
                let steps = (dx.hypot(dy) / (CELL / 2.0)).ceil().max(1.0) as i32;
                for step in 0..=steps {
                    let share = f64::from(step) / f64::from(steps);
                    let (x, y) = (f64::from(a.0) + dx * share - window.left, f64::from(a.1) + dy * share - window.top);
                    let span = |low: f64, high: f64, count: usize| {
                        let first = (low / CELL).floor().max(0.0) as usize;
                        let last = (high / CELL).floor().max(0.0) as usize;
                        first..=last.min(count - 1)
                    };
                    for row in span(y - half, y + half, rows) {
                        for column in span(x - half, x + half, columns) {
                            is_flow[row * columns + column] = true;
                        }
                    }
                }
            }
        }
        let flows = Sums::of(columns, rows, |column, row| is_flow[row * columns + column]);
        Self { window, columns, rows, flows, taken: Vec::new() }
    }

    /// Keeps a rectangle free of names.
    pub fn take(&mut self, window: Window) {
        self.taken.push(window);
    }

    fn cells(&self, box_: &Window) -> ((usize, usize), (usize, usize)) {
        let span = |low: f64, high: f64, count: usize| {
            let first = (low / CELL).floor().max(0.0) as usize;
            let last = (high / CELL).ceil().max(0.0) as usize;
            (first.min(count), last.min(count))
        };
        (
            span(box_.left - self.window.left, box_.right - self.window.left, self.columns),
            span(box_.top - self.window.top, box_.bottom - self.window.top, self.rows),
        )
    }

    /// Share of a rectangle that flow lines cover.
    fn crowding(&self, box_: &Window) -> f64 {
        let (columns, rows) = self.cells(box_);
        let all = (columns.1 - columns.0) * (rows.1 - rows.0);
        if all == 0 { 1.0 } else { f64::from(self.flows.count(columns, rows)) / all as f64 }
    }

    /// Whether a rectangle lies inside the frame with nothing else within `clearance` of it.
    fn is_free(&self, box_: &Window, clearance: f64) -> bool {
        let wide = box_.grown(clearance);
        self.window.grown(-8.0).encloses(box_) && self.taken.iter().all(|other| !other.meets(&wide))
    }

    /// Whether a sign at a point would touch a name or another sign.
    pub fn is_taken(&self, at: Point) -> bool {
        self.taken.iter().any(|other| other.holds(at))
    }

    /// The rectangles taken.
    pub fn taken(&self) -> &[Window] {
        &self.taken
    }

    /// Finds room for a text of the given size around a sign, in the position with the least flow below it, within
    /// `limits`; takes it and returns the left end of its baseline.
    pub fn beside(&mut self, at: Point, radius: f64, size: (f64, f64), limits: Limits) -> Option<Point> {
        let ((x, y), (wide, high)) = (at, size);
        // the sign itself takes nine tenths of its radius to each side
        let (near, slant) = (radius + 12.0, (radius * 0.7 + 6.0).max(radius * 0.9 + 1.0));
        // Right, upper right, lower right, left, upper left, lower left, above, below (Imhof 1975 prefers the right).
        let corners = [
            (x + near, y - high / 2.0),
            (x + slant, y - slant - high),
            (x + slant, y + slant),
            (x - near - wide, y - high / 2.0),
            (x - slant - wide, y - slant - high),
            (x - slant - wide, y + slant),
            (x - wide / 2.0, y - near - high),
            (x - wide / 2.0, y + near),
        ];
        let mut best: Option<(f64, Window)> = None;
        for (preference, (left, top)) in corners.into_iter().enumerate() {
            let box_ = Window { left, top, right: left + wide, bottom: top + high };
            let crowding = self.crowding(&box_);
            let cost = crowding + 0.03 * preference as f64;
            if self.is_free(&box_, limits.clearance)
                && crowding <= limits.crowding
                && best.is_none_or(|found| cost < found.0)
            {
                best = Some((cost, box_));
            }
        }
        let (_, box_) = best?;
        self.take(box_.grown(4.0));
        // The baseline lies a quarter of the box above its foot.
        Some((box_.left, box_.bottom - high * 0.24))
    }

    /// Finds room inside a country for a text of the given size; takes it and returns the centre of the box.
    pub fn inside(&mut self, land: &LandCells, size: (f64, f64)) -> Option<Point> {
        let columns = (size.0 / CELL).ceil() as usize;
        let rows = (size.1 / CELL).ceil() as usize;
        let mut best: Option<(f64, Window)> = None;
        for row in 0..self.rows.saturating_sub(rows) {
            for column in 0..self.columns.saturating_sub(columns) {
                let inside = land.sums.count((column, column + columns), (row, row + rows));
                let share = f64::from(inside) / (columns * rows) as f64;
                if share < 0.85 {
                    continue;
                }
                let left = self.window.left + CELL * column as f64;
                let top = self.window.top + CELL * row as f64;
                let box_ = Window { left, top, right: left + size.0, bottom: top + size.1 };
                let centre = ((box_.left + box_.right) / 2.0, (box_.top + box_.bottom) / 2.0);
                let away = (centre.0 - land.centre.0).hypot(centre.1 - land.centre.1) / land.reach;
                // Keep clear of borders: what counts is land in a wider box too.
                let margin = 2;
                let wide = land.sums.count(
                    (column.saturating_sub(margin), (column + columns + margin).min(self.columns)),
                    (row.saturating_sub(margin), (row + rows + margin).min(self.rows)),
                );
                let wide = f64::from(wide) / ((columns + 2 * margin) * (rows + 2 * margin)) as f64;
                let cost = 5.0 * self.crowding(&box_) + 2.5 * away * away + 2.0 * (1.0 - share) + (1.0 - wide);
                if best.is_none_or(|found| cost < found.0) && self.is_free(&box_, 0.0) {
                    best = Some((cost, box_));
                }
            }
        }
        let (_, box_) = best?;
        self.take(box_.grown(6.0));
        Some(((box_.left + box_.right) / 2.0, (box_.top + box_.bottom) / 2.0))
    }

    /// The cells of a country's visible land; `None` when it covers none.
    pub fn cells_of(&self, land: &Land<'_>) -> Option<LandCells> {
        let mut is_land = vec![false; self.columns * self.rows];
        for ring in &land.rings {
            for row in 0..self.rows {
                let y = self.window.top + CELL * (row as f64 + 0.5);
                let mut crossings: Vec<f64> = Vec::new();
                for (a, b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
                    if (a.1 > y) != (b.1 > y) {
                        crossings.push(a.0 + (b.0 - a.0) * (y - a.1) / (b.1 - a.1));
                    }
                }
                crossings.sort_by(f64::total_cmp);
                for pair in crossings.chunks_exact(2) {
                    let first = ((pair[0] - self.window.left) / CELL - 0.5).ceil().max(0.0) as usize;
                    let last = ((pair[1] - self.window.left) / CELL - 0.5).floor();
                    for column in first..self.columns {
                        if column as f64 > last {
                            break;
                        }
                        is_land[row * self.columns + column] = true;
                    }
                }
            }
        }
        let cells = || is_land.iter().enumerate().filter(|(_, land)| **land).map(|(ix, _)| ix);
        let count = cells().count();
        if count == 0 {
            return None;
        }
        let (mut x, mut y) = (0.0, 0.0);
        for ix in cells() {
            x += (ix % self.columns) as f64 + 0.5;
            y += (ix / self.columns) as f64 + 0.5;
        }
        let centre = (self.window.left + CELL * x / count as f64, self.window.top + CELL * y / count as f64);
        let sums = Sums::of(self.columns, self.rows, |column, row| is_land[row * self.columns + column]);
        Some(LandCells { sums, count, centre, reach: CELL * (count as f64).sqrt() })
    }
}

/// The visible land of a country in cells.
pub(super) struct LandCells {
    sums: Sums,
    /// Visible cells, about mm2.
    pub count: usize,
    centre: Point,
    reach: f64,
}
