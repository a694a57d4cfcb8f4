//! The pages the hub serves, built from `ui/` and kept inside the program.

use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "../../ui/dist/officer"]
#[allow_missing = true]
struct Officer;

#[derive(RustEmbed)]
#[folder = "../../ui/dist/track"]
#[allow_missing = true]
struct Track;

#[derive(RustEmbed)]
#[folder = "../../ui/dist/write"]
#[allow_missing = true]
struct Write;

const NOT_BUILT: &str = "This program was built without its pages: build ui/ first, then the program.\n";

pub async fn officer() -> Response {
    file(Officer::get("index.html"), "index.html")
}

/// A file of the officer page, or the page itself for an address inside it.
pub async fn officer_file(Path(path): Path<String>) -> Response {
    match Officer::get(&path) {
        Some(found) => file(Some(found), &path),
        None if path.contains('.') => StatusCode::NOT_FOUND.into_response(),
        None => officer().await,
    }
}

pub fn track() -> Response {
    file(Track::get("index.html"), "index.html")
}

pub fn track_file(path: &str) -> Response {
    match Track::get(path) {
        Some(found) => file(Some(found), path),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

pub fn write() -> Response {
    file(Write::get("index.html"), "index.html")
}

pub fn write_file(path: &str) -> Response {
    match Write::get(path) {
        Some(found) => file(Some(found), path),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn file(found: Option<EmbeddedFile>, path: &str) -> Response {
    let Some(found) = found else { return (StatusCode::NOT_FOUND, NOT_BUILT).into_response() };
    // Built files carry a digest in their name; the page and the worker do not and are asked for anew.
    let caching = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind(path))),
        (header::CACHE_CONTROL, HeaderValue::from_static(caching)),
    ];
    (headers, found.data).into_response()
}

fn kind(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}
