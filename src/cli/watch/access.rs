//! Access tokens for the watcher: signs in over HTTP, refreshes, signs in again.

use std::time::Duration;

use reqwest::{Client, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use thiserror::Error;

/// How long one request may take.
const PATIENCE: Duration = Duration::from_secs(15);

/// Why there is no token.
#[derive(Debug, Error)]
pub(super) enum AccessError {
    /// Asking again in the same way is no use.
    #[error("{0}")]
    Refused(String),
    /// The server is away or busy.
    #[error("{0}")]
    Away(String),
}

/// How to get in.
pub(super) enum Credentials {
    /// A token from elsewhere.
    Token(String),
    /// An account.
    Account {
        /// E-mail address.
        email: String,
        /// Password.
        password: String,
    },
}

/// The credentials and what they gave so far.
pub(super) struct Access {
    client: Client,
    base: String,
    credentials: Credentials,
    token: Option<String>,
    refresh_token: Option<String>,
}

#[derive(Deserialize)]
struct Tokens {
    access_token: String,
    #[serde(default)]
    refresh_token: Option<String>,
}

impl Access {
    /// Access to the server at `base`, an address without a slash at the end.
    pub(super) fn new(base: &str, credentials: Credentials) -> Result<Self, AccessError> {
        let client = Client::builder().timeout(PATIENCE).build();
        Ok(Self {
            client: client.map_err(|error| AccessError::Refused(told(&error)))?,
            base: base.to_owned(),
            credentials,
            token: None,
            refresh_token: None,
        })
    }

    /// The present token, or a first one.
    pub(super) async fn token(&mut self) -> Result<String, AccessError> {
        match &self.token {
            Some(token) => Ok(token.clone()),
            None => self.renew().await,
        }
    }

    /// The present token is no good any more.
    pub(super) fn forget(&mut self) {
        self.token = None;
    }

    /// A new token: by the refresh token when there is one that works, otherwise by signing in.
    pub(super) async fn renew(&mut self) -> Result<String, AccessError> {
        if let Some(refresh_token) = self.refresh_token.take() {
            let body = json!({"refresh_token": refresh_token});
            match self.ask("refresh", &body).await {
                Ok(tokens) => return Ok(self.keep(tokens)),
                // Whether the token was used up is unknown; signing in is right either way.
                Err(AccessError::Refused(_) | AccessError::Away(_)) => {}
            }
        }
        let body = match &self.credentials {
            Credentials::Token(token) => return self.given(token.clone()),
            Credentials::Account { email, password } => {
                json!({"email": email, "password": password})
            }
        };
        let tokens = self.ask("login", &body).await?;
        Ok(self.keep(tokens))
    }

    /// A token that was given is used once: when it is refused there is no other.
    fn given(&mut self, token: String) -> Result<String, AccessError> {
        if token.is_empty() {
            return Err(AccessError::Refused(
                "the token was refused or has expired; give another".into(),
            ));
        }
        self.credentials = Credentials::Token(String::new());
        self.token = Some(token.clone());
        Ok(token)
    }

    fn keep(&mut self, tokens: Tokens) -> String {
        self.refresh_token = tokens.refresh_token;
        self.token = Some(tokens.access_token.clone());
        tokens.access_token
    }

    async fn ask(&self, verb: &str, body: &Value) -> Result<Tokens, AccessError> {
        let url = format!("{}/api/v1/auth/{verb}", self.base);
        let answer = self.client.post(url).json(body).send().await;
        let answer = answer.map_err(|error| AccessError::Away(told(&error)))?;
        let status = answer.status();
        if status.is_success() {
            let tokens = answer.json().await;
            return tokens.map_err(|error| {
                AccessError::Refused(format!(
                    "the answer to a {verb} is not what it should be: {error}"
                ))
            });
        }
        let message = format!("{verb} failed: {}", reason(answer).await);
        if status.is_server_error() || status == 429 || status == 408 {
            Err(AccessError::Away(message))
        } else {
            Err(AccessError::Refused(message))
        }
    }
}

/// The `detail` of a problem answer, otherwise the status.
async fn reason(answer: Response) -> String {
    let status = answer.status();
    let problem: Option<Value> = answer.json().await.ok();
    let detail = problem
        .as_ref()
        .and_then(|problem| problem.get("detail")?.as_str());
    detail.map_or_else(
        || format!("the server answered {status}"),
        |detail| format!("{detail} ({status})"),
    )
}

/// The innermost reason: "error sending request" alone helps nobody.
fn told(error: &reqwest::Error) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    format!("{error}: {innermost}")
}
