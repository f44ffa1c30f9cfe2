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

/// `typed.parquet` was written by pyarrow 26 (as most people's files are): dates, time stamps of two units, a decimal,
/// unsigned and small numbers, a dictionary, a list, and a plain column after it. The library that reads it here is
/// compiled without most of these types.
#[test]
fn typed_values_come_back_as_people_write_them() {
    let tables = read_apart("typed.parquet", include_bytes!("../fixtures/typed.parquet")).unwrap();
    let table = &tables[0];
    assert_eq!(table.columns, ["place", "day", "at", "ns", "kg", "u", "small", "word", "f", "after"]);
    assert_eq!(
        cells(table),
        [
            ["Herat", "2015-08-04", "2015-08-04T13:30:00", "2015-08-04T13:30:00", "12.50", "1", "1", "a", "0.1", "x"],
            ["Термез", "", "2015-08-04", "2015-08-04", "-0.05", "4294967295", "-2", "b", "", "y"],
            ["", "1969-12-31", "", "", "", "", "", "a", "12", "z"]
        ]
    );
    let told: Vec<_> = table.problems.iter().map(|problem| (problem.rule, problem.column.as_str())).collect();
    assert_eq!(told, [("I647", "list")]);
}

/// `zoned.parquet`: 1 January and 4 August 2015, midnight in Tehran, as polars writes them: in Greenwich time.
#[test]
fn time_stamps_of_greenwich_are_told() {
    let tables = read_apart("zoned.parquet", include_bytes!("../fixtures/zoned.parquet")).unwrap();
    let told: Vec<_> = tables[0].problems.iter().map(|problem| (problem.rule, problem.column.as_str())).collect();
    assert_eq!(told, [("I649", "Date")]);
    assert_eq!(tables[0].problems[0].value, "2014-12-31T20:30:00");
}
