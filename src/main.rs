//! The program: parse the command line, run it, map the result to an exit code.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    redress::cli::run(redress::cli::Arguments::parse())
}
