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
        // No proxy: the live feed goes to the server directly too, and mostly it is on this machine.
        let client = Client::builder().timeout(PATIENCE).no_proxy().build();
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

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    /// A server that answers one request a connection, each with the next of `answers`.
    async fn server(
        answers: Vec<(&'static str, &'static str)>,
    ) -> (String, tokio::task::JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let asked = tokio::spawn(async move {
            let mut asked = Vec::new();
            for (status, body) in answers {
                let (mut socket, _) = listener.accept().await.unwrap();
                let mut request = String::new();
                while !request.contains('}') {
                    let mut part = [0; 1024];
                    let read = socket.read(&mut part).await.unwrap();
                    request.push_str(&String::from_utf8_lossy(&part[..read]));
                }
                let length = body.len();
                let answer = format!(
                    "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
                );
                socket.write_all(answer.as_bytes()).await.unwrap();
                asked.push(
                    request
                        .split_whitespace()
                        .nth(1)
                        .unwrap_or_default()
                        .to_owned(),
                );
            }
            asked
        });
        (base, asked)
    }

    fn account() -> Credentials {
        Credentials::Account {
            email: "a@b".into(),
            password: "secret".into(),
        }
    }

    #[tokio::test]
    async fn a_refresh_token_that_is_refused_leads_to_a_new_login() {
        let (base, asked) = server(vec![
            ("200 OK", r#"{"access_token":"t1","refresh_token":"r1"}"#),
            ("401 Unauthorized", r#"{"detail":"used up"}"#),
            ("200 OK", r#"{"access_token":"t2","refresh_token":"r2"}"#),
        ])
        .await;
        let mut access = Access::new(&base, account()).unwrap();
        assert_eq!(access.token().await.unwrap(), "t1");
        assert_eq!(access.token().await.unwrap(), "t1", "kept");
        access.forget();
        assert_eq!(access.token().await.unwrap(), "t2");
        assert_eq!(
            asked.await.unwrap(),
            [
                "/api/v1/auth/login",
                "/api/v1/auth/refresh",
                "/api/v1/auth/login"
            ]
        );
    }

    #[tokio::test]
    async fn a_refused_login_is_final_and_a_busy_server_is_not() {
        let (base, _asked) = server(vec![
            ("401 Unauthorized", r#"{"detail":"wrong password"}"#),
            ("429 Too Many Requests", "{}"),
        ])
        .await;
        let mut access = Access::new(&base, account()).unwrap();
        let refused = access.token().await.unwrap_err();
        assert!(matches!(refused, AccessError::Refused(_)));
        assert!(refused.to_string().contains("wrong password"), "{refused}");
        assert!(matches!(
            access.token().await.unwrap_err(),
            AccessError::Away(_)
        ));
    }

    #[tokio::test]
    async fn a_given_token_serves_once() {
        let mut access = Access::new("http://127.0.0.1:1", Credentials::Token("t".into())).unwrap();
        assert_eq!(access.token().await.unwrap(), "t");
        access.forget();
        assert!(matches!(
            access.token().await.unwrap_err(),
            AccessError::Refused(_)
        ));
    }
}
