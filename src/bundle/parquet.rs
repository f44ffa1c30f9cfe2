//! Tables as Parquet, with title, note, column docs and classification as file metadata.

use super::BundleError;
use crate::tables::Table;
use polars_io::prelude::{KeyValueMetadata, ParquetCompression, ParquetWriter};

/// The table as a Parquet file, written on one thread.
pub(super) fn file(table: &Table, classification: &str) -> Result<Vec<u8>, BundleError> {
    let failed = |error: polars::prelude::PolarsError| BundleError::Table {
        table: table.name.clone(),
        why: format!("as Parquet: {error}"),
    };
    let entry = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    let mut metadata =
        vec![entry("title", &table.title), entry("note", &table.note), entry("classification", classification)];
    metadata.extend(table.columns.iter().map(|column| entry(&format!("column:{}", column.name), &column.doc)));
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes)
        .with_compression(ParquetCompression::Snappy)
        .with_key_value_metadata(Some(KeyValueMetadata::from_static(metadata)))
        .set_parallel(false)
        .finish(&mut table.frame().map_err(failed)?)
        .map_err(failed)?;
    Ok(bytes)
}
