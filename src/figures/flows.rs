//! Flow lines: width classes with round limits, joining, thinning and drawing.

use crate::figures::canvas::{Canvas, ROUND, Spot};
use crate::figures::clip::{Point, clip_line, join, thin, to_spots};
use crate::figures::legend::{Entry, Swatch};
use crate::figures::numbers::{brief, round_down};
use crate::figures::outlines::projected;
use crate::figures::projection::Frame;
use crate::figures::theme::{FLOW_WIDTHS, MUTED, PAPER};
use crate::figures::{FlowLine, LineClass};
use plotters::style::RGBColor;

/// Lower limits of the classes as shares of the greatest flow, before rounding down to 1, 2 or 5 x 10^k.
const SHARES: [f64; 5] = [0.001, 0.01, 0.05, 0.2, 0.5];
/// Lines are thinned to this, 0.1 mm.
const TOLERANCE: f64 = 2.0;
/// Thinning of very large networks: 0.4 mm before classes are dropped, 6.4 mm at the very most.
const COARSE_TOLERANCE: f64 = 8.0;
const COARSEST_TOLERANCE: f64 = 128.0;
/// White rim on each side of lines of the upper classes.
const RIM: u32 = 6;

/// Width classes of one map.
#[derive(Clone, Debug)]
pub(super) struct Classes {
    /// Lower limits, kg/year, ascending.
    pub limits: Vec<f64>,
    pub ramp: [RGBColor; 5],
}

/// A line on the page with its class.
pub(super) struct Stroke {
    pub class_ix: usize,
    pub kind: LineClass,
    pub spots: Vec<Spot>,
}

impl Classes {
    /// Classes up to the greatest flow; none when nothing flows.
    pub fn up_to(greatest: f64, ramp: [RGBColor; 5]) -> Self {
        let limits =
            if greatest > 0.0 { SHARES.iter().map(|share| round_down(share * greatest)).collect() } else { Vec::new() };
        Self { limits, ramp }
    }

    /// The class of a flow; `None` = too small to draw.
    fn of(&self, flow: f64) -> Option<usize> {
        self.limits.iter().rposition(|limit| flow >= *limit)
    }

    /// Position in the ramp and the widths, so that the top class is always the darkest.
    fn step(&self, class_ix: usize) -> usize {
        (class_ix + FLOW_WIDTHS.len()).saturating_sub(self.limits.len()).min(FLOW_WIDTHS.len() - 1)
    }

    pub fn width(&self, class_ix: usize) -> u32 {
        FLOW_WIDTHS[self.step(class_ix)]
    }

    fn ink(&self, class_ix: usize) -> RGBColor {
        self.ramp[self.step(class_ix)]
    }

    /// Legend entries, greatest first.
    pub fn entries(&self) -> Vec<Entry> {
        let mut entries = Vec::new();
        for (ix, limit) in self.limits.iter().enumerate().rev() {
            let text = match self.limits.get(ix + 1) {
                Some(next) => format!("{} to {}", brief(*limit), brief(*next)),
                None => format!("{} and more", brief(*limit)),
            };
            entries.push(Entry::new(Swatch::Line { ink: self.ink(ix), width: self.width(ix), dash: "" }, text));
        }
        entries
    }

    /// What is left out, in words.
    pub fn note(&self) -> Option<String> {
        self.limits.first().map(|limit| format!("Flows under {} kg/year are not drawn.", brief(*limit)))
    }

    /// The lines on the page, least first, with at most about `point_limit` points as drawn: thinned more, then the
    /// lowest classes dropped, then thinned until they fit.
    pub fn strokes(&mut self, lines: &[FlowLine], frame: &Frame, point_limit: usize) -> Vec<Stroke> {
        let mut tolerance = TOLERANCE;
        loop {
            let strokes = self.all_strokes(lines, frame, tolerance);
            let weight = |stroke: &Stroke| if self.has_rim(stroke.class_ix, stroke.kind) { 2 } else { 1 };
            let point_count: usize = strokes.iter().map(|stroke| weight(stroke) * stroke.spots.len()).sum();
            if point_count <= point_limit || tolerance > COARSEST_TOLERANCE {
                return strokes;
            }
            if tolerance >= COARSE_TOLERANCE && self.limits.len() > 1 {
                self.limits.remove(0);
            } else {
                tolerance *= 2.0;
            }
        }
    }

