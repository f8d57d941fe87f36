//! A region's feed as an event stream (SSE): for those who cannot do WebSocket.
//!
//! One region a stream, nothing that a client could say. Otherwise a session as any other: it enters a shard,
//! joins by the same steps, and its messages wait in the same bounded queue.

use std::sync::Arc;

use actix::{
    Actor, ActorContext, ActorFutureExt, AsyncContext, Context, Handler, SpawnHandle, WrapFuture,
};
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use fail::fail_point;
use jiff::Timestamp;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::admission::{Place, Refused};
use super::protocol::{Position, ServerMessage};
use super::pump::{Body, Exit, cut_late};
use super::subscribe::{Failure, Subscription};
use super::{SignedIn, WsDeps};
use crate::actors::registry::queue::{End, OutQueue};
use crate::actors::registry::shard::{Enter, ShardHandle, TokenLife};
use crate::actors::registry::wire::Wire;
use crate::actors::registry::{CloseCode, Disconnect, Form, LastHeard, Order, Peer, frame};
use crate::domain::account::Identity;
use crate::domain::event::Filter;
use crate::domain::region::RegionId;

/// How long a client waits before it comes back, unless it is told otherwise.
const RETRY: &[u8] = b"retry: 2000\n";

/// What a client asks for.
pub struct Wanted {
    /// A region that it may watch.
    pub region: RegionId,
    /// Where it left off.
    pub since: Option<Position>,
    /// What of the region; `None`: everything.
    pub filter: Option<Arc<Filter>>,
    /// What the client calls itself.
    pub client: Option<String>,
}

/// Answers a request with an event stream.
///
/// # Errors
/// [`Refused`] when the account has as many live connections as it may.
pub fn open(
    request: &HttpRequest,
    wanted: Wanted,
    signed_in: SignedIn,
    mut place: Place,
    shard: &ShardHandle,
    deps: &Arc<WsDeps>,
) -> Result<HttpResponse, Refused> {
    place.sign_in_or_refuse(signed_in.identity.account)?;
    let form = Form::EventStream(Arc::clone(&deps.epoch));
    let queue = Arc::new(OutQueue::new(deps.live.outgoing_limit, form));
    let session = StreamSession::new(wanted, signed_in, place, shard, deps, &queue);
    session.start();
    let cord = request.conn_data::<Wire>().map(Wire::weak);
    let ending = Arc::clone(&queue);
    actix::spawn(async move {
        ending.ended().await;
        cut_late(cord).await;
    });
    Ok(answer().streaming(Body::new(queue, Arc::clone(deps), None)))
}

/// The head of an event stream: not to be stored, nor held back by a proxy until there is more. The last answer of
/// its connection, for what is cut late must not be another one's.
pub fn answer() -> HttpResponseBuilder {
    let mut answer = HttpResponse::Ok();
    answer
        .force_close()
        .insert_header((CONTENT_TYPE, "text/event-stream"))
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header(("X-Accel-Buffering", "no"));
    answer
}

/// The actor.
struct StreamSession {
    deps: Arc<WsDeps>,
    queue: Arc<OutQueue>,
    place: Place,
    signed_in: SignedIn,
    client: Option<String>,
    region: RegionId,
    /// Until it has begun.
    subscription: Option<Subscription>,
    join: Option<SpawnHandle>,
    /// Tells the shard, however the session ends.
    exit: Exit,
}

impl StreamSession {
    fn new(
        wanted: Wanted,
        signed_in: SignedIn,
        place: Place,
        shard: &ShardHandle,
        deps: &Arc<WsDeps>,
        queue: &Arc<OutQueue>,
    ) -> Self {
        let session = Uuid::now_v7();
        let subscription = Subscription {
            id: None,
            region: wanted.region.clone(),
            since: wanted.since,
            snapshot: true,
            filter: wanted.filter,
            presence: false,
            session,
            shard: shard.clone(),
            queue: Arc::clone(queue),
            deps: Arc::clone(deps),
        };
        Self {
            deps: Arc::clone(deps),
            queue: Arc::clone(queue),
            place,
            signed_in,
            client: wanted.client,
            region: wanted.region,
            subscription: Some(subscription),
            join: None,
            exit: Exit {
                session,
                shard: shard.clone(),
            },
        }
    }

