//! From several nodes to all: climb from each, then one pass down over all ranks for all of them at once (PHAST:
//! Delling, Goldberg, Nowatzyk & Werneck 2011, "PHAST: hardware-accelerated shortest path trees", IPDPS).
//!
//! Ranks stand by subtrees, so that on the way down the ancestors of a rank are the ones last passed on their levels:
//! the pass reads a stack as deep as the tree and writes one row a rank.

use super::skeleton::{NONE, Skeleton};
use super::weights::{Kept, Pair, Weight};

/// Working memory of climbs and passes.
pub(super) struct SweepSpace<W, const L: usize> {
    /// Row of each rank among the climbed ones; `NONE` = not climbed.
    row_of: Vec<u32>,
    climbed: Vec<u32>,
    rows: Vec<[W; L]>,
    by_level: Vec<W>,
    stack: Vec<[W; L]>,
}

impl<W: Weight, const L: usize> SweepSpace<W, L> {
    pub(super) fn new(skeleton: &Skeleton) -> Self {
        let level_count = skeleton.level_count;
        Self {
            row_of: vec![NONE; skeleton.count()],
            climbed: Vec::new(),
            rows: Vec::new(),
            by_level: vec![W::FAR; level_count],
            stack: vec![[W::FAR; L]; level_count],
        }
    }

    /// Climbs from the `roots` (at most `L`), one a lane; `SIDE` 0 = costs from the roots, 1 = to the roots.
    #[inline(always)]
    pub(super) fn climb<S: Kept<W>, const SIDE: usize>(
        &mut self,
        skeleton: &Skeleton,
        weights: &Pair<S>,
        roots: &[u32],
    ) {
        let weights = weights.side::<SIDE>();
        self.climbed.iter().for_each(|&rank| self.row_of[rank as usize] = NONE);
        self.climbed.clear();
        self.rows.clear();
        for (lane, &root) in roots.iter().enumerate() {
            self.by_level[skeleton.level[root as usize] as usize] = W::ZERO;
            let mut rank = root;
            while rank != NONE {
                let level = skeleton.level[rank as usize] as usize;
                let cost = std::mem::replace(&mut self.by_level[level], W::FAR);
                if self.row_of[rank as usize] == NONE {
                    self.row_of[rank as usize] = self.rows.len() as u32;
                    self.climbed.push(rank);
                    self.rows.push([W::FAR; L]);
                }
                self.rows[self.row_of[rank as usize] as usize][lane] = cost;
                if cost < W::FAR {
                    self.relax(skeleton, weights, rank, cost);
                }
                rank = skeleton.above(rank);
            }
        }
    }

    #[inline(always)]
    fn relax<S: Kept<W>>(&mut self, skeleton: &Skeleton, weights: &[S], rank: u32, cost: W) {
        let runs = skeleton.runs(rank);
        for run in runs {
            let (start, length) = (run.level as usize, run.length as usize);
            let heads = &mut self.by_level[start..start + length];
            for (weight, known) in weights[run.arc as usize..][..length].iter().zip(heads) {
                *known = (*known).min(cost.plus(weight.weight()));
            }
        }
        if runs.is_empty() {
            let up = skeleton.up(rank);
            for (weight, &head) in weights[up.clone()].iter().zip(&skeleton.up_level[up]) {
                let known = &mut self.by_level[head as usize];
                *known = (*known).min(cost.plus(weight.weight()));
            }
        }
    }

    /// The largest cost of each lane among the climbed ranks.
    #[inline(always)]
    pub(super) fn farthest_climbed(&self) -> [W; L] {
        let mut most = [W::ZERO; L];
        for row in &self.rows {
            for lane in 0..L {
                most[lane] = most[lane].max(if row[lane] < W::FAR { row[lane] } else { W::ZERO });
            }
        }
        most
    }

    /// Costs at the climbed rank; far everywhere else.
    #[inline(always)]
    fn climbed_row(&self, rank: u32) -> [W; L] {
        match self.row_of[rank as usize] {
            NONE => [W::FAR; L],
            row => self.rows[row as usize],
        }
    }

