//! The hub's command line as scripts use it: what it prints, what it refuses, and that a serving hub sees what it did.

use crate::scene::{OFFICER, PANEL, SITE, Scene, UNIT, burglary};
use feeds::dc09::compose::Outgoing;
use feeds::dc09::{Key, Panel};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use watchhouse_tests::client::{Client, Line};
use watchhouse_tests::eventually;
use watchhouse_tests::programs::{Hub, hub_says, program, repository, token};

fn text(path: &Path) -> &str {
    path.to_str().expect("a path of this test is text")
}

/// Exit code, standard output and standard error.
fn run(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output =
        Command::new(program("watchhouse-hub")).args(arguments).stdin(Stdio::null()).output().expect("it runs");
    let words = |bytes: Vec<u8>| String::from_utf8(bytes).expect("it prints text");
    (output.status.code(), words(output.stdout), words(output.stderr))
}

/// Runs what must fail, and gives what it said.
fn refused(arguments: &[&str]) -> String {
    let (code, _, said) = run(arguments);
    assert!(code.is_some_and(|code| code != 0), "{arguments:?} was not refused: {said}");
    said
}

#[test]
fn init_makes_a_directory_and_only_where_nothing_is() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("new/data");
    assert!(hub_says(&["init", "--data", text(&data)]).unwrap().ends_with("is ready."));
    refused(&["init", "--data", text(&data), "--demonstration"]);
    assert!(hub_says(&["verify", "--data", text(&data)]).unwrap().ends_with("clean"));
}

#[tokio::test]
async fn a_new_account_of_every_role_is_one_line_that_opens_a_serving_hub() {
    let scene = Scene::start();
    for role in "operator cctv supervisor officer supplier customer partner administrator".split(' ') {
        let line = scene.hub.token(&format!("New {role}"), role).unwrap();
        assert!(line.len() >= 43 && !line.contains(char::is_whitespace), "{role}: {line}");
        let client = scene.admin.with(line);
        let answer = client.request(reqwest::Method::GET, "/v1/status").send().await.unwrap();
        match role {
            "operator" | "cctv" | "supervisor" | "administrator" => {
                let status: Value = answer.json().await.unwrap();
                assert_eq!(
                    (&status["me"]["role"], &status["me"]["name"]),
                    (&json!(role), &json!(format!("New {role}")))
                );
            }
            "officer" => {
                // Registered with the account; the serving hub reads on a moment later.
                let state = async || client.get("/v1/officer/state").await.ok();
                let state = eventually("the officer's own state", state).await;
                assert_eq!(state["reference"], "New officer");
            }
            _ => assert_eq!(answer.status(), 403, "{role} is known, and may not look"),
        }
    }
    let said = refused(&["account", "add", "--data", text(scene.data()), "--name", "X", "--role", "king", "--token"]);
    assert!(said.contains("operator cctv supervisor officer"), "{said}");
}

