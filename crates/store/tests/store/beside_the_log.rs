//! The small tables.

use crate::common::*;
use chrono::TimeDelta;
use domain::Instant;
use domain::command::Role;
use domain::geo::Point;
use domain::id::{AccountId, OfficerId, UnitId};
use serde_json::json;
use store::{Credential, CredentialKind, DeviceLogin, FixRow, Key, KeyForm, PanelKey, Store};
use zeroize::Zeroizing;

fn now() -> Instant {
    "2026-11-22T21:00:00Z".parse().unwrap()
}

async fn store() -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), Key::None).await.unwrap();
    (dir, store)
}

fn credential(byte: u8, kind: CredentialKind) -> Credential {
    Credential {
        digest: [byte; 32],
        account: AccountId(id("operator")),
        kind,
        label: "desk 2".into(),
        created_at: now(),
        expires_at: Some(now() + TimeDelta::hours(12)),
        revoked_at: None,
    }
}

#[tokio::test]
async fn a_credential_opens_until_it_expires_or_is_revoked() {
    let (_dir, store) = store().await;
    let (token, cookie) = (credential(1, CredentialKind::Token), credential(2, CredentialKind::Cookie));
    store.add_credential(&token).await.unwrap();
    store.add_credential(&cookie).await.unwrap();
    assert_eq!(store.credential(&[1; 32]).await.unwrap(), Some(token.clone()));
    assert_eq!(store.credential(&[9; 32]).await.unwrap(), None);
    assert!(token.is_valid(now()) && !token.is_valid(now() + TimeDelta::hours(12)));
    assert!(store.revoke_credential(&[1; 32], now()).await.unwrap());
    assert!(!store.revoke_credential(&[1; 32], now()).await.unwrap());
    assert!(!store.credential(&[1; 32]).await.unwrap().unwrap().is_valid(now()));
    assert_eq!(store.revoke_credentials_of(token.account, now()).await.unwrap(), 1);
    assert_eq!(store.credentials(Some(token.account)).await.unwrap().len(), 2);
    assert_eq!(store.credentials(None).await.unwrap().len(), 2);
    assert!(store.add_credential(&token).await.is_err());
}

#[tokio::test]
async fn an_enrolment_code_is_taken_once() {
    let (_dir, store) = store().await;
    let officer = OfficerId(id("SO-1"));
    store.add_enrol_code(&[1; 32], officer, now() + TimeDelta::minutes(10)).await.unwrap();
    store.add_enrol_code(&[2; 32], officer, now()).await.unwrap();
    let digest = [1; 32];
    let (a, b) = tokio::join!(store.take_enrol_code(&digest, now()), store.take_enrol_code(&digest, now()));
    let taken = [a.unwrap(), b.unwrap()];
    assert_eq!(taken.iter().flatten().collect::<Vec<_>>(), [&officer]);
    assert_eq!(store.take_enrol_code(&[2; 32], now()).await.unwrap(), None, "expired");
    assert_eq!(store.take_enrol_code(&[3; 32], now()).await.unwrap(), None, "unknown");
    assert_eq!(store.prune_enrol_codes(now() + TimeDelta::hours(1)).await.unwrap(), 2);
}

#[tokio::test]
async fn device_logins_and_panel_keys_are_kept() {
    let (_dir, store) = store().await;
    let unit = UnitId(id("unit"));
    let device = DeviceLogin { user: "rsp-1".into(), digest: [4; 32], unit, created_at: now(), revoked_at: None };
    store.add_device(&device).await.unwrap();
    assert_eq!(store.device("rsp-1").await.unwrap(), Some(device));
    assert!(store.revoke_device("rsp-1", now()).await.unwrap());
    assert!(store.devices().await.unwrap()[0].revoked_at.is_some());
    let key = |byte| PanelKey { account: "12AB".into(), form: KeyForm::Hex, key: Zeroizing::new(vec![byte; 16]) };
    store.put_panel_key(&key(1)).await.unwrap();
    store.put_panel_key(&key(2)).await.unwrap();
    assert_eq!(store.panel_key("12ab").await.unwrap(), Some(key(2)));
    assert_eq!(store.panel_keys().await.unwrap().len(), 1);
    assert!(!format!("{:?}", key(2)).contains("2, 2"));
    assert!(store.remove_panel_key("12ab").await.unwrap());
    assert!(!store.remove_panel_key("12ab").await.unwrap());
}

fn fix(unit: &str, seconds: i64, lat: f64) -> FixRow {
    FixRow {
        unit: UnitId(id(unit)),
        at: now() + TimeDelta::seconds(seconds),
        point: Point::new(lat, -0.1),
        accuracy_m: None,
        speed_mps: Some(1.5),
        course_deg: None,
        battery_pct: Some(80.0),
        source: "owntracks".into(),
        received_at: now() + TimeDelta::seconds(100),
    }
}

#[tokio::test]
async fn a_late_fix_goes_into_the_history_and_moves_nobody_back() {
    let (_dir, store) = store().await;
    store.add_fixes(&[fix("a", 10, 51.1), fix("a", 30, 51.3), fix("b", 5, 51.0)]).await.unwrap();
    store.add_fixes(&[fix("a", 20, 51.2)]).await.unwrap();
    store.add_fixes(&[fix("a", 20, 51.2)]).await.unwrap();
    let latest = store.latest_fixes().await.unwrap();
    let of_a = latest.iter().find(|f| f.unit == UnitId(id("a"))).unwrap();
    assert_eq!((latest.len(), of_a), (2, &fix("a", 30, 51.3)));
    let history = store.fixes_of(UnitId(id("a")), now(), now() + TimeDelta::hours(1), 100).await.unwrap();
    assert_eq!(history.iter().map(|f| f.point.lat).collect::<Vec<_>>(), [51.1, 51.2, 51.3]);
    assert_eq!(store.prune_fixes(now() + TimeDelta::seconds(25)).await.unwrap(), 3);
    assert_eq!(store.latest_fixes().await.unwrap().len(), 2);
}

