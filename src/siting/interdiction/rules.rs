//! What the planner may choose, as linear rows over the sites.

use crate::records::Iso3;
use crate::siting::mip::{self, Column, ColumnKind, MipLimits, MipStatus, Program, Row};
use crate::siting::{Conflict, CountryLimit, Infeasible, Refusal, SitingError};

/// Above this, sums would no longer be exact in floating point.
const LARGEST_EXACT: i128 = 1 << 50;

/// Which offices are lawful together. A table is empty or has one entry a site; site numbers are from 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OfficeRules {
    /// Most new offices; none = no limit.
    pub office_count: Option<u32>,
    /// Cost of a new office, whole numbers of one unit, 0 or more. Empty: they cost nothing.
    pub cost: Vec<i64>,
    /// Most that the new offices cost together; none = no limit.
    pub budget: Option<i64>,
    /// Offices that work already: at no cost, and they count towards no limit.
    pub existing: Vec<bool>,
    /// Sites that must have an office.
    pub required: Vec<bool>,
    /// Sites that must not get a new one.
    pub forbidden: Vec<bool>,
    /// The countries that a site counts for.
    pub country_of_site: Vec<Vec<Iso3>>,
    /// Fewest and most new offices in a country.
    pub country_limits: Vec<CountryLimit>,
    /// Sets of sites of which at most one has an office, existing ones included.
    pub exclusive: Vec<Vec<u32>>,
    /// Two sites that have an office both or neither.
    pub pairs: Vec<(u32, u32)>,
    /// The first site may have an office only where the second has one.
    pub conditional: Vec<(u32, u32)>,
}

/// `at_least <= sum of coefficient * column <= at_most`.
#[derive(Clone, Debug)]
pub(in crate::siting) struct WholeRow {
    pub(in crate::siting) terms: Vec<(usize, i64)>,
    pub(in crate::siting) at_least: Option<i64>,
    pub(in crate::siting) at_most: Option<i64>,
}

impl WholeRow {
    pub(in crate::siting) fn holds(&self, chosen: &[bool]) -> bool {
        let sum: i64 = self.terms.iter().filter(|&&(column, _)| chosen[column]).map(|&(_, c)| c).sum();
        self.at_least.is_none_or(|least| sum >= least) && self.at_most.is_none_or(|most| sum <= most)
    }

    pub(in crate::siting) fn row(&self) -> Row {
        Row {
            lower: self.at_least.map_or(f64::NEG_INFINITY, |least| least as f64),
            upper: self.at_most.map_or(f64::INFINITY, |most| most as f64),
            terms: self.terms.iter().map(|&(column, coefficient)| (column, coefficient as f64)).collect(),
        }
    }
}

/// The yes-or-no columns of a search: the sites that may still be decided, those that go together as one column.
#[derive(Clone, Debug)]
pub(in crate::siting) struct Choices {
    /// Column of each site; none when it exists already or cannot be built.
    pub(in crate::siting) column_of_site: Vec<Option<usize>>,
    /// Sites of each column, ascending.
    pub(in crate::siting) sites_of_column: Vec<Vec<u32>>,
    /// Columns that must be chosen.
    pub(in crate::siting) is_required: Vec<bool>,
    /// What holds between the columns.
    pub(in crate::siting) rows: Vec<WholeRow>,
}

impl Choices {
    /// The sites of the chosen columns, ascending.
    pub(in crate::siting) fn sites(&self, chosen: &[bool]) -> Vec<u32> {
        let mut sites: Vec<u32> = self
            .sites_of_column
            .iter()
            .zip(chosen)
            .filter(|&(_, &is_chosen)| is_chosen)
            .flat_map(|(sites, _)| sites.iter().copied())
            .collect();
        sites.sort_unstable();
        sites
    }
}

/// A rule with its rows; the name is none for rules that [`Conflict`] has no word for.
struct NamedRows(Option<Conflict>, Vec<WholeRow>);

impl OfficeRules {
    fn flag(flags: &[bool], site: u32) -> bool {
        flags.get(site as usize).copied().unwrap_or(false)
    }

    pub(in crate::siting) fn is_existing(&self, site: u32) -> bool {
        Self::flag(&self.existing, site)
    }

    fn cost(&self, site: u32) -> i64 {
        self.cost.get(site as usize).copied().unwrap_or(0)
    }

