//! One WebSocket connection of `redress.v1`, opened with the token in a header, never in the address.

use std::sync::Arc;
use std::time::Duration;

use rustls::{ClientConfig, RootCertStore};
use thiserror::Error;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::ClientRequestBuilder;
use tokio_tungstenite::tungstenite::http::Uri;
use tokio_tungstenite::tungstenite::{Error, http};
use tokio_tungstenite::{
    Connector, MaybeTlsStream, WebSocketStream, connect_async_tls_with_config,
};

/// How long opening may take.
const PATIENCE: Duration = Duration::from_secs(15);

/// An open connection.
pub(super) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Why there is no connection.
#[derive(Debug, Error)]
pub(super) enum LinkError {
    /// The token was not accepted.
    #[error("the token was refused")]
    Unauthorized,
    /// Trying again is no use.
    #[error("{0}")]
    Refused(String),
    /// The server is away or busy.
    #[error("{0}")]
    Away(String),
}

/// The address of the live feed of the server at `base`.
///
/// # Errors
/// A message for people when `base` is no http or https address.
pub(super) fn address(base: &str) -> Result<Uri, String> {
    let rest = |scheme| base.strip_prefix(scheme);
    let socket = match (rest("http://"), rest("https://")) {
        (Some(rest), _) => format!("ws://{rest}/api/v1/ws"),
        (None, Some(rest)) => format!("wss://{rest}/api/v1/ws"),
        (None, None) => return Err(format!("{base:?} must begin with http:// or https://")),
    };
    socket
        .parse()
        .map_err(|error| format!("{base:?} is no address: {error}"))
}

/// Opens a connection.
pub(super) async fn connect(address: &Uri, token: &str) -> Result<Socket, LinkError> {
    let request = ClientRequestBuilder::new(address.clone())
        .with_header("Authorization", format!("Bearer {token}"))
        .with_sub_protocol("redress.v1");
    let secure = address.scheme_str() == Some("wss");
    let connector = if secure {
        Some(Connector::Rustls(tls()?))
    } else {
        None
    };
    let opening = connect_async_tls_with_config(request, None, true, connector);
    match tokio::time::timeout(PATIENCE, Box::pin(opening)).await {
        Ok(Ok((socket, _response))) => Ok(socket),
        Ok(Err(error)) => Err(sorted(error)),
        Err(_elapsed) => Err(LinkError::Away("the server did not answer in time".into())),
    }
}

fn sorted(error: Error) -> LinkError {
    let Error::Http(response) = error else {
        return LinkError::Away(error.to_string());
    };
    let status = response.status();
    if status == http::StatusCode::UNAUTHORIZED {
        LinkError::Unauthorized
    } else if status.is_client_error() && status != http::StatusCode::TOO_MANY_REQUESTS {
        LinkError::Refused(format!(
            "the server refused the live feed: {status}{}",
            detail(&response)
        ))
    } else {
        LinkError::Away(format!("the server answered {status}{}", detail(&response)))
    }
}

/// The `detail` of a problem answer.
fn detail(response: &http::Response<Option<Vec<u8>>>) -> String {
    let body = response.body().as_deref().unwrap_or_default();
    serde_json::from_slice::<serde_json::Value>(body)
        .ok()
        .and_then(|problem| Some(format!(" ({})", problem.get("detail")?.as_str()?)))
        .unwrap_or_default()
}

/// Two crypto providers are linked in, of which rustls chooses none by itself: ring is named here.
fn tls() -> Result<Arc<ClientConfig>, LinkError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| LinkError::Refused(format!("cannot set up TLS: {error}")))?;
    Ok(Arc::new(
        builder.with_root_certificates(roots).with_no_client_auth(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_follows_the_servers() {
        let told = |base| address(base).map(|uri| uri.to_string());
        assert_eq!(
            told("http://127.0.0.1:8080").unwrap(),
            "ws://127.0.0.1:8080/api/v1/ws"
        );
        assert_eq!(
            told("https://desk.example").unwrap(),
            "wss://desk.example/api/v1/ws"
        );
        assert!(told("desk.example").is_err());
        assert!(told("http://a b").is_err());
    }

    #[test]
    fn tls_can_be_set_up_beside_another_provider() {
        assert!(tls().is_ok());
    }
}
