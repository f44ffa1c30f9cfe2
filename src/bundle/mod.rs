//! The only room that writes files: a result becomes a bundle, a folder that is whole or absent.
//!
//! Everything is first rendered to bytes in memory ([`Contents`] in, file names and bytes out, the same bytes for the
//! same contents), then written to a hidden folder beside the destination, flushed to the disk, and swapped in by
//! rename. `manifest.json` names every other file with its size and SHA-256. Nothing of the clock, the user, the host
//! or the place on the disk is written.

mod csv_text;
mod destination;
mod disk;
mod error;
mod geo_json;
mod html;
mod manifest;
mod markdown;
mod names;
mod parquet;
mod place;
mod render;
mod seizures;
pub mod suppress;
mod svg;
mod text;
mod view;
mod workbook;

pub use error::BundleError;
pub use manifest::{FileRecord, Manifest};
pub use seizures::{SEIZURE_COLUMNS, SeizureFormat, seizure_file, seizure_place_file};

use crate::tables::Table;
use disk::Disk;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// A file by its path inside the bundle.
type NamedBytes = (String, Vec<u8>);

/// All that a bundle says.
#[derive(Clone, Debug, Default)]
pub struct Contents {
    /// Title of the bundle.
    pub title: String,
    /// Figures; all are written, those a report block names are also shown in the report.
    pub figures: Vec<FigureFile>,
    /// Tables; each becomes a CSV file, a Parquet file and a sheet of the workbook.
    pub tables: Vec<Table>,
    /// The text of the report.
    pub report: Report,
    /// Features of the map, in WGS 84 degrees.
    pub features: Vec<Feature>,
    /// Refused input values: source, sheet, row, column, raw_value, rule, message, fix.
    pub quarantine: Table,
    /// Licence and attribution of every source.
    pub licences: String,
    /// What was run, on which inputs.
    pub run: RunRecord,
    /// Further text files, each with its path inside the bundle, such as `effective.toml`.
    pub extra_text_files: Vec<(String, String)>,
}

/// A drawn figure with the numbers behind it.
#[derive(Clone, Debug, Default)]
pub struct FigureFile {
    /// Slug, `[a-z0-9_-]`: the name of its files.
    pub id: String,
    /// Title, one line.
    pub title: String,
    /// Caption: what it shows, its level, source and assumptions.
    pub caption: String,
    /// The figure in words, for who cannot see it.
    pub alt: String,
    /// SVG text.
    pub svg: String,
    /// PNG bytes; no file is written when empty.
    pub png: Vec<u8>,
    /// The numbers drawn.
    pub data: Table,
}

/// The text of the report; all strings are plain text, a blank line starts a new paragraph.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Title.
    pub title: String,
    /// Line under the title.
    pub subtitle: String,
    /// Findings, one bullet each.
    pub summary: Vec<String>,
    /// Sections in order; each gets an entry in the table of contents.
    pub sections: Vec<Section>,
    /// Conduct, sources and licence lines.
    pub footer: Vec<String>,
}

/// A section of the report.
#[derive(Clone, Debug, Default)]
pub struct Section {
    /// Heading.
    pub heading: String,
    /// Its parts in order.
    pub blocks: Vec<Block>,
}

/// A part of a section.
#[derive(Clone, Debug)]
pub enum Block {
    /// Running text.
    Text(String),
    /// A list.
    Bullets(Vec<String>),
    /// The figure of this id.
    Figure(String),
    /// The first rows of a table.
    Table {
        /// Name of the table.
        name: String,
        /// How many rows are shown; the whole table is in its files.
        first_rows: usize,
        /// Columns shown, in this order; empty = all.
        columns: Vec<String>,
    },
}

/// A feature of the map.
#[derive(Clone, Debug)]
pub struct Feature {
    /// Geometry in WGS 84 degrees, longitude first.
    pub geometry: geo::Geometry<f64>,
    /// Properties in order; `layer` says what it is (`crossing`, `corridor`, `office`, `seizure`, ...).
    pub properties: Vec<(String, serde_json::Value)>,
}

/// What was run.
#[derive(Clone, Debug, Default)]
pub struct RunRecord {
    /// Version of corridor.
    pub version: String,
    /// The effective configuration.
    pub config_toml: String,
    /// The input files, with what became of their rows.
    pub inputs: Vec<InputFile>,
    /// Classification stamped on every output.
    pub classification: String,
    /// Who the bundle is for.
    pub profile: Profile,
    /// Parameters and model levels, as name and value.
    pub notes: Vec<(String, String)>,
}

/// An input file and what became of its rows: in = used + quarantined + excluded, else the bundle is refused.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct InputFile {
    /// Name without its folder.
    pub name: String,
    /// Rows read.
    pub rows_in: u64,
    /// Rows used.
    pub rows_used: u64,
    /// Rows refused, listed in `quarantine.csv`.
    pub rows_quarantined: u64,
    /// Rows left out by the configuration.
    pub rows_excluded: u64,
    /// SHA-256 of the bytes read, in hexadecimal.
    pub sha256: String,
}

/// Who a bundle is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// For the analysts: all numbers.
    #[default]
    Working,
    /// For publication: small counts and seizure positions are withheld, see [`suppress`].
    Public,
}

/// What may stand at the destination already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overwrite {
    /// Nothing, or an empty folder.
    Refuse,
    /// An earlier bundle too: it is replaced whole.
    ReplaceCorridorBundle,
    /// Any folder that is not a home, working or root folder: it is replaced whole.
    Force,
}

/// Says whether a bundle can be written to `dir`, before anything is computed.
///
/// # Errors
/// When something not to be overwritten is in the way, or the parent folder is not writable.
pub fn check_destination(dir: &Path, overwrite: Overwrite) -> Result<(), BundleError> {
    destination::check(dir, overwrite)
}

/// Writes the bundle to `dir`: whole, or not at all.
///
/// # Errors
/// When the contents contradict themselves (before anything is written), the destination may not be overwritten, another
/// run is writing to it, or the disk fails. The destination is then as it was.
pub fn write(contents: &Contents, dir: &Path, overwrite: Overwrite) -> Result<Manifest, BundleError> {
    destination::check(dir, overwrite)?;
    let (files, manifest) = render::bundle(contents)?;
    place::replace_folder(&Disk::default(), &files, dir, overwrite)?;
    Ok(manifest)
}

/// Writes plain files into `dir`, all of them or none; a file of the same name is replaced only with
/// [`Overwrite::Force`], other files stay.
///
/// # Errors
/// When a name is not a plain one, a file is in the way, or the disk fails. The folder is then as it was.
pub fn write_files(files: &[(String, Vec<u8>)], dir: &Path, overwrite: Overwrite) -> Result<(), BundleError> {
    names::check_paths(files.iter().map(|(path, _)| path.as_str()))?;
    place::add_files(&Disk::default(), files, dir, overwrite)
}

/// Writes plain files into several folders as [`write_files`] does into one: all of them or none.
///
/// # Errors
/// See [`write_files`]. Every folder is then as it was.
pub fn write_files_of_folders(folders: &[(PathBuf, Vec<NamedBytes>)], overwrite: Overwrite) -> Result<(), BundleError> {
    for (_, files) in folders {
        names::check_paths(files.iter().map(|(path, _)| path.as_str()))?;
    }
    place::add_files_of_folders(&Disk::default(), folders, overwrite)
}
