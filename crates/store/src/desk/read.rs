use super::{AggregateRow, DeskStore, DeskStoreError, Loaded, Meta, OutboxRow, OutboxState, Stored};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

impl DeskStore {
    /// All that a start needs.
    pub async fn load(&self) -> Stored<Loaded> {
        let mut connection = self.pool.acquire().await?;
        let mut meta = Meta { provisional_next: 1, ..Meta::default() };
        for row in sqlx::query("SELECT name, value FROM meta").fetch_all(&mut *connection).await? {
            let value: String = row.try_get("value")?;
            let number = || value.parse::<i64>().map_err(|e| DeskStoreError::Row(format!("meta: {e}")));
            match row.try_get::<&str, _>("name")? {
                "head" => meta.head = number()?,
                "snapshot_seq" => meta.snapshot_seq = number()?,
                "provisional_next" => meta.provisional_next = number()?,
                "resync" => meta.resync = value == "1",
                "rules" => meta.rules = number()?,
                "hub_id" => meta.hub_id = Some(value),
                "me" => meta.me = Some(value),
                _ => {}
            }
        }
        let aggregates = sqlx::query("SELECT stream, kind, version, open, state FROM aggregate WHERE open = 1")
            .fetch_all(&mut *connection)
            .await?;
        let outbox = sqlx::query("SELECT * FROM outbox ORDER BY pos").fetch_all(&mut *connection).await?;
        let unknown = sqlx::query_as("SELECT DISTINCT stream, kind FROM unknown_event");
        let prefs = sqlx::query_as("SELECT name, value FROM pref ORDER BY name");
        let links = sqlx::query_as("SELECT token_sha256, url FROM tracking_link");
        let positions = sqlx::query_scalar("SELECT fix FROM position");
        Ok(Loaded {
            meta,
            aggregates: aggregates.iter().map(aggregate_of).collect::<Stored<_>>()?,
            outbox: outbox.iter().map(outbox_of).collect::<Stored<_>>()?,
            unknown: unknown.fetch_all(&mut *connection).await?,
            prefs: prefs.fetch_all(&mut *connection).await?,
            links: links.fetch_all(&mut *connection).await?,
            positions: positions.fetch_all(&mut *connection).await?,
        })
    }

    /// One aggregate, open or closed.
    pub async fn aggregate(&self, stream: &str) -> Stored<Option<AggregateRow>> {
        let row = sqlx::query("SELECT stream, kind, version, open, state FROM aggregate WHERE stream = ?")
            .bind(stream)
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(aggregate_of).transpose()
    }

    /// Call-outs of a site, open or closed, newest first.
    pub async fn callouts_of_site(&self, site: &str, limit: u32) -> Stored<Vec<AggregateRow>> {
        let rows = sqlx::query(
            "SELECT stream, kind, version, open, state FROM aggregate \
             WHERE kind = 'callout' AND state ->> '$.site' = ? ORDER BY state ->> '$.created_at' DESC LIMIT ?",
        )
        .bind(site)
        .bind(limit)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(aggregate_of).collect()
    }

    /// A call-out, open or closed, by its number.
    pub async fn callout_numbered(&self, number: &str) -> Stored<Option<AggregateRow>> {
        let row = sqlx::query(
            "SELECT stream, kind, version, open, state FROM aggregate \
             WHERE kind = 'callout' AND upper(state ->> '$.number') = upper(?)",
        )
        .bind(number)
        .fetch_optional(&self.pool)
        .await?;
        row.as_ref().map(aggregate_of).transpose()
    }
}

fn aggregate_of(row: &SqliteRow) -> Stored<AggregateRow> {
    Ok(AggregateRow {
        stream: row.try_get("stream")?,
        kind: row.try_get("kind")?,
        version: row.try_get("version")?,
        open: row.try_get("open")?,
        state: row.try_get("state")?,
    })
}

fn outbox_of(row: &SqliteRow) -> Stored<OutboxRow> {
    let missing = |what: &str| DeskStoreError::Row(format!("an outbox row has no {what}"));
    let state = match row.try_get::<&str, _>("state")? {
        "waiting" => OutboxState::Waiting,
        "answered" => OutboxState::Answered {
            through: row.try_get::<Option<i64>, _>("through")?.ok_or_else(|| missing("log position"))?,
        },
        "refused" => OutboxState::Refused {
            refusal: row.try_get::<Option<String>, _>("refusal")?.ok_or_else(|| missing("refusal"))?,
        },
        "parked" => OutboxState::Parked {
            because: row.try_get::<Option<String>, _>("parked_by")?.ok_or_else(|| missing("cause"))?,
        },
        other => return Err(DeskStoreError::Row(format!("outbox state “{other}”"))),
    };
    let streams: String = row.try_get("streams")?;
    let created_at: String = row.try_get("created_at")?;
    Ok(OutboxRow {
        pos: row.try_get("pos")?,
        id: row.try_get("id")?,
        command: row.try_get("command")?,
        state,
        in_log: row.try_get("in_log")?,
        streams: serde_json::from_str(&streams).map_err(|e| DeskStoreError::Row(format!("outbox streams: {e}")))?,
        number: row.try_get("number")?,
        created_at: created_at.parse().map_err(|e| DeskStoreError::Row(format!("outbox time: {e}")))?,
    })
}
