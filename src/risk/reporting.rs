//! How much of a country's seizures the records hold.

use super::{Evidence, RiskParams, Segments};
use crate::records::{Commodity, Conversion, Iso3, Seizure};
use std::collections::BTreeMap;

/// Level of one country's records.
#[derive(Clone, Debug)]
pub struct CountryLevel {
    /// Country.
    pub country: Iso3,
    /// Years it reported, each weighted by that year's activity relative to the baseline year.
    pub activity_years: f64,
    /// Years it reported.
    pub reported_years: Vec<i32>,
    /// Cases recorded.
    pub case_count: u32,
    /// Cases placed in a province of the boundary layer.
    pub placed_case_count: u32,
    /// Quantity recorded in the years that also have a national total, kg heroin equivalent.
    pub recorded_kg: f64,
    /// National total of those years, kg heroin equivalent; none = not available.
    pub national_kg: Option<f64>,
}

impl CountryLevel {
    /// National total over recorded quantity, at least 1; 1 where no total is available.
    #[must_use]
    pub fn factor(&self) -> f64 {
        match self.national_kg {
            Some(national_kg) if self.recorded_kg > 0.0 => (national_kg / self.recorded_kg).max(1.0),
            _ => 1.0,
        }
    }

    /// Placed over recorded cases; none without cases.
    #[must_use]
    pub fn placed_share(&self) -> Option<f64> {
        (self.placed_case_count > 0).then(|| f64::from(self.placed_case_count) / f64::from(self.case_count))
    }
}

/// Quantity in kg heroin equivalent (opiates) or kg (precursors).
#[must_use]
pub fn heroin_equivalent_kg(seizure: &Seizure, conversions: &[Conversion]) -> f64 {
    seizure.quantity.kg() * factor_to_heroin(&seizure.drug, conversions)
}

/// The drugs of a commodity whose cases and quantities are counted: poppy straw, other opiates and chemicals that the
/// record does not specify are kept apart.
#[must_use]
pub const fn counted_drugs(commodity: Commodity) -> &'static [&'static str] {
    match commodity {
        Commodity::Opiates => &["opium", "morphine", "heroin"],
        Commodity::Precursors => &["acetic_anhydride"],
    }
}

/// Kilograms of heroin for each kilogram of `drug`; 1 where the table has no row.
fn factor_to_heroin(drug: &str, conversions: &[Conversion]) -> f64 {
    conversions
        .iter()
        .find(|row| row.from_item == drug && row.to_item == "heroin equivalent")
        .map_or(1.0, |row| row.factor)
}

/// One level a country that reported any record of the commodity.
pub(super) fn country_levels(
    commodity: Commodity,
    seizures: &[&Seizure],
    segments: &Segments,
    evidence: &Evidence<'_>,
    params: &RiskParams,
) -> Vec<CountryLevel> {
    let mut years: BTreeMap<Iso3, Vec<i32>> = BTreeMap::new();
    for row in evidence.reportings {
        let wanted = (params.first_record_year..=params.last_record_year).contains(&row.year);
        if row.is_reported && wanted && row.commodity == commodity {
            years.entry(row.country).or_default().push(row.year);
        }
    }
    years
        .into_iter()
        .map(|(country, mut reported_years)| {
            reported_years.sort_unstable();
            reported_years.dedup();
            let own = || seizures.iter().filter(move |seizure| seizure.country == country);
            let placed = |seizure: &&&Seizure| segments.of_seizure(seizure).is_some();
            let (recorded_kg, national_kg) = national(commodity, country, &reported_years, seizures, evidence);
            CountryLevel {
                country,
                activity_years: reported_years
                    .iter()
                    .map(|year| evidence.activity_of_year.get(year).unwrap_or(&1.0))
                    .sum(),
                reported_years,
                case_count: own().map(|seizure| seizure.case_count).sum(),
                placed_case_count: own().filter(placed).map(|seizure| seizure.case_count).sum(),
                recorded_kg,
                national_kg,
            }
        })
        .collect()
}

/// Recorded and national quantity over the years and drugs for which both are known.
fn national(
    commodity: Commodity,
    country: Iso3,
    years: &[i32],
    seizures: &[&Seizure],
    evidence: &Evidence<'_>,
) -> (f64, Option<f64>) {
    let drugs = counted_drugs(commodity);
    let (mut recorded_kg, mut national_kg) = (0.0, None);
    for &year in years {
        for drug in drugs {
            let total = evidence
                .totals
                .iter()
                .find(|row| row.country == country && row.year == year && row.drug == *drug)
                .and_then(|row| row.quantity);
            let Some(total) = total else { continue };
            *national_kg.get_or_insert(0.0) += total.kg() * factor_to_heroin(drug, evidence.conversions);
            recorded_kg += seizures
                .iter()
                .filter(|s| s.country == country && s.year == year && s.drug == *drug)
                .map(|seizure| heroin_equivalent_kg(seizure, evidence.conversions))
                .sum::<f64>();
        }
    }
    (recorded_kg, national_kg)
}
