//! The same problem made smaller: what is settled is taken out, equal demands are merged, useless sites are left out.

use super::constraints::{candidates, cost_usd, exclusive_set, flag, lies_in};
use super::{CoveringProblem, SitingParams, certificate};
use std::collections::BTreeMap;

/// `sum of coefficient * x <= at_most` over new sites.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Limit {
    /// Sites (by number in [`Reduced::sites`]) and coefficients.
    pub terms: Vec<(usize, i64)>,
    /// Right-hand side.
    pub at_most: i64,
}

/// Demands that the same open sites cover, as one.
#[derive(Clone, Debug)]
pub(super) struct DemandGroup {
    /// Their weight together, above 0.
    pub weight: i64,
    /// The sites that cover them, by number in [`Reduced::sites`], ascending.
    pub sites: Vec<usize>,
    /// How many of them must be chosen besides the one that counts: 0, or 1 where backup is asked for.
    pub spare: u8,
}

/// A smaller problem with the same best plans.
#[derive(Clone, Debug)]
pub(super) struct Reduced {
    /// New required sites: always in the plan.
    pub required: Vec<u32>,
    /// The other sites still worth choosing, ascending.
    pub sites: Vec<u32>,
    /// For each of `sites`, the groups it covers, ascending.
    pub covers: Vec<Vec<usize>>,
    /// What existing and required sites do not cover yet.
    pub groups: Vec<DemandGroup>,
    /// Limits besides the number of offices, what required sites use up taken off.
    pub limits: Vec<Limit>,
    /// Weight that existing and required sites cover.
    pub base_weight: i64,
}

/// A problem to reduce: what is decided, and what is open.
pub(super) struct Raw<'a> {
    /// Weight of each demand.
    pub weights: &'a [i64],
    /// For each site, the demands it covers, ascending.
    pub covers: &'a [Vec<u32>],
    /// New required sites, ascending.
    pub required: Vec<u32>,
    /// Sites that may be chosen, ascending.
    pub open: Vec<u32>,
    /// What existing and required sites settle already.
    pub settled: Vec<bool>,
    /// For each demand, how many sites must be chosen besides the one that counts; empty = none.
    pub spare: Vec<u8>,
    /// Limits over places in `open`.
    pub limits: Vec<Limit>,
}

/// Whether sites that another one replaces are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dominated {
    /// One best plan is enough.
    LeftOut,
    /// Every plan counts, or backup does.
    Kept,
}

/// Reduces `problem`; every plan of the reduced problem with `required` added is lawful, and one of them is best.
pub(super) fn reduce(problem: &CoveringProblem, params: &SitingParams) -> Reduced {
    let (required, open): (Vec<u32>, Vec<u32>) =
        candidates(problem).into_iter().partition(|&site| flag(&problem.required, site));
    let settled = certificate::covered(problem, &required);
    let limits = limits(problem, params, &required, &open);
    let (weights, covers) = (&problem.weights, &problem.covers);
    shrink(Raw { weights, covers, required, open, settled, spare: Vec::new(), limits }, Dominated::LeftOut)
}

/// Reduces a problem whose decided part is known.
pub(super) fn shrink(raw: Raw<'_>, dominated: Dominated) -> Reduced {
    let Raw { required, open, limits, .. } = &raw;
    let groups = group(&raw, open);
    let is_kept = match dominated {
        Dominated::Kept => vec![true; open.len()],
        Dominated::LeftOut => {
            // A site that covers nothing more is kept only where a limit asks for offices.
            let helps = |site: usize| limits.iter().any(|limit| coefficient(limit, site) < 0);
            let covers = covers_of(&groups, open.len());
            let mut is_kept = kept(&groups, limits, open.len());
            for (site, kept) in is_kept.iter_mut().enumerate() {
                *kept &= !covers[site].is_empty() || helps(site);
            }
            is_kept
        }
    };
    let number: Vec<Option<usize>> = is_kept
        .iter()
        .scan(0, |next, &kept| {
            let number = kept.then_some(*next);
            *next += usize::from(kept);
            Some(number)
        })
        .collect();
    let sites: Vec<u32> = open.iter().zip(&is_kept).filter(|&(_, &kept)| kept).map(|(&site, _)| site).collect();
    let groups = group(&raw, &sites);
    let limits = limits
        .iter()
        .map(|limit| Limit {
            terms: limit.terms.iter().filter_map(|&(site, c)| number[site].map(|site| (site, c))).collect(),
            at_most: limit.at_most,
        })
        .filter(|limit| limit.terms.iter().map(|&(_, c)| c.max(0)).sum::<i64>() > limit.at_most)
        .collect();
    let base_weight =
        raw.weights.iter().zip(&raw.settled).filter(|&(_, &is_settled)| is_settled).map(|(weight, _)| weight).sum();
    Reduced { covers: covers_of(&groups, sites.len()), base_weight, required: required.clone(), sites, groups, limits }
}

