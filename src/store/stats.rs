//! Statistics: deadlines, and what happened on which day.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};

use super::{Store, StoreError, column};
use crate::domain::figures::DayFigures;
use crate::domain::region::RegionId;

const FIRST_DAY: &str = include_str!("../../sql/queries/stats/first_day.sql");
const DUE: &str = include_str!("../../sql/queries/stats/due.sql");
const OVERDUE: &str = include_str!("../../sql/queries/stats/overdue.sql");
const UNCOUNTED: &str = include_str!("../../sql/queries/stats/uncounted.sql");
const COUNT: &str = include_str!("../../sql/queries/stats/count.sql");
const DAYS: &str = include_str!("../../sql/queries/stats/days.sql");
const DAYS_SINCE: &str = include_str!("../../sql/queries/stats/days_since.sql");

/// By how much the clocks of nodes may differ.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_mins(5);

/// A parameter with its type.
type Typed<'a> = (&'a (dyn ToSql + Sync), Type);

/// Running deadlines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Deadlines {
    /// That have passed.
    pub overdue: i64,
    /// That pass soon.
    pub soon: i64,
}

/// Counts the deadlines of some regions, or of all, that have passed at `now` or pass before `soon`.
///
/// # Errors
/// [`StoreError`].
pub async fn deadlines(
    store: &Store,
    regions: Option<&[RegionId]>,
    now: Timestamp,
    soon: Timestamp,
) -> Result<Deadlines, StoreError> {
    let session = store.session().await?;
    let parameters: [Typed<'_>; 3] = [
        (&slugs(regions), Type::TEXT_ARRAY),
        (&now, Type::TIMESTAMPTZ),
        (&soon, Type::TIMESTAMPTZ),
    ];
    let rows = session.query_planned(DUE, &parameters).await?;
    rows.first().map_or(Ok(Deadlines::default()), |row| {
        Ok(Deadlines {
            overdue: column(row, "overdue")?,
            soon: column(row, "soon")?,
        })
    })
}

/// How many running deadlines have passed at `now`, by region; a region without any is absent.
///
/// # Errors
/// [`StoreError`].
pub async fn overdue(store: &Store, now: Timestamp) -> Result<HashMap<RegionId, i64>, StoreError> {
    let session = store.session().await?;
    let rows = session.query(OVERDUE, &[&now]).await?;
    let count = |row: &Row| {
        let region = RegionId::from_stored(column(row, "region_id")?);
        Ok((region, column(row, "overdue")?))
    };
    rows.iter().map(count).collect()
}

/// What happened in some regions, or in all, on each day (UTC) from `first` to that of `now`. Days
/// before `settled` are over for good: they are counted once and then read.
///
/// # Errors
/// [`StoreError`].
pub async fn days(
    store: &Store,
    regions: Option<&[RegionId]>,
    (first, settled): (Date, Date),
    now: Timestamp,
) -> Result<BTreeMap<Date, DayFigures>, StoreError> {
    let session = store.session().await?;
    let uncounted = session.query(UNCOUNTED, &[&first, &settled]).await?;
    let uncounted: Option<Date> = uncounted
        .first()
        .map_or(Ok(None), |row| column(row, "day"))?;
    if let Some(day) = uncounted {
        session.execute(COUNT, &[&day, &settled]).await?;
    }
    let regions = slugs(regions);
    let mut rows = session.query(DAYS, &[&regions, &first, &settled]).await?;
    let since = settled
        .to_zoned(TimeZone::UTC)
        .map_err(|error| StoreError::Shape(format!("the day {settled}: {error}")))?
        .timestamp();
    // Clocks of nodes differ a little.
    let beyond = now.saturating_add(CLOCKS_DIFFER).unwrap_or(now);
    let parameters: [Typed<'_>; 3] = [
        (&regions, Type::TEXT_ARRAY),
        (&since, Type::TIMESTAMPTZ),
        (&beyond, Type::TIMESTAMPTZ),
    ];
    rows.extend(session.query_planned(DAYS_SINCE, &parameters).await?);
    let mut days = BTreeMap::new();
    for row in &rows {
        count_in(row, days.entry(column(row, "day")?).or_default())?;
    }
    Ok(days)
}

/// Counts the first day before `settled` that has events and was not counted yet; `false` when all were.
///
/// # Errors
/// [`StoreError`].
pub async fn count_next_day(store: &Store, settled: Date) -> Result<bool, StoreError> {
    let session = store.session().await?;
    let first = session.query(FIRST_DAY, &[]).await?;
    let first: Option<Date> = first.first().map_or(Ok(None), |row| column(row, "day"))?;
    let Some(first) = first else {
        return Ok(false);
    };
    let uncounted = session.query(UNCOUNTED, &[&first, &settled]).await?;
    let uncounted: Option<Date> = uncounted
        .first()
        .map_or(Ok(None), |row| column(row, "day"))?;
    let Some((day, next)) = uncounted.and_then(|day| Some((day, day.tomorrow().ok()?))) else {
        return Ok(false);
    };
    session.execute(COUNT, &[&day, &next]).await?;
    Ok(true)
}

/// Counts a region's figures into those of its day.
fn count_in(row: &Row, figures: &mut DayFigures) -> Result<(), StoreError> {
    figures.opened += column::<i64>(row, "opened")?;
    figures.resolved += column::<i64>(row, "resolved")?;
    let steps: Vec<i16> = column(row, "steps")?;
    let acknowledged: Vec<i64> = column(row, "acknowledged")?;
    let settled: Vec<i64> = column(row, "settled")?;
    for ((step, acknowledged), settled) in steps.into_iter().zip(acknowledged).zip(settled) {
        figures.to_acknowledge.add(step, acknowledged);
        figures.to_resolve.add(step, settled);
    }
    Ok(())
}

fn slugs(regions: Option<&[RegionId]>) -> Option<Vec<&str>> {
    regions.map(|regions| regions.iter().map(RegionId::as_str).collect())
}
