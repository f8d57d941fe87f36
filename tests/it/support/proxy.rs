//! A proxy that does to connections what networks and crashed machines do to them.
//!
//! It listens on the loopback or on a Unix socket and carries bytes to a server, whole and in order. What
//! it adds can be changed while it runs: latency and jitter, a bandwidth, writes of a few bytes, a black
//! hole (nothing passes, nothing is lost, no end is told), resets, half-closed connections, refusals. What
//! is random comes from a seed.

mod ends;
mod pump;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use ends::{Ends, Listener};
use pump::Pump;

/// The pause before an address that was given up is taken again.
const AGAIN: Duration = Duration::from_millis(5);

/// Where somebody listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    Tcp(SocketAddr),
    Unix(PathBuf),
}

/// One of the two directions of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Towards {
    Server,
    Client,
}

/// What one direction is like; the default one carries everything at once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Way {
    /// How long bytes are under way.
    pub(crate) latency: Duration,
    /// Up to how much longer, at random. The order is kept.
    pub(crate) jitter: Duration,
    /// Bytes a second.
    pub(crate) bandwidth: Option<u32>,
    /// The most bytes of one write.
    pub(crate) slice: Option<usize>,
    /// Nothing passes, not even an end, until it is no more.
    pub(crate) is_black_hole: bool,
}

/// What the proxy does at present.
#[derive(Debug, Clone)]
struct Control {
    server: Place,
    to_server: Way,
    to_client: Way,
    refuses: bool,
    /// How often connections were reset; a change is the order.
    resets: u64,
    /// How often those that were open were made silent for ever.
    strands: u64,
    /// How often the writing halves towards server and client were closed.
    half_closes: [u64; 2],
}

impl Control {
    /// Whether something passes on a connection that was opened when there had been so many strandings.
    fn passes(&self, towards: Towards, strands: u64) -> bool {
        self.strands == strands && !self.way(towards).is_black_hole
    }

    fn way(&self, towards: Towards) -> &Way {
        match towards {
            Towards::Server => &self.to_server,
            Towards::Client => &self.to_client,
        }
    }
}

/// The proxy. Dropped, it cuts everything that goes through it.
pub(crate) struct Proxy {
    address: Place,
    control: watch::Sender<Control>,
    open: Arc<AtomicUsize>,
    accepting: JoinHandle<()>,
}

impl Proxy {
    /// Listens on a free port of the loopback, before a server.
    pub(crate) async fn before(server: Place, seed: u64) -> Self {
        let any = Place::Tcp((Ipv4Addr::LOCALHOST, 0).into());
        Self::at(any, server, seed).await
    }

    /// Listens at a place, before a server.
    pub(crate) async fn at(place: Place, server: Place, seed: u64) -> Self {
        let listener = Listener::bind(&place).await.unwrap();
        let address = listener.place(&place);
        let (control, watched) = watch::channel(Control {
            server,
            to_server: Way::default(),
            to_client: Way::default(),
            refuses: false,
            resets: 0,
            strands: 0,
            half_closes: [0; 2],
        });
        let open: Arc<AtomicUsize> = Arc::default();
        let accepting = accept(
            listener,
            address.clone(),
            watched,
            StdRng::seed_from_u64(seed),
            Arc::clone(&open),
        );
        Self {
            accepting: tokio::spawn(accepting),
            address,
            control,
            open,
        }
    }

    /// Where it listens, on the loopback.
    pub(crate) fn address(&self) -> SocketAddr {
        match &self.address {
            Place::Tcp(address) => *address,
            Place::Unix(path) => panic!("{} is no address", path.display()),
        }
    }

    /// How many connections go through it.
    pub(crate) fn open(&self) -> usize {
        self.open.load(Ordering::SeqCst)
    }

    /// Makes both directions so.
    pub(crate) fn make(&self, way: Way) {
        self.make_one(Towards::Server, way);
        self.make_one(Towards::Client, way);
    }

    /// Makes one direction so.
    pub(crate) fn make_one(&self, towards: Towards, way: Way) {
        self.control.send_modify(|control| match towards {
            Towards::Server => control.to_server = way,
            Towards::Client => control.to_client = way,
        });
    }

    /// Carries everything at once again, and accepts connections.
    pub(crate) fn heal(&self) {
        self.make(Way::default());
        self.refuse(false);
    }

    /// Lets nothing pass any more until it is healed.
    pub(crate) fn black_hole(&self) {
        self.make(Way {
            is_black_hole: true,
            ..Way::default()
        });
    }

    /// Ends all connections with a reset (`SO_LINGER` 0); those of Unix sockets just end.
    pub(crate) fn reset(&self) {
        self.control.send_modify(|control| control.resets += 1);
    }

    /// Lets nothing pass any more on those connections that are open, for ever; new ones are as they were.
    pub(crate) fn strand(&self) {
        self.control.send_modify(|control| control.strands += 1);
    }

    /// Tells one side of every connection that the other will send no more, and drops what it sends.
    pub(crate) fn half_close(&self, towards: Towards) {
        self.control
            .send_modify(|control| control.half_closes[towards as usize] += 1);
    }

    /// Whether nobody listens here: new connections are refused.
    pub(crate) fn refuse(&self, refuses: bool) {
        self.control
            .send_modify(|control| control.refuses = refuses);
    }

    /// Carries new connections to another server.
    pub(crate) fn forward_to(&self, server: Place) {
        self.control.send_modify(|control| control.server = server);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(
    listener: Listener,
    address: Place,
    mut control: watch::Receiver<Control>,
    mut random: StdRng,
    open: Arc<AtomicUsize>,
) {
    let carried = control.clone();
    let mut connections = JoinSet::new();
    let mut listener = Some(listener);
    loop {
        let Some(listening) = &listener else {
            if control.wait_for(|control| !control.refuses).await.is_err() {
                return;
            }
            listener = Listener::bind(&address).await.ok();
            tokio::time::sleep(AGAIN).await;
            continue;
        };
        let refuses = tokio::select! {
            refuses = control.wait_for(|control| control.refuses) => Some(refuses.is_ok()),
            accepted = listening.accept() => {
                if let Ok(client) = accepted {
                    let seed = random.random();
                    connections.spawn(carry(client, carried.clone(), seed, Arc::clone(&open)));
                }
                None
            }
            Some(_) = connections.join_next(), if !connections.is_empty() => None,
        };
        match refuses {
            Some(true) => listener = None,
            Some(false) => return,
            None => {}
        }
    }
}

/// Carries one connection to its end.
async fn carry(
    client: Ends,
    mut control: watch::Receiver<Control>,
    seed: u64,
    open: Arc<AtomicUsize>,
) {
    open.fetch_add(1, Ordering::SeqCst);
    let _counted = Counted(open);
    let place = control.borrow_and_update().server.clone();
    let resets = control.borrow().resets;
    let client_cut = client.cut;
    let Ok(server) = Ends::connect(&place).await else {
        client_cut.on_drop();
        return;
    };
    let pump = |towards, seed| Pump::new(towards, control.clone(), StdRng::seed_from_u64(seed));
    let there = pump(Towards::Server, seed).carry(client.reading, server.writing);
    let back = pump(Towards::Client, seed ^ 1).carry(server.reading, client.writing);
    let mut orders = control.clone();
    let broken = tokio::select! {
        carried = async { tokio::try_join!(there, back) } => carried.is_err(),
        _ = orders.wait_for(|control| control.resets != resets) => true,
    };
    if broken {
        client_cut.on_drop();
        server.cut.on_drop();
    }
}

/// Counts a connection until it is dropped.
struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}
