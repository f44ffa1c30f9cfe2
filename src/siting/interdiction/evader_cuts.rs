//! The two families of cuts, each separated exactly by one label-setting pass over an [`EvaderGraph`].
//!
//! **Level cuts.** Give each watched arc a second copy with its lower evasion that no office blocks. Then
//! `theta = max { value(P) : P unblocked }`, so `theta = floor + integral over t of [some path of value >= t is
//! unblocked]`, and for each level any one path gives `[...] >= 1 - x(P)`, where `x(P)` is the sum of the sites that block
//! P. Summed over the levels, with paths `P_1, P_2, ...` of falling value `v_1 > v_2 > ... >= floor`:
//! `theta >= v_1 - sum_k (v_k - v_(k+1)) x(P_k)`. These are the step (mixing) inequalities of Pan & Morton 2008, here
//! over paths of a general network; the most violated one takes the Pareto front of value against `x(P)`.
//!
//! **Node cuts.** `pi_i >= p pi_j - (p free_j - max(q free_j, floor_i)) x_a` and `pi_i >= q pi_j`: Benders cuts of the
//! compact formulation (Towle & Luedtke 2018) with the tightest constants; better only where paths meet many watched arcs.

use super::cut_search::Cut;
use super::evader_graph::{Entry, EvaderGraph, NO_SITE};
use std::collections::{BTreeMap, BinaryHeap};

/// A difference of weights that is only rounding.
const WEIGHT_EPS: f64 = 1e-9;
/// Longest front kept at a node. What lies beyond would make a cut stronger, never weaker; whole-number points have fronts
/// of one label.
const LONGEST_FRONT: usize = 256;

#[derive(Clone, Copy, Debug)]
struct Label {
    evasion: f64,
    weight: f64,
    node: u32,
    site: u32,
    onward: u32,
}

const END: u32 = u32::MAX;

/// For each trip of `graph` whose theta is violated by more than `tolerance`, the most violated cut.
///
/// `x` has one value a site, `theta` one a trip (`evasion = floor + theta * span`); `first_theta` numbers the first.
pub(super) fn violated(graph: &EvaderGraph, x: &[f64], theta: &[f64], first_theta: usize, tolerance: f64) -> Vec<Cut> {
    let (pool, fronts) = pareto(graph, x);
    let mut cuts = Vec::new();
    let mut weak = Vec::new();
    let node_values = NodeValues::new(graph, x);
    for (place, (trip, &theta)) in graph.trips.iter().zip(theta).enumerate() {
        let level = level_cut(graph, &pool, &fronts[trip.origin as usize], trip, x);
        let node_value =
            (node_values.evasion[trip.origin as usize] - graph.floor[trip.origin as usize]) / graph.span(trip);
        let level_value = level.value(x);
        if level_value.max(node_value) > theta + tolerance {
            // A little slack: level cuts are the better ones when both are as deep.
            if node_value > level_value + 1e-7 {
                weak.push((place, trip));
            }
            if level_value > theta + tolerance {
                cuts.push(Cut { theta: Some(first_theta + place), ..level });
            }
        }
    }
    cuts.extend(weak.into_iter().map(|(place, trip)| node_values.cut(graph, trip, first_theta + place)));
    cuts
}

/// Labels (evasion, weight of blocking sites) that no other label of the node beats, in falling evasion.
fn pareto(graph: &EvaderGraph, x: &[f64]) -> (Vec<Label>, Vec<Vec<u32>>) {
    let node_count = graph.inward.node_count();
    let mut pool: Vec<Label> = Vec::new();
    let mut fronts: Vec<Vec<u32>> = vec![Vec::new(); node_count];
    // From 1 on a level's share is 0 or less: such labels do not help.
    let mut least_weight = vec![1.0 - WEIGHT_EPS; node_count];
    let mut heap: BinaryHeap<Entry> = BinaryHeap::new();
    for (node, &evasion) in (0_u32..).zip(&graph.floor).filter(|&(_, &floor)| floor > 0.0) {
        heap.push(Entry { evasion, weight: 0.0, number: pool.len() as u32 });
        pool.push(Label { evasion, weight: 0.0, node, site: NO_SITE, onward: END });
    }
    while let Some(entry) = heap.pop() {
        let label = pool[entry.number as usize];
        let node = label.node as usize;
        if label.weight > least_weight[node] - WEIGHT_EPS || fronts[node].len() >= LONGEST_FRONT {
            continue;
        }
        least_weight[node] = label.weight;
        fronts[node].push(entry.number);
        for step in graph.inward.steps_into(label.node) {
            let from = step.from as usize;
            let mut reach = |evasion: f64, weight: f64, site: u32| {
                if evasion > graph.floor[from] && weight <= least_weight[from] - WEIGHT_EPS {
                    heap.push(Entry { evasion, weight, number: pool.len() as u32 });
                    pool.push(Label { evasion, weight, node: step.from, site, onward: entry.number });
                }
            };
            reach(step.evasion_watched * label.evasion, label.weight, NO_SITE);
            if step.site != NO_SITE {
                reach(step.evasion * label.evasion, label.weight + x[step.site as usize], step.site);
            }
        }
    }
    (pool, fronts)
}

