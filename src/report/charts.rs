//! The charts: ranking, shares, seizures over time, returns curve, scenarios.

use super::Findings;
use super::maps::level_words;
use crate::figures::{
    ComparisonRow, CurvePoint, Evidence, Figure, FigureError, RankedBar, Series, ShareRow, Words, comparison_chart,
    curve_chart, ranking_chart, shares_chart, time_series_chart,
};
use crate::records::Commodity;
use crate::tables::{self, Table, Values};

const KG_PER_T: f64 = 1000.0;
const GRAMS_PER_T: f64 = 1e6;

/// The twenty highest crossings of the planning countries, with the range over the sensitivity runs.
pub(super) fn ranking(findings: &Findings<'_>) -> Result<Figure, FigureError> {
    let outcome = &findings.baseline.outcome;
    let mut ixs: Vec<usize> = (0..outcome.crossings.len())
        .filter(|&ix| findings.world.is_planned(&outcome.crossings[ix], &findings.settings.candidates))
        .filter(|&ix| outcome.weight_kg_per_year[ix] > 0.0)
        .collect();
    let weight = |ix: usize| outcome.weight_kg_per_year[ix];
    ixs.sort_by(|&a, &b| weight(b).total_cmp(&weight(a)).then(a.cmp(&b)));
    ixs.truncate(20);
    let range = |ix: usize, pick: fn(f64, f64) -> f64| {
        findings.sensitivity.iter().map(|row| row.weight_kg_per_year[ix]).fold(weight(ix), pick)
    };
    let rows: Vec<RankedBar> = ixs
        .iter()
        .map(|&ix| {
            let crossing = &outcome.crossings[ix];
            RankedBar {
                label: crossing.name.clone(),
                value: weight(ix) / KG_PER_T,
                low: range(ix, f64::min) / KG_PER_T,
                high: range(ix, f64::max) / KG_PER_T,
                evidence: if findings.baseline.risks[0].is_inherited[ix] {
                    Evidence::Inherited
                } else {
                    Evidence::OwnRecords
                },
                group: format!("{}-{}", crossing.countries[0], crossing.countries[1]),
            }
        })
        .collect();
    let data = Table::new("crossing_ranking", "Crossings by modelled flow", "Range over the sensitivity runs.")
        .text("crossing_id", "Crossing", ixs.iter().map(|&ix| outcome.crossings[ix].id.as_str()))
        .text("name", "Name", rows.iter().map(|row| row.label.as_str()))
        .real("weighted_flow_t_per_year", "Modelled flow", 4, rows.iter().map(|row| row.value))
        .real("low_t_per_year", "Lowest over the sensitivity runs", 4, rows.iter().map(|row| row.low))
        .real("high_t_per_year", "Highest over the sensitivity runs", 4, rows.iter().map(|row| row.high));
    let year = findings.settings.baseline_year;
    let words = Words {
        id: "crossing-ranking".to_owned(),
        title: "Crossings that carry most".to_owned(),
        subtitle: format!(
            "Modelled flow {year}, t of heroin equivalent a year: opiates, and precursors by the heroin they can make. \
             Whiskers: lowest and highest over {} sensitivity runs",
            findings.sensitivity.len()
        ),
        caption: "The twenty crossings of the planning countries with most modelled flow. The range shows how far the stated \
                  assumptions move it; it is not a confidence interval. Seizures are not flow."
            .to_owned(),
        alt: "Ranking of border crossings by modelled flow with ranges.".to_owned(),
        source: "Model on the tables of this bundle; crossings table.".to_owned(),
        level: level_words(findings, Commodity::Opiates),
    };
    ranking_chart(&rows, "t of heroin equivalent a year", &words, &data)
}

