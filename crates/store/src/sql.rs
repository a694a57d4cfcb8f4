//! The one place where SQL text is put together at run time, and how values go in and out.
//!
//! A statement costs about 25 µs through sqlx whatever it does, so a batch is one text of a few multi-row statements.
//! The texts come from literals of this crate and row counts; no value ever becomes SQL.

use crate::StoreError;
use domain::Instant;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Arguments, SqlSafeStr};
use sqlx::{AssertSqlSafe, Encode, Row, SqlStr, Sqlite, Type};
use uuid::Uuid;

/// SQL made from literals of this crate only.
pub(crate) fn assembled(text: String) -> SqlStr {
    AssertSqlSafe(std::sync::Arc::<str>::from(text)).into_sql_str()
}

/// `(?,?),(?,?)` for so many rows and columns.
pub(crate) fn places(rows: usize, columns: usize) -> String {
    let row = format!("({})", vec!["?"; columns].join(","));
    vec![row; rows].join(",")
}

/// Values in the order of their question marks.
#[derive(Default)]
pub(crate) struct Values(pub SqliteArguments);

impl Values {
    pub fn with_capacity(count: usize) -> Self {
        let mut values = Self::default();
        values.0.reserve(count, 0);
        values
    }

    pub fn add<T: for<'q> Encode<'q, Sqlite> + Type<Sqlite>>(&mut self, value: T) {
        self.0.add(value).expect("numbers, text and bytes always encode");
    }

    pub fn and<T: for<'q> Encode<'q, Sqlite> + Type<Sqlite>>(mut self, value: T) -> Self {
        self.add(value);
        self
    }

    pub fn nulls(&mut self, count: usize) {
        for _ in 0..count {
            self.add(None::<i64>);
        }
    }
}

pub(crate) fn blob(bytes: &[u8]) -> Vec<u8> {
    bytes.to_vec()
}

pub(crate) fn micros(at: Instant) -> i64 {
    at.timestamp_micros()
}

/// What the store can keep of an instant: whole microseconds.
pub(crate) fn whole_micros(at: Instant) -> Instant {
    Instant::from_timestamp_micros(at.timestamp_micros()).unwrap_or(at)
}

/// Columns by place, which sqlx finds without comparing names.
pub(crate) trait Columns {
    fn int(&self, at: usize) -> Result<i64, StoreError>;
    fn maybe_int(&self, at: usize) -> Result<Option<i64>, StoreError>;
    fn real(&self, at: usize) -> Result<f64, StoreError>;
    fn maybe_real(&self, at: usize) -> Result<Option<f64>, StoreError>;
    fn text(&self, at: usize) -> Result<String, StoreError>;
    fn maybe_text(&self, at: usize) -> Result<Option<String>, StoreError>;
    fn bytes<const N: usize>(&self, at: usize) -> Result<[u8; N], StoreError>;
    fn maybe_bytes<const N: usize>(&self, at: usize) -> Result<Option<[u8; N]>, StoreError>;

    fn id(&self, at: usize) -> Result<Uuid, StoreError> {
        Ok(Uuid::from_bytes(self.bytes(at)?))
    }

    fn instant(&self, at: usize) -> Result<Instant, StoreError> {
        instant(self.int(at)?)
    }

    fn maybe_instant(&self, at: usize) -> Result<Option<Instant>, StoreError> {
        self.maybe_int(at)?.map(instant).transpose()
    }
}

pub(crate) fn instant(micros: i64) -> Result<Instant, StoreError> {
    Instant::from_timestamp_micros(micros)
        .ok_or_else(|| StoreError::Unreadable(format!("{micros} is no instant in microseconds")))
}

fn exactly<const N: usize>(bytes: &[u8]) -> Result<[u8; N], StoreError> {
    bytes.try_into().map_err(|_| StoreError::Unreadable(format!("{} bytes where {N} belong", bytes.len())))
}

impl Columns for SqliteRow {
    fn int(&self, at: usize) -> Result<i64, StoreError> {
        Ok(self.try_get(at)?)
    }
    fn maybe_int(&self, at: usize) -> Result<Option<i64>, StoreError> {
        Ok(self.try_get(at)?)
    }
    fn real(&self, at: usize) -> Result<f64, StoreError> {
        Ok(self.try_get(at)?)
    }
    fn maybe_real(&self, at: usize) -> Result<Option<f64>, StoreError> {
        Ok(self.try_get(at)?)
    }
    fn text(&self, at: usize) -> Result<String, StoreError> {
        Ok(self.try_get(at)?)
    }
    fn maybe_text(&self, at: usize) -> Result<Option<String>, StoreError> {
        Ok(self.try_get(at)?)
    }
    fn bytes<const N: usize>(&self, at: usize) -> Result<[u8; N], StoreError> {
        exactly(self.try_get(at)?)
    }
    fn maybe_bytes<const N: usize>(&self, at: usize) -> Result<Option<[u8; N]>, StoreError> {
        self.try_get::<Option<&[u8]>, _>(at)?.map(exactly).transpose()
    }
}
