//! Why a subcommand on the catalogue ended without doing its work.

use std::path::{Path, PathBuf};

use thiserror::Error;

use super::error::lines;
use crate::domain::fault::{Fault, Faults};
use crate::import::rules::RulesError;
use crate::import::{FILE_LIMIT, ImportError};
use crate::retention::RetentionError;
use crate::store::StoreError;

/// Why `redress region` or `redress category` failed.
#[derive(Debug, Error)]
pub enum CatalogueFailure {
    /// The file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is too large.
    #[error("{} is larger than the {FILE_LIMIT} bytes allowed; split it", .0.display())]
    TooLarge(PathBuf),
    /// The file's content was refused or could not be stored.
    #[error("{}: {source}", path.display())]
    Import {
        /// The file.
        path: PathBuf,
        /// Why.
        source: ImportError,
    },
    /// The database gave no answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The result could not be written.
    #[error("cannot write to standard output: {0}")]
    Output(#[from] std::io::Error),
}

/// Why `redress workflow`, `redress calendar` or `redress deadline` failed.
#[derive(Debug, Error)]
pub enum RulesFailure {
    /// The file cannot be read, the database gave no answer, or the result could not be written.
    #[error(transparent)]
    Catalogue(#[from] CatalogueFailure),
    /// The file's content was refused or could not be stored.
    #[error("{}: {source}", path.display())]
    Rules {
        /// The file.
        path: PathBuf,
        /// Why.
        source: RulesError,
    },
}

/// Why `redress retention` or `redress purge` failed.
#[derive(Debug, Error)]
pub enum RetentionFailure {
    /// The file cannot be read, the database gave no answer, or the result could not be written.
    #[error(transparent)]
    Catalogue(#[from] CatalogueFailure),
    /// The file is no JSON.
    #[error(transparent)]
    Document(#[from] RulesError),
    /// Options need another value; all of them are named.
    #[error("{}", lines(.0))]
    Options(Vec<Fault>),
    /// The policy was refused, or the run not asked for.
    #[error(transparent)]
    Retention(#[from] RetentionError),
    /// Nobody took the run up.
    #[error("no server took the run up, and it was taken back: start one with redress serve")]
    NoServer,
    /// The run was given up.
    #[error("the run failed: {0}")]
    Failed(String),
}

impl From<Faults> for RetentionFailure {
    fn from(faults: Faults) -> Self {
        Self::Options(faults.into_inner())
    }
}

impl From<StoreError> for RetentionFailure {
    fn from(error: StoreError) -> Self {
        Self::Catalogue(error.into())
    }
}

impl From<std::io::Error> for RetentionFailure {
    fn from(error: std::io::Error) -> Self {
        Self::Catalogue(error.into())
    }
}

impl From<StoreError> for RulesFailure {
    fn from(error: StoreError) -> Self {
        Self::Catalogue(error.into())
    }
}

impl From<std::io::Error> for RulesFailure {
    fn from(error: std::io::Error) -> Self {
        Self::Catalogue(error.into())
    }
}

/// Reads a file that is to be imported.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, CatalogueFailure> {
    let bytes = std::fs::read(path).map_err(|source| CatalogueFailure::File {
        path: path.to_owned(),
        source,
    })?;
    if bytes.len() > FILE_LIMIT {
        return Err(CatalogueFailure::TooLarge(path.to_owned()));
    }
    Ok(bytes)
}

/// Names the file whose import failed.
pub(super) fn of_file(path: &Path) -> impl FnOnce(ImportError) -> CatalogueFailure {
    let path = path.to_owned();
    |source| CatalogueFailure::Import { path, source }
}

/// Names the file whose rules were refused.
pub(super) fn of_rules(path: &Path) -> impl FnOnce(RulesError) -> RulesFailure {
    let path = path.to_owned();
    |source| RulesFailure::Rules { path, source }
}

/// The number with its noun: `1 region`, `3 regions`.
pub(super) fn counted(number: i64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
