//! The interdiction problems on tables of arcs.

use super::answer::gap_text;
use super::arc_table::{Arcs, Choice};
use super::{Args, ProblemName, number_faults};
use crate::cli::output::Shown;
use crate::error::Error;
use crate::inputs::{COST, Column, Decimal, InputProblems, PlainTable, Problem};
use crate::siting::interdiction::{
    EvaderTrip, EvasionArc, InterdictionProblem, OfficeRules, SearchLimits, Watch, interdict_evaders,
};
use crate::siting::max_flow_interdiction::{CapacityArc, MaxFlowProblem, reduce_max_flow};
use crate::siting::shortest_path_interdiction::{Attack, LengthArc, ShortestPathProblem, lengthen_shortest_path};
use crate::siting::{SitingError, SitingStatus};
use serde_json::{Map, Value, json};
use std::fmt::Write as _;
use std::path::Path;

const EVASION: Column = &["evasion_probability", "evasion"];
const EVASION_WITH: Column = &["evasion_probability_with_office", "evasion_with_office"];
const ADDED: Column = &["added_cost", "delay", "added_length", "added"];
const CAPACITY: Column = &["capacity"];
const REMOVAL: Column = &["cost_to_remove", "removal_cost", "remove_cost", "cost"];
const PRICE: Column = &["attack_cost", "interdiction_cost", "office_cost", "price"];
const OFFICE_COST: Column = &["cost", "attack_cost", "interdiction_cost", "office_cost", "price"];
const STATUS: Column = &["status"];
const PROBABILITY: Column = &["probability", "weight"];

/// Reads, solves and tells.
pub(super) fn run(args: &Args) -> Result<Shown, Error> {
    let path = check_options(args)?;
    match args.problem {
        ProblemName::Interdiction => evaders(args, path),
        ProblemName::ShortestPathInterdiction => shortest_path(args, path),
        _ => max_flow(args, path),
    }
}

fn check_options(args: &Args) -> Result<&Path, Error> {
    let name = args.problem.as_str();
    let mut faults = number_faults(args);
    let is_evaders = args.problem == ProblemName::Interdiction;
    if args.arcs.is_none() {
        faults.push(format!("L001: {name} needs --arcs FILE"));
    }
    if is_evaders && args.trips.is_none() {
        faults.push(format!("L001: {name} needs --trips FILE"));
    }
    if args.budget.is_none() && (!is_evaders || args.p.is_none()) {
        let what = if is_evaders { "-p N or --budget COST" } else { "--budget COST" };
        faults.push(format!("L001: {name} needs {what}"));
    }
    for (option, is_given) in [
        ("costs", args.costs.is_some()),
        ("demand", args.demand.is_some()),
        ("sites", args.sites.is_some()),
        ("orlib", args.orlib.is_some()),
        ("flows", args.flows.is_some()),
        ("visits", args.visits.is_some()),
        ("radius", args.radius.is_some()),
        ("weighted", args.weighted),
        ("reachable-only", args.reachable_only),
        ("all-optima", args.all_optima),
        ("existing", !args.existing.is_empty() && !is_evaders),
        ("exclusive", !args.exclusive.is_empty()),
        ("requires", !args.requires.is_empty()),
        ("country-min", !args.country_min.is_empty()),
        ("country-max", !args.country_max.is_empty()),
        ("country-budget", !args.country_budget.is_empty()),
        ("trips", args.trips.is_some() && !is_evaders),
        ("from", args.from.is_some() && is_evaders),
        ("to", args.to.is_some() && is_evaders),
        ("remove", args.remove && args.problem != ProblemName::ShortestPathInterdiction),
        ("p", args.p.is_some() && !is_evaders),
    ] {
        if is_given {
            faults.push(format!("L002: --{option} has no meaning for {name}: leave it out"));
        }
    }
    args.arcs.as_deref().filter(|_| faults.is_empty()).ok_or_else(|| Error::Usage(faults.join("\n")))
}

fn limits(args: &Args) -> SearchLimits {
    SearchLimits { node_count: args.steps, ..SearchLimits::default() }
}

/// All problems of the tables, then all faults of the command line.
fn settle(mut problems: Vec<Problem>, faults: &[String]) -> Result<(), Error> {
    if !problems.is_empty() {
        problems.sort_by(|a, b| (&a.file, a.row).cmp(&(&b.file, b.row)));
        return Err(Error::Inputs(InputProblems { problems }));
    }
    if faults.is_empty() { Ok(()) } else { Err(Error::Usage(faults.join("\n"))) }
}

