//! Evasion probabilities as costs, so that the most reliable route is a shortest one.

use super::graph::CLOSED;
use thiserror::Error;

/// Units of cost in one nat: the fixed-point scale of `-ln p`.
pub const PER_NAT: f64 = 1e8;

/// A probability that is none.
#[derive(Clone, Debug, PartialEq, Error)]
#[error(
    "N003: arc {arc}: found the evasion probability {found}; expected a number from 0 (closed) to 1, and not below 2.3e-19 unless 0"
)]
pub struct BadProbability {
    /// The arc.
    pub arc: usize,
    /// What was found.
    pub found: f64,
}

/// Arc costs of which the shortest route is the most reliable one: `round(-ln p * 10^8)` for each evasion probability `p`;
/// 0 is a closed arc.
///
/// The product of probabilities along a route is `exp(-cost / 10^8)`, its relative error at most 5e-9 an arc; routes
/// whose products differ by less are ties.
///
/// # Errors
/// Every probability that is NaN, below 0, above 1, or too small for a cost (below 2.3e-19), with its arc.
pub fn evasion_costs(probabilities: &[f64]) -> Result<Vec<u32>, Vec<BadProbability>> {
    let mut bad = Vec::new();
    let cost = |(arc, &found): (usize, &f64)| {
        if found == 0.0 {
            return CLOSED;
        }
        let cost = (-found.ln() * PER_NAT).round().abs();
        if (0.0..=1.0).contains(&found) && cost < f64::from(CLOSED) {
            return cost as u32;
        }
        bad.push(BadProbability { arc, found });
        CLOSED
    };
    let costs = probabilities.iter().enumerate().map(cost).collect();
    if bad.is_empty() { Ok(costs) } else { Err(bad) }
}

/// The product of evasion probabilities behind a cost of [`evasion_costs`].
#[must_use]
pub fn evasion_of(cost: u64) -> f64 {
    (-(cost as f64) / PER_NAT).exp()
}
