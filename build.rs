//! Packs the tables under `data/` into one file that the program embeds.
//!
//! Layout: the magic `CORRIDOR1`, the number of entries, then per entry: length of the name, name, how it is stored,
//! stored length, plain length, bytes. Numbers are little-endian u32. Entries are sorted by name, so the same data
//! give the same bytes. Data that are not there yet are simply left out: the loader says what is missing.

use flate2::Compression;
use flate2::write::DeflateEncoder;
use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Folders and files under `data/` that a user needs, with the endings that are packed.
const WANTED: &[(&str, &[&str])] = &[
    ("", &["csv", "md", "txt"]),
    ("network", &["csv", "csv.gz"]),
    ("boundaries", &["geojson", "geojson.gz"]),
    ("reference", &["csv", "csv.gz"]),
    ("scenarios", &["toml"]),
    ("vocabulary", &["csv"]),
    ("gazetteer", &["csv", "csv.gz"]),
];

/// Files of the top folder that are packed; others there belong to the build of the data.
const TOP_FILES: &[&str] = &[
    "LICENCES.txt",
    "README.md",
    "crossings.csv",
    "places.csv",
    "reporting.csv",
    "seizures.csv",
    "seizures_unplaced.csv",
];

const DEFLATED: u32 = 0;
const GZIPPED: u32 = 1;

// A build script writes into OUT_DIR: the rule on files is for the program.
#[allow(clippy::disallowed_methods)]
fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=data");
    let data = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("data");
    let mut files = Vec::new();
    for (folder, endings) in WANTED {
        list(&data, folder, endings, &mut files)?;
    }
    files.sort();
    let mut blob = Vec::from(*b"CORRIDOR1");
    put_number(&mut blob, files.len())?;
    for (name, path) in files {
        let bytes = fs::read(path)?;
        let (how, plain_len, stored) = match name.strip_suffix(".gz") {
            // The last four bytes of a gzip member hold its plain length.
            Some(_) => (GZIPPED, last_number(&bytes), bytes),
            None => {
                let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
                encoder.write_all(&bytes)?;
                (DEFLATED, u32::try_from(bytes.len())?, encoder.finish()?)
            }
        };
        let plain_name = name.strip_suffix(".gz").unwrap_or(&name);
        put_number(&mut blob, plain_name.len())?;
        blob.extend_from_slice(plain_name.as_bytes());
        blob.extend_from_slice(&how.to_le_bytes());
        put_number(&mut blob, stored.len())?;
        blob.extend_from_slice(&plain_len.to_le_bytes());
        blob.extend_from_slice(&stored);
    }
    fs::write(Path::new(&env::var("OUT_DIR")?).join("data.bin"), blob)?;
    Ok(())
}

/// Adds the wanted files of `data/folder` as (name with forward slashes, path).
fn list(data: &Path, folder: &str, endings: &[&str], files: &mut Vec<(String, PathBuf)>) -> Result<(), Box<dyn Error>> {
    let Ok(entries) = fs::read_dir(data.join(folder)) else { return Ok(()) };
    for entry in entries {
        let path = entry?.path();
        let Some(file_name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        let is_wanted = endings.iter().any(|ending| file_name.ends_with(&format!(".{ending}")));
        if !path.is_file() || !is_wanted || (folder.is_empty() && !TOP_FILES.contains(&file_name)) {
            continue;
        }
        let name = if folder.is_empty() { file_name.to_owned() } else { format!("{folder}/{file_name}") };
        files.push((name, path));
    }
    Ok(())
}

fn put_number(blob: &mut Vec<u8>, number: usize) -> Result<(), Box<dyn Error>> {
    blob.extend_from_slice(&u32::try_from(number)?.to_le_bytes());
    Ok(())
}

fn last_number(bytes: &[u8]) -> u32 {
    bytes.last_chunk().map_or(0, |last| u32::from_le_bytes(*last))
}
