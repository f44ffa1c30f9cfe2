//! Putting files in place: a folder is swapped in whole by rename, and every fault leaves the destination as it was.
//!
//! Beside a destination `out` stand, only while it is written, `.out.corridor-lock` (locked by the run, let go by the
//! system when the run dies), `.out.corridor-new-*` (the new folder) and `.out.corridor-old` (the earlier one, between
//! the two renames). A run that was killed is tidied up, or its earlier folder put back, by the next one.

use super::destination::{Destination, Lock, check_replaceable, tidy};
use super::disk::Disk;
use super::{BundleError, NamedBytes, Overwrite};
use std::fs;
use std::path::{Path, PathBuf};

/// Folders created above the destination, removed again unless kept.
struct Parents(Vec<PathBuf>);

impl Parents {
    fn create(disk: &Disk, parent: &Path) -> Result<Self, BundleError> {
        let missing: Vec<PathBuf> =
            parent.ancestors().take_while(|folder| !folder.exists()).map(Path::to_owned).collect();
        let created = Self(missing);
        if !created.0.is_empty() {
            let failed = |source| BundleError::NotWritable { path: parent.to_owned(), source };
            disk.create_folders(parent).map_err(failed)?;
        }
        Ok(created)
    }

    fn keep(mut self) {
        self.0.clear();
    }
}

impl Drop for Parents {
    fn drop(&mut self) {
        for folder in &self.0 {
            let _ = fs::remove_dir(folder);
        }
    }
}

fn size_of(files: &[NamedBytes]) -> u64 {
    files.iter().map(|(_, bytes)| bytes.len() as u64).sum()
}

/// Replaces the destination folder by one that holds exactly `files`.
pub(super) fn replace_folder(
    disk: &Disk,
    files: &[NamedBytes],
    dir: &Path,
    overwrite: Overwrite,
) -> Result<(), BundleError> {
    let destination = Destination::new(dir)?;
    let failed = |action, path: &Path| {
        let path = path.to_owned();
        move |source| BundleError::Disk { action, path, bytes_needed: size_of(files), source }
    };
    let parents = Parents::create(disk, &destination.parent)?;
    let lock = Lock::acquire(&destination, &destination.parent)?;
    tidy(&destination)?;
    check_replaceable(&destination, overwrite)?;
    let mut stage = disk
        .stage(&destination.parent, &destination.hidden("new-"))
        .map_err(failed("create a folder in", &destination.parent))?;
    disk.write_all(stage.path(), files).map_err(|(path, source)| failed("write", &path)(source))?;
    let old = destination.old();
    let had_earlier = destination.dir.exists();
    if had_earlier {
        disk.rename(&destination.dir, &old).map_err(failed("move away", &destination.dir))?;
    }
    if let Err(source) = disk.rename(stage.path(), &destination.dir) {
        if had_earlier {
            disk.rename(&old, &destination.dir)
                .map_err(|source| BundleError::Interrupted { kept: old.clone(), source })?;
        }
        return Err(failed("put in place", &destination.dir)(source));
    }
    stage.disable_cleanup(true);
    parents.keep();
    // From here on the new bundle stands; what is left is to make that last and to tidy up.
    let _ = disk.sync_folder(&destination.parent);
    if had_earlier {
        let _ = disk.remove_folder(&old);
    }
    drop(lock);
    Ok(())
}

/// Adds `files` to the destination folder, all or none.
pub(super) fn add_files(
    disk: &Disk,
    files: &[NamedBytes],
    dir: &Path,
    overwrite: Overwrite,
) -> Result<(), BundleError> {
    let destination = Destination::new(dir)?;
    if fs::symlink_metadata(&destination.dir).is_err() {
        return replace_folder(disk, files, dir, Overwrite::Refuse);
    }
    add_to(disk, files, destination, overwrite)?.commit(disk);
    Ok(())
}

/// Adds files to several folders, all or none; folders that are not there are made.
pub(super) fn add_files_of_folders(
    disk: &Disk,
    folders: &[(PathBuf, Vec<NamedBytes>)],
    overwrite: Overwrite,
) -> Result<(), BundleError> {
    if let [(dir, files)] = folders {
        return add_files(disk, files, dir, overwrite);
    }
    let mut all = Vec::new();
    for (dir, files) in folders {
        match add_to(disk, files, Destination::new(dir)?, overwrite) {
            Ok(added) => all.push(added),
            Err(error) => {
                // The last one first: an earlier one may have made the folder above.
                while all.pop().is_some() {}
                return Err(error);
            }
        }
    }
    all.into_iter().for_each(|added| added.commit(disk));
    Ok(())
}

