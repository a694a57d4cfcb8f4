//! One activation from alarm equipment: raised, viewed, taken, shelved, closed.

use crate::Instant;
use crate::geo::Point;
use crate::id::{AccountId, AlarmId, CalloutId, IncidentId, SiteId};
use serde::{Deserialize, Serialize};

/// 1 is the most urgent. Four only: more cannot be told apart at three in the morning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
pub enum Priority {
    P1 = 1,
    P2 = 2,
    P3 = 3,
    P4 = 4,
}

impl From<Priority> for u8 {
    fn from(priority: Priority) -> u8 {
        priority as u8
    }
}

impl TryFrom<u8> for Priority {
    type Error = String;
    fn try_from(number: u8) -> Result<Self, String> {
        match number {
            1 => Ok(Self::P1),
            2 => Ok(Self::P2),
            3 => Ok(Self::P3),
            4 => Ok(Self::P4),
            other => Err(format!("priority is 1 to 4, not {other}")),
        }
    }
}

impl Priority {
    pub fn word(self) -> &'static str {
        match self {
            Self::P1 => "Emergency",
            Self::P2 => "Urgent",
            Self::P3 => "Soon",
            Self::P4 => "Routine",
        }
    }

    /// After how many seconds untouched a row ages once, and again, unless the settings say otherwise.
    pub fn ageing_s(self) -> [u32; 2] {
        match self {
            Self::P1 => [15, 30],
            Self::P2 => [45, 90],
            Self::P3 => [150, 300],
            Self::P4 => [300, 900],
        }
    }

    /// One step less urgent.
    pub fn lower(self) -> Self {
        match self {
            Self::P1 => Self::P2,
            Self::P2 => Self::P3,
            Self::P3 | Self::P4 => Self::P4,
        }
    }
}

/// What the activation means to a control room, whatever equipment sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlarmKind {
    HoldUp,
    Panic,
    Medical,
    Fire,
    Gas,
    IntruderConfirmed,
    Intruder,
    /// An officer's or lone worker's emergency button.
    OfficerEmergency,
    Access,
    Tamper,
    Flood,
    Technical,
    Jam,
    Welfare,
    Fault,
    Power,
    LineFault,
    /// A key is out longer than agreed.
    KeyOverdue,
    /// A known panel sent a code that nobody mapped yet.
    UnknownCode,
    /// An account that no panel is registered for.
    UnknownAccount,
    /// A frame that cannot be read: wrong key, wrong clock.
    ReceiverFault,
}

impl AlarmKind {
    pub fn priority(self) -> Priority {
        match self {
            Self::HoldUp
            | Self::Panic
            | Self::Medical
            | Self::Fire
            | Self::Gas
            | Self::IntruderConfirmed
            | Self::OfficerEmergency => Priority::P1,
            Self::Intruder | Self::Welfare => Priority::P2,
            Self::Access | Self::Tamper | Self::Flood | Self::Technical | Self::Jam | Self::UnknownCode => Priority::P3,
            Self::Fault
            | Self::Power
            | Self::LineFault
            | Self::KeyOverdue
            | Self::UnknownAccount
            | Self::ReceiverFault => Priority::P4,
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Self::HoldUp => "Hold-up",
            Self::Panic => "Panic",
            Self::Medical => "Medical",
            Self::Fire => "Fire",
            Self::Gas => "Gas",
            Self::IntruderConfirmed => "Intruder, confirmed",
            Self::Intruder => "Intruder",
            Self::OfficerEmergency => "Officer emergency",
            Self::Access => "Door",
            Self::Tamper => "Tamper",
            Self::Flood => "Water leak",
            Self::Technical => "Technical",
            Self::Jam => "Radio jamming",
            Self::Welfare => "Welfare",
            Self::Fault => "System fault",
            Self::Power => "Power fault",
            Self::LineFault => "Line fault",
            Self::KeyOverdue => "Key overdue",
            Self::UnknownCode => "Unmapped code",
            Self::UnknownAccount => "Unknown account",
            Self::ReceiverFault => "Unreadable signal",
        }
    }

    /// Somebody may be dying: it waits for no confirmation, never counts as flapping, and rings through a test.
    pub fn is_life_safety(self) -> bool {
        match self {
            Self::HoldUp | Self::Panic | Self::Medical | Self::Fire | Self::Gas | Self::OfficerEmergency => true,
            Self::IntruderConfirmed
            | Self::Intruder
            | Self::Access
            | Self::Tamper
            | Self::Flood
            | Self::Technical
            | Self::Jam
            | Self::Welfare
            | Self::Fault
            | Self::Power
            | Self::LineFault
            | Self::KeyOverdue
            | Self::UnknownCode
            | Self::UnknownAccount
            | Self::ReceiverFault => false,
        }
    }

