//! What a plan on plain tables must keep: statuses, number and cost of new sites, limits of countries, pairs, exclusive
//! and conditional sites. Every rule is one or more rows `sum a_j x_j <= b` over the new sites.

use super::reduce::Limit;

/// Limits of one country.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CountryRule {
    /// Its sites, ascending.
    pub sites: Vec<u32>,
    /// At least this many new sites.
    pub at_least: u32,
    /// At most this many new sites.
    pub at_most: Option<u32>,
    /// Most that its new sites cost together.
    pub budget: Option<i64>,
}

/// The rules over sites numbered from 0. Existing sites serve at no cost and count towards no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// Sites that work already.
    pub existing: Vec<bool>,
    /// Sites that must be in the plan.
    pub required: Vec<bool>,
    /// Sites that must not be in the plan.
    pub forbidden: Vec<bool>,
    /// Most new sites (p).
    pub most_new: Option<u32>,
    /// What each site costs, not negative.
    pub cost: Vec<i64>,
    /// Most that all new sites cost together.
    pub budget: Option<i64>,
    /// Limits of countries.
    pub countries: Vec<CountryRule>,
    /// Sets of sites of which all or none are in the plan; a set with an existing site binds nobody.
    pub pairs: Vec<Vec<u32>>,
    /// Sets of sites of which at most one works, existing ones included.
    pub exclusive: Vec<Vec<u32>>,
    /// `[a, b]`: a only together with b, which may exist already.
    pub conditional: Vec<[u32; 2]>,
}

/// A rule that takes part in a collision; sites, countries and sets by their numbers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// At most this many new sites.
    MostNew(u32),
    /// At most this much money.
    Budget(i64),
    /// At least so many new sites in a country.
    CountryLeast(u32),
    /// At most so many new sites in a country.
    CountryMost(u32),
    /// At most so much money in a country.
    CountryBudget(u32),
    /// The site must be in the plan.
    Required(u32),
    /// The site must not be in the plan.
    Forbidden(u32),
    /// All or none of a set.
    Pair(u32),
    /// At most one of a set.
    Exclusive(u32),
    /// One site only with another.
    Conditional(u32),
    /// Every demand is served (within the radius, where there is one).
    ServeAll,
}

impl Rules {
    /// No rule for so many sites.
    #[must_use]
    pub fn free(site_count: usize) -> Self {
        let none = vec![false; site_count];
        Self {
            existing: none.clone(),
            required: none.clone(),
            forbidden: none,
            cost: vec![0; site_count],
            ..Self::default()
        }
    }

    /// Number of sites.
    #[must_use]
    pub fn site_count(&self) -> usize {
        self.existing.len()
    }

    /// New sites that must be in the plan, ascending.
    pub(super) fn required_new(&self) -> Vec<u32> {
        self.sites(|site| self.required[site] && !self.existing[site] && !self.forbidden[site])
    }

    /// New sites that may or may not be in the plan, ascending.
    pub(super) fn open(&self) -> Vec<u32> {
        self.sites(|site| !self.existing[site] && !self.forbidden[site] && !self.required[site])
    }

    /// Sites that can serve: existing ones and all that are not forbidden.
    pub(super) fn usable(&self) -> Vec<bool> {
        (0..self.site_count()).map(|site| self.existing[site] || !self.forbidden[site]).collect()
    }

    fn sites(&self, is_wanted: impl Fn(usize) -> bool) -> Vec<u32> {
        (0..self.site_count()).filter(|&site| is_wanted(site)).map(|site| site as u32).collect()
    }

