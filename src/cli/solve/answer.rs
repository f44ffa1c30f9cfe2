//! What a location problem's answer looks like, for people and for programs.

use super::rules::NamedRules;
use super::{Args, ProblemName};
use crate::cli::output::Shown;
use crate::error::Error;
use crate::inputs::{Decimal, LocationTables, to_f64};
use crate::siting::{Collision, LocationAnswer, LocationKind, LocationProblem, SitingStatus, Stop};
use serde_json::{Map, Value, json};
use std::fmt::Write as _;

/// What was asked, and in which units.
pub(super) struct Asked<'a> {
    pub(super) args: &'a Args,
    pub(super) kind: LocationKind,
    pub(super) weight_decimals: u32,
    pub(super) cost_decimals: u32,
    pub(super) notes: Vec<String>,
    /// The demands of the problem by their number in the tables.
    pub(super) demands: Vec<usize>,
}

impl Asked<'_> {
    /// An objective as a number.
    pub(super) fn value(&self, units: i128) -> f64 {
        let decimals = match self.kind {
            LocationKind::SetCovering => 0,
            LocationKind::BackupCovering | LocationKind::MaximalCovering => self.weight_decimals,
            LocationKind::Center => self.cost_decimals,
            LocationKind::Median | LocationKind::WeightedCenter => self.weight_decimals + self.cost_decimals,
        };
        to_f64(units, decimals)
    }

    fn weight(&self, units: i128) -> f64 {
        to_f64(units, self.weight_decimals)
    }
}

/// Whether a usable site reaches a demand.
pub(super) fn is_reached(problem: &LocationProblem, demand: usize) -> bool {
    let rules = &problem.rules;
    problem.reach[demand].iter().any(|&(site, cost)| {
        let is_usable = rules.existing[site as usize] || !rules.forbidden[site as usize];
        is_usable && problem.radius.is_none_or(|radius| cost <= radius)
    })
}

/// `(bound - objective) / objective` in size; none when the objective is 0 and the bound is not.
pub(super) fn gap(objective: i128, bound: i128) -> Option<f64> {
    match (objective, bound) {
        (a, b) if a == b => Some(0.0),
        (0, _) => None,
        (a, b) => Some((b - a).unsigned_abs() as f64 / a.unsigned_abs() as f64),
    }
}

fn share(part: f64, all: f64) -> Value {
    if all > 0.0 { json!(part / all) } else { Value::Null }
}

