//! Fills a database with a year of a city: complaints, their events, people, everything consistent, so
//! that a server starts on it as on its own.

mod copy;
mod progress;
mod story;
mod text;

use std::time::Duration;

use clap::Args;
use redress::access::password::Passwords;
use redress::domain::boundary::Boundary;
use redress::domain::catalogue::{CategoryDraft, RegionDraft};
use redress::domain::complaint::Severity;
use redress::domain::credential::Password;
use redress::domain::region::RegionId;
use redress::store::connect::Database;
use redress::store::{Store, catalogue, migrate};
use serde_json::json;
use tokio_postgres::Client;
use uuid::Uuid;

use crate::dice::Dice;
use crate::{Fault, say};
use progress::Progress;
pub(crate) use story::World;
use story::id_at;
pub(crate) use text::{WORDS, word};

const BEGIN: &str = include_str!("../sql/seed_begin.sql");
const INDEXES: &str = include_str!("../sql/seed_indexes.sql");
const ACCOUNT: &str = include_str!("../sql/seed_account.sql");
const HEADS: &str = include_str!("../sql/seed_heads.sql");
const MAKE_WORDS: &str = include_str!("../sql/seed_words.sql");
const VACUUM: &str = include_str!("../sql/seed_vacuum.sql");
const END: &str = include_str!("../sql/seed_end.sql");
const SEEDED: &str = include_str!("../sql/seeded.sql");

/// The password of every account that is made.
pub(crate) const PASSWORD: &str = "a password of load tests";
const OFFICERS: usize = 192;
const CATEGORIES: usize = 16;

/// How much.
#[derive(Args, Clone)]
pub(crate) struct Amount {
    /// Complaints to make, spread over a year
    #[arg(long, default_value_t = 1_000_000)]
    pub(crate) complaints: u32,
    /// Regions in which they lie
    #[arg(long, default_value_t = 16)]
    pub(crate) regions: usize,
}

impl Default for Amount {
    fn default() -> Self {
        Self {
            complaints: 1_000_000,
            regions: 16,
        }
    }
}

/// Where and how much.
#[derive(Args)]
pub(crate) struct Options {
    /// PostgreSQL to fill; the schema must be new or empty
    #[arg(long, env = "DATABASE_URL", value_name = "URL", hide_env_values = true)]
    database_url: String,
    /// The schema
    #[arg(long, default_value = "redress", value_name = "NAME")]
    database_schema: String,
    #[command(flatten)]
    amount: Amount,
}

/// The e-mail address of the admin that is made.
pub(crate) fn admin() -> String {
    "admin@load.example".to_owned()
}

/// The e-mail address of an officer that is made.
pub(crate) fn officer(number: usize) -> String {
    format!("officer-{number:03}@load.example")
}

/// Fills the database of the options.
///
/// # Errors
/// Whatever went wrong.
pub(crate) async fn run(options: &Options) -> Result<(), Fault> {
    let (took, _) = fill(
        &options.database_url,
        &options.database_schema,
        &options.amount,
    )
    .await?;
    say(&format!(
        "\nfilled in {:.0} s. Sign in as {} or {} … with the password: {PASSWORD}",
        took.as_secs_f64(),
        admin(),
        officer(0)
    ));
    Ok(())
}

/// Fills a schema; how long that took, and the world that is in it.
///
/// # Errors
/// Whatever went wrong, also when there are complaints already.
pub(crate) async fn fill(
    url: &str,
    schema: &str,
    amount: &Amount,
) -> Result<(Duration, World), Fault> {
    let database = Database::from_url(url, schema)?;
    migrate::migrate(&database).await?;
    let now = u64::try_from(jiff::Timestamp::now().as_millisecond())?;
    let mut dice = Dice::of(u64::MAX);
    let world = World {
        complaints: amount.complaints,
        regions: amount.regions.max(1),
        categories: CATEGORIES,
        officers: (0..OFFICERS).map(|_| id_at(now, &mut dice)).collect(),
        now,
    };
    let (one, other) = (database.open().await?, database.open().await?);
    let happenings = copy::happenings(&world);
    let rows = u64::from(world.complaints) + happenings.len() as u64;
    // Words and indexes count as much as half of the rows, which is about the time that they take.
    let progress = Progress::of(rows + rows / 2);
    people_and_places(&database, &one, &world).await?;
    if world.complaints == 0 {
        // As a new installation is: statistics of empty tables would mislead the planner.
        return Ok((progress.elapsed(), world));
    }
    for client in [&one, &other] {
        client.batch_execute(BEGIN).await?;
    }
    let indexes = drop_indexes(&one).await?;
    let (written, heads) = futures_util::future::join(
        copy::complaints(&one, &world, &progress),
        copy::events(&other, &world, &happenings, &progress),
    )
    .await;
    written?;
    let regions: Vec<String> = (0..world.regions).map(World::region).collect();
    one.execute(HEADS, &[&regions, &heads?]).await?;
    words(&one, &other, &world, &progress, rows / 6).await?;
    make_indexes([&one, &other], indexes, &progress, rows / 4).await?;
    progress.add(rows / 12, "statistics");
    one.batch_execute(VACUUM).await?;
    one.batch_execute(END).await?;
    progress.add(rows, "done");
    Ok((progress.elapsed(), world))
}

