//! Takes the pictures of the guide: the real window over a demonstration evening, a phone and a customer in a browser.
//!
//! `scripts/pictures` runs it in a desktop session of its own. What it shows is the demonstration borough at about 21:40.

use anyhow::Context;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use thirtyfour::prelude::*;
use uuid::Uuid;
use watchhouse_tests::client::{Client, envelope};
use watchhouse_tests::driver::{Browser, Page};
use watchhouse_tests::eventually;
use watchhouse_tests::phone::Phone;
use watchhouse_tests::programs::{self, Hub, program, repository};

/// The officer whose phone is shown; nobody else in the borough plays them.
const OFFICER: &str = "OF-PICTURES";
const CALL_SIGN: &str = "RSP-9";
const SITE: &str = "GOS-BOILER";
/// Where the officer is: on the next street, then at the site's door.
const NEAR: (f64, f64) = (51.5534, -0.1502);
const THERE: (f64, f64) = (51.5511, -0.1552);
const LINK: &str = "a-link-for-the-pictures-of-the-guide";
/// The same for a list.
const WRITING_LINK: &str = "a-list-that-a-customer-writes-for-a-picture";

fn images() -> PathBuf {
    repository().join("docs/images")
}

async fn keep(page: &Page, name: &str) -> anyhow::Result<()> {
    let path = images().join(name);
    page.0.screenshot(&path).await.with_context(|| format!("{name} could not be taken"))?;
    Ok(())
}

/// The window puts its theme where the palette's entry says.
async fn theme(window: &Page, wanted: &str) {
    window.click("button.search").await;
    window.write("dialog input", &format!("Theme {wanted}")).await;
    window.find("dialog [role=option]").await;
    window.find("dialog input").await.send_keys("\u{e007}").await.expect("Enter chooses");
    let chosen = format!("html[data-theme=\"{wanted}\"]");
    eventually("the theme", async || window.0.find(By::Css(&chosen)).await.ok()).await;
}

/// The most urgent call-out with an officer on site, opened, and its pictures there.
async fn open_the_busiest(window: &Page) -> String {
    let row = window.find("[data-testid^=\"callout-row-\"][data-state=\"assessing\"], [data-testid^=\"callout-row-\"][data-state=\"on_scene\"], [data-testid^=\"callout-row-\"][data-state=\"inspecting\"]").await;
    let id = row.attr("data-testid").await.ok().flatten().unwrap_or_default();
    window.click(&format!("[data-testid=\"{id}\"] [data-main]")).await;
    window.find("[data-testid=\"step-12\"]").await;
    window.find("aside img").await;
    window.find("[data-testid=\"unit-RSP-1\"]:not([data-age-s=\"\"])").await;
    id.trim_start_matches("callout-row-").to_owned()
}

/// The evening plays on until this is dropped.
struct Evening(Child);

impl Evening {
    async fn until_the_operator_sits_down(hub: &Hub, token: &Path, dir: &Path) -> anyhow::Result<Self> {
        let ready = dir.join("ready");
        let child = Command::new(program("watchhouse-simulate"))
            .args(["evening", "--hub", &hub.url(), "--token-file"])
            .arg(token)
            .arg("--once-ready")
            .arg(&ready)
            .env("RUST_LOG", "warn")
            .spawn()?;
        let evening = Self(child);
        eventually("the evening so far", async || ready.exists().then_some(())).await;
        Ok(evening)
    }
}

