//! Complaints of which somebody waits for news: a reporter who follows one, say.
//!
//! Says that something happened, never what: whoever waits reads the truth. While nothing happens to a
//! complaint, those who wait for it cost nothing but their memory.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::sync::watch;
use uuid::Uuid;

use super::PublishedEvent;

/// Those who wait, by complaint. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Followed(Arc<Mutex<HashMap<Uuid, watch::Sender<()>>>>);

impl Followed {
    /// Begins to wait for news of a complaint.
    pub fn follow(&self, complaint: Uuid) -> News {
        let mut waiting = self.lock();
        let sender = waiting.entry(complaint).or_default();
        News {
            followed: self.clone(),
            complaint,
            changes: sender.subscribe(),
        }
    }

    /// Tells those who wait for the complaints of these events.
    pub(super) fn note(&self, events: &[PublishedEvent]) {
        let waiting = self.lock();
        if waiting.is_empty() {
            return;
        }
        let complaints = events.iter().filter_map(|event| event.sides.as_ref());
        for sides in complaints {
            if let Some(sender) = waiting.get(&sides.complaint()) {
                sender.send_replace(());
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Uuid, watch::Sender<()>>> {
        self.0.lock().unwrap_or_else(|broken| broken.into_inner())
    }
}

/// News of one complaint, until it is dropped.
#[derive(Debug)]
pub struct News {
    followed: Followed,
    complaint: Uuid,
    changes: watch::Receiver<()>,
}

impl News {
    /// Waits until something has happened since this was asked last.
    pub async fn changed(&mut self) {
        if self.changes.changed().await.is_err() {
            // Only a sender that is gone ends the waiting, and it stays as long as somebody waits.
            std::future::pending::<()>().await;
        }
    }
}

impl Drop for News {
    fn drop(&mut self) {
        let mut waiting = self.followed.lock();
        let sender = waiting.get(&self.complaint);
        // This one is counted still.
        if sender.is_some_and(|sender| sender.receiver_count() <= 1) {
            waiting.remove(&self.complaint);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use bytes::Bytes;
    use futures_util::FutureExt;

    use super::*;
    use crate::domain::complaint::Severity;
    use crate::domain::event::{FormerTraits, Sides, Traits};

    fn event(complaint: Uuid) -> PublishedEvent {
        let traits = Traits {
            category: "pothole".into(),
            severity: Severity::Low,
            assignee: None,
        };
        let sides = Sides::new(complaint, traits, FormerTraits::default(), false);
        PublishedEvent {
            seq: 1,
            frame: Bytes::new(),
            sides: Some(Arc::new(sides)),
            committed_at: Instant::now(),
        }
    }

    #[test]
    fn news_come_to_those_who_wait_for_that_complaint_and_nobody_is_kept() {
        let (followed, one, other) = (Followed::default(), Uuid::from_u128(1), Uuid::from_u128(2));
        let (mut first, mut second) = (followed.follow(one), followed.follow(one));
        let mut foreign = followed.follow(other);
        followed.note(&[event(one), event(one)]);
        assert!(first.changed().now_or_never().is_some());
        assert!(first.changed().now_or_never().is_none(), "told once");
        assert!(second.changed().now_or_never().is_some());
        assert!(foreign.changed().now_or_never().is_none());
        drop(first);
        assert_eq!(followed.lock().len(), 2, "the second still waits");
        drop((second, foreign));
        assert!(followed.lock().is_empty());
    }
}
