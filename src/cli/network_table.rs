//! `corridor network table`: least costs between many points.

use super::ground::{Borders, Ground, GroundArgs, Land, Point};
use super::output::{Format, Shown};
use crate::error::Error;
use crate::inputs::read_text;
use crate::records::Iso3;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Most pairs of a table.
const MOST_PAIRS: usize = 25_000_000;

/// Arguments of `corridor network table`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    ground: GroundArgs,
    /// Where ways begin, as in `corridor routes`, or @FILE for one such text a line; may be given several times.
    #[arg(long, value_name = "A", required = true, allow_hyphen_values = true)]
    from: Vec<String>,
    /// Where they end [default: the points of --from].
    #[arg(long, value_name = "B", allow_hyphen_values = true)]
    to: Vec<String>,
    /// A file of `corridor network build` for this network or table: the hierarchy in it answers in one pass.
    #[arg(long, value_name = "FILE")]
    network: Option<PathBuf>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

impl Args {
    pub(super) fn format(&self) -> Format {
        Format::from_flag(self.json)
    }
}

/// Reads, searches and tells.
pub(super) fn run(args: &Args) -> Result<Shown, Error> {
    let mut ground = args.ground.load_compiled(args.network.as_deref())?;
    let mut faults = Vec::new();
    let sources = points(&ground, "--from", &args.from, &mut faults);
    let targets = if args.to.is_empty() { sources.clone() } else { points(&ground, "--to", &args.to, &mut faults) };
    faults.extend(ground.avoid(&args.ground.avoid).err().map(|error| error.to_string()));
    if sources.len().saturating_mul(targets.len()) > MOST_PAIRS {
        faults.push(format!("N111: {} x {} pairs; at most {MOST_PAIRS}", sources.len(), targets.len()));
    }
    if !faults.is_empty() {
        return Err(Error::Usage(faults.join("\n")));
    }
    let costs = costs(&ground, args, &sources, &targets)?;
    let told = |cost: &Option<u64>| cost.map_or(Value::Null, |cost| ground.cost_json(cost));
    let ends = |points: &[Point]| points.iter().map(|point| point.json.clone()).collect::<Vec<_>>();
    let json = json!({
        "status": "ok",
        "unit": ground.unit(),
        "from": ends(&sources),
        "to": ends(&targets),
        "costs": costs.iter().map(|row| row.iter().map(told).collect()).collect::<Vec<Vec<Value>>>(),
        "notes": notes(&ground, args, &costs),
    });
    Ok(Shown::new(text(&ground, &sources, &targets, &costs)?, json))
}

/// What to know, and why a cost may be missing.
fn notes(ground: &Ground, args: &Args, costs: &[Vec<Option<u64>>]) -> Vec<String> {
    let mut notes = ground.notes();
    let is_home = matches!((&ground.land, args.ground.borders()), (Land::Network(_), Borders::StayHome));
    if is_home && costs.iter().flatten().any(Option::is_none) {
        notes.push(
            "a way between two points of one country stays there, and some have none; --allow-abroad lets it leave"
                .to_owned(),
        );
    }
    notes
}

/// The points that `texts` name, with those in files.
fn points(ground: &Ground, flag: &str, texts: &[String], faults: &mut Vec<String>) -> Vec<Point> {
    let mut names = Vec::new();
    for text in texts {
        // @@ stands for a name that begins with @
        match text.strip_prefix('@').filter(|rest| !rest.starts_with('@')).map(|path| read_text(Path::new(path))) {
            None => names.push(text.strip_prefix("@@").map_or_else(|| text.clone(), |rest| format!("@{rest}"))),
            Some(Err(problem)) => faults.push(format!("{flag}: {problem}")),
            Some(Ok(text)) => {
                names.extend(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned));
            }
        }
    }
    let mut found = Vec::with_capacity(names.len());
    for name in names {
        match ground.point(flag, &name) {
            Ok(point) => found.push(point),
            Err(error) => faults.push(error.to_string()),
        }
    }
    found
}

/// Least costs; ways between points of one country stay there unless they may leave it.
fn costs(ground: &Ground, args: &Args, sources: &[Point], targets: &[Point]) -> Result<Vec<Vec<Option<u64>>>, Error> {
    let nodes = |points: &[Point]| points.iter().map(|point| point.node).collect::<Vec<_>>();
    let (from, to) = (nodes(sources), nodes(targets));
    let mut costs = ground.table(&ground.costs, &from, &to)?;
    let (Land::Network(network), Borders::StayHome) = (&ground.land, args.ground.borders()) else { return Ok(costs) };
    let mut homes: Vec<Iso3> = from.iter().filter_map(|&node| network.network.country(node)).collect();
    homes.sort_unstable();
    homes.dedup();
    for home in homes {
        let inside = |nodes: &[u32]| -> Vec<usize> {
            (0..nodes.len()).filter(|&ix| network.network.country(nodes[ix]) == Some(home)).collect()
        };
        let (rows, columns) = (inside(&from), inside(&to));
        let at = |nodes: &[u32], ixs: &[usize]| ixs.iter().map(|&ix| nodes[ix]).collect::<Vec<_>>();
        let table = ground.table(&ground.costs_at_home(home), &at(&from, &rows), &at(&to, &columns))?;
        for (&row, found) in rows.iter().zip(table) {
            columns.iter().zip(found).for_each(|(&column, cost)| costs[row][column] = cost);
        }
    }
    Ok(costs)
}

/// A CSV table of from, to and cost; the cost is empty where no way leads.
fn text(ground: &Ground, sources: &[Point], targets: &[Point], costs: &[Vec<Option<u64>>]) -> Result<String, Error> {
    let internal = |why: String| Error::Internal(why);
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["from", "to", "cost"]).map_err(|error| internal(error.to_string()))?;
    for (source, row) in sources.iter().zip(costs) {
        for (target, cost) in targets.iter().zip(row) {
            let cost = cost.map_or_else(String::new, |cost| ground.cost_text(cost));
            writer.write_record([&source.label, &target.label, &cost]).map_err(|error| internal(error.to_string()))?;
        }
    }
    let bytes = writer.into_inner().map_err(|error| internal(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| internal(error.to_string()))
}
