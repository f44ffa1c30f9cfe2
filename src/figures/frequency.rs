//! How often each site is chosen: under draws, with the interval of a finite number of draws, and among plans as good.

use crate::figures::canvas::{ROUND, Type};
use crate::figures::chart::{Scale, Spacing, upright_grid};
use crate::figures::legend::{self, Entry, Swatch};
use crate::figures::marks;
use crate::figures::numbers::{Ticks, fixed};
use crate::figures::sheet::{Sheet, fitted, widest};
use crate::figures::theme::{BLUE, LABEL, LEFT, MUTED, RIGHT, STRIPE, VERMILLION};
use crate::figures::{Evidence, Figure, FigureError, FrequencyRow, Words, quantity};
use crate::tables::Table;

/// Rows drawn at most.
const ROW_LIMIT: usize = 20;
const ROW_HEIGHT: i32 = 94;

/// A row a site, in the order given (20 at most): a dot with its interval for the share of draws, a diamond for the share
/// of near-optimal plans; sites of the plan are filled and in bold.
///
/// # Errors
/// When there is no row, or a share is negative or not finite.
pub fn frequency_chart(rows: &[FrequencyRow], words: &Words, data: &Table) -> Result<Figure, FigureError> {
    for row in rows {
        let [share, low, high] = row.draw_percent.unwrap_or_default();
        for (name, value) in
            [("share", share), ("low", low), ("high", high), ("near-optimal", row.near_percent.unwrap_or(0.0))]
        {
            quantity(&words.id, &format!("{name} of `{}`", row.label), value)?;
        }
    }
    let shown = &rows[..rows.len().min(ROW_LIMIT)];
    if shown.is_empty() {
        return Err(FigureError::Empty { figure: words.id.clone(), reason: "no site to show".to_owned() });
    }
    let mut sheet = Sheet::begin(words);
    let mut entries = Vec::new();
    if shown.iter().any(|row| row.draw_percent.is_some()) {
        let dot = |evidence| Swatch::Dot { ink: BLUE, evidence };
        entries.push(Entry::new(dot(Evidence::OwnRecords), "Share of draws whose best plan has it: site of the plan"));
        entries.push(Entry::new(dot(Evidence::Inherited), "the same: other site"));
        entries.push(Entry::new(Swatch::Whisker { ink: BLUE }, "95 % interval for the number of draws"));
    }
    if shown.iter().any(|row| row.near_percent.is_some()) {
        entries.push(Entry::new(Swatch::Diamond { ink: VERMILLION }, "Share of the near-optimal plans that have it"));
    }
    let top = legend::row(&mut sheet.canvas, sheet.cursor, &entries) + 24;
    let look = Type::SMALL.size(LABEL);
    let label_limit = 1360;
    let names = || shown.iter().map(|row| row.label.as_str());
    let label_width = widest(names(), look.size, look.bold().weight).min(label_limit);
    let text = |percent: Option<f64>| match percent {
        None => "\u{2013}".to_owned(),
        // Seldom is not never, and nearly always not always.
        Some(percent) if percent > 0.0 && percent < 1.0 => "<1".to_owned(),
        Some(percent) if percent > 99.0 && percent < 100.0 => ">99".to_owned(),
        Some(percent) => fixed(percent, 0),
    };
    let column = 150;
    let (left, right) = (LEFT + label_width + 70, RIGHT - 2 * column - 60);
    let ticks = Ticks::linear(0.0, 100.0, 5);
    let scale = Scale::of(&ticks, left, right, Spacing::Linear);
    let bottom = top + 70 + ROW_HEIGHT * i32::try_from(shown.len()).unwrap_or(0);
    let first = top + 70;
    sheet.canvas.plain(|pen| {
        for ix in (0..shown.len()).step_by(2) {
            let y = first + ROW_HEIGHT * i32::try_from(ix).unwrap_or(0);
            pen.block((LEFT, y), (RIGHT, y + ROW_HEIGHT), STRIPE);
        }
        let small = Type::SMALL.ink(MUTED);
        pen.text((RIGHT - column - 30, first - 20), "draws", small.end());
        pen.text((RIGHT - 16, first - 20), "plans", small.end());
    });
    upright_grid(&mut sheet.canvas, &ticks, &scale, first, bottom);
    sheet.canvas.group(ROUND, |pen| {
        let mut middle = first + ROW_HEIGHT / 2;
        for row in shown {
            if let Some([_, low, high]) = row.draw_percent {
                pen.line(&[(scale.at(low), middle), (scale.at(high), middle)], BLUE, 8);
            }
            middle += ROW_HEIGHT;
        }
    });
    sheet.canvas.plain(|pen| {
        let mut middle = first + ROW_HEIGHT / 2;
        for row in shown {
            let evidence = if row.is_chosen { Evidence::OwnRecords } else { Evidence::Inherited };
            if let Some(near) = row.near_percent {
                marks::diamond(pen, (scale.at(near), middle), 32, VERMILLION);
            }
            if let Some([share, ..]) = row.draw_percent {
                marks::circle(pen, (scale.at(share), middle), 17, BLUE, evidence);
            }
            let baseline = middle + 20;
            let name = if row.is_chosen { look.bold() } else { look };
            pen.text((LEFT + 16, baseline), &fitted(&row.label, label_limit, name), name);
            pen.text((RIGHT - column - 30, baseline), &text(row.draw_percent.map(|[share, ..]| share)), look.end());
            pen.text((RIGHT - 16, baseline), &text(row.near_percent), look.end());
            middle += ROW_HEIGHT;
        }
        pen.text(((left + right) / 2, bottom + 128), "per cent", look.middle());
    });
    sheet.cursor = bottom + 136;
    let mut notes = vec!["Sites of the plan in bold.".to_owned()];
    if rows.len() > shown.len() {
        notes.push(format!("The first {} of {} sites are shown.", shown.len(), rows.len()));
    }
    sheet.finish(words, &notes, data)
}
