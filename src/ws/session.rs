//! A session: one officer's socket, from its first message to its close.
//!
//! Frames in, frames out; every answer goes through the session's queue, so that answers and events
//! keep their order. Owns no subscription that the shard does not know of.

mod fragments;
mod regions;
mod sign_in;
mod token;

use std::collections::HashMap;
use std::sync::Arc;

use actix::{Actor, ActorContext, Handler, SpawnHandle, StreamHandler};
use actix_http::ws::{Item, Message, ProtocolError};
use actix_web_actors::ws::WebsocketContext;
use fail::fail_point;
use uuid::Uuid;

use super::admission::{CommandPace, Place};
use super::protocol::{ClientMessage, ErrorCode, Read, ServerMessage, read};
use super::{SignedIn, WsDeps};
use crate::actors::registry::queue::OutQueue;
use crate::actors::registry::shard::ShardHandle;
use crate::actors::registry::{CloseCode, Disconnect, Form, LastHeard, Order, frame};
use crate::domain::account::Identity;
use crate::domain::region::RegionId;
use fragments::Fragments;

type Ctx = WebsocketContext<WsSession>;

/// Why a socket ends that has said more than `--unauthenticated-bytes`.
const TOO_EARLY: &str = "too much came before connect";

/// How far a session has come.
enum Stage {
    /// Its first message has not come.
    Waiting,
    /// Its token is being checked.
    Checking,
    /// The upgrade's header has signed it in; it has not entered the registry.
    Admitted(SignedIn),
    /// It is signed in.
    Connected(Identity),
}

/// A region of this session: being joined, or live.
enum Watch {
    /// With the id of the client's message.
    Joining(SpawnHandle, Option<u64>),
    Live,
}

/// The actor.
pub(super) struct WsSession {
    id: Uuid,
    deps: Arc<WsDeps>,
    shard: ShardHandle,
    queue: Arc<OutQueue>,
    heard: LastHeard,
    place: Place,
    commands: CommandPace,
    stage: Stage,
    bytes_before_connect: usize,
    fragments: Fragments,
    regions: HashMap<RegionId, Watch>,
}

