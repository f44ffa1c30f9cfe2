//! Rows that are there twice, identifiers that are there twice, quantities far beyond the others, dates in the future.
//! Nothing is removed: nothing in a table tells repeated seizures from repeated records.

use super::super::finding::Finding;
use super::super::problem::Severity::Warning;
use super::super::raw::{RawRow, RawTable};
use super::dates::PartialDate;
use super::row::{CheckRow, Headers};
use std::collections::{HashMap, HashSet};

/// Rows of a group that a message names.
const NAMED_ROWS: usize = 20;

/// How many times the 99th percentile of its drug a quantity may be.
const FACTOR: i128 = 100;

/// Fewest other rows of a drug that a percentile is taken of.
const FEWEST: usize = 10;

/// A record of more is told where there are too few others to compare it with: 1,000 tonnes.
const LARGEST_ALONE_MG: i128 = 1_000_000_000_000;

fn row_list(rows: &[u64]) -> String {
    let named: Vec<String> = rows.iter().take(NAMED_ROWS).map(u64::to_string).collect();
    let more = rows.len().saturating_sub(NAMED_ROWS);
    if more == 0 { named.join(", ") } else { format!("{} and {more} more", named.join(", ")) }
}

/// Groups of equal keys with two or more members, as indices in the rows' order, the groups by their first member.
fn groups<'r, 't, K: std::hash::Hash + Eq>(
    rows: &'r [CheckRow<'t>],
    key: impl Fn(&'r CheckRow<'t>) -> Option<K>,
) -> Vec<Vec<usize>> {
    let mut first: HashMap<K, usize> = HashMap::with_capacity(rows.len());
    let mut found: Vec<Vec<usize>> = Vec::new();
    let mut group_of: HashMap<usize, usize> = HashMap::new();
    for (ix, row) in rows.iter().enumerate() {
        let Some(key) = key(row) else { continue };
        match first.entry(key) {
            std::collections::hash_map::Entry::Vacant(slot) => {
                slot.insert(ix);
            }
            std::collections::hash_map::Entry::Occupied(slot) => {
                let first_ix = *slot.get();
                let group = *group_of.entry(first_ix).or_insert_with(|| {
                    found.push(vec![first_ix]);
                    found.len() - 1
                });
                found[group].push(ix);
            }
        }
    }
    found.sort_by_key(|group| group[0]);
    found
}

