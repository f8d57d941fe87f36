//! JSON files that only their owner may read.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::DemoFileError;

/// Writes JSON as a whole or not at all, with mode 0600.
pub(super) fn write(path: &Path, content: &impl Serialize) -> Result<(), DemoFileError> {
    let text = serde_json::to_string_pretty(content).map_err(|source| DemoFileError::Content {
        path: path.to_owned(),
        source,
    })?;
    replace(path, text.as_bytes()).map_err(DemoFileError::of("write", path))
}

/// Reads what [`write`] wrote.
pub(super) fn read<T: DeserializeOwned>(path: &Path) -> Result<T, DemoFileError> {
    let bytes = fs::read(path).map_err(DemoFileError::of("read", path))?;
    serde_json::from_slice(&bytes).map_err(|source| DemoFileError::Content {
        path: path.to_owned(),
        source,
    })
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // Its own name a process: two of them must not write into one file. The mode is there from the
    // first byte, and a file left over by a crash is replaced, whatever its mode.
    let draft = path.with_extension(format!("json.{}.new", std::process::id()));
    if let Err(error) = fs::remove_file(&draft)
        && error.kind() != io::ErrorKind::NotFound
    {
        return Err(error);
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&draft)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    if let Err(error) = written.and_then(|()| fs::rename(&draft, path)) {
        fs::remove_file(&draft)?;
        return Err(error);
    }
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}
