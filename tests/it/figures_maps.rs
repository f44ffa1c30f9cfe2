//! Maps: what is drawn, where, and what is left out.
#![allow(clippy::expect_used, reason = "a test stops where it fails")]

use crate::figures_support::*;
use corridor::figures::*;
use corridor::geodesy::distance_km;
use corridor::tables::Table;

const TOP_CLASS: &str = "#3B0F50";
const BORDER: &str = "#8F8C88";

#[test]
fn a_map_keeps_its_promises() {
    let markers: Vec<Marker> = (0..40)
        .map(|ix| {
            let (lon, lat) = (57.0 + 0.4 * f64::from(ix), 30.0 + f64::from(ix * 7 % 13) * 0.5);
            let kind = [MarkerKind::Crossing, MarkerKind::OfficePlanned, MarkerKind::Gateway, MarkerKind::Origin]
                [ix as usize % 4];
            marker(kind, lon, lat, &format!("A post with a long name (number {ix})"), Some(f64::from(ix) * 100.0))
        })
        .collect();
    let figure = map(&lines(), &markers);
    check_promises(&figure);
    for expected in
        ["Lambert conformal conic", "do not imply official endorsement", "Model level 3", "kg/year are not drawn"]
    {
        assert!(all_text(&figure.svg).contains(expected), "{expected}");
    }
    for square in [30.0, 44.0] {
        let extent = Extent { west: 56.0, south: 56.0 - square, east: 74.0, north: 40.0 };
        let figure = corridor_map(&basemap(), &extent, &lines(), &markers, &words("shape"), &Table::default());
        check_promises(&figure.expect("a map"));
    }
}

#[test]
fn two_maps_keep_their_promises_side_by_side_and_stacked() {
    let gains = [
        marker(MarkerKind::Gain, 64.0, 33.5, "Zaranj", Some(700.0)),
        marker(MarkerKind::Loss, 64.0, 35.0, "Islam Qala", Some(900.0)),
    ];
    for (id, north) in [("stacked", 38.0), ("beside", 52.0)] {
        let extent = Extent { north, ..EXTENT };
        let figure = displacement_maps(
            &basemap(),
            &extent,
            &lines(),
            &lines()[..60],
            &[],
            &gains,
            &words(id),
            &Table::default(),
        )
        .expect("two maps");
        check_promises(&figure);
        assert!(figure.svg.contains(">Before<") && figure.svg.contains("Crossing that gains flow"));
    }
}

#[test]
fn the_scale_bar_agrees_with_two_points_on_the_map() {
    let (a, b) = (at(63.0, 33.0), at(67.0, 33.0));
    let pair =
        [marker(MarkerKind::Crossing, a.lon, a.lat, "", None), marker(MarkerKind::Crossing, b.lon, b.lat, "", None)];
    let figure = map(&lines(), &pair);
    let centres = discs(&figure.svg, "#22262B", 13.0);
    assert_eq!(centres.len(), 2);
    let units = (centres[1].0 - centres[0].0).hypot(centres[1].1 - centres[0].1);
    let bar = polylines(&figure.svg, "#22262B").into_iter().find(|line| line.len() == 5).expect("a scale bar");
    let bar_units = bar[1].0 - bar[0].0;
    let document = resvg::usvg::roxmltree::Document::parse(&figure.svg).expect("well-formed");
    let bar_text =
        document.descendants().filter_map(|node| node.text()).find(|text| text.ends_with(" km")).expect("km");
    let bar_km: f64 = bar_text.trim_end_matches(" km").replace('\u{202F}', "").parse().expect("a number");
    let measured_km = units / bar_units * bar_km;
    // The chord of a parallel and rounding to units leave less than half a per cent.
    assert!((measured_km / distance_km(a, b) - 1.0).abs() < 0.005, "{measured_km} against {}", distance_km(a, b));
}

