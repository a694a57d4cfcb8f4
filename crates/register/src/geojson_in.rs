//! GeoJSON as commands: estates are polygons, sites and entrances are points.

use crate::{Read, Refused, Row};
use domain::World;
use domain::command::SitePut;
use domain::geo::Point;
use domain::site::Entrance;
use geojson::{Feature, FeatureCollection};
use serde_json::{Value, json};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// Sites as put together so far, each with the feature it began at.
type Sites = BTreeMap<String, (u64, SitePut)>;

pub fn read(text: &str, world: &World) -> Result<Read, String> {
    let collection: FeatureCollection =
        text.parse().map_err(|error| format!("The file is no GeoJSON collection of features: {error}."))?;
    let mut read = Read::default();
    let mut sites = Sites::new();
    let mut estates = BTreeSet::new();
    let numbered = || collection.features.iter().zip(1u64..);
    let kind_of = |feature: &Feature| text_of(feature, "kind").unwrap_or_else(|| "estate".into());
    // A site before its entrances, wherever they stand: they are one command.
    let (first, later): (Vec<_>, Vec<_>) = numbered().partition(|(feature, _)| kind_of(feature) != "entrance");
    for (feature, at) in first.into_iter().chain(later) {
        let taken = match kind_of(feature).as_str() {
            "entrance" => entrance(world, feature, at, &mut sites),
            "site" => site(world, feature).and_then(|put| once(&mut sites, at, put)),
            "estate" => estate(feature).and_then(|body| {
                let row = row(at, "estate.put", &body["ref"], &body["name"], body.clone());
                if !estates.insert(row.target.to_uppercase()) {
                    return Err(twice(&row.target));
                }
                read.rows.push(row);
                Ok(())
            }),
            other => Err(format!("“{other}” is neither estate, site nor entrance.")),
        };
        if let Err(why) = taken {
            let name = text_of(feature, "name").or_else(|| text_of(feature, "ref")).unwrap_or_default();
            read.refused.push(Refused { at, place: format!("feature {at}"), name, why });
        }
    }
    let mut sites: Vec<_> = sites.into_values().collect();
    sites.sort_by_key(|(at, _)| *at);
    for (at, put) in sites {
        let body = serde_json::to_value(put).map_err(|e| e.to_string())?;
        read.rows.push(row(at, "site.put", &body["ref"], &body["name"], body.clone()));
    }
    Ok(read)
}

fn twice(reference: &str) -> String {
    format!("“{reference}” is in this file twice.")
}

fn once(sites: &mut Sites, at: u64, put: SitePut) -> Result<(), String> {
    match sites.entry(put.reference.to_uppercase()) {
        Entry::Occupied(_) => Err(twice(&put.reference)),
        Entry::Vacant(free) => {
            free.insert((at, put));
            Ok(())
        }
    }
}

fn row(at: u64, kind: &'static str, target: &Value, name: &Value, body: Value) -> Row {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Row { at, place: format!("feature {at}"), name: text(name), kind, target: text(target), body }
}

fn text_of(feature: &Feature, name: &str) -> Option<String> {
    feature.property(name).and_then(Value::as_str).map(str::to_owned)
}

fn geometry(feature: &Feature) -> Result<Value, String> {
    let geometry = feature.geometry.as_ref().ok_or("It has no geometry.")?;
    serde_json::to_value(geometry).map_err(|e| format!("Its geometry cannot be read: {e}."))
}

fn position(at: &Value) -> Option<Point> {
    Some(Point::new(at.get(1)?.as_f64()?, at.get(0)?.as_f64()?))
}

fn pin(feature: &Feature) -> Result<Point, String> {
    let geometry = geometry(feature)?;
    let point = (geometry["type"] == "Point").then(|| position(&geometry["coordinates"])).flatten();
    match point {
        Some(point) if point.is_valid() => Ok(point),
        Some(point) => Err(format!("{}, {} is no place on Earth; GeoJSON has longitude first.", point.lat, point.lon)),
        None => Err("It must be a point.".into()),
    }
}

fn site(world: &World, feature: &Feature) -> Result<SitePut, String> {
    let point = pin(feature)?;
    let mut properties = feature.properties.clone().unwrap_or_default();
    properties.remove("kind");
    let reference = properties.get("ref").and_then(Value::as_str).filter(|r| !r.is_empty()).ok_or("ref is missing.")?;
    let known = world.site(reference).map(|s| SitePut::of(world, s)).and_then(|put| serde_json::to_value(put).ok());
    let mut body = known.unwrap_or_else(|| json!({ "address": "" }));
    for (name, value) in properties {
        body[name] = value;
    }
    (body["lat"], body["lon"]) = (json!(point.lat), json!(point.lon));
    serde_json::from_value(body).map_err(|error| format!("It cannot be read: {error}."))
}

fn entrance(world: &World, feature: &Feature, at: u64, sites: &mut Sites) -> Result<(), String> {
    let point = pin(feature)?;
    let reference = text_of(feature, "site").ok_or("site is missing.")?;
    let name = text_of(feature, "name").filter(|n| !n.is_empty()).ok_or("name is missing.")?;
    let (_, put) = match sites.entry(reference.to_uppercase()) {
        Entry::Occupied(there) => there.into_mut(),
        Entry::Vacant(free) => {
            let site = world.site(&reference).ok_or_else(|| format!("There is no site “{reference}”."))?;
            free.insert((at, SitePut::of(world, site)))
        }
    };
    let words = feature.property("what3words").map(|w| w.as_str().filter(|w| !w.is_empty()).map(str::to_owned));
    match put.entrances.iter_mut().find(|e| e.name == name) {
        Some(known) => {
            known.point = point;
            known.what3words = words.unwrap_or_else(|| known.what3words.clone());
        }
        None => put.entrances.push(Entrance { name, point, what3words: words.flatten(), parking: None }),
    }
    Ok(())
}

/// A polygon with its outer ring, the first of several; or a point when only the centre is known.
fn estate(feature: &Feature) -> Result<Value, String> {
    let name = text_of(feature, "name").filter(|n| !n.trim().is_empty()).ok_or("name is missing.")?;
    let reference = text_of(feature, "ref").unwrap_or_else(|| name.to_ascii_uppercase().replace(' ', "-"));
    let geometry = geometry(feature)?;
    let mut ring: Vec<Point> = match geometry["type"].as_str() {
        Some("Polygon") => positions(&geometry["coordinates"][0]),
        Some("MultiPolygon") => positions(&geometry["coordinates"][0][0]),
        Some("Point") => vec![],
        _ => return Err("An estate is a polygon, or a point.".into()),
    };
    if ring.len() > 1 && ring.first() == ring.last() {
        ring.pop();
    }
    let sum = ring.iter().fold((0.0, 0.0), |s, p| (s.0 + p.lat, s.1 + p.lon));
    let n = ring.len() as f64;
    let centre = match feature.property("centre").and_then(position) {
        Some(said) => said,
        None if ring.is_empty() => pin(feature).map_err(|_| "Its outline has no points.".to_owned())?,
        None => Point::new(sum.0 / n, sum.1 / n),
    };
    Ok(json!({ "ref": reference, "name": name, "outline": ring, "centre": centre }))
}

fn positions(ring: &Value) -> Vec<Point> {
    ring.as_array().into_iter().flatten().filter_map(position).collect()
}
