//! What happens to a call-out as a whole.

use crate::Instant;
use crate::alarm::{AlarmKind, Priority};
use crate::callout::procedure::ProcedureRef;
use crate::callout::updates::UpdatePolicy;
use crate::documents::{Checklist, Rams};
use crate::geo::Point;
use crate::id::{AlarmId, CallId, CalloutId, IncidentId, SiteId};
use crate::times::CalloutTimes;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Held {
    #[serde(default)]
    pub reason: String,
    pub until: Instant,
}

/// Somebody went back to it with a call-out of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Followed {
    pub by: CalloutId,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CancelRequested {
    #[serde(default)]
    pub reason: String,
    pub duress: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PoliceAwaited {
    #[serde(default)]
    pub reference: String,
}

/// Another alarm of the site, answered by the call-out that is there already.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlarmJoined {
    pub alarm: AlarmId,
    pub kind: AlarmKind,
    pub priority: Priority,
    /// The zone, by its name if it has one.
    pub place: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CalloutCreated {
    pub id: CalloutId,
    /// `CO-26-00001` from the hub, `D2-0007` from a desk on its own.
    pub number: String,
    /// What a desk on its own called it before; people may have said or written that.
    #[serde(default)]
    pub provisional: Option<String>,
    pub incident: IncidentId,
    pub alarm: Option<AlarmId>,
    pub site: Option<SiteId>,
    pub point: Point,
    /// As typed, when it is not a registered site.
    #[serde(default)]
    pub address: String,
    /// What it is about: `intruder`, `hold_up`, `noise_nuisance` …
    pub about: String,
    pub title: String,
    pub priority: Priority,
    #[serde(default)]
    pub text: String,
    pub procedure: ProcedureRef,
    pub rams: Option<Rams>,
    /// Why these RAMS and no others.
    #[serde(default)]
    pub rams_why: String,
    pub checklist: Option<Checklist>,
    /// When what it answers to happened: the alarm, or the asking.
    pub signal_at: Instant,
    /// The call-out that this one goes back to.
    #[serde(default)]
    pub follows: Option<CalloutId>,
    /// The telephone call it comes from.
    #[serde(default)]
    pub call: Option<CallId>,
    /// The place in any form as somebody gave it.
    #[serde(default)]
    pub place: String,
    /// Who is to hear something, and how often: the site's or the service's, as it stood then.
    #[serde(default)]
    pub updates: Option<UpdatePolicy>,
    /// How long things may take, as it stood then; none where the council never set any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<CalloutTimes>,
    /// Asked for by somebody who builds a system against ours: nobody goes there.
    #[serde(default, skip_serializing_if = "is_false")]
    pub test: bool,
    /// Pictures of shared checklist items wait until somebody releases them: the site's word, as it stood then.
    #[serde(default, skip_serializing_if = "is_false")]
    pub pictures_wait: bool,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoodDown {
    #[serde(default)]
    pub reason: String,
    #[serde(default)]
    pub told: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MediaArrived {
    pub sha256: String,
}

/// The customer may see a picture, or no longer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MediaReleased {
    pub sha256: String,
    pub share: bool,
}

/// A version of the report lies beside the log, as it was sent and as it will be shown for good.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReportKept {
    /// Counts every version of the call-out's report, from 1.
    pub version: u32,
    pub of: ReportOf,
    /// Counts additions to the approved report, from 1; 0 for the report itself.
    #[serde(default)]
    pub addendum: u32,
    /// Log position of the submission, approval or note that made it.
    pub of_seq: i64,
    /// SHA-256 of the whole report, and of the one for the customer, who gets none that is not approved.
    pub full: String,
    #[serde(default)]
    pub customer: Option<String>,
}

/// What made a version of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportOf {
    Submitted,
    Approved,
    Addendum,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrackingIssued {
    pub token_sha256: String,
    pub expires_at: Instant,
}
