//! The thread of a call-out as control room and officers see it, the ladder of contacts, and what wants somebody.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ThreadMessage {
    /// Log position: what is read is read up to one.
    pub seq: i32,
    pub at: String,
    /// "Control room", "RSP-1", "Customer".
    pub who: String,
    /// `control`, `officer`, `customer`; empty for control room and officers.
    pub to: String,
    pub text: String,
    pub pictures: Vec<String>,
    /// From the side that looks at it.
    pub mine: bool,
    /// For the side that looks at it, and not read there yet.
    pub unread: bool,
    /// The customer sees it.
    pub share: bool,
    /// Not yet confirmed by the hub.
    pub pending: bool,
    /// Everybody it is for.
    pub receipts: Vec<Receipt>,
}

/// Whether a message has reached somebody, and was read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Receipt {
    pub who: String,
    pub delivered_at: Option<String>,
    pub read_at: Option<String>,
}

/// One of the site's contacts, in the order they are rung.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RungView {
    pub contact: String,
    pub role: String,
    pub name: String,
    pub telephone: String,
    /// Newest first.
    pub tries: Vec<TryView>,
    /// When ringing again makes sense.
    pub again_at: Option<String>,
    /// The one to ring now.
    pub next: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct TryView {
    pub at: String,
    /// `answered`, `no_reply`, `left_message`, `wrong_number`.
    pub outcome: String,
    pub note: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct LadderView {
    pub rungs: Vec<RungView>,
    /// All were tried and nobody answered, since when.
    pub nobody_since: Option<String>,
    /// What was decided when nobody answered the last time.
    pub settled: Option<String>,
}

/// What wants a person at the desk beside the one next thing. The page counts the minutes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct AttentionView {
    /// `customer_message`, `contacts`, `customer_update`, `news`, `planned_update`.
    pub kind: String,
    pub text: String,
    pub since: String,
    pub times: u32,
}

/// One of the emergency services or contractors, as the liaison log tells of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ServiceCallView {
    /// `police`, `ambulance`, `fire`, `boarding_up`, `locksmith`, `guard`.
    pub whom: String,
    pub called_at: String,
    pub attending_at: Option<String>,
    pub arrived_at: Option<String>,
    pub done_at: Option<String>,
    /// When they say they will be there.
    pub due_at: Option<String>,
    /// Who agreed to pay, and how much at most: "J. Marsh, up to £400".
    pub agreed: String,
    pub reference: String,
    pub outcome: String,
}

/// Where everybody meets, and when the next word is due.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PlanView {
    pub at: String,
    pub rendezvous: String,
    pub cordon: String,
    pub next_update_at: Option<String>,
}