    /// Whether somebody has to go there, so that taking it may open a call-out at once.
    pub fn needs_attendance(self) -> bool {
        match self {
            Self::HoldUp
            | Self::Panic
            | Self::Medical
            | Self::Fire
            | Self::Gas
            | Self::IntruderConfirmed
            | Self::Intruder
            | Self::Access
            | Self::Tamper
            | Self::Flood
            | Self::Welfare => true,
            Self::OfficerEmergency
            | Self::Technical
            | Self::Jam
            | Self::Fault
            | Self::Power
            | Self::LineFault
            | Self::KeyOverdue
            | Self::UnknownCode
            | Self::UnknownAccount
            | Self::ReceiverFault => false,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlarmState {
    New,
    Viewed,
    /// Somebody owns it.
    Taken,
    /// Out of the way until a time, with an owner and a reason.
    Shelved,
    Closed,
}

/// What the equipment said, kept as it came.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SignalSource {
    /// "SIA-DCS", "ADM-CID", "watchhouse".
    pub protocol: String,
    pub account: String,
    pub code: String,
    /// "new", "restore", "status".
    pub qualifier: String,
    pub partition: Option<String>,
    pub zone: Option<String>,
    pub user: Option<String>,
    /// The transmitter's own sequence number.
    pub panel_seq: Option<u32>,
    /// Printable form of the frame.
    pub raw: String,
    /// Where the frame came from, for an account nobody knows.
    pub remote: Option<String>,
    /// The panel's own time, if it sent one.
    pub panel_at: Option<Instant>,
    /// Where the panel says it is.
    pub point: Option<Point>,
}

impl SignalSource {
    /// What no equipment says but this program by itself: a silent panel, an emergency button.
    pub const OUR_OWN: &str = "watchhouse";

    pub fn is_our_own(&self) -> bool {
        self.protocol == Self::OUR_OWN
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alarm {
    pub id: AlarmId,
    pub kind: AlarmKind,
    pub priority: Priority,
    pub state: AlarmState,
    pub source: SignalSource,
    /// What the code means, in words: "Intruder alarm".
    pub text: String,
    pub site: Option<SiteId>,
    pub zone_name: Option<String>,
    /// When it happened as far as we know; never later than received.
    pub raised_at: Instant,
    pub received_at: Instant,
    /// Log position of its raising.
    pub seq: i64,
    /// How often the same thing came again while the alarm stood.
    pub repeats: u32,
    pub last_repeat_at: Option<Instant>,
    pub restored_at: Option<Instant>,
    pub viewed_at: Option<Instant>,
    pub taken: Option<Taken>,
    pub shelved: Option<Shelved>,
    pub closed: Option<Closed>,
    pub callout: Option<CalloutId>,
    pub incident: Option<IncidentId>,
    /// Whether a second detector has said the same; None where the site does not ask for that.
    #[serde(default)]
    pub confirmation: Option<Confirmation>,
    /// Its detector goes off again and again; further ones are counted here.
    #[serde(default)]
    pub flapping: Option<Flapping>,
    /// The row that it was counted on; it was closed as it came.
    #[serde(default)]
    pub counted_on: Option<AlarmId>,
}

/// BS 8243: one detector may be a spider, two are somebody.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Confirmation {
    /// A second detector may confirm it until then.
    Unconfirmed { until: Instant },
    Confirmed {
        with: AlarmId,
        /// The other detector: "Zone 6 hall".
        place: String,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Flapping {
    pub since: Instant,
    /// It is over after so many seconds without another.
    pub quiet_s: u32,
    /// The row was raised while its detector flapped already: that has rung before.
    pub silent: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Taken {
    pub by: AccountId,
    pub at: Instant,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shelved {
    pub by: AccountId,
    pub at: Instant,
    pub until: Instant,
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Closed {
    pub by: AccountId,
    pub at: Instant,
    pub reason: String,
}

impl Alarm {
    pub fn is_open(&self) -> bool {
        self.state != AlarmState::Closed
    }

    /// Whether it should sound: nobody has it and nobody put it aside.
    pub fn rings(&self) -> bool {
        let silent = self.flapping.as_ref().is_some_and(|f| f.silent);
        matches!(self.state, AlarmState::New | AlarmState::Viewed) && !silent
    }

    pub fn is_confirmed(&self) -> bool {
        matches!(self.confirmation, Some(Confirmation::Confirmed { .. }))
    }

    /// When its flapping is over, if nothing comes meanwhile.
    pub fn flap_ends_at(&self) -> Option<Instant> {
        let flapping = self.flapping.as_ref().filter(|_| self.is_open())?;
        let last = self.last_repeat_at.map_or(flapping.since, |last| last.max(flapping.since));
        Some(last + chrono::TimeDelta::seconds(flapping.quiet_s.into()))
    }

    /// Whether a restore of this account, partition and zone ends the cause of this alarm.
    pub fn matches_restore(&self, source: &SignalSource) -> bool {
        let number = |n: &Option<String>| n.as_deref().map(crate::site::plain_number).map(str::to_owned);
        self.is_open()
            && self.restored_at.is_none()
            && self.source.account.eq_ignore_ascii_case(&source.account)
            && same_cause(&self.source.code, &source.code)
            && number(&self.source.zone) == number(&source.zone)
            && (number(&self.source.partition) == number(&source.partition)
                || self.source.partition.is_none()
                || source.partition.is_none())
    }
}

/// Whether a restore's code can end what another code began. Contact ID repeats the number (SIA DC-05); DC-03 gives
/// the restores of a group its letter: BA ends with BR or BH, AT with AR. A mains restore must not end a panic alarm
/// because neither names a zone.
fn same_cause(alarm: &str, restore: &str) -> bool {
    let is_number = |code: &str| code.starts_with(|c: char| c.is_ascii_digit());
    match (is_number(alarm), is_number(restore)) {
        (true, true) => alarm == restore,
        (false, false) => {
            alarm.chars().next().map(|c| c.to_ascii_uppercase())
                == restore.chars().next().map(|c| c.to_ascii_uppercase())
        }
        _ => false,
    }
}
