//! Returns curve: what each further office adds, with the proven bound and the greedy plan beside it.

use crate::figures::canvas::{DASHED, ROUND, Spot, Type};
use crate::figures::chart::{Scale, Spacing, level_grid, number_width, upright_grid};
use crate::figures::legend::{self, Entry, Swatch};
use crate::figures::marks;
use crate::figures::numbers::{Ticks, fixed};
use crate::figures::sheet::{Sheet, fitted};
use crate::figures::theme::{AXIS, BLUE, LABEL, LEFT, RIGHT, VERMILLION};
use crate::figures::{CurvePoint, Evidence, Figure, FigureError, Words, finite};
use crate::tables::Table;

const HEIGHT: i32 = 1500;
/// Numbers written below the axis at most.
const NUMBER_LIMIT: i64 = 12;

/// The objective of the best plan found for each budget, the gap up to the proven bound shaded, the greedy plan beside.
///
/// Works for objectives to be raised (bound above) and lowered (bound below) alike.
///
/// # Errors
/// When there is no point, or a number is not finite.
pub fn curve_chart(
    points: &[CurvePoint],
    x_label: &str,
    y_label: &str,
    words: &Words,
    data: &Table,
) -> Result<Figure, FigureError> {
    for point in points {
        for (name, value) in [("value", point.value), ("bound", point.bound)] {
            finite(&words.id, &format!("{name} at {}", point.x), value)?;
        }
        finite(&words.id, &format!("greedy at {}", point.x), point.greedy.unwrap_or(0.0))?;
    }
    let mut sorted: Vec<&CurvePoint> = points.iter().collect();
    sorted.sort_by_key(|point| point.x);
    let (Some(first), Some(last)) = (sorted.first().map(|point| point.x), sorted.last().map(|point| point.x)) else {
        return Err(FigureError::Empty { figure: words.id.clone(), reason: "the curve has no point".to_owned() });
    };
    let has_greedy = sorted.iter().any(|point| point.greedy.is_some());
    // A greedy plan as good as the best would lie hidden under it.
    let is_greedy_apart = sorted.iter().any(|point| point.greedy.is_some_and(|greedy| is_apart(greedy, point.value)));
    let has_gap = sorted.iter().any(|point| is_open(point));

    let mut sheet = Sheet::begin(words);
    let found = Swatch::Dot { ink: BLUE, evidence: Evidence::OwnRecords };
    let mut entries = vec![Entry::new(found, "Best plan found")];
    if has_gap {
        entries.push(Entry::new(
            Swatch::Line { ink: BLUE, width: 6, dash: DASHED },
            "Proven bound: no plan can do better",
        ));
        entries.push(Entry::new(Swatch::Block { ink: BLUE, opacity: 0.16 }, "The best possible lies in between"));
    } else {
        entries[0].text.push_str(", proven to be the best");
    }
    if is_greedy_apart {
        entries.push(Entry::new(Swatch::Diamond { ink: VERMILLION }, "Greedy: one site at a time"));
    }
    let legend_bottom = legend::row(&mut sheet.canvas, sheet.cursor, &entries) + 20;
    let look = Type::SMALL.size(LABEL);
    let y_text = fitted(y_label, RIGHT - LEFT, look);
    sheet.canvas.plain(|pen| pen.text((LEFT, legend_bottom + 50), &y_text, look));
    let top = legend_bottom + 96;
    let bottom = top + HEIGHT;

    let numbers = || sorted.iter().flat_map(|point| [Some(point.value), Some(point.bound), point.greedy]).flatten();
    let (low, high) = (numbers().fold(f64::INFINITY, f64::min), numbers().fold(f64::NEG_INFINITY, f64::max));
    // From zero unless the whole curve lies far from it.
    let is_far = low > 0.0 && (high - low) < 0.2 * high;
    let y_ticks = Ticks::linear(if is_far { low } else { low.min(0.0) }, high.max(0.0), 6);
    let left = LEFT + number_width(&y_ticks) + 10;
    let right = RIGHT - 40;
    let y = Scale::of(&y_ticks, bottom, top, Spacing::Linear);
    let span = (last - first).max(1);
    let step = (span + NUMBER_LIMIT - 1) / NUMBER_LIMIT;
    let marks_at = (first..=last).step_by(usize::try_from(step).unwrap_or(1));
    let x_ticks = Ticks {
        low: first as f64 - 0.4,
        high: last as f64 + 0.4,
        marks: marks_at.map(|value| (value as f64, fixed(value as f64, 0))).collect(),
    };
    let x = Scale::of(&x_ticks, left, right, Spacing::Linear);
    let line = |value: &dyn Fn(&CurvePoint) -> f64| -> Vec<Spot> {
        sorted.iter().map(|point| (x.at(point.x as f64), y.at(value(point)))).collect()
    };
    let (values, bounds) = (line(&|point| point.value), line(&|point| point.bound));

    level_grid(&mut sheet.canvas, &y_ticks, &y, left, right);
    upright_grid(&mut sheet.canvas, &x_ticks, &x, bottom - 14, bottom);
    if has_gap {
        let band: Vec<Spot> = values.iter().copied().chain(bounds.iter().rev().copied()).collect();
        sheet.canvas.plain(|pen| pen.veil(&band, BLUE, 0.16));
        sheet.canvas.group(&format!("{DASHED} stroke-linejoin=\"round\""), |pen| pen.line(&bounds, BLUE, 6));
    }
    let greedy: Vec<Spot> = sorted
        .iter()
        .filter(|_| is_greedy_apart)
        .filter_map(|point| point.greedy.map(|value| (x.at(point.x as f64), y.at(value))))
        .collect();
    sheet.canvas.group(ROUND, |pen| {
        if greedy.len() > 1 {
            pen.line(&greedy, VERMILLION, 6);
        }
        if values.len() > 1 {
            pen.line(&values, BLUE, 11);
        }
    });
    sheet.canvas.plain(|pen| {
        if y_ticks.low < 0.0 {
            pen.line(&[(left, y.at(0.0)), (right, y.at(0.0))], AXIS, 5);
        }
        for spot in &greedy {
            marks::diamond(pen, *spot, 16, VERMILLION);
        }
        for spot in &values {
            marks::circle(pen, *spot, 18, BLUE, Evidence::OwnRecords);
        }
        pen.text(((left + right) / 2, bottom + 128), &fitted(x_label, right - left, look), look.middle());
    });
    sheet.cursor = bottom + 136;
    let mut notes = Vec::new();
    if has_greedy && !is_greedy_apart {
        notes.push("The greedy rule, one site at a time, gives the same values.".to_owned());
    }
    if is_far {
        notes.push("The upright axis does not start at zero.".to_owned());
    }
    sheet.finish(words, &notes, data)
}

/// Whether the bound and the plan differ by more than a millionth.
fn is_open(point: &CurvePoint) -> bool {
    is_apart(point.bound, point.value)
}

fn is_apart(a: f64, b: f64) -> bool {
    (a - b).abs() > 1e-6 * a.abs().max(b.abs()).max(1e-12)
}
