//! Flow on a hand-built network with two crossings and an off-road arc, worked out by hand.

use crate::network_fixture::{Draft, iso3};
use crate::random::Random;
use corridor::flow::{
    Calibration, ConsignmentParams, Corridor, CostParams, Demanded, ExitGroup, Flow, FlowError, FlowParams, Terminal,
    arc_costs_usd, assign, assign_again, path_sizes,
};
use corridor::network::{AlternativesParams, Network};
use corridor::records::{Commodity, CrossingStatus, Mode};

pub fn terminal(name: &str, node: u32, flow_kg_per_year: f64) -> Terminal {
    Terminal {
        id: name.to_owned(),
        group_id: name.to_owned(),
        name: name.to_owned(),
        country: None,
        node,
        snap_distance_km: 0.0,
        flow_kg_per_year,
    }
}

/// Exit groups IRN and PAK; costs of 20 USD/h and 1 USD/km, no risk.
fn params() -> FlowParams {
    let group = |name: &str| ExitGroup { name: name.to_owned(), part_of: String::new(), countries: vec![iso3(name)] };
    FlowParams {
        exit_groups: vec![group("IRN"), group("PAK")],
        cost: CostParams { risk_weight: 0.0, ..CostParams::default() },
        ..FlowParams::default()
    }
}

const ORIGIN: u32 = 0;
const DESTINATION: u32 = 5;
const INSIDE: u32 = 8;
const WEST: usize = 0;
const EAST: usize = 1;
const GREEN: usize = 2;

/// From an origin in Afghanistan to a destination abroad: west over Iran (100 + 2 + 100 km), east over Pakistan
/// (120 + 2 + 120 km), and off the road (90 + 2 + 90 km) into Iran. A town inside the country lies 30 km away.
fn two_ways() -> Draft {
    let mut draft = Draft::default();
    let nodes = [
        (64.0, 34.0, "AFG"), // 0 origin
        (62.0, 34.0, "AFG"), // 1 western post
        (61.9, 34.0, "IRN"), // 2 its other side
        (66.0, 34.0, "AFG"), // 3 eastern post
        (66.1, 34.0, "PAK"), // 4 its other side
        (64.0, 31.0, "IRN"), // 5 destination
        (63.0, 32.0, "AFG"), // 6 off the road
        (63.0, 31.9, "IRN"), // 7 its other side
        (64.2, 34.3, "AFG"), // 8 town
    ];
    for (lon, lat, country) in nodes {
        draft.node(lon, lat, country);
    }
    draft.crossing("west", [1, 2], Mode::Road, CrossingStatus::Open);
    draft.crossing("east", [3, 4], Mode::Road, CrossingStatus::Open);
    draft.crossing("green", [6, 7], Mode::Green, CrossingStatus::Unofficial);
    let roads = [(0, 1, 100.0), (2, 5, 100.0), (0, 3, 120.0), (4, 5, 120.0), (0, 6, 90.0), (7, 5, 90.0), (0, 8, 30.0)];
    for (from, to, length_km) in roads {
        draft.road(from, to, length_km);
    }
    draft
}

fn run(
    draft: &Draft,
    origins: &[Terminal],
    destinations: &[Terminal],
    calibration: Calibration<'_>,
    params: &FlowParams,
) -> Flow {
    try_run(draft, origins, destinations, calibration, params).unwrap()
}

fn try_run(
    draft: &Draft,
    origins: &[Terminal],
    destinations: &[Terminal],
    calibration: Calibration<'_>,
    params: &FlowParams,
) -> Result<Flow, FlowError> {
    let network = draft.build();
    let demanded = Demanded { commodity: Commodity::Opiates, origins, destinations, calibration };
    assign(&network, &draft.crossings, &demanded, &vec![0.0; network.link_count()], params)
}

fn total(flow: &Flow) -> f64 {
    flow.routes.iter().map(|route| route.flow_kg_per_year).sum()
}

