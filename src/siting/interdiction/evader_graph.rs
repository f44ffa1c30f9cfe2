//! For one destination, the part of the network that a lawful plan can make matter.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// Two probabilities closer than this, relative to the greater, count as equal.
const NEAR: f64 = 1e-12;

/// An arc that evaders may take, its office decided by column `site` of the search.
#[derive(Clone, Copy, Debug)]
pub(super) struct WatchedArc {
    pub(super) from: u32,
    pub(super) to: u32,
    pub(super) evasion: f64,
    /// Evasion with the office; equal to `evasion` when `site` is none.
    pub(super) evasion_watched: f64,
    pub(super) site: Option<u32>,
}

/// A heap entry: the greatest evasion first, then the least weight, then the least number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) evasion: f64,
    pub(super) weight: f64,
    pub(super) number: u32,
}

impl Eq for Entry {}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> Ordering {
        self.evasion
            .total_cmp(&other.evasion)
            .then(other.weight.total_cmp(&self.weight))
            .then(other.number.cmp(&self.number))
    }
}

/// Arcs towards one node, with their place in the answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    /// Tail of the arc.
    pub(super) from: u32,
    pub(super) evasion: f64,
    pub(super) evasion_watched: f64,
    /// Column, or [`NO_SITE`].
    pub(super) site: u32,
}

/// No office can watch the arc.
pub(super) const NO_SITE: u32 = u32::MAX;

/// The arcs of a network by their heads.
#[derive(Clone, Debug, Default)]
pub(super) struct Inward {
    first: Vec<u32>,
    steps: Vec<Step>,
}

impl Inward {
    pub(super) fn new(node_count: usize, arcs: &[WatchedArc]) -> Self {
        let mut first = vec![0_u32; node_count + 1];
        for arc in arcs {
            first[arc.to as usize + 1] += 1;
        }
        for node in 0..node_count {
            first[node + 1] += first[node];
        }
        let mut next = first.clone();
        let blank = Step { from: 0, evasion: 0.0, evasion_watched: 0.0, site: NO_SITE };
        let mut steps = vec![blank; arcs.len()];
        for arc in arcs {
            let place = &mut next[arc.to as usize];
            steps[*place as usize] = Step {
                from: arc.from,
                evasion: arc.evasion,
                evasion_watched: arc.evasion_watched,
                site: arc.site.unwrap_or(NO_SITE),
            };
            *place += 1;
        }
        Self { first, steps }
    }

    pub(super) fn node_count(&self) -> usize {
        self.first.len() - 1
    }

    pub(super) fn steps_into(&self, node: u32) -> &[Step] {
        &self.steps[self.first[node as usize] as usize..self.first[node as usize + 1] as usize]
    }

    /// Greatest evasion from each node, never below `floor`; the label-setting rule of Dijkstra for products of factors
    /// in 0..=1.
    pub(super) fn safest(&self, mut evasion: Vec<f64>, is_watched: impl Fn(u32) -> bool) -> Vec<f64> {
        let entry = |number: u32, evasion: f64| Entry { evasion, weight: 0.0, number };
        let mut heap: BinaryHeap<Entry> =
            (0_u32..).zip(&evasion).filter(|&(_, &e)| e > 0.0).map(|(n, &e)| entry(n, e)).collect();
        while let Some(Entry { evasion: reached, number: node, .. }) = heap.pop() {
            if reached < evasion[node as usize] {
                continue;
            }
            for step in self.steps_into(node) {
                let is_watched = step.site != NO_SITE && is_watched(step.site);
                let through = reached * if is_watched { step.evasion_watched } else { step.evasion };
                if through > evasion[step.from as usize] {
                    evasion[step.from as usize] = through;
                    heap.push(entry(step.from, through));
                }
            }
        }
        evasion
    }
}

/// A trip of the reduced problem: from a node of its [`EvaderGraph`].
#[derive(Clone, Copy, Debug)]
pub(super) struct ReducedTrip {
    pub(super) origin: u32,
    /// Sum of the weights of the trips it stands for, each times the factor to reach `origin`.
    pub(super) weight: f64,
}

