//! Location problems against enumeration of every plan, rules included.

use crate::random::Random;
use corridor::siting::{
    CountryRule, LocationAnswer, LocationError, LocationKind, LocationOptions, LocationProblem, OptimaRequest, Rule,
    Rules, SitingStatus, locate, radius_for_reachable,
};

/// Cases of each problem.
const CASES: u64 = 2_000;

fn case(number: u64, kind: LocationKind) -> LocationProblem {
    let mut dice = Random((number * 0x0123_4567_89ab) ^ 77);
    let site_count = 1 + dice.under(6) as usize;
    let demand_count = 1 + dice.under(6) as usize;
    let is_plain = dice.once_in(4);
    let is_sparse = dice.once_in(2);
    // Half of the cases have costs from a small set: ties.
    let most_cost = if dice.once_in(2) { 4 } else { 1_000_000_007 };
    let weights = (0..demand_count).map(|_| if dice.once_in(6) { 0 } else { 1 + dice.under(9) as i64 }).collect();
    let mut reach = Vec::new();
    for _ in 0..demand_count {
        let mut row = Vec::new();
        for site in 0..site_count as u32 {
            if !is_sparse || !dice.once_in(4) {
                row.push((site, dice.under(most_cost) as i64));
            }
        }
        reach.push(row);
    }
    let mut rules = Rules::free(site_count);
    rules.cost = (0..site_count).map(|_| dice.under(6) as i64).collect();
    if dice.once_in(5) {
        rules.budget = Some(dice.under(16) as i64);
    }
    if rules.budget.is_none() || dice.once_in(2) {
        rules.most_new = Some(dice.under(5) as u32);
    }
    if !is_plain {
        for site in 0..site_count {
            match dice.under(12) {
                0 => rules.existing[site] = true,
                1 => rules.required[site] = true,
                2 => rules.forbidden[site] = true,
                _ => {}
            }
        }
        let site = |dice: &mut Random| dice.under(site_count as u64) as u32;
        if dice.once_in(3) {
            let mut sites: Vec<u32> = (0..site_count as u32).filter(|_| dice.once_in(2)).collect();
            sites.sort_unstable();
            let at_most = dice.once_in(2).then(|| dice.under(3) as u32);
            let budget = dice.once_in(3).then(|| dice.under(9) as i64);
            rules.countries.push(CountryRule { sites, at_least: dice.under(3) as u32, at_most, budget });
        }
        if dice.once_in(4) {
            rules.pairs.push(vec![site(&mut dice), site(&mut dice)]);
        }
        if dice.once_in(4) {
            rules.exclusive.push((0..3).map(|_| site(&mut dice)).collect());
        }
        if dice.once_in(4) {
            rules.conditional.push([site(&mut dice), site(&mut dice)]);
        }
    }
    let needs_radius =
        matches!(kind, LocationKind::SetCovering | LocationKind::BackupCovering | LocationKind::MaximalCovering);
    let radius = (needs_radius || dice.once_in(5)).then(|| dice.under(most_cost) as i64);
    LocationProblem { weights, reach, radius, rules }
}

/// The rules, read again in plain words.
fn is_lawful(rules: &Rules, mask: u32) -> bool {
    let new = |site: u32| mask >> site & 1 == 1;
    let sites = || (0..rules.site_count() as u32).filter(|&site| new(site));
    let works = |site: u32| rules.existing[site as usize] || new(site);
    let cost = |chosen: &mut dyn Iterator<Item = u32>| chosen.map(|site| rules.cost[site as usize]).sum::<i64>();
    sites().all(|site| !rules.existing[site as usize] && !rules.forbidden[site as usize])
        && (0..rules.site_count() as u32).all(|site| !rules.required[site as usize] || works(site))
        && rules.most_new.is_none_or(|most| mask.count_ones() <= most)
        && rules.budget.is_none_or(|budget| cost(&mut sites()) <= budget)
        && rules.countries.iter().all(|country| {
            let own = || country.sites.iter().copied().filter(|&site| new(site));
            own().count() >= country.at_least as usize
                && country.at_most.is_none_or(|most| own().count() <= most as usize)
                && country.budget.is_none_or(|budget| cost(&mut own()) <= budget)
        })
        && rules.pairs.iter().all(|pair| {
            pair.iter().any(|&site| rules.existing[site as usize])
                || pair.iter().all(|&site| new(site))
                || !pair.iter().any(|&site| new(site))
        })
        && rules.exclusive.iter().all(|set| {
            let count = (0..rules.site_count() as u32).filter(|site| set.contains(site) && works(*site)).count();
            count <= 1
        })
        && rules.conditional.iter().all(|&[a, b]| !new(a) || works(b))
}

