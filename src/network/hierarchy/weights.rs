//! Weights of the up-arcs under one or several sets of arc costs: basic customisation by lower triangles (Dibbelt,
//! Strasser & Wagner 2016, "Customizable contraction hierarchies", ACM JEA 21, section 5.2).

use super::skeleton::{LONG, Skeleton};
use super::vectors::vectored;
use crate::network::CLOSED;
use crate::parallel::on_each_with;
use std::ops::Range;

/// Sets of costs customised side by side.
pub(super) const SETS: usize = 4;

/// A number a search adds up in. Two of at most `FAR` can be added; `FAR` = no path, or a path of as much.
pub(super) trait Weight: Copy + Ord + Send + Sync + std::fmt::Debug + 'static {
    /// No path known.
    const FAR: Self;
    /// Nothing.
    const ZERO: Self;
    /// The cost of an open arc; at most `FAR`.
    fn of_cost(cost: u32) -> Self;
    /// The sum of two weights of at most `FAR` each.
    fn plus(self, other: Self) -> Self;
    /// The same as a whole number; `u64::MAX` = `FAR`.
    fn in_full(self) -> u64;
}

impl Weight for u32 {
    const FAR: Self = Self::MAX >> 1;
    const ZERO: Self = 0;
    #[inline(always)]
    fn of_cost(cost: u32) -> Self {
        cost.min(Self::FAR)
    }
    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        self.wrapping_add(other)
    }
    #[inline(always)]
    fn in_full(self) -> u64 {
        if self >= Self::FAR { u64::MAX } else { u64::from(self) }
    }
}

impl Weight for u64 {
    const FAR: Self = Self::MAX >> 1;
    const ZERO: Self = 0;
    #[inline(always)]
    fn of_cost(cost: u32) -> Self {
        Self::from(cost)
    }
    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        self.wrapping_add(other)
    }
    #[inline(always)]
    fn in_full(self) -> u64 {
        if self >= Self::FAR { Self::MAX } else { self }
    }
}

/// A number weights are kept in, read as a number to add up in.
pub(super) trait Kept<W>: Copy + Send + Sync {
    /// The weight.
    fn weight(self) -> W;
}

impl<W: Weight> Kept<W> for W {
    #[inline(always)]
    fn weight(self) -> W {
        self
    }
}

impl Kept<u64> for u32 {
    #[inline(always)]
    fn weight(self) -> u64 {
        if self >= Self::FAR { u64::FAR } else { u64::from(self) }
    }
}

/// The weights of all up-arcs in travel direction from the low end to the high end, and back.
#[derive(Clone, Debug)]
pub(super) struct Pair<W> {
    pub(super) up: Vec<W>,
    pub(super) down: Vec<W>,
}

impl<W> Pair<W> {
    /// The weights to climb by: up when costs from a node are asked for (`SIDE` 0), down when costs to it (1).
    #[inline(always)]
    pub(super) fn side<const SIDE: usize>(&self) -> &[W] {
        if SIDE == 0 { &self.up } else { &self.down }
    }

    /// The weights to descend by.
    #[inline(always)]
    pub(super) fn other_side<const SIDE: usize>(&self) -> &[W] {
        if SIDE == 0 { &self.down } else { &self.up }
    }
}

/// Where the costs of the arcs enter: the arcs behind each up-arc.
#[derive(Clone, Debug, Default)]
pub(super) struct Origins {
    first: Vec<u32>,
    /// Twice the arc, and 1 when it leads down.
    arc: Vec<u32>,
}

impl Origins {
    /// `ends`: tail and head of every arc, as ranks. `None` when an arc has no place among the up-arcs.
    pub(super) fn new(skeleton: &Skeleton, ends: impl Iterator<Item = (u32, u32)>) -> Option<Self> {
        let mut placed = Vec::new();
        let mut first = vec![0_u32; skeleton.up_head.len() + 1];
        for (arc, (tail, head)) in ends.enumerate() {
            if tail != head {
                let up_arc = skeleton.arc_between(tail.min(head), tail.max(head))?;
                placed.push((up_arc, 2 * arc as u32 + u32::from(tail > head)));
                first[up_arc as usize + 1] += 1;
            }
        }
        (1..first.len()).for_each(|ix| first[ix] += first[ix - 1]);
        let mut fill = first.clone();
        let mut arc = vec![0_u32; placed.len()];
        for (up_arc, entry) in placed {
            arc[fill[up_arc as usize] as usize] = entry;
            fill[up_arc as usize] += 1;
        }
        Some(Self { first, arc })
    }

