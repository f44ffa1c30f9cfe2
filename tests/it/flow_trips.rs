//! Trips: the gravity model by hand and by its totals, and where trips begin and end.

use crate::flow_assign::terminal;
use crate::network_fixture::{Draft, iso3};
use crate::random::Random;
use corridor::flow::{Terminal, TerminalParams, TripParams, TripTables, balance, terminals};
use corridor::geodesy::LonLat;
use corridor::network::{Components, SnapIndex};
use corridor::records::{Basis, Commodity, Conversion, Demand, Gateway, Place, PrecursorSupply, Production};

fn ends(name: &str, totals: &[f64]) -> Vec<Terminal> {
    totals.iter().map(|&kg| terminal(name, 0, kg)).collect()
}

#[test]
fn two_by_two_by_hand() {
    // Origins 60 and 40, destinations 50 and 50, costs 1 on the diagonal and 2 off it: mean 1.5, so
    // T11 T22 / (T12 T21) = exp(beta (2 + 2 - 1 - 1) / 1.5) = k. With x = T11: x (x - 10) = k (60 - x) (50 - x).
    let costs = [Some(1.0), Some(2.0), Some(2.0), Some(1.0)];
    let found = balance(&ends("o", &[60.0, 40.0]), &ends("d", &[50.0, 50.0]), &costs, &TripParams::default());
    let k = (2.0_f64 / 1.5).exp();
    let (a, b, c) = (1.0 - k, 110.0 * k - 10.0, -3000.0 * k);
    let x = (-b + (b * b - 4.0 * a * c).sqrt()) / (2.0 * a);
    assert!((37.0..38.5).contains(&x), "{x}");
    let expected = [x, 60.0 - x, 50.0 - x, x - 10.0];
    for (found, expected) in found.flow_kg_per_year.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-6, "{found} {expected}");
    }
    // without deterrence the trips are the product of the totals
    let flat = TripParams { deterrence: 0.0, ..TripParams::default() };
    let found = balance(&ends("o", &[60.0, 40.0]), &ends("d", &[50.0, 50.0]), &costs, &flat);
    for (found, expected) in found.flow_kg_per_year.iter().zip([30.0, 30.0, 20.0, 20.0]) {
        assert!((found - expected).abs() < 1e-9, "{found} {expected}");
    }
}

#[test]
fn totals_are_met_on_random_tables() {
    for seed in 0..500 {
        let mut random = Random(seed);
        let (height, width) = (1 + random.below(6) as usize, 1 + random.below(6) as usize);
        let origins = ends("o", &(0..height).map(|_| 1.0 + 99.0 * random.unit()).collect::<Vec<_>>());
        let destinations = ends("d", &(0..width).map(|_| 1.0 + 99.0 * random.unit()).collect::<Vec<_>>());
        let costs: Vec<Option<f64>> = (0..height * width).map(|_| Some(1000.0 * random.unit())).collect();
        // a destination nobody reaches
        let lost = (width > 1 && random.below(3) == 0).then(|| random.below(width as u32) as usize);
        let is_lost = |ix: usize| lost == Some(ix % width);
        let costs: Vec<Option<f64>> =
            costs.into_iter().enumerate().map(|(ix, cost)| cost.filter(|_| !is_lost(ix))).collect();
        let params = TripParams { deterrence: 3.0 * random.unit(), ..TripParams::default() };
        let found = balance(&origins, &destinations, &costs, &params);
        let case = format!("seed {seed}: {height} x {width}, {costs:?}");
        assert!(found.residual <= params.tolerance, "{case}: residual {}", found.residual);
        let supply: f64 = origins.iter().map(|origin| origin.flow_kg_per_year).sum();
        for (row, origin) in found.flow_kg_per_year.chunks(width).zip(&origins) {
            let sum: f64 = row.iter().sum();
            assert!((sum / origin.flow_kg_per_year - 1.0).abs() < 1e-9, "{case}");
        }
        let mut wanted = 0.0;
        for (to, destination) in destinations.iter().enumerate() {
            let sum: f64 = found.flow_kg_per_year.iter().skip(to).step_by(width).sum();
            let scaled = destination.flow_kg_per_year * found.demand_scale_factor;
            let expected = if is_lost(to) { 0.0 } else { scaled };
            assert!((sum - expected).abs() <= 1e-8 * supply, "{case}: destination {to} gets {sum}, not {expected}");
            assert!((found.destinations[to].flow_kg_per_year - expected).abs() < 1e-9 * supply, "{case}");
            wanted += expected;
        }
        assert!((wanted - supply).abs() < 1e-9 * supply, "{case}");
        // farther is never more likely: the odds ratio of every 2 x 2 part follows the costs
        let mean = costs.iter().flatten().sum::<f64>() / costs.iter().flatten().count() as f64;
        let flow = |row: usize, to: usize| found.flow_kg_per_year[row * width + to];
        for (row, to) in (1..height).flat_map(|row| (1..width).map(move |to| (row, to))) {
            let cost = |row: usize, to: usize| costs[row * width + to];
            if let (Some(a), Some(b), Some(c), Some(d)) = (cost(0, 0), cost(0, to), cost(row, 0), cost(row, to)) {
                let expected = -params.deterrence * (a + d - b - c) / mean;
                let odds = (flow(0, 0) * flow(row, to) / (flow(0, to) * flow(row, 0))).ln();
                assert!((odds - expected).abs() < 1e-6, "{case}: {odds} {expected}");
            }
        }
    }
}

fn place(id: &str, country: &str, adm1: &str, kind: &str, node: u32, population: Option<u64>) -> Place {
    Place {
        id: id.to_owned(),
        name: id.to_owned(),
        country: iso3(country),
        adm1: (!adm1.is_empty()).then(|| adm1.to_owned()),
        position: LonLat { lon: 60.0 + f64::from(node), lat: 33.0 },
        kind: kind.to_owned(),
        population,
    }
}

