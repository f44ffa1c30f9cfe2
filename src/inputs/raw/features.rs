//! Features (a geometry and named values) into a table: points as `lon` and `lat`, other geometries as WKT.

use super::super::finding::Finding;
use super::super::problem::Severity;
use super::geometry::{Broken, Shape, Winding, check, wkt};
use super::table::{RawTable, Rows};
use super::{RawError, ReadOptions};
use std::collections::HashMap;
use std::ops::Range;

/// Most cells of a table that is made of features: each feature may name columns of its own.
const MAX_CELLS: usize = 200_000_000;

/// Most columns.
const MAX_COLUMNS: usize = 16_384;

/// Rules told once a table, with the number of features: they are about style, not about a row.
const TOLD_ONCE: &[&str] = &["I632", "I633", "I634", "I636", "I637", "I638", "I642"];

/// Column of points' longitudes and latitudes, and of other geometries.
const GEOMETRY_COLUMNS: [&str; 3] = ["lon", "lat", "geometry"];

/// A table that grows by features.
pub(super) struct Features<'o> {
    table: RawTable,
    options: &'o ReadOptions,
    winding: Winding,
    names: HashMap<String, usize>,
    text: String,
    /// (column, span in `text`) of all rows.
    cells: Vec<(u32, Range<usize>)>,
    /// Row number and end of its cells.
    rows: Vec<(u64, usize)>,
    has_points: bool,
    has_shapes: bool,
    once: Vec<(Broken, u64, usize)>,
    /// Columns by index from this one on are those of the geometry.
    begun: usize,
}

/// Index of the geometry's columns until all columns are known.
const LON: u32 = u32::MAX;
const LAT: u32 = u32::MAX - 1;
const WKT: u32 = u32::MAX - 2;

impl<'o> Features<'o> {
    pub(super) fn new(source: &str, winding: Winding, options: &'o ReadOptions) -> Self {
        Self {
            table: RawTable::new(source, options.decimal),
            options,
            winding,
            names: HashMap::new(),
            text: String::new(),
            cells: Vec::new(),
            rows: Vec::new(),
            has_points: false,
            has_shapes: false,
            once: Vec::new(),
            begun: 0,
        }
    }

    pub(super) fn table_mut(&mut self) -> &mut RawTable {
        &mut self.table
    }

    /// Sets the feature at hand aside.
    pub(super) fn refuse(&mut self, number: u64, column: &str, broken: &Broken) {
        self.cells.truncate(self.begun);
        let Broken { rule, value, message, fix } = broken;
        let value: String = value.chars().take(2_000).collect();
        let finding = self.table.finding(Severity::Quarantine, rule, number, column, &value, message, fix);
        self.table.problems.push(finding);
        self.table.quarantined_count += 1;
    }

    /// Lists something to look at.
    pub(super) fn warn(&mut self, number: u64, column: &str, broken: Broken) {
        if TOLD_ONCE.contains(&broken.rule) {
            match self.once.iter_mut().find(|(known, _, _)| known.rule == broken.rule) {
                Some((_, _, count)) => *count += 1,
                None => self.once.push((broken, number, 1)),
            }
            return;
        }
        let Broken { rule, value, message, fix } = &broken;
        let finding = self.table.finding(Severity::Warning, rule, number, column, value, message, fix);
        self.table.problems.push(finding);
    }

    /// Names a column before any feature has a value in it.
    pub(super) fn declare(&mut self, name: &str) {
        let next = self.names.len();
        self.names.entry(name.to_owned()).or_insert(next);
    }

    /// A named value of the feature at hand.
    pub(super) fn cell(&mut self, name: &str, value: &str) -> Result<(), RawError> {
        let next = self.names.len();
        let ix = match self.names.get(name) {
            Some(ix) => *ix,
            None => {
                if next >= MAX_COLUMNS {
                    let message = format!("more than {MAX_COLUMNS} columns");
                    return Err(RawError::limit("I602", message, "remove columns that are not needed"));
                }
                self.names.insert(name.to_owned(), next);
                next
            }
        };
        let start = self.text.len();
        self.text.push_str(value);
        self.cells.push((u32::try_from(ix).unwrap_or(0), start..self.text.len()));
        Ok(())
    }

    /// Ends the feature: its geometry is checked and it becomes a row, or is set aside.
    pub(super) fn end(&mut self, number: u64, shape: Option<&Shape>) -> Result<(), RawError> {
        match shape.map(|shape| check(shape, self.winding)) {
            Some(Err(broken)) => {
                self.refuse(number, "geometry", &broken);
                return Ok(());
            }
            Some(Ok(warnings)) => warnings.into_iter().for_each(|broken| self.warn(number, "geometry", broken)),
            None => {}
        }
        let mut put = |column: u32, value: &str| {
            let start = self.text.len();
            self.text.push_str(value);
            self.cells.push((column, start..self.text.len()));
        };
        match shape {
            Some(Shape::Point(position)) => {
                self.has_points = true;
                put(LON, &position.x.to_string());
                put(LAT, &position.y.to_string());
            }
            Some(shape) => {
                self.has_shapes = true;
                put(WKT, &wkt(shape));
            }
            None => {}
        }
        self.begun = self.cells.len();
        self.rows.push((number, self.begun));
        if self.rows.len() > self.options.max_rows
            || self.text.len() as u64 > self.options.max_plain_bytes.saturating_mul(2)
        {
            return Err(RawError::limit("I602", "more rows or text than the limit", "split the file"));
        }
        Ok(())
    }

