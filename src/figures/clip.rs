//! Lines and areas cut to a window, thinned, and joined end to end.

use std::collections::BTreeMap;

/// A point on the plane.
pub(super) type Point = (f64, f64);

/// An upright rectangle; `top < bottom` whatever the direction of the axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Window {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

impl Window {
    /// The window with a margin on every side.
    pub fn grown(&self, margin: f64) -> Self {
        Self {
            left: self.left - margin,
            top: self.top - margin,
            right: self.right + margin,
            bottom: self.bottom + margin,
        }
    }

    /// Whether a point lies inside or on the edge.
    pub fn holds(&self, (x, y): Point) -> bool {
        x >= self.left && x <= self.right && y >= self.top && y <= self.bottom
    }

    /// Whether two windows share area.
    pub fn meets(&self, other: &Self) -> bool {
        self.left < other.right && other.left < self.right && self.top < other.bottom && other.top < self.bottom
    }

    /// Whether `other` lies wholly inside.
    pub fn encloses(&self, other: &Self) -> bool {
        other.left >= self.left && other.right <= self.right && other.top >= self.top && other.bottom <= self.bottom
    }
}

/// The part of a ring inside a window (Sutherland & Hodgman 1974); open: the first point is not repeated.
pub(super) fn clip_ring(ring: &[Point], window: &Window) -> Vec<Point> {
    let mut kept = ring.to_vec();
    if kept.len() > 1 && kept.first() == kept.last() {
        kept.pop();
    }
    // Each side as (signed distance inside) of a point.
    let sides: [&dyn Fn(Point) -> f64; 4] =
        [&|p: Point| p.0 - window.left, &|p: Point| window.right - p.0, &|p: Point| p.1 - window.top, &|p: Point| {
            window.bottom - p.1
        }];
    for inside in sides {
        let mut next = Vec::with_capacity(kept.len() + 8);
        let mut previous = kept.last().copied();
        for &point in &kept {
            if let Some(before) = previous {
                let (d0, d1) = (inside(before), inside(point));
                if (d0 >= 0.0) != (d1 >= 0.0) {
                    next.push(between(before, point, d0 / (d0 - d1)));
                }
                if d1 >= 0.0 {
                    next.push(point);
                }
            }
            previous = Some(point);
        }
        kept = next;
    }
    if kept.len() < 3 { Vec::new() } else { kept }
}

fn between(a: Point, b: Point, share: f64) -> Point {
    (a.0 + (b.0 - a.0) * share, a.1 + (b.1 - a.1) * share)
}

/// The pieces of a line inside a window (Liang & Barsky 1984, segment by segment).
pub(super) fn clip_line(line: &[Point], window: &Window) -> Vec<Vec<Point>> {
    let mut pieces: Vec<Vec<Point>> = Vec::new();
    let mut piece: Vec<Point> = Vec::new();
    for pair in line.windows(2) {
        let &[a, b] = pair else { continue };
        let Some((enter, leave)) = inside_part(a, b, window) else {
            finish(&mut pieces, &mut piece);
            continue;
        };
        if piece.is_empty() || enter > 0.0 {
            finish(&mut pieces, &mut piece);
            piece.push(between(a, b, enter));
        }
        piece.push(if leave >= 1.0 { b } else { between(a, b, leave) });
        if leave < 1.0 {
            finish(&mut pieces, &mut piece);
        }
    }
    finish(&mut pieces, &mut piece);
    pieces
}

fn finish(pieces: &mut Vec<Vec<Point>>, piece: &mut Vec<Point>) {
    if piece.len() > 1 {
        pieces.push(std::mem::take(piece));
    }
    piece.clear();
}

fn inside_part(a: Point, b: Point, window: &Window) -> Option<(f64, f64)> {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
    let sides =
        [(-dx, a.0 - window.left), (dx, window.right - a.0), (-dy, a.1 - window.top), (dy, window.bottom - a.1)];
    for (speed, room) in sides {
        if speed == 0.0 {
            if room < 0.0 {
                return None;
            }
        } else if speed < 0.0 {
            enter = enter.max(room / speed);
        } else {
            leave = leave.min(room / speed);
        }
    }
    (enter <= leave).then_some((enter, leave))
}

/// The line with points left out that lie within `tolerance` of it (Douglas & Peucker 1973); ends are kept.
pub(super) fn thin(line: &[Point], tolerance: f64) -> Vec<Point> {
    if line.len() < 3 {
        return line.to_vec();
    }
    let mut is_kept = vec![false; line.len()];
    let mut open = vec![(0, line.len() - 1)];
    is_kept[0] = true;
    is_kept[line.len() - 1] = true;
    while let Some((first, last)) = open.pop() {
        let mut farthest = (0, tolerance);
        for ix in first + 1..last {
            let away = distance_to(line[ix], line[first], line[last]);
            if away > farthest.1 {
                farthest = (ix, away);
            }
        }
        if farthest.0 > 0 {
            is_kept[farthest.0] = true;
            open.push((first, farthest.0));
            open.push((farthest.0, last));
        }
    }
    line.iter().zip(&is_kept).filter(|(_, kept)| **kept).map(|(point, _)| *point).collect()
}

/// Distance from a point to a segment.
pub(super) fn distance_to(p: Point, a: Point, b: Point) -> f64 {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let square = dx * dx + dy * dy;
    let share = if square == 0.0 { 0.0 } else { (((p.0 - a.0) * dx + (p.1 - a.1) * dy) / square).clamp(0.0, 1.0) };
    (p.0 - a.0 - share * dx).hypot(p.1 - a.1 - share * dy)
}

/// Whole units, equal neighbours once.
pub(super) fn to_spots(line: &[Point]) -> Vec<(i32, i32)> {
    let mut spots: Vec<(i32, i32)> = line.iter().map(|p| (p.0.round() as i32, p.1.round() as i32)).collect();
    spots.dedup();
    spots
}

/// Lines joined end to end wherever exactly two ends meet, in the order of their first member.
pub(super) fn join(lines: Vec<Vec<Point>>) -> Vec<Vec<Point>> {
    let key = |p: Point| ((p.0 * 1e5).round() as i64, (p.1 * 1e5).round() as i64);
    let lines: Vec<Vec<Point>> = lines.into_iter().filter(|line| line.len() > 1).collect();
    let mut ends: BTreeMap<(i64, i64), Vec<usize>> = BTreeMap::new();
    for (ix, line) in lines.iter().enumerate() {
        for end in [line.first(), line.last()].into_iter().flatten() {
            ends.entry(key(*end)).or_default().push(ix);
        }
    }
    let mut is_used = vec![false; lines.len()];
    let mut chains = Vec::new();
    for start in 0..lines.len() {
        if is_used[start] {
            continue;
        }
        is_used[start] = true;
        let mut chain = lines[start].clone();
        for _ in 0..2 {
            // Grow at the end, then turn round and grow at the other end.
            while let Some(&tip) = chain.last() {
                let meeting = ends.get(&key(tip)).map_or(&[][..], Vec::as_slice);
                let next = meeting.iter().copied().find(|&ix| !is_used[ix]).filter(|_| meeting.len() == 2);
                let Some(next) = next else { break };
                is_used[next] = true;
                if lines[next].first().is_some_and(|p| key(*p) == key(tip)) {
                    chain.extend_from_slice(&lines[next][1..]);
                } else {
                    chain.extend(lines[next].iter().rev().skip(1));
                }
            }
            chain.reverse();
        }
        chains.push(chain);
    }
    chains
}
