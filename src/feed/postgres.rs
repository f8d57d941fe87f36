//! Hints by NOTIFY and LISTEN. A listening connection that does not read would block vacuum for the
//! whole database: this one does nothing but read.

use futures_util::StreamExt;
use futures_util::stream::poll_fn;
use tokio_postgres::{AsyncMessage, Client};

use super::{Heard, HintError, channel};
use crate::store::connect::Database;

const OPEN_NOTIFIER: &str = include_str!("../../sql/queries/feed/open_notifier.sql");
const NOTIFY: &str = include_str!("../../sql/queries/feed/notify.sql");
const LISTEN: &str = include_str!("../../sql/queries/feed/listen.sql");

/// A connection that sends.
pub(super) struct Notifier {
    client: Client,
    channel: String,
}

impl Notifier {
    pub(super) async fn open(database: &Database) -> Result<Self, HintError> {
        let client = database.open().await?;
        client.batch_execute(OPEN_NOTIFIER).await?;
        let channel = channel(database.schema());
        Ok(Self { client, channel })
    }

    pub(super) async fn notify(&self, message: &str) -> Result<(), HintError> {
        self.client
            .execute(NOTIFY, &[&self.channel, &message])
            .await?;
        Ok(())
    }
}

/// Hears messages until the connection ends; says why it did.
pub(super) async fn listen(database: &Database, heard: &Heard) -> HintError {
    match try_listen(database, heard).await {
        Ok(()) => HintError::Ended,
        Err(error) => error,
    }
}

async fn try_listen(database: &Database, heard: &Heard) -> Result<(), HintError> {
    let (client, mut connection) = database.open_raw().await?;
    let mut messages = poll_fn(move |cx| connection.poll_message(cx));
    // An identifier cannot be a parameter; `Database` has checked that the schema is a plain one.
    let listen = LISTEN.replace("$channel", &channel(database.schema()));
    let begin = client.batch_execute(&listen);
    tokio::pin!(begin);
    let mut listening = false;
    loop {
        tokio::select! {
            begun = &mut begin, if !listening => {
                begun?;
                listening = true;
            }
            message = messages.next() => match message {
                Some(Ok(AsyncMessage::Notification(notification))) => heard(notification.payload()),
                Some(Ok(_notice)) => {}
                Some(Err(error)) => return Err(error.into()),
                None => return Ok(()),
            },
        }
    }
}
