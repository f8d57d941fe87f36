//! How to reach the database: address, TLS by `sslmode`, and the schema that is ours.

use std::sync::Arc;
use std::time::Duration;

use bb8_postgres::PostgresConnectionManager;
use rustls::ClientConfig;
use rustls::RootCertStore;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, SignatureScheme};
use thiserror::Error;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{Client, Config};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{Failures, Lineage};

/// Why a `DATABASE_URL` cannot be used.
#[derive(Debug, Error)]
pub enum AddressError {
    /// It is not a PostgreSQL address.
    #[error(
        "DATABASE_URL is not a PostgreSQL address ({0}); expected postgres://user:password@host:5432/database"
    )]
    Malformed(String),
    /// The schema name is not a plain identifier.
    #[error("the schema {0:?} is not a plain identifier (a-z, 0-9, _; at most 63 characters)")]
    Schema(String),
    /// The system's certificates could not be read.
    #[error("cannot set up TLS for the database: {0}")]
    Tls(String),
}

/// The connection behind a client.
pub type Wire = tokio_postgres::Connection<
    tokio_postgres::Socket,
    <MakeRustlsConnect as MakeTlsConnect<tokio_postgres::Socket>>::Stream,
>;

/// Where the database is and which schema in it is ours.
#[derive(Clone)]
pub struct Database {
    config: Config,
    tls: MakeRustlsConnect,
    schema: String,
    answer_wait: Duration,
    lineage: Arc<Lineage>,
    failures: Arc<Failures>,
}

/// How long the database may take to answer, unless it is told otherwise.
const ANSWER_WAIT: Duration = Duration::from_secs(30);

impl Database {
    /// Reads an address; `sslmode` is `disable`, `prefer`, `require` (encrypted, as in libpq without
    /// a check of the certificate), `verify-ca` or `verify-full` (checked against the system's roots).
    ///
    /// # Errors
    /// [`AddressError`] names what is wrong.
    pub fn from_url(url: &str, schema: &str) -> Result<Self, AddressError> {
        let verify = ["sslmode=verify-full", "sslmode=verify-ca"]
            .into_iter()
            .find(|mode| url.contains(mode));
        let url = verify.map_or_else(
            || url.to_owned(),
            |mode| url.replace(mode, "sslmode=require"),
        );
        let config: Config = url
            .parse()
            .map_err(|error: tokio_postgres::Error| AddressError::Malformed(error.to_string()))?;
        Self::from_config(config, schema, verify.is_some())
    }

    /// Uses a ready configuration, such as the embedded PostgreSQL's socket.
    ///
    /// # Errors
    /// [`AddressError`] when the schema's name or TLS is at fault.
    pub fn from_config(
        mut config: Config,
        schema: &str,
        verify: bool,
    ) -> Result<Self, AddressError> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if schema.is_empty() || schema.len() > 63 || !schema.chars().all(plain) {
            return Err(AddressError::Schema(schema.to_owned()));
        }
        if matches!(config.get_hosts().first(), Some(Host::Unix(_))) {
            config.ssl_mode(SslMode::Disable);
        }
        let options = config.get_options().unwrap_or_default();
        // Our statements are short: workers and compiled plans cost more to start than they save
        // (one officer's search among a million: 224 ms with them, 22 ms without).
        let options = format!(
            "{options} -c search_path={schema} -c max_parallel_workers_per_gather=0 -c jit=off"
        );
        config
            .options(options.trim())
            .application_name("redress")
            .connect_timeout(Duration::from_secs(5))
            .keepalives_idle(Duration::from_secs(30))
            .tcp_user_timeout(Duration::from_secs(15));
        Ok(Self {
            config,
            tls: MakeRustlsConnect::new(client_config(verify)?),
            schema: schema.to_owned(),
            answer_wait: ANSWER_WAIT,
            lineage: Arc::default(),
            failures: Arc::default(),
        })
    }

    /// The same database, which may take so long to answer before its connection is given up.
    #[must_use]
    pub fn answering_within(mut self, wait: Duration) -> Self {
        self.answer_wait = wait;
        self
    }

    /// How long it may take to answer.
    pub fn answer_wait(&self) -> Duration {
        self.answer_wait
    }

    /// The same address for a store of its own, which has not found yet what history it works on.
    #[must_use]
    pub(super) fn unsettled(&self) -> Self {
        Self {
            lineage: Arc::default(),
            ..self.clone()
        }
    }

    /// The history that its connections must find.
    pub fn lineage(&self) -> &Arc<Lineage> {
        &self.lineage
    }

    /// How often it failed.
    pub fn failures(&self) -> &Arc<Failures> {
        &self.failures
    }

    /// The schema that is ours.
    pub fn schema(&self) -> &str {
        &self.schema
    }

    /// The address without the password, for messages.
    pub fn described(&self) -> String {
        let host = match self.config.get_hosts().first() {
            Some(Host::Tcp(host)) => {
                let port = self.config.get_ports().first().copied();
                format!("{host}:{}", port.unwrap_or(5432))
            }
            Some(Host::Unix(path)) => path.display().to_string(),
            None => "localhost".into(),
        };
        let name = self.config.get_dbname().unwrap_or("(default)");
        format!("{name} at {host}")
    }

    /// Opens the pool's connections.
    pub(super) fn manager(&self) -> PostgresConnectionManager<MakeRustlsConnect> {
        PostgresConnectionManager::new(self.config.clone(), self.tls.clone())
    }

    /// Opens one connection whose messages the caller reads.
    ///
    /// # Errors
    /// What the driver says.
    pub async fn open_raw(&self) -> Result<(Client, Wire), tokio_postgres::Error> {
        self.config.connect(self.tls.clone()).await
    }

    /// Opens one connection; its task runs on the present runtime.
    ///
    /// # Errors
    /// What the driver says.
    pub async fn open(&self) -> Result<Client, tokio_postgres::Error> {
        let (client, connection) = self.open_raw().await?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                slog_scope::warn!("a database connection ended: {}", super::in_full(&error));
            }
        });
        Ok(client)
    }
}

fn client_config(verify: bool) -> Result<ClientConfig, AddressError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| AddressError::Tls(error.to_string()))?;
    if !verify {
        let unchecked = Arc::new(Unchecked(provider));
        return Ok(builder
            .dangerous()
            .with_custom_certificate_verifier(unchecked)
            .with_no_client_auth());
    }
    let mut roots = RootCertStore::empty();
    let (added, _) =
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if added == 0 {
        return Err(AddressError::Tls(
            "sslmode asks for a check, but this system has no root certificates".into(),
        ));
    }
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

/// What libpq means by `sslmode=require`: encrypted, the certificate not checked.
#[derive(Debug)]
struct Unchecked(Arc<CryptoProvider>);

impl ServerCertVerifier for Unchecked {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
