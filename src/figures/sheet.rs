//! The page around every picture: title, subtitle and model level above; notes, source and disclaimer below.

use crate::figures::canvas::{Canvas, Type};
use crate::figures::font::{self, Weight};
use crate::figures::theme::{LEFT, MUTED, RIGHT, SMALL, SUBTITLE, TITLE};
use crate::figures::{Figure, FigureError, Words};
use crate::tables::Table;

/// A page being filled from top to bottom.
pub(super) struct Sheet {
    pub canvas: Canvas,
    /// Where the next thing starts.
    pub cursor: i32,
}

impl Sheet {
    /// A page with its heading.
    pub fn begin(words: &Words) -> Self {
        let mut sheet = Self { canvas: Canvas::default(), cursor: 40 };
        let title = Type::SMALL.size(TITLE).bold();
        sheet.paragraph(&words.title, title, 2);
        sheet.cursor += 4;
        sheet.paragraph(&words.subtitle, Type::SMALL.size(SUBTITLE).ink(MUTED), 3);
        let level = font::clean(&words.level);
        if !level.is_empty() {
            let text = match level.to_lowercase() {
                lower if lower.starts_with("model") => level,
                lower if lower.starts_with("level ") => format!("Model {}{}", "level", &level[5..]),
                _ => format!("Model level: {level}"),
            };
            sheet.paragraph(&text, Type::SMALL.size(SUBTITLE).ink(MUTED), 2);
        }
        sheet.cursor += 54;
        sheet
    }

    /// Text over the full width, at most `line_limit` lines.
    pub fn paragraph(&mut self, text: &str, look: Type, line_limit: usize) {
        let text = font::clean(text);
        let lines = font::wrap(&text, f64::from(RIGHT - LEFT), f64::from(look.size), look.weight, line_limit);
        let mut baseline = self.cursor;
        self.canvas.plain(|pen| {
            for line in &lines {
                baseline += look.size * 13 / 10;
                pen.text((LEFT, baseline), line, look);
            }
        });
        self.cursor = baseline;
    }

    /// The finished figure: notes, source, then the document.
    pub fn finish(mut self, words: &Words, notes: &[String], data: &Table) -> Result<Figure, FigureError> {
        let look = Type::SMALL.size(SMALL).ink(MUTED);
        self.cursor += 26;
        for note in notes {
            self.paragraph(note, look, 3);
            self.cursor += 6;
        }
        let source = font::clean(&words.source);
        if !source.is_empty() {
            let is_named = source.to_lowercase().starts_with("source");
            let text = if is_named { source } else { format!("Source: {source}") };
            self.paragraph(&text, look, 3);
        }
        let height = self.cursor + 50;
        let svg = self.canvas.finish(&words.id, &words.title, &words.alt, height)?;
        Ok(Figure {
            id: words.id.clone(),
            title: words.title.clone(),
            caption: words.caption.clone(),
            alt: words.alt.clone(),
            svg,
            data: data.clone(),
        })
    }
}

/// A label cleaned and cut to a width.
pub(super) fn fitted(text: &str, limit: i32, look: Type) -> String {
    font::shorten(&font::clean(text), f64::from(limit), f64::from(look.size), look.weight)
}

/// Widest of some texts, in units.
pub(super) fn widest<'a>(texts: impl IntoIterator<Item = &'a str>, size: i32, weight: Weight) -> i32 {
    let widths = texts.into_iter().map(|text| font::width(&font::clean(text), f64::from(size), weight));
    widths.fold(0.0, f64::max).ceil() as i32
}
