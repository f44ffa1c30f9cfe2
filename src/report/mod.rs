//! From the results of a run to what a bundle says: tables, figures, map layers and plain words.

mod charts;
mod layers;
mod maps;
mod planning;
mod study;
mod study_charts;
mod study_views;
mod text;

pub use study::plan_contents;

use crate::bundle::{Contents, FigureFile, InputFile, Profile, RunRecord, suppress};
use crate::figures::{Figure, FigureError, png_300dpi};
use crate::inputs::Inputs;
use crate::parallel::map_in_order;
use crate::records::Commodity;
use crate::risk::RouteRisk;
use crate::scenario::{Baseline, Displacement, Effect, Outcome, Patch, Plan, SensitivityRow, Settings, World};
use crate::tables::{self, Labels, Table};

/// A scenario that was run.
#[derive(Debug)]
pub struct ScenarioRun {
    /// What differs from the baseline.
    pub patch: Patch,
    /// Its measures.
    pub effects: Vec<Effect>,
}

/// All results of a run.
#[derive(Debug)]
pub struct Findings<'a> {
    /// The inputs.
    pub inputs: &'a Inputs,
    /// What the stages share.
    pub world: &'a World<'a>,
    /// The parameters.
    pub settings: &'a Settings,
    /// The baseline.
    pub baseline: Baseline,
    /// Risk of the baseline's routes, by commodity.
    pub route_risks: Vec<Vec<RouteRisk>>,
    /// The plan.
    pub plan: Plan,
    /// Flow once the plan stands.
    pub after: Outcome,
    /// Where it went.
    pub displacement: Displacement,
    /// Which assumptions decide.
    pub sensitivity: Vec<SensitivityRow>,
    /// Measures of the baseline.
    pub baseline_effects: Vec<Effect>,
    /// Scenarios that ran.
    pub scenarios: Vec<ScenarioRun>,
    /// Scenarios that failed: name and reason.
    pub failures: Vec<String>,
}

/// How the bundle is to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drawing {
    /// With figures.
    Figures,
    /// Tables and text only.
    TablesOnly,
}

/// Everything the bundle says.
///
/// # Errors
/// When a figure cannot be drawn.
pub fn contents(
    findings: &Findings<'_>,
    profile: Profile,
    drawing: Drawing,
    config_toml: String,
) -> Result<Contents, FigureError> {
    let tables = for_profile(tables_of(findings), profile);
    let figures = match drawing {
        Drawing::Figures => figures_of(findings, &tables, profile)?,
        Drawing::TablesOnly => Vec::new(),
    };
    let report = text::report(findings, &tables, &figures);
    Ok(Contents {
        title: text::TITLE.to_owned(),
        figures,
        report,
        features: layers::features(findings, profile),
        quarantine: quarantine(findings.inputs),
        licences: findings.inputs.licences.clone(),
        run: record(findings, profile, &config_toml),
        extra_text_files: vec![("effective.toml".to_owned(), config_toml)],
        tables,
    })
}

/// In public, what would let a withheld count be worked out is left out: the hazard of single crossings, totals that
/// differ from another table by a few cases, and precursor records.
fn for_profile(mut tables: Vec<Table>, profile: Profile) -> Vec<Table> {
    if profile == Profile::Public {
        // totals over years and precisions, and the few precursor records, would give withheld counts away
        tables.retain(|table| !["seizure_precision", "precursor_seizures"].contains(&table.name.as_str()));
        for table in tables.iter_mut().filter(|table| table.name == "country_levels") {
            table.columns.retain(|column| !column.name.contains("seiz"));
        }
        for table in tables.iter_mut().filter(|table| table.name == "crossings") {
            table.columns.retain(|column| !column.name.starts_with("hazard"));
        }
    }
    tables
}

