//! Maps and charts as SVG text: plain values in, a picture with its caption and its data out; no file is touched.
//!
//! Every figure is 180 mm wide for print, says its source and its model level, names its own limits (what is not
//! drawn, which estimates are inherited) and carries a title and a description for readers who cannot see it. The same
//! values give the same bytes. [`png_300dpi`] turns a figure into a PNG with the bundled typeface only.

mod basemap;
mod canvas;
mod chart;
mod clip;
mod comparison;
mod curve;
mod flows;
mod font;
mod frequency;
mod key;
mod labels;
mod legend;
mod map;
mod marks;
mod numbers;
mod outlines;
mod projection;
mod ranking;
mod raster;
mod series;
mod shares;
mod sheet;
mod theme;

pub use comparison::comparison_chart;
pub use curve::curve_chart;
pub use font::{BOLD_TTF, FAMILY, LICENCE, REGULAR_TTF};
pub use frequency::frequency_chart;
pub use map::{corridor_map, displacement_maps};
pub use ranking::ranking_chart;
pub use raster::png_300dpi;
pub use series::time_series_chart;
pub use shares::shares_chart;

use crate::geodesy::LonLat;
use crate::tables::Table;
use geo::MultiPolygon;

/// A finished figure.
#[derive(Clone, Debug)]
pub struct Figure {
    /// Slug, also the file's name.
    pub id: String,
    /// Title, also drawn.
    pub title: String,
    /// What the reader should know beyond the picture; not drawn.
    pub caption: String,
    /// The picture in words, for readers who cannot see it.
    pub alt: String,
    /// The picture: one SVG document, size in mm.
    pub svg: String,
    /// What is drawn.
    pub data: Table,
}

/// The words around a picture.
#[derive(Clone, Debug, Default)]
pub struct Words {
    /// Slug, `[a-z0-9_-]`.
    pub id: String,
    /// Title; at most two lines are drawn.
    pub title: String,
    /// Commodity, year and what is shown; at most three lines are drawn.
    pub subtitle: String,
    /// Caption; not drawn.
    pub caption: String,
    /// The picture in words; becomes the SVG's description.
    pub alt: String,
    /// Sources; at most three lines are drawn.
    pub source: String,
    /// Model level, such as `level 3: partial pooling`; drawn under the subtitle.
    pub level: String,
}

/// Why a figure cannot be drawn.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FigureError {
    /// There is nothing to draw: no empty figures.
    #[error("figure `{figure}`: {reason}; leave the figure out or widen what is selected")]
    Empty {
        /// The figure.
        figure: String,
        /// What is missing.
        reason: String,
    },
    /// A number is not finite, or negative where that has no meaning.
    #[error("figure `{figure}`: {what} is {value}; expected a finite number{expected}")]
    Number {
        /// The figure.
        figure: String,
        /// The number's place.
        what: String,
        /// The number.
        value: String,
        /// More about what is expected.
        expected: String,
    },
    /// The extent of a map is not an area on the globe.
    #[error(
        "figure `{figure}`: the map's extent is not an area: west < east and south < north within -89..89 expected"
    )]
    Extent {
        /// The figure.
        figure: String,
    },
    /// The drawing library refused.
    #[error("figure `{figure}`: cannot draw: {reason}")]
    Drawing {
        /// The figure.
        figure: String,
        /// Its reason.
        reason: String,
    },
    /// The SVG text cannot be turned into pixels.
    #[error("cannot turn the SVG into a PNG: {reason}")]
    Raster {
        /// The reason.
        reason: String,
    },
}

/// What lies below every map.
#[derive(Clone, Debug, Default)]
pub struct Basemap {
    /// Countries; several areas may share a code, the line between them is then not drawn as a border.
    pub countries: Vec<Area>,
    /// Provinces of the countries of the study, `code` being the country's: their countries are drawn lighter.
    pub provinces: Vec<Area>,
    /// Disputed borders and lines of control; a border that runs along one is drawn dashed.
    pub disputed: Vec<Vec<LonLat>>,
    /// Towns and other names.
    pub labels: Vec<PlaceLabel>,
}

/// A country or province.
#[derive(Clone, Debug)]
pub struct Area {
    /// ISO 3166-1 alpha-3 code of the country.
    pub code: String,
    /// Name to write on the map.
    pub name: String,
    /// Shape, degrees east and north.
    pub polygons: MultiPolygon<f64>,
}

/// A name on the map.
#[derive(Clone, Debug)]
pub struct PlaceLabel {
    /// Name.
    pub name: String,
    /// Position.
    pub position: LonLat,
    /// 1 = most important; the highest numbers are dropped first when there is no room.
    pub rank: u8,
}

/// The part of the globe a map shows, degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Extent {
    /// Western edge, degrees east.
    pub west: f64,
    /// Southern edge, degrees north.
    pub south: f64,
    /// Eastern edge, degrees east.
    pub east: f64,
    /// Northern edge, degrees north.
    pub north: f64,
}

