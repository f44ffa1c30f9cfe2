//! Unit, range and meaning of every key. A key without a row here fails a test.

use super::{ANY, Key};

/// Keys above the first section.
pub(super) const TOP: &[Key] = &[(
    "baseline_year",
    "calendar year",
    (1990.0, 2100.0),
    "The year whose figures are used. Seizure records exist for 2011 to 2016; a share or price of another year is used \
     with its year shown.",
)];

/// Where the tables come from.
pub(super) const DATA: &[Key] = &[(
    "dir",
    "path",
    ANY,
    "Directory with your own tables, seen from this file (`corridor init` writes a complete set). Empty: the tables \
     inside the program.",
)];
