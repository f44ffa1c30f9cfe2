//! The reader of GeoJSON: sound features become rows, unsound ones are set aside with a rule, and no position reaches
//! the geometry library unchecked.

use crate::inputs_raw_csv::{cells, read_bytes};
use corridor::inputs::Severity;
use corridor::inputs::raw::{RawTable, ReadOptions, read_table};
use std::path::Path;

fn read(text: &str) -> RawTable {
    read_bytes("t.geojson", text.as_bytes(), &ReadOptions::default()).unwrap()
}

fn collection(features: &[&str]) -> String {
    format!("{{\"type\":\"FeatureCollection\",\"features\":[{}]}}", features.join(","))
}

fn feature(geometry: &str) -> String {
    format!("{{\"type\":\"Feature\",\"properties\":{{}},\"geometry\":{geometry}}}")
}

fn rules(table: &RawTable, severity: Severity) -> Vec<&str> {
    table.problems.iter().filter(|problem| problem.severity == severity).map(|problem| problem.rule).collect()
}

#[test]
fn features_become_rows() {
    let table = read(&collection(&[
        r#"{"type":"Feature","id":7,"properties":{"drug":"Heroin","kg":0.1,"n":3,"ok":true,"x":null},"geometry":{"type":"Point","coordinates":[61.5,34.25]}}"#,
        r#"{"type":"Feature","properties":{"kg":12,"lat":"Герат"},"geometry":{"type":"LineString","coordinates":[[1,2],[3,4.5]]}}"#,
    ]));
    assert_eq!(table.columns, ["id", "drug", "kg", "n", "ok", "x", "lat_property", "lon", "lat", "geometry"]);
    assert_eq!(
        cells(&table),
        [
            ["7", "Heroin", "0.1", "3", "true", "", "", "61.5", "34.25", ""],
            ["", "", "12", "", "", "", "Герат", "", "", "LINESTRING (1 2, 3 4.5)"]
        ]
    );
    assert_eq!((table.row_number(0), table.row_number(1)), (1, 2));
}

