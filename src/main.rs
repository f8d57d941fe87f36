//! The program: parse the command line, run it, map the result to an exit code.

use std::process::ExitCode;

use clap::Parser;
use tikv_jemallocator::Jemalloc;

/// Sockets come and go in waves: what one wave leaves is there for the next, and goes back to the system when none comes
/// (`CAPACITY.md`, idle sockets).
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

fn main() -> ExitCode {
    redress::cli::run(redress::cli::Arguments::parse())
}
