//! The usual ways: a transaction a complaint over a pool, and one statement a complaint.

use std::time::Duration;

use redress::domain::complaint::Submission;
use redress::domain::event::EventDraft;
use redress::domain::place::Point;
use redress::store::{Session, Store};
use tokio_postgres::types::ToSql;

use crate::complaint::{event, submission};
use crate::measure::{Fault, Load, Run, drive};

const BEGIN: &str = include_str!("../sql/begin.sql");
const TAKE_NUMBER: &str = include_str!("../sql/take_number.sql");
const INSERT_COMPLAINT: &str = include_str!("../sql/insert_complaint.sql");
const INSERT_EVENT: &str = include_str!("../sql/insert_event.sql");
const COMMIT: &str = include_str!("../sql/commit.sql");
const ONE_STATEMENT: &str = include_str!("../sql/one_statement.sql");

/// Five round trips on a pooled connection with prepared statements: BEGIN, number, complaint, event, COMMIT.
pub(crate) async fn transactions(
    variant: &'static str,
    store: &Store,
    load: Load,
    time: Duration,
) -> Result<Run, Fault> {
    let store = store.clone();
    let write = move |number: usize| {
        let store = store.clone();
        async move {
            let session = store.session().await?;
            let submission = submission(number);
            let draft = event(&submission);
            session.run(BEGIN).await?;
            let region = submission.region.as_str();
            let rows = session.query(TAKE_NUMBER, &[&region]).await?;
            let seq: i64 = rows
                .first()
                .ok_or("the region has no counter")?
                .try_get(0)?;
            insert_complaint(&session, &submission, &draft).await?;
            insert_event(&session, seq, &draft).await?;
            session.run(COMMIT).await?;
            Ok(())
        }
    };
    drive(variant, load, time, write).await
}

async fn insert_complaint(
    session: &Session,
    submission: &Submission,
    draft: &EventDraft,
) -> Result<(), Fault> {
    let point = point(submission);
    let values: [&(dyn ToSql + Sync); 8] = [
        &submission.id,
        &submission.region.as_str(),
        &submission.category,
        &submission.severity.as_str(),
        &submission.description,
        &point.0,
        &point.1,
        &draft.at,
    ];
    session.execute(INSERT_COMPLAINT, &values).await?;
    Ok(())
}

async fn insert_event(session: &Session, seq: i64, draft: &EventDraft) -> Result<(), Fault> {
    let (region, complaint) = (draft.complaint.region.as_str(), draft.complaint.id);
    let payload = draft.encode()?;
    let values: [&(dyn ToSql + Sync); 6] = [
        &region,
        &seq,
        &draft.event_id,
        &complaint,
        &draft.at,
        &payload,
    ];
    session.execute(INSERT_EVENT, &values).await?;
    Ok(())
}

/// One prepared statement that writes the same, for a client that is alone.
pub(crate) async fn statements(
    variant: &'static str,
    store: &Store,
    load: Load,
    time: Duration,
) -> Result<Run, Fault> {
    let store = store.clone();
    let write = move |number: usize| {
        let store = store.clone();
        async move {
            let session = store.session().await?;
            let submission = submission(number);
            let draft = event(&submission);
            let point = point(&submission);
            let payload = draft.encode()?;
            let values: [&(dyn ToSql + Sync); 10] = [
                &submission.id,
                &submission.region.as_str(),
                &submission.category,
                &submission.severity.as_str(),
                &submission.description,
                &point.0,
                &point.1,
                &draft.at,
                &draft.event_id,
                &payload,
            ];
            session.execute(ONE_STATEMENT, &values).await?;
            Ok(())
        }
    };
    drive(variant, load, time, write).await
}

fn point(submission: &Submission) -> (Option<f64>, Option<f64>) {
    let point = submission.place.point;
    let latitude = |point: Point| point.latitude;
    (point.map(latitude), point.map(|point| point.longitude))
}
