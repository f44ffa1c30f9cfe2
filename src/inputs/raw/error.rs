//! Why a file from outside gives no table at all.

use super::super::problem::{escape_controls, shorten};
use std::fmt;

/// What stopped the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RawErrorKind {
    /// The file is not what it should be (exit code 3).
    Refused,
    /// A limit on size, memory or time (exit code 6).
    Resource,
}

/// A file that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct RawError {
    /// Name of the file.
    pub source_name: String,
    /// Stable code; [`super::super::rules::RULES`] explains it.
    pub rule: &'static str,
    /// Line, row or byte, when known: `line 12`.
    pub place: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub fix: String,
    /// What stopped the reader.
    pub kind: RawErrorKind,
}

impl RawError {
    /// A file that is refused; the file's name is added by the door.
    pub(in super::super) fn refused(rule: &'static str, message: impl Into<String>, fix: &str) -> Self {
        Self {
            source_name: String::new(),
            rule,
            place: String::new(),
            message: message.into(),
            fix: fix.to_owned(),
            kind: RawErrorKind::Refused,
        }
    }

    /// A limit that was reached.
    pub(in super::super) fn limit(rule: &'static str, message: impl Into<String>, fix: &str) -> Self {
        Self { kind: RawErrorKind::Resource, ..Self::refused(rule, message, fix) }
    }

    pub(in super::super) fn at(mut self, place: impl Into<String>) -> Self {
        self.place = place.into();
        self
    }

    pub(in super::super) fn of(mut self, source_name: &str) -> Self {
        source_name.clone_into(&mut self.source_name);
        self
    }
}

impl fmt::Display for RawError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.place.is_empty() { String::new() } else { format!(" {}", self.place) };
        let text =
            format!("{}: {}{place}: {}. To do: {}", self.rule, self.source_name, shorten_long(&self.message), self.fix);
        formatter.write_str(&escape_controls(&text))
    }
}

/// Messages of libraries may quote the file: kept short.
fn shorten_long(message: &str) -> String {
    if message.len() > 400 {
        message.lines().map(shorten).collect::<Vec<_>>().join(" ").chars().take(400).collect()
    } else {
        message.to_owned()
    }
}
