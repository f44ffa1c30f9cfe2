//! Values by year, one small panel for each country; a year without a report is a gap, never zero.

use crate::figures::canvas::{Canvas, ROUND, Type};
use crate::figures::chart::{Scale, Spacing, level_grid, number_width};
use crate::figures::legend::{self, Entry, Swatch};
use crate::figures::marks;
use crate::figures::numbers::Ticks;
use crate::figures::sheet::{Sheet, fitted};
use crate::figures::theme::{AXIS, BLUE, INK, LABEL, LEFT, MUTED, RIGHT, SHADE};
use crate::figures::{Evidence, Figure, FigureError, Series, Words, quantity};
use crate::tables::Table;

/// Panels drawn at most.
const PANEL_LIMIT: usize = 12;
const COLUMNS: usize = 3;
const PANEL_HEIGHT: i32 = 520;
/// Ratio of largest to smallest positive value from which the axis is logarithmic.
const LOGARITHMIC_FROM: f64 = 100.0;

/// Reported values over time, one panel a series on a common axis, largest first.
///
/// Years that are `None`, or absent between the first and the last year of any series, are shaded "not reported"; lines
/// join neighbouring reported years only. The axis is logarithmic when the largest value is over 100 times the smallest
/// positive one; reported zeros then stand on its foot. At most 12 panels are drawn.
///
/// # Errors
/// When no value is reported at all, or one is negative or not finite.
pub fn time_series_chart(
    series: &[Series],
    axis_label: &str,
    words: &Words,
    data: &Table,
) -> Result<Figure, FigureError> {
    for one in series {
        for (year, value) in &one.points {
            if let Some(value) = value {
                quantity(&words.id, &format!("`{}` in {year}", one.name), *value)?;
            }
        }
    }
    let most = |one: &Series| one.points.iter().filter_map(|point| point.1).fold(-1.0, f64::max);
    let mut sorted: Vec<&Series> = series.iter().filter(|one| most(one) >= 0.0).collect();
    sorted.sort_by(|a, b| most(b).total_cmp(&most(a)).then_with(|| a.name.cmp(&b.name)));
    sorted.truncate(PANEL_LIMIT);
    let reported = || sorted.iter().flat_map(|one| one.points.iter().filter_map(|point| point.1));
    let years = || sorted.iter().flat_map(|one| one.points.iter().map(|point| point.0));
    let (Some(first), Some(last)) = (years().min(), years().max()) else {
        return Err(FigureError::Empty { figure: words.id.clone(), reason: "nothing was reported".to_owned() });
    };
    let greatest = reported().fold(0.0, f64::max);
    let smallest = reported().filter(|value| *value > 0.0).fold(f64::INFINITY, f64::min);
    let spacing = if smallest.is_finite() && greatest > LOGARITHMIC_FROM * smallest {
        Spacing::Logarithmic
    } else {
        Spacing::Linear
    };
    let ticks = match spacing {
        Spacing::Linear => Ticks::linear(0.0, greatest, 4),
        Spacing::Logarithmic => thinned(Ticks::logarithmic(smallest, greatest)),
    };

    let mut sheet = Sheet::begin(words);
    let mut entries = vec![Entry::new(Swatch::Dot { ink: BLUE, evidence: Evidence::OwnRecords }, "Reported")];
    let has_gap = |one: &&Series| (first..=last).any(|year| value_in(one, year).is_none());
    if sorted.iter().any(has_gap) {
        let swatch = Swatch::Block { ink: SHADE, opacity: 1.0 };
        entries.push(Entry::new(swatch, "Not reported (which is not zero)"));
    }
    let mut top = legend::row(&mut sheet.canvas, sheet.cursor, &entries) + 20;
    let scale_note = if spacing == Spacing::Logarithmic { " (logarithmic scale)" } else { "" };
    let look = Type::SMALL.size(LABEL);
    let axis_text = fitted(&format!("{axis_label}{scale_note}"), RIGHT - LEFT, look);
    sheet.canvas.plain(|pen| pen.text((LEFT, top + 50), &axis_text, look));
    top += 80;

    let column_count = sorted.len().min(COLUMNS);
    let gutter = number_width(&ticks) + 20;
    let cell = (RIGHT - LEFT) / i32::try_from(column_count).unwrap_or(1);
    let mut bottom = top;
    for (ix, one) in sorted.iter().enumerate() {
        let (column, row) = (ix % column_count, ix / column_count);
        let left = LEFT + cell * i32::try_from(column).unwrap_or(0) + gutter;
        let panel_top = top + (PANEL_HEIGHT + 190) * i32::try_from(row).unwrap_or(0);
        let right = left + cell - gutter - 50;
        let panel = Panel { left, right, top: panel_top + 84, bottom: panel_top + 84 + PANEL_HEIGHT, first, last };
        panel.draw(&mut sheet.canvas, one, &ticks, spacing);
        bottom = bottom.max(panel.bottom + 66);
    }
    sheet.cursor = bottom;
    let mut notes = vec!["Seizures are not flow: they also follow effort, luck and reporting.".to_owned()];
    let silent = series.iter().filter(|one| most(one) < 0.0).map(|one| one.name.as_str()).collect::<Vec<_>>();
    if !silent.is_empty() {
        notes.push(format!("No report in any year: {}.", silent.join(", ")));
    }
    let reporting_count = series.len() - silent.len();
    if reporting_count > sorted.len() {
        notes.push(format!("The {} with the largest values, of {reporting_count}, are shown.", sorted.len()));
    }
    sheet.finish(words, &notes, data)
}

