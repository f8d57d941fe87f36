//! The live protocol as a client sees it: who comes in, what is refused, and how a socket ends.

mod admission;
mod bounds;
mod connect;
mod endings;
mod filters;
mod grants;
mod requests;
mod tokens;

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::support::{Officer, TestApp};

/// A socket that has not said who it is.
async fn stranger(app: &TestApp) -> Officer {
    Officer::open(Officer::request(app.address(), None))
        .await
        .unwrap()
}

/// The status with which an upgrade was refused.
fn refusal(outcome: Result<Officer, Error>) -> u16 {
    match outcome {
        Err(Error::Http(response)) => response.status().as_u16(),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("the socket was opened"),
    }
}

/// Says something and returns the code of the error that must come back under its id.
async fn refused(officer: &mut Officer, message: Value) -> String {
    let id = message.get("id").cloned();
    officer.say(message).await;
    let answer = officer.object().await;
    assert_eq!(answer["type"], "error", "{answer}");
    assert_eq!(answer.get("id").cloned(), id, "{answer}");
    answer["code"].as_str().unwrap().to_owned()
}

/// A text frame of this many bytes that is a message of the protocol.
fn long_frame(bytes: usize) -> Message {
    let start = r#"{"type":"pong","padding":""#;
    let padding = "x".repeat(bytes - start.len() - 2);
    Message::text(format!("{start}{padding}\"}}"))
}

fn connect(token: &str) -> Value {
    json!({"id": 1, "type": "connect", "token": token, "client": "test/1"})
}
