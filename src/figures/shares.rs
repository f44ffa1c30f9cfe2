//! Published shares beside the model's, before and after calibration.

use crate::figures::canvas::{ROUND, Type};
use crate::figures::chart::{Scale, Spacing, upright_grid};
use crate::figures::legend::{self, Entry, Swatch};
use crate::figures::marks;
use crate::figures::numbers::Ticks;
use crate::figures::sheet::{Sheet, fitted, widest};
use crate::figures::theme::{AXIS, BLUE, INK, LABEL, LEFT, MUTED, PAPER, RIGHT, STRIPE};
use crate::figures::{Evidence, Figure, FigureError, ShareRow, Words, quantity};
use crate::tables::Table;

const ROW_HEIGHT: i32 = 104;
const HEADING_HEIGHT: i32 = 100;

/// A row for each published share: the published figure (upright bar), the model before (hollow) and after calibration
/// (filled), and what the published figure was used for. Rows keep their order; rows of a group stand together.
///
/// # Errors
/// When there is no row, or a share is negative or not finite.
pub fn shares_chart(rows: &[ShareRow], words: &Words, data: &Table) -> Result<Figure, FigureError> {
    for row in rows {
        let shares =
            [("published", Some(row.published_percent)), ("uncalibrated", row.uncalibrated_percent)].into_iter();
        for (name, share) in shares.chain([("calibrated", row.calibrated_percent)]) {
            quantity(&words.id, &format!("{name} share of `{}`", row.member), share.unwrap_or(0.0))?;
        }
    }
    if rows.is_empty() {
        return Err(FigureError::Empty { figure: words.id.clone(), reason: "no published share".to_owned() });
    }
    let mut groups: Vec<&str> = Vec::new();
    for row in rows {
        if !groups.contains(&row.group.as_str()) {
            groups.push(&row.group);
        }
    }
    let mut sheet = Sheet::begin(words);
    let mut entries = vec![Entry::new(Swatch::Bar { ink: INK }, "Published")];
    if rows.iter().any(|row| row.uncalibrated_percent.is_some()) {
        let swatch = Swatch::Dot { ink: BLUE, evidence: Evidence::Inherited };
        entries.push(Entry::new(swatch, "Model before calibration"));
    }
    if rows.iter().any(|row| row.calibrated_percent.is_some()) {
        let swatch = Swatch::Dot { ink: BLUE, evidence: Evidence::OwnRecords };
        entries.push(Entry::new(swatch, "Model after calibration"));
    }
    let top = legend::row(&mut sheet.canvas, sheet.cursor, &entries) + 20;

    let look = Type::SMALL.size(LABEL);
    let small = Type::SMALL.ink(MUTED);
    let name = |row: &ShareRow| format!("{} ({})", row.member, row.published_year);
    let names: Vec<String> = rows.iter().map(name).collect();
    let label_limit = 1150;
    let label_width = widest(names.iter().map(String::as_str), look.size, look.weight).min(label_limit);
    let use_width = widest(rows.iter().map(|row| row.used_for.as_str()).chain(["used for"]), small.size, small.weight);
    let (left, right) = (LEFT + label_width + 60, RIGHT - use_width.min(700) - 70);
    let shares = rows
        .iter()
        .flat_map(|row| [Some(row.published_percent), row.uncalibrated_percent, row.calibrated_percent])
        .flatten();
    let high = shares.fold(0.0, f64::max);
    let ticks = Ticks::linear(0.0, if high > 50.0 { high.max(100.0) } else { high }, 5);
    let scale = Scale::of(&ticks, left, right, Spacing::Linear);

    // Heights of the rows, group by group.
    let mut placed: Vec<(i32, &ShareRow)> = Vec::new();
    let mut headings: Vec<(i32, &str)> = Vec::new();
    let mut y = top + 60;
    for group in &groups {
        if !group.is_empty() {
            headings.push((y + 66, *group));
            y += HEADING_HEIGHT;
        }
        for row in rows.iter().filter(|row| row.group == **group) {
            placed.push((y + ROW_HEIGHT / 2, row));
            y += ROW_HEIGHT;
        }
    }
    let bottom = y + 10;
    sheet.canvas.plain(|pen| {
        for (ix, (middle, _)) in placed.iter().enumerate() {
            if ix % 2 == 0 {
                pen.block((LEFT, middle - ROW_HEIGHT / 2), (RIGHT, middle + ROW_HEIGHT / 2), STRIPE);
            }
        }
        pen.text((RIGHT - 12, top + 44), "Used for", small.end());
    });
    upright_grid(&mut sheet.canvas, &ticks, &scale, top + 60, bottom);
    sheet.canvas.group(ROUND, |pen| {
        for (middle, row) in &placed {
            let ends = [Some(row.published_percent), row.uncalibrated_percent, row.calibrated_percent];
            let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
            for share in ends.into_iter().flatten() {
                low = low.min(share);
                high = high.max(share);
            }
            pen.line(&[(scale.at(low), *middle), (scale.at(high), *middle)], AXIS, 5);
        }
    });
    sheet.canvas.plain(|pen| {
        for (baseline, group) in &headings {
            pen.block((LEFT, baseline - 66), (RIGHT, baseline - 66 + HEADING_HEIGHT), PAPER);
            pen.text((LEFT, *baseline), &fitted(group, RIGHT - LEFT, look.bold()), look.bold());
        }
        for (middle, row) in &placed {
            pen.text((LEFT + 16, middle + 20), &fitted(&name(row), label_limit, look), look);
            pen.text((RIGHT - 12, middle + 18), &fitted(&row.used_for, 700, small), small.end());
            marks::bar(pen, (scale.at(row.published_percent), *middle), 38, INK);
            if let Some(share) = row.uncalibrated_percent {
                marks::circle(pen, (scale.at(share), *middle), 20, BLUE, Evidence::Inherited);
            }
            if let Some(share) = row.calibrated_percent {
                marks::circle(pen, (scale.at(share), *middle), 18, BLUE, Evidence::OwnRecords);
            }
        }
        pen.text(((left + right) / 2, bottom + 128), "Share, per cent", look.middle());
    });
    sheet.cursor = bottom + 136;
    let notes =
        ["Only shares marked calibration are fitted; shares of seizures are another quantity than shares of flow."
            .to_owned()];
    sheet.finish(words, &notes, data)
}