    /// Everything that is malformed for `site_count` sites.
    pub(in crate::siting) fn refusals(&self, site_count: u32) -> Vec<Refusal> {
        let mut refusals = Vec::new();
        let mut refuse = |code, message: String| refusals.push(Refusal { code, message });
        for (name, len) in [
            ("cost", self.cost.len()),
            ("existing", self.existing.len()),
            ("required", self.required.len()),
            ("forbidden", self.forbidden.len()),
            ("country_of_site", self.country_of_site.len()),
        ] {
            if len != 0 && len != site_count as usize {
                refuse(
                    "S003",
                    format!("`{name}` has {len} entries, expected one for each of {site_count} sites, or none"),
                );
            }
        }
        for (site, &cost) in self.cost.iter().enumerate().filter(|&(_, &cost)| cost < 0) {
            refuse("S002", format!("site {site} has the negative cost {cost}: give 0 or more"));
        }
        if self.cost.iter().map(|&cost| i128::from(cost)).sum::<i128>() > LARGEST_EXACT {
            refuse("S004", "the costs add up to more than 2^50: use a larger unit".into());
        }
        if let Some(budget) = self.budget.filter(|&budget| budget < 0) {
            refuse("S006", format!("the budget is {budget}: give 0 or more"));
        }
        let pairs = self.pairs.iter().chain(&self.conditional).flat_map(|&(a, b)| [a, b]);
        if let Some(site) = self.exclusive.iter().flatten().copied().chain(pairs).find(|&site| site >= site_count) {
            refuse("S003", format!("a set, pair or condition names site {site}, beyond the last of {site_count}"));
        }
        for site in (0..site_count).filter(|&s| self.is_existing(s) && Self::flag(&self.forbidden, s)) {
            refuse("S005", format!("site {site} is both existing and forbidden: clear one of the two"));
        }
        refusals
    }

    /// The columns and rows of the search.
    ///
    /// # Errors
    /// [`SitingError::Infeasible`] naming the rules that collide.
    pub(in crate::siting) fn choices(&self, site_count: u32) -> Result<Choices, SitingError> {
        let (column_of_site, mut sites_of_column) = self.columns(site_count);
        let named = self.named_rows(site_count, &column_of_site, sites_of_column.len());
        let column_count = sites_of_column.len();
        let count_of = |column: usize| sites_of_column[column].len() as i64;
        // Often no new office at all is lawful, and the solver need not be asked.
        let nothing = vec![false; column_count];
        let is_nothing_lawful = named.iter().flat_map(|rows| &rows.1).all(|row| row.holds(&nothing));
        if !is_nothing_lawful && least(&named, column_count, |_| true, count_of)?.is_none() {
            return Err(self.collision(&named, &sites_of_column)?);
        }
        let is_fixed_at = |column: usize, value: bool| {
            named.iter().flat_map(|rows| &rows.1).any(|row| match (&row.terms[..], value) {
                (&[(only, c)], true) => only == column && c > 0 && row.at_least.is_some_and(|least| least > 0),
                (&[(only, c)], false) => only == column && row.at_most.is_some_and(|most| most < c),
                _ => false,
            })
        };
        let is_required = (0..column_count).map(|column| is_fixed_at(column, true)).collect();
        let is_barred: Vec<bool> = (0..column_count).map(|column| is_fixed_at(column, false)).collect();
        let mut rows: Vec<WholeRow> = named.into_iter().flat_map(|rows| rows.1).collect();
        // A column that is out stays in the rows' numbering, without sites.
        for (column, _) in is_barred.iter().enumerate().filter(|&(_, &is_barred)| is_barred) {
            sites_of_column[column].clear();
        }
        rows.retain(|row| !row.terms.is_empty());
        let column_of_site =
            column_of_site.into_iter().map(|column| column.filter(|&column| !is_barred[column])).collect();
        Ok(Choices { column_of_site, sites_of_column, is_required, rows })
    }

    /// One column for each set of sites that `pairs` ties together; none for existing sites.
    fn columns(&self, site_count: u32) -> (Vec<Option<usize>>, Vec<Vec<u32>>) {
        let mut leader: Vec<u32> = (0..site_count).collect();
        for &(a, b) in self.pairs.iter().filter(|&&(a, b)| !self.is_existing(a) && !self.is_existing(b)) {
            let (a, b) = (leader[a as usize], leader[b as usize]);
            let (kept, gone) = (a.min(b), a.max(b));
            leader.iter_mut().filter(|leader| **leader == gone).for_each(|leader| *leader = kept);
        }
        let mut column_of_site = vec![None; site_count as usize];
        let mut sites_of_column: Vec<Vec<u32>> = Vec::new();
        for site in (0..site_count).filter(|&site| !self.is_existing(site)) {
            let first = leader[site as usize];
            if first == site {
                sites_of_column.push(Vec::new());
                column_of_site[site as usize] = Some(sites_of_column.len() - 1);
            }
            column_of_site[site as usize] = column_of_site[first as usize];
            if let Some(column) = column_of_site[site as usize] {
                sites_of_column[column].push(site);
            }
        }
        (column_of_site, sites_of_column)
    }