/// Every second or third power of ten when there are many.
fn thinned(ticks: Ticks) -> Ticks {
    let every = ticks.marks.len().div_ceil(6).max(1);
    let marks = ticks.marks.into_iter().step_by(every).collect();
    Ticks { marks, ..ticks }
}

fn value_in(series: &Series, year: i32) -> Option<f64> {
    series.points.iter().find(|point| point.0 == year).and_then(|point| point.1)
}

struct Panel {
    left: i32,
    right: i32,
    top: i32,
    bottom: i32,
    first: i32,
    last: i32,
}

impl Panel {
    fn draw(&self, canvas: &mut Canvas, series: &Series, ticks: &Ticks, spacing: Spacing) {
        let (half, count) = self.steps();
        let x = |year: i32| {
            let share = f64::from(2 * (year - self.first) + 1) / f64::from(2 * count);
            self.left + (share * f64::from(self.right - self.left)).round() as i32
        };
        let scale = Scale::of(ticks, self.bottom, self.top, spacing);
        canvas.plain(|pen| {
            let mut gap: Option<(i32, i32)> = None;
            for year in self.first..=self.last + 1 {
                let is_gap = year <= self.last && value_in(series, year).is_none();
                gap = match (gap, is_gap) {
                    (None, true) => Some((year, year)),
                    (Some((from, _)), true) => Some((from, year)),
                    (Some((from, to)), false) => {
                        let (left, right) = (x(from) - half, x(to) + half);
                        pen.block((left.max(self.left), self.top), (right.min(self.right), self.bottom), SHADE);
                        None
                    }
                    (None, false) => None,
                };
            }
        });
        level_grid(canvas, ticks, &scale, self.left, self.right);
        canvas.group(ROUND, |pen| {
            let mut run = Vec::new();
            for year in self.first..=self.last + 1 {
                match value_in(series, year) {
                    Some(value) if year <= self.last => run.push((x(year), scale.at(value))),
                    _ => {
                        if run.len() > 1 {
                            pen.line(&run, BLUE, 9);
                        }
                        run.clear();
                    }
                }
            }
        });
        canvas.plain(|pen| {
            pen.line(&[(self.left, self.bottom), (self.right, self.bottom)], AXIS, 5);
            let heading = Type::SMALL.size(LABEL).bold().ink(INK);
            pen.text((self.left, self.top - 24), &fitted(&series.name, self.right - self.left, heading), heading);
            let radius = if count > 24 { 10 } else { 16 };
            for year in self.first..=self.last {
                if let Some(value) = value_in(series, year) {
                    marks::circle(pen, (x(year), scale.at(value)), radius, BLUE, Evidence::OwnRecords);
                }
            }
            let look = Type::SMALL.ink(MUTED).middle();
            let room = (self.right - self.left) / (look.width("0000") + 30).max(1);
            let every = ((count + room - 1) / room.max(1)).max(1);
            for year in (self.first..=self.last).filter(|year| (year - self.first) % every == 0) {
                pen.text((x(year), self.bottom + 58), &year.to_string(), look);
            }
        });
    }

    /// Half the width of a year, and the number of years.
    fn steps(&self) -> (i32, i32) {
        let count = self.last - self.first + 1;
        let half = f64::from(self.right - self.left) / f64::from(2 * count);
        (half.round() as i32, count)
    }
}
