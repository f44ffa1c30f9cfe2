//! Good plans for the p-median: greedy additions, then swaps of one site for another while one helps (Teitz & Bart
//! 1968; gains and losses of all partners of a swap in one pass, Whitaker 1983). Ties go to the first site.

use super::effort::Effort;
use super::median::Instance;
use super::reduce::Limit;

/// Most rounds of swaps: each strictly improves, so this only bounds the time.
const MOST_ROUNDS: usize = 2_000;

/// A plan and, for each demand, its nearest and second nearest.
struct Plan<'a> {
    instance: &'a Instance,
    /// For each site, the demands it would serve below their own cost.
    serves: Vec<Vec<(u32, i64)>>,
    sites: Vec<usize>,
    first: Vec<(i64, usize)>,
    second: Vec<i64>,
    /// Operations of a look at all that every site serves.
    round_operations: usize,
}

/// No site: the demand's own cost.
const NOBODY: usize = usize::MAX;

/// Plans worth trying: from greedy additions, and from `lawful`.
pub(super) fn plans(instance: &Instance, lawful: &[usize], effort: &mut Effort<'_>) -> Vec<Vec<usize>> {
    let mut plan = Plan::new(instance);
    plan.fill(effort);
    plan.swap(effort);
    let mut found = vec![plan.sorted()];
    if !instance.limits.is_empty() {
        plan.restart(lawful);
        plan.fill(effort);
        plan.swap(effort);
        found.push(plan.sorted());
    }
    found
}

/// `sites` made better by swaps.
pub(super) fn improved(instance: &Instance, sites: &[usize], effort: &mut Effort<'_>) -> Vec<usize> {
    let mut plan = Plan::new(instance);
    plan.restart(sites);
    plan.fill(effort);
    plan.swap(effort);
    plan.sorted()
}

impl<'a> Plan<'a> {
    fn new(instance: &'a Instance) -> Self {
        let mut serves = vec![Vec::new(); instance.sites.len()];
        for (demand, near) in (0_u32..).zip(&instance.near) {
            for &(cost, place) in near {
                serves[place as usize].push((demand, cost));
            }
        }
        let first = instance.own.iter().map(|&own| (own, NOBODY)).collect();
        let round_operations = instance.own.len() + instance.near.iter().map(Vec::len).sum::<usize>();
        Self { instance, serves, sites: Vec::new(), first, second: instance.own.clone(), round_operations }
    }

    fn sorted(&self) -> Vec<usize> {
        let mut sites = self.sites.clone();
        sites.sort_unstable();
        sites
    }

    fn restart(&mut self, sites: &[usize]) {
        self.sites = sites.to_vec();
        self.settle();
    }

    /// Nearest and second nearest again.
    fn settle(&mut self) {
        for (demand, &own) in self.instance.own.iter().enumerate() {
            self.first[demand] = (own, NOBODY);
            self.second[demand] = own;
        }
        for (number, &site) in self.sites.iter().enumerate() {
            for &(demand, cost) in &self.serves[site] {
                let demand = demand as usize;
                if cost < self.first[demand].0 {
                    self.second[demand] = self.first[demand].0;
                    self.first[demand] = (cost, number);
                } else if cost < self.second[demand] {
                    self.second[demand] = cost;
                }
            }
        }
    }

    fn is_lawful(&self, sites: &[usize]) -> bool {
        let is_kept = |limit: &Limit| {
            let used = |&&(site, _): &&(usize, i64)| sites.contains(&site);
            limit.terms.iter().filter(used).map(|&(_, c)| c).sum::<i64>() <= limit.at_most
        };
        self.instance.limits.iter().all(is_kept)
    }

    fn gain(&self, site: usize) -> i64 {
        self.serves[site].iter().map(|&(demand, cost)| (self.first[demand as usize].0 - cost).max(0)).sum()
    }

    /// Adds the site that helps most, again and again. What a site adds never grows, so old gains are bounds.
    fn fill(&mut self, effort: &mut Effort<'_>) {
        let mut gains: Vec<i64> = (0..self.serves.len()).map(|site| self.gain(site)).collect();
        effort.charge(self.round_operations);
        while (self.sites.len() as i64) < self.instance.added && !effort.is_spent() {
            effort.charge(2 * self.round_operations);
            let mut order: Vec<usize> = (0..gains.len()).filter(|&site| gains[site] > 0).collect();
            order.sort_by(|&a, &b| gains[b].cmp(&gains[a]).then(a.cmp(&b)));
            let mut best: Option<(i64, usize)> = None;
            for site in order {
                if best.is_some_and(|(gain, _)| gain >= gains[site]) {
                    break;
                }
                gains[site] = self.gain(site);
                if gains[site] > best.map_or(0, |(gain, _)| gain) && !self.sites.contains(&site) {
                    let mut more = self.sites.clone();
                    more.push(site);
                    if self.is_lawful(&more) {
                        best = Some((gains[site], site));
                    }
                }
            }
            let Some((_, site)) = best else { return };
            self.sites.push(site);
            self.settle();
        }
    }

    /// Swaps while one helps.
    fn swap(&mut self, effort: &mut Effort<'_>) {
        for _ in 0..MOST_ROUNDS {
            effort.charge(self.round_operations + self.serves.len() * self.sites.len());
            if effort.is_spent() {
                return;
            }
            let mut base = vec![0_i64; self.sites.len()];
            for (&(cost, number), &second) in self.first.iter().zip(&self.second) {
                if number != NOBODY {
                    base[number] += second - cost;
                }
            }
            let mut best: Option<(i64, usize, usize)> = None;
            let mut loss = base.clone();
            for site in 0..self.serves.len() {
                if self.sites.contains(&site) {
                    continue;
                }
                loss.copy_from_slice(&base);
                let mut gain = 0;
                for &(demand, cost) in &self.serves[site] {
                    let (nearest, number) = self.first[demand as usize];
                    let second = self.second[demand as usize];
                    if cost < nearest {
                        gain += nearest - cost;
                        if number != NOBODY {
                            loss[number] -= second - nearest;
                        }
                    } else if cost < second && number != NOBODY {
                        loss[number] -= second - cost;
                    }
                }
                for (number, &loss) in loss.iter().enumerate() {
                    let delta = gain - loss;
                    if delta > best.map_or(0, |(delta, _, _)| delta) && self.may_swap(number, site) {
                        best = Some((delta, number, site));
                    }
                }
            }
            let Some((_, number, site)) = best else { return };
            self.sites[number] = site;
            self.settle();
        }
    }

    fn may_swap(&self, number: usize, site: usize) -> bool {
        if self.instance.limits.is_empty() {
            return true;
        }
        let mut sites = self.sites.clone();
        sites[number] = site;
        self.is_lawful(&sites)
    }
}
