//! What is printed, and how.

use crate::error::Error;
use crate::inputs::escape_controls;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::Value;
use std::io::{self, ErrorKind, Write};
use std::path::PathBuf;
use std::time::Instant;

/// How a result is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// For people.
    Text,
    /// One JSON object.
    Json,
}

impl Format {
    pub(super) fn from_flag(is_json: bool) -> Self {
        if is_json { Self::Json } else { Self::Text }
    }
}

/// A result in both forms.
#[derive(Debug, Default)]
pub(super) struct Shown {
    pub(super) text: String,
    pub(super) json: Value,
    /// The JSON as text, where its values would take ten times the memory: printed in place of `json`.
    pub(super) json_text: Option<String>,
}

impl Shown {
    pub(super) fn new(text: String, json: Value) -> Self {
        Self { text, json, json_text: None }
    }

    /// A result as a command that succeeded prints it.
    pub(super) fn succeeded(mut self) -> Self {
        self.json = with_outcome(self.json);
        self
    }
}

/// Every object that tells a status tells the exit code and the problems, too, as errors do.
fn with_outcome(mut json: Value) -> Value {
    if let Value::Object(fields) = &mut json
        && let Some(place) = fields.keys().position(|name| name == "status")
        && !fields.contains_key("exit_code")
    {
        fields.shift_insert(place + 1, "exit_code".to_owned(), 0.into());
        fields.shift_insert(place + 2, "problems".to_owned(), Value::Array(Vec::new()));
    }
    json
}

/// The text of an object whose field `key` is the list of `items`; one item at a time is held as a value.
pub(super) fn with_items<I>(object: Value, key: &str, items: I) -> Result<String, Error>
where
    I: Iterator<Item = Value> + Clone,
{
    struct Items<I>(I);
    impl<I: Iterator<Item = Value> + Clone> Serialize for Items<I> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_seq(self.0.clone())
        }
    }
    let object = with_outcome(object);
    let mut text = Vec::new();
    let mut serializer = serde_json::Serializer::pretty(&mut text);
    let mut map = serializer.serialize_map(None).map_err(internal)?;
    let items = Items(items);
    for (name, value) in object.as_object().into_iter().flatten() {
        match name == key {
            true => map.serialize_entry(name, &items),
            false => map.serialize_entry(name, value),
        }
        .map_err(internal)?;
    }
    map.end().map_err(internal)?;
    String::from_utf8(text).map_err(internal)
}

fn internal(error: impl std::fmt::Display) -> Error {
    Error::Internal(error.to_string())
}

/// Prints a result on stdout. A reader that stopped reading is no fault.
pub(super) fn show(shown: &Shown, format: Format) -> Result<(), Error> {
    let mut out = io::stdout().lock();
    let written = match (format, &shown.json_text) {
        (Format::Text, _) => out.write_all(shown.text.as_bytes()),
        (Format::Json, Some(text)) => writeln!(out, "{text}"),
        (Format::Json, None) => out.write_all(format!("{:#}\n", shown.json).as_bytes()),
    };
    match written.and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Error::Output { path: PathBuf::from("standard output"), reason: error.to_string() })
        }
        _ => Ok(()),
    }
}

/// Prints a message on stderr; control characters are escaped line by line.
pub fn complain(message: &str) {
    let _ = writeln!(io::stderr().lock(), "corridor: {}", escape_lines(message));
}

/// Control characters escaped, line ends kept.
pub(super) fn escape_lines(text: &str) -> String {
    text.lines().map(escape_controls).collect::<Vec<_>>().join("\n")
}

/// Stages and seconds on stderr.
pub(super) struct Progress {
    is_shown: bool,
    start: Instant,
}

impl Progress {
    /// A silent one when `is_quiet`.
    pub(super) fn new(is_quiet: bool) -> Self {
        Self { is_shown: !is_quiet, start: Instant::now() }
    }

    /// Tells that a stage is done.
    pub(super) fn tell(&self, stage: &str) {
        if self.is_shown {
            let seconds = self.start.elapsed().as_secs_f64();
            let _ = writeln!(io::stderr().lock(), "{seconds:8.2} s  {}", escape_controls(stage));
        }
    }
}

/// A whole number with thousands separators, for people.
pub(super) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (ix, digit) in digits.chars().enumerate() {
        if ix > 0 && (digits.len() - ix).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
