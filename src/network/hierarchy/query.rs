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

    /// Relaxes the up-arcs of `rank`, which stands at `level`, unless it costs as much as `below`.
    #[inline(always)]
    fn relax<S: Kept<W>>(&mut self, skeleton: &Skeleton, weights: &[S], (rank, level): (u32, u32), below: W) {
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
            // one higher a step
            let (mut low_level, mut high_level) = (skeleton.level[from as usize], skeleton.level[to as usize]);
            while low != high {
                // the lower of the two goes on; `NONE` is above all
                if low < high {
                    ahead.relax(skeleton, &weights.up, (low, low_level), W::FAR);
                    (low, low_level) = (skeleton.above(low), low_level + 1);
                } else {
                    back.relax(skeleton, &weights.down, (high, high_level), W::FAR);
                    (high, high_level) = (skeleton.above(high), high_level + 1);
                }
            }
            while low != NONE {
                let through = ahead.cost[low_level as usize].plus(back.cost[low_level as usize]);
                if through < best {
                    (best, top) = (through, low_level);
                }
                ahead.relax(skeleton, &weights.up, (low, low_level), best);
                back.relax(skeleton, &weights.down, (low, low_level), best);
                (low, low_level) = (skeleton.above(low), low_level + 1);
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

/// A part of a route that is one arc of the graph: this and the arc's index. Any other part is a step: `2 up-arc`, or
/// `2 up-arc + 1` when it leads down.
const ARC: u32 = 1 << 31;

/// The two parts behind each step looked at so far, the second in the upper 32 bits; 0 = not known yet. Any thread finds
/// the same. Memory is taken where steps are looked at: one route needs little of it.
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
            let low = tail.min(head);
            let up_arc = self.skeleton.arc_between(low, tail.max(head))?;
            waiting.push(self.open(self.part(up_arc, u32::from(tail > head)), low)?);
            while let Some((first, second, via)) = waiting.pop() {
                if second == NONE {
                    arcs.push(first & !ARC);
                } else {
                    // looked up together, so that the two waits for memory overlap; the second half waits below the first
                    let (first, second) = (self.open(first, via)?, self.open(second, via)?);
                    waiting.extend([second, first]);
                }
            }
        }
        Some(arcs)
    }

    /// An arc and `NONE`, or the two parts behind a step and the rank between them where it had to be found. `low` is the
    /// low end of the part, or `NONE`.
    #[inline(always)]
    fn open(&self, part: u32, low: u32) -> Option<(u32, u32, u32)> {
        if part & ARC != 0 {
            return Some((part, NONE, NONE));
        }
        let known = self.memo.of(part);
        let (halves, via) = match known.load(Ordering::Relaxed) {
            0 => {
                let (halves, via) = self.find(part, low)?;
                known.store(halves, Ordering::Relaxed);
                (halves, via)
            }
            halves => (halves, NONE),
        };
        Some((halves as u32, (halves >> 32) as u32, via))
    }

    /// The arc that stands for an up-arc in one direction (0 = up, 1 = down), else the step.
    fn part(&self, up_arc: u32, side: u32) -> u32 {
        let weight = if side == 0 { self.weights.up[up_arc as usize] } else { self.weights.down[up_arc as usize] };
        let is_it = |&arc: &u32| {
            let cost = self.costs[arc as usize];
            cost != CLOSED && W::of_cost(cost) == weight
        };
        self.origins.arcs_at(up_arc, side).find(is_it).map_or(2 * up_arc + side, |arc| ARC | arc)
    }

    /// The up-arc from `via` to `high`, which stands behind `to_low`.
    fn further(&self, to_low: u32, via: u32, high: u32) -> Option<u32> {
        let row = to_low as usize + 1..self.skeleton.up_first[via as usize + 1] as usize;
        Some((row.start + self.skeleton.up_head[row].binary_search(&high).ok()?) as u32)
    }

    #[cold]
    fn find(&self, step: u32, low: u32) -> Option<(u64, u32)> {
        let skeleton = self.skeleton;
        let (up_arc, side) = (step / 2, step % 2);
        let high = skeleton.up_head[up_arc as usize];
        let low = match low {
            NONE => skeleton.up_first.partition_point(|&first| first <= up_arc) - 1,
            low => low as usize,
        };
        let Pair { up, down } = self.weights;
        let (along, against) = if side == 0 { (up, down) } else { (down, up) };
        let weight = along[up_arc as usize];
        let lower = skeleton.down_first[low] as usize..skeleton.down_first[low + 1] as usize;
        let (to_low, to_high, via) = lower.rev().find_map(|place| {
            let (to_low, via) = (skeleton.down_arc[place], skeleton.down_tail[place]);
            // from `low` down to `via` when the step leads up, from `via` up to `low` when it leads down
            let low_part = against[to_low as usize];
            let to_high = if low_part <= weight { self.further(to_low, via, high) } else { None };
            let to_high = to_high.filter(|&to_high| low_part.plus(along[to_high as usize]) == weight)?;
            Some((to_low, to_high, via))
        })?;
        let (first, second) = if side == 0 {
            (self.part(to_low, 1), self.part(to_high, 0))
        } else {
            (self.part(to_high, 1), self.part(to_low, 0))
        };
        Some((u64::from(first) | u64::from(second) << 32, via))
    }
}
