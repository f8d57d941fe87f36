//! The pages for people: their HTML, their scripts and styles, and what works without a script.
//!
//! `web/` is where they are written; `make pages` builds them into `web/dist`, which is embedded in the program (in
//! debug builds it is read from there). Without them a bare page with the plain form is served, and says so.

mod assets;
mod form;
mod language;
mod plain;
pub mod session;
mod shell;
mod track;

use actix_web::middleware::Compress;
use actix_web::{HttpRequest, HttpResponse, Route, guard, web};

use self::language::Language;
use self::shell::Shell;
use super::problem::Problem;
use crate::config::ServeSettings;

/// Adds the pages, at the root.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/")
                .wrap(Compress::default())
                .route(read().to(form::show))
                .route(web::post().to(form::submit)),
        )
        .service(
            web::resource("/board")
                .wrap(Compress::default())
                .route(read().to(board)),
        )
        .service(
            web::resource("/admin")
                .wrap(Compress::default())
                .route(read().to(admin)),
        )
        .service(
            web::resource("/t/{token}")
                .wrap(Compress::default())
                .route(read().to(track::show)),
        )
        .service(web::resource("/assets/{file}").route(read().to(assets::hashed)));
}

/// Adds the files that lie at the root under their own names, such as the icon. Last: their path is a pattern.
pub fn configure_files(config: &mut web::ServiceConfig) {
    let path = "/{file:[a-z0-9-]+\\.(js|svg|png|txt|webmanifest)}";
    config.service(web::resource(path).route(read().to(assets::named)));
}

/// A route for GET, and for HEAD, whose answer is the same without its body: link checkers and monitors ask so.
fn read() -> Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

/// Whether the program has its pages; without them it serves a bare one that says so.
pub fn are_built() -> bool {
    assets::html(form::PAGE).is_some()
}

/// The officers' board.
async fn board(
    request: HttpRequest,
    settings: web::Data<ServeSettings>,
) -> Result<HttpResponse, Problem> {
    let language = Language::of(&request);
    Ok(Shell::new("board", language, &settings.pages).answer(""))
}

/// The administrators' page.
async fn admin(
    request: HttpRequest,
    settings: web::Data<ServeSettings>,
) -> Result<HttpResponse, Problem> {
    let language = Language::of(&request);
    Ok(Shell::new("admin", language, &settings.pages).answer(""))
}
