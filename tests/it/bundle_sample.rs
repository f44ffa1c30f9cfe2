//! A small bundle with all its parts, for the tests of the bundle room.

#![allow(clippy::unwrap_used)]

use corridor::bundle::{Block, Contents, Feature, FigureFile, InputFile, Profile, Report, RunRecord, Section};
use corridor::tables::Table;
use std::collections::BTreeMap;
use std::path::Path;

pub const NAUGHTY: [&str; 14] = [
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "\t=1",
    "\u{ff1d}1+1",
    "say \"no\", or\nyes\r\nmaybe",
    "<script>alert(1)</script>",
    "</td></svg><img src=x onerror=alert(1)>",
    "\u{202e}gnp.exe",
    "اسلام قلعه",
    "nul \0 and \u{1b}[31m bell \u{7}",
    "| pipe | `code` [x](javascript:alert(1)) **b**",
    "https://example.org/=HYPERLINK(\"x\")",
];

pub const SVG: &str = r##"<?xml version="1.0"?>
<svg width="800" height="420" viewBox="0 0 800 420" xmlns="http://www.w3.org/2000/svg">
<defs><linearGradient id="ramp"><stop offset="0" stop-color="#dbe5ef"/><stop offset="1" stop-color="#1f3a5f"/></linearGradient></defs>
<rect x="0" y="0" width="800" height="420" fill="#ffffff"/>
<rect x="60" y="60" width="420" height="60" fill="url(#ramp)"/>
<rect x="60" y="150" width="610" height="60" fill="url(#ramp)"/>
<rect x="60" y="240" width="180" height="60" fill="url(#ramp)"/>
<line x1="60" y1="340" x2="740" y2="340" stroke="#4a6785"/>
<text x="60" y="370" font-family="Noto Sans" font-size="16" fill="#1d2733">Modelled flow, kg a year</text>
</svg>
"##;

pub fn crossings() -> Table {
    let names = ["Islam Qala", "Zaranj (Milak)", "Torkham", "Spin Boldak", "Hairatan", "Sher Khan Bandar", "Torghundi"];
    Table::new(
        "crossings",
        "Crossings by modelled flow of opiates",
        "Level 3 (partial pooling by border segment), 2015. Seizures are not flow.",
    )
    .text("crossing", "Name of the crossing", names)
    .text(
        "countries",
        "The two countries",
        ["AFG-IRN", "AFG-IRN", "AFG-PAK", "AFG-PAK", "AFG-UZB", "AFG-TJK", "AFG-TKM"],
    )
    .real(
        "flow_kg_per_year",
        "Modelled flow, heroin equivalent",
        1,
        [48_210.4, 61_877.0, 30_015.2, 22_480.9, 1234.5, 15_300.0, 4210.1],
    )
    .real("flow_share", "Share of the modelled flow", 4, [0.2631, 0.3377, 0.1638, 0.1227, 0.0067, 0.0835, 0.0225])
    .real(
        "interdiction_probability",
        "Probability of interdiction of one passage",
        4,
        [0.021, 0.0154, 0.03, 0.0267, 0.011, 0.0404, 0.009],
    )
    .optional_integer(
        "seizure_case_count",
        "Seizure cases of the segment",
        [Some(412), Some(380), Some(57), None, Some(12), Some(96), Some(21)],
    )
    .integer("baseline_year", "Year", [2015; 7])
    .flag("is_paired", "Whether both posts have an office", [true, false, true, false, false, true, false])
}

pub fn naughty() -> Table {
    Table::new("naughty", "Names that try to do things <b>now</b>", "=1+1 & \"quoted\"")
        .text("name", "A <name>", NAUGHTY)
        .real("amount_kg", "Amount", 2, (0..NAUGHTY.len()).map(|ix| ix as f64 * -1.25))
}

