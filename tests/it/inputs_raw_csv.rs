//! The reader of delimited text: every awkward form gives the rows that a person would read, or a finding that names
//! the line.

use corridor::inputs::raw::{RawError, RawTable, ReadOptions, read_table};
use std::io::Write;
use std::path::Path;

/// The one table of a file with these bytes.
pub fn read_bytes(name: &str, bytes: &[u8], options: &ReadOptions) -> Result<RawTable, RawError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    let mut tables = read_table(&path, options)?;
    assert_eq!(tables.len(), 1);
    Ok(tables.remove(0))
}

fn read(bytes: &[u8]) -> RawTable {
    read_bytes("t.csv", bytes, &ReadOptions::default()).unwrap()
}

/// Cells by row.
pub fn cells(table: &RawTable) -> Vec<Vec<&str>> {
    table.rows().map(|row| row.cells().collect()).collect()
}

fn numbers(table: &RawTable) -> Vec<u64> {
    table.rows().map(|row| row.number).collect()
}

fn rules(table: &RawTable) -> Vec<(&str, Option<u64>)> {
    table.problems.iter().map(|problem| (problem.rule, problem.row)).collect()
}

#[test]
fn quotes_line_ends_and_row_numbers() {
    let table = read(b"a,b\r\n1,\"x\r\ny\"\r\n\r\n2,\"say \"\"no\"\"\"\r\n\"3\",\r\n");
    assert_eq!(cells(&table), [["1", "x\r\ny"], ["2", "say \"no\""], ["3", ""]]);
    assert_eq!(numbers(&table), [2, 5, 6]);
    assert_eq!(table.rows_in(), 3);
    assert!(table.notes.iter().any(|note| note == "1 blank lines passed over"), "{:?}", table.notes);
    assert_eq!((table.row_number(1), table.cell(1, 1), table.cell(1, 9)), (5, "say \"no\"", ""));
}

#[test]
fn ragged_rows_are_set_aside_and_the_others_kept() {
    let table = read(b"a,b,c\n1,2,3\n4,5\n6,7,8,9\n10,11,12");
    assert_eq!(cells(&table), [["1", "2", "3"], ["10", "11", "12"]]);
    assert_eq!(rules(&table), [("I607", Some(3)), ("I607", Some(4))]);
    assert_eq!((table.problems[1].value.as_str(), table.quarantined_count, table.rows_in()), ("6,7,8,9", 2, 4));
}

#[test]
fn a_quote_that_is_never_closed_names_its_line_and_costs_one_row() {
    let table = read(b"a,b\n1,2\n3,\"open\n5,6\n7,\"fine\"\n8,\"a\"b\n9,10\n");
    assert_eq!(cells(&table), [["1", "2"], ["5", "6"], ["7", "fine"], ["9", "10"]]);
    assert_eq!(rules(&table), [("I606", Some(3)), ("I606", Some(6))]);
    assert!(table.problems[0].message.contains("line 3"), "{}", table.problems[0].message);
    assert_eq!(numbers(&table), [2, 4, 5, 7]);
}

#[test]
fn delimiters_are_sniffed_or_declared() {
    for (text, told) in [
        ("a;b\n1,5;2\n3;4,5\n", "`;`"),
        ("a\tb\n1,5\t2\n3\t4,5\n", "tab"),
        ("a|b\n1|2\n", "`|`"),
        ("a,b\n1;2,2\n3,4\n", "`,`"),
        ("sep=;\na;b\n1;2\n", "`;`"),
    ] {
        let table = read(text.as_bytes());
        assert_eq!(table.columns, ["a", "b"], "{text}");
        assert!(table.notes.iter().any(|note| note.contains(told)), "{text}: {:?}", table.notes);
    }
    let options = ReadOptions { delimiter: Some(b':'), ..ReadOptions::default() };
    assert_eq!(cells(&read_bytes("t.csv", b"a:b\n1:2\n", &options).unwrap()), [["1", "2"]]);
    assert_eq!(read(b"name\nHerat\nKabul\n").columns, ["name"]);
    for wrong in [0, b'"', b'\n', 200] {
        let options = ReadOptions { delimiter: Some(wrong), ..ReadOptions::default() };
        assert_eq!(read_bytes("t.csv", b"a:b\n1:2\n", &options).unwrap_err().rule, "I603", "{wrong}");
    }
}

