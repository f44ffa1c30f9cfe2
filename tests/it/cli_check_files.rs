//! `corridor check FILE...`: planted faults are found, each with its row, its column and what to do, and a clean sample
//! gives no finding.

use serde_json::Value;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Output};

fn corridor(args: &[&str], dir: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_corridor")).args(args).current_dir(dir).output().unwrap()
}

fn check(args: &[&str], dir: &Path) -> (Option<i32>, Value) {
    let output = corridor(&[&["check", "--json"], args].concat(), dir);
    let json = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    (output.status.code(), json)
}

/// A synthetic sample of 1,000 seizures, seeded: towns with their own positions (rounded, moved by up to 2 km), days of
/// 2011 to 2016, quantities of a drug within two orders of magnitude. No real record is in it. It is clean: every row has
/// its own identifier, day, place and quantity together, and lies in its country.
fn clean_rows() -> Vec<String> {
    let towns = [
        ("Afghanistan", "Herat", 62.2, 34.35),
        ("Afghanistan", "Kandahar", 65.71, 31.61),
        ("Iran (Islamic Republic of)", "Zahedan", 60.86, 29.5),
        ("Pakistan", "Quetta", 67.0, 30.18),
        ("Tajikistan", "Dushanbe", 68.78, 38.56),
        ("Uzbekistan", "Samarkand", 66.96, 39.65),
        ("Turkmenistan", "Mary", 61.83, 37.6),
        ("Kyrgyzstan", "Osh", 72.8, 40.53),
    ];
    let drugs = [("Heroin", 2_000), ("Opium", 20_000), ("Morphine", 5_000)];
    let mut dice = 20_151_102_u64;
    let mut roll = |sides: u64| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) % sides
    };
    (0..1000)
        .map(|number| {
            let (country, town, lon, lat) = towns[usize::try_from(roll(8)).unwrap()];
            let (drug, size) = drugs[usize::try_from(roll(3)).unwrap()];
            #[allow(clippy::cast_precision_loss)]
            let mut moved = |degrees: f64| degrees + (roll(400) as f64 - 200.0) / 10_000.0;
            let (lon, lat) = (moved(lon), moved(lat));
            let (year, month, day) = (2011 + roll(6), 1 + roll(12), 1 + roll(28));
            // grams; the number makes it the row's own
            let grams = size / 10 + roll(size * 5) / 1000 * 1000 + number;
            format!("S{number:04},{country},{town},{lon:.4},{lat:.4},{year}-{month:02}-{day:02},{drug},{grams},Gram")
        })
        .collect()
}

const HEADER: &str = "id,country,place,longitude,latitude,date,drug,amount,unit";

#[test]
fn a_clean_sample_gives_no_finding() {
    let dir = tempfile::tempdir().unwrap();
    // the sample as it is kept, and as it was made
    let kept = include_str!("../data/clean_seizures.csv");
    assert!(kept == format!("{HEADER}\n{}\n", clean_rows().join("\n")), "tests/data/clean_seizures.csv has changed");
    std::fs::write(dir.path().join("clean.csv"), kept).unwrap();
    let (code, json) = check(&["clean.csv"], dir.path());
    assert_eq!((code, json["findings"].as_array().unwrap().len()), (Some(0), 0), "{:#}", json["findings"]);
    assert_eq!((&json["rows_in"], &json["rows_used"]), (&Value::from(1000), &Value::from(1000)));
}

/// Row of the clean sample (0-based), column, new text.
const PLANTED: &[(usize, &str, &str)] = &[
    (10, "date", "03/04/2021"),
    (20, "date", "1900-02-29"),
    (30, "date", "42220"),
    (40, "date", "2099-01-01"),
    (50, "date", "sometime"),
    (60, "date", "04-05-13"),
    (70, "amount", "twelve"),
    (80, "amount", "9000000000"),
    (90, "amount", "-5"),
    (100, "unit", "basket"),
    (110, "unit", ""),
    (120, "country", "Absurdistan"),
    (130, "drug", "Unobtainium"),
    (140, "latitude", "134.2"),
    (150, "id", "S0149"),
    (160, "longitude", ""),
];

