//! The second half of the report: offices, displacement, scenarios, assumptions and limits.

use super::Findings;
use super::text::{GRAMS_PER_T, KG_PER_T, has_office, percent, table, with_figure};
use crate::bundle::Block;
use crate::scenario::Assumption;
use crate::siting::SitingStatus;

/// The plan and its returns curve.
pub(super) fn plan(findings: &Findings<'_>, figure: Option<Block>) -> Vec<Block> {
    let siting = &findings.plan.siting;
    let greedy = siting.greedy.as_ref().map_or_else(
        || "no greedy plan meets the limits".to_owned(),
        |greedy| {
            format!(
                "the greedy plan covers {:.2} t, {:.2} t less",
                greedy.objective as f64 / GRAMS_PER_T,
                (siting.objective - greedy.objective) as f64 / GRAMS_PER_T
            )
        },
    );
    let text = format!(
        "A crossing is covered when an office reaches one of its posts within {} h. Candidates are the {} official, open crossings \
         of the planning countries on the network that have no office yet. By weight the plan covers {:.1} t of {:.1} t; by count {} of {} crossings. The \
         plan is {}: proven bound {:.1} t; {greedy}.",
        findings.settings.coverage.response_radius_h,
        findings.plan.site_crossing_ixs.iter().filter(|ix| !has_office(findings, **ix)).count(),
        siting.objective as f64 / GRAMS_PER_T,
        siting.total_weight as f64 / GRAMS_PER_T,
        siting.covered_count,
        siting.total_count,
        if siting.status == SitingStatus::Optimal { "exact" } else { "the best found within the search limit" },
        siting.bound as f64 / GRAMS_PER_T,
    );
    let mut blocks = vec![
        Block::Text(text),
        table(
            "plan",
            15,
            &[
                "name",
                "border",
                "own_flow_kg_per_year",
                "covered_flow_kg_per_year",
                "marginal_flow_kg_per_year",
                "covered_crossing_count",
                "is_in_greedy_plan",
            ],
        ),
    ];
    blocks.extend(figure);
    blocks.push(table(
        "returns_curve",
        16,
        &[
            "new_office_count",
            "covered_flow_kg_per_year",
            "covered_flow_share",
            "bound_kg_per_year",
            "greedy_flow_kg_per_year",
            "status",
        ],
    ));
    blocks
}

/// Where the flow goes once the plan stands.
pub(super) fn displaced(findings: &Findings<'_>, figure: Option<Block>) -> Vec<Block> {
    let found = &findings.displacement;
    let index = found.balloon_index.map_or_else(|| "not defined".to_owned(), |index| format!("{index:.2}"));
    let text = format!(
        "With an office at work a consignment at a covered crossing is detected with a probability of {} at each staffed post, more \
         where both sides cooperate (assumptions). Traffickers then choose again. Net over all covered crossings flow changes by {:+.0} \
         t, over the others by {:+.0} t; a consignment counts at each crossing it passes. Balloon index {index}: gains over losses, \
         above 1 when routes come to pass more crossings.",
        percent(findings.settings.coverage.office_detection_probability),
        found.covered_change_kg_per_year / KG_PER_T,
        found.uncovered_change_kg_per_year / KG_PER_T
    );
    let mut blocks = with_figure(vec![Block::Text(text)], figure);
    blocks.push(table(
        "displacement",
        12,
        &["name", "border", "before_kg_per_year", "after_kg_per_year", "change_kg_per_year", "is_covered_by_plan"],
    ));
    blocks
}

/// The scenarios beside the baseline.
pub(super) fn scenarios(findings: &Findings<'_>, figure: Option<Block>) -> Vec<Block> {
    let mut blocks: Vec<Block> = vec![Block::Bullets(
        findings.scenarios.iter().map(|run| format!("{}. {}", run.patch.title, run.patch.note)).collect(),
    )];
    if !findings.failures.is_empty() {
        blocks.push(Block::Text(format!("Not run: {}.", findings.failures.join("; "))));
    }
    blocks.extend(figure);
    blocks.push(table("scenario_summary", 30, &[]));
    blocks
}

/// Which assumptions decide.
pub(super) fn assumptions(findings: &Findings<'_>) -> Vec<Block> {
    let verdict = |assumption: Assumption| {
        let worst = findings.sensitivity.iter().filter(|row| row.assumption == assumption).map(|row| row.verdict).max();
        worst.map(|verdict| format!("{}: {}", assumption.as_str(), verdict.as_str()))
    };
    vec![
        Block::Text(
            "Each assumption at its low and its high value, all else held. A result that an assumption overturns should be read with \
             that assumption beside it."
                .to_owned(),
        ),
        Block::Bullets(Assumption::ALL.iter().filter_map(|&assumption| verdict(assumption)).collect()),
        table("sensitivity", 12, &[
            "assumption",
            "baseline_value",
            "tried_value",
            "kept_top_10_crossing_count",
            "kept_plan_site_count",
            "verdict",
        ]),
    ]
}

/// What the report is not.
pub(super) fn limits(findings: &Findings<'_>) -> Vec<Block> {
    let flows = &findings.baseline.outcome.flows;
    let farthest = flows
        .iter()
        .flat_map(|flow| flow.origins.iter().chain(&flow.destinations))
        .map(|terminal| terminal.snap_distance_km)
        .fold(0.0, f64::max);
    vec![Block::Bullets(vec![
        "Seizures are not flow, and seizures alone cannot tell flow from detection: the levels of hazard hold only as far as the \
         modelled flow does. Hazard and flow are fed back once, not to a fixed point."
            .to_owned(),
        "The model of evaders is for stress-testing plans. It is not a forecast and knows nothing of any person or consignment."
            .to_owned(),
        "Road class, surface and season are not in the road data: travel times are estimated by a stated rule.".to_owned(),
        "Shares of gateways and of precursor entries, demand of small markets, consignment sizes and office effects are assumptions, \
         marked in the tables."
            .to_owned(),
        format!(
            "Origins and destinations are joined to the nearest node of the network, at most {farthest:.0} km away; that stretch is \
             not travelled in the model."
        ),
        format!(
            "{} input rows were set aside; they are listed in quarantine.csv with the reason.",
            findings.inputs.quarantine.len()
        ),
    ])]
}

/// Conduct, sources and licences.
pub(super) fn footer() -> Vec<String> {
    vec![
        "The boundaries and names shown and the designations used do not imply endorsement or acceptance by anyone; disputed lines \
         are drawn as disputed."
            .to_owned(),
        "Planning with public, aggregated data: no persons, no live positions.".to_owned(),
        "Roads: OpenStreetMap contributors, ODbL 1.0 (tables and map.geojson derived from them are under the same licence). Seizure \
         figures computed from UNODC Individual Drug Seizures 2011-2016: acknowledge UNODC, not for resale. See LICENCES.txt."
            .to_owned(),
    ]
}
