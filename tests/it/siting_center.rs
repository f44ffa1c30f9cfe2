//! p-center: OR-Library style graphs proven within a part of the default work, and middling cases against enumeration.

use crate::random::Random;
use corridor::siting::{LocationKind, LocationOptions, LocationProblem, Rules, SitingStatus, locate};

/// Shortest paths of a connected random graph with lengths 1..=100 and `n * n / 50` edges, as in OR-Library.
fn graph(node_count: usize, p: u32, seed: u64) -> LocationProblem {
    let mut dice = Random(seed);
    let mut cost = vec![i64::MAX / 4; node_count * node_count];
    let mut edge = |a: usize, b: usize, length: i64| {
        (cost[a * node_count + b], cost[b * node_count + a]) = (length, length);
    };
    for node in 1..node_count {
        edge(node - 1, node, 1 + dice.under(100) as i64);
    }
    for _ in node_count..node_count * node_count / 50 {
        let (a, b) = (dice.under(node_count as u64) as usize, dice.under(node_count as u64) as usize);
        if a != b {
            edge(a, b, 1 + dice.under(100) as i64);
        }
    }
    for node in 0..node_count {
        cost[node * node_count + node] = 0;
    }
    for via in 0..node_count {
        let onwards = cost[via * node_count..][..node_count].to_vec();
        for from in cost.chunks_mut(node_count) {
            let first = from[via];
            from.iter_mut().zip(&onwards).for_each(|(cost, next)| *cost = (*cost).min(first + next));
        }
    }
    let reach = cost.chunks(node_count).map(|row| (0..).zip(row.iter().copied()).collect()).collect();
    LocationProblem {
        weights: vec![1; node_count],
        reach,
        radius: None,
        rules: Rules { most_new: Some(p), ..Rules::free(node_count) },
    }
}

/// At a tenth of the default work: a radius cannot be left open because one estimate of the solver's work was too high.
#[test]
fn large_graphs_are_proven() {
    for (node_count, p, seed) in [(900, 5, 5), (900, 10, 6), (600, 5, 7), (500, 100, 8)] {
        let options = LocationOptions { step_limit: 12_000, ..LocationOptions::default() };
        let answer = locate(LocationKind::Center, &graph(node_count, p, seed), &options).unwrap();
        assert_eq!(answer.status, SitingStatus::Optimal, "{node_count} nodes, p {p}: {:?}", answer.stop);
        assert_eq!(answer.objective, answer.bound);
    }
}

/// Without work to prove anything there is a plan all the same, and a good one: far better than one site.
#[test]
fn the_plan_of_a_search_cut_short_is_good() {
    let problem = graph(300, 10, 9);
    let hurried = LocationOptions { step_limit: 60, ..LocationOptions::default() };
    let cut = locate(LocationKind::Center, &problem, &hurried).unwrap();
    let whole = locate(LocationKind::Center, &problem, &LocationOptions::default()).unwrap();
    assert_eq!(whole.status, SitingStatus::Optimal);
    assert!(cut.bound <= whole.objective && cut.objective >= whole.objective);
    assert!(cut.objective * 4 <= whole.objective * 5, "{} against {}", cut.objective, whole.objective);
}

/// Every plan of 3 or 4 of 24 sites looked at; some sites required, forbidden or existing.
#[test]
fn middling_cases_agree_with_enumeration() {
    const SITES: usize = 24;
    for number in 0..60 {
        let mut dice = Random(number * 977 + 5);
        let p = 3 + (number % 2) as u32;
        let mut rules = Rules { most_new: Some(p), ..Rules::free(SITES) };
        if number % 3 > 0 {
            rules.required[dice.under(SITES as u64) as usize] = true;
            rules.forbidden[dice.under(SITES as u64) as usize] = true;
            rules.existing[dice.under(SITES as u64) as usize] = number % 3 == 2;
            for site in 0..SITES {
                rules.forbidden[site] &= !rules.existing[site] && !rules.required[site];
            }
        }
        let row = |dice: &mut Random| (0..SITES as u32).map(|site| (site, dice.under(40) as i64)).collect();
        let reach: Vec<Vec<(u32, i64)>> = (0..40).map(|_| row(&mut dice)).collect();
        let is_new = |site: usize| !rules.existing[site] && !rules.forbidden[site];
        let required: Vec<usize> = (0..SITES).filter(|&site| rules.required[site] && is_new(site)).collect();
        let always: Vec<usize> = (0..SITES).filter(|&site| rules.existing[site]).chain(required.clone()).collect();
        let free: Vec<usize> = (0..SITES).filter(|&site| is_new(site) && !required.contains(&site)).collect();
        let mut served = vec![i64::MAX; reach.len()];
        for (row, served) in reach.iter().zip(&mut served) {
            always.iter().for_each(|&site| *served = (*served).min(row[site].1));
        }
        let least = enumerate(&reach, &free, p as usize - required.len(), &served);
        let problem = LocationProblem { weights: vec![1; reach.len()], reach, radius: None, rules };
        let answer = locate(LocationKind::Center, &problem, &LocationOptions::default()).unwrap();
        assert_eq!((answer.objective, answer.status), (least.into(), SitingStatus::Optimal), "case {number}");
    }
}

/// The least radius with at most `left` more of `free`, from the costs at which demands are served already.
fn enumerate(reach: &[Vec<(u32, i64)>], free: &[usize], left: usize, served: &[i64]) -> i64 {
    let mut best = served.iter().copied().max().unwrap_or(0);
    if left > 0 {
        for (at, &site) in free.iter().enumerate() {
            let closer: Vec<i64> = served.iter().zip(reach).map(|(&cost, row)| cost.min(row[site].1)).collect();
            best = best.min(enumerate(reach, &free[at + 1..], left - 1, &closer));
        }
    }
    best
}
