//! The bundle of `corridor plan`: tables, figures and words about one plan.

use super::planning::{displaced, footer, limits, plan as plan_blocks};
use super::text::{GRAMS_PER_T, list, names, only_known, percent, table};
use super::{Drawing, Findings, charts, draw, layers, maps, quarantine, record, study_charts, study_views};
use crate::bundle::{Block, Contents, FigureFile, Profile, Report, Section};
use crate::figures::FigureError;
use crate::scenario::PlanStudy;
use crate::siting::weight_g_per_year;
use crate::tables::{self, Labels, Table};

pub(super) const TITLE: &str = "Where new pairs of Border Liaison Offices would cover most, seen from all sides";

/// Everything the bundle of a plan says.
///
/// # Errors
/// When a figure cannot be drawn.
pub fn plan_contents(
    findings: &Findings<'_>,
    study: &PlanStudy,
    profile: Profile,
    drawing: Drawing,
    config_toml: String,
) -> Result<Contents, FigureError> {
    let tables = tables_of(findings, study);
    let figures = match drawing {
        Drawing::Figures => figures_of(findings, study, &tables)?,
        Drawing::TablesOnly => Vec::new(),
    };
    let mut run = record(findings, profile, &config_toml);
    run.notes.extend(notices(findings).into_iter().zip(1..).map(|(text, n)| (format!("notice_{n}"), text)));
    Ok(Contents {
        title: TITLE.to_owned(),
        figures: figures.clone(),
        report: report(findings, study, &tables, &figures),
        features: layers::features(findings, profile),
        quarantine: quarantine(findings.inputs),
        licences: findings.inputs.licences.clone(),
        run,
        extra_text_files: vec![("effective.toml".to_owned(), config_toml)],
        tables,
    })
}

fn tables_of(findings: &Findings<'_>, study: &PlanStudy) -> Vec<Table> {
    let Findings { inputs, plan, baseline, .. } = findings;
    let labels = Labels { crossings: &inputs.crossings };
    vec![
        tables::plan(&labels, plan, &baseline.outcome),
        tables::returns_curve(&labels, plan),
        tables::plan_sites(&labels, study, plan, &baseline.outcome),
        tables::near_optimal_plans(&labels, study, plan),
        tables::rollout(&labels, study),
        tables::plan_draws(&labels, study, &plan.siting.sites),
        tables::plan_regret(&labels, study),
        tables::plan_equity(&labels, study),
        tables::plan_frontier(&labels, study),
        tables::cooperation(&labels, &study.cooperation),
        tables::coalitions(&study.cooperation),
        tables::shapley(&study.cooperation),
        tables::displacement(&labels, &findings.displacement),
        tables::displacement_by_country(&labels, &findings.displacement),
        tables::offices(&labels, &baseline.outcome),
        tables::sources(&inputs.sources),
    ]
}

fn figures_of(findings: &Findings<'_>, study: &PlanStudy, tables: &[Table]) -> Result<Vec<FigureFile>, FigureError> {
    let base = maps::basemap(findings);
    let table = |name: &str| tables.iter().find(|table| table.name == name).cloned().unwrap_or_default();
    draw(vec![
        Box::new(|| study_charts::plan_map(findings, &base)),
        Box::new(|| charts::returns_curve(findings, &table("returns_curve"))),
        Box::new(|| study_charts::site_frequency(findings, study, &table("plan_sites"))),
        Box::new(|| maps::displacement(findings, &base, &table("displacement"))),
    ])
}

/// What an odd setting led to, each with its code.
fn notices(findings: &Findings<'_>) -> Vec<String> {
    let siting = &findings.plan.siting;
    let asked = findings.settings.siting.new_office_count;
    let open = findings.plan.site_crossing_ixs.iter().filter(|ix| !super::text::has_office(findings, **ix)).count();
    let mut notices = Vec::new();
    if asked as usize > open {
        notices.push(format!(
            "S101: siting.new_office_count is {asked}, more than the {open} crossings that may get a pair of offices: the plan takes what helps"
        ));
    }
    if asked == 0 {
        notices.push("S102: siting.new_office_count is 0: the plan has no new office".to_owned());
    }
    if siting.total_weight == 0 {
        notices.push(
            "S103: no weighted flow passes a crossing of the planning countries: every plan covers nothing".to_owned(),
        );
    }
    let lost: i64 = siting.out_of_reach.iter().map(|&demand| weight_of(findings, demand)).sum();
    if lost > 0 {
        notices.push(format!(
            "S104: {} crossings with {:.1} t of weighted flow a year are out of reach of every existing and allowed office",
            siting.out_of_reach.len(),
            lost as f64 / GRAMS_PER_T
        ));
    }
    notices
}

