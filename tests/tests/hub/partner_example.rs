//! `docs/examples/partner.py` does against a real hub what it says.

use crate::scene::{SITE, Scene};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use watchhouse_tests::programs::{hub_says, repository};
use watchhouse_tests::skip;

struct Listener(Child, std::io::Lines<BufReader<std::process::ChildStdout>>);

impl Listener {
    fn next(&mut self) -> Value {
        let line = self.1.next().expect("the example goes on").expect("a line");
        serde_json::from_str(&line).expect("JSON")
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn example() -> Command {
    let mut command = Command::new("python3");
    command.arg(repository().join("docs/examples/partner.py"));
    command
}

#[tokio::test]
async fn the_example_of_a_partner_system_asks_follows_cancels_and_knows_our_signature() {
    if example().arg("--help").output().is_err() {
        return skip("the_example_of_a_partner_system_asks_follows_cancels_and_knows_our_signature", "no python3");
    }
    let scene = Scene::start_with(&["--retry-pace", "0.01"]);
    let data = scene.data().to_str().unwrap();
    let made = ["account", "add", "--data", data, "--name", "Housing", "--role", "partner", "--site", SITE, "--token"];
    let token = hub_says(&made).unwrap();
    let file = |name: &str, text: &str| {
        let path = scene.dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let token_file = file("token", &token);
    // Its secret is not known before there is a webhook, and the webhook needs the port.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{free}/");
    let said = hub_says(&["webhook", "add", "--data", data, "--account", "Housing", "--url", &url]).unwrap();
    let secret_file = file("secret", said.split_once(' ').unwrap().1);
    let mut child = example()
        .args(["listen", "--port", &free.to_string(), "--secret-file"])
        .arg(&secret_file)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut listener = Listener(child, lines);
    assert_eq!(listener.next(), json!({ "listening": free }));

    let run = |arguments: &[&str], input: &str| {
        let mut child = example()
            .args(["--hub", &scene.hub.url(), "--site", SITE, "--token-file"])
            .arg(&token_file)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        writeln!(child.stdin.take().unwrap(), "{input}").unwrap();
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (serde_json::from_slice::<Value>(&output.stdout).unwrap_or_default(), said)
    };
    let (asked, said) = run(&["ask", "It is only a try", "--test"], "");
    let number = asked["callout"].as_str().unwrap_or_else(|| panic!("{said}")).to_owned();
    let first = listener.next();
    assert_eq!(
        (&first["event"], &first["callout"], &first["data"]["test"]),
        (&json!("created"), &json!(number), &json!(true))
    );
    assert_eq!(run(&["follow", &number], "").0["stage"], "received");
    assert_eq!(run(&["play", &number, "arrived"], "").0["stage"], "at_site");
    let told: Vec<String> = (0..5).map(|_| listener.next()["event"].as_str().unwrap().to_owned()).collect();
    assert_eq!(told, ["owned", "offered", "accepted", "en_route", "arrived"]);
    let (_, said) = run(&["rate", &number, "5", "Quick"], "");
    assert!(said.starts_with("422 not_over: "), "{said}");
    let (_, said) = run(&["cancel", &number, "enough"], "9999");
    assert!(said.starts_with("403 wrong_code: "), "{said}");
    assert_eq!(run(&["cancel", &number, "enough"], "1234").0["cancel_requested"], true);
    assert_eq!(listener.next()["event"], "cancel_requested");
    // What somebody else sends is not believed.
    let forged =
        scene.admin.http.post(&url).header("Watchhouse-Signature", "t=1,v1=00").body("{}").send().await.unwrap();
    assert_eq!(forged.status(), 401);
}
