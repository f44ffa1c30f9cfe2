//! Whether any plan keeps the rules and serves every demand; which rules collide when none does, and what would do.

use super::mip::{self, Column, ColumnKind, MipError, MipLimits, MipStatus, Program, Row};
use super::reduce::Limit;
use super::rules::{Rule, Rules};
use std::collections::BTreeSet;

/// Rules that no plan keeps together; without any one of them the others can be kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Collision {
    /// The rules that collide.
    pub rules: Vec<Rule>,
    /// The least number of new sites that keeps all other rules, when the number takes part.
    pub fewest_sites: Option<u32>,
    /// The least budget that keeps all other rules, when the budget takes part.
    pub smallest_budget: Option<i64>,
    /// The least radius that keeps all other rules, when there is a radius and it takes part.
    pub smallest_radius: Option<i64>,
    /// Demands that no usable site serves, ascending.
    pub out_of_reach: Vec<u32>,
}

/// The rules by the numbers of their sites and sets; who knows names tells them with these.
impl std::fmt::Display for Collision {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let rules: Vec<String> = self.rules.iter().map(|rule| format!("{rule:?}")).collect();
        write!(f, "no plan keeps these rules together: {}", rules.join("; "))
    }
}

/// For each demand that must be served: the sites that serve it, ascending.
pub(super) type CoverRows = Vec<Vec<u32>>;

/// A plan with the least total of `price` among those that keep `rows` and have a site in each of `cover`; none when
/// there is no such plan.
pub(super) fn least(
    rules: &Rules,
    rows: &[&Limit],
    cover: &CoverRows,
    price: impl Fn(usize) -> f64,
) -> Result<Option<Vec<u32>>, MipError> {
    let sites: Vec<usize> = (0..rules.site_count()).filter(|&site| !rules.existing[site]).collect();
    let mut column_of = vec![usize::MAX; rules.site_count()];
    for (column_ix, &site) in sites.iter().enumerate() {
        column_of[site] = column_ix;
    }
    let column = |&site: &usize| Column { cost: price(site), lower: 0.0, upper: 1.0, kind: ColumnKind::Integer };
    let mut program = Program { columns: sites.iter().map(column).collect(), rows: Vec::new() };
    for limit in rows {
        let terms = limit.terms.iter().map(|&(site, c)| (column_of[site], c as f64)).collect();
        program.rows.push(Row::at_most(limit.at_most as f64, terms));
    }
    for served_by in needed(rules, cover) {
        let terms: Vec<(usize, f64)> = served_by.iter().map(|&site| (column_of[site as usize], 1.0)).collect();
        program.rows.push(Row::at_least(1.0, terms));
    }
    let answer = mip::solve(&program, MipLimits::default())?;
    if answer.status == MipStatus::Infeasible {
        return Ok(None);
    }
    let chosen = sites.iter().zip(&answer.values).filter(|&(_, &value)| value > 0.5).map(|(&site, _)| site as u32);
    Ok(Some(chosen.collect()))
}

/// The cover rows that existing sites leave open, each once, without those that another row implies.
fn needed(rules: &Rules, cover: &CoverRows) -> CoverRows {
    let is_open = |row: &&Vec<u32>| !row.iter().any(|&site| rules.existing[site as usize]);
    let open: CoverRows = cover.iter().filter(is_open).cloned().collect();
    minimal(rules.site_count(), &open)
}

/// Each row once, without those that another row implies.
fn minimal(site_count: usize, cover: &CoverRows) -> CoverRows {
    /// Above this many rows those implied by others are left to the solver.
    const MOST_COMPARED: usize = 3_000;
    let unique: BTreeSet<&Vec<u32>> = cover.iter().collect();
    let mut rows: Vec<&Vec<u32>> = unique.into_iter().collect();
    rows.sort_by_key(|row| row.len());
    if rows.len() > MOST_COMPARED {
        return rows.into_iter().cloned().collect();
    }
    let blocks = site_count.div_ceil(64);
    let bits = |row: &Vec<u32>| {
        let mut bits = vec![0_u64; blocks];
        row.iter().for_each(|&site| bits[site as usize / 64] |= 1 << (site % 64));
        bits
    };
    let mut kept: Vec<(Vec<u64>, &Vec<u32>)> = Vec::new();
    for row in rows {
        let mine = bits(row);
        if !kept.iter().any(|(other, _)| other.iter().zip(&mine).all(|(theirs, mine)| theirs & !mine == 0)) {
            kept.push((mine, row));
        }
    }
    kept.into_iter().map(|(_, row)| row.clone()).collect()
}

/// The rows of a problem where only the number of sites counts, made smaller again and again: without rows that another
/// one implies and without sites that another one replaces. Some plan of the smaller problem is best for the larger.
pub(super) fn core(site_count: usize, cover: CoverRows) -> CoverRows {
    let mut rows = cover;
    loop {
        let before: usize = rows.iter().map(Vec::len).sum();
        rows = minimal(site_count, &rows);
        let mut columns = vec![vec![0_u64; rows.len().div_ceil(64)]; site_count];
        for (number, row) in rows.iter().enumerate() {
            for &site in row {
                columns[site as usize][number / 64] |= 1 << (number % 64);
            }
        }
        let is_within = |a: usize, b: usize| columns[a].iter().zip(&columns[b]).all(|(a, b)| a & !b == 0);
        let is_used: Vec<bool> = columns.iter().map(|column| column.iter().any(|&word| word != 0)).collect();
        let is_replaced =
            |a: usize| (0..site_count).any(|b| b != a && is_used[b] && is_within(a, b) && (b < a || !is_within(b, a)));
        let is_kept: Vec<bool> = (0..site_count).map(|site| is_used[site] && !is_replaced(site)).collect();
        for row in &mut rows {
            row.retain(|&site| is_kept[site as usize]);
        }
        if rows.iter().map(Vec::len).sum::<usize>() == before {
            return rows;
        }
    }
}

