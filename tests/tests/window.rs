//! Journeys in the real window: WebKitGTK under a virtual display, a real notification service on a real session bus,
//! a real keyring, a real browser for the phone and the customer. `scripts/in-session` provides the desktop.

#[path = "window/telephone.rs"]
mod telephone;

use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;
use thirtyfour::prelude::*;
use watchhouse_tests::client::{Client, Line};
use watchhouse_tests::driver::{Browser, Page};
use watchhouse_tests::eventually;
use watchhouse_tests::keyring::secrets_of;
use watchhouse_tests::notifications::{Notifications, Shown};
use watchhouse_tests::phone::Phone;
use watchhouse_tests::programs::{Hub, hub_says};

#[path = "window/emergency.rs"]
mod emergency;

#[path = "window/flood.rs"]
mod flood;

#[path = "window/intruder.rs"]
mod intruder;

#[path = "window/partner.rs"]
mod partner;

#[path = "window/withdrawal.rs"]
mod withdrawal;

/// What the window says is to be done next.
const NEXT: &str = "[aria-label=\"Next\"]";
const NARRATIVE: &str = "The door was closed and locked. A cleaner had set the alarm off.";
const TOKEN: &str = "a-link-that-only-this-test-knows";

/// One site with a panel, RAMS and a checklist; one officer on foot.
fn register() -> Value {
    json!({
        "settings": { "council": "Test Council", "service_name": "Test Patrol", "shift_start": "16:00", "shift_end": "03:00",
            // The one at the desk is alone at night.
            "callouts": { "operators_review": true } },
        "estates": [{ "ref": "TE", "name": "Test Estate", "centre": { "lat": 51.55, "lon": -0.15 } }],
        "rams": [{ "ref": "R", "title": "Alarm response", "first": "Do not enter alone." }],
        "checklists": [{ "ref": "C", "title": "Site checklist", "items": [
            { "id": "vehicles", "text": "Any vehicle in front of the gate?", "type": "yes_no", "gate": "before_dra" },
            { "id": "door-closed", "text": "Is the door closed and locked?", "type": "yes_no", "section": "outside" },
            { "id": "door-picture", "text": "Take a picture of the door", "type": "photo", "section": "outside" }
        ] }],
        "units": [{ "call_sign": "RSP-3", "kind": "foot" }],
        "officers": [{ "ref": "O-17", "name": "Sam Okoro" }],
        "sites": [{ "ref": "BOILER", "name": "Boiler house", "estate": "TE", "address": "1 Test Street", "lat": 51.55,
            "lon": -0.15, "rams": "R", "checklist": "C", "hazards": ["Dog on site"],
            "zones": [{ "zone": "1", "name": "Door" }] }],
        "panels": [{ "account": "1234", "site": "BOILER" }]
    })
}

/// Everything a journey needs, up and ready.
struct Scene {
    dir: TempDir,
    hub: Hub,
    api: Client,
    /// For what is left to supervisors.
    supervisor: Client,
    bus: Notifications,
    _webkit: Browser,
    chromium: Browser,
    window: Page,
    phone: Phone,
}

fn picture(dir: &Path) -> PathBuf {
    let path = dir.join("door.jpg");
    image::RgbImage::from_fn(640, 480, |x, y| image::Rgb([(x / 3) as u8, (y / 2) as u8, 90]))
        .save(&path)
        .expect("a picture can be written");
    path
}

async fn scene() -> anyhow::Result<Scene> {
    scene_with(register()).await
}

async fn scene_with(register: Value) -> anyhow::Result<Scene> {
    let dir = tempfile::tempdir()?;
    let data = dir.path().join("data");
    let file = dir.path().join("register.json");
    std::fs::write(&file, register.to_string())?;
    let (data_text, file_text) = (data.display().to_string(), file.display().to_string());
    hub_says(&["import", "--data", &data_text, &file_text])?;
    let hub = Hub::start(&data)?;
    let api = Client::new(hub.url(), hub.token("Desk", "operator")?);
    let supervisor = Client::new(hub.url(), hub.token("Supervisor", "supervisor")?);
    let token = dir.path().join("token");
    std::fs::write(&token, &api.token)?;
    let bus = Notifications::serve().await?;
    let (webkit, chromium) = (Browser::webkit().await?, Browser::chromium().await?);
    let profile = dir.path().join("profile");
    let window = webkit
        .window(
            &profile,
            &["--hub", &hub.url(), "--token-file", token.to_str().unwrap_or_default(), "--size", "1280x800"],
        )
        .await?;
    window.body("data-ready", "true").await;
    window.body("data-link", "live").await;
    let phone = enrolled(&api, &chromium, "O-17", "RSP-3").await?;
    Ok(Scene { dir, hub, api, supervisor, bus, _webkit: webkit, chromium, window, phone })
}

