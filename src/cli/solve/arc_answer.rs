//! What an interdiction problem's answer looks like, for people and for programs.

use super::answer::{gap_text, stop_note, stop_word};
use super::arc_table::Arcs;
use super::rules::NamedRules;
use super::{Args, amount};
use crate::cli::output::Shown;
use crate::error::Error;
use crate::siting::interdiction::SearchLimits;
use crate::siting::{Collision, Optima, SitingError, SitingStatus, Stop};
use serde_json::{Map, Value, json};
use std::fmt::Write as _;
use std::time::Instant;

pub(super) struct Outcome {
    pub(super) label: &'static str,
    pub(super) objective: f64,
    pub(super) bound: f64,
    pub(super) gap: f64,
    pub(super) status: SitingStatus,
    /// Chosen arcs, ascending.
    pub(super) chosen: Vec<u32>,
    pub(super) optima: Option<Optima>,
    /// When the search began.
    pub(super) began: Instant,
}

/// JSON has no infinity: null.
pub(super) fn finite(value: f64) -> Value {
    if value.is_finite() { json!(value) } else { Value::Null }
}

/// The answer.
pub(super) fn tell(
    args: &Args,
    arcs: &Arcs,
    named: &NamedRules,
    outcome: &Outcome,
    extra: &[(&'static str, Value)],
) -> Shown {
    let gap = if outcome.objective == outcome.bound { 0.0 } else { outcome.gap };
    let is_near = outcome.status == SitingStatus::Optimal;
    let time_s = args.time_limit.as_deref().and_then(amount).map(|seconds| seconds.value());
    let stop = match () {
        () if is_near && gap <= SearchLimits::PROVEN_SHARE => None,
        () if is_near => Some(Stop::Gap),
        () if time_s.is_some_and(|time_s| outcome.began.elapsed().as_secs_f64() >= time_s) => Some(Stop::Clock),
        () => Some(Stop::Work),
    };
    let lines = |arcs_of: &[u32]| -> Vec<u64> { arcs_of.iter().map(|&arc| arcs.table.line(arc as usize)).collect() };
    let cost: i64 = outcome.chosen.iter().map(|&arc| named.rules.cost[arc as usize]).sum();
    let existing: Vec<u32> = (0..arcs.ends.len() as u32).filter(|&arc| named.rules.existing[arc as usize]).collect();
    let mut json = Map::new();
    let mut put = |key: &str, value: Value| _ = json.insert(key.to_owned(), value);
    put("problem", json!(args.problem.as_str()));
    put("status", json!(if stop.is_none() { "optimal" } else { "limit" }));
    put("objective", finite(outcome.objective));
    put("bound", finite(outcome.bound));
    put("gap", finite(gap));
    if let Some(stop) = stop {
        put("stopped_by", json!(stop_word(stop)));
    }
    put("sites", json!(arcs.pairs(&outcome.chosen)));
    put("site_rows", json!(lines(&outcome.chosen)));
    for key in ["covered_weight", "covered_weight_share", "covered_count", "covered_count_share"] {
        put(key, Value::Null);
    }
    put("cost", json!(named.money(cost)));
    if !existing.is_empty() {
        put("existing", json!(arcs.pairs(&existing)));
    }
    for (key, value) in extra {
        put(key, value.clone());
    }
    if let Some(optima) = &outcome.optima {
        let mut frequency: Vec<u32> = vec![0; arcs.ends.len()];
        optima.plans.iter().flatten().for_each(|&arc| frequency[arc as usize] += 1);
        let share = |count: u32| json!(f64::from(count) / optima.plans.len().max(1) as f64);
        let frequency: Map<String, Value> = (frequency.iter().zip(&arcs.names))
            .filter(|(count, _)| **count > 0)
            .map(|(&count, name)| (name.clone(), share(count)))
            .collect();
        put("optima_count", json!(optima.plans.len()));
        put("optima_complete", json!(optima.is_complete));
        put("optima", optima.plans.iter().map(|plan| json!(arcs.pairs(plan))).collect());
        put("optima_rows", optima.plans.iter().map(|plan| json!(lines(plan))).collect());
        put("site_frequency", Value::Object(frequency));
    }
    let candidates = named.rules.forbidden.iter().zip(&named.rules.existing).filter(|both| *both == (&false, &false));
    let candidates = candidates.count();
    let mut notes = Vec::new();
    if candidates == 0 {
        notes.push("L104: no arc can be chosen: the answer is the network as it is".to_owned());
    } else if let Some(p) = named.rules.most_new.filter(|&p| p as usize > candidates) {
        notes.push(format!("L101: p = {p} is more than the {candidates} arcs that can be chosen: all of them may be"));
    }
    notes.extend(stop.map(|stop| stop_note(stop, Some(gap).filter(|gap| gap.is_finite()))));
    if !notes.is_empty() {
        put("notes", json!(notes));
    }
    let json = Value::Object(json);
    Shown::new(text(arcs, outcome, &json), json)
}

fn text(arcs: &Arcs, outcome: &Outcome, json: &Value) -> String {
    let word = |key: &str| json[key].as_str().unwrap_or_default().to_owned();
    let names = |arcs_of: &[u32]| -> String {
        let names: Vec<&str> = arcs_of.iter().map(|&arc| arcs.names[arc as usize].as_str()).collect();
        if names.is_empty() { "none".to_owned() } else { names.join(", ") }
    };
    let mut text = format!("{}: {}\n", word("problem"), word("status"));
    let gap = gap_text(json["gap"].as_f64());
    let _ = writeln!(text, "{:<20} {} (bound {}, gap {gap})", outcome.label, outcome.objective, outcome.bound);
    let _ = writeln!(text, "{:<20} {}", "arcs", names(&outcome.chosen));
    let before = &json["objective_before"];
    let before = if before.is_null() { "inf".to_owned() } else { before.to_string() };
    let _ = writeln!(text, "{:<20} {before}", "before");
    let unreachable: Vec<String> = (json["unreachable"].as_array().into_iter().flatten())
        .map(|ends| [&ends[0], &ends[1]].map(|end| end.as_str().unwrap_or_default()).join("-"))
        .collect();
    if !unreachable.is_empty() {
        let few = unreachable.iter().take(10).map(String::as_str).collect::<Vec<_>>().join(", ");
        let more = if unreachable.len() > 10 { ", ...; --json lists all" } else { "" };
        let _ = writeln!(text, "{:<20} {} ({few}{more})", "trips without path", unreachable.len());
    }
    for note in json["notes"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        let _ = writeln!(text, "{:<20} {note}", "note");
    }
    if let Some(optima) = &outcome.optima {
        let all = if optima.is_complete { "all" } else { "not all; raise --max-optima or --steps" };
        let _ = writeln!(text, "{:<20} {} ({all})", "plans", optima.plans.len());
        for plan in optima.plans.iter().take(20) {
            let _ = writeln!(text, "  {}", names(plan));
        }
        if optima.plans.len() > 20 {
            let _ = writeln!(text, "  ... and {} more; --json lists all", optima.plans.len() - 20);
        }
    }
    text
}

/// A siting error of an arc problem.
pub(super) fn failed(args: &Args, arcs: &Arcs, named: &NamedRules, error: &SitingError) -> Error {
    match error {
        SitingError::Refused(_) => Error::Refused(error.to_string()),
        SitingError::Colliding(collision) => no_plan(args, arcs, named, collision),
        _ => Error::Internal(error.to_string()),
    }
}

/// No plan: which rules collide, and what would do.
fn no_plan(args: &Args, arcs: &Arcs, named: &NamedRules, collision: &Collision) -> Error {
    let words: Vec<String> = collision.rules.iter().map(|rule| named.describe(rule, &arcs.names, None)).collect();
    let mut message = format!("L010: no plan keeps these rules together: {}", words.join("; "));
    let mut details = json!({"problem": args.problem.as_str(), "status": "infeasible", "conflicts": words});
    if let Some(count) = collision.fewest_sites {
        let _ = write!(message, ". -p {count} would do");
        details["smallest_p"] = json!(count);
    }
    if let Some(budget) = named.smallest_budget(collision) {
        let _ = write!(message, ". A budget of {budget} would do");
        details["smallest_budget"] = json!(budget);
    }
    Error::NoPlan { message, details: Box::new(details) }
}
