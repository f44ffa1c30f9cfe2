//! Words of seizure records and what they mean: columns, countries, drugs, units. The tables lie in `data/vocabulary/`,
//! each row with its source, and come inside the program.

mod columns;
mod countries;
mod decimal;
mod drugs;
mod units;

pub use columns::{ColumnMap, Field, MapProblem};
pub use countries::{Countries, CountryMatch};
pub use decimal::{Decimal, DecimalFault};
pub use drugs::{Drug, DrugMatch, Drugs};
pub use units::{Quantity, QuantityFault, Units};

use super::embedded::packed;
use super::geocode::plain_words;
use std::collections::HashMap;

/// All vocabularies.
#[derive(Clone, Debug)]
pub struct Vocabulary {
    /// Headers.
    pub columns: columns::Columns,
    /// Countries.
    pub countries: Countries,
    /// Drugs.
    pub drugs: Drugs,
    /// Units.
    pub units: Units,
}

impl Vocabulary {
    /// The vocabularies that come inside the program.
    ///
    /// # Errors
    /// A table is missing or damaged: the program was built without it.
    pub fn embedded() -> Result<Self, String> {
        Ok(Self {
            columns: columns::Columns::read(&rows_of("vocabulary/columns.csv")?),
            countries: Countries::read(&rows_of("vocabulary/countries.csv")?),
            drugs: Drugs::read(&rows_of("vocabulary/drugs.csv")?),
            units: Units::read(&rows_of("vocabulary/units.csv")?)?,
        })
    }
}

/// Plain text of an embedded table.
pub(super) fn text_of(name: &str) -> Result<String, String> {
    let file = packed().into_iter().find(|file| file.name == name);
    let bytes = file.ok_or_else(|| format!("the program was built without {name}"))?.unpack()?;
    String::from_utf8(bytes).map_err(|error| format!("{name}: {error}"))
}

/// Rows of an embedded table, without its header.
fn rows_of(name: &str) -> Result<Vec<csv::StringRecord>, String> {
    let text = text_of(name)?;
    let mut reader = csv::ReaderBuilder::new().has_headers(true).from_reader(text.as_bytes());
    reader.records().collect::<Result<_, _>>().map_err(|error| format!("{name}: {error}"))
}

/// Words by which two spellings of one name meet: lower-case ASCII, no marks, no punctuation, single blanks.
pub(super) fn key_of(text: &str) -> String {
    plain_words(text)
}

/// Names of a vocabulary that are spelt most like `text`, best first, at most three.
fn suggestions<'a>(names: impl Iterator<Item = (&'a str, &'a str)>, text: &str) -> Vec<String> {
    let key = key_of(text);
    if key.is_empty() {
        return Vec::new();
    }
    let mut best: HashMap<&str, f64> = HashMap::new();
    for (name_key, shown) in names {
        let likeness = strsim::jaro_winkler(name_key, &key);
        if likeness > 0.82 {
            let known = best.entry(shown).or_insert(0.0);
            *known = known.max(likeness);
        }
    }
    let mut ranked: Vec<(&str, f64)> = best.into_iter().collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
    ranked.into_iter().take(3).map(|(name, _)| name.to_owned()).collect()
}