    /// Sets every feature with a geometry aside: its positions are in another coordinate system, `name`, and are never
    /// taken for longitude and latitude, whether or not they would lie on the globe.
    pub(super) fn set_positions_aside(&mut self, name: &str) {
        let fix = "export the layer in WGS 84 (EPSG:4326)";
        let message = format!("the coordinate system {name}; GeoJSON is longitude and latitude of WGS 84");
        self.table.problems.push(self.table.finding(Severity::Warning, "I620", 0, "crs", name, &message, fix));
        // What else is odd about such a geometry is of no use to anyone.
        let is_told = |rule: &str| ["I637", "I638"].contains(&rule);
        self.once.retain(|(broken, _, _)| is_told(broken.rule));
        let is_kept = |one: &Finding| one.severity == Severity::Quarantine || one.row.is_none() || is_told(one.rule);
        self.table.problems.retain(is_kept);
        for problem in self.table.problems.iter_mut().filter(|problem| problem.rule == "I627") {
            (problem.rule, problem.message, problem.fix) = ("I620", message.clone(), fix.to_owned());
        }
        let (cells, rows) = (std::mem::take(&mut self.cells), std::mem::take(&mut self.rows));
        let mut start = 0;
        for (number, end) in rows {
            let own = &cells[start..end];
            start = end;
            let Some((_, at)) = own.iter().find(|(column, _)| [LON, WKT].contains(column)) else {
                self.cells.extend_from_slice(own);
                self.rows.push((number, self.cells.len()));
                continue;
            };
            // The latitude follows the longitude in the text.
            let is_point = own.iter().any(|(column, _)| *column == LAT);
            let end = own.last().map_or(at.end, |(_, span)| span.end);
            let value = match self.text.get(at.end..end).filter(|_| is_point) {
                Some(lat) => format!("{}, {lat}", &self.text[at.clone()]),
                None => self.text[at.clone()].chars().take(200).collect(),
            };
            let finding = self.table.finding(Severity::Quarantine, "I620", number, "geometry", &value, &message, fix);
            self.table.problems.push(finding);
            self.table.quarantined_count += 1;
        }
        (self.has_points, self.has_shapes, self.begun) = (false, false, self.cells.len());
    }

    /// The table.
    pub(super) fn finish(mut self) -> Result<RawTable, RawError> {
        let mut columns = vec![String::new(); self.names.len()];
        for (name, ix) in self.names.drain() {
            columns[ix] = name;
        }
        let wanted = [self.has_points, self.has_points, self.has_shapes];
        let mut places = [None; 3];
        for (place, (name, _)) in GEOMETRY_COLUMNS.iter().zip(wanted).enumerate().filter(|(_, (_, wanted))| *wanted) {
            if let Some(own) = columns.iter_mut().find(|column| column == name) {
                *own = format!("{name}_property");
                self.table
                    .notes
                    .push(format!("the property `{name}` is called `{name}_property`: `{name}` is the geometry's"));
            }
            places[place] = Some(columns.len());
            columns.push((*name).to_owned());
        }
        let width = columns.len();
        if self.rows.len().saturating_mul(width.max(1)) > MAX_CELLS {
            let message = format!("{} rows of {width} columns", self.rows.len());
            return Err(RawError::limit("I602", message, "give all features the same properties, or split the file"));
        }
        let (mut rows, mut start) = (Rows::default(), 0);
        let mut slots: Vec<Range<usize>> = vec![0..0; width];
        for (number, end) in &self.rows {
            slots.fill(0..0);
            for (column, span) in &self.cells[start..*end] {
                let slot = match *column {
                    LON => places[0],
                    LAT => places[1],
                    WKT => places[2],
                    ix => Some(ix as usize),
                };
                if let Some(slot) = slot.and_then(|slot| slots.get_mut(slot)) {
                    *slot = span.clone();
                }
            }
            start = *end;
            let cells = slots.iter().map(|span| self.text.get(span.clone()).unwrap_or_default());
            if !rows.push(*number, cells) {
                return Err(RawError::limit("I602", "more than 4 GB of text", "split the file"));
            }
        }
        for (broken, number, count) in std::mem::take(&mut self.once) {
            let message = match count {
                1 => broken.message.to_owned(),
                _ => format!("{} ({count} features, this the first)", broken.message),
            };
            let finding = self.table.finding(
                Severity::Warning,
                broken.rule,
                number,
                "geometry",
                &broken.value,
                &message,
                broken.fix,
            );
            self.table.problems.push(finding);
        }
        self.table.problems.sort_by_key(|problem| problem.row);
        self.table.columns = columns;
        rows.finish(&mut self.table);
        Ok(self.table)
    }
}
