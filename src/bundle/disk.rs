//! The few disk operations a bundle needs, each counted so that a test can make any one of them fail.

// The one door out: every file of corridor is created here, under a folder that is renamed into place when whole.
#![allow(clippy::disallowed_methods)]

use std::cell::Cell;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Which operations fail; none outside tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Fault {
    /// None.
    #[default]
    Never,
    /// The n-th, from 1.
    #[cfg(test)]
    Once(u64),
    /// The n-th and all later ones.
    #[cfg(test)]
    From(u64),
}

/// The disk.
#[derive(Debug, Default)]
pub(super) struct Disk {
    fault: Fault,
    step: Cell<u64>,
}

impl Disk {
    /// A disk on which operations fail.
    #[cfg(test)]
    pub(super) fn failing(fault: Fault) -> Self {
        Self { fault, step: Cell::new(0) }
    }

    /// Operations tried so far.
    #[cfg(test)]
    pub(super) fn steps(&self) -> u64 {
        self.step.get()
    }

    fn step(&self) -> io::Result<()> {
        self.step.set(self.step.get() + 1);
        let is_failing = match self.fault {
            Fault::Never => false,
            #[cfg(test)]
            Fault::Once(n) => self.step.get() == n,
            #[cfg(test)]
            Fault::From(n) => self.step.get() >= n,
        };
        if is_failing { Err(io::Error::other("injected fault")) } else { Ok(()) }
    }

    /// A new hidden folder in `parent`, removed when dropped.
    pub(super) fn stage(&self, parent: &Path, prefix: &std::ffi::OsStr) -> io::Result<tempfile::TempDir> {
        self.step()?;
        tempfile::Builder::new().prefix(prefix).tempdir_in(parent)
    }

    /// A new file with these bytes, flushed to the disk.
    pub(super) fn write_file(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.step()?;
        let mut file = File::create_new(path)?;
        self.step()?;
        file.write_all(bytes)?;
        self.step()?;
        file.sync_all()
    }

    /// A folder and those above it.
    pub(super) fn create_folders(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        fs::create_dir_all(path)
    }

    /// Renames a file or folder.
    pub(super) fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step()?;
        fs::rename(from, to)
    }

    /// Flushes a folder's list of names to the disk.
    pub(super) fn sync_folder(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
    }

    /// Removes a folder with all it holds; links in it are removed, not followed.
    pub(super) fn remove_folder(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        fs::remove_dir_all(path)
    }

    /// Writes `files` under `folder`, with their sub-folders, all flushed to the disk.
    pub(super) fn write_all(&self, folder: &Path, files: &[super::NamedBytes]) -> Result<(), (PathBuf, io::Error)> {
        let at = |path: &Path| {
            let path = path.to_owned();
            move |source| (path, source)
        };
        let mut folders = std::collections::BTreeSet::from([folder.to_owned()]);
        for (name, bytes) in files {
            let path = folder.join(name);
            for parent in path.ancestors().skip(1).take_while(|parent| parent.starts_with(folder)) {
                if folders.insert(parent.to_owned()) {
                    self.create_folders(parent).map_err(at(parent))?;
                }
            }
            self.write_file(&path, bytes).map_err(at(&path))?;
        }
        folders.iter().rev().try_for_each(|path| self.sync_folder(path).map_err(at(path)))
    }
}
