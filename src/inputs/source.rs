//! Where the tables come from, and the one place that reads bytes from outside.

use super::embedded;
use super::problem::Problem;
use flate2::read::MultiGzDecoder;
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

/// Most plain bytes one table may have: compressed bombs stop here, whatever their header says.
pub(super) const MAX_PLAIN_BYTES: usize = 128 << 20;

/// Which tables to load.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DataSource {
    /// Those inside the program.
    Embedded,
    /// Those of a directory laid out as `corridor init` writes it; each table plain or with `.gz`.
    Directory(PathBuf),
}

/// A file's plain bytes.
pub(super) struct PlainFile {
    /// Name from the data directory, without `.gz`.
    pub(super) name: &'static str,
    /// Bytes as stored, unpacked.
    pub(super) bytes: Vec<u8>,
    /// Hash of `bytes` in hexadecimal digits.
    pub(super) sha256: String,
}

impl PlainFile {
    /// The bytes without a byte-order mark.
    pub(super) fn body(&self) -> &[u8] {
        self.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.bytes)
    }
}

/// The files read, and what could not be read.
pub(super) struct PlainFiles {
    files: BTreeMap<&'static str, PlainFile>,
    /// Files that are missing or unreadable.
    pub(super) problems: Vec<Problem>,
}

impl PlainFiles {
    /// The file, when it could be read.
    pub(super) fn of(&self, name: &str) -> Option<&PlainFile> {
        self.files.get(name)
    }
}

/// Reads `required` and, where they are there, `optional` files.
pub(super) fn read_all(source: &DataSource, required: &[&'static str], optional: &[&'static str]) -> PlainFiles {
    let packed = embedded::packed();
    let names: Vec<(&'static str, bool)> =
        required.iter().map(|name| (*name, true)).chain(optional.iter().map(|name| (*name, false))).collect();
    let results: Vec<Result<Option<PlainFile>, Box<Problem>>> = names
        .par_iter()
        .with_max_len(1)
        .map(|(name, is_required)| {
            let bytes = match source {
                DataSource::Embedded => packed
                    .iter()
                    .find(|file| file.name == *name)
                    .map(|file| file.unpack().map_err(|why| unreadable(name, &why)))
                    .transpose(),
                DataSource::Directory(directory) => read_from(directory, name),
            }?;
            match bytes {
                Some(bytes) => {
                    let sha256 = hex(&Sha256::digest(&bytes));
                    Ok(Some(PlainFile { name, bytes, sha256 }))
                }
                None if *is_required => Err(missing(source, name)),
                None => Ok(None),
            }
        })
        .collect();
    let mut read = PlainFiles { files: BTreeMap::new(), problems: Vec::new() };
    for result in results {
        match result {
            Ok(Some(file)) => {
                read.files.insert(file.name, file);
            }
            Ok(None) => {}
            Err(problem) => read.problems.push(*problem),
        }
    }
    read
}

fn missing(source: &DataSource, name: &str) -> Box<Problem> {
    let fix = match source {
        DataSource::Embedded => "build the program with the complete data directory, or give your own in corridor.toml",
        DataSource::Directory(_) => "put the table there (`corridor init DIR` writes a complete set to start from)",
    };
    Box::new(Problem::of_file("I101", name, "no such file", "this file, or the same with .gz", fix))
}

fn unreadable(name: &str, why: &str) -> Box<Problem> {
    let fix = "check that the file is whole and may be read";
    Box::new(Problem::of_file("I102", name, why, "a file that can be read to its end", fix))
}

/// The plain or the compressed file of that name; `None` when neither is there.
fn read_from(directory: &Path, name: &str) -> Result<Option<Vec<u8>>, Box<Problem>> {
    let plain = read_capped(&directory.join(name), false, MAX_PLAIN_BYTES).map_err(|why| unreadable(name, &why))?;
    let packed = read_capped(&directory.join(format!("{name}.gz")), true, MAX_PLAIN_BYTES)
        .map_err(|why| unreadable(name, &why))?;
    match (plain, packed) {
        (Some(_), Some(_)) => Err(Box::new(Problem::of_file(
            "I108",
            name,
            &format!("both {name} and {name}.gz"),
            "one of the two",
            "remove the one that is out of date",
        ))),
        (plain, packed) => Ok(plain.or(packed)),
    }
}

/// The bytes of a file, none when it is not there; refused beyond `cap` bytes once unpacked.
pub(super) fn read_capped(path: &Path, is_gzipped: bool, cap: usize) -> Result<Option<Vec<u8>>, String> {
    // Looked at before it is opened: opening a pipe would wait for its writer.
    let meta = match std::fs::metadata(path) {
        Ok(meta) if meta.is_file() => meta,
        Ok(_) => return Err("not a regular file".to_owned()),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.to_string()),
    };
    let file = File::open(path).map_err(|error| error.to_string())?;
    let room = usize::try_from(meta.len()).unwrap_or(cap).min(cap);
    let bytes = if is_gzipped {
        inflate(MultiGzDecoder::new(file), room.saturating_mul(4), cap)
    } else {
        inflate(file, room, cap)
    };
    bytes.map(Some)
}

/// Reads to the end, refusing more than `cap` bytes. `room` is a guess of the length.
pub(super) fn inflate(reader: impl Read, room: usize, cap: usize) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::with_capacity(room.min(1 << 26));
    let limit = u64::try_from(cap).unwrap_or(u64::MAX).saturating_add(1);
    reader.take(limit).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() > cap { Err(format!("more than {} MB of text", cap >> 20)) } else { Ok(bytes) }
}

/// Lower-case hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}
