//! The address from which a request comes, also behind proxies; rate limits count by it.

use std::future::{Ready, ready};
use std::net::{IpAddr, Ipv4Addr};

use actix_web::dev::Payload;
use actix_web::http::header::X_FORWARDED_FOR;
use actix_web::{FromRequest, HttpRequest, web};
use ipnet::IpNet;

use super::problem::Problem;
use crate::config::ServeSettings;

/// The client's address: the peer's, or what trusted proxies say.
#[derive(Debug, Clone, Copy)]
pub struct ClientAddress(pub IpAddr);

impl FromRequest for ClientAddress {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(client_address(request).map(Self))
    }
}

fn client_address(request: &HttpRequest) -> Result<IpAddr, Problem> {
    let settings = request
        .app_data::<web::Data<ServeSettings>>()
        .ok_or_else(|| Problem::internal("no settings in the application"))?;
    let unknown = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    let peer = request.peer_addr().map_or(unknown, |peer| peer.ip());
    let forwarded: Vec<&str> = request
        .headers()
        .get_all(X_FORWARDED_FOR)
        .flat_map(|value| value.to_str().unwrap_or_default().split(','))
        .collect();
    Ok(resolve(peer, &forwarded, &settings.server.trusted_proxies))
}

/// Walks from the peer outwards, as long as the one who speaks is trusted: each proxy appends the
/// address that it saw, so that what a client invents stands further left.
fn resolve(peer: IpAddr, forwarded: &[&str], trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|proxies| proxies.contains(&address));
    let mut client = peer.to_canonical();
    for entry in forwarded.iter().rev() {
        if !is_trusted(client) {
            break;
        }
        match parse(entry) {
            Some(address) => client = address.to_canonical(),
            None => break,
        }
    }
    client
}

/// An address as proxies write it: bare, with a port, or in brackets.
fn parse(entry: &str) -> Option<IpAddr> {
    let entry = entry.trim();
    let bare = || entry.parse().ok();
    let with_port = || {
        entry
            .parse()
            .ok()
            .map(|address: std::net::SocketAddr| address.ip())
    };
    let bracketed = || entry.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    bare().or_else(with_port).or_else(bracketed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let trusted = ["10.0.0.0/30", "2001:db8:9::/48"].map(|net| net.parse().unwrap());
        for (peer, forwarded, client) in [
            ("192.0.2.9", &["198.51.100.1"][..], "192.0.2.9"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", &["6.6.6.6", "198.51.100.1"], "198.51.100.1"),
            (
                "10.0.0.1",
                &["6.6.6.6", "198.51.100.1", "10.0.0.2"],
                "198.51.100.1",
            ),
            ("10.0.0.1", &["10.0.0.2"], "10.0.0.2"),
            ("10.0.0.4", &["198.51.100.1"], "10.0.0.4"),
            ("2001:db8:9::1", &["198.51.100.1"], "198.51.100.1"),
            ("2001:db8:8::1", &["198.51.100.1"], "2001:db8:8::1"),
            ("10.0.0.1", &["198.51.100.1", "nonsense"], "10.0.0.1"),
            ("10.0.0.1", &[" 198.51.100.1:4711 "], "198.51.100.1"),
            ("10.0.0.1", &["[2001:db8::1]:4711"], "2001:db8::1"),
            ("10.0.0.1", &["[2001:db8::1]"], "2001:db8::1"),
            ("::ffff:10.0.0.1", &["198.51.100.1"], "198.51.100.1"),
        ] {
            let found = resolve(address(peer), forwarded, &trusted);
            assert_eq!(found, address(client), "{peer} {forwarded:?}");
        }
    }
}
