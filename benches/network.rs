//! Times path questions on generated workloads, side by side with the Rust libraries that answer the same ones, for
//! `network_peers.py` to compare with the Python ones.
//!
//! `cargo bench --bench network -- FOLDER [SCALE] [ROW...]`: FOLDER holds one folder a scale (`S`, `M`) with `edges.csv`,
//! `nodes.csv`, `crossings.csv`, `origins.csv` and `od.csv`. Every line of standard output is a JSON object: row, scale, who,
//! seconds of the clock and of the processor for each of five rounds, answer.
//! Without `--bench` this runs as a test: a glance at a small graph made here.
#![allow(clippy::expect_used)] // a bench that cannot run has nothing to measure

use corridor::geodesy::LonLat;
use corridor::inputs::with_mapped;
use corridor::network::{Hierarchy, Metric, OpenArcs, SearchSpace, Topology, Ways, betweenness, k_shortest};
use petgraph::graph::DiGraph;
use serde_json::json;
use std::fmt::Display;
use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

/// Rounds; the median counts.
const ROUND_COUNT: usize = 5;

/// Routes of a round where the costs stay, and where they are new.
const MANY: usize = 1_000;
const FEW: usize = 100;

/// A workload: costs are whole microhours.
struct Load {
    scale: String,
    topology: Topology,
    costs: Vec<u32>,
    origins: Vec<u32>,
    pairs: Vec<(u32, u32)>,
    positions: Vec<LonLat>,
    posts: Vec<u32>,
    rounds: usize,
}

/// Processor seconds of all threads so far, where the system tells.
fn processor_seconds() -> f64 {
    // the system counts a running thread at its ticks, a few milliseconds apart, and where it gives way
    std::thread::yield_now();
    let Ok(tasks) = std::fs::read_dir("/proc/self/task") else { return f64::NAN };
    let of_task = |path: std::path::PathBuf| -> Option<f64> {
        let text = std::fs::read_to_string(path.join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<f64>().ok()
    };
    tasks.filter_map(|task| of_task(task.ok()?.path())).sum::<f64>() * 1e-9
}

/// Most memory this process held, MB, where the system tells.
fn most_memory_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1024
}

/// Does `work` once and notes its seconds of the clock and of the processor.
fn step<T>(steps: &mut serde_json::Map<String, serde_json::Value>, name: &str, work: impl FnOnce() -> T) -> T {
    let (begin, processor_begin) = (Instant::now(), processor_seconds());
    let done = work();
    let (clock, processor) = (begin.elapsed().as_secs_f64(), processor_seconds() - processor_begin);
    steps.insert(name.to_owned(), json!([clock, processor]));
    done
}

