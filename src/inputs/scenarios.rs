//! Scenario files as text: those beside the tables, or those named on the command line.

use super::DataSource;
use super::embedded;
use std::path::{Path, PathBuf};

/// Largest scenario file read.
const MAX_BYTES: u64 = 1 << 20;

/// A scenario file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScenarioText {
    /// File name, for messages.
    pub file: String,
    /// Its text.
    pub text: String,
}

/// The scenarios of `source`: every `scenarios/*.toml`, by name.
///
/// # Errors
/// When one cannot be read; the message names it.
pub fn scenarios_of(source: &DataSource) -> Result<Vec<ScenarioText>, String> {
    match source {
        DataSource::Embedded => embedded::files()?
            .into_iter()
            .filter(|(name, _)| name.starts_with("scenarios/") && name.ends_with(".toml"))
            .map(|(name, bytes)| text_of(&name, bytes))
            .collect(),
        DataSource::Directory(directory) => {
            let Ok(entries) = std::fs::read_dir(directory.join("scenarios")) else { return Ok(Vec::new()) };
            let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
            paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
            paths.sort();
            paths.iter().map(|path| scenario_at(path)).collect()
        }
    }
}

/// The scenario file at `path`.
///
/// # Errors
/// When it cannot be read.
pub fn scenario_at(path: &Path) -> Result<ScenarioText, String> {
    let name = path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
    let meta = std::fs::metadata(path).map_err(|error| format!("{name}: {error}"))?;
    if !meta.is_file() || meta.len() > MAX_BYTES {
        return Err(format!("{name}: not a regular file of at most 1 MB"));
    }
    text_of(&name, std::fs::read(path).map_err(|error| format!("{name}: {error}"))?)
}

fn text_of(name: &str, bytes: Vec<u8>) -> Result<ScenarioText, String> {
    let text = String::from_utf8(bytes).map_err(|_| format!("{name}: not UTF-8 text"))?;
    Ok(ScenarioText { file: name.to_owned(), text })
}
