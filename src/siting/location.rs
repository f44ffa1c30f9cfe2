//! Location problems on plain tables: what is asked, what is answered, and the independent check of an answer.
//!
//! Symbols of all problems: demand i of weight `w_i`, site j, cost `c_ij` of serving i from j (no entry: out of reach),
//! radius R, `x_j` = 1 when j works. Numbers are whole (see [`LocationProblem`]), so that objectives are exact.

use super::SitingStatus;
use super::collision::{self, Collision, Known};
use super::effort::{Effort, Standing, Stop};
use super::mip::{MipAim, MipError};
use super::reduce::Limit;
use super::rules::{Rule, Rules};
use super::{backup_covering, center, covering, median};

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LocationKind {
    /// Fewest new sites that serve every demand (LSCP).
    SetCovering,
    /// Fewest new sites that serve every demand, and among those plans most weight served twice (LSCP-B).
    BackupCovering,
    /// Most weight served (MCLP; on flows and the sites they pass: flow capturing).
    MaximalCovering,
    /// Least sum of weight times cost to the nearest site (p-median).
    Median,
    /// Least cost to the nearest site of the worst served demand (p-center).
    Center,
    /// As [`LocationKind::Center`] with weight times cost; demands of weight 0 ask for nothing.
    WeightedCenter,
}

/// A location problem in whole numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LocationProblem {
    /// Weight of each demand, not negative.
    pub weights: Vec<i64>,
    /// For each demand, the sites that can serve it and the cost of each, ascending by site, each site once.
    pub reach: Vec<Vec<(u32, i64)>>,
    /// Beyond this cost a site does not serve.
    pub radius: Option<i64>,
    /// What a plan must keep.
    pub rules: Rules,
}

/// Which optimal plans are listed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OptimaRequest {
    /// Plans whose objective is worse by at most this share of the best.
    pub within_share: f64,
    /// At most so many plans.
    pub most: usize,
}

/// How a problem is solved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LocationOptions {
    /// Most steps, each about a millisecond of a present processor but counted in operations, so that the answer does
    /// not depend on the machine; beyond it the best plan found is given with its bound.
    pub step_limit: u32,
    /// The gap (distance of bound and objective over the objective) at which to stop.
    pub gap_share: f64,
    /// Most seconds: an answer that they cut short may differ from run to run.
    pub time_s: Option<f64>,
    /// All plans that are as good, when wanted.
    pub optima: Option<OptimaRequest>,
}

impl Default for LocationOptions {
    fn default() -> Self {
        Self { step_limit: 120_000, gap_share: 0.0, time_s: None, optima: None }
    }
}

