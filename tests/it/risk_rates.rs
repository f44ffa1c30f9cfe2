//! Rates and their intervals: against published values, against the definition, and against a known truth.

use crate::random::Random;
use corridor::risk::{GammaPrior, fit_prior, poisson_interval, posterior};

#[test]
fn intervals_match_the_published_ones() {
    // 95 % limits of a Poisson mean, Garwood 1936
    let published =
        [(0, 0.0, 3.6889), (1, 0.0253, 5.5716), (2, 0.2422, 7.2247), (5, 1.6235, 11.6683), (10, 4.7954, 18.3904)];
    for (cases, low, high) in published {
        let found = poisson_interval(cases, 1.0, 0.95);
        assert!((found.low - low).abs() < 1e-4 && (found.high - high).abs() < 1e-4, "{cases} cases: {found:?}");
        assert_eq!(found.estimate, f64::from(cases));
    }
}

/// P(X <= cases) of a Poisson number.
fn poisson_cdf(cases: u32, mean: f64) -> f64 {
    let mut term = (-mean).exp();
    let mut sum = term;
    for n in 1..=cases {
        term *= mean / f64::from(n);
        sum += term;
    }
    sum
}

#[test]
fn intervals_meet_their_definition() {
    // at the lower end as many cases or more have probability tail, at the upper end as many or fewer
    for cases in (0..=60).chain([100, 250, 600]) {
        for content in [0.5, 0.8, 0.95, 0.99] {
            for exposure in [1e-6, 0.3, 1.0, 4e7] {
                let found = poisson_interval(cases, exposure, content);
                let tail = (1.0 - content) / 2.0;
                let below = poisson_cdf(cases, found.high * exposure);
                assert!(
                    (below - tail).abs() < 1e-6,
                    "{cases} cases, {content}, exposure {exposure}: {below} at {found:?}"
                );
                if cases == 0 {
                    assert_eq!(found.low, 0.0);
                } else {
                    let above = 1.0 - poisson_cdf(cases - 1, found.low * exposure);
                    assert!(
                        (above - tail).abs() < 1e-6,
                        "{cases}, {content}, exposure {exposure}: {above} at {found:?}"
                    );
                }
                assert!(found.low <= found.estimate && found.estimate <= found.high, "{cases}: {found:?}");
            }
        }
    }
}

#[test]
fn the_posterior_lies_between_the_own_rate_and_the_mean() {
    for seed in 0..2000 {
        let mut random = Random(seed);
        let prior = GammaPrior { shape: (6.0 * random.unit() - 3.0).exp(), rate: (20.0 * random.unit() - 5.0).exp() };
        let (cases, exposure) = (random.below(60), (20.0 * random.unit() - 5.0).exp());
        let found = posterior(&prior, cases, exposure, 0.95);
        let (own, mean) = (f64::from(cases) / exposure, prior.shape / prior.rate);
        let case = format!("seed {seed}: {prior:?}, {cases} cases in {exposure}: {found:?}, own {own}, mean {mean}");
        assert!(found.estimate >= own.min(mean) * (1.0 - 1e-12), "{case}");
        assert!(found.estimate <= own.max(mean) * (1.0 + 1e-12), "{case}");
        // the weight of the own rate is e / (e + b)
        let weights = [exposure, prior.rate].map(|part| part / (exposure + prior.rate));
        assert!((found.estimate / (weights[0] * own + weights[1] * mean) - 1.0).abs() < 1e-9, "{case}");
        assert!(0.0 <= found.low && found.low < found.high, "{case}");
        assert!(found.low <= found.estimate, "{case}");
    }
}

#[test]
fn the_posterior_interval_holds_its_probability() {
    // Gamma(shape) with a whole shape: P(X <= x) = 1 - P(Poisson(x) < shape)
    for shape in [1_u32, 2, 3, 10, 40] {
        for cases in [0, 1, 5, 30] {
            for exposure in [1e-5, 1.0, 1e6] {
                let prior = GammaPrior { shape: f64::from(shape), rate: 2.0 * exposure };
                let found = posterior(&prior, cases, exposure, 0.9);
                let below = |rate: f64| 1.0 - poisson_cdf(shape + cases - 1, rate * 3.0 * exposure);
                let case = format!("shape {shape}, {cases} cases, exposure {exposure}: {found:?}");
                assert!((below(found.low) - 0.05).abs() < 1e-6, "{case}: {}", below(found.low));
                assert!((below(found.high) - 0.95).abs() < 1e-6, "{case}: {}", below(found.high));
            }
        }
    }
}

