//! A primary that dies with commits that its standby never got: the standby is promoted, the node starts
//! again on it, and clients get a new epoch and snapshots. What was lost was lost by the operator's choice
//! of an asynchronous standby; nobody may be told that it is still there.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tokio_postgres::{Client, Config};

use super::Settings;
use super::own_postgres::{OwnPostgres, connect};
use super::stage::{FLAGS, Outcome, REGIONS, longest, people, recovery, trial};
use super::support::eventually;
use super::support::history::Truth;
use super::support::process::{ServerProcess, free_address};
use super::support::proxy::Place;
use super::support::trial::Trial;
use super::support::world::World;

const PORT: u16 = 5433;

pub(super) async fn run(settings: Settings) -> Outcome {
    let mut primary = OwnPostgres::start(settings.seed).await;
    let world = World::create_on(primary.database(), REGIONS).await;
    let address = free_address();
    let start = || {
        let flags = [&FLAGS[..], &["--node-name", "n1"]].concat();
        ServerProcess::spawn(world.database.url(), address, &flags, "", &world.log("n1"))
    };
    let mut node = start();
    assert!(node.is_ready().await, "the first start");
    let mut trial = trial(&world, &node, settings.seed).await;
    people(&mut trial, address, 4, 10);
    trial.goes_on().await;
    let standby = Standby::of(&primary).await;
    trial.goes_on().await;
    standby.part().await;
    let parted = trial.acknowledged();
    trial.goes_on().await;
    primary.proxy.refuse(true);
    primary.proxy.reset();
    node.kill();
    let unreplicated = trial.acknowledged() - parted;
    primary.crash().await;
    standby.promote().await;
    primary.proxy.forward_to(standby.place());
    primary.proxy.refuse(false);
    node = start();
    assert!(node.is_ready().await, "the start on the standby");
    let after = recovery(&trial).await;
    let figures = format!(
        "{unreplicated} acknowledged behind the standby's back, recovery {}",
        longest(&[after])
    );
    let outcome = judge(trial, &world, &mut primary, &figures).await;
    node.kill();
    outcome
}

/// Judges by what the standby has and, of the time before, by what the primary had.
async fn judge(
    mut trial: Trial,
    world: &World,
    primary: &mut OwnPostgres,
    figures: &str,
) -> Outcome {
    let written = trial.end_writing().await;
    let truth = Truth::read(&mut world.database.connect().await).await;
    primary.start_apart().await;
    let mut former = connect(&primary.by_socket()).await;
    let earlier = Truth::read(&mut former).await;
    let is_another = earlier.epoch != truth.epoch;
    let known: Vec<String> = earlier.created();
    let lost = known.len()
        - known
            .iter()
            .filter(|id| truth.created().contains(id))
            .count();
    let written: Vec<String> = written
        .into_iter()
        .filter(|id| !known.contains(id))
        .collect();
    let verdict = trial.judge_by(&truth.with_earlier(earlier), &written).await;
    let figures = format!("{figures}, {lost} lost with the primary");
    Outcome::of(verdict, &figures)
        .unless(is_another, "the epoch did not change")
        .unless(lost > 0, "nothing was lost: the run proves nothing")
}

/// A standby of its own process. It ends with this.
struct Standby {
    sockets: PathBuf,
    process: Child,
}

impl Standby {
    /// Copies a primary and follows it.
    async fn of(primary: &OwnPostgres) -> Self {
        let hba = primary.directory().join("pg_hba.conf");
        let mut hba = OpenOptions::new().append(true).open(hba).unwrap();
        writeln!(hba, "local replication all peer map=redress").unwrap();
        let administration = primary.administer().await;
        let reload = "SELECT pg_reload_conf()";
        administration.query_one(reload, &[]).await.unwrap();
        let owner = fs::metadata(primary.directory()).unwrap();
        let owner = (owner.uid(), owner.gid());
        let (data, sockets) = (primary.folder().join("standby"), primary.folder().join("s"));
        for folder in [&data, &sockets] {
            fs::create_dir(folder).unwrap();
            chown(folder, Some(owner.0), Some(owner.1)).unwrap();
            fs::set_permissions(folder, Permissions::from_mode(0o700)).unwrap();
        }
        let host = primary.socket_folder();
        eventually("the standby is copied", async || {
            let mut copy = as_owner("pg_basebackup", owner);
            copy.args([
                "--write-recovery-conf",
                "--wal-method=stream",
                "--checkpoint=fast",
            ]);
            copy.args(["--username", "postgres", "--host"]).arg(&host);
            copy.arg("--pgdata").arg(&data);
            copy.status().unwrap().success().then_some(())
        })
        .await;
        let mut server = as_owner("postgres", owner);
        server.arg("-D").arg(&data);
        server.args(["-c", "listen_addresses=", "-c", &format!("port={PORT}")]);
        server.args([
            "-c",
            &format!("unix_socket_directories={}", sockets.display()),
        ]);
        server.stdout(Stdio::null());
        let log = File::create(primary.folder().join("standby.log")).unwrap();
        server.stderr(log);
        let standby = Self {
            sockets,
            process: server.spawn().unwrap(),
        };
        standby.connect().await;
        standby
    }

    async fn connect(&self) -> Client {
        let mut config = Config::new();
        config.host_path(&self.sockets).port(PORT);
        connect(config.user("postgres").dbname("postgres")).await
    }

    fn place(&self) -> Place {
        Place::Unix(self.sockets.join(format!(".s.PGSQL.{PORT}")))
    }

    /// Hears no more of its primary.
    async fn part(&self) {
        let client = self.connect().await;
        let part = "ALTER SYSTEM SET primary_conninfo = ''";
        client.batch_execute(part).await.unwrap();
        client
            .query_one("SELECT pg_reload_conf()", &[])
            .await
            .unwrap();
        let receivers = "SELECT count(*) FROM pg_stat_wal_receiver";
        eventually("the standby hears nothing", async || {
            let row = client.query_one(receivers, &[]).await.unwrap();
            (row.get::<_, i64>(0) == 0).then_some(())
        })
        .await;
    }

    async fn promote(&self) {
        let client = self.connect().await;
        client.query_one("SELECT pg_promote()", &[]).await.unwrap();
    }
}

impl Drop for Standby {
    fn drop(&mut self) {
        // Killed, so that nothing is left of it whatever it is doing.
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// A program of PostgreSQL, as the account that owns the cluster.
fn as_owner(program: &str, (user, group): (u32, u32)) -> Command {
    let mut command = Command::new(programs().join(program));
    command.uid(user).gid(group).current_dir(Path::new("/"));
    command.stdin(Stdio::null());
    command
}

/// The folder of the newest PostgreSQL's programs.
fn programs() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").unwrap();
    let newest = versions.map(|entry| entry.unwrap().path()).max().unwrap();
    newest.join("bin")
}
