//! Probability that a consignment is interdicted on its route.

use super::Interval;
use crate::flow::Route;
use crate::network::Network;
use crate::parallel::map_in_order;
use crate::units::Probability;

/// Risk of one route.
#[derive(Clone, Copy, Debug)]
pub struct RouteRisk {
    /// Expected interdictions of a consignment, `sum h_a`.
    pub hazard: Interval,
    /// `1 - exp(-sum h_a)`.
    pub interdiction_probability: Interval,
}

impl RouteRisk {
    /// `exp(-sum h_a)`.
    #[must_use]
    pub fn evasion_probability(&self) -> f64 {
        1.0 - self.interdiction_probability.estimate
    }
}

/// Risk of every route. The interval adds up the ends of the segments' intervals: it holds at least the stated
/// probability when segments err together, and more when they do not.
#[must_use]
pub fn route_risks(network: &Network, routes: &[Route], hazard: &[f64], low: &[f64], high: &[f64]) -> Vec<RouteRisk> {
    map_in_order(routes, |route| {
        // + 0.0: the sum of nothing is -0.0
        let along =
            |of_link: &[f64]| route.arcs.iter().map(|&arc| of_link[network.link(arc) as usize]).sum::<f64>() + 0.0;
        let hazard = Interval { estimate: along(hazard), low: along(low), high: along(high) };
        let probability = |hazard| Probability::from_hazard(hazard).value();
        RouteRisk {
            hazard,
            interdiction_probability: Interval {
                estimate: probability(hazard.estimate),
                low: probability(hazard.low),
                high: probability(hazard.high),
            },
        }
    })
}
