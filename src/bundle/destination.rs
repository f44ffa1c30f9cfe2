//! Where a bundle goes: what may be replaced, the lock of a destination, and what a killed run left there.

use super::manifest::Manifest;
use super::{BundleError, Overwrite};
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Component, Path, PathBuf};

/// Files that file managers leave in folders they show.
const FILE_MANAGER_FILES: [&str; 3] = [".DS_Store", "Thumbs.db", "desktop.ini"];

/// A destination with its parent.
pub(super) struct Destination {
    /// The folder itself.
    pub(super) dir: PathBuf,
    /// The folder above.
    pub(super) parent: PathBuf,
    name: OsString,
}

impl Destination {
    pub(super) fn new(dir: &Path) -> Result<Self, BundleError> {
        let unwritable = |source| BundleError::NotWritable { path: dir.to_owned(), source };
        let mut dir = std::path::absolute(dir).map_err(unwritable)?;
        if dir.file_name().is_none() || dir.components().any(|part| part == Component::ParentDir) {
            dir = dir.canonicalize().map_err(unwritable)?;
        }
        match (dir.parent(), dir.file_name()) {
            (Some(parent), Some(name)) => {
                Ok(Self { parent: parent.to_owned(), name: name.to_owned(), dir: dir.clone() })
            }
            _ => Err(protected(&dir, "the root folder")),
        }
    }

    /// The name of a hidden companion of the destination.
    pub(super) fn hidden(&self, ending: &str) -> OsString {
        let mut name = OsString::from(".");
        name.push(&self.name);
        name.push(".corridor-");
        name.push(ending);
        name
    }

    /// Where the earlier bundle stands between the two renames.
    pub(super) fn old(&self) -> PathBuf {
        self.parent.join(self.hidden("old"))
    }
}

fn protected(path: &Path, found: &'static str) -> BundleError {
    BundleError::Protected { path: path.to_owned(), found, suggestion: path.join("bundle") }
}

/// See [`super::check_destination`].
pub(super) fn check(dir: &Path, overwrite: Overwrite) -> Result<(), BundleError> {
    let destination = Destination::new(dir)?;
    check_replaceable(&destination, overwrite)?;
    let mut folder = destination.parent.as_path();
    while let (false, Some(above)) = (folder.exists(), folder.parent()) {
        folder = above;
    }
    let probe = tempfile::Builder::new().prefix(&destination.hidden("probe-")).tempdir_in(folder);
    probe.map(drop).map_err(|source| BundleError::NotWritable { path: folder.to_owned(), source })
}

/// Whether what stands at the destination may be replaced.
pub(super) fn check_replaceable(destination: &Destination, overwrite: Overwrite) -> Result<(), BundleError> {
    let dir = &destination.dir;
    let Ok(metadata) = fs::symlink_metadata(dir) else { return Ok(()) };
    if metadata.is_symlink() {
        return Err(BundleError::NotAFolder { path: dir.clone(), found: "a link" });
    }
    if !metadata.is_dir() {
        return Err(BundleError::NotAFolder { path: dir.clone(), found: "a file" });
    }
    check_unprotected(destination)?;
    let unreadable = |source| BundleError::NotWritable { path: dir.clone(), source };
    let mut entries = Vec::new();
    list_files(dir, "", &mut entries).map_err(unreadable)?;
    entries.sort();
    let Some(example) = entries.first().cloned() else { return Ok(()) };
    let foreign = match (overwrite, Manifest::read(dir)) {
        (Overwrite::Force, _) => return Ok(()),
        (Overwrite::Refuse, _) => return Err(BundleError::Exists { path: dir.clone() }),
        (_, None) => return Err(BundleError::NotABundle { path: dir.clone(), example }),
        (_, Some(manifest)) => entries.into_iter().find(|name| {
            name != "manifest.json"
                && !FILE_MANAGER_FILES.iter().any(|file| name.rsplit('/').next() == Some(file))
                && !manifest.files.iter().any(|file| &file.path == name)
        }),
    };
    foreign.map_or(Ok(()), |example| Err(BundleError::ForeignFile { path: dir.clone(), example }))
}

/// The files under `dir` as `folder/name`; empty folders count for nothing.
fn list_files(dir: &Path, prefix: &str, files: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            list_files(&entry.path(), &format!("{name}/"), files)?;
        } else {
            files.push(name);
        }
        if files.len() > 10_000 {
            break;
        }
    }
    Ok(())
}

/// Refuses folders whose replacement would pull the ground away: where the run stands, a home, a mounted disk.
fn check_unprotected(destination: &Destination) -> Result<(), BundleError> {
    let dir = &destination.dir;
    let real = dir.canonicalize().unwrap_or_else(|_| dir.clone());
    let holds =
        |path: Option<PathBuf>| path.and_then(|path| path.canonicalize().ok()).is_some_and(|p| p.starts_with(&real));
    if holds(std::env::current_dir().ok()) {
        return Err(protected(dir, "the folder this run works in, or one above it"));
    }
    if holds(std::env::home_dir()) {
        return Err(protected(dir, "a home folder, or one above it"));
    }
    #[cfg(unix)]
    if let (Ok(inside), Ok(outside)) = (fs::metadata(dir), fs::metadata(&destination.parent)) {
        use std::os::unix::fs::MetadataExt;
        if inside.dev() != outside.dev() {
            return Err(protected(dir, "the top of a mounted disk"));
        }
    }
    Ok(())
}

/// The lock of a destination; the file goes when the lock does.
pub(super) struct Lock {
    path: PathBuf,
    _file: File,
}

impl Lock {
    /// Locks the destination by a file in `folder`.
    pub(super) fn acquire(destination: &Destination, folder: &Path) -> Result<Self, BundleError> {
        let path = folder.join(destination.hidden("lock"));
        let failed = |source| BundleError::NotWritable { path: path.clone(), source };
        // The file may have been removed between opening and locking it: then it guards nothing, and we open again.
        for _ in 0..100 {
            let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(BundleError::Busy { path: destination.dir.clone() }),
                // Some network disks know no locks: the rename is then the only guard, and it is enough for wholeness.
                Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {}
                Err(TryLockError::Error(source)) => return Err(failed(source)),
            }
            if is_same_file(&file, &path) {
                return Ok(Self { path, _file: file });
            }
        }
        Err(BundleError::Busy { path: destination.dir.clone() })
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Removed while still locked, so that nobody else's lock is removed.
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(unix)]
fn is_same_file(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let ids = |metadata: io::Result<fs::Metadata>| metadata.ok().map(|found| (found.dev(), found.ino()));
    ids(file.metadata()).is_some_and(|id| Some(id) == ids(fs::metadata(path)))
}

#[cfg(not(unix))]
fn is_same_file(_: &File, path: &Path) -> bool {
    path.exists()
}

/// Ends what a killed run left behind.
pub(super) fn tidy(destination: &Destination) -> Result<(), BundleError> {
    let old = destination.old();
    if old.exists() {
        if destination.dir.exists() {
            let _ = fs::remove_dir_all(&old);
        } else {
            fs::rename(&old, &destination.dir)
                .map_err(|source| BundleError::Interrupted { kept: old.clone(), source })?;
        }
    }
    let staged = destination.hidden("new-");
    for entry in fs::read_dir(&destination.parent).into_iter().flatten().flatten() {
        if entry.file_name().as_encoded_bytes().starts_with(staged.as_encoded_bytes()) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
    Ok(())
}
