//! Coverage by hand, and its properties on random cases.

// Helpers of tests may unwrap as the tests themselves do.
#![allow(clippy::unwrap_used)]

use corridor::coverage::{
    Coverage, CoverageError, CoverageParams, CrossBorderResponse, CrossingLoad, DetectionDecay, OfficePost, Reach,
    RouteLoad, catchment, measure, pair_detection_probability,
};
use proptest::prelude::*;

fn office(crossing_ix: u32, side: u8) -> OfficePost {
    OfficePost { crossing_ix, side }
}

fn loads(flows: &[f64]) -> Vec<CrossingLoad> {
    flows.iter().map(|&flow_kg_per_year| CrossingLoad { flow_kg_per_year }).collect()
}

/// Three crossings; on side 0 the posts 0, 2, 4 lie on a road, one hour apart; side 1 has no roads between posts.
fn three() -> Reach {
    let within = vec![
        vec![(0, 0.0), (2, 1.0), (4, 2.0)],
        vec![(1, 0.0)],
        vec![(0, 1.0), (2, 0.0), (4, 1.0)],
        vec![(3, 0.0)],
        vec![(0, 2.0), (2, 1.0), (4, 0.0)],
        vec![(5, 0.0)],
    ];
    Reach { within, radius_h: 4.0 }
}

fn measured(offices: &[OfficePost], cooperation: f64, params: &CoverageParams) -> Coverage {
    let routes = [
        RouteLoad { crossing_ixs: &[0, 1], flow_kg_per_year: 10.0 },
        RouteLoad { crossing_ixs: &[2], flow_kg_per_year: 30.0 },
        RouteLoad { crossing_ixs: &[], flow_kg_per_year: 60.0 },
    ];
    measure(offices, &three(), &[cooperation; 3], &loads(&[10.0, 10.0, 30.0]), &routes, params).unwrap()
}

#[test]
fn pair_detection_matches_the_published_case() {
    assert!((pair_detection_probability(0.3, 0.5, 1.0) - 0.65).abs() < 1e-15);
    assert_eq!(pair_detection_probability(0.3, 0.5, 0.0), 0.5);
    assert_eq!(pair_detection_probability(0.5, 0.3, 0.0), 0.5);
    assert!((pair_detection_probability(0.3, 0.5, 0.5) - 0.575).abs() < 1e-15);
}

#[test]
fn one_office_covers_what_it_reaches_in_time() {
    let params = CoverageParams { response_radius_h: 1.0, ..CoverageParams::default() };
    let coverage = measured(&[office(0, 0)], 1.0, &params);
    assert_eq!(coverage.crossings[0].is_side_covered, [true, false]);
    assert_eq!(coverage.crossings[1].response_time_h, [Some(1.0), None]);
    assert!(!coverage.crossings[2].is_covered());
    assert_eq!(coverage.covered_crossing_count, 2);
    assert_eq!(coverage.covered_crossing_share, Some(2.0 / 3.0));
    // The first route passes two covered crossings: its flow is counted twice over crossings, once over routes.
    assert_eq!(coverage.crossing_flow_covered_kg_per_year, 20.0);
    assert_eq!(coverage.crossing_flow_covered_share, Some(0.4));
    assert_eq!(coverage.route_flow_met_kg_per_year, 10.0);
    assert_eq!(coverage.route_flow_met_share, Some(0.1));
    assert_eq!(coverage.crossings[0].detection_probability, 0.3);
    assert!((coverage.crossings[0].added_hazard + 0.7_f64.ln()).abs() < 1e-15);
    assert_eq!(coverage.crossings[2].added_hazard, 0.0);
    assert_eq!(catchment(&[office(0, 0)], &three(), &params).unwrap(), vec![0, 1]);
}

#[test]
fn detection_fades_with_time_when_asked() {
    let params = CoverageParams { detection_decay: DetectionDecay::Linear, ..CoverageParams::default() };
    let coverage = measured(&[office(0, 0)], 1.0, &params);
    assert_eq!(coverage.crossings[0].detection_probability, 0.3);
    assert!((coverage.crossings[1].detection_probability - 0.15).abs() < 1e-15);
    assert_eq!(coverage.crossings[2].detection_probability, 0.0);
    assert!(coverage.crossings[2].is_covered(), "reached at the radius itself");
}

#[test]
fn the_other_side_is_reached_only_as_the_parameter_says() {
    let with = |cross_border_response| CoverageParams { cross_border_response, ..CoverageParams::default() };
    let lone = [office(0, 1)];
    let pair = [office(0, 0), office(0, 1)];
    for response in [CrossBorderResponse::Never, CrossBorderResponse::WhenPaired] {
        assert_eq!(measured(&lone, 1.0, &with(response)).covered_crossing_count, 1, "{response:?}");
    }
    let always = measured(&lone, 1.0, &with(CrossBorderResponse::Always));
    // Half an hour over the border, one hour of road; the third crossing is 2.5 h away.
    assert_eq!(always.crossings[1].response_time_h, [Some(1.5), None]);
    assert_eq!(always.covered_crossing_count, 2);
    // Away from the pair's own crossing the partner helps only when it may cross and the countries cooperate.
    let detection = |response, level: f64| measured(&pair, level, &with(response)).crossings[1].detection_probability;
    assert_eq!(detection(CrossBorderResponse::Never, 1.0), 0.3);
    assert!((detection(CrossBorderResponse::WhenPaired, 1.0) - 0.51).abs() < 1e-15);
    assert!((detection(CrossBorderResponse::WhenPaired, 0.5) - 0.405).abs() < 1e-15);
    assert_eq!(detection(CrossBorderResponse::WhenPaired, 0.0), 0.3);
}

