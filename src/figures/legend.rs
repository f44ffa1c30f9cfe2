//! Legends: swatches with their meaning, in a wrapping row or in a column.

use crate::figures::canvas::{Canvas, ROUND, Type};
use crate::figures::marks;
use crate::figures::sheet::fitted;
use crate::figures::theme::{LEFT, RIGHT};
use crate::figures::{Evidence, MarkerKind};
use plotters::style::RGBColor;

/// Height of a legend line.
pub(super) const LINE_HEIGHT: i32 = 76;
/// Height of the heading of a column.
pub(super) const HEADING: i32 = 66;
/// Width of a swatch.
const SWATCH: i32 = 110;
/// Space between a swatch and its text.
const SPACE: i32 = 24;
/// Space between entries in a row.
const GAP: i32 = 70;

/// What stands before the text of an entry.
#[derive(Clone, Copy, Debug)]
pub(super) enum Swatch {
    /// A line with the group attributes of its dashes.
    Line { ink: RGBColor, width: u32, dash: &'static str },
    /// A point estimate.
    Dot { ink: RGBColor, evidence: Evidence },
    /// A published figure.
    Diamond { ink: RGBColor },
    /// An upright bar.
    Bar { ink: RGBColor },
    /// An interval.
    Whisker { ink: RGBColor },
    /// A shaded area.
    Block { ink: RGBColor, opacity: f64 },
    /// A sign of a map, with its radius.
    Mark { kind: MarkerKind, evidence: Evidence, radius: i32 },
}

/// An entry of a legend.
pub(super) struct Entry {
    pub swatch: Swatch,
    pub text: String,
}

impl Entry {
    pub fn new(swatch: Swatch, text: impl Into<String>) -> Self {
        Self { swatch, text: text.into() }
    }

    /// Width of the entry at most, in units.
    pub fn width(&self) -> i32 {
        SWATCH + SPACE + Type::SMALL.width(&self.text)
    }

    /// Draws the entry in a space `limit` wide; `middle` is the height of its middle line.
    pub fn draw(&self, canvas: &mut Canvas, left: i32, middle: i32, limit: i32) {
        let centre = (left + SWATCH / 2, middle);
        match self.swatch {
            Swatch::Line { ink, width, dash } => {
                canvas.group(dash, |pen| pen.line(&[(left, middle), (left + SWATCH, middle)], ink, width));
            }
            Swatch::Dot { ink, evidence } => canvas.plain(|pen| marks::circle(pen, centre, 19, ink, evidence)),
            Swatch::Diamond { ink } => canvas.plain(|pen| marks::diamond(pen, centre, 20, ink)),
            Swatch::Bar { ink } => canvas.plain(|pen| marks::bar(pen, centre, 26, ink)),
            Swatch::Whisker { ink } => canvas.group(ROUND, |pen| {
                pen.line(&[(left + 8, middle), (left + SWATCH - 8, middle)], ink, 7);
            }),
            Swatch::Block { ink, opacity } => canvas.plain(|pen| {
                let (top, bottom, right) = (middle - 22, middle + 22, left + SWATCH);
                pen.veil(&[(left, top), (right, top), (right, bottom), (left, bottom)], ink, opacity);
            }),
            Swatch::Mark { kind, evidence, radius } => {
                canvas.plain(|pen| marks::draw(pen, kind, evidence, centre, radius));
            }
        }
        let text = fitted(&self.text, limit - SWATCH - SPACE, Type::SMALL);
        canvas.plain(|pen| pen.text((left + SWATCH + SPACE, middle + 18), &text, Type::SMALL));
    }
}

/// Draws entries side by side, wrapping within the page; returns where the next thing starts.
pub(super) fn row(canvas: &mut Canvas, top: i32, entries: &[Entry]) -> i32 {
    let (mut x, mut middle) = (LEFT, top + LINE_HEIGHT / 2);
    for entry in entries {
        if x > LEFT && x + entry.width() > RIGHT {
            x = LEFT;
            middle += LINE_HEIGHT;
        }
        entry.draw(canvas, x, middle, RIGHT - x);
        x += entry.width() + GAP;
    }
    if entries.is_empty() { top } else { middle + LINE_HEIGHT / 2 }
}

/// Draws a heading and entries below each other in a column; returns where the next thing starts.
pub(super) fn column(canvas: &mut Canvas, at: (i32, i32), limit: i32, heading: &str, entries: &[Entry]) -> i32 {
    let look = Type::SMALL.bold();
    let heading = fitted(heading, limit, look);
    canvas.plain(|pen| pen.text((at.0, at.1 + 50), &heading, look));
    let mut top = at.1 + if heading.is_empty() { 0 } else { HEADING };
    for entry in entries {
        entry.draw(canvas, at.0, top + LINE_HEIGHT / 2, limit);
        top += LINE_HEIGHT;
    }
    top
}
