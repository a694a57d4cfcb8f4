//! ANSI/SIA DC-09 "Internet Protocol Event Reporting" (2007, 2013 and 2021 editions), the receiver's
//! side, with DC-05 Contact ID (`ADM-CID`) and DC-03 (`SIA-DCS`) payloads.
//!
//! Order of work: [`Splitter`] cuts the stream, [`RawFrame`] checks one frame, [`crypto`] opens it,
//! [`Message`] says what the panel meant, [`codes`] says what that means to an operator, and
//! [`Connection`] joins them and prepares the replies. [`compose`] is the panel's side, for the
//! simulator and for tests.

pub mod codes;
pub mod compose;
mod contact_id;
mod content;
pub mod crypto;
mod diagnostic;
mod frame;
mod message;
mod ping;
mod received;
mod receiver;
pub mod reply;
mod sia;
mod splitter;
mod text;
pub mod timestamp;
mod xdata;

pub use codes::{Class, Meaning, Qualifier, Subject};
pub use compose::{Panel, PanelReply, ReplyKind, parse_reply};
pub use crypto::{CryptoError, Key, KeyError};
pub use diagnostic::{Diagnostic, DiagnosticKind};
pub use frame::{CrcForm, FRAME_BYTES_MAX, FrameError, RawFrame, crc16, enclose};
pub use message::{Kind, LatLon, Message, MessageError, PanelEvent};
pub use ping::Ping;
pub use received::Received;
pub use receiver::{AccountSettings, Accounts, CloseReason, Connection, Limits, Output, Transport, UnknownPolicy};
pub use reply::Reply;
pub use splitter::{Piece, Splitter};
pub use xdata::XData;