/// A plan with the fewest new sites that keeps every rule and serves every row of `cover`.
///
/// # Errors
/// `Ok(Err(_))` with the collision when there is none; `Err` when the solver fails. `cover_at` gives the rows for a
/// radius, `radii` all radii ascending: for the least radius that would do.
pub(super) fn fewest(
    rules: &Rules,
    cover: &CoverRows,
    radii: &[i64],
    cover_at: impl Fn(i64) -> CoverRows,
) -> Result<Result<Vec<u32>, Collision>, MipError> {
    let all = rules.rows();
    let rows: Vec<&Limit> = all.iter().flat_map(|(_, rows)| rows).collect();
    if let Some(sites) = least(rules, &rows, cover, |_| 1.0)? {
        return Ok(Ok(sites));
    }
    let mut kept: Vec<(Rule, Vec<Limit>)> = all.clone();
    let mut is_cover_kept = !cover.is_empty();
    let nothing = CoverRows::new();
    let holds = |kept: &[(Rule, Vec<Limit>)], is_cover_kept: bool| -> Result<bool, MipError> {
        let rows: Vec<&Limit> = kept.iter().flat_map(|(_, rows)| rows).collect();
        Ok(least(rules, &rows, if is_cover_kept { cover } else { &nothing }, |_| 0.0)?.is_some())
    };
    // Deletion filter: a rule goes when the others collide without it; in halves, as most take no part.
    let mut parts = vec![(0, all.len())];
    while let Some((start, end)) = parts.pop() {
        let dropped: Vec<&Rule> = all[start..end].iter().map(|(rule, _)| rule).collect();
        let rest: Vec<(Rule, Vec<Limit>)> = kept.iter().filter(|(rule, _)| !dropped.contains(&rule)).cloned().collect();
        if start < end && !holds(&rest, is_cover_kept)? {
            kept = rest;
        } else if end - start > 1 {
            let middle = start + (end - start) / 2;
            parts.extend([(middle, end), (start, middle)]);
        }
    }
    if is_cover_kept && !holds(&kept, false)? {
        is_cover_kept = false;
    }
    let mut collision =
        Collision { rules: kept.iter().map(|(rule, _)| rule.clone()).collect(), ..Collision::default() };
    if is_cover_kept {
        collision.rules.push(Rule::ServeAll);
    }
    let takes_part = |wanted: fn(&Rule) -> bool| collision.rules.iter().any(wanted);
    let without = |dropped: fn(&Rule) -> bool| -> Vec<&Limit> {
        all.iter().filter(|(rule, _)| !dropped(rule)).flat_map(|(_, rows)| rows).collect()
    };
    if takes_part(|rule| matches!(rule, Rule::MostNew(_))) {
        let found = least(rules, &without(|rule| matches!(rule, Rule::MostNew(_))), cover, |_| 1.0)?;
        collision.fewest_sites = found.map(|sites| sites.len() as u32);
    }
    if takes_part(|rule| matches!(rule, Rule::Budget(_))) {
        let price = |site: usize| rules.cost[site] as f64;
        let found = least(rules, &without(|rule| matches!(rule, Rule::Budget(_))), cover, price)?;
        collision.smallest_budget = found.map(|sites| sites.iter().map(|&site| rules.cost[site as usize]).sum());
    }
    if is_cover_kept && !radii.is_empty() {
        collision.smallest_radius = smallest(radii, |radius| {
            let cover = cover_at(radius);
            Ok(least(rules, &rows, &cover, |_| 0.0)?.is_some())
        })?;
    }
    Ok(Err(collision))
}

/// The first of `radii` (ascending) at which `is_enough`, which never turns false again; none when it never is.
pub(super) fn smallest(
    radii: &[i64],
    mut is_enough: impl FnMut(i64) -> Result<bool, MipError>,
) -> Result<Option<i64>, MipError> {
    let (mut low, mut high) = (0, radii.len());
    while low < high {
        let middle = (low + high) / 2;
        if is_enough(radii[middle])? {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    Ok(radii.get(low).copied())
}

/// Whether fractions of sites keep `rows` and serve every row of `cover`: when they do not, no plan does.
pub(super) fn fractional(rules: &Rules, rows: &[&Limit], cover: &CoverRows) -> Result<bool, MipError> {
    let column = |_| Column { cost: 0.0, lower: 0.0, upper: 1.0, kind: ColumnKind::Continuous };
    let mut program = Program { columns: (0..rules.site_count()).map(column).collect(), rows: Vec::new() };
    for limit in rows {
        let terms = limit.terms.iter().map(|&(site, c)| (site, c as f64)).collect();
        program.rows.push(Row::at_most(limit.at_most as f64, terms));
    }
    for served_by in needed(rules, cover) {
        program.rows.push(Row::at_least(1.0, served_by.iter().map(|&site| (site as usize, 1.0)).collect()));
    }
    Ok(mip::solve(&program, MipLimits::default())?.status != MipStatus::Infeasible)
}
