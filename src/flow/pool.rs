//! Routes found under several sets of costs, to choose from under further ones without searching.
//!
//! Under new costs each pair keeps, of all routes ever found for it, those that a search would keep: the cheapest, then by
//! cost those that differ enough from the cheaper ones kept, the cheapest over each first-crossing group not yet
//! present, and the cheapest over each of a few off-road arcs ([`crate::network::alternatives()`], same limits). A
//! route that no search of the pool found is missed.

use super::{Route, Searched, path_sizes};
use crate::network::{AlternativesParams, Network};
use crate::parallel::map_in_order_with;
use crate::records::Mode;
use crate::units::Cost;
use std::sync::Arc;

/// Most routes that are compared for their overlap.
const LARGEST_ROUTE_COUNT: usize = 64;

/// A route of the pool.
#[derive(Debug)]
struct Pooled {
    route: Route,
    links: Vec<u32>,
    /// The first off-road link it takes.
    side: Option<u32>,
}

/// All routes of several searches over the same pairs.
#[derive(Debug)]
pub struct RoutePool {
    first: Arc<Searched>,
    routes_of_pair: Vec<Vec<Pooled>>,
}

impl RoutePool {
    /// The routes of one search.
    #[must_use]
    pub fn new(network: &Network, search: &Arc<Searched>) -> Self {
        let mut pool = Self {
            first: Arc::clone(search),
            routes_of_pair: search.routes_of_pair.iter().map(|_| Vec::new()).collect(),
        };
        pool.add(network, search);
        pool
    }

    /// Adds the routes of a search of the same trips that are not in the pool yet.
    pub fn add(&mut self, network: &Network, search: &Searched) {
        for (pooled, routes) in self.routes_of_pair.iter_mut().zip(&search.routes_of_pair) {
            for route in routes {
                if let Err(at) = pooled.binary_search_by(|known| known.route.arcs.cmp(&route.arcs)) {
                    pooled.insert(at, Pooled::new(network, route));
                }
            }
        }
    }

    /// Routes in the pool.
    #[must_use]
    pub fn route_count(&self) -> usize {
        self.routes_of_pair.iter().map(Vec::len).sum()
    }

    /// What a search at these costs of the arcs would keep.
    pub(super) fn at_costs(&self, network: &Network, costs: Vec<u32>) -> Searched {
        let params = &self.first.alternatives;
        let scratch = || Scratch { takers_of_link: vec![0; network.link_count()], touched: Vec::new() };
        let pairs: Vec<usize> = (0..self.routes_of_pair.len()).collect();
        let chosen = map_in_order_with(&pairs, scratch, |scratch, &pair| {
            let (least, routes) = select(&self.routes_of_pair[pair], network, &costs, params, scratch);
            // a pair that no search could reach without off-road arcs stays unreachable
            (self.first.least_cost[pair].and(least), routes)
        });
        let (least_cost, routes_of_pair) = chosen.into_iter().unzip();
        Searched {
            time_h: self.first.time_h.clone(),
            costs,
            nodes: self.first.nodes.clone(),
            alternatives: params.clone(),
            exits: self.first.exits.clone(),
            least_cost,
            routes_of_pair,
        }
    }
}

impl Pooled {
    fn new(network: &Network, route: &Route) -> Self {
        let links: Vec<u32> = route.arcs.iter().map(|&arc| network.link(arc)).collect();
        let side = links.iter().copied().find(|&link| network.mode(link) == Mode::Green);
        Self { route: route.clone(), links, side }
    }
}

/// Which kept routes take each link, one bit a route.
struct Scratch {
    takers_of_link: Vec<u64>,
    touched: Vec<u32>,
}

impl Scratch {
    fn mark(&mut self, links: &[u32], route: usize) {
        for &link in links {
            self.takers_of_link[link as usize] |= 1 << route;
            self.touched.push(link);
        }
    }

    fn largest_shared_cost(&self, pooled: &Pooled, costs: &[u32]) -> u64 {
        let mut shared = [0_u64; LARGEST_ROUTE_COUNT];
        for (&link, &arc) in pooled.links.iter().zip(&pooled.route.arcs) {
            let mut takers = self.takers_of_link[link as usize];
            while takers != 0 {
                shared[takers.trailing_zeros() as usize] += u64::from(costs[arc as usize]);
                takers &= takers - 1;
            }
        }
        shared.into_iter().max().unwrap_or(0)
    }

    fn clear(&mut self) {
        for link in self.touched.drain(..) {
            self.takers_of_link[link as usize] = 0;
        }
    }
}

/// The least cost without off-road arcs, and the routes kept, cheapest first.
fn select(
    pool: &[Pooled],
    network: &Network,
    costs: &[u32],
    params: &AlternativesParams,
    scratch: &mut Scratch,
) -> (Option<f64>, Vec<Route>) {
    let cost = |pooled: &Pooled| -> u64 { pooled.route.arcs.iter().map(|&arc| u64::from(costs[arc as usize])).sum() };
    let mut all: Vec<(u64, &Pooled)> = pool.iter().map(|pooled| (cost(pooled), pooled)).collect();
    all.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.route.arcs.cmp(&b.1.route.arcs)));
    let plain = || all.iter().filter(|(_, pooled)| pooled.side.is_none());
    let Some(&(best, _)) = plain().next() else { return (None, Vec::new()) };
    let within = |stretch: f64| (best as f64 * stretch) as u64;
    let most = (params.route_count as usize).clamp(1, LARGEST_ROUTE_COUNT);
    let mut kept: Vec<(u64, &Pooled)> = Vec::new();
    for &(cost, pooled) in plain().take_while(|(cost, _)| *cost <= within(params.largest_stretch)) {
        if kept.len() >= most {
            break;
        }
        let shared = scratch.largest_shared_cost(pooled, costs);
        if kept.is_empty() || shared as f64 <= params.largest_overlap_share * cost as f64 {
            scratch.mark(&pooled.links, kept.len());
            kept.push((cost, pooled));
        }
    }
    scratch.clear();
    for &(cost, pooled) in plain().take_while(|(cost, _)| *cost <= within(params.largest_group_stretch)) {
        let group = pooled.route.exit_group;
        if group.is_some() && kept.iter().all(|(_, other)| other.route.exit_group != group) {
            kept.push((cost, pooled));
        }
    }
    let mut sides: Vec<Option<u32>> = Vec::new();
    for &(cost, pooled) in all.iter().filter(|(_, pooled)| pooled.side.is_some()) {
        let is_near = cost <= within(params.largest_stretch) && sides.len() < params.side_route_count as usize;
        if is_near && !sides.contains(&pooled.side) {
            sides.push(pooled.side);
            kept.push((cost, pooled));
        }
    }
    kept.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.route.arcs.cmp(&b.1.route.arcs)));
    let links: Vec<Vec<u32>> = kept.iter().map(|(_, pooled)| pooled.links.clone()).collect();
    let sizes = path_sizes(&links, |link| network.length_km(link));
    let routes = kept.iter().zip(sizes).map(|((cost, pooled), path_size)| Route {
        cost_usd: Cost(*cost).usd(),
        path_size,
        ..pooled.route.clone()
    });
    (Some(Cost(best).usd()), routes.collect())
}
