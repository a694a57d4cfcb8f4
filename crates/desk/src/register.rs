//! The register at the desk: looked at, loaded from a file, written to one. All from the replica, so also offline.

use crate::view::{register_view, site_record};
use crate::{Desk, Inner};
use domain::World;
use protocol::register::{ImportPreview, ImportRow, RegisterView, SiteRecord};
use protocol::view::Act;
use register::{Checked, Row, Table};

/// More rows are for the command line: each is an action of this desk, on disk before the next.
pub const ROWS_MAX: usize = 2_000;

impl Desk {
    pub fn register(&self) -> RegisterView {
        let shown = self.inner.shown();
        self.inner.with_scene(&shown, register_view)
    }

    /// One site, by id or reference, as the form that changes it needs it.
    pub fn site_record(&self, site: &str) -> Option<SiteRecord> {
        let shown = self.inner.shown();
        let site = shown.world.site(site)?;
        Some(self.inner.with_scene(&shown, |scene| site_record(scene, site)))
    }

    /// What would become of a file. Nothing is done.
    pub async fn preview_register(&self, bytes: Vec<u8>) -> ImportPreview {
        let inner = self.inner.clone();
        // A borough takes seconds to decide; the window goes on meanwhile.
        let read = tokio::task::spawn_blocking(move || inner.read_register(&bytes)).await;
        match read {
            Ok(Ok(checked)) => preview(&checked),
            Ok(Err(problem)) => ImportPreview { problem: Some(problem), ..ImportPreview::default() },
            Err(error) => {
                tracing::error!(%error, "reading a register broke off");
                ImportPreview { problem: Some("The file could not be read.".into()), ..ImportPreview::default() }
            }
        }
    }

    /// Sends the rows that are right, as this person. What the desk refuses now, and did not before, is told.
    pub async fn apply_register(&self, bytes: Vec<u8>) -> ImportPreview {
        let inner = self.inner.clone();
        let read = tokio::task::spawn_blocking(move || inner.read_register(&bytes)).await;
        let checked = match read {
            Ok(Ok(checked)) => checked,
            Ok(Err(problem)) => return ImportPreview { problem: Some(problem), ..ImportPreview::default() },
            Err(error) => {
                tracing::error!(%error, "reading a register broke off");
                return ImportPreview {
                    problem: Some("The file could not be read.".into()),
                    ..ImportPreview::default()
                };
            }
        };
        let mut done =
            ImportPreview { refused: checked.refused.iter().map(refused_row).collect(), ..preview(&checked) };
        done.taken.clear();
        for row in checked.taken {
            let told = row_view(&row);
            let act = Act { kind: row.kind.into(), target: row.target, body: row.body, on_behalf_of: None };
            match self.act(act).await.refusal {
                None => done.taken.push(told),
                Some(refusal) => done.refused.push(ImportRow { what: refusal.text, ..told }),
            }
        }
        done
    }

    /// A table of the register as CSV, or its places as GeoJSON. None for what is no part of it.
    pub fn export_register(&self, what: &str) -> Option<String> {
        let shown = self.inner.shown();
        export(&shown.world, what)
    }
}

fn export(world: &World, what: &str) -> Option<String> {
    match what {
        "places" => Some(register::geojson(world)),
        name => Table::parse(name).map(|table| register::csv(world, table)),
    }
}

impl Inner {
    fn read_register(&self, bytes: &[u8]) -> Result<Checked, String> {
        let shown = self.shown();
        let read = register::read(bytes, &shown.world)?;
        if read.rows.len() > ROWS_MAX {
            return Err(format!(
                "The file has {} rows; the window takes {ROWS_MAX}. Load it with “watchhouse-hub import”.",
                read.rows.len()
            ));
        }
        Ok(register::check(&shown.world, &shown.me.author(), self.now(), read))
    }
}

fn preview(checked: &Checked) -> ImportPreview {
    ImportPreview {
        problem: None,
        taken: checked.taken.iter().map(row_view).collect(),
        same: checked.same as u32,
        refused: checked.refused.iter().map(refused_row).collect(),
    }
}

fn row_view(row: &Row) -> ImportRow {
    ImportRow { place: row.place.clone(), name: row.name.clone(), what: row.kind.into() }
}

fn refused_row(refused: &register::Refused) -> ImportRow {
    ImportRow { place: refused.place.clone(), name: refused.name.clone(), what: refused.why.clone() }
}
