//! Streams complaints and their events into the tables by binary COPY.

use std::pin::pin;

use jiff::Timestamp;
use redress::domain::status::Status;
use tokio_postgres::Client;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::Type;
use uuid::Uuid;

use super::progress::Progress;
use super::story::{Story, World, id_at};
use crate::Fault;
use crate::dice::Dice;

const COMPLAINTS: &str = include_str!("../../sql/seed_complaints.sql");
const EVENTS: &str = include_str!("../../sql/seed_events.sql");
const DAY: u64 = 24 * 3_600_000;
/// Rows between two reports of progress.
const REPORT: u64 = 5000;

/// An event: when, of which complaint, which step of it.
pub(super) struct Happening {
    at: u64,
    complaint: u32,
    step: u8,
}

/// Writes the complaints.
pub(super) async fn complaints(
    client: &Client,
    world: &World,
    progress: &Progress,
) -> Result<(), Fault> {
    let types = [
        Type::UUID,
        Type::TEXT,
        Type::TEXT,
        Type::TEXT,
        Type::TEXT,
        Type::TEXT,
        Type::TEXT,
        Type::FLOAT8,
        Type::FLOAT8,
        Type::UUID,
        Type::INT8,
        Type::TIMESTAMPTZ,
        Type::TIMESTAMPTZ,
        Type::TIMESTAMPTZ,
        Type::TIMESTAMPTZ,
        Type::TIMESTAMPTZ,
        Type::TIMESTAMPTZ,
        Type::INT2,
        Type::TIMESTAMPTZ,
        Type::INT4,
        Type::TIMESTAMPTZ,
        Type::TIMESTAMPTZ,
    ];
    let mut writer = pin!(BinaryCopyInWriter::new(
        client.copy_in(COMPLAINTS).await?,
        &types
    ));
    for number in 0..world.complaints {
        let mut story = world.story(number);
        let content = story.content();
        let last = story.last();
        let (latitude, longitude) = content.point.unzip();
        let deadline = Deadline::of(&story, world.now);
        writer
            .as_mut()
            .write(&[
                &story.id,
                &World::region(story.region),
                &World::category(story.category),
                &last.status.as_str(),
                &story.severity,
                &content.description,
                &content.address,
                &latitude,
                &longitude,
                &story.assignee,
                &(story.steps.len() as i64),
                &time(story.steps[0].at)?,
                &time(last.at)?,
                &time(last.at)?,
                &deadline.due.map(time).transpose()?,
                &deadline.when_held.map(time).transpose()?,
                &deadline.hold_until.map(time).transpose()?,
                &deadline.escalation,
                &deadline.timer.map(time).transpose()?,
                &content.supporters,
                &story.steps.get(1).map(|step| time(step.at)).transpose()?,
                &story.entered(Status::Resolved).map(time).transpose()?,
            ])
            .await?;
        if (u64::from(number) + 1) % REPORT == 0 {
            progress.add(REPORT, "complaints");
        }
    }
    writer.finish().await?;
    Ok(())
}

/// Everything that happened, in the order of time.
pub(super) fn happenings(world: &World) -> Vec<Happening> {
    let mut all: Vec<Happening> = (0..world.complaints)
        .flat_map(|complaint| {
            let steps = world.story(complaint).steps;
            steps
                .into_iter()
                .zip(0..)
                .map(move |(step, number)| Happening {
                    at: step.at,
                    complaint,
                    step: number,
                })
        })
        .collect();
    all.sort_by_key(|happening| (happening.at, happening.complaint));
    all
}

/// Writes the events, numbered by region; the last number of each region.
///
/// Their payload names the complaint and the step, not the whole complaint as a real one does: nobody
/// replays a year, and three gigabytes more would take their time.
pub(super) async fn events(
    client: &Client,
    world: &World,
    happenings: &[Happening],
    progress: &Progress,
) -> Result<Vec<i64>, Fault> {
    let types = [
        Type::TEXT,
        Type::INT8,
        Type::UUID,
        Type::UUID,
        Type::TEXT,
        Type::TIMESTAMPTZ,
        Type::TEXT,
        Type::TEXT,
        Type::TEXT,
    ];
    let mut writer = pin!(BinaryCopyInWriter::new(
        client.copy_in(EVENTS).await?,
        &types
    ));
    let (mut heads, mut dice) = (vec![0_i64; world.regions], Dice::of(0));
    for (number, happening) in (1_u64..).zip(happenings) {
        let story = world.story(happening.complaint);
        let step = usize::from(happening.step);
        let (before, after) = (
            step.checked_sub(1)
                .map(|before| story.steps[before].status.as_str()),
            story.steps[step].status.as_str(),
        );
        let kind = if step == 0 {
            "complaint.created"
        } else {
            "complaint.status_changed"
        };
        let (event, at) = (id_at(happening.at, &mut dice), time(happening.at)?);
        let payload = payload(event, kind, at, &story, step);
        heads[story.region] += 1;
        writer
            .as_mut()
            .write(&[
                &World::region(story.region),
                &heads[story.region],
                &event,
                &story.id,
                &kind,
                &at,
                &before,
                &after,
                &payload,
            ])
            .await?;
        if number % REPORT == 0 {
            progress.add(REPORT, "events");
        }
    }
    writer.finish().await?;
    Ok(heads)
}

fn payload(event: Uuid, kind: &str, at: Timestamp, story: &Story, step: usize) -> String {
    let (id, status, version) = (story.id, story.steps[step].status, step + 1);
    format!(
        r#"{{"event_id":"{event}","kind":"{kind}","at":"{at}","complaint":{{"id":"{id}","status":"{status}","version":{version}}}}}"#
    )
}

/// The deadline of a complaint and what its desk must look at.
struct Deadline {
    due: Option<u64>,
    when_held: Option<u64>,
    hold_until: Option<u64>,
    escalation: i16,
    timer: Option<u64>,
}

impl Deadline {
    fn of(story: &Story, now: u64) -> Self {
        let created = story.steps[0].at;
        let days = [7, 14, 30, 60][story.category % 4];
        let due = match story.last().status {
            Status::Reported => Some(created + 2 * DAY),
            Status::Acknowledged | Status::InProgress => Some(created + days * DAY),
            Status::OnHold | Status::Resolved | Status::Closed | Status::Rejected => None,
        };
        let is_held = story.last().status == Status::OnHold;
        let hold_until = is_held.then_some(now + DAY + created % (20 * DAY));
        let closes = (story.last().status == Status::Resolved).then(|| story.last().at + 14 * DAY);
        Self {
            due,
            when_held: is_held.then_some(created + days * DAY),
            hold_until,
            escalation: i16::from(due.is_some_and(|due| due <= now)),
            timer: due.filter(|due| *due > now).or(hold_until).or(closes),
        }
    }
}

fn time(milliseconds: u64) -> Result<Timestamp, Fault> {
    Ok(Timestamp::from_millisecond(i64::try_from(milliseconds)?)?)
}
