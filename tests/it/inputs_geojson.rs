//! GeoJSON: positions are checked before they become geometry, and public corpora of broken files do not get through.

#![allow(clippy::unwrap_used)]

use crate::inputs_fixture::{Fixture, features};
use corridor::inputs::Problem;
use std::path::PathBuf;

const NAMED: &str = r#"{"iso3":"AFG","name":"Afghanistan"}"#;

fn problem_of(text: &str) -> Option<Problem> {
    let fixture = Fixture::new();
    fixture.write("boundaries/countries.geojson", text.as_bytes());
    let mut problems = fixture.problems();
    assert!(problems.len() <= 1, "{problems:?}");
    problems.pop()
}

fn polygon(coordinates: &str) -> String {
    features(NAMED, &format!(r#"{{"type":"Polygon","coordinates":{coordinates}}}"#))
}

#[test]
fn broken_geometry_is_told_by_rule() {
    let cases = [
        (polygon("[[[60,30],[61],[61,31],[60,30]]]"), "I403", "[61.0]", "two finite numbers", "correct"),
        (polygon("[[[60,30],[],[61,31],[60,30]]]"), "I403", "[]", "two finite numbers", "correct"),
        (polygon("[[[60,512],[61,30],[61,31],[60,512]]]"), "I403", "512", "latitude -90 to 90", "correct"),
        (polygon("[[[60,30],[61,30],[61,31],[60,31]]]"), "I404", "not closed", "last equal to the first", "close"),
        (polygon("[[[60,30],[61,30],[60,30]]]"), "I404", "3 positions", "4 or more", "close"),
        (polygon("[]"), "I404", "no ring", "an outer ring", "remove"),
        (features(NAMED, "null"), "I405", "no geometry", "Polygon, MultiPolygon", "keep"),
        (features(NAMED, r#"{"type":"Point","coordinates":[60,30]}"#), "I405", "Point", "Polygon", "keep"),
        (
            features(NAMED, r#"{"type":"LineString","coordinates":[[60,30],[61,30]]}"#),
            "I405",
            "a line",
            "an area",
            "move",
        ),
        (
            polygon("[[[60,30],[61,30],[61,31],[60,30]]]").replace("Afghanistan", ""),
            "I406",
            "no text",
            "property",
            "name",
        ),
        (polygon("[[[60,30],[61,30],[61,31],[60,30]]]").replace("AFG", "Afg"), "I205", "Afg", "three-letter", "code"),
    ];
    for (text, code, found, expected, fix) in cases {
        let problem = problem_of(&text).unwrap();
        assert_eq!((problem.code, problem.row), (code, Some(1)), "{problem}");
        assert_eq!(problem.file, "boundaries/countries.geojson");
        for (part, text) in [(found, &problem.found), (expected, &problem.expected), (fix, &problem.fix)] {
            assert!(text.contains(part), "{part} in {problem}");
        }
    }
}

#[test]
fn text_that_is_not_geojson_is_refused() {
    let open = polygon("[[[60,30],[61,30],[61,31],[60,30]]]");
    for text in ["", "{", "[]", "null", &open[..open.len() - 2], r#"{"type":"FeatureCollection"}"#] {
        let problem = problem_of(text).unwrap();
        assert_eq!((problem.code, problem.row), ("I401", None), "{text}: {problem}");
    }
    let empty = problem_of(r#"{"type":"FeatureCollection","features":[]}"#).unwrap();
    assert_eq!(empty.code, "I107");
    let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
    assert_eq!(problem_of(&polygon(&deep)).unwrap().code, "I401");
}

#[test]
fn another_coordinate_system_is_refused_and_wgs84_is_not() {
    let with_crs = |name: &str| {
        let crs = format!(r#"{{"crs":{{"type":"name","properties":{{"name":"{name}"}}}},"#);
        polygon("[[[60,30],[61,30],[61,31],[60,30]]]").replacen('{', &crs, 1)
    };
    let problem = problem_of(&with_crs("urn:ogc:def:crs:EPSG::3857")).unwrap();
    assert_eq!((problem.code, problem.column.as_str()), ("I402", "crs"));
    assert!(problem.found.contains("3857") && problem.fix.contains("EPSG:4326"), "{problem}");
    assert!(problem_of(&with_crs("urn:ogc:def:crs:OGC:1.3:CRS84")).is_none());
    assert!(problem_of(&with_crs("EPSG:4326")).is_none());
}

#[test]
fn a_byte_order_mark_and_a_third_coordinate_are_read() {
    assert!(problem_of(&format!("\u{feff}{}", polygon("[[[60,30,5],[61,30,5],[61,31,5],[60,30,5]]]"))).is_none());
}

#[test]
fn a_bow_tie_is_a_warning_of_check_only() {
    let fixture = Fixture::new();
    fixture.write("boundaries/countries.geojson", polygon("[[[60,30],[62,32],[62,30],[60,32],[60,30]]]").as_bytes());
    let inputs = fixture.load().unwrap();
    assert!(inputs.warnings.is_empty());
    let warnings = inputs.boundaries.warnings();
    assert_eq!((warnings[0].code, warnings[0].row), ("I503", Some(1)), "{warnings:?}");
}

/// The public corpora beside the repository; nothing is tested where they are not.
fn corpus(folder: &str) -> Vec<(String, String)> {
    let root = std::env::var_os("CORRIDOR_CORPORA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora"), PathBuf::from);
    let Ok(entries) = std::fs::read_dir(root.join("geojson").join(folder)) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let is_geojson = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "geojson" || ending == "json");
    let text = |path: PathBuf| (path.display().to_string(), std::fs::read_to_string(&path).unwrap_or_default());
    files.into_iter().filter(is_geojson).map(text).collect()
}

/// Codes of a file of the corpora in the place of the countries; its areas have no names, so `I406` says nothing.
fn corpus_codes(text: &str) -> Vec<&'static str> {
    let fixture = Fixture::new();
    fixture.write("boundaries/countries.geojson", text.as_bytes());
    fixture.problems().iter().map(|problem| problem.code).filter(|code| *code != "I406").collect()
}

#[test]
fn corpus_files_of_invalid_structure_are_refused() {
    for (name, text) in corpus("invalid_structure") {
        assert!(!corpus_codes(&text).is_empty(), "{name} was accepted");
    }
}

#[test]
fn corpus_files_that_are_valid_are_read() {
    let kinds = ["I405"];
    for (name, text) in corpus("valid") {
        let codes = corpus_codes(&text);
        assert!(codes.iter().all(|code| kinds.contains(code)), "{name}: {codes:?}");
    }
}

#[test]
fn corpus_files_of_other_kinds_do_not_crash_the_reader() {
    for folder in ["invalid_geometries", "problematic_geometries", "problematic_structure"] {
        for (name, text) in corpus(folder) {
            let codes = corpus_codes(&text);
            assert!(codes.iter().all(|code| code.starts_with('I')), "{name}");
        }
    }
}
