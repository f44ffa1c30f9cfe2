//! The independent check of a plan: its weight and every constraint, from the problem and the chosen sites alone.

use super::constraints::{self, flag};
use super::{CoveringProblem, SitingError, SitingParams};

/// What a checked plan covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// Weight covered by existing and chosen sites.
    pub covered_weight: i64,
    /// Demands covered.
    pub covered_count: u32,
    /// For each demand, the existing and chosen sites that cover it, ascending.
    pub who_covers: Vec<Vec<u32>>,
}

/// Checks that `sites` is a lawful plan with at most `new_office_count` new offices and recomputes what it covers.
///
/// # Errors
/// [`SitingError::Certificate`] naming the first constraint that does not hold.
pub fn certify(
    problem: &CoveringProblem,
    params: &SitingParams,
    new_office_count: u32,
    sites: &[u32],
) -> Result<Certificate, SitingError> {
    if let Some(broken) = constraints::broken(problem, params, new_office_count, sites) {
        return Err(SitingError::Certificate(broken));
    }
    let mut who_covers = vec![Vec::new(); problem.weights.len()];
    for (site, demands) in (0_u32..).zip(&problem.covers) {
        if flag(&problem.existing, site) || sites.binary_search(&site).is_ok() {
            for &demand in demands {
                who_covers[demand as usize].push(site);
            }
        }
    }
    let covered: Vec<bool> = who_covers.iter().map(|offices| !offices.is_empty()).collect();
    Ok(Certificate {
        covered_weight: weight_of(problem, &covered),
        covered_count: covered.iter().filter(|&&is_covered| is_covered).count() as u32,
        who_covers,
    })
}

/// For each demand, whether an existing site or one of `sites` covers it.
pub(super) fn covered(problem: &CoveringProblem, sites: &[u32]) -> Vec<bool> {
    let mut covered = vec![false; problem.weights.len()];
    let existing = (0..problem.covers.len() as u32).filter(|&site| flag(&problem.existing, site));
    for site in existing.chain(sites.iter().copied()) {
        for &demand in &problem.covers[site as usize] {
            covered[demand as usize] = true;
        }
    }
    covered
}

/// Weight of the marked demands.
pub(super) fn weight_of(problem: &CoveringProblem, covered: &[bool]) -> i64 {
    problem.weights.iter().zip(covered).filter(|&(_, &is_covered)| is_covered).map(|(weight, _)| weight).sum()
}

/// `(bound - objective) / objective`; 0 when equal, none when nothing is covered but something might be.
pub(super) fn gap_share(objective: i64, bound: i64) -> Option<f64> {
    match (bound - objective, objective) {
        (0, _) => Some(0.0),
        (_, 0) => None,
        (gap, objective) => Some(gap as f64 / objective as f64),
    }
}
