//! Weights of the up-arcs under one or several sets of arc costs: basic customisation by lower triangles (Dibbelt,
//! Strasser & Wagner 2016, "Customizable contraction hierarchies", ACM JEA 21, section 5.2).

use super::skeleton::{NONE, Skeleton};
use crate::network::CLOSED;
use crate::parallel::on_each_with;

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

/// Where the costs of the arcs enter: the slot (`2 * up-arc + 1` for an arc down, `2 * up-arc` for an arc up) of every
/// arc but the loops, by rising slot, then arc.
#[derive(Clone, Debug, Default)]
pub(super) struct Origins {
    slot: Vec<u32>,
    arc: Vec<u32>,
}

impl Origins {
    /// `ends`: tail and head of every arc, as ranks. `None` when an arc has no place among the up-arcs.
    pub(super) fn new(skeleton: &Skeleton, ends: impl Iterator<Item = (u32, u32)>) -> Option<Self> {
        let mut placed = Vec::new();
        for (arc, (tail, head)) in ends.enumerate() {
            if tail != head {
                let up_arc = skeleton.arc_between(tail.min(head), tail.max(head))?;
                placed.push((u64::from(up_arc) << 1 | u64::from(tail > head)) << 32 | arc as u64);
            }
        }
        placed.sort_unstable();
        let slot = placed.iter().map(|&both| (both >> 32) as u32).collect();
        Some(Self { slot, arc: placed.iter().map(|&both| both as u32).collect() })
    }

    /// The arcs that enter at a slot.
    pub(super) fn arcs_at(&self, slot: u32) -> &[u32] {
        let start = self.slot.partition_point(|&known| known < slot);
        let length = self.slot[start..].iter().take_while(|&&known| known == slot).count();
        &self.arc[start..start + length]
    }
}

/// Runs of ranks: `is_subtree` = a whole subtree of the elimination tree, independent of the others; else ranks above.
#[derive(Clone, Debug)]
pub(super) struct Stretch {
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) is_subtree: bool,
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

/// Weights of all up-arcs: lanes `0..N/2` hold the weight from the low end to the high end under each set of costs,
/// lanes `N/2..N` the weight from the high end to the low end.
pub(super) fn customise<W: Weight, const N: usize>(
    skeleton: &Skeleton,
    origins: &Origins,
    stretches: &[Stretch],
    costs: &[&[u32]],
) -> Vec<[W; N]> {
    let mut weights = vec![[W::FAR; N]; skeleton.up_head.len()];
    let arcs_of = |stretch: &Stretch| {
        skeleton.up_first[stretch.start as usize] as usize..skeleton.up_first[stretch.end as usize] as usize
    };
    let deepest = skeleton.depth.iter().max().map_or(0, |&depth| depth as usize + 1);
    let mut rest = &mut weights[..];
    let mut parts = Vec::new();
    for stretch in stretches {
        let (own, further) = rest.split_at_mut(arcs_of(stretch).len());
        parts.push((stretch, own));
        rest = further;
    }
    let simd = pulp::Arch::new();
    on_each_with(
        parts,
        || vec![[W::FAR; N]; deepest],
        |sums, (stretch, own)| {
            let base = arcs_of(stretch).start;
            enter(origins, costs, base, own);
            if stretch.is_subtree {
                simd.dispatch(
                    #[inline(always)]
                    || (stretch.start..stretch.end).for_each(|rank| pull(skeleton, rank, base, own, sums)),
                );
            }
        },
    );
    let mut sums = vec![[W::FAR; N]; deepest];
    for stretch in stretches.iter().filter(|stretch| !stretch.is_subtree) {
        simd.dispatch(
            #[inline(always)]
            || (stretch.start..stretch.end).for_each(|rank| pull(skeleton, rank, 0, &mut weights, &mut sums)),
        );
    }
    weights
}

/// Enters the arcs' costs at up-arcs `base..base + own.len()`.
fn enter<W: Weight, const N: usize>(origins: &Origins, costs: &[&[u32]], base: usize, own: &mut [[W; N]]) {
    let place = |arc: usize| origins.slot.partition_point(|&slot| (slot as usize) < 2 * arc);
    let (start, end) = (place(base), place(base + own.len()));
    for (&slot, &arc) in origins.slot[start..end].iter().zip(&origins.arc[start..end]) {
        let lanes = &mut own[slot as usize / 2 - base];
        let half = if slot % 2 == 1 { N / 2 } else { 0 };
        for (lane, costs) in costs.iter().enumerate() {
            let cost = costs[arc as usize];
            if cost != CLOSED {
                lanes[half + lane] = lanes[half + lane].min(W::of_cost(cost));
            }
        }
    }
}

/// Relaxes the up-arcs of `rank` over all their lower triangles. `weights` starts at up-arc `base` and holds those of
/// everything below `rank` that is a neighbour of it.
#[inline(always)]
fn pull<W: Weight, const N: usize>(
    skeleton: &Skeleton,
    rank: u32,
    base: usize,
    weights: &mut [[W; N]],
    sums: &mut [[W; N]],
) {
    let up = skeleton.up(rank);
    let down = skeleton.down_first[rank as usize] as usize..skeleton.down_first[rank as usize + 1] as usize;
    for (&arc, &tail) in skeleton.down_arc[down.clone()].iter().zip(&skeleton.down_tail[down]) {
        let further = arc as usize + 1..skeleton.up_first[tail as usize + 1] as usize;
        let to_low = &weights[arc as usize - base];
        let mut step = [W::FAR; N];
        for lane in 0..N / 2 {
            (step[lane], step[lane + N / 2]) = (to_low[lane + N / 2], to_low[lane]);
        }
        let beyond = &weights[further.start - base..further.end - base];
        for (weight, &depth) in beyond.iter().zip(&skeleton.up_depth[further]) {
            let sum = &mut sums[depth as usize];
            for lane in 0..N {
                sum[lane] = sum[lane].min(weight[lane].plus(step[lane]));
            }
        }
    }
    for (weight, &depth) in weights[up.start - base..up.end - base].iter_mut().zip(&skeleton.up_depth[up]) {
        let sum = std::mem::replace(&mut sums[depth as usize], [W::FAR; N]);
        for lane in 0..N {
            weight[lane] = weight[lane].min(sum[lane]);
        }
    }
}

/// Whether capped sums cannot have hidden a finite weight: no two finite weights of a lane add up to `FAR`.
pub(super) fn is_exact(weights: &[[u32; 2]]) -> bool {
    largest(weights) < u32::FAR / 2
}

/// The largest weight below `FAR`.
pub(super) fn largest(weights: &[[u32; 2]]) -> u32 {
    let finite = |weight: u32| if weight < u32::FAR { weight } else { 0 };
    weights.iter().fold(0, |most, pair| most.max(finite(pair[0])).max(finite(pair[1])))
}

/// The rank above, for walks up the tree.
pub(super) fn parent_or_none(skeleton: &Skeleton, rank: u32) -> u32 {
    skeleton.parent(rank).unwrap_or(NONE)
}
