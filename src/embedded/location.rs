//! Where the cluster lies and which account owns it.
//!
//! Normally in the data folder. Root cannot run PostgreSQL, and the account it uses instead may be
//! unable to enter the data folder (a clone under `/root`): then the cluster goes to the system's
//! state directory, and a file in the data folder remembers the place. Rights of folders that
//! exist are never loosened.

use std::fs::{self, DirBuilder, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::account::Account;
use super::error::EmbeddedError;
use super::folder::{DataFolder, replace_file};
use super::preparation::Progress;

const STATE_FOLDER: &str = "/var/lib/redress";
/// In the data folder: the path of the cluster's home when that is elsewhere.
const RECORD: &str = "postgres-location";
/// Others may pass through, not list: PostgreSQL's account owns only what is inside.
const PASSABLE: u32 = 0o711;

/// The folder around the cluster and the account PostgreSQL runs as.
pub(super) struct Location {
    pub(super) home: PathBuf,
    pub(super) account: Account,
}

impl Location {
    /// Finds the existing cluster's place and owner, or decides them for a new one.
    pub(super) fn find(
        folder: &DataFolder,
        us: &Account,
        progress: &Progress,
    ) -> Result<Self, EmbeddedError> {
        let record = folder.path.join(RECORD);
        let remembered = read_record(&record)?;
        let home = remembered.clone().unwrap_or_else(|| folder.path.clone());
        if home.join("postgres").exists() {
            return Self::existing(home, us);
        }
        let account = match us.user {
            0 => Account::unprivileged()?,
            _ => us.clone(),
        };
        if remembered.is_some() || us.user != 0 || account.can_enter(&home)? {
            return Ok(Self { home, account });
        }
        Self::in_state_folder(&record, folder, account, progress)
    }

    /// The folder of the cluster (`PGDATA`).
    pub(super) fn cluster(&self) -> PathBuf {
        self.home.join("postgres")
    }

    fn existing(home: PathBuf, us: &Account) -> Result<Self, EmbeddedError> {
        let cluster = home.join("postgres");
        let owner = fs::metadata(&cluster).map_err(EmbeddedError::folder("read", &cluster))?;
        if owner.uid() == us.user && us.user != 0 {
            let account = us.clone();
            return Ok(Self { home, account });
        }
        if us.user != 0 || owner.uid() == 0 {
            return Err(EmbeddedError::ForeignOwner {
                cluster,
                owner: owner.uid(),
            });
        }
        let account = Account::of_user(owner.uid(), owner.gid())?;
        if account.can_enter(&home)? {
            return Ok(Self { home, account });
        }
        Err(EmbeddedError::CannotEnter {
            account: account.name,
            folder: home,
        })
    }

    fn in_state_folder(
        record: &Path,
        folder: &DataFolder,
        account: Account,
        progress: &Progress,
    ) -> Result<Self, EmbeddedError> {
        // Random, not made from the path: who deletes the data folder wants to begin anew.
        let home = Path::new(STATE_FOLDER).join(Uuid::new_v4().simple().to_string());
        for place in [Path::new(STATE_FOLDER), &home] {
            make_passable(place).map_err(EmbeddedError::folder("create", place))?;
        }
        if !account.can_enter(&home)? {
            return Err(EmbeddedError::CannotEnter {
                account: account.name,
                folder: home,
            });
        }
        replace_file(record, &format!("{}\n", home.display()), None)?;
        progress.report(format!(
            "the account {} cannot enter {}: the database is kept in {} instead ({} remembers it)",
            account.name,
            folder.path.display(),
            home.display(),
            record.display()
        ));
        Ok(Self { home, account })
    }
}

/// The folder around the cluster of an existing data folder.
pub(super) fn home_of(data_dir: &Path) -> Option<PathBuf> {
    let folder = fs::canonicalize(data_dir).ok()?;
    let remembered = read_record(&folder.join(RECORD)).ok()?;
    Some(remembered.unwrap_or(folder))
}

fn read_record(record: &Path) -> Result<Option<PathBuf>, EmbeddedError> {
    let home = match fs::read_to_string(record) {
        Ok(text) => PathBuf::from(text.trim_end_matches('\n')),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(EmbeddedError::folder("read", record)(source)),
    };
    if home.is_dir() {
        return Ok(Some(home));
    }
    // Its home is made before the record is: it must have been removed since.
    Err(EmbeddedError::ClusterGone {
        record: record.to_owned(),
        home,
    })
}

fn make_passable(folder: &Path) -> std::io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    DirBuilder::new()
        .recursive(true)
        .mode(PASSABLE)
        .create(folder)?;
    fs::set_permissions(folder, Permissions::from_mode(PASSABLE))
}
