//! The yardstick of a push: a process that does nothing but blocking writes of the same bytes to the
//! same number of sockets, one after the other. Nothing that delivers to sockets can be much cheaper.

use std::io::{BufRead, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

use socket2::SockRef;

use crate::Fault;

/// What the server sets for its sockets (`src/app/server.rs`).
const SEND_BUFFER: usize = 128 * 1024;

/// All that have connected.
type Sockets = Arc<Mutex<Vec<TcpStream>>>;

/// In the process: says where it listens; obeys `sockets` and `write <times> <text>`.
pub(crate) fn run() -> Result<(), Fault> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let mut out = std::io::stdout();
    writeln!(out, "{}", listener.local_addr()?)?;
    let sockets = Sockets::default();
    let accepted = Arc::clone(&sockets);
    std::thread::spawn(move || accept(&listener, &accepted));
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let mut sockets = sockets.lock().unwrap_or_else(PoisonError::into_inner);
        let words: Vec<&str> = line.splitn(3, ' ').collect();
        match words[..] {
            ["sockets"] => writeln!(out, "{}", sockets.len())?,
            ["write", times, text] => {
                let frame = frame(text)?;
                for _ in 0..times.parse()? {
                    for socket in sockets.iter_mut() {
                        socket.write_all(&frame)?;
                    }
                }
                writeln!(out, "done")?;
            }
            _ => return Err(format!("not understood: {line}").into()),
        }
        out.flush()?;
    }
    Ok(())
}

fn accept(listener: &TcpListener, accepted: &Sockets) {
    while let Ok((socket, _)) = listener.accept() {
        // As the server's sockets are.
        let bounded = SockRef::from(&socket).set_send_buffer_size(SEND_BUFFER);
        if bounded.and_then(|()| socket.set_nodelay(true)).is_err() {
            continue;
        }
        let mut accepted = accepted.lock().unwrap_or_else(PoisonError::into_inner);
        accepted.push(socket);
    }
}

/// The text as a server's frame, as an event comes.
fn frame(text: &str) -> Result<Vec<u8>, Fault> {
    let length = u16::try_from(text.len())?.to_be_bytes();
    let head = match length {
        [0, short @ ..=125] => vec![0x81, short],
        [high, low] => vec![0x81, 126, high, low],
    };
    Ok([head.as_slice(), text.as_bytes()].concat())
}
