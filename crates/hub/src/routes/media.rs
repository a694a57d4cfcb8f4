//! Pictures: ask how much is here, send a piece, read one.

use crate::arrivals;
use crate::auth::Signed;
use crate::media::{PICTURE_BYTES_MAX, Piece, Put};
use crate::problem::{Answer, Problem};
use crate::state::Hub;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::callout::Callout;
use domain::command::Role;
use serde::Deserialize;
use std::sync::Arc;

const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");

pub(super) fn checked(sha256: &str) -> Answer<String> {
    if sha256.len() == 64 && sha256.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Ok(sha256.to_ascii_lowercase());
    }
    Err(Problem::bad_request("bad_digest", "A picture is named by the SHA-256 of its bytes in 64 hex digits."))
}

pub(super) fn with_offset(status: StatusCode, offset: u64) -> Response {
    let mut response = status.into_response();
    response.headers_mut().insert(UPLOAD_OFFSET, HeaderValue::from(offset));
    response
}

pub async fn offset(State(hub): State<Arc<Hub>>, _: Signed, Path(sha256): Path<String>) -> Answer<Response> {
    let (media, sha256) = (hub.media.clone(), checked(&sha256)?);
    let (have, _) =
        tokio::task::spawn_blocking(move || media.offset(&sha256)).await.map_err(anyhow::Error::from)?.map_err(disk)?;
    Ok(with_offset(StatusCode::OK, have))
}

pub async fn upload(
    State(hub): State<Arc<Hub>>,
    signed: Signed,
    Path(sha256): Path<String>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Answer<Response> {
    signed.must_be(&[Role::Officer, Role::Operator, Role::Supervisor, Role::Administrator])?;
    let sha256 = checked(&sha256)?;
    let piece = piece(&headers, &bytes)?;
    let (media, name) = (hub.media.clone(), sha256.clone());
    let put = tokio::task::spawn_blocking(move || media.put(&name, piece, &bytes))
        .await
        .map_err(anyhow::Error::from)?
        .map_err(disk)?;
    Ok(match put {
        Put::Complete => {
            arrivals::tell_all(&hub, &sha256).await;
            with_offset(StatusCode::CREATED, piece.total)
        }
        Put::More(offset) => with_offset(StatusCode::ACCEPTED, offset),
        Put::WrongOffset(offset) => with_offset(StatusCode::CONFLICT, offset),
        Put::TooLarge => {
            let title = format!("A picture may have {} MB at most.", PICTURE_BYTES_MAX / 1024 / 1024);
            return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "picture_too_large", title)
                .detail("Make it smaller on the phone and send it again."));
        }
        Put::DigestMismatch => {
            return Err(Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "digest_mismatch",
                "The bytes are not the ones that were named.",
            )
            .detail("Send the picture again from the start."));
        }
        Put::WrongKind => {
            return Err(Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "not_a_picture",
                "The bytes are no JPEG, PNG or WebP picture.",
            ));
        }
    })
}

pub(super) fn disk(error: std::io::Error) -> Problem {
    tracing::error!(%error, "a picture could not be written");
    let full = error.kind() == std::io::ErrorKind::StorageFull;
    let title = if full { "The hub's disk is full." } else { "The hub could not write the picture." };
    Problem::new(StatusCode::INSUFFICIENT_STORAGE, "disk", title).detail("The phone keeps it and tries again.")
}

/// Where a request's bytes belong.
pub(super) fn piece(headers: &HeaderMap, bytes: &Bytes) -> Answer<Piece> {
    match headers.get(header::CONTENT_RANGE) {
        Some(range) => content_range(range.to_str().unwrap_or_default(), bytes.len() as u64).ok_or_else(|| {
            Problem::bad_request(
                "bad_content_range",
                "Content-Range must be “bytes FIRST-LAST/TOTAL” and fit the body.",
            )
        }),
        None => Ok(Piece { from: 0, total: bytes.len() as u64 }),
    }
}

/// `bytes 0-99/1000`, checked against the body's length.
fn content_range(text: &str, length: u64) -> Option<Piece> {
    let (range, total) = text.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let (from, last, total): (u64, u64, u64) =
        (first.trim().parse().ok()?, last.trim().parse().ok()?, total.trim().parse().ok()?);
    (last.checked_sub(from)? + 1 == length && last < total).then_some(Piece { from, total })
}

#[derive(Deserialize)]
pub struct Of {
    callout: Option<String>,
}

pub async fn read(
    State(hub): State<Arc<Hub>>,
    signed: Signed,
    Path(sha256): Path<String>,
    Query(of): Query<Of>,
) -> Answer<Response> {
    let sha256 = checked(&sha256)?;
    if !may_read(&hub, &signed, &sha256, of.callout.as_deref()).await? || !hub.media.is_complete(&sha256) {
        return Err(Problem::not_found("picture"));
    }
    let media = hub.media.clone();
    let (bytes, kind) = tokio::task::spawn_blocking(move || media.read(&sha256))
        .await
        .map_err(anyhow::Error::from)?
        .map_err(|e| anyhow::anyhow!(e))?;
    let caching = (header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=31536000, immutable"));
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static(kind)), caching], bytes).into_response())
}

/// Reading needs a right on a call-out that names the picture.
async fn may_read(hub: &Hub, signed: &Signed, sha256: &str, named: Option<&str>) -> Answer<bool> {
    let world = hub.world();
    let mine = |callout: &Callout| match signed.author.role {
        Role::Operator | Role::Cctv | Role::Supervisor | Role::Administrator => true,
        Role::Officer => signed
            .author
            .officer
            .is_some_and(|o| callout.assignments.iter().any(|a| a.officer == o && a.accepted_at.is_some())),
        Role::Supplier | Role::Customer | Role::Partner | Role::System => false,
    };
    if world.callouts.values().any(|c| c.media.contains_key(sha256) && mine(c)) {
        return Ok(true);
    }
    let Some(named) = named else { return Ok(false) };
    let stored = hub.store.callout_by_ref(named).await?;
    let callout = stored.and_then(|(_, _, state)| serde_json::from_value::<Callout>(state).ok());
    Ok(callout.is_some_and(|c| c.media.contains_key(sha256) && mine(&c)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_content_range_must_fit_its_body() {
        assert_eq!(content_range("bytes 0-99/1000", 100), Some(Piece { from: 0, total: 1000 }));
        assert_eq!(content_range("bytes 0-98/1000", 100), None);
        assert_eq!(content_range("bytes 900-999/1000", 100), Some(Piece { from: 900, total: 1000 }));
        assert_eq!(content_range("bytes 901-1000/1000", 100), None);
        assert_eq!(content_range("bytes 5-4/10", 0), None);
        assert_eq!(content_range("lines 1-2/3", 2), None);
    }
}
