//! Rates with intervals: Poisson and gamma-Poisson.
//!
//! Poisson interval: Garwood 1936, "Fiducial limits for the Poisson distribution", Biometrika 28. Empirical Bayes:
//! Clayton & Kaldor 1987, "Empirical Bayes estimates of age-standardized relative risks", Biometrics 43.
//! Symbols: `n` cases, `e` exposure, prior rate ~ Gamma(shape, rate).

use super::segments::Segments;
use crate::records::Iso3;
use statrs::distribution::{ContinuousCDF, Gamma};
use statrs::function::gamma::ln_gamma;
use std::collections::BTreeMap;

/// An estimate with the ends of its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Estimate.
    pub estimate: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Interval {
    /// Estimate and lower end held at `largest`; the upper end stays, so that the doubt is not hidden.
    #[must_use]
    pub fn at_most(self, largest: f64) -> Self {
        Self { estimate: self.estimate.min(largest), low: self.low.min(largest), high: self.high }
    }

    /// All three times `factor`.
    #[must_use]
    pub fn scaled(self, factor: f64) -> Self {
        Self { estimate: self.estimate * factor, low: self.low * factor, high: self.high * factor }
    }
}

/// A gamma distribution of rates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GammaPrior {
    /// Shape.
    pub shape: f64,
    /// Rate (inverse scale), in units of exposure.
    pub rate: f64,
}

/// Quantile of a gamma distribution; 0 at an impossible shape.
///
/// Below shape 1 the lower tail is taken in closed form, `(p G(shape + 1))^(1 / shape)`, where the solver loses its
/// footing: there the density is `x^(shape - 1) / G(shape)` to first order.
pub(super) fn gamma_quantile(shape: f64, rate: f64, probability: f64) -> f64 {
    let near_zero = ((probability.ln() + ln_gamma(shape + 1.0)) / shape).exp();
    if near_zero < 1e-3 {
        return near_zero / rate;
    }
    // unit scale first: the solver's tolerance is absolute
    Gamma::new(shape, 1.0).map_or(0.0, |gamma| gamma.inverse_cdf(probability) / rate)
}

/// Rate `n / e` with Garwood's exact interval.
#[must_use]
pub fn poisson_interval(case_count: u32, exposure: f64, interval_probability: f64) -> Interval {
    let tail = (1.0 - interval_probability) / 2.0;
    let n = f64::from(case_count);
    Interval {
        estimate: n / exposure,
        low: if case_count == 0 { 0.0 } else { gamma_quantile(n, exposure, tail) },
        high: gamma_quantile(n + 1.0, exposure, 1.0 - tail),
    }
}

/// Posterior mean and credible interval: Gamma(shape + n, rate + e).
#[must_use]
pub fn posterior(prior: &GammaPrior, case_count: u32, exposure: f64, interval_probability: f64) -> Interval {
    let tail = (1.0 - interval_probability) / 2.0;
    let (shape, rate) = (prior.shape + f64::from(case_count), prior.rate + exposure);
    Interval {
        estimate: shape / rate,
        low: gamma_quantile(shape, rate, tail),
        high: gamma_quantile(shape, rate, 1.0 - tail),
    }
}

/// The gamma prior that makes the counts most likely, its mean held at `sum n / sum e`.
///
/// Log likelihood `sum ln G(n + a) - ln G(a) + a ln b - (n + a) ln(e + b)`, `b = a / mean`, maximised over `ln a` in
/// -4..=4 by golden section. `None` without exposure or cases.
#[must_use]
pub fn fit_prior(observed: &[(u32, f64)]) -> Option<GammaPrior> {
    let cases: f64 = observed.iter().map(|&(n, _)| f64::from(n)).sum();
    let exposure: f64 = observed.iter().map(|&(_, e)| e).sum();
    if cases <= 0.0 || exposure <= 0.0 {
        return None;
    }
    let mean = cases / exposure;
    let log_likelihood = |log_shape: f64| -> f64 {
        let a = log_shape.exp();
        let b = a / mean;
        observed
            .iter()
            .map(|&(n, e)| {
                let n = f64::from(n);
                ln_gamma(n + a) - ln_gamma(a) + a * b.ln() - (n + a) * (e + b).ln()
            })
            .sum()
    };
    let ratio = (5.0_f64.sqrt() - 1.0) / 2.0;
    let (mut low, mut high) = (-4.0, 4.0);
    while high - low > 1e-6 {
        let (left, right) = (high - ratio * (high - low), low + ratio * (high - low));
        if log_likelihood(left) < log_likelihood(right) {
            low = left;
        } else {
            high = right;
        }
    }
    let shape = f64::midpoint(low, high).exp();
    Some(GammaPrior { shape, rate: shape / mean })
}

/// Priors of every country and of the region.
pub(super) struct Priors {
    pub of_country: BTreeMap<Iso3, GammaPrior>,
    pub regional: GammaPrior,
}

/// Countries with fewer cases than this borrow the region's prior.
const SMALLEST_COUNTRY_CASES: u32 = 10;

/// One prior a country from its segments; the region's from the countries' totals.
pub(super) fn country_priors(segments: &Segments, cases: &[u32], effective: &[Option<f64>]) -> Priors {
    let mut by_country: BTreeMap<Iso3, Vec<(u32, f64)>> = BTreeMap::new();
    for segment in 0..segments.len() {
        if let Some(exposure) = effective[segment].filter(|&exposure| exposure > 0.0) {
            by_country.entry(segments.country(segment)).or_default().push((cases[segment], exposure));
        }
    }
    let total = |observed: &Vec<(u32, f64)>| observed.iter().fold((0, 0.0), |sum, &(n, e)| (sum.0 + n, sum.1 + e));
    let totals: Vec<(u32, f64)> = by_country.values().map(total).collect();
    let regional = fit_prior(&totals).unwrap_or(GammaPrior { shape: 1.0, rate: 1e4 });
    let of_country = by_country
        .iter()
        .map(|(&country, observed)| {
            let own = (total(observed).0 >= SMALLEST_COUNTRY_CASES && observed.len() > 1).then(|| fit_prior(observed));
            (country, own.flatten().unwrap_or(regional))
        })
        .collect();
    Priors { of_country, regional }
}
