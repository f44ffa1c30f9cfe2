//! What makes a problem well formed and a plan lawful.

use super::{CoveringProblem, Refusal, SitingError, SitingParams, certificate};
use crate::records::Iso3;
use std::collections::BTreeSet;
use std::fmt;

/// Above this, sums of products with fixed-point multipliers would no longer fit.
const LARGEST_EXACT: i128 = 1 << 50;

/// The entry of an optional table of flags.
pub(super) fn flag(flags: &[bool], site: u32) -> bool {
    flags.get(site as usize).copied().unwrap_or(false)
}

/// Cost of a new office at `site`.
pub(super) fn cost_usd(problem: &CoveringProblem, site: u32) -> i64 {
    problem.cost_usd.get(site as usize).copied().unwrap_or(0)
}

/// Whether `site` counts for `country`.
pub(super) fn lies_in(problem: &CoveringProblem, site: u32, country: Iso3) -> bool {
    problem.country_of_site.get(site as usize).is_some_and(|countries| countries.contains(&country))
}

/// Sites where a new office may be put, ascending.
pub(super) fn candidates(problem: &CoveringProblem) -> Vec<u32> {
    (0..problem.covers.len() as u32)
        .filter(|&site| !flag(&problem.existing, site) && !flag(&problem.forbidden, site))
        .collect()
}

/// Refuses what is malformed, all reasons at once.
pub(super) fn check(problem: &CoveringProblem, params: &SitingParams) -> Result<(), SitingError> {
    let mut refusals = Vec::new();
    let mut refuse = |code, message: String| refusals.push(Refusal { code, message });
    let site_count = problem.covers.len();
    let demand_count = problem.weights.len();
    if site_count == 0 {
        refuse("S001", "there is no candidate site: give at least one crossing where an office may stand".into());
    }
    for (name, len) in [
        ("existing", problem.existing.len()),
        ("required", problem.required.len()),
        ("forbidden", problem.forbidden.len()),
        ("country_of_site", problem.country_of_site.len()),
        ("cost_usd", problem.cost_usd.len()),
    ] {
        if len != 0 && len != site_count {
            refuse("S003", format!("`{name}` has {len} entries, expected one for each of {site_count} sites, or none"));
        }
    }
    for (demand, weight) in problem.weights.iter().enumerate().filter(|&(_, &weight)| weight < 0) {
        refuse("S002", format!("demand {demand} has the negative weight {weight}: give 0 or more"));
    }
    for (site, cost) in problem.cost_usd.iter().enumerate().filter(|&(_, &cost)| cost < 0) {
        refuse("S002", format!("site {site} has the negative cost {cost} USD: give 0 or more"));
    }
    for (site, demands) in problem.covers.iter().enumerate() {
        if demands.last().is_some_and(|&demand| demand as usize >= demand_count) {
            refuse("S003", format!("site {site} covers a demand beyond the last of {demand_count}"));
        }
        if !demands.is_sorted_by(|a, b| a < b) {
            refuse("S003", format!("the demands of site {site} are not in ascending order, each once"));
        }
    }
    if problem.exclusive.iter().flatten().any(|&site| site as usize >= site_count) {
        refuse("S003", format!("an exclusive set names a site beyond the last of {site_count}"));
    }
    for (name, values) in [("weights", &problem.weights), ("costs", &problem.cost_usd)] {
        if values.iter().map(|&value| i128::from(value)).sum::<i128>() > LARGEST_EXACT {
            refuse("S004", format!("the {name} add up to more than 2^50: use a larger unit"));
        }
    }
    for site in 0..site_count as u32 {
        if flag(&problem.existing, site) && flag(&problem.forbidden, site) {
            refuse("S005", format!("site {site} is both existing and forbidden: clear one of the two"));
        }
    }
    if let Some(budget_usd) = params.budget_usd.filter(|&budget_usd| budget_usd < 0) {
        refuse("S006", format!("`budget_usd` is {budget_usd}: give 0 or more"));
    }
    let mut seen = BTreeSet::new();
    for limit in &params.country_limits {
        if !seen.insert(limit.country) {
            refuse("S006", format!("`country_limits` names {} twice: merge the two", limit.country));
        }
    }
    if refusals.is_empty() { Ok(()) } else { Err(SitingError::Refused(refusals)) }
}

