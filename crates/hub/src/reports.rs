//! Keeps every version of a report: rendered when it is submitted, approved or added to, stored by digest beside the
//! pictures, named in the log. What was sent can be shown again for good, whatever is added later.

use crate::letters;
use crate::media::hex;
use crate::problem::{Answer, Problem};
use crate::report_model;
use crate::state::Hub;
use anyhow::Context;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use chrono::{TimeDelta, Utc};
use domain::alarm::Alarm;
use domain::callout::Callout;
use domain::event::{EventBody as E, Recorded, ReportOf};
use domain::id::{AggregateKind, CalloutId, Stream};
use report::Version;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;

/// Call-outs that a hub looks at when it starts: what it was about to keep when it was killed is among the newest.
const LOOKED_AT: u32 = 200;
/// An older one from before there were versions stays as it is.
const AGE_MAX: TimeDelta = TimeDelta::days(1);
const RETRY_AFTER: Duration = Duration::from_secs(30);

/// Runs until the hub stops.
pub async fn run(hub: Arc<Hub>) {
    let mut committed = hub.writer.committed();
    let mut waiting = left_over(&hub).await;
    loop {
        for callout in std::mem::take(&mut waiting) {
            tokio::select! {
                kept = keep_all(&hub, callout) => if let Err(error) = kept {
                    tracing::error!(error = format!("{error:#}"), "a report could not be kept; it is tried again");
                    waiting.push(callout);
                },
                () = hub.stopping.cancelled() => return,
            }
        }
        let batch = tokio::select! {
            batch = committed.recv() => batch,
            () = tokio::time::sleep(RETRY_AFTER), if !waiting.is_empty() => continue,
            () = hub.stopping.cancelled() => return,
        };
        match batch {
            Ok(batch) => {
                waiting.extend(batch.recorded.iter().filter(|e| makes_a_version(e)).map(|e| CalloutId(e.stream.id)))
            }
            Err(RecvError::Lagged(_)) => waiting = left_over(&hub).await,
            Err(RecvError::Closed) => return,
        }
        waiting.dedup();
    }
}

/// A note makes one only after the end; whether it did is looked at then.
fn makes_a_version(event: &Recorded) -> bool {
    matches!(&event.body, E::ReportSubmitted(_) | E::NoteAdded(_))
        || matches!(&event.body, E::ReportReviewed(review) if review.approve)
}

async fn left_over(hub: &Hub) -> Vec<CalloutId> {
    let rows = match hub.store.callouts(false, None, LOOKED_AT).await {
        Ok(rows) => rows,
        Err(error) => {
            tracing::error!(%error, "whether reports are still to be kept could not be read");
            return vec![];
        }
    };
    let now = hub.clock.now();
    let callouts = rows.into_iter().filter_map(|state| serde_json::from_value::<Callout>(state).ok());
    let young = |c: &Callout| c.report.as_ref().is_some_and(|r| now - r.recorded_at < AGE_MAX);
    callouts.filter(|c| young(c) && !c.reports_due().is_empty()).map(|c| c.id).collect()
}

async fn keep_all(hub: &Arc<Hub>, id: CalloutId) -> anyhow::Result<()> {
    let due = read(hub, id).await?.reports_due();
    for (of, of_seq) in due {
        let callout = read(hub, id).await?;
        let full = keep(hub, &callout, Version::Full).await?;
        let customer = match of {
            ReportOf::Submitted => None,
            ReportOf::Approved | ReportOf::Addendum => Some(keep(hub, &callout, Version::Customer).await?),
        };
        let body = json!({ "of": of, "of_seq": of_seq, "full": full, "customer": customer });
        let answer = hub.act("report.keep", id.to_string(), body).await?;
        if let Some(refusal) = answer.refusal {
            anyhow::bail!("{refusal}");
        }
        let callout = read(hub, id).await?;
        if let Some(kept) = callout.reports.iter().find(|r| (r.what.of, r.what.of_seq) == (of, of_seq)) {
            letters::queue(hub, &callout, &kept.what).await?;
        }
    }
    Ok(())
}

async fn read(hub: &Hub, id: CalloutId) -> anyhow::Result<Callout> {
    let (_, state) = hub.store.aggregate(Stream::new(AggregateKind::Callout, id)).await?.context("no such call-out")?;
    Ok(serde_json::from_value(state)?)
}

/// Renders a version as the record stands, and keeps it. Answers its digest.
async fn keep(hub: &Arc<Hub>, callout: &Callout, version: Version) -> anyhow::Result<String> {
    let bytes = render(hub, callout, version).await?;
    let sha256 = Sha256::digest(&bytes);
    let name = hex(&sha256);
    let path = hub.media.path(&name);
    let digest: [u8; 32] = sha256.into();
    let length = bytes.len() as i64;
    tokio::task::spawn_blocking(move || write(&path, &bytes)).await??;
    let now = Utc::now();
    hub.store.begin_media(&digest, length, "application/pdf", now).await?;
    hub.store.media_complete(&digest, now).await?;
    Ok(name)
}

/// Whole or not at all.
fn write(path: &std::path::Path, bytes: &[u8]) -> anyhow::Result<()> {
    if path.is_file() {
        return Ok(());
    }
    store::private::directory(path.parent().context("a digest lies in a folder")?)?;
    let draft = path.with_extension("draft");
    let mut file = store::private::file(&draft)?;
    file.set_len(0)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&draft, path)?;
    Ok(())
}

/// The report as the record stands now, for whom.
pub async fn render(hub: &Arc<Hub>, callout: &Callout, version: Version) -> anyhow::Result<Vec<u8>> {
    let alarm = match callout.alarm {
        Some(id) => hub.store.aggregate(Stream::new(AggregateKind::Alarm, id)).await?,
        None => None,
    };
    let alarm: Option<Alarm> = alarm.map(|(_, state)| serde_json::from_value(state)).transpose()?;
    let events = hub.store.events_of(Stream::new(AggregateKind::Callout, callout.id)).await?;
    let (hub, callout) = (hub.clone(), callout.clone());
    tokio::task::spawn_blocking(move || {
        let report = report_model::made_for(&hub, &callout, alarm.as_ref(), &events, version);
        report::render(&report)
    })
    .await?
    .map_err(|e| anyhow::anyhow!("the report could not be rendered: {e}"))
}

/// A version that was kept: this one, or the newest there is for the customer.
pub async fn kept(hub: &Hub, callout: &Callout, version: Option<u32>, customer: bool) -> Answer<Response> {
    let mut newest = callout.reports.iter().rev().map(|r| &r.what);
    let wanted = newest.find(|r| match version {
        Some(version) => r.version == version,
        None => r.customer.is_some(),
    });
    let wanted = wanted.ok_or_else(|| Problem::not_found("version of the report"))?;
    let sha256 = match customer {
        true => wanted.customer.clone().ok_or_else(|| Problem::not_found("version for the customer"))?,
        false => wanted.full.clone(),
    };
    let (media, name) = (hub.media.clone(), format!("{}-v{}.pdf", callout.number, wanted.version));
    let read = tokio::task::spawn_blocking(move || media.read(&sha256)).await.map_err(anyhow::Error::from)?;
    let (bytes, _) = read.context("a kept report cannot be read")?;
    Ok(answer(bytes, &name)?)
}

pub fn answer(pdf: Vec<u8>, name: &str) -> anyhow::Result<Response> {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/pdf")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_str(&format!("inline; filename=\"{name}\""))?),
    ];
    Ok((headers, pdf).into_response())
}
