//! Everything that must be in place before PostgreSQL is launched: locks, account, programs,
//! cluster, access rules, socket folder. Blocking; runs on a blocking thread.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::account::Account;
use super::error::EmbeddedError;
use super::folder::{DataFolder, FolderLock};
use super::installation::Installation;
use super::location::Location;
use super::log_file::LogFile;
use super::socket::SocketFolder;
use super::{creation, settings};

/// Carries progress messages from the blocking thread to the caller of `Cluster::start`.
pub(super) struct Progress(UnboundedSender<String>);

impl Progress {
    pub(super) fn channel() -> (Self, UnboundedReceiver<String>) {
        let (sender, receiver) = unbounded_channel();
        (Self(sender), receiver)
    }

    pub(super) fn report(&self, message: String) {
        // Nobody listens any more when the start was cancelled: nothing to tell then.
        self.0.send(message).ok();
    }
}

/// A cluster that is ready to be launched and that no other server of ours can take.
pub(super) struct Preparation {
    /// On the data folder and, where it lies elsewhere, on the folder of the cluster.
    pub(super) locks: Vec<FolderLock>,
    pub(super) socket: SocketFolder,
    pub(super) log: LogFile,
    pub(super) launch: Launch,
}

/// How PostgreSQL is started on the cluster.
pub(super) struct Launch {
    pub(super) cluster: PathBuf,
    account: Account,
    installation: Installation,
    settings: Vec<OsString>,
}

impl Launch {
    pub(super) fn command(&self) -> Command {
        let mut command = self.account.command(&self.installation.postgres);
        command.arg("-D").arg(&self.cluster);
        for setting in &self.settings {
            command.arg("-c").arg(setting);
        }
        command
    }
}

impl Preparation {
    pub(super) fn make(data_dir: &Path, progress: &Progress) -> Result<Self, EmbeddedError> {
        let folder = DataFolder::open(data_dir)?;
        let mut locks = vec![FolderLock::take(&folder.path)?];
        let us = Account::of_this_process()?;
        let location = Location::find(&folder, &us, progress)?;
        if location.home != folder.path {
            locks.push(FolderLock::take(&location.home)?);
        }
        creation::remove_drafts(&location.home);
        let cluster = location.cluster();
        let installation = installation_for(&cluster, &location.account)?;
        if !cluster.exists() {
            creation::create(&cluster, &location.account, &installation, progress)?;
        }
        settings::write_access_rules(&cluster, &location.account, &us)?;
        let socket = SocketFolder::make(&folder, &location)?;
        progress.report(format!(
            "running the private PostgreSQL {} in {} as {}",
            installation.major,
            cluster.display(),
            location.account.name
        ));
        Ok(Self {
            locks,
            log: LogFile::open(&folder.path)?,
            launch: Launch {
                cluster,
                account: location.account,
                installation,
                settings: settings::fixed(socket.path()),
            },
            socket,
        })
    }
}

/// The programs of the existing cluster's version, or the preferred ones for a new cluster.
fn installation_for(cluster: &Path, account: &Account) -> Result<Installation, EmbeddedError> {
    match creation::version_of(cluster)? {
        Some(major) => Installation::of_version(major, cluster, account),
        None => Installation::preferred(account),
    }
}
