//! What stands in the files: CSV, workbook, Parquet, map, HTML and Markdown, with harmless and with naughty names.

#![allow(clippy::unwrap_used)]

use crate::bundle_sample::{NAUGHTY, SVG, contents, files, folder, naughty};
use corridor::bundle::{Contents, Overwrite, write};
use geojson::{GeoJson, GeometryValue};
use polars_io::SerReader;
use std::collections::BTreeMap;

fn written(contents: &Contents) -> BTreeMap<String, Vec<u8>> {
    let root = folder();
    write(contents, &root.path().join("out"), Overwrite::Refuse).unwrap();
    files(&root.path().join("out"))
}

fn text(files: &BTreeMap<String, Vec<u8>>, name: &str) -> String {
    String::from_utf8(files[name].clone()).unwrap()
}

#[test]
fn csv_reads_back_as_written() {
    let files = written(&contents());
    let mut reader = csv::Reader::from_reader(files["tables/naughty.csv"].as_slice());
    let cells: Vec<String> = reader.records().map(|record| record.unwrap()[0].to_owned()).collect();
    for (cell, name) in cells.iter().zip(NAUGHTY) {
        assert_eq!(cell.strip_prefix('\'').unwrap_or(cell), name);
        assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\u{ff1d}']), "{cell:?} may run in a spreadsheet");
    }
    let links = text(&files, "tables/links.csv");
    assert!(links.starts_with("link_id,length_km,travel_time_h\n0,1200,\n1,600,15\n2,400,10\n"), "{}", &links[..80]);
    assert!(!links.contains('\r'));
    assert!(text(&files, "tables/naughty.csv").contains(",-2.5\n"), "numbers are not touched");
    assert!(text(&files, "quarantine.csv").ends_with("seizures.csv,17,=1+1,unknown unit\n"));
}

#[test]
fn parquet_reads_back_as_written() {
    let files = written(&contents());
    let bytes = std::io::Cursor::new(files["tables/naughty.parquet"].clone());
    let frame = polars_io::prelude::ParquetReader::new(bytes).finish().unwrap();
    assert!(frame.equals_missing(&naughty().frame().unwrap()));
}

#[test]
fn the_workbook_holds_no_formula_and_no_link() {
    let files = written(&contents());
    let mut sheets = 0;
    for (name, part) in unzipped(&files["tables.xlsx"]) {
        if name.starts_with("xl/worksheets/") {
            sheets += 1;
            assert!(!part.contains("<f>") && !part.contains("<f ") && !part.contains("hyperlink"), "{name}");
        }
        assert!(!part.contains("TargetMode=\"External\""), "{name}");
        if name == "xl/workbook.xml" {
            assert!(part.find("README").unwrap() < part.find("crossings").unwrap());
        }
        if name == "xl/sharedStrings.xml" {
            assert!(part.contains("=cmd|' /C calc'!A0"));
        }
        if name == "docProps/core.xml" {
            assert!(part.contains("2000-01-01T00:00:00Z"));
        }
    }
    assert_eq!(sheets, 5, "README, three tables and the quarantine");
}

/// The parts of a zip archive, read by its central directory.
fn unzipped(zip: &[u8]) -> Vec<(String, String)> {
    use std::io::Read;
    let number =
        |at: usize, len: usize| zip[at..at + len].iter().rev().fold(0, |sum, byte| sum << 8 | usize::from(*byte));
    let end = zip.len() - 22;
    assert_eq!(&zip[end..end + 4], b"PK\x05\x06");
    let (count, mut at) = (number(end + 10, 2), number(end + 16, 4));
    let mut parts = Vec::new();
    for _ in 0..count {
        let (method, packed) = (number(at + 10, 2), number(at + 20, 4));
        let (name_len, start) = (number(at + 28, 2), number(at + 42, 4));
        let name = String::from_utf8(zip[at + 46..at + 46 + name_len].to_vec()).unwrap();
        let data = start + 30 + number(start + 26, 2) + number(start + 28, 2);
        let bytes = &zip[data..data + packed];
        let mut part = String::new();
        match method {
            0 => part = String::from_utf8(bytes.to_vec()).unwrap(),
            _ => drop(flate2::read::DeflateDecoder::new(bytes).read_to_string(&mut part).unwrap()),
        }
        parts.push((name, part));
        at += 46 + name_len + number(at + 30, 2) + number(at + 32, 2);
    }
    parts
}

#[test]
fn the_map_is_geojson_by_the_right_hand_rule() {
    let files = written(&contents());
    let GeoJson::FeatureCollection(map) = text(&files, "map.geojson").parse().unwrap() else { panic!("no collection") };
    assert_eq!(map.features.len(), 3);
    let values: Vec<GeometryValue> = map.features.iter().map(|f| f.geometry.clone().unwrap().value).collect();
    let GeometryValue::Point { coordinates } = &values[0] else { panic!("no point") };
    assert_eq!(coordinates.as_slice(), [61.06944, 34.665]);
    let GeometryValue::Polygon { coordinates } = &values[2] else { panic!("no polygon") };
    let ring = &coordinates[0];
    let area: f64 = ring.windows(2).map(|w| w[0][0] * w[1][1] - w[1][0] * w[0][1]).sum();
    assert!(area > 0.0, "the outer ring runs clockwise");
    assert_eq!(map.features[0].property("name").unwrap(), NAUGHTY[6]);
}

