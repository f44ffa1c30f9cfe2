//! The template and the effective configuration as TOML text.

use super::Documented;
use serde::Serialize;
use std::fmt::Write as _;
use toml::{Table, Value};

/// A key of a section: its name (`cost.theta` for one in a table of the section, `price.*` for any name under a table),
/// its unit (`-` for a pure number or a word), its range, both ends included, and what it means, in whole sentences.
pub type Key = (&'static str, &'static str, (f64, f64), &'static str);

/// The range of a key that is no number, or that may be any number.
pub const ANY: (f64, f64) = (f64::NEG_INFINITY, f64::INFINITY);

/// What a key means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KeyDoc {
    /// The section; empty at the top.
    pub section: &'static str,
    /// The key within its section.
    pub key: &'static str,
    /// Unit of the value.
    pub unit: &'static str,
    /// Lowest and highest value of a number, or of each number of a list.
    pub range: (f64, f64),
    /// What it means.
    pub doc: &'static str,
}

impl KeyDoc {
    /// The documentation of a section from its table.
    #[must_use]
    pub fn section(section: &'static str, keys: &'static [Key]) -> Vec<Self> {
        keys.iter().map(|(key, unit, range, doc)| Self { section, key, unit, range: *range, doc }).collect()
    }

    /// The full path, such as `flow.theta`.
    #[must_use]
    pub fn path(&self) -> String {
        if self.section.is_empty() { self.key.to_owned() } else { format!("{}.{}", self.section, self.key) }
    }

    /// Whether this is the documentation of the value at `path`.
    #[must_use]
    pub fn covers(&self, path: &str) -> bool {
        let own = self.path();
        match own.strip_suffix(".*") {
            Some(table) => path.strip_prefix(table).is_some_and(|rest| rest.starts_with('.')),
            None => own == path,
        }
    }

    /// The range in words; `None` when any number will do.
    #[must_use]
    pub fn range_words(&self) -> Option<String> {
        match self.range {
            (low, high) if low.is_finite() && high.is_finite() => Some(format!("{low} to {high}")),
            (low, _) if low.is_finite() => Some(format!("{low} or more")),
            (_, high) if high.is_finite() => Some(format!("{high} or less")),
            _ => None,
        }
    }
}

/// The value as a table of TOML; empty when it cannot be written as TOML.
pub(super) fn table_of<T: Serialize>(value: &T) -> Table {
    Table::try_from(value).unwrap_or_default()
}

/// The full paths of all values in `table`, in order.
#[must_use]
pub fn key_paths(table: &Table) -> Vec<String> {
    let mut paths = Vec::new();
    collect(table, "", &mut paths);
    paths
}

fn collect(table: &Table, prefix: &str, paths: &mut Vec<String>) {
    for (key, value) in table {
        let path = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        match value {
            Value::Table(inner) => collect(inner, &path, paths),
            _ => paths.push(path),
        }
    }
}

/// The value at a full path.
pub(super) fn value_at<'a>(table: &'a Table, path: &str) -> Option<&'a Value> {
    let mut parts = path.split('.');
    let mut value = table.get(parts.next()?)?;
    for part in parts {
        value = value.get(part)?;
    }
    Some(value)
}

/// Every value in force, as TOML, in the order of the documentation.
#[must_use]
pub fn effective_toml<T: Documented>(config: &T) -> String {
    write_toml::<T>(&table_of(config), Comments::None)
}

/// The template: every key with its meaning, unit and default.
#[must_use]
pub fn documented_toml<T: Documented>(config: &T) -> String {
    let head = "# Configuration of corridor. Every key is shown with its default: change what you need, delete the rest.\n\
                # `corridor check corridor.toml` says what is wrong with this file and with the tables it names.\n";
    format!("{head}{}", write_toml::<T>(&table_of(config), Comments::Full))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Comments {
    None,
    Full,
}

/// Widest comment line.
const WIDTH: usize = 100;

fn write_toml<T: Documented>(table: &Table, comments: Comments) -> String {
    let defaults = table_of(&T::default());
    let mut text = String::new();
    for (header, docs) in by_table(&T::docs()) {
        if !header.is_empty() {
            let _ = write!(text, "\n[{header}]\n");
        }
        for (doc, path) in docs {
            let value = value_at(table, &path);
            let key = path.rsplit_once('.').map_or(path.as_str(), |(_, key)| key);
            if comments == Comments::Full {
                let default = value_at(&defaults, &path).map_or_else(|| "none".to_owned(), ToString::to_string);
                let range = doc.range_words().map(|range| format!(" Range: {range}.")).unwrap_or_default();
                let _ = write!(text, "\n{}# Unit: {}. Default: {default}.{range}\n", wrap(doc.doc), doc.unit);
            }
            match value {
                Some(value) => {
                    let _ = writeln!(text, "{key} = {value}");
                }
                None if comments == Comments::Full => {
                    let _ = writeln!(text, "# {key} =");
                }
                None => {}
            }
        }
    }
    text
}

/// The keys under the header of the table they stand in, each with its full path; every header comes once. A key of
/// any name under a table is written as the whole table.
fn by_table(docs: &[KeyDoc]) -> Vec<(String, Vec<(&KeyDoc, String)>)> {
    let mut tables: Vec<(String, Vec<(&KeyDoc, String)>)> = Vec::new();
    for doc in docs {
        let path = doc.path().trim_end_matches(".*").to_owned();
        let header = path.rsplit_once('.').map_or("", |(header, _)| header).to_owned();
        match tables.iter_mut().find(|(known, _)| *known == header) {
            Some((_, keys)) => keys.push((doc, path)),
            None => tables.push((header, vec![(doc, path)])),
        }
    }
    // Keys of the top come before any header.
    tables.sort_by_key(|(header, _)| !header.is_empty());
    tables
}

fn wrap(doc: &str) -> String {
    let mut text = String::new();
    let mut line = String::from("#");
    for word in doc.split_whitespace() {
        if line.len() + 1 + word.len() > WIDTH {
            text.push_str(&line);
            text.push('\n');
            line = String::from("#");
        }
        line.push(' ');
        line.push_str(word);
    }
    text + &line + "\n"
}
