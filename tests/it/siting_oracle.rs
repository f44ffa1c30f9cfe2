//! Siting against exhaustive search on random small problems.

// Helpers of tests may unwrap as the tests themselves do.
#![allow(clippy::unwrap_used)]

use corridor::records::{AFG, IRN, Iso3, PAK};
use corridor::siting::{
    CountryLimit, CoveringProblem, SitingError, SitingParams, SitingPlan, SitingStatus, cover_all, plan,
};
use proptest::prelude::*;

/// What the planner may build: its own reading of the rules, by bit masks.
fn is_lawful(problem: &CoveringProblem, params: &SitingParams, office_count: u32, mask: u32) -> bool {
    let sites = || (0..problem.covers.len()).filter(move |&site| mask >> site & 1 == 1);
    let open = |flags: &[bool], site: usize| flags.get(site).copied().unwrap_or(false);
    let count_in =
        |country: Iso3| sites().filter(|&site| problem.country_of_site[site].contains(&country)).count() as u32;
    let is_limit_kept = |limit: &CountryLimit| {
        let count = count_in(limit.country);
        count >= limit.new_office_min && limit.new_office_max.is_none_or(|most| count <= most)
    };
    let is_set_kept = |set: &Vec<u32>| {
        let existing = set.iter().filter(|&&site| open(&problem.existing, site as usize)).count();
        let new = set.iter().filter(|&&site| mask >> site & 1 == 1).count();
        new == 0 || existing + new <= 1
    };
    let needed = (0..problem.covers.len())
        .all(|site| !open(&problem.required, site) || open(&problem.existing, site) || mask >> site & 1 == 1);
    mask.count_ones() <= office_count
        && sites().all(|site| !open(&problem.existing, site) && !open(&problem.forbidden, site))
        && needed
        && params.budget_usd.is_none_or(|budget| sites().map(|site| problem.cost_usd[site]).sum::<i64>() <= budget)
        && params.country_limits.iter().all(is_limit_kept)
        && problem.exclusive.iter().all(is_set_kept)
}

fn weight(problem: &CoveringProblem, mask: u32) -> i64 {
    let is_open = |site: usize| mask >> site & 1 == 1 || problem.existing.get(site).copied().unwrap_or(false);
    (0..problem.weights.len())
        .filter(|&demand| {
            (0..problem.covers.len()).any(|site| is_open(site) && problem.covers[site].contains(&(demand as u32)))
        })
        .map(|demand| problem.weights[demand])
        .sum()
}

/// Greatest weight, then the fewest offices that reach it; none when no plan is lawful.
fn exhaustive(problem: &CoveringProblem, params: &SitingParams, office_count: u32) -> Option<(i64, u32)> {
    (0..1_u32 << problem.covers.len())
        .filter(|&mask| is_lawful(problem, params, office_count, mask))
        .map(|mask| (weight(problem, mask), mask.count_ones()))
        .max_by_key(|&(weight, count)| (weight, std::cmp::Reverse(count)))
}

fn country() -> impl Strategy<Value = Vec<Iso3>> {
    prop::sample::subsequence(vec![AFG, IRN, PAK], 1..=2)
}