#[test]
fn trips_begin_in_provinces_and_end_in_cities_and_at_gateways() {
    let mut draft = Draft::default();
    for ix in 0..9 {
        draft.node(60.0 + f64::from(ix), 33.0, if (3..=7).contains(&ix) { "IRN" } else { "AFG" });
    }
    for ix in 0..8 {
        draft.road(ix, ix + 1, 90.0);
    }
    let network = draft.build();
    let snap = SnapIndex::new(&network, &Components::of(&network));
    let places = [
        place("lashkargah", "AFG", "Hilmand", "adm1_centre", 1, Some(100)),
        place("sangin", "AFG", "Hilmand", "city", 2, Some(900)),
        place("tehran", "IRN", "", "capital", 3, Some(900)),
        place("mashhad", "IRN", "", "city", 4, Some(300)),
        place("qom", "IRN", "", "city", 5, Some(200)),
        place("bandar", "IRN", "", "port", 6, Some(99_999)),
    ];
    let production = |adm1: Option<&str>, year, opium_kg_per_year| Production {
        country: iso3("AFG"),
        adm1: adm1.map(str::to_owned),
        year,
        opium_kg_per_year,
        basis: Basis::Assumption,
        source_id: "synthetic".to_owned(),
    };
    let productions = [
        production(None, 2014, 7000.0),
        production(Some("Hilmand"), 2014, 5000.0),
        production(Some("Hilmand"), 2015, 4000.0),
        production(Some("Atlantis"), 2014, 10.0),
        production(Some("Kabul"), 2014, 0.0),
    ];
    let demand = |destination_id: &str, country: Option<&str>, commodity, flow_kg_per_year| Demand {
        destination_id: destination_id.to_owned(),
        name: destination_id.to_owned(),
        country: country.map(iso3),
        commodity,
        year: 2014,
        flow_kg_per_year,
        basis: Basis::Assumption,
        source_id: "synthetic".to_owned(),
    };
    let demands = [
        demand("IRN", Some("IRN"), Commodity::Opiates, 120.0),
        demand("EUROPE", None, Commodity::Opiates, 80.0),
        demand("AFG:Hilmand", Some("AFG"), Commodity::Precursors, 40.0),
    ];
    let gateway = |id: &str, lon: f64, share: f64| Gateway {
        id: id.to_owned(),
        destination_id: "EUROPE".to_owned(),
        commodity: Commodity::Opiates,
        name: id.to_owned(),
        position: LonLat { lon, lat: 33.1 },
        share,
        basis: Basis::Assumption,
    };
    let gateways = [gateway("road", 67.0, 0.75), gateway("sea", 68.0, 0.2), gateway("nowhere", -120.0, 0.05)];
    let supply = |id: &str, lon: f64, share: f64| PrecursorSupply {
        id: id.to_owned(),
        name: id.to_owned(),
        country: iso3("IRN"),
        position: LonLat { lon, lat: 33.0 },
        share,
        basis: Basis::Assumption,
    };
    let supplies = [supply("port", 66.0, 0.7), supply("border", 67.0, 0.3)];
    let conversions = [Conversion {
        from_item: "opium".to_owned(),
        to_item: "heroin equivalent".to_owned(),
        factor: 0.125,
        source_id: "synthetic".to_owned(),
    }];
    let tables = TripTables {
        places: &places,
        productions: &productions,
        demands: &demands,
        gateways: &gateways,
        precursor_supplies: &supplies,
        conversions: &conversions,
    };
    let brief = |found: &[Terminal]| -> Vec<(String, u32, f64)> {
        found.iter().map(|end| (end.id.clone(), end.node, end.flow_kg_per_year)).collect()
    };
    let own = |rows: &[(&str, u32, f64)]| -> Vec<(String, u32, f64)> {
        rows.iter().map(|&(id, node, kg)| (id.to_owned(), node, kg)).collect()
    };
    let params = TerminalParams::default();
    let opiates = terminals(&network, &snap, &tables, Commodity::Opiates, 2014, &params);
    // the centre of the province, not its largest town; the national row and zero rows begin no trip
    assert_eq!(brief(&opiates.origins), own(&[("AFG:Hilmand", 1, 625.0)]));
    // the two largest cities by population, ports left out; gateways by their shares
    let expected = [("IRN:tehran", 3, 90.0), ("IRN:mashhad", 4, 30.0), ("road", 7, 60.0), ("sea", 8, 16.0)];
    assert_eq!(brief(&opiates.destinations), own(&expected));
    assert_eq!(opiates.not_joined.len(), 2, "{:?}", opiates.not_joined);
    assert!(opiates.not_joined.iter().any(|why| why.contains("Atlantis")), "{:?}", opiates.not_joined);
    assert!(opiates.not_joined.iter().any(|why| why.contains("nowhere")), "{:?}", opiates.not_joined);
    let half = TerminalParams { production_factor: 0.5, ..params.clone() };
    let halved = terminals(&network, &snap, &tables, Commodity::Opiates, 2014, &half);
    assert_eq!(halved.origins[0].flow_kg_per_year, 312.5);
    let precursors = terminals(&network, &snap, &tables, Commodity::Precursors, 2014, &params);
    assert_eq!(brief(&precursors.origins), own(&[("port", 6, 28.0), ("border", 7, 12.0)]));
    assert_eq!(brief(&precursors.destinations), own(&[("AFG:Hilmand:lashkargah", 1, 40.0)]));
    assert!(precursors.not_joined.is_empty());
}