    /// The arcs behind an up-arc in one direction (0 = up, 1 = down), by rising index.
    pub(super) fn arcs_at(&self, up_arc: u32, direction: u32) -> impl Iterator<Item = u32> {
        let range = self.first[up_arc as usize] as usize..self.first[up_arc as usize + 1] as usize;
        self.arc[range].iter().filter(move |&&entry| entry % 2 == direction).map(|&entry| entry / 2)
    }
}

/// Runs of ranks: `is_subtree` = a whole subtree of the elimination tree, independent of the others; else ranks above.
#[derive(Clone, Debug)]
pub(super) struct Stretch {
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) is_subtree: bool,
}

impl Stretch {
    /// The up-arcs of its ranks.
    pub(super) fn arcs(&self, skeleton: &Skeleton) -> Range<usize> {
        skeleton.up_first[self.start as usize] as usize..skeleton.up_first[self.end as usize] as usize
    }
}

/// Splits the ranks into subtrees of at most about 1/64 of all lower triangles and the ranks above them.
pub(super) fn stretches(skeleton: &Skeleton) -> Vec<Stretch> {
    let count = skeleton.count();
    let mut work = vec![0_u64; count];
    let mut first = (0..count as u32).collect::<Vec<u32>>();
    for rank in 0..count as u32 {
        let arcs = skeleton.up(rank).len() as u64;
        work[rank as usize] += arcs * arcs / 2 + arcs + 1;
        if let Some(parent) = skeleton.parent(rank) {
            work[parent as usize] += work[rank as usize];
            first[parent as usize] = first[parent as usize].min(first[rank as usize]);
        }
    }
    let total: u64 = (0..count as u32).filter(|&rank| skeleton.parent(rank).is_none()).map(|r| work[r as usize]).sum();
    let most = (total / 64).max(1 << 14);
    let mut found: Vec<Stretch> = Vec::new();
    let mut end = count as u32;
    while end > 0 {
        let rank = end - 1;
        let is_subtree = work[rank as usize] <= most;
        let start = if is_subtree { first[rank as usize] } else { rank };
        // small subtrees side by side and ranks above one another make one stretch each
        match found.last_mut() {
            Some(last) if !is_subtree && !last.is_subtree => last.start = start,
            _ => found.push(Stretch { start, end, is_subtree }),
        }
        end = start;
    }
    found.reverse();
    found
}

/// The scratch row of one thread: sums by level.
type Sums<T> = (Vec<T>, Vec<T>);

/// One set of costs: the weights of all up-arcs.
pub(super) fn customise<W: Weight>(
    skeleton: &Skeleton,
    origins: &Origins,
    stretches: &[Stretch],
    costs: &[u32],
) -> Pair<W> {
    let arc_count = skeleton.up_head.len();
    let mut pair = Pair { up: vec![W::ZERO; arc_count], down: vec![W::ZERO; arc_count] };
    let (mut up_rest, mut down_rest) = (&mut pair.up[..], &mut pair.down[..]);
    let mut parts = Vec::new();
    for stretch in stretches {
        let length = stretch.arcs(skeleton).len();
        let (up, up_further) = up_rest.split_at_mut(length);
        let (down, down_further) = down_rest.split_at_mut(length);
        parts.push((stretch, up, down));
        (up_rest, down_rest) = (up_further, down_further);
    }
    let sums = || (vec![W::FAR; skeleton.level_count], vec![W::FAR; skeleton.level_count]);
    on_each_with(parts, sums, |sums: &mut Sums<W>, (stretch, up, down)| {
        let arcs = stretch.arcs(skeleton);
        enter(origins, costs, arcs.clone(), up, down);
        if stretch.is_subtree {
            vectored(
                #[inline(always)]
                || {
                    for rank in stretch.start..stretch.end {
                        pull(skeleton, rank, arcs.start, up, down, sums);
                    }
                },
            );
        }
    });
    crown(skeleton, stretches, &mut pair);
    pair
}