    /// The pass down over all ranks, into `costs` by rank; gives the largest finite cost of each lane.
    #[inline(always)]
    pub(super) fn descend<S: Kept<W>, const SIDE: usize>(
        &mut self,
        skeleton: &Skeleton,
        weights: &Pair<S>,
        costs: &mut [[W; L]],
    ) -> [W; L] {
        let mut most = [W::ZERO; L];
        let weights = weights.other_side::<SIDE>();
        for rank in (0..skeleton.count() as u32).rev() {
            let mut row = self.climbed_row(rank);
            let up = skeleton.up(rank);
            for (weight, &head) in weights[up.clone()].iter().zip(&skeleton.up_level[up]) {
                let (above, step) = (&self.stack[head as usize], weight.weight());
                for lane in 0..L {
                    row[lane] = row[lane].min(above[lane].plus(step));
                }
            }
            self.stack[skeleton.level[rank as usize] as usize] = row;
            costs[rank as usize] = row;
            for lane in 0..L {
                most[lane] = most[lane].max(if row[lane] < W::FAR { row[lane] } else { W::ZERO });
            }
        }
        most
    }

    /// The pass down over a selection only; `row` takes the costs at each chosen rank by its place.
    #[inline(always)]
    pub(super) fn descend_to(&mut self, selection: &Selection<W>, mut row_done: impl FnMut(usize, &[W; L])) {
        for (place, &(rank, level)) in selection.ranks.iter().enumerate() {
            let mut row = self.climbed_row(rank);
            let arcs = selection.first[place] as usize..selection.first[place + 1] as usize;
            for &(weight, head) in &selection.arcs[arcs] {
                let above = &self.stack[head as usize];
                for lane in 0..L {
                    row[lane] = row[lane].min(above[lane].plus(weight));
                }
            }
            self.stack[level as usize] = row;
            row_done(place, &row);
        }
    }
}

/// The ranks a pass down must visit to reach some targets, with their arcs side by side (RPHAST: Delling, Goldberg &
/// Werneck 2011, "Faster batched shortest paths in road networks", ATMOS).
pub(super) struct Selection<W> {
    /// Rank and level, from the top.
    ranks: Vec<(u32, u32)>,
    first: Vec<u32>,
    /// Weight downward and level of the upper end.
    arcs: Vec<(W, u32)>,
    /// The targets that stand at each place.
    pub(super) targets_at: Vec<Vec<u32>>,
}

impl<W: Weight> Selection<W> {
    /// `SIDE` as in [`SweepSpace::climb`].
    pub(super) fn new<S: Kept<W>, const SIDE: usize>(skeleton: &Skeleton, weights: &Pair<S>, targets: &[u32]) -> Self {
        let weights = weights.other_side::<SIDE>();
        let mut is_chosen = vec![false; skeleton.count()];
        let mut chosen = Vec::new();
        for &target in targets {
            let mut rank = target;
            while rank != NONE && !is_chosen[rank as usize] {
                is_chosen[rank as usize] = true;
                chosen.push(rank);
                rank = skeleton.above(rank);
            }
        }
        chosen.sort_unstable_by_key(|&rank| std::cmp::Reverse(rank));
        let mut selection = Self { ranks: Vec::new(), first: vec![0], arcs: Vec::new(), targets_at: Vec::new() };
        let mut place_of = std::collections::BTreeMap::new();
        for &rank in &chosen {
            let up = skeleton.up(rank);
            let arcs = weights[up.clone()].iter().zip(&skeleton.up_level[up]);
            selection.arcs.extend(arcs.map(|(weight, &level)| (weight.weight(), level)));
            selection.first.push(selection.arcs.len() as u32);
            place_of.insert(rank, selection.ranks.len());
            selection.ranks.push((rank, skeleton.level[rank as usize]));
        }
        selection.targets_at = vec![Vec::new(); selection.ranks.len()];
        for (ix, target) in targets.iter().enumerate() {
            if let Some(&place) = place_of.get(target) {
                selection.targets_at[place].push(ix as u32);
            }
        }
        selection
    }
}
