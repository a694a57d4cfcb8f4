//! Erasing a person by law: their text leaves the log, every aggregate and every stored answer; the chain stays whole.

use crate::fold::{Unfoldable, fold};
use crate::log::rows_of;
use crate::program::{Programs, Rows};
use crate::row::{COLUMNS, LogRow};
use crate::sql::{Columns, assembled, blob};
use crate::{Store, StoreError};
use domain::Refusal;
use domain::event::{EventBody, PersonErased, Recorded};
use domain::id::PersonId;
use serde_json::Value;
use sqlx::SqliteConnection;
use std::collections::BTreeSet;

/// A shorter text is part of other words and names nobody.
const TELLING: usize = 3;

impl Store {
    /// Everybody who was erased, and why, in order. Reads the whole log.
    pub async fn erasures(&self) -> Result<Vec<PersonErased>, StoreError> {
        let sql = assembled(format!("SELECT {COLUMNS} FROM log WHERE kind = 'person.erased' ORDER BY seq"));
        let rows = sqlx::query(sql).fetch_all(&mut *self.reader().await?).await?;
        let mut erasures = Vec::with_capacity(rows.len());
        for row in &rows {
            let event = LogRow::read(row)?.event()?;
            if let Some(Recorded { body: EventBody::PersonErased(erased), .. }) = event.to_recorded().transpose()? {
                erasures.push(erased);
            }
        }
        Ok(erasures)
    }
}

/// Applies the erasures among these events, in the transaction that stores them.
pub(crate) async fn apply(
    connection: &mut SqliteConnection,
    programs: &mut Programs,
    recorded: &[Recorded],
) -> Result<(), StoreError> {
    for event in recorded {
        if let EventBody::PersonErased(erased) = &event.body {
            person(connection, programs, erased.person).await?;
        }
    }
    Ok(())
}

async fn person(
    connection: &mut SqliteConnection,
    programs: &mut Programs,
    person: PersonId,
) -> Result<(), StoreError> {
    let subject = blob(person.0.as_bytes());
    let rows = sqlx::query("SELECT stream, personal FROM log WHERE subject = ? AND personal IS NOT NULL")
        .bind(subject.clone())
        .fetch_all(&mut *connection)
        .await?;
    let mut streams = BTreeSet::new();
    let mut texts = BTreeSet::new();
    for row in &rows {
        streams.insert(row.text(0)?);
        gather(&serde_json::from_str(&row.text(1)?)?, &mut texts);
    }
    sqlx::query("UPDATE log SET personal = NULL, salt = NULL WHERE subject = ?")
        .bind(subject.clone())
        .execute(&mut *connection)
        .await?;
    // That something was sent, and to which role, stays; to whom goes, and what waits is not sent.
    sqlx::query(
        "UPDATE report_mail SET address = '', said = '', state = CASE state WHEN 'queued' THEN 'failed' ELSE state END
         WHERE person = ?",
    )
    .bind(subject)
    .execute(&mut *connection)
    .await?;
    for stream in streams {
        fold_again(connection, programs, &stream).await?;
    }
    answers(connection, &texts).await
}

/// The aggregate as it follows from the log without the erased text.
async fn fold_again(
    connection: &mut SqliteConnection,
    programs: &mut Programs,
    stream: &str,
) -> Result<(), StoreError> {
    let folded = match fold(&rows_of(connection, stream).await?) {
        Ok(folded) => folded,
        Err(Unfoldable::Store(error)) => return Err(error),
        Err(Unfoldable::UnknownKind(kind)) => {
            let reason = format!("{stream} has an event “{kind}”; a newer program must erase");
            return Err(StoreError::Unreadable(reason));
        }
    };
    let rows = Rows {
        aggregates: vec![folded.aggregate],
        alarms: folded.alarm.into_iter().collect(),
        callouts: folded.callout.into_iter().collect(),
        ..Rows::default()
    };
    Ok(programs.write_derived(connection, rows).await?)
}

/// A refusal may have named the person: "this alarm is with … already".
async fn answers(connection: &mut SqliteConnection, texts: &BTreeSet<String>) -> Result<(), StoreError> {
    for text in texts {
        let quoted = Value::from(text.as_str()).to_string();
        let inner = quoted.trim_matches('"').to_owned();
        let rows = sqlx::query("SELECT id, refusal FROM command WHERE refusal IS NOT NULL AND instr(refusal, ?) > 0")
            .bind(inner)
            .fetch_all(&mut *connection)
            .await?;
        for row in rows {
            let mut refusal: Refusal = serde_json::from_str(&row.text(1)?)?;
            refusal.text = refusal.text.replace(text.as_str(), "(erased)");
            refusal.mend = refusal.mend.map(|mend| mend.replace(text.as_str(), "(erased)"));
            sqlx::query("UPDATE command SET refusal = ? WHERE id = ?")
                .bind(serde_json::to_string(&refusal)?)
                .bind(blob(&row.bytes::<16>(0)?))
                .execute(&mut *connection)
                .await?;
        }
    }
    Ok(())
}

fn gather(value: &Value, texts: &mut BTreeSet<String>) {
    match value {
        Value::String(text) if text.chars().count() >= TELLING => drop(texts.insert(text.clone())),
        Value::Array(items) => items.iter().for_each(|item| gather(item, texts)),
        Value::Object(fields) => fields.values().for_each(|item| gather(item, texts)),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