/// Plans as good as the best, or nearly.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Optima {
    /// New sites of each plan, ascending; the plans in ascending order.
    pub plans: Vec<Vec<u32>>,
    /// Whether these are all.
    pub is_complete: bool,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocationAnswer {
    /// New sites, ascending.
    pub sites: Vec<u32>,
    /// Number of sites, weight, sum of weight times cost, or cost: as the problem asks. Computed again from the sites.
    pub objective: i128,
    /// No plan is better than this.
    pub bound: i128,
    /// Whether that is proven.
    pub status: SitingStatus,
    /// Why the search ended before its proof, when it did.
    pub stop: Option<Stop>,
    /// The fewest sites that any plan needs (backup covering only): below the number of `sites` when that is not proven.
    pub fewest_sites: Option<u32>,
    /// For each demand, the working sites that serve it: all within reach for the covering problems, the nearest for
    /// the others.
    pub served_by: Vec<Vec<u32>>,
    /// For each demand, whether two working sites serve it (backup covering only).
    pub backed_up: Vec<bool>,
    /// Plans as good, when asked for.
    pub optima: Option<Optima>,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LocationError {
    /// No plan keeps all rules.
    #[error("no plan keeps these rules together")]
    Infeasible(Collision),
    /// The effort ended before there was a plan or the proof that there is none.
    #[error("neither a plan nor the proof that there is none was found within the limits of the search")]
    Undecided,
    /// The solver failed.
    #[error("S020: {0}")]
    Solver(#[from] MipError),
    /// A plan did not pass its own check: a fault of this program.
    #[error("S030: the plan fails its check ({0}); please report this")]
    Certificate(String),
}

/// Sites with an objective and a bound, before the check.
pub(super) struct Solved {
    pub sites: Vec<u32>,
    pub bound: i128,
    pub status: SitingStatus,
    pub optima: Option<Optima>,
    pub fewest_sites: Option<u32>,
}

/// The word for an answer with or without its proof.
pub(super) fn proven(is_proven: bool) -> SitingStatus {
    if is_proven { SitingStatus::Optimal } else { SitingStatus::Limit }
}

impl LocationProblem {
    /// The sites that serve each demand within the radius: existing ones and those not forbidden, ascending.
    pub(super) fn cover_rows(&self, radius: Option<i64>) -> Vec<Vec<u32>> {
        let usable = self.rules.usable();
        let serves = |&&(site, cost): &&(u32, i64)| usable[site as usize] && radius.is_none_or(|radius| cost <= radius);
        self.reach.iter().map(|row| row.iter().filter(serves).map(|&(site, _)| site).collect()).collect()
    }

    /// The sites that would serve each demand within the radius, forbidden ones included, ascending.
    pub(super) fn rows_with_forbidden(&self, radius: Option<i64>) -> Vec<Vec<u32>> {
        let serves = |&&(_, cost): &&(u32, i64)| radius.is_none_or(|radius| cost <= radius);
        self.reach.iter().map(|row| row.iter().filter(serves).map(|&(site, _)| site).collect()).collect()
    }

    /// For each site, the demands it serves within the radius, ascending.
    pub(super) fn covers(&self, radius: Option<i64>) -> Vec<Vec<u32>> {
        let mut covers = vec![Vec::new(); self.rules.site_count()];
        for (demand, row) in (0_u32..).zip(self.cover_rows(radius)) {
            for site in row {
                covers[site as usize].push(demand);
            }
        }
        covers
    }

    /// All different costs, ascending.
    pub(super) fn radii(&self) -> Vec<i64> {
        let mut radii: Vec<i64> = self.reach.iter().flatten().map(|&(_, cost)| cost).collect();
        radii.sort_unstable();
        radii.dedup();
        radii
    }
}

/// Solves a problem and checks the answer.
///
/// # Errors
/// [`LocationError`]: rules that collide, with what would do; no plan within the limits; a solver failure.
pub fn locate(
    kind: LocationKind,
    problem: &LocationProblem,
    options: &LocationOptions,
) -> Result<LocationAnswer, LocationError> {
    locate_telling(kind, problem, options, &|_| {})
}

/// As [`locate`]; `tell` hears now and then how far the search is, after equal amounts of work.
///
/// # Errors
/// As [`locate`].
pub fn locate_telling(
    kind: LocationKind,
    problem: &LocationProblem,
    options: &LocationOptions,
    tell: &dyn Fn(Standing),
) -> Result<LocationAnswer, LocationError> {
    let mut effort = Effort::new(options.step_limit, options.gap_share, options.time_s, tell);
    let effort = &mut effort;
    let solved = match kind {
        LocationKind::SetCovering => covering::fewest(problem, options, effort)?,
        LocationKind::BackupCovering => backup_covering::solve(problem, options, effort)?,
        LocationKind::MaximalCovering => covering::greatest(problem, options, effort)?,
        LocationKind::Median => median::solve(problem, options, effort).map_err(|error| renumbered(problem, error))?,
        LocationKind::Center => center::solve(problem, options, effort)?,
        LocationKind::WeightedCenter => {
            center::solve(&center::weighted(problem), options, effort).map_err(|error| {
                // Weight times cost knows no radius: what would do is asked of the costs themselves.
                let plain =
                    || covering::serving_all(&median::asking(problem), MipAim::AnySolution, &mut effort.renewed());
                let is_collision = |error: &LocationError| matches!(error, LocationError::Infeasible(_));
                let told = if problem.radius.is_some() && is_collision(&error) { plain().err() } else { None };
                renumbered(problem, told.filter(is_collision).unwrap_or(error))
            })?
        }
    };
    let stop = effort.stop.filter(|_| solved.status != SitingStatus::Optimal);
    let solved = with_the_plan_listed(solved, options);
    Ok(LocationAnswer { stop, ..certified(kind, problem, solved)? })
}

/// Where not all plans are listed, the plan itself still is, in the place of the last one when the list is full.
fn with_the_plan_listed(mut solved: Solved, options: &LocationOptions) -> Solved {
    let most = options.optima.map_or(0, |request| request.most);
    if let Some(optima) = solved.optima.as_mut().filter(|optima| most > 0 && !optima.is_complete)
        && let Err(at) = optima.plans.binary_search(&solved.sites)
    {
        optima.plans.insert(at, solved.sites.clone());
        if optima.plans.len() > most {
            optima.plans.remove(if at == most { most - 1 } else { most });
        }
    }
    solved
}

/// A collision among the demands that ask for something (weight above 0), told in the numbers of all demands.
fn renumbered(problem: &LocationProblem, error: LocationError) -> LocationError {
    let LocationError::Infeasible(collision) = error else { return error };
    let asking: Vec<u32> =
        (0_u32..).zip(&problem.weights).filter(|&(_, &weight)| weight > 0).map(|(demand, _)| demand).collect();
    let out_of_reach = collision.out_of_reach.iter().map(|&demand| asking[demand as usize]).collect();
    LocationError::Infeasible(Collision { out_of_reach, ..collision })
}

/// Operations counted for one radius beside its search: about what a call of the solver takes.
const RADIUS_OPERATIONS: usize = 1_000_000;

/// The least radius above the problem's own at which some plan keeps all rules and serves every demand that a usable site
/// reaches at that radius; none when there is none, or when the steps or the seconds end first. A larger radius brings
/// more sites to a demand, and more demands: every radius is tried in turn.
///
/// # Errors
/// A failure of the solver.
pub fn radius_for_reachable(
    kind: LocationKind,
    problem: &LocationProblem,
    options: &LocationOptions,
) -> Result<Option<i64>, LocationError> {
    let mut effort = Effort::new(options.step_limit, 0.0, options.time_s, &|_| {});
    let asking = match kind {
        LocationKind::Median | LocationKind::WeightedCenter => median::asking(problem),
        _ => problem.clone(),
    };
    let all = problem.rules.rows();
    let rows: Vec<&Limit> = all.iter().flat_map(|(_, rows)| rows).collect();
    let is_larger = |radius: &i64| problem.radius.is_some_and(|own| *radius > own);
    for radius in asking.radii().into_iter().filter(is_larger) {
        let mut cover = asking.cover_rows(Some(radius));
        cover.retain(|sites| !sites.is_empty());
        match collision::least(&problem.rules, &rows, &cover, |_| 0.0, MipAim::AnySolution, &mut effort)? {
            Known::Plan(..) => return Ok(Some(radius)),
            Known::Nothing => effort.charge(RADIUS_OPERATIONS),
            Known::Open => return Ok(None),
        }
        if effort.is_spent() {
            break;
        }
    }
    Ok(None)
}

/// What `sites` (new, ascending) are worth, from the problem alone; none when a demand that must be served is not.
#[must_use]
pub fn objective_of(kind: LocationKind, problem: &LocationProblem, sites: &[u32]) -> Option<i128> {
    let works = |site: u32| problem.rules.existing[site as usize] || sites.binary_search(&site).is_ok();
    let within = |cost: i64| problem.radius.is_none_or(|radius| cost <= radius);
    let nearest = |row: &[(u32, i64)]| {
        row.iter().filter(|&&(site, cost)| works(site) && within(cost)).map(|&(_, cost)| cost).min()
    };
    let server_count = |row: &[(u32, i64)]| row.iter().filter(|&&(site, cost)| works(site) && within(cost)).count();
    let weighted = || problem.weights.iter().copied().map(i128::from).zip(&problem.reach);
    let total = |least_count: usize| {
        weighted().filter(|(_, row)| server_count(row) >= least_count).map(|(weight, _)| weight).sum::<i128>()
    };
    let all_served = || problem.reach.iter().all(|row| server_count(row) > 0);
    match kind {
        LocationKind::SetCovering => all_served().then_some(sites.len() as i128),
        LocationKind::BackupCovering => all_served().then(|| total(2)),
        LocationKind::MaximalCovering => Some(total(1)),
        LocationKind::Median => weighted()
            .filter(|&(weight, _)| weight > 0)
            .map(|(weight, row)| nearest(row).map(|cost| weight * i128::from(cost)))
            .sum(),
        LocationKind::Center => problem
            .reach
            .iter()
            .map(|row| nearest(row).map(i128::from))
            .try_fold(0, |worst, cost| Some(cost?.max(worst))),
        LocationKind::WeightedCenter => weighted()
            .filter(|&(weight, _)| weight > 0)
            .map(|(weight, row)| nearest(row).map(|cost| weight * i128::from(cost)))
            .try_fold(0, |worst, cost| Some(cost?.max(worst))),
    }
}

/// The answer for `solved`, every rule and the objective computed again.
fn certified(kind: LocationKind, problem: &LocationProblem, solved: Solved) -> Result<LocationAnswer, LocationError> {
    let Solved { sites, bound, status, optima, fewest_sites } = solved;
    let fault = |what: String| Err(LocationError::Certificate(what));
    if !sites.is_sorted_by(|a, b| a < b) || sites.iter().any(|&site| problem.rules.existing[site as usize]) {
        return fault("the sites are not new, ascending, each once".into());
    }
    if let Some(rule) = problem.rules.broken(&sites) {
        return fault(format!("{rule:?}"));
    }
    let Some(objective) = objective_of(kind, problem, &sites) else {
        return fault(format!("{:?}", Rule::ServeAll));
    };
    let is_max = matches!(kind, LocationKind::MaximalCovering | LocationKind::BackupCovering);
    if (is_max && bound < objective) || (!is_max && bound > objective) {
        return fault(format!("the objective {objective} is better than the bound {bound}"));
    }
    if status == SitingStatus::Optimal && bound != objective {
        return fault(format!("the objective {objective} is not the proven {bound}"));
    }
    let works = |site: u32| problem.rules.existing[site as usize] || sites.binary_search(&site).is_ok();
    let serving = |row: &Vec<(u32, i64)>| -> Vec<(u32, i64)> {
        let is_within = |cost: i64| problem.radius.is_none_or(|radius| cost <= radius);
        row.iter().copied().filter(|&(site, cost)| works(site) && is_within(cost)).collect()
    };
    let served: Vec<Vec<(u32, i64)>> = problem.reach.iter().map(serving).collect();
    let is_covering =
        matches!(kind, LocationKind::SetCovering | LocationKind::BackupCovering | LocationKind::MaximalCovering);
    let served_by = served
        .iter()
        .map(|row| match row.iter().min_by_key(|&&(site, cost)| (cost, site)) {
            Some(&(nearest, _)) if !is_covering => vec![nearest],
            _ => row.iter().map(|&(site, _)| site).collect(),
        })
        .collect();
    let backed_up = if kind == LocationKind::BackupCovering {
        served.iter().map(|row| row.len() > 1).collect()
    } else {
        Vec::new()
    };
    Ok(LocationAnswer { sites, objective, bound, status, stop: None, fewest_sites, served_by, backed_up, optima })
}
