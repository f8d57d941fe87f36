//! The server's side of the model: a table, a desk, and a shard's region.

use std::collections::VecDeque;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use actix::dev::EnvelopeProxy;
use actix::dev::channel::{AddressReceiver, channel};
use actix::{Actor, Addr, Context, Handler, Recipient};
use futures_util::{FutureExt, StreamExt};
use uuid::Uuid;

use super::super::Apart;
use super::super::group::Wanted;
use super::super::join::{Admitted, Newcomer};
use super::super::region::Region;
use crate::actors::region_desk::{Republish, next_ones};
use crate::actors::registry::{Publish, PublishedEvent, frame};
use crate::domain::complaint::Severity;
use crate::domain::event::{Event, FormerTraits, Sides, Sighting, Traits};
use crate::domain::region::RegionId;
use crate::telemetry::metrics::Metrics;

/// Events of a page, of a desk's and of a session's.
const PAGE: usize = 3;
/// Bytes of recent events that the shard holds: about five events.
const RECENT_BYTES: usize = 350;
/// One event in so many suits the filter.
const SUITS_EACH: i64 = 3;

static METRICS: LazyLock<Metrics> = LazyLock::new(|| Metrics::new().unwrap());

/// What waits for the shard.
#[derive(Clone)]
enum Mail {
    Publish(Publish),
    Head(i64),
}

/// Takes what shards ask of a desk.
#[derive(Default)]
struct Questions(Vec<i64>);

impl Actor for Questions {
    type Context = Context<Self>;
}

impl Handler<Republish> for Questions {
    type Result = ();

    fn handle(&mut self, Republish { after }: Republish, _: &mut Context<Self>) {
        self.0.push(after);
    }
}

pub(super) struct Server {
    committed: i64,
    /// Everything up to this number was removed.
    floor: i64,
    /// As far as the desk knows.
    desk_floor: i64,
    /// Up to where the desk has published.
    published: i64,
    /// What the desk knows to be committed.
    known: i64,
    mailbox: VecDeque<Mail>,
    shard: Option<Region>,
    /// Whether the shard has heard from the desk since it started.
    knows_desk: bool,
    desk: Arc<Recipient<Republish>>,
    questions: AddressReceiver<Questions>,
}

/// The region.
pub(super) fn north() -> RegionId {
    RegionId::from_stored("north")
}

/// Whether an event suits the filter.
pub(super) fn suits(seq: i64) -> bool {
    seq % SUITS_EACH == 0
}

fn event(seq: i64) -> Event {
    let after = Traits {
        category: "lamp".into(),
        severity: if suits(seq) {
            Severity::High
        } else {
            Severity::Low
        },
        assignee: None,
    };
    let sides = Sides::new(Uuid::nil(), after, FormerTraits::default(), false);
    Event {
        seq,
        step: None,
        payload: r#"{"kind":"x"}"#.into(),
        sighting: Some(Sighting {
            region: north(),
            sides: Arc::new(sides),
            point: None,
            is_open: true,
        }),
    }
}

fn framed(event: Event) -> PublishedEvent {
    PublishedEvent {
        seq: event.seq,
        frame: frame::text(&event.message(&north())),
        sides: event.sides().cloned(),
        committed_at: Instant::now(),
    }
}

impl Server {
    pub(super) fn new() -> Self {
        let (sender, questions) = channel(1);
        Self {
            committed: 0,
            floor: 0,
            desk_floor: 0,
            published: 0,
            known: 0,
            mailbox: VecDeque::new(),
            shard: None,
            knows_desk: false,
            desk: Arc::new(Addr::new(sender).recipient()),
            questions,
        }
    }

    pub(super) fn committed(&self) -> i64 {
        self.committed
    }

    pub(super) fn floor(&self) -> i64 {
        self.floor
    }

    /// A page of the table behind a number.
    pub(super) fn page(&self, after: i64) -> Vec<Event> {
        let rows = after.max(self.floor) + 1..=self.committed;
        rows.take(PAGE).map(event).collect()
    }

    pub(super) fn commit_elsewhere(&mut self, count: i64) {
        self.committed += count;
    }

