//! `corridor.toml`: what a run is told, with every key documented and every wrong key named.
//!
//! To add a section: one line in `sections!` below, and its table of [`Key`]s in `config/keys.rs`.

mod document;
mod keys;
mod parse;

pub use document::{ANY, Key, KeyDoc, documented_toml, effective_toml, key_paths};
pub use parse::{ConfigProblem, parse};

use crate::inputs::vocabulary::Field;
use crate::scenario::Settings;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What can be read from a TOML text with defaults, documented and checked.
pub trait Documented: Default + Serialize + DeserializeOwned {
    /// Documentation of every key, by its full path, in the order of the template.
    fn docs() -> Vec<KeyDoc>;
    /// What is wrong beyond the ranges of single values, such as a first year after the last: the full path of a key,
    /// and what was expected of it.
    fn more_problems(&self) -> Vec<(String, String)> {
        Vec::new()
    }
}

/// Declares [`Config`]: one line a section, `name: Type, KEYS;`.
macro_rules! sections {
    ($($(#[$meta:meta])* $name:ident: $type:ty, $keys:expr;)+) => {
        /// Everything a run is told.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct Config {
            /// The year whose figures are used; records exist for 2011 to 2016.
            pub baseline_year: i32,
            $($(#[$meta])* pub $name: $type,)+
        }

        impl Default for Config {
            fn default() -> Self {
                Self { baseline_year: BASELINE_YEAR, $($name: <$type>::default(),)+ }
            }
        }

        impl Documented for Config {
            fn docs() -> Vec<KeyDoc> {
                let mut docs = KeyDoc::section("", keys::TOP);
                $(docs.extend(KeyDoc::section(stringify!($name), $keys));)+
                docs
            }

            fn more_problems(&self) -> Vec<(String, String)> {
                self.problems_between_keys()
            }
        }
    };
}

sections! {
    /// Where the tables come from.
    data: DataSection, keys::DATA;
    /// Travel times, delays and what may be travelled.
    network: crate::network::NetworkParams, keys::NETWORK;
    /// Trips, costs and route choice.
    flow: crate::flow::FlowParams, keys::FLOW;
    /// Seizure records and hazards.
    risk: crate::risk::RiskParams, keys::RISK;
    /// What an office covers.
    coverage: crate::coverage::CoverageParams, keys::COVERAGE;
    /// How many offices, and where they may not be.
    siting: crate::siting::SitingParams, keys::SITING;
    /// Which crossings are watched and may get an office.
    candidates: crate::scenario::CandidateParams, keys::CANDIDATES;
    /// Low and high values of the assumptions in the sensitivity table.
    sensitivity: crate::scenario::SensitivityParams, keys::SENSITIVITY;
    /// What `corridor plan` looks at beyond the best plan.
    plan: crate::scenario::StudyParams, keys::PLAN;
    /// How files of records are read.
    records: RecordsSection, keys::RECORDS;
}

/// The one year in which Afghanistan, Pakistan, Iran and Uzbekistan all have opiate records in number.
const BASELINE_YEAR: i32 = 2013;

impl Config {
    /// The parameters of every stage.
    #[must_use]
    pub fn settings(&self) -> Settings {
        Settings {
            baseline_year: self.baseline_year,
            network: self.network.clone(),
            flow: self.flow.clone(),
            risk: self.risk.clone(),
            coverage: self.coverage.clone(),
            siting: self.siting.clone(),
            candidates: self.candidates.clone(),
        }
    }

    /// What single ranges cannot say: the full path of a key, and what was expected of it.
    fn problems_between_keys(&self) -> Vec<(String, String)> {
        let mut problems = Vec::new();
        if self.data.dir.contains('\0') {
            problems.push(("data.dir".to_owned(), "a path without a NUL character".to_owned()));
        }
        if self.risk.first_record_year > self.risk.last_record_year {
            let expected = format!("a year not before risk.first_record_year, {}", self.risk.first_record_year);
            problems.push(("risk.last_record_year".to_owned(), expected));
        }
        for field in self.records.columns.keys().filter(|word| Field::ALL.iter().all(|known| known.as_str() != *word)) {
            let fields: Vec<&str> = Field::ALL.iter().map(|field| field.as_str()).collect();
            problems.push((format!("records.columns.{field}"), format!("a field, one of {}", fields.join(", "))));
        }
        problems.extend(self.plan_problems());
        let pairs = &self.sensitivity;
        for (key, [low, high]) in [
            ("uniform_speed_kmh", pairs.uniform_speed_kmh),
            ("risk_weight", pairs.risk_weight),
            ("consignment_kg", pairs.consignment_kg),
            ("response_radius_h", pairs.response_radius_h),
            ("green_border_capacity_kg_per_year", pairs.green_border_capacity_kg_per_year),
        ] {
            if low > high {
                problems.push((format!("sensitivity.{key}"), "the low value first, then the high one".to_owned()));
            }
        }
        problems
    }

    fn plan_problems(&self) -> Vec<(String, String)> {
        let plan = &self.plan;
        let mut problems = Vec::new();
        let mut expect = |key: &str, expected: &str| problems.push((format!("plan.{key}"), expected.to_owned()));
        if plan.phases.is_empty() || !plan.phases.is_sorted_by(|a, b| a < b) {
            expect("phases", "at least one number of offices, each greater than the one before");
        }
        if plan.phase_weights.len() != plan.phases.len() || plan.phase_weights.iter().all(|&weight| weight == 0) {
            expect("phase_weights", "one whole number a phase, at least one of them above 0");
        }
        if plan.opiate_shares.is_empty() || !plan.opiate_shares.is_sorted_by(|a, b| a < b) {
            expect("opiate_shares", "at least one share, each greater than the one before");
        }
        problems
    }
}

/// Where the tables come from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DataSection {
    /// Directory of the tables, from the place of corridor.toml; empty = the tables inside the program.
    pub dir: String,
}

/// How files of records are read by `corridor ingest` and `corridor check FILE`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RecordsSection {
    /// What a row that cannot be used does.
    pub on_bad_row: OnBadRow,
    /// Header of the column, by field; wins over the headers that are known.
    pub columns: BTreeMap<String, String>,
}

/// What a row that cannot be used does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OnBadRow {
    /// It is set aside with its reason; the others are used.
    #[default]
    Quarantine,
    /// It ends the command.
    Stop,
}
