//! Hints: how a node hears at once of events that another node committed, and that somebody's rights changed.
//!
//! A hint says "region R has events up to N", or "look at the rights again", and carries nothing else. It is sent after the commit,
//! coalesced, on a connection of its own (inside the write transaction a NOTIFY would take a global
//! lock over the commit), by PostgreSQL's NOTIFY or, with `REDIS_URL`, by Redis pub/sub. A hint may be
//! lost, doubled or late without harm: the polls find within a second what no hint told.

mod message;
mod postgres;
mod redis;

use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;
use tokio::sync::mpsc;

use crate::domain::region::RegionId;
use crate::store::connect::Database;
use crate::telemetry::metrics::Metrics;
use message::{Unsent, decode, encode};

/// Hints that may wait to be sent; more are left to the head poll.
const WAITING: usize = 1024;
/// Time between two messages: at most a hundred a second from each node.
const PAUSE: Duration = Duration::from_millis(10);
/// The pause before a broken connection is tried again.
const RECONNECT_PAUSE: Duration = Duration::from_secs(1);
/// How long a message may take to be sent before its connection is given up.
const SEND_WAIT: Duration = Duration::from_secs(5);

/// A region has events up to this number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// The region.
    pub region: RegionId,
    /// The number of its last event.
    pub head: i64,
}

/// What nodes tell each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// Events were committed.
    Committed(Hint),
    /// What somebody may do was changed, or a login ended.
    Rights,
}

/// What carries hints between nodes.
#[derive(Clone)]
pub enum Medium {
    /// NOTIFY and LISTEN of the database.
    Postgres(Database),
    /// Publish and subscribe of Redis; the second part is the channel's name.
    Redis(::redis::Client, String),
}

/// Why hints cannot be carried for now.
#[derive(Debug, Error)]
enum HintError {
    #[error("PostgreSQL: {0}")]
    Postgres(#[from] tokio_postgres::Error),
    #[error("Redis: {0}")]
    Redis(#[from] ::redis::RedisError),
    #[error("the connection ended")]
    Ended,
    #[error("no answer within {SEND_WAIT:?}")]
    Silent,
}

/// Takes the hints of this node; the default one drops them. Cheap to clone.
#[derive(Clone, Default)]
pub struct HintSender(Option<mpsc::Sender<News>>);

/// The other end of a [`HintSender`].
pub struct WaitingHints(mpsc::Receiver<News>);

impl HintSender {
    /// A sender, and what [`Medium::carry`] takes.
    pub fn new() -> (Self, WaitingHints) {
        let (sender, receiver) = mpsc::channel(WAITING);
        (Self(Some(sender)), WaitingHints(receiver))
    }

    /// Tells the other nodes; never waits.
    pub fn committed(&self, region: &RegionId, head: i64) {
        let region = region.clone();
        self.tell(News::Committed(Hint { region, head }));
    }

    /// Tells the other nodes to look at the rights of their sessions; never waits.
    pub fn rights_changed(&self) {
        self.tell(News::Rights);
    }

    fn tell(&self, news: News) {
        let Some(sender) = &self.0 else { return };
        if sender.try_send(news).is_err() {
            slog_scope::debug!("a hint was dropped; the polls of the other nodes find it out");
        }
    }
}

/// What `medium` is called between nodes on one schema of one database.
fn channel(schema: &str) -> String {
    format!("redress_{schema}")
}

impl Medium {
    /// Redis at `url`, for nodes on one schema.
    ///
    /// # Errors
    /// When the address cannot be read.
    pub fn redis(url: &str, schema: &str) -> Result<Self, ::redis::RedisError> {
        Ok(Self::Redis(::redis::Client::open(url)?, channel(schema)))
    }

    /// Carries the hints of this node out and those of other nodes to `heard`, for as long as the
    /// process runs.
    pub async fn carry(
        self,
        hints: WaitingHints,
        metrics: Metrics,
        heard: impl Fn(&News) + Send + Sync + 'static,
    ) {
        let heard: Heard = Arc::new({
            let metrics = metrics.clone();
            move |text: &str| {
                let hints = decode(text);
                let heard_now = metrics.database.hints.with_label_values(&["in"]);
                heard_now.inc_by(hints.len() as u64);
                hints.iter().for_each(&heard);
            }
        });
        tokio::join!(
            send_all(self.clone(), hints.0, metrics),
            listen(self, heard)
        );
    }
}

/// Takes the text of a message.
type Heard = Arc<dyn Fn(&str) + Send + Sync>;

/// Sends hints as they come, those of one pause together.
async fn send_all(medium: Medium, mut hints: mpsc::Receiver<News>, metrics: Metrics) {
    let mut link = None;
    let mut unsent = Unsent::default();
    while let Some(news) = hints.recv().await {
        unsent.add(news);
        while let Ok(news) = hints.try_recv() {
            unsent.add(news);
        }
        let sent = unsent.count();
        let sending = send(&medium, &mut link, encode(std::mem::take(&mut unsent)));
        let outcome = tokio::time::timeout(SEND_WAIT, sending).await;
        match outcome.unwrap_or(Err(HintError::Silent)) {
            Ok(()) => metrics
                .database
                .hints
                .with_label_values(&["out"])
                .inc_by(sent),
            Err(error) => {
                slog_scope::warn!("hints could not be sent: {}", error);
                link = None;
                tokio::time::sleep(RECONNECT_PAUSE).await;
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// An open connection for sending.
enum Link {
    Postgres(postgres::Notifier),
    Redis(redis::Publisher),
}

async fn send(
    medium: &Medium,
    link: &mut Option<Link>,
    messages: Vec<String>,
) -> Result<(), HintError> {
    let open = match link {
        Some(open) => open,
        None => link.insert(match medium {
            Medium::Postgres(database) => Link::Postgres(postgres::Notifier::open(database).await?),
            Medium::Redis(client, channel) => {
                Link::Redis(redis::Publisher::open(client, channel).await?)
            }
        }),
    };
    for message in messages {
        match open {
            Link::Postgres(notifier) => notifier.notify(&message).await?,
            Link::Redis(publisher) => publisher.publish(&message).await?,
        }
    }
    Ok(())
}

/// Listens for as long as the process runs, over broken connections.
async fn listen(medium: Medium, heard: Heard) {
    let mut broken = false;
    loop {
        let error = match &medium {
            Medium::Postgres(database) => postgres::listen(database, &heard).await,
            Medium::Redis(client, channel) => redis::listen(client, channel, &heard).await,
        };
        if !std::mem::replace(&mut broken, true) {
            slog_scope::warn!(
                "hints of other nodes are not heard, their events come by the head poll: {}",
                error
            );
        }
        tokio::time::sleep(RECONNECT_PAUSE).await;
    }
}
