//! From TOML text to a configuration: all problems at once, each with its key and line.

use super::Documented;
use super::document::{key_paths, table_of, value_at};
use crate::inputs::escape_controls;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;
use toml::de::{DeTable, DeValue};
use toml::{Table, Value};

/// One problem of a configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConfigProblem {
    /// `C101` not TOML, `C102` unknown key, `C103` wrong type or word, `C104` out of range, `C105` unreadable file.
    pub code: &'static str,
    /// Full path of the key; empty = whole file.
    pub key: String,
    /// Line of the file, from 1; none when the value is a default.
    pub line: Option<usize>,
    /// What stands there.
    pub found: String,
    /// What should stand there.
    pub expected: String,
    /// What to do.
    pub fix: String,
}

impl fmt::Display for ConfigProblem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = self.line.map(|line| format!(" line {line}")).unwrap_or_default();
        let key = if self.key.is_empty() { String::new() } else { format!(", {}", self.key) };
        let text =
            format!("{}{line}{key}: found {}; expected {}. To do: {}.", self.code, self.found, self.expected, self.fix);
        formatter.write_str(&escape_controls(&text))
    }
}

/// Reads a configuration; what `text` does not name keeps its default.
///
/// # Errors
/// Every problem: text that is not TOML, unknown keys (with the nearest known one), values of a wrong type, values out
/// of range.
pub fn parse<T: Documented>(text: &str) -> Result<T, Vec<ConfigProblem>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (document, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        return Err(errors.iter().map(|error| syntax_problem(text, error)).collect());
    }
    let table: Table = toml::from_str(text).map_err(|error| vec![syntax_problem(text, &error)])?;
    let mut lines = BTreeMap::new();
    find_lines(text, document.get_ref(), "", &mut lines);

    let defaults = table_of(&T::default());
    let known = known_paths::<T>(&defaults);
    let mut problems = Vec::new();
    let mut merged = defaults.clone();
    for (path, value) in leaves(&table, &known) {
        let line = lines.get(&path).copied();
        if !is_known(&path, &known) {
            problems.push(unknown_key(&path, line, value, &known));
            continue;
        }
        // Each value is tried alone on top of the defaults, so that one wrong value does not hide the next.
        let mut trial = defaults.clone();
        set(&mut trial, &path, value.clone());
        match trial.try_into::<T>() {
            Ok(_) => set(&mut merged, &path, value.clone()),
            Err(error) => problems.push(wrong_value(&path, line, value, value_at(&defaults, &path), error.message())),
        }
    }
    let config: T = match merged.try_into() {
        Ok(config) => config,
        Err(error) => {
            problems.push(ConfigProblem {
                code: "C103",
                key: String::new(),
                line: None,
                found: error.message().to_owned(),
                expected: "values that go together".to_owned(),
                fix: "correct the values named".to_owned(),
            });
            return Err(problems);
        }
    };
    let values = table_of(&config);
    for (key, expected) in out_of_range::<T>(&values).into_iter().chain(config.more_problems()) {
        problems.push(ConfigProblem {
            code: "C104",
            line: lines.get(&key).copied(),
            found: value_at(&values, &key).map_or_else(String::new, ToString::to_string),
            key,
            expected,
            fix: "correct the value, or delete the line to use the default".to_owned(),
        });
    }
    problems.sort_by_key(|problem| problem.line);
    if problems.is_empty() { Ok(config) } else { Err(problems) }
}

fn line_at(text: &str, byte: usize) -> usize {
    text.as_bytes().iter().take(byte).filter(|byte| **byte == b'\n').count() + 1
}

fn syntax_problem(text: &str, error: &toml::de::Error) -> ConfigProblem {
    let line = error.span().map(|span| line_at(text, span.start));
    let found = line.and_then(|line| text.lines().nth(line - 1)).unwrap_or("a broken line").trim();
    ConfigProblem {
        code: "C101",
        key: String::new(),
        line,
        found: format!("`{found}`"),
        expected: format!("TOML ({})", error.message().replace('\n', ", ")),
        fix: "write `key = value`, text in double quotes".to_owned(),
    }
}

/// The line on which each key stands.
fn find_lines(text: &str, table: &DeTable<'_>, prefix: &str, lines: &mut BTreeMap<String, usize>) {
    for (key, value) in table {
        let name = key.get_ref();
        let path = if prefix.is_empty() { name.to_string() } else { format!("{prefix}.{name}") };
        lines.insert(path.clone(), line_at(text, key.span().start));
        if let DeValue::Table(inner) = value.get_ref() {
            find_lines(text, inner, &path, lines);
        }
    }
}