/// Flow in minus flow out of every node.
fn imbalance(network: &Network, flow: &Flow) -> Vec<f64> {
    let mut balance = vec![0.0; network.node_count()];
    for route in &flow.routes {
        for &arc in &route.arcs {
            balance[network.tail(arc) as usize] -= route.flow_kg_per_year;
            balance[network.head(arc) as usize] += route.flow_kg_per_year;
        }
    }
    balance
}

fn close(found: f64, expected: f64, tolerance: f64) -> bool {
    (found - expected).abs() <= tolerance
}

#[test]
fn path_sizes_of_the_textbook_case() {
    // Links a, b, c of length 1 and d of length 2; routes {a, c}, {b, c}, {d}.
    let routes = [vec![0, 2], vec![1, 2], vec![3]];
    let sizes = path_sizes(&routes, |link| if link == 3 { 2.0 } else { 1.0 });
    assert_eq!(sizes, vec![0.75, 0.75, 1.0]);
    // at equal utility the shares are proportional to the path sizes
    let sum: f64 = sizes.iter().sum();
    let shares: Vec<f64> = sizes.iter().map(|size| size / sum).collect();
    assert!(shares.iter().zip([0.3, 0.3, 0.4]).all(|(&share, expected)| close(share, expected, 1e-15)), "{shares:?}");
    assert_eq!(path_sizes(&[vec![], vec![7]], |_| 0.0), vec![1.0, 1.0], "no length, nothing shared");
}

#[test]
fn path_sizes_lie_between_the_share_of_one_route_and_one() {
    for seed in 0..500 {
        let mut random = Random(seed);
        let routes: Vec<Vec<u32>> = (0..1 + random.below(6))
            .map(|_| {
                let mut links: Vec<u32> = (0..1 + random.below(8)).map(|_| random.below(12)).collect();
                links.sort_unstable();
                links.dedup();
                links
            })
            .collect();
        let lengths: Vec<f64> = (0..12).map(|_| 0.1 + random.unit()).collect();
        let sizes = path_sizes(&routes, |link| lengths[link as usize]);
        let least = 1.0 / routes.len() as f64;
        for (route, &size) in routes.iter().zip(&sizes) {
            assert!(size >= least - 1e-12 && size <= 1.0 + 1e-12, "seed {seed}: {size} for {route:?} of {routes:?}");
            let is_alone = routes.iter().filter(|other| other.iter().any(|link| route.contains(link))).count() == 1;
            assert_eq!(is_alone, close(size, 1.0, 1e-12), "seed {seed}: {size} for {route:?} of {routes:?}");
        }
    }
}

#[test]
fn costs_are_time_distance_and_risk() {
    let mut draft = two_ways();
    draft.crossings[EAST].status = CrossingStatus::Closed;
    let network = draft.build();
    let mut hazard = vec![0.0; network.link_count()];
    hazard[3] = 0.02;
    let consignment = ConsignmentParams {
        consignment_kg: 20.0,
        value_usd_per_kg: 3000.0,
        time_value_usd_per_h: 20.0,
        distance_cost_usd_per_km: 1.5,
    };
    let costs = arc_costs_usd(&network, &hazard, &consignment, 0.5);
    for arc in 0..network.arc_count() as u32 {
        let expected = match network.link(arc) {
            0 => 85_000,   // 4.1 h and 2 km
            1 => u32::MAX, // closed
            2 => 5_000,    // off the road no time is lost at a post
            3 => 790_000,  // 2 h, 100 km, and half of 0.02 times 60,000 USD
            4 => 190_000,
            5 | 6 => 228_000,
            7 | 8 => 171_000,
            _ => 57_000,
        };
        assert_eq!(costs[arc as usize], expected, "link {}", network.link(arc));
    }
}

