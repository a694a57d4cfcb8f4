//! Where everything is kept: the log, the state that follows from it, and what lives beside it. The only home of SQL.
//!
//! - [`Store`] opens a data directory and answers what is asked of it: the world at the head, a page of the log, a
//!   snapshot for a desk, one call-out. Reading never waits for writing.
//! - [`Writer`] is the one way into the log. It gathers the commands that wait, decides them with `domain`, appends
//!   their events and answers when they are on disk.
//! - `credentials`, `devices`, `enrolment`, `panel_keys`, `fixes`, `media`, `push`, `report_mail`, `safe_codes`, `tracking`,
//!   `webhooks`: small tables beside the log.
//! - [`desk`] is the other side: a desk's own file with its replica and outbox.
//!
//! What it is not: it decides nothing (`domain` does), knows no wire format, and holds no media bytes.

mod aggregates;
mod backup;
mod chain;
mod checkpoint;
mod credentials;
pub mod desk;
mod devices;
mod enrolment;
mod erase;
mod error;
mod event;
mod fixes;
mod fold;
mod index;
mod key;
mod log;
mod media;
mod open;
mod panel_keys;
pub mod private;
mod program;
mod push;
mod rebuild;
mod report_mail;
mod row;
mod safe_codes;
mod sql;
mod tracking;
mod verify;
mod webhooks;
mod writer;
mod writing;

pub use aggregates::Callout;
pub use backup::MEDIA_LIST;
pub use credentials::{Credential, CredentialKind};
pub use devices::DeviceLogin;
pub use error::{OpenError, StoreError};
pub use event::StoredEvent;
pub use fixes::FixRow;
pub use key::Key;
pub use log::Head;
pub use media::MediaRow;
pub use open::{DATABASE, MEDIA, Store};
pub use panel_keys::{KeyForm, PanelKey};
pub use push::PushSubscription;
pub use report_mail::{MailState, ReportMail};
pub use safe_codes::SafeCode;
pub use tracking::TrackingView;
pub use verify::Verification;
pub use webhooks::{Delivery, DeliveryCounts, NewDelivery, Webhook, WebhookBody};
pub use writer::{
    Answer, CommandAnswer, Committed, GROUP_MAX, Once, Outcome, QUEUE_MAX, Submission, Surroundings, Writer,
};

/// A SHA-256.
pub type Digest = [u8; 32];
