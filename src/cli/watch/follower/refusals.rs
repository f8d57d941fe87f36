//! What follows when the server refuses a message.

use super::super::message::ClientMessage;
use super::super::subscription::Subscription;
use super::{Action, Follower};

impl Follower {
    pub(super) fn refused(
        &mut self,
        id: Option<u64>,
        code: &str,
        message: &str,
        retryable: bool,
    ) -> Vec<Action> {
        let asked = |region: &Subscription| Some(region.request) == id;
        let region = self.regions.iter().find(|(_, region)| asked(region));
        let region = region.map(|(region, _)| region.clone());
        match (code, region) {
            ("already_subscribed", Some(region)) => {
                let id = self.id();
                let leave = ClientMessage::Unsubscribe {
                    id,
                    region: &region,
                }
                .encode();
                let enter = self.subscribe(&region).into_iter();
                std::iter::once(leave)
                    .chain(enter)
                    .map(Action::Send)
                    .collect()
            }
            ("unrecoverable_position", Some(region)) => self.start_anew(&region),
            // It was lost while this client was away.
            ("forbidden", Some(region)) if self.regions.len() > 1 && self.is_known(&region) => {
                self.unsubscribed(&region, code)
            }
            ("token_expired" | "unauthorized", _) => vec![Action::NewToken],
            ("overloaded" | "rate_limited", _) => vec![
                Action::Notice(format!("the server is busy: {message}")),
                Action::BackOff { slowly: true },
            ],
            (_, _) if retryable => vec![
                Action::Notice(format!("the server failed: {message} ({code})")),
                Action::BackOff { slowly: false },
            ],
            (_, Some(region)) => vec![Action::Stop(format!("{region}: {message} ({code})"))],
            // Not about a subscription: if it matters, the server closes with a code that says so.
            (_, None) => vec![Action::Notice(format!(
                "the server refused a message: {message} ({code})"
            ))],
        }
    }

    /// Whether the server has delivered a region to this client.
    fn is_known(&self, region: &str) -> bool {
        let region = self.regions.get(region);
        region.is_some_and(|region| region.last.is_some())
    }

    /// What lies between is lost and no snapshot is wanted: says so, and goes on from now.
    fn start_anew(&mut self, region: &str) -> Vec<Action> {
        if let Some(state) = self.regions.get_mut(region) {
            state.last = None;
        }
        let notice =
            format!("{region}: cannot go on from that position; events in between are not shown");
        let send = self.subscribe(region).map(Action::Send);
        std::iter::once(Action::Notice(notice))
            .chain(send)
            .collect()
    }
}
