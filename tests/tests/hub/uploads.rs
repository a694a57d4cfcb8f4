//! Pictures: in pieces, interrupted, too large, not what they say they are; and who may look at one.

use crate::scene::Scene;
use reqwest::{Method, Response};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::path::PathBuf;
use watchhouse_tests::client::{Client, problem};
use watchhouse_tests::eventually;

/// A picture and its name.
fn picture() -> (Vec<u8>, String) {
    drawn(320)
}

fn drawn(width: u32) -> (Vec<u8>, String) {
    let mut jpeg = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_fn(width, 240, |x, y| image::Rgb([x as u8, y as u8, (x ^ y) as u8]))
        .write_to(&mut jpeg, image::ImageFormat::Jpeg)
        .expect("a picture is encoded");
    let jpeg = jpeg.into_inner();
    let name = name_of(&jpeg);
    (jpeg, name)
}

fn name_of(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Sends one piece of a file of `total` bytes.
async fn put(client: &Client, name: &str, from: usize, piece: &[u8], total: usize) -> Response {
    let range = format!("bytes {from}-{}/{total}", from + piece.len() - 1);
    let request = client.request(Method::PUT, &format!("/v1/media/{name}")).header("Content-Range", range);
    request.body(piece.to_vec()).send().await.expect("an answer")
}

fn status_and_offset(answer: &Response) -> (u16, &str) {
    let offset = answer.headers().get("Upload-Offset").and_then(|v| v.to_str().ok());
    (answer.status().as_u16(), offset.unwrap_or("none"))
}

async fn head(client: &Client, name: &str) -> Response {
    client.request(Method::HEAD, &format!("/v1/media/{name}")).send().await.expect("an answer")
}

#[tokio::test]
async fn an_upload_that_was_cut_off_goes_on_where_it_ended_also_after_a_power_cut() {
    let mut scene = Scene::start();
    let (jpeg, name) = picture();
    let (total, half) = (jpeg.len(), jpeg.len() / 2);
    let text = half.to_string();
    assert_eq!(status_and_offset(&head(&scene.admin, &name).await), (200, "0"));
    let begun = put(&scene.admin, &name, 0, &jpeg[..half], total).await;
    assert_eq!(status_and_offset(&begun), (202, text.as_str()));

    scene = scene.restarted();
    let admin = &scene.admin;
    assert_eq!(status_and_offset(&head(admin, &name).await), (200, text.as_str()));
    let ahead = put(admin, &name, half + 10, &jpeg[half + 10..], total).await;
    assert_eq!(status_and_offset(&ahead), (409, text.as_str()), "a gap is refused with the right place");
    let done = put(admin, &name, half, &jpeg[half..], total).await;
    assert_eq!(status_and_offset(&done), (201, total.to_string().as_str()));
    assert_eq!(status_and_offset(&head(admin, &name).await), (200, total.to_string().as_str()));
    let again = put(admin, &name, 0, &jpeg, total).await;
    assert_eq!(again.status(), 201, "sent again after a lost answer");
}

/// Where the hub keeps a picture of which it has so much: `part`, or `last` while its last piece is written.
fn file_of(scene: &Scene, name: &str, extension: &str) -> PathBuf {
    scene.data().join("media").join(&name[..2]).join(&name[2..]).with_extension(extension)
}

/// What a hub that was killed has left on its disk.
fn left_behind(scene: &Scene, name: &str, extension: &str, bytes: &[u8]) {
    let file = file_of(scene, name, extension);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, bytes).unwrap();
}

async fn is_on_record(scene: &Scene, callout: &str, name: &str) -> bool {
    scene.callout_now(callout).await["media"][name]["received_at"].is_string()
}