/// The demands not settled yet, merged by the sites that cover them and what they need.
fn group(raw: &Raw<'_>, sites: &[u32]) -> Vec<DemandGroup> {
    let mut sites_of = vec![Vec::new(); raw.settled.len()];
    for (number, &site) in sites.iter().enumerate() {
        for &demand in &raw.covers[site as usize] {
            sites_of[demand as usize].push(number);
        }
    }
    let mut merged: BTreeMap<(Vec<usize>, u8), i64> = BTreeMap::new();
    for (demand, sites) in sites_of.into_iter().enumerate() {
        let spare = raw.spare.get(demand).copied().unwrap_or(0);
        if !raw.settled[demand] && sites.len() > usize::from(spare) && raw.weights[demand] > 0 {
            *merged.entry((sites, spare)).or_default() += raw.weights[demand];
        }
    }
    merged.into_iter().map(|((sites, spare), weight)| DemandGroup { weight, sites, spare }).collect()
}

fn covers_of(groups: &[DemandGroup], site_count: usize) -> Vec<Vec<usize>> {
    let mut covers = vec![Vec::new(); site_count];
    for (group_ix, group) in groups.iter().enumerate() {
        for &site in &group.sites {
            covers[site].push(group_ix);
        }
    }
    covers
}

fn coefficient(limit: &Limit, site: usize) -> i64 {
    limit.terms.binary_search_by_key(&site, |&(number, _)| number).map_or(0, |at| limit.terms[at].1)
}

/// Budget, country and exclusive limits over `open`, less what `required` uses.
fn limits(problem: &CoveringProblem, params: &SitingParams, required: &[u32], open: &[u32]) -> Vec<Limit> {
    let mut limits = Vec::new();
    let mut add = |at_most: i64, coefficient: &dyn Fn(u32) -> i64| {
        let used: i64 = required.iter().map(|&site| coefficient(site)).sum();
        let terms = open.iter().map(|&site| coefficient(site)).enumerate().filter(|&(_, c)| c != 0).collect();
        limits.push(Limit { terms, at_most: at_most - used });
    };
    if let Some(budget_usd) = params.budget_usd {
        add(budget_usd, &|site| cost_usd(problem, site));
    }
    for limit in &params.country_limits {
        let count = |site| i64::from(lies_in(problem, site, limit.country));
        if let Some(at_most) = limit.new_office_max {
            add(at_most.into(), &count);
        }
        if limit.new_office_min > 0 {
            add(-i64::from(limit.new_office_min), &|site| -count(site));
        }
    }
    for set_ix in 0..problem.exclusive.len() as u32 {
        let (existing, set) = exclusive_set(problem, set_ix);
        add((1 - existing).max(0), &|site| i64::from(set.binary_search(&site).is_ok()));
    }
    // A limit that cannot bind is none: so a minimum that required sites meet keeps nobody in.
    limits.retain(|limit| limit.terms.iter().map(|&(_, c)| c.max(0)).sum::<i64>() > limit.at_most);
    limits
}

/// Which sites stay: `a` goes when another site `b` covers all that `a` covers, uses no more of any limit, and `a` is
/// needed for no minimum. Of two equal sites the first stays.
fn kept(groups: &[DemandGroup], limits: &[Limit], site_count: usize) -> Vec<bool> {
    let covers = covers_of(groups, site_count);
    let uses: Vec<Vec<i64>> =
        (0..site_count).map(|site| limits.iter().map(|limit| coefficient(limit, site)).collect()).collect();
    let is_replaced = |a: usize, b: usize| {
        uses[a].iter().zip(&uses[b]).all(|(&use_a, &use_b)| use_a >= 0 && use_b <= use_a)
            && is_within(&covers[a], &covers[b])
    };
    // Whoever replaces a site covers its rarest group, too.
    let rivals = |site: usize| {
        let rarest = covers[site].iter().min_by_key(|&&group| groups[group].sites.len());
        rarest.map_or(&[][..], |&group| &groups[group].sites)
    };
    (0..site_count)
        .map(|a| !rivals(a).iter().any(|&b| b != a && is_replaced(a, b) && (b < a || !is_replaced(b, a))))
        .collect()
}

/// Whether all of `part` is in `whole`, both ascending.
fn is_within(part: &[usize], whole: &[usize]) -> bool {
    let mut rest = whole.iter();
    part.len() <= whole.len() && part.iter().all(|group| rest.find(|&other| other >= group) == Some(group))
}
