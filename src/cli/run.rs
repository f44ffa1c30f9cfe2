//! `corridor run`: the whole model.

use super::output::{Format, Progress, Shown, complain, grouped};
use super::setup::{configure, use_threads};
use crate::bundle::{Overwrite, Profile, check_destination};
use crate::error::Error;
use crate::inputs::{load, scenario_at, scenarios_of};
use crate::pipeline::{self, Request, Summary};
use crate::report::Drawing;
use std::path::PathBuf;

/// Arguments of `corridor run` and `corridor plan`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// corridor.toml, or the directory that holds it [default: the built-in tables and settings].
    config: Option<PathBuf>,
    /// Where the bundle goes [default: the folder `out`; of `corridor plan` the folder `plan`].
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// A scenario to run and compare; may be given several times [default: those beside the tables].
    #[arg(long = "scenario", value_name = "FILE")]
    scenarios: Vec<PathBuf>,
    /// Print the summary as one JSON object.
    #[arg(long)]
    json: bool,
    /// Suppress small counts everywhere, so that the bundle can be published.
    #[arg(long)]
    public: bool,
    /// Threads to use [default: all]; the results are the same with any number.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
    /// Replace a directory that corridor did not write.
    #[arg(long)]
    force: bool,
    /// No progress on stderr.
    #[arg(long)]
    quiet: bool,
    /// Leave the figures out.
    #[arg(long)]
    no_figures: bool,
}

impl Args {
    pub(super) fn format(&self) -> Format {
        Format::from_flag(self.json)
    }
}

/// `corridor run`: reads, checks, runs and tells.
pub(super) fn run(args: &Args) -> Result<Shown, Error> {
    run_as(args, "out", pipeline::run)
}

/// `corridor plan`: reads, checks, plans and tells.
pub(super) fn plan(args: &Args) -> Result<Shown, Error> {
    run_as(args, "plan", pipeline::plan::plan)
}

fn run_as(args: &Args, default_out: &str, job: fn(&Request<'_>) -> Result<Summary, Error>) -> Result<Shown, Error> {
    use_threads(args.threads.map(usize::from))?;
    let progress = Progress::new(args.quiet);
    let (config, source) = configure(args.config.as_deref())?;
    let overwrite = if args.force { Overwrite::Force } else { Overwrite::ReplaceCorridorBundle };
    let out = args.out.clone().unwrap_or_else(|| PathBuf::from(default_out));
    check_destination(&out, overwrite)?;
    let scenarios = if args.scenarios.is_empty() {
        scenarios_of(&source)
    } else {
        args.scenarios.iter().map(|path| scenario_at(path)).collect()
    };
    let scenarios = scenarios.map_err(|reason| Error::Usage(format!("scenario {reason}")))?;
    let inputs = load(&source)?;
    progress.tell(&format!(
        "inputs: {} links, {} crossings, {} rows set aside",
        grouped(inputs.links.len()),
        grouped(inputs.crossings.len()),
        grouped(inputs.quarantine.len())
    ));
    let summary = job(&Request {
        config: &config,
        inputs: &inputs,
        out: &out,
        overwrite,
        scenarios: &scenarios,
        profile: if args.public { Profile::Public } else { Profile::Working },
        drawing: if args.no_figures { Drawing::TablesOnly } else { Drawing::Figures },
        progress: &|stage| progress.tell(stage),
    })?;
    if !summary.failures.is_empty() {
        complain(&summary.text);
        return Err(Error::Scenarios { scenario_count: scenarios.len(), failures: summary.failures });
    }
    Ok(Shown::new(summary.text, summary.json))
}
