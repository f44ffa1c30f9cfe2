//! Maximal covering at a size that is not proven: the plan is good all the same.

use crate::random::Random;
use corridor::siting::{LocationKind, LocationOptions, LocationProblem, Rules, locate};

/// 5,000 demands and 1,000 sites in a square of 1,000, radius 50, p = 100: a plan within 1 % of the bound after a
/// twentieth of the default work. Swaps from the greedy plan alone stay further away.
#[test]
fn large_plans_are_polished() {
    let mut dice = Random(77);
    let mut point = || (dice.under(1_000) as i64, dice.under(1_000) as i64);
    let demands: Vec<(i64, i64)> = (0..5_000).map(|_| point()).collect();
    let near = |a: (i64, i64), b: (i64, i64)| (a.0 - b.0).pow(2) + (a.1 - b.1).pow(2) <= 50 * 50;
    let row = |&demand: &(i64, i64)| {
        (0_u32..).zip(demands.iter().step_by(5)).filter(|&(_, &site)| near(demand, site)).map(|(s, _)| (s, 1)).collect()
    };
    let problem = LocationProblem {
        reach: demands.iter().map(row).collect(),
        weights: demands.iter().map(|&(x, y)| 1 + (7 * x + 13 * y) % 99).collect(),
        radius: Some(1),
        rules: Rules { most_new: Some(100), ..Rules::free(1_000) },
    };
    let options = LocationOptions { step_limit: 6_000, ..LocationOptions::default() };
    let answer = locate(LocationKind::MaximalCovering, &problem, &options).unwrap();
    let gap_share = (answer.bound - answer.objective) as f64 / answer.objective as f64;
    assert!(gap_share < 0.01, "{} of {}: {gap_share}", answer.objective, answer.bound);
}