#[tokio::test]
async fn a_full_part_file_is_no_delivered_picture() {
    let mut scene = Scene::start();
    let callout = scene.callout().await;
    let (jpeg, name) = picture();
    let (total, text) = (jpeg.len(), jpeg.len().to_string());
    scene.admin.must("note.add", &callout, json!({ "text": "The front", "pictures": [name] })).await.unwrap();
    let mut spoilt = jpeg.clone();
    spoilt[total / 2] ^= 1;

    // Whole and right, killed before it had its name: nobody needs to send it again, and the call-out hears of it.
    for extension in ["part", "last"] {
        left_behind(&scene, &name, extension, &jpeg);
        scene = scene.restarted();
        eventually("the picture on record", async || is_on_record(&scene, &callout, &name).await.then_some(())).await;
        assert_eq!(status_and_offset(&head(&scene.admin, &name).await), (200, text.as_str()));
        let read = scene.admin.request(Method::GET, &format!("/v1/media/{name}")).send().await.unwrap();
        assert_eq!(read.bytes().await.unwrap(), jpeg);
        std::fs::remove_file(file_of(&scene, &name, "")).unwrap();
    }

    // Right, and the hub was not killed but could not name it: whoever asks next finds it finished.
    left_behind(&scene, &name, "part", &jpeg);
    let again = put(&scene.admin, &name, total - 1, &jpeg[total - 1..], total).await;
    assert_eq!(status_and_offset(&again), (201, text.as_str()));
    std::fs::remove_file(file_of(&scene, &name, "")).unwrap();

    // Whole and wrong: all of it is wanted again, however the phone asks.
    left_behind(&scene, &name, "last", &spoilt);
    assert_eq!(status_and_offset(&head(&scene.admin, &name).await), (200, "0"));
    left_behind(&scene, &name, "part", &spoilt);
    let end = put(&scene.admin, &name, total - 1, &jpeg[total - 1..], total).await;
    assert_eq!(status_and_offset(&end), (409, "0"), "sent on from where it seemed to be");
    assert_eq!(status_and_offset(&put(&scene.admin, &name, 0, &jpeg, total).await), (201, text.as_str()));
}

#[tokio::test]
async fn a_picture_that_comes_after_the_call_out_is_over_is_on_record() {
    let mut scene = Scene::start();
    let (jpeg, name) = picture();
    let (other, other_name) = {
        let bytes = noise(0);
        let name = name_of(&bytes);
        (bytes, name)
    };
    let mut over = Vec::new();
    for pictures in [[&name], [&name], [&other_name]] {
        let callout = scene.callout().await;
        scene.admin.must("note.add", &callout, json!({ "text": "The front", "pictures": pictures })).await.unwrap();
        scene.admin.must("callout.stand_down", &callout, json!({ "reason": "Nothing there" })).await.unwrap();
        over.push(callout);
    }
    assert_eq!(put(&scene.admin, &name, 0, &jpeg, jpeg.len()).await.status(), 201);
    for callout in &over[..2] {
        assert!(is_on_record(&scene, callout, &name).await, "both that name it know that it is here");
    }
    assert!(!is_on_record(&scene, &over[2], &other_name).await);

    // Killed when it was on disk and not yet recorded: the phone was told that it is here, and never sends it again.
    left_behind(&scene, &other_name, "", &other);
    scene = scene.restarted();
    let known = async || is_on_record(&scene, &over[2], &other_name).await.then_some(());
    eventually("the other picture on record", known).await;
}

/// A large file that begins as a picture does.
fn noise(seed: u8) -> Vec<u8> {
    let mut bytes = vec![0xFF, 0xD8, 0xFF, 0xE0, seed];
    let mut digest = Sha256::digest([seed]);
    while bytes.len() < 400_000 {
        bytes.extend_from_slice(&digest);
        digest = Sha256::digest(digest);
    }
    bytes
}

#[tokio::test]
async fn two_uploads_of_one_picture_leave_it_whole() {
    let scene = Scene::start();
    for seed in 0..12 {
        let bytes = noise(seed);
        let name = name_of(&bytes);
        // In pieces of unlike size, so that each goes on where the other ended.
        let upload = async |piece: usize| {
            let mut from = 0;
            loop {
                let end = (from + piece).min(bytes.len());
                let answer = put(&scene.admin, &name, from, &bytes[from..end], bytes.len()).await;
                let (status, offset) = status_and_offset(&answer);
                match status {
                    201 => return,
                    202 | 409 => from = offset.parse().unwrap(),
                    other => panic!("{other} at {from}"),
                }
            }
        };
        tokio::join!(upload(30_011), upload(50_021), upload(399_000));
        assert_eq!(name_of(&std::fs::read(file_of(&scene, &name, "")).unwrap()), name, "picture {seed}");
        assert!(!file_of(&scene, &name, "part").exists() && !file_of(&scene, &name, "last").exists());
    }
}

