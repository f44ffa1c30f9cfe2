//! Files that are looked at where they lie, without copying them into memory first.

use memmap2::Mmap;
use std::fs::File;
use std::io::{Error, ErrorKind};
use std::path::Path;

/// What `read` makes of the bytes of a file, mapped into memory and read-only.
///
/// `read` must not believe them: another program may change them meanwhile. The reader of compiled networks verifies the
/// checksum on these bytes, then checks the copies it makes for every property it relies on.
///
/// # Errors
/// When there is no such file, it is no plain file, or it cannot be mapped.
pub fn with_mapped<T>(path: &Path, read: impl FnOnce(&[u8]) -> T) -> Result<T, Error> {
    // looked at before it is opened: to open a pipe would wait for its other end
    if !std::fs::metadata(path)?.is_file() {
        return Err(Error::new(ErrorKind::InvalidInput, "it is no plain file"));
    }
    let file = File::open(path)?;
    if !file.metadata()?.is_file() {
        return Err(Error::new(ErrorKind::InvalidInput, "it is no plain file"));
    }
    Ok(read(&map(&file)?))
}

/// Why this is the one unsafe call of the program: a map stays valid only while nobody cuts the file short, and its bytes
/// may change under the reader, which no program can rule out for a file. The map is read-only and does not outlive
/// [`with_mapped`]; what is written by `corridor network build` is never changed in place, but replaced as a whole by a
/// new file under the same name, which leaves the mapped one as it was; and nothing read from it is trusted before the
/// checksum and the checks of the copied arrays.
#[allow(unsafe_code)]
fn map(file: &File) -> Result<Mmap, Error> {
    // SAFETY: see above; the bytes are plain numbers, for which every value is valid.
    unsafe { Mmap::map(file) }
}
