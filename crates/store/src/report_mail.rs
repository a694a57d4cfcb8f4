//! Reports on their way by mail, and what became of each.

use crate::sql::{Columns, Values, blob, micros};
use crate::{Digest, Store, StoreError};
use domain::Instant;
use domain::id::{CalloutId, PersonId};
use sqlx::SqlStr;
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq)]
pub struct ReportMail {
    pub id: Uuid,
    pub callout: CalloutId,
    /// Of the report.
    pub version: u32,
    /// `customer` or `full`.
    pub copy: String,
    pub sha256: Digest,
    pub person: PersonId,
    /// The contact's role: "Keyholder".
    pub role: String,
    pub address: String,
    pub made_at: Instant,
    pub tries: u32,
    pub state: MailState,
    /// When it was sent, refused or given up.
    pub done_at: Option<Instant>,
    /// What the server said last.
    pub said: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailState {
    Queued,
    /// The server has taken it.
    Sent,
    /// The server will not take it, however often it is asked.
    Refused,
    /// Nobody took it in all the time there was.
    Failed,
}

impl MailState {
    pub fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }

    fn parse(name: &str) -> Result<Self, StoreError> {
        match name {
            "queued" => Ok(Self::Queued),
            "sent" => Ok(Self::Sent),
            "refused" => Ok(Self::Refused),
            "failed" => Ok(Self::Failed),
            other => Err(StoreError::Unreadable(format!("“{other}” is no state of a letter"))),
        }
    }
}

impl ReportMail {
    fn read(row: &SqliteRow) -> Result<Self, StoreError> {
        let number = |at| Ok::<_, StoreError>(u32::try_from(row.int(at)?).unwrap_or(u32::MAX));
        Ok(Self {
            id: row.id(0)?,
            callout: CalloutId(row.id(1)?),
            version: number(2)?,
            copy: row.text(3)?,
            sha256: row.bytes(4)?,
            person: PersonId(row.id(5)?),
            role: row.text(6)?,
            address: row.text(7)?,
            made_at: row.instant(8)?,
            tries: number(9)?,
            state: MailState::parse(&row.text(10)?)?,
            done_at: row.maybe_instant(11)?,
            said: row.text(12)?,
        })
    }
}

impl Store {
    /// Puts a letter in the queue, once for each version and person. False when it was there already.
    pub async fn queue_report(&self, mail: &ReportMail) -> Result<bool, StoreError> {
        let sql = "INSERT OR IGNORE INTO report_mail
             (id, callout, version, copy, sha256, person, role, address, made_at, next_at, state, said)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
        let values = Values::default()
            .and(blob(mail.id.as_bytes()))
            .and(blob(mail.callout.0.as_bytes()))
            .and(mail.version)
            .and(mail.copy.clone())
            .and(blob(&mail.sha256))
            .and(blob(mail.person.0.as_bytes()))
            .and(mail.role.clone())
            .and(mail.address.clone())
            .and(micros(mail.made_at))
            .and(micros(mail.made_at))
            .and(mail.state.name())
            .and(mail.said.clone());
        Ok(self.write(SqlStr::from_static(sql), values).await? > 0)
    }

    /// All letters about a call-out, oldest version first.
    pub async fn report_mails(&self, callout: CalloutId) -> Result<Vec<ReportMail>, StoreError> {
        let sql =
            "SELECT id, callout, version, copy, sha256, person, role, address, made_at, tries, state, done_at, said
             FROM report_mail WHERE callout = ? ORDER BY version, role, id";
        let rows = self.rows(sql, Values::default().and(blob(callout.0.as_bytes()))).await?;
        rows.iter().map(ReportMail::read).collect()
    }

    pub async fn due_report_mails(&self, now: Instant, limit: u32) -> Result<Vec<ReportMail>, StoreError> {
        let sql =
            "SELECT id, callout, version, copy, sha256, person, role, address, made_at, tries, state, done_at, said
             FROM report_mail WHERE state = 'queued' AND next_at <= ? ORDER BY next_at, version LIMIT ?";
        self.rows(sql, Values::default().and(micros(now)).and(limit)).await?.iter().map(ReportMail::read).collect()
    }

    pub async fn next_report_mail_at(&self) -> Result<Option<Instant>, StoreError> {
        let sql = "SELECT min(next_at) FROM report_mail WHERE state = 'queued'";
        self.row(sql, Values::default()).await?.map_or(Ok(None), |row| row.maybe_instant(0))
    }

    /// What came of a try: sent, refused or given up, or to be tried again at a time.
    pub async fn report_mail_tried(
        &self,
        id: Uuid,
        state: MailState,
        said: &str,
        next_at: Option<Instant>,
        now: Instant,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE report_mail SET tries = tries + 1, state = ?, said = ?, next_at = coalesce(?, next_at),
             done_at = ? WHERE id = ?";
        let done_at = (state != MailState::Queued).then(|| micros(now));
        let values = Values::default()
            .and(state.name())
            .and(said.to_owned())
            .and(next_at.map(micros))
            .and(done_at)
            .and(blob(id.as_bytes()));
        self.write(SqlStr::from_static(sql), values).await.map(drop)
    }

    /// Sends again what was refused or given up about a call-out. How many there were.
    pub async fn resend_reports(&self, callout: CalloutId, now: Instant) -> Result<u64, StoreError> {
        let sql = "UPDATE report_mail SET state = 'queued', tries = 0, made_at = ?1, next_at = ?1, done_at = NULL
             WHERE callout = ?2 AND state IN ('refused', 'failed') AND address <> ''";
        self.write(SqlStr::from_static(sql), Values::default().and(micros(now)).and(blob(callout.0.as_bytes()))).await
    }
}