/// The answer.
pub(super) fn tell(
    asked: &Asked<'_>,
    problem: &LocationProblem,
    tables: &LocationTables,
    named: &NamedRules,
    found: &LocationAnswer,
) -> Shown {
    let names =
        |sites: &[u32]| -> Vec<&str> { sites.iter().map(|&s| tables.sites.names[s as usize].as_str()).collect() };
    let demand_name = |demand: usize| tables.demands.names[asked.demands[demand]].as_str();
    let weight_where = |is_in: &dyn Fn(usize) -> bool| -> i128 {
        (0..problem.weights.len()).filter(|&demand| is_in(demand)).map(|d| i128::from(problem.weights[d])).sum()
    };
    let is_covered = |demand: usize| !found.served_by[demand].is_empty();
    let covered = asked.weight(weight_where(&is_covered));
    let total = asked.weight(weight_where(&|_| true));
    let count = (0..problem.weights.len()).filter(|&demand| is_covered(demand)).count();
    let status = if found.status == SitingStatus::Optimal { "optimal" } else { "limit" };
    let mut json = Map::new();
    let mut put = |key: &str, value: Value| _ = json.insert(key.to_owned(), value);
    put("problem", json!(asked.args.problem.as_str()));
    put("status", json!(status));
    put("objective", json!(number(asked.value(found.objective))));
    put("bound", json!(number(asked.value(found.bound))));
    put("gap", json!(gap(found.objective, found.bound)));
    if let Some(stop) = found.stop {
        put("stopped_by", json!(stop_word(stop)));
    }
    put("sites", json!(names(&found.sites)));
    put("covered_weight", json!(number(covered)));
    put("covered_weight_share", share(covered, total));
    put("covered_count", json!(count));
    put("covered_count_share", share(count as f64, problem.weights.len() as f64));
    put("total_weight", json!(number(total)));
    put("total_count", json!(problem.weights.len()));
    let existing: Vec<u32> =
        (0..problem.rules.site_count()).filter(|&s| problem.rules.existing[s]).map(|s| s as u32).collect();
    if !existing.is_empty() {
        put("existing", json!(names(&existing)));
    }
    if problem.rules.budget.is_some() || tables.site_rows.iter().any(|row| row.cost.is_some()) {
        let cost = found.sites.iter().map(|&site| problem.rules.cost[site as usize]).sum();
        put("cost", json!(number(named.money(cost))));
    }
    if asked.kind == LocationKind::Median {
        put("mean_cost", share(asked.value(found.objective), total));
    }
    if asked.kind == LocationKind::BackupCovering {
        let backed_up = asked.weight(weight_where(&|demand| found.backed_up[demand]));
        let backed_up_count = found.backed_up.iter().filter(|is_backed_up| **is_backed_up).count();
        put("site_count", json!(found.sites.len()));
        put("backup_weight", json!(number(backed_up)));
        put("backup_weight_share", share(backed_up, total));
        put("backup_count", json!(backed_up_count));
        put("backup_count_share", share(backed_up_count as f64, problem.weights.len() as f64));
        let lacking: Vec<&str> =
            (0..problem.weights.len()).filter(|&demand| !found.backed_up[demand]).map(demand_name).collect();
        put("not_backed_up", json!(lacking));
    }
    let mut out_of_reach: Vec<&str> =
        (0..problem.weights.len()).filter(|&demand| !is_reached(problem, demand)).map(demand_name).collect();
    let left_out = (0..tables.demands.count()).filter(|demand| asked.demands.binary_search(demand).is_err());
    out_of_reach.extend(left_out.map(|demand| tables.demands.names[demand].as_str()));
    if !out_of_reach.is_empty() {
        put("out_of_reach", json!(out_of_reach));
    }
    let served: Map<String, Value> = (0..problem.weights.len())
        .map(|demand| (demand_name(demand).to_owned(), json!(names(&found.served_by[demand]))))
        .collect();
    put("served_by", Value::Object(served));
    if let Some(optima) = &found.optima {
        let plans: Vec<Vec<&str>> = optima.plans.iter().map(|plan| names(plan)).collect();
        let mut frequency: Vec<u32> = vec![0; problem.rules.site_count()];
        optima.plans.iter().flatten().for_each(|&site| frequency[site as usize] += 1);
        let frequency: Map<String, Value> = (0..problem.rules.site_count())
            .filter(|&site| frequency[site] > 0)
            .map(|site| {
                let share = f64::from(frequency[site]) / plans.len().max(1) as f64;
                (tables.sites.names[site].clone(), json!(share))
            })
            .collect();
        put("optima_count", json!(plans.len()));
        put("optima_complete", json!(optima.is_complete));
        put("optima", json!(plans));
        put("site_frequency", Value::Object(frequency));
    }
    let mut notes = asked.notes.clone();
    notes.extend(found.stop.map(|stop| stop_note(stop, gap(found.objective, found.bound))));
    if let Some(fewest) = found.fewest_sites.filter(|&fewest| (fewest as usize) < found.sites.len()) {
        let count = found.sites.len();
        put("site_count_bound", json!(fewest));
        notes.push(format!("L105: it is not proven that {count} sites are the fewest: {fewest} is the proven least"));
    }
    if !notes.is_empty() {
        put("notes", json!(notes));
    }
    let json = Value::Object(json);
    Shown::new(text(asked, &json), json)
}

/// Why a search stopped, for programs.
pub(super) fn stop_word(stop: Stop) -> &'static str {
    match stop {
        Stop::Work => "steps",
        Stop::Clock => "time",
        Stop::Gap => "gap",
    }
}

/// Why a search stopped, for people.
pub(super) fn stop_note(stop: Stop, gap: Option<f64>) -> String {
    let proof = match gap {
        Some(gap) => format!("no plan is better by more than {}", gap_text(Some(gap))),
        None => "the bound says how much better a plan could be".to_owned(),
    };
    match stop {
        Stop::Work => format!("L106: the search stopped at --steps before its proof: {proof}"),
        Stop::Clock => {
            format!("L106: the search stopped at --time-limit: {proof}; another run may give another answer")
        }
        Stop::Gap => format!("L106: the search stopped at --gap: {proof}"),
    }
}

/// Whole numbers without a point.
fn number(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() < 9e15 { json!(value as i64) } else { json!(value) }
}

/// The least double that is not below `units / 10^decimals`: as a radius it reaches at least as far.
fn not_below(units: i64, decimals: u32) -> f64 {
    let nearest = to_f64(units.into(), decimals);
    let is_below = Decimal::parse(&nearest.to_string()).and_then(|number| number.scaled_down(decimals));
    if is_below.is_some_and(|shown| shown < i128::from(units)) { nearest.next_up() } else { nearest }
}

/// A gap for people.
pub(super) fn gap_text(gap: Option<f64>) -> String {
    match gap {
        None => "not defined".to_owned(),
        Some(0.0) => "0".to_owned(),
        Some(gap) if gap < 1e-6 => format!("{gap:.1e}"),
        Some(gap) => format!("{:.4} %", gap * 100.0),
    }
}

