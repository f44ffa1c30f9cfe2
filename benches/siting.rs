//! Times the siting solvers on generated instances and prints the answers, for `siting_peers.py` to compare with other
//! programs on the same instances.
//!
//! Standard output is one JSON object: `seconds`, `objective`, `sites` of each instance, with `--export` also the
//! instances themselves. Maximal covering: demands and sites scattered round towns, a fixed radius, whole weights;
//! p-median: random graphs like OR-Library's, every node a demand and a site. Shortest-path interdiction: grids with an arc
//! to each neighbour, lengths and delays 1 to 10, ten attacks; sites are arcs. `--instances FILE` takes maximal covering and
//! p-median instances from a JSON file instead: a list of `name`, `p`, `radius`, `weights`, `reach` (for each demand, pairs
//! of site and cost).
#![allow(clippy::expect_used)] // a bench that cannot run has nothing to measure

use corridor::siting::interdiction::SearchLimits;
use corridor::siting::shortest_path_interdiction::{Attack, LengthArc, ShortestPathProblem, lengthen_shortest_path};
use corridor::siting::{
    LocationKind, LocationOptions, LocationProblem, Rules, SitingStatus, locate, objective_of, quick_covering,
};
use serde_json::{Value, json};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Instant;

/// Rounds; the fastest counts.
const ROUND_COUNT: usize = 5;

/// The generator of Steele, Lea & Flood 2014.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit
    }

    /// Near normal, standard deviation about 1.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.below(1 << 30) as f64 / f64::from(1 << 30)).sum::<f64>() - 6.0
    }
}

fn covering(demand_count: usize, site_count: usize, p: u32) -> LocationProblem {
    let mut dice = Dice(demand_count as u64);
    let towns: Vec<[f64; 2]> = (0..40).map(|_| [dice.below(3700) as f64, dice.below(2400) as f64]).collect();
    let mut point = || {
        if dice.below(10) < 4 {
            [dice.below(3700) as f64, dice.below(2400) as f64]
        } else {
            let town = towns[(dice.below(40) * dice.below(40) / 40) as usize];
            [town[0] + 80.0 * dice.normal(), town[1] + 80.0 * dice.normal()]
        }
    };
    let demands: Vec<[f64; 2]> = (0..demand_count).map(|_| point()).collect();
    let sites: Vec<[f64; 2]> = (0..site_count).map(|_| point()).collect();
    let weights = (0..demand_count).map(|_| 1 + dice.below(100) as i64).collect();
    let row = |demand: &[f64; 2]| {
        let metres = |site: &[f64; 2]| ((demand[0] - site[0]).hypot(demand[1] - site[1]) * 1000.0) as i64;
        (0_u32..).zip(&sites).map(|(number, site)| (number, metres(site))).filter(|&(_, m)| m <= 150_000).collect()
    };
    let mut rules = Rules::free(site_count);
    rules.most_new = Some(p);
    LocationProblem { weights, reach: demands.iter().map(row).collect(), radius: Some(150_000), rules }
}

fn median(node_count: usize, p: u32) -> LocationProblem {
    let mut dice = Dice(node_count as u64 * 1000 + u64::from(p));
    let mut near = vec![Vec::new(); node_count];
    for edge in 1..(node_count * node_count / 50).max(node_count) {
        // A tree first, so that all nodes are joined.
        let a = if edge < node_count { edge } else { dice.below(node_count as u64) as usize };
        let b = dice.below(if edge < node_count { edge } else { node_count } as u64) as usize;
        let cost = 1 + dice.below(100) as i64;
        near[a].push((b, cost));
        near[b].push((a, cost));
    }
    let row = |source: usize| {
        let mut least = vec![i64::MAX; node_count];
        let mut queue = BinaryHeap::from([Reverse((0_i64, source))]);
        while let Some(Reverse((cost, node))) = queue.pop() {
            if least[node] > cost {
                least[node] = cost;
                queue.extend(near[node].iter().map(|&(next, step)| Reverse((cost + step, next))));
            }
        }
        (0_u32..).zip(least).collect()
    };
    let mut rules = Rules::free(node_count);
    rules.most_new = Some(p);
    LocationProblem { weights: vec![1; node_count], reach: (0..node_count).map(row).collect(), radius: None, rules }
}

