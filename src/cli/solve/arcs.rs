//! The interdiction problems on tables of arcs.

use super::arc_answer::{Outcome, failed, finite, tell};
use super::arc_table::Arcs;
use super::{Args, ProblemName, amount, number_faults, share};
use crate::cli::output::Shown;
use crate::error::Error;
use crate::inputs::{COST, Column, Decimal, FixedPoint, InputProblems, PlainTable, Problem, to_f64};
use crate::siting::OptimaRequest;
use crate::siting::interdiction::{
    EvaderTrip, EvasionArc, InterdictionProblem, SearchLimits, Watch, interdict_evaders,
};
use crate::siting::max_flow_interdiction::{CapacityArc, MaxFlowProblem, reduce_max_flow};
use crate::siting::shortest_path_interdiction::{Attack, LengthArc, ShortestPathProblem, lengthen_shortest_path};
use serde_json::{Value, json};
use std::path::Path;
use std::time::Instant;

const EVASION: Column = &["evasion_probability", "evasion"];
const EVASION_WITH: Column = &["evasion_probability_with_office", "evasion_with_office"];
const ADDED: Column = &["added_cost", "delay", "added_length", "added"];
const CAPACITY: Column = &["capacity"];
const REMOVAL: Column = &["cost_to_remove", "removal_cost", "remove_cost", "cost"];
const PRICE: Column = &["attack_cost", "interdiction_cost", "office_cost", "price"];
const OFFICE_COST: Column = &["cost", "attack_cost", "interdiction_cost", "office_cost", "price"];
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
    if args.budget.is_none() && args.p.is_none() {
        faults.push(format!("L001: {name} needs -p N or --budget COST"));
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
        ("trips", args.trips.is_some() && !is_evaders),
        ("from", args.from.is_some() && is_evaders),
        ("to", args.to.is_some() && is_evaders),
        ("progress", args.progress),
        ("remove", args.remove && args.problem != ProblemName::ShortestPathInterdiction),
    ] {
        if is_given {
            faults.push(format!("L002: --{option} has no meaning for {name}: leave it out"));
        }
    }
    args.arcs.as_deref().filter(|_| faults.is_empty()).ok_or_else(|| Error::Usage(faults.join("\n")))
}

fn limits(args: &Args) -> SearchLimits {
    let within_share = args.within.as_deref().and_then(share).unwrap_or(0.0);
    let optima = args.all_optima.then_some(OptimaRequest { within_share, most: args.max_optima as usize });
    SearchLimits {
        node_count: u32::MAX,
        step_limit: args.steps,
        gap_share: args.gap.as_deref().and_then(share).unwrap_or(0.0).max(SearchLimits::PROVEN_SHARE),
        time_s: args.time_limit.as_deref().and_then(amount).map(Decimal::value),
        optima,
    }
}

