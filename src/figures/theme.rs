//! Sizes and colours of every figure.
//!
//! One unit is 0.05 mm of the printed page: whole-number coordinates stay finer than a 300 dpi pixel (0.085 mm).
//! Categories use the colours of Okabe & Ito (2008), safe for colour-blind readers; amounts use a ramp whose lightness
//! falls evenly (dark = more), so that it also survives a grey copy.

use plotters::style::RGBColor;

/// Units in a millimetre.
pub(super) const UNITS_PER_MM: f64 = 20.0;
/// Width of a figure: 180 mm.
pub(super) const PAGE_WIDTH: i32 = 3600;
/// Left edge of the content.
pub(super) const LEFT: i32 = 80;
/// Right edge of the content.
pub(super) const RIGHT: i32 = PAGE_WIDTH - 80;

/// Smallest text: 7.1 pt.
pub(super) const SMALL: i32 = 50;
/// Labels: 7.9 pt.
pub(super) const LABEL: i32 = 56;
/// Subtitle: 8.8 pt.
pub(super) const SUBTITLE: i32 = 62;
/// Title: 12.8 pt.
pub(super) const TITLE: i32 = 90;

/// Main text.
pub(super) const INK: RGBColor = RGBColor(0x22, 0x26, 0x2B);
/// Secondary text.
pub(super) const MUTED: RGBColor = RGBColor(0x55, 0x5B, 0x63);
/// Names of countries.
pub(super) const COUNTRY_NAME: RGBColor = RGBColor(0x6B, 0x6F, 0x78);
/// Grid lines.
pub(super) const GRID: RGBColor = RGBColor(0xDD, 0xE0, 0xE4);
/// Axes and frames.
pub(super) const AXIS: RGBColor = RGBColor(0x8A, 0x90, 0x99);
/// Years without a report, rows in between.
pub(super) const SHADE: RGBColor = RGBColor(0xEC, 0xED, 0xEF);
/// Stripe behind every other row.
pub(super) const STRIPE: RGBColor = RGBColor(0xF6, 0xF7, 0xF8);
/// Page.
pub(super) const PAPER: RGBColor = RGBColor(0xFF, 0xFF, 0xFF);
/// Sea.
pub(super) const SEA: RGBColor = RGBColor(0xDD, 0xEA, 0xF3);
/// Countries of the study.
pub(super) const LAND: RGBColor = RGBColor(0xFB, 0xF9, 0xF3);
/// Their neighbours.
pub(super) const NEIGHBOUR: RGBColor = RGBColor(0xE9, 0xE9, 0xE6);
/// Coast and national borders.
pub(super) const BORDER: RGBColor = RGBColor(0x8F, 0x8C, 0x88);
/// Province borders.
pub(super) const PROVINCE: RGBColor = RGBColor(0xDD, 0xD8, 0xCC);
/// Meridians and parallels.
pub(super) const GRATICULE: RGBColor = RGBColor(0xC9, 0xD6, 0xDF);

/// Okabe & Ito: blue, vermillion, bluish green, orange, reddish purple, sky blue, black, yellow-brown.
pub(super) const CATEGORIES: [RGBColor; 8] =
    [BLUE, VERMILLION, GREEN, ORANGE, PURPLE, SKY, RGBColor(0x33, 0x33, 0x33), RGBColor(0x8C, 0x7A, 0x00)];
/// Okabe & Ito blue.
pub(super) const BLUE: RGBColor = RGBColor(0x00, 0x72, 0xB2);
/// Okabe & Ito vermillion.
pub(super) const VERMILLION: RGBColor = RGBColor(0xD5, 0x5E, 0x00);
/// Okabe & Ito bluish green.
pub(super) const GREEN: RGBColor = RGBColor(0x00, 0x9E, 0x73);
/// Okabe & Ito orange.
pub(super) const ORANGE: RGBColor = RGBColor(0xE6, 0x9F, 0x00);
/// Okabe & Ito reddish purple.
pub(super) const PURPLE: RGBColor = RGBColor(0xCC, 0x79, 0xA7);
/// Okabe & Ito sky blue.
pub(super) const SKY: RGBColor = RGBColor(0x56, 0xB4, 0xE9);

/// Ramp of flows, least to most: light orange to near-black purple, lightness falling evenly.
pub(super) const FLOW_RAMP: [RGBColor; 5] = [
    RGBColor(0xF4, 0xB3, 0x52),
    RGBColor(0xE6, 0x7C, 0x35),
    RGBColor(0xC0, 0x43, 0x43),
    RGBColor(0x82, 0x20, 0x5C),
    RGBColor(0x3B, 0x0F, 0x50),
];
/// Grey ramp of flows where colour is kept for gains and losses.
pub(super) const GREY_RAMP: [RGBColor; 5] = [
    RGBColor(0xB4, 0xB4, 0xB2),
    RGBColor(0x97, 0x97, 0x96),
    RGBColor(0x77, 0x77, 0x78),
    RGBColor(0x55, 0x55, 0x58),
    RGBColor(0x2E, 0x2E, 0x33),
];
/// Line widths of the flow classes, least to most: 0.3 to 2.1 mm.
pub(super) const FLOW_WIDTHS: [u32; 5] = [7, 11, 18, 28, 42];