pub fn contents() -> Contents {
    let long = Table::new("links", "Links of the network", "All links, longest first.")
        .integer("link_id", "Number", 0..120)
        .real("length_km", "Length", 3, (0..120).map(|ix| 1200.0 / f64::from(ix + 1)))
        .optional_real("travel_time_h", "Time", 2, (0..120).map(|ix| (ix % 7 != 0).then(|| 30.0 / f64::from(ix + 1))));
    let figure = |id: &str, title: &str| FigureFile {
        id: id.to_owned(),
        title: title.to_owned(),
        caption: "Level 3. Sources: UNODC; OpenStreetMap. Seizures are not flow.".to_owned(),
        alt: "Bars: Zaranj carries most, then Islam Qala.".to_owned(),
        svg: SVG.to_owned(),
        png: b"\x89PNG\r\n\x1a\nnot a real picture".to_vec(),
        data: Table::new("x", "", "").text("crossing", "", ["Zaranj"]).real("flow_kg_per_year", "", 1, [61_877.0]),
    };
    let line: geo::LineString<f64> = vec![(62.198_765_4, 34.666_666_6), (61.0, 34.5), (59.6, 36.3)].into();
    let clockwise: geo::LineString<f64> =
        vec![(60.0, 30.0), (60.0, 31.0), (61.0, 31.0), (61.0, 30.0), (60.0, 30.0)].into();
    Contents {
        title: "Corridors of opiates, 2015".to_owned(),
        figures: vec![
            figure("flow_by_crossing", "Flow by crossing"),
            figure("coverage_curve", "Coverage by number of offices"),
        ],
        tables: vec![crossings(), naughty(), long],
        report: Report {
            title: "Corridors of opiates and precursors".to_owned(),
            subtitle: "Risk of routes, coverage of crossings and siting of Border Liaison Offices, baseline 2015"
                .to_owned(),
            summary: vec![
                "Two crossings with Iran carry 60 % of the modelled flow.".to_owned(),
                "Four offices would cover 81 % of it; two of them stand already.".to_owned(),
                "The order of the first three crossings holds under every assumption tried.".to_owned(),
            ],
            sections: vec![
                Section {
                    heading: "Where the flow runs".to_owned(),
                    blocks: vec![
                        Block::Text(
                            "The model spreads yearly production over the road network to the destinations reported by \
                             the countries. Traffickers weigh time, distance and the risk of interdiction.\n\n\
                             Seizures are not flow: a crossing with few seizures may carry much or little."
                                .to_owned(),
                        ),
                        Block::Figure("flow_by_crossing".to_owned()),
                        Block::Table { name: "crossings".to_owned(), first_rows: 10, columns: Vec::new() },
                    ],
                },
                Section {
                    heading: "Which crossings to watch <first>".to_owned(),
                    blocks: vec![
                        Block::Bullets(vec!["Zaranj (Milak)".to_owned(), "Islam Qala".to_owned()]),
                        Block::Figure("coverage_curve".to_owned()),
                        Block::Table {
                            name: "links".to_owned(),
                            first_rows: 12,
                            columns: vec!["link_id".to_owned(), "travel_time_h".to_owned(), "length_km".to_owned()],
                        },
                        Block::Table { name: "naughty".to_owned(), first_rows: 99, columns: Vec::new() },
                    ],
                },
            ],
            footer: vec![
                "For planners and public-health analysts. No persons are modelled, no live positions.".to_owned(),
                "Boundaries and names shown do not imply official endorsement.".to_owned(),
            ],
        },
        features: vec![
            Feature {
                geometry: geo::Point::new(61.069_444_44, 34.664_999_9).into(),
                properties: vec![("layer".to_owned(), "crossing".into()), ("name".to_owned(), NAUGHTY[6].into())],
            },
            Feature { geometry: line.into(), properties: vec![("layer".to_owned(), "corridor".into())] },
            Feature {
                geometry: geo::Polygon::new(clockwise, vec![]).into(),
                properties: vec![("layer".to_owned(), "catchment".into())],
            },
        ],
        quarantine: Table::new("quarantine", "Refused values", "")
            .text("source", "", ["seizures.csv"])
            .integer("row", "", [17])
            .text("raw_value", "", ["=1+1"])
            .text("message", "", ["unknown unit"]),
        licences: "OpenStreetMap contributors, ODbL 1.0".to_owned(),
        run: RunRecord {
            version: "0.1.0".to_owned(),
            config_toml: "baseline_year = 2015\n".to_owned(),
            inputs: vec![InputFile {
                name: "/home/somebody/secret/seizures.csv".to_owned(),
                rows_in: 100,
                rows_used: 97,
                rows_quarantined: 1,
                rows_excluded: 2,
                sha256: "ab".repeat(32),
            }],
            classification: "For official use".to_owned(),
            profile: Profile::Working,
            notes: vec![("hazard_level".to_owned(), "3".to_owned())],
        },
        extra_text_files: vec![("effective.toml".to_owned(), "baseline_year = 2015\n".to_owned())],
    }
}

/// Every file under a folder by its path, with `/`.
pub fn files(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
                files.insert(name, std::fs::read(path).unwrap());
            }
        }
    }
    files
}

/// A fresh folder, removed when dropped.
pub fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}
