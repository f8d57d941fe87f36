//! What the server's pushes are measured against: a process that sends a text to all its sockets when
//! it is told to, and the crowd at the other end of them.

use std::net::SocketAddr;
use std::path::Path;

use tokio::process::Command;

use crate::Fault;
use crate::crowd::Crowd;
use crate::crowd::order::{Place, WaveTimes};
use crate::process::cpu_ns;
use crate::puppet::Puppet;
use crate::push::SETTLE;
use crate::stage::Stage;

/// A process that says where it listens, and obeys `sockets` and `write <times> <text>`.
pub(crate) struct Yardstick {
    puppet: Puppet,
    address: SocketAddr,
    crowd: Crowd,
}

impl Yardstick {
    /// The bare loop of writes.
    ///
    /// # Errors
    /// When it does not start.
    pub(crate) async fn bare(stage: &Stage) -> Result<Self, Fault> {
        let mut command = stage.under_test(&stage.own);
        command.arg("bare-writer");
        Self::start(stage, command).await
    }

    /// A script of another program, with the variables that it needs.
    ///
    /// # Errors
    /// When it does not start.
    pub(crate) async fn script(
        stage: &Stage,
        program: &Path,
        script: &Path,
        variables: &[(&str, &Path)],
    ) -> Result<Self, Fault> {
        let mut command = stage.under_test(program);
        command.arg(script).envs(variables.iter().copied());
        Self::start(stage, command).await
    }

    async fn start(stage: &Stage, command: Command) -> Result<Self, Fault> {
        let mut puppet = Puppet::start(command)?;
        Ok(Self {
            address: puppet.hear().await?.parse()?,
            puppet,
            crowd: Crowd::gather(stage)?,
        })
    }

    /// Connects so many sockets: as WebSockets, or without any protocol around the frames.
    ///
    /// # Errors
    /// When one is refused, or the process does not know of all.
    pub(crate) async fn connect(&mut self, sockets: usize, is_bare: bool) -> Result<(), Fault> {
        let address = self.address;
        let place = if is_bare {
            Place::Bare { address }
        } else {
            Place::Peer { address }
        };
        self.crowd.open(sockets, place).await?;
        for _ in 0..100 {
            if self.puppet.ask("sockets").await? == sockets.to_string() {
                return Ok(());
            }
            tokio::time::sleep(SETTLE).await;
        }
        Err("a yardstick does not know of all its sockets".into())
    }

    /// Lets it send a text so many times to all; the CPU time that it took, and when the texts arrived.
    ///
    /// # Errors
    /// When it fails or something does not arrive.
    pub(crate) async fn send(
        &mut self,
        times: usize,
        text: &str,
    ) -> Result<(u64, WaveTimes), Fault> {
        let before = cpu_ns(self.puppet.pid)?;
        self.crowd.begin(times).await?;
        self.puppet.ask(&format!("write {times} {text}")).await?;
        let times = self.crowd.end().await?;
        tokio::time::sleep(SETTLE).await;
        Ok((cpu_ns(self.puppet.pid)? - before, times))
    }
}