    fn named_rows(&self, site_count: u32, column_of_site: &[Option<usize>], column_count: usize) -> Vec<NamedRows> {
        let sum = |coefficient: &dyn Fn(u32) -> i64| -> Vec<(usize, i64)> {
            let mut total = vec![0_i64; column_count];
            for (site, column) in (0..site_count).zip(column_of_site) {
                if let Some(column) = *column {
                    total[column] += coefficient(site);
                }
            }
            total.into_iter().enumerate().filter(|&(_, c)| c != 0).collect()
        };
        let row = |terms, at_least, at_most| WholeRow { terms, at_least, at_most };
        let one = |site: u32| column_of_site[site as usize];
        let mut named = Vec::new();
        if let Some(at_most) = self.office_count {
            let rows = vec![row(sum(&|_| 1), None, Some(at_most.into()))];
            named.push(NamedRows(Some(Conflict::OfficeCount { at_most }), rows));
        }
        if let Some(at_most_usd) = self.budget {
            let rows = vec![row(sum(&|site| self.cost(site)), None, Some(at_most_usd))];
            named.push(NamedRows(Some(Conflict::Budget { at_most_usd }), rows));
        }
        for limit in &self.country_limits {
            let country = limit.country;
            let lies_in = |site: u32| self.country_of_site.get(site as usize).is_some_and(|all| all.contains(&country));
            let terms = sum(&|site| i64::from(lies_in(site)));
            if limit.new_office_min > 0 {
                let name = Conflict::CountryMin { country, at_least: limit.new_office_min };
                named.push(NamedRows(Some(name), vec![row(terms.clone(), Some(limit.new_office_min.into()), None)]));
            }
            if let Some(at_most) = limit.new_office_max {
                let name = Conflict::CountryMax { country, at_most };
                named.push(NamedRows(Some(name), vec![row(terms, None, Some(at_most.into()))]));
            }
        }
        for site in 0..site_count {
            let Some(column) = one(site) else { continue };
            if Self::flag(&self.required, site) {
                named.push(NamedRows(Some(Conflict::Required { site }), vec![row(vec![(column, 1)], Some(1), None)]));
            }
            if Self::flag(&self.forbidden, site) {
                named.push(NamedRows(Some(Conflict::Forbidden { site }), vec![row(vec![(column, 1)], None, Some(0))]));
            }
        }
        for (set_ix, set) in (0_u32..).zip(&self.exclusive) {
            let has = |site: u32| set.contains(&site);
            let existing = (0..site_count).filter(|&site| has(site) && self.is_existing(site)).count() as i64;
            let rows = vec![row(sum(&|site| i64::from(has(site))), None, Some((1 - existing).max(0)))];
            named.push(NamedRows(Some(Conflict::Exclusive { set_ix }), rows));
        }
        for &(a, b) in &self.pairs {
            if let (Some(column), None) | (None, Some(column)) = (one(a), one(b)) {
                named.push(NamedRows(None, vec![row(vec![(column, 1)], Some(1), None)]));
            }
        }
        for &(a, b) in &self.conditional {
            if let (Some(dependent), Some(base)) = (one(a), one(b))
                && dependent != base
            {
                named.push(NamedRows(None, vec![row(vec![(dependent, 1), (base, -1)], None, Some(0))]));
            }
        }
        named
    }

    /// The rules that collide, none of which can be spared, with the least number and budget that would do.
    fn collision(&self, named: &[NamedRows], sites_of_column: &[Vec<u32>]) -> Result<SitingError, SitingError> {
        let column_count = sites_of_column.len();
        let mut conflicts: Vec<Conflict> = named.iter().filter_map(|rows| rows.0.clone()).collect();
        for name in conflicts.clone() {
            let rest: Vec<Conflict> = conflicts.iter().filter(|&kept| *kept != name).cloned().collect();
            let kept = |rows: &NamedRows| rows.0.as_ref().is_none_or(|name| rest.contains(name));
            if least(named, column_count, kept, |_| 0)?.is_none() {
                conflicts = rest;
            }
        }
        let count_of = |column: usize| sites_of_column[column].len() as i64;
        let cost_of = |column: usize| sites_of_column[column].iter().map(|&site| self.cost(site)).sum();
        let counted = |rows: &NamedRows| !matches!(rows.0, Some(Conflict::OfficeCount { .. }));
        let priced = |rows: &NamedRows| !matches!(rows.0, Some(Conflict::Budget { .. }));
        let fewest_offices = least(named, column_count, counted, count_of)?.and_then(|count| u32::try_from(count).ok());
        let smallest_budget_usd = least(named, column_count, priced, cost_of)?;
        Ok(SitingError::Infeasible(Infeasible { conflicts, fewest_offices, smallest_budget_usd }))
    }
}

/// The least total of `price` under the rows that `kept` lets through; none when nothing is lawful.
fn least(
    named: &[NamedRows],
    column_count: usize,
    kept: impl Fn(&NamedRows) -> bool,
    price: impl Fn(usize) -> i64,
) -> Result<Option<i64>, SitingError> {
    let column = |ix: usize| Column { cost: price(ix) as f64, lower: 0.0, upper: 1.0, kind: ColumnKind::Integer };
    let rows = named.iter().filter(|rows| kept(rows)).flat_map(|rows| rows.1.iter().map(WholeRow::row)).collect();
    let program = Program { columns: (0..column_count).map(column).collect(), rows };
    let answer = mip::solve(&program, MipLimits::default())?;
    Ok((answer.status != MipStatus::Infeasible).then_some(answer.objective.round() as i64))
}
