//! The command line: one file a subcommand.

pub mod category;
pub mod failure;
pub mod region;
pub mod watch;