/// The objective, smaller is better for all kinds; none when a demand that must be served is not.
fn value(kind: LocationKind, problem: &LocationProblem, mask: u32) -> Option<i128> {
    let mut best = Vec::new();
    let mut count = Vec::new();
    for row in &problem.reach {
        let serving: Vec<i64> = row
            .iter()
            .filter(|(site, _)| problem.rules.existing[*site as usize] || mask >> site & 1 == 1)
            .filter(|(_, cost)| problem.radius.is_none_or(|radius| *cost <= radius))
            .map(|&(_, cost)| cost)
            .collect();
        best.push(serving.iter().copied().min());
        count.push(serving.len());
    }
    let weights = || problem.weights.iter().map(|&weight| i128::from(weight));
    let served = |least: usize| weights().zip(&count).filter(|&(_, &n)| n >= least).map(|(w, _)| w).sum::<i128>();
    let is_all_served = best.iter().all(Option::is_some);
    let asking = || weights().zip(&best).filter(|&(weight, _)| weight > 0);
    let is_asking_served = asking().all(|(_, best)| best.is_some());
    let products = || asking().map(|(weight, best)| weight * i128::from(best.unwrap()));
    match kind {
        LocationKind::SetCovering => is_all_served.then(|| mask.count_ones().into()),
        LocationKind::BackupCovering => is_all_served.then(|| i128::from(mask.count_ones()) * 1_000_000 - served(2)),
        LocationKind::MaximalCovering => Some(-served(1)),
        LocationKind::Median => is_asking_served.then(|| products().sum()),
        LocationKind::Center => is_all_served.then(|| best.iter().map(|b| b.unwrap().into()).max().unwrap_or(0)),
        LocationKind::WeightedCenter => is_asking_served.then(|| products().max().unwrap_or(0)),
    }
}

fn plans(kind: LocationKind, problem: &LocationProblem) -> Vec<(i128, u32)> {
    (0..1_u32 << problem.rules.site_count())
        .filter(|&mask| is_lawful(&problem.rules, mask))
        .filter_map(|mask| Some((value(kind, problem, mask)?, mask)))
        .collect()
}

fn mask_of(sites: &[u32]) -> u32 {
    sites.iter().fold(0, |mask, site| mask | 1 << site)
}

/// Whether a usable site reaches a demand within the radius.
fn is_reachable(problem: &LocationProblem, demand: usize) -> bool {
    let rules = &problem.rules;
    problem.reach[demand].iter().any(|&(site, cost)| {
        (rules.existing[site as usize] || !rules.forbidden[site as usize])
            && problem.radius.is_none_or(|radius| cost <= radius)
    })
}

/// Which demands are reachable, and so must be served, changes with the radius: each larger one is looked at.
#[test]
fn radius_for_reachable_demands_equals_enumeration() {
    let reachable_at = |problem: &LocationProblem, radius: i64| {
        let mut at = LocationProblem { radius: Some(radius), ..problem.clone() };
        let kept: Vec<usize> = (0..at.reach.len()).filter(|&demand| is_reachable(&at, demand)).collect();
        at.weights = kept.iter().map(|&demand| at.weights[demand]).collect();
        at.reach = kept.iter().map(|&demand| at.reach[demand].clone()).collect();
        at
    };
    let mut met = [0, 0];
    for kind in [LocationKind::SetCovering, LocationKind::Median, LocationKind::Center, LocationKind::WeightedCenter] {
        for number in 0..CASES {
            let problem = case(number, kind);
            let Some(own) = problem.radius else { continue };
            if !plans(kind, &reachable_at(&problem, own)).is_empty() {
                continue;
            }
            let mut radii: Vec<i64> = problem.reach.iter().flatten().map(|&(_, cost)| cost).collect();
            radii.retain(|&radius| radius > own);
            radii.sort_unstable();
            let wanted = radii.into_iter().find(|&radius| !plans(kind, &reachable_at(&problem, radius)).is_empty());
            let found = radius_for_reachable(kind, &problem, &LocationOptions::default()).unwrap();
            assert_eq!(found, wanted, "{kind:?} case {number}: {problem:?}");
            met[usize::from(wanted.is_some())] += 1;
        }
    }
    assert!(met[0] > 10 && met[1] > 10, "{met:?}");
}

