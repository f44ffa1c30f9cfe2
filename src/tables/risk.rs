//! Tables of hazard.

use super::Table;
use crate::risk::Risk;

/// Hazard by segment and commodity, levels 1 to 3 side by side.
#[must_use]
pub fn segments(risks: &[Risk]) -> Table {
    let rows: Vec<_> = risks.iter().flat_map(|risk| risk.segments.iter().map(move |segment| (risk, segment))).collect();
    let all = || rows.iter();
    Table::new(
        "segments",
        "Hazard of interdiction by segment",
        "Rates are interdictions per 1000 consignment-km of modelled flow. Level 1: as reported. Level 2: Poisson rate with \
         exact interval. Level 3: pooled within the country (gamma-Poisson), credible interval. Empty = not reported or not \
         estimated, never zero. Seizures are not flow: levels 2 and 3 hold only as far as the modelled flow does.",
    )
    .text("commodity", "Commodity", all().map(|row| row.0.commodity.as_str()))
    .text("iso3", "Country", all().map(|row| row.1.country.as_str()))
    .optional_text("adm1", "Province; empty = outside the province layer", all().map(|row| row.1.adm1.clone()))
    .optional_integer("seizure_case_count", "Level 1: cases", all().map(|row| row.1.case_count.map(i64::from)))
    .optional_real("seized_kg", "Level 1: quantity, heroin equivalent for opiates", 3, all().map(|row| row.1.quantity_kg))
    .real("exposure_consignment_km", "Modelled, a year", 0, all().map(|row| row.1.exposure_consignment_km))
    .optional_real("seizure_rate_level_2_per_1000_km", "Rate", 5, all().map(|row| row.1.rate.map(|rate| rate.estimate)))
    .optional_real("seizure_rate_level_2_low_per_1000_km", "Lower end", 5, all().map(|row| row.1.rate.map(|rate| rate.low)))
    .optional_real("seizure_rate_level_2_high_per_1000_km", "Upper end", 5, all().map(|row| row.1.rate.map(|rate| rate.high)))
    .real("seizure_rate_per_1000_km", "Rate used: level 3 or its stand-in", 5, all().map(|row| row.1.pooled_rate.estimate))
    .real("seizure_rate_low_per_1000_km", "Lower end", 5, all().map(|row| row.1.pooled_rate.low))
    .real("seizure_rate_high_per_1000_km", "Upper end", 5, all().map(|row| row.1.pooled_rate.high))
    .text("basis", "Where the rate used comes from", all().map(|row| row.1.basis.as_str()))
}

/// How much of each country's seizures the records hold.
#[must_use]
pub fn country_levels(risks: &[Risk]) -> Table {
    let mut rows: Vec<_> =
        risks.iter().flat_map(|risk| risk.countries.iter().map(move |level| (risk, level))).collect();
    rows.sort_by_key(|row| (row.0.commodity, std::cmp::Reverse(row.1.case_count), row.1.country));
    let all = || rows.iter();
    Table::new(
        "country_levels",
        "Records against national totals",
        "Level factor = national total over recorded quantity in the years and drugs where both are known, at least 1; 1 where \
         no national total was found. Opiates: opium, morphine and heroin; precursors: acetic anhydride only.",
    )
    .text("commodity", "Commodity", all().map(|row| row.0.commodity.as_str()))
    .text("iso3", "Country", all().map(|row| row.1.country.as_str()))
    .text("reported_years", "Years with any record", all().map(|row| {
        row.1.reported_years.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    }))
    .integer("seizure_case_count", "Cases", all().map(|row| i64::from(row.1.case_count)))
    .integer("placed_seizure_case_count", "Cases placed in a province of the boundary layer", all().map(|row| i64::from(row.1.placed_case_count)))
    .optional_real("recorded_seized_kg", "Recorded in years with a national total, heroin equivalent", 1, all().map(|row| row.1.national_kg.map(|_| row.1.recorded_kg)))
    .optional_real("national_seized_kg", "National total of those years; empty = not available", 1, all().map(|row| row.1.national_kg))
    .real("level_factor", "Applied to the exposure", 3, all().map(|row| row.1.factor()))
}