#[test]
fn shares_are_the_logit_of_the_excess_cost() {
    // no off-road routes, and nothing shared, so every path size is 1
    let mut params = params();
    params.alternatives.side_route_count = 0;
    let origins = [terminal("field", ORIGIN, 1000.0)];
    let destinations = [terminal("market", DESTINATION, 7.0)];
    let flow = run(&two_ways(), &origins, &destinations, Calibration::Hold(&[]), &params);
    // time 20 USD/h (4 h + 4.1 h), length 202 km: 162 + 202; east 4.8 h + 4.1 h, 242 km: 178 + 242
    assert_eq!(flow.routes.len(), 2);
    let (west, east) = (&flow.routes[0], &flow.routes[1]);
    assert!(close(west.cost_usd, 364.0, 1e-9) && close(east.cost_usd, 420.0, 1e-9), "{west:?} {east:?}");
    assert!(close(west.length_km, 202.0, 1e-9) && close(west.time_h, 8.1, 1e-9), "{west:?}");
    assert_eq!((west.crossing_ixs.clone(), west.exit_group), (vec![0], Some(0)));
    assert_eq!((east.crossing_ixs.clone(), east.exit_group), (vec![1], Some(1)));
    assert_eq!((west.path_size, east.path_size), (1.0, 1.0));
    let odds = (-6.0 * (420.0 / 364.0 - 1.0_f64)).exp();
    assert!(close(east.share / west.share, odds, 1e-12), "{} {}", east.share, west.share);
    assert!(close(west.share + east.share, 1.0, 1e-15));
    assert_eq!((west.share, east.share), (west.uncalibrated_share, east.uncalibrated_share));
    assert!(close(total(&flow), 1000.0, 1e-9));
    assert!(close(flow.demand_scale_factor, 1000.0 / 7.0, 1e-9), "destinations are scaled to the origins");
    assert!(close(flow.crossing_flow_kg_per_year[WEST], 1000.0 * west.share, 1e-9));
    assert_eq!(flow.crossing_flow_kg_per_year[GREEN], 0.0);
    // a held constant moves the odds by its exponential
    let held = run(&two_ways(), &origins, &destinations, Calibration::Hold(&[0.0, 1.0]), &params);
    assert!(close(held.routes[1].share / held.routes[0].share, odds * 1.0_f64.exp(), 1e-12));
}

#[test]
fn calibrated_shares_are_the_targets_and_capacity_holds() {
    let origins = [terminal("field", ORIGIN, 9000.0), terminal("town", INSIDE, 1000.0)];
    let destinations = [terminal("market", DESTINATION, 4.0), terminal("home", INSIDE, 1.0)];
    for target in [0.1, 0.35, 0.6, 0.9] {
        for capacity in [50.0, 500.0, 2000.0, 1e9] {
            let mut params = params();
            params.choice.green_border_capacity_kg_per_year = capacity;
            params.choice.largest_round_count = 5000;
            let flow = run(&two_ways(), &origins, &destinations, Calibration::Fit(&[target, 1.0 - target]), &params);
            let case = format!("target {target}, capacity {capacity}");
            assert!(flow.calibration_residual <= 1e-6 && flow.capacity_residual <= 1e-4, "{case}: {flow:?}");
            assert!(close(flow.exit_shares[0], target, 2e-6), "{case}: {:?}", flow.exit_shares);
            assert!(close(flow.exit_shares[1], 1.0 - target, 2e-6), "{case}: {:?}", flow.exit_shares);
            assert_eq!(flow.exit_constants[0], 0.0, "{case}: the first group is the reference");
            assert!(!close(flow.uncalibrated_exit_shares[0], target, 1e-3), "{case}: nothing to fit");
            let green = flow.crossing_flow_kg_per_year[GREEN];
            assert!(green <= capacity * (1.0 + 2e-4), "{case}: {green} kg off the road");
            if capacity < 1000.0 {
                assert!(green >= capacity * 0.999, "{case}: the off-road way is the cheapest, so it is full: {green}");
            }
            // supply leaves, demand arrives, nothing is lost on the way
            assert!(close(total(&flow), 10_000.0, 1e-6), "{case}: {}", total(&flow));
            let expected = [-9000.0, 0.0, 0.0, 0.0, 0.0, 8000.0, 0.0, 0.0, 1000.0];
            let found = imbalance(&two_ways().build(), &flow);
            for (node, (found, expected)) in found.iter().zip(expected).enumerate() {
                assert!(close(*found, expected, 1e-4), "{case}: node {node} gains {found}, expected {expected}");
            }
            // the shares of a pair's routes sum to 1 and its routes carry its trips
            for pair in &flow.pairs {
                let routes = || {
                    flow.routes.iter().filter(|route| {
                        (route.origin_ix, route.destination_ix) == (pair.origin_ix, pair.destination_ix)
                    })
                };
                assert!(close(routes().map(|route| route.share).sum(), 1.0, 1e-12), "{case}: {pair:?}");
                let carried: f64 = routes().map(|route| route.flow_kg_per_year).sum();
                assert!(close(carried, pair.flow_kg_per_year, 1e-9 * 10_000.0), "{case}: {pair:?}");
            }
        }
    }
}

