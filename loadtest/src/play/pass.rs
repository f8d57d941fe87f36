//! An account's access token: got anew before it ends, for requests and for sockets that are open.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::json;
use tokio::sync::watch;

use super::requests::{Asked, Failure, Requests};

/// An account that is signed in.
pub(crate) struct Pass {
    email: String,
    password: String,
    /// The header line of requests.
    header: RefCell<String>,
    token: watch::Sender<String>,
    renew_at: Cell<Instant>,
}

#[derive(Deserialize)]
struct Tokens {
    access_token: String,
    expires_in: u64,
}

impl Pass {
    /// Signs in.
    ///
    /// # Errors
    /// When the server refuses, in words.
    pub(crate) async fn get(
        requests: &Requests,
        email: &str,
        password: &str,
    ) -> Result<Self, String> {
        let pass = Self {
            email: email.to_owned(),
            password: password.to_owned(),
            header: RefCell::default(),
            token: watch::Sender::new(String::new()),
            renew_at: Cell::new(Instant::now()),
        };
        let signed_in = pass.renew(requests).await;
        signed_in.map_err(|failure| format!("{email} cannot sign in: {}", failure.said()))?;
        Ok(pass)
    }

    /// Signs in anew when the token has lived for half of its time.
    ///
    /// # Errors
    /// What the server says; the token may still be good.
    pub(crate) async fn keep(&self, requests: &Requests) -> Result<(), Failure> {
        if Instant::now() < self.renew_at.get() {
            return Ok(());
        }
        self.renew(requests).await
    }

    async fn renew(&self, requests: &Requests) -> Result<(), Failure> {
        let body = json!({"email": self.email, "password": self.password}).to_string();
        let asked = Asked {
            method: "POST",
            path: "/api/v1/auth/login",
            template: "/api/v1/auth/login",
            who: "",
            body: ("application/json", body.as_bytes()),
            expected: 200,
        };
        let answer = requests.ask(&asked).await?;
        let tokens: Tokens = serde_json::from_slice(&answer.body)
            .map_err(|error| Failure::Refused(error.to_string()))?;
        let life = Duration::from_secs(tokens.expires_in);
        self.renew_at.set(Instant::now() + life / 2);
        self.header
            .replace(format!("Authorization: Bearer {}\r\n", tokens.access_token));
        self.token.send_replace(tokens.access_token);
        Ok(())
    }

    /// The header line.
    pub(crate) fn header(&self) -> String {
        self.header.borrow().clone()
    }

    /// The token, now and whenever it is another one.
    pub(crate) fn token(&self) -> watch::Receiver<String> {
        self.token.subscribe()
    }
}