    /// Every rule with its rows over site numbers; existing sites appear in none.
    pub(super) fn rows(&self) -> Vec<(Rule, Vec<Limit>)> {
        let is_new = |site: u32| !self.existing[site as usize];
        let sum = |sites: &mut dyn Iterator<Item = u32>, coefficient: &dyn Fn(usize) -> i64, at_most: i64| Limit {
            terms: sites
                .filter(|&site| is_new(site))
                .map(|site| (site as usize, coefficient(site as usize)))
                .filter(|&(_, coefficient)| coefficient != 0)
                .collect(),
            at_most,
        };
        let all = || 0..self.site_count() as u32;
        let mut rows = Vec::new();
        if let Some(most) = self.most_new {
            rows.push((Rule::MostNew(most), vec![sum(&mut all(), &|_| 1, most.into())]));
        }
        if let Some(budget) = self.budget {
            rows.push((Rule::Budget(budget), vec![sum(&mut all(), &|site| self.cost[site], budget)]));
        }
        for (ix, country) in (0_u32..).zip(&self.countries) {
            let sites = || country.sites.iter().copied();
            if country.at_least > 0 {
                let row = sum(&mut sites(), &|_| -1, -i64::from(country.at_least));
                rows.push((Rule::CountryLeast(ix), vec![row]));
            }
            if let Some(most) = country.at_most {
                rows.push((Rule::CountryMost(ix), vec![sum(&mut sites(), &|_| 1, most.into())]));
            }
            if let Some(budget) = country.budget {
                rows.push((Rule::CountryBudget(ix), vec![sum(&mut sites(), &|site| self.cost[site], budget)]));
            }
        }
        for site in all().filter(|&site| is_new(site)) {
            if self.required[site as usize] {
                rows.push((Rule::Required(site), vec![Limit { terms: vec![(site as usize, -1)], at_most: -1 }]));
            }
        }
        for site in all().filter(|&site| is_new(site)) {
            if self.forbidden[site as usize] {
                rows.push((Rule::Forbidden(site), vec![Limit { terms: vec![(site as usize, 1)], at_most: 0 }]));
            }
        }
        for (ix, set) in (0_u32..).zip(&self.pairs) {
            let mut set: Vec<usize> = set.iter().map(|&site| site as usize).collect();
            set.sort_unstable();
            set.dedup();
            if set.len() > 1 && !set.iter().any(|&site| self.existing[site]) {
                // Round the set: x_a <= x_b <= ... <= x_a.
                let next = set.iter().cycle().skip(1);
                let row = |(&a, &b): (&usize, &usize)| Limit {
                    terms: if a < b { vec![(a, 1), (b, -1)] } else { vec![(b, -1), (a, 1)] },
                    at_most: 0,
                };
                rows.push((Rule::Pair(ix), set.iter().zip(next).map(row).collect()));
            }
        }
        for (ix, set) in (0_u32..).zip(&self.exclusive) {
            let mut set = set.clone();
            set.sort_unstable();
            set.dedup();
            let existing = set.iter().filter(|&&site| !is_new(site)).count() as i64;
            // Below 0 when two of the set exist already: then no plan keeps the rule.
            let row = sum(&mut set.into_iter(), &|_| 1, 1 - existing);
            rows.push((Rule::Exclusive(ix), vec![row]));
        }
        for (ix, &[a, b]) in (0_u32..).zip(&self.conditional) {
            if is_new(a) && is_new(b) && a != b {
                let (a, b) = (a as usize, b as usize);
                let terms = if a < b { vec![(a, 1), (b, -1)] } else { vec![(b, -1), (a, 1)] };
                rows.push((Rule::Conditional(ix), vec![Limit { terms, at_most: 0 }]));
            }
        }
        rows
    }

    /// The first rule that the new sites `sites` (ascending, each once) do not keep.
    pub(super) fn broken(&self, sites: &[u32]) -> Option<Rule> {
        let is_kept = |limit: &Limit| {
            let used: i128 = limit
                .terms
                .iter()
                .filter(|&&(site, _)| sites.binary_search(&(site as u32)).is_ok())
                .map(|&(_, coefficient)| i128::from(coefficient))
                .sum();
            used <= i128::from(limit.at_most)
        };
        self.rows().into_iter().find(|(_, rows)| !rows.iter().all(is_kept)).map(|(rule, _)| rule)
    }

    /// The rows over the sites of `open` (by their place in it), what the new required sites use taken off. Required,
    /// forbidden and the number of new sites are left out: the caller keeps them.
    pub(super) fn limits(&self, required: &[u32], open: &[u32]) -> Vec<Limit> {
        let is_left =
            |rule: &Rule| !matches!(rule, Rule::MostNew(_) | Rule::Required(_) | Rule::Forbidden(_) | Rule::ServeAll);
        let mut limits = Vec::new();
        for (_, rows) in self.rows().into_iter().filter(|(rule, _)| is_left(rule)) {
            for row in rows {
                let used: i64 = row
                    .terms
                    .iter()
                    .filter(|&&(site, _)| required.binary_search(&(site as u32)).is_ok())
                    .map(|&(_, coefficient)| coefficient)
                    .sum();
                let terms: Vec<(usize, i64)> = row
                    .terms
                    .iter()
                    .filter_map(|&(site, c)| open.binary_search(&(site as u32)).ok().map(|place| (place, c)))
                    .collect();
                limits.push(Limit { terms, at_most: row.at_most - used });
            }
        }
        // A limit that cannot bind is none.
        limits.retain(|limit| limit.terms.iter().map(|&(_, c)| c.max(0)).sum::<i64>() > limit.at_most);
        limits
    }
}
