//! The planner's rules as the yes-or-no columns of a search.

use crate::siting::collision::fewest;
use crate::siting::mip::Row;
use crate::siting::reduce::Limit;
use crate::siting::rules::{Rule, Rules};
use crate::siting::{Refusal, SitingError};

/// Above this, sums would no longer be exact in floating point.
const LARGEST_EXACT: i128 = 1 << 50;

impl Limit {
    pub(in crate::siting) fn holds(&self, chosen: &[bool]) -> bool {
        self.terms.iter().filter(|&&(column, _)| chosen[column]).map(|&(_, c)| c).sum::<i64>() <= self.at_most
    }

    pub(in crate::siting) fn row(&self) -> Row {
        Row::at_most(self.at_most as f64, self.terms.iter().map(|&(column, c)| (column, c as f64)).collect())
    }
}

/// The columns of a search: the sites that may still be decided, those that go together as one column.
#[derive(Clone, Debug)]
pub(in crate::siting) struct Choices {
    /// Column of each site; none when it exists already or cannot be built.
    pub(in crate::siting) column_of_site: Vec<Option<usize>>,
    /// Sites of each column, ascending, one at least.
    pub(in crate::siting) sites_of_column: Vec<Vec<u32>>,
    /// Columns that must be chosen.
    pub(in crate::siting) is_required: Vec<bool>,
    /// What holds between the columns.
    pub(in crate::siting) rows: Vec<Limit>,
    /// A choice that keeps all of it: the fewest sites.
    pub(in crate::siting) fewest: Vec<bool>,
}

impl Choices {
    /// The sites of the chosen columns, ascending.
    pub(in crate::siting) fn sites(&self, chosen: &[bool]) -> Vec<u32> {
        let is_chosen = |site: &u32| self.column_of_site[*site as usize].is_some_and(|column| chosen[column]);
        (0..self.column_of_site.len() as u32).filter(is_chosen).collect()
    }

    /// Cost of each column.
    pub(in crate::siting) fn costs(&self, rules: &Rules) -> Vec<i64> {
        let cost = |sites: &Vec<u32>| sites.iter().map(|&site| rules.cost[site as usize]).sum();
        self.sites_of_column.iter().map(cost).collect()
    }

    /// Whether a choice keeps every rule.
    pub(in crate::siting) fn is_lawful(&self, chosen: &[bool]) -> bool {
        self.rows.iter().all(|row| row.holds(chosen))
            && self.is_required.iter().zip(chosen).all(|(&is_required, &is_chosen)| is_chosen || !is_required)
    }

    /// The columns and rows of the search under `rules`, which are well formed ([`refusals`]).
    ///
    /// # Errors
    /// [`SitingError::Colliding`] naming the rules that collide.
    pub(in crate::siting) fn new(rules: &Rules) -> Result<Self, SitingError> {
        let named = rules.rows();
        // Often no new site at all is lawful, and the solver need not be asked.
        let is_nothing_lawful = named.iter().flat_map(|(_, rows)| rows).all(|row| row.at_most >= 0);
        let fewest_sites = match is_nothing_lawful {
            true => Vec::new(),
            false => fewest(rules, &Vec::new(), &[], |_| Vec::new())?.map_err(SitingError::Colliding)?,
        };
        let groups = groups(rules);
        let is_barred = |sites: &Vec<u32>| sites.iter().any(|&site| rules.forbidden[site as usize]);
        let sites_of_column: Vec<Vec<u32>> = groups.into_iter().filter(|sites| !is_barred(sites)).collect();
        let mut column_of_site = vec![None; rules.site_count()];
        for (column, sites) in sites_of_column.iter().enumerate() {
            sites.iter().for_each(|&site| column_of_site[site as usize] = Some(column));
        }
        let has = |flags: &[bool], sites: &[u32]| sites.iter().any(|&site| flags[site as usize]);
        let is_required = sites_of_column.iter().map(|sites| has(&rules.required, sites)).collect();
        let is_fewest = |sites: &Vec<u32>| fewest_sites.binary_search(&sites[0]).is_ok();
        let fewest = sites_of_column.iter().map(is_fewest).collect();
        let is_row = |rule: &Rule| !matches!(rule, Rule::Required(_) | Rule::Forbidden(_) | Rule::Pair(_));
        let mut rows: Vec<Limit> = Vec::new();
        for limit in named.iter().filter(|(rule, _)| is_row(rule)).flat_map(|(_, limits)| limits) {
            let mut total = vec![0_i64; sites_of_column.len()];
            for &(site, coefficient) in &limit.terms {
                if let Some(column) = column_of_site[site] {
                    total[column] += coefficient;
                }
            }
            let can_bind = total.iter().map(|&c| c.max(0)).sum::<i64>() > limit.at_most;
            let terms = total.into_iter().enumerate().filter(|&(_, c)| c != 0).collect();
            let row = Limit { terms, at_most: limit.at_most };
            if can_bind && !rows.contains(&row) {
                rows.push(row);
            }
        }
        Ok(Self { column_of_site, sites_of_column, is_required, rows, fewest })
    }
}