#[test]
fn what_stays_in_the_country_is_domestic_and_not_exported() {
    let origins = [terminal("field", ORIGIN, 100.0)];
    let destinations = [terminal("market", DESTINATION, 50.0), terminal("home", INSIDE, 50.0)];
    let flow = run(&two_ways(), &origins, &destinations, Calibration::Fit(&[0.5, 0.5]), &params());
    let domestic: Vec<_> = flow.routes.iter().filter(|route| route.destination_ix == 1).collect();
    assert!(!domestic.is_empty());
    for route in &domestic {
        assert_eq!((route.corridor, route.exit_group), (Corridor::Domestic, None));
        assert!(route.crossing_ixs.is_empty());
    }
    assert!(close(domestic.iter().map(|route| route.flow_kg_per_year).sum(), 50.0, 1e-6));
    // half of the exported half leaves over either group: 25 kg, not 50
    assert!(close(flow.crossing_flow_kg_per_year[EAST], 25.0, 1e-3), "{:?}", flow.crossing_flow_kg_per_year);
    assert!(close(flow.exit_shares.iter().sum(), 1.0, 1e-12));
    for route in flow.routes.iter().filter(|route| route.destination_ix == 0) {
        assert_eq!(route.corridor, Corridor::Local, "ends in Iran without going on: {route:?}");
    }
}

#[test]
fn a_closed_crossing_hands_its_flow_to_the_others() {
    let origins = [terminal("field", ORIGIN, 1000.0)];
    let destinations = [terminal("market", DESTINATION, 1000.0)];
    let mut params = params();
    params.choice.green_border_capacity_kg_per_year = 100.0;
    let open = run(&two_ways(), &origins, &destinations, Calibration::Hold(&[]), &params);
    let flows = &open.crossing_flow_kg_per_year;
    assert!(flows.iter().all(|&kg| kg > 1.0), "all three are used: {flows:?}");
    let mut closed = two_ways();
    closed.crossings[EAST].status = CrossingStatus::Closed;
    let after = run(&closed, &origins, &destinations, Calibration::Hold(&[]), &params);
    assert_eq!(after.crossing_flow_kg_per_year[EAST], 0.0);
    assert!(close(after.crossing_flow_kg_per_year[WEST], 900.0, 1e-2), "{:?}", after.crossing_flow_kg_per_year);
    assert!(close(after.crossing_flow_kg_per_year[GREEN], 100.0, 1e-2), "{:?}", after.crossing_flow_kg_per_year);
    assert!(close(total(&after), 1000.0, 1e-9));
    assert_eq!(after.exit_shares, vec![1.0, 0.0]);
}

