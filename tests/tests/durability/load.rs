//! Panels and an operator that go on whatever happens to the hub, as real ones do: what was not acknowledged is sent
//! again, the same as before.

use anyhow::{Context, ensure};
use feeds::dc09::Panel;
use feeds::dc09::compose::Outgoing;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::Path;
use tokio::sync::watch;
use tokio::task::JoinSet;
use watchhouse_tests::PATIENCE;
use watchhouse_tests::client::{Client, Line, envelope};
use watchhouse_tests::programs::{Hub, hub_says};

/// The highest number a DC-09 frame has; after it a panel starts again at 1, and its frames are told apart no longer.
const SEQ_MAX: u16 = 9999;
/// Alarms an operator closes in one request.
const CLOSED_AT_ONCE: usize = 20;
/// How a mark begins, and how long one is.
const MARK: &[u8] = b"MARK-";
const MARK_LENGTH: usize = "MARK-A001-0001".len();

/// One alarm of one panel. No two are the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Frame {
    pub account: String,
    pub seq: u16,
}

impl Frame {
    pub fn bytes(&self) -> Vec<u8> {
        // Each from a detector of its own: one that goes off again and again is counted on one row.
        let event = format!("Nri1/BA{}^{}^", self.seq, self.mark());
        let outgoing = Outgoing { seq: self.seq, xdata: &[], timestamp: None, pad: &[] };
        Panel::new(&self.account).sia_dcs(&event, outgoing)
    }

    /// Text that stands in this frame, and so in whatever keeps it.
    fn mark(&self) -> String {
        format!("MARK-{}-{:04}", self.account, self.seq)
    }

    /// Every frame whose mark stands in these bytes.
    pub fn marked_in(bytes: &[u8]) -> impl Iterator<Item = Frame> {
        bytes.windows(MARK_LENGTH).filter(|w| w.starts_with(MARK)).filter_map(|mark| {
            let mut parts = std::str::from_utf8(mark).ok()?.splitn(3, '-').skip(1);
            Some(Frame { account: parts.next()?.to_owned(), seq: parts.next()?.parse().ok()? })
        })
    }

    fn is_acknowledged_by(&self, reply: &str) -> bool {
        reply.contains(&format!("\"ACK\"{:04}L0#{}[", self.seq, self.account))
    }
}

/// What a hub's list of alarms came from.
pub fn frames_of(alarms: &[Value]) -> anyhow::Result<Vec<Frame>> {
    let frame = |alarm: &Value| {
        let seq = u16::try_from(alarm["panel_seq"].as_u64()?).ok()?;
        Some(Frame { account: alarm["account"].as_str()?.to_owned(), seq })
    };
    alarms.iter().map(|alarm| frame(alarm).with_context(|| format!("an alarm of nobody: {alarm}"))).collect()
}

/// So many accounts, four hex digits each.
pub fn accounts(letter: char, count: usize) -> Vec<String> {
    (1..=count).map(|n| format!("{letter}{n:03}")).collect()
}

/// A data directory with one site, whose panels these are. Gives an operator's token.
pub fn prepare(data: &Path, accounts: &[String]) -> anyhow::Result<String> {
    let panels: Vec<Value> = accounts.iter().map(|a| json!({ "account": a, "site": "BOILER" })).collect();
    let site =
        json!({ "ref": "BOILER", "name": "Boiler house", "address": "1 Test Street", "lat": 51.55, "lon": -0.15 });
    let file = data.with_extension("register.json");
    std::fs::write(&file, json!({ "sites": [site], "panels": panels }).to_string())?;
    let text = |path: &Path| path.to_str().map(str::to_owned).context("a path of this test is no text");
    hub_says(&["import", "--data", &text(data)?, &text(&file)?])?;
    watchhouse_tests::programs::token(data, "Desk", "operator")
}

/// A hub between its start and its end. The next one has other ports.
#[derive(Clone, Debug)]
struct Life {
    /// From 1; before the first there is none.
    number: u32,
    url: String,
    dc09: SocketAddr,
    /// Finish what you have begun, begin nothing more.
    last: bool,
}

/// Everybody who uses the hub, and how they learn of its next life.
pub struct Load {
    lives: watch::Sender<Life>,
    acknowledged: watch::Sender<u64>,
    panels: JoinSet<anyhow::Result<Vec<Frame>>>,
    operators: JoinSet<anyhow::Result<Vec<String>>>,
}

/// What was acknowledged when everything begun was finished.
pub struct Done {
    pub frames: Vec<Frame>,
    /// Ids of commands that close an alarm each.
    pub closed: Vec<String>,
}

impl Load {
    /// Every panel sends one alarm after another, each until it is acknowledged, as soon as there is a hub.
    pub fn start(accounts: &[String]) -> Self {
        let none = Life { number: 0, url: String::new(), dc09: SocketAddr::from(([127, 0, 0, 1], 0)), last: false };
        let (lives, acknowledged) = (watch::Sender::new(none), watch::Sender::new(0));
        let mut panels = JoinSet::new();
        for account in accounts {
            panels.spawn(panel(account.clone(), lives.subscribe(), acknowledged.clone()));
        }
        Self { lives, acknowledged, panels, operators: JoinSet::new() }
    }

