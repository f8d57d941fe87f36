//! The command line: one file a subcommand, each given what it needs by `main`.

pub mod account;
pub mod apikey;
pub mod category;
mod error;
pub mod failure;
pub mod region;
pub mod watch;

pub use error::CommandError;