    fn say(&self, message: &ServerMessage<'_>) {
        self.queue.push(message.form(self.queue.form()));
    }

    /// Ends the stream: what waits is sent, then why, then nothing. The first call counts.
    fn end(&self, ctx: &mut Context<Self>, code: CloseCode, reason: &str) {
        if self
            .queue
            .finish_with(self.queue.form().close(code, reason))
        {
            self.count_close(code);
        }
        ctx.stop();
    }

    fn count_close(&self, code: CloseCode) {
        let closes = &self.deps.metrics.push.closes;
        closes.with_label_values(&[&code.to_string()]).inc();
    }

    fn enter(&self, ctx: &mut Context<Self>) {
        let (entered, forgotten) = oneshot::channel();
        let accepted = self.exit.shard.enter(Enter {
            peer: Peer {
                session: self.exit.session,
                identity: self.signed_in.identity.clone(),
                address: self.place.address().to_string(),
                client: self.client.clone(),
                connected_at: Timestamp::now(),
            },
            queue: Arc::clone(&self.queue),
            orders: ctx.address().recipient(),
            heard: LastHeard::now(),
            token: TokenLife::of(self.signed_in.token_left),
            entered,
        });
        if !accepted {
            return self.end(
                ctx,
                CloseCode::Overloaded,
                "too many sessions begin at once",
            );
        }
        ctx.spawn(forgotten.into_actor(self).map(|_, session, ctx| {
            let reason = "the server lost track of this session";
            session.end(ctx, CloseCode::Internal, reason);
        }));
    }

    fn greet(&self) {
        self.queue.push(RETRY.into());
        self.say(&ServerMessage::Connected {
            id: None,
            session: self.exit.session,
            node: &self.deps.node,
            server_time: Timestamp::now(),
            role: self.signed_in.identity.role,
            regions: vec![self.region.clone()],
            ping_ms: self.deps.live.ping_interval_ms,
            token_ttl_ms: frame::milliseconds(self.signed_in.token_left),
            max_regions: 1,
        });
    }

    fn joined(&self, outcome: Result<(), Failure>, ctx: &mut Context<Self>) {
        match outcome {
            Ok(()) => {}
            Err(Failure::Forbidden) => self.lose_region(ctx),
            Err(failure) => {
                let (code, reason) = (failure.code(), failure.to_string());
                self.say(&ServerMessage::error(None, code, &reason));
                self.end(ctx, CloseCode::Overloaded, &reason);
            }
        }
    }

    /// Takes over what the account may watch now: without its region the stream is over.
    fn adopt(&mut self, identity: &Identity, ctx: &mut Context<Self>) {
        if !identity.may_work_in(&self.region) {
            if let Some(join) = self.join.take() {
                ctx.cancel_future(join);
            }
            self.lose_region(ctx);
        }
    }

    fn lose_region(&self, ctx: &mut Context<Self>) {
        let (region, code) = (&self.region, "forbidden");
        self.say(&ServerMessage::Unsubscribed {
            id: None,
            region,
            code,
        });
        let reason = "this region is not granted to you any more";
        self.end(ctx, CloseCode::Forbidden, reason);
    }
}

impl Actor for StreamSession {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Context<Self>) {
        fail_point!(&format!("{}/stream_session/started", self.deps.node));
        self.greet();
        self.enter(ctx);
        let ended = Arc::clone(&self.queue);
        let ended = async move { ended.ended().await };
        ctx.spawn(ended.into_actor(self).map(|end, session, ctx| {
            if end == End::Overrun {
                session.count_close(CloseCode::Slow);
            }
            ctx.stop();
        }));
        if let Some(subscription) = self.subscription.take() {
            let join = subscription.join().into_actor(self);
            self.join = Some(ctx.spawn(join.map(|outcome, session, ctx| {
                session.joined(outcome, ctx);
            })));
        }
    }
}

impl Handler<Order> for StreamSession {
    type Result = ();

    fn handle(&mut self, order: Order, ctx: &mut Context<Self>) {
        match order {
            Order::End(Disconnect { code, reason }) => self.end(ctx, code, reason),
            Order::Grants(identity) => self.adopt(&identity, ctx),
        }
    }
}

impl Drop for StreamSession {
    /// Also when it panicked: nobody would end the answer otherwise.
    fn drop(&mut self) {
        self.queue.finish(End::Finished);
    }
}
