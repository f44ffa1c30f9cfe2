//! Files to be written must be files of their own: never one that is read, never one another.

use crate::error::Error;
use std::path::{Path, PathBuf};

/// What makes a path one file: its place without links, and, where the system tells, the file itself (a second name of a
/// file is that file).
struct Identity {
    place: PathBuf,
    #[cfg(unix)]
    file: Option<(u64, u64)>,
}

impl Identity {
    fn of(path: &Path) -> Self {
        #[cfg(unix)]
        let file = std::fs::metadata(path).ok().map(|found| {
            use std::os::unix::fs::MetadataExt;
            (found.dev(), found.ino())
        });
        Self {
            place: real_place(path),
            #[cfg(unix)]
            file,
        }
    }

    fn is_same(&self, other: &Self) -> bool {
        #[cfg(unix)]
        if self.file.is_some() && self.file == other.file {
            return true;
        }
        self.place == other.place
    }
}

/// The path without links and dots, as far as it is there.
pub(super) fn real_place(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut above = path.as_path();
    let mut names = Vec::new();
    loop {
        if let Ok(real) = above.canonicalize() {
            return names.iter().rev().fold(real, |place, name| place.join(name));
        }
        match (above.parent(), above.components().next_back()) {
            (Some(parent), Some(last)) => {
                names.push(last.as_os_str().to_owned());
                above = parent;
            }
            _ => return path,
        }
    }
}

/// Refuses an output that is one of `inputs`, or the same file as another output. Outputs come with their flag.
pub(super) fn check_apart(inputs: &[&Path], outputs: &[(&str, &Path)]) -> Result<(), Error> {
    let read: Vec<Identity> = inputs.iter().map(|path| Identity::of(path)).collect();
    let mut written: Vec<(&str, Identity)> = Vec::new();
    for (flag, path) in outputs {
        let own = Identity::of(path);
        let shown = path.display();
        if read.iter().any(|input| input.is_same(&own)) {
            let message = "this file is read by the same command, and would be replaced; name another one";
            return Err(Error::Usage(format!("C123: {flag} {shown}: {message}")));
        }
        if let Some((other, _)) = written.iter().find(|(_, output)| output.is_same(&own)) {
            let message = format!("{other} names the same file; give each its own");
            return Err(Error::Usage(format!("C123: {flag} {shown}: {message}")));
        }
        written.push((flag, own));
    }
    Ok(())
}
