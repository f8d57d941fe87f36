//! A page around its script: language, settings, what works without a script, and the headers that keep it safe.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, SET_COOKIE};
use actix_web::{HttpResponse, HttpResponseBuilder};

use super::super::problem::Problem;
use super::assets;
use super::language::Language;
use super::plain::escaped;
use crate::config::PageSettings;

/// What a page is when none was built: the plain form works all the same.
const BARE: &str = include_str!("bare.html");
const HEAD: &str = "<!--redress:head-->";
const PLAIN: &str = "<!--redress:plain-->";
const LANGUAGE: &str = "<html lang=\"en\" dir=\"ltr\">";

/// A page of a language, to be filled.
pub(super) struct Shell<'a> {
    html: String,
    /// Its name in `web/src`.
    page: &'a str,
    language: Language,
    settings: &'a PageSettings,
}

impl<'a> Shell<'a> {
    /// The page of that name.
    pub(super) fn new(page: &'a str, language: Language, settings: &'a PageSettings) -> Self {
        Self {
            page,
            html: assets::html(page).unwrap_or_else(|| BARE.to_owned()),
            language,
            settings,
        }
    }

    /// The page, with what is shown where no script runs.
    pub(super) fn answer(&self, plain: &str) -> HttpResponse {
        self.dress(&mut HttpResponse::Ok()).body(self.filled(plain))
    }

    /// The page as the answer to a request that is refused: with the problem's status.
    pub(super) fn refuse(&self, problem: &Problem, plain: &str) -> HttpResponse {
        self.dress(&mut problem.page()).body(self.filled(plain))
    }

    fn filled(&self, plain: &str) -> String {
        let language = format!(
            "<html lang=\"{}\" dir=\"{}\">",
            self.language.tag(),
            self.language.direction()
        );
        // What comes from people goes in last: it may say anything, such as the name of a place to fill.
        self.html
            .replacen(LANGUAGE, &language, 1)
            .replacen(HEAD, &self.head(), 1)
            .replacen(PLAIN, plain, 1)
    }

    /// What the page is told, and what it will ask for first.
    fn head(&self) -> String {
        let tiles = self.settings.map_tiles.as_ref();
        let tiles = tiles.map_or("", |tiles| tiles.template());
        let credit = self.settings.map_credit.as_deref();
        let texts = assets::texts(self.page, self.language.tag());
        let texts = texts.iter().map(|address| {
            format!(
                "\n    <link rel=\"modulepreload\" href=\"{}\" />",
                escaped(address)
            )
        });
        format!(
            "<meta name=\"redress-map-tiles\" content=\"{}\" />\n    \
             <meta name=\"redress-map-credit\" content=\"{}\" />{}{}",
            escaped(tiles),
            escaped(credit.unwrap_or_default()),
            self.dashboards(),
            texts.collect::<String>()
        )
    }

    /// Where dashboards are: no other page needs to know.
    fn dashboards(&self) -> String {
        let address = self.settings.dashboards.as_ref();
        match address.filter(|_| self.page == "admin") {
            Some(address) => format!(
                "\n    <meta name=\"redress-dashboards\" content=\"{}\" />",
                escaped(address.as_str())
            ),
            None => String::new(),
        }
    }

    fn dress<'r>(&self, response: &'r mut HttpResponseBuilder) -> &'r mut HttpResponseBuilder {
        for (name, value) in FIXED {
            response.insert_header((
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            ));
        }
        response
            .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
            .insert_header((CACHE_CONTROL, "no-cache"))
            .insert_header(("Vary", "Accept-Language, Cookie"))
            .insert_header(("Content-Security-Policy", self.policy()));
        if let Some(cookie) = self.language.cookie() {
            response.insert_header((SET_COOKIE, cookie));
        }
        response
    }

    /// No inline script or style, no `eval`, nothing from elsewhere but map tiles, and no frame around it.
    fn policy(&self) -> String {
        let tiles = self.settings.map_tiles.as_ref();
        let tiles = tiles.map_or(String::new(), |tiles| format!(" {}", tiles.origin()));
        format!(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:{tiles}; \
             connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; \
             form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        )
    }
}

/// Headers of every page. A tracking address is a secret: no other site hears from where somebody came.
const FIXED: [(&str, &str); 4] = [
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("cross-origin-opener-policy", "same-origin"),
    (
        "permissions-policy",
        "geolocation=(self), camera=(self), microphone=(), payment=(), usb=()",
    ),
];
