//! What can go wrong when a bundle is written, each with a stable code and what to do.

use std::io;
use std::path::PathBuf;
use thiserror::Error;

/// Why nothing was written.
#[derive(Debug, Error)]
pub enum BundleError {
    /// The destination is a file or a link.
    #[error("B001: {path:?} is {found}, not a folder. Name another folder.")]
    NotAFolder {
        /// The destination.
        path: PathBuf,
        /// What it is.
        found: &'static str,
    },
    /// The folder above the destination takes no files.
    #[error("B002: cannot write in {path:?}: {source}. Name a folder you may write to.")]
    NotWritable {
        /// The folder tried.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The destination holds something else than a bundle.
    #[error(
        "B003: {path:?} holds files but is no corridor bundle (such as {example:?}). \
         Name another folder, or use --force to replace it with all it holds."
    )]
    NotABundle {
        /// The destination.
        path: PathBuf,
        /// One of its entries.
        example: String,
    },
    /// Something is there and nothing may be overwritten.
    #[error("B004: {path:?} exists already. Name another one, or use --force to replace it.")]
    Exists {
        /// What exists.
        path: PathBuf,
    },
    /// A bundle to be replaced also holds files that are not its own.
    #[error(
        "B005: the bundle {path:?} also holds {example:?}, which corridor did not write. \
         Move it away, name another folder, or use --force to replace the folder with all it holds."
    )]
    ForeignFile {
        /// The bundle.
        path: PathBuf,
        /// The file that is not part of it.
        example: String,
    },
    /// Another run is writing to the same destination.
    #[error("B006: another run is writing to {path:?}. Wait for its end, or name another folder.")]
    Busy {
        /// The destination.
        path: PathBuf,
    },
    /// The disk failed; what was at the destination is still there.
    #[error(
        "B007: cannot {action} {path:?}: {source} ({bytes_needed} bytes are needed). Nothing was changed at the \
         destination; free space or check the disk and the permissions, then run again."
    )]
    Disk {
        /// What was tried.
        action: &'static str,
        /// On which path.
        path: PathBuf,
        /// Bytes of all the files.
        bytes_needed: u64,
        /// The system's reason.
        source: io::Error,
    },
    /// The new bundle could not be put in place, nor the old one put back.
    #[error(
        "B008: the earlier bundle was moved to {kept:?} and could not be moved back: {source}. \
         Nothing is lost: the next run puts it back, or rename it by hand."
    )]
    Interrupted {
        /// Where the earlier bundle is.
        kept: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// A name that is no plain file name, or is used twice.
    #[error("B009: {name:?} cannot be a file name in a bundle: {why}.")]
    Name {
        /// The name.
        name: String,
        /// What is wrong.
        why: &'static str,
    },
    /// A table that contradicts itself or cannot be written.
    #[error("B010: table {table:?} cannot be written: {why}.")]
    Table {
        /// The table.
        table: String,
        /// What is wrong.
        why: String,
    },
    /// A map feature outside the globe.
    #[error("B011: feature {feature_ix} of the map cannot be written: {why}.")]
    Feature {
        /// Its place in the list, from 0.
        feature_ix: usize,
        /// What is wrong.
        why: &'static str,
    },
    /// The report names a figure, table or column that is not there.
    #[error("B012: the report shows {what} {name:?}, which the bundle does not hold.")]
    Reference {
        /// Figure, table or column.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// The rows of an input are not all accounted for.
    #[error(
        "B013: {rows_in} rows of {name:?} were read but {accounted} are used, quarantined or excluded. Please report this."
    )]
    RowsLost {
        /// The input.
        name: String,
        /// Rows read.
        rows_in: u64,
        /// Rows accounted for.
        accounted: u64,
    },
    /// The destination is a folder that must not be replaced.
    #[error(
        "B014: {path:?} is {found}; a bundle replaces its folder whole. Name a folder inside it, such as {suggestion:?}."
    )]
    Protected {
        /// The destination.
        path: PathBuf,
        /// What it is.
        found: &'static str,
        /// A folder that would do.
        suggestion: PathBuf,
    },
}

impl BundleError {
    /// The stable code, such as `B003`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotAFolder { .. } => "B001",
            Self::NotWritable { .. } => "B002",
            Self::NotABundle { .. } => "B003",
            Self::Exists { .. } => "B004",
            Self::ForeignFile { .. } => "B005",
            Self::Busy { .. } => "B006",
            Self::Disk { .. } => "B007",
            Self::Interrupted { .. } => "B008",
            Self::Name { .. } => "B009",
            Self::Table { .. } => "B010",
            Self::Feature { .. } => "B011",
            Self::Reference { .. } => "B012",
            Self::RowsLost { .. } => "B013",
            Self::Protected { .. } => "B014",
        }
    }

    /// Whether the contents are at fault (an internal error, exit code 1) and not the destination.
    #[must_use]
    pub const fn is_internal(&self) -> bool {
        matches!(
            self,
            Self::Name { .. }
                | Self::Table { .. }
                | Self::Feature { .. }
                | Self::Reference { .. }
                | Self::RowsLost { .. }
        )
    }
}
