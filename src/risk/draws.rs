//! Hazards drawn from their posterior.
//!
//! Each segment's rate is drawn from its own gamma posterior by inversion of one uniform number, so that runs with the
//! same numbers differ by nothing but what is compared (common random numbers). Given the priors, which empirical Bayes
//! takes as known, segments are independent.

use super::estimate::gamma_quantile;
use super::{Risk, RiskParams, Segments};
use crate::network::Network;
use crate::records::Crossing;

/// How a rate is distributed, given the records.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RateModel {
    /// Gamma; draws above `at_most` are held at it, as the estimate is.
    Gamma {
        /// Shape.
        shape: f64,
        /// Rate (inverse scale).
        rate: f64,
        /// Largest value allowed.
        at_most: f64,
    },
    /// Any value from 0 to `high` alike: an assumption, the same draw for all segments of a commodity.
    Uniform {
        /// Highest value.
        high: f64,
    },
}

impl RateModel {
    /// The value below which it lies with `probability`, 0 < probability < 1.
    #[must_use]
    pub fn quantile(&self, probability: f64) -> f64 {
        match *self {
            Self::Gamma { shape, rate, at_most } => gamma_quantile(shape, rate, probability).min(at_most),
            Self::Uniform { high } => high * probability,
        }
    }
}

/// The distributions behind a [`Risk`].
#[derive(Clone, Debug, PartialEq)]
pub struct RateModels {
    /// Rate of each segment, per consignment-km.
    pub segments: Vec<RateModel>,
    /// Hazard of each crossing that has one of its own, per traversal.
    pub crossings: Vec<Option<RateModel>>,
}

/// What a uniform number is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Drawn {
    /// The rate of a segment.
    Segment(usize),
    /// The hazard of a crossing of its own.
    Crossing(usize),
    /// The assumed rate of all segments.
    Assumed,
}

impl Risk {
    /// Hazard of each link in one draw; `uniform` gives a number between 0 and 1, both ends excluded.
    #[must_use]
    pub fn drawn_link_hazard(
        &self,
        network: &Network,
        crossings: &[Crossing],
        segments: &Segments,
        params: &RiskParams,
        uniform: impl Fn(Drawn) -> f64,
    ) -> Vec<f64> {
        let rates: Vec<f64> = (self.models.segments.iter().enumerate())
            .map(|(segment, model)| match model {
                RateModel::Uniform { .. } => model.quantile(uniform(Drawn::Assumed)),
                RateModel::Gamma { .. } => model.quantile(uniform(Drawn::Segment(segment))),
            })
            .collect();
        let mut hazard = segments.link_hazard(network, params, |segment| rates[segment]);
        for (ix, (crossing, model)) in crossings.iter().zip(&self.models.crossings).enumerate() {
            if let (Some(link), Some(model)) = (crossing.link_ix, model) {
                hazard[link as usize] = model.quantile(uniform(Drawn::Crossing(ix)));
            }
        }
        hazard
    }
}
