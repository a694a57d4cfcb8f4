//! The same content within a time is stored once, whatever its command id.

use crate::common::*;
use chrono::TimeDelta;
use store::Outcome;

#[tokio::test]
async fn a_repeated_frame_gets_the_first_answer_and_is_stored_once() {
    let dir = tempfile::tempdir().unwrap();
    let hub = hub(dir.path()).await;
    let window = TimeDelta::seconds(90);
    let first = hub.send(hub.signal_once("1234", [7; 32], window)).await;
    assert_eq!(first.outcome, Outcome::Accepted);
    hub.around.pass(TimeDelta::seconds(89));
    let again = hub.send(hub.signal_once("1234", [7; 32], window)).await;
    assert_eq!((again.outcome, again.seq), (Outcome::Duplicate, first.seq));
    let other = hub.send(hub.signal_once("1234", [8; 32], window)).await;
    assert_eq!(other.outcome, Outcome::Accepted);
    hub.around.pass(TimeDelta::seconds(2));
    let later = hub.send(hub.signal_once("1234", [7; 32], window)).await;
    assert_eq!(later.outcome, Outcome::Accepted, "the window is over");
    assert_eq!(hub.store.head().await.unwrap().seq, 3);
}

#[tokio::test]
async fn the_window_goes_on_over_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let window = TimeDelta::seconds(90);
    let one = hub(dir.path()).await;
    let first = one.send(one.signal_once("1234", [7; 32], window)).await;
    one.end().await;
    let two = hub_named(dir.path(), "two").await;
    two.around.pass(TimeDelta::seconds(60));
    let again = two.send(two.signal_once("1234", [7; 32], window)).await;
    assert_eq!((again.outcome, again.seq), (Outcome::Duplicate, first.seq));
    two.around.pass(TimeDelta::seconds(31));
    assert_eq!(two.send(two.signal_once("1234", [7; 32], window)).await.outcome, Outcome::Accepted);
}

#[tokio::test]
async fn two_of_the_same_in_one_batch_are_one() {
    let dir = tempfile::tempdir().unwrap();
    let hub = hub(dir.path()).await;
    let window = TimeDelta::seconds(90);
    let batch = vec![hub.signal_once("1234", [7; 32], window), hub.signal_once("1234", [7; 32], window)];
    let answers = hub.writer.submit(batch).await.unwrap();
    assert_eq!(answers.iter().map(|a| a.outcome).collect::<Vec<_>>(), [Outcome::Accepted, Outcome::Duplicate]);
    assert_eq!(hub.store.head().await.unwrap().seq, 1);
}
