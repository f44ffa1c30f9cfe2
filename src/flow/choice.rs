//! How consignments choose among the routes of a pair: path-size logit, calibrated and capacity-constrained.
//!
//! Share of route r: `P_r = exp(V_r) / sum exp(V_s)`, `V_r = -mu (c_r - c_min) / c_min + beta ln PS_r + k_g(r) +
//! sum over its off-road arcs ln m_a`. Path size `PS_r = sum_a (l_a / L_r) / N_a`, `N_a` = routes of the pair that use
//! link a (Ben-Akiva & Bierlaire 1999, "Discrete choice methods and their applications to short-term travel
//! decisions"). Constants `k` fit published shares of flow; multipliers `m <= 1` hold off-road arcs under capacity: the
//! shadow prices of a capacity-constrained logit (Bell 1995, "Stochastic user equilibrium assignment in networks with
//! queues", Transportation Research B 29).

use super::{Calibration, Pair, Route};
use crate::network::Network;
use crate::records::Mode;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Parameters of the route choice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ChoiceParams {
    /// Mu: sensitivity to cost relative to the pair's cheapest route (assumption).
    pub cost_sensitivity: f64,
    /// Beta of the path-size term.
    pub path_size_weight: f64,
    /// Most flow an off-road border arc carries, kg a year (assumption).
    pub green_border_capacity_kg_per_year: f64,
    /// Most rounds of fitting.
    pub largest_round_count: u32,
}

impl Default for ChoiceParams {
    fn default() -> Self {
        Self {
            cost_sensitivity: 6.0,
            path_size_weight: 1.0,
            green_border_capacity_kg_per_year: 2000.0,
            largest_round_count: 400,
        }
    }
}

/// Path size of each of the routes of one pair, given as the links of each.
#[must_use]
pub fn path_sizes(routes: &[Vec<u32>], length_km: impl Fn(u32) -> f64) -> Vec<f64> {
    let mut users: Vec<u32> = routes.iter().flatten().copied().collect();
    users.sort_unstable();
    let user_count = |link: u32| {
        let first = users.partition_point(|&user| user < link);
        users[first..].iter().take_while(|&&user| user == link).count() as f64
    };
    let size_of = |links: &Vec<u32>| {
        let total: f64 = links.iter().map(|&link| length_km(link)).sum();
        if total <= 0.0 {
            return 1.0;
        }
        links.iter().map(|&link| length_km(link) / total / user_count(link)).sum()
    };
    routes.iter().map(size_of).collect()
}

/// The routes of all pairs, pair by pair.
pub(super) struct Sets<'a> {
    params: &'a ChoiceParams,
    routes: Vec<Route>,
    /// `(first route, end, flow of the pair)`.
    spans: Vec<(usize, usize, f64)>,
    /// Cost and path-size terms of the utility.
    utility: Vec<f64>,
    /// Off-road links each route takes, as positions in `green_multipliers`.
    green_of_route: Vec<Vec<u32>>,
    green_multipliers: Vec<f64>,
}

/// Result of [`Sets::calibrate`].
pub(super) struct Fit {
    pub shares: Vec<f64>,
    pub constants: Vec<f64>,
    pub residual: f64,
    pub capacity_residual: f64,
}

/// Shares are met to this accuracy.
const TOLERANCE: f64 = 1e-6;

/// Capacities are met to this relative accuracy.
const CAPACITY_TOLERANCE: f64 = 1e-4;

impl<'a> Sets<'a> {
    pub fn new(network: &Network, pairs: &[Pair], routes_of_pair: &[Vec<Route>], params: &'a ChoiceParams) -> Self {
        let mut sets = Self {
            params,
            routes: Vec::new(),
            spans: Vec::new(),
            utility: Vec::new(),
            green_of_route: Vec::new(),
            green_multipliers: Vec::new(),
        };
        let mut green_ix: BTreeMap<u32, u32> = BTreeMap::new();
        for (pair, routes) in pairs.iter().zip(routes_of_pair) {
            let routes: &[Route] = if pair.flow_kg_per_year > 0.0 { routes } else { &[] };
            let cheapest = routes.iter().map(|route| route.cost_usd).fold(f64::INFINITY, f64::min);
            for route in routes {
                let excess = if cheapest > 0.0 { route.cost_usd / cheapest - 1.0 } else { 0.0 };
                sets.utility.push(-params.cost_sensitivity * excess + params.path_size_weight * route.path_size.ln());
                let links = route.arcs.iter().map(|&arc| network.link(arc));
                let green = links.filter(|&link| network.mode(link) == Mode::Green).map(|link| {
                    let next = green_ix.len() as u32;
                    *green_ix.entry(link).or_insert(next)
                });
                sets.green_of_route.push(green.collect());
            }
            let first = sets.routes.len();
            sets.routes.extend_from_slice(routes);
            sets.spans.push((first, sets.routes.len(), pair.flow_kg_per_year));
        }
        sets.green_multipliers = vec![1.0; green_ix.len()];
        sets
    }