#[test]
fn dead_ends_and_far_roads_carry_nothing_and_change_nothing() {
    let (origins, destinations) = ([terminal("field", ORIGIN, 1000.0)], [terminal("market", DESTINATION, 1.0)]);
    let plain = run(&two_ways(), &origins, &destinations, Calibration::Fit(&[0.6, 0.4]), &params());
    let mut draft = two_ways();
    let first_new = draft.links.len();
    for at in 0..9 {
        // a valley with a fork behind every node, and in the end a ring far away
        let valley = [0, 1, 2].map(|ix| draft.node(60.0 + f64::from(ix), 36.0, "AFG"));
        draft.road(at, valley[0], 5.0);
        draft.road(valley[0], valley[1], 5.0);
        draft.road(valley[0], valley[2], 5.0);
    }
    let ring: Vec<u32> = (0..200).map(|ix| draft.node(70.0, 36.0 + f64::from(ix) / 100.0, "AFG")).collect();
    for ix in 0..200 {
        draft.road(ring[ix], ring[(ix + 1) % 200], 50.0);
    }
    draft.road(INSIDE, ring[0], 900.0);
    let found = run(&draft, &origins, &destinations, Calibration::Fit(&[0.6, 0.4]), &params());
    assert_eq!(found.link_flow_kg_per_year[..first_new], plain.link_flow_kg_per_year);
    assert!(found.link_flow_kg_per_year[first_new..].iter().all(|&kg| kg == 0.0));
}

#[test]
fn precursors_are_grouped_by_the_border_they_enter_over() {
    let network = two_ways().build();
    let draft = two_ways();
    let (origins, destinations) = ([terminal("port", DESTINATION, 100.0)], [terminal("laboratory", ORIGIN, 100.0)]);
    let demanded = Demanded {
        commodity: Commodity::Precursors,
        origins: &origins,
        destinations: &destinations,
        calibration: Calibration::Fit(&[0.25, 0.75]),
    };
    let flow = assign(&network, &draft.crossings, &demanded, &vec![0.0; network.link_count()], &params()).unwrap();
    assert!(close(flow.crossing_flow_kg_per_year[EAST], 75.0, 1e-3), "{:?}", flow.crossing_flow_kg_per_year);
    assert!(flow.routes.iter().all(|route| route.exit_group.is_some()));
}

#[test]
fn isolated_origins_are_refused_all_by_name() {
    let mut draft = two_ways();
    let islands = [draft.node(70.0, 36.0, "AFG"), draft.node(71.0, 36.0, "AFG")];
    draft.road(islands[0], islands[1], 10.0);
    let origins =
        [terminal("Badakhshan", islands[0], 1.0), terminal("field", ORIGIN, 1.0), terminal("Kunar", islands[1], 1.0)];
    let destinations = [terminal("market", DESTINATION, 1.0)];
    let error = try_run(&draft, &origins, &destinations, Calibration::Hold(&[]), &params()).unwrap_err();
    assert!(matches!(&error, FlowError::IsolatedOrigins { names, .. } if *names == ["Badakhshan", "Kunar"]), "{error}");
    let text = error.to_string();
    assert!(text.starts_with("F001") && text.contains("Badakhshan") && text.contains("Kunar"), "{text}");
    assert!(!text.contains("field"), "{text}");
    for (origins, destinations) in [(&[][..], &destinations[..]), (&origins[..], &[][..])] {
        let error = try_run(&draft, origins, destinations, Calibration::Hold(&[]), &params()).unwrap_err();
        assert!(error.to_string().starts_with("F002"), "{error}");
    }
    // an unreachable destination is data, not an error: its pair has no cost, no routes and no flow
    let destinations = [terminal("market", DESTINATION, 1.0), terminal("valley", islands[0], 1.0)];
    let flow = run(&draft, &origins[1..2], &destinations, Calibration::Hold(&[]), &params());
    assert_eq!((flow.pairs[1].least_cost_usd, flow.pairs[1].flow_kg_per_year), (None, 0.0));
    assert_eq!(flow.destinations[1].flow_kg_per_year, 0.0);
    assert!(close(total(&flow), 1.0, 1e-12));
}

