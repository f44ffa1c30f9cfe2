//! The readers of workbooks, Parquet and GeoPackages, each in a process of its own.

use crate::inputs_raw_csv::cells;
use corridor::inputs::Severity;
use corridor::inputs::raw::{Isolation, RawError, RawErrorKind, RawTable, ReadOptions, read_table};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Options that read in a child process of the program under test.
pub fn apart() -> ReadOptions {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_corridor"));
    ReadOptions { isolation: Isolation::Program(program), ..ReadOptions::default() }
}

pub fn read_apart(name: &str, bytes: &[u8]) -> Result<Vec<RawTable>, RawError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    let apart = read_table(&path, &apart());
    let here = read_table(&path, &ReadOptions::default());
    match (&apart, &here) {
        (Ok(a), Ok(b)) => {
            for (a, b) in a.iter().zip(b) {
                assert_eq!((cells(a), &a.columns, &a.problems), (cells(b), &b.columns, &b.problems));
                assert_eq!((&a.notes, &a.sheet, a.rows_in()), (&b.notes, &b.sheet, b.rows_in()));
                assert!(a.rows().map(|row| row.number).eq(b.rows().map(|row| row.number)));
            }
        }
        (Err(a), Err(b)) => assert_eq!(a, b),
        _ => panic!("apart and here differ: {apart:?} {here:?}"),
    }
    apart
}

