//! How reports leave: by a thread of their own, each within a time.

use std::sync::Arc;
use std::time::Duration;

use sentry::transports::ReqwestHttpTransportOptions;
use sentry::{Transport, TransportFactory, TransportOptions};

/// How long Sentry may take for one report. The usual transport waits for ever, and reports nothing more then.
const ANSWER_WAIT: Duration = Duration::from_secs(5);

/// Makes the usual transport with a bound on its waiting.
pub(super) struct Timely;

impl TransportFactory for Timely {
    fn create_transport_with_options(&self, options: TransportOptions) -> Arc<dyn Transport> {
        let options = ReqwestHttpTransportOptions::from(options);
        let client = reqwest::Client::builder().timeout(ANSWER_WAIT).build();
        let options = match client {
            Ok(client) => options.with_client(client),
            Err(error) => {
                slog_scope::warn!("reports to Sentry have no time limit: {}", error);
                options
            }
        };
        Arc::new(options.build())
    }
}
