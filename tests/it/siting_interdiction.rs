//! Interdiction against exhaustive search on random small networks, and against published instances.

// Helpers of tests may unwrap as the tests themselves do.
#![allow(clippy::unwrap_used)]

use crate::random::Random;
use corridor::siting::interdiction::{
    EvaderTrip, EvasionArc, InterdictionProblem, SearchLimits, Watch, interdict_evaders,
};
use corridor::siting::logit_interdiction::{LogitProblem, LogitRoute, LogitTrip, interdict_logit_evaders};
use corridor::siting::max_flow_interdiction::{CapacityArc, MaxFlowProblem, reduce_max_flow};
use corridor::siting::shortest_path_interdiction::{Attack, LengthArc, ShortestPathProblem, lengthen_shortest_path};
use corridor::siting::{CountryRule, OptimaRequest, Rules, SitingError, SitingStatus};
use std::collections::{BTreeMap, BTreeSet};

const CASE_COUNT: u64 = 2_000;

fn has(mask: u32, bit: u32) -> bool {
    mask >> bit & 1 == 1
}

/// The rules' own reading, on the set of new offices.
fn is_lawful(rules: &Rules, mask: u32) -> bool {
    let count = rules.site_count() as u32;
    let exists = |site: u32| rules.existing[site as usize];
    let stands = |site: u32| has(mask, site) || exists(site);
    let new_in = |sites: &[u32]| -> Vec<u32> { sites.iter().copied().filter(|&site| has(mask, site)).collect() };
    let cost_in = |sites: &[u32]| -> i64 { new_in(sites).iter().map(|&site| rules.cost[site as usize]).sum() };
    let all: Vec<u32> = (0..count).collect();
    let is_kept = |country: &CountryRule| {
        let new = new_in(&country.sites).len() as u32;
        new >= country.at_least
            && country.at_most.is_none_or(|most| new <= most)
            && country.budget.is_none_or(|most| cost_in(&country.sites) <= most)
    };
    mask < 1 << count
        && all.iter().all(|&site| !has(mask, site) || !(exists(site) || rules.forbidden[site as usize]))
        && all.iter().all(|&site| !rules.required[site as usize] || stands(site))
        && rules.most_new.is_none_or(|most| mask.count_ones() <= most)
        && rules.budget.is_none_or(|most| cost_in(&all) <= most)
        && rules.countries.iter().all(is_kept)
        && rules.pairs.iter().all(|set| {
            set.iter().any(|&site| exists(site)) || new_in(set).is_empty() || set.iter().all(|&site| has(mask, site))
        })
        && rules.exclusive.iter().all(|set| {
            let set: BTreeSet<u32> = set.iter().copied().collect();
            let new = set.iter().filter(|&&site| has(mask, site)).count();
            new == 0 || set.iter().filter(|&&site| stands(site)).count() <= 1
        })
        && rules.conditional.iter().all(|&[a, b]| !has(mask, a) || stands(b))
}

fn random_rules(dice: &mut Random, site_count: u32) -> Rules {
    let mut rules = Rules::free(site_count as usize);
    let flags = |dice: &mut Random, in_many: u64| (0..site_count).map(|_| dice.once_in(in_many)).collect::<Vec<bool>>();
    rules.cost = (0..site_count).map(|_| dice.under(5) as i64).collect();
    match dice.under(4) {
        0 => rules.most_new = Some(dice.under(4) as u32),
        1 => rules.budget = Some(dice.under(12) as i64),
        2 => (rules.most_new, rules.budget) = (Some(dice.under(6) as u32), Some(dice.under(9) as i64)),
        _ => {}
    }
    if dice.once_in(3) {
        rules.existing = flags(dice, 5);
    }
    if dice.once_in(5) {
        rules.required = flags(dice, 6);
    }
    if dice.once_in(4) {
        rules.forbidden = rules.existing.iter().map(|exists| !exists && dice.once_in(4)).collect();
    }
    if dice.once_in(3) {
        let country_of: Vec<u64> = (0..site_count).map(|_| dice.under(3)).collect();
        rules.countries = (0..3)
            .map(|country| CountryRule {
                sites: (0..site_count).filter(|&site| country_of[site as usize] == country).collect(),
                at_least: u32::from(dice.once_in(4)),
                at_most: dice.once_in(3).then(|| 1 + dice.under(2) as u32),
                budget: dice.once_in(3).then(|| dice.under(7) as i64),
            })
            .collect();
    }
    let mut some = |in_many: u64, most: u64| -> Option<Vec<u32>> {
        let set: BTreeSet<u32> = (0..2 + dice.under(most)).map(|_| dice.under(u64::from(site_count)) as u32).collect();
        (dice.once_in(in_many) && set.len() > 1).then(|| set.into_iter().collect())
    };
    if site_count >= 2 {
        rules.pairs.extend(some(4, 2));
        rules.pairs.extend(some(6, 1));
        rules.exclusive.extend(some(4, 2));
        rules.conditional.extend(some(4, 1).map(|two| [two[1], two[0]]));
        rules.conditional.extend(some(4, 1).map(|two| [two[0], two[1]]));
    }
    rules
}

