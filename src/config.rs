//! `corridor.toml`: what a run is told, with every key documented and every wrong key named.
//!
//! To add a section: one line in [`sections!`] below, and a table of [`KeyDoc`] beside the section's params struct.

mod document;
mod parse;

pub use document::{KeyDoc, documented_toml, effective_toml, key_paths};
pub use parse::{ConfigProblem, parse};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// What can be read from a TOML text with defaults, documented and checked.
pub trait Documented: Default + Serialize + DeserializeOwned {
    /// Documentation of every key, by its full path, in the order of the template.
    fn docs() -> Vec<KeyDoc>;
    /// Ranges that are not kept: the key's full path, and what is wrong with its value.
    fn range_problems(&self) -> Vec<(String, String)>;
}

/// Declares [`Config`]: one line a section, `name: Type, KEYS, Type::problems;`, where `KEYS` is
/// `&[(key, unit, doc)]` and `problems(&self) -> Vec<(key, message)>` lists values out of range.
macro_rules! sections {
    ($($(#[$meta:meta])* $name:ident: $type:ty, $keys:expr, $problems:expr;)+) => {
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
                let mut docs = KeyDoc::section("", TOP_KEYS);
                $(docs.extend(KeyDoc::section(stringify!($name), $keys));)+
                docs
            }

            fn range_problems(&self) -> Vec<(String, String)> {
                let mut problems = self.top_problems();
                $(
                    let of_section: Vec<(&str, String)> = $problems(&self.$name);
                    problems.extend(
                        of_section.into_iter().map(|(key, message)| (format!("{}.{key}", stringify!($name)), message)),
                    );
                )+
                problems
            }
        }
    };
}

sections! {
    /// Where the tables come from.
    data: DataSection, DATA_KEYS, DataSection::problems;
    // The stages' params follow, one line each:
    // /// Route choice.
    // flow: crate::flow::FlowParams, crate::flow::KEYS, crate::flow::FlowParams::problems;
}

/// Inside the years for which seizure records exist; Iran, too, reported records of this year.
const BASELINE_YEAR: i32 = 2012;

const TOP_KEYS: &[(&str, &str, &str)] = &[(
    "baseline_year",
    "calendar year",
    "The year whose figures are used. Seizure records exist for 2011 to 2016; a share or price of another year is used with its year shown.",
)];

impl Config {
    fn top_problems(&self) -> Vec<(String, String)> {
        let year = self.baseline_year;
        let is_wrong = !(1990..=2100).contains(&year);
        is_wrong
            .then(|| ("baseline_year".to_owned(), format!("{year} is not a year from 1990 to 2100")))
            .into_iter()
            .collect()
    }
}

/// Where the tables come from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DataSection {
    /// Directory of the tables, from the place of corridor.toml; empty = the tables inside the program.
    pub dir: String,
}

const DATA_KEYS: &[(&str, &str, &str)] = &[(
    "dir",
    "path",
    "Directory with your own tables, seen from this file (`corridor init` writes a complete set). Empty: the tables inside the program.",
)];

impl DataSection {
    fn problems(&self) -> Vec<(&'static str, String)> {
        let is_wrong = self.dir.contains('\0');
        is_wrong.then(|| ("dir", "a path cannot hold a NUL character".to_owned())).into_iter().collect()
    }
}
