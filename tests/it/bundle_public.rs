//! A public bundle tells no small count, nothing that comes from one, and no place of a single seizure.

#![allow(clippy::unwrap_used)]

use crate::bundle_sample::{SVG, contents, files, folder};
use corridor::bundle::{Block, Contents, Feature, Overwrite, Profile, suppress, write};
use corridor::tables::{Table, Values};
use std::io::Read;

/// Two small cells (3 and 1), with quantities that stand out.
fn planted() -> Table {
    Table::new("seizures_by_province", "Seizures by province", "Seizures are not flow.")
        .text("province", "", ["Herat", "Nimroz", "Farah", "Helmand", "Total"])
        .integer("seizure_case_count", "", [41, 3, 1, 1207, 1252])
        .real("quantity_kg", "", 3, [5120.5, 77.731, 88.842, 31_000.25, 36_287.323])
        .real("seizure_share", "", 6, [0.032_748, 0.123_457, 0.234_568, 0.964_058, 1.0])
        .real("lon", "", 5, [62.2, 62.131_31, 62.141_41, 64.36, 0.0])
        .real("lat", "", 5, [34.35, 31.151_51, 32.161_61, 31.58, 0.0])
        .integer("baseline_year", "", [2015; 5])
}

fn public() -> Contents {
    let mut contents = contents();
    contents.run.profile = Profile::Public;
    contents.tables.push(planted());
    contents.figures[0].svg = SVG.replace("Modelled flow", "Nimroz 77.731");
    contents.figures[0].alt = "Nimroz had 3 cases with 77.731 kg".to_owned();
    contents.figures[0].caption = "Nimroz: 77.731 kg".to_owned();
    contents.figures[0].png = b"77.731".to_vec();
    contents.figures[0].data = planted();
    let block = Block::Table { name: "seizures_by_province".to_owned(), first_rows: 9, columns: Vec::new() };
    contents.report.sections[0].blocks.push(block);
    let properties = |layer: &str| {
        vec![
            ("layer".to_owned(), layer.into()),
            ("seizure_case_count".to_owned(), 3.into()),
            ("quantity_kg".to_owned(), 77.731.into()),
        ]
    };
    for (layer, lon) in [("seizure", 62.131_31), ("crossing", 60.5)] {
        contents
            .features
            .push(Feature { geometry: geo::Point::new(lon, 31.151_51).into(), properties: properties(layer) });
    }
    contents.quarantine = contents.quarantine.optional_text("rule", "", [None]);
    contents.quarantine.columns[2].values = Values::Text(vec![Some("77.731 kg".to_owned())]);
    contents
}

/// Planted numbers, as they are and as the report would round them.
const SECRETS: [&str; 12] = [
    "77.731",
    "77.7",
    "88.842",
    "88.8",
    "36287.323",
    "36,287",
    "0.123457",
    "0.234568",
    "62.13131",
    "62.14141",
    "31.15151",
    "32.16161",
];

