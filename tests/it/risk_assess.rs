//! Hazard by segment: what is not reported, what is too little, national levels, and a known truth of 200 provinces.

use crate::network_fixture::{Draft, iso3};
use crate::random::Random;
use crate::risk_rates::rank_correlation;
use corridor::flow::{Corridor, Route};
use corridor::geodesy::LonLat;
use corridor::network::Network;
use corridor::records::{Commodity, CrossingStatus, Mode, Precision, Reporting, Seizure, SeizureTotal};
use corridor::risk::{
    Evidence, HazardBasis, Province, Risk, RiskParams, SegmentRisk, Segments, assess, assumed_hazard, route_risks,
};
use corridor::units::Milligrams;
use geo::{MultiPolygon, Rect, coord};
use std::collections::BTreeMap;

/// One road of 100 km in each province, provinces of 0.5 by 0.5 degrees side by side, all else empty.
struct Region {
    draft: Draft,
    outlines: Vec<(&'static str, String, MultiPolygon)>,
    seizures: Vec<Seizure>,
    reportings: Vec<Reporting>,
    totals: Vec<SeizureTotal>,
    flow_kg_per_year: Vec<f64>,
    params: RiskParams,
}

impl Region {
    fn new(countries: &[(&'static str, usize)]) -> Self {
        let mut draft = Draft::default();
        let mut outlines = Vec::new();
        for (row, &(country, count)) in countries.iter().enumerate() {
            for column in 0..count {
                let (west, south) = (30.0 + 0.5 * column as f64, 20.0 + row as f64);
                let inside = [0.1, 0.4].map(|shift| draft.node(west + shift, south + 0.25, country));
                draft.road(inside[0], inside[1], 100.0);
                let outline = Rect::new(coord! { x: west, y: south }, coord! { x: west + 0.5, y: south + 0.5 });
                outlines.push((country, format!("province {column:03}"), MultiPolygon::from(outline.to_polygon())));
            }
        }
        let reportings = countries
            .iter()
            .flat_map(|&(country, _)| (2011..=2016).map(move |year| reporting(country, year)))
            .collect();
        let flow_kg_per_year = vec![20_000.0; draft.links.len()];
        let (seizures, totals, params) = (Vec::new(), Vec::new(), RiskParams::default());
        Self { draft, outlines, seizures, reportings, totals, flow_kg_per_year, params }
    }

    fn with_segments<R>(&self, work: impl FnOnce(&Network, &Segments) -> R) -> R {
        let network = self.draft.build();
        let provinces: Vec<Province<'_>> = self
            .outlines
            .iter()
            .map(|(country, adm1, outline)| Province { country: iso3(country), adm1, outline })
            .collect();
        work(&network, &Segments::new(&network, &provinces))
    }

    fn assess(&self) -> Risk {
        let evidence = Evidence {
            seizures: &self.seizures,
            reportings: &self.reportings,
            totals: &self.totals,
            conversions: &[],
            activity_of_year: &BTreeMap::new(),
        };
        self.with_segments(|network, segments| {
            assess(
                network,
                &self.draft.crossings,
                segments,
                Commodity::Opiates,
                &self.flow_kg_per_year,
                20.0,
                &evidence,
                &self.params,
            )
        })
    }

    /// `case_count` cases of heroin, 1 kg each, in one province.
    fn seize(&mut self, country: &str, column: usize, year: i32, case_count: u32) {
        self.seizures.push(seizure(country, Some(column), year, case_count, f64::from(case_count)));
    }
}

fn reporting(country: &str, year: i32) -> Reporting {
    Reporting { country: iso3(country), commodity: Commodity::Opiates, year, is_reported: true }
}

fn seizure(country: &str, column: Option<usize>, year: i32, case_count: u32, quantity_kg: f64) -> Seizure {
    Seizure {
        id: format!("{country} {column:?} {year}"),
        country: iso3(country),
        adm1: column.map(|column| format!("province {column:03}")),
        place: None,
        position: None,
        precision: if column.is_some() { Precision::Province } else { Precision::Country },
        commodity: Commodity::Opiates,
        drug: "heroin".to_owned(),
        year,
        case_count,
        quantity: Milligrams::from_kg(quantity_kg).unwrap(),
        note: String::new(),
    }
}

fn total(country: &str, year: i32, quantity_kg: Option<f64>) -> SeizureTotal {
    SeizureTotal {
        country: iso3(country),
        year,
        drug: "heroin".to_owned(),
        quantity: quantity_kg.and_then(Milligrams::from_kg),
        source_id: "synthetic".to_owned(),
    }
}

fn segment<'a>(risk: &'a Risk, country: &str, column: usize) -> &'a SegmentRisk {
    let name = format!("province {column:03}");
    risk.segments.iter().find(|s| s.country == iso3(country) && s.adm1.as_deref() == Some(name.as_str())).unwrap()
}

/// Two reporting countries with different rates.
fn two_countries() -> Region {
    let mut region = Region::new(&[("IRN", 4), ("PAK", 4)]);
    for column in 0..4 {
        region.seize("IRN", column, 2014, 10 + 20 * column as u32);
        region.seize("PAK", column, 2014, 2 + 3 * column as u32);
    }
    region
}

#[test]
fn rates_by_hand() {
    let risk = two_countries().assess();
    assert_eq!((risk.level, risk.placed_case_count), (3, 10 + 30 + 50 + 70 + 2 + 5 + 8 + 11));
    // 20,000 kg in consignments of 20 kg over 100 km: 100,000 consignment-km a year, six years
    let third = segment(&risk, "IRN", 2);
    assert_eq!((third.case_count, third.quantity_kg), (Some(50), Some(50.0)));
    assert!((third.exposure_consignment_km - 1e5).abs() < 1e-6);
    let rate = third.rate.unwrap();
    assert!((rate.estimate - 50.0 / 6e5 * 1000.0).abs() < 1e-12, "{rate:?}");
    assert_eq!(third.basis, HazardBasis::Segment);
    // shrinkage towards the country's mean of 40 cases a province
    let mean = 40.0 / 6e5 * 1000.0;
    for column in 0..4 {
        let found = segment(&risk, "IRN", column);
        let (own, pooled) = (found.rate.unwrap().estimate, found.pooled_rate.estimate);
        assert!((pooled - own) * (mean - own) > 0.0 && (pooled - mean) * (own - mean) > 0.0, "{own} {pooled} {mean}");
        assert!(found.pooled_rate.low < pooled && pooled < found.pooled_rate.high);
    }
    // the hazard of a link is the rate times its length
    let network_hazard = segment(&risk, "IRN", 2).pooled_rate.estimate / 10.0;
    assert!((risk.link_hazard[2] - network_hazard).abs() < 1e-12, "{} {network_hazard}", risk.link_hazard[2]);
    for (link, hazard) in risk.link_hazard.iter().enumerate() {
        assert!(risk.link_hazard_low[link] < *hazard && *hazard < risk.link_hazard_high[link], "link {link}");
    }
}

#[test]
fn not_reported_is_none_and_never_zero() {
    let mut region = Region::new(&[("IRN", 3), ("TUR", 3)]);
    for column in 0..3 {
        region.seize("IRN", column, 2013, 30 + column as u32);
    }
    region.reportings.retain(|row| row.country != iso3("TUR"));
    region.reportings.push(Reporting { is_reported: false, ..reporting("TUR", 2014) });
    let risk = region.assess();
    for column in 0..3 {
        let silent = segment(&risk, "TUR", column);
        assert_eq!((silent.case_count, silent.quantity_kg, silent.rate), (None, None, None));
        assert_eq!(silent.basis, HazardBasis::RegionalPool);
        assert!(silent.pooled_rate.estimate > 0.0, "{silent:?}");
    }
    assert!(risk.countries.iter().all(|level| level.country != iso3("TUR")));
    assert!(risk.link_hazard[3..].iter().all(|&hazard| hazard > 0.0), "{:?}", risk.link_hazard);
    // a province that reported and found nothing is zero, and its rate is still pooled
    region.seizures.retain(|seizure| seizure.adm1.as_deref() != Some("province 001"));
    let risk = region.assess();
    let clear = segment(&risk, "IRN", 1);
    assert_eq!((clear.case_count, clear.quantity_kg), (Some(0), Some(0.0)));
    assert!(clear.pooled_rate.estimate > 0.0);
    assert_eq!(clear.rate.unwrap().low, 0.0);
}

#[test]
fn years_without_a_report_expose_nothing() {
    let full = two_countries();
    let mut half = two_countries();
    half.reportings.retain(|row| row.country != iso3("IRN") || row.year >= 2014);
    let (full, half) = (full.assess(), half.assess());
    for column in 0..4 {
        let (full, half) = (segment(&full, "IRN", column), segment(&half, "IRN", column));
        let ratio = half.rate.unwrap().estimate / full.rate.unwrap().estimate;
        assert!((ratio - 2.0).abs() < 1e-12, "three years instead of six: {ratio}");
    }
    // a year more active than the baseline year exposes more
    let region = two_countries();
    let activity = BTreeMap::from([(2011, 3.0), (2012, 4.0)]);
    let evidence = Evidence {
        seizures: &region.seizures,
        reportings: &region.reportings,
        totals: &[],
        conversions: &[],
        activity_of_year: &activity,
    };
    let busy = region.with_segments(|network, segments| {
        let flow = &region.flow_kg_per_year;
        assess(network, &[], segments, Commodity::Opiates, flow, 20.0, &evidence, &region.params)
    });
    assert_eq!(busy.countries[0].activity_years, 11.0);
}

#[test]
fn national_totals_set_the_level_of_a_country() {
    let plain = two_countries().assess();
    let mut raised = two_countries();
    // recorded in 2014: 160 kg in Iran; the national total is three times as much. 2015 has no total: left out.
    raised.totals = vec![total("IRN", 2014, Some(480.0)), total("IRN", 2015, None), total("PAK", 2014, Some(1.0))];
    let raised = raised.assess();
    let level =
        |risk: &Risk, country: &str| risk.countries.iter().find(|l| l.country == iso3(country)).unwrap().clone();
    assert!((level(&raised, "IRN").factor() - 3.0).abs() < 1e-12);
    assert_eq!(level(&raised, "IRN").recorded_kg, 160.0);
    assert_eq!(level(&raised, "PAK").factor(), 1.0, "a total below the records lowers nothing");
    assert_eq!(level(&plain, "IRN").national_kg, None);
    for column in 0..4 {
        let ratio = |country: &str, of: &dyn Fn(&SegmentRisk) -> f64| {
            of(segment(&raised, country, column)) / of(segment(&plain, country, column))
        };
        let own = |segment: &SegmentRisk| segment.rate.unwrap().estimate;
        let pooled = |segment: &SegmentRisk| segment.pooled_rate.estimate;
        assert!((ratio("IRN", &own) - 3.0).abs() < 1e-12);
        assert!((ratio("IRN", &pooled) - 3.0).abs() < 1e-4, "the split within the country stays");
        assert!((ratio("PAK", &own) - 1.0).abs() < 1e-12);
        assert_eq!(segment(&raised, "IRN", column).case_count, segment(&plain, "IRN", column).case_count);
    }
}

#[test]
fn cases_without_a_province_thin_the_exposure() {
    let plain = two_countries().assess();
    let mut thinned = two_countries();
    // as many cases again of which only the country is known: half of all could be placed
    thinned.seizures.push(seizure("IRN", None, 2014, 160, 160.0));
    let thinned = thinned.assess();
    let level = thinned.countries.iter().find(|level| level.country == iso3("IRN")).unwrap();
    assert_eq!((level.case_count, level.placed_case_count, level.placed_share()), (320, 160, Some(0.5)));
    let rate = |risk: &Risk| segment(risk, "IRN", 3).rate.unwrap().estimate;
    assert!((rate(&thinned) / rate(&plain) - 2.0).abs() < 1e-12);
}

#[test]
fn too_few_records_give_no_estimate() {
    let mut region = Region::new(&[("IRN", 3)]);
    region.seize("IRN", 0, 2012, 29);
    let below = region.assess();
    assert_eq!((below.level, below.placed_case_count), (1, 29));
    for segment in &below.segments {
        assert_eq!((segment.rate, segment.basis), (None, HazardBasis::Assumed));
        assert_eq!(segment.pooled_rate.estimate, region.params.assumed_hazard_per_1000_km);
    }
    assert_eq!(segment(&below, "IRN", 0).case_count, Some(29), "as reported stays");
    let assumed = region.with_segments(|network, _| assumed_hazard(network, &region.params));
    for (found, assumed) in below.link_hazard.iter().zip(assumed) {
        assert!((found - assumed).abs() < 1e-15, "{found} {assumed}");
    }
    region.seize("IRN", 1, 2012, 1);
    let enough = region.assess();
    assert_eq!((enough.level, enough.placed_case_count), (3, 30));
    assert!((0..3).all(|column| segment(&enough, "IRN", column).rate.is_some()));
    // what lies outside the province layer has no exposure here, so no rate of its own
    assert_eq!(enough.segments.iter().filter(|segment| segment.adm1.is_none() && segment.rate.is_some()).count(), 0);
    // records of other years and drugs do not help
    region.seizures.pop();
    region.seize("IRN", 1, 2010, 50);
    region.seize("IRN", 1, 2017, 50);
    region.seizures.push(Seizure { drug: "poppy straw".to_owned(), ..seizure("IRN", Some(1), 2012, 50, 1.0) });
    assert_eq!((region.assess().level, region.assess().placed_case_count), (1, 29));
}

#[test]
fn one_extreme_record_is_one_case() {
    // 103,563 kg in one record: the quantity is shown as reported, the rate counts cases
    let plain = two_countries().assess();
    let mut extreme = two_countries();
    extreme.seizures[1].quantity = Milligrams::from_kg(103_563.0).unwrap();
    let found = extreme.assess();
    for (with, without) in found.segments.iter().zip(&plain.segments) {
        assert_eq!(
            (with.rate, with.pooled_rate, with.case_count),
            (without.rate, without.pooled_rate, without.case_count)
        );
    }
    assert_eq!(segment(&found, "PAK", 0).quantity_kg, Some(103_563.0));
    assert_eq!(segment(&plain, "PAK", 0).quantity_kg, Some(2.0));
}

#[test]
fn a_crossing_with_records_of_its_own_has_its_own_hazard() {
    let mut region = two_countries();
    let inside = region.draft.node(30.25, 20.25, "IRN");
    let outside = region.draft.node(30.25, 21.25, "PAK");
    for id in ["busy", "quiet"] {
        region.draft.crossing(id, [inside, outside], Mode::Road, CrossingStatus::Open);
        region.flow_kg_per_year.push(1000.0);
    }
    region.draft.crossings[1].position = LonLat { lon: 40.0, lat: 20.25 };
    let here = |case_count: u32, lon: f64, precision: Precision| Seizure {
        position: Some(LonLat { lon, lat: 20.25 }),
        precision,
        ..seizure("IRN", Some(0), 2015, case_count, 1.0)
    };
    // 25 at the post; 19 at the other; 40 beyond 5 km; 40 known to the city only
    region.seizures.push(here(25, 30.26, Precision::Point));
    region.seizures.push(here(19, 40.0, Precision::Crossing));
    region.seizures.push(here(40, 30.35, Precision::Point));
    region.seizures.push(here(40, 30.25, Precision::City));
    let risk = region.assess();
    assert_eq!(risk.own_case_count, vec![25, 19]);
    assert_eq!(risk.is_inherited, vec![false, true]);
    // 1000 kg a year in 20 kg consignments over six years: 300 traversals
    let own = risk.crossing_hazard[0].unwrap();
    assert!((own.estimate - 25.0 / 300.0).abs() < 1e-12, "{own:?}");
    assert_eq!(risk.link_hazard[8], own.estimate);
    // the other counts as 100 km more of its two provinces' road
    let rate = |country: &str| segment(&risk, country, 0).pooled_rate.estimate / 1000.0;
    let inherited = 102.0 * (rate("IRN") + rate("PAK")) / 2.0;
    assert!((risk.crossing_hazard[1].unwrap().estimate - inherited).abs() < 1e-12, "{:?}", risk.crossing_hazard[1]);
}

#[test]
fn a_known_truth_of_two_hundred_provinces_is_recovered() {
    for seed in [11, 12, 13] {
        let mut random = Random(seed);
        let countries = [("AFG", 50), ("IRN", 50), ("PAK", 50), ("TKM", 50)];
        let mut region = Region::new(&countries);
        let mean_per_1000_km = [0.2, 0.05, 0.1, 0.02];
        let mut truth = Vec::new();
        for (row, &(country, count)) in countries.iter().enumerate() {
            for column in 0..count {
                let rate = mean_per_1000_km[row] * random.gamma(2) / 2.0;
                truth.push(rate);
                let flow = 20_000.0 * (2.0 * random.unit() - 1.0).exp();
                region.flow_kg_per_year[row * 50 + column] = flow;
                for year in 2011..=2016 {
                    let cases = random.poisson(rate / 1000.0 * flow / 20.0 * 100.0);
                    region.seize(country, column, year, cases);
                }
            }
        }
        let risk = region.assess();
        let provinces: Vec<&SegmentRisk> = risk.segments.iter().filter(|segment| segment.adm1.is_some()).collect();
        assert_eq!(provinces.len(), 200);
        let estimates: Vec<f64> = provinces.iter().map(|segment| segment.pooled_rate.estimate).collect();
        let correlation = rank_correlation(&truth, &estimates);
        let holds = |(segment, rate): &(&&SegmentRisk, &f64)| {
            (segment.pooled_rate.low..=segment.pooled_rate.high).contains(*rate)
        };
        let held = provinces.iter().zip(&truth).filter(holds).count();
        println!("seed {seed}: rank correlation {correlation:.3}, {held} of 200 in their interval");
        assert!(correlation >= 0.9, "seed {seed}: rank correlation {correlation}");
        assert!((180..200).contains(&held), "seed {seed}: {held} of 200 in their interval");
    }
}

#[test]
fn the_risk_of_a_route_adds_up_its_hazards() {
    let mut draft = Draft::default();
    let nodes: Vec<u32> = (0..4).map(|ix| draft.node(60.0 + f64::from(ix), 33.0, "AFG")).collect();
    for pair in nodes.windows(2) {
        draft.road(pair[0], pair[1], 10.0);
    }
    let network = draft.build();
    let route = |nodes: &[u32]| Route {
        origin_ix: 0,
        destination_ix: 0,
        arcs: nodes
            .windows(2)
            .map(|pair| network.arcs_from(pair[0]).find(|&arc| network.head(arc as u32) == pair[1]).unwrap() as u32)
            .collect(),
        cost_usd: 0.0,
        length_km: 0.0,
        time_h: 0.0,
        crossing_ixs: vec![],
        exit_group: None,
        corridor: Corridor::Domestic,
        path_size: 1.0,
        uncalibrated_share: 0.0,
        share: 0.0,
        flow_kg_per_year: 0.0,
    };
    let routes = [route(&[0, 1, 2, 3]), route(&[3, 2]), route(&[2])];
    let hazard = [0.1, 0.2, 0.3];
    let high = [0.2, 0.4, 1e3];
    let found = route_risks(&network, &routes, &hazard, &[0.01, 0.02, 0.03], &high);
    assert!((found[0].hazard.estimate - 0.6).abs() < 1e-15);
    assert!((found[0].interdiction_probability.estimate - (1.0 - (-0.6_f64).exp())).abs() < 1e-15);
    assert!((found[0].evasion_probability() - (-0.6_f64).exp()).abs() < 1e-15);
    assert!((found[1].hazard.estimate - 0.3).abs() < 1e-15);
    assert!((found[0].hazard.low - 0.06).abs() < 1e-15 && (found[0].hazard.high - 1000.6).abs() < 1e-12);
    assert!((found[0].interdiction_probability.low - (1.0 - (-0.06_f64).exp())).abs() < 1e-15);
    assert_eq!(found[0].interdiction_probability.high, 1.0);
    assert_eq!(found[2].evasion_probability(), 1.0);
    // a route from a place to itself: 0, not -0
    for nothing in [found[2].hazard.estimate, found[2].interdiction_probability.estimate] {
        assert_eq!(nothing.to_bits(), 0.0_f64.to_bits(), "{nothing:?}");
    }
}
