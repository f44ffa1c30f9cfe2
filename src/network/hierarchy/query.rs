//! From one node to another: both walk up the elimination tree and meet (Dibbelt, Strasser & Wagner 2016, section 5.4).

use super::skeleton::{NONE, Skeleton};
use super::vectors::vectored;
use super::weights::{Kept, Origins, Pair, Weight};
use crate::network::CLOSED;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// Costs along the way up from one node, by level, and the level each came from.
pub(super) struct Climb<W> {
    rank: Vec<u32>,
    cost: Vec<W>,
    from: Vec<u32>,
}

impl<W: Weight> Climb<W> {
    fn new(skeleton: &Skeleton, start: u32) -> Self {
        let count = skeleton.level_count;
        let mut climb = Self { rank: vec![NONE; count], cost: vec![W::FAR; count], from: vec![NONE; count] };
        climb.cost[skeleton.level[start as usize] as usize] = W::ZERO;
        climb
    }

    /// Relaxes the up-arcs of `rank` unless it costs as much as `below`.
    #[inline(always)]
    fn relax<S: Kept<W>>(&mut self, skeleton: &Skeleton, weights: &[S], rank: u32, below: W) {
        let level = skeleton.level[rank as usize];
        self.rank[level as usize] = rank;
        let cost = self.cost[level as usize];
        if cost >= below {
            return;
        }
        let runs = skeleton.runs(rank);
        for run in runs {
            let (start, length) = (run.level as usize, run.length as usize);
            let heads = self.cost[start..start + length].iter_mut().zip(&mut self.from[start..start + length]);
            for (weight, (known, from)) in weights[run.arc as usize..][..length].iter().zip(heads) {
                let reached = cost.plus(weight.weight());
                let is_less = reached < *known;
                *known = if is_less { reached } else { *known };
                *from = if is_less { level } else { *from };
            }
        }
        if runs.is_empty() {
            let up = skeleton.up(rank);
            for (weight, &head) in weights[up.clone()].iter().zip(&skeleton.up_level[up]) {
                let reached = cost.plus(weight.weight());
                if reached < self.cost[head as usize] {
                    self.cost[head as usize] = reached;
                    self.from[head as usize] = level;
                }
            }
        }
    }

    /// The ranks from the start up to `level`.
    fn way_to(&self, mut level: u32) -> Vec<u32> {
        let mut way = vec![self.rank[level as usize]];
        while self.from[level as usize] != NONE {
            level = self.from[level as usize];
            way.push(self.rank[level as usize]);
        }
        way.reverse();
        way
    }
}

/// Least cost between two ranks and the ranks of a cheapest way over the up-arcs, with the place of the highest.
pub(super) fn meet<W: Weight, S: Kept<W>>(
    skeleton: &Skeleton,
    weights: &Pair<S>,
    from: u32,
    to: u32,
) -> Option<Meeting<W>> {
    let (mut ahead, mut back) = (Climb::<W>::new(skeleton, from), Climb::<W>::new(skeleton, to));
    let (mut best, mut top) = (W::FAR, NONE);
    vectored(
        #[inline(always)]
        || {
            let (mut low, mut high) = (from, to);
            while low != high {
                // the lower of the two goes on; `NONE` is above all
                if low < high {
                    ahead.relax(skeleton, &weights.up, low, W::FAR);
                    low = skeleton.above(low);
                } else {
                    back.relax(skeleton, &weights.down, high, W::FAR);
                    high = skeleton.above(high);
                }
            }
            while low != NONE {
                let level = skeleton.level[low as usize];
                let through = ahead.cost[level as usize].plus(back.cost[level as usize]);
                if through < best {
                    (best, top) = (through, level);
                }
                ahead.relax(skeleton, &weights.up, low, best);
                back.relax(skeleton, &weights.down, low, best);
                low = skeleton.above(low);
            }
        },
    );
    (top != NONE).then_some(Meeting { cost: best, top, ahead, back })
}

/// Where two climbs meet.
pub(super) struct Meeting<W> {
    pub(super) cost: W,
    top: u32,
    ahead: Climb<W>,
    back: Climb<W>,
}

impl<W: Weight> Meeting<W> {
    /// The ranks passed on up-arcs, in order of travel.
    pub(super) fn ranks(&self) -> Vec<u32> {
        let mut ranks = self.ahead.way_to(self.top);
        let down = self.back.way_to(self.top);
        ranks.extend(down.iter().rev().skip(1));
        ranks
    }
}

/// Steps that share one piece of memory.
const PIECE: usize = 512;

