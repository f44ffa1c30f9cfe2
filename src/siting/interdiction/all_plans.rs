//! All plans as good as the best, or nearly, of a problem in which more is never worse.
//!
//! A choice that is not good enough gets better only by a column on a witness: the arcs that the evaders (or the flow)
//! use. So some column of the witness is in every good plan above it; each is tried in turn, those before it left out. Above
//! a choice that is good enough every lawful one is too. No plan is missed or met twice.

use super::SearchLimits;
use super::rules::Choices;
use crate::siting::{Optima, OptimaRequest};

/// Two objectives this near, as a share, are equal.
const EQUAL_SHARE: f64 = 1e-9;

/// Objective of a choice, the less the better, and the columns of which at least one must be added to make it less.
pub(in crate::siting) type Witness<'a> = &'a dyn Fn(&[bool]) -> (f64, Vec<usize>);

/// Arcs looked at in a listing, together.
const MOST_WORK: usize = 20_000_000;

/// Choices looked at in a listing when each takes a look at so many arcs.
pub(in crate::siting) fn listing_steps(limits: SearchLimits, arc_count: usize) -> u32 {
    limits.node_count.min((MOST_WORK / arc_count.max(1)) as u32)
}

/// The lawful choices with an objective within the share of `best`, at most `step_limit` choices looked at. `plan` has that
/// objective, and is among them in any case.
pub(in crate::siting) fn all_plans(
    choices: &Choices,
    witness: Witness<'_>,
    (best, plan): (f64, &[u32]),
    request: OptimaRequest,
    step_limit: u32,
) -> Optima {
    let limit = if best.is_finite() { best + best.abs() * (request.within_share + EQUAL_SHARE) } else { best };
    let fate = choices.is_required.iter().map(|&is_required| is_required.then_some(true)).collect();
    let found = Optima { plans: Vec::new(), is_complete: true };
    let mut walk = Walk { choices, witness, limit, most: request.most, steps_left: step_limit, fate, found };
    walk.seek();
    walk.found.plans.sort_unstable();
    walk.found.plans.truncate(request.most);
    if let Err(place) = walk.found.plans.binary_search_by(|other| other.as_slice().cmp(plan)) {
        walk.found.plans.truncate(request.most.saturating_sub(1));
        walk.found.plans.insert(place.min(walk.found.plans.len()), plan.to_vec());
    }
    walk.found
}

struct Walk<'a> {
    choices: &'a Choices,
    witness: Witness<'a>,
    limit: f64,
    most: usize,
    steps_left: u32,
    /// In, out, or open.
    fate: Vec<Option<bool>>,
    found: Optima,
}

impl Walk<'_> {
    /// Whether the open columns can still make every row hold.
    fn can_hold(&self) -> bool {
        self.choices.rows.iter().all(|row| {
            let least = |&(column, c): &(usize, i64)| match self.fate[column] {
                Some(is_in) => {
                    if is_in {
                        c
                    } else {
                        0
                    }
                }
                None => c.min(0),
            };
            row.terms.iter().map(least).sum::<i64>() <= row.at_most
        })
    }

    fn step(&mut self) -> bool {
        if self.steps_left == 0 || self.found.plans.len() > self.most {
            self.found.is_complete = false;
            return false;
        }
        self.steps_left -= 1;
        self.can_hold()
    }

    fn with(&self, is_open_in: bool) -> Vec<bool> {
        self.fate.iter().map(|fate| fate.unwrap_or(is_open_in)).collect()
    }

    /// Plans above the columns that are in, these not being known to be good enough.
    fn seek(&mut self) {
        if !self.step() {
            return;
        }
        let (objective, columns) = (self.witness)(&self.with(false));
        if objective <= self.limit {
            self.list(0);
            return;
        }
        let shut: Vec<usize> = (0..self.fate.len()).filter(|&column| self.is_shut(column)).collect();
        shut.iter().for_each(|&column| self.fate[column] = Some(false));
        let mut tried = Vec::new();
        if (self.witness)(&self.with(true)).0 <= self.limit {
            for column in columns {
                if self.fate[column].is_none() {
                    self.fate[column] = Some(true);
                    self.seek();
                    self.fate[column] = Some(false);
                    tried.push(column);
                }
            }
        }
        tried.into_iter().chain(shut).for_each(|column| self.fate[column] = None);
    }

    /// Whether an open column cannot be taken in.
    fn is_shut(&mut self, column: usize) -> bool {
        if self.fate[column].is_some() {
            return false;
        }
        self.fate[column] = Some(true);
        let is_shut = !self.can_hold();
        self.fate[column] = None;
        is_shut
    }

    /// Every lawful plan above the columns that are in, the columns before `from` decided.
    fn list(&mut self, from: usize) {
        match (from..self.fate.len()).find(|&column| self.fate[column].is_none()) {
            None => {
                let chosen = self.with(false);
                if self.choices.is_lawful(&chosen) {
                    self.found.plans.push(self.choices.sites(&chosen));
                }
            }
            Some(column) => {
                for is_in in [false, true] {
                    self.fate[column] = Some(is_in);
                    if self.step() {
                        self.list(column + 1);
                    }
                    self.fate[column] = None;
                }
            }
        }
    }
}
