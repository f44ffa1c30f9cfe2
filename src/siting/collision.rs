//! Whether any plan keeps the rules and serves every demand; which rules collide when none does, and what would do.

use super::effort::{Effort, Stop};
use super::location::LocationError;
use super::mip::{
    self, Column, ColumnKind, LinearEnd, LinearLimits, MipAim, MipError, MipLimits, MipStatus, Program, Relaxation, Row,
};
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
    /// Demands that no site serves, forbidden ones included, ascending.
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

/// Simplex iterations counted for one branch-and-bound node, heuristics included, and operations for one iteration and a
/// row or an entry; both from runs on covers of 60,000 entries.
const NODE_ITERATIONS: u64 = 600;
const ITERATION_OPERATIONS: u64 = 4;

/// What is known about the plans that keep some rules.
pub(super) enum Known {
    /// A plan, and the least total of any plan.
    Plan(Vec<u32>, f64),
    /// There is none.
    Nothing,
    /// The search ended before it knew.
    Open,
}

impl Known {
    /// Whether there may be a plan.
    pub(super) fn is_possible(&self) -> bool {
        !matches!(self, Self::Nothing)
    }

    fn sites(self) -> Option<Vec<u32>> {
        match self {
            Self::Plan(sites, _) => Some(sites),
            _ => None,
        }
    }
}

/// A plan with the least total of `price` among those that keep `rows` and have a site in each of `cover`, as far as the
/// effort goes; any such plan when that is the aim.
pub(super) fn least(
    rules: &Rules,
    rows: &[&Limit],
    cover: &CoverRows,
    price: impl Fn(usize) -> f64,
    aim: MipAim,
    effort: &mut Effort<'_>,
) -> Result<Known, MipError> {
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
    let entry_count: usize = program.rows.iter().map(|row| row.terms.len() + 1).sum();
    let operations = ITERATION_OPERATIONS * entry_count as u64;
    let node_count = effort.left() / (operations * NODE_ITERATIONS).max(1) + 1;
    let limits = MipLimits {
        node_count: Some(u32::try_from(node_count).unwrap_or(u32::MAX)),
        time_s: effort.left_s(),
        aim,
        gap_share: effort.gap_share(),
    };
    let answer = mip::solve(&program, limits)?;
    effort.charge(usize::try_from(operations.saturating_mul(answer.iteration_count)).unwrap_or(usize::MAX));
    if answer.status == MipStatus::Infeasible {
        return Ok(Known::Nothing);
    }
    if answer.status == MipStatus::Limit && aim == MipAim::Optimum {
        // Stopped by its nodes or its clock.
        effort.end(if effort.left_s() == Some(0.0) { Stop::Clock } else { Stop::Work });
    }
    if answer.values.is_empty() && !program.columns.is_empty() {
        effort.end(if effort.left_s() == Some(0.0) { Stop::Clock } else { Stop::Work });
        return Ok(Known::Open);
    }
    let chosen = sites.iter().zip(&answer.values).filter(|&(_, &value)| value > 0.5).map(|(&site, _)| site as u32);
    Ok(Known::Plan(chosen.collect(), answer.bound))
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

/// A plan with the fewest new sites that keeps every rule and serves every row of `cover`, with all the effort it takes.
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
    let question = Question { rules, cover, radii, cover_at: &cover_at, aim: MipAim::Optimum };
    match lawful(&question, &mut Effort::of_steps(u32::MAX)) {
        Ok((sites, _)) => Ok(Ok(sites)),
        Err(LocationError::Infeasible(collision)) => Ok(Err(collision)),
        Err(LocationError::Solver(error)) => Err(error),
        Err(other) => Err(MipError { reason: other.to_string() }),
    }
}

/// What is asked of [`lawful`].
pub(super) struct Question<'a> {
    pub rules: &'a Rules,
    /// The rows to serve, with the forbidden sites that would.
    pub cover: &'a CoverRows,
    /// All radii, ascending: for the least that would do.
    pub radii: &'a [i64],
    /// The rows at a radius.
    pub cover_at: &'a dyn Fn(i64) -> CoverRows,
    /// The fewest sites, or any plan.
    pub aim: MipAim,
}

