//! The rules of a plan from the table of sites and the command line, and back into words.

use super::{Args, amount};
use crate::inputs::{Decimal, FixedPoint, LocationTables, SiteStatus, to_f64};
use crate::siting::{Collision, CountryRule, Rule, Rules};
use std::collections::BTreeMap;

/// Most that one number, and all costs together, come to in whole units.
const MOST: i64 = 1 << 50;

/// Rules and the names behind their numbers.
#[derive(Default)]
pub(super) struct NamedRules {
    pub(super) rules: Rules,
    cost_decimals: u32,
    /// Budgets as they were given: in units of the costs they may be rounded down.
    budget: Option<Decimal>,
    country_budgets: BTreeMap<usize, Decimal>,
    countries: Vec<String>,
    pairs: Vec<String>,
}

/// Numbers for what a command line names; what is wrong is listed.
struct Reader<'a> {
    tables: &'a LocationTables,
    is_arcs: bool,
    faults: Vec<String>,
}

impl Reader<'_> {
    fn site(&mut self, name: &str, option: &str) -> Option<u32> {
        let number = self.tables.sites.number(name.trim());
        if number.is_none() {
            let what = match self.is_arcs {
                true => "no arc: write FROM-TO, and FROM-TO#2 for the second of parallel arcs",
                false => "no site: use an id of the tables",
            };
            self.faults.push(format!("L003: --{option} names `{name}`, which is {what}"));
        }
        number
    }

    /// A site; or all parallel arcs of one name.
    fn sites(&mut self, name: &str, option: &str) -> Vec<u32> {
        let parallel = (1..).map_while(|k| self.tables.sites.number(&format!("{}#{k}", name.trim())));
        let parallel: Vec<u32> = if self.is_arcs { parallel.collect() } else { Vec::new() };
        if parallel.is_empty() { self.site(name, option).into_iter().collect() } else { parallel }
    }

    fn flags(&mut self, names: &[String], option: &str, status: SiteStatus) -> Vec<bool> {
        let mut flags: Vec<bool> = self.tables.site_rows.iter().map(|row| row.status == status).collect();
        for name in names.iter().filter(|name| !name.trim().is_empty()) {
            for site in self.sites(name, option) {
                flags[site as usize] = true;
            }
        }
        flags
    }

    fn by_country<T>(
        &mut self,
        entries: &[String],
        option: &str,
        read: impl Fn(&str) -> Option<T>,
        countries: &[String],
    ) -> BTreeMap<usize, T> {
        let mut found = BTreeMap::new();
        for entry in entries {
            let parsed = entry.split_once('=').and_then(|(name, number)| Some((name.trim(), read(number.trim())?)));
            let Some((name, number)) = parsed else {
                let what = format!("L004: --{option} is `{entry}`: write COUNTRY=NUMBER, such as AFG=2");
                self.faults.push(what);
                continue;
            };
            match countries.iter().position(|country| country == name) {
                Some(country) => _ = found.insert(country, number),
                None => self.faults.push(format!("L003: --{option} names `{name}`, which is no country of the sites")),
            }
        }
        found
    }
}

/// Reads the rules; a list of faults when the command line has any.
pub(super) fn read(args: &Args, tables: &LocationTables) -> Result<NamedRules, Vec<String>> {
    let mut reader = Reader { tables, is_arcs: args.problem.is_on_arcs(), faults: Vec::new() };
    let mut rules = Rules::free(tables.sites.count());
    rules.existing = reader.flags(&args.existing, "existing", SiteStatus::Existing);
    rules.required = reader.flags(&args.required, "required", SiteStatus::Required);
    rules.forbidden = reader.flags(&args.forbidden, "forbidden", SiteStatus::Forbidden);
    for site in 0..rules.site_count() {
        if rules.existing[site] && rules.forbidden[site] {
            let name = &tables.sites.names[site];
            reader.faults.push(format!("L005: site `{name}` is both existing and forbidden: drop one of the two"));
        }
    }
    rules.most_new = args.p.or(tables.site_limit);
    let countries = labels(tables, |row| row.country.as_deref());
    let country_budgets = reader.by_country(&args.country_budget, "country-budget", amount, &countries.names);
    let budget = args.budget.as_deref().and_then(amount);
    let costs: Vec<Decimal> = tables.site_rows.iter().map(|row| row.cost.unwrap_or(Decimal::ONE)).collect();
    let most_sum = i128::from(MOST);
    let costs = FixedPoint::of(&costs, MOST, most_sum).unwrap_or_else(|| {
        reader.faults.push("L006: the costs of the sites add up to more than 10^15: use a larger unit".to_owned());
        FixedPoint::default()
    });
    // A budget with more digits than the costs: what is beyond them buys nothing.
    let in_units = |budget: Decimal| {
        budget.scaled_down(costs.decimals).and_then(|units| i64::try_from(units).ok()).unwrap_or(i64::MAX).min(MOST * 2)
    };
    rules.budget = budget.map(in_units);
    let minima = reader.by_country(&args.country_min, "country-min", |text| text.parse().ok(), &countries.names);
    let maxima = reader.by_country(&args.country_max, "country-max", |text| text.parse().ok(), &countries.names);
    rules.countries = (0..countries.names.len())
        .map(|country| CountryRule {
            sites: countries.members[country].clone(),
            at_least: minima.get(&country).copied().unwrap_or(0),
            at_most: maxima.get(&country).copied(),
            budget: country_budgets.get(&country).copied().map(in_units),
        })
        .collect();
    let pairs = labels(tables, |row| row.pair.as_deref());
    rules.pairs = pairs.members;
    rules.exclusive = labels(tables, |row| row.exclusive.as_deref()).members;
    for list in &args.exclusive {
        rules.exclusive.push(list.split(',').filter_map(|name| reader.site(name, "exclusive")).collect());
    }
    for (site, row) in (0_u32..).zip(&tables.site_rows) {
        if let Some(needed) = row.requires.as_deref().and_then(|name| tables.sites.number(name)) {
            rules.conditional.push([site, needed]);
        }
    }
    for pair in &args.requires {
        match pair.split_once(':') {
            Some((site, needed)) => {
                let (site, needed) = (reader.site(site, "requires"), reader.site(needed, "requires"));
                rules.conditional.extend(site.zip(needed).map(|(site, needed)| [site, needed]));
            }
            None => reader.faults.push(format!("L004: --requires is `{pair}`: write ID:ID, the second the one needed")),
        }
    }
    rules.cost = costs.values;
    if reader.faults.is_empty() {
        let cost_decimals = costs.decimals;
        Ok(NamedRules { rules, cost_decimals, budget, country_budgets, countries: countries.names, pairs: pairs.names })
    } else {
        Err(reader.faults)
    }
}

