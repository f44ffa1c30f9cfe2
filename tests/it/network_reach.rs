//! Posts in reach and nearest nodes against brute force.

use crate::network_fixture::{Draft, random_draft};
use crate::network_trees::bellman_ford;
use crate::random::Random;
use corridor::flow::{CostParams, commodity_costs_usd};
use corridor::geodesy::{LonLat, distance_km};
use corridor::network::{
    CLOSED, Components, Hierarchy, LinkIndex, Network, SnapIndex, Topology, Ways, cheapest_route, k_shortest,
    posts_within,
};
use corridor::records::{Commodity, CrossingStatus, Link, Mode};

/// Microhours along every arc an office may drive: roads and railways only.
fn driving(network: &Network) -> Vec<u32> {
    (0..network.arc_count() as u32)
        .map(|arc| {
            let link = network.link(arc);
            let may_drive = matches!(network.mode(link), Mode::Road | Mode::Rail) && !network.is_closed(link);
            if may_drive { (network.time_h(link) * 1e6).round() as u32 } else { CLOSED }
        })
        .collect()
}

fn brute_force(draft: &Draft, network: &Network, radius_h: f64) -> Vec<Vec<(u32, f64)>> {
    let costs = driving(network);
    let posts: Vec<Option<u32>> = draft
        .crossings
        .iter()
        .flat_map(|crossing| [0, 1].map(|side| crossing.post_ixs.map(|nodes| nodes[side])))
        .collect();
    let from = |&post: &Option<u32>| {
        let Some(root) = post else { return Vec::new() };
        let cost = bellman_ford(network, &costs, root);
        let reached = posts.iter().enumerate().filter_map(|(ix, &post)| {
            let microhours = cost[post? as usize];
            (microhours != u64::MAX && microhours <= (radius_h * 1e6).round() as u64)
                .then(|| (ix as u32, microhours as f64 / 1e6))
        });
        reached.collect()
    };
    posts.iter().map(from).collect()
}

#[test]
fn posts_within_matches_brute_force() {
    let mut pair_count = 0;
    for seed in 0..1500 {
        let mut random = Random(seed);
        let mut draft = random_draft(&mut random, 10, 24);
        for crossing in &mut draft.crossings {
            if random.below(6) == 0 {
                crossing.post_ixs = None;
            }
        }
        let network = draft.build();
        // 0.02 h = 1 km, 0.04 h = 2 km, ...: limits that are met exactly are among them
        for radius_h in [0.0, 0.02, 0.04, 0.3, 2.0, 24.0, 1e4, f64::INFINITY] {
            let found = posts_within(&network, &draft.crossings, radius_h);
            let expected = brute_force(&draft, &network, radius_h);
            assert_eq!(found, expected, "seed {seed}, radius {radius_h} h\n{draft:#?}");
            pair_count += found.iter().map(Vec::len).sum::<usize>();
        }
    }
    assert!(pair_count > 10_000, "{pair_count} pairs are too few to tell");
}

#[test]
fn no_border_is_crossed_however_long_it_takes() {
    // 4295 hours is the longest time an arc holds: a border must be closed, not long
    for mode in [Mode::Crossing, Mode::Green, Mode::Ferry, Mode::Sea] {
        let mut draft = Draft::default();
        let posts = [draft.node(61.0, 34.0, "AFG"), draft.node(61.1, 34.0, "IRN")];
        let link = draft.link(posts[0], posts[1], mode, 1.0, 0.1);
        draft.crossing_on("x", posts, link, Mode::Road, CrossingStatus::Open);
        for radius_h in [1.0, 4000.0, 5000.0, 1e6] {
            let found = posts_within(&draft.build(), &draft.crossings, radius_h);
            assert_eq!(found, vec![vec![(0, 0.0)], vec![(1, 0.0)]], "{mode}, {radius_h} h");
        }
    }
}

