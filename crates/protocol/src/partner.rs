//! What a customer's own system and the hub say to each other. `/openapi.json` describes it; nothing here tells more than
//! the tracking page would.

use crate::track::TrackTime;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// `POST /v1/partner/callouts`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartnerRequest {
    /// The site's reference, as the council's register has it.
    pub site: String,
    pub reason: String,
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    #[serde(default)]
    pub test: bool,
}

/// `POST /v1/partner/callouts/{ref}/cancel`
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartnerCancel {
    pub safe_code: String,
    #[serde(default)]
    pub reason: String,
}

/// `POST /v1/partner/callouts/{ref}/rating`, and what the tracking page sends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartnerRating {
    pub score: u8,
    #[serde(default)]
    pub comment: String,
}

/// `POST /v1/partner/callouts/{ref}/play`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartnerPlay {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// One call-out as its customer's system sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PartnerCallout {
    /// `CO-26-00001`, or `TEST-…`.
    pub callout: String,
    pub id: Uuid,
    /// The site's reference.
    pub site: String,
    pub title: String,
    /// `received`, `finding`, `accepted`, `on_the_way`, `at_site`, `securing`, `left`, `closed`, `stood_down`.
    pub stage: String,
    pub headline: String,
    pub opened_at: String,
    pub times: Vec<TrackTime>,
    /// A wish to cancel waits for the control room's word.
    pub cancel_requested: bool,
    pub rating: Option<u8>,
    /// How the site was left, once it is.
    pub outcome: Option<String>,
    /// Plays by itself; nobody goes there.
    pub test: bool,
    /// The whole hub is a demonstration.
    pub demonstration: bool,
}
