//! What one more office is worth: the best plan for each number of new offices.

use super::maximal_covering::{self, Solved, Solver};
use super::{CoveringProblem, CurvePoint, SitingError, SitingParams, SitingStatus, certificate, greedy};

/// The curve for 0..=`curve_max_office_count` new offices, and the plan for `new_office_count`. No lawful plan has fewer
/// than `fewest` new offices.
pub(super) fn trace(
    problem: &CoveringProblem,
    params: &SitingParams,
    fewest: u32,
) -> Result<(Vec<CurvePoint>, Solved), SitingError> {
    let reduced = maximal_covering::reduced(problem, params);
    let mut solver = Solver::new(&reduced, params)?;
    let mut curve = Vec::new();
    let mut chosen = None;
    let mut one_fewer: Option<Solved> = None;
    for new_office_count in 0..=params.curve_max_office_count {
        if new_office_count < fewest {
            curve.push(infeasible(new_office_count));
            continue;
        }
        let solved = solver.solve(new_office_count, one_fewer.as_ref())?;
        curve.push(point(problem, params, new_office_count, &solved)?);
        if new_office_count == params.new_office_count {
            chosen = Some(solved.clone());
        }
        one_fewer = Some(solved);
    }
    let chosen = match chosen {
        Some(solved) => solved,
        None => solver.solve(params.new_office_count, None)?,
    };
    Ok((curve, chosen))
}

fn point(
    problem: &CoveringProblem,
    params: &SitingParams,
    new_office_count: u32,
    solved: &Solved,
) -> Result<CurvePoint, SitingError> {
    let certificate = certificate::certify(problem, params, new_office_count, &solved.sites)?;
    if certificate.covered_weight != solved.objective || solved.bound < solved.objective {
        return Err(SitingError::Certificate(format!(
            "the plan covers {}, the search says {} of at most {}",
            certificate.covered_weight, solved.objective, solved.bound
        )));
    }
    Ok(CurvePoint {
        new_office_count,
        sites: solved.sites.clone(),
        objective: Some(certificate.covered_weight),
        bound: Some(solved.bound),
        gap_share: certificate::gap_share(certificate.covered_weight, solved.bound),
        covered_count: certificate.covered_count,
        greedy_objective: greedy::plan(problem, params, new_office_count).map(|plan| plan.objective),
        status: solved.status,
    })
}

fn infeasible(new_office_count: u32) -> CurvePoint {
    CurvePoint {
        new_office_count,
        sites: Vec::new(),
        objective: None,
        bound: None,
        gap_share: None,
        covered_count: 0,
        greedy_objective: None,
        status: SitingStatus::Infeasible,
    }
}
