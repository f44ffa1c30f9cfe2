//! `corridor check`: what is wrong with a configuration and its tables, or with files that a user brings.

use super::check_files;
use super::output::{Format, Shown, grouped};
use super::setup::{configure, list};
use crate::config::effective_toml;
use crate::error::Error;
use crate::inputs::ingest::DateOrder;
use crate::inputs::{FileAccount, Problem, load};
use serde_json::json;
use std::fmt::Write as _;
use std::path::PathBuf;

/// Arguments of `corridor check`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// corridor.toml or the directory that holds it [default: the built-in tables and settings]; or files of seizures or
    /// crossings: CSV (also .gz, .zst), XLSX, ODS, Parquet, GeoJSON, GeoPackage.
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// Print one JSON object with every problem.
    #[arg(long)]
    json: bool,
    /// Write the findings to this workbook, with the cells in question marked, and quarantine.csv beside it (files only).
    #[arg(long, value_name = "FILE.xlsx")]
    pub(super) out: Option<PathBuf>,
    /// Order of day and month where the date itself does not tell: dmy or mdy.
    #[arg(long, value_name = "ORDER")]
    pub(super) date_order: Option<DateOrder>,
    /// The column of a field, such as country=Land; may be given several times.
    #[arg(long, value_name = "FIELD=HEADER", value_delimiter = ',')]
    pub(super) columns: Vec<String>,
    /// Numbers are written with a decimal comma.
    #[arg(long)]
    pub(super) decimal_comma: bool,
    /// The delimiter of text files, one character or `tab` [default: sniffed].
    #[arg(long, value_name = "CHARACTER")]
    pub(super) delimiter: Option<String>,
    /// The encoding of text files, such as windows-1251 [default: sniffed].
    #[arg(long, value_name = "NAME")]
    pub(super) encoding: Option<String>,
    /// The sheet or layer [default: all].
    #[arg(long, value_name = "NAME")]
    pub(super) sheet: Option<String>,
    /// What a row that cannot be used does: `quarantine` sets it aside, `stop` ends the check with exit code 3
    /// [default: quarantine].
    #[arg(long, value_name = "WHAT", value_parser = ["quarantine", "stop"])]
    pub(super) on_bad_row: Option<String>,
    /// corridor.toml, or the directory that holds it: its [records] columns and on_bad_row are used for files; flags win.
    #[arg(long, value_name = "PATH")]
    pub(super) config: Option<PathBuf>,
    /// Replace files that are there already.
    #[arg(long)]
    pub(super) force: bool,
}

impl Args {
    pub(super) fn format(&self) -> Format {
        Format::from_flag(self.json)
    }
}

/// Checks and tells.
pub(super) fn run(args: &Args) -> Result<Shown, Error> {
    let is_project = |path: &PathBuf| path.is_dir() || path.extension().is_some_and(|ending| ending == "toml");
    match args.paths.as_slice() {
        [] => {}
        [path] if is_project(path) => {}
        paths => match paths.iter().find(|path| is_project(path)) {
            Some(path) => {
                let message = format!("{}: check a project alone, or files without it", path.display());
                return Err(Error::Usage(message));
            }
            None => return check_files::run(args),
        },
    }
    if args.out.is_some() {
        return Err(Error::Usage("--out is for files; the problems of a project are printed".to_owned()));
    }
    let (config, source) = configure(args.paths.first().map(PathBuf::as_path))?;
    let inputs = load(&source)?;
    let mut warnings = inputs.warnings.clone();
    warnings.extend(inputs.boundaries.warnings());
    let json = json!({
        "status": "ok",
        "config": effective_toml(&config),
        "files": inputs.accounts,
        "quarantine": inputs.quarantine,
        "warnings": warnings,
    });
    Ok(Shown::new(tell(&inputs.accounts, &inputs.quarantine, &warnings), json))
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
