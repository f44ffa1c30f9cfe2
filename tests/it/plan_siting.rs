//! Near-optimal plans, phases, worth of sites and fair plans against enumeration of random small problems.

use crate::random::Random;
use corridor::records::{AFG, IRN, PAK};
use corridor::siting::{
    CountryLimit, CoveringProblem, Measure, NearOptimalParams, Phase, SitingError, SitingParams, best, best_above,
    certify, fairest, least_weight_within, near_optimal, nested, site_values,
};

const SITES: u32 = 7;
const DEMANDS: usize = 8;

/// A random problem; every other one with limits.
fn instance(random: &mut Random, is_limited: bool) -> (CoveringProblem, SitingParams) {
    let covers =
        (0..SITES).map(|_| (0..DEMANDS as u32).filter(|_| random.unit() < 0.3).collect::<Vec<u32>>()).collect();
    let mut problem = CoveringProblem {
        weights: (0..DEMANDS).map(|_| i64::from(random.below(9))).collect(),
        covers,
        existing: (0..SITES).map(|_| random.unit() < 0.1).collect(),
        country_of_site: (0..SITES).map(|_| vec![random.pick(&[AFG, IRN, PAK])]).collect(),
        ..CoveringProblem::default()
    };
    let mut params = SitingParams { new_office_count: 1 + random.below(3), ..SitingParams::default() };
    if is_limited {
        problem.required = (0..SITES as usize).map(|site| !problem.existing[site] && random.unit() < 0.1).collect();
        problem.forbidden = (0..SITES as usize).map(|site| !problem.existing[site] && random.unit() < 0.1).collect();
        problem.cost_usd = (0..SITES).map(|_| i64::from(random.below(5))).collect();
        params.budget_usd = (random.unit() < 0.5).then(|| i64::from(random.below(12)));
        params.country_limits = vec![CountryLimit {
            country: IRN,
            new_office_min: random.below(2),
            new_office_max: (random.unit() < 0.5).then(|| 1 + random.below(2)),
        }];
    }
    (problem, params)
}

fn sites_of(mask: u32) -> Vec<u32> {
    (0..SITES).filter(|site| mask >> site & 1 == 1).collect()
}

/// Weight covered when the plan is lawful, by the certificate, which has its own tests.
fn lawful(problem: &CoveringProblem, params: &SitingParams, p: u32, sites: &[u32]) -> Option<i64> {
    certify(problem, params, p, sites).ok().map(|certificate| certificate.covered_weight)
}

/// All lawful plans of at most `p` offices with their weight.
fn all_lawful(problem: &CoveringProblem, params: &SitingParams, p: u32) -> Vec<(Vec<u32>, i64)> {
    (0..1 << SITES)
        .map(sites_of)
        .filter_map(|sites| lawful(problem, params, p, &sites).map(|weight| (sites, weight)))
        .collect()
}

#[test]
fn near_optimal_plans_are_those_of_enumeration() {
    let (mut random, mut compared, mut largest) = (Random(11), 0, 0);
    for case in 0..400 {
        let (problem, params) = instance(&mut random, case % 2 == 0);
        let p = params.new_office_count;
        let all = all_lawful(&problem, &params, p);
        let Some(optimum) = all.iter().map(|(_, weight)| *weight).max() else { continue };
        let least = least_weight_within(optimum, random.pick(&[0.0, 10.0, 40.0, 100.0]));
        let is_idle = |sites: &[u32], weight: i64| {
            sites.iter().any(|&site| {
                let rest: Vec<u32> = sites.iter().copied().filter(|&other| other != site).collect();
                lawful(&problem, &params, p, &rest) == Some(weight)
            })
        };
        let mut expected: Vec<(i64, Vec<u32>)> = (all.iter())
            .filter(|(sites, weight)| *weight >= least && !is_idle(sites, *weight))
            .map(|(sites, weight)| (-weight, sites.clone()))
            .collect();
        expected.sort();
        let wanted = NearOptimalParams { least_weight: least, listed_count: 5, step_limit: 1_000_000 };
        let found = near_optimal(&problem, &params, &wanted);
        assert!(found.is_complete);
        assert_eq!(found.plan_count, expected.len() as u64, "case {case}: {problem:?} {params:?}");
        let listed: Vec<(i64, Vec<u32>)> =
            found.plans.iter().map(|plan| (-plan.covered_weight, plan.sites.clone())).collect();
        assert_eq!(listed, expected[..expected.len().min(5)], "case {case}");
        for site in 0..SITES {
            let count = expected.iter().filter(|(_, sites)| sites.contains(&site)).count() as u64;
            assert_eq!(found.count_of_site[site as usize], count, "case {case}, site {site}");
        }
        compared += 1;
        largest = largest.max(expected.len());
    }
    assert!(compared > 250 && largest > 10, "{compared} compared, at most {largest} plans");
}

