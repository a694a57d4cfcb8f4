//! HTTPS: with a certificate of the hub's own, and through a proxy that has one.

use crate::scene::{OFFICER, Scene};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;
use watchhouse_tests::client::Client;
use watchhouse_tests::eventually;
use watchhouse_tests::programs::{Hub, token};

/// A certificate of this machine that signs itself, and its key.
fn certificate(dir: &Path) -> (String, String) {
    let path = |name: &str| dir.join(name).to_str().expect("a path of this test is text").to_owned();
    let config = "[req]\ndistinguished_name=dn\nx509_extensions=ext\nprompt=no\n[dn]\nCN=hub.example\n[ext]\n\
                  basicConstraints=critical,CA:FALSE\nsubjectAltName=IP:127.0.0.1,DNS:hub.example\n";
    std::fs::write(dir.join("config"), config).expect("a file is written");
    let (cert, key) = (path("cert.pem"), path("key.pem"));
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"])
        .args(["-config", &path("config"), "-keyout", &key, "-out", &cert])
        .output()
        .expect("openssl is installed");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    (cert, key)
}

/// A client that takes this certificate's word and no other's.
fn trusting(cert: &str) -> reqwest::Client {
    let trusted = reqwest::Certificate::from_pem(&std::fs::read(cert).unwrap()).unwrap();
    reqwest::Client::builder().tls_certs_only([trusted]).build().unwrap()
}

#[tokio::test]
async fn with_a_certificate_it_serves_https_to_its_own_names_and_nothing_in_the_clear() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let administrator = token(&data, "Admin", "administrator").unwrap();
    let (cert, key) = certificate(dir.path());
    let hub = Hub::start_with(&data, &["--tls-cert", &cert, "--tls-key", &key]).unwrap();
    let mut client = Client::new(format!("https://{}", hub.http), administrator);
    assert!(client.get("/v1/status").await.is_err(), "a certificate nobody vouches for is refused");
    client.http = trusting(&cert);
    assert_eq!(client.get("/v1/status").await.unwrap()["me"]["name"], "Admin");
    client.must("officer.put", &uuid::Uuid::now_v7().to_string(), json!({ "ref": "O", "name": "O" })).await.unwrap();
    let code: Value = client.post("/v1/enrol-codes", &json!({ "officer": "O" })).await.unwrap().json().await.unwrap();
    assert!(code["url"].as_str().unwrap().starts_with("https://"), "{code}");
    let enrolled = client.post("/v1/enrol", &json!({ "code": code["code"] })).await.unwrap();
    assert!(enrolled.headers()["set-cookie"].to_str().unwrap().contains("; Secure"));
    assert!(client.http.get(format!("http://{}/healthz", hub.http)).send().await.is_err(), "not in the clear");
}

#[tokio::test]
async fn a_renewed_certificate_is_used_without_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let (data, other) = (dir.path().join("data"), dir.path().join("other"));
    std::fs::create_dir(&other).unwrap();
    let (cert, key) = certificate(dir.path());
    let (new_cert, new_key) = certificate(&other);
    let hub = Hub::start_with(&data, &["--tls-cert", &cert, "--tls-key", &key]).unwrap();
    let healthy = async |client: &reqwest::Client| {
        client.get(format!("https://{}/healthz", hub.http)).send().await.is_ok_and(|answer| answer.status() == 200)
    };
    let (old, new) = (trusting(&cert), trusting(&new_cert));
    assert!(healthy(&old).await && !healthy(&new).await);
    std::fs::copy(&new_cert, &cert).unwrap();
    std::fs::copy(&new_key, &key).unwrap();
    eventually("the new certificate", async || healthy(&new).await.then_some(())).await;
}

#[tokio::test]
async fn a_hub_behind_a_proxy_gives_https_addresses_and_a_secure_cookie() {
    let scene = Scene::start_with(&["--host", "hub.example"]);
    let here = scene.hub.http.to_string();
    for (host, told, base) in [
        ("hub.example", Some("https"), "https://hub.example"),
        ("hub.example", None, "https://hub.example"),
        (here.as_str(), Some("https"), &format!("https://{here}")),
        (&here, None, &format!("http://{here}")),
    ] {
        let ask = async |path: &str, body: Value| {
            let request = scene.admin.request(reqwest::Method::POST, path).header("Host", host).json(&body);
            let request = told.into_iter().fold(request, |request, told| request.header("X-Forwarded-Proto", told));
            request.send().await.unwrap().error_for_status().unwrap()
        };
        let code: Value = ask("/v1/enrol-codes", json!({ "officer": OFFICER })).await.json().await.unwrap();
        let url = code["url"].as_str().unwrap();
        assert!(url.starts_with(&format!("{base}/officer#code=")), "{url} for {host} and {told:?}");
        let enrolled = ask("/v1/enrol", json!({ "code": code["code"] })).await;
        let cookie = enrolled.headers()["set-cookie"].to_str().unwrap();
        assert_eq!(cookie.contains("; Secure"), base.starts_with("https"), "{cookie} for {host} and {told:?}");
    }
}