#[test]
fn planted_small_cells_appear_nowhere() {
    let root = folder();
    write(&public(), &root.path().join("out"), Overwrite::Refuse).unwrap();
    let found = files(root.path());
    let mut texts: Vec<(String, String)> = Vec::new();
    for (name, bytes) in &found {
        texts.push((name.clone(), String::from_utf8_lossy(bytes).into_owned()));
        if name.ends_with(".xlsx") {
            texts.extend(inflated(bytes).into_iter().map(|part| (name.clone(), part)));
        }
    }
    for (name, text) in &texts {
        for secret in SECRETS {
            // The crossing of the map may stand where it stands.
            assert!(
                !text.contains(secret) || (name.ends_with("map.geojson") && secret == "31.15151"),
                "{secret} in {name}"
            );
        }
    }
    for name in ["out/tables/seizures_by_province.csv", "out/figures/flow_by_crossing.csv"] {
        let csv = String::from_utf8(found[name].clone()).unwrap();
        let wanted = "province,seizure_case_count,quantity_kg,seizure_share,baseline_year\nHerat,41,5120.5,0.032748,2015\n\
            Nimroz,<5,withheld,withheld,2015\nFarah,<5,withheld,withheld,2015\nHelmand,1207,31000.25,0.964058,2015\n\
            Total,1255,withheld,withheld,2015\n";
        assert_eq!(csv, wanted);
    }
    let page = String::from_utf8(found["out/report.html"].clone()).unwrap();
    assert!(page.contains("<td class=\"n\">&lt;5</td><td class=\"n\">withheld</td>"));
    assert!(page.contains("<td class=\"n\">1,207</td>"), "shown numbers keep their form");
    assert!(page.contains("Public version: counts of 1 to 4"));
    assert!(
        !found.contains_key("out/figures/flow_by_crossing.svg")
            && !found.contains_key("out/figures/flow_by_crossing.png")
    );
    let map = String::from_utf8(found["out/map.geojson"].clone()).unwrap();
    assert!(!map.contains("\"layer\":\"seizure\""));
    assert!(map.contains("\"seizure_case_count\":\"<5\",\"quantity_kg\":\"withheld\""));
}

/// The text of every deflated part of a zip archive.
fn inflated(zip: &[u8]) -> Vec<String> {
    let starts = (0..zip.len() - 4).filter(|&at| &zip[at..at + 4] == b"PK\x03\x04");
    let parts: Vec<String> = starts
        .map(|at| {
            let len = |at: usize| usize::from(zip[at]) + 256 * usize::from(zip[at + 1]);
            let mut text = String::new();
            let _ = flate2::read::DeflateDecoder::new(&zip[at + 30 + len(at + 26) + len(at + 28)..])
                .read_to_string(&mut text);
            text
        })
        .collect();
    assert!(parts.iter().any(|part| part.contains("Helmand")));
    parts
}

#[test]
fn subtracting_the_rows_from_the_total_tells_nothing() {
    // Whatever the hidden counts are, the published table is the same.
    let table = |hidden: [i64; 2], shown: i64| {
        let total = shown + hidden[0] + hidden[1];
        Table::new("t", "", "").text("province", "", ["a", "b", "c", "Total"]).integer(
            "case_count",
            "",
            [shown, hidden[0], hidden[1], total],
        )
    };
    for shown in 5..40 {
        let first = suppress::table(&table([1, 1], shown));
        for hidden in (1..5).flat_map(|a| (1..5).map(move |b| [a, b])) {
            let other = suppress::table(&table(hidden, shown));
            assert_eq!(format!("{:?}", first.columns), format!("{:?}", other.columns));
        }
        assert_ne!(format!("{:?}", first.columns), format!("{:?}", table([1, 1], shown).columns));
    }
}

#[test]
fn suppressing_twice_changes_nothing_more() {
    let once = suppress::table(&planted());
    assert_eq!(format!("{once:?}"), format!("{:?}", suppress::table(&once)));
}

#[test]
fn a_figure_drawn_from_suppressed_data_is_kept() {
    let mut contents = contents();
    contents.run.profile = Profile::Public;
    contents.figures[0].data = suppress::table(&planted());
    let root = folder();
    write(&contents, &root.path().join("out"), Overwrite::Refuse).unwrap();
    assert!(files(root.path()).contains_key("out/figures/flow_by_crossing.svg"));
}

#[test]
fn a_working_bundle_shows_everything() {
    let mut contents = public();
    contents.run.profile = Profile::Working;
    let root = folder();
    write(&contents, &root.path().join("out"), Overwrite::Refuse).unwrap();
    let csv = String::from_utf8(files(root.path())["out/tables/seizures_by_province.csv"].clone()).unwrap();
    assert!(csv.contains("Nimroz,3,77.731,0.123457,62.13131,31.15151,2015\n"));
}
