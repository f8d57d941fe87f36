//! The bytes that a submitter may send on a day: taken before a body is read, settled by what came.

use std::net::IpAddr;

use jiff::Timestamp;

use crate::access::throttle::network;
use crate::config::Switch;
use crate::domain::account::By;
use crate::http::desk::Desk;
use crate::http::problem::Problem;
use crate::store::{Store, photos};

/// Seconds of a day.
const DAY_S: i64 = 86_400;

/// Bytes of a day that were taken. Dropped before it is settled, all of them are given back.
pub(super) struct Allowance {
    store: Store,
    submitter: Vec<u8>,
    most: i64,
    taken: i64,
    /// The limits are off: nothing is taken.
    is_free: bool,
}

impl Allowance {
    /// Takes `bytes` of the day of whoever sends: an account, an API key, or a resident's address.
    ///
    /// # Errors
    /// A 429 problem when so many are not left.
    pub(super) async fn take(
        sender: By,
        address: IpAddr,
        bytes: u64,
        desk: &Desk,
    ) -> Result<Self, Problem> {
        let settings = &desk.settings.photos;
        let (who, most) = match sender {
            By::Officer { id } | By::Admin { id } => {
                (format!("account:{id}"), settings.photo_day_bytes)
            }
            By::ApiKey { id } => (format!("api_key:{id}"), settings.photo_day_bytes_api_key),
            By::Resident | By::System => (
                format!("address:{}", network(address)),
                settings.photo_day_bytes,
            ),
        };
        let mut allowance = Self {
            store: desk.store.clone(),
            submitter: desk.tracking.supporter(&format!("photos:{who}")),
            most,
            taken: 0,
            is_free: desk.settings.access.rate_limits == Switch::Off,
        };
        allowance.take_more(whole(bytes)).await?;
        Ok(allowance)
    }

    /// Keeps `bytes` of what was taken and gives the rest back, or takes what is missing.
    ///
    /// # Errors
    /// A 429 problem when so many are not left.
    pub(super) async fn settle(mut self, bytes: i64) -> Result<(), Problem> {
        if bytes > self.taken {
            self.take_more(bytes - self.taken).await?;
        } else if bytes < self.taken {
            let rest = self.taken - bytes;
            photos::give_back_bytes(&self.store, &self.submitter, rest).await?;
        }
        self.taken = 0;
        Ok(())
    }

    async fn take_more(&mut self, bytes: i64) -> Result<(), Problem> {
        if self.is_free {
            return Ok(());
        }
        if photos::reserve(&self.store, &self.submitter, bytes, self.most).await? {
            self.taken += bytes;
            return Ok(());
        }
        let second = Timestamp::now().as_second().rem_euclid(DAY_S);
        let left = u64::try_from(DAY_S - second).unwrap_or(1);
        let most = self.most;
        Err(Problem::too_many(
            format!(
                "the {most} bytes of photos that may be sent a day are used up; try again tomorrow (UTC)"
            ),
            left,
        ))
    }
}

impl Drop for Allowance {
    fn drop(&mut self) {
        if self.taken == 0 {
            return;
        }
        let (store, submitter, taken) = (self.store.clone(), self.submitter.clone(), self.taken);
        actix_rt::spawn(async move {
            if let Err(error) = photos::give_back_bytes(&store, &submitter, taken).await {
                slog_scope::info!("bytes of a day stay taken: {}", error);
            }
        });
    }
}

fn whole(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}