/// Numbers outside the range of their documentation, and numbers that are not finite: key and what was expected.
fn out_of_range<T: Documented>(values: &Table) -> Vec<(String, String)> {
    let docs = T::docs();
    let wrong = |path: &String| {
        let doc = docs.iter().find(|doc| doc.covers(path));
        let (low, high) = doc.map_or(super::ANY, |doc| doc.range);
        let is_right = |number: f64| number.is_finite() && (low..=high).contains(&number);
        let is_wrong = value_at(values, path).is_some_and(|value| numbers(value).any(|number| !is_right(number)));
        let expected = doc.and_then(super::KeyDoc::range_words).unwrap_or_else(|| "a finite number".to_owned());
        is_wrong.then_some((path.clone(), expected))
    };
    key_paths(values).iter().filter_map(wrong).collect()
}

/// The number of a value, or those of a list.
#[allow(clippy::cast_precision_loss)]
fn numbers(value: &Value) -> impl Iterator<Item = f64> {
    let list = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
    list.iter().filter_map(|value| value.as_float().or_else(|| value.as_integer().map(|whole| whole as f64)))
}

/// Paths that may be set: those with a default and those that are documented.
fn known_paths<T: Documented>(defaults: &Table) -> Vec<String> {
    let mut known = key_paths(defaults);
    known.extend(T::docs().iter().map(super::KeyDoc::path).filter(|path| value_at(defaults, path).is_none()));
    known
}

fn is_known(path: &str, known: &[String]) -> bool {
    known.iter().any(|key| match key.strip_suffix(".*") {
        Some(table) => path.strip_prefix(table).is_some_and(|rest| rest.starts_with('.')),
        None => key == path,
    })
}

/// The values of `table` by path; tables are entered unless the key itself is a known value.
fn leaves<'a>(table: &'a Table, known: &[String]) -> Vec<(String, &'a Value)> {
    fn enter<'a>(table: &'a Table, prefix: &str, known: &[String], out: &mut Vec<(String, &'a Value)>) {
        for (key, value) in table {
            let path = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
            let leads_on = known.iter().any(|key| key.strip_prefix(&path).is_some_and(|rest| rest.starts_with('.')));
            match value {
                Value::Table(inner) if leads_on => enter(inner, &path, known, out),
                _ => out.push((path, value)),
            }
        }
    }
    let mut out = Vec::new();
    enter(table, "", known, &mut out);
    out
}

fn set(table: &mut Table, path: &str, value: Value) {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    match rest {
        None => {
            table.insert(first.to_owned(), value);
        }
        Some(rest) => {
            let inner = table.entry(first.to_owned()).or_insert_with(|| Value::Table(Table::new()));
            if let Value::Table(inner) = inner {
                set(inner, rest, value);
            } else {
                *inner = value;
            }
        }
    }
}

fn unknown_key(path: &str, line: Option<usize>, value: &Value, known: &[String]) -> ConfigProblem {
    let sections = known.iter().filter_map(|key| key.rsplit_once('.').map(|(section, _)| section));
    let candidates: Vec<&str> =
        if value.is_table() { sections.collect() } else { known.iter().map(String::as_str).collect() };
    let near = candidates
        .iter()
        .map(|key| (strsim::normalized_damerau_levenshtein(key, path), *key))
        .filter(|(likeness, _)| *likeness >= 0.5)
        .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(a.1)));
    let fix = match near {
        Some((_, key)) => format!("write `{key}` if that is meant"),
        None => "delete the line (`corridor init` writes a file with all keys)".to_owned(),
    };
    ConfigProblem {
        code: "C102",
        key: path.to_owned(),
        line,
        found: "an unknown key".to_owned(),
        expected: "a key of the documented configuration".to_owned(),
        fix,
    }
}

fn wrong_value(path: &str, line: Option<usize>, value: &Value, default: Option<&Value>, why: &str) -> ConfigProblem {
    let expected = match default {
        Some(default) if default.same_type(value) || default.is_array() => why.replace('\n', ", "),
        Some(Value::String(_)) => "a text in double quotes".to_owned(),
        Some(Value::Integer(_)) => "a whole number".to_owned(),
        Some(Value::Float(_)) => "a number".to_owned(),
        Some(Value::Boolean(_)) => "true or false".to_owned(),
        _ => why.replace('\n', ", "),
    };
    let fix = match default {
        Some(default) => format!("write a value such as the default, {path} = {default}"),
        None => "correct the value, or delete the line".to_owned(),
    };
    ConfigProblem { code: "C103", key: path.to_owned(), line, found: value.to_string(), expected, fix }
}
