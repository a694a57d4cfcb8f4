use super::{AggregateRow, DeskStore, LogWrite, OutboxRow, OutboxState, OutboxWrite, Stored};
use sqlx::SqliteConnection;

impl DeskStore {
    /// Changes the outbox. On disk when it returns.
    pub async fn write_outbox(&self, write: &OutboxWrite) -> Stored<()> {
        let mut tx = self.pool.begin().await?;
        outbox(&mut tx, write).await?;
        Ok(tx.commit().await?)
    }

    /// Applies one batch of log lines: aggregates, head and what it confirms of the outbox, together or not at all.
    pub async fn write_log(&self, write: &LogWrite) -> Stored<()> {
        let mut tx = self.pool.begin().await?;
        for row in &write.aggregates {
            put_aggregate(&mut tx, row).await?;
        }
        for row in &write.unknown {
            sqlx::query("INSERT OR REPLACE INTO unknown_event (seq, stream, kind, raw) VALUES (?, ?, ?, ?)")
                .bind(row.seq)
                .bind(&row.stream)
                .bind(&row.kind)
                .bind(&row.raw)
                .execute(&mut *tx)
                .await?;
        }
        outbox(&mut tx, &write.outbox).await?;
        put_meta(&mut tx, "head", &write.head.to_string()).await?;
        if write.resync {
            put_meta(&mut tx, "resync", "1").await?;
            forget_settled(&mut tx).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Puts a snapshot in the replica's place. Whatever was there, closed call-outs included, is gone: the snapshot
    /// is fetched anew when personal data was erased, and none of it may stay.
    pub async fn replace_replica(&self, seq: i64, rows: &[AggregateRow], write: &OutboxWrite) -> Stored<()> {
        let mut tx = self.pool.begin().await?;
        sqlx::query("DELETE FROM aggregate").execute(&mut *tx).await?;
        for row in rows {
            put_aggregate(&mut tx, row).await?;
        }
        sqlx::query("DELETE FROM unknown_event").execute(&mut *tx).await?;
        forget_settled(&mut tx).await?;
        outbox(&mut tx, write).await?;
        put_meta(&mut tx, "head", &seq.to_string()).await?;
        put_meta(&mut tx, "snapshot_seq", &seq.to_string()).await?;
        put_meta(&mut tx, "resync", "0").await?;
        put_meta(&mut tx, "rules", &domain::RULES.to_string()).await?;
        tx.commit().await?;
        // What was deleted must leave the write-ahead log too.
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&self.pool).await?;
        Ok(())
    }

    /// Notes that the replica must be fetched anew, whatever happens before it is.
    pub async fn mark_resync(&self) -> Stored<()> {
        self.put("resync", "1").await
    }

    pub async fn put_me(&self, me: &str) -> Stored<()> {
        self.put("me", me).await
    }

    pub async fn put_hub_id(&self, hub_id: &str) -> Stored<()> {
        self.put("hub_id", hub_id).await
    }

    async fn put(&self, name: &str, value: &str) -> Stored<()> {
        let mut connection = self.pool.acquire().await?;
        put_meta(&mut connection, name, value).await
    }

    pub async fn put_pref(&self, name: &str, value: &str) -> Stored<()> {
        sqlx::query(
            "INSERT INTO pref (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        )
        .bind(name)
        .bind(value)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    pub async fn put_tracking_link(&self, token_sha256: &str, callout: &str, url: &str) -> Stored<()> {
        sqlx::query("INSERT OR REPLACE INTO tracking_link (token_sha256, callout, url) VALUES (?, ?, ?)")
            .bind(token_sha256)
            .bind(callout)
            .bind(url)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    pub async fn remove_tracking_link(&self, token_sha256: &str) -> Stored<()> {
        sqlx::query("DELETE FROM tracking_link WHERE token_sha256 = ?").bind(token_sha256).execute(&self.pool).await?;
        Ok(())
    }

    /// Call sign and JSON of each newest position.
    pub async fn put_positions(&self, positions: &[(String, String)]) -> Stored<()> {
        let mut tx = self.pool.begin().await?;
        for (unit, fix) in positions {
            sqlx::query("INSERT OR REPLACE INTO position (unit, fix) VALUES (?, ?)")
                .bind(unit)
                .bind(fix)
                .execute(&mut *tx)
                .await?;
        }
        Ok(tx.commit().await?)
    }
}

async fn put_meta(connection: &mut SqliteConnection, name: &str, value: &str) -> Stored<()> {
    sqlx::query("INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value")
        .bind(name)
        .bind(value)
        .execute(connection)
        .await?;
    Ok(())
}

/// What was refused and settled is kept for the record; what it said may be about somebody who was erased, and nobody
/// can tell of a free text. That there was such a command, and how it ended, stays.
async fn forget_settled(connection: &mut SqliteConnection) -> Stored<()> {
    sqlx::query(
        "UPDATE outbox_settled SET reason = '',
             command = CASE WHEN json_valid(command) THEN json_set(command, '$.body', json('{}')) ELSE '{}' END",
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn put_aggregate(connection: &mut SqliteConnection, row: &AggregateRow) -> Stored<()> {
    sqlx::query("INSERT OR REPLACE INTO aggregate (stream, kind, version, open, state) VALUES (?, ?, ?, ?, ?)")
        .bind(&row.stream)
        .bind(&row.kind)
        .bind(row.version)
        .bind(row.open)
        .bind(&row.state)
        .execute(connection)
        .await?;
    Ok(())
}

async fn outbox(connection: &mut SqliteConnection, write: &OutboxWrite) -> Stored<()> {
    // Removed first: a redone command takes the place of the refused one.
    for id in &write.removed {
        sqlx::query("DELETE FROM outbox WHERE id = ?").bind(id).execute(&mut *connection).await?;
    }
    for row in &write.put {
        put_outbox(connection, row).await?;
    }
    for row in &write.settled {
        sqlx::query(
            "INSERT OR REPLACE INTO outbox_settled (id, command, how, reason, settled_at) VALUES (?, ?, ?, ?, ?)",
        )
        .bind(&row.id)
        .bind(&row.command)
        .bind(row.how)
        .bind(&row.reason)
        .bind(row.settled_at.to_rfc3339())
        .execute(&mut *connection)
        .await?;
    }
    if let Some(next) = write.provisional_next {
        put_meta(connection, "provisional_next", &next.to_string()).await?;
    }
    Ok(())
}

async fn put_outbox(connection: &mut SqliteConnection, row: &OutboxRow) -> Stored<()> {
    let (state, refusal, parked_by, through) = match &row.state {
        OutboxState::Waiting => ("waiting", None, None, None),
        OutboxState::Answered { through } => ("answered", None, None, Some(*through)),
        OutboxState::Refused { refusal } => ("refused", Some(refusal), None, None),
        OutboxState::Parked { because } => ("parked", None, Some(because), None),
    };
    let streams = serde_json::Value::from(row.streams.clone()).to_string();
    sqlx::query(
        "INSERT OR REPLACE INTO outbox \
         (pos, id, command, state, refusal, parked_by, through, in_log, streams, number, created_at) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(row.pos)
    .bind(&row.id)
    .bind(&row.command)
    .bind(state)
    .bind(refusal)
    .bind(parked_by)
    .bind(through)
    .bind(row.in_log)
    .bind(streams)
    .bind(&row.number)
    .bind(row.created_at.to_rfc3339())
    .execute(connection)
    .await?;
    Ok(())
}
