//! The command line: one file a subcommand, each given what it needs by `main`.

pub mod account;
pub mod apikey;
mod error;

pub use error::CommandError;
