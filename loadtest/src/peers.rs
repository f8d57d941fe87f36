//! Two other ways to send a text to many WebSockets, installed beside the benchmark by their ordinary
//! package managers: Node with `ws`, and FastAPI on uvicorn with `websockets`.

use std::path::{Path, PathBuf};

use tokio::process::Command;

use crate::stage::Stage;
use crate::yardstick::Yardstick;
use crate::{Fault, say};

const WS: &str = "ws@8.23.0";
const PYTHON_PACKAGES: [&str; 3] = ["fastapi==0.165.0", "uvicorn==0.54.0", "websockets==17.4"];
const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/peer");

/// A peer that is installed.
pub(crate) struct Peer {
    /// As in the table.
    pub(crate) name: &'static str,
    /// Whether it is measured with many events waiting too; the other would take most of the time.
    pub(crate) is_fast: bool,
    program: PathBuf,
    script: PathBuf,
    node_path: Option<PathBuf>,
}

impl Peer {
    /// Starts it.
    ///
    /// # Errors
    /// When it does not start.
    pub(crate) async fn start(&self, stage: &Stage) -> Result<Yardstick, Fault> {
        let variables = self
            .node_path
            .iter()
            .map(|path| ("NODE_PATH", path.as_path()));
        let variables: Vec<_> = variables.collect();
        Yardstick::script(stage, &self.program, &self.script, &variables).await
    }
}

/// Installs both below `target/loadtest/peers` unless they are there; those that cannot be are left out.
pub(crate) async fn install(stage: &Stage) -> Vec<Peer> {
    let Some(home) = stage.folder.parent().map(|folder| folder.join("peers")) else {
        return Vec::new();
    };
    let mut peers = Vec::new();
    for (name, installed) in [
        ("Node ws", node(&home).await),
        ("FastAPI", python(&home).await),
    ] {
        match installed {
            Ok(peer) => peers.push(peer),
            Err(error) => say(&format!("push: without {name}: {error}")),
        }
    }
    peers
}

async fn node(home: &Path) -> Result<Peer, Fault> {
    let folder = home.join(WS);
    let modules = folder.join("node_modules");
    if !modules.join("ws").exists() {
        std::fs::create_dir_all(&folder)?;
        say(&format!("push: installing {WS} into {}", folder.display()));
        let mut npm = Command::new("npm");
        npm.args([
            "install",
            "--no-save",
            "--no-audit",
            "--no-fund",
            "--prefix",
        ]);
        run(npm.arg(&folder).arg(WS)).await?;
    }
    Ok(Peer {
        name: "Node ws",
        is_fast: true,
        program: "node".into(),
        script: Path::new(SCRIPTS).join("broadcast.cjs"),
        node_path: Some(modules),
    })
}

async fn python(home: &Path) -> Result<Peer, Fault> {
    Ok(Peer {
        name: "FastAPI",
        is_fast: false,
        program: interpreter(home, &PYTHON_PACKAGES).await?,
        script: Path::new(SCRIPTS).join("broadcast.py"),
        node_path: None,
    })
}

/// A Python that has these packages, in a folder of its own below `home`; installs them unless they are there.
///
/// # Errors
/// When they cannot be installed.
pub(crate) async fn interpreter(home: &Path, packages: &[&str]) -> Result<PathBuf, Fault> {
    let folder = home.join(packages.join("-"));
    let program = folder.join("bin/python");
    let complete = folder.join("complete");
    if !complete.exists() {
        say(&format!(
            "installing {} into {}",
            packages.join(", "),
            folder.display()
        ));
        run(Command::new("python3").args(["-m", "venv"]).arg(&folder)).await?;
        let mut pip = Command::new(&program);
        pip.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ]);
        run(pip.args(packages)).await?;
        std::fs::write(complete, "")?;
    }
    Ok(program)
}

async fn run(command: &mut Command) -> Result<(), Fault> {
    let program = command
        .as_std()
        .get_program()
        .to_string_lossy()
        .into_owned();
    let ended = command.output().await;
    let output = ended.map_err(|error| format!("{program} cannot be run: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("{program} could not install it: {}", said.trim()).into())
}