/// Files in their place, taken away again unless committed. The fields are dropped in this order.
struct Added {
    undo: Undo,
    _stage: tempfile::TempDir,
    _lock: Lock,
    parents: Parents,
    dir: PathBuf,
}

impl Added {
    fn commit(self, disk: &Disk) {
        self.undo.commit();
        self.parents.keep();
        let _ = disk.sync_folder(&self.dir);
    }
}

fn add_to(
    disk: &Disk,
    files: &[NamedBytes],
    destination: Destination,
    overwrite: Overwrite,
) -> Result<Added, BundleError> {
    let parents = match fs::symlink_metadata(&destination.dir) {
        Err(_) => Parents::create(disk, &destination.dir)?,
        Ok(found) if found.is_symlink() => {
            return Err(BundleError::NotAFolder { path: destination.dir, found: "a link" });
        }
        Ok(found) if !found.is_dir() => return Err(BundleError::NotAFolder { path: destination.dir, found: "a file" }),
        Ok(_) => Parents(Vec::new()),
    };
    // Beside its files, so that it works where only the folder itself may be written to.
    let lock = Lock::acquire(&destination, &destination.dir)?;
    for (name, _) in files {
        check_addable(&destination.dir, name, overwrite)?;
    }
    let failed = |action, path: &Path| {
        let path = path.to_owned();
        move |source| BundleError::Disk { action, path, bytes_needed: size_of(files), source }
    };
    let stage = disk
        .stage(&destination.dir, &destination.hidden("new-"))
        .map_err(|source| BundleError::NotWritable { path: destination.dir.clone(), source })?;
    let (new, old) = (stage.path().join("new"), stage.path().join("old"));
    disk.create_folders(&new).map_err(failed("create", &new))?;
    disk.write_all(&new, files).map_err(|(path, source)| failed("write", &path)(source))?;
    let mut done = Undo::default();
    for (ix, (name, _)) in files.iter().enumerate() {
        let target = destination.dir.join(name);
        if let Some(parent) = target.parent() {
            done.created.push(Parents::create(disk, parent)?);
        }
        if target.exists() {
            disk.create_folders(&old).map_err(failed("create", &old))?;
            let kept = old.join(ix.to_string());
            disk.rename(&target, &kept).map_err(failed("move away", &target))?;
            done.moves.push((kept, target.clone()));
        }
        disk.rename(&new.join(name), &target).map_err(failed("put in place", &target))?;
        done.placed.push(target);
    }
    Ok(Added { undo: done, _stage: stage, _lock: lock, parents, dir: destination.dir })
}

/// Whether `name` may be written under `dir`: no link on the way, and no file there unless forced.
fn check_addable(dir: &Path, name: &str, overwrite: Overwrite) -> Result<(), BundleError> {
    let target = dir.join(name);
    for path in target.ancestors().take_while(|path| *path != dir) {
        let Ok(found) = fs::symlink_metadata(path) else { continue };
        if found.is_symlink() {
            return Err(BundleError::NotAFolder { path: path.to_owned(), found: "a link" });
        }
        if path == target && (found.is_dir() || overwrite != Overwrite::Force) {
            return Err(BundleError::Exists { path: target });
        }
        if path != target && !found.is_dir() {
            return Err(BundleError::NotAFolder { path: path.to_owned(), found: "a file" });
        }
    }
    Ok(())
}

/// What was moved, to be moved back unless committed; folders created are removed after the files in them.
#[derive(Default)]
struct Undo {
    moves: Vec<(PathBuf, PathBuf)>,
    placed: Vec<PathBuf>,
    created: Vec<Parents>,
}

impl Undo {
    fn commit(mut self) {
        self.moves.clear();
        self.placed.clear();
        self.created.drain(..).for_each(Parents::keep);
    }
}

impl Drop for Undo {
    fn drop(&mut self) {
        for placed in &self.placed {
            let _ = fs::remove_file(placed);
        }
        for (kept, target) in &self.moves {
            let _ = fs::rename(kept, target);
        }
        while self.created.pop().is_some() {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::disk::Fault;
    use super::*;
    use std::collections::BTreeMap;

    type Tree = BTreeMap<PathBuf, Vec<u8>>;

    fn tree(root: &Path) -> Tree {
        let mut files = Tree::new();
        let mut folders = vec![root.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    files.insert(path.strip_prefix(root).unwrap().to_owned(), fs::read(path).unwrap());
                }
            }
        }
        files
    }

    fn version(number: u8) -> Vec<NamedBytes> {
        let manifest = br#"{"schema":"corridor-bundle"}"#.to_vec();
        vec![("a/b.csv".into(), vec![number; 100]), ("c.md".into(), vec![number]), ("manifest.json".into(), manifest)]
    }

    fn expected(number: u8) -> Tree {
        version(number).into_iter().map(|(name, bytes)| (Path::new("out").join(name), bytes)).collect()
    }

