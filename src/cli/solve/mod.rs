//! `corridor solve PROBLEM`: any published instance of a siting or interdiction problem, on plain tables.

mod answer;
mod arc_answer;
mod arc_table;
mod arcs;
mod location;
mod progress;
mod rules;

use super::output::{Format, Shown};
use crate::error::Error;
use crate::inputs::Decimal;
use clap::ValueEnum;
use std::path::PathBuf;
use std::time::Instant;

/// A problem by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ProblemName {
    /// Fewest sites so that every demand is within the radius.
    Lscp,
    /// As lscp, and of those plans the one with most weight covered twice.
    LscpB,
    /// Most weight within the radius with p sites or a budget.
    Mclp,
    /// Least sum of weight times cost to the nearest site.
    PMedian,
    /// Least cost of the worst served demand.
    PCenter,
    /// Most flow that passes a site, each flow once.
    FlowCapture,
    /// Least expected evasion when every trafficker takes the safest path left.
    Interdiction,
    /// Longest shortest path after lengthening or removing arcs within a budget.
    ShortestPathInterdiction,
    /// Least greatest flow after removing arcs within a budget.
    MaxFlowInterdiction,
}

impl ProblemName {
    /// Whether its sites are arcs.
    fn is_on_arcs(self) -> bool {
        matches!(self, Self::Interdiction | Self::ShortestPathInterdiction | Self::MaxFlowInterdiction)
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Lscp => "lscp",
            Self::LscpB => "lscp-b",
            Self::Mclp => "mclp",
            Self::PMedian => "p-median",
            Self::PCenter => "p-center",
            Self::FlowCapture => "flow-capture",
            Self::Interdiction => "interdiction",
            Self::ShortestPathInterdiction => "shortest-path-interdiction",
            Self::MaxFlowInterdiction => "max-flow-interdiction",
        }
    }
}

/// Arguments of `corridor solve`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The problem.
    #[arg(value_enum)]
    problem: ProblemName,
    /// Table of origin (demand id), destination (site id) and cost; a pair that is missing is out of reach.
    #[arg(long, value_name = "FILE")]
    costs: Option<PathBuf>,
    /// Table of id and weight [default: every demand has weight 1].
    #[arg(long, value_name = "FILE")]
    demand: Option<PathBuf>,
    /// Table of id and optionally cost, country, pair, status, exclusive, requires [default: every destination].
    #[arg(long, value_name = "FILE")]
    sites: Option<PathBuf>,
    /// OR-Library p-median file, instead of the tables (p-median, p-center).
    #[arg(long, value_name = "FILE")]
    orlib: Option<PathBuf>,
    /// Table of flows: id and weight (flow-capture).
    #[arg(long, value_name = "FILE")]
    flows: Option<PathBuf>,
    /// Table of flow and site: the sites that a flow passes (flow-capture).
    #[arg(long, value_name = "FILE")]
    visits: Option<PathBuf>,
    /// Table of arcs (interdiction problems; the columns depend on the problem).
    #[arg(long, value_name = "FILE")]
    arcs: Option<PathBuf>,
    /// Table of origin, destination and probability (interdiction).
    #[arg(long, value_name = "FILE")]
    trips: Option<PathBuf>,
    /// Node where the path or the flow begins.
    #[arg(long, value_name = "NODE")]
    from: Option<String>,
    /// Node where it ends.
    #[arg(long, value_name = "NODE")]
    to: Option<String>,
    /// Remove interdicted arcs instead of lengthening them (shortest-path-interdiction).
    #[arg(long)]
    remove: bool,
    /// Greatest cost at which a site serves.
    #[arg(long, value_name = "COST", allow_negative_numbers = true)]
    radius: Option<String>,
    /// Most new sites.
    #[arg(short = 'p', long = "p", value_name = "N", allow_negative_numbers = true, value_parser = count)]
    p: Option<u32>,
    /// Most that the new sites (or arcs) cost together.
    #[arg(long, value_name = "COST", allow_negative_numbers = true)]
    budget: Option<String>,
    /// Sites that must be in the plan.
    #[arg(long, value_name = "ID,ID", value_delimiter = ',')]
    required: Vec<String>,
    /// Sites that must not be in the plan.
    #[arg(long, value_name = "ID,ID", value_delimiter = ',')]
    forbidden: Vec<String>,
    /// Sites that work already: they serve at no cost and count towards no limit.
    #[arg(long, value_name = "ID,ID", value_delimiter = ',')]
    existing: Vec<String>,
    /// At most one of these sites; may be given several times.
    #[arg(long, value_name = "ID,ID")]
    exclusive: Vec<String>,
    /// The first site only together with the second; may be given several times.
    #[arg(long, value_name = "ID:ID")]
    requires: Vec<String>,
    /// Fewest new sites of a country; may be given several times.
    #[arg(long, value_name = "COUNTRY=N")]
    country_min: Vec<String>,
    /// Most new sites of a country; may be given several times.
    #[arg(long, value_name = "COUNTRY=N")]
    country_max: Vec<String>,
    /// Most that the new sites of a country cost; may be given several times.
    #[arg(long, value_name = "COUNTRY=COST")]
    country_budget: Vec<String>,
    /// Weight times cost instead of cost (p-center).
    #[arg(long)]
    weighted: bool,
    /// Leave out demands that no site reaches, instead of calling the problem infeasible.
    #[arg(long)]
    reachable_only: bool,
    /// List all optimal plans, and how often each site is among them.
    #[arg(long)]
    all_optima: bool,
    /// With --all-optima: also plans worse by at most this share of the best, such as 1%.
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true, requires = "all_optima")]
    within: Option<String>,
    /// With --all-optima: most plans listed.
    #[arg(long, value_name = "N", default_value_t = 1000, requires = "all_optima")]
    max_optima: u32,
    /// Most work of the search, in steps of about a millisecond, counted so that the answer is the same on any machine;
    /// beyond it the best plan is given with its bound and gap.
    #[arg(long, value_name = "N", default_value_t = 120_000)]
    steps: u32,
    /// Stop when the proven gap is no more than this, such as 1% [default: 0].
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    gap: Option<String>,
    /// Stop after so many seconds; the answer then says that it depended on the clock.
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true)]
    time_limit: Option<String>,
    /// Tell on stderr how far the search is [default: when stderr is a terminal].
    #[arg(long)]
    progress: bool,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
    /// Add the seconds the solve took.
    #[arg(long)]
    timings: bool,
    /// Threads to use [default: all]; the results are the same with any number.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
}

