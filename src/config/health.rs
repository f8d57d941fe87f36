//! The settings of `redress health`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use clap::Args;

/// Which server is asked.
#[derive(Debug, Clone, Args)]
pub struct HealthSettings {
    /// Address and port of the server on this machine; of one that listens on all addresses, its own
    #[arg(
        long,
        env = "LISTEN",
        default_value = super::LISTEN,
        value_name = "ADDRESS:PORT"
    )]
    pub listen: SocketAddr,
}

impl HealthSettings {
    /// The address by which this machine reaches the server.
    pub fn address(&self) -> SocketAddr {
        let address = match self.listen.ip() {
            IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
            named @ (IpAddr::V4(_) | IpAddr::V6(_)) => named,
        };
        SocketAddr::new(address, self.listen.port())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_on_all_addresses_is_asked_on_its_own() {
        for (listen, address) in [
            ("0.0.0.0:8080", "127.0.0.1:8080"),
            ("[::]:80", "[::1]:80"),
            ("192.0.2.1:8080", "192.0.2.1:8080"),
        ] {
            let listen = listen.parse().unwrap();
            assert_eq!(HealthSettings { listen }.address().to_string(), address);
        }
    }
}