    /// Closes alarms by commands, as they come.
    pub fn with_operator(mut self, token: &str) -> Self {
        let (lives, acknowledged) = (self.lives.subscribe(), self.acknowledged.subscribe());
        self.operators.spawn(operator(token.to_owned(), lives, acknowledged));
        self
    }

    /// Everybody turns to this hub.
    pub fn goes_on_at(&self, hub: &Hub) {
        self.lives.send_modify(|life| {
            *life = Life { number: life.number + 1, url: hub.url(), dc09: hub.dc09, last: false };
        });
    }

    /// Until so many more frames have been acknowledged.
    pub async fn acknowledges(&self, more: u64) -> anyhow::Result<()> {
        let wanted = *self.acknowledged.borrow() + more;
        let mut acknowledged = self.acknowledged.subscribe();
        tokio::time::timeout(PATIENCE, acknowledged.wait_for(|n| *n >= wanted)).await.context("no load")??;
        Ok(())
    }

    /// Lets everybody finish what is begun at the hub that runs now.
    pub async fn finish(self) -> anyhow::Result<Done> {
        let Self { lives, acknowledged, mut panels, mut operators } = self;
        lives.send_modify(|life| life.last = true);
        let mut done = Done { frames: vec![], closed: vec![] };
        while let Some(panel) = tokio::time::timeout(PATIENCE, panels.join_next()).await? {
            done.frames.extend(panel??);
        }
        // Wakes an operator who waits for alarms: there are no more.
        acknowledged.send_modify(|_| {});
        while let Some(operator) = tokio::time::timeout(PATIENCE, operators.join_next()).await? {
            done.closed.extend(operator??);
        }
        Ok(done)
    }
}

async fn panel(
    account: String,
    mut lives: watch::Receiver<Life>,
    acknowledged: watch::Sender<u64>,
) -> anyhow::Result<Vec<Frame>> {
    let mut life = after(&mut lives, 0).await?;
    let mut line = None;
    let mut frames = vec![];
    for seq in 1..=SEQ_MAX {
        if lives.borrow().last {
            return Ok(frames);
        }
        let frame = Frame { account: account.clone(), seq };
        let reply = loop {
            match ask(&mut line, life.dc09, &frame).await {
                Ok(reply) => break reply,
                Err(_) => {
                    line = None;
                    life = after(&mut lives, life.number).await?;
                }
            }
        };
        ensure!(frame.is_acknowledged_by(&reply), "{frame:?} was answered “{reply}”");
        frames.push(frame);
        acknowledged.send_modify(|n| *n += 1);
    }
    anyhow::bail!("{account} has no numbers left");
}

async fn ask(line: &mut Option<Line>, address: SocketAddr, frame: &Frame) -> anyhow::Result<String> {
    let line = match line {
        Some(line) => line,
        None => line.insert(Line::open(address).await?),
    };
    line.ask(&frame.bytes()).await
}

/// The life after the one that was lost.
async fn after(lives: &mut watch::Receiver<Life>, lost: u32) -> anyhow::Result<Life> {
    Ok(lives.wait_for(|life| life.number > lost).await.context("the hub stays away")?.clone())
}

async fn operator(
    token: String,
    mut lives: watch::Receiver<Life>,
    mut acknowledged: watch::Receiver<u64>,
) -> anyhow::Result<Vec<String>> {
    let mut life = after(&mut lives, 0).await?;
    let mut client = Client::new(&life.url, token);
    let (mut seen, mut sending, mut closed) = (0, vec![], vec![]);
    loop {
        let finishing = lives.borrow().last;
        match close_alarms(&client, &mut seen, &mut sending).await {
            Ok(results) if results.is_empty() && finishing => return Ok(closed),
            Ok(results) if results.is_empty() => acknowledged.changed().await.context("no panels")?,
            Ok(results) => {
                for (command, result) in sending.drain(..).zip(results) {
                    let done = result["outcome"] == "accepted" || result["outcome"] == "duplicate";
                    ensure!(done, "{command} was answered {result}");
                    closed.push(command["id"].as_str().context("a command without an id")?.to_owned());
                }
            }
            Err(_) => {
                life = after(&mut lives, life.number).await?;
                client.base.clone_from(&life.url);
            }
        }
    }
}

/// Sends what waits to be sent, or else commands for the alarms that are new; nothing when there are none.
async fn close_alarms(client: &Client, seen: &mut i64, sending: &mut Vec<Value>) -> anyhow::Result<Vec<Value>> {
    if sending.is_empty() {
        let page = client.get(&format!("/v1/alarms?after={seen}&limit={CLOSED_AT_ONCE}")).await?;
        let ids = page["alarms"].as_array().into_iter().flatten().filter_map(|alarm| alarm["id"].as_str());
        sending.extend(ids.map(|id| envelope("alarm.close", id, json!({ "reason": "a test" }))));
        *seen = page["next"].as_i64().context("no next")?;
    }
    if sending.is_empty() {
        return Ok(vec![]);
    }
    client.send_all(sending).await
}
