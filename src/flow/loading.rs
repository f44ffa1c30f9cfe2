//! Loading trips on a plain graph: all on the least route, over k routes by path-size logit, or over all efficient routes.

use super::choice::path_sizes;
use crate::network::{Path, Topology, Ways, k_shortest, least_lengths_from};
use std::collections::BTreeMap;

/// Trips from one node to another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trips {
    /// Where they begin.
    pub from: u32,
    /// Where they end.
    pub to: u32,
    /// How many: the unit of the flows.
    pub count: f64,
}

/// Flows of a loading.
#[derive(Clone, Debug, PartialEq)]
pub struct Loading {
    /// Flow on every arc, in the unit of the trips.
    pub of_arc: Vec<f64>,
    /// Places in the list of the trips that have no route.
    pub unloaded: Vec<usize>,
}

/// Shares of routes by path-size logit: `P_r = exp(-theta c_r) PS_r^beta / sum_s exp(-theta c_s) PS_s^beta`, with `c` the
/// routes' costs and the path sizes of [`path_sizes`] over `length(arc)` (Ben-Akiva & Bierlaire 1999, "Discrete choice methods
/// and their applications to short-term travel decisions"). Shares sum to 1; no route, no share.
#[must_use]
pub fn path_size_shares(
    routes: &[Vec<u32>],
    cost: &[f64],
    length: impl Fn(u32) -> f64,
    theta: f64,
    beta: f64,
) -> Vec<f64> {
    let sizes = path_sizes(routes, length);
    let utility: Vec<f64> = cost.iter().zip(&sizes).map(|(cost, size)| -theta * cost + beta * size.ln()).collect();
    let largest = utility.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = utility.iter().map(|utility| (utility - largest).exp()).collect();
    let total: f64 = weights.iter().sum();
    weights.iter().map(|weight| weight / total).collect()
}

/// All trips of a pair on its least route, the first of [`k_shortest`].
#[must_use]
pub fn load_all_or_nothing(ways: &Ways<'_>, trips: &[Trips]) -> Loading {
    load_k_routes(ways, trips, 1, 0.0, 0.0)
}

/// Trips of each pair over its `route_count` shortest loopless routes by [`path_size_shares`], costs as lengths too.
/// `theta` is a unit of 1 over the unit of `ways`.
#[must_use]
pub fn load_k_routes(ways: &Ways<'_>, trips: &[Trips], route_count: usize, theta: f64, beta: f64) -> Loading {
    let topology = ways.topology();
    let mut loading = Loading { of_arc: vec![0.0; topology.arc_count()], unloaded: Vec::new() };
    for (place, trip) in trips.iter().enumerate() {
        let routes: Vec<Path> = k_shortest(ways, trip.from, trip.to, route_count);
        let arcs: Vec<Vec<u32>> = routes.iter().map(|route| route.arcs.clone()).collect();
        let least = routes.first().map_or(0, |route| route.cost);
        let costs: Vec<f64> = routes.iter().map(|route| (route.cost - least) as f64).collect();
        let step = |arc: u32| ways.out_of(topology.tail(arc)).iter().find(|step| step.arc == arc);
        let length = |arc: u32| step(arc).map_or(0.0, |step| step.cost as f64);
        if routes.is_empty() {
            loading.unloaded.push(place);
        }
        for (share, arcs) in path_size_shares(&arcs, &costs, length, theta, beta).into_iter().zip(&arcs) {
            arcs.iter().for_each(|&arc| loading.of_arc[arc as usize] += share * trip.count);
        }
    }
    loading
}

/// Trips over all efficient routes of each pair by logit, without listing them.
///
/// A route is efficient when every arc leads away from the origin: least cost from it grows (Dial 1971, "A probabilistic
/// multipath traffic assignment model which obviates path enumeration", Transportation Research 5). Over these routes the
/// shares are exactly `exp(-theta c_r) / sum_s exp(-theta c_s)`: the Markovian loading of Akamatsu 1996 ("Cyclic flows, Markov
/// process and stochastic traffic assignment", Transportation Research B 30) on the acyclic graph of efficient arcs, where
/// his system of equations is triangular and one sweep out and one back solve it. Cyclic routes have no share. An arc of
/// cost 0 between nodes of equal least cost is efficient when its head needs more arcs to reach.
/// Likelihoods are taken relative to the least route, so that nothing overflows. `theta`: 1 over the unit of `ways`.
#[must_use]
pub fn load_efficient_routes(ways: &Ways<'_>, trips: &[Trips], theta: f64) -> Loading {
    let topology: &Topology = ways.topology();
    let mut loading = Loading { of_arc: vec![0.0; topology.arc_count()], unloaded: Vec::new() };
    let mut of_origin: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (place, trip) in trips.iter().enumerate() {
        of_origin.entry(trip.from).or_default().push(place);
    }
    for (origin, places) in of_origin {
        let length = least_lengths_from(ways, origin);
        let mut order: Vec<((u64, u32), u32)> =
            (0..).zip(&length).filter_map(|(node, &length)| Some((length?, node))).collect();
        order.sort_unstable();
        let mut arriving = vec![0.0; topology.node_count()];
        for place in places {
            let trip = trips[place];
            if length[trip.to as usize].is_none() {
                loading.unloaded.push(place);
            } else if trip.to != origin {
                arriving[trip.to as usize] += trip.count;
            }
        }
        let likelihood = |tail: u32, head: u32, step: u64| match (length[tail as usize], length[head as usize]) {
            (Some(from), Some(to)) if to.0 > from.0 || (step == 0 && to > from) => {
                (-theta * (from.0 + step - to.0) as f64).exp()
            }
            _ => 0.0,
        };
        let mut weight = vec![0.0; topology.node_count()];
        weight[origin as usize] = 1.0;
        for &(_, node) in &order {
            for step in ways.out_of(node) {
                weight[step.node as usize] += weight[node as usize] * likelihood(node, step.node, step.cost);
            }
        }
        for &(_, node) in order.iter().rev() {
            let trips_here = arriving[node as usize];
            if trips_here == 0.0 || node == origin {
                continue;
            }
            for step in ways.into_node(node) {
                let before = step.node as usize;
                let part = weight[before] * likelihood(step.node, node, step.cost) / weight[node as usize];
                loading.of_arc[step.arc as usize] += part * trips_here;
                arriving[before] += part * trips_here;
            }
        }
    }
    loading.unloaded.sort_unstable();
    loading
}
