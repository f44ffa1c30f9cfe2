//! `corridor network`: the network compiled for path questions, and what it is made of.

use super::ground::{Ground, GroundArgs, Land};
use super::network_table;
use super::output::{Format, Shown, grouped};
use super::setup::configure;
use crate::error::Error;
use crate::inputs::{load, node_ids};
use crate::network::{Hierarchy, NetworkError, cuts, network_cuts};
use clap::Subcommand;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

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
    /// Compile the network, or a table of arcs, into one file: its shape and the hierarchy that serves any costs.
    Build(BuildArgs),
    /// Find the order in which the network's hierarchy contracts its nodes: the table network/order.csv, which saves
    /// the seconds of finding it at each start.
    Order(OrderArgs),
    /// Least costs between many points: a row for each pair.
    Table(network_table::Args),
}

/// Arguments of `corridor network order`.
#[derive(Debug, clap::Args)]
struct OrderArgs {
    /// corridor.toml, or the directory that holds it [default: the built-in tables and settings].
    config: Option<PathBuf>,
    /// The table to write; one that `network order` wrote before is replaced.
    #[arg(long, value_name = "FILE", default_value = "order.csv")]
    out: PathBuf,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// Arguments of `corridor network build`.
#[derive(Debug, clap::Args)]
struct BuildArgs {
    #[command(flatten)]
    ground: GroundArgs,
    /// The file to write; one that `network build` wrote before is replaced.
    #[arg(long, value_name = "FILE", default_value = "network.corridor")]
    out: PathBuf,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// Arguments of `corridor network info`.
#[derive(Debug, clap::Args)]
struct InfoArgs {
    #[command(flatten)]
    ground: GroundArgs,
    /// A file of `network build`: check that it is whole and belongs to this network, and tell its size.
    #[arg(long, value_name = "FILE")]
    compiled: Option<PathBuf>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

impl Args {
    pub(super) fn format(&self) -> Format {
        match &self.command {
            Command::Info(args) => Format::from_flag(args.json),
            Command::Build(args) => Format::from_flag(args.json),
            Command::Order(args) => Format::from_flag(args.json),
            Command::Table(args) => args.format(),
        }
    }
}

/// Runs the command.
pub(super) fn run(args: &Args) -> Result<Shown, Error> {
    match &args.command {
        Command::Info(args) => info(args),
        Command::Build(args) => build(args),
        Command::Order(args) => order(args),
        Command::Table(args) => network_table::run(args),
    }
}

/// First bytes of a compiled network.
const MAGIC: &[u8] = b"CORRHIER";

fn build(args: &BuildArgs) -> Result<Shown, Error> {
    let ground = args.ground.load()?;
    let positions = match &ground.land {
        Land::Network(network) => Some(network.network.positions()),
        Land::Table(_) => None,
    };
    let hierarchy = Hierarchy::build(ground.topology(), positions).map_err(|error| Error::Limit(error.to_string()))?;
    let bytes = hierarchy.to_bytes();
    write_whole(&args.out, &bytes, |old| old.starts_with(MAGIC))?;
    let json = hierarchy_json(&hierarchy, bytes.len());
    let text = format!(
        "{}: {} bytes, {} nodes, {} arcs, {} arcs of the hierarchy\n",
        args.out.display(),
        grouped(bytes.len()),
        grouped(hierarchy.size().node_count),
        grouped(hierarchy.size().arc_count),
        grouped(hierarchy.size().up_arc_count)
    );
    Ok(Shown::new(text, json))
}

fn hierarchy_json(hierarchy: &Hierarchy, byte_count: usize) -> Value {
    let size = hierarchy.size();
    json!({
        "status": "ok",
        "bytes": byte_count,
        "nodes": size.node_count,
        "arcs": size.arc_count,
        "hierarchy_arcs": size.up_arc_count,
    })
}

/// First line of a table of the order.
const ORDER_HEADER: &[u8] = b"node_id\n";

fn order(args: &OrderArgs) -> Result<Shown, Error> {
    let (config, source) = configure(args.config.as_deref())?;
    let inputs = load(&source)?;
    let network = crate::network::build(&inputs.nodes, &inputs.links, &inputs.crossings, &config.network)
        .map_err(|error| Error::Refused(error.to_string()))?;
    let limit = |error: NetworkError| Error::Limit(error.to_string());
    let hierarchy = Hierarchy::build(network.topology(), Some(network.positions())).map_err(limit)?;
    let ids = node_ids(&source);
    let mut writer = csv::Writer::from_writer(Vec::new());
    let lost = |why: String| Error::Output { path: args.out.clone(), reason: why };
    writer.write_record(["node_id"]).map_err(|error| lost(error.to_string()))?;
    for &node in hierarchy.order() {
        writer.write_record([&ids[node as usize]]).map_err(|error| lost(error.to_string()))?;
    }
    let bytes = writer.into_inner().map_err(|error| lost(error.to_string()))?;
    let known: BTreeSet<&str> = ids.iter().map(String::as_str).collect();
    let is_order = |old: &[u8]| {
        let text = old.strip_prefix(ORDER_HEADER).and_then(|rows| std::str::from_utf8(rows).ok());
        text.is_some_and(|rows| rows.lines().all(|id| known.contains(id)))
    };
    write_whole(&args.out, &bytes, is_order)?;
    let found = hierarchy.size().up_arc_count;
    let before = match &inputs.node_order {
        Some(order) => Some(Hierarchy::with_order(network.topology(), order).map_err(limit)?.size().up_arc_count),
        None => None,
    };
    let json = json!({ "status": "ok", "nodes": ids.len(), "hierarchy_arcs": found,
        "hierarchy_arcs_before": before });
    let known = before.map_or_else(String::new, |count| format!(" ({} with the present table)", grouped(count)));
    let text = format!(
        "{}: {} nodes, {} arcs of the hierarchy{known}\nPut it into the data directory as network/order.csv.\n",
        args.out.display(),
        grouped(ids.len()),
        grouped(found)
    );
    Ok(Shown::new(text, json))
}

/// Writes beside its place, then moves it there: a reader sees the old file or the new one. Replaces only a file that
/// `is_ours`.
fn write_whole(path: &Path, bytes: &[u8], is_ours: impl Fn(&[u8]) -> bool) -> Result<(), Error> {
    let refuse = |reason: String| Error::Output { path: path.to_owned(), reason };
    // what is no plain file may never end
    if std::fs::metadata(path).is_ok_and(|found| !found.is_file()) {
        return Err(refuse("it is no plain file; name a file".to_owned()));
    }
    match std::fs::read(path) {
        Ok(old) if !is_ours(&old) => {
            return Err(refuse("there is another file; name a new one, or one of the same command".to_owned()));
        }
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(refuse(error.to_string())),
        _ => {}
    }
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !parent.is_dir() {
        return Err(refuse(format!("there is no folder {}; make it first", parent.display())));
    }
    let write = || -> std::io::Result<()> {
        let mut builder = tempfile::Builder::new();
        // for whoever may read the folder's other files: the process's mask is taken off
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let mut file = builder.prefix(".corridor-").tempfile_in(parent)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    };
    write().map_err(|error| refuse(error.to_string()))
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
    let compiled = args.compiled.as_ref().map(|path| ground.compiled(path)).transpose()?;
    let parts = parts(&ground);
    let largest_part = parts.iter().copied().max().unwrap_or(0);
    let (bridges, cut_nodes, cut_crossings) = cut(&ground);
    let bytes = 4 * (nodes + 1) + 8 * arcs;
    let mean_degree = (arcs as f64 / nodes.max(1) as f64 * 100.0).round() / 100.0;
    let json = json!({
        "status": "ok",
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
        "compiled": compiled.map(|(hierarchy, byte_count)| hierarchy_json(&hierarchy, byte_count)),
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
    if let Some(path) = &args.compiled {
        let _ = writeln!(text, "{} is whole and belongs to this network.", path.display());
    }
    Ok(Shown::new(text, json))
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