impl WsSession {
    /// A session; `signed_in` when the upgrade's header authenticated it.
    pub(super) fn new(
        deps: Arc<WsDeps>,
        shard: ShardHandle,
        signed_in: Option<SignedIn>,
        place: Place,
    ) -> Self {
        Self {
            id: Uuid::now_v7(),
            queue: Arc::new(OutQueue::new(deps.live.outgoing_limit, Form::WebSocket)),
            commands: deps.admission.command_pace(),
            deps,
            shard,
            heard: LastHeard::now(),
            place,
            stage: signed_in.map_or(Stage::Waiting, Stage::Admitted),
            bytes_before_connect: 0,
            fragments: Fragments::default(),
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

    pub(super) fn deps(&self) -> Arc<WsDeps> {
        Arc::clone(&self.deps)
    }

    fn say(&self, message: &ServerMessage<'_>) {
        self.queue.push(frame::text(&message.encode()));
    }

    fn refuse(&self, id: Option<u64>, code: ErrorCode, message: &str) {
        self.say(&ServerMessage::error(id, code, message));
    }

    /// Closes the socket: what waits is sent, then the close frame, then nothing. The first call counts.
    fn end(&self, ctx: &mut Ctx, code: CloseCode, reason: &str) {
        let last = frame::close(code.number(), reason);
        if self.queue.finish_with(last) {
            self.deps
                .metrics
                .push
                .closes
                .with_label_values(&[&code.to_string()])
                .inc();
        }
        ctx.stop();
    }

    /// Obeys an order to go.
    fn depart(&self, order: &Disconnect, ctx: &mut Ctx) {
        self.end(ctx, order.code, order.reason);
    }

    /// A frame of a text that comes in several.
    fn hear_fragment(&mut self, bytes: &[u8], is_last: bool, ctx: &mut Ctx) {
        if !self.within_bound(bytes.len()) {
            return self.end(ctx, CloseCode::BadFrame, TOO_EARLY);
        }
        match self.fragments.take(bytes, is_last) {
            Ok(text) => self.hear_objects(&text.unwrap_or_default(), ctx),
            Err(error) => self.end(ctx, CloseCode::BadFrame, &error.to_string()),
        }
    }

    /// The objects of a text. After one that ended the session the rest is not heard.
    fn hear_objects(&mut self, text: &str, ctx: &mut Ctx) {
        let mut lines = text.lines().filter(|line| !line.trim().is_empty());
        while let Some(line) = lines.next().filter(|_| !self.queue.has_ended()) {
            self.hear(line, ctx);
        }
    }

    /// One object of a text.
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
            (Read::Unknown { id, .. }, Stage::Waiting | Stage::Checking | Stage::Admitted(_)) => {
                self.refuse_stranger(id);
            }
            (Read::Message(message), Stage::Waiting | Stage::Checking | Stage::Admitted(_)) => {
                self.refuse_stranger(message.id());
            }
            (Read::Message(ClientMessage::Pong { seen }), Stage::Connected(_)) => {
                self.note_seen(seen);
            }
            (Read::Unknown { id, .. }, Stage::Connected(_)) if !self.commands.take() => {
                self.refuse_talker(id);
            }
            (Read::Message(message), Stage::Connected(_)) if !self.commands.take() => {
                self.refuse_talker(message.id());
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

    fn refuse_stranger(&self, id: Option<u64>) {
        self.refuse(
            id,
            ErrorCode::Unauthorized,
            "the first message must be connect, and its answer comes before all else",
        );
    }

    fn refuse_talker(&self, id: Option<u64>) {
        self.refuse(
            id,
            ErrorCode::RateLimited,
            "this socket says too much; send it again later",
        );
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
            ClientMessage::Subscribe(asked) => self.subscribe(asked, identity, ctx),
            ClientMessage::Unsubscribe { id, region } => self.unsubscribe(id, &region, ctx),
            ClientMessage::Refresh { id, token } => self.renew(id, token, identity.clone(), ctx),
            ClientMessage::Pong { seen } => self.note_seen(seen),
        }
    }

    /// Counts what comes before `connect`; `false` when it is too much.
    fn within_bound(&mut self, bytes: usize) -> bool {
        match self.stage {
            Stage::Connected(_) => true,
            Stage::Waiting | Stage::Checking | Stage::Admitted(_) => {
                self.bytes_before_connect = self.bytes_before_connect.saturating_add(bytes);
                self.bytes_before_connect <= self.deps.admission.unauthenticated_bytes()
            }
        }
    }
}

impl Actor for WsSession {
    type Context = Ctx;

    fn started(&mut self, ctx: &mut Ctx) {
        fail_point!(&format!("{}/ws_session/started", self.deps.node));
        let stage = std::mem::replace(&mut self.stage, Stage::Waiting);
        if let Stage::Admitted(signed_in) = stage {
            return self.enter(None, signed_in, None, ctx);
        }
        self.await_connect(ctx);
    }
}

impl StreamHandler<Result<Message, ProtocolError>> for WsSession {
    fn handle(&mut self, message: Result<Message, ProtocolError>, ctx: &mut Ctx) {
        fail_point!(&format!("{}/ws_session/handle", self.deps.node));
        self.heard.note();
        match message {
            Ok(Message::Text(text)) if self.within_bound(text.len()) => {
                self.hear_objects(&text, ctx);
            }
            Ok(Message::Text(_)) => self.end(ctx, CloseCode::BadFrame, TOO_EARLY),
            Ok(Message::Continuation(Item::FirstText(bytes) | Item::Continue(bytes))) => {
                self.hear_fragment(&bytes, false, ctx);
            }
            Ok(Message::Continuation(Item::Last(bytes))) => self.hear_fragment(&bytes, true, ctx),
            Ok(Message::Ping(payload)) => {
                self.queue.push(frame::pong(&payload));
            }
            Ok(Message::Pong(_) | Message::Nop) => {}
            Ok(Message::Close(reason)) => {
                ctx.close(reason);
                ctx.stop();
            }
            Ok(Message::Binary(_) | Message::Continuation(Item::FirstBinary(_))) => {
                self.end(ctx, CloseCode::BadFrame, "only text is understood");
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

impl Handler<Order> for WsSession {
    type Result = ();

    fn handle(&mut self, order: Order, ctx: &mut Ctx) {
        match order {
            Order::End(order) => self.depart(&order, ctx),
            Order::Grants(identity) => self.adopt(identity, ctx),
        }
    }
}