#[test]
fn a_count_that_stops_says_so() {
    let problem = CoveringProblem {
        weights: vec![1; 20],
        covers: (0..20).map(|site| vec![site]).collect(),
        ..CoveringProblem::default()
    };
    let params = SitingParams { new_office_count: 10, ..SitingParams::default() };
    let wanted = |step_limit| NearOptimalParams { least_weight: 10, listed_count: 3, step_limit };
    let stopped = near_optimal(&problem, &params, &wanted(1000));
    assert!(!stopped.is_complete && stopped.plan_count < 1000);
    let whole = near_optimal(&problem, &params, &wanted(10_000_000));
    // 20 choose 10
    assert!(whole.is_complete);
    assert_eq!((whole.plan_count, whole.plans.len(), whole.count_of_site[3]), (184_756, 3, 92_378));
    assert_eq!(
        (least_weight_within(1000, 1.0), least_weight_within(99, 1.0), least_weight_within(7, 100.0)),
        (990, 99, 0)
    );
}

#[test]
fn the_nested_sequence_is_the_best_of_enumeration() {
    let (mut random, mut compared, mut priced) = (Random(5), 0, 0);
    for case in 0..150 {
        let (problem, params) = instance(&mut random, case % 2 == 0);
        let phases = [
            Phase { new_office_count: 1, weight: random.below(3) },
            Phase { new_office_count: 2, weight: 1 },
            Phase { new_office_count: 3, weight: 1 + random.below(2) },
        ];
        let mut free = params.clone();
        free.country_limits.iter_mut().for_each(|limit| limit.new_office_min = 0);
        let unbound = CoveringProblem { required: Vec::new(), ..problem.clone() };
        let last = all_lawful(&problem, &params, 3);
        let (first, second) = (all_lawful(&unbound, &free, 1), all_lawful(&unbound, &free, 2));
        let is_within = |a: &[u32], b: &[u32]| a.iter().all(|site| b.contains(site));
        let mut expected: Option<i64> = None;
        for (third, w3) in &last {
            for (two, w2) in second.iter().filter(|(two, _)| is_within(two, third)) {
                for (_, w1) in first.iter().filter(|(one, _)| is_within(one, two)) {
                    let sum = i64::from(phases[0].weight) * w1 + w2 + i64::from(phases[2].weight) * w3;
                    expected = Some(expected.map_or(sum, |best| best.max(sum)));
                }
            }
        }
        match (nested(&problem, &params, &phases), expected) {
            (Ok(found), Some(expected)) => {
                assert_eq!((found.objective, found.bound), (expected, expected), "case {case}: {problem:?} {params:?}");
                for pair in found.phases.windows(2) {
                    assert!(is_within(&pair[0].sites, &pair[1].sites), "case {case}");
                }
                assert!(found.phases.iter().all(|phase| phase.free_weight >= phase.covered_weight), "case {case}");
                assert!(found.phases.iter().all(|phase| phase.sites.len() as u32 <= phase.phase.new_office_count));
                priced += usize::from(found.phases.iter().any(|phase| phase.free_weight > phase.covered_weight));
                compared += 1;
            }
            (Err(SitingError::Infeasible(_)), None) => {}
            (found, expected) => panic!("case {case}: {found:?} against {expected:?}"),
        }
    }
    assert!(compared > 90 && priced > 0, "{compared} compared, {priced} with a price");
    let (problem, params) = instance(&mut random, false);
    let refused = |phases: &[Phase]| nested(&problem, &params, phases).unwrap_err().to_string();
    assert!(refused(&[]).starts_with("S006"));
    let falling = [Phase { new_office_count: 2, weight: 1 }, Phase { new_office_count: 1, weight: 1 }];
    assert!(refused(&falling).starts_with("S006"));
    assert!(refused(&[Phase { new_office_count: 2, weight: 0 }]).starts_with("S006"));
}

