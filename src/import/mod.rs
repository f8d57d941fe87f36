//! Regions and categories from files: pure parsers that name every fault, then one statement.
//!
//! Their rules (workflows, calendars, deadlines) are set here too: `rules`.
//!
//! Nothing is written when anything in a file is wrong. Used by the command line, by the admin
//! routes and by the demo data.

pub mod categories;
pub mod regions;
pub mod rules;

use thiserror::Error;

use crate::domain::fault::Faults;
use crate::store::StoreError;

/// Most bytes of a file.
pub const FILE_LIMIT: usize = 8 * 1024 * 1024;
/// After so many faults the rest of a file is not looked at.
const FAULTS_MOST: usize = 100;

/// Why nothing was imported.
#[derive(Debug, Error)]
pub enum ImportError {
    /// The file as a whole cannot be read as what it should be.
    #[error("{0}")]
    Unreadable(String),
    /// Entries of the file are at fault; all of them (at most about 100) are listed.
    #[error("{}", listed(.0))]
    Invalid(Faults),
    /// The database did not take it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn listed(faults: &Faults) -> String {
    let lines: Vec<_> = faults
        .clone()
        .into_inner()
        .into_iter()
        .map(|fault| format!("\n  {}: {}", fault.field, fault.message))
        .collect();
    format!("nothing was imported; mend this first:{}", lines.concat())
}

/// Checks the entries of a file one by one; each may add faults. Gives up when there are too many.
fn check_all<T, R>(
    entries: impl IntoIterator<Item = T>,
    mut check: impl FnMut(T, &mut Faults) -> Option<R>,
) -> Result<Vec<R>, ImportError> {
    let mut faults = Faults::default();
    let mut checked = Vec::new();
    let mut faulty = 0;
    for entry in entries {
        let mut own = Faults::default();
        let result = check(entry, &mut own);
        let own = own.into_inner();
        faulty += own.len();
        for fault in own {
            faults.add(&fault.field, fault.code, fault.message);
        }
        checked.extend(result);
        if faulty >= FAULTS_MOST {
            faults.add(
                "file",
                "too_many_faults",
                "the rest of the file was not looked at",
            );
            break;
        }
    }
    if checked.is_empty() && faults.is_empty() {
        return Err(ImportError::Unreadable("the file has no entries".into()));
    }
    faults
        .into_result(Some(checked))
        .map_err(ImportError::Invalid)
}
