//! A frame taken but not yet acknowledged: what the hub stores before it answers.

use chrono::{DateTime, Utc};

use super::crypto::Key;
use super::frame::RawFrame;
use super::message::Message;
use super::receiver::{Accounts, Transport};
use super::reply::Reply;

/// A frame accepted but not yet acknowledged.
#[derive(Clone, Debug, PartialEq)]
pub struct Received {
    pub frame: RawFrame,
    pub message: Message,
    pub received_at: DateTime<Utc>,
    pub transport: Transport,
    /// Whether the transmitter's or the subscriber's account is configured.
    pub known_account: bool,
    /// The accounts that were heard with this frame: they are configured, and where one has a key, that key opened
    /// the frame.
    pub heard: Vec<String>,
    /// The accounts it names and may not come from: they have a key that did not open it.
    pub doubted: Vec<String>,
    pub(super) reply: ReplyWith,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum ReplyWith {
    Ack,
    EncryptedAck(Key),
    /// A link check is answered with the bare word.
    PingAck,
}

impl Received {
    /// Fills in who was heard. Anybody on the network can write a plain frame in another's name.
    pub(super) fn hear(mut self, accounts: &dyn Accounts) -> Received {
        let own = &self.message.account;
        let header = self.message.header_account.iter().filter(|other| !other.eq_ignore_ascii_case(own));
        for account in std::iter::once(own).chain(header) {
            let Some(settings) = accounts.lookup(account) else { continue };
            let opened = match (&settings.key, &self.reply) {
                (None, _) => true,
                (Some(key), ReplyWith::EncryptedAck(used)) => key == used,
                (Some(_), ReplyWith::Ack | ReplyWith::PingAck) => false,
            };
            if opened { &mut self.heard } else { &mut self.doubted }.push(account.clone());
        }
        self
    }

    /// Whether what it says about its own account may be from somebody else.
    pub fn is_doubted(&self) -> bool {
        self.doubted.contains(&self.message.account)
    }

    /// The acknowledgement, to be sent after storing. `pad` should be 16 random bytes; a plain frame
    /// does not use it.
    pub fn ack(&self, now: DateTime<Utc>, pad: &[u8]) -> Vec<u8> {
        match &self.reply {
            ReplyWith::Ack => Reply::to(&self.frame).ack(),
            ReplyWith::EncryptedAck(key) => Reply::to(&self.frame).encrypted_ack(key, now, pad),
            ReplyWith::PingAck => b"\"ACK\"".to_vec(),
        }
    }

    /// The same for every resend of this message: account, receiver, line, sequence, token and data
    /// after decryption. CRC, pad and timestamp may differ between resends and are left out.
    ///
    /// The window within which equal keys mean a resend is the caller's.
    pub fn duplicate_key(&self) -> String {
        let frame = &self.frame;
        let field = |value: &Option<String>| value.clone().unwrap_or_default();
        format!(
            "{}|{}|{}|{}|{}{}|{}",
            frame.account.as_ref().unwrap_or(&self.message.account),
            field(&frame.receiver),
            field(&frame.line),
            frame.seq,
            if frame.encrypted { "*" } else { "" },
            frame.token,
            self.message.data_block.escape_ascii(),
        )
    }

    /// How far the panel's timestamp is behind our clock; negative when ahead.
    pub fn skew_s(&self) -> Option<i64> {
        let stamp = self.message.timestamp?;
        Some(self.received_at.timestamp() - stamp.timestamp())
    }
}
