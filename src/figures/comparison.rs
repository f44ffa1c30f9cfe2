//! Scenarios against the baseline: one panel a measure, one row a scenario.

use crate::figures::canvas::{Canvas, ROUND, Type};
use crate::figures::chart::{Scale, Spacing, upright_grid};
use crate::figures::font::{Weight, wrap};
use crate::figures::legend::{self, Entry, Swatch};
use crate::figures::marks;
use crate::figures::numbers::{Ticks, brief, fixed};
use crate::figures::sheet::{Sheet, widest};
use crate::figures::theme::{AXIS, BLUE, INK, LABEL, LEFT, MUTED, RIGHT, STRIPE};
use crate::figures::{ComparisonRow, Evidence, Figure, FigureError, Words, finite, font};
use crate::tables::Table;
use plotters::style::RGBColor;

const COLUMNS: usize = 3;
/// Height of a row whose name takes one line, and two.
const ROW_HEIGHTS: [i32; 2] = [92, 132];

/// Each scenario's value as a dot joined to the baseline, with its interval and its change in per cent; a panel for
/// each measure, scenarios in the order given.
///
/// # Errors
/// When there is no row, or a number is not finite.
pub fn comparison_chart(rows: &[ComparisonRow], words: &Words, data: &Table) -> Result<Figure, FigureError> {
    for row in rows {
        let (low, high) = (row.low.unwrap_or(row.value), row.high.unwrap_or(row.value));
        for (end, value) in [("value", row.value), ("baseline", row.baseline), ("low", low), ("high", high)] {
            finite(&words.id, &format!("{end} of `{}` in `{}`", row.measure, row.scenario), value)?;
        }
    }
    let scenarios = distinct(rows.iter().map(|row| row.scenario.as_str()));
    let measures = distinct(rows.iter().map(|row| row.measure.as_str()));
    if rows.is_empty() {
        return Err(FigureError::Empty { figure: words.id.clone(), reason: "no scenario to compare".to_owned() });
    }
    let mut sheet = Sheet::begin(words);
    let more = Swatch::Dot { ink: ORANGE_DARK, evidence: Evidence::OwnRecords };
    let less = Swatch::Dot { ink: BLUE, evidence: Evidence::OwnRecords };
    let mut entries = vec![Entry::new(more, "More than the baseline"), Entry::new(less, "Less than the baseline")];
    entries.push(Entry::new(Swatch::Line { ink: INK, width: 8, dash: "" }, "Baseline (upright line)"));
    if rows.iter().any(|row| row.low.is_some() && row.high.is_some()) {
        entries.push(Entry::new(Swatch::Block { ink: AXIS, opacity: 0.35 }, "Interval"));
    }
    let mut top = legend::row(&mut sheet.canvas, sheet.cursor, &entries) + 20;

    let look = Type::SMALL.size(LABEL);
    // Four measures stand two by two.
    let column_count = if measures.len() == 4 { 2 } else { measures.len().min(COLUMNS) };
    let label_width = widest(scenarios.iter().copied(), look.size, look.weight).min(1080);
    let names: Vec<Vec<String>> = scenarios
        .iter()
        .map(|name| wrap(&font::clean(name), f64::from(label_width), f64::from(look.size), look.weight, 2))
        .collect();
    let row_height = ROW_HEIGHTS[usize::from(names.iter().any(|lines| lines.len() > 1))];
    let panels_left = LEFT + label_width + 40;
    let cell = (RIGHT - panels_left) / i32::try_from(column_count).unwrap_or(1);
    let band_height = row_height * i32::try_from(scenarios.len()).unwrap_or(0);
    for chunk in measures.chunks(column_count) {
        let bold = Type::SMALL.bold();
        let headings: Vec<Vec<String>> = chunk
            .iter()
            .map(|measure| wrap(&font::clean(measure), f64::from(cell - 60), f64::from(bold.size), Weight::Bold, 3))
            .collect();
        let heading_lines = i32::try_from(headings.iter().map(Vec::len).max().unwrap_or(1)).unwrap_or(1);
        let panel_top = top + heading_lines * 64 + 20;
        let bottom = panel_top + band_height;
        sheet.canvas.plain(|pen| {
            let mut y = panel_top;
            let stripe_right = panels_left + cell * i32::try_from(chunk.len()).unwrap_or(1) - 30;
            for (ix, name) in names.iter().enumerate() {
                if ix % 2 == 0 {
                    pen.block((LEFT, y), (stripe_right, y + row_height), STRIPE);
                }
                let mut baseline = y + row_height / 2 + 20 - 31 * (i32::try_from(name.len()).unwrap_or(1) - 1);
                for line in name {
                    pen.text((LEFT + 12, baseline), line, look);
                    baseline += 62;
                }
                y += row_height;
            }
        });
        for (column, (measure, heading)) in chunk.iter().zip(&headings).enumerate() {
            let left = panels_left + cell * i32::try_from(column).unwrap_or(0);
            sheet.canvas.plain(|pen| {
                let mut baseline = panel_top - 26 - 64 * (i32::try_from(heading.len()).unwrap_or(1) - 1);
                for line in heading {
                    pen.text((left, baseline), line, bold);
                    baseline += 64;
                }
            });
            let members: Vec<Option<&ComparisonRow>> = scenarios
                .iter()
                .map(|scenario| rows.iter().find(|row| row.scenario == **scenario && row.measure == **measure))
                .collect();
            panel(&mut sheet.canvas, &members, left, left + cell - 60, panel_top, bottom);
        }
        top = bottom + 100;
    }
    sheet.cursor = top - 30;
    sheet.finish(words, &[], data)
}