#[tokio::test]
async fn panels_trackers_and_phones_added_while_the_hub_serves_are_served() {
    let scene = Scene::start();
    let data = text(scene.data());
    let key = "00112233445566778899aabbccddeeff";
    hub_says(&["panel", "add", "--data", data, "--account", "abc123", "--key", key, "--site", SITE]).unwrap();
    let panel = Panel { key: Some(Key::parse_hex(key).unwrap()), ..Panel::new("ABC123") };
    let mut line = Line::open(scene.hub.dc09).await.unwrap();
    let acknowledged = async || {
        let outgoing = Outgoing { seq: 1, xdata: &[], timestamp: Some(chrono::Utc::now()), pad: b"abcdefghijklmnop" };
        let reply = line.ask(&panel.sia_dcs("Nri1/BA5", outgoing)).await.ok()?;
        reply[8..].starts_with("\"*ACK\"0001L0#ABC123[").then_some(())
    };
    eventually("the new panel's acknowledgement", acknowledged).await;
    for (account, more) in
        [("XYZ", vec![]), ("AB", vec![]), ("ABC", vec!["--key", "short"]), ("ABC", vec!["--site", "NOWHERE"])]
    {
        refused(&[vec!["panel", "add", "--data", data, "--account", account], more].concat());
    }
    // A panel that is refused leaves the key as it was.
    refused(&["panel", "add", "--data", data, "--account", "abc123", "--key", "0123456789abcdef", "--site", "NOWHERE"]);
    let outgoing = Outgoing { seq: 2, xdata: &[], timestamp: Some(chrono::Utc::now()), pad: b"abcdefghijklmnop" };
    assert!(line.ask(&panel.sia_dcs("Nri1/BR5", outgoing)).await.unwrap()[8..].starts_with("\"*ACK\"0002"));

    let login = hub_says(&["device", "add", "--data", data, "--unit", UNIT]).unwrap();
    let (user, password) = login.split_once(' ').expect("user and password");
    let fix = json!({ "_type": "location", "lat": 51.5, "lon": -0.1, "tst": chrono::Utc::now().timestamp() });
    let tell = async |password: &str| {
        let request = scene.admin.http.post(format!("{}/pub", scene.hub.url())).json(&fix);
        request.basic_auth(user, Some(password)).send().await.unwrap().status()
    };
    assert_eq!((tell(password).await.as_u16(), tell("guess").await.as_u16()), (200, 401));
    assert_eq!(scene.admin.get("/v1/positions").await.unwrap()["positions"][0]["unit"], UNIT);

    let code = hub_says(&["enrol", "--data", data, "--officer", OFFICER]).unwrap();
    assert_eq!(scene.admin.post("/v1/enrol", &json!({ "code": code })).await.unwrap().status(), 200);
    refused(&["enrol", "--data", data, "--officer", "OF-99"]);
}

#[tokio::test]
async fn an_import_takes_what_is_right_and_names_every_row_that_is_not() {
    let scene = Scene::start();
    let data = text(scene.data());
    let file = |name: &str, content: &str| {
        let path = scene.dir.path().join(name);
        std::fs::write(&path, content).expect("a file is written");
        path
    };
    let estates = json!({ "type": "FeatureCollection", "features": [{ "type": "Feature",
        "properties": { "name": "Invented Court", "ref": "INV" }, "geometry": { "type": "Polygon", "coordinates":
        [[[-0.15, 51.55], [-0.14, 51.55], [-0.14, 51.56], [-0.15, 51.55]]] } }] });
    let estates = file("estates.geojson", &estates.to_string());
    assert_eq!(run(&["import", "--data", data, text(&estates)]), (Some(0), "estate.put: 1 taken\n".into(), "".into()));

    let sites = file(
        "sites.csv",
        "\u{feff}ref,name,estate,address,lat,lon,hazards\n\
         INV-1,Lodge,INV,\"1 Gate, Invented Court\",51.555,-0.145,dog;dark\n\
         INV-2,Nowhere,ATLANTIS,2 Gate,51.555,-0.145,\n\
         INV-3,Off the map,INV,3 Gate,151.5,-0.145,\n\
         INV-4,Words,INV,4 Gate,north,-0.145,\n\
         INV-5,Büro,INV,5 Gate,51.556,-0.146,\n",
    );
    let (code, said, _) = run(&["import", "--data", data, text(&sites)]);
    assert_eq!(code, Some(2), "{said}");
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines[0], "site.put: 2 taken");
    assert_eq!(lines.len(), 4, "{said}");
    for (line, name) in lines[1..].iter().zip(["line 3 INV-2", "line 4 INV-3", "line 5 INV-4"]) {
        let reason = line.strip_prefix(&format!("refused {name}: ")).unwrap_or_else(|| panic!("{line} names {name}"));
        assert!(reason.len() > 10, "{line}");
    }
    let lodge = eventually("the site at the serving hub", async || {
        let sites = scene.admin.get("/v1/sites").await.ok()?;
        sites["sites"].as_array()?.iter().find(|site| site["ref"] == "INV-1").cloned()
    })
    .await;
    assert_eq!((&lodge["hazards"], &lodge["point"]["lat"]), (&json!(["dog", "dark"]), &json!(51.555)), "{lodge}");

    let borough = repository().join("docs/examples/borough.json");
    let again = hub_says(&["import", "--data", data, text(&borough)]).unwrap();
    assert!(again.contains("site.put: 24 taken") && !again.contains("refused"), "the same again changes it: {again}");
    for (name, content) in
        [("broken.json", "{"), ("other.json", "{\"dogs\": []}"), ("broken.geojson", "{\"type\":\"FeatureCollection\"}")]
    {
        refused(&["import", "--data", data, text(&file(name, content))]);
    }
    refused(&["import", "--data", data, "missing.csv"]);
}

