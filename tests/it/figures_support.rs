//! Small worlds to draw, and an independent reader of what was drawn.
#![allow(clippy::expect_used, reason = "a test stops where it fails")]

use corridor::figures::*;
use corridor::geodesy::LonLat;
use corridor::tables::Table;
use resvg::usvg::{self, Node, Options, Rect, Tree, fontdb, roxmltree};
use std::sync::Arc;

pub fn words(id: &str) -> Words {
    Words {
        id: id.to_owned(),
        title: "Where the modelled flow runs".to_owned(),
        subtitle: "Opiates, heroin equivalent, 2018".to_owned(),
        caption: "A caption.".to_owned(),
        alt: "A picture of <two> squares & a line.".to_owned(),
        source: "an invented table".to_owned(),
        level: "level 3: partial pooling".to_owned(),
    }
}

pub fn at(lon: f64, lat: f64) -> LonLat {
    LonLat::new(lon, lat).expect("on the globe")
}

/// A rectangle with a vertex every half degree.
pub fn area(code: &str, name: &str, west: f64, south: f64, east: f64, north: f64) -> Area {
    let mut ring = Vec::new();
    let mut side = |from: (f64, f64), to: (f64, f64)| {
        let steps = (((to.0 - from.0).abs() + (to.1 - from.1).abs()) * 2.0).round() as i32;
        for step in 0..steps {
            let share = f64::from(step) / f64::from(steps);
            ring.push((from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share));
        }
    };
    side((west, south), (east, south));
    side((east, south), (east, north));
    side((east, north), (west, north));
    side((west, north), (west, south));
    let polygon = geo::Polygon::new(geo::LineString::from(ring), Vec::new());
    Area { code: code.to_owned(), name: name.to_owned(), polygons: geo::MultiPolygon(vec![polygon]) }
}

pub const EXTENT: Extent = Extent { west: 56.0, south: 28.0, east: 74.0, north: 38.0 };

/// Two countries with a common border at 64 E, provinces in the first, sea around them.
pub fn basemap() -> Basemap {
    Basemap {
        countries: vec![
            area("AAA", "Westland", 58.0, 29.0, 64.0, 37.0),
            area("BBB", "Eastland", 64.0, 29.0, 72.0, 37.0),
        ],
        provinces: vec![area("AAA", "Low", 58.0, 29.0, 64.0, 33.0), area("AAA", "High", 58.0, 33.0, 64.0, 37.0)],
        disputed: Vec::new(),
        labels: vec![
            PlaceLabel { name: "Herat".to_owned(), position: at(62.2, 34.3), rank: 1 },
            PlaceLabel { name: "Farah".to_owned(), position: at(62.1, 32.4), rank: 2 },
        ],
    }
}

/// A road from west to east in pieces, a sea lane and a footpath.
pub fn lines() -> Vec<FlowLine> {
    let mut lines: Vec<FlowLine> = (0..120)
        .map(|ix| {
            let lon = 58.0 + 0.1 * f64::from(ix);
            let bend = |x: f64| 33.0 + (x * 0.8).sin();
            FlowLine {
                points: vec![at(lon, bend(lon)), at(lon + 0.1, bend(lon + 0.1))],
                flow_kg_per_year: 9000.0,
                class: LineClass::Land,
            }
        })
        .collect();
    lines.push(FlowLine {
        points: vec![at(57.0, 28.5), at(73.0, 28.5)],
        flow_kg_per_year: 800.0,
        class: LineClass::Sea,
    });
    lines.push(FlowLine {
        points: vec![at(63.8, 35.0), at(64.2, 35.2)],
        flow_kg_per_year: 90.0,
        class: LineClass::Green,
    });
    lines
}

pub fn marker(kind: MarkerKind, lon: f64, lat: f64, label: &str, size_value: Option<f64>) -> Marker {
    let label = (!label.is_empty()).then(|| label.to_owned());
    Marker { position: at(lon, lat), label, kind, size_value, evidence: Evidence::OwnRecords }
}

pub fn map(lines: &[FlowLine], markers: &[Marker]) -> Figure {
    corridor_map(&basemap(), &EXTENT, lines, markers, &words("map"), &Table::default()).expect("a map")
}

pub fn attribute(node: &roxmltree::Node<'_, '_>, name: &str) -> f64 {
    node.attribute(name).and_then(|text| text.parse().ok()).unwrap_or(f64::NAN)
}

/// Points of the lines with this stroke colour.
pub fn polylines(svg: &str, stroke: &str) -> Vec<Vec<(f64, f64)>> {
    let document = roxmltree::Document::parse(svg).expect("well-formed");
    let is_wanted =
        |node: &roxmltree::Node<'_, '_>| node.has_tag_name("polyline") && node.attribute("stroke") == Some(stroke);
    let points = |text: &str| {
        text.split_whitespace()
            .filter_map(|pair| pair.split_once(','))
            .map(|(x, y)| (x.parse().expect("a number"), y.parse().expect("a number")))
            .collect()
    };
    document.descendants().filter(is_wanted).filter_map(|node| node.attribute("points").map(points)).collect()
}