    pub(super) fn commit_here(&mut self, count: i64) {
        let first = self.committed + 1;
        self.committed += count;
        self.known = self.committed;
        self.advance((first..=self.committed).map(event).collect());
    }

    pub(super) fn head_seen(&mut self, head: i64) {
        self.known = self.known.max(head);
    }

    pub(super) fn poll(&mut self) {
        self.head_seen(self.committed);
        self.mailbox.push_back(Mail::Head(self.committed));
    }

    pub(super) fn desk_reads(&mut self) {
        if self.published >= self.known {
            return;
        }
        self.desk_floor = self.floor;
        if self.floor <= self.published {
            return self.advance(self.page(self.published));
        }
        // What came next is gone: it begins anew, and announces how far it is.
        self.published = self.committed;
        self.known = self.committed;
        self.publish(Vec::new());
    }

    fn advance(&mut self, events: Vec<Event>) {
        if let Some((fresh, last)) = next_ones(self.published, events) {
            self.published = last;
            self.publish(fresh);
        }
    }

    fn publish(&mut self, events: Vec<Event>) {
        self.mailbox.push_back(Mail::Publish(Publish {
            region: north(),
            head: self.published,
            floor: self.desk_floor,
            events: events.into_iter().map(framed).collect(),
            desk: Arc::clone(&self.desk),
        }));
    }

    pub(super) fn desk_answers(&mut self) {
        let Some(Some(mut question)) = self.questions.next().now_or_never() else {
            return;
        };
        let mut asked = Questions::default();
        question.handle(&mut asked, &mut Context::new());
        for after in asked.0 {
            self.desk_floor = self.floor;
            let mut events = self.page(after);
            events.retain(|event| self.floor <= after && event.seq <= self.published);
            if after < self.published {
                self.publish(events);
            }
        }
    }

    pub(super) fn has_mail(&self) -> bool {
        !self.mailbox.is_empty()
    }

    /// Loses mail, but not the first that a shard would have from its desk: see the head of the model.
    pub(super) fn lose(&mut self) {
        if self.knows_desk {
            self.mailbox.pop_front();
        }
    }

    pub(super) fn double(&mut self) {
        if let Some(mail) = self.mailbox.front().cloned() {
            self.mailbox.push_front(mail);
        }
    }

    /// Whether those who watch can be told what comes next.
    #[must_use]
    pub(super) fn deliver(&mut self) -> bool {
        let mail = self.mailbox.pop_front();
        self.knows_desk |= matches!(mail, Some(Mail::Publish(_)));
        match mail {
            Some(Mail::Publish(publish)) => self
                .shard
                .get_or_insert_with(|| Region::before(&publish))
                .take(&publish, RECENT_BYTES),
            Some(Mail::Head(head)) => {
                let shard = self.shard.get_or_insert_with(|| Region::at(head));
                shard.head_polled(head);
                true
            }
            None => true,
        }
    }

    pub(super) fn send_wave(&mut self) {
        if let Some(shard) = &mut self.shard {
            shard.send_wave(&north(), &METRICS.push);
        }
    }

    pub(super) fn send_marks(&mut self) {
        // A wave goes out before anything that tells how far the region is.
        self.send_wave();
        if let Some(shard) = &mut self.shard {
            shard.send_marks(&north(), Duration::ZERO);
        }
    }

    /// How far a ping says that the region is.
    pub(super) fn told(&self, wanted: &Wanted) -> i64 {
        self.shard.as_ref().map_or(0, |shard| shard.told(wanted))
    }

    pub(super) fn admit(&mut self, newcomer: Newcomer<'_>) -> Result<Admitted, Apart> {
        let shard = self.shard.as_mut().ok_or(Apart::Ahead)?;
        shard.admit(&north(), newcomer, &METRICS.push)
    }

    pub(super) fn unwatch(&mut self, session: Uuid, wanted: &Wanted) {
        if let Some(shard) = &mut self.shard {
            shard.unwatch(session, wanted);
        }
    }

    pub(super) fn restart(&mut self) {
        (self.shard, self.knows_desk) = (None, false);
    }

    /// Removes all but the last `count` events, whoever may still need them.
    pub(super) fn retain(&mut self, count: i64) {
        self.floor = self.floor.max(self.committed - count);
    }
}
