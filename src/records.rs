//! The objects of the model: places, links, crossings, seizures, offices and the tables that drive them.
//!
//! Every record is already valid: positions are on the globe, lengths are finite, countries are three letters.

use crate::geodesy::LonLat;
use crate::units::Milligrams;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A country by its ISO 3166-1 alpha-3 code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Iso3([u8; 3]);

impl Iso3 {
    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("???")
    }

    /// A code known at compile time.
    #[must_use]
    pub const fn constant(code: &[u8; 3]) -> Self {
        Self(*code)
    }
}

/// Afghanistan.
pub const AFG: Iso3 = Iso3::constant(b"AFG");
/// Iran.
pub const IRN: Iso3 = Iso3::constant(b"IRN");
/// Pakistan.
pub const PAK: Iso3 = Iso3::constant(b"PAK");

impl FromStr for Iso3 {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text.as_bytes() {
            &[a, b, c] if [a, b, c].iter().all(u8::is_ascii_uppercase) => Ok(Self([a, b, c])),
            _ => Err(format!("`{text}` is not a three-letter ISO 3166-1 code in capitals, such as AFG")),
        }
    }
}

impl TryFrom<String> for Iso3 {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Iso3> for String {
    fn from(code: Iso3) -> Self {
        code.as_str().to_owned()
    }
}

impl fmt::Display for Iso3 {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl fmt::Debug for Iso3 {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// Declares an enum with its spelling in tables, `FromStr` and `Display`.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$variant_meta])* #[serde(rename = $word)] $variant),+ }
        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The word used in tables.
            #[must_use]
            pub const fn as_str(self) -> &'static str { match self { $(Self::$variant => $word),+ } }
        }
        impl FromStr for $name {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(format!("`{text}` is not one of: {}", [$($word),+].join(", "))),
                }
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result { formatter.pad(self.as_str()) }
        }
    };
}

words! {
    /// How a link is travelled.
    Mode {
        /// Road.
        Road = "road",
        /// Railway.
        Rail = "rail",
        /// Ferry or boat across a river or lake.
        Ferry = "ferry",
        /// Sea lane.
        Sea = "sea",
        /// Joins a road to a sea lane.
        Port = "port",
        /// From one post of a crossing to the other.
        Crossing = "crossing",
        /// Off-road arc across a border.
        Green = "green",
    }
}

words! {
    /// Whether a crossing may be used.
    CrossingStatus {
        /// Open to traffic.
        Open = "open",
        /// Open to some traffic only.
        Restricted = "restricted",
        /// Closed.
        Closed = "closed",
        /// Not an official crossing.
        Unofficial = "unofficial",
    }
}

words! {
    /// What is trafficked.
    Commodity {
        /// Opium, morphine and heroin, outbound from Afghanistan, in heroin equivalent.
        Opiates = "opiates",
        /// Acetic anhydride, inbound to the laboratories.
        Precursors = "precursors",
    }
}

words! {
    /// How well a position is known.
    Precision {
        /// A surveyed point.
        Point = "point",
        /// A border crossing.
        Crossing = "crossing",
        /// A city or village.
        City = "city",
        /// A district.
        District = "district",
        /// A province (first-level division).
        Province = "province",
        /// Only the country.
        Country = "country",
        /// Not even the country.
        None = "none",
    }
}

words! {
    /// Where a number comes from.
    Basis {
        /// Published by the cited source.
        Published = "published",
        /// Computed from published numbers by the rule in the note.
        Derived = "derived",
        /// From general knowledge, no page opened.
        Unverified = "unverified",
        /// An assumption of this project.
        Assumption = "assumption",
    }
}

/// A node of the network: a junction, a post or a port.
#[derive(Clone, Debug)]
pub struct Node {
    /// Where it is.
    pub position: LonLat,
    /// The country it lies in; none at sea.
    pub country: Option<Iso3>,
}

