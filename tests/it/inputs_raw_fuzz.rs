//! Damaged files of every format: whatever the bytes, the reader answers with tables or with a coded error.
//!
//! `CORRIDOR_FUZZ_COUNT` raises the number of files of each format (and a hundredth of it of Parquet and GeoPackage).

use crate::inputs_raw_binary::{apart, geopackage, workbook};
use crate::random::Random;
use corridor::inputs::raw::{Isolation, ReadOptions, read_table};
use corridor::inputs::rules::RULES;
use std::path::Path;
use std::time::{Duration, Instant};

const TOKENS: &[&str] = &[
    "\"",
    ",",
    ";",
    "\t",
    "\n",
    "\r\n",
    "\r",
    "NaN",
    "-1",
    "1e400",
    "\0",
    "\u{feff}",
    "[",
    "]",
    "{",
    "}",
    "null",
    "[]",
    "9999999999999999999999",
    "''",
    "sep=;\n",
    "<!DOCTYPE x>",
    "</row>",
    "\u{fffd}",
    "ё",
    "PAR1",
    "PK\x03\x04",
];

fn damage(bytes: &mut Vec<u8>, other: &[u8], dice: &mut Random) {
    let at = dice.place(bytes.len());
    match dice.place(8) {
        0 if !bytes.is_empty() => bytes[at] ^= 1 << dice.place(8),
        1 if !bytes.is_empty() => drop(bytes.remove(at)),
        2 => bytes.truncate(at),
        3 => drop(bytes.splice(at..at, TOKENS[dice.place(TOKENS.len())].bytes())),
        4 => {
            let end = (at + dice.place(60)).min(bytes.len());
            let copy = bytes[at..end].to_vec();
            let to = dice.place(bytes.len());
            bytes.splice(to..to, copy);
        }
        5 => {
            let from = dice.place(other.len());
            bytes.truncate(at);
            bytes.extend_from_slice(&other[from..]);
        }
        6 if bytes.len() > 4 => {
            let number = [0, 1, 0x7fff_ffff, 0xffff_ffff, 0x8000_0000][dice.place(5)];
            let at = dice.place(bytes.len() - 4);
            bytes[at..at + 4].copy_from_slice(&u32::to_le_bytes(number));
        }
        _ => {
            let end = (at + dice.place(60)).min(bytes.len());
            bytes.drain(at..end);
        }
    }
}

/// Reads `count` damaged files made of `seeds`; gives how many were read and refused.
fn run(name: &str, seeds: &[Vec<u8>], count: usize, options: &ReadOptions) -> (usize, usize) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    let mut dice = Random(20_161_103);
    let (mut read, mut refused, mut slowest) = (0, 0, Duration::ZERO);
    for round in 0..count {
        let mut bytes = seeds[dice.place(seeds.len())].clone();
        let other = &seeds[dice.place(seeds.len())];
        for _ in 0..=dice.place(3) {
            damage(&mut bytes, other, &mut dice);
        }
        std::fs::write(&path, &bytes).unwrap();
        let begin = Instant::now();
        match read_table(&path, options) {
            Ok(tables) => {
                read += 1;
                for table in &tables {
                    assert!(table.rows().all(|row| row.cells().count() == table.columns.len()), "round {round}");
                    assert_eq!(table.rows_in(), table.rows().count() + table.quarantined_count, "round {round}");
                }
            }
            Err(error) => {
                refused += 1;
                assert!(RULES.iter().any(|(rule, _, _)| *rule == error.rule), "round {round}: {error}");
                // Behind the wall a panic of a library is one coded error more; here it would be a fault.
                let is_panic = error.message == "the reader failed on it";
                assert!(!is_panic || options.isolation != Isolation::InProcess, "round {round}: a panic");
            }
        }
        slowest = slowest.max(begin.elapsed());
    }
    println!("{name}: {count} files, {read} read, {refused} refused, slowest {slowest:?}");
    assert!(slowest < Duration::from_secs(5), "{slowest:?}");
    most_memory();
    (read, refused)
}

/// The most memory that this process has held, where the system tells; it holds the readers of text and, here, of workbooks.
fn most_memory() {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    println!("most memory so far: {}", line.trim());
    // Other tests run in the same process: the limit is held when this one runs alone, with more files than usual.
    if std::env::var_os("CORRIDOR_FUZZ_COUNT").is_some() {
        let kilobytes: u64 = line.trim().trim_end_matches("kB").trim().parse().unwrap_or(0);
        assert!(kilobytes < 512 << 10, "{kilobytes} KB");
    }
}

fn count(normal: usize) -> usize {
    let raised = std::env::var("CORRIDOR_FUZZ_COUNT").ok().and_then(|text| text.parse().ok());
    raised.unwrap_or(normal)
}

fn corpus(folder: &str) -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora").join(folder);
    let mut paths: Vec<_> = std::fs::read_dir(root).into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

#[test]
fn damaged_csv() {
    let mut seeds: Vec<Vec<u8>> = vec![
        b"id,place,lat,lon\n1,\"Herat, \"\"old\"\" town\",34.3,62.2\n2,\"two\nlines\",1,2\r\n3,,,\n".to_vec(),
        "id;place;kg\n1;Термез;1,5\n2;Ургутский район;2\n".as_bytes().to_vec(),
        "place\tkg\r\n#loc\t#value\r\nهرات\t5\r\n".as_bytes().to_vec(),
        b"\xff\xfea\0,\0b\0\n\x001\0,\x002\0".to_vec(),
    ];
    seeds.extend(corpus("csv/csvs"));
    let (read, _) = run("t.csv", &seeds, count(200), &ReadOptions::default());
    assert!(read > 0);
}

