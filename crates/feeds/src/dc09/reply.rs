//! Replies of the receiver (DC-09-2013 public-review draft, page 21): ACK, NAK and DUH.
//!
//! A reply repeats sequence, R, L and #account exactly as received, same digits and same padding, and
//! leaves out what was absent. NAK is the exception: literally `0000R0L0A0[]`, never encrypted.

use chrono::{DateTime, Utc};

use super::crypto::{self, Key};
use super::frame::{CrcForm, RawFrame, enclose};
use super::timestamp;

/// Builds the replies to one frame.
#[derive(Clone, Debug)]
pub struct Reply<'a> {
    frame: &'a RawFrame,
}

impl<'a> Reply<'a> {
    pub fn to(frame: &'a RawFrame) -> Self {
        Reply { frame }
    }

    /// "Stored." Send it only when the event is on disk.
    pub fn ack(&self) -> Vec<u8> {
        self.plain("ACK")
    }

    /// ACK for an encrypted frame; `pad` as for [`crypto::encrypt`].
    pub fn encrypted_ack(&self, key: &Key, now: DateTime<Utc>, pad: &[u8]) -> Vec<u8> {
        let clear = format!("]{}", timestamp::format(now));
        let mut body = self.head("*ACK");
        body.push(b'[');
        body.extend_from_slice(&crypto::encrypt(clear.as_bytes(), key, pad));
        enclose(&body, self.frame.crc_form)
    }

    /// "Well formed, but I cannot process it." Never encrypted.
    pub fn duh(&self) -> Vec<u8> {
        self.plain("DUH")
    }

    /// "Your clock, or your key, is wrong." Carries our time so that the panel can correct its own.
    pub fn nak(&self, now: DateTime<Utc>) -> Vec<u8> {
        nak(now, self.frame.crc_form)
    }

    fn plain(&self, token: &str) -> Vec<u8> {
        let mut body = self.head(token);
        body.extend_from_slice(b"[]");
        enclose(&body, self.frame.crc_form)
    }

    fn head(&self, token: &str) -> Vec<u8> {
        let mut head = format!("\"{token}\"{}", self.frame.seq);
        let fields = [('R', &self.frame.receiver), ('L', &self.frame.line), ('#', &self.frame.account)];
        for (prefix, digits) in fields {
            if let Some(digits) = digits {
                head.push(prefix);
                head.push_str(digits);
            }
        }
        head.into_bytes()
    }
}

/// The literal NAK with the receiver's time.
pub fn nak(now: DateTime<Utc>, form: CrcForm) -> Vec<u8> {
    let body = format!("\"NAK\"0000R0L0A0[]{}", timestamp::format(now));
    enclose(body.as_bytes(), form)
}
