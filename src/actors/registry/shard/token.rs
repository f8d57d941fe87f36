//! The life of a session's access token: its client hears in time that it ends, and a session that has
//! got no newer one is ended after a grace.

use std::time::{Duration, Instant};

use actix::{Context, Handler};
use serde::Serialize;

use super::super::{CloseCode, Disconnect, frame};
use super::{Entered, RegistryShard, Renew};

/// How long before the end of a token its client is told.
const NOTICE: Duration = Duration::from_secs(60);
/// A token's whole life is at least so many times the notice: a short one would expire all the time.
const LIVES_NOTICES: u32 = 4;

/// How long a token is good.
#[derive(Debug, Clone, Copy)]
pub struct TokenLife {
    ends: Instant,
    /// When the client is to be told; `None` when it was.
    notice_at: Option<Instant>,
}

impl TokenLife {
    /// A token that is good for so long from now on.
    pub fn of(left: Duration) -> Self {
        let ends = Instant::now() + left;
        let notice = NOTICE.min(left / LIVES_NOTICES);
        Self {
            ends,
            notice_at: Some(ends.checked_sub(notice).unwrap_or(ends)),
        }
    }

    /// The time that is left, when the client is to be told now; once.
    fn notice(&mut self, now: Instant) -> Option<Duration> {
        self.notice_at.filter(|at| *at <= now)?;
        self.notice_at = None;
        Some(self.ends.saturating_duration_since(now))
    }

    fn has_ended(&self, grace: Duration, now: Instant) -> bool {
        now.saturating_duration_since(self.ends) > grace
    }
}

/// `token_expiring` of `redress.v1`.
#[derive(Serialize)]
struct TokenExpiring {
    #[serde(rename = "type")]
    kind: &'static str,
    in_ms: u64,
}

impl RegistryShard {
    /// Tells clients whose tokens end soon, and ends the sessions that have outlived theirs.
    pub(super) fn look_after_tokens(&mut self, now: Instant) {
        let grace = self.deps.token_grace;
        for entered in self.sessions.values_mut() {
            if let Some(left) = entered.token.notice(now) {
                tell(entered, left);
            }
            if entered.token.has_ended(grace, now) {
                Self::order(entered, &expired());
            }
        }
    }
}

fn tell(entered: &Entered, left: Duration) {
    let message = TokenExpiring {
        kind: "token_expiring",
        in_ms: frame::milliseconds(left),
    };
    match serde_json::to_string(&message) {
        Ok(message) => {
            let form = entered.queue.form();
            entered
                .queue
                .push(form.message("token_expiring", None, &message));
        }
        Err(error) => slog_scope::error!("a notice cannot be encoded: {}", error),
    }
}

/// The order to a session without a valid token.
fn expired() -> Disconnect {
    Disconnect {
        code: CloseCode::TokenExpired,
        reason: "the access token has expired and no newer one came",
    }
}

impl Handler<Renew> for RegistryShard {
    type Result = ();

    fn handle(&mut self, renew: Renew, ctx: &mut Context<Self>) {
        if let Some(entered) = self.sessions.get_mut(&renew.session) {
            entered.token = renew.token;
        }
        self.grant(renew.session, renew.identity);
        self.report_counts(ctx);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_is_given_once_and_a_grace_follows_the_end() {
        for (life, notice) in [(900, 60), (240, 60), (40, 10), (0, 0)] {
            let life = Duration::from_secs(life);
            let mut token = TokenLife::of(life);
            let at = |before: u64| token.ends - Duration::from_secs(before);
            let (early, late, now) = (at(notice + 1), at(notice), token.ends);
            assert_eq!(token.notice(early), None, "{life:?}");
            assert_eq!(token.notice(late), Some(Duration::from_secs(notice)));
            assert_eq!(token.notice(late), None, "once");
            let grace = Duration::from_secs(25);
            assert!(!token.has_ended(grace, now + grace));
            assert!(token.has_ended(grace, now + grace + Duration::from_millis(1)));
        }
    }
}
