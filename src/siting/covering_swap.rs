//! Good plans for covering: the greedy rule, then swaps of one site for another while one helps, with the gain of every
//! swap from the groups that no site or a single site covers. No proof; ties go to the first site.

use super::effort::Effort;
use super::reduce::Reduced;

/// Most rounds of swaps: each strictly improves, so this only bounds the time.
const MOST_ROUNDS: usize = 500;

/// Most attempts to leave a local best.
const MOST_ESCAPES: usize = 40;

/// Kicks of [`polished`], and sites that each exchanges.
const KICKS: usize = 4_000;
const KICKED_SITES: usize = 2;

/// `start` made better by kicks (Lourenço, Martin & Stützle 2003): near a site out of the plan one comes in and one goes
/// out, then swaps while one helps; what is not worse stays. A fixed number of kicks from a fixed sequence.
pub(super) fn polished(reduced: &Reduced, added: i64, start: &[usize], effort: &mut Effort<'_>) -> Vec<usize> {
    let mut plan = Plan::new(reduced, added);
    plan.restart(start);
    plan.improve(effort);
    let mut best = (plan.value(), plan.sites.clone());
    let everything: i64 = reduced.groups.iter().map(|group| group.weight).sum();
    let mut state = 0_u64;
    let mut dice = |end: usize| {
        // SplitMix64 (Steele, Lea & Flood 2014).
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % end.max(1) as u64).unwrap_or(0)
    };
    for _ in 0..KICKS {
        if best.0 == everything || best.1.is_empty() || effort.is_spent() {
            break;
        }
        plan.restart(&best.1);
        let mut at = dice(reduced.sites.len());
        for _ in 0..KICKED_SITES {
            if plan.is_chosen[at] || reduced.covers[at].is_empty() {
                at = dice(reduced.sites.len());
                continue;
            }
            // A chosen site that shares a group goes, or any.
            let group = reduced.covers[at][dice(reduced.covers[at].len())];
            let near = plan.sites.iter().position(|&site| reduced.covers[site].binary_search(&group).is_ok());
            let place = near.unwrap_or_else(|| dice(plan.sites.len()));
            if plan.fits(at, Some(place)) {
                plan.remove(place);
                plan.add(at);
            }
            let neighbours = &reduced.groups[group].sites;
            at = neighbours[dice(neighbours.len())];
        }
        plan.improve(effort);
        let value = plan.value();
        if value >= best.0 {
            best = (value, plan.sites.clone());
        }
    }
    best.1.sort_unstable();
    best.1
}

/// A plan of at most `added` sites; limits that ask for sites may be left unmet.
pub(super) fn plan(reduced: &Reduced, added: i64, effort: &mut Effort<'_>) -> Vec<usize> {
    let mut plan = Plan::new(reduced, added);
    plan.improve(effort);
    // Out of a local best: without one of its sites in turn, better, then with it again.
    let mut best = (plan.value(), plan.sites.clone());
    let (mut place, mut idle) = (0, 0);
    let everything: i64 = reduced.groups.iter().map(|group| group.weight).sum();
    for _ in 0..MOST_ESCAPES {
        if best.0 == everything || idle >= best.1.len() || effort.is_spent() {
            break;
        }
        let left_out = best.1[place % best.1.len()];
        plan.restart(&best.1);
        if let Some(at) = plan.sites.iter().position(|&site| site == left_out) {
            plan.remove(at);
        }
        plan.left_out = Some(left_out);
        plan.improve(effort);
        plan.left_out = None;
        plan.improve(effort);
        (place, idle) = (place + 1, idle + 1);
        if plan.value() > best.0 {
            best = (plan.value(), plan.sites.clone());
            idle = 0;
        }
    }
    best.1.sort_unstable();
    best.1
}

struct Plan<'a> {
    reduced: &'a Reduced,
    added: usize,
    is_chosen: Vec<bool>,
    sites: Vec<usize>,
    /// For each group, how many chosen sites cover it, and the sum of their numbers: of a single one, its number.
    count: Vec<u32>,
    owners: Vec<usize>,
    /// A site that must stay out for now.
    left_out: Option<usize>,
    /// Operations of one round of swaps.
    round_operations: usize,
}

impl<'a> Plan<'a> {
    fn new(reduced: &'a Reduced, added: i64) -> Self {
        let added = usize::try_from(added.max(0)).unwrap_or(usize::MAX);
        let entry_count: usize = reduced.covers.iter().map(Vec::len).sum();
        Plan {
            reduced,
            added,
            is_chosen: vec![false; reduced.sites.len()],
            sites: Vec::new(),
            count: vec![0; reduced.groups.len()],
            owners: vec![0; reduced.groups.len()],
            left_out: None,
            round_operations: reduced.groups.len() + entry_count + reduced.sites.len() * added.min(reduced.sites.len()),
        }
    }

