//! Whether any plan is lawful, and which constraints collide when none is.

use super::constraints::{Conflict, all_constraints, cost_usd, exclusive_set, flag, lies_in};
use super::mip::{self, Column, ColumnKind, MipLimits, MipStatus, Program, Row};
use super::{CoveringProblem, SitingError, SitingParams, certificate};
use std::fmt;

/// Constraints that no plan meets together; without any one of them, the others can be met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Infeasible {
    /// The constraints that collide.
    pub conflicts: Vec<Conflict>,
    /// The least number of new offices that meets all other constraints, when any does.
    pub fewest_offices: Option<u32>,
    /// The least budget that meets all other constraints, when any does, in US dollars.
    pub smallest_budget_usd: Option<i64>,
}

impl fmt::Display for Infeasible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let conflicts: Vec<String> = self.conflicts.iter().map(ToString::to_string).collect();
        write!(f, "no plan meets these constraints together: {}", conflicts.join("; "))?;
        let has = |wanted: fn(&Conflict) -> bool| self.conflicts.iter().any(wanted);
        match self.fewest_offices {
            Some(count) if has(|c| matches!(c, Conflict::OfficeCount { .. })) => {
                write!(f, ". {count} offices would do")?
            }
            _ => {}
        }
        match self.smallest_budget_usd {
            Some(usd) if has(|c| matches!(c, Conflict::Budget { .. })) => write!(f, ". {usd} USD would do")?,
            _ => {}
        }
        Ok(())
    }
}

/// The least number of new offices of any lawful plan.
///
/// # Errors
/// [`SitingError::Infeasible`] when that is above `new_office_count` or when no plan is lawful.
pub(super) fn fewest_offices(
    problem: &CoveringProblem,
    params: &SitingParams,
    new_office_count: u32,
) -> Result<u32, SitingError> {
    let all = all_constraints(problem, params, new_office_count);
    let is_demanding = |c: &Conflict| matches!(c, Conflict::CountryMin { .. } | Conflict::Required { .. });
    if !all.iter().any(is_demanding) {
        return Ok(0);
    }
    cheapest(problem, &all).map(|sites| sites.len() as u32)
}

/// A lawful plan with the fewest new offices, ascending.
///
/// # Errors
/// [`SitingError::Infeasible`] naming the constraints of `all` that collide.
pub(super) fn cheapest(problem: &CoveringProblem, all: &[Conflict]) -> Result<Vec<u32>, SitingError> {
    let without = |dropped: fn(&Conflict) -> bool| -> Vec<Conflict> {
        all.iter().filter(|constraint| !dropped(constraint)).cloned().collect()
    };
    let cost = |site| cost_usd(problem, site) as f64;
    if let Some(sites) = least(problem, all, |_| 1.0)? {
        return Ok(sites);
    }
    // Deletion filter: drop each constraint that the collision does not need.
    let mut conflicts = all.to_vec();
    for constraint in all {
        let rest: Vec<Conflict> = conflicts.iter().filter(|&kept| kept != constraint).cloned().collect();
        if least(problem, &rest, |_| 0.0)?.is_none() {
            conflicts = rest;
        }
    }
    let fewest = least(problem, &without(|c| matches!(c, Conflict::OfficeCount { .. })), |_| 1.0)?;
    let thriftiest = least(problem, &without(|c| matches!(c, Conflict::Budget { .. })), cost)?;
    Err(SitingError::Infeasible(Infeasible {
        conflicts,
        fewest_offices: fewest.map(|sites| sites.len() as u32),
        smallest_budget_usd: thriftiest.map(|sites| sites.iter().map(|&site| cost_usd(problem, site)).sum()),
    }))
}

/// The sites of a plan with the least total of `price` that meets `constraints`; none when no plan does.
fn least(
    problem: &CoveringProblem,
    constraints: &[Conflict],
    price: impl Fn(u32) -> f64,
) -> Result<Option<Vec<u32>>, SitingError> {
    let sites: Vec<u32> = (0..problem.covers.len() as u32).filter(|&site| !flag(&problem.existing, site)).collect();
    let column_of = |site: u32| sites.binary_search(&site).ok();
    let column = |&site: &u32| Column { cost: price(site), lower: 0.0, upper: 1.0, kind: ColumnKind::Integer };
    let mut program = Program { columns: sites.iter().map(column).collect(), rows: Vec::new() };
    let terms = |chosen: &dyn Fn(u32) -> f64| -> Vec<(usize, f64)> {
        sites.iter().enumerate().map(|(ix, &site)| (ix, chosen(site))).filter(|&(_, c)| c != 0.0).collect()
    };
    for constraint in constraints {
        let row = match *constraint {
            Conflict::CoverEverything => {
                program.rows.extend(cover_rows(problem, &sites));
                continue;
            }
            Conflict::OfficeCount { at_most } => Row::at_most(at_most.into(), terms(&|_| 1.0)),
            Conflict::Budget { at_most_usd } => {
                Row::at_most(at_most_usd as f64, terms(&|site| cost_usd(problem, site) as f64))
            }
            Conflict::CountryMin { country, at_least } => {
                Row::at_least(at_least.into(), terms(&|site| f64::from(u8::from(lies_in(problem, site, country)))))
            }
            Conflict::CountryMax { country, at_most } => {
                Row::at_most(at_most.into(), terms(&|site| f64::from(u8::from(lies_in(problem, site, country)))))
            }
            Conflict::Required { site } => Row::at_least(1.0, terms(&|other| f64::from(u8::from(other == site)))),
            Conflict::Forbidden { site } => Row::at_most(0.0, terms(&|other| f64::from(u8::from(other == site)))),
            Conflict::Exclusive { set_ix } => {
                let (existing, open) = exclusive_set(problem, set_ix);
                let terms = open.iter().filter_map(|&site| column_of(site)).map(|ix| (ix, 1.0)).collect();
                Row::at_most((1 - existing).max(0) as f64, terms)
            }
        };
        program.rows.push(row);
    }
    let answer = mip::solve(&program, MipLimits::default())?;
    if answer.status == MipStatus::Infeasible {
        return Ok(None);
    }
    // Without columns there are no values, and the plan is empty.
    Ok(Some(sites.iter().zip(&answer.values).filter(|&(_, &value)| value > 0.5).map(|(&site, _)| site).collect()))
}

/// For each demand that no existing office covers but some site does: at least one of those sites.
fn cover_rows(problem: &CoveringProblem, sites: &[u32]) -> Vec<Row> {
    let settled = certificate::covered(problem, &[]);
    let mut rows = vec![Vec::new(); problem.weights.len()];
    for (column_ix, &site) in sites.iter().enumerate().filter(|&(_, &site)| !flag(&problem.forbidden, site)) {
        for &demand in &problem.covers[site as usize] {
            rows[demand as usize].push((column_ix, 1.0));
        }
    }
    let is_asked = |(demand, terms): &(usize, Vec<(usize, f64)>)| !settled[*demand] && !terms.is_empty();
    rows.into_iter().enumerate().filter(is_asked).map(|(_, terms)| Row::at_least(1.0, terms)).collect()
}