fn tables_of(findings: &Findings<'_>) -> Vec<Table> {
    let Findings { inputs, world, settings, baseline, plan, .. } = findings;
    let outcome = &baseline.outcome;
    let labels = Labels { crossings: &inputs.crossings };
    let mut all = vec![
        tables::crossings(world, baseline, plan, &findings.sensitivity),
        tables::segments(&baseline.risks),
        tables::country_levels(&baseline.risks),
    ];
    for (flow, risks) in outcome.flows.iter().zip(&findings.route_risks) {
        all.push(tables::routes(&labels, flow, risks, &settings.flow));
        all.push(tables::pairs(flow, risks));
    }
    all.push(tables::terminals(&outcome.flows));
    if let Some(flow) = outcome.flows.iter().find(|flow| flow.commodity == Commodity::Opiates) {
        all.push(tables::shares(&inputs.route_shares, flow, &settings.flow));
    }
    let baseline_run = ("baseline".to_owned(), "Baseline".to_owned(), findings.baseline_effects.clone());
    let runs: Vec<_> = std::iter::once(baseline_run)
        .chain(
            findings.scenarios.iter().map(|run| (run.patch.id.clone(), run.patch.title.clone(), run.effects.clone())),
        )
        .collect();
    all.extend([
        tables::offices(&labels, outcome),
        tables::plan(&labels, plan, outcome),
        tables::returns_curve(&labels, plan),
        tables::displacement(&labels, &findings.displacement),
        tables::scenarios(&runs),
        tables::scenario_summary(&runs),
        tables::sensitivity(&labels, &findings.sensitivity),
        tables::seizures_by_country(&inputs.seizures, &inputs.reportings, &inputs.conversions),
        tables::precursor_seizures(&inputs.seizures),
        tables::seizure_precision(&inputs.seizures),
        tables::sources(&inputs.sources),
    ]);
    all
}

/// The figures with their pictures, drawn on all threads.
fn figures_of(findings: &Findings<'_>, tables: &[Table], profile: Profile) -> Result<Vec<FigureFile>, FigureError> {
    let for_reader = |table: &Table| match profile {
        Profile::Working => table.clone(),
        Profile::Public => suppress::table(table),
    };
    let base = maps::basemap(findings);
    let table = |name: &str| for_reader(&tables.iter().find(|table| table.name == name).cloned().unwrap_or_default());
    let drawings: Vec<Draw<'_>> = vec![
        Box::new(|| maps::corridors(findings, &base, Commodity::Opiates)),
        Box::new(|| maps::corridors(findings, &base, Commodity::Precursors)),
        Box::new(|| charts::ranking(findings)),
        Box::new(|| charts::shares(findings)),
        Box::new(|| charts::seizures(&table("seizures_by_country"))),
        Box::new(|| charts::returns_curve(findings, &table("returns_curve"))),
        Box::new(|| maps::displacement(findings, &base, &table("displacement"))),
        Box::new(|| charts::scenarios(findings, &table("scenarios"))),
    ];
    draw(drawings)
}

/// A figure still to be drawn.
type Draw<'f> = Box<dyn Fn() -> Result<Figure, FigureError> + Sync + Send + 'f>;

/// Draws on all threads; what is empty is left out.
fn draw(drawings: Vec<Draw<'_>>) -> Result<Vec<FigureFile>, FigureError> {
    let drawn = map_in_order(&drawings, |draw| -> Result<Option<FigureFile>, FigureError> {
        let figure = match draw() {
            Err(FigureError::Empty { .. }) => return Ok(None),
            other => other?,
        };
        let png = png_300dpi(&figure.svg)?;
        let Figure { id, title, caption, alt, svg, data } = figure;
        Ok(Some(FigureFile { id, title, caption, alt, svg, png, data }))
    });
    Ok(drawn.into_iter().collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

/// Rows set aside, as the bundle lists them.
fn quarantine(inputs: &Inputs) -> Table {
    let all = || inputs.quarantine.iter();
    Table::new("quarantine", "Input rows set aside", "Rows that could not be used, and why.")
        .text("source", "File", all().map(|problem| problem.file.clone()))
        .optional_text("sheet", "Sheet; empty for text files", all().map(|_| None))
        .optional_integer("row", "Row, the header being 1", all().map(|problem| problem.row.map(|row| row as i64)))
        .text("column", "Column", all().map(|problem| problem.column.clone()))
        .text("raw_value", "Value found", all().map(|problem| problem.found.clone()))
        .text("rule", "Code of the rule", all().map(|problem| problem.code))
        .text("message", "What was expected", all().map(|problem| problem.expected.clone()))
        .text("fix", "What to do", all().map(|problem| problem.fix.clone()))
}

fn record(findings: &Findings<'_>, profile: Profile, config_toml: &str) -> RunRecord {
    RunRecord {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        config_toml: config_toml.to_owned(),
        inputs: findings
            .inputs
            .accounts
            .iter()
            .map(|account| InputFile {
                name: account.name.clone(),
                rows_in: account.rows_in as u64,
                rows_used: account.rows_used as u64,
                rows_quarantined: account.rows_quarantined as u64,
                rows_excluded: account.rows_excluded as u64,
                sha256: account.sha256.clone(),
            })
            .collect(),
        classification: match profile {
            Profile::Working => "Working copy: shows small counts, not for publication".to_owned(),
            Profile::Public => "Public: small counts suppressed".to_owned(),
        },
        profile,
        notes: text::notes(findings),
    }
}
