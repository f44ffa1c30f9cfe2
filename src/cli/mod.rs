//! The command line: one file a command. The only room that prints.

mod check;
mod check_files;
mod destinations;
mod findings_book;
mod ground;
mod ingest;
mod init;
mod network;
mod network_ground;
mod network_table;
mod output;
mod reach;
mod read;
mod routes;
mod run;
mod setup;
mod solve;
mod table_ground;

pub use output::complain;

use crate::error::{EXIT_CODES, Error};
use clap::{Parser, Subcommand};
use output::{Format, Shown, escape_lines, show};
use std::fmt::Write as _;

const EXAMPLES: &str = "\
Examples:
  corridor run                         the built-in tables and settings, results in ./out
  corridor init my-region              write tables and corridor.toml to start your own
  corridor check my-region             say what is wrong with them
  corridor run my-region --out result  run with them
  corridor plan --out plan             where new offices would go, and how sure that is
  corridor check seizures.xlsx         say what is wrong with a file of seizures or crossings
  corridor ingest FILE --out seizures.csv    raw seizure records, placed and in milligrams
  corridor routes --from Kabul --to Tehran -k 3 --max-shared 0.5
  corridor routes --arcs arcs.csv --from A --to B -k 10 --json
  corridor reach --from Herat --within 2h
  corridor solve p-median --orlib FILE

Seizures are not flow: the program models flow, and shows seizures beside it.";

/// Opiate and precursor corridors: risk of routes, coverage of crossings, siting of Border Liaison Offices.
#[derive(Debug, Parser)]
#[command(version, bin_name = "corridor", after_help = after_help(), arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the model and write a bundle of tables, figures and a workbook.
    Run(run::Args),
    /// Plan new offices and look at the plan from all sides: alternatives, phases, draws, cooperation, equity. Takes about
    /// a minute.
    Plan(run::Args),
    /// Write all tables and a documented corridor.toml to a new directory.
    Init(init::Args),
    /// Turn raw seizure records (any layout) into the project's seizure table: placed, in milligrams, nothing lost.
    Ingest(ingest::Args),
    /// Check the configuration and the tables, or files of seizures and crossings, and tell everything that is wrong.
    Check(check::Args),
    /// Read a file in a process of its own.
    #[command(name = crate::inputs::raw::READ_COMMAND, hide = true)]
    Read(read::Args),
    /// The k shortest loopless routes between two points, on the corridor network or a plain table of arcs.
    Routes(routes::Args),
    /// What lies within a time, distance or cost of a point.
    Reach(reach::Args),
    /// What the network is made of.
    Network(network::Args),
    /// Solve a siting or interdiction problem on plain tables.
    Solve(Box<solve::Args>),
}

fn after_help() -> String {
    let mut text = String::from("Exit codes:\n");
    for (code, meaning) in EXIT_CODES {
        let _ = writeln!(text, "  {code:>3}  {meaning}");
    }
    text + "\n" + EXAMPLES
}

/// Runs the command and gives its exit code.
#[must_use]
pub fn run(cli: &Cli) -> u8 {
    let (result, format) = match &cli.command {
        Command::Run(args) => (run::run(args), args.format()),
        Command::Plan(args) => (run::plan(args), args.format()),
        Command::Init(args) => (init::run(args), args.format()),
        Command::Ingest(args) => (ingest::run(args), args.format()),
        Command::Check(args) => (check::run(args), args.format()),
        Command::Read(args) => {
            return match read::run(args) {
                Ok(()) => 0,
                Err(error) => {
                    complain(&error.to_string());
                    error.exit_code()
                }
            };
        }
        Command::Routes(args) => (routes::run(args), args.format()),
        Command::Reach(args) => (reach::run(args), args.format()),
        Command::Network(args) => (network::run(args), args.format()),
        Command::Solve(args) => (solve::run(args), args.format()),
    };
    let code = match &result {
        Ok(_) => 0,
        Err(error) => error.exit_code(),
    };
    let shown = result.map_or_else(|error| failed(&error, format), Shown::succeeded);
    match show(&shown, format) {
        Ok(()) => code,
        Err(error) => {
            complain(&error.to_string());
            error.exit_code()
        }
    }
}

/// Shows what clap says of a command line: help on stdout with code 0, faults on stderr with code 2, and as JSON on stdout
/// where the command line asks for JSON.
#[must_use]
pub fn usage(error: &clap::Error) -> u8 {
    if error.use_stderr() {
        let message = escape_lines(error.render().to_string().trim_start_matches("error: ").trim_end());
        let is_solve = std::env::args_os().nth(1).is_some_and(|command| command == "solve");
        let code = if is_solve { solve::usage_code(error) } else { None };
        let message = code.map_or(message.clone(), |code| format!("{code}: {message}"));
        complain(&message);
        if std::env::args_os().any(|arg| arg == "--json" || arg == "--geojson") {
            let json = setup::error_json(&Error::Usage(message));
            // The fault of the command line is what counts, whether or not it could be told in full.
            let _ = show(&Shown::new(String::new(), json), Format::Json);
        }
        return 2;
    }
    // A closed pipe after help is no fault.
    let _ = error.print();
    0
}

/// The message of an error on stderr, and what a program reads on stdout.
fn failed(error: &Error, format: Format) -> Shown {
    // A check that found too much tells what it found.
    if let Error::Checked { text, json, .. } = error {
        complain(&error.to_string());
        return Shown::new(text.clone(), (**json).clone());
    }
    complain(&setup::describe(error));
    if format == Format::Text {
        return Shown::default();
    }
    Shown::new(String::new(), setup::error_json(error))
}
