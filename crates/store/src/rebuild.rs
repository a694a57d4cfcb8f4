//! Writing every aggregate and index anew from the log.

use crate::fold::{OpenCallouts, Streams, Unfoldable, fold};
use crate::open::roll_back;
use crate::program::{Programs, Rows};
use crate::{Store, StoreError};
use sqlx::SqliteConnection;

impl Store {
    /// Aggregates and indexes follow from the log; this makes them again. Nothing else can be written meanwhile.
    pub async fn rebuild(&self) -> Result<(), StoreError> {
        let inner = self.inner.clone();
        let task = tokio::spawn(async move {
            let mut connection = inner.write.lock().await;
            let done = rebuild(&mut connection).await;
            if done.is_err() {
                roll_back(&mut connection).await;
            }
            inner.written.note();
            done
        });
        task.await.map_err(|_| StoreError::Stopped)?
    }
}

/// Makes anew what another version of the rules made of this log. A log that this program cannot read stays as it is.
pub(crate) async fn follow_the_rules(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let made_by: Option<String> =
        sqlx::query_scalar("SELECT value FROM meta WHERE key = 'rules'").fetch_optional(&mut *connection).await?;
    if made_by.is_some_and(|rules| rules == domain::RULES.to_string()) {
        return Ok(());
    }
    let empty: bool = sqlx::query_scalar("SELECT NOT EXISTS (SELECT 1 FROM log)").fetch_one(&mut *connection).await?;
    if !empty {
        tracing::info!("the states are made anew from the log: this program reads it by newer rules");
        match rebuild(connection).await {
            Ok(()) => {}
            Err(error @ StoreError::Unreadable(_)) => {
                tracing::warn!(%error, "the states stay as they were stored");
                roll_back(connection).await;
                return Ok(());
            }
            Err(error) => return Err(error),
        }
    }
    sqlx::query("INSERT INTO meta (key, value) VALUES ('rules', ?1) ON CONFLICT (key) DO UPDATE SET value = ?1")
        .bind(domain::RULES.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

async fn rebuild(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    sqlx::query("BEGIN IMMEDIATE").execute(&mut *connection).await?;
    sqlx::query(
        "DELETE FROM aggregate; DELETE FROM alarm_index; DELETE FROM callout_index; DELETE FROM assignment_index;
         UPDATE head SET batch = batch + 1;",
    )
    .execute(&mut *connection)
    .await?;
    let mut programs = Programs::default();
    let mut open = OpenCallouts::default();
    let mut streams = Streams::default();
    loop {
        let page = streams.next(connection).await?;
        if page.is_empty() {
            break;
        }
        let mut rows = Rows::default();
        for stream in &page {
            let mut folded = match fold(stream) {
                Ok(folded) => folded,
                Err(Unfoldable::Store(error)) => return Err(error),
                Err(Unfoldable::UnknownKind(kind)) => {
                    let reason = format!("the log has events “{kind}”; a newer program must rebuild it");
                    return Err(StoreError::Unreadable(reason));
                }
            };
            open.settle(&mut folded);
            rows.aggregates.push(folded.aggregate);
            rows.alarms.extend(folded.alarm);
            rows.callouts.extend(folded.callout);
            rows.assignments.extend(folded.assignments);
        }
        programs.write_derived(connection, rows).await?;
    }
    sqlx::query("COMMIT").execute(connection).await?;
    Ok(())
}