/// The answer for people.
fn text(asked: &Asked<'_>, json: &Value) -> String {
    let mut text = String::new();
    let list = |value: &Value| {
        let names: Vec<&str> = value.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        if names.is_empty() { "none".to_owned() } else { names.join(", ") }
    };
    let percent =
        |value: &Value| value.as_f64().map_or("no share".to_owned(), |share| format!("{:.3} %", share * 100.0));
    let what = match asked.kind {
        LocationKind::SetCovering => "new sites",
        LocationKind::BackupCovering => "weight covered twice",
        LocationKind::MaximalCovering => "weight covered",
        LocationKind::Median => "weight times cost",
        LocationKind::Center => "greatest cost",
        LocationKind::WeightedCenter => "greatest weight times cost",
    };
    let _ = writeln!(text, "{}: {}", asked.args.problem.as_str(), json["status"].as_str().unwrap_or_default());
    let gap = gap_text(json["gap"].as_f64());
    let _ = writeln!(text, "{:<20} {} (bound {}, gap {gap})", what, json["objective"], json["bound"]);
    let _ = writeln!(text, "{:<20} {}", "sites", list(&json["sites"]));
    for (label, weight, weight_share, count, count_share) in [
        ("covered", "covered_weight", "covered_weight_share", "covered_count", "covered_count_share"),
        ("covered twice", "backup_weight", "backup_weight_share", "backup_count", "backup_count_share"),
    ] {
        if !json[weight].is_null() {
            let (of_weight, of_count) = (percent(&json[weight_share]), percent(&json[count_share]));
            let things = match (asked.args.problem, &json[count] == 1) {
                (ProblemName::FlowCapture, true) => "flow",
                (ProblemName::FlowCapture, false) => "flows",
                (_, true) => "demand",
                (_, false) => "demands",
            };
            let line = format!("weight {} = {of_weight}; {} {things} = {of_count}", json[weight], json[count]);
            let _ = writeln!(text, "{label:<20} {line}");
        }
    }
    for (label, key) in [("mean cost", "mean_cost"), ("cost of the sites", "cost")] {
        if !json[key].is_null() {
            let _ = writeln!(text, "{label:<20} {}", json[key]);
        }
    }
    for (label, key) in [("existing sites", "existing"), ("out of reach", "out_of_reach"), ("notes", "notes")] {
        if !json[key].is_null() {
            let _ = writeln!(text, "{label:<20} {}", list(&json[key]));
        }
    }
    if let Some(plans) = json["optima"].as_array() {
        let all = if json["optima_complete"] == json!(true) { "all" } else { "not all; raise --max-optima or --steps" };
        let _ = writeln!(text, "{:<20} {} ({all})", "plans", plans.len());
        for plan in plans.iter().take(20) {
            let _ = writeln!(text, "  {}", list(plan));
        }
        if plans.len() > 20 {
            let _ = writeln!(text, "  ... and {} more; --json lists all", plans.len() - 20);
        }
    }
    text
}

/// No plan: which rules collide, and what would do.
pub(super) fn infeasible(
    asked: &Asked<'_>,
    tables: &LocationTables,
    named: &NamedRules,
    collision: &Collision,
) -> Error {
    let radius = asked.args.radius.as_deref();
    let words: Vec<String> =
        collision.rules.iter().map(|rule| named.describe(rule, &tables.sites.names, radius)).collect();
    let mut message = format!("L010: no plan keeps these rules together: {}", words.join("; "));
    let out_of_reach: Vec<&str> = collision
        .out_of_reach
        .iter()
        .map(|&demand| tables.demands.names[asked.demands[demand as usize]].as_str())
        .collect();
    if !out_of_reach.is_empty() {
        let are = if out_of_reach.len() == 1 { "demand is" } else { "demands are" };
        let _ = write!(message, ". {} {are} out of reach of every site", out_of_reach.len());
        let few: Vec<&str> = out_of_reach.iter().take(10).copied().collect();
        let more = if out_of_reach.len() > few.len() { ", ..." } else { "" };
        let _ = write!(message, " ({}{more}); --reachable-only leaves them out", few.join(", "));
    }
    let mut details = json!({
        "problem": asked.args.problem.as_str(),
        "status": "infeasible",
        "conflicts": words,
    });
    if let Some(count) = collision.fewest_sites {
        let _ = write!(message, ". -p {count} would do");
        details["smallest_p"] = json!(count);
    }
    if let Some(budget) = named.smallest_budget(collision) {
        let _ = write!(message, ". A budget of {budget} would do");
        details["smallest_budget"] = json!(number(budget));
    }
    if let Some(units) = collision.smallest_radius {
        let radius = not_below(units, asked.cost_decimals);
        let _ = write!(message, ". A radius of {radius} would do");
        details["smallest_radius"] = json!(number(radius));
    }
    if !out_of_reach.is_empty() {
        details["out_of_reach"] = json!(out_of_reach);
    }
    Error::NoPlan { message, details: Box::new(details) }
}