/// Spearman's rank correlation, ties at their mean rank.
pub fn rank_correlation(a: &[f64], b: &[f64]) -> f64 {
    let ranks = |values: &[f64]| -> Vec<f64> {
        values
            .iter()
            .map(|value| {
                let below = values.iter().filter(|other| *other < value).count() as f64;
                let equal = values.iter().filter(|other| *other == value).count() as f64;
                below + (equal - 1.0) / 2.0
            })
            .collect()
    };
    let (a, b) = (ranks(a), ranks(b));
    let mean = (a.len() as f64 - 1.0) / 2.0;
    let covariance = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| (x - mean) * (y - mean)).sum::<f64>();
    covariance(&a, &b) / (covariance(&a, &a) * covariance(&b, &b)).sqrt()
}

#[test]
fn a_known_truth_is_recovered() {
    // 200 segments: rates from Gamma(shape, rate), cases from Poisson(rate * exposure), exposures over two orders
    let (mut own_error, mut pooled_error) = (0.0, 0.0);
    for (seed, shape) in [(1, 1), (2, 2), (3, 2), (4, 4), (5, 1), (6, 4)] {
        let mut random = Random(seed);
        let truth_prior = GammaPrior { shape: f64::from(shape), rate: 2e4 };
        let truth: Vec<f64> = (0..200).map(|_| random.gamma(shape) / truth_prior.rate).collect();
        let observed: Vec<(u32, f64)> = truth
            .iter()
            .map(|&rate| {
                let exposure = 1e5 * (4.6 * random.unit()).exp();
                (random.poisson(rate * exposure), exposure)
            })
            .collect();
        let prior = fit_prior(&observed).unwrap();
        let case = format!("seed {seed}, true shape {shape}: {prior:?}");
        assert!((prior.shape.ln() - truth_prior.shape.ln()).abs() < 0.4, "{case}");
        assert!(((prior.shape / prior.rate).ln() - (truth_prior.shape / truth_prior.rate).ln()).abs() < 0.3, "{case}");
        let found: Vec<_> =
            observed.iter().map(|&(cases, exposure)| posterior(&prior, cases, exposure, 0.95)).collect();
        let estimates: Vec<f64> = found.iter().map(|interval| interval.estimate).collect();
        let correlation = rank_correlation(&truth, &estimates);
        let held = found.iter().zip(&truth).filter(|(found, rate)| (found.low..=found.high).contains(rate)).count();
        println!("{case}: rank correlation {correlation:.3}, {held} of 200 in their interval");
        assert!(correlation >= 0.9, "{case}: rank correlation {correlation}");
        assert!(held >= 180, "{case}: {held} of 200 in their interval");
        assert!(held < 200, "{case}: intervals that always hold are too wide");
        for ix in 0..200 {
            own_error += (f64::from(observed[ix].0) / observed[ix].1 - truth[ix]).powi(2);
            pooled_error += (estimates[ix] - truth[ix]).powi(2);
        }
    }
    println!("squared error of the own rates {own_error:e}, of the pooled ones {pooled_error:e}");
    assert!(pooled_error < own_error, "pooled estimates lie nearer to the truth");
}

#[test]
fn the_fitted_prior_is_the_most_likely_one() {
    use statrs::function::gamma::ln_gamma;
    for seed in 0..200 {
        let mut random = Random(seed);
        let observed: Vec<(u32, f64)> =
            (0..2 + random.below(30)).map(|_| (random.below(30), 0.1 + 100.0 * random.unit())).collect();
        let cases: u32 = observed.iter().map(|&(cases, _)| cases).sum();
        let exposure: f64 = observed.iter().map(|&(_, exposure)| exposure).sum();
        let Some(prior) = fit_prior(&observed) else {
            assert_eq!(cases, 0, "seed {seed}");
            continue;
        };
        let mean = f64::from(cases) / exposure;
        assert!((prior.shape / prior.rate / mean - 1.0).abs() < 1e-9, "seed {seed}: the mean is held: {prior:?}");
        let likelihood = |shape: f64| -> f64 {
            let rate = shape / mean;
            let term = |&(n, e): &(u32, f64)| {
                let n = f64::from(n);
                ln_gamma(n + shape) - ln_gamma(shape) + shape * rate.ln() - (n + shape) * (e + rate).ln()
            };
            observed.iter().map(term).sum()
        };
        let best = likelihood(prior.shape);
        for step in -40..=40 {
            let other = likelihood((f64::from(step) / 10.0).exp());
            assert!(other <= best + 1e-6 * best.abs().max(1.0), "seed {seed}: {prior:?}, {step}: {other} > {best}");
        }
    }
    assert_eq!(fit_prior(&[]), None);
    assert_eq!(fit_prior(&[(0, 10.0), (0, 5.0)]), None);
    assert_eq!(fit_prior(&[(3, 0.0)]), None);
}