#[test]
fn planted_faults_are_found_each_with_row_column_and_fix() {
    let mut rows: Vec<Vec<String>> =
        clean_rows().iter().map(|row| row.split(',').map(str::to_owned).collect()).collect();
    let columns: Vec<&str> = HEADER.split(',').collect();
    let column = |name: &str| columns.iter().position(|column| *column == name).unwrap();
    let mut expected: Vec<(usize, &str)> = Vec::new();
    for (row, name, text) in PLANTED {
        rows[*row][column(name)] = (*text).to_owned();
        expected.push((*row, name));
    }
    // exchanged, zero, a country's middle, outside
    let exchanged = rows[200][3].clone();
    rows[200][3] = rows[200][4].clone();
    rows[200][4] = exchanged;
    let place = |row: &mut Vec<String>, country: &str, lon: &str, lat: &str| {
        (row[1], row[3], row[4]) = (country.to_owned(), lon.to_owned(), lat.to_owned());
    };
    rows[200][1] = rows[200][1].clone();
    place(&mut rows[210], "Afghanistan", "0", "0");
    place(&mut rows[220], "Afghanistan", "67.709953", "33.93911");
    place(&mut rows[230], "Afghanistan", "69.28", "41.31");
    expected.extend([(200, "longitude"), (210, "longitude"), (220, "longitude"), (230, "longitude")]);
    // an equal row but for its identifier, and a near one with other letters
    rows[240] = rows[239].clone();
    rows[240][0] = "S9998".to_owned();
    rows[250] = rows[249].clone();
    (rows[250][0], rows[250][2]) = ("S9999".to_owned(), rows[249][2].to_uppercase());
    expected.extend([(240, "(row)"), (250, "(row)")]);
    let mut text = format!("{HEADER}\n");
    for row in &rows {
        let _ = writeln!(text, "{}", row.join(","));
    }
    // a row of too many cells, and a quote that is never closed
    text.push_str("S2000,Afghanistan,Herat,62.2,34.3,2015-01-01,Heroin,1,Gram,extra\n");
    text.push_str("S2001,Afghanistan,\"Herat,62.2,34.3,2015-01-01,Heroin,1,Gram\n");
    expected.extend([(1000, "(row)"), (1001, "(row)")]);
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("planted.csv"), text).unwrap();
    let (code, json) = check(&["planted.csv", "--out", "findings.xlsx"], dir.path());
    assert_eq!(code, Some(0), "{json:#}");

    let findings = json["findings"].as_array().unwrap();
    assert!(expected.len() >= 20);
    for (row, column) in &expected {
        let number = *row as u64 + 2;
        let found = findings.iter().find(|finding| finding["row"] == number && (finding["column"] == *column));
        let found = found.unwrap_or_else(|| panic!("row {number}, {column}: not in {findings:#?}"));
        assert!(!found["fix"].as_str().unwrap().is_empty() && !found["message"].as_str().unwrap().is_empty());
    }
    let extra: Vec<_> =
        findings.iter().filter(|finding| !expected.iter().any(|(row, _)| finding["row"] == *row as u64 + 2)).collect();
    assert!(extra.is_empty(), "{extra:#?}");
    let number = |name: &str| json[name].as_u64().unwrap();
    assert_eq!(number("rows_in"), 1002);
    assert_eq!(number("rows_in"), number("rows_used") + number("rows_quarantined") + number("rows_excluded"));

    // the same as a table and as a workbook
    let quarantine = std::fs::read_to_string(dir.path().join("quarantine.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(quarantine.as_bytes());
    assert_eq!(
        reader.headers().unwrap(),
        &["source", "sheet", "row", "column", "raw_value", "rule", "message", "fix"][..]
    );
    let set_aside = findings.iter().filter(|finding| finding["severity"] == "quarantine").count();
    assert_eq!(reader.records().count(), set_aside);
    let tables = corridor::inputs::raw::read_table(&dir.path().join("findings.xlsx"), &Default::default()).unwrap();
    assert_eq!(tables[0].row_count(), findings.len());
    assert_eq!(tables[1].columns[..3], ["row", "id", "country"]);
    let again = corridor(&["check", "planted.csv", "--out", "findings.xlsx"], dir.path());
    assert_eq!(again.status.code(), Some(6), "an existing file is replaced with --force only");
    let stopped = corridor(&["check", "planted.csv", "--on-bad-row", "stop"], dir.path());
    assert_eq!(stopped.status.code(), Some(3));
    let told = String::from_utf8(stopped.stdout).unwrap();
    assert!(told.contains("row 12, date") && told.contains("--date-order"), "{told}");
    let declared = check(&["planted.csv", "--date-order", "dmy"], dir.path()).1;
    assert!(declared["findings"].as_array().unwrap().iter().all(|finding| finding["row"] != 12));
}

#[test]
fn several_files_are_told_together() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
    write("good.csv", &format!("{HEADER}\n{}\n", clean_rows()[0]));
    write(
        "crossings.geojson",
        r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"crossing_id":"A"},"geometry":{"type":"Point","coordinates":[61.1,34.5]}},{"type":"Feature","properties":{"crossing_id":"B"},"geometry":{"type":"Point","coordinates":[61.1]}}]}"#,
    );
    write(
        "utm.geojson",
        r#"{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"EPSG:32642"}},"features":[{"type":"Feature","properties":{"crossing_id":"C"},"geometry":{"type":"Point","coordinates":[500000,3800000]}}]}"#,
    );
    write("other.csv", "colour,weight\nred,5\n");
    let (code, json) = check(&["good.csv", "crossings.geojson", "utm.geojson", "other.csv", "none.csv"], dir.path());
    assert_eq!((code, json["exit_code"].as_u64()), (Some(3), Some(3)));
    assert_eq!((&json["refused"][0]["rule"], &json["problems"][0]["code"]), (&"I601".into(), &"I601".into()));
    let kinds: Vec<_> = json["files"].as_array().unwrap().iter().map(|file| file["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds[..2], ["seizures", "positions"]);
    assert_eq!(json["by_rule"]["I623"], 1);
    // of a file in another coordinate system nothing can be used: once for the file, once for its row
    let (code, json) = check(&["utm.geojson"], dir.path());
    assert_eq!((code, &json["rows_quarantined"], &json["by_rule"]["I620"]), (Some(3), &1.into(), &2.into()));
    // features without a position, and none at all, are read
    let empty = r#"{"type":"FeatureCollection","features":[]}"#;
    write("empty.geojson", empty);
    write("nowhere.geojson", &empty.replace("[]", r#"[{"type":"Feature","properties":{"a":1},"geometry":null}]"#));
    for (name, rule) in [("empty.geojson", "I610"), ("nowhere.geojson", "I637")] {
        let (code, json) = check(&[name], dir.path());
        assert_eq!((code, &json["by_rule"][rule]), (Some(0), &1.into()), "{json:#}");
    }
    let (code, json) = check(&["good.csv", "crossings.geojson"], dir.path());
    assert_eq!((code, json["rows_in"].as_u64(), json["rows_used"].as_u64()), (Some(0), Some(3), Some(2)));
    assert_eq!(check(&["other.csv"], dir.path()).0, Some(3));
    assert_eq!(check(&["none.csv"], dir.path()).0, Some(3));
    // a bomb is a limit
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::Write::write_all(&mut encoder, &vec![b'0'; 64 << 20]).unwrap();
    std::fs::write(dir.path().join("bomb.csv.gz"), encoder.finish().unwrap()).unwrap();
    assert_eq!(check(&["bomb.csv.gz"], dir.path()).0, Some(6));
}

#[test]
fn columns_exchanged_in_a_whole_file_are_told_once_more() {
    let dir = tempfile::tempdir().unwrap();
    let header = "id,country,place,latitude,longitude,date,drug,amount,unit";
    std::fs::write(dir.path().join("t.csv"), format!("{header}\n{}\n", clean_rows()[..50].join("\n"))).unwrap();
    let (_, json) = check(&["t.csv"], dir.path());
    assert_eq!((&json["by_rule"]["I715"], &json["by_rule"]["I710"]), (&Value::from(1), &Value::from(50)), "{json:#}");
}

#[test]
fn a_table_given_twice_and_one_without_rows_are_told() {
    let dir = tempfile::tempdir().unwrap();
    let kept = include_str!("../data/clean_seizures.csv");
    let few: String = kept.lines().take(6).map(|line| format!("{line}\n")).collect();
    std::fs::write(dir.path().join("a.csv"), &few).unwrap();
    std::fs::write(dir.path().join("b.csv"), &few).unwrap();
    std::fs::write(dir.path().join("none.csv"), format!("{HEADER}\n")).unwrap();
    std::fs::write(dir.path().join("page.xls"), "<html><table><tr><td>Country</td></tr></table></html>").unwrap();
    let (code, json) = check(&["a.csv", "b.csv"], dir.path());
    let findings = json["findings"].as_array().unwrap();
    assert_eq!((code, findings.len()), (Some(0), 1), "{json:#}");
    assert_eq!((&findings[0]["rule"], &findings[0]["source"]), (&Value::from("I736"), &Value::from("b.csv")));
    assert_eq!(findings[0]["message"], "5 rows stand in a.csv too: 2, 3, 4, 5, 6");
    let (code, json) = check(&["none.csv"], dir.path());
    assert_eq!((code, &json["findings"][0]["rule"]), (Some(3), &Value::from("I610")), "{json:#}");
    let (code, json) = check(&["page.xls"], dir.path());
    assert_eq!((code, &json["refused"][0]["rule"]), (Some(3), &Value::from("I603")), "{json:#}");
}
