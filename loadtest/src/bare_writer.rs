//! The yardstick of a push: a process that does nothing but blocking writes of the same bytes to the
//! same number of sockets, one after the other. Nothing that delivers to sockets can be much cheaper.

use std::io::{BufRead, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::Stdio;

use socket2::SockRef;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::Fault;
use crate::stage::Stage;

/// What the server sets for its sockets (`src/app/server.rs`).
const SEND_BUFFER: usize = 128 * 1024;

/// In the process: obeys `accept <n>` and `write <hex>`, answers a line to each.
pub(crate) fn run() -> Result<(), Fault> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let mut out = std::io::stdout();
    writeln!(out, "{}", listener.local_addr()?)?;
    let mut sockets: Vec<TcpStream> = Vec::new();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        match line.split_once(' ') {
            Some(("accept", count)) => {
                for _ in 0..count.parse()? {
                    let (socket, _) = listener.accept()?;
                    // As the server's sockets are.
                    socket.set_nodelay(true)?;
                    SockRef::from(&socket).set_send_buffer_size(SEND_BUFFER)?;
                    sockets.push(socket);
                }
            }
            Some(("write", hex)) => {
                let bytes = bytes_of(hex)?;
                for socket in &mut sockets {
                    socket.write_all(&bytes)?;
                }
            }
            _ => return Err(format!("not understood: {line}").into()),
        }
        writeln!(out, "done")?;
        out.flush()?;
    }
    Ok(())
}

fn bytes_of(hex: &str) -> Result<Vec<u8>, Fault> {
    let digits = hex.as_bytes().chunks(2);
    let byte = |pair: &[u8]| Ok(u8::from_str_radix(std::str::from_utf8(pair)?, 16)?);
    digits.map(byte).collect()
}

/// The process, from outside.
pub(crate) struct BareWriter {
    pub(crate) address: SocketAddr,
    pub(crate) pid: u32,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    _child: Child,
}

impl BareWriter {
    /// Starts it.
    ///
    /// # Errors
    /// When it does not say where it listens.
    pub(crate) async fn start(stage: &Stage) -> Result<Self, Fault> {
        let mut child = Command::new(&stage.own)
            .arg("bare-writer")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let output = child.stdout.take().ok_or("no output")?;
        let mut output = BufReader::new(output).lines();
        let address = output
            .next_line()
            .await?
            .ok_or("it said nothing")?
            .parse()?;
        Ok(Self {
            address,
            pid: child.id().ok_or("it ended at once")?,
            input: child.stdin.take().ok_or("no input")?,
            output,
            _child: child,
        })
    }

    /// Lets it accept connections that are being made.
    ///
    /// # Errors
    /// When it ended.
    pub(crate) async fn accept(&mut self, sockets: usize) -> Result<(), Fault> {
        self.tell(&format!("accept {sockets}\n")).await
    }

    /// Lets it write bytes to all its sockets.
    ///
    /// # Errors
    /// When it ended.
    pub(crate) async fn write(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        self.tell(&format!("write {hex}\n")).await
    }

    async fn tell(&mut self, line: &str) -> Result<(), Fault> {
        self.input.write_all(line.as_bytes()).await?;
        match self.output.next_line().await? {
            Some(answer) if answer == "done" => Ok(()),
            other => Err(format!("the bare writer said {other:?}").into()),
        }
    }
}
