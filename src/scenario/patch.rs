//! A named change to the inputs, as read from a scenario file.

use crate::records::{Crossing, CrossingStatus};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A scenario: what differs from the baseline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Patch {
    /// Slug, `[a-z0-9_-]`.
    pub id: String,
    /// One line for people.
    pub title: String,
    /// Why it is worth asking, and what is assumed.
    #[serde(default)]
    pub note: String,
    /// Crossings closed.
    #[serde(default)]
    pub close_crossing_ids: Vec<String>,
    /// Crossings opened.
    #[serde(default)]
    pub open_crossing_ids: Vec<String>,
    /// Crossings that get an office at both posts.
    #[serde(default)]
    pub paired_office_crossing_ids: Vec<String>,
    /// Factor on opium production (and with it on the precursors needed).
    #[serde(default = "one")]
    pub production_factor: f64,
}

const fn one() -> f64 {
    1.0
}

/// What is wrong with a scenario file.
#[derive(Debug, Error)]
pub enum PatchError {
    /// It names crossings that do not exist.
    #[error("P001: scenario {scenario}: {key} names crossings that do not exist: {}; see crossings.csv", ids.join(", "))]
    UnknownCrossings {
        /// Scenario.
        scenario: String,
        /// Key.
        key: &'static str,
        /// Names.
        ids: Vec<String>,
    },
    /// It names crossings that are not on the network, so that nothing would change.
    #[error("P005: scenario {scenario} names crossings that no road of the network reaches: {}", ids.join(", "))]
    OffNetwork {
        /// Scenario.
        scenario: String,
        /// Names.
        ids: Vec<String>,
    },
    /// It closes and opens the same crossing.
    #[error("P006: scenario {scenario} closes and opens the same crossings: {}", ids.join(", "))]
    Contradiction {
        /// Scenario.
        scenario: String,
        /// Names.
        ids: Vec<String>,
    },
    /// The production factor is not a number from 0.
    #[error("P002: scenario {scenario}: production_factor is {found}, expected a number above 0 (0.05 = 95 % less)")]
    Factor {
        /// Scenario.
        scenario: String,
        /// Value.
        found: f64,
    },
}

impl Patch {
    /// Checks every name and number against the inputs.
    ///
    /// # Errors
    /// The first rule that is broken, with all crossings that break it.
    pub fn check(&self, crossings: &[Crossing]) -> Result<(), PatchError> {
        for (key, ids) in [
            ("close_crossing_ids", &self.close_crossing_ids),
            ("open_crossing_ids", &self.open_crossing_ids),
            ("paired_office_crossing_ids", &self.paired_office_crossing_ids),
        ] {
            let unknown: Vec<String> =
                ids.iter().filter(|id| !crossings.iter().any(|crossing| crossing.id == **id)).cloned().collect();
            if !unknown.is_empty() {
                return Err(PatchError::UnknownCrossings { scenario: self.id.clone(), key, ids: unknown });
            }
        }
        let off: Vec<String> = [&self.close_crossing_ids, &self.open_crossing_ids, &self.paired_office_crossing_ids]
            .into_iter()
            .flatten()
            .filter(|id| crossings.iter().any(|crossing| crossing.id == **id && crossing.link_ix.is_none()))
            .cloned()
            .collect();
        if !off.is_empty() {
            return Err(PatchError::OffNetwork { scenario: self.id.clone(), ids: off });
        }
        let both: Vec<String> =
            self.close_crossing_ids.iter().filter(|id| self.open_crossing_ids.contains(id)).cloned().collect();
        if !both.is_empty() {
            return Err(PatchError::Contradiction { scenario: self.id.clone(), ids: both });
        }
        if !(self.production_factor.is_finite() && self.production_factor > 0.0) {
            return Err(PatchError::Factor { scenario: self.id.clone(), found: self.production_factor });
        }
        Ok(())
    }

    /// The crossings with this patch's statuses.
    #[must_use]
    pub fn applied_to(&self, crossings: &[Crossing]) -> Vec<Crossing> {
        crossings
            .iter()
            .map(|crossing| {
                let mut patched = crossing.clone();
                if self.close_crossing_ids.contains(&crossing.id) {
                    patched.status = CrossingStatus::Closed;
                } else if self.open_crossing_ids.contains(&crossing.id) {
                    (patched.status, patched.closed_to) = (CrossingStatus::Open, None);
                }
                patched
            })
            .collect()
    }
}