/// The lawful plans and their values, the best value, and whether `optima` lists exactly those within a tenth of it.
fn check_optima(rules: &Rules, worth: impl Fn(u32) -> f64, best: f64, optima: &[Vec<u32>], case: u64) {
    let limit = if best.is_finite() { best + best.abs() * 0.1 } else { best };
    let masks = (0..1_u32 << rules.site_count()).filter(|&mask| is_lawful(rules, mask));
    let near = |mask: &u32| {
        let value = worth(*mask);
        value <= limit || is_close(value, limit)
    };
    let mut wanted: Vec<Vec<u32>> = masks
        .filter(near)
        .map(|mask| (0..rules.site_count() as u32).filter(|&site| has(mask, site)).collect())
        .collect();
    wanted.sort_unstable();
    assert_eq!(optima, wanted, "case {case}: {rules:?}");
}

/// All plans within a tenth.
fn with_optima() -> SearchLimits {
    let optima = Some(OptimaRequest { within_share: 0.1, most: 100_000 });
    SearchLimits { optima, ..SearchLimits::default() }
}

fn mask_of(sites: &[u32]) -> u32 {
    sites.iter().fold(0, |mask, site| mask | 1 << site)
}

fn random_evaders(dice: &mut Random) -> InterdictionProblem {
    let node_count = 2 + dice.under(6) as u32;
    let site_count = dice.under(8) as u32;
    let node = |dice: &mut Random| dice.under(u64::from(node_count)) as u32;
    let arcs = (0..dice.under(16))
        .map(|_| {
            let evasion_probability = dice.pick(&[0.0, 0.2, 0.5, 0.9, 1.0, 0.73, 0.41]);
            let watch = (site_count > 0 && !dice.once_in(3)).then(|| Watch {
                site: dice.under(u64::from(site_count)) as u32,
                evasion_probability_with_office: evasion_probability * dice.pick(&[0.0, 0.0, 0.1, 0.5, 0.83, 1.0]),
            });
            EvasionArc { from: node(dice), to: node(dice), evasion_probability, watch }
        })
        .collect();
    let trips = (0..1 + dice.under(5))
        .map(|_| EvaderTrip { origin: node(dice), destination: node(dice), weight: dice.pick(&[0.0, 0.1, 1.0, 2.5]) })
        .collect();
    InterdictionProblem { node_count, site_count, arcs, trips }
}

/// Weighted evasion by Bellman & Ford's rounds.
fn evasion(problem: &InterdictionProblem, stands: impl Fn(u32) -> bool) -> f64 {
    let of_trip = |trip: &EvaderTrip| {
        let mut best = vec![0.0_f64; problem.node_count as usize];
        best[trip.destination as usize] = 1.0;
        for _ in 0..problem.node_count {
            for arc in &problem.arcs {
                let factor = match arc.watch {
                    Some(watch) if stands(watch.site) => watch.evasion_probability_with_office,
                    _ => arc.evasion_probability,
                };
                best[arc.from as usize] = best[arc.from as usize].max(factor * best[arc.to as usize]);
            }
        }
        trip.weight * best[trip.origin as usize]
    };
    problem.trips.iter().map(of_trip).sum()
}

