//! The program: parse, run, exit code.

use clap::Parser;
use corridor::cli::{self, Cli};
use std::panic::{self, PanicHookInfo};
use std::process::ExitCode;

fn main() -> ExitCode {
    panic::set_hook(Box::new(report_panic));
    let code = match Cli::try_parse() {
        Ok(cli) => panic::catch_unwind(|| cli::run(&cli)).unwrap_or(1),
        Err(error) => cli::usage(&error),
    };
    ExitCode::from(code)
}

/// One message without a backtrace: what happened, where, and what to do.
fn report_panic(info: &PanicHookInfo<'_>) {
    let place = info.location().map(ToString::to_string).unwrap_or_default();
    let payload = info.payload();
    let reason =
        payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let reason = reason.unwrap_or("unknown reason");
    cli::complain(&format!(
        "internal error in {place}: {reason}\nThis is a fault of the program, not of your data: please report it with the \
         message above, the command line and `corridor --version`. Nothing that was complete before is lost."
    ));
}