/// Centres of the discs with this fill colour and radius.
pub fn discs(svg: &str, fill: &str, radius: f64) -> Vec<(f64, f64)> {
    let document = roxmltree::Document::parse(svg).expect("well-formed");
    let is_wanted = |node: &roxmltree::Node<'_, '_>| {
        node.has_tag_name("circle") && node.attribute("fill") == Some(fill) && attribute(node, "r") == radius
    };
    document.descendants().filter(is_wanted).map(|node| (attribute(&node, "cx"), attribute(&node, "cy"))).collect()
}

/// Every text with the box of its glyphs, in units of the page, as shaped by the text engine (with kerning).
pub fn texts(svg: &str) -> Vec<(String, Rect)> {
    let mut database = fontdb::Database::new();
    database.load_font_data(REGULAR_TTF.to_vec());
    database.load_font_data(BOLD_TTF.to_vec());
    let options = Options { fontdb: Arc::new(database), dpi: 508.0, ..Options::default() };
    let tree = Tree::from_str(svg, &options).expect("an SVG document");
    let mut found = Vec::new();
    collect(tree.root(), &mut found);
    found
}

/// All texts in the order drawn, lines joined by a space.
pub fn all_text(svg: &str) -> String {
    let document = roxmltree::Document::parse(svg).expect("well-formed");
    let lines = document.descendants().filter(|node| node.has_tag_name("text")).filter_map(|node| node.text());
    lines.map(str::trim).collect::<Vec<_>>().join(" ")
}

fn collect(group: &usvg::Group, found: &mut Vec<(String, Rect)>) {
    for node in group.children() {
        match node {
            Node::Group(inner) => collect(inner, found),
            Node::Text(text) => {
                let content: String = text.chunks().iter().map(|chunk| chunk.text().to_owned()).collect();
                found.push((content, text.flattened().abs_bounding_box()));
            }
            _ => {}
        }
    }
}

/// What every figure promises; panics with the figure's name otherwise.
pub fn check_promises(figure: &Figure) {
    let id = &figure.id;
    let svg = &figure.svg;
    assert!(svg.len() < 1_500_000, "{id}: {} bytes", svg.len());
    assert!(!svg.chars().any(|c| c.is_control() && c != '\n'), "{id}: control characters");
    for forbidden in ["<script", "href", "javascript:", "<foreignObject", "<image", "NaN", "inf"] {
        let body = svg.split("</desc>").nth(1).expect("a description");
        let tags: String = body.split('<').filter_map(|part| part.split('>').next()).collect();
        assert!(!tags.contains(forbidden.trim_start_matches('<')), "{id}: {forbidden}");
    }
    let document = roxmltree::Document::parse(svg).unwrap_or_else(|error| panic!("{id}: {error}"));
    let root = document.root_element();
    assert_eq!(root.attribute("width"), Some("180mm"), "{id}");
    let height_units: f64 =
        root.attribute("viewBox").and_then(|text| text.rsplit(' ').next()?.parse().ok()).expect("a height");
    let height_mm = height_units / 20.0;
    assert_eq!(root.attribute("height"), Some(format!("{height_mm}mm").as_str()), "{id}");
    assert!((30.0..=255.0).contains(&height_mm), "{id}: {height_mm} mm do not fit a page");
    let child = |name: &str| root.children().find(|node| node.has_tag_name(name)).and_then(|node| node.text());
    assert!(child("title").is_some_and(|text| !text.is_empty()), "{id}: no title");
    assert!(child("desc").is_some_and(|text| !text.is_empty()), "{id}: no description");
    // 7 pt = 2.469 mm = 49.4 units.
    for node in document.descendants().filter(|node| node.has_tag_name("text")) {
        assert!(attribute(&node, "font-size") >= 49.4, "{id}: `{:?}` is too small", node.text());
    }
    let all = texts(svg);
    assert!(all.len() > 3, "{id}: hardly any text");
    for (text, box_) in &all {
        let is_inside = box_.left() >= 0.0
            && box_.top() >= 0.0
            && box_.right() <= 3600.0
            && f64::from(box_.bottom()) <= height_units;
        assert!(is_inside, "{id}: `{text}` leaves the page: {box_:?}");
    }
    for (ix, (text, box_)) in all.iter().enumerate() {
        for (other, other_box) in &all[ix + 1..] {
            let overlap_x = box_.right().min(other_box.right()) - box_.left().max(other_box.left());
            let overlap_y = box_.bottom().min(other_box.bottom()) - box_.top().max(other_box.top());
            assert!(overlap_x <= 2.0 || overlap_y <= 2.0, "{id}: `{text}` and `{other}` overlap");
        }
    }
}