#[test]
fn pieces_of_a_road_become_one_line_and_trickles_are_left_out() {
    let figure = map(&lines(), &[]);
    assert_eq!(polylines(&figure.svg, TOP_CLASS).len(), 2, "the road and its swatch");
    let mut more = lines();
    more.push(FlowLine { points: vec![at(60.0, 30.0), at(61.0, 31.0)], flow_kg_per_year: 4.9, class: LineClass::Land });
    assert_eq!(map(&more, &[]).svg, figure.svg, "5 kg/year is the least that is drawn when 9000 is the most");
    assert!(figure.svg.contains("Flows under 5 kg/year are not drawn."));
}

#[test]
fn a_disputed_border_is_not_drawn_solid() {
    let solid_points_on_border = |base: &Basemap| {
        let figure = corridor_map(base, &EXTENT, &lines(), &[], &words("map"), &Table::default()).expect("a map");
        let before_dashes = figure.svg.split("stroke-dasharray=\"16 12\"").next().expect("a start").to_owned();
        let centre = 1800.0;
        let (start, end) = (before_dashes.len(), figure.svg.len());
        let dashed = &figure.svg[start.min(end)..];
        let near = |text: &str| {
            text.lines()
                .filter(|line| line.contains(BORDER) && line.starts_with("<polyline"))
                .flat_map(|line| line.split_once("points=\"").map(|pair| pair.1).unwrap_or_default().split(' '))
                .filter_map(|pair| pair.split_once(',')?.0.parse::<f64>().ok())
                .filter(|x| (x - (centre - 190.0)).abs() < 190.0)
                .count()
        };
        (near(&before_dashes), near(dashed))
    };
    let plain = basemap();
    let disputed = Basemap { disputed: vec![vec![at(64.0, 29.0), at(64.0, 33.0), at(64.0, 37.0)]], ..basemap() };
    let (solid, dashed) = solid_points_on_border(&plain);
    assert!(solid >= 2 && dashed == 0, "{solid} {dashed}");
    let (solid_disputed, dashed) = solid_points_on_border(&disputed);
    assert!(solid_disputed < solid && dashed >= 2, "{solid_disputed} {dashed}");
}

#[test]
fn the_same_values_give_the_same_bytes() {
    let markers = [marker(MarkerKind::OfficePlanned, 64.0, 33.5, "Zaranj", None)];
    assert_eq!(map(&lines(), &markers).svg, map(&lines(), &markers).svg);
}

#[test]
fn a_large_network_stays_small() {
    // A dense zigzag of half a million vertices, all of the same flow.
    let lines: Vec<FlowLine> = (0..500)
        .map(|row| {
            let lat = 29.0 + 0.016 * f64::from(row);
            let points = (0..1000).map(|ix| at(57.0 + 0.016 * f64::from(ix), lat + 0.01 * f64::from(ix % 2))).collect();
            FlowLine { points, flow_kg_per_year: 5.0 + f64::from(row * row), class: LineClass::Land }
        })
        .collect();
    let figure = map(&lines, &[]);
    assert!(figure.svg.len() < 1_500_000, "{}", figure.svg.len());
}

#[test]
fn what_cannot_be_drawn_is_refused() {
    let draw = |extent: &Extent, lines: &[FlowLine], markers: &[Marker]| {
        corridor_map(&basemap(), extent, lines, markers, &words("map"), &Table::default()).map(|figure| figure.id)
    };
    assert!(matches!(draw(&EXTENT, &[], &[]), Err(FigureError::Empty { .. })));
    let flat = Extent { north: EXTENT.south, ..EXTENT };
    assert!(matches!(draw(&flat, &lines(), &[]), Err(FigureError::Extent { .. })));
    for flow_kg_per_year in [f64::NAN, f64::INFINITY, -1.0] {
        let line = FlowLine { flow_kg_per_year, ..lines()[0].clone() };
        assert!(matches!(draw(&EXTENT, &[line], &[]), Err(FigureError::Number { .. })), "{flow_kg_per_year}");
    }
    let bad = marker(MarkerKind::Gain, 60.0, 30.0, "x", Some(f64::NAN));
    assert!(matches!(draw(&EXTENT, &lines(), &[bad]), Err(FigureError::Number { .. })));
}