impl Args {
    pub(super) fn format(&self) -> Format {
        Format::from_flag(self.json)
    }
}

/// A number of 0 or more.
fn amount(text: &str) -> Option<Decimal> {
    Decimal::parse(text).filter(|number| !number.is_negative())
}

fn count(text: &str) -> Result<u32, String> {
    text.trim().parse().map_err(|_| "give a whole number of 0 or more".to_owned())
}

/// `1%`, `1 %` or `0.01` as a share.
fn share(text: &str) -> Option<f64> {
    let (number, unit) = match text.trim().strip_suffix('%') {
        Some(number) => (number.trim(), 0.01),
        None => (text.trim(), 1.0),
    };
    amount(number).map(|number| number.value() * unit).filter(|share| *share <= 1.0)
}

/// Numbers of the command line that are none.
fn number_faults(args: &Args) -> Vec<String> {
    let mut faults = Vec::new();
    for (option, text) in [("radius", &args.radius), ("budget", &args.budget)] {
        if let Some(text) = text.as_deref().filter(|text| amount(text).is_none()) {
            faults.push(format!("L004: --{option} is `{text}`: give a number of 0 or more"));
        }
    }
    for (option, text) in [("within", &args.within), ("gap", &args.gap)] {
        if let Some(text) = text.as_deref().filter(|text| share(text).is_none()) {
            faults.push(format!("L004: --{option} is `{text}`: write a share such as 1%"));
        }
    }
    if let Some(text) = args.time_limit.as_deref().filter(|text| amount(text).is_none()) {
        faults.push(format!("L004: --time-limit is `{text}`: give a number of seconds, 0 or more"));
    }
    faults
}

/// The code of a fault that the reader of the command line finds by itself, as `docs/solve.md` lists them.
pub(super) fn usage_code(error: &clap::Error) -> Option<&'static str> {
    use clap::error::{ContextKind, ContextValue, ErrorKind};
    let is_problem = || {
        let names_it = |value: &ContextValue| matches!(value, ContextValue::String(text) if text.contains("<PROBLEM>"));
        error.get(ContextKind::InvalidArg).is_some_and(names_it)
    };
    match error.kind() {
        ErrorKind::MissingRequiredArgument => Some("L001"),
        ErrorKind::UnknownArgument | ErrorKind::ArgumentConflict | ErrorKind::TooManyValues => Some("L002"),
        ErrorKind::InvalidValue if is_problem() => Some("L003"),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation | ErrorKind::InvalidUtf8 => Some("L004"),
        _ => None,
    }
}

/// Reads, solves and tells.
pub(super) fn run(args: &Args) -> Result<Shown, Error> {
    super::setup::use_threads(args.threads.map(usize::from))?;
    let begin = Instant::now();
    let mut shown = match args.problem {
        _ if args.problem.is_on_arcs() => arcs::run(args),
        _ => location::run(args),
    }?;
    if args.timings {
        let seconds = begin.elapsed().as_secs_f64();
        shown.json["seconds"] = seconds.into();
        shown.text.push_str(&format!("{seconds:.3} s\n"));
    }
    Ok(shown)
}