/// Relaxes the up-arcs of the ranks above the subtrees.
fn crown<W: Weight>(skeleton: &Skeleton, stretches: &[Stretch], pair: &mut Pair<W>) {
    let mut sums = (vec![W::FAR; skeleton.level_count], vec![W::FAR; skeleton.level_count]);
    for stretch in stretches.iter().filter(|stretch| !stretch.is_subtree) {
        let Pair { up, down } = &mut *pair;
        vectored(
            #[inline(always)]
            || {
                for rank in stretch.start..stretch.end {
                    pull(skeleton, rank, 0, up, down, &mut sums);
                }
            },
        );
    }
}

/// As [`customise`] for several sets of costs that all fit: side by side in the subtrees, where rows are short and one
/// look at the shape serves all; above them each set by itself, where rows are long.
pub(super) fn customise_sets(
    skeleton: &Skeleton,
    origins: &Origins,
    stretches: &[Stretch],
    costs: [&[u32]; SETS],
) -> [Pair<u32>; SETS] {
    let arc_count = skeleton.up_head.len();
    let mut pairs = costs.map(|_| Pair { up: vec![0; arc_count], down: vec![0; arc_count] });
    let mut rest = pairs.each_mut().map(|pair| (&mut pair.up[..], &mut pair.down[..]));
    let mut parts = Vec::new();
    for stretch in stretches {
        let length = stretch.arcs(skeleton).len();
        let own = rest.each_mut().map(|(up_rest, down_rest)| {
            let (up, up_further) = std::mem::take(up_rest).split_at_mut(length);
            let (down, down_further) = std::mem::take(down_rest).split_at_mut(length);
            (*up_rest, *down_rest) = (up_further, down_further);
            (up, down)
        });
        parts.push((stretch, own));
    }
    let space = || (vec![[u32::FAR; 2 * SETS]; skeleton.level_count], Vec::new());
    on_each_with(parts, space, |(sums, lanes), (stretch, own)| {
        let arcs = stretch.arcs(skeleton);
        if !stretch.is_subtree {
            for ((up, down), costs) in own.into_iter().zip(costs) {
                enter(origins, costs, arcs.clone(), up, down);
            }
            return;
        }
        enter_sets(origins, costs, arcs.clone(), lanes);
        vectored(
            #[inline(always)]
            || {
                for rank in stretch.start..stretch.end {
                    pull_sets(skeleton, rank, arcs.start, lanes, sums);
                }
            },
        );
        for (set, (up, down)) in own.into_iter().enumerate() {
            for (lanes, (up, down)) in lanes.iter().zip(up.iter_mut().zip(down)) {
                (*up, *down) = (lanes[set], lanes[set + SETS]);
            }
        }
    });
    on_each_with(pairs.each_mut().into(), || (), |(), pair| crown(skeleton, stretches, pair));
    pairs
}

/// Weights of an up-arc under each set of costs: upward, then downward.
type Lanes = [u32; 2 * SETS];

/// As [`enter`] for all sets.
fn enter_sets(origins: &Origins, costs: [&[u32]; SETS], arcs: Range<usize>, lanes: &mut Vec<Lanes>) {
    lanes.clear();
    lanes.extend(origins.first[arcs.start..=arcs.end].windows(2).map(|ends| {
        let mut weights = [u32::FAR; 2 * SETS];
        for &entry in &origins.arc[ends[0] as usize..ends[1] as usize] {
            let (arc, first) = (entry as usize / 2, SETS * (entry as usize % 2));
            for (weight, costs) in weights[first..first + SETS].iter_mut().zip(costs) {
                // `CLOSED` counts as far
                *weight = (*weight).min(u32::of_cost(costs[arc]));
            }
        }
        weights
    }));
}

