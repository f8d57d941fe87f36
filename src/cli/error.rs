//! Why a command failed, in words for the terminal.

use std::io;

use thiserror::Error;

use crate::access::AccessError;
use crate::domain::fault::{Fault, Faults};
use crate::store::StoreError;

/// Why a command failed.
#[derive(Debug, Error)]
pub enum CommandError {
    /// Options need another value; all of them are named.
    #[error("{}", lines(.0))]
    Options(Vec<Fault>),
    /// A rule or the database said no.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// Standard input or output failed.
    #[error("cannot read standard input or write standard output: {0}")]
    Terminal(#[from] io::Error),
}

impl From<Faults> for CommandError {
    fn from(faults: Faults) -> Self {
        Self::Options(faults.into_inner())
    }
}

impl From<StoreError> for CommandError {
    fn from(error: StoreError) -> Self {
        Self::Access(error.into())
    }
}

pub(super) fn lines(faults: &[Fault]) -> String {
    let line = |fault: &Fault| format!("{} {}", fault.field, fault.message);
    faults.iter().map(line).collect::<Vec<_>>().join("\n")
}