#[test]
fn nothing_in_nothing_out() {
    let empty = measure(&[], &Reach::default(), &[], &[], &[], &CoverageParams::default());
    assert_eq!(empty.unwrap_err(), CoverageError::ReachTooShort { found_h: 0.0, needed_h: 2.0 });
    let reach = Reach { radius_h: 2.0, ..Reach::default() };
    let coverage = measure(&[], &reach, &[], &[], &[], &CoverageParams::default()).unwrap();
    assert_eq!(coverage, Coverage::default());
    let none = measured(&[], 1.0, &CoverageParams::default());
    assert_eq!((none.covered_crossing_count, none.route_flow_met_share), (0, Some(0.0)));
}

#[test]
fn what_is_out_of_range_is_refused() {
    let params = CoverageParams::default();
    let flows = loads(&[1.0, 1.0, 1.0]);
    let refused = |offices: &[OfficePost], levels: &[f64], flows: &[CrossingLoad], routes: &[RouteLoad], params| {
        measure(offices, &three(), levels, flows, routes, params).unwrap_err().to_string()
    };
    let levels = [0.5; 3];
    assert!(refused(&[office(3, 0)], &levels, &flows, &[], &params).starts_with("V002"));
    assert!(refused(&[office(0, 2)], &levels, &flows, &[], &params).starts_with("V002"));
    assert!(refused(&[], &levels[..2], &flows, &[], &params).starts_with("V002"));
    assert!(refused(&[], &[0.5, 1.5, 0.5], &flows, &[], &params).starts_with("V003"));
    assert!(refused(&[], &[0.5, f64::NAN, 0.5], &flows, &[], &params).starts_with("V003"));
    assert!(refused(&[], &levels, &loads(&[1.0, -1.0, 1.0]), &[], &params).starts_with("V003"));
    let lost = RouteLoad { crossing_ixs: &[7], flow_kg_per_year: 1.0 };
    assert!(refused(&[], &levels, &flows, &[lost], &params).starts_with("V002"));
    let certain = CoverageParams { office_detection_probability: 1.0, ..CoverageParams::default() };
    assert!(refused(&[], &levels, &flows, &[], &certain).starts_with("V001"));
    let far = CoverageParams { response_radius_h: 5.0, ..CoverageParams::default() };
    assert!(refused(&[], &levels, &flows, &[], &far).starts_with("V004"));
}

#[test]
fn params_are_read_with_defaults_and_refuse_unknown_keys() {
    let params: CoverageParams = toml::from_str("response_radius_h = 3.5\ncross_border_response = \"never\"").unwrap();
    assert_eq!(params.response_radius_h, 3.5);
    assert_eq!(params.office_detection_probability, 0.3);
    assert_eq!(params.cross_border_response, CrossBorderResponse::Never);
    assert!(toml::from_str::<CoverageParams>("response_radius_km = 3.5").is_err());
    let text = toml::to_string(&params).unwrap();
    assert_eq!(toml::from_str::<CoverageParams>(&text).unwrap(), params);
}

/// A symmetric table of times on `crossing_count` crossings.
fn random_reach(crossing_count: usize, times: &[f64]) -> Reach {
    let post_count = 2 * crossing_count;
    let time = |a: usize, b: usize| if a == b { 0.0 } else { times[(a.min(b) * 31 + a.max(b) * 7) % times.len()] };
    let within = (0..post_count)
        .map(|a| (0..post_count).map(|b| (b as u32, time(a, b))).filter(|&(_, hours)| hours <= 4.0).collect())
        .collect();
    Reach { within, radius_h: 4.0 }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn one_more_office_never_lowers_anything(
        times in prop::collection::vec(0.0..6.0_f64, 40),
        posts in prop::collection::vec((0..5_u32, 0..2_u8), 1..7),
        levels in prop::collection::vec(0.0..=1.0_f64, 5),
        response in 0..3_usize,
        decay in 0..2_usize,
    ) {
        let reach = random_reach(5, &times);
        let params = CoverageParams {
            cross_border_response:
                [CrossBorderResponse::Never, CrossBorderResponse::WhenPaired, CrossBorderResponse::Always][response],
            detection_decay: [DetectionDecay::None, DetectionDecay::Linear][decay],
            ..CoverageParams::default()
        };
        let offices: Vec<OfficePost> = posts.iter().map(|&(ix, side)| office(ix, side)).collect();
        let routes = [RouteLoad { crossing_ixs: &[0, 3], flow_kg_per_year: 5.0 }];
        let run = |offices: &[OfficePost]| {
            measure(offices, &reach, &levels, &loads(&[1.0, 2.0, 3.0, 4.0, 5.0]), &routes, &params).unwrap()
        };
        let with = run(&offices);
        let without = run(&offices[1..]);
        for (more, less) in with.crossings.iter().zip(&without.crossings) {
            prop_assert!(more.detection_probability >= less.detection_probability);
            prop_assert!(more.detection_probability < 1.0);
            for side in 0..2 {
                prop_assert!(more.is_side_covered[side] >= less.is_side_covered[side]);
            }
        }
        prop_assert!(with.crossing_flow_covered_kg_per_year >= without.crossing_flow_covered_kg_per_year);
        prop_assert!(with.route_flow_met_kg_per_year >= without.route_flow_met_kg_per_year);
        // The catchment is what is covered, and the order of the offices does not matter.
        let covered: Vec<u32> = (0..5).filter(|&ix| with.crossings[ix as usize].is_covered()).collect();
        prop_assert_eq!(catchment(&offices, &reach, &params).unwrap(), covered);
        let turned: Vec<OfficePost> = offices.iter().rev().copied().collect();
        prop_assert_eq!(run(&turned), with);
    }
}
