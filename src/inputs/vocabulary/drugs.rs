//! Drug names to commodity, group and drug.

use super::{key_of, suggestions};
use crate::records::Commodity;
use std::collections::HashMap;

/// A drug as the project names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drug {
    /// Name, such as `heroin` for `Heroin Base` and `héroïne`.
    pub drug: String,
    /// Opiates or precursors; none for other drugs.
    pub commodity: Option<Commodity>,
    /// Group, such as `opiates`, `cocaine`, `sedative`.
    pub group: String,
    /// The rule by which records of it are left out, such as `not_a_controlled_drug`.
    pub excluded_by: Option<String>,
}

/// What a drug text says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DrugMatch {
    /// Index in [`Drugs::all`].
    Known(u16),
    /// Not in the vocabulary.
    Unknown,
    /// Nothing stands there.
    Blank,
}

/// The drugs that are known.
#[derive(Clone, Debug)]
pub struct Drugs {
    /// Every drug once, in the table's order.
    pub all: Vec<Drug>,
    by_key: HashMap<String, u16>,
    names: Vec<(String, String)>,
}

impl Drugs {
    /// Columns: name, drug, commodity, group, use, note, `source_id`.
    pub(super) fn read(rows: &[csv::StringRecord]) -> Self {
        let mut drugs = Self { all: Vec::new(), by_key: HashMap::new(), names: Vec::new() };
        for row in rows {
            let cell = |ix: usize| row.get(ix).unwrap_or_default();
            let drug = Drug {
                drug: cell(1).to_owned(),
                commodity: cell(2).parse().ok(),
                group: cell(3).to_owned(),
                excluded_by: (cell(4) == "exclude").then(|| cell(5).to_owned()),
            };
            let ix = drugs.all.iter().position(|known| *known == drug).unwrap_or_else(|| {
                drugs.all.push(drug);
                drugs.all.len() - 1
            });
            let key = key_of(cell(0));
            drugs.names.push((key.clone(), cell(0).to_owned()));
            drugs.by_key.entry(key).or_insert(u16::try_from(ix).unwrap_or(u16::MAX));
        }
        drugs
    }

    /// What `text` says.
    #[must_use]
    pub fn find(&self, text: &str) -> DrugMatch {
        let key = key_of(text);
        match self.by_key.get(&key) {
            Some(ix) => DrugMatch::Known(*ix),
            None if key.is_empty() => DrugMatch::Blank,
            None => DrugMatch::Unknown,
        }
    }

    /// Names most like `text`.
    #[must_use]
    pub fn similar(&self, text: &str) -> Vec<String> {
        suggestions(self.names.iter().map(|(key, name)| (key.as_str(), name.as_str())), text)
    }
}
