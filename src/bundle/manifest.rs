//! `manifest.json`: what was run on what, and the size and hash of every other file.

use super::{Contents, InputFile, Profile};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::path::Path;

/// Marks the file as ours.
const SCHEMA: &str = "corridor-bundle";
/// Goes up when a reader of the last one would be misled.
const SCHEMA_VERSION: u32 = 1;
/// No manifest is larger.
const MAX_BYTES: u64 = 64 << 20;

/// The manifest of a bundle.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// Always `corridor-bundle`.
    pub schema: String,
    /// Version of this form.
    pub schema_version: u32,
    /// Version of corridor.
    pub corridor_version: String,
    /// Title of the bundle.
    pub title: String,
    /// Classification stamped on every output.
    pub classification: String,
    /// Who the bundle is for.
    pub profile: Profile,
    /// How the files are to be read.
    pub conventions: Vec<String>,
    /// The input files, with what became of their rows.
    pub inputs: Vec<InputFile>,
    /// Parameters and model levels.
    pub notes: Vec<Note>,
    /// The effective configuration.
    pub config_toml: String,
    /// Every other file, by path.
    pub files: Vec<FileRecord>,
}

/// A parameter or model level.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Note {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// A file of the bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRecord {
    /// Path inside the bundle, with `/`.
    pub path: String,
    /// Size.
    pub bytes: u64,
    /// SHA-256 in hexadecimal.
    pub sha256: String,
}

impl Manifest {
    /// The manifest of these files.
    pub(super) fn new(contents: &Contents, files: &[super::NamedBytes]) -> Self {
        let run = &contents.run;
        let records = crate::parallel::map_in_order(files, |(path, bytes)| FileRecord {
            path: path.clone(),
            bytes: bytes.len() as u64,
            sha256: sha256_hex(bytes),
        });
        let mut conventions = vec![
            "An empty cell is \"not reported\" or \"does not apply\", never zero.".to_owned(),
            "In tables/*.csv a text that starts with = + - @ is preceded by an apostrophe, so that no spreadsheet runs \
             it; quarantine.csv and figures/*.csv hold texts as they came."
                .to_owned(),
            "Positions are WGS 84 degrees, longitude first.".to_owned(),
            "Seizures are not flow.".to_owned(),
        ];
        if run.profile == Profile::Public {
            conventions.push(super::suppress::NOTICE.to_owned());
        }
        Self {
            schema: SCHEMA.to_owned(),
            schema_version: SCHEMA_VERSION,
            corridor_version: run.version.clone(),
            title: contents.title.clone(),
            classification: run.classification.clone(),
            profile: run.profile,
            conventions,
            inputs: run
                .inputs
                .iter()
                .map(|input| InputFile { name: file_name(&input.name), ..input.clone() })
                .collect(),
            notes: run.notes.iter().map(|(name, value)| Note { name: name.clone(), value: value.clone() }).collect(),
            config_toml: run.config_toml.clone(),
            files: records,
        }
    }

    /// The manifest in `dir`, when there is one of ours.
    pub(super) fn read(dir: &Path) -> Option<Self> {
        let path = dir.join("manifest.json");
        let metadata = std::fs::symlink_metadata(&path).ok()?;
        if !metadata.is_file() || metadata.len() > MAX_BYTES {
            return None;
        }
        let manifest: Self = serde_json::from_slice(&std::fs::read(&path).ok()?).ok()?;
        (manifest.schema == SCHEMA).then_some(manifest)
    }
}

/// The name without its folders: where the inputs lay is nobody's business.
pub(super) fn file_name(path: &str) -> String {
    path.rsplit(['/', '\\']).next().unwrap_or(path).to_owned()
}

fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
