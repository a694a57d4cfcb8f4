//! Where partners' systems are told of what happens, and the messages on their way there.
//!
//! Messages about one call-out reach one webhook in their order: the next waits until the one before was taken or given
//! up. Those of other call-outs and webhooks do not wait.

use crate::sql::{Columns, Values, assembled, blob, micros};
use crate::{Store, StoreError};
use domain::Instant;
use domain::id::{AccountId, CalloutId};
use sqlx::SqlStr;
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;

#[derive(Clone, PartialEq, Eq)]
pub struct Webhook {
    pub id: Uuid,
    pub account: AccountId,
    pub url: String,
    pub secret: String,
    pub created_at: Instant,
    /// It is told what the log holds after this position.
    pub from_seq: i64,
}

/// A message as it was made; the store gives it its place.
#[derive(Clone, Debug, PartialEq)]
pub struct NewDelivery {
    pub id: Uuid,
    pub webhook: Uuid,
    pub callout: CalloutId,
    pub event: String,
    pub body: WebhookBody,
    pub made_at: Instant,
}

/// JSON in two halves: between them goes its place in the order, which is known only when it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookBody {
    pub before: String,
    pub after: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    pub id: Uuid,
    pub webhook: Uuid,
    pub callout: CalloutId,
    pub seq: i64,
    pub event: String,
    pub body: String,
    pub made_at: Instant,
    pub tries: u32,
    pub said: String,
}

/// How many wait and how many were given up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeliveryCounts {
    pub waiting: i64,
    pub dead: i64,
}

const COLUMNS: &str = "d.id, d.webhook, d.callout, d.seq, d.event, d.body, d.made_at, d.tries, d.said";

impl Webhook {
    fn read(row: &SqliteRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id(0)?,
            account: AccountId(row.id(1)?),
            url: row.text(2)?,
            secret: row.text(3)?,
            created_at: row.instant(4)?,
            from_seq: row.int(5)?,
        })
    }
}

impl Delivery {
    fn read(row: &SqliteRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id(0)?,
            webhook: row.id(1)?,
            callout: CalloutId(row.id(2)?),
            seq: row.int(3)?,
            event: row.text(4)?,
            body: row.text(5)?,
            made_at: row.instant(6)?,
            tries: u32::try_from(row.int(7)?).unwrap_or(u32::MAX),
            said: row.text(8)?,
        })
    }
}

impl Store {
    pub async fn add_webhook(&self, webhook: &Webhook) -> Result<(), StoreError> {
        let sql = "INSERT INTO webhook (id, account, url, secret, created_at, from_seq) VALUES (?, ?, ?, ?, ?, ?)";
        let values = Values::default()
            .and(blob(webhook.id.as_bytes()))
            .and(blob(webhook.account.0.as_bytes()))
            .and(webhook.url.clone())
            .and(webhook.secret.clone())
            .and(micros(webhook.created_at))
            .and(webhook.from_seq);
        self.write(SqlStr::from_static(sql), values).await.map(drop)
    }

    pub async fn webhooks(&self) -> Result<Vec<Webhook>, StoreError> {
        let sql = "SELECT id, account, url, secret, created_at, from_seq FROM webhook ORDER BY created_at, id";
        self.rows(sql, Values::default()).await?.iter().map(Webhook::read).collect()
    }

    /// With all that was on its way there. False when there was none.
    pub async fn remove_webhook(&self, id: Uuid) -> Result<bool, StoreError> {
        let sql = "DELETE FROM webhook WHERE id = ?";
        Ok(self.write(SqlStr::from_static(sql), Values::default().and(blob(id.as_bytes()))).await? > 0)
    }

    /// Up to which log position messages have been made. None: never yet.
    pub async fn webhook_position(&self) -> Result<Option<i64>, StoreError> {
        let row = self.row("SELECT seq FROM webhook_position", Values::default()).await?;
        row.map(|row| row.int(0)).transpose()
    }

    /// Keeps what was made of the log up to a position, and the position, together: a hub that is killed makes each
    /// message once.
    pub async fn add_deliveries(&self, deliveries: &[NewDelivery], upto: i64) -> Result<(), StoreError> {
        let mut sql = "BEGIN IMMEDIATE;\n".to_owned();
        let mut values = Values::default();
        for d in deliveries {
            // The place in the order is found where it is given, so that two messages of one batch follow each other.
            // A webhook that was removed meanwhile is told nothing.
            sql.push_str(
                "INSERT INTO webhook_delivery (id, webhook, callout, seq, event, body, made_at, next_at)
                 SELECT ?, w.id, ?, n.seq, ?, ? || n.seq || ?, ?, ? FROM webhook w,
                     (SELECT coalesce(max(seq), 0) + 1 AS seq FROM webhook_delivery WHERE webhook = ? AND callout = ?) n
                 WHERE w.id = ?;\n",
            );
            values.add(blob(d.id.as_bytes()));
            values.add(blob(d.callout.0.as_bytes()));
            values.add(d.event.clone());
            values.add(d.body.before.clone());
            values.add(d.body.after.clone());
            values.add(micros(d.made_at));
            values.add(micros(d.made_at));
            values.add(blob(d.webhook.as_bytes()));
            values.add(blob(d.callout.0.as_bytes()));
            values.add(blob(d.webhook.as_bytes()));
        }
        sql.push_str("INSERT OR REPLACE INTO webhook_position (only, seq) VALUES (1, ?);\nCOMMIT;");
        values.add(upto);
        self.write(assembled(sql), values).await.map(drop)
    }

