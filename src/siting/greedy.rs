//! The greedy rule: again and again the site that adds most weight (for a budget: most weight a dollar).
//!
//! With a number of offices as the only limit it covers at least `1 - 1/e` (63.2 %) of what the best plan covers
//! (Nemhauser, Wolsey & Fisher 1978). Lazy: what a site adds never grows, so only the top of the queue is computed
//! again (Minoux 1978). Ties go to the first site.

use super::constraints::{self, candidates, cost_usd, flag};
use super::{CoveringProblem, GreedyPlan, SitingParams, certificate};
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

/// What a site adds, at what cost. A greater one is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Offer {
    gain: i64,
    cost_usd: i64,
    site: Reverse<u32>,
}

impl Ord for Offer {
    fn cmp(&self, other: &Self) -> Ordering {
        // gain / cost by cross-multiplication; free sites by gain before all others.
        let worth = |offer: &Self, by: &Self| i128::from(offer.gain) * i128::from(by.cost_usd);
        (self.cost_usd == 0 && self.gain > 0)
            .cmp(&(other.cost_usd == 0 && other.gain > 0))
            .then(worth(self, other).cmp(&worth(other, self)))
            .then(self.gain.cmp(&other.gain))
            .then(self.site.cmp(&other.site))
    }
}

impl PartialOrd for Offer {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Chosen sites and what is covered so far.
struct Plan<'a> {
    problem: &'a CoveringProblem,
    params: &'a SitingParams,
    new_office_count: u32,
    sites: Vec<u32>,
    covered: Vec<bool>,
}

impl Plan<'_> {
    fn offer(&self, site: u32) -> Offer {
        let uncovered = self.problem.covers[site as usize].iter().filter(|&&demand| !self.covered[demand as usize]);
        let gain = uncovered.map(|&demand| self.problem.weights[demand as usize]).sum();
        let cost_usd = if self.params.budget_usd.is_some() { cost_usd(self.problem, site) } else { 1 };
        Offer { gain, cost_usd, site: Reverse(site) }
    }

    fn add(&mut self, site: u32) {
        for &demand in &self.problem.covers[site as usize] {
            self.covered[demand as usize] = true;
        }
        let at = self.sites.partition_point(|&other| other < site);
        self.sites.insert(at, site);
    }

    /// Whether one more office at `site` keeps every upper limit.
    fn fits(&self, site: u32) -> bool {
        let mut sites = self.sites.clone();
        sites.insert(sites.partition_point(|&other| other < site), site);
        constraints::within_limits(self.problem, self.params, self.new_office_count, &sites)
    }

    /// Adds the best of `sites` while there is one that `wants_more` and fits.
    fn fill(&mut self, sites: impl Iterator<Item = u32>, wants_more: impl Fn(&Self, Offer) -> bool) {
        let open = sites.filter(|site| self.sites.binary_search(site).is_err());
        let mut queue: BinaryHeap<Offer> = open.map(|site| self.offer(site)).collect();
        while let Some(offer) = queue.pop() {
            let fresh = self.offer(offer.site.0);
            if fresh < offer && queue.peek().is_some_and(|next| *next > fresh) {
                queue.push(fresh);
            } else if !wants_more(self, fresh) {
                return;
            } else if self.fits(fresh.site.0) {
                self.add(fresh.site.0);
            }
        }
    }
}

/// The greedy plan with at most `new_office_count` new offices: required sites, then each country's minimum in the
/// order of the limits, then the best of all. None when that meets no lawful plan.
pub(super) fn plan(problem: &CoveringProblem, params: &SitingParams, new_office_count: u32) -> Option<GreedyPlan> {
    let covered = certificate::covered(problem, &[]);
    let mut plan = Plan { problem, params, new_office_count, sites: Vec::new(), covered };
    let open = candidates(problem);
    for &site in open.iter().filter(|&&site| flag(&problem.required, site)) {
        plan.add(site);
    }
    for limit in &params.country_limits {
        let lies_in = |site: u32| constraints::lies_in(problem, site, limit.country);
        plan.fill(open.iter().copied().filter(|&site| lies_in(site)), |plan, _| {
            plan.sites.iter().filter(|&&site| lies_in(site)).count() < limit.new_office_min as usize
        });
    }
    plan.fill(open.iter().copied(), |_, offer| offer.gain > 0);
    let is_lawful = constraints::broken(problem, params, new_office_count, &plan.sites).is_none();
    let objective = certificate::weight_of(problem, &plan.covered);
    is_lawful.then_some(GreedyPlan { sites: plan.sites, objective })
}
