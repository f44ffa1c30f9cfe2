//! Charts: promises, gaps, order, hostile texts, refusals.
#![allow(clippy::expect_used, reason = "a test stops where it fails")]

use crate::figures_support::*;
use corridor::figures::*;
use corridor::tables::Table;

const BLUE: &str = "#0072B2";

fn bars(count: usize) -> Vec<RankedBar> {
    (0..count)
        .map(|ix| {
            let value = 1000.0 / (1.0 + ix as f64);
            RankedBar {
                label: format!("Crossing {ix} with a long name - its other post (Friendship Bridge, road and railway)"),
                value,
                low: value * 0.5,
                high: value * 1.6,
                evidence: if ix % 3 == 0 { Evidence::Inherited } else { Evidence::OwnRecords },
                group: format!("border {}", ix % 9),
            }
        })
        .collect()
}

fn series() -> Vec<Series> {
    (0..14)
        .map(|ix| Series {
            name: format!("Country {ix}"),
            points: (2008..=2020)
                .map(|year| (year, ((year + ix) % 4 != 0).then(|| f64::from(1 + (year * 37 + ix * 11) % 900))))
                .collect(),
        })
        .collect()
}

fn curve() -> Vec<CurvePoint> {
    (0..=30)
        .map(|x| {
            let value = 1.0 - 0.9_f64.powi(x);
            CurvePoint { x: i64::from(x), value, bound: value * 1.02, greedy: (x > 0).then_some(value * 0.95) }
        })
        .collect()
}

fn comparison() -> Vec<ComparisonRow> {
    let mut rows = Vec::new();
    for measure in [
        "Flow intercepted, kg/year",
        "Evasion, share of flow",
        "Balloon index",
        "Cost, USD/year",
        "Risk of the worst-covered country",
    ] {
        for (ix, scenario) in
            ["Closed", "A scenario with a name so long that it takes two lines", "Surge"].iter().enumerate()
        {
            let value = 100.0 + 30.0 * (ix as f64 - 1.0);
            rows.push(ComparisonRow {
                scenario: (*scenario).to_owned(),
                measure: measure.to_owned(),
                value,
                baseline: 100.0,
                low: Some(value - 8.0),
                high: Some(value + 9.0),
            });
        }
    }
    rows
}

fn shares() -> Vec<ShareRow> {
    ["Iran", "Pakistan", "Central Asia"]
        .iter()
        .enumerate()
        .map(|(ix, member)| ShareRow {
            member: (*member).to_owned(),
            group: if ix < 2 { "First crossing, share of flow" } else { "Route" }.to_owned(),
            published_percent: 30.0 + ix as f64,
            published_year: 2017,
            uncalibrated_percent: Some(45.0),
            calibrated_percent: (ix > 0).then_some(31.0),
            used_for: "calibration".to_owned(),
        })
        .collect()
}

fn all(words_of: impl Fn(&str) -> Words) -> Vec<Figure> {
    let data = Table::default();
    let axis = "Modelled flow, kg/year";
    [
        ranking_chart(&bars(27), axis, &words_of("ranking"), &data),
        time_series_chart(&series(), "Seized, kg/year", &words_of("series"), &data),
        curve_chart(&curve(), "Offices", axis, &words_of("curve"), &data),
        comparison_chart(&comparison(), &words_of("comparison"), &data),
        shares_chart(&shares(), &words_of("shares"), &data),
    ]
    .into_iter()
    .map(|figure| figure.expect("a chart"))
    .collect()
}

#[test]
fn charts_keep_their_promises_and_repeat_byte_for_byte() {
    let (first, second) = (all(words), all(words));
    for (one, other) in first.iter().zip(&second) {
        check_promises(one);
        assert_eq!(one.svg, other.svg, "{}", one.id);
    }
}

#[test]
fn hostile_texts_stay_text_and_on_the_page() {
    let nasty = [
        "<script>alert(1)</script> & \"quotes\" 'too' ]]>",
        "null\u{0}bell\u{7}escape\u{1b}[31m\u{fffe}\u{ffff}",
        "\u{202e}reversed\u{2066}isolated\u{200f}\u{feff}",
        "Z\u{300}\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}\u{308}algo",
        "سلام قلعه",
        "Атакент 🚚 立",
        "W",
    ];
    let long = "W".repeat(400);
    for text in nasty.iter().copied().chain([long.as_str(), ""]) {
        let words = |id: &str| Words {
            title: format!("T {text}"),
            subtitle: text.repeat(9),
            source: text.to_owned(),
            ..words(id)
        };
        for figure in all(words) {
            check_promises(&figure);
        }
        let rows: Vec<RankedBar> = bars(3)
            .into_iter()
            .map(|bar| RankedBar { label: text.to_owned(), group: text.to_owned(), ..bar })
            .collect();
        check_promises(&ranking_chart(&rows, text, &words("nasty"), &Table::default()).expect("a chart"));
        let rows: Vec<ComparisonRow> = comparison()
            .into_iter()
            .map(|row| ComparisonRow { scenario: format!("{text}{}", row.scenario), measure: text.to_owned(), ..row })
            .collect();
        check_promises(&comparison_chart(&rows, &words("nasty"), &Table::default()).expect("a chart"));
        let named = [marker(MarkerKind::Gateway, 60.0, 30.0, text, None)];
        let figure = corridor_map(&basemap(), &EXTENT, &lines(), &named, &words("nasty"), &Table::default());
        check_promises(&figure.expect("a map"));
    }
}

