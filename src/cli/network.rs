//! `corridor network`: the network compiled for path questions, and what it is made of.

use super::ground::{Ground, GroundArgs, Land};
use super::output::{Format, Shown, grouped};
use crate::error::Error;
use crate::network::{cuts, network_cuts};
use clap::Subcommand;
use serde_json::json;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Arguments of `corridor network`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// What the network, or a table of arcs, is made of: nodes, arcs, parts, degrees, bridges, closed arcs, size.
    Info(InfoArgs),
}

/// Arguments of `corridor network info`.
#[derive(Debug, clap::Args)]
struct InfoArgs {
    #[command(flatten)]
    ground: GroundArgs,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

impl Args {
    pub(super) fn format(&self) -> Format {
        match &self.command {
            Command::Info(args) => Format::from_flag(args.json),
        }
    }
}

/// Runs the command.
pub(super) fn run(args: &Args) -> Result<Shown, Error> {
    match &args.command {
        Command::Info(args) => info(args),
    }
}

fn info(args: &InfoArgs) -> Result<Shown, Error> {
    let mut ground = args.ground.load()?;
    ground.avoid(&args.ground.avoid)?;
    let topology = ground.topology();
    let (nodes, arcs) = (topology.node_count(), topology.arc_count());
    let closed = ground.costs.iter().filter(|cost| cost.is_none()).count();
    let all = || (0..arcs as u32).map(|arc| (topology.tail(arc), topology.head(arc)));
    let loops = all().filter(|(tail, head)| tail == head).count();
    let parallel = all().zip(all().skip(1)).filter(|(before, arc)| before == arc).count();
    let largest_degree = (0..nodes as u32).map(|node| topology.arcs_from(node).len()).max().unwrap_or(0);
    let parts = parts(&ground);
    let largest_part = parts.iter().copied().max().unwrap_or(0);
    let (bridges, cut_nodes, cut_crossings) = cut(&ground);
    let bytes = 4 * (nodes + 1) + 8 * arcs;
    let mean_degree = (arcs as f64 / nodes.max(1) as f64 * 100.0).round() / 100.0;
    let json = json!({
        "status": "ok",
        "exit_code": 0,
        "nodes": nodes,
        "arcs": arcs,
        "closed_arcs": closed,
        "self_loops": loops,
        "parallel_arcs": parallel,
        "parts": parts.len(),
        "nodes_of_largest_part": largest_part,
        "largest_out_degree": largest_degree,
        "mean_out_degree": mean_degree,
        "bridges": bridges,
        "cut_nodes": cut_nodes,
        "cut_crossings": cut_crossings,
        "bytes": bytes,
        "notes": ground.notes(),
    });
    let mut text = String::new();
    for (name, count) in [
        ("nodes", nodes),
        ("arcs", arcs),
        ("closed arcs", closed),
        ("self loops", loops),
        ("parallel arcs", parallel),
        ("parts that no open arc joins", parts.len()),
        ("nodes of the largest part", largest_part),
        ("largest out-degree", largest_degree),
        ("bridges", bridges),
        ("cut nodes", cut_nodes),
        ("bytes of the arcs in memory", bytes),
    ] {
        let _ = writeln!(text, "{:>12}  {name}", grouped(count));
    }
    if let Some(crossings) = cut_crossings {
        let _ = writeln!(text, "{:>12}  crossings that are bridges", grouped(crossings.len()));
    }
    Ok(Shown { text, json })
}

/// Nodes of each part that open arcs join, whatever their direction.
fn parts(ground: &Ground) -> Vec<usize> {
    let topology = ground.topology();
    let mut above: Vec<u32> = (0..topology.node_count() as u32).collect();
    fn top(above: &mut [u32], mut node: u32) -> u32 {
        while above[node as usize] != node {
            above[node as usize] = above[above[node as usize] as usize];
            node = above[node as usize];
        }
        node
    }
    for arc in (0..topology.arc_count() as u32).filter(|&arc| ground.costs[arc as usize].is_some()) {
        let (a, b) = (top(&mut above, topology.tail(arc)), top(&mut above, topology.head(arc)));
        above[a.max(b) as usize] = a.min(b);
    }
    let mut sizes = vec![0; topology.node_count()];
    (0..topology.node_count() as u32).for_each(|node| sizes[top(&mut above, node) as usize] += 1);
    sizes.retain(|&size| size > 0);
    sizes
}

/// Bridges, cut nodes, and on the network the crossings that are bridges. In a table an arc and one back are one edge.
fn cut(ground: &Ground) -> (usize, usize, Option<Vec<String>>) {
    if let Land::Network(network) = &ground.land {
        let found = network_cuts(&network.network);
        let crossings = network.inputs.crossings.iter();
        let is_cut = |link: u32| found.bridges.binary_search(&link).is_ok();
        let names =
            crossings.filter(|crossing| crossing.link_ix.is_some_and(is_cut)).map(|crossing| crossing.id.clone());
        return (found.bridges.len(), found.nodes.len(), Some(names.collect()));
    }
    let topology = ground.topology();
    // How many arcs lead each way between two nodes: that many edges as the larger count says.
    let mut between: BTreeMap<(u32, u32), [usize; 2]> = BTreeMap::new();
    for arc in (0..topology.arc_count() as u32).filter(|&arc| ground.costs[arc as usize].is_some()) {
        let (tail, head) = (topology.tail(arc), topology.head(arc));
        between.entry((tail.min(head), tail.max(head))).or_default()[usize::from(tail > head)] += 1;
    }
    let edges: Vec<(u32, u32)> =
        between.into_iter().flat_map(|(ends, [there, back])| vec![ends; there.max(back)]).collect();
    let found = cuts(topology.node_count(), &edges);
    (found.bridges.len(), found.nodes.len(), None)
}
