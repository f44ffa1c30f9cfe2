//! Betweenness: how many least routes pass each node.

use super::graph::CLOSED;
use super::queue::BucketQueue;
use super::topology::Topology;
use super::trees::{FARTHEST, OpenArcs};
use super::ways::{Length, Queue, Ways};
use crate::parallel::accumulate_in_order_with;
use std::sync::OnceLock;

/// Weighted betweenness of every node, from `sources` to all nodes: the sum over pairs (s, t) of
/// `weight(s, t) * sigma_st(v) / sigma_st`, where `sigma_st` counts the least routes from s to t and `sigma_st(v)` those
/// with v strictly inside. With all nodes as sources and weight 1 it is the betweenness of Freeman 1977; with trips as
/// weights, the flow through each node when trips take least routes, split evenly over ties.
///
/// Brandes 2001 ("A faster algorithm for betweenness centrality", Journal of Mathematical Sociology 25): one search and one
/// sweep back a source. `costs[a]`: cost of arc `a`, [`CLOSED`] = not to be used. Routes differ when their arcs differ, so
/// parallel arcs of one cost count apart. Among routes of one cost those with the fewest arcs of cost 0 count, so that
/// cycles of cost 0 do not. Route counts are held as 64-bit floats: exact up to 2^53 ties a pair, beyond it to a relative
/// 1e-16 a step, and never too large to hold unless a pair has more than 10^308 ties. Costs are compared exactly.
/// Result: one number a node, by node. The same bits at any number of threads.
#[must_use]
pub fn betweenness(
    topology: &Topology,
    costs: &[u32],
    sources: &[u32],
    weight: impl Fn(u32, u32) -> f64 + Sync + Send,
) -> Vec<f64> {
    let has_free_arc = costs.contains(&0);
    let open = OpenArcs::new(topology, costs);
    let ways = OnceLock::new();
    let nodes = &open.nodes;
    let by_place = accumulate_in_order_with(sources, topology.node_count(), Space::default, |space, &source, sum| {
        let weight = |place: u32| weight(source, nodes[place as usize]);
        if has_free_arc || !space.near(&open, source, &weight, sum) {
            let ways = ways.get_or_init(|| Ways::new(topology, costs));
            far(ways, &open, source, &weight, sum);
        }
    });
    open.place.iter().map(|&place| by_place[place as usize]).collect()
}

/// An estimate from some sources, and how far off it may be.
#[derive(Clone, Debug, PartialEq)]
pub struct SampledBetweenness {
    /// Estimate of the betweenness of every node.
    pub estimate: Vec<f64>,
    /// With probability `1 - failure` no estimate is farther than this from the exact value.
    pub largest_error: f64,
}

/// Betweenness of every node estimated from `sample_count` sources drawn with replacement from `seed`: `n / sample_count`
/// times the sum over the sample.
///
/// A source adds between 0 and n - 2 to a node, so by Hoeffding 1963 and the union bound over n nodes no estimate is
/// off by more than `n (n - 2) sqrt(ln(2 n / failure) / (2 sample_count))`, except with probability `failure` (the scheme
/// of Brandes & Pich 2007, "Centrality estimation in large networks", International Journal of Bifurcation and Chaos 17).
/// For scale: the largest possible value is (n - 1)(n - 2). Costs and ties as in [`betweenness`].
#[must_use]
pub fn betweenness_sampled(
    topology: &Topology,
    costs: &[u32],
    sample_count: usize,
    failure: f64,
    seed: u64,
) -> SampledBetweenness {
    let nodes = topology.node_count();
    let mut state = seed;
    let sources: Vec<u32> = (0..sample_count).map(|_| below(&mut state, nodes as u64) as u32).collect();
    let scale = nodes as f64 / sample_count.max(1) as f64;
    let mut estimate = betweenness(topology, costs, &sources, |_, _| 1.0);
    estimate.iter_mut().for_each(|value| *value *= scale);
    let (n, r) = (nodes as f64, sample_count as f64);
    let largest_error = n * (n - 2.0).max(0.0) * ((2.0 * n / failure).ln() / (2.0 * r)).sqrt();
    SampledBetweenness { estimate, largest_error }
}