    /// Whether lines have a white rim: roads of the upper classes.
    fn has_rim(&self, class_ix: usize, kind: LineClass) -> bool {
        kind == LineClass::Land && self.step(class_ix) >= 2
    }

    fn all_strokes(&self, lines: &[FlowLine], frame: &Frame, tolerance: f64) -> Vec<Stroke> {
        let mut strokes = Vec::new();
        for class_ix in 0..self.limits.len() {
            for kind in [LineClass::Sea, LineClass::Green, LineClass::Land] {
                let members =
                    lines.iter().filter(|line| line.class == kind && self.of(line.flow_kg_per_year) == Some(class_ix));
                let degrees: Vec<Vec<Point>> =
                    members.map(|line| line.points.iter().map(|p| (p.lon, p.lat)).collect()).collect();
                for chain in join(degrees) {
                    let chain: Vec<_> = chain.iter().map(|p| crate::geodesy::LonLat { lon: p.0, lat: p.1 }).collect();
                    for piece in projected(&chain, frame).iter().flat_map(|line| clip_line(line, &frame.window)) {
                        let spots = to_spots(&thin(&piece, tolerance));
                        if spots.len() > 1 {
                            strokes.push(Stroke { class_ix, kind, spots });
                        }
                    }
                }
            }
        }
        strokes
    }

    /// Draws the lines, least first; the upper classes with a white rim.
    pub fn draw(&self, canvas: &mut Canvas, strokes: &[Stroke]) {
        for class_ix in 0..self.limits.len() {
            let (width, ink) = (self.width(class_ix), self.ink(class_ix));
            for kind in [LineClass::Sea, LineClass::Green, LineClass::Land] {
                let members = || strokes.iter().filter(|stroke| stroke.class_ix == class_ix && stroke.kind == kind);
                if self.has_rim(class_ix, kind) {
                    // Flat ends: a rim must not cut into the line that goes on from here.
                    canvas.group(r#"stroke-linejoin="round""#, |pen| {
                        members().for_each(|stroke| pen.line(&stroke.spots, PAPER, width + 2 * RIM));
                    });
                }
                canvas.group(&dashes(kind, width), |pen| {
                    members().for_each(|stroke| pen.line(&stroke.spots, ink, width));
                });
            }
        }
    }
}

/// Group attributes of a kind of line.
fn dashes(kind: LineClass, width: u32) -> String {
    match kind {
        LineClass::Land => ROUND.to_owned(),
        LineClass::Sea => {
            let (dash, gap) = ((2 * width).max(30), width.max(18));
            format!("stroke-linejoin=\"round\" stroke-dasharray=\"{dash} {gap}\"")
        }
        LineClass::Green => format!("stroke-linecap=\"round\" stroke-dasharray=\"1 {}\"", (2 * width).max(18)),
    }
}

/// Legend entries for the kinds of line that are drawn beside roads.
pub(super) fn kind_entries(strokes: &[&Stroke]) -> Vec<Entry> {
    let has = |kind: LineClass| strokes.iter().any(|stroke| stroke.kind == kind);
    let mut entries = Vec::new();
    if has(LineClass::Sea) {
        let swatch = Swatch::Line { ink: MUTED, width: 11, dash: "stroke-dasharray=\"30 18\"" };
        entries.push(Entry::new(swatch, "By sea"));
    }
    if has(LineClass::Green) {
        let dash = "stroke-linecap=\"round\" stroke-dasharray=\"1 22\"";
        entries.push(Entry::new(Swatch::Line { ink: MUTED, width: 11, dash }, "Off the road, across the border"));
    }
    entries
}