/// SplitMix64: the same numbers everywhere.
fn split_mix(place: u64) -> u64 {
    let mut z = place.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// The costs of a scenario: each arc 0.5 to 1.5 times as dear, by SplitMix64 of scenario and arc.
fn scenario_costs(costs: &[u32], scenario: u64) -> Vec<u32> {
    let cost = |(arc, &cost): (usize, &u32)| {
        let factor = 512 + (split_mix(scenario.wrapping_mul(0x100_0000_01b3).wrapping_add(arc as u64)) >> 54);
        ((u64::from(cost) * factor) >> 10).max(1) as u32
    };
    costs.iter().enumerate().map(cost).collect()
}

fn column(path: &Path, names: &[&str]) -> Vec<Vec<f64>> {
    let mut reader = csv::Reader::from_path(path).expect("a table of the workload");
    let titles = reader.headers().expect("a header").clone();
    let places: Vec<usize> =
        names.iter().map(|name| titles.iter().position(|title| title == *name).expect("a column")).collect();
    let mut columns = vec![Vec::new(); names.len()];
    for record in reader.records() {
        let record = record.expect("a row");
        for (column, &place) in columns.iter_mut().zip(&places) {
            column.push(record[place].parse().expect("a number"));
        }
    }
    columns
}

impl Load {
    fn read(folder: &Path, scale: &str) -> Self {
        let at = folder.join(scale);
        let edges = column(&at.join("edges.csv"), &["from", "to", "travel_h"]);
        let ends: Vec<(u32, u32)> = edges[0].iter().zip(&edges[1]).map(|(&a, &b)| (a as u32, b as u32)).collect();
        let nodes = ends.iter().map(|&(a, b)| a.max(b)).max().expect("an arc") + 1;
        let (topology, arc_of_place) = Topology::new(nodes as usize, &ends);
        let mut costs = vec![0; ends.len()];
        for (place, &arc) in arc_of_place.iter().enumerate() {
            costs[arc as usize] = (edges[2][place] * 1e6).round() as u32;
        }
        let origins = column(&at.join("origins.csv"), &["node"]).remove(0);
        let od = column(&at.join("od.csv"), &["from", "to"]);
        let ground = column(&at.join("nodes.csv"), &["lon", "lat"]);
        // the world has none
        let posts = at.join("crossings.csv");
        let posts = if posts.is_file() { column(&posts, &["from"]).remove(0) } else { Vec::new() };
        let post_count = if scale == "S" { 200 } else { 1000 };
        Self {
            scale: scale.to_owned(),
            topology,
            costs,
            origins: origins.into_iter().map(|node| node as u32).collect(),
            pairs: od[0].iter().zip(&od[1]).map(|(&a, &b)| (a as u32, b as u32)).collect(),
            positions: ground[0].iter().zip(&ground[1]).map(|(&lon, &lat)| LonLat { lon, lat }).collect(),
            posts: posts.into_iter().take(post_count).map(|node| node as u32).collect(),
            rounds: ROUND_COUNT,
        }
    }

    /// A grid of 30 x 30 with costs from a fixed rule.
    fn glance() -> Self {
        let side = 30_u32;
        let at = |x: u32, y: u32| y * side + x;
        let across = (0..side).flat_map(|y| (1..side).map(move |x| (at(x - 1, y), at(x, y))));
        let along = (1..side).flat_map(|y| (0..side).map(move |x| (at(x, y - 1), at(x, y))));
        let ends: Vec<(u32, u32)> = across.chain(along).flat_map(|(a, b)| [(a, b), (b, a)]).collect();
        let (topology, _) = Topology::new((side * side) as usize, &ends);
        let costs = (0..ends.len() as u64).map(|arc| 1000 + (arc * 2_654_435_761 % 997) as u32).collect();
        let origins = vec![0, at(15, 15)];
        let position =
            |node: u32| LonLat { lon: 60.0 + f64::from(node % side) * 0.1, lat: 30.0 + f64::from(node / side) * 0.1 };
        Self {
            scale: "glance".to_owned(),
            topology,
            costs,
            origins,
            pairs: vec![(0, at(29, 29))],
            positions: (0..side * side).map(position).collect(),
            posts: (0..20).collect(),
            rounds: 1,
        }
    }

    fn tell(&self, row: &str, who: &str, unit_count: usize, mut work: impl FnMut() -> u64) {
        self.tell_rounds(row, who, unit_count, |_| work());
    }

    /// As [`Self::tell`] for work that differs from round to round.
    fn tell_rounds(&self, row: &str, who: &str, unit_count: usize, mut work: impl FnMut(usize) -> u64) {
        let (mut seconds, mut processor) = (Vec::new(), Vec::new());
        let mut answer = 0;
        for round in 0..self.rounds {
            let (begin, processor_begin) = (Instant::now(), processor_seconds());
            answer = work(round);
            seconds.push(begin.elapsed().as_secs_f64());
            processor.push(processor_seconds() - processor_begin);
            if seconds.iter().sum::<f64>() > 60.0 {
                break;
            }
        }
        let line = json!({ "row": row, "scale": self.scale, "who": who, "units": unit_count, "seconds": seconds,
            "processor_seconds": processor, "answer": answer });
        print(&line);
    }

    /// Pairs of nodes for a round, drawn by SplitMix64 of round and place: no two rounds ask the same.
    fn pairs_of(&self, round: usize, count: usize) -> impl Iterator<Item = (u32, u32)> {
        let node_count = self.topology.node_count() as u64;
        let node = move |place: usize| (split_mix(((round as u64) << 32) + place as u64) % node_count) as u32;
        (0..count).map(move |pair| (node(2 * pair), node(2 * pair + 1)))
    }

    /// Cost to every node from each origin.
    fn one_to_all(&self) {
        let open = OpenArcs::new(&self.topology, &self.costs);
        let mut space = SearchSpace::default();
        let reached = |costs: Vec<u64>| costs.into_iter().filter(|&cost| cost != u64::MAX).sum::<u64>();
        let few = &self.origins[..self.origins.len().min(16)];
        for (row, origins) in [("one_to_all", self.origins.as_slice()), ("one_to_all_16", few)] {
            self.tell(row, "corridor", origins.len(), || {
                origins.iter().map(|&origin| reached(open.costs_from(origin, &mut space))).sum()
            });
        }
        let arcs = (0..self.costs.len() as u32)
            .map(|arc| (self.topology.tail(arc), self.topology.head(arc), u64::from(self.costs[arc as usize])));
        let graph: DiGraph<(), u64, u32> = DiGraph::from_edges(arcs);
        self.tell("one_to_all_16", "petgraph", few.len(), || {
            let all = |&origin: &u32| petgraph::algo::dijkstra(&graph, origin.into(), None, |edge| *edge.weight());
            few.iter().map(|origin| all(origin).values().sum::<u64>()).sum()
        });
    }

    /// Ten loopless routes for each pair.
    fn k_shortest(&self) {
        let ways = Ways::new(&self.topology, &self.costs);
        self.tell("k_10", "corridor", self.pairs.len(), || {
            let cost =
                |&(from, to): &(u32, u32)| k_shortest(&ways, from, to, 10).iter().map(|path| path.cost).sum::<u64>();
            self.pairs.iter().map(cost).sum()
        });
        if self.scale == "M" {
            return; // three quarters of a minute a pair
        }
        let next = |&node: &u32| {
            let arcs = self.topology.arcs_from(node);
            arcs.map(|arc| (self.topology.heads()[arc], u64::from(self.costs[arc]))).collect::<Vec<_>>()
        };
        self.tell("k_10", "pathfinding", self.pairs.len(), || {
            let cost = |&(from, to): &(u32, u32)| {
                pathfinding::prelude::yen(&from, next, |&node| node == to, 10).iter().map(|path| path.1).sum::<u64>()
            };
            self.pairs.iter().map(cost).sum()
        });
    }

    /// Betweenness from 64 sources; the answer is the sum in thousandths.
    fn betweenness(&self) {
        let sources = &self.origins[..self.origins.len().min(64)];
        self.tell("betweenness", "corridor", sources.len(), || {
            let of_node = betweenness(&self.topology, &self.costs, sources, |_, _| 1.0);
            (of_node.iter().sum::<f64>() * 1e3).round() as u64
        });
    }
}

impl Load {
    /// The customisable hierarchy and the two crates that have one.
    fn hierarchy(&self) {
        let Self { topology, costs, origins, pairs, posts, .. } = self;
        let once = Self { rounds: 1, scale: self.scale.clone(), ..Self::glance() };
        let mut built = None;
        once.tell("prepare", "corridor", 1, || {
            built = Hierarchy::build(topology, Some(&self.positions)).ok();
            built.as_ref().map_or(0, |hierarchy| hierarchy.size().up_arc_count as u64)
        });
        let hierarchy = built.expect("a hierarchy");
        let metric = hierarchy.customise(costs).expect("a cost for each arc");
        self.tell("swept_one_to_all", "corridor", origins.len(), || {
            metric.costs_from(origins).totals().into_iter().sum()
        });
        self.tell("table", "corridor", posts.len() * posts.len(), || {
            let table = metric.table(posts, posts);
            (0..posts.len()).flat_map(|row| table.row(row)).filter(|&&cost| cost != u64::MAX).sum()
        });
        let routes = |metric: &Metric, round: usize, count: usize| -> u64 {
            let paths = self.pairs_of(round, count).filter_map(|(from, to)| metric.route(from, to));
            paths.map(|path| path.cost).sum()
        };
        self.tell_rounds("point_to_point", "corridor", MANY, |round| routes(&metric, round, MANY));
        // what stands behind a step is kept once found: here nothing is known at the start of a round
        let fresh: Vec<Metric> =
            (0..self.rounds).map(|_| hierarchy.customise(costs).expect("a cost for each arc")).collect();
        self.tell_rounds("first_routes", "corridor", FEW, |round| routes(&fresh[round], round, FEW));
        drop(fresh);
        let scenarios: Vec<Vec<u32>> = (0..8).map(|scenario| scenario_costs(costs, scenario)).collect();
        self.tell("customise_one", "corridor", 1, || {
            let metric = hierarchy.customise(&scenarios[0]).expect("a cost for each arc");
            metric.cost(pairs[0].0, pairs[0].1).unwrap_or(0)
        });
        self.tell("customise_and_100", "corridor", scenarios.len(), || {
            let many: Vec<&[u32]> = scenarios.iter().map(Vec::as_slice).collect();
            let mut sum = 0;
            for group in many.chunks(4) {
                for metric in hierarchy.customise_many(group).expect("a cost for each arc") {
                    sum += pairs.iter().filter_map(|&(from, to)| metric.cost(from, to)).sum::<u64>();
                }
            }
            sum
        });
        self.peers_with_hierarchy(&scenarios);
    }

    /// What grows with the number of nodes: seconds of the clock and of the processor for each step, memory at its most.
    fn growth(&self) {
        let Self { topology, costs, origins, pairs, .. } = self;
        let mut steps = serde_json::Map::new();
        let most_before = most_memory_mb();
        let built =
            step(&mut steps, "build", || Hierarchy::build(topology, Some(&self.positions)).expect("a hierarchy"));
        let size = built.size();
        let mut file = tempfile::NamedTempFile::new().expect("a file of its own");
        let byte_count = step(&mut steps, "save", || {
            let bytes = built.to_bytes();
            file.write_all(&bytes).expect("room for the file");
            bytes.len()
        });
        drop(built);
        let hierarchy = step(&mut steps, "load", || {
            with_mapped(file.path(), |bytes| Hierarchy::from_bytes_for(bytes, topology))
                .expect("a file")
                .expect("whole")
        });
        drop(file);
        let metric = step(&mut steps, "customise", || hierarchy.customise(costs).expect("a cost for each arc"));
        let scenarios: Vec<Vec<u32>> = (0..4).map(|scenario| scenario_costs(costs, scenario)).collect();
        let many: Vec<&[u32]> = scenarios.iter().map(Vec::as_slice).collect();
        step(&mut steps, "customise_4", || hierarchy.customise_many(&many).expect("a cost for each arc"));
        let few = &origins[..origins.len().min(16)];
        let total = step(&mut steps, "sweep_16", || metric.costs_from(few).totals().into_iter().sum::<u64>());
        let routes: u64 = pairs.iter().filter_map(|&(from, to)| metric.route(from, to)).map(|path| path.cost).sum();
        let again = step(&mut steps, "routes_100", || {
            pairs.iter().filter_map(|&(from, to)| metric.route(from, to)).map(|path| path.cost).sum::<u64>()
        });
        let searched = step(&mut steps, "search_16", || {
            let (open, mut space) = (OpenArcs::new(topology, costs), SearchSpace::default());
            let reached = |costs: Vec<u64>| costs.into_iter().filter(|&cost| cost != u64::MAX).sum::<u64>();
            few.iter().map(|&origin| reached(open.costs_from(origin, &mut space))).sum::<u64>()
        });
        print(&json!({ "row": "growth", "scale": self.scale, "who": "corridor", "nodes": size.node_count,
            "arcs": size.arc_count, "up_arcs": size.up_arc_count, "deepest": size.deepest, "bytes": byte_count,
            "steps": steps, "answer": total, "memory_mb_before": most_before, "memory_mb_most": most_memory_mb(),
            "is_equal": total == searched && routes == again }));
    }

    fn peers_with_hierarchy(&self, scenarios: &[Vec<u32>]) {
        let Self { topology, costs, pairs, posts, .. } = self;
        let arcs = 0..costs.len() as u32;
        let mut input = fast_paths::InputGraph::new();
        for arc in arcs.clone() {
            let cost = (costs[arc as usize] as usize).max(1);
            input.add_edge(topology.tail(arc) as usize, topology.head(arc) as usize, cost);
        }
        input.freeze();
        let prepared = fast_paths::prepare(&input);
        let mut calculator = fast_paths::create_calculator(&prepared);
        for (row, count) in [("point_to_point", MANY), ("first_routes", FEW)] {
            self.tell_rounds(row, "fast_paths", count, |round| {
                let mut route = |(from, to): (u32, u32)| calculator.calc_path(&prepared, from as usize, to as usize);
                self.pairs_of(round, count).filter_map(&mut route).map(|path| path.get_weight() as u64).sum()
            });
        }
        let tails: Vec<u32> = arcs.clone().map(|arc| topology.tail(arc)).collect();
        let (lat, lon): (Vec<f32>, Vec<f32>) =
            self.positions.iter().map(|position| (position.lat as f32, position.lon as f32)).unzip();
        let order = cch::inertial_order(topology.node_count() as u32, &tails, topology.heads(), &lat, &lon);
        let first_out = (0..=topology.node_count())
            .map(|node| tails.partition_point(|&tail| (tail as usize) < node) as u32)
            .collect();
        let graph = cch::graph::Graph { first_out, head: topology.heads().to_vec(), weight: costs.clone() };
        let built = cch::Cch::build(&graph, &order);
        let customizer = built.customizer();
        let mut metric = customizer.customize(costs);
        let view = built.view();
        self.tell_rounds("point_to_point", "cch", MANY, |round| {
            let cost = |(from, to)| u64::from(cch::distance(&view, &metric.view(), from, to));
            self.pairs_of(round, MANY).map(cost).sum()
        });
        self.tell("table", "cch", posts.len() * posts.len(), || {
            cch::distance_matrix(&view, &metric.view(), posts, posts).iter().map(|&cost| u64::from(cost)).sum()
        });
        self.tell("customise_and_100", "cch", scenarios.len(), || {
            let mut sum = 0;
            for costs in scenarios {
                customizer.customize_into(costs, &mut metric);
                sum += pairs
                    .iter()
                    .map(|&(from, to)| u64::from(cch::distance(&view, &metric.view(), from, to)))
                    .sum::<u64>();
            }
            sum
        });
    }
}

#[allow(clippy::print_stdout)]
fn print(line: &impl Display) {
    println!("{line}");
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if !arguments.iter().any(|argument| argument == "--bench") {
        let load = Load::glance();
        load.one_to_all();
        load.k_shortest();
        load.betweenness();
        load.hierarchy();
        load.growth();
        return;
    }
    let plain: Vec<&String> = arguments.iter().filter(|argument| !argument.starts_with("--")).collect();
    let folder = Path::new(plain.first().expect("name the folder of the workloads"));
    let scale = plain.get(1).map_or("S", |scale| scale.as_str());
    let is_asked = |row: &str| plain.len() < 3 || plain[2..].iter().any(|asked| *asked == row);
    let load = Load::read(folder, scale);
    if is_asked("one_to_all") {
        load.one_to_all();
    }
    if is_asked("k_10") {
        load.k_shortest();
    }
    if is_asked("betweenness") {
        load.betweenness();
    }
    if is_asked("hierarchy") {
        load.hierarchy();
    }
    if plain.len() > 2 && is_asked("growth") {
        load.growth();
    }
}
