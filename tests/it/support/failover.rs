//! A PostgreSQL of the test's own, and a copy of it that takes its place.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;
use tokio_postgres::{Client, NoTls};

use super::process::free_address;
use super::program::data_folder;
use crate::source::root;

/// The server, at one address whichever of the two serves there.
pub(crate) struct Failover {
    folder: TempDir,
    programs: PathBuf,
    port: u16,
    serving: &'static str,
}

impl Failover {
    /// Makes and starts the first one.
    pub(crate) fn start() -> Self {
        let found = Command::new(root().join("scripts/setup"))
            .arg("--postgres")
            .output()
            .unwrap();
        let found = String::from_utf8(found.stdout).unwrap();
        // Some systems link a few of the programs into another folder.
        let postgres = Path::new(found.trim()).join("postgres").canonicalize();
        let folder = data_folder();
        // PostgreSQL's account writes here.
        std::fs::set_permissions(folder.path(), Permissions::from_mode(0o777)).unwrap();
        let new = Self {
            folder,
            programs: postgres.unwrap().parent().unwrap().to_owned(),
            port: free_address().port(),
            serving: "first",
        };
        new.run(
            "initdb",
            &[
                "--pgdata",
                &new.path("first"),
                "--username",
                "redress",
                "--auth",
                "trust",
                "--encoding",
                "UTF8",
                "--locale",
                "C",
                "--no-sync",
            ],
        );
        new.control(&["start"]);
        new
    }

    /// As `DATABASE_URL` for a server.
    pub(crate) fn url(&self) -> String {
        format!(
            "postgres://redress@127.0.0.1:{}/postgres?sslmode=disable",
            self.port
        )
    }

    /// A connection of the test's own, in the server's schema.
    pub(crate) async fn connect(&self) -> Client {
        let mut config: tokio_postgres::Config = self.url().parse().unwrap();
        config.options("-c search_path=redress");
        let (client, connection) = config.connect(NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    }

    /// Copies what there is now.
    pub(crate) fn copy(&self) {
        let (port, second) = (self.port.to_string(), self.path("second"));
        let address = ["--host", "127.0.0.1", "--port", &port];
        let rest = ["--username", "redress", "--checkpoint", "fast"];
        let target = ["--no-sync", "--pgdata", &second];
        self.run("pg_basebackup", &[&address[..], &rest, &target].concat());
    }

    /// Kills the first one and promotes the copy in its place.
    pub(crate) fn fail_over(&mut self) {
        self.control(&["--mode", "immediate", "stop"]);
        self.serving = "second";
        std::fs::write(Path::new(&self.path("second")).join("standby.signal"), "").unwrap();
        self.control(&["start"]);
        self.control(&["promote"]);
    }

    /// Stops the one that serves, as an operator does.
    pub(crate) fn stop(&self) {
        self.control(&["--mode", "fast", "stop"]);
    }

    /// Starts it again.
    pub(crate) fn start_again(&self) {
        self.control(&["start"]);
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn control(&self, words: &[&str]) {
        let options = format!("-h 127.0.0.1 -p {} -k ''", self.port);
        let (data, log) = (self.path(self.serving), self.path("log"));
        let given = ["--pgdata", &data, "--log", &log, "--wait", "-o", &options];
        self.run("pg_ctl", &[&given[..], words].concat());
    }

    /// Runs one of PostgreSQL's programs, which refuse to run as root.
    fn run(&self, program: &str, arguments: &[&str]) {
        let program = self.programs.join(program);
        let mut command = if rustix::process::geteuid().is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(&program);
            command
        } else {
            Command::new(&program)
        };
        let ended = command
            .args(arguments)
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .unwrap();
        assert!(ended.success(), "{program:?} {arguments:?}");
    }
}

impl Drop for Failover {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            return self.control(&["--mode", "immediate", "stop"]);
        }
        // The pid is PostgreSQL's first line of its own file; a test that failed says so itself.
        let pid =
            std::fs::read_to_string(Path::new(&self.path(self.serving)).join("postmaster.pid"));
        let pid = pid.unwrap_or_default();
        let pid = pid.lines().next().and_then(|line| line.parse().ok());
        if let Some(pid) = pid.and_then(rustix::process::Pid::from_raw) {
            rustix::process::kill_process(pid, rustix::process::Signal::QUIT).ok();
        }
    }
}