fn is_close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * (1.0 + a.abs())
}

#[test]
fn evaders_on_safest_paths_agree_with_every_plan_tried() {
    let (mut solved, mut infeasible) = (0, 0);
    for case in 0..CASE_COUNT {
        let dice = &mut Random(case);
        let problem = random_evaders(dice);
        let rules = random_rules(dice, problem.site_count);
        let value = |mask: u32| evasion(&problem, |site| has(mask, site) || rules.existing[site as usize]);
        let lawful = (0..1_u32 << problem.site_count).filter(|&mask| is_lawful(&rules, mask));
        let best = lawful.map(value).min_by(f64::total_cmp);
        match (interdict_evaders(&problem, &rules, with_optima()), best) {
            (Ok(plan), Some(best)) => {
                let mask = mask_of(&plan.sites);
                assert!(is_close(plan.objective, best), "case {case}: {} against {best}", plan.objective);
                assert!(plan.bound <= best + 1e-9 && plan.status == SitingStatus::Optimal, "case {case}: {plan:?}");
                assert!(is_lawful(&rules, mask), "case {case}: {plan:?} under {rules:?}");
                assert!(
                    is_close(value(mask), plan.objective) && is_close(value(0), plan.objective_before),
                    "case {case}"
                );
                let optima = plan.optima.unwrap();
                assert!(optima.is_complete, "case {case}");
                check_optima(&rules, value, best, &optima.plans, case);
                solved += 1;
            }
            (Err(SitingError::Colliding(collision)), None) => {
                assert!(!collision.rules.is_empty());
                infeasible += 1;
            }
            (answer, best) => panic!("case {case}: {answer:?}, tried {best:?}, {rules:?}"),
        }
    }
    assert!(solved > 1_000 && infeasible > 20, "{solved} solved, {infeasible} infeasible");
}

fn random_lengths(dice: &mut Random) -> ShortestPathProblem {
    let node_count = 2 + dice.under(5) as u32;
    let is_whole = !dice.once_in(3);
    let scale = if is_whole { 1.0 } else { 0.37 };
    let arcs = (0..1 + dice.under(10))
        .map(|_| LengthArc {
            from: dice.under(u64::from(node_count)) as u32,
            to: dice.under(u64::from(node_count)) as u32,
            length: dice.under(6) as f64 * scale,
            attack: match dice.under(6) {
                0 => Attack::Spared,
                1 => Attack::Remove,
                _ => Attack::Lengthen(dice.under(6) as f64 * scale),
            },
        })
        .collect();
    ShortestPathProblem {
        node_count,
        arcs,
        origin: dice.under(u64::from(node_count)) as u32,
        destination: dice.under(u64::from(node_count)) as u32,
    }
}

/// Shortest length by Bellman & Ford's rounds.
fn length(problem: &ShortestPathProblem, mask: u32) -> f64 {
    let mut least = vec![f64::INFINITY; problem.node_count as usize];
    least[problem.origin as usize] = 0.0;
    for _ in 0..problem.node_count {
        for (number, arc) in (0_u32..).zip(&problem.arcs) {
            let added = match arc.attack {
                Attack::Lengthen(added) if has(mask, number) => added,
                Attack::Remove if has(mask, number) => f64::INFINITY,
                _ => 0.0,
            };
            least[arc.to as usize] = least[arc.to as usize].min(least[arc.from as usize] + arc.length + added);
        }
    }
    least[problem.destination as usize]
}

