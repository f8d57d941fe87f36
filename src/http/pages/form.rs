//! The report page: its plain form, and what that form sends. With a script the page talks to `/api/v1` itself.

use std::fmt::Write;

use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::super::body;
use super::super::client_address::ClientAddress;
use super::super::complaints::store;
use super::super::desk::Desk;
use super::super::problem::Problem;
use super::super::submission::NewComplaint;
use super::language::Language;
use super::plain::{escaped, framed, notice};
use super::shell::Shell;
use crate::domain::account::By;
use crate::domain::complaint::{Idempotency, Receipt};

/// The name of the page.
pub(super) const PAGE: &str = "report";
const FORM: &str = "application/x-www-form-urlencoded";

/// What the plain form sends. Not `Debug`: it holds contact data.
#[derive(Default, Deserialize)]
#[serde(default)]
struct PlainForm {
    /// A number of the form's own: the same form sent twice is one complaint.
    key: String,
    category: String,
    description: String,
    address: String,
    region: String,
    name: String,
    email: String,
    phone: String,
}

/// The page.
pub(super) async fn show(request: HttpRequest, desk: Desk) -> Result<HttpResponse, Problem> {
    let language = Language::of(&request);
    let form = PlainForm {
        key: Uuid::new_v4().to_string(),
        ..PlainForm::default()
    };
    let plain = page(&form, None, language, &desk);
    Ok(Shell::new(PAGE, language, &desk.settings.pages).answer(&plain))
}

/// Stores what the plain form says and leads on to its tracking page; shows the form again with what is at fault.
pub(super) async fn submit(
    request: HttpRequest,
    payload: web::Payload,
    address: ClientAddress,
    desk: Desk,
) -> Result<HttpResponse, Problem> {
    let language = Language::of(&request);
    body::expect_type(&request, FORM)?;
    let bytes = body::read(&request, payload.into_inner(), body::BODY_LIMIT).await?;
    let form = read(&bytes)?;
    match accept(&form, address, &desk).await {
        Ok(receipt) => Ok(HttpResponse::SeeOther()
            .insert_header((LOCATION, format!("/t/{}", desk.tracking.token(receipt.id))))
            .finish()),
        Err(problem) => {
            let plain = page(&form, Some(&problem), language, &desk);
            Ok(Shell::new(PAGE, language, &desk.settings.pages).refuse(&problem, &plain))
        }
    }
}

fn read(bytes: &[u8]) -> Result<PlainForm, Problem> {
    let malformed = |error: String| Problem::malformed(format!("the form: {error}"));
    let text = std::str::from_utf8(bytes).map_err(|error| malformed(error.to_string()))?;
    let form = web::Query::<PlainForm>::from_query(text);
    Ok(form
        .map_err(|error| malformed(error.to_string()))?
        .into_inner())
}

async fn accept(form: &PlainForm, address: ClientAddress, desk: &Desk) -> Result<Receipt, Problem> {
    desk.admit_anonymous(address).await?;
    let complaint: NewComplaint =
        serde_json::from_value(form.complaint()).map_err(Problem::internal)?;
    let asked = complaint.parse(&desk.catalogue.get(), None, form.idempotency())?;
    store(desk, asked.submission, By::Resident).await
}

impl PlainForm {
    /// As the API takes it: what was left empty was not said.
    fn complaint(&self) -> Value {
        let said = |text: &str| (!text.trim().is_empty()).then(|| text.to_owned());
        // The only thing that may not be said of a place is nothing; an address is asked for.
        json!({
            "category": said(&self.category), "description": said(&self.description),
            "address": self.address, "region": said(&self.region),
            "reporter": {"name": said(&self.name), "email": said(&self.email), "phone": said(&self.phone)},
        })
    }

    fn idempotency(&self) -> Option<Idempotency> {
        let key: Uuid = self.key.parse().ok()?;
        Some(Idempotency {
            scope: "form".to_owned(),
            key: key.to_string(),
            body_hash: Sha256::digest(self.complaint().to_string()).to_vec(),
        })
    }
}

