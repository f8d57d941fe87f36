//! A live socket as an officer's client has it.

use std::collections::VecDeque;
use std::net::SocketAddr;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::Request;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use super::PATIENCE;

/// What came from the server.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Came {
    /// A JSON object.
    Object(Value),
    /// A close frame: code and reason.
    Close(u16, String),
    /// The end without a close frame.
    End,
}

/// The socket.
pub(crate) struct Officer {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    waiting: VecDeque<Value>,
}

impl Officer {
    /// The request of an upgrade, to be changed at will.
    pub(crate) fn request(address: SocketAddr, token: Option<&str>) -> Request {
        let mut request = format!("ws://{address}/api/v1/ws")
            .into_client_request()
            .unwrap();
        let headers = request.headers_mut();
        headers.insert("Sec-WebSocket-Protocol", "redress.v1".parse().unwrap());
        if let Some(token) = token {
            headers.insert("Authorization", format!("Bearer {token}").parse().unwrap());
        }
        request
    }

    /// Opens a socket by a request.
    pub(crate) async fn open(request: Request) -> Result<Self, tungstenite::Error> {
        let (socket, _) = tokio_tungstenite::connect_async(request).await?;
        Ok(Self {
            socket,
            waiting: VecDeque::new(),
        })
    }

    /// Opens an authenticated socket and reads `connected`.
    pub(crate) async fn connect(address: SocketAddr, token: &str) -> Self {
        let mut officer = Self::open(Self::request(address, Some(token)))
            .await
            .unwrap();
        assert_eq!(officer.object().await["type"], "connected");
        officer
    }

    /// Sends an object.
    pub(crate) async fn say(&mut self, message: Value) {
        self.say_raw(Message::text(message.to_string())).await;
    }

    /// Sends a frame.
    pub(crate) async fn say_raw(&mut self, message: Message) {
        self.socket.send(message).await.unwrap();
    }

    /// Sends an object; `false` when the socket is gone.
    pub(crate) async fn try_say(&mut self, message: Value) -> bool {
        let message = Message::text(message.to_string());
        self.socket.send(message).await.is_ok()
    }

    /// Subscribes and returns the answer.
    pub(crate) async fn subscribe(&mut self, region: &str, since: Option<(&str, i64)>) -> Value {
        let mut message = json!({"id": 1, "type": "subscribe", "region": region});
        if let Some((epoch, seq)) = since {
            message["since"] = json!({"epoch": epoch, "seq": seq});
        }
        self.say(message).await;
        self.object().await
    }

    /// Subscribes and reads up to `live`; returns all that came.
    pub(crate) async fn join(&mut self, region: &str, since: Option<(&str, i64)>) -> Vec<Value> {
        let mut came = vec![self.subscribe(region, since).await];
        while came.last().is_none_or(|object| object["type"] != "live") {
            came.push(self.object().await);
        }
        came
    }

    /// The next object that is no ping; anything else fails the test.
    pub(crate) async fn object(&mut self) -> Value {
        loop {
            match self.next().await {
                Came::Object(object) if object["type"] == "ping" => {}
                Came::Object(object) => return object,
                other @ (Came::Close(..) | Came::End) => {
                    panic!("expected an object, got {other:?}")
                }
            }
        }
    }

    /// The next event; anything but pings and events fails the test.
    pub(crate) async fn event(&mut self) -> Value {
        let object = self.object().await;
        assert_eq!(object["type"], "event", "{object}");
        object
    }

    /// The next ping.
    pub(crate) async fn ping(&mut self) -> Value {
        loop {
            match self.next().await {
                Came::Object(object) if object["type"] == "ping" => return object,
                Came::Object(_) => {}
                other @ (Came::Close(..) | Came::End) => {
                    panic!("expected a ping, got {other:?}")
                }
            }
        }
    }

    /// The close code; objects before it are passed over.
    pub(crate) async fn closed(&mut self) -> (u16, String) {
        loop {
            match self.next().await {
                Came::Object(_) => {}
                Came::Close(code, reason) => return (code, reason),
                Came::End => panic!("the socket ended without a close frame"),
            }
        }
    }

    /// What comes next, within the tests' patience.
    pub(crate) async fn next(&mut self) -> Came {
        tokio::time::timeout(PATIENCE, self.receive())
            .await
            .expect("nothing came in time")
    }

    /// What comes next, whenever it comes.
    pub(crate) async fn receive(&mut self) -> Came {
        loop {
            if let Some(object) = self.waiting.pop_front() {
                return Came::Object(object);
            }
            match self.socket.next().await {
                Some(Ok(Message::Text(text))) => {
                    let objects = text.lines().map(|line| serde_json::from_str(line).unwrap());
                    self.waiting.extend(objects);
                }
                Some(Ok(Message::Close(Some(frame)))) => {
                    return Came::Close(frame.code.into(), frame.reason.to_string());
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Came::End,
            }
        }
    }
}