#[test]
fn shortest_paths_agree_with_every_attack_tried() {
    let (mut cut_off, mut infeasible) = (0, 0);
    for case in 0..CASE_COUNT {
        let dice = &mut Random(case + 1_000_000);
        let problem = random_lengths(dice);
        let count = problem.arcs.len() as u32;
        let mut rules = random_rules(dice, count);
        // What cannot be attacked is asked for in a test of its own.
        for (arc, _) in problem.arcs.iter().enumerate().filter(|(_, arc)| arc.attack == Attack::Spared) {
            (rules.required[arc], rules.existing[arc]) = (false, false);
        }
        let mut lawful = rules.clone();
        for (arc, is_forbidden) in lawful.forbidden.iter_mut().enumerate() {
            *is_forbidden |= problem.arcs[arc].attack == Attack::Spared;
        }
        let existing = (0..count).filter(|&arc| rules.existing[arc as usize]).fold(0, |mask, arc| mask | 1 << arc);
        let value = |mask: u32| length(&problem, mask | existing);
        let masks = (0..1_u32 << count).filter(|&mask| is_lawful(&lawful, mask));
        let best = masks.map(value).max_by(f64::total_cmp);
        match (lengthen_shortest_path(&problem, &rules, with_optima()), best) {
            (Ok(plan), Some(best)) => {
                let mask = mask_of(&plan.arcs);
                let agrees = |a: f64, b: f64| a == b || is_close(a, b);
                assert!(
                    agrees(plan.objective, best) && plan.status == SitingStatus::Optimal,
                    "case {case}: {plan:?} against {best}, {problem:?} {rules:?}"
                );
                assert!(is_lawful(&lawful, mask) && agrees(value(mask), plan.objective), "case {case}");
                assert!(agrees(value(0), plan.objective_before), "case {case}");
                let optima = plan.optima.unwrap();
                assert!(optima.is_complete, "case {case}");
                check_optima(&lawful, |mask| -value(mask), -best, &optima.plans, case);
                cut_off += i32::from(best.is_infinite());
            }
            (Err(SitingError::Colliding(_)), None) => infeasible += 1,
            (answer, best) => panic!("case {case}: {answer:?}, tried {best:?}"),
        }
    }
    assert!(cut_off > 50 && cut_off < 1_900 && infeasible > 20, "{cut_off} cut off, {infeasible} infeasible");
}

/// A two-way grid with whole lengths and delays of 1 to 10, from one corner to the other.
fn random_grid(dice: &mut Random, side: u32) -> ShortestPathProblem {
    let mut arcs = Vec::new();
    for (row, column) in (0..side).flat_map(|row| (0..side).map(move |column| (row, column))) {
        let node = row * side + column;
        let right = (column + 1 < side).then_some(node + 1);
        let down = (row + 1 < side).then_some(node + side);
        for other in [right, down].into_iter().flatten() {
            for (from, to) in [(node, other), (other, node)] {
                let (length, added) = (1 + dice.under(10), 1 + dice.under(10));
                let attack = Attack::Lengthen(added as f64);
                arcs.push(LengthArc { from, to, length: length as f64, attack });
            }
        }
    }
    ShortestPathProblem { node_count: side * side, arcs, origin: 0, destination: side * side - 1 }
}

/// Whether `left` more attacks make the shortest path at least `target` long: one of its arcs must be attacked, so each is
/// tried, and then spared for good.
fn can_reach(problem: &ShortestPathProblem, fate: &mut [Option<bool>], left: u32, target: f64) -> bool {
    let mut least = vec![(f64::INFINITY, None); problem.node_count as usize];
    least[problem.origin as usize].0 = 0.0;
    let mut has_changed = true;
    while std::mem::take(&mut has_changed) {
        for (number, arc) in problem.arcs.iter().enumerate() {
            let Attack::Lengthen(added) = arc.attack else { panic!("a grid has no other attack") };
            let length = arc.length + if fate[number] == Some(true) { added } else { 0.0 };
            let reached = least[arc.from as usize].0 + length;
            if reached < least[arc.to as usize].0 {
                least[arc.to as usize] = (reached, Some(number));
                has_changed = true;
            }
        }
    }
    if least[problem.destination as usize].0 >= target {
        return true;
    }
    let (mut at, mut spared) = (problem.destination, Vec::new());
    while let (true, Some(number)) = (left > 0, least[at as usize].1) {
        if fate[number].is_none() {
            fate[number] = Some(true);
            if can_reach(problem, fate, left - 1, target) {
                return true;
            }
            fate[number] = Some(false);
            spared.push(number);
        }
        at = problem.arcs[number].from;
    }
    spared.into_iter().for_each(|number| fate[number] = None);
    false
}