/// The whole plain page, with what was wrong with the form before.
fn page(form: &PlainForm, problem: Option<&Problem>, language: Language, desk: &Desk) -> String {
    let say = |name: &str| language.text(name);
    let mut body = String::new();
    if let Some(problem) = problem {
        let kind = format!("plain.problem.{}", problem.kind());
        let text = Some(say(&kind)).filter(|text| !text.is_empty());
        body += &notice("danger", text.unwrap_or_else(|| say("plain.problem")));
    }
    body += "<form method=\"post\" action=\"/\" class=\"card stack\">";
    let field = |name, html| labelled(name, html, problem, language);
    body += &field("category", categories(form, language, desk));
    body += &field("description", area("description", &form.description));
    body += &field("address", input("address", "text", &form.address));
    body += &field("region", regions(form, language, desk));
    let _never = write!(
        body,
        "<p class=\"hint\">{}</p>",
        escaped(say("plain.contact"))
    );
    body += &field("name", input("name", "text", &form.name));
    body += &field("email", input("email", "email", &form.email));
    body += &field("phone", input("phone", "tel", &form.phone));
    let _never = write!(
        body,
        "<button class=\"primary big\">{}</button>\
         <input type=\"hidden\" name=\"key\" value=\"{}\" /></form>",
        escaped(say("plain.send")),
        escaped(&form.key)
    );
    framed("/", say("plain.title"), say("plain.lead"), &body)
}

/// A control below its name, with its fault below it.
fn labelled(name: &str, html: String, problem: Option<&Problem>, language: Language) -> String {
    let label = escaped(language.text(&format!("plain.{name}")));
    let is_named = |field: &str| field.rsplit('.').next() == Some(name);
    let mut faults = problem.map(Problem::faults).unwrap_or_default().iter();
    let fault = match faults.any(|fault| is_named(&fault.field)) {
        true => escaped(language.text(&format!("plain.fault.{name}"))),
        false => String::new(),
    };
    let fault = match fault.is_empty() {
        true => fault,
        false => format!("<p class=\"fault\">{fault}</p>"),
    };
    format!("<div class=\"field\"><label for=\"plain-{name}\">{label}</label>{html}{fault}</div>")
}

fn input(name: &str, kind: &str, value: &str) -> String {
    let value = escaped(value);
    format!("<input id=\"plain-{name}\" name=\"{name}\" type=\"{kind}\" value=\"{value}\" />")
}

fn area(name: &str, value: &str) -> String {
    let value = escaped(value);
    // A line break right behind the tag is not part of the text (HTML § 13.2.6.4.7).
    format!("<textarea id=\"plain-{name}\" name=\"{name}\" rows=\"5\">\n{value}</textarea>")
}

fn categories(form: &PlainForm, language: Language, desk: &Desk) -> String {
    let catalogue = desk.catalogue.get();
    let active = catalogue.categories.values().filter(|it| it.active);
    let options = active.map(|it| (it.id.clone(), it.name.clone()));
    choice("category", &form.category, options, language)
}

fn regions(form: &PlainForm, language: Language, desk: &Desk) -> String {
    let catalogue = desk.catalogue.get();
    let active = catalogue.regions.values().filter(|it| it.active);
    let options = active.map(|it| (it.id.to_string(), it.name.clone()));
    choice("region", &form.region, options, language)
}

fn choice(
    name: &str,
    chosen: &str,
    options: impl Iterator<Item = (String, String)>,
    language: Language,
) -> String {
    let none = escaped(language.text("plain.choose"));
    let mut html =
        format!("<select id=\"plain-{name}\" name=\"{name}\"><option value=\"\">{none}</option>");
    for (id, label) in options {
        let selected = if id == chosen { " selected" } else { "" };
        let (id, label) = (escaped(&id), escaped(&label));
        let _never = write!(html, "<option value=\"{id}\"{selected}>{label}</option>");
    }
    html + "</select>"
}
