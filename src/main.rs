//! The program: parse the command line, run it, map the result to an exit code.

use std::process::ExitCode;

use clap::Parser;

/// Events are made by one thread and freed by another, thousands a second; see CAPACITY.md.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    redress::cli::run(redress::cli::Arguments::parse())
}
