//! The report in plain words: what was found, how sure it is, and what it is not.

use super::Findings;
use super::charts::member_name;
use super::planning::{assumptions, displaced, footer, limits, plan, scenarios};
use crate::bundle::{Block, FigureFile, Report, Section};
use crate::records::Commodity;
use crate::scenario::{Assumption, Verdict, top_crossings};
use crate::tables::{Table, Values};

pub(super) const TITLE: &str = "Opiate and precursor corridors of Afghanistan, Iran, Pakistan and their neighbours";

pub(super) const GRAMS_PER_T: f64 = 1e6;
pub(super) const KG_PER_T: f64 = 1000.0;

/// A number of tonnes for people.
fn tonnes(kg: f64) -> String {
    let t = kg / KG_PER_T;
    if t >= 10.0 { format!("{t:.0} t") } else { format!("{t:.1} t") }
}

pub(super) fn percent(share: f64) -> String {
    format!("{:.0} %", 100.0 * share)
}

/// A number of seizure cases; small ones are never written out, since a report may be published.
pub(super) fn count(cases: u32) -> String {
    if (1..5).contains(&cases) { "fewer than 5".to_owned() } else { cases.to_string() }
}

pub(super) fn has_office(findings: &Findings<'_>, crossing_ix: u32) -> bool {
    findings.baseline.outcome.offices.iter().any(|office| office.crossing_ix == crossing_ix)
}

