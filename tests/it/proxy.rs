//! The fault proxy does what it says: each of its faults, before a server that sends back what it gets.

use std::io::ErrorKind;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::time::Instant;

use crate::support::proxy::{Place, Proxy, Towards, Way};
use crate::support::{PATIENCE, eventually};

/// A server that sends back what it gets, and after the client's end says `bye`.
async fn echo() -> Place {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (mut reading, mut writing) = stream.split();
                tokio::io::copy(&mut reading, &mut writing).await.ok();
                writing.write_all(b"bye").await.ok();
            });
        }
    });
    Place::Tcp(address)
}

async fn client(proxy: &Proxy) -> TcpStream {
    TcpStream::connect(proxy.address()).await.unwrap()
}

/// Reads so many bytes.
async fn read(stream: &mut TcpStream, count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    let read = tokio::time::timeout(PATIENCE, stream.read_exact(&mut bytes));
    read.await.expect("it comes in time").unwrap();
    bytes
}

/// Reads whatever comes once: its length, or why nothing can come any more.
async fn read_once(stream: &mut TcpStream) -> Result<usize, ErrorKind> {
    let mut bytes = [0; 64];
    let read = tokio::time::timeout(PATIENCE, stream.read(&mut bytes));
    read.await
        .expect("it ends in time")
        .map_err(|error| error.kind())
}

/// Sends bytes and gets them back; returns how long that took.
async fn round_trip(stream: &mut TcpStream, count: usize) -> Duration {
    let begun = Instant::now();
    let sent: Vec<u8> = (0..count).map(|number| number as u8).collect();
    stream.write_all(&sent).await.unwrap();
    assert_eq!(read(stream, count).await, sent);
    begun.elapsed()
}

#[actix::test]
async fn bytes_come_whole_and_in_order_however_they_are_cut_delayed_and_slowed() {
    let proxy = Proxy::before(echo().await, 1).await;
    let mut stream = client(&proxy).await;
    round_trip(&mut stream, 50_000).await;
    let slices = Way {
        slice: Some(1),
        ..Way::default()
    };
    proxy.make(slices);
    round_trip(&mut stream, 5000).await;
    proxy.make(Way {
        latency: Duration::from_millis(30),
        jitter: Duration::from_millis(20),
        ..slices
    });
    assert!(round_trip(&mut stream, 500).await >= Duration::from_millis(60));
    proxy.make(Way {
        bandwidth: Some(20_000),
        ..Way::default()
    });
    assert!(round_trip(&mut stream, 4000).await >= Duration::from_millis(200));
    proxy.heal();
    round_trip(&mut stream, 50_000).await;
}

#[actix::test]
async fn a_black_hole_swallows_even_the_end_and_gives_all_of_it_back() {
    let proxy = Proxy::before(echo().await, 2).await;
    let mut stream = client(&proxy).await;
    round_trip(&mut stream, 10).await;
    proxy.black_hole();
    stream.write_all(b"hello").await.unwrap();
    stream.shutdown().await.unwrap();
    let silence = Duration::from_millis(200);
    let mut bytes = [0; 8];
    let heard = tokio::time::timeout(silence, stream.read(&mut bytes)).await;
    assert!(heard.is_err(), "{heard:?}");
    proxy.heal();
    assert_eq!(read(&mut stream, 8).await, b"hellobye");
    assert_eq!(read_once(&mut stream).await, Ok(0));
}

#[actix::test]
async fn a_reset_is_a_reset_and_new_connections_pass() {
    let proxy = Proxy::before(echo().await, 3).await;
    let mut stream = client(&proxy).await;
    round_trip(&mut stream, 10).await;
    proxy.reset();
    assert_eq!(
        read_once(&mut stream).await,
        Err(ErrorKind::ConnectionReset)
    );
    round_trip(&mut client(&proxy).await, 10).await;
}

#[actix::test]
async fn half_of_a_connection_can_be_closed() {
    let proxy = Proxy::before(echo().await, 4).await;
    let mut stream = client(&proxy).await;
    round_trip(&mut stream, 10).await;
    proxy.half_close(Towards::Server);
    // The server takes it for the client's end, and says its last.
    assert_eq!(read(&mut stream, 3).await, b"bye");
    let mut stream = client(&proxy).await;
    round_trip(&mut stream, 10).await;
    proxy.half_close(Towards::Client);
    assert_eq!(read_once(&mut stream).await, Ok(0));
}

#[actix::test]
async fn connections_are_refused_until_they_are_not() {
    let proxy = Proxy::before(echo().await, 5).await;
    proxy.refuse(true);
    // One that comes while it stops listening may be reset.
    eventually("it is refused", async || {
        let error = TcpStream::connect(proxy.address()).await.err()?;
        (error.kind() == ErrorKind::ConnectionRefused).then_some(())
    })
    .await;
    proxy.refuse(false);
    let accepted = async || TcpStream::connect(proxy.address()).await.ok();
    let mut stream = eventually("it is accepted", accepted).await;
    round_trip(&mut stream, 10).await;
    drop(stream);
    eventually("none is left", async || (proxy.open() == 0).then_some(())).await;
}

#[actix::test]
async fn unix_sockets_are_carried_too_and_the_server_can_be_another() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let nobody = Place::Unix(folder.path().join("nobody"));
    let proxy = Proxy::at(Place::Unix(path.clone()), nobody, 6).await;
    let mut stream = UnixStream::connect(&path).await.unwrap();
    assert_eq!(
        stream.read(&mut [0; 8]).await.unwrap(),
        0,
        "nobody is there"
    );
    proxy.forward_to(echo().await);
    let mut stream = UnixStream::connect(&path).await.unwrap();
    stream.write_all(b"hello").await.unwrap();
    let mut bytes = [0; 5];
    stream.read_exact(&mut bytes).await.unwrap();
    assert_eq!(&bytes, b"hello");
}