#[test]
fn whole_lengths_on_grids_agree_with_branching_on_the_shortest_path() {
    for case in 0..400 {
        let dice = &mut Random(case + 6_000_000);
        let problem = random_grid(dice, 3 + case as u32 % 2);
        let attacks = 2 + dice.under(4) as u32;
        let mut rules = Rules::free(problem.arcs.len());
        if dice.once_in(2) {
            rules.most_new = Some(attacks);
        } else {
            (rules.cost, rules.budget) = (vec![1; problem.arcs.len()], Some(i64::from(attacks)));
        }
        let plan = lengthen_shortest_path(&problem, &rules, SearchLimits::default()).unwrap();
        assert_eq!((plan.status, plan.bound), (SitingStatus::Optimal, plan.objective), "case {case}");
        let reaches = |target: f64| can_reach(&problem, &mut vec![None; problem.arcs.len()], attacks, target);
        let found = (reaches(plan.objective), reaches(plan.objective + 1.0));
        assert_eq!(found, (true, false), "case {case}: {} with {attacks}", plan.objective);
    }
}

/// Least cut over every set of nodes (least cut = greatest flow).
fn flow_left(problem: &MaxFlowProblem, mask: u32) -> u64 {
    let is_cut = |side: u32| {
        problem.sources.iter().all(|&node| has(side, node)) && !problem.sinks.iter().any(|&node| has(side, node))
    };
    let capacity = |side: u32| -> u64 {
        (0_u32..)
            .zip(&problem.arcs)
            .filter(|&(number, arc)| !has(mask, number) && has(side, arc.from) && !has(side, arc.to))
            .map(|(_, arc)| arc.capacity)
            .sum()
    };
    (0..1_u32 << problem.node_count).filter(|&side| is_cut(side)).map(capacity).min().unwrap()
}

#[test]
fn greatest_flows_agree_with_every_removal_tried() {
    let mut infeasible = 0;
    for case in 0..CASE_COUNT {
        let dice = &mut Random(case + 2_000_000);
        let node_count = 2 + dice.under(4) as u32;
        let capacities = [0, 1, 2, 5, 7, 1_000, 1 << 17];
        let arcs: Vec<CapacityArc> = (0..dice.under(10))
            .map(|_| CapacityArc {
                from: dice.under(u64::from(node_count)) as u32,
                to: dice.under(u64::from(node_count)) as u32,
                capacity: capacities[dice.under(7) as usize],
            })
            .collect();
        let problem = MaxFlowProblem {
            node_count,
            sources: if dice.once_in(5) && node_count > 2 { vec![0, 1] } else { vec![0] },
            sinks: vec![node_count - 1],
            arcs,
        };
        let rules = random_rules(dice, problem.arcs.len() as u32);
        let existing = (0..rules.site_count()).filter(|&arc| rules.existing[arc]).fold(0, |mask, arc| mask | 1 << arc);
        let value = |mask: u32| flow_left(&problem, mask | existing);
        let masks = (0..1_u32 << problem.arcs.len()).filter(|&mask| is_lawful(&rules, mask));
        let best = masks.map(value).min();
        match (reduce_max_flow(&problem, &rules, with_optima()), best) {
            (Ok(plan), Some(best)) => {
                let mask = mask_of(&plan.arcs);
                assert!(plan.objective == best, "case {case}: {plan:?} against {best}, {problem:?}");
                assert!(plan.status == SitingStatus::Optimal && is_lawful(&rules, mask), "case {case}: {plan:?}");
                assert_eq!((value(mask), value(0)), (plan.objective, plan.objective_before), "case {case}");
                assert_eq!(plan.cut.iter().map(|&arc| problem.arcs[arc as usize].capacity).sum::<u64>(), best);
                let optima = plan.optima.unwrap();
                assert!(optima.is_complete, "case {case}");
                check_optima(&rules, |mask| value(mask) as f64, best as f64, &optima.plans, case);
            }
            (Err(SitingError::Colliding(_)), None) => infeasible += 1,
            (answer, best) => panic!("case {case}: {answer:?}, tried {best:?}, {problem:?} {rules:?}"),
        }
    }
    assert!(infeasible > 20, "{infeasible} infeasible");
}

