//! Runs the watcher: one connection after the other, doing what the follower says.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio::time::{Instant, sleep, timeout_at};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::http::Uri;

use super::WatchError;
use super::access::{Access, AccessError};
use super::ending::{End, Pace, closed, lost};
use super::follower::{Action, Follower};
use super::link::{LinkError, Socket, connect};
use super::reconnect::BackOff;
use super::screen::Screen;

/// So many new tokens in a row that the server refuses mean that there is no point in another.
const REFUSALS_MOST: u32 = 2;

/// Everything of one run.
pub(super) struct Watcher {
    address: Uri,
    access: Access,
    follower: Follower,
    screen: Screen,
    back_off: BackOff,
    /// Events still to be shown, when a number was asked for.
    remaining: Option<u64>,
    /// Tokens refused since the last connection.
    refusals: u32,
}

impl Watcher {
    pub(super) fn new(
        address: Uri,
        access: Access,
        follower: Follower,
        screen: Screen,
        remaining: Option<u64>,
    ) -> Self {
        let (back_off, refusals) = (BackOff::default(), 0);
        Self {
            address,
            access,
            follower,
            screen,
            back_off,
            remaining,
            refusals,
        }
    }

    /// Connects, and connects again, until it is over.
    pub(super) async fn watch(&mut self) -> Result<(), WatchError> {
        loop {
            let wait = match self.connection().await {
                End::Done => return Ok(()),
                End::Stop(reason) => return Err(WatchError::Stopped(reason)),
                End::Moved(wait) => wait,
                End::Lost { reason, slowly } => {
                    self.screen
                        .notice(&format!("connection lost, retrying… ({reason})"))?;
                    self.back_off.next(slowly, rand::random())
                }
                End::NewToken(reason) => {
                    self.screen
                        .notice(&format!("signing in again, retrying… ({reason})"))?;
                    self.access.forget();
                    self.back_off.next(false, rand::random())
                }
            };
            sleep(wait).await;
        }
    }

    /// Tells where each region stands, so that a later run may go on there.
    pub(super) fn tell_positions(&self) {
        for (region, last) in self.follower.positions() {
            let text = format!(
                "{region}: go on with --region {region} --since {}:{}",
                last.epoch, last.seq
            );
            // Nobody may be reading any more; then nobody misses it.
            self.screen.notice(&text).ok();
        }
    }

    async fn connection(&mut self) -> End {
        let token = match self.access.token().await {
            Ok(token) => token,
            Err(AccessError::Refused(reason)) => return End::Stop(reason),
            Err(AccessError::Away(reason)) => {
                return End::Lost {
                    reason,
                    slowly: false,
                };
            }
        };
        let mut socket = match connect(&self.address, &token).await {
            Ok(socket) => socket,
            Err(LinkError::Away(reason)) => {
                return End::Lost {
                    reason,
                    slowly: false,
                };
            }
            Err(LinkError::Refused(reason)) => return End::Stop(reason),
            Err(LinkError::Unauthorized) => return self.token_refused(),
        };
        self.refusals = 0;
        let start = Instant::now();
        let end = self.converse(&mut socket).await;
        self.back_off.held(start.elapsed());
        // A polite end where the server still listens; it has been told nothing that it needs.
        timeout_at(Instant::now() + Duration::from_secs(1), socket.close(None))
            .await
            .ok();
        end
    }

    fn token_refused(&mut self) -> End {
        self.refusals += 1;
        if self.refusals > REFUSALS_MOST {
            End::Stop("the server refuses each new token".into())
        } else {
            End::NewToken("the token was refused".into())
        }
    }

    async fn converse(&mut self, socket: &mut Socket) -> End {
        let requests = self.follower.subscribe_all().join("\n");
        if let Err(error) = socket.send(Message::text(requests)).await {
            return lost(&error);
        }
        let mut pace = Pace::default();
        loop {
            let heard = match timeout_at(pace.deadline(), socket.next()).await {
                Ok(Some(Ok(message))) => self.heard(message, socket, &mut pace).await,
                Ok(Some(Err(error))) => Err(lost(&error)),
                Ok(None) => Err(End::Lost {
                    reason: "closed".into(),
                    slowly: false,
                }),
                Err(_elapsed) => Err(End::Lost {
                    reason: "the server is silent".into(),
                    slowly: false,
                }),
            };
            if let Err(end) = heard {
                return pace.unless_moving(end);
            }
        }
    }

    /// Does what follows from a frame; `Err` is the end of the connection.
    async fn heard(
        &mut self,
        message: Message,
        socket: &mut Socket,
        pace: &mut Pace,
    ) -> Result<(), End> {
        match message {
            Message::Text(text) => {
                for object in text.split('\n').filter(|object| !object.is_empty()) {
                    self.object(object, socket, pace).await?;
                }
                Ok(())
            }
            Message::Close(frame) => Err(closed(frame)),
            // Pings of the WebSocket itself are answered by the library.
            Message::Binary(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => Ok(()),
        }
    }

    async fn object(&mut self, raw: &str, socket: &mut Socket, pace: &mut Pace) -> Result<(), End> {
        let message = match serde_json::from_str(raw) {
            Ok(message) => message,
            Err(error) => {
                self.screen
                    .notice(&format!("ignored a message that cannot be read: {error}"))?;
                return Ok(());
            }
        };
        for action in self.follower.hear(message) {
            self.act(action, raw, socket, pace).await?;
        }
        Ok(())
    }

    async fn act(
        &mut self,
        action: Action,
        raw: &str,
        socket: &mut Socket,
        pace: &mut Pace,
    ) -> Result<(), End> {
        match action {
            Action::Send(text) => socket
                .send(Message::text(text))
                .await
                .map_err(|error| lost(&error))?,
            Action::ShowEvent => self.show_event(raw)?,
            Action::ShowPresence => self.screen.presence(raw)?,
            Action::ShowSnapshot { region, complaints } => {
                self.screen.snapshot(&region, &complaints)?
            }
            Action::Notice(text) => self.screen.notice(&text)?,
            Action::ExpectPings { every_ms } => pace.pings = Duration::from_millis(every_ms),
            Action::Reconnect { after_ms } => {
                pace.leave_at = Some(Instant::now() + Duration::from_millis(after_ms));
            }
            Action::RefreshToken => self.refresh_token(socket).await?,
            Action::BackOff { slowly } => {
                return Err(End::Lost {
                    reason: "as the server asked".into(),
                    slowly,
                });
            }
            Action::NewToken => return Err(self.token_refused()),
            Action::Stop(reason) => return Err(End::Stop(reason)),
        }
        Ok(())
    }

    fn show_event(&mut self, raw: &str) -> Result<(), End> {
        self.screen.event(raw)?;
        if let Some(remaining) = &mut self.remaining {
            *remaining = remaining.saturating_sub(1);
        }
        if self.remaining == Some(0) {
            Err(End::Done)
        } else {
            Ok(())
        }
    }

    async fn refresh_token(&mut self, socket: &mut Socket) -> Result<(), End> {
        match self.access.renew().await {
            Ok(token) => {
                let message = Message::text(self.follower.refresh(&token));
                socket.send(message).await.map_err(|error| lost(&error))
            }
            // The connection still holds; when its token ends the server says so, and it goes on there.
            Err(AccessError::Refused(reason) | AccessError::Away(reason)) => {
                Ok(self.screen.notice(&format!(
                    "the token ends soon, and there is no other yet: {reason}"
                ))?)
            }
        }
    }
}

#[cfg(test)]
#[path = "session_tests.rs"]
mod tests;