#[tokio::test]
async fn a_picture_is_read_only_by_those_with_a_right_on_a_call_out_that_names_it() {
    let scene = Scene::start();
    let officer = scene.officer().await;
    let other = scene.admin.account("Other", "officer", Some("OF-02")).await.unwrap();
    let partner = scene.client("partner").await;
    let callout = scene.callout().await;
    let (jpeg, name) = picture();
    let read = async |client: &Client| client.request(Method::GET, &format!("/v1/media/{name}")).send().await.unwrap();

    assert_eq!(put(&officer, &name, 0, &jpeg, jpeg.len()).await.status(), 201);
    assert_eq!(problem(read(&scene.admin).await).await.unwrap(), (404, "not_found".into()), "nothing names it yet");
    officer.must("assignment.accept", &callout, json!({})).await.unwrap();
    officer.must("note.add", &callout, json!({ "text": "The front", "pictures": [name] })).await.unwrap();
    for client in [&scene.admin, &officer] {
        let answer = read(client).await;
        assert_eq!(answer.headers()["content-type"], "image/jpeg");
        assert_eq!(answer.bytes().await.unwrap(), jpeg, "the original, untouched");
    }
    for client in [&other, &partner] {
        assert_eq!(problem(read(client).await).await.unwrap(), (404, "not_found".into()));
    }
    assert_eq!(problem(put(&partner, &name, 0, &jpeg, jpeg.len()).await).await.unwrap().0, 403);
    let seen = scene.callout_now(&callout).await;
    assert!(seen["media"][&name]["received_at"].is_string(), "the call-out knows that it arrived: {}", seen["media"]);
}

#[tokio::test]
async fn what_is_too_large_or_not_what_was_named_or_no_picture_is_refused_and_not_kept() {
    let scene = Scene::start();
    let admin = &scene.admin;
    let (jpeg, name) = picture();
    let large = 30 << 20;
    let answer = put(admin, &name, 0, &jpeg, large).await;
    assert_eq!(problem(answer).await.unwrap(), (413, "picture_too_large".into()), "announced in the range");
    let whole = admin.request(Method::PUT, &format!("/v1/media/{name}")).body(vec![0xFF; large]);
    assert_eq!(problem(whole.send().await.unwrap()).await.unwrap(), (413, "too_large".into()), "sent in one go");

    let other = "0".repeat(64);
    let answer = put(admin, &other, 0, &jpeg, jpeg.len()).await;
    assert_eq!(problem(answer).await.unwrap(), (422, "digest_mismatch".into()));
    let page = b"<script>alert('no picture')</script>";
    let answer = put(admin, &name_of(page), 0, page, page.len()).await;
    assert_eq!(problem(answer).await.unwrap(), (422, "not_a_picture".into()));
    for name in [name, other, name_of(page)] {
        assert_eq!(status_and_offset(&head(admin, &name).await), (200, "0"));
    }
}

