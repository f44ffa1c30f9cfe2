//! `corridor ingest --table`: the project's own seizures.csv from raw records, and `[records]` of corridor.toml.

use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

fn corridor(args: &[&str], dir: &Path) -> (Option<i32>, Value, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_corridor")).args(args).current_dir(dir).output().unwrap();
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), serde_json::from_slice(&output.stdout).unwrap_or(Value::Null), words)
}

type Rows = Vec<BTreeMap<String, String>>;

fn rows(path: &Path) -> Rows {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.deserialize().map(|row| row.unwrap()).collect()
}

/// Synthetic records: two of one place, one of another drug, a lorry load, a place that is not known, cocaine, and a
/// country-year of 24 records that stands twice.
fn records() -> String {
    let mut text = String::from("country;place;date;drug;amount;unit\n");
    text.push_str("Afghanistan;Herat;2015-03-01;Heroin;1.5;kg\nAfghanistan;Heart;2015-04-01;heroin base;500;g\n");
    text.push_str("Afghanistan;Herat;2015-03-01;Opium;7;kg\nPakistan;Peshawar;2013-05-01;Acetic anhydride;30000;kg\n");
    text.push_str("Pakistan;;2013-05-01;Opium;2;kg\nPakistan;Quetta;2013-05-01;Cocaine;2;kg\n");
    for _ in 0..2 {
        for number in 1..=24 {
            writeln!(text, "Tajikistan;Khujand;2014-01-{number:02};Heroin;{number};kg").unwrap();
        }
    }
    text
}

#[test]
fn the_sums_are_those_of_the_records_and_the_project_takes_them() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("raw.csv"), records()).unwrap();
    assert_eq!(corridor(&["init", "own"], dir.path()).0, Some(0));
    let source = ["--source-id", "unodc-ids-2011-2016"];
    let args = ["ingest", "raw.csv", "--out", "records.csv", "--table", "own/seizures.csv", "--force", "--json"];
    let (code, json, words) = corridor(&[&args[..], &source].concat(), dir.path());
    assert_eq!(code, Some(0), "{words}");
    assert_eq!((json["rows_in"].as_u64(), json["rows_used"].as_u64()), (Some(54), Some(54)));
    let table = &json["table"];
    assert_eq!(table["records"].as_u64(), Some(29));
    assert_eq!(table["left_out"]["second_copy_of_a_block"].as_u64(), Some(24));
    assert_eq!(table["left_out"]["drug_neither_opiate_nor_precursor"].as_u64(), Some(1));

    let sums = rows(&dir.path().join("own/seizures.csv"));
    let told: Vec<[&str; 6]> = sums
        .iter()
        .map(|row| ["iso3", "place", "drug", "n_cases", "quantity_mg", "kg_note"].map(|name| row[name].as_str()))
        .collect();
    let expected = [
        ["AFG", "Herat", "heroin", "2", "2000000", ""],
        ["AFG", "Herat", "opium", "1", "7000000", ""],
        ["PAK", "", "opium", "1", "2000000", "country_only:place_blank"],
        ["PAK", "Peshawar", "acetic anhydride", "1", "30000000000", "extreme_single_record"],
        // 1 + ... + 24 kg
        ["TJK", "Khujand", "heroin", "24", "300000000", "counted_once_of_two"],
    ];
    for row in expected {
        let is_there = |known: &&[&str; 6]| known[0] == row[0] && known[2..] == row[2..];
        assert_eq!(told.iter().filter(is_there).count(), 1, "{row:?} in {told:#?}");
    }
    assert_eq!(told.len(), expected.len());

    let (code, json, words) = corridor(&["check", "own", "--json"], dir.path());
    assert_eq!(code, Some(0), "{words}");
    let text = json.to_string();
    assert!(text.contains("seizures.csv") && !text.contains("I501"), "{text}");

    // every record counted; an own source must be named in the table of sources
    let kept = [&args[..], &["--repeated-blocks", "keep"]].concat();
    let (code, json, words) = corridor(&kept, dir.path());
    assert_eq!((code, json["table"]["records"].as_u64()), (Some(0), Some(53)), "{words}");
    let (code, json, _) = corridor(&["check", "own", "--json"], dir.path());
    assert!(code == Some(0) && json.to_string().contains("I501"));
}

