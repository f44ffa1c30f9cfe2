//! Country texts to ISO 3166-1 alpha-3.

use super::{key_of, suggestions};
use crate::records::Iso3;
use std::collections::{HashMap, HashSet};

/// What a country text says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CountryMatch {
    /// One country.
    Known(Iso3),
    /// A name that several countries share; their codes and what to write.
    Ambiguous(String),
    /// No country of this name; the most similar names.
    Unknown(Vec<String>),
    /// Nothing stands there.
    Blank,
}

/// Names and codes of all countries: short, official, former, French, Russian, Spanish, Persian, Arabic.
#[derive(Clone, Debug)]
pub struct Countries {
    by_key: HashMap<String, Result<Iso3, String>>,
    names: Vec<(String, String)>,
    short: HashMap<Iso3, String>,
    written: HashSet<String>,
}

impl Countries {
    /// Columns: name, iso3, iso2, kind, suggestions, `source_id`.
    pub(super) fn read(rows: &[csv::StringRecord]) -> Self {
        let mut countries =
            Self { by_key: HashMap::new(), names: Vec::new(), short: HashMap::new(), written: HashSet::new() };
        for row in rows {
            let cell = |ix: usize| row.get(ix).unwrap_or_default();
            let key = country_key(cell(0));
            countries.written.insert(letters_of(cell(0)));
            let Ok(iso3) = cell(1).parse::<Iso3>() else {
                countries.by_key.insert(key, Err(cell(4).to_owned()));
                continue;
            };
            if cell(3) == "short" {
                countries.short.insert(iso3, cell(0).to_owned());
                for code in [cell(1), cell(2)] {
                    countries.by_key.insert(code.to_lowercase(), Ok(iso3));
                }
            }
            countries.names.push((key.clone(), format!("{} ({iso3})", cell(0))));
            countries.by_key.entry(key).or_insert(Ok(iso3));
        }
        countries
    }

    /// What `text` says. A text is never guessed from a similar one: similar ones are suggested.
    #[must_use]
    pub fn find(&self, text: &str) -> CountryMatch {
        let key = country_key(text);
        if key.is_empty() {
            return CountryMatch::Blank;
        }
        let known = self.by_key.get(&key).or_else(|| self.by_key.get(key.strip_prefix("the ")?));
        let known = known.or_else(|| spellings(text, &key).iter().find_map(|other| self.by_key.get(other)));
        match known {
            Some(Ok(iso3)) => CountryMatch::Known(*iso3),
            Some(Err(why)) => CountryMatch::Ambiguous(why.clone()),
            None => {
                let names = self.names.iter().map(|(key, shown)| (key.as_str(), shown.as_str()));
                CountryMatch::Unknown(suggestions(names, text))
            }
        }
    }

    /// The English short name that a known `text` misses by one letter, unless a name of the vocabulary is written as
    /// `text` is, marks included: `Afganistan` is read as the Spanish `Afganistán`, but may be a slip.
    #[must_use]
    pub fn near_english(&self, text: &str) -> Option<&str> {
        let CountryMatch::Known(iso3) = self.find(text) else { return None };
        let (name, own) = (self.name(iso3)?, letters_of(text));
        let is_slip = !self.written.contains(&own)
            && own.chars().count() > 3
            && strsim::damerau_levenshtein(&country_key(text), &country_key(name)) == 1;
        is_slip.then_some(name)
    }

    /// The English short name.
    #[must_use]
    pub fn name(&self, iso3: Iso3) -> Option<&str> {
        self.short.get(&iso3).map(String::as_str)
    }

    /// Every country with its English short name, in code order.
    #[must_use]
    pub fn all(&self) -> Vec<(Iso3, &str)> {
        let mut all: Vec<(Iso3, &str)> = self.short.iter().map(|(iso3, name)| (*iso3, name.as_str())).collect();
        all.sort_by_key(|(iso3, _)| *iso3);
        all
    }
}

fn country_key(text: &str) -> String {
    if text.contains('&') { key_of(&text.replace('&', " and ")) } else { key_of(text) }
}

/// Other orders of the words of an ISO 3166 short name: `Niger (the)`, `Moldova (the Republic of)`, `Tanzania, the United
/// Republic of` and the like, without the article and with what stands behind the name before it.
fn spellings(text: &str, key: &str) -> Vec<String> {
    let bare = |key: &str| key.split(' ').filter(|word| *word != "the").collect::<Vec<_>>().join(" ");
    let mut found = vec![bare(key)];
    if let Some((name, rest)) = text.split_once(['(', ',']) {
        let rest = country_key(rest);
        let (name, rest) = (country_key(name), rest.strip_prefix("the ").unwrap_or(&rest).to_owned());
        if rest.ends_with(" of") || rest.ends_with(" of the") {
            let of = rest.strip_suffix(" the").unwrap_or(&rest);
            found.extend([format!("{name} {of}"), format!("{of} {name}"), format!("{of} the {name}")]);
        }
    }
    found
}

/// Letters and digits in lower case, marks kept.
fn letters_of(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
