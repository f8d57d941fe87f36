//! Sends a region's open complaints as of one moment, in parts that the outgoing bound allows.

use bytes::Bytes;

use super::super::protocol::{Mode, ServerMessage};
use super::{Failure, PATIENCE, Subscription};
use crate::actors::kill_point::kill_point;
use crate::domain::complaint::Complaint;
use crate::store::snapshot::{self, Snapshot};

/// Most complaints in one `snapshot` message.
const PART: usize = 50;
/// About the most bytes of one `snapshot` message, when the outgoing bound allows.
const PART_BYTES: usize = 64 * 1024;
/// What a complaint needs in JSON beside its texts, in bytes.
const COMPLAINT_BYTES: usize = 500;
impl Subscription {
    /// Sends the open complaints and returns their moment. A snapshot is in memory while its client
    /// reads: only some at once, and none for long for a client that does not read.
    pub(super) async fn send_snapshot(&self) -> Result<i64, Failure> {
        let turn = self.deps.snapshots.acquire();
        let _turn = match tokio::time::timeout(PATIENCE, turn).await {
            Ok(Ok(turn)) => turn,
            Ok(Err(_)) | Err(_) => return Err(Failure::NotReady),
        };
        let snapshot = snapshot::read(&self.deps.store, &self.region).await?;
        let Snapshot {
            seq,
            mut complaints,
        } = snapshot.ok_or(Failure::NotReady)?;
        if let Some(filter) = &self.filter {
            complaints.retain(|complaint| filter.suits(complaint));
        }
        self.send_in_time(self.subscribed(Mode::Snapshot, seq))
            .await?;
        let most_bytes = PART_BYTES.min(self.queue.limit() / 4);
        let mut parts = parts(&complaints, most_bytes).into_iter().peekable();
        while let Some(part) = parts.next() {
            let last = parts.peek().is_none();
            self.send_in_time(self.part(seq, part, last)).await?;
            if !last {
                kill_point("mid_snapshot");
            }
        }
        Ok(seq)
    }

    fn part(&self, seq: i64, complaints: &[Complaint], last: bool) -> Bytes {
        let (region, epoch) = (&self.region, &*self.deps.epoch);
        ServerMessage::Snapshot {
            region,
            epoch,
            seq,
            last,
            complaints,
        }
        .form(self.queue.form())
    }

    async fn send_in_time(&self, message: Bytes) -> Result<(), Failure> {
        match tokio::time::timeout(PATIENCE, self.send(message)).await {
            Ok(sent) => sent,
            Err(_elapsed) => Err(Failure::NotRead),
        }
    }
}

/// Cuts complaints into parts of about `most_bytes`, at least one each; none at all is one part.
fn parts(complaints: &[Complaint], most_bytes: usize) -> Vec<&[Complaint]> {
    let mut parts = Vec::new();
    let mut rest = complaints;
    loop {
        let mut bytes = 0;
        let fits = |complaint: &&Complaint| {
            let address = complaint.address.as_ref().map_or(0, String::len);
            bytes += COMPLAINT_BYTES + complaint.description.len() + address;
            bytes <= most_bytes
        };
        let count = rest.iter().take(PART).take_while(fits).count().max(1);
        let (part, more) = rest.split_at_checked(count).unwrap_or((rest, &[]));
        parts.push(part);
        if more.is_empty() {
            return parts;
        }
        rest = more;
    }
}