prop_compose! {
    fn instance(is_constrained: bool)(site_count in 1..=12_usize, demand_count in 0..=12_usize)(
        weights in prop::collection::vec(prop_oneof![0..=3_i64, 0..=1_000_000_000_000_i64], demand_count),
        covers in prop::collection::vec(prop::collection::vec(prop::bool::weighted(0.3), demand_count), site_count),
        fates in prop::collection::vec(0..12_u8, site_count),
        country_of_site in prop::collection::vec(country(), site_count),
        cost_usd in prop::collection::vec(0..9_i64, site_count),
        exclusive in prop::collection::vec(prop::collection::btree_set(0..site_count as u32, 0..=3), 0..=2),
        limits in prop::collection::vec((0..=2_u32, prop::option::of(0..=3_u32)), 3),
        limited in prop::collection::vec(prop::bool::weighted(0.4), 3),
        budget_usd in prop::option::of(0..30_i64),
        new_office_count in 0..=6_u32,
    ) -> (CoveringProblem, SitingParams) {
        let covers: Vec<Vec<u32>> = covers
            .iter()
            .map(|row| (0_u32..).zip(row).filter(|&(_, &covered)| covered).map(|(demand, _)| demand).collect())
            .collect();
        let mut problem = CoveringProblem { weights, covers, ..CoveringProblem::default() };
        let mut params = SitingParams { new_office_count, curve_max_office_count: 4, ..SitingParams::default() };
        problem.country_of_site = country_of_site;
        problem.cost_usd = cost_usd;
        problem.existing = fates.iter().map(|&fate| fate == 0).collect();
        if is_constrained {
            problem.required = fates.iter().map(|&fate| fate == 1).collect();
            problem.forbidden = fates.iter().map(|&fate| fate == 2 || fate == 3).collect();
            problem.exclusive = exclusive.into_iter().map(|set| set.into_iter().collect()).collect();
            params.budget_usd = budget_usd;
            params.country_limits = [AFG, IRN, PAK]
                .into_iter()
                .zip(limits)
                .zip(limited)
                .filter(|&(_, is_limited)| is_limited)
                .map(|((country, (new_office_min, new_office_max)), _)| CountryLimit {
                    country,
                    new_office_min,
                    new_office_max,
                })
                .collect();
        }
        (problem, params)
    }
}