#[test]
fn snapping_finds_the_nearest_node_of_the_main_component() {
    let mut refused_count = 0;
    for seed in 0..300 {
        let mut random = Random(seed);
        let mut draft = random_draft(&mut random, 40, 60);
        // anywhere on the globe, many near the poles and the date line
        let anywhere = |random: &mut Random| LonLat {
            lon: if random.below(4) == 0 {
                random.pick(&[-180.0, 180.0, 179.9, -179.9])
            } else {
                360.0 * random.unit() - 180.0
            },
            lat: if random.below(4) == 0 { random.pick(&[-90.0, 90.0, 89.5]) } else { 180.0 * random.unit() - 90.0 },
        };
        if seed % 2 == 0 {
            for node in &mut draft.nodes {
                node.position = anywhere(&mut random);
            }
        }
        let network = draft.build();
        let components = Components::of(&network);
        let snap = SnapIndex::new(&network, &components);
        for _ in 0..40 {
            let at = anywhere(&mut random);
            let nearest_km = (0..network.node_count() as u32)
                .filter(|&node| components.of_node[node as usize] == components.main)
                .map(|node| distance_km(at, network.position(node)))
                .fold(f64::INFINITY, f64::min);
            let found = snap.snap(&network, at, 1e9).unwrap();
            // 2 mm: what is left of a chord of the unit sphere in double precision
            assert!((found.distance_km - nearest_km).abs() < 2e-6, "seed {seed}, {at:?}: {found:?}, {nearest_km} km");
            assert_eq!(components.of_node[found.node as usize], components.main, "seed {seed}, {at:?}");
            assert_eq!(found.distance_km, distance_km(at, network.position(found.node)), "seed {seed}");
            let radius_km = 4000.0;
            let within = snap.snap(&network, at, radius_km);
            assert_eq!(within.is_some(), found.distance_km <= radius_km, "seed {seed}, {at:?}");
            refused_count += usize::from(within.is_none());
        }
    }
    assert!(refused_count > 100, "{refused_count} positions out of radius are too few to tell");
}

/// Points along the shorter great-circle arc between two positions, `count + 1` of them.
fn along(a: LonLat, b: LonLat, count: u32) -> Vec<LonLat> {
    let on_sphere = |at: LonLat| {
        let ((sin_lat, cos_lat), (sin_lon, cos_lon)) = (at.lat.to_radians().sin_cos(), at.lon.to_radians().sin_cos());
        [cos_lat * cos_lon, cos_lat * sin_lon, sin_lat]
    };
    let (u, v) = (on_sphere(a), on_sphere(b));
    let angle = (0..3).map(|axis| u[axis] * v[axis]).sum::<f64>().clamp(-1.0, 1.0).acos();
    let at = |step: u32| {
        let part = f64::from(step) / f64::from(count);
        let (p, q) =
            if angle < 1e-9 { (1.0 - part, part) } else { (((1.0 - part) * angle).sin(), (part * angle).sin()) };
        let [x, y, z] = [0, 1, 2].map(|axis| p * u[axis] + q * v[axis]);
        LonLat { lon: y.atan2(x).to_degrees(), lat: z.atan2(x.hypot(y)).to_degrees() }
    };
    (0..=count).map(at).collect()
}

