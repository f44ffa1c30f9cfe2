//! What is printed, and how.

use crate::error::Error;
use crate::inputs::escape_controls;
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
}

impl Shown {
    /// A result as a command that succeeded prints it: every object that tells a status tells the exit code and the
    /// problems, too, as errors do.
    pub(super) fn succeeded(mut self) -> Self {
        if let Value::Object(fields) = &mut self.json
            && let Some(place) = fields.keys().position(|name| name == "status")
            && !fields.contains_key("exit_code")
        {
            fields.shift_insert(place + 1, "exit_code".to_owned(), 0.into());
            fields.shift_insert(place + 2, "problems".to_owned(), Value::Array(Vec::new()));
        }
        self
    }
}

/// Prints a result on stdout. A reader that stopped reading is no fault.
pub(super) fn show(shown: &Shown, format: Format) -> Result<(), Error> {
    let text = match format {
        Format::Text => shown.text.clone(),
        Format::Json => format!("{:#}\n", shown.json),
    };
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
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