/// A phone of this officer, signed on.
async fn enrolled(api: &Client, chromium: &Browser, officer: &str, unit: &str) -> anyhow::Result<Phone> {
    let code: Value =
        api.post("/v1/enrol-codes", &json!({ "officer": officer })).await?.error_for_status()?.json().await?;
    let phone = Phone(chromium.page(code["url"].as_str().unwrap_or_default()).await?);
    phone.sign_on(unit).await;
    Ok(phone)
}

impl Scene {
    async fn alarm(&self, seq: u16, zone: u16) -> anyhow::Result<()> {
        let body = format!("\"SIA-DCS\"{seq:04}L0#1234[#1234|Nri1/BA{zone}]");
        let frame = feeds::dc09::enclose(body.as_bytes(), feeds::dc09::CrcForm::Ascii);
        let reply = Line::open(self.hub.dc09).await?.ask(&frame).await?;
        anyhow::ensure!(reply.contains("\"ACK\""), "{reply}");
        Ok(())
    }

    async fn notification(&self, nth: usize) -> Shown {
        eventually("a notification", async || self.bus.shown().get(nth).cloned()).await
    }

    async fn callout(&self) -> Value {
        eventually("the call-out", async || {
            let mut all = self.api.get("/v1/callouts").await.ok()?;
            all["callouts"].get_mut(0).map(Value::take)
        })
        .await
    }

    async fn follow_as_customer(&self, callout: &str) -> anyhow::Result<Page> {
        let sha256 = Sha256::digest(TOKEN).iter().map(|b| format!("{b:02x}")).collect::<String>();
        let body = json!({ "token_sha256": sha256, "expires_at": Utc::now() + TimeDelta::days(7) });
        self.api.must("tracking.issue", callout, body).await?;
        let page = self.chromium.page(&format!("{}/t/{TOKEN}", self.api.base)).await?;
        page.click("button").await;
        page.id("stage").await;
        Ok(page)
    }