/// All problems of the tables, then all faults of the command line.
fn settle(mut problems: Vec<Problem>, faults: &[String]) -> Result<(), Error> {
    if !problems.is_empty() {
        problems.sort_by(|a, b| (&a.file, a.row).cmp(&(&b.file, b.row)));
        return Err(Error::Inputs(InputProblems { problems }));
    }
    if faults.is_empty() { Ok(()) } else { Err(Error::Usage(faults.join("\n"))) }
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

const FROM_TRIP: Column = &["origin", "from", "source"];
const TO_TRIP: Column = &["destination", "to", "target"];

fn evaders(args: &Args, path: &Path) -> Result<Shown, Error> {
    let mut arcs = Arcs::read(path, &[EVASION], &[EVASION_WITH, OFFICE_COST]);
    let mut faults = Vec::new();
    let mut problem = InterdictionProblem::default();
    let mut costs = Vec::new();
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
        let has_cost = is_candidate && arcs.table.has(OFFICE_COST[0]);
        let cost = if has_cost { arcs.table.amount(row, OFFICE_COST[0]) } else { Some(Decimal::ONE) };
        costs.push(cost.filter(|_| is_candidate));
        let site = row as u32;
        let watch = with_office.map(|with| Watch { site, evasion_probability_with_office: with });
        let [from, to] = arcs.ends[row];
        problem.arcs.push(EvasionArc { from, to, evasion_probability: evasion.unwrap_or(0.0), watch });
    }
    let no_office = "can hold no office: fill evasion_probability_with_office";
    let named = arcs.rules(args, &costs, no_office, &mut faults);
    let mut problems = std::mem::take(&mut arcs.table.problems);
    let trips_path = args.trips.as_deref().unwrap_or(path);
    let mut trips = PlainTable::read(trips_path, &[FROM_TRIP, TO_TRIP], &[PROBABILITY]);
    for row in 0..trips.row_count() {
        let (origin, destination) = (trips.id(row, FROM_TRIP[0]), trips.id(row, TO_TRIP[0]));
        let has_weight = trips.has(PROBABILITY[0]);
        let weight = if has_weight { trips.amount(row, PROBABILITY[0]) } else { Some(Decimal::ONE) };
        if let (Some(origin), Some(destination), Some(weight)) = (origin, destination, weight) {
            let ends = [(FROM_TRIP, origin), (TO_TRIP, destination)].map(|(column, name)| {
                let number = arcs.numbers.get(&name).copied();
                // A table of arcs that could not be read has told its own fault.
                if number.is_none() && !arcs.ends.is_empty() {
                    let fix = "correct the id, or add its arcs to the other table";
                    trips.problem(trips.line(row), column[0], "I302", [&name, "a node of the table of arcs", fix]);
                }
                number
            });
            if let [Some(origin), Some(destination)] = ends {
                problem.trips.push(EvaderTrip { origin, destination, weight: weight.value() });
            }
        }
    }
    problems.append(&mut trips.problems);
    (problem.node_count, problem.site_count) = (arcs.nodes.len() as u32, problem.arcs.len() as u32);
    settle(problems, &faults)?;
    let began = Instant::now();
    let plan =
        interdict_evaders(&problem, &named.rules, limits(args)).map_err(|error| failed(args, &arcs, &named, &error))?;
    let is_hit = |trip: usize| plan.trips[trip].evasion_probability < plan.trips[trip].evasion_probability_before;
    let weight_where = |is_in: &dyn Fn(usize) -> bool| -> f64 {
        (0..problem.trips.len()).filter(|&trip| is_in(trip)).map(|trip| problem.trips[trip].weight).sum()
    };
    let (hit, total) = (weight_where(&is_hit) + 0.0, weight_where(&|_| true) + 0.0);
    let hit_count = (0..problem.trips.len()).filter(|&trip| is_hit(trip)).count();
    let share = |part: f64, all: f64| if all > 0.0 { json!(part / all) } else { Value::Null };
    let name = |node: u32| arcs.nodes[node as usize].as_str();
    let ends = |trip: &EvaderTrip| [name(trip.origin), name(trip.destination)];
    let unreachable: Vec<[&str; 2]> =
        plan.unreachable_trips.iter().map(|&trip| ends(&problem.trips[trip as usize])).collect();
    let extra = [
        ("covered_weight", json!(hit)),
        ("covered_weight_share", share(hit, total)),
        ("covered_count", json!(hit_count)),
        ("covered_count_share", share(hit_count as f64, problem.trips.len() as f64)),
        ("objective_before", json!(plan.objective_before)),
        ("unreachable_trips", json!(plan.unreachable_trips.len())),
        ("unreachable", json!(unreachable)),
        ("nodes", json!(plan.node_count)),
    ];
    let outcome = Outcome {
        label: "expected evasion",
        objective: plan.objective,
        bound: plan.bound,
        gap: plan.gap_share,
        status: plan.status,
        chosen: plan.sites,
        optima: plan.optima,
        began,
    };
    Ok(tell(args, &arcs, &named, &outcome, &extra))
}

