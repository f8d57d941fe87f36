//! An officer who watches a region and sees photos get ready.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::Fault;

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// The officer's socket.
pub(super) struct Watcher(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Watcher {
    /// Opens it, and returns when the region is live.
    ///
    /// # Errors
    /// When it is refused.
    pub(super) async fn open(
        address: SocketAddr,
        token: &str,
        region: &str,
    ) -> Result<Self, Fault> {
        let mut request = format!("ws://{address}/api/v1/ws").into_client_request()?;
        let headers = request.headers_mut();
        headers.insert("Sec-WebSocket-Protocol", "redress.v1".parse()?);
        headers.insert("Authorization", format!("Bearer {token}").parse()?);
        let mut watcher = Self(connect_async(request).await?.0);
        let subscribe = json!({"type": "subscribe", "region": region, "snapshot": false});
        watcher.0.send(Message::text(subscribe.to_string())).await?;
        watcher
            .lines(1, |line| line.starts_with(r#"{"type":"live""#))
            .await?;
        Ok(watcher)
    }

    /// Waits until so many photos were told to be ready.
    ///
    /// # Errors
    /// When one failed, or the socket ends.
    pub(super) async fn ready(&mut self, photos: usize) -> Result<(), Fault> {
        let is_ready = |line: &str| line.contains(r#""kind":"photo.ready""#);
        self.lines(photos, is_ready).await
    }

    /// Reads until so many lines were wanted ones.
    async fn lines(
        &mut self,
        mut count: usize,
        is_wanted: impl Fn(&str) -> bool,
    ) -> Result<(), Fault> {
        while count > 0 {
            let message = tokio::time::timeout(PATIENCE, self.0.next()).await?;
            let message = message.ok_or("the officer's socket ended")??;
            let Message::Text(text) = message else {
                continue;
            };
            for line in text.lines() {
                let is_bad = line.starts_with(r#"{"type":"error""#)
                    || line.contains(r#""kind":"photo.failed""#);
                if is_bad {
                    return Err(line.into());
                }
                count -= usize::from(count > 0 && is_wanted(line));
            }
        }
        Ok(())
    }
}
