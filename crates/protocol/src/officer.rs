//! What the officer's phone shows, and keeps for when there is no signal.

use crate::view::{EntranceView, ServiceView, StepView};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The whole state of one officer's phone: sent at once and again whenever something in it changed. With it on the
/// phone, every step after the acceptance works without signal.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct OfficerState {
    pub service: ServiceView,
    pub zone: String,
    pub now: String,
    pub clock_rate: f64,
    /// Log position it was made at; an older state never replaces a newer one.
    pub seq: i32,
    pub officer: String,
    pub name: String,
    pub reference: String,
    /// The unit signed on with, if on shift.
    pub call_sign: Option<String>,
    pub on_shift_since: Option<String>,
    /// Units to sign on with.
    pub units: Vec<UnitChoice>,
    pub offer: Option<OfferView>,
    pub callout: Option<OfficerCallout>,
    /// An officer nearby needs help. It tells; whoever is to come is asked by an offer.
    #[serde(default)]
    pub alert: Option<AlertView>,
}

/// That somebody nearby needs help, for an officer who is not on that call-out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct AlertView {
    pub callout: String,
    pub number: String,
    /// 2 urgent, 3 emergency.
    pub level: u8,
    pub since: String,
    /// Who needs it, by call sign.
    pub who: String,
    pub place: String,
    pub address: String,
    pub hazards: Vec<String>,
    pub lat: f64,
    pub lon: f64,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct UnitChoice {
    pub call_sign: String,
    /// `foot`, `vehicle`, `hot_spot`.
    pub kind: String,
    /// Officers already on it.
    pub taken_by: u32,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct OfferView {
    pub assignment: String,
    pub callout: String,
    pub number: String,
    pub priority: u8,
    /// "Intruder alarm, boiler house"
    pub title: String,
    pub place: String,
    pub estate: String,
    pub address: String,
    pub distance_m: Option<f64>,
    pub travel_s: Option<f64>,
    /// A routing server said so; else it is reckoned from the straight line.
    pub by_road: bool,
    /// `foot`, `vehicle`, `hot_spot`: how the travel time was reckoned.
    pub travel_by: String,
    pub expires_at: String,
    /// Whom to back up, by call sign; none when the officer would lead.
    pub backs_up: Option<String>,
    pub hazards: Vec<String>,
    pub lat: f64,
    pub lon: f64,
}

/// Everything the officer needs on site.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct OfficerCallout {
    pub assignment: String,
    pub callout: String,
    pub number: String,
    pub priority: u8,
    pub title: String,
    pub place: String,
    pub estate: String,
    pub address: String,
    pub lat: f64,
    pub lon: f64,
    pub grid_reference: Option<String>,
    pub plus_code: String,
    pub what3words: Option<String>,
    /// The place in any form as the caller gave it; empty when nobody did.
    pub place_given: String,
    pub hazards: Vec<String>,
    pub access: String,
    pub keys: Vec<String>,
    pub entrances: Vec<EntranceView>,
    /// Floors to walk, from the lowest; none where there is one only or nobody said.
    #[serde(default)]
    pub floors: Vec<i8>,
    /// Drawings to place findings on.
    #[serde(default)]
    pub plans: Vec<crate::found::SitePlanView>,
    pub contacts: Vec<crate::view::ContactView>,
    pub text: String,
    /// `accepted`, `en_route`, `arrived`, `clear`, `stood_down`, `aborted`.
    pub stage: String,
    /// Whom the officer backs up, by call sign; none for the lead.
    pub backs_up: Option<String>,
    /// Whom the officer backs up has withdrawn; control has not said yet who leads on.
    pub lead_withdrew: bool,
    /// Withdrew, and control knows that the officer is safe.
    pub known_safe: bool,
    /// Arrival known by geofence only: the officer must confirm it.
    pub arrival_unconfirmed: bool,
    /// The officer may set off before signing the RAMS.
    pub acknowledge_en_route: bool,
    pub steps: Vec<StepView>,
    /// The frozen procedure: what each step asks and waits for.
    #[serde(default)]
    pub gates: Vec<crate::procedure::GateView>,
    pub rams: Option<RamsView>,
    pub rams_signed: bool,
    pub location_confirmed: bool,
    pub parked: bool,
    pub checklist_title: String,
    pub items: Vec<ItemView>,
    /// The last assessment's decision: `proceed`, `proceed_with_controls`, `external_only`, `wait`, `withdraw`.
    pub assessment: Option<String>,
    /// When it should be made again.
    pub assessment_due_at: Option<String>,
    pub inspected_outside: bool,
    pub inspected_inside: bool,
    pub forced_entry: Option<String>,
    /// The officer has recorded the step that leaves the site.
    pub secured: bool,
    pub report_submitted: bool,
    /// The supervisor's comments when the report came back.
    pub report_returned: Option<String>,
    pub escalation: u8,
    pub stood_down: Option<String>,
    pub check_call_due: Option<String>,
    /// By position the officer has set off and has not said so.
    #[serde(default)]
    pub seems_en_route: bool,
    /// Since when the unit has stood still on the way.
    #[serde(default)]
    pub not_moving_since: Option<String>,
    /// Since when the officer seems to be no longer on the site.
    #[serde(default)]
    pub seems_left_since: Option<String>,
    /// Had arrived before it was stood down: may say what was found.
    #[serde(default)]
    pub was_there: bool,
    pub messages: Vec<MessageView>,
    /// What to put in the report, drafted from the record.
    pub draft: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RamsView {
    pub title: String,
    pub version: u32,
    pub first: String,
    pub hazards: Vec<String>,
    pub controls: Vec<String>,
    pub ppe: Vec<String>,
    pub no_go: Vec<String>,
    pub emergency: String,
    pub minimum_crew: u8,
    pub expired: bool,
    /// The signed document, by its digest, and its name.
    #[serde(default)]
    pub pdf: Option<String>,
    #[serde(default)]
    pub pdf_name: String,
    /// A supervisor answers for it although it has expired.
    #[serde(default)]
    pub allowed: bool,
    /// What this officer signed of these RAMS before, where anything.
    #[serde(default)]
    pub signed: Option<SignedView>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SignedView {
    pub version: u32,
    pub at: String,
    /// The same version, and not long ago: it only has to be confirmed again.
    pub holds: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ItemView {
    pub id: String,
    /// `general`, `outside`, `inside`.
    pub section: String,
    pub text: String,
    /// `heading`, `instruction`, `yes_no`, `choice`, `multi_choice`, `number`, `text`, `photo`, `signature`, `time`,
    /// `scan`, `meter`, `asset`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Options of a choice, or how a part of the place may be.
    pub options: Vec<String>,
    /// Options to choose at least and at most.
    #[serde(default)]
    pub choose_min: u32,
    #[serde(default)]
    pub choose_max: Option<u32>,
    /// Meters or parts of the place it is about.
    #[serde(default)]
    pub assets: Vec<String>,
    /// What the tags of this place say; none: any is taken.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Who is asked to sign.
    #[serde(default)]
    pub role: String,
    /// "Rear, first floor"; empty when the section says enough.
    #[serde(default)]
    pub place: String,
    pub unit: String,
    pub min: Option<f64>,
    pub max: Option<f64>,
    #[serde(default)]
    pub step: Option<f64>,
    /// A number outside of the range is taken and stands out.
    #[serde(default)]
    pub warn: bool,
    #[serde(default)]
    pub text_max: Option<u32>,
    /// Least number of pictures, for `photo`.
    pub pictures_min: u32,
    #[serde(default)]
    pub pictures_max: Option<u32>,
    /// Pictures and a note that must come with an answer, or only with this one.
    #[serde(default)]
    pub evidence_pictures: u32,
    #[serde(default)]
    pub evidence_note: bool,
    #[serde(default)]
    pub evidence_when: Option<String>,
    /// The answer that needs a picture with it.
    pub picture_if: Option<String>,
    pub mandatory: bool,
    pub show_if_item: Option<String>,
    pub show_if_value: Option<String>,
    /// May be answered before the risk assessment.
    pub before_dra: bool,
    pub help: String,
    /// What good looks like, by its digest.
    #[serde(default)]
    pub help_picture: Option<String>,
    /// The answer's own meter or part, and whether it was read by a camera.
    #[serde(default)]
    pub asset: Option<String>,
    #[serde(default)]
    pub scanned: bool,
    pub value: Option<String>,
    pub unable: Option<String>,
    pub note: String,
    pub pictures: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct MessageView {
    pub at: String,
    pub who: String,
    pub text: String,
    pub mine: bool,
    /// Log position: what is read is read up to one.
    pub seq: i32,
    /// `control`, `officer`, `customer`; empty for everybody on the call-out.
    pub to: String,
    /// For this officer, and not read yet.
    pub unread: bool,
    /// For this officer, and no phone of theirs has said that it has it.
    pub undelivered: bool,
    /// When somebody it is for first read one of ours.
    pub read_at: Option<String>,
    pub read_by: String,
}