/// `a, b and c`.
pub(super) fn list(items: &[String]) -> String {
    match items {
        [] => "none".to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn effect(findings: &Findings<'_>, measure: &str) -> Option<f64> {
    findings.baseline_effects.iter().find(|effect| effect.measure == measure).and_then(|effect| effect.value)
}

pub(super) fn names(findings: &Findings<'_>, crossing_ixs: &[u32]) -> Vec<String> {
    crossing_ixs.iter().map(|&ix| findings.inputs.crossings[ix as usize].name.clone()).collect()
}

/// Notes of the manifest: model levels and what a reader must know to repeat the run.
pub(super) fn notes(findings: &Findings<'_>) -> Vec<(String, String)> {
    let mut notes = vec![("baseline_year".to_owned(), findings.settings.baseline_year.to_string())];
    for risk in &findings.baseline.risks {
        notes.push((format!("{}_model_level", risk.commodity), risk.level.to_string()));
        notes.push((format!("{}_placed_seizure_case_count", risk.commodity), count(risk.placed_case_count)));
    }
    for flow in &findings.baseline.outcome.flows {
        notes.push((format!("{}_demand_scale_factor", flow.commodity), format!("{:.4}", flow.demand_scale_factor)));
        notes.push((format!("{}_trip_residual", flow.commodity), format!("{:.1e}", flow.trip_residual)));
        notes.push((format!("{}_calibration_residual", flow.commodity), format!("{:.1e}", flow.calibration_residual)));
        notes.push((format!("{}_green_capacity_residual", flow.commodity), format!("{:.1e}", flow.capacity_residual)));
    }
    notes.push(("network_components".to_owned(), findings.world.components.count.to_string()));
    notes
}

/// The whole report. Figures that could not be drawn are left out of it.
pub(super) fn report(findings: &Findings<'_>, tables: &[Table], figures: &[FigureFile]) -> Report {
    let figure = |id: &str| figures.iter().any(|figure| figure.id == id).then(|| Block::Figure(id.to_owned()));
    let sections = [
        ("Opiate corridors", opiates(findings, figure("opiates-corridors"))),
        ("Precursor corridors", precursors(findings, tables, figure("precursors-corridors"))),
        ("Crossings", crossings(findings, figure("crossing-ranking"))),
        ("How the model compares with published shares", shares(findings, tables, figure("flow-shares"))),
        ("What was seized", seized(findings, figure("seizures-over-time"))),
        ("Where new offices would cover most", plan(findings, figure("returns-curve"))),
        ("Where the flow would go", displaced(findings, figure("plan-displacement"))),
        ("Scenarios", scenarios(findings, figure("scenario-comparison"))),
        ("Which assumptions decide", assumptions(findings)),
        ("What this is not", limits(findings)),
    ];
    Report {
        title: TITLE.to_owned(),
        subtitle: format!(
            "Modelled flow, risk and coverage for {}; a planning aid, not an estimate of record",
            findings.settings.baseline_year
        ),
        summary: summary(findings),
        sections: sections
            .into_iter()
            .map(|(heading, blocks)| Section { heading: heading.to_owned(), blocks: only_known(blocks, tables) })
            .collect(),
        footer: footer(),
    }
}

/// Leaves out the tables that a bundle does not hold, and columns that a table does not.
pub(super) fn only_known(mut blocks: Vec<Block>, tables: &[Table]) -> Vec<Block> {
    blocks.retain_mut(|block| match block {
        Block::Table { name, columns, .. } => {
            let found = tables.iter().find(|table| table.name == *name && table.row_count() > 0);
            columns.retain(|column| found.is_some_and(|table| table.columns.iter().any(|known| known.name == *column)));
            found.is_some()
        }
        _ => true,
    });
    blocks
}

fn summary(findings: &Findings<'_>) -> Vec<String> {
    let Findings { settings, baseline, plan, displacement, sensitivity, .. } = findings;
    let top = top_crossings(findings.world, settings, &baseline.outcome.weight_kg_per_year);
    let siting = &plan.siting;
    let covered = |weight: i64| weight as f64 / siting.total_weight.max(1) as f64;
    let mut lines = Vec::new();
    if let (Some(kg), Some(probability)) =
        (effect(findings, "opiates_flow_kg_per_year"), effect(findings, "opiates_interdiction_probability"))
    {
        lines.push(format!(
            "In {} some {} of opiates (heroin equivalent) are modelled to leave the producing provinces; a consignment is \
             interdicted on its way with a probability of {} on average, at the recorded level of seizures.",
            settings.baseline_year,
            tonnes(kg),
            percent(probability)
        ));
    }
    lines.push(format!(
        "The crossings of the planning countries with most modelled flow are {}.",
        list(&names(findings, &top[..top.len().min(5)]))
    ));
    lines.push(format!(
        "Existing offices reach crossings with {} of that flow in time; {} new pairs of offices, at {}, raise it to {} \
         (gap to the proven bound {:.2} %).",
        percent(covered(siting.existing_weight)),
        plan.crossing_ixs.len(),
        list(&names(findings, &plan.crossing_ixs)),
        percent(covered(siting.objective)),
        100.0 * siting.gap_share.unwrap_or(0.0)
    ));
    if let (Some(before), Some(after)) = (displacement.covered_share_before, displacement.covered_share_after) {
        let gainer =
            displacement.shifts.iter().max_by(|a, b| a.change_kg_per_year().total_cmp(&b.change_kg_per_year()));
        let gainer = gainer.map_or_else(String::new, |shift| {
            format!(
                "; most of it to {} ({} before, {} after)",
                findings.inputs.crossings[shift.crossing_ix as usize].name,
                tonnes(shift.before_kg_per_year),
                tonnes(shift.after_kg_per_year)
            )
        });
        lines.push(format!(
            "That holds if traffickers do not react. In the model they do: the opiate flow over covered crossings of the planning \
             countries falls from {} to {} of the whole{gainer}. A plan needs a second step for where the flow goes.",
            percent(before),
            percent(after)
        ));
    }
    let overturned: Vec<String> = Assumption::ALL
        .iter()
        .filter(|assumption| {
            sensitivity.iter().any(|row| row.assumption == **assumption && row.verdict == Verdict::Overturned)
        })
        .map(|assumption| assumption.as_str().to_owned())
        .collect();
    lines.push(if overturned.is_empty() {
        "None of the five assumptions tried (speed, weight of risk, consignment, response radius, off-road capacity) overturns the ten \
         highest crossings or the plan; gateway shares, demand and the effect of an office were not tried."
            .to_owned()
    } else {
        format!("Of the five assumptions tried, the result is overturned by: {}. Gateway shares, demand and the effect of an office were not \
             tried.", list(&overturned))
    });
    lines
}

pub(super) fn with_figure(mut blocks: Vec<Block>, figure: Option<Block>) -> Vec<Block> {
    blocks.extend(figure);
    blocks
}

pub(super) fn table(name: &str, first_rows: usize, columns: &[&str]) -> Block {
    Block::Table {
        name: name.to_owned(),
        first_rows,
        columns: columns.iter().map(|column| (*column).to_owned()).collect(),
    }
}

fn opiates(findings: &Findings<'_>, figure: Option<Block>) -> Vec<Block> {
    let flow = findings.baseline.outcome.flows.iter().find(|flow| flow.commodity == Commodity::Opiates);
    let Some(flow) = flow else { return Vec::new() };
    let corridors: Vec<String> =
        [("balkan", "the Balkan route"), ("northern", "the northern route"), ("southern", "the southern route")]
            .iter()
            .filter_map(|(id, name)| {
                let share = effect(findings, &format!("{id}_corridor_share"))?;
                Some(format!("{} by {name}", percent(share)))
            })
            .collect();
    let unreachable = flow.pairs.iter().filter(|pair| pair.least_cost_usd.is_none()).count();
    let text = format!(
        "Opium of {} Afghan provinces, in heroin equivalent, is spread over {} destinations and gateways by a doubly constrained \
         gravity model; destination totals, raised by what is lost on the way, are scaled by {:.2} to meet production. Each pair of places has up to {} different \
         routes and the routes over each neighbour; consignments choose among {} routes by path-size logit. Of the flow that \
         leaves the country, {} run; the rest ends in Iran and Pakistan. Pairs without a route: {unreachable}.",
        flow.origins.len(),
        flow.destinations.len(),
        flow.demand_scale_factor,
        findings.settings.flow.alternatives.route_count,
        flow.routes.len(),
        list(&corridors)
    );
    with_figure(vec![Block::Text(text)], figure)
}

fn precursors(findings: &Findings<'_>, tables: &[Table], figure: Option<Block>) -> Vec<Block> {
    let total = effect(findings, "precursors_flow_kg_per_year").unwrap_or(0.0);
    let risk = findings.baseline.risks.iter().find(|risk| risk.commodity == Commodity::Precursors);
    let level = match risk {
        Some(risk) if risk.level < 3 => format!(
            "Only {} placed seizure cases of acetic anhydride are on record, fewer than the {} needed: no rate is estimated, and \
             the route risk rests on an assumed hazard.",
            count(risk.placed_case_count),
            findings.settings.risk.smallest_case_count
        ),
        _ => String::new(),
    };
    let largest =
        findings.inputs.seizures.iter().filter(|row| row.note.contains("extreme") && row.drug == "acetic_anhydride");
    // a single seizure is named only where the table of its kind is shown: not in public
    let is_shown = tables.iter().any(|table| table.name == "precursor_seizures");
    let extreme = largest.filter(|_| is_shown).max_by_key(|row| row.quantity).map_or_else(String::new, |row| {
        format!(
            "Single records outweigh all others, the largest {:.0} kg ({}, {}); totals are shown with and without them.",
            row.quantity.kg(),
            row.place.as_deref().or(row.adm1.as_deref()).unwrap_or(row.country.as_str()),
            row.year
        )
    });
    let text = format!(
        "Acetic anhydride, some {} a year, runs from ports and trade borders to the laboratory provinces. The shares of the entry \
         points are assumptions. {level} {extreme} Chemicals that the record does not specify are kept apart.",
        tonnes(total)
    );
    let mut blocks = with_figure(vec![Block::Text(text)], figure);
    blocks.push(table("precursor_seizures", 12, &[]));
    blocks
}

fn crossings(findings: &Findings<'_>, figure: Option<Block>) -> Vec<Block> {
    let crossings = &findings.inputs.crossings;
    let official = crossings.iter().filter(|crossing| crossing.is_official());
    let on_network = official.clone().filter(|crossing| crossing.link_ix.is_some()).count();
    let unnamed = crossings.iter().filter(|crossing| crossing.flag == "unnamed").count();
    let green = crossings.iter().filter(|crossing| crossing.mode == crate::records::Mode::Green).count();
    let text = format!(
        "The data name {} official crossings, {on_network} of them on the road and sea network; {unnamed} further places where a \
         road meets a border have no official name, and {green} off-road arcs stand for the green border (an assumption, each \
         held under a stated capacity). A crossing without enough records of its own inherits the hazard of its province and is \
         marked so.",
        official.count()
    );
    let columns = [
        "rank",
        "name",
        "iso3_a",
        "iso3_b",
        "opiate_flow_kg_per_year",
        "precursor_flow_kg_per_year",
        "weighted_flow_kg_per_year",
        "hazard",
        "is_hazard_inherited",
        "is_covered",
    ];
    let mut blocks = with_figure(vec![Block::Text(text)], figure);
    blocks.push(table("crossings", 15, &columns));
    blocks
}

fn shares(findings: &Findings<'_>, tables: &[Table], figure: Option<Block>) -> Vec<Block> {
    let mut blocks = Vec::new();
    if findings.world.target_exit_shares.is_empty() {
        blocks.push(Block::Text(
            "No published share of flow was given to fit to: the model is not calibrated.".to_owned(),
        ));
    }
    if let Some(found) = tables.iter().find(|table| table.name == "shares") {
        let text = |name: &str| match found.columns.iter().find(|column| column.name == name).map(|c| &c.values) {
            Some(Values::Text(values)) => values.clone(),
            _ => Vec::new(),
        };
        let errors = match found.columns.iter().find(|column| column.name == "error_points").map(|c| &c.values) {
            Some(Values::Real(values)) => values.clone(),
            _ => Vec::new(),
        };
        let (members, used) = (text("member"), text("used_for"));
        let unseen: Vec<String> = (0..errors.len())
            .filter(|&row| used[row].as_deref() == Some("validation"))
            .filter_map(|row| Some(format!("{} {:+.1} points", member_name(members[row].as_deref()?), errors[row]?)))
            .collect();
        blocks.push(Block::Text(format!(
            "Constants of the first-crossing groups are fitted to published shares of flow marked calibration; every other published \
             share is a test. Errors on shares that the fit did not see: {}. The published shares are of other years than the baseline, of heroin \
             rather than all opiates, and the northern route rests on the same estimate as the Central Asian share.",
            list(&unseen)
        )));
    }
    blocks.extend(figure);
    let columns = [
        "kind",
        "member",
        "quantity",
        "year",
        "published_percent",
        "uncalibrated_percent",
        "calibrated_percent",
        "error_points",
        "used_for",
    ];
    blocks.push(table("shares", 30, &columns));
    blocks
}

fn seized(findings: &Findings<'_>, figure: Option<Block>) -> Vec<Block> {
    let opiates = findings.baseline.risks.iter().find(|risk| risk.commodity == Commodity::Opiates);
    let text = opiates.map_or_else(String::new, |risk| {
        let reporting = risk.countries.iter().filter(|country| country.case_count > 0).count();
        let cases: u32 = risk.countries.iter().map(|country| country.case_count).sum();
        format!(
            "{cases} recorded cases of opium, morphine and heroin from {reporting} countries, {} of them placed in a province or \
             better, stand behind the hazards. Where a national total is known, it sets the level and the records only the split \
             within the country. A country that did not report is not a country without seizures. Seizures are not flow: they \
             depend as much on where officers look as on where drugs move.",
            risk.placed_case_count
        )
    });
    let mut blocks = with_figure(vec![Block::Text(text)], figure);
    let columns = ["iso3", "reported_years", "seizure_case_count", "placed_seizure_case_count", "level_factor"];
    blocks.push(table("country_levels", 14, &columns));
    blocks
}