fn logit_problem(dice: &mut Random, site_count: u32) -> LogitProblem {
    let trips = (0..1 + dice.under(4))
        .map(|_| LogitTrip {
            weight: dice.pick(&[0.0, 1.0, 2.5]),
            routes: (0..dice.under(4))
                .map(|_| LogitRoute {
                    utility: -dice.pick(&[0.0, 1.0, 2.0, 0.5]),
                    hazard: dice.pick(&[0.0, 0.1, 1.0]),
                    added_hazard: (0..site_count)
                        .filter_map(|site| Some((site, dice.pick(&[0.0, 0.3, 2.0]))).filter(|_| dice.once_in(3)))
                        .collect(),
                })
                .collect(),
        })
        .collect();
    LogitProblem { site_count, trips, utility_per_hazard: dice.pick(&[0.0, 1.0, 5.0]) }
}

fn logit_evasion(problem: &LogitProblem, stands: impl Fn(u32) -> bool) -> f64 {
    let of_trip = |trip: &LogitTrip| {
        let (mut above, mut below) = (0.0, 0.0);
        for route in &trip.routes {
            let added: f64 =
                route.added_hazard.iter().filter(|&&(site, _)| stands(site)).map(|&(_, added)| added).sum();
            let share = (route.utility - problem.utility_per_hazard * added).exp();
            above += share * (-route.hazard - added).exp();
            below += share;
        }
        if below > 0.0 { trip.weight * above / below } else { 0.0 }
    };
    problem.trips.iter().map(of_trip).sum()
}

#[test]
fn few_sites_against_logit_evaders_are_exact() {
    for case in 0..CASE_COUNT {
        let dice = &mut Random(case + 3_000_000);
        let site_count = dice.under(7) as u32;
        let problem = logit_problem(dice, site_count);
        let rules = random_rules(dice, problem.site_count);
        let value = |mask: u32| logit_evasion(&problem, |site| has(mask, site) || rules.existing[site as usize]);
        let lawful = |mask: &u32| is_lawful(&rules, *mask);
        let best = (0..1_u32 << problem.site_count).filter(lawful).map(value).min_by(f64::total_cmp);
        match (interdict_logit_evaders(&problem, &rules, SearchLimits::default()), best) {
            (Ok(plan), Some(best)) => {
                let mask = mask_of(&plan.sites);
                assert!(is_close(plan.objective, best) && lawful(&mask), "case {case}: {plan:?} against {best}");
                // Nobody evades better on average than on the safest route.
                assert!(plan.objective <= plan.safest_route_objective + 1e-9, "case {case}");
                assert!(plan.safest_route_bound <= plan.safest_route_objective + 1e-9, "case {case}");
            }
            (Err(SitingError::Colliding(_)), None) => {}
            (answer, best) => panic!("case {case}: {answer:?}, tried {best:?}"),
        }
    }
}

#[test]
fn many_sites_against_logit_evaders_keep_bound_and_rules() {
    for case in 0..20 {
        let dice = &mut Random(case + 4_000_000);
        let problem = logit_problem(dice, 16);
        let rules = Rules { most_new: Some(3), ..Rules::free(16) };
        let plan = interdict_logit_evaders(&problem, &rules, SearchLimits::default()).unwrap();
        let three = (0..1_u32 << 16).filter(|mask| mask.count_ones() <= 3);
        let best = three.map(|mask| logit_evasion(&problem, |site| has(mask, site))).min_by(f64::total_cmp).unwrap();
        assert!(plan.sites.len() <= 3 && plan.bound <= best + 1e-9, "case {case}: {plan:?} against {best}");
        assert!(plan.objective >= best - 1e-9 && plan.objective <= plan.objective_before + 1e-9, "case {case}");
    }
}

