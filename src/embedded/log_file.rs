//! PostgreSQL's log, `postgres.log` in the data folder: written by PostgreSQL, quoted in our errors.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::error::EmbeddedError;
use super::folder::NO_LINKS;

/// At each start a log beyond this becomes `postgres.log.old`.
const ROTATE_AT_BYTES: u64 = 10 << 20;
const TAIL_BYTES: u64 = 2048;
const TAIL_LINES: usize = 6;

/// The log and where in it this run begins.
#[derive(Clone, Debug)]
pub(super) struct LogFile {
    path: PathBuf,
    begins_at: u64,
}

impl LogFile {
    pub(super) fn open(folder: &Path) -> Result<Self, EmbeddedError> {
        let path = folder.join("postgres.log");
        let size = fs::metadata(&path).map_or(0, |found| found.len());
        if size > ROTATE_AT_BYTES {
            fs::rename(&path, folder.join("postgres.log.old"))
                .map_err(EmbeddedError::folder("rename", &path))?;
        }
        Self { path, begins_at: 0 }.begin_again()
    }

    /// The same log from its present end on: what was written before is not this run's.
    pub(super) fn begin_again(&self) -> Result<Self, EmbeddedError> {
        let end = self.writer().and_then(|file| file.metadata());
        let end = end.map_err(EmbeddedError::folder("write", &self.path))?;
        Ok(Self {
            path: self.path.clone(),
            begins_at: end.len(),
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// For PostgreSQL, which needs no right of its own to the folder.
    pub(super) fn writer(&self) -> io::Result<File> {
        OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .custom_flags(NO_LINKS)
            .open(&self.path)
    }

    /// Where the log is and the last lines of this run, on one line.
    pub(super) async fn tail(&self) -> String {
        let (path, begins_at) = (self.path.clone(), self.begins_at);
        let read = tokio::task::spawn_blocking(move || last_lines(&path, begins_at)).await;
        let place = self.path.display();
        match read {
            Ok(Ok(lines)) if lines.is_empty() => format!("its log is {place}"),
            Ok(Ok(lines)) => format!("its log {place} ends with: {}", lines.join(" | ")),
            Ok(Err(error)) => format!("its log {place} cannot be read: {error}"),
            Err(_interrupted) => format!("its log is {place}"),
        }
    }
}

fn last_lines(path: &Path, begins_at: u64) -> io::Result<Vec<String>> {
    let mut file = File::open(path)?;
    let end = file.metadata()?.len();
    file.seek(SeekFrom::Start(
        begins_at.max(end.saturating_sub(TAIL_BYTES)),
    ))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    Ok(lines.split_off(lines.len().saturating_sub(TAIL_LINES)))
}