    /// Loads the routes under the group constants.
    fn spread(&mut self, constants: &[f64]) {
        let green_utility: Vec<f64> = self.green_multipliers.iter().map(|multiplier| multiplier.ln()).collect();
        let mut weights = Vec::new();
        for &(first, end, flow_kg_per_year) in &self.spans {
            weights.clear();
            weights.extend((first..end).map(|route| {
                let group = self.routes[route].exit_group.and_then(|group| constants.get(group as usize));
                let green: f64 = self.green_of_route[route].iter().map(|&arc| green_utility[arc as usize]).sum();
                self.utility[route] + group.copied().unwrap_or(0.0) + green
            }));
            let largest = weights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            weights.iter_mut().for_each(|weight| *weight = (*weight - largest).exp());
            let total: f64 = weights.iter().sum();
            for (route, weight) in self.routes[first..end].iter_mut().zip(&weights) {
                route.share = weight / total;
                route.flow_kg_per_year = route.share * flow_kg_per_year;
            }
        }
    }

    /// Share of exported flow by group.
    fn exit_shares(&self, group_count: usize) -> Vec<f64> {
        let mut flow = vec![0.0; group_count];
        for route in &self.routes {
            if let Some(group) = route.exit_group {
                flow[group as usize] += route.flow_kg_per_year;
            }
        }
        let total: f64 = flow.iter().sum();
        flow.iter().map(|part| if total > 0.0 { part / total } else { 0.0 }).collect()
    }

    /// Flow over capacity of the off-road arcs, largest relative excess; tightens the multipliers.
    fn tighten(&mut self) -> f64 {
        let mut flow = vec![0.0; self.green_multipliers.len()];
        for (route, green) in self.routes.iter().zip(&self.green_of_route) {
            for &arc in green {
                flow[arc as usize] += route.flow_kg_per_year;
            }
        }
        let capacity = self.params.green_border_capacity_kg_per_year;
        let mut excess = 0.0_f64;
        for (multiplier, flow) in self.green_multipliers.iter_mut().zip(flow) {
            if flow > 0.0 {
                excess = excess.max(flow / capacity - 1.0);
                *multiplier = (*multiplier * capacity / flow).clamp(1e-12, 1.0);
            }
        }
        excess
    }

    /// Loads without constants and notes the shares as uncalibrated.
    pub fn load(&mut self, constants: &[f64], group_count: usize) -> Vec<f64> {
        for _ in 0..self.params.largest_round_count {
            self.spread(constants);
            if self.tighten() <= CAPACITY_TOLERANCE {
                break;
            }
        }
        self.spread(constants);
        for route in &mut self.routes {
            route.uncalibrated_share = route.share;
        }
        self.exit_shares(group_count)
    }

    /// Fits one constant for each group but the first to the target shares of exported flow (or holds given ones), and
    /// the multipliers to the capacities.
    pub fn calibrate(&mut self, calibration: Calibration<'_>, group_count: usize) -> Fit {
        let (mut constants, targets) = match calibration {
            Calibration::Fit(targets) => (vec![0.0; group_count], targets),
            Calibration::Hold(constants) => (constants.to_vec(), [].as_slice()),
        };
        constants.resize(group_count, 0.0);
        let mut fit = Fit { shares: Vec::new(), constants: Vec::new(), residual: 0.0, capacity_residual: 0.0 };
        for _ in 0..self.params.largest_round_count {
            self.spread(&constants);
            fit.shares = self.exit_shares(group_count);
            fit.constants.clone_from(&constants);
            let errors = fit.shares.iter().zip(targets).map(|(share, target)| (share - target).abs());
            fit.residual = errors.fold(0.0, f64::max);
            fit.capacity_residual = self.tighten();
            if fit.residual <= TOLERANCE && fit.capacity_residual <= CAPACITY_TOLERANCE {
                break;
            }
            for ((constant, share), target) in constants.iter_mut().zip(&fit.shares).zip(targets) {
                if *share > 0.0 && *target > 0.0 {
                    *constant += (target / share).ln();
                }
            }
            if !targets.is_empty() {
                let reference = constants.first().copied().unwrap_or(0.0);
                constants.iter_mut().for_each(|constant| *constant -= reference);
            }
        }
        fit
    }

    pub fn into_routes(self) -> Vec<Route> {
        self.routes
    }
}
