//! The location set covering problem (Toregas, Swain, ReVelle & Bergman 1971), exact.

use super::constraints::{self, Conflict, all_constraints, candidates};
use super::maximal_covering::Solver;
use super::{CoveringProblem, SitingError, SitingParams, certificate, certify, feasibility, maximal_covering};

/// The fewest new offices that cover everything within reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FullCoverPlan {
    /// New offices, ascending.
    pub sites: Vec<u32>,
    /// For each demand, the existing and new offices that cover it, ascending.
    pub who_covers: Vec<Vec<u32>>,
    /// Demands that no existing or allowed site reaches, ascending: no plan covers them.
    pub out_of_reach: Vec<u32>,
}

/// The fewest new offices that cover every demand within reach, demands of weight 0 included: minimise `sum_j x_j` with
/// `sum_{j covers i} x_j >= 1` and the limits of `problem` and `params`, `new_office_count` left aside. The number is
/// proved by the solver on rows of zeros and ones; ties are broken as in [`super::plan`].
///
/// # Errors
/// [`SitingError`]: refused input, constraints that collide, a solver failure.
pub fn cover_all(problem: &CoveringProblem, params: &SitingParams) -> Result<FullCoverPlan, SitingError> {
    constraints::check(problem, params)?;
    let site_count = problem.covers.len() as u32;
    let mut all = all_constraints(problem, params, site_count);
    all.push(Conflict::CoverEverything);
    let known = feasibility::cheapest(problem, &all)?;
    // Every demand counts one: a plan of so many offices that covers most is one that covers all.
    let counted = CoveringProblem { weights: vec![1; problem.weights.len()], ..problem.clone() };
    let reduced = maximal_covering::reduced(&counted, params);
    let mut solver = Solver::new(&reduced, params)?;
    let sites = solver.first_cover(known.len() as u32)?.unwrap_or(known);
    let certificate = certify(problem, params, sites.len() as u32, &sites)?;
    if !constraints::holds(&Conflict::CoverEverything, problem, &sites) {
        return Err(SitingError::Certificate(Conflict::CoverEverything.to_string()));
    }
    let anything = certificate::covered(problem, &candidates(problem));
    Ok(FullCoverPlan {
        sites,
        who_covers: certificate.who_covers,
        out_of_reach: (0..problem.weights.len() as u32).filter(|&demand| !anything[demand as usize]).collect(),
    })
}