#[test]
fn six_encodings_give_the_same_names() {
    let text = "place,drug\nТермез,героин\nДушанбе,опий\nУргутский район,гашиш\nКурган-Тюбе,морфин\n";
    let farsi = "place,drug\nهرات,تریاک\nکابل,هروئین\nزابل,مرفین\n";
    let latin = "place,drug\nKöln,Heroin\nÇeşme,eroin\nMálaga,hachís\n";
    let wide = |text: &str, is_little: bool| -> Vec<u8> {
        let bytes = |unit: u16| if is_little { unit.to_le_bytes() } else { unit.to_be_bytes() };
        text.encode_utf16().flat_map(bytes).collect()
    };
    let marked = |mark: &[u8], bytes: Vec<u8>| [mark, &bytes].concat();
    let (cyrillic, _, _) = encoding_rs::WINDOWS_1251.encode(text);
    let (arabic, _, is_lossy) = encoding_rs::WINDOWS_1256.encode("place,drug\nهرات,ترياك\nكابل,هروين\nزابل,مرفين\n");
    assert!(!is_lossy);
    let (west, _, _) = encoding_rs::WINDOWS_1252.encode("place,drug\nKöln,Heroin\nMálaga,hachís\n");
    let cases: Vec<(&str, Vec<u8>, Option<&str>)> = vec![
        (text, text.as_bytes().to_vec(), None),
        (farsi, marked(b"\xef\xbb\xbf", farsi.as_bytes().to_vec()), None),
        (latin, marked(b"\xff\xfe", wide(latin, true)), None),
        (text, marked(b"\xfe\xff", wide(text, false)), None),
        (latin, wide(latin, true), None),
        (text, cyrillic.to_vec(), None),
        (text, cyrillic.to_vec(), Some("windows-1251")),
        ("place,drug\nهرات,ترياك\nكابل,هروين\nزابل,مرفين\n", arabic.to_vec(), Some("cp1256")),
        ("place,drug\nKöln,Heroin\nMálaga,hachís\n", west.to_vec(), None),
    ];
    for (number, (text, bytes, declared)) in cases.into_iter().enumerate() {
        let options = ReadOptions { encoding: declared.map(str::to_owned), ..ReadOptions::default() };
        let table = read_bytes("t.csv", &bytes, &options).unwrap();
        let expected: Vec<Vec<&str>> = text.lines().skip(1).map(|line| line.split(',').collect()).collect();
        assert_eq!(cells(&table), expected, "case {number}: {:?}", table.notes);
        assert!(table.problems.is_empty() && table.notes[0].contains("encoding"), "case {number}");
    }
    let options = ReadOptions { encoding: Some("klingon".to_owned()), ..ReadOptions::default() };
    assert_eq!(read_bytes("t.csv", b"a,b\n1,2\n", &options).unwrap_err().rule, "I605");
}

#[test]
fn undecodable_bytes_and_nul_cost_their_rows_only() {
    let mut bytes = "place,drug\nТермез,героин\nДушанбе,опий\n".as_bytes().to_vec();
    bytes.extend(b"Kund\xfcz,opium\nHe\0rat,opium\nKabul,opium\n");
    let table = read(&bytes);
    assert_eq!(table.row_count(), 3);
    assert_eq!(rules(&table), [("I605", Some(4)), ("I608", Some(5))]);
    assert_eq!((table.problems[0].column.as_str(), table.problems[1].column.as_str()), ("place", "place"));
}

#[test]
fn headers_are_found_and_made_unique() {
    let table = read(b"a,,a,a_2\n1,2,3,4\n");
    assert_eq!(table.columns, ["a", "column_2", "a_2", "a_2_2"]);
    assert_eq!(rules(&table), [("I644", None), ("I644", None), ("I644", None)]);

    let table = read(b"place,lat,lon\n#loc+name,#geo+lat,#geo+lon\nHerat,34.3,62.2\n");
    assert_eq!((table.hashtags.join(" ").as_str(), table.row_number(0)), ("#loc+name #geo+lat #geo+lon", 3));
    assert_eq!(table.rows_in(), 1);

    let table = read(b"Place,Position,,Amount\n,lat,lon,kg\nHerat,34.3,62.2,5\n");
    assert_eq!(table.columns, ["Place", "Position lat", "Position lon", "Amount kg"]);
    let table = read(b"Seizures of 2015\n\nplace;lat;lon\nHerat;34.3;62.2\n");
    assert_eq!((table.columns.join(" ").as_str(), table.row_number(0)), ("place lat lon", 4));
    // an empty cell in the first row of data is no second header
    let table = read(b"a,b,\nx,y,z\n1,2,3\n");
    assert_eq!(table.columns.len(), 3);
}

