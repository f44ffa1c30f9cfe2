//! What each site is worth to a plan: dropped, replaced, added, forced in.

use super::constraints::{candidates, flag};
use super::{CoveringProblem, SitingError, SitingParams, SitingStatus, best, certificate};
use crate::parallel::map_in_order;

/// The worth of one site; weights are not negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SiteValue {
    /// The site.
    pub site: u32,
    /// Whether it is in the plan.
    pub is_chosen: bool,
    /// Weight lost when it leaves the plan and the rest stays; 0 when it is not in the plan.
    pub drop_loss: i64,
    /// Weight that it adds when it comes on top of the plan; 0 when it is in the plan.
    pub add_gain: i64,
    /// The plan's weight less that of the best plan of the same limits in which the site's part is turned round: without
    /// it when it is chosen, with it when it is not. None when there is no such plan.
    pub turned_loss: Option<i64>,
    /// Whether that plan is proven to be the best.
    pub is_proven: bool,
}

/// The worth of every candidate site to the plan `chosen` (ascending), which should be the best one.
///
/// # Errors
/// A failure of the solver; collisions are answered by none.
pub fn site_values(
    problem: &CoveringProblem,
    params: &SitingParams,
    chosen: &[u32],
) -> Result<Vec<SiteValue>, SitingError> {
    let weight = |sites: &[u32]| certificate::weight_of(problem, &certificate::covered(problem, sites));
    let planned = weight(chosen);
    let value = |&site: &u32| -> Result<SiteValue, SitingError> {
        let is_chosen = chosen.binary_search(&site).is_ok();
        let mut turned = problem.clone();
        let flags = if is_chosen { &mut turned.forbidden } else { &mut turned.required };
        flags.resize(problem.covers.len(), false);
        flags[site as usize] = true;
        let is_impossible = is_chosen && flag(&problem.required, site);
        let solved = match is_impossible {
            true => None,
            false => match best(&turned, params, params.new_office_count) {
                Ok(solved) => Some(solved),
                Err(SitingError::Infeasible(_)) => None,
                Err(error) => return Err(error),
            },
        };
        let without: Vec<u32> = chosen.iter().copied().filter(|&other| other != site).collect();
        let with: Vec<u32> = chosen.iter().copied().chain([site]).collect();
        Ok(SiteValue {
            site,
            is_chosen,
            drop_loss: if is_chosen { planned - weight(&without) } else { 0 },
            add_gain: if is_chosen { 0 } else { weight(&with) - planned },
            turned_loss: solved.as_ref().map(|solved| planned - solved.objective),
            is_proven: solved.is_none_or(|solved| solved.status == SitingStatus::Optimal),
        })
    };
    map_in_order(&candidates(problem), value).into_iter().collect()
}
