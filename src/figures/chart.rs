//! Axes shared by the charts.

use crate::figures::canvas::{Canvas, Type};
use crate::figures::numbers::Ticks;
use crate::figures::theme::{AXIS, GRID, MUTED};

/// From values to positions along one axis.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    pub low: f64,
    pub high: f64,
    /// Position of `low`.
    pub from: i32,
    /// Position of `high`.
    pub to: i32,
    pub spacing: Spacing,
}

/// Whether equal steps are equal differences or equal ratios.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spacing {
    Linear,
    Logarithmic,
}

impl Scale {
    /// The scale of some tick marks.
    pub fn of(ticks: &Ticks, from: i32, to: i32, spacing: Spacing) -> Self {
        Self { low: ticks.low, high: ticks.high, from, to, spacing }
    }

    /// Position of a value; a value off the scale stands at its end.
    pub fn at(&self, value: f64) -> i32 {
        let share = match self.spacing {
            Spacing::Linear => (value - self.low) / (self.high - self.low),
            Spacing::Logarithmic if value <= 0.0 => 0.0,
            Spacing::Logarithmic => (value / self.low).ln() / (self.high / self.low).ln(),
        };
        self.from + (share.clamp(0.0, 1.0) * f64::from(self.to - self.from)).round() as i32
    }
}

/// Upright grid lines with their numbers below, every second number left out where they would touch.
pub(super) fn upright_grid(canvas: &mut Canvas, ticks: &Ticks, scale: &Scale, top: i32, bottom: i32) {
    let look = Type::SMALL.ink(MUTED).middle();
    let widest = ticks.marks.iter().map(|mark| look.width(&mark.1)).max().unwrap_or(0) + 36;
    let gap = (scale.to - scale.from).abs() / i32::try_from(ticks.marks.len().max(2) - 1).unwrap_or(1);
    let every = usize::try_from((widest + gap - 1) / gap.max(1)).unwrap_or(1).max(1);
    canvas.plain(|pen| {
        for (ix, (value, text)) in ticks.marks.iter().enumerate() {
            let x = scale.at(*value);
            pen.line(&[(x, top), (x, bottom)], GRID, 4);
            if ix % every == 0 {
                pen.text((x, bottom + 58), text, look);
            }
        }
        pen.line(&[(scale.from, bottom), (scale.to, bottom)], AXIS, 5);
    });
}

/// Level grid lines with their numbers to the left.
pub(super) fn level_grid(canvas: &mut Canvas, ticks: &Ticks, scale: &Scale, left: i32, right: i32) {
    let look = Type::SMALL.ink(MUTED).end();
    canvas.plain(|pen| {
        for (value, text) in &ticks.marks {
            let y = scale.at(*value);
            pen.line(&[(left, y), (right, y)], GRID, 4);
            pen.text((left - 20, y + 18), text, look);
        }
    });
}

/// Width that the numbers of [`level_grid`] take.
pub(super) fn number_width(ticks: &Ticks) -> i32 {
    ticks.marks.iter().map(|mark| Type::SMALL.width(&mark.1)).max().unwrap_or(0) + 20
}