/// A workbook as people make them.
pub fn workbook() -> Vec<u8> {
    let mut book = Workbook::new();
    // the same bytes every time
    let made = ExcelDateTime::from_ymd(2016, 1, 1).unwrap();
    book.set_properties(&rust_xlsxwriter::DocProperties::new().set_creation_datetime(&made));
    let sheet = book.add_worksheet().set_name("Read me").unwrap();
    sheet.write(0, 0, "Seizures of 2015").unwrap();
    let sheet = book.add_worksheet().set_name("Data").unwrap();
    let day = Format::new().set_num_format("dd/mm/yyyy");
    sheet.write(0, 1, "Seizures reported to the office").unwrap();
    for (column, (group, name)) in
        (1..).zip([("Place", ""), ("Position", "lat"), ("", "lon"), ("Date", ""), ("Amount", "kg"), ("", "checked")])
    {
        sheet.write(2, column, group).unwrap();
        sheet.write(3, column, name).unwrap();
    }
    for (row, place) in [(4, "Herat"), (5, "Термез"), (7, "Kabul")] {
        sheet.write(row, 1, place).unwrap();
        sheet.write(row, 2, 34.5).unwrap();
        sheet.write(row, 3, 62).unwrap();
        sheet.write_datetime_with_format(row, 4, ExcelDateTime::from_ymd(2015, 8, 4).unwrap(), &day).unwrap();
        sheet.write(row, 5, 0.1).unwrap();
        sheet.write(row, 6, true).unwrap();
    }
    sheet.write_formula(7, 5, Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
    sheet
        .write_datetime_with_format(
            5,
            4,
            ExcelDateTime::from_ymd(2015, 8, 4).unwrap().and_hms(13, 30, 0).unwrap(),
            &day,
        )
        .unwrap();
    sheet.write(5, 5, "12,5").unwrap();
    sheet.set_row_hidden(5).unwrap();
    sheet.merge_range(10, 1, 11, 1, "Bulkh", &Format::new()).unwrap();
    let hidden = book.add_worksheet().set_name("Old").unwrap();
    hidden.write_row(0, 0, ["a", "b"]).unwrap();
    hidden.write_row(1, 0, ["1", "2"]).unwrap();
    hidden.set_hidden(true);
    book.add_worksheet().set_name("Empty").unwrap();
    book.save_to_buffer().unwrap()
}

#[test]
fn a_workbook_gives_a_table_a_sheet() {
    let tables = read_apart("t.xlsx", &workbook()).unwrap();
    let names: Vec<&str> = tables.iter().map(|table| table.sheet.as_deref().unwrap()).collect();
    assert_eq!(names, ["Read me", "Data", "Old"]);
    assert_eq!((tables[0].row_count(), tables[0].columns.len()), (0, 1));
    let data = &tables[1];
    assert_eq!(
        data.columns,
        ["Place", "Position lat", "Position lon", "Date", "Amount kg", "Amount checked"],
        "{:?}",
        data.notes
    );
    assert_eq!(
        cells(data),
        [
            ["Herat", "34.5", "62", "2015-08-04", "0.1", "true"],
            ["Термез", "34.5", "62", "2015-08-04T13:30:00", "12,5", "true"],
            ["Bulkh", "", "", "", "", ""]
        ]
    );
    assert_eq!(data.rows().map(|row| row.number).collect::<Vec<_>>(), [5, 6, 11]);
    let aside: Vec<_> = data.problems.iter().filter(|problem| problem.severity == Severity::Quarantine).collect();
    assert_eq!(aside.len(), 1);
    assert_eq!((aside[0].rule, aside[0].row, aside[0].column.as_str()), ("I612", Some(8), "Amount kg"));
    assert_eq!((aside[0].value.as_str(), aside[0].sheet.as_str()), ("#DIV/0!", "Data"));
    let told = |what: &str| tables.iter().flat_map(|table| &table.notes).any(|note| note.contains(what));
    assert!(told("typed dates of Date") && told("two header rows") && told("hidden rows") && told("sheet is hidden"));
    assert!(data.problems.iter().any(|problem| problem.rule == "I646"));

    let options = ReadOptions { sheet: Some("Data".to_owned()), ..ReadOptions::default() };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.xlsx");
    std::fs::write(&path, workbook()).unwrap();
    assert_eq!(read_table(&path, &options).unwrap().len(), 1);
    let error =
        read_table(&path, &ReadOptions { sheet: Some("Dat".to_owned()), ..ReadOptions::default() }).unwrap_err();
    assert!(error.rule == "I618" && error.message.contains("Data"), "{error}");
}

/// A stored or deflated zip file, made by hand so that it may lie.
pub fn zip(entries: &[(&str, &[u8])], claimed: Option<u32>) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (name, body) in entries {
        let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(body).unwrap();
        let packed = encoder.finish().unwrap();
        let mut crc = flate2::Crc::new();
        crc.update(body);
        let offset = u32::try_from(bytes.len()).unwrap();
        let claim = claimed.unwrap_or(u32::try_from(body.len()).unwrap());
        let sizes = [crc.sum(), u32::try_from(packed.len()).unwrap(), claim];
        let name_len = u16::try_from(name.len()).unwrap();
        let common = |out: &mut Vec<u8>| {
            out.extend([20, 0, 0, 0, 8, 0, 0, 0, 0, 0]);
            sizes.iter().for_each(|size| out.extend(size.to_le_bytes()));
            out.extend(name_len.to_le_bytes());
            out.extend([0, 0]);
        };
        bytes.extend(b"PK\x03\x04");
        common(&mut bytes);
        bytes.extend(name.as_bytes());
        bytes.extend(packed);
        directory.extend(b"PK\x01\x02\x14\x00");
        common(&mut directory);
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let (start, size) = (bytes.len(), directory.len());
    bytes.extend(directory);
    let count = u16::try_from(entries.len()).unwrap().to_le_bytes();
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend(count);
    bytes.extend(count);
    bytes.extend(u32::try_from(size).unwrap().to_le_bytes());
    bytes.extend(u32::try_from(start).unwrap().to_le_bytes());
    bytes.extend([0, 0]);
    bytes
}

#[test]
fn hostile_workbooks_are_refused() {
    let zeros = vec![b'0'; 64 << 20];
    let bomb = zip(&[("xl/workbook.xml", b"<x/>"), ("xl/worksheets/sheet1.xml", &zeros)], Some(100));
    assert!(bomb.len() < 1 << 20);
    let error = read_apart("bomb.xlsx", &bomb).unwrap_err();
    assert_eq!((error.rule, error.kind), ("I614", RawErrorKind::Resource));
    let laughs = b"<?xml version=\"1.0\"?><!DOCTYPE lolz [<!ENTITY lol \"lol\">]><worksheet>&lol;</worksheet>";
    let error = read_apart("laughs.xlsx", &zip(&[("xl/worksheets/sheet1.xml", laughs)], None)).unwrap_err();
    assert_eq!(error.rule, "I613");
    let many: Vec<(String, &[u8])> = (0..10_001).map(|number| (format!("{number}.xml"), &b""[..])).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(name, body)| (name.as_str(), *body)).collect();
    assert_eq!(read_apart("many.xlsx", &zip(&many, None)).unwrap_err().rule, "I614");
    let whole = workbook();
    for cut in [30, whole.len() / 2, whole.len() - 1] {
        assert_eq!(read_apart("cut.xlsx", &whole[..cut]).unwrap_err().rule, "I611", "{cut}");
    }
    assert_eq!(read_apart("t.xlsx", &zip(&[("hello.txt", b"hello")], None)).unwrap_err().rule, "I611");
}

