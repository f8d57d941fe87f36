//! A session: one officer's socket, from its first message to its close.
//!
//! Frames in, frames out; every answer goes through the session's queue, so that answers and events
//! keep their order. Owns no subscription that the shard does not know of.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use actix::{
    Actor, ActorContext, ActorFutureExt, AsyncContext, Handler, SpawnHandle, StreamHandler,
    WrapFuture,
};
use actix_http::ws::{Message, ProtocolError};
use actix_web_actors::ws::WebsocketContext;
use fail::fail_point;
use jiff::Timestamp;
use rand::RngExt;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::WsDeps;
use super::protocol::{
    BEFORE_CONNECT_LIMIT, ClientMessage, ErrorCode, Position, Read, ServerMessage, read,
};
use super::subscribe::{Failure, Subscription};
use crate::access::AccessError;
use crate::actors::registry::queue::{End, OutQueue};
use crate::actors::registry::shard::{Enter, Leave, Seen, ShardHandle};
use crate::actors::registry::{CloseCode, Disconnect, LastHeard, Peer, frame};
use crate::domain::account::{Identity, Role};
use crate::domain::region::RegionId;
use crate::telemetry::metrics::Metrics;

type Ctx = WebsocketContext<WsSession>;

/// How far a session has come.
enum Stage {
    /// Its first message has not come.
    Waiting,
    /// Its token is being checked.
    Checking,
    /// It is signed in.
    Connected(Identity),
}

/// A region of this session: being joined, or live.
enum Watch {
    Joining(SpawnHandle),
    Live,
}

/// The actor.
pub(super) struct WsSession {
    id: Uuid,
    deps: Arc<WsDeps>,
    shard: ShardHandle,
    queue: Arc<OutQueue>,
    heard: LastHeard,
    address: String,
    stage: Stage,
    bytes_before_connect: usize,
    regions: HashMap<RegionId, Watch>,
}

impl WsSession {
    /// A session; `identity` when the upgrade's header authenticated it.
    pub(super) fn new(
        deps: Arc<WsDeps>,
        shard: ShardHandle,
        identity: Option<Identity>,
        address: String,
    ) -> Self {
        Self {
            id: Uuid::now_v7(),
            queue: Arc::new(OutQueue::new(deps.live.outgoing_limit)),
            deps,
            shard,
            heard: LastHeard::now(),
            address,
            stage: identity.map_or(Stage::Waiting, Stage::Connected),
            bytes_before_connect: 0,
            regions: HashMap::new(),
        }
    }

    pub(super) fn id(&self) -> Uuid {
        self.id
    }

    pub(super) fn queue(&self) -> Arc<OutQueue> {
        Arc::clone(&self.queue)
    }

    pub(super) fn shard(&self) -> ShardHandle {
        self.shard.clone()
    }

    pub(super) fn metrics(&self) -> Metrics {
        self.deps.metrics.clone()
    }

    fn say(&self, message: &ServerMessage<'_>) {
        self.queue.push(frame::text(&message.encode()));
    }

    fn refuse(&self, id: Option<u64>, code: ErrorCode, message: &str) {
        self.say(&ServerMessage::error(id, code, message));
    }

    /// Closes the socket: what waits is sent, then the close frame, then nothing.
    fn end(&self, ctx: &mut Ctx, code: CloseCode, reason: &str) {
        self.deps
            .metrics
            .push
            .closes
            .with_label_values(&[&code.to_string()])
            .inc();
        self.queue.push(frame::close(code.number(), reason));
        self.queue.finish(End::Finished);
        ctx.stop();
    }

    /// One object of a frame.
    fn hear(&mut self, text: &str, ctx: &mut Ctx) {
        match (read(text), &self.stage) {
            (Read::Garbage, _) => self.end(
                ctx,
                CloseCode::BadFrame,
                "a frame holds JSON objects, one a line",
            ),
            (Read::Message(ClientMessage::Connect { id, token, client }), Stage::Waiting) => {
                self.check(id, token, client, ctx);
            }
            (Read::Unknown { id, .. }, Stage::Waiting | Stage::Checking) => {
                self.refuse(
                    id,
                    ErrorCode::Unauthorized,
                    "the first message must be connect",
                );
            }
            (Read::Message(_), Stage::Waiting | Stage::Checking) => {
                self.refuse(
                    None,
                    ErrorCode::Unauthorized,
                    "the first message must be connect",
                );
            }
            (Read::Unknown { id, reason }, Stage::Connected(_)) => {
                self.refuse(id, ErrorCode::BadRequest, &reason);
            }
            (Read::Message(message), Stage::Connected(identity)) => {
                let identity = identity.clone();
                self.obey(message, &identity, ctx);
            }
        }
    }

