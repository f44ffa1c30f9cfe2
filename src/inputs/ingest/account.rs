//! What became of the rows, in numbers.

use super::{Ingested, PositionNotUsed};
use crate::inputs::finding::Finding;
use crate::inputs::problem::Severity;
use crate::inputs::vocabulary::Field;
use crate::records::Precision;
use serde::Serialize;
use std::collections::BTreeMap;

/// A text that stayed at country precision.
#[derive(Clone, Debug, Serialize)]
pub struct Unplaced {
    /// Country.
    pub iso3: String,
    /// The division as written.
    pub division: String,
    /// The place as written.
    pub place: String,
    /// Why.
    pub reason: String,
    /// Rows that say so.
    pub rows: usize,
    /// What it may mean: name, province and score.
    pub candidates: Vec<String>,
}

/// The numbers of an ingest.
#[derive(Clone, Debug, Serialize)]
pub struct Account {
    /// Rows of the files.
    pub rows_in: usize,
    /// Rows that became records.
    pub rows_used: usize,
    /// Rows set aside.
    pub rows_quarantined: usize,
    /// Rows left out by rule.
    pub rows_excluded: usize,
    /// Used rows by precision.
    pub by_precision: BTreeMap<&'static str, usize>,
    /// Rows set aside or left out, by the first rule they break.
    pub by_rule: BTreeMap<String, usize>,
    /// Used rows by how their place was matched.
    pub by_match: BTreeMap<String, usize>,
    /// Used rows at country precision, by reason.
    pub country_precision_by_reason: BTreeMap<String, usize>,
    /// Used rows whose position is not used, by rule.
    pub positions_not_used: BTreeMap<&'static str, usize>,
    /// Used rows and milligrams by drug group.
    pub by_group: BTreeMap<String, GroupSum>,
    /// Quantities changed by more than a microgram when rounded to the milligram.
    pub quantities_rounded: usize,
    /// Rows that repeat an earlier row of their file cell by cell (used: nothing tells a repeated seizure from a repeated
    /// record).
    pub identical_rows: usize,
    /// Distinct places, by country, division and text.
    pub distinct_places: usize,
}

/// Rows and milligrams.
#[derive(Clone, Debug, Default, Serialize)]
pub struct GroupSum {
    /// Used rows.
    pub rows: usize,
    /// Their sum, in whole milligrams.
    pub quantity_mg: i128,
}

/// Rows set aside or left out, by the first rule that each breaks.
#[must_use]
pub fn by_rule(ingested: &Ingested) -> BTreeMap<String, usize> {
    let mut counts = ingested.excluded.clone();
    let mut last = None;
    for finding in &ingested.quarantine {
        let here = Some((&finding.source, &finding.sheet, finding.row));
        if here != last || finding.row.is_none() {
            *counts.entry(finding.rule.to_owned()).or_insert(0) += 1;
        }
        last = here;
    }
    counts
}

impl Ingested {
    /// The numbers.
    #[must_use]
    pub fn account(&self) -> Account {
        let mut by_precision: BTreeMap<&'static str, usize> = Precision::ALL.iter().map(|p| (p.as_str(), 0)).collect();
        let (mut by_match, mut by_reason, mut by_group) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for row in &self.rows {
            let place = &self.places[row.place_ix as usize].placement;
            let precision = if row.position.is_some() { Precision::Point } else { place.precision };
            *by_precision.entry(precision.as_str()).or_insert(0) += 1;
            if row.position.is_some() {
                *by_match.entry("position given".to_owned()).or_insert(0) += 1;
            } else if place.precision == Precision::Country {
                *by_reason.entry(place.reason.clone()).or_insert(0) += 1;
            } else {
                *by_match.entry(place.how.to_owned()).or_insert(0) += 1;
            }
            let group: &mut GroupSum = by_group.entry(self.drugs[usize::from(row.drug_ix)].group.clone()).or_default();
            group.rows += 1;
            group.quantity_mg += i128::from(row.quantity_mg);
        }
        let mut positions_not_used = BTreeMap::new();
        for one in &self.positions_not_used {
            *positions_not_used.entry(one.rule).or_insert(0) += 1;
        }
        Account {
            rows_in: self.rows_in,
            rows_used: self.rows.len(),
            rows_quarantined: self.rows_quarantined,
            rows_excluded: self.excluded.values().sum(),
            by_precision,
            by_rule: by_rule(self),
            by_match,
            country_precision_by_reason: by_reason,
            positions_not_used,
            by_group,
            quantities_rounded: self.rounded_count,
            identical_rows: self.identical_count,
            distinct_places: self.places.iter().filter(|place| place.by_position.is_none()).count(),
        }
    }

    /// The first `count` positions that are not used, as findings.
    #[must_use]
    pub fn position_findings(&self, count: usize) -> Vec<Finding> {
        let finding = |one: &PositionNotUsed| {
            let row = self.rows.get(one.row_ix)?;
            let (table, map) = (self.tables.get(row.table_ix as usize)?, self.maps.get(row.table_ix as usize)?);
            let value = format!("{}, {}", one.position.lon, one.position.lat);
            let (number, header) = (table.row_number(row.row_ix as usize), map.header(Field::Lon));
            Some(table.finding(Severity::Warning, one.rule, number, header, &value, &one.message, one.fix))
        };
        self.positions_not_used.iter().take(count).filter_map(finding).collect()
    }

    /// Texts at country precision that say something, and records whose position alone would say where but is not used;
    /// most frequent first.
    #[must_use]
    pub fn unplaced(&self) -> Vec<Unplaced> {
        let says = |place: &&super::PlacedText| {
            place.placement.precision == Precision::Country
                && place.row_count > 0
                && !["place_blank", "place_not_said"].contains(&place.placement.reason.as_str())
        };
        let mut found: Vec<Unplaced> = self
            .places
            .iter()
            .filter(says)
            .map(|place| Unplaced {
                iso3: place.country.to_string(),
                division: place.division.clone(),
                place: place.place.clone(),
                reason: place.placement.reason.clone(),
                rows: place.row_count,
                candidates: place
                    .placement
                    .candidates
                    .iter()
                    .map(|candidate| format!("{} ({}) {:.2}", candidate.name, candidate.adm1, candidate.score))
                    .collect(),
            })
            .collect();
        found.sort_by(|a, b| (b.rows, &a.iso3, &a.division, &a.place).cmp(&(a.rows, &b.iso3, &b.division, &b.place)));
        found
    }
}
