//! A crowd: many clients with a socket each, in a process of its own, so that neither the files that
//! one process may open nor its thread bound how many sockets there are in all.

pub(crate) mod frames;
pub(crate) mod members;
pub(crate) mod order;
mod socket;
pub(crate) mod standing;
mod tally;
pub(crate) mod upgrade;

use serde::de::DeserializeOwned;
use tokio::process::Command;

use crate::Fault;
use crate::cores::open_files;
use crate::process::cpu_ns;
use crate::puppet::Puppet;
use crate::stage::Stage;
use order::{Arrived, Back, Done, Order, Place, Text, WaveTimes};

/// Files of a process beside its sockets.
const OTHER_FILES: usize = 200;

/// The crowd, from outside. All its sockets end when this is dropped.
pub(crate) struct Crowd {
    puppet: Puppet,
}

impl Crowd {
    /// A crowd of nobody.
    ///
    /// # Errors
    /// When its process does not start.
    pub(crate) fn gather(stage: &Stage) -> Result<Self, Fault> {
        let mut command = Command::new(&stage.own);
        command.arg("crowd");
        Ok(Self {
            puppet: Puppet::start(command)?,
        })
    }

    /// Opens so many more sockets; returns when all of them are live.
    ///
    /// # Errors
    /// When one is refused.
    pub(crate) async fn open(&mut self, sockets: usize, place: Place) -> Result<(), Fault> {
        let _: Done = self.ask(&Order::Open { sockets, place }).await?;
        Ok(())
    }

    /// Forgets what arrived so far; a wave of so many events to each socket begins.
    ///
    /// # Errors
    /// When the process ended.
    pub(crate) async fn begin(&mut self, events: usize) -> Result<(), Fault> {
        let _: Done = self.ask(&Order::Begin { events }).await?;
        Ok(())
    }

    /// Waits until the wave has arrived everywhere.
    ///
    /// # Errors
    /// When it does not.
    pub(crate) async fn end(&mut self) -> Result<WaveTimes, Fault> {
        self.ask(&Order::End).await
    }

    /// The text of the first event that came.
    ///
    /// # Errors
    /// When none did.
    pub(crate) async fn text(&mut self) -> Result<String, Fault> {
        let text: Text = self.ask(&Order::Text).await?;
        Ok(text.text)
    }

    /// What arrived since the beginning.
    ///
    /// # Errors
    /// When the process ended.
    pub(crate) async fn tell(&mut self) -> Result<Arrived, Fault> {
        self.ask(&Order::Tell).await
    }

    /// Lets those who do not read read until their end.
    ///
    /// # Errors
    /// When the process ended.
    pub(crate) async fn read_on(&mut self) -> Result<(), Fault> {
        let _: Done = self.ask(&Order::ReadOn).await?;
        Ok(())
    }

    /// Cuts all sockets.
    ///
    /// # Errors
    /// When the process ended.
    pub(crate) async fn cut(&mut self) -> Result<(), Fault> {
        let _: Done = self.ask(&Order::Cut).await?;
        Ok(())
    }

    /// Lets everybody come back to where they were; returns when all are live.
    ///
    /// # Errors
    /// When one is refused again and again.
    pub(crate) async fn come_back(&mut self) -> Result<Back, Fault> {
        self.ask(&Order::Return).await
    }

    /// CPU time of its process so far, in nanoseconds.
    ///
    /// # Errors
    /// When the process ended.
    pub(crate) fn cpu_ns(&self) -> Result<u64, Fault> {
        cpu_ns(self.puppet.pid)
    }

    async fn ask<T: DeserializeOwned>(&mut self, order: &Order) -> Result<T, Fault> {
        let answer = self.puppet.ask(&serde_json::to_string(order)?).await?;
        Ok(serde_json::from_str(&answer)?)
    }
}

/// Whether the server, and a crowd, can have so many sockets; the limit of open files is raised.
///
/// # Errors
/// When the system allows fewer.
pub(crate) fn check_room(sockets: usize) -> Result<(), Fault> {
    open_files(sockets + OTHER_FILES)
}