/// A whole number below `count`: SplitMix64 (Steele, Lea & Flood 2014) and the high half of a product.
fn below(state: &mut u64, count: u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^= z >> 31;
    ((u128::from(z) * u128::from(count)) >> 64) as u64
}

#[derive(Clone, Copy)]
struct Mark {
    cost: u32,
    /// Least routes to the node; on the way back, what it hands on a route.
    count: f64,
}

#[derive(Default)]
struct Space {
    queue: BucketQueue,
    mark: Vec<Mark>,
    order: Vec<u32>,
}

impl Space {
    /// Adds the share of one source, by place; false when costs do not fit 32 bits (nothing is added then). No arc is free.
    fn near(&mut self, open: &OpenArcs<'_>, source: u32, weight: &impl Fn(u32) -> f64, sum: &mut [f64]) -> bool {
        let Self { queue, mark, order } = self;
        let root = open.place[source as usize];
        queue.begin(open.node_count(), open.largest_step);
        mark.clear();
        mark.resize(open.node_count(), Mark { cost: FARTHEST, count: 0.0 });
        order.clear();
        mark[root as usize] = Mark { cost: 0, count: 1.0 };
        queue.push(0, root);
        while let Some((at, node)) = queue.pop() {
            let Mark { cost, count } = mark[node as usize];
            if at > cost {
                continue;
            }
            order.push(node);
            for &(head, step) in &open.steps[open.steps_at(node)] {
                let reached = at.saturating_add(step);
                if reached == FARTHEST {
                    return false;
                }
                let known = &mut mark[head as usize];
                if reached < known.cost {
                    (known.cost, known.count) = (reached, count);
                    queue.push(reached, head);
                } else if reached == known.cost {
                    known.count += count;
                }
            }
        }
        for &node in order.iter().rev() {
            let Mark { cost: at, count } = mark[node as usize];
            let mut handed_on = 0.0;
            for &(head, step) in &open.steps[open.steps_at(node)] {
                let next = &mark[head as usize];
                if at.wrapping_add(step) == next.cost {
                    handed_on += next.count;
                }
            }
            let passing = count * handed_on;
            if node != root {
                sum[node as usize] += passing;
                mark[node as usize].count = (weight(node) + passing) / count;
            }
        }
        true
    }
}

/// As [`Space::near`] for any costs.
fn far(ways: &Ways<'_>, open: &OpenArcs<'_>, source: u32, weight: &impl Fn(u32) -> f64, sum: &mut [f64]) {
    let after = |at: Length, cost: u64| Length { cost: at.cost + cost, arcs: at.arcs + u32::from(cost == 0) };
    let mut length = vec![Length::NEVER; ways.node_count()];
    let (mut count, mut is_settled) = (vec![0.0; ways.node_count()], vec![false; ways.node_count()]);
    let (mut queue, mut order) = (Queue::default(), Vec::new());
    length[source as usize] = Length::ZERO;
    count[source as usize] = 1.0;
    queue.push(Length::ZERO, source);
    while let Some((at, node)) = queue.pop() {
        if std::mem::replace(&mut is_settled[node as usize], true) {
            continue;
        }
        order.push(node);
        for step in ways.out_of(node) {
            let (reached, head) = (after(at, step.cost), step.node as usize);
            if reached < length[head] {
                (length[head], count[head]) = (reached, count[node as usize]);
                queue.push(reached, step.node);
            } else if reached == length[head] {
                count[head] += count[node as usize];
            }
        }
    }
    for &node in order.iter().rev() {
        let is_least =
            |step: &&super::ways::Step| after(length[node as usize], step.cost) == length[step.node as usize];
        let on: f64 = ways.out_of(node).iter().filter(is_least).map(|step| count[step.node as usize]).sum();
        let passing = count[node as usize] * on;
        if node != source {
            let place = open.place[node as usize];
            sum[place as usize] += passing;
            count[node as usize] = (weight(place) + passing) / count[node as usize];
        }
    }
}

// The flag never looks like a cost.
const _: () = assert!(CLOSED == FARTHEST);
