//! How many reporters may follow their complaints on a node: apart from the sockets of officers, so that
//! neither keeps the other out.

use std::net::IpAddr;
use std::sync::Arc;

use super::{Admission, Refused, give_back};
use crate::access::throttle::network;

/// A reporter's place; given back when dropped.
pub struct ReporterPlace {
    admission: Arc<Admission>,
    network: IpAddr,
}

impl Admission {
    /// Takes a place for a reporter who follows a complaint from `address`.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn admit_reporter(self: &Arc<Self>, address: IpAddr) -> Result<ReporterPlace, Refused> {
        let network = network(address);
        match self.take_reporter(network) {
            Ok(()) => Ok(ReporterPlace {
                admission: Arc::clone(self),
                network,
            }),
            Err(refused) => Err(self.counted(refused)),
        }
    }

    fn take_reporter(&self, network: IpAddr) -> Result<(), Refused> {
        let mut taken = self.lock();
        if taken.reporters >= self.settings.max_tracking_streams {
            return Err(Refused::Reporters);
        }
        self.may_open(&mut taken, network)?;
        taken.reporters += 1;
        *taken.by_address.entry(network).or_default() += 1;
        let following = &self.metrics.push.reporters_following;
        following.set(i64::from(taken.reporters));
        Ok(())
    }
}

impl Drop for ReporterPlace {
    fn drop(&mut self) {
        let mut taken = self.admission.lock();
        taken.reporters = taken.reporters.saturating_sub(1);
        give_back(&mut taken.by_address, self.network);
        let following = &self.admission.metrics.push.reporters_following;
        following.set(i64::from(taken.reporters));
    }
}
