//! All plans that are as good as the best, or nearly: what a planner may choose among without losing much.
//!
//! Depth-first search over sites in descending order of the weight they cover. A branch is left when the weight covered
//! plus the largest gains that the offices left could still add stays below the target: gains never grow as more sites
//! are chosen (Nemhauser, Wolsey & Fisher 1978), so nothing is missed.

use super::constraints::{self, candidates, flag};
use super::{CoveringProblem, SitingParams, certificate};

/// What to look for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NearOptimalParams {
    /// Least weight that a plan covers, existing offices included.
    pub least_weight: i64,
    /// Most plans listed; all are counted.
    pub listed_count: usize,
    /// Most steps of the search; beyond it the count is a lower limit.
    pub step_limit: u64,
}

/// A plan of the list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NearPlan {
    /// New offices, ascending.
    pub sites: Vec<u32>,
    /// Weight covered, existing offices included.
    pub covered_weight: i64,
}

/// Plans that cover at least a stated weight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NearOptimal {
    /// The plans, most weight first, ties by ascending list of sites; at most as many as asked for.
    pub plans: Vec<NearPlan>,
    /// How many there are; at least so many when the search did not end.
    pub plan_count: u64,
    /// In how many of them each site is.
    pub count_of_site: Vec<u64>,
    /// Whether all were counted.
    pub is_complete: bool,
}

/// Least weight of a plan within `within_percent` of `optimum`, in whole numbers: `optimum - floor(optimum x)`, `x` taken
/// to a millionth of the optimum.
#[must_use]
pub fn least_weight_within(optimum: i64, within_percent: f64) -> i64 {
    let millionths = (within_percent * 1e4).round().clamp(0.0, 1e6) as i128;
    optimum - i64::try_from(i128::from(optimum) * millionths / 1_000_000).unwrap_or(0)
}

/// Every lawful plan with at most `params.new_office_count` new offices that covers at least `wanted.least_weight` and
/// has no idle office. An office is idle when the plan without it covers the same and is lawful too.
#[must_use]
pub fn near_optimal(problem: &CoveringProblem, params: &SitingParams, wanted: &NearOptimalParams) -> NearOptimal {
    let (required, mut open): (Vec<u32>, Vec<u32>) =
        candidates(problem).into_iter().partition(|&site| flag(&problem.required, site));
    let weight =
        |site: u32| -> i64 { problem.covers[site as usize].iter().map(|&d| problem.weights[d as usize]).sum() };
    open.sort_by_key(|&site| (-weight(site), site));
    let mut coverings: Vec<u32> = vec![0; problem.weights.len()];
    for site in (0..problem.covers.len() as u32).filter(|&site| flag(&problem.existing, site)) {
        problem.covers[site as usize].iter().for_each(|&demand| coverings[demand as usize] += 1);
    }
    let mut walk = Walk {
        problem,
        params,
        wanted,
        open,
        covered_weight: certificate::weight_of(problem, &certificate::covered(problem, &[])),
        coverings,
        chosen: Vec::new(),
        has_minimum: params.country_limits.iter().any(|limit| limit.new_office_min > 0),
        has_limit: params.budget_usd.is_some() || !params.country_limits.is_empty() || !problem.exclusive.is_empty(),
        step_count: 0,
        found: NearOptimal {
            plans: Vec::new(),
            plan_count: 0,
            count_of_site: vec![0; problem.covers.len()],
            is_complete: true,
        },
    };
    for site in required {
        walk.add(site);
    }
    walk.descend(0);
    walk.tidy();
    walk.found
}

struct Walk<'a> {
    problem: &'a CoveringProblem,
    params: &'a SitingParams,
    wanted: &'a NearOptimalParams,
    /// Sites to choose from, most weight first.
    open: Vec<u32>,
    covered_weight: i64,
    /// By how many existing and chosen sites each demand is covered.
    coverings: Vec<u32>,
    chosen: Vec<u32>,
    has_minimum: bool,
    has_limit: bool,
    step_count: u64,
    found: NearOptimal,
}

