//! The secret that signs access tokens: from the settings, or generated once into a private file.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use thiserror::Error;

use crate::config::{AccessSettings, SECRET_SHORTEST};

/// Name of the file in the data folder.
const FILE: &str = "jwt_secret";

/// Most bytes that are read of it: whatever is longer is not a secret.
const LONGEST: u64 = 4096;

/// Why there is no secret to sign with.
#[derive(Debug, Error)]
pub enum SecretError {
    /// It is too short.
    #[error("the JWT secret has {0} bytes; at least {SECRET_SHORTEST} are needed")]
    TooShort(usize),
    /// The file's secret is too short.
    #[error(
        "{file} has {length} bytes; at least {SECRET_SHORTEST} are needed. Delete it to have a new one made \
         (everybody must log in again)"
    )]
    FileTooShort {
        /// The file.
        file: PathBuf,
        /// Its bytes, without white space around them.
        length: usize,
    },
    /// Others than the owner may read or write the file.
    #[error("{file} is open to other users (mode {mode:o}); close it with: chmod 600 {file}")]
    Open {
        /// The file.
        file: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The file could not be read or made.
    #[error("cannot {what} {file}: {source}")]
    File {
        /// What was being done.
        what: &'static str,
        /// The file.
        file: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// A secret of at least 32 bytes.
#[derive(Clone)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// Checks the length.
    ///
    /// # Errors
    /// [`SecretError::TooShort`].
    pub fn new(bytes: &[u8]) -> Result<Self, SecretError> {
        if bytes.len() < SECRET_SHORTEST {
            return Err(SecretError::TooShort(bytes.len()));
        }
        Ok(Self(bytes.to_owned()))
    }

    /// The secret itself.
    pub(super) fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(withheld)")
    }
}

/// The secret of the settings, or the one of the data folder, which is made when missing.
///
/// # Errors
/// [`SecretError`] names the file.
pub fn from_settings(settings: &AccessSettings, data_dir: &Path) -> Result<Secret, SecretError> {
    match &settings.jwt_secret {
        Some(secret) => Secret::new(secret.as_bytes()),
        None => load_or_create(&data_dir.join(FILE)),
    }
}

/// The secret in `path`, which is made, for its owner alone, when there is none.
///
/// Several processes may do so at once: all get the same secret.
///
/// # Errors
/// [`SecretError`] names the file.
pub fn load_or_create(path: &Path) -> Result<Secret, SecretError> {
    match File::open(path) {
        Ok(file) => load(file, path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            create(path)?;
            let file = File::open(path).map_err(|error| fault("read", path, error))?;
            load(file, path)
        }
        Err(error) => Err(fault("read", path, error)),
    }
}

fn load(file: File, path: &Path) -> Result<Secret, SecretError> {
    let metadata = file
        .metadata()
        .map_err(|error| fault("read", path, error))?;
    let mode = metadata.mode() & 0o777;
    if mode & 0o077 != 0 {
        let file = path.to_owned();
        return Err(SecretError::Open { file, mode });
    }
    let mut bytes = Vec::new();
    file.take(LONGEST)
        .read_to_end(&mut bytes)
        .map_err(|error| fault("read", path, error))?;
    let secret = bytes.trim_ascii();
    Secret::new(secret).map_err(|_too_short| SecretError::FileTooShort {
        file: path.to_owned(),
        length: secret.len(),
    })
}

/// Writes a new secret beside `path` and links it there: the file is never seen half written, and
/// an existing one is never replaced.
fn create(path: &Path) -> Result<(), SecretError> {
    let draft = path.with_extension(format!("{}.tmp", std::process::id()));
    let made = write_new(&draft).and_then(|()| match fs::hard_link(&draft, path) {
        // Another process was faster: its secret counts.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        linked => linked,
    });
    let removed = fs::remove_file(&draft);
    made.and(removed)
        .map_err(|error| fault("create", path, error))
}

fn write_new(path: &Path) -> io::Result<()> {
    let secret = BASE64_STANDARD.encode(rand::random::<[u8; 48]>());
    // Not `create_new`: a process of the same id may have died here before.
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)?;
    writeln!(file, "{secret}")?;
    file.sync_all()
}

fn fault(what: &'static str, path: &Path, source: io::Error) -> SecretError {
    SecretError::File {
        what,
        file: path.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_secret_is_made_once_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        let first = load_or_create(&path).unwrap();
        let second = load_or_create(&path).unwrap();
        assert_eq!(first.expose(), second.expose());
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_open_to_others_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        load_or_create(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let error = load_or_create(&path).unwrap_err();
        assert!(
            matches!(error, SecretError::Open { mode: 0o640, .. }),
            "{error}"
        );
        assert!(error.to_string().contains("chmod 600"), "{error}");
    }

    #[test]
    fn a_short_secret_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        fs::write(&path, "short\n").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        let error = load_or_create(&path).unwrap_err();
        assert!(
            matches!(error, SecretError::FileTooShort { length: 5, .. }),
            "{error}"
        );
        assert!(matches!(
            Secret::new(b"short"),
            Err(SecretError::TooShort(5))
        ));
    }

    #[test]
    fn a_folder_that_is_missing_is_named() {
        let error = load_or_create(Path::new("/nonexistent/folder/jwt_secret")).unwrap_err();
        assert!(
            error.to_string().contains("/nonexistent/folder/jwt_secret"),
            "{error}"
        );
    }
}
