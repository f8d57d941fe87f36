//! The tracking page of one complaint: where it stands and what was written for its reporter. With a script the page
//! follows `/api/v1/tracking/{token}/events` and shows the rest.

use std::fmt::Write;

use actix_web::{HttpRequest, HttpResponse, web};
use jiff::Timestamp;

use super::super::complaints::{find, public_view};
use super::super::desk::Desk;
use super::super::problem::Problem;
use super::super::views::PublicView;
use super::language::Language;
use super::plain::{escaped, framed, notice};
use super::shell::Shell;

/// The page.
pub(super) async fn show(
    request: HttpRequest,
    token: web::Path<String>,
    desk: Desk,
) -> Result<HttpResponse, Problem> {
    let language = Language::of(&request);
    let shell = Shell::new("track", language, &desk.settings.pages);
    match view(&token, &desk).await {
        Ok(view) => Ok(shell.answer(&page(&view, &token, language, &desk))),
        Err(problem) => {
            let name = match problem.kind() {
                "not_found" => "plain.unknown",
                _ => "plain.problem",
            };
            let body = notice("danger", language.text(name));
            let title = language.text("plain.track");
            Ok(shell.refuse(&problem, &framed("/", title, "", &body)))
        }
    }
}

async fn view(token: &str, desk: &Desk) -> Result<PublicView, Problem> {
    let unknown = || Problem::not_found("complaint");
    let id = desk.tracking.complaint(token).ok_or_else(unknown)?;
    let found = find(&desk.store, id).await?;
    Ok(public_view(desk, found).await?)
}

fn page(view: &PublicView, token: &str, language: Language, desk: &Desk) -> String {
    let say = |name: &str| language.text(name);
    let catalogue = desk.catalogue.get();
    let category = catalogue.categories.get(&view.category);
    let category = category.map_or(view.category.as_str(), |found| &found.name);
    let status = say(&format!("status.{}", view.status.as_str()));
    let mut body = format!(
        "<section class=\"card stack\"><p><span class=\"status {}\">{}</span></p><h2>{}</h2><p class=\"words\">{}</p>\
         <p class=\"soft small\">{}: {}<br />{}: {}</p></section>",
        view.status.as_str(),
        escaped(status),
        escaped(category),
        escaped(&view.description),
        escaped(say("plain.reported_at")),
        shown(view.created_at),
        escaped(say("plain.since")),
        shown(view.status_since),
    );
    for comment in &view.comments {
        let (text, at) = (escaped(&comment.text), shown(comment.at));
        let _never = write!(
            body,
            "<article class=\"card stack\"><p class=\"words\">{text}</p><p class=\"soft small\">{at}</p></article>"
        );
    }
    let _never = write!(
        body,
        "<p class=\"soft small keep\">{}</p>",
        escaped(say("plain.keep"))
    );
    let path = format!("/t/{}", escaped(token));
    framed(&path, say("plain.track"), say("plain.track.lead"), &body)
}

/// A time without knowing whose clock it is read by.
fn shown(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}