    /// Makes every operation fail in turn, once or for good, until a run meets no fault.
    fn sweep(fault: fn(u64) -> Fault, had_earlier: bool, mut after: impl FnMut(&Path, bool)) -> u64 {
        for n in 1..1000 {
            let root = tempfile::tempdir().unwrap();
            let out = root.path().join("out");
            if had_earlier {
                replace_folder(&Disk::default(), &version(1), &out, Overwrite::Refuse).unwrap();
            }
            let disk = Disk::failing(fault(n));
            let is_done = replace_folder(&disk, &version(2), &out, Overwrite::Force).is_ok();
            after(root.path(), is_done);
            if disk.steps() < n {
                return n;
            }
        }
        panic!("no run without a fault in 1000");
    }

    #[test]
    fn any_single_fault_leaves_the_old_or_the_new_folder_whole() {
        for had_earlier in [false, true] {
            let old = if had_earlier { expected(1) } else { Tree::new() };
            let runs = sweep(Fault::Once, had_earlier, |root, is_done| {
                let mut found = tree(root);
                // Only the removal of the earlier folder may fail and leave it hidden, with the new one in place.
                found.retain(|path, _| !(is_done && path.starts_with(".out.corridor-old")));
                assert_eq!(found, if is_done { expected(2) } else { old.clone() });
                assert!(is_done || had_earlier || fs::read_dir(root).unwrap().next().is_none());
            });
            assert!(runs > 10, "only {runs} operations were counted");
        }
    }

    #[test]
    fn after_a_dead_disk_the_next_run_ends_with_the_new_folder_alone() {
        sweep(Fault::From, true, |root, _| {
            let found = tree(root);
            let is_whole = |version: Tree| {
                version.iter().all(|(path, bytes)| {
                    let hidden = Path::new(".out.corridor-old").join(path.strip_prefix("out").unwrap());
                    found.get(path) == Some(bytes) || found.get(&hidden) == Some(bytes)
                })
            };
            assert!(is_whole(expected(1)) || is_whole(expected(2)), "{:?}", found.keys());
            replace_folder(&Disk::default(), &version(3), &root.join("out"), Overwrite::Force).unwrap();
            assert_eq!(tree(root), expected(3));
        });
    }

    #[test]
    fn added_files_are_all_there_or_none() {
        let files = [("new/x.csv".to_owned(), vec![2]), ("kept.toml".to_owned(), vec![2]), ("z".to_owned(), vec![2])];
        for n in 1..1000 {
            let root = tempfile::tempdir().unwrap();
            let own = [("kept.toml".to_owned(), vec![1]), ("mine.txt".to_owned(), vec![1])];
            add_files(&Disk::default(), &own, root.path(), Overwrite::Refuse).unwrap();
            let before = tree(root.path());
            let disk = Disk::failing(Fault::Once(n));
            let is_done = add_files(&disk, &files, root.path(), Overwrite::Force).is_ok();
            let found = tree(root.path());
            if is_done {
                let all = [("kept.toml", 2), ("mine.txt", 1), ("new/x.csv", 2), ("z", 2)];
                assert_eq!(found, all.map(|(name, byte)| (PathBuf::from(name), vec![byte])).into());
            } else {
                assert_eq!(found, before);
                assert!(!root.path().join("new").exists());
            }
            if disk.steps() < n {
                assert!(n > 10);
                return;
            }
        }
        panic!("no run without a fault in 1000");
    }

    #[test]
    fn files_of_several_folders_are_all_there_or_none() {
        let one = |name: &str, byte| vec![(name.to_owned(), vec![byte])];
        for n in 1..1000 {
            let root = tempfile::tempdir().unwrap();
            add_files(&Disk::default(), &one("kept.csv", 1), root.path(), Overwrite::Refuse).unwrap();
            let folders = [
                (root.path().to_owned(), one("kept.csv", 2)),
                (root.path().join("a"), one("x", 2)),
                (root.path().join("a/b"), one("y", 2)),
            ];
            let disk = Disk::failing(Fault::Once(n));
            let is_done = add_files_of_folders(&disk, &folders, Overwrite::Force).is_ok();
            let found = tree(root.path());
            if is_done {
                let all = [("kept.csv", 2), ("a/x", 2), ("a/b/y", 2)];
                assert_eq!(found, all.map(|(name, byte)| (PathBuf::from(name), vec![byte])).into());
            } else {
                assert_eq!(found, [(PathBuf::from("kept.csv"), vec![1])].into());
                assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1, "a folder is left");
            }
            if disk.steps() < n {
                assert!(n > 20);
                return;
            }
        }
        panic!("no run without a fault in 1000");
    }
}