/// A plan that keeps every rule and serves every row, and the fewest new sites of any.
///
/// # Errors
/// The collision when there is none; a search that ends before it knows; a failure of the solver.
pub(super) fn lawful(question: &Question<'_>, effort: &mut Effort<'_>) -> Result<(Vec<u32>, i128), LocationError> {
    let Question { rules, cover, radii, cover_at, aim } = *question;
    let all = rules.rows();
    let rows: Vec<&Limit> = all.iter().flat_map(|(_, rows)| rows).collect();
    let usable = rules.usable();
    let open = |row: &Vec<u32>| row.iter().copied().filter(|&site| usable[site as usize]).collect();
    match least(rules, &rows, &cover.iter().map(open).collect(), |_| 1.0, aim, effort)? {
        Known::Plan(sites, bound) => {
            // A number of sites is whole.
            let bound = ((bound - 1e-6).ceil().max(0.0) as i128).min(sites.len() as i128);
            return Ok((sites, bound));
        }
        Known::Open => return Err(LocationError::Undecided),
        Known::Nothing => {}
    }
    // Why, and what would do, is worth a fresh effort of its own.
    let effort = &mut effort.renewed();
    let mut kept: Vec<(Rule, Vec<Limit>)> = all.clone();
    let mut is_cover_kept = !cover.is_empty();
    let nothing = CoverRows::new();
    let mut holds = |kept: &[(Rule, Vec<Limit>)], is_cover_kept: bool| -> Result<bool, MipError> {
        let rows: Vec<&Limit> = kept.iter().flat_map(|(_, rows)| rows).collect();
        let cover = if is_cover_kept { cover } else { &nothing };
        Ok(least(rules, &rows, cover, |_| 0.0, MipAim::AnySolution, effort)?.is_possible())
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
        let found =
            least(rules, &without(|rule| matches!(rule, Rule::MostNew(_))), cover, |_| 1.0, MipAim::Optimum, effort)?;
        collision.fewest_sites = found.sites().map(|sites| sites.len() as u32);
    }
    if takes_part(|rule| matches!(rule, Rule::Budget(_))) {
        let price = |site: usize| rules.cost[site] as f64;
        let found =
            least(rules, &without(|rule| matches!(rule, Rule::Budget(_))), cover, price, MipAim::Optimum, effort)?;
        collision.smallest_budget =
            found.sites().map(|sites| sites.iter().map(|&site| rules.cost[site as usize]).sum());
    }
    if is_cover_kept && !radii.is_empty() {
        collision.smallest_radius = smallest(radii, |radius| {
            let cover = cover_at(radius);
            Ok(matches!(least(rules, &rows, &cover, |_| 0.0, MipAim::AnySolution, effort)?, Known::Plan(..)))
        })?;
    }
    Err(LocationError::Infeasible(collision))
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

/// Whether fractions of sites keep `rows` and serve every row of `cover`: when they do not, no plan does. True when the
/// effort ends before it is known.
pub(super) fn fractional(
    rules: &Rules,
    rows: &[&Limit],
    cover: &CoverRows,
    effort: &mut Effort<'_>,
) -> Result<bool, MipError> {
    let column = |_| Column { cost: 0.0, lower: 0.0, upper: 1.0, kind: ColumnKind::Continuous };
    let mut program = Program { columns: (0..rules.site_count()).map(column).collect(), rows: Vec::new() };
    for limit in rows {
        let terms = limit.terms.iter().map(|&(site, c)| (site, c as f64)).collect();
        program.rows.push(Row::at_most(limit.at_most as f64, terms));
    }
    for served_by in needed(rules, cover) {
        program.rows.push(Row::at_least(1.0, served_by.iter().map(|&site| (site as usize, 1.0)).collect()));
    }
    let mut relaxation = Relaxation::new(&program)?;
    let operations = ITERATION_OPERATIONS * (relaxation.entry_count() + relaxation.row_count()) as u64;
    let limits = LinearLimits { iteration_count: Some(effort.left() / operations.max(1) + 1), time_s: effort.left_s() };
    let end = relaxation.solve_within(limits)?;
    effort.charge(usize::try_from(operations.saturating_mul(relaxation.iteration_count())).unwrap_or(usize::MAX));
    Ok(!matches!(end, LinearEnd::Infeasible))
}
