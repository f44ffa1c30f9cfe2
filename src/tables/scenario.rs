//! Tables of scenarios and assumptions.

use super::{Labels, Table};
use crate::scenario::{Effect, SensitivityRow};

/// Every measure of every scenario beside the baseline. `runs`: identifier, title and measures; the first is the
/// baseline.
#[must_use]
pub fn scenarios(runs: &[(String, String, Vec<Effect>)]) -> Table {
    let baseline: &[Effect] = runs.first().map_or(&[], |run| run.2.as_slice());
    let rows: Vec<_> = runs
        .iter()
        .skip(1)
        .flat_map(|(id, title, effects)| {
            effects.iter().zip(baseline).map(move |(effect, base)| (id, title, effect, base.value))
        })
        .collect();
    let all = || rows.iter();
    let change = |value: Option<f64>, base: Option<f64>| value.zip(base).map(|(value, base)| value - base);
    Table::new(
        "scenarios",
        "Scenarios compared with the baseline",
        "Hazard and calibration constants are held at the baseline's; each scenario changes only what its file says.",
    )
    .text("scenario_id", "Scenario", all().map(|row| row.0.as_str()))
    .text("title", "Title", all().map(|row| row.1.as_str()))
    .text("measure", "Measure with its unit", all().map(|row| row.2.measure.as_str()))
    .optional_real("value", "Value in the scenario", 5, all().map(|row| row.2.value))
    .optional_real("baseline_value", "Value in the baseline", 5, all().map(|row| row.3))
    .optional_real("change", "Difference", 5, all().map(|row| change(row.2.value, row.3)))
}

/// Measures in words.
const MEASURES: [(&str, &str); 15] = [
    ("opiates_flow_kg_per_year", "Opiate flow, t a year"),
    ("opiates_interdiction_probability", "Opiates: probability of interdiction"),
    ("opiates_mean_route_length_km", "Opiates: mean route, km"),
    ("first_crossing_irn_share", "First crossing Iran, of exports"),
    ("first_crossing_pak_share", "First crossing Pakistan, of exports"),
    ("first_crossing_tjk_share", "First crossing Tajikistan, of exports"),
    ("first_crossing_uzb_tkm_share", "First crossing Uzbekistan or Turkmenistan, of exports"),
    ("balkan_corridor_share", "Balkan route, of exports"),
    ("northern_corridor_share", "Northern route, of exports"),
    ("southern_corridor_share", "Southern route, of exports"),
    ("precursors_flow_kg_per_year", "Precursor flow, t a year"),
    ("precursors_interdiction_probability", "Precursors: probability of interdiction"),
    ("precursors_mean_route_length_km", "Precursors: mean route, km"),
    ("crossing_flow_covered_share", "Flow over covered crossings, all countries"),
    ("route_flow_met_share", "Opiate flow over borders that meets an office"),
];

/// The same for people: a row a measure, a column a run, each number with its unit.
#[must_use]
pub fn scenario_summary(runs: &[(String, String, Vec<Effect>)]) -> Table {
    let baseline: &[Effect] = runs.first().map_or(&[], |run| run.2.as_slice());
    let shown = |effect: &Effect| -> String {
        match effect.value {
            None => "not defined".to_owned(),
            Some(value) if effect.measure.ends_with("_share") || effect.measure.ends_with("_probability") => {
                format!("{:.1} %", 100.0 * value)
            }
            Some(value) if effect.measure.ends_with("_kg_per_year") => format!("{:.1} t", value / 1000.0),
            Some(value) => format!("{value:.0}"),
        }
    };
    let in_words = |effect: &Effect| -> String {
        let found = MEASURES.iter().find(|(measure, _)| *measure == effect.measure);
        found.map_or_else(|| effect.measure.replace('_', " "), |(_, words)| (*words).to_owned())
    };
    let table = Table::new(
        "scenario_summary",
        "Scenarios beside the baseline",
        "The numbers of the scenarios table with their units. Single runs, no interval.",
    )
    .text("measure", "What is compared", baseline.iter().map(in_words));
    runs.iter().fold(table, |table, (id, title, effects)| table.text(id, title, effects.iter().map(shown)))
}

/// Which assumptions decide.
#[must_use]
pub fn sensitivity(labels: &Labels<'_>, rows: &[SensitivityRow]) -> Table {
    let all = || rows.iter();
    Table::new(
        "sensitivity",
        "Which assumptions decide",
        "Each assumption at its low and high value, all else as in the baseline. Holds: at least 8 of the 10 highest crossings \
         and four fifths of the plan stay; shifts: at least half; overturned: less.",
    )
    .text("assumption", "Assumption", all().map(|row| row.assumption.as_str()))
    .optional_real("baseline_value", "Baseline value; empty = a rule", 3, all().map(|row| row.baseline_value))
    .real("tried_value", "Value tried", 3, all().map(|row| row.value))
    .integer("kept_top_10_crossing_count", "Of the ten highest crossings, still among them", all().map(|row| i64::from(row.kept_top_count)))
    .integer("kept_plan_site_count", "Of the planned crossings, still planned", all().map(|row| i64::from(row.kept_plan_count)))
    .text("verdict", "holds, shifts or overturned", all().map(|row| row.verdict.as_str()))
    .text("top_10_crossing_ids", "The ten highest", all().map(|row| labels.ids(&row.top_crossing_ixs)))
    .text("plan_crossing_ids", "The plan", all().map(|row| labels.ids(&row.plan_crossing_ixs)))
}
