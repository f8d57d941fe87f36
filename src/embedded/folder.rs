//! The data folder: made when missing, and locked so that two servers never share it.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::OFlags;

use super::error::EmbeddedError;

/// Our own lock, taken before anything else; PostgreSQL's `postmaster.pid` comes second.
const LOCK_FILE: &str = "redress.lock";
/// How often a lock that is held is tried again, and after which time: half a second in all.
const LOCK_TRIES: u32 = 25;
const LOCK_PAUSE: Duration = Duration::from_millis(20);
/// For files of fixed names: root must not write through a link that somebody else laid there.
pub(super) const NO_LINKS: i32 = OFlags::NOFOLLOW.bits().cast_signed();

/// The data folder of the server, with its real (absolute, link-free) path.
pub(super) struct DataFolder {
    pub(super) path: PathBuf,
}

impl DataFolder {
    /// Opens the folder, making it private to this user when it is missing.
    pub(super) fn open(given: &Path) -> Result<Self, EmbeddedError> {
        if !given.exists() {
            make(given)?;
        }
        if !given.is_dir() {
            return Err(EmbeddedError::NotAFolder {
                path: given.to_owned(),
            });
        }
        let path = fs::canonicalize(given)
            .map_err(EmbeddedError::folder("find the real path of", given))?;
        Ok(Self { path })
    }
}

/// Root's new folder may be passed through, not listed: PostgreSQL's account must get to its own.
fn make(given: &Path) -> Result<(), EmbeddedError> {
    let mode = if rustix::process::geteuid().is_root() {
        0o711
    } else {
        0o700
    };
    DirBuilder::new()
        .recursive(true)
        .mode(mode)
        .create(given)
        .and_then(|()| fs::set_permissions(given, Permissions::from_mode(mode)))
        .map_err(EmbeddedError::folder("create the data folder", given))
}

/// A lock on a folder, held until dropped or until this process ends in whatever way.
pub(super) struct FolderLock {
    _file: File,
}

impl FolderLock {
    /// Takes the lock and leaves our process id in it for whoever comes second.
    pub(super) fn take(folder: &Path) -> Result<Self, EmbeddedError> {
        let path = folder.join(LOCK_FILE);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .custom_flags(NO_LINKS)
            .open(&path)
            .map_err(EmbeddedError::folder("write in the data folder", folder))?;
        match lock(&file) {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(EmbeddedError::InUse {
                    path: folder.to_owned(),
                    holder: holder(&mut file),
                });
            }
            Err(TryLockError::Error(source)) => {
                return Err(EmbeddedError::folder("lock", path)(source));
            }
        }
        sign(&mut file).map_err(EmbeddedError::folder("write", path))?;
        Ok(Self { _file: file })
    }
}

/// Tries for a moment: a program that is just being started still has its parent's descriptors, and
/// with them a lock that its parent has let go.
fn lock(file: &File) -> Result<(), TryLockError> {
    for _ in 0..LOCK_TRIES {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => pause(),
            outcome => return outcome,
        }
    }
    file.try_lock()
}

#[expect(
    clippy::disallowed_methods,
    reason = "a start prepares its folder on a blocking thread"
)]
fn pause() {
    std::thread::sleep(LOCK_PAUSE);
}

fn holder(file: &mut File) -> String {
    let mut written = String::new();
    match file.read_to_string(&mut written) {
        Ok(_) if !written.trim().is_empty() => format!("process {}", written.trim()),
        Ok(_) | Err(_) => "process unknown".to_owned(),
    }
}

fn sign(file: &mut File) -> std::io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{}", std::process::id())
}

/// Replaces a file at once by a private one, never following a link that stands there.
///
/// With `owner`, the file belongs to that user and group: needed where root writes for PostgreSQL.
pub(super) fn replace_file(
    path: &Path,
    content: &str,
    owner: Option<(u32, u32)>,
) -> Result<(), EmbeddedError> {
    let draft = path.with_extension("draft");
    if fs::symlink_metadata(&draft).is_ok() {
        fs::remove_file(&draft).map_err(EmbeddedError::folder("remove", &draft))?;
    }
    write_new(&draft, content, owner).map_err(EmbeddedError::folder("write", &draft))?;
    fs::rename(&draft, path).map_err(EmbeddedError::folder("replace", path))
}

fn write_new(path: &Path, content: &str, owner: Option<(u32, u32)>) -> std::io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    if let Some((user, group)) = owner {
        std::os::unix::fs::fchown(&file, Some(user), Some(group))?;
    }
    file.write_all(content.as_bytes())?;
    file.sync_all()
}
