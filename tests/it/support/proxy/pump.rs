//! One direction of one connection: reads, waits as the way demands, writes.

use std::io;
use std::time::Duration;

use rand::RngExt;
use rand::rngs::StdRng;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::ends::{Reading, Writing};
use super::{Control, Towards, Way};

/// The most bytes of one read.
const CHUNK: usize = 16 * 1024;
/// Chunks under way at the same time.
const UNDER_WAY: usize = 8;
/// The first bytes towards a client go in one: tungstenite takes the answer to an upgrade that comes in more than 64
/// small packets for an attack, and whoever lost a connection would never come back.
const UPGRADE: usize = 1024;

/// Bytes, and when they arrive.
type Chunk = (Instant, Vec<u8>);

pub(super) struct Pump {
    towards: Towards,
    control: watch::Receiver<Control>,
    /// How often connections had been stranded when this one was opened.
    strands: u64,
    random: StdRng,
}

impl Pump {
    pub(super) fn new(towards: Towards, control: watch::Receiver<Control>, random: StdRng) -> Self {
        let strands = control.borrow().strands;
        Self {
            towards,
            control,
            strands,
            random,
        }
    }

    /// Carries until the reading side ends, which is told to the writing side.
    ///
    /// # Errors
    /// When either side is broken.
    pub(super) async fn carry(self, reading: Reading, writing: Writing) -> io::Result<()> {
        let (sender, chunks) = mpsc::channel(UNDER_WAY);
        let writer = Writer {
            towards: self.towards,
            control: self.control.clone(),
            strands: self.strands,
            carried: 0,
        };
        tokio::try_join!(self.read(reading, sender), writer.write(writing, chunks))?;
        Ok(())
    }

    async fn read(mut self, mut reading: Reading, sender: mpsc::Sender<Chunk>) -> io::Result<()> {
        let mut last = Instant::now();
        loop {
            passable(&mut self.control, self.towards, self.strands).await?;
            let mut bytes = vec![0; CHUNK];
            let read = reading.read(&mut bytes).await;
            // A black hole hides a reset as it hides an end.
            passable(&mut self.control, self.towards, self.strands).await?;
            let read = read?;
            if read == 0 {
                return Ok(());
            }
            bytes.truncate(read);
            let way = *self.control.borrow().way(self.towards);
            let late = way.jitter.mul_f64(self.random.random());
            // In order: what is read later does not arrive earlier.
            last = last.max(Instant::now() + way.latency + late);
            if sender.send((last, bytes)).await.is_err() {
                return Ok(());
            }
        }
    }
}

struct Writer {
    towards: Towards,
    control: watch::Receiver<Control>,
    strands: u64,
    /// Bytes so far.
    carried: usize,
}

impl Writer {
    async fn write(
        mut self,
        mut writing: Writing,
        mut chunks: mpsc::Receiver<Chunk>,
    ) -> io::Result<()> {
        let side = self.towards as usize;
        let closes = self.control.borrow().half_closes[side];
        let mut orders = self.control.clone();
        let half_closed = async {
            let order = orders.wait_for(|control| control.half_closes[side] != closes);
            order.await.map(drop).map_err(gone)
        };
        tokio::pin!(half_closed);
        let mut is_open = true;
        loop {
            let next = tokio::select! {
                order = &mut half_closed, if is_open => {
                    order?;
                    is_open = false;
                    writing.shutdown().await?;
                    continue;
                }
                next = chunks.recv() => next,
            };
            let Some((at, bytes)) = next else { break };
            if is_open {
                tokio::time::sleep_until(at).await;
                self.deliver(&mut writing, &bytes).await?;
            }
        }
        passable(&mut self.control, self.towards, self.strands).await?;
        if is_open {
            writing.shutdown().await?;
        }
        Ok(())
    }

    /// Writes one chunk as the way demands, which may change meanwhile.
    async fn deliver(&mut self, writing: &mut Writing, bytes: &[u8]) -> io::Result<()> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let way = passable(&mut self.control, self.towards, self.strands).await?;
            // With a bandwidth, pieces of about 10 ms.
            let paced = way.bandwidth.map(|most| (most as usize / 100).max(1));
            let is_upgrade = self.towards == Towards::Client && self.carried < UPGRADE;
            let sliced = way.slice.filter(|_| !is_upgrade);
            let most = [sliced, paced].into_iter().flatten().min();
            let (piece, others) = rest.split_at(most.unwrap_or(rest.len()).clamp(1, rest.len()));
            writing.write_all(piece).await?;
            self.carried += piece.len();
            rest = others;
            match way.bandwidth {
                Some(most) => {
                    let takes = piece.len() as f64 / f64::from(most.max(1));
                    tokio::time::sleep(Duration::from_secs_f64(takes)).await;
                }
                None => tokio::task::yield_now().await,
            }
        }
        Ok(())
    }
}

/// Waits until something passes, and says what the way is like.
async fn passable(
    control: &mut watch::Receiver<Control>,
    towards: Towards,
    strands: u64,
) -> io::Result<Way> {
    let passes = control.wait_for(|control| control.passes(towards, strands));
    passes
        .await
        .map(|control| *control.way(towards))
        .map_err(gone)
}

/// The proxy itself has ended.
fn gone(_: watch::error::RecvError) -> io::Error {
    io::ErrorKind::BrokenPipe.into()
}