#[test]
fn nothing_to_read_is_refused() {
    for (bytes, rule) in [(&b""[..], "I610"), (b"\n\n  \n", "I610"), (b"\xef\xbb\xbf", "I610")] {
        assert_eq!(read_bytes("t.csv", bytes, &ReadOptions::default()).unwrap_err().rule, rule, "{bytes:?}");
    }
    assert_eq!(read_table(Path::new("no/such.csv"), &ReadOptions::default()).unwrap_err().rule, "I601");
    assert_eq!(read_table(Path::new("."), &ReadOptions::default()).unwrap_err().rule, "I601");
    let table = read(b"a,b\n");
    assert_eq!((table.row_count(), table.columns.len()), (0, 2));
    for (name, bytes) in
        [("t.xlsx", &b"a,b\n1,2\n"[..]), ("t.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), ("t.csv", b"%PDF-1.4")]
    {
        assert_eq!(read_bytes(name, bytes, &ReadOptions::default()).unwrap_err().rule, "I603", "{name}");
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn compression_is_told_by_content() {
    let text = b"a,b\n1,2\n";
    let zstd = zstd::encode_all(&text[..], 3).unwrap();
    for (name, bytes, told) in [("t.csv", gzip(text), "gzip"), ("t.gz", gzip(text), "gzip"), ("t.csv.gz", zstd, "zstd")]
    {
        let table = read_bytes(name, &bytes, &ReadOptions::default()).unwrap();
        assert_eq!(cells(&table), [["1", "2"]]);
        assert!(table.notes[0].contains(told));
    }
    let whole = gzip(&b"a,b\n1,2\n".repeat(1000));
    let cut = &whole[..whole.len() / 2];
    assert_eq!(read_bytes("t.gz", cut, &ReadOptions::default()).unwrap_err().rule, "I604");
    assert_eq!(read_bytes("t.gz", &gzip(&gzip(text)), &ReadOptions::default()).unwrap_err().rule, "I604");
}

#[test]
fn compression_bombs_are_refused_by_what_comes_out() {
    let zeros = vec![b'0'; 40 << 20];
    let bombs = [gzip(&zeros), zstd::encode_all(&zeros[..], 3).unwrap()];
    for bomb in bombs {
        let error = read_bytes("t.csv.gz", &bomb, &ReadOptions::default()).unwrap_err();
        assert_eq!((error.rule, error.kind), ("I602", corridor::inputs::raw::RawErrorKind::Resource));
    }
    // text that packs well is no bomb
    let rows = [b"a,b\n".to_vec(), b"1,2\n".repeat(100_000)].concat();
    assert_eq!(read_bytes("t.csv.gz", &gzip(&rows), &ReadOptions::default()).unwrap().row_count(), 100_000);
}

/// The plain way: the `csv` crate, one record after the other.
fn plain(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let width = reader.headers().unwrap().len();
    let all = reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect::<Vec<_>>());
    all.filter(|cells| cells.len() == width).collect()
}

#[test]
fn parts_parsed_side_by_side_give_the_rows_of_a_reading_from_the_top() {
    // Synthetic, seeded; 5 MB, so that there are several parts, with quoted cells that reach over their borders.
    let mut dice = 7_u64;
    let mut roll = |sides: u64| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) % sides
    };
    let mut text = String::from("a,b,c\n");
    while text.len() < 5 << 20 {
        for column in 0..3 {
            text.push_str(if column > 0 { "," } else { "" });
            match roll(12) {
                0 => text.push_str("\"two\nlines, \"\"quoted\"\"\""),
                1 => {
                    let inside = "x,\n".repeat(usize::try_from(roll(2000)).unwrap());
                    text.push_str(&format!("\"\n{inside}\""));
                }
                2 => text.push_str("\"Ургут\""),
                3 => {}
                _ => text.push_str(&roll(100_000).to_string()),
            }
        }
        text.push_str(if roll(9) == 0 { ",ragged\n" } else { "\n" });
    }
    let table = read(text.as_bytes());
    let expected = plain(&text);
    assert_eq!(table.row_count(), expected.len());
    assert!(table.part_count() > 3 && table.quarantined_count > 100);
    for (row, cells) in table.rows().zip(&expected) {
        assert!(row.cells().eq(cells.iter().map(String::as_str)), "row {}", row.number);
    }
    // the line of each row, counted from the top
    let lines: Vec<&str> = text.split('\n').collect();
    for row in table.rows() {
        let line = lines[usize::try_from(row.number).unwrap() - 1].trim_start_matches('"');
        assert!(line.starts_with(row.cell(0).split('\n').next().unwrap()), "row {}", row.number);
    }
}

#[test]
fn the_csv_spectrum_equals_its_json() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora/csv");
    let Ok(entries) = std::fs::read_dir(folder.join("csvs")) else { return };
    let mut count = 0;
    for entry in entries {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let table = read_table(&path, &ReadOptions::default()).unwrap().remove(0);
        let json = std::fs::read_to_string(folder.join(format!("json/{name}.json"))).unwrap();
        let expected: Vec<serde_json::Map<String, serde_json::Value>> = serde_json::from_str(&json).unwrap();
        assert_eq!(table.row_count(), expected.len(), "{name}");
        for (row, object) in table.rows().zip(&expected) {
            for (ix, column) in table.columns.iter().enumerate() {
                // two of its JSON files write a line end as it stands in the other file of the pair
                assert_eq!(
                    row.cell(ix).replace("\r\n", "\n"),
                    object[column].as_str().unwrap().replace("\r\n", "\n"),
                    "{name}"
                );
            }
        }
        count += 1;
    }
    assert_eq!(count, 11);
}