#[tokio::test]
async fn what_is_exported_can_be_imported_and_keys_and_urns_come_with_it() {
    let scene = Scene::start();
    let data = text(scene.data());
    let file = |name: &str| scene.dir.path().join(name);
    let keys = file("keys.csv");
    std::fs::write(&keys, "number,site,opens,kept\r\nK-901,NOWHERE,door,hook 1\r\nK-902,,\"=cmd\",hook 2\r\n").unwrap();
    let (code, said, _) = run(&["import", "--data", data, text(&keys)]);
    assert_eq!((code, said.lines().next()), (Some(2), Some("key.put: 1 taken")), "{said}");
    assert!(said.contains("refused line 2 K-901: There is no site “NOWHERE”."), "{said}");
    for what in ["sites", "entrances", "contacts", "panels", "keys", "places"] {
        let path = file(&format!("{what}.out"));
        let said = hub_says(&["export", "--data", data, "--what", what, text(&path)]).unwrap();
        assert!(said.contains(what), "{said}");
        let text_of = std::fs::read_to_string(&path).unwrap();
        assert!(!text_of.contains(",=cmd"), "{text_of}");
        let again = run(&["import", "--data", data, text(&path)]);
        assert_eq!(again.0, Some(0), "{what}: {} {}", again.1, again.2);
    }
    let printed = hub_says(&["export", "--data", data, "--what", "keys"]).unwrap();
    assert!(printed.contains("K-902,,'=cmd,,hook 2"), "{printed}");
    refused(&["export", "--data", data, "--what", "dogs"]);
}

#[tokio::test]
async fn a_backup_of_a_serving_hub_comes_back_whole_and_a_tampered_one_is_not_clean() {
    let scene = Scene::start();
    scene.wire(&burglary(PANEL, 1)).await;
    let picture = [b"\xFF\xD8\xFF\xE0".to_vec(), vec![7; 500]].concat();
    let name: String = {
        use sha2::{Digest, Sha256};
        Sha256::digest(&picture).iter().map(|byte| format!("{byte:02x}")).collect()
    };
    let sent = scene.admin.request(reqwest::Method::PUT, &format!("/v1/media/{name}")).body(picture.clone()).send();
    assert_eq!(sent.await.unwrap().status(), 201);
    let (copy, back) = (scene.dir.path().join("copy"), scene.dir.path().join("back"));
    hub_says(&["backup", "--data", text(scene.data()), "--to", text(&copy)]).unwrap();
    let status = scene.admin.get("/v1/status").await.unwrap();
    scene.wire(&burglary(PANEL, 2)).await;

    hub_says(&["restore", "--data", text(&back), "--from", text(&copy)]).unwrap();
    refused(&["restore", "--data", text(&back), "--from", text(&copy)]);
    refused(&["restore", "--data", text(&scene.dir.path().join("other")), "--from", text(scene.dir.path())]);
    assert_eq!(std::fs::read(back.join("media").join(&name[..2]).join(&name[2..])).unwrap(), picture);
    let hub = Hub::start(&back).unwrap();
    let admin = Client::new(hub.url(), scene.admin.token.clone());
    let restored = admin.get("/v1/status").await.unwrap();
    assert_eq!((&restored["head"], &restored["chain"]), (&status["head"], &status["chain"]));
    let known = Line::open(hub.dc09).await.unwrap().ask(&burglary(PANEL, 1)).await.unwrap();
    assert!(known.ends_with("0001L0#1A02[]"), "{known}");
    assert_eq!(admin.alarms().await.unwrap().len(), 1, "the resend is known there too");
    hub.stop().unwrap();

    let file = back.join("hub.db");
    let mut bytes = std::fs::read(&file).unwrap();
    let word = b"Ampthill Square Estate";
    let places: Vec<usize> = (0..bytes.len() - word.len()).filter(|at| bytes[*at..].starts_with(word)).collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at] = b'E';
    }
    std::fs::write(&file, bytes).unwrap();
    let (code, said, _) = run(&["verify", "--data", text(&back)]);
    assert!(code == Some(1) && said.contains("problem: ") && said.ends_with("NOT clean\n"), "{said}");
}