#[test]
fn more_offices_are_never_worse() {
    for case in 0..200 {
        let dice = &mut Random(case + 5_000_000);
        let problem = random_evaders(dice);
        let objective = |office_count: u32| {
            let rules = Rules { most_new: Some(office_count), ..Rules::free(problem.site_count as usize) };
            interdict_evaders(&problem, &rules, SearchLimits::default()).unwrap().objective
        };
        let curve: Vec<f64> = (0..=problem.site_count).map(objective).collect();
        assert!(curve.windows(2).all(|two| two[1] <= two[0] + 1e-9), "case {case}: {curve:?}");
    }
}

#[test]
fn bad_numbers_are_refused_and_trivial_cases_answered() {
    let arc = |p: f64, q: f64| EvasionArc {
        from: 0,
        to: 1,
        evasion_probability: p,
        watch: Some(Watch { site: 0, evasion_probability_with_office: q }),
    };
    let problem = |arc: EvasionArc, weight: f64| InterdictionProblem {
        node_count: 3,
        site_count: 1,
        arcs: vec![arc],
        trips: vec![EvaderTrip { origin: 0, destination: 1, weight }, EvaderTrip { origin: 1, destination: 2, weight }],
    };
    let solve = |problem: &InterdictionProblem, office_count| {
        let rules = Rules { most_new: Some(office_count), ..Rules::free(1) };
        interdict_evaders(problem, &rules, SearchLimits::default())
    };
    for (p, q, weight) in [
        (1.5, 0.5, 1.0),
        (f64::NAN, 0.5, 1.0),
        (0.5, -0.1, 1.0),
        (0.5, 0.6, 1.0),
        (0.5, 0.1, -1.0),
        (0.5, 0.1, f64::NAN),
    ] {
        let answer = solve(&problem(arc(p, q), weight), 1);
        assert!(
            matches!(&answer, Err(SitingError::Refused(all)) if all[0].code == "S002"),
            "{p} {q} {weight}: {answer:?}"
        );
    }
    let plan = solve(&problem(arc(0.5, 0.1), 2.0), 1).unwrap();
    assert_eq!((plan.sites, plan.objective, plan.objective_before), (vec![0], 0.2, 1.0));
    assert_eq!(plan.unreachable_trips, vec![1]);
    assert_eq!((plan.trips[0].path.clone(), plan.trips[1].evasion_probability), (vec![0], 0.0));
    let none = solve(&problem(arc(0.5, 0.1), 2.0), 0).unwrap();
    assert_eq!((none.sites, none.objective, none.bound), (vec![], 1.0, 1.0));
    let empty = interdict_evaders(&InterdictionProblem::default(), &Rules::default(), SearchLimits::default()).unwrap();
    assert_eq!((empty.objective, empty.bound, empty.status), (0.0, 0.0, SitingStatus::Optimal));
}

fn shared(path: &str) -> Option<String> {
    std::fs::read_to_string(format!("{}/../shared/{path}", env!("CARGO_MANIFEST_DIR"))).ok()
}

/// The instance in `folder`, with the evasion under an office given by `rule` from the plain one and the table's.
fn snip(arcs: &str, trips: &str, rule: impl Fn(f64, f64) -> f64) -> InterdictionProblem {
    let mut numbers: BTreeMap<String, u32> = BTreeMap::new();
    let mut number = |name: &str| {
        let next = numbers.len() as u32;
        *numbers.entry(name.to_owned()).or_insert(next)
    };
    let mut problem = InterdictionProblem::default();
    for line in arcs.lines().skip(1) {
        let cells: Vec<&str> = line.trim().split(',').collect();
        let evasion_probability: f64 = cells[2].parse().unwrap();
        let watch = cells[3].parse::<f64>().ok().map(|with_office| {
            problem.site_count += 1;
            Watch {
                site: problem.site_count - 1,
                evasion_probability_with_office: rule(evasion_probability, with_office),
            }
        });
        let (from, to) = (number(cells[0]), number(cells[1]));
        problem.arcs.push(EvasionArc { from, to, evasion_probability, watch });
    }
    for line in trips.lines().skip(1) {
        let cells: Vec<&str> = line.trim().split(',').collect();
        let (origin, destination) = (number(cells[0]), number(cells[1]));
        problem.trips.push(EvaderTrip { origin, destination, weight: cells[2].parse().unwrap() });
    }
    problem.node_count = numbers.len() as u32;
    problem
}