/// The network towards one destination.
///
/// `free[i]` is the evasion from `i` without offices, `floor[i]` with all of them. An arc `(i, j)` with
/// `p free[j] <= floor[i]` is never better than what is left anyway and goes; a node with `free = floor` is a constant.
#[derive(Clone, Debug)]
pub(super) struct EvaderGraph {
    pub(super) inward: Inward,
    pub(super) free: Vec<f64>,
    pub(super) floor: Vec<f64>,
    pub(super) trips: Vec<ReducedTrip>,
    /// Weighted evasion of the trips that no plan changes.
    pub(super) constant: f64,
}

impl EvaderGraph {
    /// Reduces the network of `whole` (made from `arcs`) for the trips `(origin, weight)` to `destination`.
    pub(super) fn new(whole: &Inward, arcs: &[WatchedArc], destination: u32, trips: &[(u32, f64)]) -> Self {
        let node_count = whole.node_count();
        let mut at_end = vec![0.0; node_count];
        at_end[destination as usize] = 1.0;
        let free = whole.safest(at_end.clone(), |_| false);
        let floor = whole.safest(at_end, |_| true);
        let is_settled = |node: u32| free[node as usize] <= floor[node as usize] * (1.0 + NEAR);
        let is_useful = |arc: &&WatchedArc| {
            !is_settled(arc.from) && arc.evasion * free[arc.to as usize] > floor[arc.from as usize] * (1.0 + NEAR)
        };
        let mut outward = vec![Vec::new(); node_count];
        for arc in arcs.iter().filter(is_useful) {
            outward[arc.from as usize].push(*arc);
        }
        let mut constant = 0.0;
        let mut weight_at = vec![0.0; node_count];
        for &(origin, weight) in trips {
            let (mut origin, mut weight) = (origin, weight);
            // A node with one way on, which no office watches and which leaves no less at worst, passes its trips on.
            let leaves_no_less =
                |arc: &WatchedArc| arc.evasion * floor[arc.to as usize] >= floor[arc.from as usize] * (1.0 - NEAR);
            while !is_settled(origin) {
                match outward[origin as usize][..] {
                    [only] if only.site.is_none() && leaves_no_less(&only) => {
                        weight *= only.evasion;
                        origin = only.to;
                    }
                    _ => break,
                }
            }
            if is_settled(origin) {
                constant += weight * free[origin as usize];
            } else {
                weight_at[origin as usize] += weight;
            }
        }
        Self::shrink(&outward, &free, &floor, &weight_at, constant)
    }

    /// Only the nodes that trips can reach, numbered anew in ascending order.
    fn shrink(outward: &[Vec<WatchedArc>], free: &[f64], floor: &[f64], weight_at: &[f64], constant: f64) -> Self {
        let mut is_reached: Vec<bool> = weight_at.iter().map(|&weight| weight > 0.0).collect();
        let mut stack: Vec<usize> = (0..outward.len()).filter(|&node| is_reached[node]).collect();
        while let Some(node) = stack.pop() {
            for arc in &outward[node] {
                if !std::mem::replace(&mut is_reached[arc.to as usize], true) {
                    stack.push(arc.to as usize);
                }
            }
        }
        let kept: Vec<usize> = (0..outward.len()).filter(|&node| is_reached[node]).collect();
        let mut number = vec![0_u32; outward.len()];
        for (new, &node) in (0_u32..).zip(&kept) {
            number[node] = new;
        }
        let renumbered =
            |arc: &WatchedArc| WatchedArc { from: number[arc.from as usize], to: number[arc.to as usize], ..*arc };
        let arcs: Vec<WatchedArc> = kept.iter().flat_map(|&node| outward[node].iter().map(renumbered)).collect();
        let of = |values: &[f64]| kept.iter().map(|&node| values[node]).collect::<Vec<f64>>();
        let trips = kept
            .iter()
            .filter(|&&node| weight_at[node] > 0.0)
            .map(|&node| ReducedTrip { origin: number[node], weight: weight_at[node] })
            .collect();
        Self { inward: Inward::new(kept.len(), &arcs), free: of(free), floor: of(floor), trips, constant }
    }

    /// How much offices can take from a trip's evasion at most.
    pub(super) fn span(&self, trip: &ReducedTrip) -> f64 {
        self.free[trip.origin as usize] - self.floor[trip.origin as usize]
    }
}