/// Exact and near duplicates, a finding a group.
#[must_use]
pub fn duplicates(table: &RawTable, rows: &[CheckRow<'_>]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let exact = groups(rows, |row| Some(row.fingerprint));
    let mut in_exact: HashMap<usize, usize> = HashMap::new();
    for (number, group) in exact.iter().enumerate() {
        in_exact.extend(group.iter().map(|ix| (*ix, number)));
        let numbers: Vec<u64> = group.iter().map(|ix| rows[*ix].row_number).collect();
        let message = format!("{} rows are equal: {}", numbers.len(), row_list(&numbers));
        let fix = "remove repeated records; keep repeated seizures";
        findings.push(table.finding(Warning, "I730", numbers[1], "", "", &message, fix));
    }
    let near = groups(rows, |row| {
        let (date, quantity) = (row.date.filter(|date| date.day.is_some())?, row.quantity_mg?);
        let place = row.place.to_lowercase();
        (!row.drug.is_empty() && (!place.is_empty() || row.position.is_some())).then(|| {
            let at = if place.is_empty() {
                row.position.map(|at| at.map(|degrees| (degrees * 100.0).round() as i64))
            } else {
                None
            };
            (row.country, date, row.drug.to_lowercase(), quantity, place, at)
        })
    });
    for group in near {
        // A group of equal rows alone is told already.
        let first = in_exact.get(&group[0]);
        if first.is_some() && group.iter().all(|ix| in_exact.get(ix) == first) {
            continue;
        }
        let numbers: Vec<u64> = group.iter().map(|ix| rows[*ix].row_number).collect();
        let message =
            format!("{} rows have the same day, place, drug and quantity: {}", numbers.len(), row_list(&numbers));
        let fix = "check whether they are one seizure reported twice";
        findings.push(table.finding(Warning, "I731", numbers[1], "", "", &message, fix));
    }
    findings
}

/// Rows that an earlier table with the same columns has too: for each pair of tables with such rows the place of the later
/// one and a finding. Equal means every cell.
#[must_use]
pub fn repeated_tables(tables: &[&RawTable]) -> Vec<(usize, Finding)> {
    let cells = |row: RawRow<'_>| row.cells().map(|cell| format!("{cell}\u{1f}")).collect::<String>();
    let mut findings = Vec::new();
    for (ix, table) in tables.iter().enumerate() {
        for earlier in tables[..ix].iter().filter(|earlier| earlier.columns == table.columns) {
            let known: HashSet<String> = earlier.rows().map(cells).collect();
            let rows: Vec<u64> =
                table.rows().filter(|row| known.contains(&cells(*row))).map(|row| row.number).collect();
            let Some(&first) = rows.first() else { continue };
            let name = match &earlier.sheet {
                Some(sheet) => format!("{} [{sheet}]", earlier.source),
                None => earlier.source.clone(),
            };
            let message = format!("{} rows stand in {name} too: {}", rows.len(), row_list(&rows));
            let fix = "give each file once; remove repeated records; keep repeated seizures";
            findings.push((ix, table.finding(Warning, "I736", first, "", "", &message, fix)));
        }
    }
    findings
}

/// Identifiers that several rows have.
#[must_use]
pub fn repeated_ids(table: &RawTable, headers: &Headers, rows: &[CheckRow<'_>]) -> Vec<Finding> {
    let found = groups(rows, |row| (!row.id.is_empty()).then_some(row.id));
    let tell = |group: Vec<usize>| {
        let numbers: Vec<u64> = group.iter().map(|ix| rows[*ix].row_number).collect();
        let message = format!("{} rows have this identifier: {}", numbers.len(), row_list(&numbers));
        let fix = "give each record its own identifier, or remove the repetition";
        table.finding(Warning, "I732", numbers[1], &headers.id, rows[group[0]].id, &message, fix)
    };
    found.into_iter().map(tell).collect()
}

/// Quantities over 100 times the 99th percentile (nearest rank) of the other rows of their drug.
#[must_use]
pub fn outliers(table: &RawTable, headers: &Headers, rows: &[CheckRow<'_>]) -> Vec<Finding> {
    let mut drugs: HashMap<String, Vec<i128>> = HashMap::new();
    for row in rows {
        if let Some(quantity) = row.quantity_mg.filter(|_| !row.drug.is_empty()) {
            drugs.entry(row.drug.to_lowercase()).or_default().push(quantity);
        }
    }
    drugs.values_mut().for_each(|quantities| quantities.sort_unstable());
    let mut findings = Vec::new();
    for row in rows {
        let (Some(quantity), false) = (row.quantity_mg, row.drug.is_empty()) else { continue };
        let Some(sorted) = drugs.get(&row.drug.to_lowercase()) else { continue };
        let others = sorted.len() - 1;
        if others < FEWEST {
            if quantity > LARGEST_ALONE_MG {
                let message = "more than 1,000 tonnes in one record".to_owned();
                let value = (quantity / 1_000_000).to_string();
                let fix = "check the amount and the unit";
                findings.push(table.finding(Warning, "I733", row.row_number, &headers.quantity, &value, &message, fix));
            }
            continue;
        }
        // Rank among the others: this row stands at or after it, so the same index holds without it.
        let rank = (others * 99).div_ceil(100);
        let own = sorted.partition_point(|other| *other < quantity);
        let at = if own < rank { rank } else { rank - 1 };
        let percentile = sorted[at.min(others)];
        if percentile > 0 && quantity > FACTOR.saturating_mul(percentile) {
            #[allow(clippy::cast_precision_loss)]
            let kg = |mg: i128| mg as f64 / 1e6;
            let message = format!(
                "{} kg, more than 100 times {} kg, which 99 % of the other rows of {} do not exceed",
                kg(quantity),
                kg(percentile),
                row.drug
            );
            let fix = "check the unit (kilograms written as grams?)";
            let value = kg(quantity).to_string();
            findings.push(table.finding(Warning, "I733", row.row_number, &headers.quantity, &value, &message, fix));
        }
    }
    findings
}

/// Dates after `latest` of rows that are used.
#[must_use]
pub fn future_dates(table: &RawTable, headers: &Headers, rows: &[CheckRow<'_>], latest: PartialDate) -> Vec<Finding> {
    let is_after = |date: &PartialDate| {
        let known = |date: &PartialDate| (date.year, date.month.unwrap_or(1), date.day.unwrap_or(1));
        known(date) > known(&latest)
    };
    rows.iter()
        .filter(|row| row.quantity_mg.is_some())
        .filter_map(|row| Some((row, row.date.filter(is_after)?)))
        .map(|(row, date)| {
            let message = format!("a date after {latest}");
            let value = date.to_string();
            table.finding(Warning, "I727", row.row_number, &headers.date, &value, &message, "correct the date")
        })
        .collect()
}
