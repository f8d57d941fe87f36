//! Which log lines this node writes: read and changed while it runs, by admins.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::asked::Asked;
use super::auth::AdminOnly;
use super::desk::Desk;
use super::problem::{Problem, ProblemBody};
use crate::config::{LogLevel, LogLevels, MODULES_MOST};
use crate::domain::fault::Faults;
use crate::telemetry::log::{counts, levels};

/// Adds the routes of this file, relative to `/api/v1`.
pub fn configure(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/admin/log-level")
            .route(web::get().to(get))
            .route(web::put().to(put)),
    );
}

/// Levels to set: `error`, `warn`, `info`, `debug` or `trace`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLogLevels {
    /// For whatever no module's level is for.
    pub level: String,
    /// By a module's path, such as `redress::feed`: for it and what is below it. Absent: none.
    #[serde(default)]
    pub modules: BTreeMap<String, String>,
}

/// What this node logs.
#[derive(Debug, Serialize, ToSchema)]
pub struct LogLevelsView {
    /// The node: others have levels of their own.
    pub node: String,
    /// For whatever no module's level is for.
    pub level: &'static str,
    /// By a module's path.
    pub modules: BTreeMap<String, &'static str>,
    /// Lines that were dropped since the node started, because they came faster than they are written.
    pub dropped: u64,
}

/// Which log lines this node writes.
#[utoipa::path(get, path = "/api/v1/admin/log-level", tag = "operations", security(("bearer" = [])),
    responses((status = 200, description = "The levels", body = LogLevelsView),
        (status = 401, description = "Not signed in", body = ProblemBody),
        (status = 403, description = "Not an admin", body = ProblemBody)))]
pub async fn get(_admin: AdminOnly, desk: Desk) -> HttpResponse {
    HttpResponse::Ok().json(view(&desk))
}

/// Sets which log lines this node writes, until it ends or they are set again.
#[utoipa::path(put, path = "/api/v1/admin/log-level", tag = "operations", security(("bearer" = [])),
    request_body = NewLogLevels,
    responses((status = 200, description = "The levels", body = LogLevelsView),
        (status = 401, description = "Not signed in", body = ProblemBody),
        (status = 403, description = "Not an admin", body = ProblemBody),
        (status = 422, description = "Something is no level or no module", body = ProblemBody)))]
pub async fn put(
    asked: Asked<AdminOnly, NewLogLevels>,
    desk: Desk,
) -> Result<HttpResponse, Problem> {
    let Asked { who: admin, body } = asked;
    let wanted = body.value.parse()?;
    slog_scope::warn!("the log's levels are {} now, before {}", wanted, levels::present();
        "account" => admin.0.account.to_string());
    levels::set(wanted);
    Ok(HttpResponse::Ok().json(view(&desk)))
}

impl NewLogLevels {
    fn parse(&self) -> Result<LogLevels, Problem> {
        let mut faults = Faults::default();
        let mut level = |field: &str, word: &str| match LogLevel::parse(word) {
            Ok(level) => Some(level),
            Err(message) => {
                faults.add(field, "unknown", message);
                None
            }
        };
        let all = level("level", &self.level);
        let mut modules = BTreeMap::new();
        for (path, word) in &self.modules {
            let level = level("modules", word);
            modules.extend(level.map(|level| (path.clone(), level)));
        }
        for path in self.modules.keys() {
            if let Err(message) = LogLevels::module(path) {
                faults.add("modules", "malformed", message);
            }
        }
        if self.modules.len() > MODULES_MOST {
            let message = format!("at most {MODULES_MOST} modules may have a level");
            faults.add("modules", "too_many", message);
        }
        match all.filter(|_| faults.is_empty()) {
            Some(all) => Ok(LogLevels { all, modules }),
            None => Err(Problem::invalid(faults)),
        }
    }
}

fn view(desk: &Desk) -> LogLevelsView {
    let LogLevels { all, modules } = levels::present();
    let modules = modules.into_iter();
    LogLevelsView {
        node: desk.settings.server.node_name.clone(),
        level: all.as_str(),
        modules: modules
            .map(|(path, level)| (path, level.as_str()))
            .collect(),
        dropped: counts::dropped(),
    }
}