#[test]
fn unsound_features_are_set_aside_one_by_one() {
    let ring = "[[0,0],[1,0],[1,1],[0,0]]";
    for (geometry, rule) in [
        (r#"{"type":"Point","coordinates":[1]}"#, "I623"),
        (r#"{"type":"Point","coordinates":[]}"#, "I623"),
        (r#"{"type":"Point","coordinates":[null,2]}"#, "I623"),
        (r#"{"type":"Point","coordinates":[1e400,2]}"#, "I622"),
        (r#"{"type":"Point","coordinates":[NaN,2]}"#, "I622"),
        (r#"{"type":"Point","coordinates":["1",2]}"#, "I623"),
        (r#"{"type":"Point","coordinates":[200,2]}"#, "I627"),
        (r#"{"type":"Point","coordinates":[12,-90.5]}"#, "I627"),
        (r#"{"type":"LineString","coordinates":[[1],[2,3]]}"#, "I623"),
        (r#"{"type":"MultiPoint","coordinates":[[1]]}"#, "I623"),
        (r#"{"type":"LineString","coordinates":[[1,2]]}"#, "I624"),
        (r#"{"type":"Polygon","coordinates":[[[0,0],[1,0],[0,0]]]}"#, "I624"),
        (r#"{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1]]]}"#, "I624"),
        (r#"{"type":"Polygon","coordinates":[[[0,0],[0,1],[1,1],[0,0]]]}"#, "I625"),
        (r#"{"type":"Polygon","coordinates":[]}"#, "I624"),
        (r#"{"type":"Point","coordinates":[1,2],"bbox":[1,2,"3"]}"#, "I626"),
        (r#"{"type":"Circle","coordinates":[1,2]}"#, "I622"),
        (r#""POINT (1 2)""#, "I622"),
    ] {
        let good = feature(&format!("{{\"type\":\"Polygon\",\"coordinates\":[{ring}]}}"));
        let table = read(&collection(&[&good, &feature(geometry), &good]));
        assert_eq!((table.row_count(), table.quarantined_count), (2, 1), "{geometry}");
        let found: Vec<_> = table.problems.iter().map(|problem| (problem.rule, problem.row)).collect();
        assert_eq!(found, [(rule, Some(2))], "{geometry}");
        assert_eq!(table.rows().map(|row| row.number).collect::<Vec<_>>(), [1, 3]);
    }
}

#[test]
fn positions_of_another_coordinate_system_are_never_used() {
    let line = r#"{"type":"LineString","coordinates":[[1,2],[3,4]]}"#;
    let points =
        ["null", r#"{"type":"Point","coordinates":[7e5,3.8e6]}"#, r#"{"type":"Point","coordinates":[61.5,34]}"#];
    let with = |crs: &str| {
        let features: Vec<String> = points.iter().chain([&line]).map(|geometry| feature(geometry)).collect();
        format!("{{\"type\":\"FeatureCollection\",\"features\":[{}],\"crs\":{crs}}}", features.join(","))
    };
    for name in ["urn:ogc:def:crs:EPSG::3857", "EPSG:32642"] {
        let crs = format!("{{\"type\":\"name\",\"properties\":{{\"name\":\"{name}\"}}}}");
        let table = read(&with(&crs));
        // the feature without a position stays; of the others every one is set aside, on the globe or not
        assert_eq!((table.row_count(), table.quarantined_count, table.row_number(0)), (1, 3, 1));
        assert!(!table.columns.iter().any(|column| ["lon", "lat", "geometry"].contains(&column.as_str())));
        let mut aside: Vec<_> = table.problems.iter().filter(|one| one.severity == Severity::Quarantine).collect();
        aside.sort_by_key(|one| one.row);
        let rows: Vec<_> = aside.iter().map(|one| (one.rule, one.row)).collect();
        assert_eq!(rows, [("I620", Some(2)), ("I620", Some(3)), ("I620", Some(4))]);
        assert_eq!(aside[1].value, "61.5, 34");
        assert!(aside.iter().all(|one| one.message.contains(name) && one.fix.contains("EPSG:4326")));
        assert!(rules(&table, Severity::Warning).contains(&"I620"));
    }
    for name in ["urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::4326"] {
        let crs = format!("{{\"type\":\"name\",\"properties\":{{\"name\":\"{name}\"}}}}");
        let table = read(&with(&crs));
        assert_eq!((table.row_count(), table.quarantined_count), (3, 1));
    }
}

#[test]
fn files_that_are_no_feature_collection_are_refused() {
    for (text, rule) in [
        ("{}", "I621"),
        ("{\"type\":\"Topology\"}", "I621"),
        ("{\"type\":\"FeatureCollection\"}", "I621"),
        ("{\"type\":\"FeatureCollection\",\"features\":{}}", "I621"),
        ("{\"type\":\"FeatureCollection\",\"features\":[", "I621"),
        ("[1,2]", "I621"),
        ("\"x\"", "I621"),
    ] {
        assert_eq!(read_bytes("t.geojson", text.as_bytes(), &ReadOptions::default()).unwrap_err().rule, rule, "{text}");
    }
    let deep = format!("{{\"type\":\"Polygon\",\"coordinates\":{}", "[".repeat(200_000));
    assert_eq!(read_bytes("t.geojson", deep.as_bytes(), &ReadOptions::default()).unwrap_err().rule, "I621");
    let mut deep = String::from("{\"type\":\"Point\",\"coordinates\":[1,2]}");
    for _ in 0..40 {
        deep = format!("{{\"type\":\"GeometryCollection\",\"geometries\":[{deep}]}}");
    }
    assert_eq!(read(&collection(&[&feature(&deep)])).quarantined_count, 1);
}

#[test]
fn a_byte_order_mark_and_compression_are_no_obstacle() {
    let text = "\u{feff}".to_owned() + &collection(&[&feature("{\"type\":\"Point\",\"coordinates\":[1,2]}")]);
    assert_eq!(cells(&read(&text)), [["1", "2"]]);
    let packed = zstd::encode_all(text.as_bytes(), 3).unwrap();
    assert_eq!(read_bytes("t.geojson.zst", &packed, &ReadOptions::default()).unwrap().row_count(), 1);
}

/// One row with a warning each, so that the corpus' outcomes hold without it.
#[test]
fn odd_geometries_are_read_and_told() {
    for (geometry, rule) in [
        (r#"{"type":"Polygon","coordinates":[[[0,0],[1,1],[1,0],[0,1],[0,0]]]}"#, "I631"),
        (r#"{"type":"Point","coordinates":[1,2,300]}"#, "I632"),
        (r#"{"type":"Point","coordinates":[1.123456789012,2]}"#, "I633"),
        (r#"{"type":"LineString","coordinates":[[1,2],[1,2],[3,4]]}"#, "I635"),
        (r#"{"type":"MultiPoint","coordinates":[[1,2]]}"#, "I636"),
        ("null", "I637"),
        (r#"{"type":"LineString","coordinates":[[177,2],[-179,4]]}"#, "I639"),
        (r#"{"type":"Polygon","coordinates":[[[177,-18],[-179,-18],[-179,-16],[177,-16],[177,-18]]]}"#, "I639"),
        (r#"{"type":"LineString","coordinates":[[190,2],[170,4]]}"#, "I640"),
        (r#"{"type":"LineString","coordinates":[[1,2],[1,2]]}"#, "I641"),
        (r#"{"type":"Point","coordinates":[13,52],"bbox":[52,13,53,14]}"#, "I643"),
    ] {
        let table = read(&collection(&[&feature(geometry)]));
        assert_eq!((table.row_count(), rules(&table, Severity::Warning)), (1, vec![rule]), "{geometry}");
    }
}

/// Outcomes that the corpus' README states: `invalid_*` refused or set aside, `problematic_*` read with a warning,
/// `valid` read. Of the file of another coordinate system no position is used: it is read, with a warning, and its rows are
/// set aside.
#[test]
fn the_corpus_has_the_outcomes_of_its_readme() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora/geojson");
    let Ok(kinds) = std::fs::read_dir(&folder) else { return };
    let mut count = 0;
    for entry in kinds.flat_map(|kind| std::fs::read_dir(kind.unwrap().path()).unwrap()) {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let outcome = read_table(&path, &ReadOptions::default());
        count += 1;
        match outcome {
            Err(error) => assert!(name.starts_with("invalid_") && error.rule.starts_with("I62"), "{name}: {error}"),
            Ok(tables) if name.starts_with("invalid_") => {
                assert!(tables[0].quarantined_count > 0 && tables[0].row_count() == 0, "{name}");
            }
            Ok(tables) if name == "problematic_crs_defined.geojson" => {
                assert!(rules(&tables[0], Severity::Warning).contains(&"I620"));
                assert_eq!((tables[0].row_count(), rules(&tables[0], Severity::Quarantine)), (0, vec!["I620"]));
            }
            Ok(tables) if name.starts_with("problematic_") => {
                assert!(tables[0].row_count() > 0 && !rules(&tables[0], Severity::Warning).is_empty(), "{name}");
                assert_eq!(tables[0].quarantined_count, 0, "{name}");
            }
            Ok(tables) => assert_eq!(tables[0].quarantined_count, 0, "{name}: {:?}", tables[0].problems),
        }
    }
    assert!(count > 60, "{count}");
}