    fn obey(&mut self, message: ClientMessage, identity: &Identity, ctx: &mut Ctx) {
        match message {
            ClientMessage::Connect { id, .. } => {
                self.refuse(
                    id,
                    ErrorCode::BadRequest,
                    "this session is connected already",
                );
            }
            ClientMessage::Subscribe {
                id,
                region,
                since,
                snapshot,
            } => match self.admit(&region, identity) {
                Ok(region) => self.subscribe(id, region, since, snapshot, ctx),
                Err((code, message)) => self.refuse(id, code, message),
            },
            ClientMessage::Unsubscribe { id, region } => self.unsubscribe(id, &region, ctx),
            ClientMessage::Pong { seen } => self.note_seen(seen),
        }
    }

    /// Checks the token of `connect`; the actor goes on meanwhile.
    fn check(&mut self, id: Option<u64>, token: String, client: Option<String>, ctx: &mut Ctx) {
        self.stage = Stage::Checking;
        let access = self.deps.access.clone();
        let check = async move { access.authenticate(&token).await };
        ctx.spawn(
            check
                .into_actor(self)
                .map(move |checked, session, ctx| match checked {
                    Ok(identity) => session.enter(id, identity, client, ctx),
                    Err(AccessError::Store(error)) => {
                        slog_scope::warn!("a token could not be checked: {}", error);
                        session.end(
                            ctx,
                            CloseCode::Internal,
                            "the token could not be checked now",
                        );
                    }
                    Err(error) => session.end(ctx, CloseCode::Unauthorized, &error.to_string()),
                }),
        );
    }

    /// Enters the registry and says so; ends with the shard's memory of it.
    fn enter(
        &mut self,
        id: Option<u64>,
        identity: Identity,
        client: Option<String>,
        ctx: &mut Ctx,
    ) {
        let (entered, forgotten) = oneshot::channel();
        let accepted = self.shard.enter(Enter {
            peer: self.peer(&identity, client),
            queue: Arc::clone(&self.queue),
            orders: ctx.address().recipient(),
            heard: self.heard.clone(),
            entered,
        });
        if !accepted {
            return self.end(ctx, CloseCode::Internal, "too many sessions begin at once");
        }
        ctx.spawn(forgotten.into_actor(self).map(|_, session, ctx| {
            session.end(
                ctx,
                CloseCode::Internal,
                "the server lost track of this session",
            );
        }));
        self.say(&ServerMessage::Connected {
            id,
            session: self.id,
            node: &self.deps.node,
            server_time: Timestamp::now(),
            role: identity.role,
            regions: self.granted(&identity),
            ping_ms: self.deps.live.ping_interval_ms,
            max_regions: self.deps.live.max_regions,
        });
        self.stage = Stage::Connected(identity);
    }

    fn peer(&self, identity: &Identity, client: Option<String>) -> Peer {
        Peer {
            session: self.id,
            identity: identity.clone(),
            address: self.address.clone(),
            client: client.map(|name| name.chars().take(100).collect()),
            connected_at: Timestamp::now(),
        }
    }

    fn granted(&self, identity: &Identity) -> Vec<RegionId> {
        match identity.role {
            Role::Officer => identity.regions.iter().cloned().collect(),
            Role::Admin => self.deps.catalogue.get().regions.keys().cloned().collect(),
        }
    }

    /// The region, when this session may watch it now.
    fn admit(
        &self,
        region: &str,
        identity: &Identity,
    ) -> Result<RegionId, (ErrorCode, &'static str)> {
        let region = RegionId::parse(region)
            .map_err(|(_, _)| (ErrorCode::UnknownRegion, "there is no such region"))?;
        if !self.deps.catalogue.get().regions.contains_key(&region) {
            return Err((ErrorCode::UnknownRegion, "there is no such region"));
        }
        if !identity.may_work_in(&region) {
            return Err((ErrorCode::Forbidden, "this region is not granted to you"));
        }
        if self.regions.contains_key(&region) {
            return Err((
                ErrorCode::AlreadySubscribed,
                "this session watches the region already",
            ));
        }
        if self.regions.len() >= self.deps.live.max_regions {
            return Err((
                ErrorCode::TooManyRegions,
                "this session watches as many regions as it may",
            ));
        }
        Ok(region)
    }

    fn subscribe(
        &mut self,
        id: Option<u64>,
        region: RegionId,
        since: Option<Position>,
        snapshot: bool,
        ctx: &mut Ctx,
    ) {
        let subscription = Subscription {
            id,
            region: region.clone(),
            since,
            snapshot,
            session: self.id,
            shard: self.shard.clone(),
            queue: Arc::clone(&self.queue),
            deps: Arc::clone(&self.deps),
        };
        let joined = region.clone();
        let join = ctx.spawn(subscription.join().into_actor(self).map(
            move |outcome, session, _| {
                session.joined(id, joined, outcome);
            },
        ));
        self.regions.insert(region, Watch::Joining(join));
    }

