//! What may share a batch: nothing else may touch a complaint that is erased or held in it.

use std::collections::HashSet;

use uuid::Uuid;

use crate::domain::change::Request;

/// Which complaints a batch touches, and which of them nothing else in it may touch.
#[derive(Default)]
pub(super) struct Alone {
    touched: HashSet<Uuid>,
    reserved: HashSet<Uuid>,
}

impl Alone {
    /// Whether a request may come into the batch, in which it is counted then.
    pub(super) fn admits(&mut self, request: &Request) -> bool {
        if request.touches().any(|it| self.reserved.contains(&it)) {
            return false;
        }
        if request.asks_for_trace() {
            if self.touched.contains(&request.complaint) {
                return false;
            }
            self.reserved.insert(request.complaint);
        }
        self.touched.extend(request.touches());
        true
    }
}
