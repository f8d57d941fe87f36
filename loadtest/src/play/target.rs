//! Which server is played with: on this machine's loopback, unless somebody says that it may be anywhere.

use std::net::{SocketAddr, ToSocketAddrs};

use crate::Fault;

/// The address of a server's URL.
///
/// # Errors
/// When it is no such URL, has no address, or is elsewhere and may not be.
pub(crate) fn address(url: &str, may_be_anywhere: bool) -> Result<SocketAddr, Fault> {
    let fault = || {
        format!("{url:?} is no address such as http://127.0.0.1:8080 (without TLS, without a path)")
    };
    let authority = url.strip_prefix("http://").ok_or_else(fault)?;
    let authority = authority.trim_end_matches('/');
    let has_port = authority
        .rsplit_once(':')
        .is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    let named = if has_port {
        authority.to_owned()
    } else {
        format!("{authority}:80")
    };
    let found: Vec<SocketAddr> = named.to_socket_addrs().map_err(|_| fault())?.collect();
    let is_here = found.iter().all(|one| one.ip().is_loopback());
    if !is_here && !may_be_anywhere {
        return Err(format!(
            "{url} is not on this machine's loopback. A load test takes a server's room from its users and leaves \
             complaints behind: say --anywhere if it is yours to load"
        )
        .into());
    }
    let first = found.into_iter().min_by_key(SocketAddr::is_ipv6);
    Ok(first.ok_or_else(fault)?)
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn the_loopback_is_played_with() {
        let local = address("http://127.0.0.1:8080", false).unwrap();
        assert_eq!(local.to_string(), "127.0.0.1:8080");
        assert_eq!(address("http://localhost/", false).unwrap().port(), 80);
        assert_eq!(address("http://[::1]:9000", false).unwrap().port(), 9000);
    }

    #[test]
    fn elsewhere_is_refused_unless_it_is_said() {
        let refused = address("http://192.0.2.7:8080", false).unwrap_err();
        assert!(refused.to_string().contains("--anywhere"));
        let allowed = address("http://192.0.2.7:8080", true).unwrap();
        assert_eq!(allowed.to_string(), "192.0.2.7:8080");
    }

    #[test]
    fn other_addresses_are_refused() {
        for bad in [
            "https://127.0.0.1",
            "127.0.0.1:8080",
            "http://",
            "http://127.0.0.1:8080/api",
        ] {
            assert!(address(bad, true).is_err(), "{bad}");
        }
    }
}