/// What somebody else on this machine could open below a directory.
fn open_to_others(dir: &Path) -> Vec<PathBuf> {
    use std::os::unix::fs::PermissionsExt;
    let mut found = Vec::new();
    let mut look = vec![dir.to_owned()];
    while let Some(path) = look.pop() {
        let metadata = path.metadata().unwrap();
        let open = metadata.permissions().mode() & 0o077 != 0;
        match metadata.is_dir() {
            // Nobody reaches what is in a closed directory.
            true if open => look.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path())),
            true => {}
            false if open => found.push(path),
            false => {}
        }
    }
    found
}

#[tokio::test]
async fn nobody_else_can_read_a_backup() {
    use std::os::unix::fs::PermissionsExt;
    let scene = Scene::start();
    let picture = [b"\xFF\xD8\xFF\xE0".to_vec(), vec![7; 500]].concat();
    let name = "19a8dbb3";
    let folder = scene.data().join("media").join(&name[..2]);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(&name[2..]), picture).unwrap();
    // A folder of backups that anybody may look into, as most are.
    let there = scene.dir.path().join("there");
    std::fs::create_dir(&there).unwrap();
    std::fs::set_permissions(&there, std::fs::Permissions::from_mode(0o755)).unwrap();
    let (new, back) = (there.join("2026").join("monday"), there.join("back"));
    for to in [&new, &there] {
        hub_says(&["backup", "--data", text(scene.data()), "--to", text(to)]).unwrap();
        assert_eq!(open_to_others(to), Vec::<PathBuf>::new());
    }
    assert!(there.join("hub.db").is_file() && there.join("media").join("19").join("a8dbb3").is_file());
    // Also one that was made when they were still open.
    std::fs::set_permissions(there.join("hub.db"), std::fs::Permissions::from_mode(0o644)).unwrap();
    hub_says(&["restore", "--data", text(&back), "--from", text(&there)]).unwrap();
    assert_eq!(back.join("hub.db").metadata().unwrap().permissions().mode() & 0o077, 0);
    assert_eq!(open_to_others(&back), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn the_description_printed_is_the_one_that_is_served() {
    let scene = Scene::start();
    let served = scene.admin.get("/openapi.json").await.unwrap();
    let printed: Value = serde_json::from_str(&hub_says(&["openapi"]).unwrap()).unwrap();
    assert_eq!(printed, served);
}

#[tokio::test]
async fn the_clock_is_set_in_a_demonstration_and_nowhere_else() {
    let start = "2026-11-22T21:40:00Z";
    let scene = Scene::start_with(&["--clock", &format!("{start},0")]);
    let status = scene.admin.get("/v1/status").await.unwrap();
    assert_eq!((&status["now"], &status["clock_rate"]), (&json!(start), &json!(0.0)));

    let dir = tempfile::tempdir().unwrap();
    let data = text(dir.path());
    let administrator = token(dir.path(), "Admin", "administrator").unwrap();
    let said = refused(&["serve", "--data", data, "--http", "127.0.0.1:0", "--dc09", "127.0.0.1:0", "--clock", start]);
    assert!(said.contains("--demonstration"), "{said}");
    let hub = Hub::start(dir.path()).unwrap();
    let answer = Client::new(hub.url(), administrator).post("/v1/clock", &json!({ "rate": 2.0 })).await.unwrap();
    let problem = watchhouse_tests::client::problem(answer).await.unwrap();
    assert_eq!(problem, (409, "not_a_demonstration".into()));
}

#[tokio::test]
async fn serve_refuses_what_would_be_unsafe_or_is_not_there() {
    let dir = tempfile::tempdir().unwrap();
    let data = text(dir.path());
    let serve = |more: &[&str]| refused(&[&["serve", "--data", data, "--dc09", "127.0.0.1:0"], more].concat());
    for open in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        let said = serve(&["--http", open]);
        assert!(said.contains("--tls-cert") && said.contains("loopback"), "{said}");
    }
    let missing = text(&dir.path().join("none.pem")).to_owned();
    let said = serve(&["--http", "127.0.0.1:0", "--tls-cert", &missing, "--tls-key", &missing]);
    assert!(said.contains("none.pem"), "{said}");
    serve(&["--http", "127.0.0.1:0", "--tls-cert", &missing]);
    let said = serve(&["--http", "127.0.0.1:0", "--database", "postgres://nowhere"]);
    assert!(said.contains("SQLite"), "{said}");
    let config = dir.path().join("hub.toml");
    std::fs::write(&config, "hosts = [\"hub.example\"]\ncolour = \"red\"\n").unwrap();
    let said = serve(&["--http", "127.0.0.1:0", "--config", text(&config)]);
    assert!(said.contains("colour"), "{said}");
}