/// A physical connection between two nodes, travelled both ways.
#[derive(Clone, Debug)]
pub struct Link {
    /// Its number in the table.
    pub id: u32,
    /// Index of one end in the node table.
    pub from_ix: u32,
    /// Index of the other end.
    pub to_ix: u32,
    /// How it is travelled.
    pub mode: Mode,
    /// Length.
    pub length_km: f64,
    /// Estimated driving or sailing time, without waiting.
    pub travel_time_h: f64,
    /// The country it lies in; none at sea.
    pub country: Option<Iso3>,
    /// Inner vertices from `from_ix` to `to_ix`, ends left out.
    pub inner_vertices: Vec<LonLat>,
}

/// A border crossing: two posts and the link between them.
#[derive(Clone, Debug)]
pub struct Crossing {
    /// Stable name, such as `AFG-IRN-islam-qala`.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// The names of the posts, in the order of `countries`.
    pub post_names: [String; 2],
    /// The two countries, in alphabetical order.
    pub countries: [Iso3; 2],
    /// Where it is.
    pub position: LonLat,
    /// road, rail, ferry, sea or green.
    pub mode: Mode,
    /// Whether it may be used.
    pub status: CrossingStatus,
    /// The commodity it is closed to, when it is closed to one only.
    pub closed_to: Option<Commodity>,
    /// Node indices of the posts, in the order of `countries`; none when no road is near.
    pub post_ixs: Option<[u32; 2]>,
    /// Index of the crossing's link in the link table.
    pub link_ix: Option<u32>,
    /// `ok`, `no_road_within_15km` or `unnamed`.
    pub flag: String,
    /// `opened`, `unverified`, `computed` or `assumption`.
    pub verification: String,
    /// Source of the row.
    pub source_id: String,
}

impl Crossing {
    /// Whether it is a named, official crossing.
    #[must_use]
    pub fn is_official(&self) -> bool {
        self.status != CrossingStatus::Unofficial && self.mode != Mode::Green && self.flag != "unnamed"
    }
}

/// Seizures of one drug at one place in one year.
#[derive(Clone, Debug)]
pub struct Seizure {
    /// Identifier of the row.
    pub id: String,
    /// Country that reports it.
    pub country: Iso3,
    /// Province, when known.
    pub adm1: Option<String>,
    /// Place as standardised, when known.
    pub place: Option<String>,
    /// Position, when known to province precision or better.
    pub position: Option<LonLat>,
    /// How well the position is known.
    pub precision: Precision,
    /// Opiates or precursors.
    pub commodity: Commodity,
    /// Drug name.
    pub drug: String,
    /// Calendar year.
    pub year: i32,
    /// Number of seizure cases.
    pub case_count: u32,
    /// Total quantity.
    pub quantity: Milligrams,
    /// Remark, such as `extreme_single_record`.
    pub note: String,
}

/// Whether a country reported records of a commodity in a year: missing is never zero.
#[derive(Clone, Debug)]
pub struct Reporting {
    /// Country.
    pub country: Iso3,
    /// Commodity.
    pub commodity: Commodity,
    /// Calendar year.
    pub year: i32,
    /// Whether any record of any drug came from the country that year.
    pub is_reported: bool,
}

/// A named position for labels, snapping and origins.
#[derive(Clone, Debug)]
pub struct Place {
    /// Identifier.
    pub id: String,
    /// Name.
    pub name: String,
    /// Country.
    pub country: Iso3,
    /// Province.
    pub adm1: Option<String>,
    /// Position.
    pub position: LonLat,
    /// `capital`, `adm1_centre`, `city` or `port`.
    pub kind: String,
    /// Inhabitants, when known.
    pub population: Option<u64>,
}

/// Opium produced in a province in a year.
#[derive(Clone, Debug)]
pub struct Production {
    /// Country.
    pub country: Iso3,
    /// Province; none = the national figure.
    pub adm1: Option<String>,
    /// Calendar year.
    pub year: i32,
    /// Oven-dry opium.
    pub opium_kg_per_year: f64,
    /// Where the number comes from.
    pub basis: Basis,
    /// Source of the row.
    pub source_id: String,
}