/// What stands behind the steps looked at so far. A step is `2 up-arc`, or `2 up-arc + 1` when it leads down; 0 = not known
/// yet, `arc + 1` = an arc of the graph, else the first half's step and, in the upper 32 bits, 1 + the second half's. Any
/// thread finds the same. Memory is taken where steps are looked at: one route needs little of it.
#[derive(Debug)]
pub(super) struct Memo(Vec<OnceLock<Box<[AtomicU64; PIECE]>>>);

impl Memo {
    pub(super) fn new(skeleton: &Skeleton) -> Self {
        Self((0..(2 * skeleton.up_head.len()).div_ceil(PIECE)).map(|_| OnceLock::new()).collect())
    }

    #[inline(always)]
    fn of(&self, step: u32) -> &AtomicU64 {
        let piece = self.0[step as usize / PIECE].get_or_init(|| Box::new([const { AtomicU64::new(0) }; PIECE]));
        &piece[step as usize % PIECE]
    }
}

/// What unpacking looks at.
pub(super) struct Unpacking<'a, W> {
    pub(super) skeleton: &'a Skeleton,
    pub(super) origins: &'a Origins,
    pub(super) weights: &'a Pair<W>,
    pub(super) costs: &'a [u32],
    pub(super) memo: &'a Memo,
}

impl<W: Weight> Unpacking<'_, W> {
    /// The arcs behind the steps between some ranks.
    ///
    /// An arc that costs as much as the shortcut stands for it (of equal ones the lowest index); else the highest rank
    /// over which the two halves cost as much.
    pub(super) fn arcs(&self, ranks: &[u32]) -> Option<Vec<u32>> {
        let mut arcs = Vec::with_capacity(32 * ranks.len());
        let mut waiting = Vec::with_capacity(64);
        for pair in ranks.windows(2) {
            let (tail, head) = (pair[0], pair[1]);
            let up_arc = self.skeleton.arc_between(tail.min(head), tail.max(head))?;
            waiting.push(self.behind(2 * up_arc + u32::from(tail > head))?);
            while let Some(behind) = waiting.pop() {
                let (first, second) = (behind as u32, (behind >> 32) as u32);
                if second == 0 {
                    arcs.push(first - 1);
                } else {
                    // looked up together, so that the two waits for memory overlap; the second half waits below the first
                    let (first, second) = (self.behind(first)?, self.behind(second - 1)?);
                    waiting.extend([second, first]);
                }
            }
        }
        Some(arcs)
    }

    /// What stands behind a step, as [`Memo`] has it.
    #[inline(always)]
    fn behind(&self, step: u32) -> Option<u64> {
        let known = self.memo.of(step);
        match known.load(Ordering::Relaxed) {
            0 => {
                let behind = self.find(step)?;
                known.store(behind, Ordering::Relaxed);
                Some(behind)
            }
            behind => Some(behind),
        }
    }

    /// The up-arc from `via` to `high`, which stands behind `to_low`.
    fn further(&self, to_low: u32, via: u32, high: u32) -> Option<u32> {
        let row = to_low as usize + 1..self.skeleton.up_first[via as usize + 1] as usize;
        Some((row.start + self.skeleton.up_head[row].binary_search(&high).ok()?) as u32)
    }

    #[cold]
    fn find(&self, step: u32) -> Option<u64> {
        let skeleton = self.skeleton;
        let (up_arc, side) = (step / 2, step % 2);
        let high = skeleton.up_head[up_arc as usize];
        let low = skeleton.up_first.partition_point(|&first| first <= up_arc) - 1;
        let Pair { up, down } = self.weights;
        let (along, against) = if side == 0 { (up, down) } else { (down, up) };
        let weight = along[up_arc as usize];
        let is_it = |&arc: &u32| {
            let cost = self.costs[arc as usize];
            cost != CLOSED && W::of_cost(cost) == weight
        };
        if let Some(arc) = self.origins.arcs_at(up_arc, side).find(is_it) {
            return Some(u64::from(arc) + 1);
        }
        let lower = skeleton.down_first[low] as usize..skeleton.down_first[low + 1] as usize;
        let (to_low, to_high) = lower.rev().find_map(|place| {
            let (to_low, via) = (skeleton.down_arc[place], skeleton.down_tail[place]);
            // from `low` down to `via` when the step leads up, from `via` up to `low` when it leads down
            let low_part = against[to_low as usize];
            let to_high = if low_part <= weight { self.further(to_low, via, high) } else { None };
            to_high.filter(|&to_high| low_part.plus(along[to_high as usize]) == weight).map(|to_high| (to_low, to_high))
        })?;
        let (first, second) = if side == 0 { (2 * to_low + 1, 2 * to_high) } else { (2 * to_high + 1, 2 * to_low) };
        Some(u64::from(first) | (u64::from(second) + 1) << 32)
    }
}
