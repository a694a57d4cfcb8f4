//! Loads a register (our own JSON here, CSV and GeoJSON by the crate `register`) or an exchange's list of calls. Takes
//! what is right and says what is not.

mod cdr;

use anyhow::{Context, bail};
use domain::World;
use domain::command::{Author, Command};
use domain::id::CommandId;
use serde_json::Value;
use std::path::Path;
use store::{Submission, Writer};
use uuid::Uuid;

/// One row to load: the command it becomes, and how to name it in the report.
pub struct Row {
    /// Where it stands in the file, counted.
    pub at: u64,
    pub name: String,
    pub kind: &'static str,
    pub body: Value,
    /// A panel's key, which goes beside the log.
    pub key: Option<(String, String)>,
}

#[derive(Default, Debug)]
pub struct Imported {
    pub taken: Vec<(String, usize)>,
    /// Said nothing that was not known.
    pub known: Vec<(String, usize)>,
    /// In the order of the file.
    pub refused: Vec<Unread>,
    pub keys: Vec<(String, String)>,
}

/// A row that became nothing: where it stands, its name, and why.
pub type Unread = (u64, String, String);

/// The sections of our own JSON in the order in which they refer to one another.
const SECTIONS: &[(&str, &str)] = &[
    ("estates", "estate.put"),
    ("rams", "rams.put"),
    ("checklists", "checklist.put"),
    ("units", "unit.put"),
    ("officers", "officer.put"),
    ("sites", "site.put"),
    ("panels", "panel.put"),
];

/// The rows of a file, and those that become none with the reason.
pub fn read(path: &Path, world: &World) -> anyhow::Result<(Vec<Row>, Vec<Unread>)> {
    let bytes = std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
    let own = || {
        let value: Value = serde_json::from_slice(bytes).ok()?;
        (value.is_object() && value.get("type").and_then(Value::as_str) != Some("FeatureCollection")).then_some(value)
    };
    if let Some(value) = own() {
        return Ok((register_rows(&value)?, vec![]));
    }
    // Callers' names come in any letters: one that is no UTF-8 must not lose the list.
    let lossy = String::from_utf8_lossy(bytes);
    if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("csv")) && cdr::is_list(&lossy) {
        return Ok(cdr::rows(&lossy));
    }
    let read = register::read(bytes, world).map_err(|why| anyhow::anyhow!("{}: {why}", path.display()))?;
    let row = |r: register::Row| Row {
        at: r.at,
        name: format!("{} {}", r.place, r.name),
        kind: r.kind,
        body: r.body,
        key: None,
    };
    let refused = read.refused.into_iter().map(|r| (r.at, format!("{} {}", r.place, r.name), r.why)).collect();
    Ok((read.rows.into_iter().map(row).collect(), refused))
}

fn register_rows(value: &Value) -> anyhow::Result<Vec<Row>> {
    let fields = value.as_object().context("the file is no JSON object")?;
    let mut rows = Vec::new();
    if let Some(settings) = fields.get("settings") {
        rows.push(Row { at: 0, name: "settings".into(), kind: "settings.put", body: settings.clone(), key: None });
    }
    for (section, kind) in SECTIONS {
        for (index, body) in fields.get(*section).and_then(Value::as_array).into_iter().flatten().enumerate() {
            let mut body = body.clone();
            let name = ["ref", "account", "call_sign", "name"]
                .iter()
                .find_map(|f| body.get(*f)?.as_str())
                .map_or_else(|| format!("number {}", index + 1), str::to_owned);
            let key = body.as_object_mut().and_then(|b| b.remove("key"));
            let account = body.get("account").and_then(Value::as_str).unwrap_or_default().to_ascii_uppercase();
            let key = key.and_then(|k| k.as_str().map(|k| (account, k.to_owned())));
            rows.push(Row { at: rows.len() as u64, name: format!("{section} {name}"), kind, body, key });
        }
    }
    if rows.is_empty() {
        let names: Vec<&str> = SECTIONS.iter().map(|(name, _)| *name).collect();
        bail!("the file has none of the sections settings, {}", names.join(", "));
    }
    Ok(rows)
}

/// Sends every row as a command, in order.
pub async fn load(writer: &Writer, author: Author, now: domain::Instant, rows: Vec<Row>) -> anyhow::Result<Imported> {
    let mut imported = Imported::default();
    for row in rows {
        let id = Uuid::now_v7();
        let command = Command {
            id: CommandId(id),
            at: now,
            kind: row.kind.into(),
            v: 1,
            target: id.to_string(),
            after: vec![],
            on_behalf_of: None,
            sent_at: None,
            age_ms: None,
            body: row.body,
        };
        let submission = Submission { command, author: author.clone(), received_at: now, once: None };
        let answer = writer.submit(vec![submission]).await?.pop().context("the store gave no answer")?;
        match answer.refusal {
            None => {
                imported.keys.extend(row.key);
                let counted = if answer.seq.is_none() { &mut imported.known } else { &mut imported.taken };
                match counted.iter_mut().find(|(kind, _)| kind == row.kind) {
                    Some((_, count)) => *count += 1,
                    None => counted.push((row.kind.into(), 1)),
                }
            }
            Some(refusal) => {
                let why = [Some(refusal.text), refusal.mend].into_iter().flatten().collect::<Vec<_>>().join(" ");
                imported.refused.push((row.at, row.name, why));
            }
        }
    }
    Ok(imported)
}
