//! The places of the register as GeoJSON: estates, sites, entrances. No contact leaves this way.

use domain::World;
use domain::geo::Point;
use serde_json::{Value, json};

pub fn geojson(world: &World) -> String {
    let mut features: Vec<Value> = Vec::new();
    let mut estates: Vec<_> = world.estates.values().collect();
    estates.sort_by(|a, b| a.reference.cmp(&b.reference));
    for estate in estates {
        let geometry = if estate.outline.is_empty() {
            point(estate.centre)
        } else {
            let ring: Vec<Value> = estate.outline.iter().chain(estate.outline.first()).map(|p| at(*p)).collect();
            json!({ "type": "Polygon", "coordinates": [ring] })
        };
        features.push(feature(
            &geometry,
            json!({ "kind": "estate", "ref": estate.reference, "name": estate.name, "centre": at(estate.centre) }),
        ));
    }
    let mut sites: Vec<_> = world.sites.values().collect();
    sites.sort_by(|a, b| a.reference.cmp(&b.reference));
    for site in sites {
        let estate = site.estate.and_then(|id| world.estates.get(&id)).map(|e| e.reference.clone());
        let properties = json!({
            "kind": "site", "ref": site.reference, "name": site.name, "estate": estate, "address": site.address,
            "radius_m": site.radius_m, "what3words": site.what3words, "hazards": site.hazards, "access": site.access,
            "response": site.response,
        });
        features.push(feature(&point(site.point), properties));
        for entrance in &site.entrances {
            let properties = json!({
                "kind": "entrance", "site": site.reference, "name": entrance.name, "what3words": entrance.what3words,
            });
            features.push(feature(&point(entrance.point), properties));
        }
    }
    let collection = json!({ "type": "FeatureCollection", "features": features });
    format!("{}\n", serde_json::to_string_pretty(&collection).unwrap_or_default())
}

fn feature(geometry: &Value, properties: Value) -> Value {
    json!({ "type": "Feature", "geometry": geometry, "properties": properties })
}

fn point(point: Point) -> Value {
    json!({ "type": "Point", "coordinates": at(point) })
}

/// Longitude first (RFC 7946 section 3.1.1).
fn at(point: Point) -> Value {
    json!([point.lon, point.lat])
}
