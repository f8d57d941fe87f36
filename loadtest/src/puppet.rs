//! A process that obeys: it is told a line on its standard input and answers with a line.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::Fault;

/// What an answer begins with that tells of a failure.
pub(crate) const FAILED: &str = "failed: ";
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// The process, from outside. It ends when this is dropped.
pub(crate) struct Puppet {
    pub(crate) pid: u32,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    _child: Child,
}

impl Puppet {
    /// Starts it.
    ///
    /// # Errors
    /// When the program does not run.
    pub(crate) fn start(mut command: Command) -> Result<Self, Fault> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let output = child.stdout.take().ok_or("no output")?;
        Ok(Self {
            pid: child.id().ok_or("it ended at once")?,
            input: child.stdin.take().ok_or("no input")?,
            output: BufReader::new(output).lines(),
            _child: child,
        })
    }

    /// Its next line.
    ///
    /// # Errors
    /// When it ended, tells of a failure, or says nothing for two minutes.
    pub(crate) async fn hear(&mut self) -> Result<String, Fault> {
        let line = tokio::time::timeout(PATIENCE, self.output.next_line()).await??;
        let line = line.ok_or("a process that should obey has ended")?;
        match line.strip_prefix(FAILED) {
            Some(why) => Err(why.into()),
            None => Ok(line),
        }
    }

    /// Tells it a line, and returns the answer.
    ///
    /// # Errors
    /// As of [`Self::hear`].
    pub(crate) async fn ask(&mut self, line: &str) -> Result<String, Fault> {
        self.input.write_all(format!("{line}\n").as_bytes()).await?;
        self.hear().await
    }
}
