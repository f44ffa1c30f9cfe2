//! `corridor init`: all tables and a documented configuration, to start one's own.

use super::output::{Format, Shown};
use super::setup::CONFIG_NAME;
use crate::config::{Config, DataSection, documented_toml};
use crate::error::Error;
use crate::inputs::{embedded, escape_controls};
use serde_json::json;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Arguments of `corridor init`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A directory that does not exist yet, or is empty.
    dir: PathBuf,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

impl Args {
    pub(super) fn format(&self) -> Format {
        Format::from_flag(self.json)
    }
}

/// Writes the directory whole, or leaves what was there.
pub(super) fn run(args: &Args) -> Result<Shown, Error> {
    let mut files = embedded::files().map_err(Error::Internal)?;
    let config = Config { data: DataSection { dir: ".".to_owned() }, ..Config::default() };
    files.push((CONFIG_NAME.to_owned(), documented_toml(&config).into_bytes()));
    write_whole(&args.dir, &files)?;
    let shown = escape_controls(&args.dir.display().to_string());
    let text = format!(
        "{} files in {shown}. Next:\n  corridor check {shown}\n  corridor run {shown} --out result\n",
        files.len()
    );
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    let json = json!({ "status": "ok", "dir": args.dir.display().to_string(), "files": names });
    Ok(Shown::new(text, json))
}

/// Writes the files beside their place and moves them there when all are written.
fn write_whole(dir: &Path, files: &[(String, Vec<u8>)]) -> Result<(), Error> {
    let refuse = |error: &io::Error| Error::Output { path: dir.to_owned(), reason: format!("B002: {error}") };
    let is_there = fs::symlink_metadata(dir).is_ok();
    if is_there && !dir.is_dir() {
        let reason = "B001: it is no folder; name another one".to_owned();
        return Err(Error::Output { path: dir.to_owned(), reason });
    }
    if is_there {
        let mut entries = fs::read_dir(dir).map_err(|error| refuse(&error))?;
        if entries.next().is_some() {
            return Err(Error::Output {
                path: dir.to_owned(),
                reason: "B004: the directory is not empty; name a new one".to_owned(),
            });
        }
    }
    let parent = match dir.parent() {
        _ if is_there => dir,
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
        None => dir,
    };
    let write = || -> io::Result<()> {
        fs::create_dir_all(parent)?;
        let staging = tempfile::Builder::new().prefix(".corridor-").tempdir_in(parent)?;
        // The temporary directory is private to its owner; the one that stays is made by the user's own rules.
        let root = staging.path().join("new");
        for (name, bytes) in files {
            let path = root.join(name);
            fs::create_dir_all(path.parent().unwrap_or(&root))?;
            OpenOptions::new().write(true).create_new(true).open(path)?.write_all(bytes)?;
        }
        if !is_there {
            return fs::rename(&root, dir);
        }
        for entry in fs::read_dir(&root)? {
            let entry = entry?;
            fs::rename(entry.path(), dir.join(entry.file_name()))?;
        }
        Ok(())
    };
    write().map_err(|error| refuse(&error))
}