/// Published shares of flow beside the modelled ones.
pub(super) fn shares(findings: &Findings<'_>) -> Result<Figure, FigureError> {
    let opiates = findings.baseline.outcome.flows.iter().find(|flow| flow.commodity == Commodity::Opiates);
    let Some(flow) = opiates else {
        return Err(FigureError::Empty { figure: "flow-shares".to_owned(), reason: "no opiate flow".to_owned() });
    };
    let table = tables::shares(&findings.inputs.route_shares, flow, &findings.settings.flow);
    let column = |name: &str| table.columns.iter().find(|column| column.name == name).map(|column| &column.values);
    let real = |name: &str, row: usize| match column(name) {
        Some(Values::Real(values)) => values[row],
        _ => None,
    };
    let rows: Vec<ShareRow> = findings
        .inputs
        .route_shares
        .iter()
        .enumerate()
        .filter(|(row, share)| {
            share.quantity == "flow" && share.used_for != "comparison" && real("calibrated_percent", *row).is_some()
        })
        .map(|(row, share)| ShareRow {
            member: member_name(&share.member).to_owned(),
            group: match share.kind.as_str() {
                "first_crossing" => "First country after Afghanistan".to_owned(),
                _ => "Corridor".to_owned(),
            },
            published_percent: share.share_percent,
            published_year: share.year,
            uncalibrated_percent: real("uncalibrated_percent", row),
            calibrated_percent: real("calibrated_percent", row),
            used_for: share.used_for.clone(),
        })
        .collect();
    let words = Words {
        id: "flow-shares".to_owned(),
        title: "Modelled against published shares of opiate flow".to_owned(),
        subtitle: format!(
            "Model for {}, before and after calibration; {} free parameters",
            findings.settings.baseline_year,
            findings.settings.flow.exit_groups.len().saturating_sub(1)
        ),
        caption: "Published shares of flow, with their year, beside the model before and after calibration. Shares marked \
                  calibration are met by construction (published shares that do not sum to 100 are scaled); those marked \
                  validation were not used in the fit."
            .to_owned(),
        alt: "Published and modelled shares of opiate flow by first country and corridor.".to_owned(),
        source: "Published shares: sources named in the shares table.".to_owned(),
        level: level_words(findings, Commodity::Opiates),
    };
    shares_chart(&rows, &words, &table)
}

/// A share's member in words.
pub(super) fn member_name(member: &str) -> &str {
    match member {
        "IRN" => "Iran",
        "PAK" => "Pakistan",
        "TJK" => "Tajikistan",
        "UZB_TKM" => "Uzbekistan and Turkmenistan",
        "CENTRAL_ASIA" => "Central Asia",
        "BALKAN" => "Balkan route",
        "NORTHERN" => "Northern route",
        "SOUTHERN" => "Southern route",
        "LOCAL" => "Iran and Pakistan themselves",
        other => other,
    }
}

/// Countries shown in the seizure chart: the Triangular Initiative and the neighbours that reported.
const SHOWN: [(&str, &str); 8] = [
    ("AFG", "Afghanistan"),
    ("PAK", "Pakistan"),
    ("IRN", "Iran"),
    ("UZB", "Uzbekistan"),
    ("TJK", "Tajikistan"),
    ("TKM", "Turkmenistan"),
    ("KAZ", "Kazakhstan"),
    ("TUR", "Turkey"),
];

/// Seizures over time by country, as recorded.
pub(super) fn seizures(table: &Table) -> Result<Figure, FigureError> {
    let text = |name: &str| match table.columns.iter().find(|column| column.name == name).map(|column| &column.values) {
        Some(Values::Text(values)) => values.clone(),
        _ => Vec::new(),
    };
    let years = match table.columns.iter().find(|column| column.name == "year").map(|column| &column.values) {
        Some(Values::Integer(values)) => values.clone(),
        _ => Vec::new(),
    };
    let kg = match table.columns.iter().find(|c| c.name == "seized_heroin_equivalent_kg").map(|c| &c.values) {
        Some(Values::Real(values)) => values.clone(),
        _ => Vec::new(),
    };
    let countries = text("iso3");
    let series: Vec<Series> = SHOWN
        .iter()
        .filter(|(code, _)| countries.iter().any(|country| country.as_deref() == Some(code)))
        .map(|(code, name)| Series {
            name: (*name).to_owned(),
            points: (0..countries.len())
                .filter(|&row| countries[row].as_deref() == Some(code))
                .filter_map(|row| Some((i32::try_from(years[row]?).ok()?, kg.get(row).copied().flatten())))
                .collect(),
        })
        .collect();
    let words = Words {
        id: "seizures-over-time".to_owned(),
        title: "Opiate seizures as recorded, by country".to_owned(),
        subtitle: "Individual seizures of opium, morphine and heroin reported to UNODC, kg of heroin equivalent a year".to_owned(),
        caption: "Level 1: quantities as recorded. A missing year was not reported; it is not zero, and a reported year need not \
                  be complete. Seizures are not flow."
            .to_owned(),
        alt: "Small multiples of recorded opiate seizures by country and year.".to_owned(),
        source: "UNODC Individual Drug Seizures 2011-2016.".to_owned(),
        level: "level 1: as reported".to_owned(),
    };
    time_series_chart(&series, "kg of heroin equivalent", &words, table)
}