#[test]
fn a_line_over_the_antimeridian_is_cut_there() {
    let mut contents = contents();
    let line: geo::LineString<f64> = vec![(170.0, 60.0), (178.0, 64.0), (-178.0, 66.0), (-170.0, 66.0)].into();
    contents.features[1].geometry = line.into();
    let GeoJson::FeatureCollection(map) = text(&written(&contents), "map.geojson").parse().unwrap() else { panic!() };
    let GeometryValue::MultiLineString { coordinates } = map.features[1].geometry.clone().unwrap().value else {
        panic!("not cut")
    };
    let ends: Vec<Vec<f64>> = vec![coordinates[0][2].as_slice().to_vec(), coordinates[1][0].as_slice().to_vec()];
    assert_eq!(ends, [[180.0, 65.0], [-180.0, 65.0]]);
    assert_eq!(coordinates.len(), 2);
}

#[test]
fn the_page_runs_and_fetches_nothing() {
    let page = text(&written(&contents()), "report.html");
    for payload in ["<script", "<img src=x", "onerror=alert(1)>", "http-equiv=\"refresh", "\u{202e}", "\u{1b}", "\0"] {
        assert!(!page.contains(payload), "{payload:?} reached the page");
    }
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(page.contains("content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:;"));
    for link in page.split("href=\"").skip(1).chain(page.split("src=\"").skip(1)) {
        let target = link.split('"').next().unwrap();
        let is_local = target.starts_with('#') || target.starts_with("data:image/") || !target.contains(':');
        assert!(is_local, "{target}");
    }
    assert!(page.contains("<html lang=\"en\">") && page.contains("اسلام قلعه"));
}

#[test]
fn every_number_has_its_separators_and_every_heading_its_unit() {
    let page = text(&written(&contents()), "report.html");
    for wanted in [
        "<td class=\"n\">61,877</td>",
        ">Flow (kg/year)</th>",
        ">Flow share (%)</th>",
        "<td class=\"n\">33.77</td>",
        "<td class=\"n\">2015</td>",
        ">Travel time (h)</th>",
        "First 12 of 120 rows; all are in tables/links.csv.",
        "<strong>Figure 2. Coverage by number of offices.</strong>",
        "<strong>Table 3.</strong>",
        "\u{2212}1.25",
        "<th scope=\"row\">seizures.csv</th><td class=\"n\">100</td><td class=\"n\">97</td><td class=\"n\">1</td>",
        "@bottom-left { content: \"For\\20 official\\20 use\";",
    ] {
        assert!(page.contains(wanted), "{wanted} is missing");
    }
}

#[test]
fn inlined_figures_keep_their_ids_apart() {
    let page = text(&written(&contents()), "report.html");
    for id in ["flow_by_crossing", "coverage_curve"] {
        assert!(page.contains(&format!("<linearGradient id=\"fig-{id}-ramp\">")));
        assert!(page.contains(&format!("url(#fig-{id}-ramp)")));
    }
    assert!(
        !page.contains("id=\"ramp\"")
            && !page.contains("<?xml")
            && !page.contains("width=\"800\" height=\"420\" viewBox")
    );
    assert_eq!(page.matches("role=\"img\" aria-label=\"Bars: Zaranj carries most, then Islam Qala.\"").count(), 2);
}

#[test]
fn a_figure_that_does_more_than_draw_becomes_an_image() {
    let hostile = [
        SVG.replace("<defs>", "<script>alert(1)</script><defs>"),
        SVG.replace("<line ", "<line onclick=\"alert(1)\" "),
        SVG.replace("<defs>", "<foreignObject><p>x</p></foreignObject><defs>"),
        SVG.replace("<defs>", "<style>body{display:none}</style><defs>"),
        SVG.replace("<defs>", "<use href=\"https://example.org/x.svg#a\"/><defs>"),
        SVG.replace("url(#ramp)", "url(https://example.org/a)"),
        SVG.replace("</text>", ""),
        SVG.replace("</svg>", "</svg><svg></svg>"),
        "not an svg".to_owned(),
    ];
    for svg in hostile {
        let mut contents = contents();
        contents.figures[0].svg = svg.clone();
        let page = text(&written(&contents), "report.html");
        assert_eq!(page.matches("<img alt=\"Bars: Zaranj").count(), 1, "{svg}");
        assert!(page.contains("src=\"data:image/svg+xml;base64,"));
        for payload in ["<script", "onclick", "foreignObject", "display:none", "example.org/x", "example.org/a"] {
            assert!(!page.contains(payload), "{payload} reached the page");
        }
    }
}

#[test]
fn markdown_holds_no_markup_from_data() {
    let page = text(&written(&contents()), "report.md");
    assert!(page.contains("\\| pipe \\| \\`code\\` \\[x\\](javascript:alert(1)) \\*\\*b\\*\\*"));
    assert!(page.contains("![Bars: Zaranj carries most, then Islam Qala.](figures/flow_by_crossing.svg)"));
    assert!(!page.contains("<script"));
    let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| Zaranj")).collect();
    assert_eq!(rows.len(), 1);
    assert!(rows[0].contains("| 61,877 | 33.77 |"), "{}", rows[0]);
}
