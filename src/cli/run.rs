//! `corridor run`: the whole model.

use super::output::{Format, Progress, Shown, grouped};
use super::setup::{configure, use_threads};
use crate::config::Config;
use crate::error::Error;
use crate::inputs::{Inputs, load};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Arguments of `corridor run`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// corridor.toml, or the directory that holds it [default: the built-in tables and settings].
    config: Option<PathBuf>,
    /// Where the bundle goes.
    #[arg(long, value_name = "DIR", default_value = "out")]
    out: PathBuf,
    /// A scenario to run and compare; may be given several times.
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

/// Who may see the bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// The planners: every count.
    Working,
    /// Anyone: small counts are suppressed.
    Public,
}

/// Whether figures are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drawing {
    /// Draw them.
    Figures,
    /// Tables only.
    TablesOnly,
}

/// What a run is asked for.
pub struct Request<'a> {
    /// The settings.
    pub config: &'a Config,
    /// The tables.
    pub inputs: &'a Inputs,
    /// Where the bundle goes.
    pub out: &'a Path,
    /// Scenario files.
    pub scenarios: &'a [PathBuf],
    /// Who may see the bundle.
    pub audience: Audience,
    /// Whether figures are drawn.
    pub drawing: Drawing,
    /// Called with the name of each stage when it is done.
    pub progress: &'a dyn Fn(&str),
}

/// What a run tells at its end, for people and for programs.
pub struct Summary {
    /// Some lines of text.
    pub text: String,
    /// The same as JSON.
    pub json: Value,
}

/// The stages behind the command.
type Pipeline = fn(&Request<'_>) -> Result<Summary, Error>;

/// The one line to change when the pipeline is there: `crate::pipeline::run`.
const PIPELINE: Pipeline = tables_only;

/// Reads, checks, runs and tells.
pub(super) fn run(args: &Args) -> Result<Shown, Error> {
    use_threads(args.threads.map(usize::from))?;
    let progress = Progress::new(args.quiet);
    let (config, source) = configure(args.config.as_deref())?;
    may_write(&args.out, if args.force { Existing::Replace } else { Existing::Keep })?;
    for scenario in &args.scenarios {
        if !scenario.is_file() {
            return Err(Error::Usage(format!("the scenario {} is not a file", scenario.display())));
        }
    }
    let inputs = load(&source)?;
    progress.tell(&format!(
        "inputs: {} links, {} crossings, {} rows set aside",
        grouped(inputs.links.len()),
        grouped(inputs.crossings.len()),
        grouped(inputs.quarantine.len())
    ));
    let summary = PIPELINE(&Request {
        config: &config,
        inputs: &inputs,
        out: &args.out,
        scenarios: &args.scenarios,
        audience: if args.public { Audience::Public } else { Audience::Working },
        drawing: if args.no_figures { Drawing::TablesOnly } else { Drawing::Figures },
        progress: &|stage| progress.tell(stage),
    })?;
    Ok(Shown { text: summary.text, json: summary.json })
}

/// What to do with a directory that corridor did not write.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Existing {
    Keep,
    Replace,
}

/// File by which a bundle of an earlier run is known.
const MANIFEST: &str = "manifest.json";

/// Told before anything is computed: whether the output may go there.
fn may_write(out: &Path, existing: Existing) -> Result<(), Error> {
    let refuse = |reason: &str| Err(Error::Output { path: out.to_owned(), reason: reason.to_owned() });
    let Ok(meta) = std::fs::metadata(out) else { return Ok(()) };
    if !meta.is_dir() {
        return refuse("it is a file; name a directory with --out");
    }
    let is_empty = match std::fs::read_dir(out) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) => return refuse(&error.to_string()),
    };
    if existing == Existing::Keep && !is_empty && !out.join(MANIFEST).is_file() {
        return refuse("it holds files that corridor did not write; name another directory, or add --force");
    }
    Ok(())
}

/// Stands in until the stages are joined.
fn tables_only(_: &Request<'_>) -> Result<Summary, Error> {
    Err(Error::Internal("no stage is joined to the command yet".to_owned()))
}
