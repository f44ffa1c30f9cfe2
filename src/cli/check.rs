//! `corridor check`: what is wrong with a configuration and its tables. Writes nothing.

use super::output::{Format, Shown, grouped};
use super::setup::{configure, list};
use crate::config::effective_toml;
use crate::error::Error;
use crate::inputs::{FileAccount, Problem, load};
use serde_json::json;
use std::fmt::Write as _;
use std::path::PathBuf;

/// Arguments of `corridor check`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// corridor.toml, or the directory that holds it [default: the built-in tables and settings].
    config: Option<PathBuf>,
    /// Print one JSON object with every problem.
    #[arg(long)]
    json: bool,
}

impl Args {
    pub(super) fn format(&self) -> Format {
        Format::from_flag(self.json)
    }
}

/// Checks and tells.
pub(super) fn run(args: &Args) -> Result<Shown, Error> {
    let (config, source) = configure(args.config.as_deref())?;
    let inputs = load(&source)?;
    let mut warnings = inputs.warnings.clone();
    warnings.extend(inputs.boundaries.warnings());
    let json = json!({
        "status": "ok",
        "exit_code": 0,
        "config": effective_toml(&config),
        "files": inputs.accounts,
        "quarantine": inputs.quarantine,
        "warnings": warnings,
    });
    Ok(Shown { text: tell(&inputs.accounts, &inputs.quarantine, &warnings), json })
}

fn tell(accounts: &[FileAccount], quarantine: &[Problem], warnings: &[Problem]) -> String {
    let mut text = String::from("The configuration and the tables can be used.\n\n");
    let width = accounts.iter().map(|account| account.name.len()).max().unwrap_or(0);
    let _ = writeln!(text, "{:width$} {:>9} {:>9} {:>9} {:>9}", "file", "rows", "used", "set aside", "left out");
    for account in accounts {
        let _ = writeln!(
            text,
            "{:width$} {:>9} {:>9} {:>9} {:>9}",
            account.name,
            grouped(account.rows_in),
            grouped(account.rows_used),
            grouped(account.rows_quarantined),
            grouped(account.rows_excluded)
        );
    }
    for (title, problems) in [("Rows set aside", quarantine), ("To look at (the rows are used)", warnings)] {
        if !problems.is_empty() {
            let _ = write!(text, "\n{title}: {}\n{}", problems.len(), list(&problems.iter().collect::<Vec<_>>()));
        }
    }
    text
}