#[test]
fn the_configuration_names_columns_and_stops_at_a_bad_row() {
    let dir = tempfile::tempdir().unwrap();
    let land = "Land,Ort,Wann,Stoff,Menge,Einheit\nAfghanistan,Herat,2015-01-02,Heroin,1,kg\n";
    std::fs::write(dir.path().join("land.csv"), land).unwrap();
    let columns = "[records]\ncolumns = { country = \"Land\", place = \"Ort\", date = \"Wann\", drug = \"Stoff\", \
                   amount = \"Menge\", unit = \"Einheit\" }\n";
    std::fs::write(dir.path().join("corridor.toml"), columns).unwrap();
    let write = ["ingest", "land.csv", "--out", "out.csv", "--force", "--json"];
    assert_eq!(corridor(&write, dir.path()).0, Some(3), "the columns are not known by themselves");
    let told = |args: &[&str]| corridor(&[args, &["--config", "corridor.toml"]].concat(), dir.path());
    let (code, json, words) = told(&write);
    assert_eq!((code, json["rows_used"].as_u64()), (Some(0), Some(1)), "{words}");
    let (code, json, _) = told(&["check", "land.csv", "--json"]);
    assert_eq!((code, json["rows_used"].as_u64()), (Some(0), Some(1)));

    std::fs::write(dir.path().join("land.csv"), format!("{land}Afghanistan,Herat,2015-01-03,Heroin,-1,kg\n")).unwrap();
    assert_eq!(told(&write).0, Some(0));
    std::fs::write(dir.path().join("corridor.toml"), columns.replace("columns", "on_bad_row = \"stop\"\ncolumns"))
        .unwrap();
    assert_eq!(told(&write).0, Some(3));
    assert_eq!(told(&["check", "land.csv", "--json"]).0, Some(3));
    // a flag wins
    assert_eq!(told(&[&write[..], &["--on-bad-row", "quarantine"]].concat()).0, Some(0));

    std::fs::write(dir.path().join("corridor.toml"), "[records.columns]\ncontry = \"Land\"\n").unwrap();
    let (code, _, words) = told(&write);
    assert!(code == Some(2) && words.contains("records.columns.contry"), "{words}");
}

const NINE: &[&str] = &["AFG", "PAK", "IRN", "UZB", "TJK", "TKM", "KGZ", "KAZ", "AZE"];

/// Cases and milligrams by country, division, drug and year.
fn sums(rows: &Rows) -> BTreeMap<[String; 4], (u64, i128)> {
    let mut sums = BTreeMap::new();
    for row in rows.iter().filter(|row| NINE.contains(&row["iso3"].as_str())) {
        let sum = sums.entry(["iso3", "adm1", "drug", "year"].map(|name| row[name].clone())).or_insert((0, 0));
        sum.0 += row["n_cases"].parse::<u64>().unwrap();
        sum.1 += row["quantity_mg"].parse::<i128>().unwrap();
    }
    sums
}

/// The shipped table is what `--table` says of the countries of the region, byte for byte. The sums of nine countries are
/// those of an earlier program that shared no code with this one.
#[test]
fn the_shipped_table_comes_out_of_the_record_file() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let file = root.join("../shared/data/ids/unodc-ids-2011-2016.csv.gz");
    if !file.is_file() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let args = ["ingest", file.to_str().unwrap(), "--out", "records.parquet", "--table", "seizures.csv", "--json"];
    let (code, json, words) = corridor(&args, dir.path());
    assert_eq!(code, Some(0), "{words}");
    assert_eq!(json["table"]["left_out"]["second_copy_of_a_block"].as_u64(), Some(1016));
    let own = sums(&rows(&dir.path().join("seizures.csv")));
    assert_eq!((own.len(), own.values().map(|sum| sum.0).sum::<u64>()), (741, 9772));
    assert_eq!(own.values().map(|sum| sum.1).sum::<i128>(), 1_026_574_252_040);
    let shipped = std::fs::read_to_string(root.join("data/seizures.csv")).unwrap();
    let reporting = rows(&root.join("data/reporting.csv"));
    let is_of_region = |line: &&str| reporting.iter().any(|row| line.split(',').nth(1) == Some(&row["iso3"]));
    let table = std::fs::read_to_string(dir.path().join("seizures.csv")).unwrap();
    let kept: Vec<&str> = table.lines().take(1).chain(table.lines().skip(1).filter(is_of_region)).collect();
    assert!(kept.iter().copied().eq(shipped.lines()), "data/build/build.py --ids FILE writes another table");
}
