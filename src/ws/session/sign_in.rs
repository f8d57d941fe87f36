//! How a session signs in and enters the registry.

use std::sync::Arc;
use std::time::Duration;

use actix::{ActorFutureExt, AsyncContext, WrapFuture};
use fail::fail_point;
use jiff::Timestamp;
use tokio::sync::oneshot;

use super::super::SignedIn;
use super::super::protocol::ServerMessage;
use super::{Ctx, Stage, WsSession};
use crate::access::AccessError;
use crate::actors::registry::shard::{Enter, TokenLife};
use crate::actors::registry::{CloseCode, Peer, frame};
use crate::domain::account::{Identity, Role};
use crate::domain::region::RegionId;

impl WsSession {
    /// Ends the session when it has not signed in by its deadline, or when the node drains before that.
    pub(super) fn await_connect(&self, ctx: &mut Ctx) {
        let deadline = Duration::from_millis(self.deps.live.connect_deadline_ms);
        let shard = self.shard.clone();
        let closing = async move { tokio::time::timeout(deadline, shard.closing()).await };
        ctx.spawn(closing.into_actor(self).map(|farewell, session, ctx| {
            match (&session.stage, farewell) {
                (Stage::Connected(_), _) => {}
                (Stage::Waiting | Stage::Checking | Stage::Admitted(_), Ok(farewell)) => {
                    session.depart(&farewell.order(), ctx)
                }
                (Stage::Waiting | Stage::Checking | Stage::Admitted(_), Err(_elapsed)) => session
                    .end(
                        ctx,
                        CloseCode::AuthTimeout,
                        "no valid connect message came in time",
                    ),
            }
        }));
    }

    /// Checks the token of `connect`; the actor goes on meanwhile.
    pub(super) fn check(
        &mut self,
        id: Option<u64>,
        token: String,
        client: Option<String>,
        ctx: &mut Ctx,
    ) {
        self.stage = Stage::Checking;
        let access = self.deps.access.clone();
        let check = async move { access.authenticate_for(&token).await };
        ctx.spawn(
            check
                .into_actor(self)
                .map(move |checked, session, ctx| match checked {
                    Ok((identity, token_left)) => {
                        let signed_in = SignedIn {
                            identity,
                            token_left,
                        };
                        session.enter(id, signed_in, client, ctx);
                    }
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
    pub(super) fn enter(
        &mut self,
        id: Option<u64>,
        signed_in: SignedIn,
        client: Option<String>,
        ctx: &mut Ctx,
    ) {
        let SignedIn {
            identity,
            token_left,
        } = signed_in;
        if !self.place.sign_in(identity.account) {
            let reason = "this account has as many live sockets open as it may";
            return self.end(ctx, CloseCode::ConnectionLimit, reason);
        }
        let (entered, forgotten) = oneshot::channel();
        let accepted = self.is_let_in(Enter {
            peer: self.peer(&identity, client),
            queue: Arc::clone(&self.queue),
            orders: ctx.address().recipient(),
            heard: self.heard.clone(),
            token: TokenLife::of(token_left),
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
            token_ttl_ms: frame::milliseconds(token_left),
            max_regions: self.deps.live.max_regions,
        });
        self.stage = Stage::Connected(identity);
    }

    /// Enters the registry; `false` when the shard is too busy.
    fn is_let_in(&self, enter: Enter) -> bool {
        fail_point!(&format!("{}/ws_session/enter", self.deps.node), |_| false);
        self.shard.enter(enter)
    }

    fn peer(&self, identity: &Identity, client: Option<String>) -> Peer {
        Peer {
            session: self.id,
            identity: identity.clone(),
            address: self.place.address().to_string(),
            client: client.map(|name| name.chars().take(100).collect()),
            connected_at: Timestamp::now(),
        }
    }

    /// The regions that a client may watch, as it is told.
    pub(super) fn granted(&self, identity: &Identity) -> Vec<RegionId> {
        match identity.role {
            Role::Officer => identity.regions.iter().cloned().collect(),
            Role::Admin => self.deps.catalogue.get().regions.keys().cloned().collect(),
        }
    }
}