#[tokio::test]
async fn many_fixes_at_once_are_all_stored() {
    let (_dir, store) = store().await;
    let fixes: Vec<_> =
        (0..200).map(|i| fix(&format!("unit {}", i % 7), i, 51.0 + f64::from(i as i32) / 1e4)).collect();
    store.add_fixes(&fixes).await.unwrap();
    let latest = store.latest_fixes().await.unwrap();
    assert_eq!(latest.len(), 7);
    assert!(latest.iter().all(|f| f.at >= now() + TimeDelta::seconds(193)));
    assert_eq!(store.prune_fixes(now() + TimeDelta::days(1)).await.unwrap(), 200);
}

#[tokio::test]
async fn more_old_fixes_than_go_in_one_transaction_are_all_gone() {
    let (_dir, store) = store().await;
    let fixes: Vec<_> = (0..1300).map(|i| fix("a", i, 51.0)).collect();
    store.add_fixes(&fixes).await.unwrap();
    assert_eq!(store.prune_fixes(now() + TimeDelta::seconds(1250)).await.unwrap(), 1250);
    let left = store.fixes_of(UnitId(id("a")), now(), now() + TimeDelta::hours(1), 100).await.unwrap();
    assert_eq!(left, fixes[1250..]);
}

#[tokio::test]
async fn an_upload_goes_on_where_it_stopped_and_ends_once() {
    let (_dir, store) = store().await;
    let begun = store.begin_media(&[5; 32], 1000, "image/jpeg", now()).await.unwrap();
    assert_eq!((begun.received_bytes, begun.complete_at), (0, None));
    store.media_received(&[5; 32], 400).await.unwrap();
    let again = store.begin_media(&[5; 32], 1000, "image/jpeg", now() + TimeDelta::hours(1)).await.unwrap();
    assert_eq!((again.received_bytes, again.created_at), (400, now()));
    assert!(store.complete_media().await.unwrap().is_empty());
    store.media_complete(&[5; 32], now()).await.unwrap();
    assert_eq!(store.complete_media().await.unwrap(), [[5; 32]]);
    assert!(!store.forget_media(&[5; 32]).await.unwrap(), "what is complete stays");
    assert_eq!(store.media(&[5; 32]).await.unwrap().unwrap().received_bytes, 1000);
    assert!(store.media_path(&[0xab; 32]).ends_with(format!("media/ab/{}", "ab".repeat(31))));
}

#[tokio::test]
async fn presses_on_a_tracking_page_are_counted() {
    let (_dir, store) = store().await;
    let view = |what: &str| store::TrackingView { at: now(), what: what.into(), stage: "at_site".into() };
    store.note_tracking_view(&[6; 32], &view("page")).await.unwrap();
    store.note_tracking_view(&[6; 32], &view(&"5a".repeat(32))).await.unwrap();
    let views = store.tracking_views_of(&[[7; 32], [6; 32]], 10).await.unwrap();
    assert_eq!(views, [view(&"5a".repeat(32)), view("page")]);
    assert!(store.tracking_views_of(&[], 10).await.unwrap().is_empty());
    assert_eq!(store.tracking_views(&[6; 32]).await.unwrap(), 1, "a picture is no page");
    assert_eq!(store.tracking_views(&[7; 32]).await.unwrap(), 0);
}

#[tokio::test]
async fn a_customers_link_leads_to_its_call_out_also_when_that_is_closed() {
    let dir = tempfile::tempdir().unwrap();
    let hub = hub(dir.path()).await;
    hub.borough().await;
    let callout = hub.callout().await;
    let (token, end) = ("AB".repeat(32), hub.around.now_for_test() + TimeDelta::days(1));
    hub.done(Role::Operator, "tracking.issue", &callout, json!({"token_sha256": token, "expires_at": end})).await;
    hub.done(Role::Operator, "callout.stand_down", &callout, json!({"reason": "false alarm"})).await;
    let found = hub.store.callout_by_tracking(&token).await.unwrap().unwrap();
    assert_eq!(found.id.to_string(), callout);
    assert!(hub.store.callout_by_tracking(&"cd".repeat(32)).await.unwrap().is_none());
}

#[tokio::test]
async fn a_writing_link_takes_so_many_pictures_each_once_and_gives_places_back() {
    let (_dir, store) = store().await;
    let take =
        async |link: u8, picture: u8| store.take_writing_picture(&[link; 32], &[picture; 32], 2, now()).await.unwrap();
    assert!(take(1, 1).await && take(1, 2).await);
    assert!(take(1, 1).await, "what is there has its place");
    assert!(!take(1, 3).await, "two are all there are");
    assert!(take(2, 3).await, "another link has its own");
    store.drop_writing_picture(&[1; 32], &[1; 32]).await.unwrap();
    assert!(take(1, 3).await);
    assert_eq!(store.writing_pictures(&[1; 32]).await.unwrap(), [[2; 32], [3; 32]]);
}