/// What a destination takes in a year.
#[derive(Clone, Debug)]
pub struct Demand {
    /// Identifier.
    pub destination_id: String,
    /// Name for people.
    pub name: String,
    /// Country, when it is one.
    pub country: Option<Iso3>,
    /// Commodity.
    pub commodity: Commodity,
    /// Calendar year of the estimate.
    pub year: i32,
    /// Heroin equivalent (opiates) or acetic anhydride (precursors).
    pub flow_kg_per_year: f64,
    /// Where the number comes from.
    pub basis: Basis,
    /// Source of the row.
    pub source_id: String,
}

/// An exit of the region towards a destination.
#[derive(Clone, Debug)]
pub struct Gateway {
    /// Identifier.
    pub id: String,
    /// The destination it leads to.
    pub destination_id: String,
    /// Commodity.
    pub commodity: Commodity,
    /// Name for people.
    pub name: String,
    /// Position inside the region.
    pub position: LonLat,
    /// Share of the destination's demand that leaves here.
    pub share: f64,
    /// Where the share comes from.
    pub basis: Basis,
}

/// A port or trade border where precursors enter the region's market.
#[derive(Clone, Debug)]
pub struct PrecursorSupply {
    /// Identifier.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Country.
    pub country: Iso3,
    /// Position.
    pub position: LonLat,
    /// Share of all diverted supply.
    pub share: f64,
    /// Where the share comes from.
    pub basis: Basis,
}

/// A published share of flow or of seizures.
#[derive(Clone, Debug)]
pub struct RouteShare {
    /// Identifier.
    pub id: String,
    /// `first_crossing` or `route`.
    pub kind: String,
    /// `IRN`, `PAK`, `CENTRAL_ASIA`; `BALKAN`, `NORTHERN`, `SOUTHERN`, `LOCAL`.
    pub member: String,
    /// `flow` or `seizures`.
    pub quantity: String,
    /// Calendar year.
    pub year: i32,
    /// Per cent.
    pub share_percent: f64,
    /// `calibration`, `validation` or `comparison`.
    pub used_for: String,
    /// Source of the row.
    pub source_id: String,
}

/// National seizure total of a drug in a year.
#[derive(Clone, Debug)]
pub struct SeizureTotal {
    /// Country.
    pub country: Iso3,
    /// Calendar year.
    pub year: i32,
    /// Drug.
    pub drug: String,
    /// Quantity; none = not reported.
    pub quantity: Option<Milligrams>,
    /// Source of the row.
    pub source_id: String,
}

/// A price along the route.
#[derive(Clone, Debug)]
pub struct Price {
    /// Country.
    pub country: Iso3,
    /// Drug.
    pub drug: String,
    /// Calendar year.
    pub year: i32,
    /// Price of a kilogram.
    pub price_usd_per_kg: f64,
    /// farm gate, wholesale, border, ...
    pub level: String,
    /// Source of the row.
    pub source_id: String,
}

/// A conversion between two quantities, such as opium to heroin.
#[derive(Clone, Debug)]
pub struct Conversion {
    /// What is converted.
    pub from_item: String,
    /// Into what.
    pub to_item: String,
    /// Multiply the first by this to get the second.
    pub factor: f64,
    /// Source of the row.
    pub source_id: String,
}

/// A Border Liaison Office.
#[derive(Clone, Debug)]
pub struct Office {
    /// Identifier.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// The crossing it stands at.
    pub crossing_id: String,
    /// The country that staffs it.
    pub country: Iso3,
    /// Year it opened, when known.
    pub opened_year: Option<i32>,
    /// Whether it works.
    pub status: String,
    /// Source of the row.
    pub source_id: String,
}

/// An agreement between two countries.
#[derive(Clone, Debug)]
pub struct Agreement {
    /// Identifier.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// The two countries, in alphabetical order.
    pub countries: [Iso3; 2],
    /// Year, when known.
    pub year: Option<i32>,
    /// Cooperation level it stands for, 0..1.
    pub level: f64,
    /// Source of the row.
    pub source_id: String,
}

/// A published work that rows point to.
#[derive(Clone, Debug)]
pub struct Source {
    /// Identifier used in `source_id` columns.
    pub id: String,
    /// Title.
    pub title: String,
    /// Publisher.
    pub publisher: String,
    /// Year.
    pub year: String,
    /// Address.
    pub url: String,
    /// Whether the page was opened.
    pub opened: bool,
}
