//! The private folder (mode 0700) of the Unix socket: beside the cluster, or, where that path is
//! too long for a socket, in a runtime folder that a file in the data folder remembers.

use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::PORT;
use super::account::Account;
use super::error::EmbeddedError;
use super::folder::{DataFolder, replace_file};
use super::location::Location;

/// `sun_path` has 108 bytes on Linux and 104 elsewhere, with the final NUL.
const LONGEST_PATH: usize = if cfg!(target_os = "linux") { 107 } else { 103 };
/// In the data folder: the runtime folder that was made for it.
const RECORD: &str = "postgres-socket-location";

/// The folder PostgreSQL listens in.
pub(super) struct SocketFolder {
    path: PathBuf,
    /// The file that remembers the folder, where it is a runtime folder.
    record: Option<PathBuf>,
}

impl SocketFolder {
    /// Makes the folder, or takes the one of an earlier run.
    pub(super) fn make(folder: &DataFolder, location: &Location) -> Result<Self, EmbeddedError> {
        let beside = location.home.join("socket");
        if is_short_enough(&beside) {
            own(&beside, &location.account).map_err(EmbeddedError::folder("create", &beside))?;
            let record = None;
            return Ok(Self {
                path: beside,
                record,
            });
        }
        let record = folder.path.join(RECORD);
        let path = match remembered(&record, &location.account) {
            Some(path) => path,
            None => runtime_folder(&beside, &location.account)?,
        };
        replace_file(&record, &format!("{}\n", path.display()), None)?;
        let record = Some(record);
        Ok(Self { path, record })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Takes a runtime folder away again; one that is still needed is not empty and stays.
    pub(super) async fn remove(&self) {
        if let Some(record) = &self.record
            && tokio::fs::remove_dir(&self.path).await.is_ok()
        {
            // A record of a folder that is gone is passed over by the next start.
            tokio::fs::remove_file(record).await.ok();
        }
    }
}

fn is_short_enough(folder: &Path) -> bool {
    let socket = folder.join(format!(".s.PGSQL.{PORT}"));
    socket.as_os_str().as_bytes().len() <= LONGEST_PATH
}

/// Makes the folder where it is missing, and makes it private to the account.
fn own(folder: &Path, account: &Account) -> io::Result<()> {
    // A link in its place is no folder: then this fails.
    if !fs::symlink_metadata(folder).is_ok_and(|found| found.is_dir()) {
        DirBuilder::new().mode(0o700).create(folder)?;
    }
    if let Some((user, group)) = account.owner() {
        std::os::unix::fs::lchown(folder, Some(user), Some(group))?;
    }
    fs::set_permissions(folder, Permissions::from_mode(0o700))
}

/// The folder of an earlier run, if it still is what we made: others can write beside it.
fn remembered(record: &Path, account: &Account) -> Option<PathBuf> {
    let path = PathBuf::from(fs::read_to_string(record).ok()?.trim_end_matches('\n'));
    let found = fs::symlink_metadata(&path).ok()?;
    let ours = found.is_dir() && found.uid() == account.user && found.mode() & 0o777 == 0o700;
    (ours && is_short_enough(&path)).then_some(path)
}

fn runtime_folder(too_deep: &Path, account: &Account) -> Result<PathBuf, EmbeddedError> {
    let places = [
        PathBuf::from(format!("/run/user/{}", account.user)),
        PathBuf::from("/run"),
        PathBuf::from("/tmp"),
    ];
    let (name, _) = Uuid::new_v4().as_u64_pair();
    for place in &places {
        let folder = place.join(format!("redress-{name:016x}"));
        // Must be new: in `/tmp` somebody else may have made one of this name.
        if DirBuilder::new().mode(0o700).create(&folder).is_err() {
            continue;
        }
        own(&folder, account).map_err(EmbeddedError::folder("own", &folder))?;
        return Ok(folder);
    }
    Err(EmbeddedError::NoSocketFolder {
        folder: too_deep.to_owned(),
        limit: LONGEST_PATH,
        tried: places.map(|place| place.display().to_string()).join(", "),
    })
}
