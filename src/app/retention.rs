//! Puts together what retention needs: the scheduler with its settings.

use std::sync::Arc;

use actix::ArbiterHandle;

use crate::actors::desks::DesksHandle;
use crate::actors::retention_scheduler::{SchedulerDeps, SchedulerHandle};
use crate::actors::supervise::Supervision;
use crate::config::ServeSettings;
use crate::store::Store;

/// Starts the scheduler.
pub(super) fn start(
    settings: &ServeSettings,
    store: &Store,
    desks: &DesksHandle,
    home: &ArbiterHandle,
    supervision: &Supervision,
) -> SchedulerHandle {
    let deps = SchedulerDeps {
        store: store.clone(),
        desks: desks.clone(),
        settings: Arc::new(settings.retention.clone()),
        supervision: supervision.clone(),
    };
    SchedulerHandle::start(home, deps)
}
