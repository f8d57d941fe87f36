//! The settings of where the data is, for every command that works on it.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::{seconds, secret};

/// Where the data is: an own database, or the private PostgreSQL of the data folder.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Data")]
pub struct DataSettings {
    /// Folder of the private PostgreSQL, the generated secret and demo.json
    #[arg(
        long,
        global = true,
        env = "DATA_DIR",
        default_value = "./data",
        value_name = "FOLDER"
    )]
    pub data_dir: PathBuf,
    /// PostgreSQL to use instead of a private one: postgres://user:password@host/database?sslmode=verify-full
    #[arg(
        long,
        global = true,
        env = "DATABASE_URL",
        value_name = "URL",
        hide_env_values = true,
        value_parser = secret::read
    )]
    pub database_url: Option<String>,
    /// Redis that carries hints between nodes instead of NOTIFY, and counts rate limits of all nodes: redis://host:6379
    #[arg(
        long,
        global = true,
        env = "REDIS_URL",
        value_name = "URL",
        hide_env_values = true,
        value_parser = secret::read
    )]
    pub redis_url: Option<String>,
    /// The schema that holds everything; nothing outside it is touched
    #[arg(
        long,
        global = true,
        env = "DATABASE_SCHEMA",
        default_value = "redress",
        value_name = "NAME"
    )]
    pub database_schema: String,
    /// Most connections of the pool (the commit lanes have their own)
    #[arg(long, global = true, env = "DATABASE_POOL_SIZE", default_value_t = 16, value_name = "N",
          value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub database_pool_size: u32,
    /// How long the database may take to answer before its connection is given up, in seconds
    #[arg(long, global = true, env = "DATABASE_ANSWER_WAIT", default_value = "30", value_name = "SECONDS", value_parser = seconds)]
    pub database_answer_wait: Duration,
}
