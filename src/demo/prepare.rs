//! What `serve --demo` does at its start: nothing, the whole demo, or what a killed start left undone.
//!
//! The credentials are written down before anything is created with them, and become `demo.json`
//! when all of it is there: whoever can read `demo.json` can sign in.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{DemoError, DemoFile, DemoFileError, complete, disk, draft, is_new};
use crate::access::Access;
use crate::store::{Store, installation};

/// The file's name in the data folder.
pub const FILE: &str = "demo.json";

/// Credentials of which not all may be good yet.
const PENDING: &str = "demo.pending.json";

/// A demo under way, bound to its database: another one of the same folder is none of its business.
#[derive(Serialize, Deserialize)]
struct Pending {
    installation: Uuid,
    demo: DemoFile,
}

/// Seeds a new database, or completes a demo that a killed process began; `None`: the database is
/// in use already. The credentials are in `folder` afterwards.
///
/// # Errors
/// [`DemoError`]; the next call goes on.
pub async fn prepare(
    store: &Store,
    access: &Access,
    base_url: &str,
    folder: &Path,
) -> Result<Option<DemoFile>, DemoError> {
    let pending = folder.join(PENDING);
    let installation = installation::get(store).await?.id;
    let demo = match begun(&pending, installation)? {
        Some(demo) => DemoFile {
            base_url: base_url.to_owned(),
            ..demo
        },
        None if is_new(store).await? => {
            create(folder)?;
            let demo = draft(base_url)?;
            let begun = Pending {
                installation,
                demo: demo.clone(),
            };
            disk::write(&pending, &begun)?;
            demo
        }
        None => return Ok(None),
    };
    complete(store, access, &demo).await?;
    disk::write(&folder.join(FILE), &demo)?;
    std::fs::remove_file(&pending).map_err(DemoFileError::of("remove", &pending))?;
    Ok(Some(demo))
}

/// What a killed process began on this database.
fn begun(path: &Path, installation: Uuid) -> Result<Option<DemoFile>, DemoError> {
    if !path.exists() {
        return Ok(None);
    }
    let pending: Pending = disk::read(path)?;
    Ok((pending.installation == installation).then_some(pending.demo))
}

/// The data folder, which is not there yet when the database is elsewhere.
fn create(folder: &Path) -> Result<(), DemoFileError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true).mode(0o711);
    builder
        .create(folder)
        .map_err(DemoFileError::of("create", folder))
}
