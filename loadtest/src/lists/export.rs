//! Exports of everything: how much more memory the server holds meanwhile.

use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::http::request;
use crate::process::resident_bytes;
use crate::server::Server;
use crate::{Fault, say};

const MIB: f64 = 1024.0 * 1024.0;

/// One export.
#[derive(Serialize)]
pub(super) struct Export {
    pub(super) what: &'static str,
    pub(super) sent_mib: f64,
    pub(super) took_s: f64,
    /// What the server held at most beyond what it held before.
    pub(super) more_mib: f64,
}

/// Exports everything in both formats.
pub(super) async fn all(server: &Server, token: &str) -> Result<Vec<Export>, Fault> {
    let mut exports = Vec::new();
    for (what, kind) in [
        ("export: memory for everything as CSV", "text/csv"),
        (
            "export: memory for everything as GeoJSON",
            "application/geo+json",
        ),
    ] {
        say(what);
        exports.push(one(server, token, what, kind).await?);
    }
    Ok(exports)
}

async fn one(
    server: &Server,
    token: &str,
    what: &'static str,
    kind: &str,
) -> Result<Export, Fault> {
    let before = resident_bytes(server.pid)?;
    let begun = Instant::now();
    let mut stream = TcpStream::connect(server.address).await?;
    let headers =
        format!("Authorization: Bearer {token}\r\nAccept: {kind}\r\nConnection: close\r\n");
    let asked = request("GET", "/api/v1/complaints", server.address, &headers, b"");
    stream.write_all(&asked).await?;
    let (mut sent, mut most, mut looked) = (0_u64, before, Instant::now());
    let (mut chunk, mut end) = (vec![0; 256 * 1024], Vec::new());
    loop {
        let length = stream.read(&mut chunk).await?;
        if length == 0 {
            break;
        }
        sent += length as u64;
        end.extend_from_slice(&chunk[length.saturating_sub(16)..length]);
        end.drain(..end.len().saturating_sub(16));
        if looked.elapsed() > Duration::from_millis(50) {
            most = most.max(resident_bytes(server.pid)?);
            looked = Instant::now();
        }
    }
    if !end.ends_with(b"0\r\n\r\n") {
        return Err(format!("{what}: cut off after {sent} bytes").into());
    }
    Ok(Export {
        what,
        sent_mib: sent as f64 / MIB,
        took_s: begun.elapsed().as_secs_f64(),
        more_mib: (most - before) as f64 / MIB,
    })
}
