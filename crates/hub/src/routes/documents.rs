//! Documents officers are given: the signed PDF of RAMS, site plans, and pictures of what good looks like. Named by their
//! digest, put by supervisors, read by the control room and by officers.

use super::media::{checked, disk, piece, with_offset};
use crate::auth::Signed;
use crate::media::{DOCUMENT_BYTES_MAX, Put};
use crate::problem::{Answer, Problem};
use crate::state::Hub;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::World;
use domain::callout::Callout;
use domain::command::Role;
use domain::documents::{Checklist, Item, Rams};
use domain::site::Site;
use std::sync::Arc;

pub async fn upload(
    State(hub): State<Arc<Hub>>,
    signed: Signed,
    Path(sha256): Path<String>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Answer<Response> {
    signed.must_be(&[Role::Supervisor, Role::Administrator])?;
    let sha256 = checked(&sha256)?;
    let piece = piece(&headers, &bytes)?;
    let media = hub.media.clone();
    let put = tokio::task::spawn_blocking(move || media.put_document(&sha256, piece, &bytes))
        .await
        .map_err(anyhow::Error::from)?
        .map_err(disk)?;
    let unfit =
        |code, title: String, detail| Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, title).detail(detail));
    match put {
        Put::Complete => Ok(with_offset(StatusCode::CREATED, piece.total)),
        Put::More(offset) => Ok(with_offset(StatusCode::ACCEPTED, offset)),
        Put::WrongOffset(offset) => Ok(with_offset(StatusCode::CONFLICT, offset)),
        Put::TooLarge => {
            let title = format!("A document may have {} MB at most.", DOCUMENT_BYTES_MAX / 1024 / 1024);
            Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "document_too_large", title)
                .detail("Scan it in grey or at a lower resolution and send it again."))
        }
        Put::DigestMismatch => {
            unfit("digest_mismatch", "The bytes are not the ones that were named.".into(), "Send the document again.")
        }
        Put::WrongKind => {
            unfit("not_a_pdf", "The bytes are no PDF.".into(), "Save or print the document as a PDF and send that.")
        }
    }
}

/// A document that a register entry or a call-out names, for the control room and for officers.
pub async fn read(State(hub): State<Arc<Hub>>, signed: Signed, Path(sha256): Path<String>) -> Answer<Response> {
    signed.must_be(&[Role::Operator, Role::Cctv, Role::Supervisor, Role::Administrator, Role::Officer])?;
    // Phones ask for a name a person can save.
    let sha256 = checked(sha256.strip_suffix(".pdf").unwrap_or(&sha256))?;
    let Some(name) = named(&hub.world(), &sha256).filter(|_| hub.media.is_complete(&sha256)) else {
        return Err(Problem::not_found("document"));
    };
    let media = hub.media.clone();
    let (bytes, kind) =
        tokio::task::spawn_blocking(move || media.read(&sha256)).await.map_err(anyhow::Error::from)?.map_err(disk)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=31536000, immutable")),
        (header::CONTENT_DISPOSITION, inline(&name)),
    ];
    Ok((headers, bytes).into_response())
}

/// Its name for a file, when anything names the digest.
fn named(world: &World, sha256: &str) -> Option<String> {
    let same = |known: &str| known.eq_ignore_ascii_case(sha256);
    let pdf = |rams: &Rams| {
        let pdf = rams.pdf.as_ref().filter(|pdf| same(&pdf.sha256))?;
        Some(if pdf.name.is_empty() { format!("{}.pdf", rams.reference) } else { pdf.name.clone() })
    };
    let shows = |items: &[Item]| items.iter().any(|i| i.help_picture.as_deref().is_some_and(same));
    let hint = |list: &Checklist| {
        let drafted = list.draft.as_ref().is_some_and(|draft| shows(&draft.items));
        // A supervisor looks at what a customer proposes before approving it.
        let proposal = list.writing.as_ref().and_then(|writing| writing.proposal.as_ref());
        let proposed = proposal.is_some_and(|proposal| shows(&proposal.items));
        (drafted || proposed || shows(&list.items)).then(|| "what-good-looks-like".to_owned())
    };
    let frozen =
        |callout: &Callout| callout.rams.as_ref().and_then(pdf).or_else(|| callout.checklist.as_ref().and_then(hint));
    let rams = world.rams.values().find_map(|rams| pdf(rams));
    let plan = |site: &Site| site.plans.iter().any(|plan| same(&plan.sha256)).then(|| "site-plan".to_owned());
    // What a pin was set on is shown with it, also when the site has another plan by now.
    let pinned = |callout: &Callout| callout.has_pin_on(sha256).then(|| "site-plan".to_owned());
    rams.or_else(|| world.sites.values().find_map(|site| plan(site)))
        .or_else(|| world.checklists.values().find_map(|list| hint(list)))
        .or_else(|| world.callouts.values().find_map(|callout| frozen(callout).or_else(|| pinned(callout))))
}

/// A header takes plain letters only.
fn inline(name: &str) -> HeaderValue {
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | ' ') { c } else { '_' })
        .take(120)
        .collect();
    HeaderValue::from_str(&format!("inline; filename=\"{plain}\"")).unwrap_or(HeaderValue::from_static("inline"))
}