#[test]
fn a_spreadsheet_of_open_document_is_read() {
    let content = r##"<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>
<table:table table:name="Data"><table:table-row><table:table-cell office:value-type="string"><text:p>place</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>date</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>kg</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell office:value-type="string"><text:p>Герат</text:p></table:table-cell><table:table-cell office:value-type="date" office:date-value="2015-08-04"><text:p>04/08/15</text:p></table:table-cell><table:table-cell office:value-type="float" office:value="0.1"><text:p>0,1</text:p></table:table-cell></table:table-row>
</table:table></office:spreadsheet></office:body></office:document-content>"##;
    let manifest = r#"<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>"#;
    let file = zip(
        &[
            ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
            ("META-INF/manifest.xml", manifest.as_bytes()),
            ("content.xml", content.as_bytes()),
        ],
        None,
    );
    let tables = read_apart("t.ods", &file).unwrap();
    assert_eq!((tables[0].columns.join(" ").as_str(), tables[0].sheet.as_deref()), ("place date kg", Some("Data")));
    assert_eq!(cells(&tables[0]), [["Герат", "2015-08-04", "0.1"]]);
    assert_eq!(tables[0].row_number(0), 2);
}

/// Little-endian point, as GeoPackage stores it.
fn geopackage_point(srs: i32, x: f64, y: f64) -> Vec<u8> {
    let mut bytes = b"GP\0\x01".to_vec();
    bytes.extend(srs.to_le_bytes());
    bytes.extend([1, 1, 0, 0, 0]);
    bytes.extend(x.to_le_bytes());
    bytes.extend(y.to_le_bytes());
    bytes
}

pub fn geopackage(srs: i32) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.gpkg");
    let file = rusqlite::Connection::open(&path).unwrap();
    file.execute_batch(&format!(
        "CREATE TABLE gpkg_contents (table_name TEXT, data_type TEXT, srs_id INTEGER);
         CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, geometry_type_name TEXT, srs_id INTEGER);
         INSERT INTO gpkg_contents VALUES ('seizures', 'features', {srs});
         INSERT INTO gpkg_geometry_columns VALUES ('seizures', 'geom', 'POINT', {srs});
         CREATE TABLE seizures (fid INTEGER PRIMARY KEY, geom BLOB, drug TEXT, kg REAL, note TEXT);"
    ))
    .unwrap();
    let mut add = file.prepare("INSERT INTO seizures (geom, drug, kg) VALUES (?1, ?2, ?3)").unwrap();
    add.execute((geopackage_point(srs, 61.5, 34.25), "Heroin", 0.1)).unwrap();
    add.execute((geopackage_point(srs, 500.0, 34.0), "Opium", 2)).unwrap();
    add.execute((b"GP\0\x01".to_vec(), "Opium", 2)).unwrap();
    add.execute((None::<Vec<u8>>, "Морфин", 3)).unwrap();
    drop(add);
    drop(file);
    std::fs::read(&path).unwrap()
}

#[test]
fn a_geopackage_gives_a_table_a_layer() {
    let tables = read_apart("t.gpkg", &geopackage(4326)).unwrap();
    let table = &tables[0];
    assert_eq!(
        (table.columns.join(" ").as_str(), table.sheet.as_deref()),
        ("fid drug kg note lon lat", Some("seizures"))
    );
    assert_eq!(cells(table), [["1", "Heroin", "0.1", "", "61.5", "34.25"], ["4", "Морфин", "3", "", "", ""]]);
    let found: Vec<_> = table.problems.iter().map(|problem| (problem.rule, problem.row)).collect();
    assert_eq!(found, [("I627", Some(2)), ("I623", Some(3))]);
    let error = read_apart("t.gpkg", &geopackage(3857)).unwrap_err();
    assert!(error.rule == "I620" && error.message.contains("3857"), "{error}");
}

#[test]
fn malformed_parquet_leaves_the_caller_alive() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora/parquet/bad_data");
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        // A coded error of the file or of a limit, or a table: either way this process goes on.
        match read_table(&path, &apart()) {
            Ok(tables) => assert_eq!(tables.len(), 1),
            Err(error) => assert!(["I610", "I615", "I616", "I617", "I620"].contains(&error.rule), "{error}"),
        }
    }
}

#[test]
fn a_child_that_needs_too_much_is_ended() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.xlsx");
    std::fs::write(&path, workbook()).unwrap();
    let options = ReadOptions { memory_limit: Some(32 << 20), ..apart() };
    let error = read_table(&path, &options).unwrap_err();
    assert_eq!(error.rule, "I616", "{error}");
    // a program that never answers
    let options = ReadOptions {
        isolation: Isolation::Program("/bin/sleep".into()),
        time_limit: std::time::Duration::from_millis(200),
        ..ReadOptions::default()
    };
    assert!(matches!(read_table(&path, &options).unwrap_err().rule, "I616" | "I617"));
    let options = ReadOptions { isolation: Isolation::Program("/no/such/program".into()), ..ReadOptions::default() };
    assert_eq!(read_table(&path, &options).unwrap_err().rule, "I616");
}
