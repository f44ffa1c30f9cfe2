//! Ranking with intervals: one dot and whisker a row, largest first.

use crate::figures::canvas::{ROUND, Type};
use crate::figures::chart::{Scale, Spacing, upright_grid};
use crate::figures::legend::{self, Entry, Swatch};
use crate::figures::marks;
use crate::figures::numbers::{Ticks, decimals_for, fixed};
use crate::figures::sheet::{Sheet, fitted, widest};
use crate::figures::theme::{AXIS, CATEGORIES, LABEL, LEFT, MUTED, RIGHT, STRIPE};
use crate::figures::{Evidence, Figure, FigureError, RankedBar, Words, finite, font};
use crate::tables::Table;
use plotters::style::RGBColor;

/// Rows drawn at most.
const ROW_LIMIT: usize = 20;
const ROW_HEIGHT: i32 = 94;
/// Groups with a colour of their own; the rest share the last one.
const GROUP_LIMIT: usize = 7;

/// The largest values (20 at most) as a dot with its interval; hollow = inherited estimate.
///
/// Rows are sorted by value, ties by label. `axis_label` names the quantity with its unit.
///
/// # Errors
/// When there is no row, or a number is not finite.
pub fn ranking_chart(rows: &[RankedBar], axis_label: &str, words: &Words, data: &Table) -> Result<Figure, FigureError> {
    for row in rows {
        for (end, value) in [("value", row.value), ("low", row.low), ("high", row.high)] {
            finite(&words.id, &format!("{end} of `{}`", row.label), value)?;
        }
    }
    let mut sorted: Vec<&RankedBar> = rows.iter().collect();
    sorted.sort_by(|a, b| b.value.total_cmp(&a.value).then_with(|| a.label.cmp(&b.label)));
    sorted.truncate(ROW_LIMIT);
    if sorted.is_empty() {
        return Err(FigureError::Empty { figure: words.id.clone(), reason: "no row to rank".to_owned() });
    }
    let mut groups: Vec<&str> = Vec::new();
    for row in &sorted {
        if !row.group.is_empty() && !groups.contains(&row.group.as_str()) {
            groups.push(&row.group);
        }
    }
    let ink = |group: &str| -> RGBColor {
        let ix = groups.iter().position(|other| *other == group).unwrap_or(0);
        CATEGORIES[ix.min(GROUP_LIMIT)]
    };

    let mut sheet = Sheet::begin(words);
    let mut entries: Vec<Entry> = Vec::new();
    for group in groups.iter().take(GROUP_LIMIT) {
        entries.push(Entry::new(Swatch::Dot { ink: ink(group), evidence: Evidence::OwnRecords }, font::clean(group)));
    }
    if groups.len() > GROUP_LIMIT {
        let swatch = Swatch::Dot { ink: CATEGORIES[GROUP_LIMIT], evidence: Evidence::OwnRecords };
        entries.push(Entry::new(swatch, "Others"));
    }
    if sorted.iter().any(|row| row.high > row.low) {
        entries.push(Entry::new(Swatch::Whisker { ink: MUTED }, "Interval or range"));
    }
    if sorted.iter().any(|row| row.evidence == Evidence::Inherited) {
        let swatch = Swatch::Dot { ink: MUTED, evidence: Evidence::Inherited };
        entries.push(Entry::new(swatch, "Hollow: too few records of its own, hazard of its segment"));
    }
    let top = legend::row(&mut sheet.canvas, sheet.cursor, &entries) + 24;

    let largest = sorted.iter().map(|row| row.value.abs()).fold(0.0, f64::max);
    let decimals = decimals_for(largest);
    let look = Type::SMALL.size(LABEL);
    let label_limit = 1260;
    let label_width = widest(sorted.iter().map(|row| row.label.as_str()), look.size, look.weight).min(label_limit);
    let values: Vec<String> = sorted.iter().map(|row| fixed(row.value, decimals)).collect();
    let value_width = values.iter().map(|value| look.width(value)).max().unwrap_or(0);
    let rank_width = 84;
    let (left, right) = (LEFT + rank_width + label_width + 44, RIGHT - value_width - 50);
    let low = sorted.iter().map(|row| row.low.min(row.value)).fold(f64::INFINITY, f64::min);
    let high = sorted.iter().map(|row| row.high.max(row.value)).fold(f64::NEG_INFINITY, f64::max);
    let ticks = Ticks::linear(low.min(0.0), high.max(0.0), 6);
    let scale = Scale::of(&ticks, left, right, Spacing::Linear);
    let bottom = top + ROW_HEIGHT * i32::try_from(sorted.len()).unwrap_or(0);

    sheet.canvas.plain(|pen| {
        for ix in (0..sorted.len()).step_by(2) {
            let y = top + ROW_HEIGHT * i32::try_from(ix).unwrap_or(0);
            pen.block((LEFT, y), (RIGHT, y + ROW_HEIGHT), STRIPE);
        }
    });
    upright_grid(&mut sheet.canvas, &ticks, &scale, top, bottom);
    sheet.canvas.group(ROUND, |pen| {
        let mut middle = top + ROW_HEIGHT / 2;
        for row in &sorted {
            let hue = ink(&row.group);
            pen.line(&[(scale.at(row.low), middle), (scale.at(row.high), middle)], hue, 8);
            middle += ROW_HEIGHT;
        }
    });
    sheet.canvas.plain(|pen| {
        let mut middle = top + ROW_HEIGHT / 2;
        for (ix, (row, value)) in sorted.iter().zip(&values).enumerate() {
            marks::circle(pen, (scale.at(row.value), middle), 21, ink(&row.group), row.evidence);
            let baseline = middle + 20;
            pen.text((LEFT + 60, baseline), &format!("{}", ix + 1), look.ink(MUTED).end());
            pen.text((LEFT + rank_width, baseline), &fitted(&row.label, label_limit, look), look);
            pen.text((RIGHT - 16, baseline), value, look.end());
            middle += ROW_HEIGHT;
        }
        pen.text((left, bottom + 128), &fitted(axis_label, RIGHT - left, look), look);
        if low < 0.0 {
            pen.line(&[(scale.at(0.0), top), (scale.at(0.0), bottom)], AXIS, 5);
        }
    });
    sheet.cursor = bottom + 136;
    let mut notes = Vec::new();
    if rows.len() > sorted.len() {
        notes.push(format!("The {} largest of {} are shown.", sorted.len(), rows.len()));
    }
    sheet.finish(words, &notes, data)
}