#[test]
fn snapping_finds_the_nearest_link_however_long_and_bent() {
    const STEPS: u32 = 200;
    let (mut inner_count, mut bent_count) = (0, 0);
    for seed in 0..60 {
        let mut random = Random(seed);
        let mut draft = random_draft(&mut random, 30, 40);
        // every other case far apart: arcs rise high above their chords
        let spread = if seed % 2 == 0 { 1.0 } else { 0.02 };
        let mut anywhere =
            || LonLat { lon: (340.0 * random.unit() - 170.0) * spread, lat: (170.0 * random.unit() - 85.0) * spread };
        draft.nodes.iter_mut().for_each(|node| node.position = anywhere());
        for link in draft.links.iter_mut().step_by(3) {
            link.inner_vertices = vec![anywhere(), anywhere()];
        }
        let wanted: Vec<LonLat> = (0..20).map(|_| anywhere()).collect();
        let network = draft.build();
        let components = Components::of(&network);
        let index = LinkIndex::new(&network, &draft.links, &components);
        let is_joined = |&(ix, link): &(u32, &Link)| {
            !network.is_closed(ix)
                && matches!(link.mode, Mode::Road | Mode::Rail | Mode::Ferry | Mode::Port)
                && components.of_node[link.from_ix as usize] == components.main
        };
        for at in wanted {
            let (mut least_km, mut step_km) = (f64::INFINITY, 0.0);
            for (_, link) in (0..).zip(&draft.links).filter(is_joined) {
                let mut line = vec![network.position(link.from_ix)];
                line.extend(&link.inner_vertices);
                line.push(network.position(link.to_ix));
                for piece in line.windows(2) {
                    let points = along(piece[0], piece[1], STEPS);
                    let near_km = points.iter().map(|&point| distance_km(at, point)).fold(f64::INFINITY, f64::min);
                    if near_km < least_km {
                        (least_km, step_km) = (near_km, distance_km(points[0], points[1]));
                    }
                }
            }
            let Some(found) = index.nearest(&network, &draft.links, (at, f64::INFINITY), |_, _| true) else {
                assert_eq!(least_km, f64::INFINITY, "seed {seed}");
                continue;
            };
            assert!(found.distance_km < least_km + 1e-6, "seed {seed}, {at:?}: {found:?}, {least_km} km");
            assert!(found.distance_km > least_km - step_km - 1e-6, "seed {seed}, {at:?}: {found:?}, {least_km} km");
            let link = &draft.links[found.link as usize];
            assert!(
                is_joined(&(found.link, link)) && [link.from_ix, link.to_ix].contains(&found.node),
                "seed {seed}: {found:?}"
            );
            assert_eq!(found.node_distance_km, distance_km(at, network.position(found.node)), "seed {seed}");
            inner_count += usize::from(found.distance_km < found.node_distance_km - 1.0);
            bent_count += usize::from(!link.inner_vertices.is_empty());
        }
    }
    assert!(inner_count > 300 && bent_count > 300, "{inner_count}, {bent_count}: too easy");
}

#[test]
fn the_route_read_off_a_sweep_is_the_first_of_the_k_shortest() {
    let (mut route_count, mut none_count) = (0, 0);
    for seed in 0..1500 {
        let mut random = Random(seed);
        let node_count = 1 + random.below(24);
        let ends: Vec<(u32, u32)> =
            (0..random.below(90)).map(|_| (random.below(node_count), random.below(node_count))).collect();
        let (topology, _) = Topology::new(node_count as usize, &ends);
        // few different costs, 0 among them: many ties, and rounds that cost nothing
        let costs: Vec<u32> = ends.iter().map(|_| random.pick(&[0, 0, 1, 1, 2, 3, CLOSED])).collect();
        let ways = Ways::new(&topology, &costs);
        let hierarchy = Hierarchy::build(&topology, None).unwrap();
        let metric = hierarchy.customise(&costs).unwrap();
        for _ in 0..8 {
            let (from, to) = (random.below(node_count), random.below(node_count));
            let found = cheapest_route(&ways, &metric.costs_to(&[to]).row(0), from, to);
            let expected = k_shortest(&ways, from, to, 1).into_iter().next();
            assert_eq!(found, expected, "seed {seed}, {from} to {to}: {ends:?} {costs:?}");
            *if found.is_some() { &mut route_count } else { &mut none_count } += 1;
        }
    }
    assert!(route_count > 3000 && none_count > 1000, "{route_count} routes, {none_count} without");
}

#[test]
fn a_crossing_closed_to_a_commodity_is_closed_to_it_alone() {
    let mut draft = Draft::default();
    let posts = [draft.node(61.0, 34.0, "AFG"), draft.node(61.1, 34.0, "IRN")];
    draft.crossing("one", posts, Mode::Road, CrossingStatus::Open);
    let road = draft.link(posts[0], posts[1], Mode::Road, 9.0, 0.2);
    for closed_to in [None, Some(Commodity::Opiates), Some(Commodity::Precursors)] {
        draft.crossings[0].closed_to = closed_to;
        let network = draft.build();
        let hazard = vec![0.0; network.link_count()];
        for &commodity in Commodity::ALL {
            let costs = commodity_costs_usd(&network, &draft.crossings, &hazard, commodity, &CostParams::default());
            for arc in 0..network.arc_count() as u32 {
                let is_closed = network.link(arc) != road && closed_to == Some(commodity);
                assert_eq!(costs[arc as usize] == CLOSED, is_closed, "{closed_to:?} {commodity} {arc}");
            }
        }
    }
}
