//! The program as an operator runs it: with arguments, on a data folder, until it ends.

use std::fs::{File, Permissions};
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use redress::demo::DemoOfficer;
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::eventually;

/// What a run that has ended left.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// A run of `redress`; killed when it goes out of scope.
pub(crate) struct Program {
    child: Child,
    output: TempDir,
}

/// A folder for data that PostgreSQL's account can enter, gone at the end of the test.
pub(crate) fn data_folder() -> TempDir {
    tempfile::Builder::new()
        .permissions(Permissions::from_mode(0o711))
        .tempdir_in(env!("CARGO_TARGET_TMPDIR"))
        .unwrap()
}

/// `redress` with arguments and no settings of whoever runs the tests.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_redress"));
    command.args(arguments).stdin(Stdio::null());
    for variable in [
        "DATABASE_URL",
        "DATA_DIR",
        "JWT_SECRET",
        "LISTEN",
        "DEMO",
        "DATABASE_SCHEMA",
    ] {
        command.env_remove(variable);
    }
    command
}

/// `redress watch` as an officer, with a line of JSON an event and without a snapshot; its output is piped.
pub(crate) fn watch(address: SocketAddr, officer: &DemoOfficer, regions: &[&str]) -> Command {
    let url = format!("http://{address}");
    let mut command = command(&["watch", "--json", "--no-snapshot", "--url", &url]);
    command
        .args(["--email", &officer.email, "--password", &officer.password])
        .args(regions.iter().flat_map(|region| ["--region", *region]))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs `redress` to its end, with a text on its standard input.
pub(crate) async fn run(arguments: &[&str], input: &str) -> Ended {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), input).unwrap();
    let mut command = command(arguments);
    command.stdin(File::open(file.path()).unwrap());
    Program::spawn(command).ended().await
}

impl Program {
    /// Starts `redress` with arguments.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::spawn(command(arguments))
    }

    /// Starts a command of [`command`].
    pub(crate) fn spawn(mut command: Command) -> Self {
        let output = tempfile::tempdir().unwrap();
        let file = |name: &str| File::create(output.path().join(name)).unwrap();
        command.stdout(file("out")).stderr(file("err"));
        Self {
            child: command.spawn().unwrap(),
            output,
        }
    }

    fn written(&self, name: &str) -> String {
        std::fs::read_to_string(self.output.path().join(name)).unwrap()
    }

    /// What it wrote to standard output so far.
    pub(crate) fn out(&self) -> String {
        self.written("out")
    }

    /// What it wrote to standard error, its log, so far.
    pub(crate) fn err(&self) -> String {
        self.written("err")
    }

    /// Waits for a line of the log that says this.
    pub(crate) async fn says(&mut self, text: &str) {
        eventually(text, async || {
            let said = self.err().contains(text);
            let ended = self.child.try_wait().unwrap();
            assert!(said || ended.is_none(), "ended: {}", self.err());
            said.then_some(())
        })
        .await;
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id()).unwrap();
        kill_process(Pid::from_raw(pid).unwrap(), signal).unwrap();
    }

    /// `kill -9`, and waits for the end.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for its end.
    pub(crate) async fn ended(mut self) -> Ended {
        let status: ExitStatus =
            eventually("the program ends", async || self.child.try_wait().unwrap()).await;
        Ended {
            code: status.code(),
            out: self.out(),
            err: self.err(),
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Ended already, or left over by a test that failed.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// The path as an argument.
pub(crate) fn argument(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// `demo.json` of a data folder.
pub(crate) fn demo_file(data: &Path) -> PathBuf {
    data.join("demo.json")
}
