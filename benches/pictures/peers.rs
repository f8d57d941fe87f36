//! The peers: a Python process that is asked for one picture after the other.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A running process, or nothing where the peers are not installed.
pub(crate) struct Peers(Option<Running>);

struct Running {
    child: Child,
    ask: ChildStdin,
    told: BufReader<ChildStdout>,
    photo: PathBuf,
}

impl Peers {
    /// Starts it for one photo.
    pub(crate) fn start(photo: &[u8]) -> Result<Self, Failure> {
        let home = Path::new(env!("CARGO_MANIFEST_DIR"));
        let python = home.join("target/peers/venv/bin/python");
        if !python.exists() {
            return Ok(Self(None));
        }
        let path = home.join("target/peers/photo.jpg");
        std::fs::write(&path, photo)?;
        let mut child = Command::new(python)
            .arg(home.join("benches/pictures/peers.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let ask = child.stdin.take().ok_or("no way to ask")?;
        let told = BufReader::new(child.stdout.take().ok_or("no way to hear")?);
        Ok(Self(Some(Running {
            child,
            ask,
            told,
            photo: path,
        })))
    }

    /// CPU milliseconds of a peer for these sizes.
    pub(crate) fn cost(&mut self, name: &str, sizes: [u32; 3]) -> Result<Option<f64>, Failure> {
        let Some(running) = &mut self.0 else {
            return Ok(None);
        };
        let [original, preview, thumbnail] = sizes;
        let photo = running.photo.display();
        writeln!(
            running.ask,
            "{name} {original} {preview} {thumbnail} {photo}"
        )?;
        let mut line = String::new();
        running.told.read_line(&mut line)?;
        Ok(Some(line.trim().parse()?))
    }
}

impl Drop for Peers {
    fn drop(&mut self) {
        if let Some(running) = &mut self.0 {
            running.child.kill().unwrap_or_default();
            running.child.wait().map(drop).unwrap_or_default();
        }
    }
}
