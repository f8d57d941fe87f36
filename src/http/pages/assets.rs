//! The built files of the pages, as they were compressed when they were built.

use std::collections::BTreeMap;

use actix_web::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use actix_web::{HttpRequest, HttpResponse, web};
use rust_embed::{EmbeddedFile, RustEmbed};
use serde::Deserialize;

use super::super::problem::Problem;

/// What `make pages` built.
#[derive(RustEmbed)]
#[folder = "web/dist"]
struct Built;

/// A built file, as Vite's manifest lists it.
#[derive(Deserialize)]
struct Chunk {
    file: String,
}

/// For files whose names tell their content.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// For files that keep their names: they are asked for again, and mostly not sent again.
const ASK_AGAIN: &str = "no-cache";
/// What a file may be compressed as, the best first.
const ENCODINGS: [(&str, &str); 2] = [("br", "br"), ("gzip", "gz")];

/// The HTML of a page as it was built, if it was.
pub(super) fn html(name: &str) -> Option<String> {
    let file = Built::get(&format!("{name}.html"))?;
    String::from_utf8(file.data.into_owned()).ok()
}

/// Where the texts of a page in a language are: a browser that hears it with the page need not wait for a script to say it.
pub(super) fn texts(page: &str, language: &str) -> Vec<String> {
    let manifest = Built::get("pages.json").map(|file| file.data);
    let chunks: BTreeMap<String, Chunk> = manifest
        .and_then(|json| serde_json::from_slice(&json).ok())
        .unwrap_or_default();
    ["shared", page]
        .iter()
        .filter_map(|name| chunks.get(&format!("src/messages/{language}/{name}.json")))
        .map(|chunk| format!("/{}", chunk.file))
        .collect()
}

/// A script, style or picture with its content's hash in its name.
pub(super) async fn hashed(
    request: HttpRequest,
    file: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    serve(&request, &format!("assets/{file}"), FOR_EVER)
}

/// A file with a name of its own.
pub(super) async fn named(
    request: HttpRequest,
    file: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    serve(&request, &file, ASK_AGAIN)
}

fn serve(request: &HttpRequest, path: &str, caching: &str) -> Result<HttpResponse, Problem> {
    let (Some(plain), Some(kind)) = (Built::get(path), content_type(path)) else {
        return Err(Problem::not_found("page"));
    };
    let tag = tag(&plain);
    let is_known = header(request, IF_NONE_MATCH.as_str()).contains(&tag);
    let mut response = match is_known {
        true => HttpResponse::NotModified(),
        false => HttpResponse::Ok(),
    };
    response
        .insert_header((CACHE_CONTROL, caching))
        .insert_header((VARY, "Accept-Encoding"))
        .insert_header((ETAG, tag))
        .insert_header(("X-Content-Type-Options", "nosniff"));
    if is_known {
        return Ok(response.finish());
    }
    response.insert_header((CONTENT_TYPE, kind));
    if let Some((encoding, file)) = compressed(request, path) {
        response.insert_header((CONTENT_ENCODING, encoding));
        return Ok(response.body(file.data.into_owned()));
    }
    Ok(response.body(plain.data.into_owned()))
}

/// The file as the client can read it with fewer bytes.
fn compressed(request: &HttpRequest, path: &str) -> Option<(&'static str, EmbeddedFile)> {
    let accepted = header(request, ACCEPT_ENCODING.as_str());
    let takes = |encoding: &str| {
        let mut named = accepted.split(',').map(str::trim);
        named.any(|word| word == encoding)
    };
    ENCODINGS
        .into_iter()
        .filter(|(encoding, _)| takes(encoding))
        .find_map(|(encoding, ending)| Some((encoding, Built::get(&format!("{path}.{ending}"))?)))
}

/// A header of a request; empty when there is none that can be read.
pub(super) fn header<'a>(request: &'a HttpRequest, name: &str) -> &'a str {
    let value = request.headers().get(name);
    value.and_then(|it| it.to_str().ok()).unwrap_or_default()
}

fn tag(file: &EmbeddedFile) -> String {
    let hash = file.metadata.sha256_hash();
    let digits = hash.iter().take(8).map(|byte| format!("{byte:02x}"));
    format!("\"{}\"", digits.collect::<String>())
}

/// Only what a page is made of is served.
fn content_type(path: &str) -> Option<&'static str> {
    match path.rsplit_once('.')?.1 {
        "js" => Some("text/javascript; charset=utf-8"),
        "css" => Some("text/css; charset=utf-8"),
        "svg" => Some("image/svg+xml"),
        "png" => Some("image/png"),
        "json" => Some("application/json"),
        "txt" => Some("text/plain; charset=utf-8"),
        "webmanifest" => Some("application/manifest+json"),
        _ => None,
    }
}