/// Orange dark enough for small dots on white.
const ORANGE_DARK: RGBColor = RGBColor(0xC8, 0x64, 0x00);

fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut found: Vec<&str> = Vec::new();
    for name in names {
        if !found.contains(&name) {
            found.push(name);
        }
    }
    found
}

/// Change in per cent of the baseline, such as `+12 %`; the difference itself when the baseline is zero.
fn change(row: &ComparisonRow) -> String {
    let difference = row.value - row.baseline;
    let sign = if difference > 0.0 { "+" } else { "" };
    if row.baseline == 0.0 {
        return format!("{sign}{}", brief(difference));
    }
    let percent = 100.0 * difference / row.baseline.abs();
    if percent.abs() < 0.05 {
        return "0 %".to_owned();
    }
    let decimals = usize::from(percent.abs() < 10.0);
    format!("{sign}{}\u{00A0}%", fixed(percent, decimals))
}

fn panel(canvas: &mut Canvas, rows: &[Option<&ComparisonRow>], left: i32, right: i32, top: i32, bottom: i32) {
    let row_height = (bottom - top) / i32::try_from(rows.len().max(1)).unwrap_or(1);
    let look = Type::SMALL;
    let texts: Vec<String> = rows.iter().map(|row| row.map(change).unwrap_or_default()).collect();
    let text_width = texts.iter().map(|text| look.width(text)).max().unwrap_or(0);
    let numbers = || {
        let ends = |row: &ComparisonRow| [Some(row.value), Some(row.baseline), row.low, row.high];
        rows.iter().flatten().flat_map(move |row| ends(row)).flatten()
    };
    let (low, high) = (numbers().fold(f64::INFINITY, f64::min), numbers().fold(f64::NEG_INFINITY, f64::max));
    let ticks = Ticks::linear(low, high, 3);
    let scale = Scale::of(&ticks, left + 30, right - text_width - 40, Spacing::Linear);
    upright_grid(canvas, &ticks, &scale, top, bottom);
    canvas.group(ROUND, |pen| {
        let mut middle = top + row_height / 2;
        for row in rows {
            if let Some(row) = row {
                let (value, baseline) = (scale.at(row.value), scale.at(row.baseline));
                if let (Some(low), Some(high)) = (row.low, row.high) {
                    let (low, high) = (scale.at(low), scale.at(high));
                    pen.veil(
                        &[(low, middle - 15), (high, middle - 15), (high, middle + 15), (low, middle + 15)],
                        AXIS,
                        0.35,
                    );
                }
                pen.line(&[(baseline, middle), (value, middle)], hue(row), 8);
                pen.line(&[(baseline, middle - row_height / 2), (baseline, middle + row_height / 2)], INK, 6);
            }
            middle += row_height;
        }
    });
    canvas.plain(|pen| {
        let mut middle = top + row_height / 2;
        for (row, text) in rows.iter().zip(&texts) {
            if let Some(row) = row {
                marks::circle(pen, (scale.at(row.value), middle), 18, hue(row), Evidence::OwnRecords);
                pen.text((right, middle + 18), text, look.end());
            } else {
                pen.text((right, middle + 18), "no value", look.ink(MUTED).end());
            }
            middle += row_height;
        }
    });
}

fn hue(row: &ComparisonRow) -> RGBColor {
    if row.value > row.baseline {
        ORANGE_DARK
    } else if row.value < row.baseline {
        BLUE
    } else {
        MUTED
    }
}
