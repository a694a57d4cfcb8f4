//! Position fixes: the history of each unit, and its newest.

use crate::sql::{Columns, Values, assembled, blob, micros, places};
use crate::{Store, StoreError};
use domain::Instant;
use domain::geo::Point;
use domain::id::UnitId;
use domain::nearest::Fix;
use sqlx::SqlStr;
use sqlx::sqlite::SqliteRow;
use std::sync::LazyLock;

const COLUMNS: &str = "unit, at, lat, lon, accuracy_m, speed_mps, course_deg, battery_pct, source, received_at";
const COLUMN_COUNT: usize = 10;
/// Fixes in one transaction; the same number that is best for the log.
const BATCH: usize = 64;
/// Fixes deleted in one transaction: some milliseconds.
const PRUNED_AT_ONCE: u32 = 500;

#[derive(Clone, Debug, PartialEq)]
pub struct FixRow {
    pub unit: UnitId,
    /// By the tracker's clock. Kept in whole seconds, as trackers tell it.
    pub at: Instant,
    pub point: Point,
    /// None: unknown, which is not zero.
    pub accuracy_m: Option<f64>,
    pub speed_mps: Option<f64>,
    /// Clockwise from north.
    pub course_deg: Option<f64>,
    pub battery_pct: Option<f64>,
    /// `owntracks`, `page` …
    pub source: String,
    pub received_at: Instant,
}

impl FixRow {
    /// What choosing the nearest officer needs of it.
    pub fn fix(&self) -> Fix {
        Fix { point: self.point, accuracy_m: self.accuracy_m, at: self.at }
    }

    fn bind(&self, values: &mut Values) {
        values.add(blob(self.unit.0.as_bytes()));
        values.add(self.at.timestamp());
        values.add(self.point.lat);
        values.add(self.point.lon);
        values.add(self.accuracy_m);
        values.add(self.speed_mps);
        values.add(self.course_deg);
        values.add(self.battery_pct);
        values.add(self.source.clone());
        values.add(micros(self.received_at));
    }

    fn read(row: &SqliteRow) -> Result<Self, StoreError> {
        let seconds = row.int(1)?;
        let at = Instant::from_timestamp(seconds, 0)
            .ok_or_else(|| StoreError::Unreadable(format!("{seconds} is no instant in seconds")))?;
        Ok(Self {
            unit: UnitId(row.id(0)?),
            at,
            point: Point::new(row.real(2)?, row.real(3)?),
            accuracy_m: row.maybe_real(4)?,
            speed_mps: row.maybe_real(5)?,
            course_deg: row.maybe_real(6)?,
            battery_pct: row.maybe_real(7)?,
            source: row.text(8)?,
            received_at: row.instant(9)?,
        })
    }
}

/// One fix, or a full batch, with room that is not needed left null. A fix that is no newer than the newest leaves that
/// alone.
fn insert(room: usize) -> SqlStr {
    let rows = places(room, COLUMN_COUNT);
    assembled(format!(
        "BEGIN IMMEDIATE;
         INSERT OR IGNORE INTO fix ({COLUMNS}) SELECT * FROM (VALUES {rows}) WHERE column1 IS NOT NULL;
         INSERT INTO latest_fix ({COLUMNS}) SELECT * FROM (VALUES {rows}) WHERE column1 IS NOT NULL
             ON CONFLICT (unit) DO UPDATE SET at = excluded.at, lat = excluded.lat, lon = excluded.lon,
                 accuracy_m = excluded.accuracy_m, speed_mps = excluded.speed_mps, course_deg = excluded.course_deg,
                 battery_pct = excluded.battery_pct, source = excluded.source, received_at = excluded.received_at
             WHERE excluded.at >= latest_fix.at;
         COMMIT;"
    ))
}

static INSERT_ONE: LazyLock<SqlStr> = LazyLock::new(|| insert(1));
static INSERT_BATCH: LazyLock<SqlStr> = LazyLock::new(|| insert(BATCH));

impl Store {
    /// Stores fixes; on disk when it returns. One that says the same place in the same second again is dropped.
    pub async fn add_fixes(&self, fixes: &[FixRow]) -> Result<(), StoreError> {
        for batch in fixes.chunks(BATCH) {
            let (sql, room) = match batch.len() {
                1 => (&*INSERT_ONE, 1),
                _ => (&*INSERT_BATCH, BATCH),
            };
            let mut values = Values::with_capacity(2 * room * COLUMN_COUNT);
            for _table in 0..2 {
                batch.iter().for_each(|fix| fix.bind(&mut values));
                values.nulls((room - batch.len()) * COLUMN_COUNT);
            }
            self.write(sql.clone(), values).await?;
        }
        Ok(())
    }

    /// The newest fix of every unit.
    pub async fn latest_fixes(&self) -> Result<Vec<FixRow>, StoreError> {
        let sql = "SELECT unit, at, lat, lon, accuracy_m, speed_mps, course_deg, battery_pct, source, received_at
             FROM latest_fix ORDER BY unit";
        self.rows(sql, Values::default()).await?.iter().map(FixRow::read).collect()
    }

    /// Where one unit was, oldest first.
    pub async fn fixes_of(
        &self,
        unit: UnitId,
        from: Instant,
        to: Instant,
        limit: u32,
    ) -> Result<Vec<FixRow>, StoreError> {
        let sql = "SELECT unit, at, lat, lon, accuracy_m, speed_mps, course_deg, battery_pct, source, received_at
             FROM fix WHERE unit = ? AND at BETWEEN ? AND ? ORDER BY at LIMIT ?";
        let values =
            Values::default().and(blob(unit.0.as_bytes())).and(from.timestamp()).and(to.timestamp()).and(limit);
        self.rows(sql, values).await?.iter().map(FixRow::read).collect()
    }

    /// Deletes the history before an instant; the newest of each unit stays. How many there were.
    ///
    /// A few at a time: alarms wait for the same connection.
    pub async fn prune_fixes(&self, before: Instant) -> Result<u64, StoreError> {
        let sql = "DELETE FROM fix WHERE (unit, at, lat, lon) IN
             (SELECT unit, at, lat, lon FROM fix WHERE at < ? ORDER BY at LIMIT ?)";
        let mut pruned = 0;
        loop {
            let values = Values::default().and(before.timestamp()).and(PRUNED_AT_ONCE);
            let gone = self.write(SqlStr::from_static(sql), values).await?;
            pruned += gone;
            if gone < u64::from(PRUNED_AT_ONCE) {
                return Ok(pruned);
            }
        }
    }
}