/// A siting error of an arc problem.
fn failed(args: &Args, error: SitingError) -> Error {
    match error {
        SitingError::Refused(_) => Error::Refused(error.to_string()),
        SitingError::Infeasible(_) => {
            let details = json!({"problem": args.problem.as_str(), "status": "infeasible"});
            Error::NoPlan { message: error.to_string(), details: Box::new(details) }
        }
        _ => Error::Internal(error.to_string()),
    }
}

/// A probability of a row.
fn probability(table: &mut PlainTable, row: usize, column: &'static str) -> Option<f64> {
    let value = table.amount(row, column)?.value();
    if value > 1.0 {
        let (line, cell) = (table.line(row), table.cell(row, column).to_owned());
        table.problem(line, column, "I203", [&cell, "a probability from 0 to 1", "correct the number"]);
        return None;
    }
    Some(value)
}

fn evaders(args: &Args, path: &Path) -> Result<Shown, Error> {
    let mut arcs = Arcs::read(path, &[EVASION], &[EVASION_WITH, OFFICE_COST, STATUS]);
    let mut faults = Vec::new();
    let mut problem = InterdictionProblem::default();
    let (mut arc_of_site, mut prices) = (Vec::new(), Vec::new());
    for row in 0..arcs.table.row_count() {
        let evasion = probability(&mut arcs.table, row, EVASION[0]);
        let is_candidate = !arcs.table.cell(row, EVASION_WITH[0]).is_empty();
        let with_office = if is_candidate { probability(&mut arcs.table, row, EVASION_WITH[0]) } else { None };
        if let (Some(without), Some(with)) = (evasion, with_office)
            && with > without
        {
            let (line, cell) = (arcs.table.line(row), arcs.table.cell(row, EVASION_WITH[0]).to_owned());
            let texts = [cell.as_str(), "no more than evasion_probability", "an office makes passing harder"];
            arcs.table.problem(line, EVASION_WITH[0], "I203", texts);
        }
        let watch = with_office.map(|evasion_probability_with_office| {
            arc_of_site.push(row as u32);
            Watch { site: arc_of_site.len() as u32 - 1, evasion_probability_with_office }
        });
        if watch.is_some() {
            let has_price = arcs.table.has(OFFICE_COST[0]);
            let price = if has_price { arcs.table.amount(row, OFFICE_COST[0]) } else { Some(Decimal::ONE) };
            prices.push(price);
        }
        let [from, to] = arcs.ends[row];
        problem.arcs.push(EvasionArc { from, to, evasion_probability: evasion.unwrap_or(0.0), watch });
    }
    let mut problems = std::mem::take(&mut arcs.table.problems);
    let trips_path = args.trips.as_deref().unwrap_or(path);
    let mut trips = PlainTable::read(trips_path, &[FROM_TRIP, TO_TRIP], &[PROBABILITY]);
    for row in 0..trips.row_count() {
        let (origin, destination) = (trips.id(row, FROM_TRIP[0]), trips.id(row, TO_TRIP[0]));
        let has_weight = trips.has(PROBABILITY[0]);
        let weight = if has_weight { trips.amount(row, PROBABILITY[0]) } else { Some(Decimal::ONE) };
        if let (Some(origin), Some(destination), Some(weight)) = (origin, destination, weight) {
            let (origin, destination) = (arcs.number(&origin), arcs.number(&destination));
            problem.trips.push(EvaderTrip { origin, destination, weight: weight.value() });
        }
    }
    problems.append(&mut trips.problems);
    (problem.node_count, problem.site_count) = (arcs.nodes.len() as u32, arc_of_site.len() as u32);
    let choice = Choice::read(args, &arcs, &prices, &mut faults);
    let existing = arcs.chosen(&args.existing, "existing", &mut faults);
    let of_sites =
        |chosen: &[u32]| -> Vec<bool> { arc_of_site.iter().map(|arc| chosen.binary_search(arc).is_ok()).collect() };
    for (option, chosen) in [("required", &choice.required), ("existing", &existing)] {
        for arc in chosen.iter().filter(|arc| arc_of_site.binary_search(arc).is_err()) {
            let name = arcs.pair(*arc as usize).join("-");
            faults
                .push(format!("L005: {name} is {option} but can hold no office: fill evasion_probability_with_office"));
        }
    }
    settle(problems, &faults)?;
    let rules = OfficeRules {
        office_count: args.p,
        cost: choice.prices.iter().map(|price| price.unwrap_or(0)).collect(),
        budget: choice.budget,
        existing: of_sites(&existing),
        required: of_sites(&choice.required),
        forbidden: of_sites(&choice.forbidden),
        ..OfficeRules::default()
    };
    let plan = interdict_evaders(&problem, &rules, limits(args)).map_err(|error| failed(args, error))?;
    let chosen: Vec<u32> = plan.sites.iter().map(|&site| arc_of_site[site as usize]).collect();
    let is_hit = |trip: usize| plan.trips[trip].evasion_probability < plan.trips[trip].evasion_probability_before;
    let weight_where = |is_in: &dyn Fn(usize) -> bool| -> f64 {
        (0..problem.trips.len()).filter(|&trip| is_in(trip)).map(|trip| problem.trips[trip].weight).sum()
    };
    let (hit, total) = (weight_where(&is_hit) + 0.0, weight_where(&|_| true) + 0.0);
    let hit_count = (0..problem.trips.len()).filter(|&trip| is_hit(trip)).count();
    let share = |part: f64, all: f64| if all > 0.0 { json!(part / all) } else { Value::Null };
    let extra = [
        ("covered_weight", json!(hit)),
        ("covered_weight_share", share(hit, total)),
        ("covered_count", json!(hit_count)),
        ("covered_count_share", share(hit_count as f64, problem.trips.len() as f64)),
        ("objective_before", json!(plan.objective_before)),
        ("unreachable_trips", json!(plan.unreachable_trips.len())),
        ("nodes", json!(plan.node_count)),
    ];
    let outcome = Outcome {
        label: "expected evasion",
        objective: plan.objective,
        bound: plan.bound,
        gap: plan.gap_share,
        status: plan.status,
    };
    Ok(tell(args, &arcs, &chosen, &outcome, &extra))
}

