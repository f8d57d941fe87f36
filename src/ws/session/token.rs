//! A newer access token on a live socket.

use std::time::Duration;

use actix::{ActorFutureExt, AsyncContext, WrapFuture};

use super::super::SignedIn;
use super::super::protocol::{ErrorCode, ServerMessage};
use super::{Ctx, Stage, WsSession};
use crate::access::AccessError;
use crate::actors::registry::shard::{Renew, TokenLife};
use crate::actors::registry::{CloseCode, frame};
use crate::domain::account::Identity;

/// What a newer token is to a session.
enum Renewal {
    /// The session goes on with it.
    Taken(SignedIn),
    /// It belongs to another account.
    Foreign,
    /// The account has another role than when the session began.
    Changed,
}

impl WsSession {
    /// Checks a newer token; the actor goes on meanwhile.
    pub(super) fn renew(&self, id: Option<u64>, token: String, present: Identity, ctx: &mut Ctx) {
        let (access, shard, session) = (self.deps.access.clone(), self.shard.clone(), self.id);
        let check = async move {
            let (identity, token_left) = access.authenticate_for(&token).await?;
            let renewal = judge(identity, token_left, &present);
            if let Renewal::Taken(signed_in) = &renewal {
                let (identity, token) = (signed_in.identity.clone(), TokenLife::of(token_left));
                let renew = Renew {
                    session,
                    identity,
                    token,
                };
                shard.renew(renew).await;
            }
            Ok(renewal)
        };
        ctx.spawn(check.into_actor(self).map(move |renewal, session, ctx| {
            session.renewed(id, renewal, ctx);
        }));
    }

    fn renewed(&mut self, id: Option<u64>, renewal: Result<Renewal, AccessError>, ctx: &mut Ctx) {
        match renewal {
            Ok(Renewal::Taken(signed_in)) => {
                // Its regions come from the shard, as all others do: in the order in which they changed.
                if let Stage::Connected(identity) = &mut self.stage {
                    identity.login = signed_in.identity.login;
                }
                self.deps.metrics.push.token_refreshes.inc();
                self.say(&ServerMessage::Refreshed {
                    id,
                    token_ttl_ms: frame::milliseconds(signed_in.token_left),
                });
            }
            Ok(Renewal::Foreign) => self.refuse(
                id,
                ErrorCode::Forbidden,
                "this token is another account's; open another socket for it",
            ),
            Ok(Renewal::Changed) => self.end(
                ctx,
                CloseCode::SessionChanged,
                "the role changed: sign in again",
            ),
            Err(AccessError::TokenExpired) => self.refuse(
                id,
                ErrorCode::TokenExpired,
                "this token has expired; send a newer one",
            ),
            Err(AccessError::Store(error)) => {
                slog_scope::warn!("a token could not be checked: {}", error);
                let message = "the token could not be checked now; send it again";
                self.refuse(id, ErrorCode::Overloaded, message);
            }
            Err(error) => self.refuse(id, ErrorCode::Unauthorized, &error.to_string()),
        }
    }
}

/// Another login of the same account will do, as long as the account has the same role.
fn judge(identity: Identity, token_left: Duration, present: &Identity) -> Renewal {
    if identity.account != present.account {
        Renewal::Foreign
    } else if identity.role != present.role {
        Renewal::Changed
    } else {
        Renewal::Taken(SignedIn {
            identity,
            token_left,
        })
    }
}