/// The world that is in a schema which was filled before.
///
/// # Errors
/// When it was not.
pub(crate) async fn filled(client: &Client) -> Result<World, Fault> {
    let row = client.query_one(SEEDED, &[]).await?;
    let many = |column: &str| -> Result<i64, Fault> { Ok(row.try_get(column)?) };
    Ok(World {
        complaints: u32::try_from(many("complaints")?)?,
        regions: usize::try_from(many("regions")?)?,
        categories: usize::try_from(many("categories")?)?,
        officers: row.try_get("officers")?,
        now: u64::try_from(many("now")?)?,
    })
}

/// Regions, categories and accounts.
async fn people_and_places(
    database: &Database,
    client: &Client,
    world: &World,
) -> Result<(), Fault> {
    let store = Store::new(database.clone(), 2);
    let region = |number: usize| -> Result<RegionDraft, Fault> {
        let [west, south, east, north] = World::bounds(number);
        let ring = [
            [west, south],
            [east, south],
            [east, north],
            [west, north],
            [west, south],
        ];
        let boundary = Boundary::parse(&json!({"type": "Polygon", "coordinates": [ring]}));
        Ok(RegionDraft {
            id: RegionId::from_stored(&World::region(number)),
            name: format!("Region {number}"),
            boundary: Some(boundary.map_err(|faults| format!("{faults:?}"))?),
        })
    };
    let regions = (0..world.regions)
        .map(region)
        .collect::<Result<Vec<_>, Fault>>()?;
    catalogue::save_regions(&store, &regions).await?;
    let categories: Vec<CategoryDraft> = (0..world.categories)
        .map(|number| CategoryDraft {
            id: World::category(number),
            name: format!("Category {number}"),
            hint: String::new(),
            default_severity: Severity::Medium,
            duplicate_radius_m: None,
            duplicate_days: None,
        })
        .collect();
    catalogue::save_categories(&store, &categories).await?;
    let password = Password::parse(PASSWORD).map_err(|(_, fault)| fault)?;
    let hash = Passwords::new().hash(&password).await?;
    let account = client.prepare(ACCOUNT).await?;
    let none: Vec<String> = Vec::new();
    let admin_id = id_at(world.now, &mut Dice::of(7));
    client
        .execute(&account, &[&admin_id, &admin(), &"admin", &hash, &none])
        .await?;
    for (number, id) in world.officers.iter().enumerate() {
        let regions: Vec<String> = world
            .regions_of(number)
            .into_iter()
            .map(World::region)
            .collect();
        client
            .execute(
                &account,
                &[id, &officer(number), &"officer", &hash, &regions],
            )
            .await?;
    }
    Ok(())
}

/// Drops what can be made again; the statements that make it.
async fn drop_indexes(client: &Client) -> Result<Vec<String>, Fault> {
    let mut made_by = Vec::new();
    for row in client.query(INDEXES, &[]).await? {
        let name: String = row.try_get("name")?;
        client.batch_execute(&format!("DROP INDEX {name}")).await?;
        made_by.push(row.try_get("made_by")?);
    }
    Ok(made_by)
}

/// Makes the words on both connections, in parts so that progress is seen.
async fn words(
    one: &Client,
    other: &Client,
    world: &World,
    progress: &Progress,
    steps: u64,
) -> Result<(), Fault> {
    const PARTS: u32 = 20;
    let border = |part: u32| -> Uuid {
        let number = u64::from(world.complaints) * u64::from(part) / u64::from(PARTS);
        match u32::try_from(number) {
            Ok(number) if part > 0 && number < world.complaints => world.story(number).id,
            _ if part == 0 => Uuid::nil(),
            _ => Uuid::max(),
        }
    };
    for pair in 0..PARTS / 2 {
        let part = async |client: &Client, part: u32| -> Result<(), Fault> {
            client
                .execute(MAKE_WORDS, &[&border(part), &border(part + 1)])
                .await?;
            progress.add(steps / u64::from(PARTS), "words");
            Ok(())
        };
        futures_util::future::try_join(part(one, pair * 2), part(other, pair * 2 + 1)).await?;
    }
    Ok(())
}

/// Makes the indexes on both connections.
async fn make_indexes(
    clients: [&Client; 2],
    statements: Vec<String>,
    progress: &Progress,
    steps: u64,
) -> Result<(), Fault> {
    let each = steps / statements.len().max(1) as u64;
    let waiting = std::cell::RefCell::new(statements);
    let make = async |client: &Client| -> Result<(), Fault> {
        loop {
            let Some(statement) = waiting.borrow_mut().pop() else {
                return Ok(());
            };
            client.batch_execute(&statement).await?;
            progress.add(each, "indexes");
        }
    };
    let [one, other] = clients;
    futures_util::future::try_join(make(one), make(other)).await?;
    Ok(())
}
