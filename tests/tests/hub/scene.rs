//! A hub that serves the demonstration borough, and who works with it.

use feeds::dc09::Panel;
use feeds::dc09::compose::Outgoing;
use serde_json::{Value, json};
use std::path::Path;
use tempfile::TempDir;
use uuid::Uuid;
use watchhouse_tests::client::{Client, Line};
use watchhouse_tests::programs::{self, Hub};

/// A panel of the borough without a key, and the site it protects.
pub const PANEL: &str = "1A02";
pub const SITE: &str = "AMP-OFFICE";
/// An officer and a unit of the borough.
pub const OFFICER: &str = "OF-01";
pub const UNIT: &str = "RSP-1";

pub struct Scene {
    pub dir: TempDir,
    pub hub: Hub,
    pub admin: Client,
}

impl Scene {
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    pub fn start_with(more: &[&str]) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let data = dir.path().join("data");
        programs::borough(&data).expect("the borough is imported");
        let token = programs::token(&data, "Admin", "administrator").expect("a token");
        let hub = Hub::start_with(&data, more).expect("the hub serves");
        let admin = Client::new(hub.url(), token);
        Self { dir, hub, admin }
    }

    pub fn data(&self) -> &Path {
        &self.hub.data
    }

    /// The same directory under a new process; `kill -9` in between.
    pub fn restarted(self) -> Self {
        let Self { dir, hub, admin } = self;
        let data = hub.data.clone();
        hub.kill();
        let hub = Hub::start(&data).expect("the hub serves again");
        let admin = Client::new(hub.url(), admin.token);
        Self { dir, hub, admin }
    }

    pub async fn client(&self, role: &str) -> Client {
        self.admin.account(role, role, None).await.expect("an account")
    }

    /// The officer with a credential of their own, on shift.
    pub async fn officer(&self) -> Client {
        let officer = self.admin.account("Phone", "officer", Some(OFFICER)).await.expect("an account");
        officer.must("shift.sign_on", OFFICER, json!({ "unit": UNIT })).await.expect("on shift");
        officer
    }

    /// A call-out at the site, offered to whoever is on shift; gives its id.
    pub async fn callout(&self) -> String {
        let id = Uuid::now_v7().to_string();
        let body = json!({ "site": SITE, "type": "intruder", "priority": 2, "text": "Glass was heard breaking." });
        self.admin.must("callout.create", &id, body).await.expect("a call-out");
        id
    }

    /// Sends one frame on a line of its own and gives the answer.
    pub async fn wire(&self, frame: &[u8]) -> String {
        let mut line = Line::open(self.hub.dc09).await.expect("the receiver listens");
        line.ask(frame).await.expect("an answer")
    }

    pub async fn callout_now(&self, reference: &str) -> Value {
        self.admin.get(&format!("/v1/callouts/{reference}")).await.expect("the call-out")
    }
}

/// What varies in a plain frame.
pub fn outgoing(seq: u16) -> Outgoing<'static> {
    Outgoing { seq, xdata: &[], timestamp: None, pad: &[] }
}

/// A burglary at zone 5.
pub fn burglary(account: &str, seq: u16) -> Vec<u8> {
    Panel::new(account).adm_cid(1, 130, 1, 5, outgoing(seq))
}
