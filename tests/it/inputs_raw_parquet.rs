//! Parquet: what other programs write comes back as text, typed values as people write them.

use crate::inputs_raw_binary::read_apart;
use crate::inputs_raw_csv::cells;
use polars::prelude::{Column, DataFrame, IntoColumn, NamedFrom, Series};
use polars_io::prelude::ParquetWriter;

/// A small sound file.
pub fn sample() -> Vec<u8> {
    let columns: Vec<Column> = vec![
        Series::new("place".into(), &[Some("Herat"), Some("Термез"), None]).into_column(),
        Series::new("kg".into(), &[Some(0.1), None, Some(12.0)]).into_column(),
        Series::new("n_cases".into(), &[1_i64, 2, 9_007_199_254_740_993]).into_column(),
        Series::new("ok".into(), &[true, false, true]).into_column(),
    ];
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).finish(&mut DataFrame::new(3, columns).unwrap()).unwrap();
    bytes
}

#[test]
fn values_come_back_as_text() {
    let tables = read_apart("t.parquet", &sample()).unwrap();
    assert_eq!(tables[0].columns, ["place", "kg", "n_cases", "ok"]);
    assert_eq!(
        cells(&tables[0]),
        [["Herat", "0.1", "1", "true"], ["Термез", "", "2", "false"], ["", "12", "9007199254740993", "true"]]
    );
    assert_eq!(tables[0].row_number(2), 3);
    let whole = sample();
    for cut in [4, 20, whole.len() - 1] {
        assert_eq!(read_apart("t.parquet", &whole[..cut]).unwrap_err().rule, "I615", "{cut}");
    }
}
