//! Which column to decide next: pseudo-costs, made reliable by trying both values.

use super::cut_search::{NEAR, Point, Search};
use crate::siting::mip::{LinearLimits, MipError};

/// Columns tried at a node at most.
const TRIED_AT_MOST: usize = 10;
/// Iterations of a try: its bound holds wherever it stops.
const TRIAL_ITERATIONS: u64 = 200;
/// Tries after which a column's pseudo-costs are believed.
const RELIABLE_AFTER: u32 = 4;

/// What to do with a node.
pub(super) enum Branching {
    /// Nothing: its relaxation is whole.
    Whole,
    /// The column must have this value; then once more.
    Forced(u32, bool),
    /// Both values of a column, with a bound for each.
    Split { column: u32, bounds: [f64; 2] },
}

/// Mean gain of the bound for each unit a column is moved, down and up.
#[derive(Clone, Debug, Default)]
pub(super) struct PseudoCosts {
    sums: Vec<[f64; 2]>,
    counts: Vec<[u32; 2]>,
}

impl PseudoCosts {
    pub(super) fn new(column_count: usize) -> Self {
        Self { sums: vec![[0.0; 2]; column_count], counts: vec![[0; 2]; column_count] }
    }

    fn mean(&self, column: usize, side: usize) -> f64 {
        let count = self.counts[column][side];
        if count > 0 {
            return self.sums[column][side] / f64::from(count);
        }
        let total: f64 = self.sums.iter().map(|sum| sum[side]).sum();
        let count: u32 = self.counts.iter().map(|count| count[side]).sum();
        if count > 0 { total / f64::from(count) } else { 1.0 }
    }

    fn score(&self, column: usize, value: f64) -> f64 {
        product(self.mean(column, 0) * value, self.mean(column, 1) * (1.0 - value))
    }

    /// The column whose two sides raise the bound most (product of gains), of equals the first.
    pub(super) fn choose(
        &mut self,
        search: &mut Search,
        point: &Point,
        node_bound: f64,
    ) -> Result<Branching, MipError> {
        let mut open: Vec<usize> =
            (0..point.x.len()).filter(|&column| (point.x[column] - point.x[column].round()).abs() > NEAR).collect();
        if open.is_empty() {
            return Ok(match search.not_quite_whole(point) {
                Some(column) => Branching::Split { column, bounds: [node_bound; 2] },
                None => Branching::Whole,
            });
        }
        open.sort_by(|&a, &b| self.score(b, point.x[b]).total_cmp(&self.score(a, point.x[a])).then(a.cmp(&b)));
        let mut best: Option<(f64, usize, [f64; 2])> = None;
        for &column in open.iter().take(TRIED_AT_MOST) {
            let value = point.x[column];
            let is_reliable = self.counts[column].iter().all(|&count| count >= RELIABLE_AFTER);
            let bounds = if is_reliable {
                [node_bound; 2]
            } else {
                let bounds = self.try_both(search, column, value, point.bound)?;
                // A side that is closed leaves the other one.
                if let Some(side) = bounds.iter().position(|&bound| bound >= search.cutoff()) {
                    search.close(bounds[side]);
                    return Ok(Branching::Forced(column as u32, side == 0));
                }
                bounds
            };
            let score = if is_reliable {
                self.score(column, value)
            } else {
                product(bounds[0] - point.bound, bounds[1] - point.bound)
            };
            if best.is_none_or(|(least, ..)| score > least * (1.0 + 1e-9)) {
                best = Some((score, column, bounds));
            }
        }
        Ok(best.map_or(Branching::Whole, |(_, column, bounds)| Branching::Split { column: column as u32, bounds }))
    }

    /// Bounds with the column at 0 and at 1, without new cuts.
    fn try_both(&mut self, search: &mut Search, column: usize, value: f64, base: f64) -> Result<[f64; 2], MipError> {
        let trial = LinearLimits { iteration_count: Some(TRIAL_ITERATIONS), ..LinearLimits::default() };
        let mut bounds = [f64::INFINITY; 2];
        for (side, fixed) in [(0, 0.0), (1, 1.0)] {
            search.bound_column(column, fixed, fixed);
            if let Some(tried) = search.relax_within(trial)? {
                bounds[side] = tried.bound;
                let moved = if side == 0 { value } else { 1.0 - value };
                self.sums[column][side] += (tried.bound - base).max(0.0) / moved;
                self.counts[column][side] += 1;
            }
        }
        search.bound_column(column, 0.0, 1.0);
        Ok(bounds)
    }
}

fn product(down: f64, up: f64) -> f64 {
    down.max(1e-9) * up.max(1e-9)
}
