//! File names: plain ones only, so that no name from data can leave the bundle.

use super::BundleError;
use std::collections::BTreeSet;

/// Names that some systems keep for devices.
const DEVICES: [&str; 22] = [
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "lpt1", "lpt2",
    "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// Checks a slug: 1 to 80 of `[a-z0-9_-]`, no device name.
pub(super) fn check_slug(slug: &str) -> Result<(), BundleError> {
    let refuse = |why| Err(BundleError::Name { name: slug.to_owned(), why });
    if slug.is_empty() || slug.len() > 80 {
        return refuse("it must have 1 to 80 characters");
    }
    if !slug.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-')) {
        return refuse("only a-z, 0-9, _ and - are allowed");
    }
    if DEVICES.contains(&slug) {
        return refuse("some systems keep it for a device");
    }
    Ok(())
}

/// Checks paths inside a folder: parts joined by `/`, each a slug in either case with optional endings (`.toml`), and no
/// two paths the same but for case.
pub(super) fn check_paths<'a>(paths: impl Iterator<Item = &'a str>) -> Result<(), BundleError> {
    let mut seen = BTreeSet::new();
    for path in paths {
        let lower = path.to_ascii_lowercase();
        for part in lower.split('/') {
            for (ix, piece) in part.split('.').enumerate() {
                let checked = check_slug(piece);
                if checked.is_err() && !(ix > 0 && DEVICES.contains(&piece)) {
                    let why = "it must be made of plain names with a-z, 0-9, _ and -, joined by `/`, with endings like `.csv`";
                    return Err(BundleError::Name { name: path.to_owned(), why });
                }
            }
        }
        if !seen.insert(lower) {
            return Err(BundleError::Name { name: path.to_owned(), why: "two files would have it" });
        }
    }
    Ok(())
}