/// As [`pull`] for all sets.
#[inline(always)]
fn pull_sets(skeleton: &Skeleton, rank: u32, base: usize, lanes: &mut [Lanes], sums: &mut [Lanes]) {
    let own = skeleton.up(rank);
    let lower = skeleton.down_first[rank as usize] as usize..skeleton.down_first[rank as usize + 1] as usize;
    for (&arc, &tail) in skeleton.down_arc[lower.clone()].iter().zip(&skeleton.down_tail[lower]) {
        let beyond = arc as usize + 1..skeleton.up_first[tail as usize + 1] as usize;
        let to_tail = &lanes[arc as usize - base];
        let mut before: Lanes = [0; 2 * SETS];
        for set in 0..SETS {
            (before[set], before[set + SETS]) = (to_tail[set + SETS], to_tail[set]);
        }
        let weights = &lanes[beyond.start - base..beyond.end - base];
        for (weights, &level) in weights.iter().zip(&skeleton.up_level[beyond]) {
            let sum = &mut sums[level as usize];
            for lane in 0..2 * SETS {
                sum[lane] = sum[lane].min(weights[lane].plus(before[lane]));
            }
        }
    }
    for (weights, &level) in lanes[own.start - base..own.end - base].iter_mut().zip(&skeleton.up_level[own]) {
        let sum = std::mem::replace(&mut sums[level as usize], [u32::FAR; 2 * SETS]);
        for lane in 0..2 * SETS {
            weights[lane] = weights[lane].min(sum[lane]);
        }
    }
}

/// Enters the arcs' costs at some up-arcs.
fn enter<W: Weight>(origins: &Origins, costs: &[u32], arcs: Range<usize>, up: &mut [W], down: &mut [W]) {
    for (place, ends) in origins.first[arcs.start..=arcs.end].windows(2).enumerate() {
        let mut weights = [W::FAR; 2];
        for &entry in &origins.arc[ends[0] as usize..ends[1] as usize] {
            let cost = costs[entry as usize / 2];
            if cost != CLOSED {
                let weight = &mut weights[entry as usize % 2];
                *weight = (*weight).min(W::of_cost(cost));
            }
        }
        (up[place], down[place]) = (weights[0], weights[1]);
    }
}

/// Relaxes the up-arcs of `rank` over all their lower triangles. The slices start at up-arc `base` and hold the weights
/// of everything below `rank` that is a neighbour of it.
#[inline(always)]
fn pull<W: Weight>(skeleton: &Skeleton, rank: u32, base: usize, up: &mut [W], down: &mut [W], sums: &mut Sums<W>) {
    let own = skeleton.up(rank);
    let lower = skeleton.down_first[rank as usize] as usize..skeleton.down_first[rank as usize + 1] as usize;
    for (&arc, &tail) in skeleton.down_arc[lower.clone()].iter().zip(&skeleton.down_tail[lower]) {
        let (start, end) = (arc as usize + 1, skeleton.up_first[tail as usize + 1] as usize);
        // up from `rank` over `tail`, and down to `rank` over `tail`
        let (before, after) = (down[arc as usize - base], up[arc as usize - base]);
        if end - start < LONG {
            for further in start..end {
                let level = skeleton.up_level[further] as usize;
                sums.0[level] = sums.0[level].min(before.plus(up[further - base]));
                sums.1[level] = sums.1[level].min(after.plus(down[further - base]));
            }
            continue;
        }
        for run in skeleton.runs(tail).iter().rev() {
            let (first, last) = ((run.arc as usize).max(start), (run.arc + run.length) as usize);
            if last <= start {
                break;
            }
            let level = run.level as usize + first - run.arc as usize;
            let beyond = first - base..last - base;
            for (sum, &weight) in sums.0[level..level + last - first].iter_mut().zip(&up[beyond.clone()]) {
                *sum = (*sum).min(before.plus(weight));
            }
            for (sum, &weight) in sums.1[level..level + last - first].iter_mut().zip(&down[beyond]) {
                *sum = (*sum).min(after.plus(weight));
            }
        }
    }
    let weights = up[own.start - base..own.end - base].iter_mut().zip(&mut down[own.start - base..own.end - base]);
    for ((up, down), &level) in weights.zip(&skeleton.up_level[own]) {
        let level = level as usize;
        *up = (*up).min(std::mem::replace(&mut sums.0[level], W::FAR));
        *down = (*down).min(std::mem::replace(&mut sums.1[level], W::FAR));
    }
}

/// Whether capped sums cannot have hidden a finite weight: no two finite weights of a lane add up to `FAR`.
pub(super) fn is_exact(weights: &Pair<u32>) -> bool {
    largest(weights) < u32::FAR / 2
}

/// The largest weight below `FAR`.
pub(super) fn largest(weights: &Pair<u32>) -> u32 {
    vectored(
        #[inline(always)]
        || {
            let mut most = 0;
            for weights in [&weights.up, &weights.down] {
                for &weight in weights {
                    most = most.max(if weight < u32::FAR { weight } else { 0 });
                }
            }
            most
        },
    )
}
