//! A ZIP on its way to a client: what is written to it is sent at once, and waits while the client does not read.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use thiserror::Error;
use tokio::sync::mpsc;
use zip::result::ZipError;
use zip::write::{SimpleFileOptions, StreamWriter, ZipWriter};

use crate::media::blobs::BlobError;
use crate::store::StoreError;

/// How long a client may read nothing before it has left: its place is another's.
const STALL: Duration = Duration::from_secs(60);

/// Why an export ended early.
#[derive(Debug, Error)]
pub(in crate::http) enum Cut {
    /// The client went away, or read nothing for a minute.
    #[error("the client went away")]
    Left,
    /// The database gave no answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A picture could not be read.
    #[error(transparent)]
    Blob(#[from] BlobError),
    /// What is held could not be written down.
    #[error("the archive could not be written: {0}")]
    Archive(String),
}

impl From<ZipError> for Cut {
    fn from(error: ZipError) -> Self {
        Self::Archive(error.to_string())
    }
}

impl From<io::Error> for Cut {
    fn from(error: io::Error) -> Self {
        Self::Archive(error.to_string())
    }
}

impl From<serde_json::Error> for Cut {
    fn from(error: serde_json::Error) -> Self {
        Self::Archive(error.to_string())
    }
}

/// What was written and not yet sent.
#[derive(Clone, Default)]
struct Outlet(Rc<RefCell<Vec<u8>>>);

impl Write for Outlet {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A ZIP that is being written, without compression: pictures would not become smaller.
pub(super) struct Archive {
    zip: ZipWriter<StreamWriter<Outlet>>,
    outlet: Outlet,
    sender: mpsc::Sender<Result<Bytes, Cut>>,
}

impl Archive {
    /// An archive whose bytes go to `sender`.
    pub(super) fn new(sender: mpsc::Sender<Result<Bytes, Cut>>) -> Self {
        let outlet = Outlet::default();
        Self {
            zip: ZipWriter::new_stream(outlet.clone()),
            outlet,
            sender,
        }
    }

    /// Begins a file; what is written from now on is in it.
    pub(super) fn begin(&mut self, name: &str) -> Result<(), Cut> {
        let stored = SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Stored)
            .unix_permissions(0o644);
        Ok(self.zip.start_file(name, stored)?)
    }

    /// Writes bytes to the file, and waits until they may be sent.
    pub(super) async fn write(&mut self, bytes: &[u8]) -> Result<(), Cut> {
        self.zip.write_all(bytes)?;
        self.send().await
    }

    /// Ends the archive.
    pub(super) async fn finish(self) -> Result<(), Cut> {
        let Self {
            zip,
            outlet,
            sender,
        } = self;
        drop(zip.finish()?);
        pass_on(&sender, outlet.0.take()).await
    }

    async fn send(&self) -> Result<(), Cut> {
        let bytes = self.outlet.0.take();
        if bytes.is_empty() {
            return Ok(());
        }
        pass_on(&self.sender, bytes).await
    }
}

async fn pass_on(sender: &mpsc::Sender<Result<Bytes, Cut>>, bytes: Vec<u8>) -> Result<(), Cut> {
    let sent = tokio::time::timeout(STALL, sender.send(Ok(Bytes::from(bytes)))).await;
    match sent {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(Cut::Left),
    }
}
