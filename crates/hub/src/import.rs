//! Loads a register: our own JSON, GeoJSON of estates, or CSV of sites; or an exchange's list of calls. Takes what is right and says what is not.

mod cdr;

use anyhow::{Context, bail};
use domain::command::{Author, Command};
use domain::id::CommandId;
use serde_json::{Value, json};
use std::path::Path;
use store::{Submission, Writer};
use uuid::Uuid;

/// One row to load: the command it becomes, and how to name it in the report.
pub struct Row {
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
    pub refused: Vec<(String, String)>,
    pub keys: Vec<(String, String)>,
}

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

pub fn read(path: &Path) -> anyhow::Result<Vec<Row>> {
    let bytes = std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let is_csv = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("csv"));
    // Callers' names come in any letters: one that is no UTF-8 must not lose the list.
    let lossy = String::from_utf8_lossy(&bytes);
    if is_csv && cdr::is_list(lossy.trim_start_matches('\u{feff}')) {
        return Ok(cdr::rows(lossy.trim_start_matches('\u{feff}')));
    }
    let text = String::from_utf8(bytes).with_context(|| format!("{} is not text in UTF-8", path.display()))?;
    let text = text.trim_start_matches('\u{feff}');
    match path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase().as_str() {
        "csv" => csv_rows(text),
        _ => {
            let value: Value = serde_json::from_str(text).with_context(|| format!("{} is not JSON", path.display()))?;
            match value.get("type").and_then(Value::as_str) {
                Some("FeatureCollection") => geojson_rows(&value),
                _ => register_rows(&value),
            }
        }
    }
}

fn register_rows(value: &Value) -> anyhow::Result<Vec<Row>> {
    let fields = value.as_object().context("the file is no JSON object")?;
    let mut rows = Vec::new();
    if let Some(settings) = fields.get("settings") {
        rows.push(Row { name: "settings".into(), kind: "settings.put", body: settings.clone(), key: None });
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
            rows.push(Row { name: format!("{section} {name}"), kind, body, key });
        }
    }
    if rows.is_empty() {
        let names: Vec<&str> = SECTIONS.iter().map(|(name, _)| *name).collect();
        bail!("the file has none of the sections settings, {}", names.join(", "));
    }
    Ok(rows)
}

/// Estates as polygons with a `name`, and optionally a `ref`.
fn geojson_rows(value: &Value) -> anyhow::Result<Vec<Row>> {
    let collection: geojson::FeatureCollection =
        serde_json::from_value(value.clone()).context("the GeoJSON is broken")?;
    let mut rows = Vec::new();
    for (index, feature) in collection.features.iter().enumerate() {
        let text = |name: &str| feature.property(name).and_then(|v| v.as_str()).map(str::to_owned);
        let name = text("name").unwrap_or_else(|| format!("feature {}", index + 1));
        let reference = text("ref").unwrap_or_else(|| name.to_ascii_uppercase().replace(' ', "-"));
        let ring = feature.geometry.as_ref().and_then(|g| outer_ring(&g.value));
        let outline: Vec<Value> = ring.iter().flatten().map(|(lon, lat)| json!({ "lat": lat, "lon": lon })).collect();
        let n = ring.as_ref().map_or(1, Vec::len).max(1) as f64;
        let sum = ring.iter().flatten().fold((0.0, 0.0), |s, (lon, lat)| (s.0 + lat, s.1 + lon));
        let centre = json!({ "lat": sum.0 / n, "lon": sum.1 / n });
        let body = json!({ "ref": reference, "name": name, "outline": outline, "centre": centre });
        rows.push(Row { name: format!("estates {name}"), kind: "estate.put", body, key: None });
    }
    Ok(rows)
}

/// The outer ring without its repeated last point; the first polygon of several.
fn outer_ring(geometry: &geojson::GeometryValue) -> Option<Vec<(f64, f64)>> {
    let json = serde_json::to_value(geojson::Geometry::new(geometry.clone())).ok()?;
    let mut ring = json.get("coordinates")?;
    while ring.get(0)?.get(0)?.is_array() {
        ring = ring.get(0)?;
    }
    let mut points: Vec<(f64, f64)> =
        ring.as_array()?.iter().filter_map(|p| Some((p.get(0)?.as_f64()?, p.get(1)?.as_f64()?))).collect();
    if points.len() > 1 && points.first() == points.last() {
        points.pop();
    }
    Some(points)
}

/// Sites with the columns `ref,name,estate,address,lat,lon` and any of `hazards,access,response,rams,checklist`.
fn csv_rows(text: &str) -> anyhow::Result<Vec<Row>> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let headers = reader.headers().context("the CSV has no header line")?.clone();
    let mut rows = Vec::new();
    for (index, record) in reader.records().enumerate() {
        let record = record.with_context(|| format!("line {} is broken", index + 2))?;
        let mut body = serde_json::Map::new();
        for (name, field) in headers.iter().zip(record.iter()).filter(|(_, field)| !field.is_empty()) {
            let value = match name {
                "lat" | "lon" | "radius_m" => field.parse::<f64>().map_or_else(|_| json!(field), |n| json!(n)),
                "hazards" | "keys" => json!(field.split(';').map(str::trim).collect::<Vec<_>>()),
                _ => json!(field),
            };
            body.insert(name.to_owned(), value);
        }
        let name = body.get("ref").and_then(Value::as_str).unwrap_or("?").to_owned();
        let body = Value::Object(body);
        rows.push(Row { name: format!("line {} {name}", index + 2), kind: "site.put", body, key: None });
    }
    Ok(rows)
}

/// Sends every row as a command, in order.
pub async fn load(writer: &Writer, author: Author, now: domain::Instant, rows: Vec<Row>) -> anyhow::Result<Imported> {
    let mut imported = Imported::default();
    for row in rows {
        if let Some(why) = row.body.get("unreadable").and_then(Value::as_str) {
            imported.refused.push((row.name, why.to_owned()));
            continue;
        }
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
            Some(refusal) => imported.refused.push((row.name, refusal.text)),
        }
    }
    Ok(imported)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_polygon_becomes_an_estate_without_its_repeated_point() {
        let value = json!({"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"Test Estate"},
            "geometry":{"type":"Polygon","coordinates":[[[0.0,51.0],[0.1,51.0],[0.1,51.1],[0.0,51.0]]]}}]});
        let rows = geojson_rows(&value).unwrap();
        assert_eq!(rows[0].body["outline"].as_array().unwrap().len(), 3);
        assert_eq!(rows[0].body["ref"], "TEST-ESTATE");
    }

    #[test]
    fn a_line_of_csv_becomes_a_site() {
        let rows =
            csv_rows("ref,name,address,lat,lon,hazards\nS1,Depot,\"1 High St, NW1\",51.5,-0.1,dog;dark").unwrap();
        assert_eq!(rows[0].body["lat"], 51.5);
        assert_eq!(rows[0].body["hazards"], json!(["dog", "dark"]));
    }
}