fn check(kind: LocationKind, number: u64) {
    let problem = case(number, kind);
    let every = plans(kind, &problem);
    let least = every.iter().map(|&(value, _)| value).min();
    let wants_optima = number.is_multiple_of(3);
    let within_share = if number.is_multiple_of(2) { 0.0 } else { 0.3 };
    let optima = wants_optima.then_some(OptimaRequest { within_share, most: 1_000 });
    let found = locate(kind, &problem, &LocationOptions { optima, ..LocationOptions::default() });
    let tag = || format!("{kind:?} case {number}: {problem:?}\nfound {found:?}\nleast {least:?}");
    let answer: &LocationAnswer = match (&found, least) {
        (Ok(answer), Some(_)) => answer,
        (Err(LocationError::Infeasible(collision)), None) => {
            assert!(!collision.rules.is_empty(), "{}", tag());
            let relaxed = |change: &dyn Fn(&mut LocationProblem)| {
                let mut relaxed = problem.clone();
                change(&mut relaxed);
                plans(kind, &relaxed)
            };
            if collision.rules.iter().any(|rule| matches!(rule, Rule::MostNew(_))) {
                let open = relaxed(&|problem| problem.rules.most_new = None);
                let fewest = open.iter().map(|&(_, mask)| mask.count_ones()).min();
                assert_eq!(collision.fewest_sites, fewest, "{}", tag());
            }
            if collision.rules.iter().any(|rule| matches!(rule, Rule::Budget(_))) {
                let open = relaxed(&|problem| problem.rules.budget = None);
                let cost = |mask: u32| {
                    (0..problem.rules.site_count())
                        .filter(|s| mask >> s & 1 == 1)
                        .map(|s| problem.rules.cost[s])
                        .sum::<i64>()
                };
                let cheapest = open.iter().map(|&(_, mask)| cost(mask)).min();
                assert_eq!(collision.smallest_budget, cheapest, "{}", tag());
            }
            let asks = |demand: usize| {
                problem.weights[demand] > 0 || !matches!(kind, LocationKind::Median | LocationKind::WeightedCenter)
            };
            // Forbidden sites reach, too: that they are forbidden is a rule, and named when it collides.
            let within = |cost: i64| problem.radius.is_none_or(|radius| cost <= radius);
            let is_served = |demand: usize| problem.reach[demand].iter().any(|&(_, cost)| within(cost));
            let is_lost = |&demand: &usize| asks(demand) && !is_served(demand);
            let named_only = relaxed(&|problem| {
                for site in 0..problem.rules.site_count() {
                    problem.rules.forbidden[site] &= collision.rules.contains(&Rule::Forbidden(site as u32));
                }
            });
            assert!(named_only.is_empty(), "{}: {:?} alone can be kept", tag(), collision.rules);
            if collision.rules.contains(&Rule::ServeAll) {
                let lost: Vec<u32> = (0..problem.reach.len()).filter(is_lost).map(|demand| demand as u32).collect();
                assert_eq!(collision.out_of_reach, lost, "{}", tag());
            }
            if collision.rules.contains(&Rule::ServeAll) && problem.radius.is_some() {
                let open = relaxed(&|problem| problem.radius = None);
                let within = |radius: i64| !relaxed(&|problem| problem.radius = Some(radius)).is_empty();
                assert_eq!(collision.smallest_radius.is_some(), !open.is_empty(), "{}", tag());
                if let Some(radius) = collision.smallest_radius {
                    assert!(within(radius) && !within(radius - 1), "{}", tag());
                }
            }
            return;
        }
        _ => panic!("{}", tag()),
    };
    let least = least.unwrap();
    let mask = mask_of(&answer.sites);
    assert_eq!(answer.status, SitingStatus::Optimal, "{}", tag());
    assert!(is_lawful(&problem.rules, mask), "{}", tag());
    assert_eq!(value(kind, &problem, mask), Some(least), "{}", tag());
    assert_eq!(answer.objective, answer.bound, "{}", tag());
    let shown = match kind {
        LocationKind::MaximalCovering => -least,
        LocationKind::BackupCovering => (1_000_000 - least.rem_euclid(1_000_000)) % 1_000_000,
        _ => least,
    };
    assert_eq!(answer.objective, shown, "{}", tag());
    if let Some(optima) = &answer.optima {
        let slack = |best: i128| best + (best as f64 * within_share).floor() as i128;
        let is_wanted = |&(value, mask): &(i128, u32)| match kind {
            LocationKind::MaximalCovering => -value >= -least - (-least as f64 * within_share).floor() as i128,
            LocationKind::BackupCovering => {
                let fewest = answer.sites.len() as u32;
                let best = answer.objective;
                mask.count_ones() <= fewest
                    && i128::from(fewest) * 1_000_000 - value >= best - (best as f64 * within_share).floor() as i128
            }
            _ => value <= slack(least),
        };
        let mut wanted: Vec<u32> = every.iter().filter(|plan| is_wanted(plan)).map(|&(_, mask)| mask).collect();
        let mut listed: Vec<u32> = optima.plans.iter().map(|sites| mask_of(sites)).collect();
        wanted.sort_unstable();
        listed.sort_unstable();
        assert!(optima.is_complete, "{}", tag());
        assert_eq!(listed, wanted, "{}", tag());
    }
}

fn check_all(kind: LocationKind) {
    (0..CASES).for_each(|number| check(kind, number));
}

#[test]
fn set_covering_equals_enumeration() {
    check_all(LocationKind::SetCovering);
}

#[test]
fn backup_covering_equals_enumeration() {
    check_all(LocationKind::BackupCovering);
}

#[test]
fn maximal_covering_equals_enumeration() {
    check_all(LocationKind::MaximalCovering);
}

#[test]
fn medians_equal_enumeration() {
    check_all(LocationKind::Median);
}

#[test]
fn centers_equal_enumeration() {
    check_all(LocationKind::Center);
}

#[test]
fn weighted_centers_equal_enumeration() {
    check_all(LocationKind::WeightedCenter);
}
