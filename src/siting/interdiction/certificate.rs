//! The independent check: evasion of every trip from the chosen sites alone, on the whole network.

use super::{InterdictionProblem, TripOutcome};
use crate::siting::Rules;
use std::collections::{BTreeMap, BinaryHeap};

/// Where each trip goes when `sites`, ascending, have new offices.
pub(super) fn outcomes(problem: &InterdictionProblem, rules: &Rules, sites: &[u32]) -> Vec<TripOutcome> {
    let with_plan = factors(problem, rules, sites);
    let before = factors(problem, rules, &[]);
    let mut trips_to: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (number, trip) in problem.trips.iter().enumerate() {
        trips_to.entry(trip.destination).or_default().push(number);
    }
    let mut arcs_into = vec![Vec::new(); problem.node_count as usize];
    for (number, arc) in (0_u32..).zip(&problem.arcs) {
        arcs_into[arc.to as usize].push(number);
    }
    let blank = TripOutcome { evasion_probability: 0.0, evasion_probability_before: 0.0, path: Vec::new() };
    let mut outcomes = vec![blank; problem.trips.len()];
    for (destination, numbers) in trips_to {
        let (evasion, onward) = safest(problem, &arcs_into, &with_plan, destination);
        let (evasion_before, _) = safest(problem, &arcs_into, &before, destination);
        for number in numbers {
            let origin = problem.trips[number].origin;
            let mut path = Vec::new();
            let mut node = origin as usize;
            while let Some(arc) = onward[node] {
                path.push(arc);
                node = problem.arcs[arc as usize].to as usize;
            }
            outcomes[number] = TripOutcome {
                evasion_probability: evasion[origin as usize],
                evasion_probability_before: evasion_before[origin as usize],
                path,
            };
        }
    }
    outcomes
}

/// What each arc lets pass.
fn factors(problem: &InterdictionProblem, rules: &Rules, sites: &[u32]) -> Vec<f64> {
    let is_watched = |site: u32| rules.existing[site as usize] || sites.binary_search(&site).is_ok();
    problem
        .arcs
        .iter()
        .map(|arc| match arc.watch {
            Some(watch) if is_watched(watch.site) => watch.evasion_probability_with_office,
            _ => arc.evasion_probability,
        })
        .collect()
}

/// Greatest product of factors from each node to `destination`, and the arc it takes first: of equal ones the one found
/// first, settling nodes in falling evasion, then rising number, and arcs in their order.
fn safest(
    problem: &InterdictionProblem,
    arcs_into: &[Vec<u32>],
    factors: &[f64],
    destination: u32,
) -> (Vec<f64>, Vec<Option<u32>>) {
    let mut evasion = vec![0.0; arcs_into.len()];
    let mut onward = vec![None; arcs_into.len()];
    let mut is_settled = vec![false; arcs_into.len()];
    let mut heap = BinaryHeap::new();
    evasion[destination as usize] = 1.0;
    // The bits of numbers from 0 up are in their order.
    heap.push((1.0_f64.to_bits(), std::cmp::Reverse(destination)));
    while let Some((_, std::cmp::Reverse(node))) = heap.pop() {
        if std::mem::replace(&mut is_settled[node as usize], true) {
            continue;
        }
        for &arc in &arcs_into[node as usize] {
            let from = problem.arcs[arc as usize].from;
            let through = factors[arc as usize] * evasion[node as usize];
            if through > evasion[from as usize] {
                evasion[from as usize] = through;
                onward[from as usize] = Some(arc);
                heap.push((through.to_bits(), std::cmp::Reverse(from)));
            }
        }
    }
    (evasion, onward)
}