/// The new sites, those that `pairs` tie together in one group; groups by their first site.
fn groups(rules: &Rules) -> Vec<Vec<u32>> {
    let site_count = rules.site_count() as u32;
    let mut leader: Vec<u32> = (0..site_count).collect();
    for set in rules.pairs.iter().filter(|set| !set.iter().any(|&site| rules.existing[site as usize])) {
        for two in set.windows(2) {
            let (a, b) = (leader[two[0] as usize], leader[two[1] as usize]);
            leader.iter_mut().filter(|leader| **leader == a.max(b)).for_each(|leader| *leader = a.min(b));
        }
    }
    let mut members = vec![Vec::new(); site_count as usize];
    for site in (0..site_count).filter(|&site| !rules.existing[site as usize]) {
        members[leader[site as usize] as usize].push(site);
    }
    members.retain(|sites| !sites.is_empty());
    members
}

/// Everything that is malformed in the rules of a problem with so many sites.
pub(in crate::siting) fn refusals(rules: &Rules, site_count: u32) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    let mut refuse = |code, message: String| refusals.push(Refusal { code, message });
    for (name, len) in [
        ("existing", rules.existing.len()),
        ("required", rules.required.len()),
        ("forbidden", rules.forbidden.len()),
        ("cost", rules.cost.len()),
    ] {
        if len != site_count as usize {
            refuse("S003", format!("`{name}` has {len} entries, expected one for each of {site_count} sites"));
        }
    }
    for (site, &cost) in rules.cost.iter().enumerate().filter(|&(_, &cost)| cost < 0) {
        refuse("S002", format!("site {site} has the negative cost {cost}: give 0 or more"));
    }
    if rules.cost.iter().map(|&cost| i128::from(cost)).sum::<i128>() > LARGEST_EXACT {
        refuse("S004", "the costs add up to more than 2^50: use a larger unit".into());
    }
    for budget in rules.budget.iter().chain(rules.countries.iter().filter_map(|country| country.budget.as_ref())) {
        if *budget < 0 {
            refuse("S006", format!("a budget is {budget}: give 0 or more"));
        }
    }
    let sets = rules.countries.iter().map(|country| &country.sites).chain(&rules.pairs).chain(&rules.exclusive);
    let named = sets.flatten().chain(rules.conditional.iter().flatten());
    if let Some(site) = named.copied().find(|&site| site >= site_count) {
        refuse("S003", format!("a country, set or condition names site {site}, beyond the last of {site_count}"));
    }
    for (site, _) in rules.existing.iter().zip(&rules.forbidden).enumerate().filter(|&(_, both)| both == (&true, &true))
    {
        refuse("S005", format!("site {site} is both existing and forbidden: clear one of the two"));
    }
    refusals
}
