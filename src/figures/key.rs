//! The legend of a map: classes, signs, sizes, scale bar and projection, below the map or beside it.

use crate::figures::basemap;
use crate::figures::canvas::Type;
use crate::figures::flows::{self, Classes, Stroke};
use crate::figures::legend::{self, Entry, HEADING, LINE_HEIGHT, Swatch};
use crate::figures::marks;
use crate::figures::numbers::{brief, round_down};
use crate::figures::projection::{Frame, degrees_north};
use crate::figures::sheet::Sheet;
use crate::figures::theme::{LEFT, MUTED, RIGHT};
use crate::figures::{Evidence, Marker, MarkerKind};

/// Height of the scale bar with its numbers, and of the sample circles with their heading.
const BAR_HEIGHT: i32 = 150;
const CIRCLES_HEIGHT: i32 = 216;

/// What the legend explains.
pub(super) struct Key<'a> {
    pub frame: &'a Frame,
    pub classes: &'a Classes,
    pub strokes: &'a [&'a Stroke],
    /// Markers inside the frame.
    pub markers: &'a [&'a Marker],
    /// Value of the largest circle.
    pub greatest: f64,
}

impl Key<'_> {
    /// In a band over the full width; moves the cursor below it.
    pub fn draw_below(&self, sheet: &mut Sheet) {
        let top = sheet.cursor;
        let (mark_left, scale_left) = (LEFT + 650, RIGHT - 790);
        let mut bottom = self.draw_classes(sheet, (LEFT, top), 600);
        let mut signs = self.signs();
        // One column, or two of the same height.
        let second = if signs.len() > 5 { signs.split_off(signs.len().div_ceil(2)) } else { Vec::new() };
        let width = (scale_left - mark_left - 40) / 2;
        let heading = if signs.is_empty() { "" } else { "Signs" };
        let limit = if second.is_empty() { 2 * width } else { width };
        bottom = bottom.max(legend::column(&mut sheet.canvas, (mark_left, top), limit, heading, &signs));
        let second_at = (mark_left + width, top + HEADING);
        bottom = bottom.max(legend::column(&mut sheet.canvas, second_at, width, "", &second));
        basemap::draw_scale_bar(&mut sheet.canvas, self.frame, (scale_left, top + 92), 700);
        bottom = bottom.max(self.draw_circles(sheet, (scale_left, top + BAR_HEIGHT)));
        sheet.cursor = bottom;
    }

    /// In a column beside the map; moves the cursor below both.
    pub fn draw_beside(&self, sheet: &mut Sheet, at: (i32, i32), width: i32) {
        let (left, top) = at;
        let mut y = self.draw_classes(sheet, at, width);
        let signs = self.signs();
        if !signs.is_empty() {
            y += if y > top { LINE_HEIGHT / 2 } else { 0 };
            y = legend::column(&mut sheet.canvas, (left, y), width, "Signs", &signs);
        }
        y = self.draw_circles(sheet, (left, y + LINE_HEIGHT / 2));
        basemap::draw_scale_bar(&mut sheet.canvas, self.frame, (left, y + 92), 800);
        sheet.cursor = sheet.cursor.max(y + BAR_HEIGHT);
    }

    /// What is left out, the projection, and where the scale bar is exact.
    pub fn draw_note(&self, sheet: &mut Sheet) {
        let frame = self.frame;
        let projection = frame.projection.name();
        let mut line = format!("{projection}; scale bar exact at {}.", degrees_north(frame.mid_lat()));
        if let Some(note) = self.classes.note() {
            line = format!("{note} {line}");
        }
        sheet.paragraph(&line, Type::SMALL.ink(MUTED), 2);
        sheet.cursor -= 16;
    }

    fn draw_classes(&self, sheet: &mut Sheet, at: (i32, i32), limit: i32) -> i32 {
        if self.classes.limits.is_empty() {
            return at.1;
        }
        legend::column(&mut sheet.canvas, at, limit, "Flow, kg/year", &self.classes.entries())
    }

    /// Sample circles, when a circle on the map follows a value; returns where the next thing starts.
    fn draw_circles(&self, sheet: &mut Sheet, (left, top): (i32, i32)) -> i32 {
        let sized: Vec<&&Marker> = self.markers.iter().filter(|marker| marks::is_sized(marker)).collect();
        if self.greatest <= 0.0 || sized.is_empty() {
            return top;
        }
        let is_change = sized.iter().all(|marker| matches!(marker.kind, MarkerKind::Gain | MarkerKind::Loss));
        let heading = if is_change { "Circle area: change, kg/year" } else { "Circle area: kg/year" };
        sheet.canvas.plain(|pen| {
            pen.text((left, top + 50), heading, Type::SMALL.bold());
            let (mut x, middle) = (left, top + 134);
            for share in [1.0, 0.2, 0.04] {
                let value = round_down(self.greatest * share);
                let radius = marks::sized_radius(value, self.greatest);
                let text = brief(value);
                if x + 2 * radius + 16 + Type::SMALL.width(&text) > RIGHT {
                    break;
                }
                pen.ring((x + radius, middle), radius, MUTED, 5);
                pen.text((x + 2 * radius + 16, middle + 18), &text, Type::SMALL);
                x += 2 * radius + 16 + Type::SMALL.width(&text) + 50;
            }
        });
        top + CIRCLES_HEIGHT
    }

    /// What the signs and the kinds of line mean.
    fn signs(&self) -> Vec<Entry> {
        let mut entries = Vec::new();
        let has = |kind: MarkerKind| self.markers.iter().any(|marker| marker.kind == kind);
        for kind in marks::KINDS.into_iter().rev().filter(|kind| has(*kind)) {
            let radius = marks::plain_radius(kind).clamp(18, 30);
            let swatch = Swatch::Mark { kind, evidence: Evidence::OwnRecords, radius };
            entries.push(Entry::new(swatch, marks::meaning(kind)));
        }
        if let Some(hollow) = self.markers.iter().find(|marker| marker.evidence == Evidence::Inherited) {
            let swatch = Swatch::Mark { kind: hollow.kind, evidence: Evidence::Inherited, radius: 22 };
            entries.push(Entry::new(swatch, "Hollow: inherited from its segment"));
        }
        entries.extend(flows::kind_entries(self.strokes));
        entries
    }
}