#[test]
fn a_year_without_a_report_is_a_gap_and_not_a_zero() {
    let draw = |points: Vec<(i32, Option<f64>)>| {
        let series = [Series { name: "Iran".to_owned(), points }];
        time_series_chart(&series, "kg/year", &words("series"), &Table::default()).expect("a chart").svg
    };
    let with_gap = draw(vec![(2011, Some(5.0)), (2012, Some(6.0)), (2013, None), (2014, Some(7.0))]);
    let lines = polylines(&with_gap, BLUE);
    assert_eq!(lines.iter().map(Vec::len).collect::<Vec<_>>(), [2], "only 2011 and 2012 are joined");
    assert_eq!(discs(&with_gap, BLUE, 16.0).len(), 3, "three values are reported");
    assert!(with_gap.contains("Not reported") && with_gap.contains("Seizures are not flow"));
    // A year missing from the list is a gap too, and a reported zero is a value.
    let absent = draw(vec![(2011, Some(5.0)), (2012, Some(6.0)), (2014, Some(7.0))]);
    assert_eq!(absent, with_gap);
    let zero = draw(vec![(2011, Some(5.0)), (2012, Some(6.0)), (2013, Some(0.0)), (2014, Some(7.0))]);
    assert_eq!(discs(&zero, BLUE, 16.0).len(), 4);
    assert!(!zero.contains("Not reported"));
}

#[test]
fn the_ranking_is_sorted_and_says_what_it_leaves_out() {
    let mut rows = bars(25);
    rows.reverse();
    let figure = ranking_chart(&rows, "Risk", &words("ranking"), &Table::default()).expect("a chart");
    let dots: Vec<f64> = texts(&figure.svg)
        .iter()
        .filter(|(text, _)| text.starts_with("Crossing "))
        .filter_map(|(text, _)| text.split(' ').nth(1)?.parse().ok())
        .collect();
    assert_eq!(dots, (0..20).map(f64::from).collect::<Vec<_>>());
    assert!(figure.svg.contains("The 20 largest of 25 are shown."));
}

#[test]
fn a_closed_curve_is_called_proven() {
    let closed: Vec<CurvePoint> = curve().into_iter().map(|point| CurvePoint { bound: point.value, ..point }).collect();
    let svg = |points: &[CurvePoint]| {
        curve_chart(points, "p", "share", &words("curve"), &Table::default()).expect("a chart").svg
    };
    assert!(svg(&closed).contains("proven to be the best"));
    assert!(!svg(&curve()).contains("proven to be the best"));
    assert!(svg(&curve()).contains("no plan can do better"));
}

#[test]
fn nothing_to_draw_and_numbers_that_are_none_are_refused() {
    let (data, words) = (Table::default(), words("empty"));
    let empty = [
        ranking_chart(&[], "x", &words, &data),
        time_series_chart(&[], "x", &words, &data),
        time_series_chart(&[Series { name: "Turkey".to_owned(), points: vec![(2011, None)] }], "x", &words, &data),
        curve_chart(&[], "x", "y", &words, &data),
        comparison_chart(&[], &words, &data),
        shares_chart(&[], &words, &data),
    ];
    for figure in empty {
        assert!(matches!(figure, Err(FigureError::Empty { .. })));
    }
    let nan = [
        ranking_chart(&[RankedBar { high: f64::NAN, ..bars(1).remove(0) }], "x", &words, &data),
        time_series_chart(&[Series { name: "A".to_owned(), points: vec![(2011, Some(-1.0))] }], "x", &words, &data),
        curve_chart(&[CurvePoint { bound: f64::INFINITY, ..curve()[0].clone() }], "x", "y", &words, &data),
        comparison_chart(&[ComparisonRow { low: Some(f64::NAN), ..comparison().remove(0) }], &words, &data),
        shares_chart(&[ShareRow { published_percent: f64::NAN, ..shares().remove(0) }], &words, &data),
    ];
    for figure in nan {
        assert!(matches!(figure, Err(FigureError::Number { .. })));
    }
}
