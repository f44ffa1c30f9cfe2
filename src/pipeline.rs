//! The line, stage by stage: inputs, network, flow, risk, coverage, siting, scenario, figures, bundle.

pub mod plan;

use crate::bundle::{self, Overwrite, Profile};
use crate::config::{Config, effective_toml};
use crate::error::Error;
use crate::flow::TripTables;
use crate::inputs::{Inputs, ScenarioText};
use crate::records::Iso3;
use crate::report::{Drawing, Findings, ScenarioRun, contents};
use crate::risk::Province;
use crate::scenario::{
    Baseline, Displacement, Outcome, Patch, Plan, Settings, World, WorldTables, assess_baseline, compare, displacement,
    evaluate, make_plan, plan_offices, sensitivity, top_crossings,
};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::Path;

/// What a run is asked for.
pub struct Request<'a> {
    /// The settings.
    pub config: &'a Config,
    /// The tables.
    pub inputs: &'a Inputs,
    /// Where the bundle goes.
    pub out: &'a Path,
    /// What may stand there already.
    pub overwrite: Overwrite,
    /// Scenario files.
    pub scenarios: &'a [ScenarioText],
    /// Who may see the bundle.
    pub profile: Profile,
    /// Whether figures are drawn.
    pub drawing: Drawing,
    /// Called with the name of each stage when it is done.
    pub progress: &'a dyn Fn(&str),
}

/// What a run tells at its end, for people and for programs.
#[derive(Debug)]
pub struct Summary {
    /// Some lines of text.
    pub text: String,
    /// The same as JSON.
    pub json: Value,
    /// Scenarios that failed: name and reason.
    pub failures: Vec<String>,
}

/// Runs all stages and writes the bundle.
///
/// # Errors
/// When a stage refuses its inputs, the constraints cannot be met, or the bundle cannot be written.
pub fn run(request: &Request<'_>) -> Result<Summary, Error> {
    let Request { config, inputs, progress, .. } = request;
    bundle::check_destination(request.out, request.overwrite)?;
    let patches = patches(request.scenarios, inputs)?;
    let settings = config.settings();
    let provinces = provinces(inputs);
    let reach_h =
        config.sensitivity.response_radius_h.iter().copied().fold(settings.coverage.response_radius_h, f64::max);
    let world = World::new(input_tables(inputs, &provinces), &settings, reach_h)?;
    progress("network");
    let Planned { baseline, plan, after, displacement } = planned(request, &world, &settings)?;
    let sensitivity = sensitivity(&world, &settings, &config.sensitivity, &baseline, &plan)?;
    progress("sensitivity");
    let (outcomes, failures) = outcomes(request, &world, &settings, &baseline, patches);
    let run = |(patch, outcome): (Patch, Outcome)| ScenarioRun { effects: compare(&outcome, &settings), patch };
    let findings = Findings {
        inputs,
        world: &world,
        settings: &settings,
        route_risks: baseline.route_risks(),
        baseline_effects: compare(&baseline.outcome, &settings),
        baseline,
        plan,
        after,
        displacement,
        sensitivity,
        scenarios: outcomes.into_iter().map(run).collect(),
        failures,
    };
    let contents = contents(&findings, request.profile, request.drawing, effective_toml(*config))?;
    progress("tables, figures and report");
    bundle::write(&contents, request.out, request.overwrite)?;
    progress("bundle");
    Ok(summary(&findings, &contents, request.out))
}

/// The plan, and what it does: what a run and a plan begin with.
struct Planned {
    baseline: Baseline,
    plan: Plan,
    after: Outcome,
    displacement: Displacement,
}

/// Flow and risk of the baseline, the plan on it, and the flow once the plan stands.
fn planned(request: &Request<'_>, world: &World<'_>, settings: &Settings) -> Result<Planned, Error> {
    let progress = request.progress;
    let baseline = assess_baseline(world, settings)?;
    progress("flow and risk");
    let plan = make_plan(world, settings, &world.reach, &baseline.outcome)?;
    progress("plan and returns curve");
    let after = evaluate(world, settings, &baseline, None, &plan_offices(&plan.crossing_ixs))?;
    let is_planned = |ix: u32| world.is_planned(&request.inputs.crossings[ix as usize], &settings.candidates);
    let displacement = displacement(&baseline.outcome, &after, is_planned);
    progress("displacement");
    Ok(Planned { baseline, plan, after, displacement })
}

/// The outcome of each scenario, and the name and reason of each that failed.
fn outcomes(
    request: &Request<'_>,
    world: &World<'_>,
    settings: &Settings,
    baseline: &Baseline,
    patches: Vec<Patch>,
) -> (Vec<(Patch, Outcome)>, Vec<String>) {
    let (mut outcomes, mut failures) = (Vec::new(), Vec::new());
    for patch in patches {
        match evaluate(world, settings, baseline, Some(&patch), &[]) {
            Ok(outcome) => outcomes.push((patch, outcome)),
            Err(error) => failures.push(format!("{}: {error}", patch.id)),
        }
    }
    (request.progress)("scenarios");
    (outcomes, failures)
}