fn report(findings: &Findings<'_>, study: &PlanStudy, tables: &[Table], figures: &[FigureFile]) -> Report {
    let figure = |id: &str| figures.iter().any(|figure| figure.id == id).then(|| Block::Figure(id.to_owned()));
    let sections = [
        ("The plan", figure("plan-map").into_iter().chain(plan_blocks(findings, figure("returns-curve"))).collect()),
        ("How sure each site is", study_views::draws(study, figure("site-frequency"))),
        ("What each site is worth", sites(study)),
        ("Other plans as good, or nearly", alternatives(study)),
        ("Opening the offices in phases", phases(study)),
        ("Under the scenarios", study_views::regret(findings, study)),
        ("Opiates and precursors", study_views::frontier(study)),
        ("No country left behind", study_views::equity(findings, study)),
        ("What planning together is worth", study_views::cooperation(study)),
        ("Where the flow would go", study_views::displacement(displaced(findings, figure("plan-displacement")))),
        ("What this is not", limits(findings)),
    ];
    Report {
        title: TITLE.to_owned(),
        subtitle: format!(
            "Modelled flow of {}; advice under the run's assumptions, for people to judge. Seizures are not flow.",
            findings.settings.baseline_year
        ),
        summary: summary(findings, study),
        sections: sections
            .into_iter()
            .map(|(heading, blocks)| Section { heading: heading.to_owned(), blocks: only_known(blocks, tables) })
            .collect(),
        footer: footer(),
    }
}

fn summary(findings: &Findings<'_>, study: &PlanStudy) -> Vec<String> {
    let siting = &findings.plan.siting;
    let share = |weight: i64| percent(weight as f64 / siting.total_weight.max(1) as f64);
    let mut lines = vec![format!(
        "Existing offices reach crossings with {} of the weighted flow in time; {} new pairs of offices, at {}, raise it to {} (gap to \
         the proven bound {:.2} %).",
        share(siting.existing_weight),
        findings.plan.crossing_ixs.len(),
        list(&names(findings, &findings.plan.crossing_ixs)),
        share(siting.objective),
        100.0 * siting.gap_share.unwrap_or(0.0)
    )];
    lines.push(format!(
        "{}{} plans, the best among them, cover at most {} % less than the best.",
        if study.near.is_complete { "" } else { "At least " },
        study.near.plan_count,
        study.params.within_percent
    ));
    lines.extend(study_views::summary(findings, study));
    lines.push(price_of_nesting(study));
    lines.extend(notices(findings));
    lines
}

fn price_of_nesting(study: &PlanStudy) -> String {
    let counts: Vec<String> = study.params.phases.iter().map(ToString::to_string).collect();
    let price: i64 = study.nested.phases.iter().map(|phase| phase.free_weight - phase.covered_weight).sum();
    let gap = (study.nested.bound - study.nested.objective) as f64 / study.nested.objective.max(1) as f64;
    let price = match price {
        0 => "costs nothing: each phase is as good as the best plan by itself".to_owned(),
        _ => format!("costs {:.1} t of covered flow, summed over the phases", price as f64 / GRAMS_PER_T),
    };
    format!(
        "Opening {} pairs phase by phase, none closed again, {price} (gap to the proven bound {:.2} %).",
        list(&counts),
        100.0 * gap
    )
}

fn sites(study: &PlanStudy) -> Vec<Block> {
    let least = study.values.iter().filter(|value| value.is_chosen).filter_map(|value| value.turned_loss).min();
    let text = format!(
        "Dropped: the site leaves the plan and the rest stays. Replaced: the site is forbidden and the rest planned anew{}. Added: the site \
         comes on top of the plan. Forced in: it is required and the rest planned anew with as many offices.",
        least.map_or_else(String::new, |loss| format!(
            "; the site that is easiest to replace costs {:.1} t",
            loss as f64 / GRAMS_PER_T
        ))
    );
    vec![
        Block::Text(text),
        table(
            "plan_sites",
            20,
            &[
                "name",
                "border",
                "is_in_plan",
                "drop_loss_kg_per_year",
                "replace_loss_kg_per_year",
                "add_gain_kg_per_year",
                "force_loss_kg_per_year",
                "near_optimal_share",
            ],
        ),
    ]
}

fn alternatives(study: &PlanStudy) -> Vec<Block> {
    let near = &study.near;
    let text = format!(
        "A plan counts when it covers at least {:.1} t a year and none of its offices is idle (covers nothing that the others do not \
         cover). {}{} plans do.",
        study.near_weight as f64 / GRAMS_PER_T,
        if near.is_complete { "" } else { "The count stopped at its limit of steps: at least " },
        near.plan_count
    );
    vec![
        Block::Text(text),
        table(
            "near_optimal_plans",
            12,
            &["rank", "covered_flow_kg_per_year", "loss_percent", "office_count", "crossing_ids"],
        ),
    ]
}

fn phases(study: &PlanStudy) -> Vec<Block> {
    vec![
        Block::Text(price_of_nesting(study)),
        table(
            "rollout",
            20,
            &[
                "phase",
                "new_office_count",
                "opened_crossing_ids",
                "covered_flow_kg_per_year",
                "free_flow_kg_per_year",
                "price_kg_per_year",
            ],
        ),
    ]
}

/// Weight of a demand, g a year.
fn weight_of(findings: &Findings<'_>, demand: u32) -> i64 {
    let ix = findings.plan.demand_crossing_ixs[demand as usize];
    weight_g_per_year(findings.baseline.outcome.weight_kg_per_year[ix as usize]).unwrap_or(0)
}
