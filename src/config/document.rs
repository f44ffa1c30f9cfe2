//! The template and the effective configuration as TOML text.

use super::Documented;
use serde::Serialize;
use std::fmt::Write as _;
use toml::{Table, Value};

/// What a key means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyDoc {
    /// The section; empty at the top.
    pub section: &'static str,
    /// The key within its section.
    pub key: &'static str,
    /// Unit of the value, such as `km`; `-` for a pure number.
    pub unit: &'static str,
    /// What it means, in whole sentences.
    pub doc: &'static str,
}

impl KeyDoc {
    /// The documentation of a section from its table (key, unit, doc). A key `prices.*` stands for any key under
    /// `prices`.
    #[must_use]
    pub fn section(section: &'static str, keys: &'static [(&'static str, &'static str, &'static str)]) -> Vec<Self> {
        keys.iter().map(|(key, unit, doc)| Self { section, key, unit, doc }).collect()
    }

    /// The full path, such as `flow.theta`.
    #[must_use]
    pub fn path(&self) -> String {
        if self.section.is_empty() { self.key.to_owned() } else { format!("{}.{}", self.section, self.key) }
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
    let mut section = "";
    for doc in T::docs() {
        if doc.section != section {
            section = doc.section;
            let _ = write!(text, "\n[{section}]\n");
        }
        // A key of any name under a table is written as the whole table.
        let (key, path) = (doc.key.trim_end_matches(".*"), doc.path());
        let path = path.trim_end_matches(".*");
        let value = value_at(table, path);
        if comments == Comments::Full {
            let default = value_at(&defaults, path).map_or_else(|| "none".to_owned(), ToString::to_string);
            let _ = write!(text, "\n{}# Unit: {}. Default: {default}.\n", wrap(doc.doc), doc.unit);
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
    text
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