/// The scenario files as patches; all faults at once.
fn patches(scenarios: &[ScenarioText], inputs: &Inputs) -> Result<Vec<Patch>, Error> {
    let mut faults = Vec::new();
    let mut patches: Vec<Patch> = Vec::new();
    for scenario in scenarios {
        match toml::from_str::<Patch>(&scenario.text) {
            Ok(patch) => {
                if let Err(error) = patch.check(&inputs.crossings) {
                    faults.push(format!("{}: {error}", scenario.file));
                } else if patches.iter().any(|known| known.id == patch.id) {
                    faults.push(format!(
                        "{}: P003: a scenario named {} is there already; give it another id",
                        scenario.file, patch.id
                    ));
                } else {
                    patches.push(patch);
                }
            }
            Err(error) => faults.push(format!("{}: P004: {}", scenario.file, error.to_string().trim_end())),
        }
    }
    if faults.is_empty() { Ok(patches) } else { Err(Error::Usage(faults.join("\n"))) }
}

/// The provinces of the inputs, as the risk room takes them.
#[must_use]
pub fn provinces(inputs: &Inputs) -> Vec<Province<'_>> {
    let of = |area: &'_ crate::inputs::Area| area.iso3.parse::<Iso3>().ok();
    inputs
        .boundaries
        .provinces
        .iter()
        .filter_map(|area| Some(Province { country: of(area)?, adm1: &area.name, outline: &area.polygons }))
        .collect()
}

/// All tables of the inputs, as a run takes them.
#[must_use]
pub fn input_tables<'a>(inputs: &'a Inputs, provinces: &'a [Province<'a>]) -> WorldTables<'a> {
    WorldTables {
        nodes: &inputs.nodes,
        node_order: inputs.node_order.as_deref(),
        links: &inputs.links,
        crossings: &inputs.crossings,
        provinces,
        trips: TripTables {
            places: &inputs.places,
            productions: &inputs.productions,
            demands: &inputs.demands,
            gateways: &inputs.gateways,
            precursor_supplies: &inputs.precursor_supplies,
            conversions: &inputs.conversions,
        },
        seizures: &inputs.seizures,
        reportings: &inputs.reportings,
        totals: &inputs.seizure_totals,
        route_shares: &inputs.route_shares,
        offices: &inputs.offices,
        agreements: &inputs.agreements,
    }
}

/// The findings in some lines, and as JSON.
fn summary(findings: &Findings<'_>, contents: &bundle::Contents, out: &Path) -> Summary {
    let inputs = findings.inputs;
    let sum = |of: fn(&crate::inputs::FileAccount) -> usize| inputs.accounts.iter().map(of).sum::<usize>();
    let rows = [
        sum(|account| account.rows_in),
        sum(|account| account.rows_used),
        sum(|account| account.rows_quarantined),
        sum(|account| account.rows_excluded),
    ];
    let mut text = format!("{}\n\n", contents.report.title);
    for line in &contents.report.summary {
        let _ = writeln!(text, "- {line}");
    }
    let _ = write!(
        text,
        "\nInput rows: {} = {} used + {} set aside + {} left out by rule.\nSeizures are not flow.\n\nThe bundle is in {}: open report.html\n",
        rows[0],
        rows[1],
        rows[2],
        rows[3],
        out.display()
    );
    for failure in &findings.failures {
        let _ = writeln!(text, "Scenario failed: {failure}");
    }
    let outcome = &findings.baseline.outcome;
    let id = |&ix: &u32| inputs.crossings[ix as usize].id.clone();
    let top = top_crossings(findings.world, findings.settings, &outcome.weight_kg_per_year);
    let siting = &findings.plan.siting;
    let json = json!({
        "status": if findings.failures.is_empty() { "done" } else { "some scenarios failed" },
        "out": out.display().to_string(),
        "baseline_year": findings.settings.baseline_year,
        "rows_in": rows[0],
        "rows_used": rows[1],
        "rows_quarantined": rows[2],
        "rows_excluded": rows[3],
        "top_crossing_ids": top.iter().map(id).collect::<Vec<_>>(),
        "plan": {
            "crossing_ids": findings.plan.crossing_ixs.iter().map(id).collect::<Vec<_>>(),
            "objective_g_per_year": siting.objective,
            "bound_g_per_year": siting.bound,
            "gap_share": siting.gap_share,
            "covered_weight_share": siting.covered_weight_share(),
            "covered_count_share": siting.covered_count_share(),
            "covered_opiate_share_before_rerouting": findings.displacement.covered_share_before,
            "covered_opiate_share_after_rerouting": findings.displacement.covered_share_after,
        },
        "baseline": findings.baseline_effects.iter().map(|effect| (effect.measure.clone(), json!(effect.value))).collect::<serde_json::Map<_, _>>(),
        "summary": contents.report.summary,
        "failures": findings.failures,
    });
    Summary { text, json, failures: findings.failures.clone() }
}