    /// The report as it lies on the disk, and what it says, in one line.
    async fn report(&self, number: &str) -> anyhow::Result<(PathBuf, String)> {
        let pdf = self.api.http.get(format!("{}/v1/callouts/{number}/report.pdf", self.api.base));
        let pdf = pdf.bearer_auth(&self.api.token).send().await?.error_for_status()?.bytes().await?;
        let path = self.dir.path().join("report.pdf");
        std::fs::write(&path, &pdf)?;
        let text = Command::new("pdftotext").args(["-layout"]).arg(&path).arg("-").output()?;
        let text = String::from_utf8_lossy(&text.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
        Ok((path, text))
    }

    /// In the window: waits for the report of the chosen call-out, approves it, and sees it closed.
    async fn approve_in_the_window(&self, number: &str) {
        self.window.reads(NEXT, "Read the report and close or return it").await;
        self.window.button(NEXT, "Approve and close").await;
        self.window.submit().await;
        eventually("the call-out to be closed", async || {
            let now = self.api.get(&format!("/v1/callouts/{number}")).await.ok()?;
            (now["state"] == "closed").then_some(())
        })
        .await;
    }

    /// Ends everything; the log must be whole.
    async fn end(self) -> anyhow::Result<()> {
        self.window.close().await;
        self.phone.0.close().await;
        let data = self.hub.data.display().to_string();
        self.hub.stop()?;
        assert!(hub_says(&["verify", "--data", &data])?.ends_with("clean"));
        Ok(())
    }

    /// Closes the call-out and looks at what is left of it.
    async fn close_and_check(self, callout: &Value, customer: Page) -> anyhow::Result<()> {
        let number = callout["number"].as_str().unwrap_or_default().to_owned();
        eventually("the report", async || {
            let now = self.api.get(&format!("/v1/callouts/{number}")).await.ok()?;
            (now["state"] == "review").then_some(())
        })
        .await;
        self.supervisor.must("report.review", &number, json!({ "approve": true })).await?;
        let (path, text) = self.report(&number).await?;
        for wanted in [
            number.as_str(),
            "Boiler house",
            "BA zone 1, account 1234",
            "Take a picture of the door",
            NARRATIVE,
            "go on with controls",
            "Supervisor, supervisor",
        ] {
            assert!(text.contains(wanted), "the report does not say “{wanted}”:\n{text}");
        }
        let images = Command::new("pdfimages").arg("-list").arg(&path).output()?;
        assert!(String::from_utf8_lossy(&images.stdout).lines().count() > 2, "the picture is in the report");

        let now = self.api.get(&format!("/v1/callouts/{number}")).await?;
        assert_eq!(now["state"], "closed");
        assert_eq!(now["answers"].as_object().map(|a| a.len()), Some(3));
        assert!(now["answers"].as_object().into_iter().flatten().all(|(_, a)| a.as_array().map(Vec::len) == Some(1)));
        self.window.close().await;
        self.phone.0.close().await;
        customer.close().await;
        let data = self.hub.data.display().to_string();
        let stopped = self.hub.stop()?;
        assert!(stopped.as_secs() < 5, "SIGTERM took {stopped:?}");
        assert!(hub_says(&["verify", "--data", &data])?.ends_with("clean"));
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alarm_on_the_wire_becomes_a_closed_call_out_with_its_report() -> anyhow::Result<()> {
    let scene = scene().await?;
    scene.alarm(1, 1).await?;
    let shown = scene.notification(0).await;
    assert!(shown.summary.contains("Intruder"), "{shown:?}");
    assert!(shown.actions.contains(&"take".to_owned()) && shown.actions.contains(&"show".to_owned()));
    scene.bus.press(shown.id, "take").await?;
    eventually("the notification to close", async || (!scene.bus.is_open(shown.id)).then_some(())).await;

    scene.phone.accept().await;
    let callout = scene.callout().await;
    let number = callout["number"].as_str().unwrap_or_default().to_owned();
    scene.window.find(&format!("[data-testid=\"callout-row-{number}\"]")).await;
    let customer = scene.follow_as_customer(&number).await?;

    scene.phone.go_there().await;
    // Help called for while another row is in front of the operator: it rings on the desktop until it is opened.
    scene.window.find("body").await.send_keys("\u{e00c}").await?;
    scene.api.must("escalation.raise", &number, json!({ "level": 2, "reason": "a group at the gate" })).await?;
    let help = scene.notification(1).await;
    assert!(help.summary.contains("needs help") && help.summary.contains("Boiler house"), "{help:?}");
    assert!(!help.actions.contains(&"take".to_owned()), "{help:?}");
    scene.bus.press(help.id, "show").await?;
    eventually("the call for help to be known", async || (!scene.bus.is_open(help.id)).then_some(())).await;
    let calm = json!({ "reason": "they have gone", "officer_safe": true });
    scene.api.must("escalation.stand_down", &number, calm).await?;
    scene.phone.assess().await;
    scene.phone.checklist(&picture(scene.dir.path())).await;
    customer.id("tick-door-closed").await;
    customer.id("tick-door-picture").await;
    customer.id("picture-1").await;
    scene.phone.inspect().await;
    scene.phone.secure().await;
    scene.phone.report(NARRATIVE).await;
    scene.phone.all_sent().await;
    scene.close_and_check(&callout, customer).await
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_hub_stopped_after_the_acceptance_nothing_is_lost_and_nothing_comes_twice() -> anyhow::Result<()> {
    let mut scene = scene().await?;
    scene.alarm(1, 1).await?;
    let first = scene.notification(0).await;
    scene.bus.press(first.id, "take").await?;
    scene.phone.accept().await;
    let callout = scene.callout().await;
    let number = callout["number"].as_str().unwrap_or_default().to_owned();
    let customer = scene.follow_as_customer(&number).await?;
    // A second alarm waits in the window when the hub goes.
    scene.alarm(2, 7).await?;
    let second = scene.notification(1).await;
    let waiting = eventually("the second alarm", async || {
        let alarms = scene.api.alarms().await.ok()?;
        alarms.into_iter().find(|a| a["panel_seq"] == 2).and_then(|a| a["id"].as_str().map(str::to_owned))
    })
    .await;
    scene.window.find(&format!("[data-testid=\"alarm-row-{waiting}\"]")).await;

    let (http, dc09, data) = (scene.hub.http.to_string(), scene.hub.dc09.to_string(), scene.hub.data.clone());
    let old = std::mem::replace(&mut scene.hub, Hub::start(&scene.dir.path().join("elsewhere"))?);
    old.kill();
    scene.window.body("data-link", "offline").await;
    scene.window.press("alarm-take").await;
    eventually("the taken alarm in the outbox", async || {
        let queued = scene.window.attribute("body", "data-queued").await?;
        (queued != "0").then_some(())
    })
    .await;
    eventually("the notification to close without the hub", async || (!scene.bus.is_open(second.id)).then_some(()))
        .await;

    scene.phone.go_there().await;
    scene.phone.assess().await;
    scene.phone.checklist(&picture(scene.dir.path())).await;
    scene.phone.inspect().await;
    let waiting_on_phone = scene.phone.0.attribute("[data-testid=\"not-sent-count\"]", "data-count").await;
    assert!(waiting_on_phone.is_some_and(|n| n != "0"), "the phone keeps what the hub has not confirmed");

    scene.hub = Hub::start_with(&data, &["--http", &http, "--dc09", &dc09])?;
    scene.window.body("data-link", "live").await;
    scene.window.body("data-queued", "0").await;
    scene.phone.secure().await;
    scene.phone.report(NARRATIVE).await;
    scene.phone.all_sent().await;
    let taken = eventually("the taken alarm at the hub", async || {
        let alarms = scene.api.alarms().await.ok()?;
        alarms.into_iter().find(|a| a["id"] == waiting.as_str() && a["state"] == "taken")
    })
    .await;
    assert_eq!(taken["panel_seq"], 2);
    scene.close_and_check(&callout, customer).await
}

/// Presses "Close the window or quit" in the palette, then what it asks.
async fn leave(window: &Page, how: &str) {
    window.click("button.search").await;
    window.write("dialog input", "quit").await;
    window.find("dialog [role=option]").await;
    let field = window.find("dialog input").await;
    field.send_keys("\u{e007}").await.expect("Enter chooses");
    let button = window.id(how).await;
    // The window may be gone before its driver can say that the button was pressed.
    let _ = button.click().await;
}

/// A window's own hub outlives it on purpose; a failed test's must not.
struct EndOfOwnHub(PathBuf);

impl Drop for EndOfOwnHub {
    fn drop(&mut self) {
        let announced = std::fs::read(self.0.join("hub.json")).ok();
        let announced: Option<Value> = announced.and_then(|text| serde_json::from_slice(&text).ok());
        if let Some(pid) = announced.and_then(|a| a["pid"].as_u64()) {
            let _ = Command::new("kill").args(["-KILL", &pid.to_string()]).status();
        }
    }
}

async fn told(line: &mut Line, seq: u16) -> anyhow::Result<()> {
    let body = format!("\"SIA-DCS\"{seq:04}L0#1234[#1234|Nri1/BA1]");
    let frame = feeds::dc09::enclose(body.as_bytes(), feeds::dc09::CrcForm::Ascii);
    anyhow::ensure!(line.ask(&frame).await?.contains("\"ACK\""), "no acknowledgement of {seq}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_windows_own_hub_goes_on_receiving_without_it_and_ends_only_when_asked() -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let profile = dir.path().join("profile");
    let _end = EndOfOwnHub(profile.clone());
    let webkit = Browser::webkit().await?;
    let own = ["--size", "1280x800", "--own-http", "127.0.0.1:0", "--own-dc09", "127.0.0.1:0"];
    let window = webkit.window(&profile, &own).await?;
    window.body("data-link", "live").await;
    window.reads("h2", "Nothing is registered yet").await;

    assert!(secrets_of("watchhouse").await? > 0, "the hub's token is in the keyring");
    assert!(!profile.join("token").exists(), "and in no file");
    let announced =
        || -> anyhow::Result<Value> { Ok(serde_json::from_slice(&std::fs::read(profile.join("hub.json"))?)?) };
    let hub = announced()?;
    let dc09: SocketAddr = hub["dc09"].as_str().unwrap_or_default().parse()?;

    let file = dir.path().join("register.json");
    std::fs::write(&file, register().to_string())?;
    let data = profile.join("hub").display().to_string();
    hub_says(&["import", "--data", &data, file.to_str().unwrap_or_default()])?;
    window.find("[data-list=\"alarms\"]").await;
    let mut panel = Line::open(dc09).await?;
    told(&mut panel, 1).await?;
    window.find("[data-testid^=\"alarm-row-\"]").await;

    leave(&window, "leave-window").await;
    // The window holds this lock for as long as it lives.
    eventually("the window to end", async || std::fs::File::open(profile.join("desk.lock")).ok()?.try_lock().ok())
        .await;
    window.close().await;
    told(&mut panel, 2).await?;
    assert_eq!(announced()?["pid"], hub["pid"], "the same hub");

    let window = webkit.window(&profile, &own).await?;
    window.body("data-link", "live").await;
    eventually("both alarms in the window", async || {
        let rows = window.0.find_all(By::Css("[data-testid^=\"alarm-row-\"]")).await.ok()?;
        (rows.len() == 2).then_some(())
    })
    .await;
    assert_eq!(announced()?["pid"], hub["pid"], "joined, not started again");
    leave(&window, "leave-hub").await;
    eventually("the hub to end", async || Line::open(dc09).await.is_err().then_some(())).await;
    window.close().await;
    assert!(hub_says(&["verify", "--data", &data])?.ends_with("clean"));
    Ok(())
}