const FROM_TRIP: Column = &["origin", "from", "source"];
const TO_TRIP: Column = &["destination", "to", "target"];

fn shortest_path(args: &Args, path: &Path) -> Result<Shown, Error> {
    let mut arcs = Arcs::read(path, &[COST], &[ADDED, PRICE, STATUS]);
    let mut faults = Vec::new();
    if !args.remove && !arcs.table.has(ADDED[0]) && arcs.table.problems.is_empty() {
        faults.push("L001: the arcs have no column `added_cost`: add it, or give --remove".to_owned());
    }
    let (mut lengths, mut prices) = (Vec::new(), Vec::new());
    for row in 0..arcs.table.row_count() {
        let length = arcs.table.amount(row, COST[0]).map_or(0.0, Decimal::value);
        let added = arcs.table.optional_amount(row, ADDED[0]);
        // Without the column every arc can be removed.
        let can_remove = args.remove && (added.is_some() || !arcs.table.has(ADDED[0]));
        let attack = match added {
            _ if can_remove => Attack::Remove,
            Some(added) if !args.remove => Attack::Lengthen(added.value()),
            _ => Attack::Spared,
        };
        let price = if arcs.table.has(PRICE[0]) { arcs.table.optional_amount(row, PRICE[0]) } else { None };
        prices.push((attack != Attack::Spared).then(|| price.unwrap_or(Decimal::ONE)));
        lengths.push((length, attack));
    }
    let choice = Choice::read(args, &arcs, &prices, &mut faults);
    let origin = arcs.named(args.from.as_deref(), "from", &mut faults);
    let destination = arcs.named(args.to.as_deref(), "to", &mut faults);
    settle(std::mem::take(&mut arcs.table.problems), &faults)?;
    let ([origin], [destination]) = (origin.as_slice(), destination.as_slice()) else {
        return Err(Error::Usage("L004: --from and --to name one node each here".to_owned()));
    };
    let arc = |(row, &(length, attack)): (usize, &(f64, Attack))| {
        let [from, to] = arcs.ends[row];
        LengthArc { from, to, length, attack, attack_cost: choice.prices[row].unwrap_or(0) }
    };
    let problem = ShortestPathProblem {
        node_count: arcs.nodes.len() as u32,
        arcs: lengths.iter().enumerate().map(arc).collect(),
        origin: *origin,
        destination: *destination,
        budget: choice.budget.unwrap_or(0),
        forbidden: choice.forbidden,
        required: choice.required,
    };
    let plan = lengthen_shortest_path(&problem, limits(args)).map_err(|error| failed(args, error))?;
    let extra = [
        ("objective_before", finite(plan.objective_before)),
        ("cut_off", json!(plan.objective.is_infinite())),
        ("path", json!(arcs.pairs(&plan.path))),
        ("nodes", json!(plan.node_count)),
    ];
    let outcome = Outcome {
        label: "shortest path",
        objective: plan.objective,
        bound: plan.bound,
        gap: plan.gap_share,
        status: plan.status,
    };
    Ok(tell(args, &arcs, &plan.arcs, &outcome, &extra))
}

