//! The line of `corridor plan`: the best plan, looked at from all sides.

use super::{Planned, Request, Summary, input_tables, outcomes, patches, planned, provinces};
use crate::bundle;
use crate::config::effective_toml;
use crate::error::Error;
use crate::report::{Findings, plan_contents};
use crate::scenario::{PlanStudy, StudyRequest, World, compare, study};
use serde_json::json;
use std::fmt::Write as _;
use std::path::Path;

/// Plans, looks at the plan from all sides, and writes its bundle.
///
/// # Errors
/// As [`super::run`].
pub fn plan(request: &Request<'_>) -> Result<Summary, Error> {
    let Request { config, inputs, progress, .. } = request;
    bundle::check_destination(request.out, request.overwrite)?;
    let patches = patches(request.scenarios, inputs)?;
    let settings = config.settings();
    let provinces = provinces(inputs);
    let world = World::new(input_tables(inputs, &provinces), &settings, settings.coverage.response_radius_h)?;
    progress("network");
    let Planned { baseline, plan, after, displacement } = planned(request, &world, &settings)?;
    let (scenarios, failures) = outcomes(request, &world, &settings, &baseline, patches);
    let study = study(&StudyRequest {
        world: &world,
        settings: &settings,
        params: &config.plan,
        baseline: &baseline,
        plan: &plan,
        scenarios: &scenarios,
        progress,
    })?;
    let findings = Findings {
        inputs,
        world: &world,
        settings: &settings,
        route_risks: Vec::new(),
        baseline_effects: compare(&baseline.outcome, &settings),
        baseline,
        plan,
        after,
        displacement,
        sensitivity: Vec::new(),
        scenarios: Vec::new(),
        failures,
    };
    let contents = plan_contents(&findings, &study, request.profile, request.drawing, effective_toml(*config))?;
    progress("tables, figures and report");
    bundle::write(&contents, request.out, request.overwrite)?;
    progress("bundle");
    Ok(summary(&findings, &study, &contents, request.out))
}

/// What is told at the end.
fn summary(findings: &Findings<'_>, study: &PlanStudy, contents: &bundle::Contents, out: &Path) -> Summary {
    let mut text = format!("{}\n\n", contents.report.title);
    for line in &contents.report.summary {
        let _ = writeln!(text, "- {line}");
    }
    let _ = write!(text, "\nSeizures are not flow.\n\nThe bundle is in {}: open report.html\n", out.display());
    let id = |&ix: &u32| findings.inputs.crossings[ix as usize].id.clone();
    let ids = |sites: &[u32]| study.problem.crossing_ixs(sites).iter().map(id).collect::<Vec<_>>();
    let siting = &findings.plan.siting;
    let json = json!({
        "status": if findings.failures.is_empty() { "done" } else { "some scenarios failed" },
        "out": out.display().to_string(),
        "baseline_year": findings.settings.baseline_year,
        "notices": contents.run.notes.iter().filter(|(name, _)| name.starts_with("notice_")).map(|(_, text)| text).collect::<Vec<_>>(),
        "plan": {
            "crossing_ids": findings.plan.crossing_ixs.iter().map(id).collect::<Vec<_>>(),
            "objective_g_per_year": siting.objective,
            "bound_g_per_year": siting.bound,
            "gap_share": siting.gap_share,
            "covered_weight_share": siting.covered_weight_share(),
            "covered_count_share": siting.covered_count_share(),
            "covered_opiate_share_before_rerouting": findings.displacement.covered_share_before,
            "covered_opiate_share_after_rerouting": findings.displacement.covered_share_after,
            "balloon_index": findings.displacement.balloon_index,
        },
        "near_optimal": {
            "within_percent": study.params.within_percent,
            "plan_count": study.near.plan_count,
            "is_complete": study.near.is_complete,
        },
        "rollout": {
            "objective": study.nested.objective,
            "bound": study.nested.bound,
            "phases": study.nested.phases.iter().map(|phase| json!({
                "new_office_count": phase.phase.new_office_count,
                "crossing_ids": ids(&phase.sites),
                "covered_g_per_year": phase.covered_weight,
                "price_g_per_year": phase.free_weight - phase.covered_weight,
            })).collect::<Vec<_>>(),
        },
        "draws": {
            "draw_count": study.draws.draws.len(),
            "seed": study.params.seed,
            "plan_best_count": study.draws.draws.iter().filter(|draw| draw.best.sites == siting.sites).count(),
        },
        "least_regret": {
            "crossing_ids": ids(&study.regret.least.sites),
            "greatest_regret_share": 1.0 - study.regret.least.least_share,
            "bound_share": 1.0 - study.regret.least.least_share_bound,
        },
        "cooperation": study.cooperation.arrangements.iter().map(|row| json!({
            "arrangement": row.name,
            "detected_gain_kg_per_year": row.gain_kg_per_year,
            "bound_kg_per_year": row.bound_kg_per_year,
        })).collect::<Vec<_>>(),
        "shapley_kg_per_year": study.cooperation.countries.iter().zip(&study.cooperation.shapley_kg_per_year)
            .map(|(country, share)| (country.to_string(), json!(share))).collect::<serde_json::Map<_, _>>(),
        "failures": findings.failures,
        "summary": contents.report.summary,
    });
    Summary { text, json, failures: findings.failures.clone() }
}