    /// The name of the last message about a call-out to a webhook.
    pub async fn last_delivery(&self, webhook: Uuid, callout: CalloutId) -> Result<Option<String>, StoreError> {
        let sql = "SELECT event FROM webhook_delivery WHERE webhook = ? AND callout = ? ORDER BY seq DESC LIMIT 1";
        let values = Values::default().and(blob(webhook.as_bytes())).and(blob(callout.0.as_bytes()));
        self.row(sql, values).await?.map(|row| row.text(0)).transpose()
    }

    /// What is to be sent now: the oldest that waits of each call-out and webhook, when its time has come.
    pub async fn due_deliveries(&self, now: Instant, limit: u32) -> Result<Vec<Delivery>, StoreError> {
        let sql = assembled(format!(
            "SELECT {COLUMNS} FROM webhook_delivery d WHERE d.state = 'waiting' AND d.next_at <= ? AND NOT EXISTS
                 (SELECT 1 FROM webhook_delivery e WHERE e.webhook = d.webhook AND e.callout = d.callout
                     AND e.seq < d.seq AND e.state = 'waiting')
             ORDER BY d.next_at LIMIT ?"
        ));
        let values = Values::default().and(micros(now)).and(limit);
        let rows = sqlx::query_with(sql, values.0).fetch_all(&mut *self.reader().await?).await?;
        rows.iter().map(Delivery::read).collect()
    }

    /// When the next of those that wait for their time has it.
    pub async fn next_delivery_at(&self) -> Result<Option<Instant>, StoreError> {
        let sql = "SELECT min(d.next_at) FROM webhook_delivery d WHERE d.state = 'waiting' AND NOT EXISTS
                 (SELECT 1 FROM webhook_delivery e WHERE e.webhook = d.webhook AND e.callout = d.callout
                     AND e.seq < d.seq AND e.state = 'waiting')";
        self.row(sql, Values::default()).await?.map_or(Ok(None), |row| row.maybe_instant(0))
    }

    pub async fn delivery_sent(&self, id: Uuid, said: &str) -> Result<(), StoreError> {
        let sql = "UPDATE webhook_delivery SET state = 'sent', tries = tries + 1, said = ? WHERE id = ?";
        let values = Values::default().and(said.to_owned()).and(blob(id.as_bytes()));
        self.write(SqlStr::from_static(sql), values).await.map(drop)
    }

    /// It was not taken. With a time it is tried again then; without, it is given up and waits for a person.
    pub async fn delivery_failed(&self, id: Uuid, said: &str, again: Option<Instant>) -> Result<(), StoreError> {
        let sql = "UPDATE webhook_delivery SET tries = tries + 1, said = ?, next_at = coalesce(?, next_at),
                 state = CASE WHEN ? THEN 'waiting' ELSE 'dead' END WHERE id = ?";
        let values =
            Values::default().and(said.to_owned()).and(again.map(micros)).and(again.is_some()).and(blob(id.as_bytes()));
        self.write(SqlStr::from_static(sql), values).await.map(drop)
    }

    /// What was given up, oldest first.
    pub async fn dead_deliveries(&self, limit: u32) -> Result<Vec<Delivery>, StoreError> {
        let sql = assembled(format!(
            "SELECT {COLUMNS} FROM webhook_delivery d WHERE d.state = 'dead' ORDER BY d.made_at, d.seq LIMIT ?"
        ));
        let values = Values::default().and(limit);
        let rows = sqlx::query_with(sql, values.0).fetch_all(&mut *self.reader().await?).await?;
        rows.iter().map(Delivery::read).collect()
    }

    pub async fn delivery_counts(&self) -> Result<DeliveryCounts, StoreError> {
        let count = |sql| self.count(sql, Values::default());
        Ok(DeliveryCounts {
            waiting: count("SELECT count(*) FROM webhook_delivery WHERE state = 'waiting'").await?,
            dead: count("SELECT count(*) FROM webhook_delivery WHERE state = 'dead'").await?,
        })
    }

    /// Tries one, or all that were given up, again from the start. How many there were.
    pub async fn redeliver(&self, id: Option<Uuid>, now: Instant) -> Result<u64, StoreError> {
        let sql = "UPDATE webhook_delivery SET state = 'waiting', tries = 0, made_at = ?1, next_at = ?1
             WHERE state = 'dead' AND (?2 IS NULL OR id = ?2)";
        let values = Values::default().and(micros(now)).and(id.map(|id| blob(id.as_bytes())));
        self.write(SqlStr::from_static(sql), values).await
    }

    /// Forgets what was taken long ago, except the newest about each call-out: the next counts on from it.
    pub async fn prune_deliveries(&self, before: Instant) -> Result<u64, StoreError> {
        let sql = "DELETE FROM webhook_delivery AS d WHERE d.state = 'sent' AND d.made_at < ? AND EXISTS
                 (SELECT 1 FROM webhook_delivery e WHERE e.webhook = d.webhook AND e.callout = d.callout
                     AND e.seq > d.seq)";
        self.write(SqlStr::from_static(sql), Values::default().and(micros(before))).await
    }
}
