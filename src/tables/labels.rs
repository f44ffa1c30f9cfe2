//! Names shared by the tables of a run.

use crate::records::Crossing;

/// What tables call things.
#[derive(Clone, Copy, Debug)]
pub struct Labels<'a> {
    /// The crossings, by index.
    pub crossings: &'a [Crossing],
}

impl Labels<'_> {
    /// Identifier of a crossing.
    #[must_use]
    pub fn id(&self, crossing_ix: u32) -> &str {
        &self.crossings[crossing_ix as usize].id
    }

    /// Name of a crossing.
    #[must_use]
    pub fn name(&self, crossing_ix: u32) -> &str {
        &self.crossings[crossing_ix as usize].name
    }

    /// The two countries, such as `AFG-IRN`.
    #[must_use]
    pub fn border(&self, crossing_ix: u32) -> String {
        let [a, b] = self.crossings[crossing_ix as usize].countries;
        format!("{a}-{b}")
    }

    /// Identifiers joined by `;`.
    #[must_use]
    pub fn ids(&self, crossing_ixs: &[u32]) -> String {
        crossing_ixs.iter().map(|&ix| self.id(ix)).collect::<Vec<_>>().join(";")
    }
}