struct Labels {
    names: Vec<String>,
    members: Vec<Vec<u32>>,
}

/// The sites of each label, labels in alphabetical order.
fn labels(tables: &LocationTables, label: impl Fn(&crate::inputs::SiteRow) -> Option<&str>) -> Labels {
    let mut members: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for (site, row) in (0_u32..).zip(&tables.site_rows) {
        if let Some(label) = label(row) {
            members.entry(label).or_default().push(site);
        }
    }
    let names = members.keys().map(|name| (*name).to_owned()).collect();
    Labels { names, members: members.into_values().collect() }
}

impl NamedRules {
    /// A rule in words.
    pub(super) fn describe(&self, rule: &Rule, sites: &[String], radius: Option<&str>) -> String {
        let site = |number: u32| sites[number as usize].as_str();
        let country = |number: u32| self.countries[number as usize].as_str();
        let rules = &self.rules;
        let list = |set: &[u32]| set.iter().map(|&number| site(number)).collect::<Vec<_>>().join(", ");
        match *rule {
            Rule::MostNew(most) => format!("at most {most} new site{}", if most == 1 { "" } else { "s" }),
            Rule::Budget(budget) => {
                format!("a budget of {}", self.budget.map_or(self.money(budget), Decimal::value))
            }
            Rule::CountryLeast(ix) => {
                format!("at least {} new sites in {}", rules.countries[ix as usize].at_least, country(ix))
            }
            Rule::CountryMost(ix) => {
                format!("at most {} new sites in {}", rules.countries[ix as usize].at_most.unwrap_or(0), country(ix))
            }
            Rule::CountryBudget(ix) => {
                let budget = self.country_budgets.get(&(ix as usize)).copied().map_or(0.0, Decimal::value);
                format!("a budget of {budget} in {}", country(ix))
            }
            Rule::Required(number) => format!("site {} is required", site(number)),
            Rule::Forbidden(number) => format!("site {} is forbidden", site(number)),
            Rule::Pair(ix) => format!("all or none of the pair {}", self.pairs[ix as usize]),
            Rule::Exclusive(ix) => {
                let set = &rules.exclusive[ix as usize];
                let mut existing: Vec<u32> =
                    set.iter().copied().filter(|&site| rules.existing[site as usize]).collect();
                existing.sort_unstable();
                existing.dedup();
                let tail = match existing.len() {
                    0 => String::new(),
                    1 => format!(" ({} exists already)", list(&existing)),
                    _ => format!(" ({} exist already)", list(&existing)),
                };
                format!("at most one of {}{tail}", list(set))
            }
            Rule::Conditional(ix) => {
                let [a, b] = rules.conditional[ix as usize];
                format!("site {} only with site {}", site(a), site(b))
            }
            Rule::ServeAll => match radius {
                Some(radius) => format!("every demand is served within {radius}"),
                None => "every demand is served".to_owned(),
            },
        }
    }

    /// An amount of money as a number.
    pub(super) fn money(&self, units: i64) -> f64 {
        to_f64(units.into(), self.cost_decimals)
    }

    /// The smallest budget that would do, as a number.
    pub(super) fn smallest_budget(&self, collision: &Collision) -> Option<f64> {
        collision.smallest_budget.map(|units| self.money(units))
    }
}
