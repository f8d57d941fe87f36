//! The pump: drives a session's actor all the time, whether or not its client reads.
//!
//! Handed straight to the HTTP server, an actor of actix-web-actors is polled only while the socket
//! takes bytes: a client that does not read freezes it. Here a task of its own drains the actor into
//! the session's bounded queue, and the response body reads from that. One writer, events and the
//! actor's frames in order; whoever does not read is cut off, and everything is freed at once.

use std::panic::AssertUnwindSafe;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_http::ws::Codec;
use actix_web::{Error, web};
use actix_web_actors::ws::WebsocketContext;
use bytes::Bytes;
use futures_util::{FutureExt, Stream, StreamExt};
use uuid::Uuid;

use super::WsDeps;
use super::protocol::FRAME_LIMIT;
use super::session::WsSession;
use crate::actors::registry::queue::{End, OutQueue};
use crate::actors::registry::shard::ShardHandle;
use crate::actors::registry::wire::{WeakWire, Wire};
use crate::actors::registry::{CloseCode, frame};
use crate::telemetry::at_work::{self, AtWork};

/// How long a client has to read the last that its socket was given, the close frame at its end. Then
/// the socket is cut: one that does not read would otherwise hold it until the system gives up.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Starts driving the session; returns what the socket sends.
pub(super) fn start(
    session: WsSession,
    payload: web::Payload,
    wire: Option<Wire>,
) -> impl Stream<Item = Result<Bytes, Error>> {
    let queue = session.queue();
    let deps = session.deps();
    let exit = Exit {
        session: session.id(),
        shard: session.shard(),
    };
    // On the heap: each future around it would otherwise hold room for a copy of its own.
    let output = Box::pin(WebsocketContext::with_codec(
        session,
        payload,
        Codec::new().max_size(FRAME_LIMIT),
    ));
    let cord = wire.as_ref().map(Wire::weak);
    let driven = drive(output, Arc::clone(&queue), exit, Arc::clone(&deps));
    actix::spawn(async move {
        at_work::on(AtWork::Actor("ws_session"), driven).await;
        cut_late(cord).await;
    });
    Body::new(queue, deps, wire)
}

/// Gives the client time to read its last, and cuts the connection then if it is still there.
pub(super) async fn cut_late(cord: Option<WeakWire>) {
    if let Some(cord) = cord {
        tokio::time::sleep(LAST_WORDS).await;
        cord.cut();
    }
}

/// Tells the shard when the session has ended, however it ended.
pub(super) struct Exit {
    pub(super) session: Uuid,
    pub(super) shard: ShardHandle,
}

impl Drop for Exit {
    fn drop(&mut self) {
        self.shard.exited(self.session);
    }
}

async fn drive(
    output: impl Stream<Item = Result<Bytes, Error>>,
    queue: Arc<OutQueue>,
    exit: Exit,
    deps: Arc<WsDeps>,
) {
    // Owned here: dropped while its own panic unwinds, an actor that panics again would abort the process.
    let mut output = pin!(output);
    let drained = AssertUnwindSafe(drain(output.as_mut(), &queue))
        .catch_unwind()
        .await;
    let closed = |code: CloseCode| {
        deps.metrics
            .push
            .closes
            .with_label_values(&[&code.to_string()])
            .inc()
    };
    match drained {
        Ok(End::Overrun) => closed(CloseCode::Slow),
        Ok(End::Finished | End::Gone) => {}
        Err(_panic) => {
            closed(CloseCode::Internal);
            queue.finish_with(frame::close(
                CloseCode::Internal.number(),
                "the server failed",
            ));
        }
    }
    queue.finish(End::Finished);
    drop(exit);
}

/// Moves the actor's frames into the queue until either ends.
async fn drain(
    mut output: Pin<&mut impl Stream<Item = Result<Bytes, Error>>>,
    queue: &OutQueue,
) -> End {
    loop {
        tokio::select! {
            biased;
            frames = output.next() => match frames {
                Some(Ok(frames)) => { queue.push(frames); }
                Some(Err(_)) | None => return End::Finished,
            },
            end = queue.ended() => return end,
        }
    }
}

/// The response body: whatever waits, in as few writes as possible.
pub(super) struct Body {
    queue: Arc<OutQueue>,
    /// Shared: the series themselves are hundreds of bytes of pointers.
    deps: Arc<WsDeps>,
    /// Until it is attached to the queue.
    wire: Option<Wire>,
}

impl Body {
    /// The body that reads from a queue; with a `wire` events go past it to the socket.
    pub(super) fn new(queue: Arc<OutQueue>, deps: Arc<WsDeps>, wire: Option<Wire>) -> Self {
        Self { queue, deps, wire }
    }
}

impl Stream for Body {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        // The server asks for the body after it has put the head of the answer into its buffer.
        if let Some(wire) = self.wire.take() {
            self.queue.attach(wire);
        }
        self.queue.poll_write(cx).map(|write| {
            let write = write?;
            let metrics = &self.deps.metrics.push;
            metrics.sent_bytes.inc_by(write.bytes.len() as u64);
            if let Some(committed_at) = write.oldest_commit {
                metrics
                    .latency
                    .observe(committed_at.elapsed().as_secs_f64());
            }
            Some(Ok(write.bytes))
        })
    }
}

impl Drop for Body {
    fn drop(&mut self) {
        self.queue.finish(End::Gone);
    }
}
