//! How long a search may go on: work is counted, so that a problem ends at the same place on every machine; a clock is
//! read only when the user asks for a time limit.

use super::interdiction::stopwatch::Stopwatch;

/// Basic operations in one step: about a millisecond of a present processor.
const OPERATIONS_PER_STEP: u64 = 1_000_000;

/// Work between two reports.
const STEPS_BETWEEN_REPORTS: u64 = 50;

/// Why a search ended before its proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The steps ran out.
    Work,
    /// The seconds ran out: another run may end elsewhere.
    Clock,
    /// The gap is as small as was asked for.
    Gap,
}

/// How far a search is, in the units of the objective.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The best plan so far.
    pub objective: Option<i128>,
    /// No plan is better.
    pub bound: i128,
}

/// What a search may still spend, and whom it tells.
pub(super) struct Effort<'a> {
    operations_left: u64,
    operations_given: u64,
    clock: Option<(Stopwatch, f64)>,
    gap_share: f64,
    tell: &'a dyn Fn(Standing),
    unreported: u64,
    /// What is added to a search's numbers to give the objective.
    pub base: i128,
    /// Why it ended, when it did.
    pub stop: Option<Stop>,
}

impl<'a> Effort<'a> {
    pub(super) fn new(step_limit: u32, gap_share: f64, time_s: Option<f64>, tell: &'a dyn Fn(Standing)) -> Self {
        Self {
            operations_left: u64::from(step_limit) * OPERATIONS_PER_STEP,
            operations_given: u64::from(step_limit) * OPERATIONS_PER_STEP,
            clock: time_s.map(|time_s| (Stopwatch::start(), time_s)),
            gap_share,
            tell,
            unreported: 0,
            base: 0,
            stop: None,
        }
    }

    /// So many steps, no clock, nobody to tell.
    pub(super) fn of_steps(step_limit: u32) -> Self {
        Self::new(step_limit, 0.0, None, &|_| {})
    }

    /// So many steps of this effort's, under the same clock, for a choice that can be left undone.
    pub(super) fn part(&self, step_limit: u32) -> Self {
        let operations = u64::from(step_limit) * OPERATIONS_PER_STEP;
        let operations = operations.min(self.operations_left);
        Self { operations_left: operations, operations_given: operations, clock: self.clock, ..Self::of_steps(0) }
    }

    /// One part in so many of what is left.
    pub(super) fn share_of(&self, parts: u64) -> Self {
        let operations = self.operations_left / parts;
        Self { operations_left: operations, operations_given: operations, clock: self.clock, ..Self::of_steps(0) }
    }

    /// Charges what a part of this effort spent.
    pub(super) fn charge_as(&mut self, part: &Self) {
        self.operations_left -= (part.operations_given - part.operations_left).min(self.operations_left);
    }

    pub(super) fn charge(&mut self, operations: usize) {
        let operations = operations as u64;
        self.operations_left = self.operations_left.saturating_sub(operations);
        self.unreported = self.unreported.saturating_add(operations);
    }

    /// Whether there is nothing left to spend.
    pub(super) fn is_spent(&mut self) -> bool {
        if self.operations_left == 0 {
            self.stop = self.stop.or(Some(Stop::Work));
        } else if self.left_s().is_some_and(|left_s| left_s <= 0.0) {
            self.stop = Some(Stop::Clock);
        }
        matches!(self.stop, Some(Stop::Work | Stop::Clock))
    }

    /// As much again, under the same clock, told to nobody.
    pub(super) fn renewed(&self) -> Self {
        Self { clock: self.clock, operations_left: self.operations_given, ..Self::of_steps(0) }
    }

    /// Ends it: nothing is left to spend.
    pub(super) fn end(&mut self, stop: Stop) {
        (self.operations_left, self.stop) = (0, Some(stop));
    }

    /// Operations left.
    pub(super) fn left(&self) -> u64 {
        self.operations_left
    }

    /// Seconds left, under a clock.
    pub(super) fn left_s(&self) -> Option<f64> {
        self.clock.map(|(started, time_s)| (time_s - started.elapsed_s()).max(0.0))
    }

    pub(super) fn gap_share(&self) -> f64 {
        self.gap_share
    }

    /// Whether a plan worth `objective` under `bound` is as good as asked for.
    pub(super) fn is_near(&mut self, objective: i128, bound: i128) -> bool {
        let (objective, bound) = (objective + self.base, bound + self.base);
        let is_near = objective != bound
            && self.gap_share > 0.0
            && (objective - bound).unsigned_abs() as f64 <= self.gap_share * objective.unsigned_abs() as f64;
        if is_near {
            self.stop = Some(Stop::Gap);
        }
        is_near
    }

    /// Whether a report is due; reports come after equal amounts of work.
    pub(super) fn is_due(&self) -> bool {
        self.unreported >= STEPS_BETWEEN_REPORTS * OPERATIONS_PER_STEP
    }

    /// Tells how far the search is.
    pub(super) fn report(&mut self, objective: Option<i128>, bound: i128) {
        self.unreported = 0;
        let base = self.base;
        (self.tell)(Standing { objective: objective.map(|objective| objective + base), bound: bound + base });
    }
}