#[test]
fn damaged_geojson() {
    let mut seeds: Vec<Vec<u8>> = vec![
        br#"{"type":"FeatureCollection","features":[{"type":"Feature","id":1,"properties":{"a":1,"b":"x"},"geometry":{"type":"Point","coordinates":[61.1,34.5]}},{"type":"Feature","properties":null,"geometry":{"type":"Polygon","coordinates":[[[0,0],[4,0],[4,4],[0,0]],[[1,0.5],[2,1],[2,0.5],[1,0.5]]]}}]}"#.to_vec(),
        br#"{"type":"GeometryCollection","geometries":[{"type":"MultiPoint","coordinates":[[1,2],[3,4]]},{"type":"LineString","coordinates":[[1,2],[3,4]],"bbox":[1,2,3,4]}]}"#.to_vec(),
    ];
    for folder in ["valid", "invalid_geometries", "problematic_geometries", "invalid_structure"] {
        seeds.extend(corpus(&format!("geojson/{folder}")));
    }
    let (read, refused) = run("t.geojson", &seeds, count(150), &ReadOptions::default());
    assert!(read > 0 && refused > 0);
}

/// A small workbook's parts: kinds of cells, a date format, a merged range, hidden rows.
const PARTS: &[(&str, &str)] = &[
    (
        "[Content_Types].xml",
        r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"#,
    ),
    (
        "_rels/.rels",
        r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
    ),
    (
        "xl/workbook.xml",
        r#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><workbookPr date1904="1"/><sheets><sheet name="Data" sheetId="1" r:id="rId1"/></sheets></workbook>"#,
    ),
    (
        "xl/_rels/workbook.xml.rels",
        r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/><Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>"#,
    ),
    (
        "xl/styles.xml",
        r#"<?xml version="1.0"?><styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd"/></numFmts><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs></styleSheet>"#,
    ),
    (
        "xl/sharedStrings.xml",
        r#"<?xml version="1.0"?><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="2" uniqueCount="2"><si><t>place</t></si><si><r><t>Her</t></r><r><t>at</t></r></si></sst>"#,
    ),
    (
        "xl/worksheets/sheet1.xml",
        r#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:D4"/><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>date</t></is></c><c r="C1" t="str"><v>kg</v></c><c r="D1" t="inlineStr"><is><t>ok</t></is></c></row><row r="2" hidden="1"><c r="A2" t="s"><v>1</v></c><c r="B2" s="1"><v>42220</v></c><c r="C2"><v>1.5e3</v></c><c r="D2" t="b"><v>1</v></c></row><row r="3"><c r="A3" t="e"><v>#REF!</v></c><c r="B3" t="d"><v>2015-08-04</v></c><c r="C3"><f>1+1</f><v>2</v></c></row><row r="4"><c r="D4"><v>-7</v></c></row></sheetData><mergeCells count="1"><mergeCell ref="A4:C4"/></mergeCells></worksheet>"#,
    ),
];

/// Workbooks with one part damaged, sound as zip files.
fn damaged_parts(count: usize, options: &ReadOptions) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.xlsx");
    let whole: Vec<(&str, Vec<u8>)> = PARTS.iter().map(|(name, text)| (*name, text.as_bytes().to_vec())).collect();
    let (mut dice, mut read, mut slowest, mut caught) = (Random(5), 0, Duration::ZERO, 0);
    for round in 0..=count {
        let mut parts = whole.clone();
        // the first is sound
        for _ in 0..if round == 0 { 0 } else { 1 + dice.place(3) } {
            let ix = if dice.place(2) == 0 { parts.len() - 1 } else { dice.place(parts.len()) };
            let other = whole[dice.place(whole.len())].1.clone();
            damage(&mut parts[ix].1, &other, &mut dice);
        }
        let parts: Vec<(&str, &[u8])> = parts.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
        std::fs::write(&path, crate::inputs_raw_binary::zip(&parts, None)).unwrap();
        let begin = Instant::now();
        let outcome = read_table(&path, options);
        slowest = slowest.max(begin.elapsed());
        match outcome {
            Ok(_) => read += 1,
            Err(error) => {
                assert!(round > 0, "{error}");
                // A panic of the library on a part that is sound as a zip would be caught; none is known.
                caught += usize::from(error.message == "the reader failed on it");
            }
        }
    }
    println!("parts of a workbook: {count} files, {read} read, {caught} panics caught, slowest {slowest:?}");
    assert!(read > count / 20, "{read}");
    assert_eq!(caught, 0);
    assert!(slowest < Duration::from_secs(5), "{slowest:?}");
    most_memory();
}

#[test]
fn damaged_workbooks() {
    // In this process, where a panic would be seen; the child is the same reader behind a wall.
    damaged_parts(count(100), &ReadOptions::default());
    run("t.xlsx", &[workbook()], count(100), &ReadOptions::default());
    run("t.xlsx", &[workbook()], count(100).div_ceil(20), &apart());
}

#[test]
fn damaged_parquet_and_geopackages() {
    let mut seeds = corpus("parquet/bad_data");
    seeds.push(crate::inputs_raw_parquet::sample());
    run("t.parquet", &seeds, count(1_000).div_ceil(100), &apart());
    run("t.gpkg", &[geopackage(4326)], count(1_000).div_ceil(100), &apart());
}
