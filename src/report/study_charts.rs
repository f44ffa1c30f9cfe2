//! The figures of a plan: its map, and how often each site is chosen.

use super::Findings;
use super::maps::{PLANNING, SOURCES, level_words, line_table, lines};
use crate::figures::{
    Basemap, Evidence, Figure, FigureError, FrequencyRow, Marker, MarkerKind, Words, corridor_map, frequency_chart,
};
use crate::records::Commodity;
use crate::scenario::{PlanStudy, frequency, top_crossings};
use crate::tables::Table;

/// The chosen pairs and the existing offices on the modelled opiate flow.
pub(super) fn plan_map(findings: &Findings<'_>, base: &Basemap) -> Result<Figure, FigureError> {
    let outcome = &findings.baseline.outcome;
    let id = "plan-map".to_owned();
    let Some(flow) = outcome.flows.iter().find(|flow| flow.commodity == Commodity::Opiates) else {
        return Err(FigureError::Empty { figure: id, reason: "no opiate flow".to_owned() });
    };
    let crossing = |ix: u32| &outcome.crossings[ix as usize];
    let marker = |ix: u32, kind: MarkerKind, label: Option<String>| Marker {
        position: crossing(ix).position,
        label,
        kind,
        size_value: None,
        evidence: Evidence::OwnRecords,
    };
    let mut markers: Vec<Marker> = (findings.plan.crossing_ixs.iter())
        .map(|&ix| marker(ix, MarkerKind::OfficePlanned, Some(crossing(ix).name.clone())))
        .collect();
    let mut existing: Vec<u32> = outcome.offices.iter().map(|office| office.crossing_ix).collect();
    existing.dedup();
    markers.extend(existing.iter().map(|&ix| marker(ix, MarkerKind::OfficeExisting, None)));
    let top = top_crossings(findings.world, findings.settings, &outcome.weight_kg_per_year);
    let others = top.iter().filter(|ix| !findings.plan.crossing_ixs.contains(ix) && !existing.contains(ix));
    markers.extend(others.map(|&ix| Marker {
        size_value: Some(outcome.weight_kg_per_year[ix as usize]),
        ..marker(
            ix,
            if crossing(ix).is_official() { MarkerKind::Crossing } else { MarkerKind::CrossingUnofficial },
            Some(crossing(ix).name.clone()),
        )
    }));
    let (year, count) = (findings.settings.baseline_year, findings.plan.crossing_ixs.len());
    let words = Words {
        id,
        title: format!("The plan: {count} new pairs of offices"),
        subtitle: format!(
            "On modelled opiate flow of {year}, kg of heroin equivalent a year; circles: the crossings among the ten with most weighted \
             flow that have no office in the plan"
        ),
        caption: format!(
            "The {count} crossings where paired offices would cover most weighted flow (opiates, and precursors by the heroin they can \
             make), beside the offices known to be at work. Modelled flow; seizures are not flow."
        ),
        alt: "Map of the planned pairs of offices, the existing ones and the modelled opiate flow.".to_owned(),
        source: SOURCES.to_owned(),
        level: level_words(findings, Commodity::Opiates),
    };
    let data = line_table(findings, flow, "plan_map");
    corridor_map(base, &PLANNING, &lines(findings, flow), &markers, &words, &data)
}

/// How often each site is in the best plan of a draw, and among the near-optimal plans.
pub(super) fn site_frequency(findings: &Findings<'_>, study: &PlanStudy, sites: &Table) -> Result<Figure, FigureError> {
    let n = study.draws.draws.len() as u32;
    let mut rows: Vec<(u32, u64, FrequencyRow)> = (study.values.iter())
        .map(|value| {
            let site = value.site as usize;
            let (drawn, near) = (study.draws.count_of_site[site], study.near.count_of_site[site]);
            let ix = study.problem.site_crossing_ixs[site] as usize;
            let percent = |share: f64| 100.0 * share;
            let row = FrequencyRow {
                label: findings.inputs.crossings[ix].name.clone(),
                is_chosen: value.is_chosen,
                draw_percent: frequency(drawn, n)
                    .map(|found| [percent(found.share), percent(found.low), percent(found.high)]),
                near_percent: (study.near.plan_count > 0).then(|| percent(near as f64 / study.near.plan_count as f64)),
            };
            (drawn, near, row)
        })
        .filter(|(drawn, near, row)| row.is_chosen || *drawn > 0 || *near > 0)
        .collect();
    rows.sort_by(|a, b| b.0.cmp(&a.0).then(b.1.cmp(&a.1)).then_with(|| a.2.label.cmp(&b.2.label)));
    let rows: Vec<FrequencyRow> = rows.into_iter().map(|(_, _, row)| row).collect();
    let words = Words {
        id: "site-frequency".to_owned(),
        title: "How sure each site is".to_owned(),
        subtitle: format!(
            "Share of {n} draws of the hazards whose best plan has the site, and share of the {}{} plans that cover at most {} % less than \
             the best; modelled flow of {}",
            if study.near.is_complete { "" } else { "at least " },
            study.near.plan_count,
            study.params.within_percent,
            findings.settings.baseline_year
        ),
        caption: "Draws take each segment's rate from its gamma posterior and assign flow again; they do not hold the doubt about demand, \
                  gateways or the model itself. The interval is that of a finite number of draws (Wilson). Near-optimal plans have no \
                  idle office. Sites that no draw and no such plan has are left out."
            .to_owned(),
        alt: "Dot plot of how often each crossing is chosen under draws of the hazards and among near-optimal plans.".to_owned(),
        source: "Model on the tables of this bundle; plan_sites table.".to_owned(),
        level: level_words(findings, Commodity::Opiates),
    };
    frequency_chart(&rows, &words, sites)
}