/// Two sites together beat the one that is best alone: nesting from one to two offices has a price.
#[test]
fn nesting_has_a_price_where_the_best_single_office_stands_in_the_way() {
    let problem = CoveringProblem {
        weights: vec![4, 5, 5, 4],
        covers: vec![vec![1, 2], vec![0, 1], vec![2, 3]],
        ..CoveringProblem::default()
    };
    let prices = |first, second| -> Vec<i64> {
        let phases = [Phase { new_office_count: 1, weight: first }, Phase { new_office_count: 2, weight: second }];
        let found = nested(&problem, &SitingParams::default(), &phases).unwrap();
        found.phases.iter().map(|phase| phase.free_weight - phase.covered_weight).collect()
    };
    // 9 then 18 beats 10 then 14, unless the first phase weighs most
    assert_eq!((prices(1, 1), prices(10, 1)), (vec![1, 0], vec![0, 4]));
}

#[test]
fn the_worth_of_sites_is_that_of_enumeration() {
    let (mut random, mut compared) = (Random(23), 0);
    for case in 0..120 {
        let (problem, params) = instance(&mut random, case % 2 == 0);
        let p = params.new_office_count;
        let Ok(plan) = best(&problem, &params, p) else { continue };
        let all = all_lawful(&problem, &params, p);
        let unlimited = SitingParams { new_office_count: SITES, ..SitingParams::default() };
        let open = CoveringProblem { required: Vec::new(), forbidden: Vec::new(), ..problem.clone() };
        let weight = |sites: &[u32]| lawful(&open, &unlimited, SITES, sites).unwrap();
        for value in site_values(&problem, &params, &plan.sites).unwrap() {
            let site = value.site;
            assert_eq!(value.is_chosen, plan.sites.contains(&site));
            let turned =
                all.iter().filter(|(sites, _)| sites.contains(&site) != value.is_chosen).map(|(_, w)| *w).max();
            assert_eq!(value.turned_loss, turned.map(|weight| plan.objective - weight), "case {case}, site {site}");
            let mut other: Vec<u32> = plan.sites.iter().copied().filter(|&other| other != site).collect();
            if !value.is_chosen {
                other.push(site);
                other.sort_unstable();
            }
            let change = (weight(&other) - plan.objective).abs();
            assert_eq!(
                if value.is_chosen { value.drop_loss } else { value.add_gain },
                change,
                "case {case}, site {site}"
            );
            compared += 1;
        }
    }
    assert!(compared > 300, "{compared}");
}

#[test]
fn fair_plans_and_least_regret_are_those_of_enumeration() {
    let (mut random, mut compared) = (Random(77), 0);
    for case in 0..120 {
        let (problem, params) = instance(&mut random, case % 2 == 0);
        let p = params.new_office_count;
        let measures: Vec<Measure> = (0..3)
            .map(|_| {
                let weights: Vec<i64> = (0..DEMANDS).map(|_| i64::from(random.below(7))).collect();
                let base = i64::from(random.below(4));
                // a regret's whole is the best that can be covered, an equity's all there is
                let best = all_lawful(&problem, &params, p)
                    .iter()
                    .map(|(sites, _)| Measure { weights: weights.clone(), base, whole: 1 }.covered(&problem, sites))
                    .max();
                let whole = if random.unit() < 0.5 { best.unwrap_or(0) } else { base + weights.iter().sum::<i64>() };
                Measure { weights, base, whole }
            })
            .collect();
        let least_of =
            |sites: &[u32]| measures.iter().filter_map(|measure| measure.share(&problem, sites)).fold(1.0, f64::min);
        let all = all_lawful(&problem, &params, p);
        let greatest = all.iter().map(|(sites, _)| least_of(sites)).fold(f64::NEG_INFINITY, f64::max);
        match fairest(&problem, &params, p, &measures) {
            Ok(found) => {
                assert!((found.least_share - greatest).abs() < 1e-9, "case {case}: {} {greatest}", found.least_share);
                assert!(found.least_share_bound >= greatest - 1e-6 && found.least_share_bound <= greatest + 1e-5);
                let most = |floor: f64| {
                    all.iter().filter(|(sites, _)| least_of(sites) >= floor - 1e-9).map(|(_, weight)| *weight).max()
                };
                assert_eq!(Some(found.objective), most(greatest), "case {case}");
                for floor in [0.2, 0.6] {
                    let above = best_above(&problem, &params, p, &measures, floor).unwrap();
                    assert_eq!(above.as_ref().map(|plan| plan.objective), most(floor), "case {case}, floor {floor}");
                    assert!(above.is_none_or(|plan| plan.objective_bound >= plan.objective));
                }
                compared += 1;
            }
            Err(SitingError::Infeasible(_)) => assert!(all.is_empty(), "case {case}"),
            Err(error) => panic!("case {case}: {error}"),
        }
    }
    assert!(compared > 80, "{compared}");
}
