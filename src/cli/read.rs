//! `corridor __read`: the process of its own in which files are read whose libraries may abort. Not for people.

use crate::error::Error;
use crate::inputs::raw::{Format, Isolation, ReadOptions, serve};
use std::path::PathBuf;
use std::time::Duration;

/// Arguments of the hidden command.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    format: String,
    file: PathBuf,
    #[arg(long)]
    memory: u64,
    #[arg(long)]
    seconds: u64,
    #[arg(long)]
    max_plain_bytes: u64,
    #[arg(long)]
    max_ratio: u64,
    #[arg(long)]
    max_rows: usize,
    #[arg(long)]
    sheet: Option<String>,
}

/// Limits itself, reads, and writes the answer to standard output in the form that the asking process decodes.
pub(super) fn run(args: &Args) -> Result<(), Error> {
    let format = Format::from_word(&args.format).ok_or_else(|| Error::Usage(format!("no format `{}`", args.format)))?;
    let options = ReadOptions {
        sheet: args.sheet.clone(),
        max_plain_bytes: args.max_plain_bytes,
        max_ratio: args.max_ratio,
        max_rows: args.max_rows,
        memory_limit: Some(args.memory),
        time_limit: Duration::from_secs(args.seconds),
        isolation: Isolation::InProcess,
        ..ReadOptions::default()
    };
    // A panic is part of the answer, and no fault to be reported.
    std::panic::set_hook(Box::new(|_| {}));
    serve(&args.file, format, &options, &mut std::io::stdout().lock())
        .map_err(|error| Error::Output { path: PathBuf::from("standard output"), reason: error.to_string() })
}

/// Where files from outside are read: in a process of this program.
pub(super) fn isolation() -> Result<Isolation, Error> {
    std::env::current_exe()
        .map(Isolation::Program)
        .map_err(|error| Error::Internal(format!("where the program's file is cannot be told: {error}")))
}