/// From any node of the first column to any of the last one.
fn grid(side: u32) -> ShortestPathProblem {
    let mut dice = Dice(u64::from(side));
    let (origin, destination) = (side * side, side * side + 1);
    let mut arcs = Vec::new();
    let mut join = |from: u32, to: u32, length: u64, added: u64| {
        let attack = if added > 0 { Attack::Lengthen(added as f64) } else { Attack::Spared };
        arcs.push(LengthArc { from, to, length: length as f64, attack });
    };
    for row in 0..side {
        join(origin, row * side, 0, 0);
        join(row * side + side - 1, destination, 0, 0);
        for column in 0..side {
            for (down, right) in [(0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (-1, 1)] {
                let (Some(to_row), Some(to_column)) = (row.checked_add_signed(down), column.checked_add_signed(right))
                else {
                    continue;
                };
                if to_row < side && to_column < side {
                    let (length, added) = (1 + dice.below(10), 1 + dice.below(10));
                    join(row * side + column, to_row * side + to_column, length, added);
                }
            }
        }
    }
    ShortestPathProblem { node_count: side * side + 2, arcs, origin, destination }
}

fn tell_grid(side: u32, round_count: usize, is_export: bool) -> Value {
    let problem = grid(side);
    let arc_count = problem.arcs.len();
    let rules = Rules { cost: vec![1; arc_count], budget: Some(10), ..Rules::free(arc_count) };
    let (seconds, plan) = fastest(round_count, || lengthen_shortest_path(&problem, &rules, SearchLimits::default()));
    let plan = plan.expect("an answer");
    let mut told = json!({
        "name": format!("grid_{side}"),
        "p": rules.budget,
        "seconds": seconds,
        "objective": plan.objective as i64,
        "is_proven": plan.status == SitingStatus::Optimal,
        "sites": plan.arcs,
    });
    if is_export {
        let added = |arc: &LengthArc| if let Attack::Lengthen(added) = arc.attack { added } else { 0.0 };
        told["arcs"] = problem.arcs.iter().map(|a| json!([a.from, a.to, a.length, added(a)])).collect();
    }
    told
}

fn fastest<T>(round_count: usize, mut work: impl FnMut() -> T) -> (f64, T) {
    let mut best = f64::INFINITY;
    let mut last = None;
    for _ in 0..round_count {
        let begin = Instant::now();
        last = Some(work());
        best = best.min(begin.elapsed().as_secs_f64());
    }
    (best, last.expect("at least one round"))
}

/// Instances of a file.
fn read(path: &str) -> Vec<(String, LocationKind, LocationProblem)> {
    let text = std::fs::read_to_string(path).expect("the file of instances");
    let all: Vec<Value> = serde_json::from_str(&text).expect("JSON");
    let instance = |told: &Value| {
        let numbers = |value: &Value| -> Vec<i64> {
            value.as_array().expect("a list").iter().map(|number| number.as_i64().expect("whole numbers")).collect()
        };
        let name = told["name"].as_str().expect("a name").to_owned();
        let row = |row: &Value| {
            let mut sites: Vec<(u32, i64)> =
                row.as_array().expect("a list").iter().map(&numbers).map(|p| (p[0] as u32, p[1])).collect();
            sites.sort_unstable();
            sites
        };
        let mut rules = Rules::free(told["site_count"].as_u64().expect("site_count") as usize);
        rules.most_new = told["p"].as_u64().map(|p| p as u32);
        let problem = LocationProblem {
            weights: numbers(&told["weights"]),
            reach: told["reach"].as_array().expect("a list").iter().map(row).collect(),
            radius: told["radius"].as_i64(),
            rules,
        };
        let is_covering = name.starts_with("mclp");
        (name, if is_covering { LocationKind::MaximalCovering } else { LocationKind::Median }, problem)
    };
    all.iter().map(instance).collect()
}

fn main() {
    let file = std::env::args().skip_while(|argument| argument != "--instances").nth(1);
    let has = |flag: &str| std::env::args().any(|argument| argument == flag);
    // without --bench this runs as a test: a glance at the smallest
    let is_bench = has("--bench");
    let round_count = if is_bench { ROUND_COUNT } else { 1 };
    let is_given = file.is_some();
    let mut instances: Vec<(String, LocationKind, LocationProblem)> = file.as_deref().map(read).unwrap_or_default();
    let mut generated = Vec::new();
    if !is_given {
        generated.extend([
            ("mclp_500_100_10", LocationKind::MaximalCovering, covering(500, 100, 10)),
            ("pmed_100_10", LocationKind::Median, median(100, 10)),
        ]);
    }
    if is_bench && !is_given {
        generated.extend([
            ("mclp_2000_500_20", LocationKind::MaximalCovering, covering(2_000, 500, 20)),
            ("mclp_10000_1000_30", LocationKind::MaximalCovering, covering(10_000, 1_000, 30)),
            ("pmed_200_20", LocationKind::Median, median(200, 20)),
            ("pmed_400_5", LocationKind::Median, median(400, 5)),
            ("pmed_400_40", LocationKind::Median, median(400, 40)),
            ("pmed_900_10", LocationKind::Median, median(900, 10)),
            ("pmed_900_90", LocationKind::Median, median(900, 90)),
        ]);
    }
    instances.extend(generated.into_iter().map(|(name, kind, problem)| (name.to_owned(), kind, problem)));
    let mut answers = Vec::new();
    for (name, kind, problem) in &instances {
        let (seconds, answer) = fastest(round_count, || locate(*kind, problem, &LocationOptions::default()));
        let answer = answer.expect("an answer");
        let mut told = json!({
            "name": name,
            "p": problem.rules.most_new,
            "seconds": seconds,
            "objective": answer.objective as i64,
            "is_proven": answer.status == SitingStatus::Optimal,
            "sites": answer.sites,
        });
        if *kind == LocationKind::MaximalCovering {
            let (seconds, sites) = fastest(round_count, || quick_covering(problem));
            let quick = objective_of(*kind, problem, &sites).expect("a plan has a value");
            told["quick_seconds"] = json!(seconds);
            told["quick_share"] = json!(quick as f64 / answer.objective as f64);
        }
        if has("--export") {
            told["weights"] = json!(problem.weights);
            told["reach"] = problem
                .reach
                .iter()
                .map(|row| row.iter().map(|&(s, c)| json!([s, c])).collect())
                .collect::<Vec<Value>>()
                .into();
        }
        answers.push(told);
    }
    let sides = match (is_given, is_bench) {
        (true, _) => &[][..],
        (_, true) => &[10, 20][..],
        _ => &[4][..],
    };
    for side in sides {
        answers.push(tell_grid(*side, if *side > 10 { 1 } else { round_count }, has("--export")));
    }
    println!("{}", Value::Array(answers));
}