#[tokio::test]
async fn a_hub_told_to_end_ends_within_five_seconds_and_has_lost_nothing() {
    let scene = Scene::start();
    let mut stream = scene.admin.stream("/v1/log?after=0", None).await.unwrap();
    stream.next().await.unwrap();
    let phone = scene.officer().await;
    let _live = phone.stream("/v1/officer/live", None).await.unwrap();
    let mut idle = Line::open(scene.hub.dc09).await.unwrap();
    idle.write(b"\n39DA003D\"ADM").await.unwrap();
    let sender = tokio::spawn({
        let address = scene.hub.dc09;
        async move {
            let mut acknowledged = 0;
            let mut line = Line::open(address).await.expect("it listens");
            for seq in 1..=9999 {
                match line.ask(&burglary(PANEL, seq)).await {
                    Ok(_) => acknowledged = seq,
                    Err(_) => break,
                }
            }
            acknowledged
        }
    });
    eventually("some alarms", async || (scene.admin.alarms().await.ok()?.len() > 20).then_some(())).await;
    let Scene { dir, hub, admin } = scene;
    let data = hub.data.clone();
    let took = tokio::task::spawn_blocking(move || hub.stop()).await.unwrap().unwrap();
    assert!(took < Duration::from_secs(5), "it took {took:?}");
    let acknowledged = sender.await.unwrap();
    assert!(hub_says(&["verify", "--data", text(&data)]).unwrap().ends_with("clean"));
    let hub = Hub::start(&data).unwrap();
    let stored = Client::new(hub.url(), admin.token).alarms().await.unwrap();
    let kept: Vec<u64> = stored.iter().filter_map(|alarm| alarm["panel_seq"].as_u64()).collect();
    assert!(kept.len() >= usize::from(acknowledged), "{acknowledged} were acknowledged, {} kept", kept.len());
    assert_eq!(kept, (1..=kept.len() as u64).collect::<Vec<_>>());
    drop(dir);
}