/// A stretch of the network and what moves along it.
#[derive(Clone, Debug)]
pub struct FlowLine {
    /// Vertices.
    pub points: Vec<LonLat>,
    /// Flow, kg/year, both directions together.
    pub flow_kg_per_year: f64,
    /// What kind of line it is.
    pub class: LineClass,
}

/// Kind of a flow line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LineClass {
    /// Road, railway, ferry or crossing: drawn solid.
    Land,
    /// Sea lane: drawn dashed.
    Sea,
    /// Off-road arc across a border: drawn dotted.
    Green,
}

/// A sign on the map.
#[derive(Clone, Debug)]
pub struct Marker {
    /// Position.
    pub position: LonLat,
    /// Name to write beside it, when there is room.
    pub label: Option<String>,
    /// What it stands for.
    pub kind: MarkerKind,
    /// kg/year; the area of the sign follows it. For gains and losses: how much, without sign.
    pub size_value: Option<f64>,
    /// Where its estimate comes from; an inherited one is drawn hollow.
    pub evidence: Evidence,
}

/// What a marker stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MarkerKind {
    /// Official border crossing.
    Crossing,
    /// Unofficial crossing.
    CrossingUnofficial,
    /// Border Liaison Office that works.
    OfficeExisting,
    /// Border Liaison Office in the plan.
    OfficePlanned,
    /// Exit of the region towards a destination.
    Gateway,
    /// Where the commodity starts.
    Origin,
    /// Where it goes.
    Destination,
    /// Crossing that gains flow.
    Gain,
    /// Crossing that loses flow.
    Loss,
}

/// Where an estimate comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Evidence {
    /// Records of its own.
    #[default]
    OwnRecords,
    /// No records of its own: the estimate of its segment.
    Inherited,
}

/// A row of [`ranking_chart`].
#[derive(Clone, Debug)]
pub struct RankedBar {
    /// Name.
    pub label: String,
    /// Estimate.
    pub value: f64,
    /// Lower end of its interval.
    pub low: f64,
    /// Upper end of its interval.
    pub high: f64,
    /// Where the estimate comes from; an inherited one is drawn hollow.
    pub evidence: Evidence,
    /// Group, shown by colour, such as the country or border; empty = none.
    pub group: String,
}

/// A line of [`time_series_chart`].
#[derive(Clone, Debug)]
pub struct Series {
    /// Name, such as the country.
    pub name: String,
    /// Calendar year and value; `None` = not reported.
    pub points: Vec<(i32, Option<f64>)>,
}

/// A point of [`curve_chart`].
#[derive(Clone, Debug)]
pub struct CurvePoint {
    /// Number of offices or other whole budget.
    pub x: i64,
    /// Objective of the plan found.
    pub value: f64,
    /// Proven bound: no plan can do better.
    pub bound: f64,
    /// Objective of the greedy plan, when computed.
    pub greedy: Option<f64>,
}

/// A row of [`comparison_chart`].
#[derive(Clone, Debug)]
pub struct ComparisonRow {
    /// Scenario.
    pub scenario: String,
    /// Measure with its unit; each gets its own panel.
    pub measure: String,
    /// Value under the scenario.
    pub value: f64,
    /// Value of the baseline.
    pub baseline: f64,
    /// Lower end of the interval of `value`.
    pub low: Option<f64>,
    /// Upper end of the interval of `value`.
    pub high: Option<f64>,
}

/// A row of [`shares_chart`], all shares in per cent.
#[derive(Clone, Debug)]
pub struct ShareRow {
    /// What the share belongs to, such as `Iran` or `Balkan route`.
    pub member: String,
    /// Heading it stands under, such as `First crossing, share of flow`; empty = none.
    pub group: String,
    /// Published share.
    pub published_percent: f64,
    /// Year of the published share.
    pub published_year: i32,
    /// The model before calibration.
    pub uncalibrated_percent: Option<f64>,
    /// The model after calibration.
    pub calibrated_percent: Option<f64>,
    /// `calibration`, `validation` or `comparison`.
    pub used_for: String,
}

/// A row of [`frequency_chart`], in per cent.
#[derive(Clone, Debug)]
pub struct FrequencyRow {
    /// Name of the site.
    pub label: String,
    /// Whether the plan has it.
    pub is_chosen: bool,
    /// Share of draws whose best plan has it, with the ends of its interval.
    pub draw_percent: Option<[f64; 3]>,
    /// Share of the near-optimal plans that have it.
    pub near_percent: Option<f64>,
}

/// Refuses a number that is not finite.
fn finite(figure: &str, what: &str, value: f64) -> Result<f64, FigureError> {
    if value.is_finite() { Ok(value) } else { Err(number_error(figure, what, value, "")) }
}

/// Refuses a number that is not finite or negative.
fn quantity(figure: &str, what: &str, value: f64) -> Result<f64, FigureError> {
    if value.is_finite() && value >= 0.0 { Ok(value) } else { Err(number_error(figure, what, value, ", 0 or more")) }
}

fn number_error(figure: &str, what: &str, value: f64, expected: &str) -> FigureError {
    FigureError::Number {
        figure: figure.to_owned(),
        what: what.to_owned(),
        value: value.to_string(),
        expected: expected.to_owned(),
    }
}
