//! The database of a process: its own private PostgreSQL, or the operator's.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use super::AppError;
use crate::config::DataSettings;
use crate::embedded::{Cluster, EmbeddedError, running};
use crate::store::connect::Database as Address;
use crate::store::{Session, Store, migrate};

/// The pause between two tries to reach the operator's database.
pub(super) const RETRY_PAUSE: Duration = Duration::from_secs(1);

/// Where the data is.
pub struct Database {
    address: Address,
    cluster: Option<Cluster>,
}

impl Database {
    /// Starts the private PostgreSQL, or waits for the operator's, with a line for each try.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn open(settings: &DataSettings) -> Result<Self, AppError> {
        if let Some(url) = &settings.database_url {
            let address = Address::from_url(url, &settings.database_schema)?
                .answering_within(settings.database_answer_wait);
            wait_for(&address).await;
            return Ok(Self {
                address,
                cluster: None,
            });
        }
        let report = |line: &str| slog_scope::info!("{}", line);
        let mut cluster = Cluster::start(&settings.data_dir, &report).await?;
        match Address::from_config(cluster.connection(), &settings.database_schema, false) {
            Ok(address) => Ok(Self {
                address: address.answering_within(settings.database_answer_wait),
                cluster: Some(cluster),
            }),
            Err(error) => {
                cluster.stop().await?;
                Err(error.into())
            }
        }
    }

    /// As [`Database::open`], beside a server that may run on the data folder already.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn open_beside(settings: &DataSettings) -> Result<Self, AppError> {
        let outcome = Self::open(settings).await;
        let taken = matches!(
            outcome,
            Err(AppError::Embedded(EmbeddedError::InUse { .. }))
        );
        match running(&settings.data_dir).filter(|_| taken) {
            Some(config) => {
                let address = Address::from_config(config, &settings.database_schema, false)?
                    .answering_within(settings.database_answer_wait);
                Ok(Self {
                    address,
                    cluster: None,
                })
            }
            None => outcome,
        }
    }

    /// Brings the schema up to date and opens the pool.
    ///
    /// # Errors
    /// [`AppError::Migrate`].
    pub async fn store(&self, settings: &DataSettings) -> Result<Store, AppError> {
        for migration in migrate::migrate(&self.address).await? {
            slog_scope::info!("migrated the database: {}", migration);
        }
        Ok(Store::new(
            self.address.clone(),
            settings.database_pool_size,
        ))
    }

    /// Waits until it answers.
    pub(super) async fn reached(&self) {
        wait_for(&self.address).await;
    }

    /// Where it is.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// Resolves when the private PostgreSQL has died; never with the operator's.
    pub fn died(&self) -> impl Future<Output = String> + Send + 'static {
        let died: Pin<Box<dyn Future<Output = String> + Send>> = match &self.cluster {
            Some(cluster) => Box::pin(cluster.died()),
            None => Box::pin(std::future::pending()),
        };
        died
    }

    /// Stops the private PostgreSQL.
    pub async fn close(&mut self) {
        if let Some(cluster) = &mut self.cluster
            && let Err(error) = cluster.stop().await
        {
            slog_scope::error!("the private PostgreSQL did not stop: {}", error);
        }
    }
}

/// Waits until a database answers.
async fn wait_for(address: &Address) {
    while let Err(error) = Session::open(address).await {
        slog_scope::warn!(
            "waiting for the database {}: {}",
            address.described(),
            error
        );
        tokio::time::sleep(RETRY_PAUSE).await;
    }
}