fn max_flow(args: &Args, path: &Path) -> Result<Shown, Error> {
    let mut arcs = Arcs::read(path, &[CAPACITY], &[REMOVAL, STATUS]);
    let mut faults = Vec::new();
    let (mut capacities, mut prices) = (Vec::new(), Vec::new());
    for row in 0..arcs.table.row_count() {
        capacities.push(arcs.table.amount(row, CAPACITY[0]).map_or(0.0, Decimal::value));
        let has_price = arcs.table.has(REMOVAL[0]);
        prices.push(if has_price { arcs.table.optional_amount(row, REMOVAL[0]) } else { Some(Decimal::ONE) });
    }
    let choice = Choice::read(args, &arcs, &prices, &mut faults);
    let sources = arcs.named(args.from.as_deref(), "from", &mut faults);
    let sinks = arcs.named(args.to.as_deref(), "to", &mut faults);
    for node in sources.iter().filter(|node| sinks.contains(node)) {
        let name = &arcs.nodes[*node as usize];
        faults.push(format!("L005: `{name}` is both --from and --to: flow through it has no limit"));
    }
    settle(std::mem::take(&mut arcs.table.problems), &faults)?;
    let arc = |(row, &capacity): (usize, &f64)| {
        let [from, to] = arcs.ends[row];
        CapacityArc { from, to, capacity, removal_cost: choice.prices[row] }
    };
    let problem = MaxFlowProblem {
        node_count: arcs.nodes.len() as u32,
        arcs: capacities.iter().enumerate().map(arc).collect(),
        sources,
        sinks,
        budget: choice.budget.unwrap_or(0),
        forbidden: choice.forbidden,
        required: choice.required,
    };
    let plan = reduce_max_flow(&problem, limits(args)).map_err(|error| failed(args, error))?;
    let extra = [("objective_before", json!(plan.objective_before)), ("cut", json!(arcs.pairs(&plan.cut)))];
    let outcome = Outcome {
        label: "flow left",
        objective: plan.objective,
        bound: plan.bound,
        gap: plan.gap_share,
        status: plan.status,
    };
    Ok(tell(args, &arcs, &plan.arcs, &outcome, &extra))
}

struct Outcome {
    label: &'static str,
    objective: f64,
    bound: f64,
    gap: f64,
    status: SitingStatus,
}

/// JSON has no infinity: null.
fn finite(value: f64) -> Value {
    if value.is_finite() { json!(value) } else { Value::Null }
}

fn tell(args: &Args, arcs: &Arcs, chosen: &[u32], outcome: &Outcome, extra: &[(&str, Value)]) -> Shown {
    let status = if outcome.status == SitingStatus::Optimal { "optimal" } else { "limit" };
    let gap = if outcome.objective == outcome.bound { 0.0 } else { outcome.gap };
    let mut json = Map::new();
    for (key, value) in [
        ("problem", json!(args.problem.as_str())),
        ("status", json!(status)),
        ("objective", finite(outcome.objective)),
        ("bound", finite(outcome.bound)),
        ("gap", finite(gap)),
        ("sites", json!(arcs.pairs(chosen))),
        ("covered_weight", Value::Null),
        ("covered_weight_share", Value::Null),
        ("covered_count", Value::Null),
        ("covered_count_share", Value::Null),
    ] {
        json.insert(key.to_owned(), value);
    }
    for (key, value) in extra {
        json.insert((*key).to_owned(), value.clone());
    }
    let mut text = format!("{}: {status}\n", args.problem.as_str());
    let label = outcome.label;
    let gap = gap_text(Some(gap));
    let _ = writeln!(text, "{label:<20} {} (bound {}, gap {gap})", outcome.objective, outcome.bound);
    let names: Vec<String> = arcs.pairs(chosen).iter().map(|pair| pair.join("-")).collect();
    let _ = writeln!(text, "{:<20} {}", "arcs", if names.is_empty() { "none".to_owned() } else { names.join(", ") });
    if let Some((_, before)) = extra.iter().find(|(key, _)| *key == "objective_before") {
        let before = if before.is_null() { "inf".to_owned() } else { before.to_string() };
        let _ = writeln!(text, "{:<20} {before}", "before");
    }
    Shown { text, json: Value::Object(json) }
}