impl Walk<'_> {
    fn add(&mut self, site: u32) {
        for &demand in &self.problem.covers[site as usize] {
            let times = &mut self.coverings[demand as usize];
            *times += 1;
            if *times == 1 {
                self.covered_weight += self.problem.weights[demand as usize];
            }
        }
        self.chosen.push(site);
    }

    fn remove_last(&mut self) {
        let Some(site) = self.chosen.pop() else { return };
        for &demand in &self.problem.covers[site as usize] {
            let times = &mut self.coverings[demand as usize];
            *times -= 1;
            if *times == 0 {
                self.covered_weight -= self.problem.weights[demand as usize];
            }
        }
    }

    /// Weight that `site` would add.
    fn gain(&self, site: u32) -> i64 {
        let demands = self.problem.covers[site as usize].iter().filter(|&&d| self.coverings[d as usize] == 0);
        demands.map(|&demand| self.problem.weights[demand as usize]).sum()
    }

    /// Weight that only the chosen `site` covers.
    fn own_weight(&self, site: u32) -> i64 {
        let demands = self.problem.covers[site as usize].iter().filter(|&&d| self.coverings[d as usize] == 1);
        demands.map(|&demand| self.problem.weights[demand as usize]).sum()
    }

    fn descend(&mut self, from: usize) {
        self.step_count += 1;
        if self.step_count > self.wanted.step_limit {
            self.found.is_complete = false;
            return;
        }
        self.note();
        let left = (self.params.new_office_count as usize).saturating_sub(self.chosen.len());
        if left == 0 {
            return;
        }
        let gains: Vec<i64> = self.open[from..].iter().map(|&site| self.gain(site)).collect();
        let mut by_gain: Vec<usize> = (0..gains.len()).collect();
        by_gain.sort_unstable_by_key(|&ix| (-gains[ix], ix));
        for at in from..self.open.len() {
            let largest = by_gain.iter().filter(|&&ix| ix >= at - from).take(left).map(|&ix| gains[ix]);
            if self.covered_weight + largest.sum::<i64>() < self.wanted.least_weight {
                return;
            }
            // what adds nothing now is idle in every plan from here, unless a minimum asks for it
            if gains[at - from] == 0 && !self.has_minimum {
                continue;
            }
            self.add(self.open[at]);
            let may_do = (self.has_minimum || self.chosen.iter().all(|&site| self.is_needed(site)))
                && (!self.has_limit || self.is_within_limits());
            if may_do {
                self.descend(at + 1);
            }
            self.remove_last();
            if !self.found.is_complete {
                return;
            }
        }
    }

    fn is_needed(&self, site: u32) -> bool {
        self.own_weight(site) > 0 || flag(&self.problem.required, site)
    }

    fn sorted(&self) -> Vec<u32> {
        let mut sites = self.chosen.clone();
        sites.sort_unstable();
        sites
    }

    fn is_within_limits(&self) -> bool {
        constraints::within_limits(self.problem, self.params, self.params.new_office_count, &self.sorted())
    }

    /// Takes the chosen sites down when they are a plan that is asked for.
    fn note(&mut self) {
        let p = self.params.new_office_count;
        if self.covered_weight < self.wanted.least_weight {
            return;
        }
        let sites = self.sorted();
        let is_lawful = |sites: &[u32]| constraints::broken(self.problem, self.params, p, sites).is_none();
        let is_idle = |&site: &u32| {
            let rest: Vec<u32> = sites.iter().copied().filter(|&other| other != site).collect();
            self.own_weight(site) == 0 && is_lawful(&rest)
        };
        if !is_lawful(&sites) || sites.iter().any(is_idle) {
            return;
        }
        self.found.plan_count += 1;
        for &site in &sites {
            self.found.count_of_site[site as usize] += 1;
        }
        self.found.plans.push(NearPlan { sites, covered_weight: self.covered_weight });
        if self.found.plans.len() > 4 * self.wanted.listed_count + 1000 {
            self.tidy();
        }
    }

    fn tidy(&mut self) {
        let plans = &mut self.found.plans;
        plans.sort_unstable_by(|a, b| b.covered_weight.cmp(&a.covered_weight).then_with(|| a.sites.cmp(&b.sites)));
        plans.truncate(self.wanted.listed_count);
    }
}