#[test]
fn doubled_costs_change_no_route_and_no_share() {
    // every part of the cost is a whole number of thousandths, so the doubled one is exact
    let origins = [terminal("field", ORIGIN, 900.0), terminal("town", INSIDE, 100.0)];
    let destinations = [terminal("market", DESTINATION, 3.0), terminal("home", INSIDE, 1.0)];
    let mut params = params();
    params.choice.green_border_capacity_kg_per_year = 120.0;
    let mut doubled = params.clone();
    doubled.cost.opiates.time_value_usd_per_h *= 2.0;
    doubled.cost.opiates.distance_cost_usd_per_km *= 2.0;
    let fit = [0.7, 0.3];
    let single = run(&two_ways(), &origins, &destinations, Calibration::Fit(&fit), &params);
    let double = run(&two_ways(), &origins, &destinations, Calibration::Fit(&fit), &doubled);
    assert_eq!(single.routes.len(), double.routes.len());
    for (one, two) in single.routes.iter().zip(&double.routes) {
        assert_eq!(one.arcs, two.arcs);
        assert!(close(two.cost_usd, 2.0 * one.cost_usd, 1e-9), "{} {}", one.cost_usd, two.cost_usd);
        assert!(close(one.share, two.share, 1e-9), "{} {}", one.share, two.share);
    }
}

#[test]
fn searches_used_again_change_nothing() {
    let draft = two_ways();
    let network = draft.build();
    let (origins, destinations) = ([terminal("field", ORIGIN, 1000.0)], [terminal("market", DESTINATION, 1.0)]);
    let ways = [Commodity::Opiates, Commodity::Precursors];
    let quiet = vec![0.0; network.link_count()];
    let mut risky = quiet.clone();
    risky[WEST] = 0.01;
    let plain = params();
    let mut turned = params();
    turned.exit_groups.reverse();
    let mut elsewhere = params();
    elsewhere.source_country = iso3("IRN");
    let mut fewer = params();
    fewer.alternatives.side_route_count = 0;
    let mut theta = params();
    theta.cost.risk_weight = 1.0;
    theta.cost.precursors = theta.cost.opiates;
    let mut cases = Vec::new();
    for params in [&plain, &turned, &elsewhere, &fewer, &theta] {
        for commodity in ways {
            for hazard in [&quiet, &risky] {
                let demanded = Demanded {
                    commodity,
                    origins: &origins,
                    destinations: &destinations,
                    calibration: Calibration::Hold(&[0.0, 0.3]),
                };
                cases.push((demanded, hazard, params));
            }
        }
    }
    for (first_ix, (first, hazard, params)) in cases.iter().enumerate() {
        let known = assign(&network, &draft.crossings, first, hazard, params).unwrap();
        for (second_ix, (second, hazard, params)) in cases.iter().enumerate() {
            let fresh = assign(&network, &draft.crossings, second, hazard, params).unwrap();
            let again =
                assign_again(&network, &draft.crossings, second, hazard, params, Some(&known.searched)).unwrap();
            assert_eq!(
                format!("{:?}", again.routes),
                format!("{:?}", fresh.routes),
                "case {second_ix} after {first_ix}"
            );
            assert_eq!(again.link_flow_kg_per_year, fresh.link_flow_kg_per_year, "case {second_ix} after {first_ix}");
        }
    }
}

#[test]
fn more_hazard_on_a_crossing_never_draws_flow_to_it() {
    let draft = two_ways();
    let network = draft.build();
    let (origins, destinations) = ([terminal("field", ORIGIN, 1000.0)], [terminal("market", DESTINATION, 1.0)]);
    let params = FlowParams { cost: CostParams::default(), alternatives: AlternativesParams::default(), ..params() };
    for crossing in [WEST, EAST, GREEN] {
        let mut before = f64::INFINITY;
        for hazard in [0.0, 0.001, 0.004, 0.02] {
            let mut hazards = vec![0.0; network.link_count()];
            hazards[crossing] = hazard;
            let demanded = Demanded {
                commodity: Commodity::Opiates,
                origins: &origins,
                destinations: &destinations,
                calibration: Calibration::Hold(&[]),
            };
            let flow = assign(&network, &draft.crossings, &demanded, &hazards, &params).unwrap();
            let here = flow.crossing_flow_kg_per_year[crossing];
            assert!(here < before, "crossing {crossing}, hazard {hazard}: {here} kg after {before} kg");
            before = here;
        }
    }
}