/// A constraint that takes part in a collision.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Conflict {
    /// At most this many new offices.
    OfficeCount {
        /// p.
        at_most: u32,
    },
    /// At most this much money.
    Budget {
        /// US dollars.
        at_most_usd: i64,
    },
    /// At least so many new offices in a country.
    CountryMin {
        /// Country.
        country: Iso3,
        /// Number.
        at_least: u32,
    },
    /// At most so many new offices in a country.
    CountryMax {
        /// Country.
        country: Iso3,
        /// Number.
        at_most: u32,
    },
    /// The site must be in the plan.
    Required {
        /// Site.
        site: u32,
    },
    /// The site must not be in the plan.
    Forbidden {
        /// Site.
        site: u32,
    },
    /// At most one office in an exclusive set.
    Exclusive {
        /// Index of the set.
        set_ix: u32,
    },
    /// Every demand that a site may reach must be covered (set covering only).
    CoverEverything,
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OfficeCount { at_most } => write!(f, "at most {at_most} new offices"),
            Self::Budget { at_most_usd } => write!(f, "a budget of {at_most_usd} USD"),
            Self::CountryMin { country, at_least } => write!(f, "at least {at_least} new offices in {country}"),
            Self::CountryMax { country, at_most } => write!(f, "at most {at_most} new offices in {country}"),
            Self::Required { site } => write!(f, "site {site} is required"),
            Self::Forbidden { site } => write!(f, "site {site} is forbidden"),
            Self::CoverEverything => write!(f, "every demand within reach is covered"),
            Self::Exclusive { set_ix } => write!(f, "at most one office in exclusive set {set_ix}"),
        }
    }
}

/// Every constraint of the problem.
pub(super) fn all_constraints(
    problem: &CoveringProblem,
    params: &SitingParams,
    new_office_count: u32,
) -> Vec<Conflict> {
    let sites = 0..problem.covers.len() as u32;
    let mut all = vec![Conflict::OfficeCount { at_most: new_office_count }];
    all.extend(params.budget_usd.map(|at_most_usd| Conflict::Budget { at_most_usd }));
    for limit in &params.country_limits {
        let country = limit.country;
        if limit.new_office_min > 0 {
            all.push(Conflict::CountryMin { country, at_least: limit.new_office_min });
        }
        all.extend(limit.new_office_max.map(|at_most| Conflict::CountryMax { country, at_most }));
    }
    let is_new = |site: &u32| !flag(&problem.existing, *site);
    all.extend(
        sites.clone().filter(is_new).filter(|&s| flag(&problem.required, s)).map(|site| Conflict::Required { site }),
    );
    all.extend(sites.filter(|&s| flag(&problem.forbidden, s)).map(|site| Conflict::Forbidden { site }));
    all.extend((0..problem.exclusive.len() as u32).map(|set_ix| Conflict::Exclusive { set_ix }));
    all
}

/// The number of offices in an exclusive set that exist already, and its other sites, each once.
pub(super) fn exclusive_set(problem: &CoveringProblem, set_ix: u32) -> (i64, Vec<u32>) {
    let set: BTreeSet<u32> = problem.exclusive[set_ix as usize].iter().copied().collect();
    let (existing, open): (Vec<u32>, Vec<u32>) = set.into_iter().partition(|&site| flag(&problem.existing, site));
    (existing.len() as i64, open)
}

/// The first constraint that `sites` does not meet, in words; none when the plan is lawful.
pub(super) fn broken(
    problem: &CoveringProblem,
    params: &SitingParams,
    new_office_count: u32,
    sites: &[u32],
) -> Option<String> {
    if !sites.is_sorted_by(|a, b| a < b) || sites.iter().any(|&site| site as usize >= problem.covers.len()) {
        return Some("the sites are not in ascending order, each once".into());
    }
    if let Some(site) = sites.iter().find(|&&site| flag(&problem.existing, site)) {
        return Some(format!("site {site} has an office already"));
    }
    all_constraints(problem, params, new_office_count)
        .into_iter()
        .find(|constraint| !holds(constraint, problem, sites))
        .map(|constraint| constraint.to_string())
}

/// Whether `sites` keep every constraint that more offices can only break.
pub(super) fn within_limits(
    problem: &CoveringProblem,
    params: &SitingParams,
    new_office_count: u32,
    sites: &[u32],
) -> bool {
    let is_demand = |c: &Conflict| matches!(c, Conflict::CountryMin { .. } | Conflict::Required { .. });
    all_constraints(problem, params, new_office_count)
        .iter()
        .all(|constraint| is_demand(constraint) || holds(constraint, problem, sites))
}

/// Whether `sites`, ascending, meet a constraint.
pub(super) fn holds(constraint: &Conflict, problem: &CoveringProblem, sites: &[u32]) -> bool {
    let in_country = |country| sites.iter().filter(|&&site| lies_in(problem, site, country)).count();
    let has = |site| sites.binary_search(&site).is_ok();
    match *constraint {
        Conflict::OfficeCount { at_most } => sites.len() <= at_most as usize,
        Conflict::Budget { at_most_usd } => {
            sites.iter().map(|&site| cost_usd(problem, site)).sum::<i64>() <= at_most_usd
        }
        Conflict::CountryMin { country, at_least } => in_country(country) >= at_least as usize,
        Conflict::CountryMax { country, at_most } => in_country(country) <= at_most as usize,
        Conflict::Required { site } => has(site),
        Conflict::Forbidden { site } => !has(site),
        Conflict::CoverEverything => {
            certificate::covered(problem, sites) == certificate::covered(problem, &candidates(problem))
        }
        Conflict::Exclusive { set_ix } => {
            let (existing, open) = exclusive_set(problem, set_ix);
            // Offices that stood together before the plan are not the plan's fault.
            open.iter().filter(|&&site| has(site)).count() as i64 <= (1 - existing).max(0)
        }
    }
}
