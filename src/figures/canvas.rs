//! A page of SVG: groups drawn by plotters' SVG backend, put together with a title and a description.
//!
//! plotters writes one document for each backend; a group is the inside of such a document, wrapped in `<g>` with the
//! attributes plotters cannot say (dashes, halos, round joins). Coordinates are units of `theme::UNITS_PER_MM`.

use crate::figures::FigureError;
use crate::figures::font::{self, FAMILY, Weight};
use crate::figures::theme::{INK, PAGE_WIDTH, SMALL, UNITS_PER_MM};
use plotters::backend::{DrawingBackend, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontDesc, FontFamily, FontStyle, RGBColor, ShapeStyle, TextStyle};
use std::fmt::Write as _;

/// A position on the page.
pub(super) type Spot = (i32, i32);

/// Round joins, for maps and curves.
pub(super) const ROUND: &str = r#"stroke-linejoin="round" stroke-linecap="round""#;
/// Dashes, for lines that are not measured roads or borders.
pub(super) const DASHED: &str = r#"stroke-dasharray="28 20""#;
/// White rim around texts.
pub(super) const HALO: &str =
    r##"stroke="#FFFFFF" stroke-width="14" stroke-opacity="0.85" stroke-linejoin="round" paint-order="stroke""##;

/// Where a text stands relative to its position; the position is on the baseline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// How a text looks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Type {
    pub size: i32,
    pub weight: Weight,
    pub ink: RGBColor,
    pub anchor: Anchor,
}

impl Type {
    /// Smallest regular text, from its start.
    pub const SMALL: Self = Self { size: SMALL, weight: Weight::Regular, ink: INK, anchor: Anchor::Start };

    pub fn size(self, size: i32) -> Self {
        Self { size, ..self }
    }
    pub fn ink(self, ink: RGBColor) -> Self {
        Self { ink, ..self }
    }
    pub fn bold(self) -> Self {
        Self { weight: Weight::Bold, ..self }
    }
    pub fn middle(self) -> Self {
        Self { anchor: Anchor::Middle, ..self }
    }
    pub fn end(self) -> Self {
        Self { anchor: Anchor::End, ..self }
    }
    /// Width of `text` in this type, in units.
    pub fn width(self, text: &str) -> i32 {
        font::width(text, f64::from(self.size), self.weight).ceil() as i32
    }
}

/// Draws into one group.
pub(super) struct Pen<'a> {
    backend: SVGBackend<'a>,
    error: Option<String>,
}

impl Pen<'_> {
    fn keep<E: std::fmt::Display>(&mut self, result: Result<(), E>) {
        if let Err(error) = result {
            self.error.get_or_insert(error.to_string());
        }
    }

    /// A filled polygon.
    pub fn polygon(&mut self, points: &[Spot], fill: RGBColor) {
        let result = self.backend.fill_polygon(points.iter().copied(), &fill.filled());
        self.keep(result);
    }

    /// A filled polygon that lets through what lies below.
    pub fn veil(&mut self, points: &[Spot], fill: RGBColor, opacity: f64) {
        let result = self.backend.fill_polygon(points.iter().copied(), &fill.mix(opacity).filled());
        self.keep(result);
    }

    /// A line through `points`.
    pub fn line(&mut self, points: &[Spot], ink: RGBColor, width: u32) {
        let style = ShapeStyle { color: ink.to_rgba(), filled: false, stroke_width: width };
        let result = self.backend.draw_path(points.iter().copied(), &style);
        self.keep(result);
    }

    /// A filled rectangle from corner to corner.
    pub fn block(&mut self, from: Spot, to: Spot, fill: RGBColor) {
        let result = self.backend.draw_rect(from, to, &fill.filled(), true);
        self.keep(result);
    }

    /// A filled circle.
    pub fn disc(&mut self, centre: Spot, radius: i32, fill: RGBColor) {
        let result = self.backend.draw_circle(centre, radius.unsigned_abs(), &fill.filled(), true);
        self.keep(result);
    }

    /// A filled circle that lets through what lies below.
    pub fn faint_disc(&mut self, centre: Spot, radius: i32, fill: RGBColor, opacity: f64) {
        let result = self.backend.draw_circle(centre, radius.unsigned_abs(), &fill.mix(opacity).filled(), true);
        self.keep(result);
    }

    /// The outline of a circle.
    pub fn ring(&mut self, centre: Spot, radius: i32, ink: RGBColor, width: u32) {
        let style = ShapeStyle { color: ink.to_rgba(), filled: false, stroke_width: width };
        let result = self.backend.draw_circle(centre, radius.unsigned_abs(), &style, false);
        self.keep(result);
    }

    /// A text whose baseline starts, is centred or ends at `at`.
    pub fn text(&mut self, at: Spot, text: &str, look: Type) {
        if text.is_empty() {
            return;
        }
        let style = match look.weight {
            Weight::Regular => FontStyle::Normal,
            Weight::Bold => FontStyle::Bold,
        };
        // plotters divides the size by 1.24.
        let desc = FontDesc::new(FontFamily::Name("f"), f64::from(look.size) * 1.24, style);
        let horizontal = match look.anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        let style = TextStyle::from(desc).color(&look.ink).pos(Pos::new(horizontal, VPos::Bottom));
        let result = self.backend.draw_text(text, &style, at);
        self.keep(result);
    }
}