/// Two rules and two budgets of the instance of Pan & Morton, where it is at hand.
#[test]
fn the_published_instance_has_its_published_values() {
    let files = ["arcs.csv", "trips.csv", "expected.csv"].map(|file| shared(&format!("cases/snip0/{file}")));
    let [Some(arcs), Some(trips), Some(expected)] = files else { return };
    for line in expected.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let office_count: u32 = cells[1].parse().unwrap();
        let problem = match cells[0] {
            "with-office value from arcs.csv" => snip(&arcs, &trips, |_, with_office| with_office),
            "with-office = 0.5 x evasion" if office_count % 40 == 30 || office_count == 80 => {
                snip(&arcs, &trips, |evasion, _| 0.5 * evasion)
            }
            _ => continue,
        };
        let rules = Rules { most_new: Some(office_count), ..Rules::free(problem.site_count as usize) };
        let plan = interdict_evaders(&problem, &rules, SearchLimits::default()).unwrap();
        let [value, bound] = [cells[2], cells[3]].map(|cell| cell.parse::<f64>().unwrap());
        assert!(plan.objective >= bound - 1e-6 && plan.objective <= value + 1e-6, "{line}: {}", plan.objective);
        assert!(plan.status == SitingStatus::Optimal && plan.gap_share <= 1e-7, "{line}: {}", plan.gap_share);
    }
}

/// The command line: parallel arcs, rules over arcs, all optima, and what would do when rules collide.
#[test]
fn arcs_take_rules_on_the_command_line() {
    let folder = tempfile::TempDir::new().unwrap();
    let pipes = "from,to,capacity,cost_to_remove,country,pair,exclusive\n\
                 s,t,5,2,AFG,,\ns,t,4,1.5,IRN,x,e\ns,a,3,1,IRN,x,\na,t,3,1,AFG,,e\ns,t,1,,AFG,,\n";
    std::fs::write(folder.path().join("pipes.csv"), pipes).unwrap();
    let solve = |options: &str| -> (i32, serde_json::Value) {
        let line = format!("solve max-flow-interdiction --arcs pipes.csv --from s --to t --json {options}");
        let mut command = assert_cmd::Command::new(env!("CARGO_BIN_EXE_corridor"));
        let output = command.current_dir(folder.path()).args(line.split_whitespace()).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        (output.status.code().unwrap(), serde_json::from_str(&text).unwrap_or_default())
    };
    // 13 flow; the pair of 4 and 3 costs 2.5, the pipe of 5 costs 2.
    for (options, objective, rows) in [
        ("--budget 2", 8.0, vec![2]),
        ("--budget 2.5", 6.0, vec![3, 4]),
        ("--budget 4.5", 1.0, vec![2, 3, 4]),
        ("-p 1 --forbidden s-t#1", 10.0, vec![5]),
        ("-p 2 --country-max AFG=1 --country-min AFG=1 --forbidden s-a", 8.0, vec![2]),
        ("--budget 9 --country-budget AFG=1", 6.0, vec![3, 4]),
        ("--budget 9 --requires s-t#1:a-t --required s-t#1", 5.0, vec![2, 5]),
        ("--budget 9 --existing s-t#1 --exclusive s-t#1,s-a", 5.0, vec![5]),
    ] {
        let (code, answer) = solve(options);
        assert_eq!((code, &answer["status"]), (0, &serde_json::json!("optimal")), "{options}: {answer}");
        assert_eq!(answer["objective"], serde_json::json!(objective), "{options}: {answer}");
        assert_eq!(answer["site_rows"], serde_json::json!(rows), "{options}: {answer}");
    }
    let (_, all) = solve("-p 2 --all-optima --within 50%");
    assert_eq!(all["optima_rows"], serde_json::json!([[2, 5], [3, 4]]), "{all}");
    assert_eq!(all["optima_complete"], serde_json::json!(true));
    let (code, none) = solve("--budget 1 --required s-t#1,a-t");
    assert_eq!((code, &none["smallest_budget"]), (4, &serde_json::json!(3.0)), "{none}");
    assert_eq!(solve("--budget 9 --required s-t").0, 2);
}
