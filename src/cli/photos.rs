//! `redress photos …`: what lies in the photo store and in no row, or the other way round.

use std::io::{self, Write};
use std::time::Duration;

use clap::Subcommand;
use thiserror::Error;

use crate::config::{ConfigError, DataSettings, PhotoStoreSettings, S3Access, seconds_or_none};
use crate::media::blobs::{BlobError, Blobs};
use crate::media::sweep::{Ages, LISTED, Sweep, SweepError};
use crate::retention::{RetentionError, policy};
use crate::store::Store;

/// What to do with photos.
#[derive(Debug, Clone, Subcommand)]
pub enum PhotosCommand {
    /// Remove blobs without a photo and have photos fail whose pictures are gone
    ///
    /// Servers remove what crashes left by themselves, four times a day. This does so at once, and
    /// also sees to photos whose pictures are gone: a running server tells them as failed. Look with
    /// --dry-run first: a wrong --photo-store looks as if all pictures were gone.
    Sweep {
        /// Only tell what would be done
        #[arg(long)]
        dry_run: bool,
        /// Leave alone what is younger, in seconds: uploads may be under way. By default as long as the retention
        /// policy says
        #[arg(long, value_name = "SECONDS", value_parser = seconds_or_none)]
        older_than: Option<Duration>,
        /// Where the photos are.
        #[command(flatten)]
        store: PhotoStoreSettings,
    },
}

/// Why a sweep failed.
#[derive(Debug, Error)]
pub enum PhotosFailure {
    /// A setting cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The photo store cannot be used as it is set.
    #[error(transparent)]
    Blobs(#[from] BlobError),
    /// The retention policy, which says how old what goes must be.
    #[error(transparent)]
    Policy(#[from] RetentionError),
    /// The sweep ended early.
    #[error(transparent)]
    Sweep(#[from] SweepError),
    /// Standard output failed.
    #[error("cannot write standard output: {0}")]
    Output(#[from] io::Error),
}

/// Runs a command on the photos and prints what it found.
///
/// # Errors
/// [`PhotosFailure`].
pub async fn run(
    command: PhotosCommand,
    data: &DataSettings,
    store: &Store,
) -> Result<(), PhotosFailure> {
    let PhotosCommand::Sweep {
        dry_run,
        older_than,
        store: settings,
    } = command;
    let place = settings.place(&data.data_dir)?;
    let blobs = Blobs::new(
        place,
        &S3Access::from_environment()?,
        settings.photo_store_wait,
    )?;
    let ages = match older_than {
        Some(age) => Ages {
            pictures: age,
            uploads: age,
        },
        None => policy(store).await?.1.kept.into(),
    };
    let sweep = Sweep {
        ages,
        listed: older_than.unwrap_or(LISTED),
        dry: dry_run,
        fails_rows: true,
    };
    let swept = sweep.run(store, &blobs).await?;
    let mut out = io::stdout().lock();
    writeln!(out, "store\t{}", blobs.described())?;
    writeln!(out, "pictures\t{}", swept.pictures)?;
    writeln!(out, "uploads\t{}", swept.uploads)?;
    writeln!(out, "bytes\t{}", swept.bytes)?;
    writeln!(out, "rows\t{}", swept.rows)?;
    if dry_run {
        writeln!(out, "nothing was changed: this was a dry run")?;
    }
    Ok(())
}