/// The page of a figure, filled group by group.
#[derive(Default)]
pub(super) struct Canvas {
    body: String,
    error: Option<String>,
}

impl Canvas {
    /// Draws a group with extra attributes (empty = none).
    pub fn group(&mut self, attributes: &str, draw: impl FnOnce(&mut Pen<'_>)) {
        let mut buffer = String::new();
        let mut pen =
            Pen { backend: SVGBackend::with_string(&mut buffer, (PAGE_WIDTH as u32, PAGE_WIDTH as u32)), error: None };
        draw(&mut pen);
        let error = pen.error.take();
        drop(pen);
        if let Some(error) = error {
            self.error.get_or_insert(error);
        }
        let inside = tidy(&buffer);
        if inside.is_empty() {
        } else if attributes.is_empty() {
            self.body.push_str(&inside);
        } else {
            let _ = write!(self.body, "<g {attributes}>\n{inside}</g>\n");
        }
    }

    /// Draws a group without attributes.
    pub fn plain(&mut self, draw: impl FnOnce(&mut Pen<'_>)) {
        self.group("", draw);
    }

    /// The document: `height` units high, with its name and description for readers who cannot see it.
    pub fn finish(self, id: &str, title: &str, desc: &str, height: i32) -> Result<String, FigureError> {
        if let Some(reason) = self.error {
            return Err(FigureError::Drawing { figure: id.to_owned(), reason });
        }
        let (width_mm, height_mm) = (f64::from(PAGE_WIDTH) / UNITS_PER_MM, f64::from(height) / UNITS_PER_MM);
        let slug: String =
            id.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' || c == '-' { c } else { '_' }).collect();
        let (title, desc) = (escape(&font::clean(title)), escape(&font::clean(desc)));
        Ok(format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width_mm}mm\" height=\"{height_mm}mm\" \
             viewBox=\"0 0 {PAGE_WIDTH} {height}\" role=\"img\" aria-labelledby=\"{slug}-title {slug}-desc\" \
             font-family=\"{FAMILY}\">\n<title id=\"{slug}-title\">{title}</title>\n\
             <desc id=\"{slug}-desc\">{desc}</desc>\n\
             <rect width=\"{PAGE_WIDTH}\" height=\"{height}\" fill=\"#FFFFFF\"/>\n{}</svg>\n",
            self.body
        ))
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The inside of a plotters document: first and last line gone, texts on one line, attributes at their default left
/// out, font sizes to a tenth.
fn tidy(document: &str) -> String {
    let lines: Vec<&str> = document.lines().collect();
    let mut inside = lines.iter().skip(1).take(lines.len().saturating_sub(2));
    let mut out = String::with_capacity(document.len());
    while let Some(line) = inside.next() {
        if line.starts_with("<text ") {
            let text = inside.next().copied().unwrap_or_default();
            let _closing = inside.next();
            let start = line
                .replace(" font-family=\"f\"", "")
                .replace(" dy=\"-0.5ex\"", "")
                .replace(" text-anchor=\"start\"", "")
                .replace(" opacity=\"1\"", "");
            let _ = writeln!(out, "{}{text}</text>", tenths(&start, " font-size=\""));
        } else {
            let shape = line.replacen(" opacity=\"1\"", "", 1).replacen(" stroke=\"none\"", "", 1);
            let _ = writeln!(out, "{}", shape.replace(" \"/>", "\"/>"));
        }
    }
    out
}

/// `line` with the number of one attribute rounded to a tenth.
fn tenths(line: &str, attribute: &str) -> String {
    let Some((before, rest)) = line.split_once(attribute) else { return line.to_owned() };
    let Some((number, after)) = rest.split_once('"') else { return line.to_owned() };
    let Ok(value) = number.parse::<f64>() else { return line.to_owned() };
    format!("{before}{attribute}{}\"{after}", (value * 10.0).round() / 10.0)
}
