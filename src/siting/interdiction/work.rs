//! Work of linear programs, counted so that a search stops at the same place on every machine.

/// Iterations times rows in one step: about a millisecond of a present processor, measured between 5,000 and 12,000 rows.
const PRODUCTS_PER_STEP: u64 = 30_000;

/// Work done so far.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::siting) struct Work(u64);

impl Work {
    /// Adds a solve of a program of `row_count` rows.
    pub(in crate::siting) fn charge(&mut self, iteration_count: u64, row_count: usize) {
        self.0 = self.0.saturating_add(iteration_count.saturating_mul(row_count as u64));
    }

    /// Steps of about a millisecond.
    pub(in crate::siting) fn steps(self) -> u64 {
        self.0 / PRODUCTS_PER_STEP
    }
}
