//! The watcher against a server that plays a script over real sockets.

use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::{WebSocketStream, accept_hdr_async};

use super::super::access::Credentials;
use super::super::follower::Wanted;
use super::super::link;
use super::*;

/// A watcher of `north` with a token, and the listener that it will connect to.
async fn start(remaining: Option<u64>) -> (Watcher, TcpListener) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let access = Access::new(&base, Credentials::Token("t0".into())).unwrap();
    let follower = Follower::new(&["north".into()], None, Wanted::default());
    let watcher = Watcher::new(
        link::address(&base).unwrap(),
        access,
        follower,
        Screen::new(true),
        remaining,
    );
    (watcher, listener)
}

/// Takes the next connection, which must carry the token and the sub-protocol.
async fn accept(listener: &TcpListener) -> WebSocketStream<TcpStream> {
    let (socket, _) = listener.accept().await.unwrap();
    #[expect(clippy::result_large_err, reason = "the library's type")]
    let check = |request: &Request, mut response: Response| {
        assert_eq!(request.headers()["authorization"], "Bearer t0");
        assert_eq!(request.uri().path(), "/api/v1/ws");
        let protocol = HeaderValue::from_static("redress.v1");
        response
            .headers_mut()
            .insert("sec-websocket-protocol", protocol);
        Ok(response)
    };
    accept_hdr_async(socket, check).await.unwrap()
}

async fn read(socket: &mut WebSocketStream<TcpStream>) -> Value {
    loop {
        if let Message::Text(text) = socket.next().await.unwrap().unwrap() {
            return serde_json::from_str(&text).unwrap();
        }
    }
}

async fn say(socket: &mut WebSocketStream<TcpStream>, text: &str) {
    socket.send(Message::text(text)).await.unwrap();
}

#[tokio::test]
async fn a_cut_connection_is_resumed_behind_the_last_event() {
    let (mut watcher, listener) = start(Some(2)).await;
    let server = tokio::spawn(async move {
        let mut first = accept(&listener).await;
        let request = read(&mut first).await;
        assert_eq!(request["type"], "subscribe");
        assert!(request.get("since").is_none());
        // Three objects in one frame.
        say(
            &mut first,
            "{\"type\":\"subscribed\",\"id\":1,\"region\":\"north\",\"epoch\":\"e\",\"mode\":\"live\",\"head\":6}\n\
             {\"type\":\"event\",\"region\":\"north\",\"seq\":7}\n{\"type\":\"ping\",\"t\":1,\"heads\":{\"north\":7}}",
        )
        .await;
        let pong = read(&mut first).await;
        assert_eq!(pong["seen"]["north"], 7);
        drop(first);

        let mut second = accept(&listener).await;
        let request = read(&mut second).await;
        assert_eq!(request["since"]["seq"], 7);
        say(
            &mut second,
            "{\"type\":\"subscribed\",\"region\":\"north\",\"epoch\":\"e\",\"mode\":\"resumed\",\"head\":8}\n\
             {\"type\":\"event\",\"region\":\"north\",\"seq\":7}\n{\"type\":\"event\",\"region\":\"north\",\"seq\":8}",
        )
        .await;
    });
    watcher.watch().await.unwrap();
    assert_eq!(watcher.follower.positions().next().unwrap().1.seq, 8);
    server.await.unwrap();
}

#[tokio::test]
async fn it_leaves_when_asked_and_comes_back() {
    let (mut watcher, listener) = start(Some(1)).await;
    let server = tokio::spawn(async move {
        let mut first = accept(&listener).await;
        read(&mut first).await;
        say(
            &mut first,
            r#"{"type":"reconnect","after_ms":50,"reason":"drain"}"#,
        )
        .await;
        let mut second = accept(&listener).await;
        read(&mut second).await;
        say(
            &mut second,
            "{\"type\":\"subscribed\",\"region\":\"north\",\"epoch\":\"e\",\"mode\":\"live\",\"head\":0}\n\
             {\"type\":\"event\",\"region\":\"north\",\"seq\":1}",
        )
        .await;
    });
    watcher.watch().await.unwrap();
    server.await.unwrap();
}

#[tokio::test]
async fn a_final_close_code_ends_it_with_the_reason() {
    let (mut watcher, listener) = start(None).await;
    let server = tokio::spawn(async move {
        let mut socket = accept(&listener).await;
        read(&mut socket).await;
        let frame = CloseFrame {
            code: CloseCode::from(4503),
            reason: "forbidden".into(),
        };
        socket.close(Some(frame)).await.unwrap();
    });
    let error = watcher.watch().await.unwrap_err().to_string();
    assert!(error.contains("4503 forbidden"), "{error}");
    server.await.unwrap();
}

#[tokio::test]
async fn a_given_token_that_ends_ends_it() {
    let (mut watcher, listener) = start(None).await;
    let server = tokio::spawn(async move {
        let mut socket = accept(&listener).await;
        read(&mut socket).await;
        let frame = CloseFrame {
            code: CloseCode::from(4004),
            reason: "token_expired".into(),
        };
        socket.close(Some(frame)).await.unwrap();
    });
    let error = watcher.watch().await.unwrap_err().to_string();
    assert!(error.contains("token"), "{error}");
    server.await.unwrap();
}
