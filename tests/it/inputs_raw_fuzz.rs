//! Damaged files of every format: whatever the bytes, the reader answers with tables or with a coded error.
//!
//! `CORRIDOR_FUZZ_COUNT` raises the number of files of each format (and a hundredth of it of Parquet and GeoPackage).

use crate::inputs_raw_binary::{apart, geopackage, workbook};
use corridor::inputs::raw::{ReadOptions, read_table};
use corridor::inputs::rules::RULES;
use std::path::Path;
use std::time::{Duration, Instant};

struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides.max(1)
    }
}

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

fn damage(bytes: &mut Vec<u8>, other: &[u8], dice: &mut Dice) {
    let at = dice.roll(bytes.len());
    match dice.roll(8) {
        0 if !bytes.is_empty() => bytes[at] ^= 1 << dice.roll(8),
        1 if !bytes.is_empty() => drop(bytes.remove(at)),
        2 => bytes.truncate(at),
        3 => drop(bytes.splice(at..at, TOKENS[dice.roll(TOKENS.len())].bytes())),
        4 => {
            let end = (at + dice.roll(60)).min(bytes.len());
            let copy = bytes[at..end].to_vec();
            let to = dice.roll(bytes.len());
            bytes.splice(to..to, copy);
        }
        5 => {
            let from = dice.roll(other.len());
            bytes.truncate(at);
            bytes.extend_from_slice(&other[from..]);
        }
        6 if bytes.len() > 4 => {
            let number = [0, 1, 0x7fff_ffff, 0xffff_ffff, 0x8000_0000][dice.roll(5)];
            let at = dice.roll(bytes.len() - 4);
            bytes[at..at + 4].copy_from_slice(&u32::to_le_bytes(number));
        }
        _ => {
            let end = (at + dice.roll(60)).min(bytes.len());
            bytes.drain(at..end);
        }
    }
}

/// Reads `count` damaged files made of `seeds`; gives how many were read and refused.
fn run(name: &str, seeds: &[Vec<u8>], count: usize, options: &ReadOptions) -> (usize, usize) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    let mut dice = Dice(20_161_103);
    let (mut read, mut refused, mut slowest) = (0, 0, Duration::ZERO);
    for round in 0..count {
        let mut bytes = seeds[dice.roll(seeds.len())].clone();
        let other = &seeds[dice.roll(seeds.len())];
        for _ in 0..=dice.roll(3) {
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
                assert_ne!(
                    (error.rule, error.message.as_str()),
                    ("I616", "the reader failed on it"),
                    "round {round}: a panic"
                );
            }
        }
        slowest = slowest.max(begin.elapsed());
    }
    println!("{name}: {count} files, {read} read, {refused} refused, slowest {slowest:?}");
    assert!(slowest < Duration::from_secs(5), "{slowest:?}");
    (read, refused)
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

#[test]
fn damaged_workbooks() {
    // In this process, where a panic would be seen; the child is the same reader behind a wall.
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