fn shortest_path(args: &Args, path: &Path) -> Result<Shown, Error> {
    let mut arcs = Arcs::read(path, &[COST], &[ADDED, PRICE]);
    let mut faults = Vec::new();
    if !args.remove && !arcs.table.has(ADDED[0]) && arcs.table.problems.is_empty() {
        faults.push("L001: the arcs have no column `added_cost`: add it, or give --remove".to_owned());
    }
    let (mut lengths, mut costs) = (Vec::new(), Vec::new());
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
        let cost = if arcs.table.has(PRICE[0]) { arcs.table.optional_amount(row, PRICE[0]) } else { None };
        costs.push((attack != Attack::Spared).then(|| cost.unwrap_or(Decimal::ONE)));
        lengths.push((length, attack));
    }
    let named = arcs.rules(args, &costs, "cannot be interdicted: fill added_cost", &mut faults);
    let origin = arcs.named(args.from.as_deref(), "from", &mut faults);
    let destination = arcs.named(args.to.as_deref(), "to", &mut faults);
    settle(std::mem::take(&mut arcs.table.problems), &faults)?;
    let ([origin], [destination]) = (origin.as_slice(), destination.as_slice()) else {
        return Err(Error::Usage("L004: --from and --to name one node each here".to_owned()));
    };
    let arc = |(&[from, to], &(length, attack)): (&[u32; 2], &(f64, Attack))| LengthArc { from, to, length, attack };
    let problem = ShortestPathProblem {
        node_count: arcs.nodes.len() as u32,
        arcs: arcs.ends.iter().zip(&lengths).map(arc).collect(),
        origin: *origin,
        destination: *destination,
    };
    let began = Instant::now();
    let plan = lengthen_shortest_path(&problem, &named.rules, limits(args))
        .map_err(|error| failed(args, &arcs, &named, &error))?;
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
        chosen: plan.arcs,
        optima: plan.optima,
        began,
    };
    Ok(tell(args, &arcs, &named, &outcome, &extra))
}

/// Most that one capacity comes to in whole units.
const MOST_CAPACITY: i64 = 1 << 50;

fn max_flow(args: &Args, path: &Path) -> Result<Shown, Error> {
    let mut arcs = Arcs::read(path, &[CAPACITY], &[REMOVAL]);
    let mut faults = Vec::new();
    let (mut capacities, mut costs) = (Vec::new(), Vec::new());
    for row in 0..arcs.table.row_count() {
        capacities.push(arcs.table.amount(row, CAPACITY[0]).unwrap_or(Decimal::ONE));
        let has_cost = arcs.table.has(REMOVAL[0]);
        costs.push(if has_cost { arcs.table.optional_amount(row, REMOVAL[0]) } else { Some(Decimal::ONE) });
    }
    let capacities = FixedPoint::of(&capacities, MOST_CAPACITY, MOST_CAPACITY.into()).unwrap_or_else(|| {
        faults.push("L006: the capacities add up to more than 10^15: use a larger unit".to_owned());
        FixedPoint::default()
    });
    let named = arcs.rules(args, &costs, "cannot be removed: fill cost_to_remove", &mut faults);
    let sources = arcs.named(args.from.as_deref(), "from", &mut faults);
    let sinks = arcs.named(args.to.as_deref(), "to", &mut faults);
    for node in sources.iter().filter(|node| sinks.contains(node)) {
        let name = &arcs.nodes[*node as usize];
        faults.push(format!("L005: `{name}` is both --from and --to: flow through it has no limit"));
    }
    settle(std::mem::take(&mut arcs.table.problems), &faults)?;
    let arc = |(&[from, to], &capacity): (&[u32; 2], &i64)| CapacityArc { from, to, capacity: capacity.unsigned_abs() };
    let problem = MaxFlowProblem {
        node_count: arcs.nodes.len() as u32,
        arcs: arcs.ends.iter().zip(&capacities.values).map(arc).collect(),
        sources,
        sinks,
    };
    let began = Instant::now();
    let plan =
        reduce_max_flow(&problem, &named.rules, limits(args)).map_err(|error| failed(args, &arcs, &named, &error))?;
    let flow = |units: u64| to_f64(units.into(), capacities.decimals);
    let extra = [("objective_before", json!(flow(plan.objective_before))), ("cut", json!(arcs.pairs(&plan.cut)))];
    let outcome = Outcome {
        label: "flow left",
        objective: flow(plan.objective),
        bound: flow(plan.bound),
        gap: plan.gap_share,
        status: plan.status,
        chosen: plan.arcs,
        optima: plan.optima,
        began,
    };
    Ok(tell(args, &arcs, &named, &outcome, &extra))
}
