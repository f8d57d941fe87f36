//! The peers: processes that are asked for one picture after the other.
//!
//! They are installed below `target/peers` by their ordinary package managers; one that cannot be is left out.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// As in the table, and as `peers.py` and `sharp.cjs` are asked; with what each may cost of ours.
pub(crate) const PEERS: [(&str, f64); 3] = [("libvips", 0.75), ("sharp", 0.90), ("Pillow", 0.70)];

const PYTHON_PACKAGES: [&str; 3] = ["pillow", "pyvips", "pyvips-binary"];
const SHARP: &str = "sharp@0.34";

/// Those that run.
pub(crate) struct Peers(Vec<Running>);

struct Running {
    names: &'static [&'static str],
    child: Child,
    ask: ChildStdin,
    told: BufReader<ChildStdout>,
    photo: PathBuf,
}

impl Peers {
    /// Starts them for one photo.
    pub(crate) fn start(photo: &[u8]) -> Result<Self, Failure> {
        let home = Path::new(env!("CARGO_MANIFEST_DIR"));
        let (scripts, peers) = (home.join("benches/pictures"), home.join("target/peers"));
        std::fs::create_dir_all(&peers)?;
        let path = peers.join("photo.jpg");
        std::fs::write(&path, photo)?;
        let mut running = Vec::new();
        if let Some(program) = python(&peers) {
            let mut command = Command::new(program);
            command.arg(scripts.join("peers.py"));
            running.push(Running::start(command, &["libvips", "Pillow"], &path)?);
        }
        if let Some(modules) = sharp(&peers) {
            let mut command = Command::new("node");
            command.arg(scripts.join("sharp.cjs"));
            command.env("NODE_PATH", modules);
            running.push(Running::start(command, &["sharp"], &path)?);
        }
        Ok(Self(running))
    }

    /// CPU milliseconds of a peer for these sizes; nothing of one that does not run.
    pub(crate) fn cost(&mut self, name: &str, sizes: [u32; 3]) -> Result<Option<f64>, Failure> {
        let running = self.0.iter_mut().find(|peer| peer.names.contains(&name));
        running.map(|peer| peer.cost(name, sizes)).transpose()
    }
}

impl Running {
    fn start(
        mut command: Command,
        names: &'static [&'static str],
        photo: &Path,
    ) -> Result<Self, Failure> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        Ok(Self {
            names,
            ask: child.stdin.take().ok_or("no way to ask")?,
            told: BufReader::new(child.stdout.take().ok_or("no way to hear")?),
            child,
            photo: photo.into(),
        })
    }

    fn cost(
        &mut self,
        name: &str,
        [original, preview, thumbnail]: [u32; 3],
    ) -> Result<f64, Failure> {
        let photo = self.photo.display();
        writeln!(self.ask, "{name} {original} {preview} {thumbnail} {photo}")?;
        let mut line = String::new();
        self.told.read_line(&mut line)?;
        Ok(line.trim().parse()?)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().unwrap_or_default();
        self.child.wait().map(drop).unwrap_or_default();
    }
}

/// The Python that has Pillow and libvips.
fn python(peers: &Path) -> Option<PathBuf> {
    let program = peers.join("venv/bin/python");
    if !program.exists() {
        run(Command::new("python3")
            .args(["-m", "venv"])
            .arg(peers.join("venv")))?;
        let pip = peers.join("venv/bin/pip");
        run(Command::new(pip)
            .args(["install", "--quiet"])
            .args(PYTHON_PACKAGES))?;
    }
    Some(program)
}

/// The folder of Node's modules that has sharp.
fn sharp(peers: &Path) -> Option<PathBuf> {
    let folder = peers.join("sharp");
    let modules = folder.join("node_modules");
    if !modules.join("sharp").exists() {
        let options = [
            "install",
            "--no-save",
            "--no-audit",
            "--no-fund",
            "--prefix",
        ];
        run(Command::new("npm").args(options).arg(&folder).arg(SHARP))?;
    }
    Some(modules)
}

/// Whether it succeeded.
fn run(command: &mut Command) -> Option<()> {
    let output = command.stdout(Stdio::null()).status();
    output.is_ok_and(|status| status.success()).then_some(())
}