    /// Weight of the groups that count.
    fn value(&self) -> i64 {
        let counts = |&group: &usize| self.count[group] > self.needs(group);
        (0..self.count.len()).filter(counts).map(|group| self.weight(group)).sum()
    }

    fn restart(&mut self, sites: &[usize]) {
        while !self.sites.is_empty() {
            self.remove(self.sites.len() - 1);
        }
        sites.iter().for_each(|&site| self.add(site));
    }

    /// Additions, then swaps while one helps.
    fn improve(&mut self, effort: &mut Effort<'_>) {
        self.fill(effort);
        for _ in 0..MOST_ROUNDS {
            effort.charge(self.round_operations);
            if effort.is_spent() || !self.swap() {
                break;
            }
        }
    }

    fn weight(&self, group: usize) -> i64 {
        self.reduced.groups[group].weight
    }

    /// Chosen sites that a group needs before the next one makes it count.
    fn needs(&self, group: usize) -> u32 {
        u32::from(self.reduced.groups[group].spare)
    }

    fn gain(&self, site: usize) -> i64 {
        let covers = self.reduced.covers[site].iter();
        covers.filter(|&&group| self.count[group] == self.needs(group)).map(|&group| self.weight(group)).sum()
    }

    fn add(&mut self, site: usize) {
        self.is_chosen[site] = true;
        self.sites.push(site);
        for &group in &self.reduced.covers[site] {
            self.count[group] += 1;
            self.owners[group] += site;
        }
    }

    fn remove(&mut self, place: usize) {
        let site = self.sites.swap_remove(place);
        self.is_chosen[site] = false;
        for &group in &self.reduced.covers[site] {
            self.count[group] -= 1;
            self.owners[group] -= site;
        }
    }

    /// Whether the upper limits hold with `site` in the plan, without the site at `place`.
    fn fits(&self, site: usize, place: Option<usize>) -> bool {
        self.reduced.limits.iter().all(|limit| {
            let leaving = place.map(|place| self.sites[place]);
            let is_in = |other: usize| (self.is_chosen[other] && leaving != Some(other)) || other == site;
            let used: i64 = limit.terms.iter().filter(|&&(other, _)| is_in(other)).map(|&(_, c)| c).sum();
            limit.at_most < 0 || used <= limit.at_most
        })
    }

    fn fill(&mut self, effort: &mut Effort<'_>) {
        let mut gains: Vec<i64> = (0..self.is_chosen.len()).map(|site| self.gain(site)).collect();
        let is_plain = self.reduced.groups.iter().all(|group| group.spare == 0);
        effort.charge(self.round_operations);
        while self.sites.len() < self.added && !effort.is_spent() {
            effort.charge(self.is_chosen.len());
            let mut order: Vec<usize> =
                (0..gains.len()).filter(|&site| !self.is_chosen[site] && self.left_out != Some(site)).collect();
            order.sort_by(|&a, &b| gains[b].cmp(&gains[a]).then(a.cmp(&b)));
            let mut best: Option<(i64, usize)> = None;
            for site in order {
                // What a site adds never grows, unless backup is asked for.
                if is_plain && best.is_some_and(|(gain, _)| gain >= gains[site]) {
                    break;
                }
                gains[site] = self.gain(site);
                effort.charge(self.reduced.covers[site].len());
                if gains[site] > best.map_or(0, |(gain, _)| gain) && self.fits(site, None) {
                    best = Some((gains[site], site));
                }
            }
            let Some((_, site)) = best else { return };
            self.add(site);
        }
    }

    /// The best swap, when one helps.
    fn swap(&mut self) -> bool {
        let mut place_of = vec![usize::MAX; self.is_chosen.len()];
        for (place, &site) in self.sites.iter().enumerate() {
            place_of[site] = place;
        }
        if self.reduced.groups.iter().any(|group| group.spare > 0) {
            return false;
        }
        let mut loss = vec![0_i64; self.sites.len()];
        for group in 0..self.count.len() {
            if self.count[group] == 1 {
                loss[place_of[self.owners[group]]] += self.weight(group);
            }
        }
        let mut best: Option<(i64, usize, usize)> = None;
        let mut kept = vec![0_i64; self.sites.len()];
        for site in 0..self.is_chosen.len() {
            if self.is_chosen[site] || self.left_out == Some(site) {
                continue;
            }
            kept.fill(0);
            let mut gain = 0;
            for &group in &self.reduced.covers[site] {
                match self.count[group] {
                    0 => gain += self.weight(group),
                    1 => kept[place_of[self.owners[group]]] += self.weight(group),
                    _ => {}
                }
            }
            for place in 0..self.sites.len() {
                let delta = gain + kept[place] - loss[place];
                if delta > best.map_or(0, |(delta, _, _)| delta) && self.fits(site, Some(place)) {
                    best = Some((delta, place, site));
                }
            }
        }
        let Some((_, place, site)) = best else { return false };
        self.remove(place);
        self.add(site);
        true
    }
}
