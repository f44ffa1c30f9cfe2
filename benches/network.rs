//! Times path questions on generated workloads, side by side with the Rust libraries that answer the same ones, for
//! `network_peers.py` to compare with the Python ones.
//!
//! `cargo bench --bench network -- FOLDER [SCALE] [ROW...]`: FOLDER holds one folder a scale (`S`, `M`) with `edges.csv`,
//! `origins.csv` and `od.csv`. Every line of standard output is a JSON object: row, scale, who, five seconds, answer.
//! Without `--bench` this runs as a test: a glance at a small graph made here.
#![allow(clippy::expect_used)] // a bench that cannot run has nothing to measure

use corridor::network::{OpenArcs, SearchSpace, Topology, Ways, betweenness, k_shortest};
use petgraph::graph::DiGraph;
use serde_json::json;
use std::fmt::Display;
use std::path::Path;
use std::time::Instant;

/// Rounds; the median counts.
const ROUND_COUNT: usize = 5;

/// A workload: costs are whole microhours.
struct Load {
    scale: String,
    topology: Topology,
    costs: Vec<u32>,
    origins: Vec<u32>,
    pairs: Vec<(u32, u32)>,
    rounds: usize,
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
        Self {
            scale: scale.to_owned(),
            topology,
            costs,
            origins: origins.into_iter().map(|node| node as u32).collect(),
            pairs: od[0].iter().zip(&od[1]).map(|(&a, &b)| (a as u32, b as u32)).collect(),
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
        Self { scale: "glance".to_owned(), topology, costs, origins, pairs: vec![(0, at(29, 29))], rounds: 1 }
    }

    fn tell(&self, row: &str, who: &str, unit_count: usize, mut work: impl FnMut() -> u64) {
        let mut seconds = Vec::new();
        let mut answer = 0;
        for _ in 0..self.rounds {
            let begin = Instant::now();
            answer = work();
            seconds.push(begin.elapsed().as_secs_f64());
            if seconds.iter().sum::<f64>() > 60.0 {
                break;
            }
        }
        let line = json!({ "row": row, "scale": self.scale, "who": who, "units": unit_count, "seconds": seconds,
            "answer": answer });
        print(&line);
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
            let cost = |&(from, to): &(u32, u32)| k_shortest(&ways, from, to, 10).iter().map(|path| path.cost).sum::<u64>();
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
        return;
    }
    let plain: Vec<&String> = arguments.iter().filter(|argument| !argument.starts_with("--")).collect();
    let folder = Path::new(plain.first().expect("name the folder of the workloads"));
    let scale = plain.get(1).map_or("S", |scale| scale.as_str());
    let is_asked = |row: &str| plain.len() < 3 || plain[2..].iter().any(|asked| *asked == row);
    let load = Load::read(folder, scale);
    let rows: [(&str, fn(&Load)); 3] =
        [("one_to_all", Load::one_to_all), ("k_10", Load::k_shortest), ("betweenness", Load::betweenness)];
    for (_, row) in rows.into_iter().filter(|(name, _)| is_asked(name)) {
        row(&load);
    }
}
