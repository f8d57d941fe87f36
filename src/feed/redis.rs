//! Hints by Redis publish and subscribe.

use futures_util::StreamExt;
use redis::aio::MultiplexedConnection;
use redis::{AsyncCommands, Client};

use super::{Heard, HintError};

/// A connection that sends.
pub(super) struct Publisher {
    connection: MultiplexedConnection,
    channel: String,
}

impl Publisher {
    pub(super) async fn open(client: &Client, channel: &str) -> Result<Self, HintError> {
        Ok(Self {
            connection: client.get_multiplexed_async_connection().await?,
            channel: channel.to_owned(),
        })
    }

    pub(super) async fn publish(&mut self, message: &str) -> Result<(), HintError> {
        let heard: usize = self.connection.publish(&self.channel, message).await?;
        slog_scope::trace!("{} nodes heard a hint", heard);
        Ok(())
    }
}

/// Hears messages until the connection ends; says why it did.
pub(super) async fn listen(client: &Client, channel: &str, heard: &Heard) -> HintError {
    match try_listen(client, channel, heard).await {
        Ok(()) => HintError::Ended,
        Err(error) => error,
    }
}

async fn try_listen(client: &Client, channel: &str, heard: &Heard) -> Result<(), HintError> {
    let mut subscription = client.get_async_pubsub().await?;
    subscription.subscribe(channel).await?;
    let mut messages = subscription.on_message();
    while let Some(message) = messages.next().await {
        heard(&message.get_payload::<String>()?);
    }
    Ok(())
}