#[tokio::test]
async fn a_signed_document_is_attached_by_a_supervisor_and_read_by_the_room_and_by_officers() {
    let scene = Scene::start();
    let supervisor = scene.client("supervisor").await;
    let (operator, partner) = (scene.client("operator").await, scene.client("partner").await);
    let officer = scene.officer().await;
    let pdf = b"%PDF-1.7\nsigned by the security manager".to_vec();
    let name = name_of(&pdf);
    let path = format!("/v1/documents/{name}");
    let send = async |client: &Client, path: &str, bytes: &[u8]| {
        client.request(Method::PUT, path).body(bytes.to_vec()).send().await.unwrap()
    };
    let read = async |client: &Client, path: &str| client.request(Method::GET, path).send().await.unwrap();

    for client in [&operator, &officer, &partner] {
        assert_eq!(problem(send(client, &path, &pdf).await).await.unwrap().0, 403);
    }
    let page = b"<html>%PDF-1.7</html>";
    let wrong = send(&supervisor, &format!("/v1/documents/{}", name_of(page)), page).await;
    assert_eq!(problem(wrong).await.unwrap(), (422, "not_a_pdf".into()));
    let other = send(&supervisor, &path, b"%PDF-1.7 another").await;
    assert_eq!(problem(other).await.unwrap(), (422, "digest_mismatch".into()));
    let large = supervisor.request(Method::PUT, &path).header("Content-Range", format!("bytes 0-4/{}", 21 << 20));
    let large = large.body("%PDF-").send().await.unwrap();
    assert_eq!(problem(large).await.unwrap(), (413, "document_too_large".into()));
    assert_eq!(send(&supervisor, &path, &pdf).await.status(), 201);
    assert_eq!(problem(read(&operator, &path).await).await.unwrap(), (404, "not_found".into()), "nothing names it yet");

    let rams = json!({ "ref": "RAMS-SIGNED", "title": "Alarm response", "first": "Look first.",
        "pdf": { "sha256": name, "name": "Alarm “response” 4.pdf" } });
    supervisor.must("rams.put", &uuid::Uuid::now_v7().to_string(), rams).await.unwrap();
    let phone = format!("/officer/documents/{name}");
    for (client, path) in [(&operator, &path), (&officer, &path), (&officer, &phone)] {
        let answer = read(client, path).await;
        assert_eq!(answer.headers()["content-type"], "application/pdf");
        assert_eq!(answer.headers()["content-disposition"], "inline; filename=\"Alarm _response_ 4.pdf\"");
        assert_eq!(answer.bytes().await.unwrap(), pdf);
    }
    // A picture of what good looks like, once a list names it.
    let (jpeg, good) = picture();
    let hint = format!("/officer/documents/{good}");
    assert_eq!(put(&supervisor, &good, 0, &jpeg, jpeg.len()).await.status(), 201);
    assert_eq!(problem(read(&officer, &hint).await).await.unwrap().0, 404);
    let items = json!([{ "id": "door", "text": "Is it shut?", "type": "yes_no", "help_picture": good }]);
    let list = json!({ "ref": "CL-HINT", "title": "Hints", "items": items });
    supervisor.must("checklist.put", &uuid::Uuid::now_v7().to_string(), list).await.unwrap();
    assert_eq!(read(&officer, &hint).await.bytes().await.unwrap(), jpeg);
    // A plan, once a site has it; and later, for the pins that were set on it.
    let (jpeg, plan) = drawn(321);
    let drawing = format!("/officer/documents/{plan}");
    assert_eq!(put(&supervisor, &plan, 0, &jpeg, jpeg.len()).await.status(), 201);
    assert_eq!(problem(read(&officer, &drawing).await).await.unwrap().0, 404);
    let site = |plans: serde_json::Value| json!({ "ref": "PLANNED", "name": "Planned", "address": "1 Test Street", "lat": 51.53, "lon": -0.14, "plans": plans });
    let with = site(json!([{ "sha256": plan, "name": "Ground floor", "floor": 0 }]));
    supervisor.must("site.put", &uuid::Uuid::now_v7().to_string(), with).await.unwrap();
    assert_eq!(read(&officer, &drawing).await.bytes().await.unwrap(), jpeg);
    supervisor.must("site.put", &uuid::Uuid::now_v7().to_string(), site(json!([]))).await.unwrap();
    assert_eq!(problem(read(&officer, &drawing).await).await.unwrap().0, 404, "the site has it no longer");

    assert_eq!(problem(read(&partner, &path).await).await.unwrap().0, 403);
    assert_eq!(problem(read(&scene.admin.with("nobody"), &phone).await).await.unwrap().0, 401);
}