    fn joined(&mut self, id: Option<u64>, region: RegionId, outcome: Result<(), Failure>) {
        match outcome {
            Ok(()) => {
                self.regions.insert(region, Watch::Live);
            }
            Err(failure) => {
                self.regions.remove(&region);
                self.refuse(id, failure.code(), &failure.to_string());
            }
        }
    }

    /// Leaves at the shard first: no event of the region follows the answer.
    fn unsubscribe(&mut self, id: Option<u64>, region: &str, ctx: &mut Ctx) {
        let region = RegionId::from_stored(region);
        match self.regions.remove(&region) {
            None => {
                return self.refuse(
                    id,
                    ErrorCode::BadRequest,
                    "this session does not watch the region",
                );
            }
            Some(Watch::Joining(join)) => {
                ctx.cancel_future(join);
            }
            Some(Watch::Live) => {}
        }
        let shard = self.shard.clone();
        let leave = Leave {
            session: self.id,
            region: region.clone(),
        };
        let left = async move { shard.leave(leave).await };
        ctx.wait(left.into_actor(self).map(move |(), session, _| {
            session.say(&ServerMessage::Unsubscribed {
                id,
                region: &region,
                code: "client",
            });
        }));
    }

    fn note_seen(&self, seen: BTreeMap<String, i64>) {
        let known = |(region, number): (String, i64)| {
            let region = RegionId::from_stored(&region);
            self.regions
                .contains_key(&region)
                .then_some((region, number))
        };
        let numbers: BTreeMap<_, _> = seen.into_iter().filter_map(known).collect();
        if !numbers.is_empty() {
            self.shard.seen(Seen {
                session: self.id,
                numbers,
            });
        }
    }

    /// Counts what comes before `connect`; `false` when it is too much.
    fn within_bound(&mut self, bytes: usize) -> bool {
        match self.stage {
            Stage::Connected(_) => true,
            Stage::Waiting | Stage::Checking => {
                self.bytes_before_connect = self.bytes_before_connect.saturating_add(bytes);
                self.bytes_before_connect <= BEFORE_CONNECT_LIMIT
            }
        }
    }
}

impl Actor for WsSession {
    type Context = Ctx;

    fn started(&mut self, ctx: &mut Ctx) {
        fail_point!(&format!("{}/ws_session/started", self.deps.node));
        let stage = std::mem::replace(&mut self.stage, Stage::Waiting);
        if let Stage::Connected(identity) = stage {
            return self.enter(None, identity, None, ctx);
        }
        let deadline = Duration::from_millis(self.deps.live.connect_deadline_ms);
        ctx.run_later(deadline, |session, ctx| match session.stage {
            Stage::Connected(_) => {}
            Stage::Waiting | Stage::Checking => {
                session.end(
                    ctx,
                    CloseCode::AuthTimeout,
                    "no valid connect message came in time",
                );
            }
        });
    }
}

impl StreamHandler<Result<Message, ProtocolError>> for WsSession {
    fn handle(&mut self, message: Result<Message, ProtocolError>, ctx: &mut Ctx) {
        fail_point!(&format!("{}/ws_session/handle", self.deps.node));
        self.heard.note();
        match message {
            Ok(Message::Text(text)) if self.within_bound(text.len()) => {
                for line in text.lines().filter(|line| !line.trim().is_empty()) {
                    self.hear(line, ctx);
                }
            }
            Ok(Message::Text(_)) => {
                self.end(ctx, CloseCode::BadFrame, "too much came before connect");
            }
            Ok(Message::Ping(payload)) => ctx.pong(&payload),
            Ok(Message::Pong(_) | Message::Nop) => {}
            Ok(Message::Close(reason)) => {
                ctx.close(reason);
                ctx.stop();
            }
            Ok(Message::Binary(_) | Message::Continuation(_)) => {
                self.end(
                    ctx,
                    CloseCode::BadFrame,
                    "only whole text frames are understood",
                );
            }
            Err(error) => {
                self.end(
                    ctx,
                    CloseCode::BadFrame,
                    &format!("a frame cannot be read: {error}"),
                );
            }
        }
    }
}

impl Handler<Disconnect> for WsSession {
    type Result = ();

    fn handle(&mut self, order: Disconnect, ctx: &mut Ctx) {
        if order.code == CloseCode::Drain {
            let after_ms = rand::rng().random_range(0..2000);
            self.say(&ServerMessage::Reconnect {
                after_ms,
                reason: "drain",
            });
        }
        self.end(ctx, order.code, order.reason);
    }
}
