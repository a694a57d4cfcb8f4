//! What happened around a call-out beside the log, for the control room.

use crate::media::digest_of_hex;
use crate::state::Hub;
use domain::callout::Callout;
use protocol::outside::{LetterView, LookView, OutsideView};
use store::{Digest, ReportMail, StoreError, TrackingView};

/// Looks in one answer; all are counted.
const VIEWS_MAX: u32 = 100;

pub async fn of(hub: &Hub, callout: &Callout) -> Result<OutsideView, StoreError> {
    let links: Vec<Digest> = callout.tracking.iter().filter_map(|t| digest_of_hex(&t.token_sha256)).collect();
    let views = hub.store.tracking_views_of(&links, VIEWS_MAX).await?;
    let mut opened = 0;
    for link in &links {
        opened += hub.store.tracking_views(link).await?;
    }
    let letters = hub.store.report_mails(callout.id).await?;
    Ok(OutsideView {
        opened: u32::try_from(opened).unwrap_or(u32::MAX),
        views: views.iter().map(|view| look(callout, view)).collect(),
        letters: letters.iter().map(|letter| letter_view(callout, letter)).collect(),
        no_mail: hub.mail.is_none().then(|| "This hub sends no mail.".to_owned()),
    })
}

fn look(callout: &Callout, view: &TrackingView) -> LookView {
    let picture = view.what != "page";
    LookView {
        at: view.at.to_rfc3339(),
        what: match callout.media.get(&view.what).filter(|_| picture) {
            Some(media) => media.caption.clone(),
            None if picture => "a picture".into(),
            None => "the page".into(),
        },
        picture,
        stage: view.stage.clone(),
    }
}

fn letter_view(callout: &Callout, mail: &ReportMail) -> LetterView {
    let kept = callout.reports.iter().find(|r| r.what.version == mail.version);
    LetterView {
        to: mail.role.clone(),
        address: mail.address.clone(),
        version: mail.version,
        addendum: kept.map_or(0, |r| r.what.addendum),
        copy: mail.copy.clone(),
        state: mail.state.name().into(),
        at: mail.done_at.unwrap_or(mail.made_at).to_rfc3339(),
        tries: mail.tries,
        said: mail.said.clone(),
    }
}