/// Covered flow by number of new offices.
pub(super) fn returns_curve(findings: &Findings<'_>, table: &Table) -> Result<Figure, FigureError> {
    let t = |weight_g: i64| weight_g as f64 / GRAMS_PER_T;
    let points: Vec<CurvePoint> = findings
        .plan
        .siting
        .curve
        .iter()
        .filter_map(|point| {
            Some(CurvePoint {
                x: i64::from(point.new_office_count),
                value: t(point.objective?),
                bound: t(point.bound?),
                greedy: point.greedy_objective.map(t),
            })
        })
        .collect();
    let words = Words {
        id: "returns-curve".to_owned(),
        title: "What each further pair of offices adds".to_owned(),
        subtitle: format!(
            "Weighted flow over covered crossings of the planning countries, {}; response within {} h",
            findings.settings.baseline_year, findings.settings.coverage.response_radius_h
        ),
        caption: "Exact maximal covering (Church and ReVelle 1974) for each number of new paired offices beside the existing ones, \
                  with the proven bound and the greedy plan; where the greedy plan covers as much, its sign is hidden behind the other."
            .to_owned(),
        alt: "Curve of covered flow against the number of new offices.".to_owned(),
        source: "Model on the tables of this bundle; returns_curve table.".to_owned(),
        level: level_words(findings, Commodity::Opiates),
    };
    curve_chart(&points, "new paired offices", "covered flow, t of heroin equivalent a year", &words, table)
}

/// Measures shown in the scenario chart.
const MEASURES: [(&str, &str); 5] = [
    ("opiates_flow_kg_per_year", "Opiate flow, t a year"),
    ("opiates_interdiction_probability", "Opiates: chance of interdiction, %"),
    ("opiates_mean_route_length_km", "Mean opiate route, km"),
    ("first_crossing_irn_share", "First crossing Iran, % of exports"),
    ("route_flow_met_share", "Flow that meets an office, %"),
];

/// Scenarios beside the baseline.
pub(super) fn scenarios(findings: &Findings<'_>, table: &Table) -> Result<Figure, FigureError> {
    let scaled = |measure: &str, value: f64| match measure {
        _ if measure.ends_with("_share") || measure.ends_with("_probability") => 100.0 * value,
        _ if measure.ends_with("_kg_per_year") => value / KG_PER_T,
        _ => value,
    };
    let mut rows = Vec::new();
    for run in &findings.scenarios {
        for (effect, base) in run.effects.iter().zip(&findings.baseline_effects) {
            let Some((_, name)) = MEASURES.iter().find(|(measure, _)| *measure == effect.measure) else { continue };
            let (Some(value), Some(baseline)) = (effect.value, base.value) else { continue };
            rows.push(ComparisonRow {
                scenario: run.patch.title.clone(),
                measure: (*name).to_owned(),
                // equal but for rounding = equal
                value: scaled(
                    &effect.measure,
                    if (value - baseline).abs() <= 1e-9 * baseline.abs() { baseline } else { value },
                ),
                baseline: scaled(&effect.measure, baseline),
                low: None,
                high: None,
            });
        }
    }
    let words = Words {
        id: "scenario-comparison".to_owned(),
        title: "Scenarios against the baseline".to_owned(),
        subtitle: format!("Modelled opiate flow, baseline {}", findings.settings.baseline_year),
        caption: "Each scenario changes only what its file says; hazard and calibration constants are the baseline's. No interval \
                  is given: the runs are single, not an ensemble."
            .to_owned(),
        alt: "Measures of each scenario beside the baseline.".to_owned(),
        source: "Model on the tables of this bundle; scenarios table.".to_owned(),
        level: level_words(findings, Commodity::Opiates),
    };
    comparison_chart(&rows, &words, table)
}