impl Drop for Evening {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn first_run(webkit: &Browser, dir: &Path) -> anyhow::Result<()> {
    let hub = Hub::start(&dir.join("empty"))?;
    let token = dir.join("empty.token");
    std::fs::write(&token, hub.token("Control room", "supervisor")?)?;
    let window = open(webkit, &dir.join("empty-desk"), &hub, &token, "1280x800").await?;
    window.reads("h2", "Nothing is registered yet").await;
    keep(&window, "first-run.png").await?;
    window.close().await;
    Ok(())
}

async fn open(webkit: &Browser, profile: &Path, hub: &Hub, token: &Path, size: &str) -> anyhow::Result<Page> {
    let token = token.to_str().context("a path of ours is text")?;
    let window = webkit.window(profile, &["--hub", &hub.url(), "--token-file", token, "--size", size]).await?;
    window.body("data-ready", "true").await;
    window.body("data-link", "live").await;
    Ok(window)
}

async fn live_view(webkit: &Browser, hub: &Hub, dir: &Path, token: &Path) -> anyhow::Result<String> {
    let profile = dir.join("desk");
    std::fs::create_dir_all(&profile)?;
    std::fs::copy(repository().join("docs/examples/map.geojson"), profile.join("map.geojson"))?;
    let mut busiest = String::new();
    for (wanted, size, name) in [
        ("dark", "1920x1080", "live-dark-1920.png"),
        ("dark", "1280x800", "live-dark-1280.png"),
        ("light", "1280x800", "live-light-1280.png"),
        ("light", "1920x1080", "live-light-1920.png"),
    ] {
        let window = open(webkit, &profile, hub, token, size).await?;
        theme(&window, wanted).await;
        busiest = open_the_busiest(&window).await;
        keep(&window, name).await?;
        window.close().await;
    }
    Ok(busiest)
}

async fn phone(chromium: &Browser, api: &Client, dir: &Path) -> anyhow::Result<()> {
    done(api, "unit.put", CALL_SIGN, json!({ "call_sign": CALL_SIGN, "kind": "foot" })).await?;
    let officer = json!({ "ref": OFFICER, "name": "Robin Hale (demonstration)" });
    done(api, "officer.put", &Uuid::now_v7().to_string(), officer).await?;
    let enrol = chromium.page(&format!("{}/officer/", api.base)).await?;
    night(&enrol).await?;
    enrol.heading("Join this phone").await;
    keep(&enrol, "officer-enrol.png").await?;
    enrol.close().await;

    let code: Value = api.post("/v1/enrol-codes", &json!({ "officer": OFFICER })).await?.json().await?;
    let phone = Phone(chromium.page(code["url"].as_str().context("no address to enrol at")?).await?);
    night(&phone.0).await?;
    phone.0.heading("Sign on").await;
    keep(&phone.0, "officer-sign-on.png").await?;
    phone.sign_on(CALL_SIGN).await;
    whereabouts(api).await?;
    let callout = Uuid::now_v7().to_string();
    let about = json!({ "site": SITE, "type": "intruder", "priority": 2, "offer": false,
        "text": "Door contact, then movement in the plant room." });
    done(api, "callout.create", &callout, about).await?;
    let offer = json!({ "officer": OFFICER, "reason": "Is on the next street" });
    done(api, "assignment.offer", &callout, offer).await?;
    phone.0.id("offer-accept").await;
    keep(&phone.0, "officer-offer.png").await?;
    phone.accept().await;
    stands(&phone.0, THERE).await?;
    phone.go_there().await;
    phone.0.heading("Plant room or boiler house").await;
    let picture = simulate::picture::draw(simulate::picture::Scene::for_text("Picture of the outer door"), 7);
    let path = dir.join("door.jpg");
    std::fs::write(&path, &picture.jpeg)?;
    let input = phone.0.0.find(By::Css("[data-testid=\"checklist-door\"] input[type=file]")).await?;
    input.send_keys(path.display().to_string()).await?;
    phone.0.find("[data-testid=\"checklist-door\"] img").await;
    phone.all_sent().await;
    keep(&phone.0, "officer-work.png").await?;
    phone.0.choose("checklist-smell", "no").await;
    phone.0.press("checklist-done").await;
    phone.0.heading("Is it safe to go on?").await;
    for value in ["none seen", "poor", "wet", "torch"] {
        phone.0.click(&format!("[data-value=\"{value}\"]")).await;
    }
    phone.0.0.execute("scrollTo(0, 0)", vec![]).await?;
    keep(&phone.0, "officer-assessment.png").await?;
    phone.0.click("[data-testid=\"dra-decision\"] [data-decision=\"proceed_with_controls\"]").await;
    phone.0.heading("Plant room or boiler house").await;
    phone.0.button("body", "Menu").await;
    phone.0.button("ol[aria-labelledby=\"all-steps\"]", "Visual inspection").await;
    phone.0.heading("Look round outside").await;
    phone.0.choose("finding-outside-doors", "issue").await;
    phone.0.choose("finding-outside-doors", "rear").await;
    phone.0.button("[data-testid=\"finding-outside-doors\"]", "Show it on the plan").await;
    phone.0.click("dialog button.plan").await;
    phone.0.find("dialog .pin").await;
    let drawn = "return document.querySelector('dialog .plan img').naturalWidth > 0";
    eventually("the plan", async || phone.0.0.execute(drawn, vec![]).await.ok()?.json().as_bool()?.then_some(())).await;
    keep(&phone.0, "officer-plan.png").await?;
    phone.0.close().await;
    Ok(())
}

/// The operator's other screens: a thread, who came from outside, the handover, a telephone call, a flood.
async fn operator(webkit: &Browser, hub: &Hub, dir: &Path, token: &Path, api: &Client) -> anyhow::Result<()> {
    let window = open(webkit, &dir.join("desk"), hub, token, "1280x800").await?;
    theme(&window, "dark").await;
    let number = open_the_busiest(&window).await;
    let said = [
        ("note.add", json!({ "text": "An officer is at your door. Nobody is hurt.", "to": "customer" })),
        ("note.add", json!({ "text": "Keyholder is 10 minutes away", "to": "officer" })),
        ("liaison.record", json!({ "whom": "police", "outcome": "attending", "reference": "CAD 4471" })),
        (
            "liaison.record",
            json!({ "whom": "boarding_up", "outcome": "attending", "reference": "J-2210",
            "authorised_by": "J. Marsh", "cost_cap": 400 }),
        ),
    ];
    for (kind, body) in said {
        done(api, kind, &number, body).await?;
    }
    window.reads("[data-service=\"boarding_up\"]", "attending").await;
    let into_view = "document.querySelector('[data-testid=thread]').scrollIntoView({ block: 'end' })";
    window.0.execute(into_view, vec![]).await?;
    keep(&window, "operator-thread.png").await?;

    window.key("h").await;
    window.id("handover").await;
    keep(&window, "operator-handover.png").await?;
    window.key("\u{e00c}").await;

    let exchange = api.with(hub.token("Exchange", "partner")?);
    let rings = json!({ "id": "1795377600.7", "state": "ringing", "from": "020 7946 0111", "to": "020 7946 0000" });
    eventually("the exchange to be known", async || {
        exchange.post("/v1/calls", &rings).await.ok()?.error_for_status().ok()
    })
    .await;
    window.find("[data-testid^=\"call-row-\"]").await;
    window.key("t").await;
    window.reads("aside h2", "020 7946 0111").await;
    window.write("[data-testid=\"where-address\"]", "Block C, rear stairs").await;
    let about = window.id("what-about").await;
    thirtyfour::components::SelectElement::new(&about).await?.select_by_value("noise_nuisance").await?;
    window.press("thrive-risk-some").await;
    window.reads("[data-testid=\"thrive-suggestion\"]", "Priority 3").await;
    keep(&window, "operator-call.png").await?;
    window.close().await;
    Ok(())
}

/// The register as a supervisor has it.
async fn supervisor(webkit: &Browser, hub: &Hub, dir: &Path, api: &Client) -> anyhow::Result<()> {
    let token = dir.join("supervisor.token");
    std::fs::write(&token, hub.token("Supervisor", "supervisor")?)?;
    for (number, opens) in [("K-114", "Plant room"), ("K-115", "Main gate")] {
        done(api, "key.put", number, json!({ "number": number, "site": SITE, "opens": opens, "kept": "Cabinet A" }))
            .await?;
    }
    let until = clock(api).await? + TimeDelta::hours(4);
    let out = json!({ "name": "Lift engineer", "why": "Lift out of order", "due": until });
    done(api, "key.issue", "K-115", out).await?;
    let window = open(webkit, &dir.join("supervisor-desk"), hub, &token, "1280x800").await?;
    theme(&window, "light").await;
    window.key("r").await;
    window.press(&format!("site-{SITE}")).await;
    window.reads("main", "K-115").await;
    keep(&window, "supervisor-register.png").await?;
    for (tab, shows, name) in [
        ("Keys", "Lift engineer", "supervisor-keys.png"),
        ("RAMS", "RAMS library", "supervisor-rams.png"),
        ("Import", "Import", "administrator-import.png"),
    ] {
        window.button("main", tab).await;
        window.reads("main", shows).await;
        keep(&window, name).await?;
    }
    window.button("main", "Checklists").await;
    window.click("[data-testid=\"checklist-CL-OFFICE\"] summary").await;
    window.button("[data-testid=\"checklist-CL-OFFICE\"]", "Change").await;
    window.find(".phone").await;
    keep(&window, "supervisor-checklists.png").await?;
    window.close().await;
    Ok(())
}

/// Many alarms in a minute, as the queue shows them.
async fn flood(webkit: &Browser, hub: &Hub, dir: &Path, token: &Path, api: &Client) -> anyhow::Result<()> {
    let register: Value = serde_json::from_slice(&std::fs::read(repository().join("docs/examples/borough.json"))?)?;
    let panels: Vec<Value> = register["panels"].as_array().cloned().unwrap_or_default();
    let plain = panels.iter().filter(|p| p["key"].is_null()).filter_map(|p| p["account"].as_str()).take(5);
    for account in plain {
        let mut line = watchhouse_tests::client::Line::open(hub.dc09).await?;
        for zone in 1..=6 {
            let body = format!("\"SIA-DCS\"{zone:04}L0#{account}[#{account}|Nri1/BA{zone}]");
            line.ask(&feeds::dc09::enclose(body.as_bytes(), feeds::dc09::CrcForm::Ascii)).await?;
        }
    }
    eventually("the alarms", async || (api.alarms().await.ok()?.len() > 30).then_some(())).await;
    let window = open(webkit, &dir.join("desk"), hub, token, "1280x800").await?;
    window.id("flood").await;
    keep(&window, "operator-flood.png").await?;
    window.close().await;
    Ok(())
}

/// A phone as it is at night: dark, and on the next street.
async fn night(page: &Page) -> anyhow::Result<()> {
    let dark = json!({ "features": [{ "name": "prefers-color-scheme", "value": "dark" }] });
    page.0.cdp().send_raw("Emulation.setEmulatedMedia", dark).await?;
    page.0.cdp().send_raw("Browser.grantPermissions", json!({ "permissions": ["geolocation"] })).await?;
    stands(page, NEAR).await
}

async fn stands(page: &Page, (latitude, longitude): (f64, f64)) -> anyhow::Result<()> {
    let place = json!({ "latitude": latitude, "longitude": longitude, "accuracy": 6 });
    page.0.cdp().send_raw("Emulation.setGeolocationOverride", place).await?;
    Ok(())
}

/// The phone's own tracking program tells where it is: the next street.
async fn whereabouts(api: &Client) -> anyhow::Result<()> {
    let login: Value = api.post("/v1/devices", &json!({ "unit": CALL_SIGN })).await?.error_for_status()?.json().await?;
    let now = clock(api).await?;
    let fix =
        json!({ "_type": "location", "lat": NEAR.0, "lon": NEAR.1, "acc": 6, "batt": 81, "tst": now.timestamp() });
    let (user, password) = (login["user"].as_str().unwrap_or_default(), login["password"].as_str());
    let told = api.http.post(format!("{}/pub", api.base)).basic_auth(user, password).json(&fix).send().await?;
    told.error_for_status()?;
    Ok(())
}

/// Done at the evening's own time.
async fn done(api: &Client, kind: &str, target: &str, body: Value) -> anyhow::Result<()> {
    let mut command = envelope(kind, target, body);
    command["at"] = json!(clock(api).await?);
    let result = api.send(&command).await?;
    anyhow::ensure!(result["outcome"] == "accepted", "{kind} on {target}: {result}");
    Ok(())
}

/// The evening's own clock may be far from this machine's.
async fn clock(api: &Client) -> anyhow::Result<DateTime<Utc>> {
    let told = api.get("/v1/clock").await?;
    Ok(told["now"].as_str().context("the hub tells no time")?.parse()?)
}

async fn customer(chromium: &Browser, api: &Client, callout: &str) -> anyhow::Result<()> {
    let sha256 = Sha256::digest(LINK).iter().map(|b| format!("{b:02x}")).collect::<String>();
    let link = json!({ "token_sha256": sha256, "expires_at": clock(api).await? + TimeDelta::days(7) });
    done(api, "tracking.issue", callout, link).await?;
    let page = chromium.page(&format!("{}/t/{LINK}", api.base)).await?;
    page.press("show").await;
    page.id("stage").await;
    page.find("[data-testid=\"picture-3\"] img").await;
    let all = "return [...document.images].every((i) => i.complete && i.naturalWidth > 0)";
    eventually("every picture", async || page.0.execute(all, vec![]).await.ok()?.json().as_bool()?.then_some(())).await;
    keep(&page, "tracking.png").await?;
    page.close().await;
    Ok(())
}

/// The page on which a customer writes a checklist.
async fn writer(chromium: &Browser, api: &Client) -> anyhow::Result<()> {
    let sha256 = Sha256::digest(WRITING_LINK).iter().map(|b| format!("{b:02x}")).collect::<String>();
    let link = json!({ "token_sha256": sha256, "expires_at": clock(api).await? + TimeDelta::days(14),
        "to": "Estates team", "message": "Please go through the list before the winter, and add what is missing." });
    done(api, "checklist.invite", "CL-PLANT", link).await?;
    let page = chromium.page(&format!("{}/w/{WRITING_LINK}", api.base)).await?;
    page.find("[data-testid^=\"item-\"]").await;
    keep(&page, "writing.png").await?;
    page.close().await;
    Ok(())
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    std::fs::create_dir_all(images())?;
    let dir = tempfile::tempdir()?;
    let (webkit, chromium) = (Browser::webkit().await?, Browser::chromium().await?);
    first_run(&webkit, dir.path()).await?;

    let data = dir.path().join("data");
    programs::borough(&data)?;
    let hub = Hub::start(&data)?;
    let token = dir.path().join("token");
    std::fs::write(&token, hub.token("Demonstration", "administrator")?)?;
    let api = Client::new(hub.url(), std::fs::read_to_string(&token)?);
    let _evening = Evening::until_the_operator_sits_down(&hub, &token, dir.path()).await?;
    let desk = dir.path().join("desk.token");
    std::fs::write(&desk, hub.token("Operator", "operator")?)?;
    let busiest = live_view(&webkit, &hub, dir.path(), &desk).await?;
    customer(&chromium, &api, &busiest).await?;
    writer(&chromium, &api).await?;
    phone(&chromium, &api, dir.path()).await?;
    operator(&webkit, &hub, dir.path(), &desk, &api).await?;
    supervisor(&webkit, &hub, dir.path(), &api).await?;
    flood(&webkit, &hub, dir.path(), &desk, &api).await
}