/// Compares a plan with exhaustive search, point by point.
fn agrees(
    problem: &CoveringProblem,
    params: &SitingParams,
    found: &Result<SitingPlan, SitingError>,
) -> Result<(), TestCaseError> {
    let expected = exhaustive(problem, params, params.new_office_count);
    let found = match (found, expected) {
        (Ok(found), Some((weight, count))) => {
            prop_assert_eq!((found.objective, found.bound, found.sites.len() as u32), (weight, weight, count));
            found
        }
        (Err(SitingError::Infeasible(infeasible)), None) => {
            let fewest = (0..=12).find(|&count| exhaustive(problem, params, count).is_some());
            prop_assert_eq!(infeasible.fewest_offices, fewest);
            prop_assert!(!infeasible.conflicts.is_empty());
            return Ok(());
        }
        (found, expected) => {
            return Err(TestCaseError::fail(format!("found {found:?}, expected {expected:?}")));
        }
    };
    let mask = found.sites.iter().fold(0, |mask, site| mask | 1 << site);
    prop_assert!(is_lawful(problem, params, params.new_office_count, mask));
    prop_assert_eq!(weight(problem, mask), found.objective);
    prop_assert_eq!(found.status, SitingStatus::Optimal);
    for point in &found.curve {
        let expected = exhaustive(problem, params, point.new_office_count);
        prop_assert_eq!(point.objective.map(|weight| (weight, point.sites.len() as u32)), expected);
        prop_assert_eq!(point.bound, point.objective);
    }
    prop_assert!(found.curve.is_sorted_by_key(|point| point.objective), "the curve falls");
    if let Some(greedy) = &found.greedy {
        prop_assert!(greedy.objective <= found.objective);
    }
    // The plan does not depend on whether the curve is drawn.
    let alone = plan(problem, &SitingParams { curve_max_office_count: 0, ..params.clone() });
    prop_assert_eq!(&alone.map(|plan| plan.sites).ok(), &Some(found.sites.clone()));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn plans_equal_exhaustive_search((problem, params) in instance(false)) {
        let found = plan(&problem, &params);
        agrees(&problem, &params, &found)?;
        // Without limits the greedy rule keeps its guarantee on what is added, and one more site never hurts.
        let found = found.unwrap();
        let added = |objective: i64| (objective - found.existing_weight) as f64;
        let greedy = added(found.greedy.as_ref().unwrap().objective);
        prop_assert!(greedy >= (1.0 - (-1.0_f64).exp()) * added(found.objective) - 1e-6);
        let mut more = problem.clone();
        more.covers.push((0..problem.weights.len() as u32).step_by(2).collect());
        more.existing.push(false);
        more.country_of_site.push(vec![AFG]);
        more.cost_usd.push(1);
        prop_assert!(plan(&more, &params).unwrap().objective >= found.objective);
    }

    #[test]
    fn the_plan_is_the_first_of_the_best((problem, params) in instance(false)) {
        let mut plain = problem;
        plain.existing.clear();
        let covers = |site: usize, demand: u32| {
            plain.covers[site].contains(&demand) && plain.weights[demand as usize] > 0
        };
        let demands = || 0..plain.weights.len() as u32;
        let includes = |a: usize, b: usize| demands().all(|demand| covers(a, demand) || !covers(b, demand));
        let sites = 0..plain.covers.len();
        let is_left_out = |a: usize| {
            sites.clone().any(|b| b != a && includes(b, a) && (b < a || !includes(a, b)))
                || !demands().any(|demand| covers(a, demand))
        };
        let best = exhaustive(&plain, &params, params.new_office_count).unwrap();
        let first = (0..1_u32 << plain.covers.len())
            .filter(|&mask| (weight(&plain, mask), mask.count_ones()) == best)
            .map(|mask| sites.clone().filter(|site| mask >> site & 1 == 1).collect::<Vec<usize>>())
            .filter(|plan| !plan.iter().any(|&site| is_left_out(site)))
            .min()
            .unwrap();
        let found = plan(&plain, &params).unwrap();
        prop_assert_eq!(found.sites, first.into_iter().map(|site| site as u32).collect::<Vec<u32>>());
    }

    #[test]
    fn constrained_plans_equal_exhaustive_search((problem, params) in instance(true)) {
        agrees(&problem, &params, &plan(&problem, &params))?;
    }

    #[test]
    fn full_cover_equals_exhaustive_search((problem, params) in instance(true)) {
        let site_count = problem.covers.len() as u32;
        let ones = CoveringProblem { weights: vec![1; problem.weights.len()], ..problem.clone() };
        let allowed = (0..site_count)
            .filter(|&site| !problem.existing[site as usize] && !problem.forbidden[site as usize])
            .fold(0, |mask, site| mask | 1 << site);
        let all = weight(&ones, allowed);
        let expected = (0..1_u32 << site_count)
            .filter(|&mask| is_lawful(&problem, &params, site_count, mask) && weight(&ones, mask) == all)
            .map(u32::count_ones)
            .min();
        match (cover_all(&problem, &params), expected) {
            (Ok(found), Some(count)) => {
                let mask = found.sites.iter().fold(0, |mask, site| mask | 1 << site);
                prop_assert_eq!(found.sites.len() as u32, count);
                prop_assert!(is_lawful(&problem, &params, site_count, mask));
                prop_assert_eq!(weight(&ones, mask), all);
                prop_assert_eq!(found.out_of_reach.len() as i64, problem.weights.len() as i64 - all);
            }
            (Err(SitingError::Infeasible(infeasible)), None) => prop_assert!(!infeasible.conflicts.is_empty()),
            (found, expected) => prop_assert!(false, "found {:?}, expected {:?}", found, expected),
        }
    }

    #[test]
    fn doubling_weights_changes_no_plan((problem, params) in instance(false)) {
        let mut doubled = problem.clone();
        doubled.weights.iter_mut().for_each(|weight| *weight *= 2);
        let (once, twice) = (plan(&problem, &params).unwrap(), plan(&doubled, &params).unwrap());
        prop_assert_eq!(once.sites, twice.sites);
        prop_assert_eq!(once.objective * 2, twice.objective);
    }
}