fn level_cut(
    graph: &EvaderGraph,
    pool: &[Label],
    front: &[u32],
    trip: &super::evader_graph::ReducedTrip,
    x: &[f64],
) -> Cut {
    let floor = graph.floor[trip.origin as usize];
    let span = graph.span(trip);
    let mut constant = 0.0;
    let mut terms: BTreeMap<u32, f64> = BTreeMap::new();
    let _ = x;
    for (place, &number) in front.iter().enumerate() {
        let next = front.get(place + 1).map_or(floor, |&number| pool[number as usize].evasion.max(floor));
        let step = (pool[number as usize].evasion - next) / span;
        if step <= 0.0 {
            continue;
        }
        constant += step;
        let mut sites = Vec::new();
        let mut at = number;
        while at != END {
            let label = pool[at as usize];
            if label.site != NO_SITE && !sites.contains(&label.site) {
                sites.push(label.site);
                *terms.entry(label.site).or_default() += step;
            }
            at = label.onward;
        }
    }
    Cut { theta: None, constant, terms: terms.into_iter().collect() }
}

/// The compact formulation's optimum for given `x`, and the arcs it takes.
struct NodeValues {
    evasion: Vec<f64>,
    /// Head, factor, drop, site; site is [`NO_SITE`] where nothing is lost.
    onward: Vec<(u32, f64, f64, u32)>,
}

impl NodeValues {
    fn new(graph: &EvaderGraph, x: &[f64]) -> Self {
        let mut evasion = graph.floor.clone();
        let mut onward = vec![(END, 0.0, 0.0, NO_SITE); evasion.len()];
        let entry = |number: u32, evasion: f64| Entry { evasion, weight: 0.0, number };
        let mut heap: BinaryHeap<Entry> =
            (0_u32..).zip(&evasion).filter(|&(_, &e)| e > 0.0).map(|(n, &e)| entry(n, e)).collect();
        while let Some(Entry { evasion: reached, number: node, .. }) = heap.pop() {
            if reached < evasion[node as usize] {
                continue;
            }
            for step in graph.inward.steps_into(node) {
                let from = step.from as usize;
                let mut best = (step.evasion_watched * reached, (node, step.evasion_watched, 0.0, NO_SITE));
                if step.site != NO_SITE {
                    let free = graph.free[node as usize];
                    let drop = step.evasion * free - (step.evasion_watched * free).max(graph.floor[from]);
                    let through = step.evasion * reached - drop * x[step.site as usize];
                    if through > best.0 {
                        best = (through, (node, step.evasion, drop, step.site));
                    }
                }
                if best.0 > evasion[from] * (1.0 + 1e-13) {
                    (evasion[from], onward[from]) = best;
                    heap.push(entry(step.from, best.0));
                }
            }
        }
        Self { evasion, onward }
    }

    fn cut(&self, graph: &EvaderGraph, trip: &super::evader_graph::ReducedTrip, theta: usize) -> Cut {
        let span = graph.span(trip);
        let (mut node, mut factor) = (trip.origin as usize, 1.0);
        let mut terms: BTreeMap<u32, f64> = BTreeMap::new();
        while let (next, step, drop, site) = self.onward[node]
            && next != END
        {
            if site != NO_SITE {
                *terms.entry(site).or_default() += factor * drop / span;
            }
            factor *= step;
            node = next as usize;
        }
        let constant = (factor * graph.floor[node] - graph.floor[trip.origin as usize]) / span;
        Cut { theta: Some(theta), constant, terms: terms.into_iter().collect() }
    }
}
