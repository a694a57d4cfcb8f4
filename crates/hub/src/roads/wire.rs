//! What OSRM (`table`, version 1 of its interface) and Valhalla (`sources_to_targets`) are asked and answer.

use super::server::Failure;
use domain::geo::{Point, distance_m};
use serde::Deserialize;
use serde_json::{Value, json};

/// Farther than this from every road, the map is of somewhere else.
const OFF_ROAD_MAX_M: f64 = 500.0;

/// The part of an address after the server's: `table/v1/driving/LON,LAT;…?sources=0;1&destinations=2&…`.
pub fn osrm_path(profile: &str, from: &[Point], to: Point) -> String {
    let all = from.iter().chain([&to]);
    let places: Vec<String> = all.map(|point| format!("{:.6},{:.6}", point.lon, point.lat)).collect();
    let sources: Vec<String> = (0..from.len()).map(|n| n.to_string()).collect();
    format!(
        "table/v1/{profile}/{}?sources={}&destinations={}&annotations=duration",
        places.join(";"),
        sources.join(";"),
        from.len()
    )
}

#[derive(Deserialize)]
struct Table {
    code: String,
    #[serde(default)]
    durations: Vec<Vec<Option<f64>>>,
    #[serde(default)]
    sources: Vec<Snapped>,
    #[serde(default)]
    destinations: Vec<Snapped>,
}

/// A place as the server found it on a road.
#[derive(Deserialize)]
struct Snapped {
    /// From the place that was asked about, in metres; not told by old servers.
    distance: Option<f64>,
}

impl Snapped {
    fn is_far(&self) -> bool {
        self.distance.is_some_and(|d| d > OFF_ROAD_MAX_M)
    }
}

/// Seconds from each place, in the order asked; none where there is no way.
pub fn osrm_answer(body: &[u8], asked: usize) -> Result<Vec<Option<f64>>, Failure> {
    let table: Table = serde_json::from_slice(body).map_err(|_| Failure::Unreadable)?;
    if table.code != "Ok" {
        return Err(Failure::Refused);
    }
    let mut times = column(table.durations, asked)?;
    if table.destinations.first().is_some_and(Snapped::is_far) {
        times.fill(None);
    }
    for (time, source) in times.iter_mut().zip(&table.sources) {
        if source.is_far() {
            *time = None;
        }
    }
    Ok(times)
}

pub fn valhalla_question(costing: &str, from: &[Point], to: Point) -> Value {
    let place = |point: &Point| json!({ "lat": point.lat, "lon": point.lon });
    let sources: Vec<Value> = from.iter().map(place).collect();
    json!({ "sources": sources, "targets": [place(&to)], "costing": costing })
}

#[derive(Deserialize)]
struct Matrix {
    sources_to_targets: Cells,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Cells {
    Rows(Vec<Vec<Cell>>),
    /// Of newer servers that are set to be brief.
    Brief {
        durations: Vec<Vec<Option<f64>>>,
    },
}

#[derive(Deserialize)]
struct Cell {
    time: Option<f64>,
}

pub fn valhalla_answer(body: &[u8], asked: usize) -> Result<Vec<Option<f64>>, Failure> {
    let matrix: Matrix = serde_json::from_slice(body).map_err(|_| Failure::Unreadable)?;
    let rows = match matrix.sources_to_targets {
        Cells::Rows(rows) => rows.into_iter().map(|row| row.into_iter().map(|cell| cell.time).collect()).collect(),
        Cells::Brief { durations } => durations,
    };
    column(rows, asked)
}

/// One time for each place that was asked about, or it is an answer to something else. A time below nothing is none.
fn column(rows: Vec<Vec<Option<f64>>>, asked: usize) -> Result<Vec<Option<f64>>, Failure> {
    if rows.len() != asked || rows.iter().any(|row| row.len() != 1) {
        return Err(Failure::Unreadable);
    }
    Ok(rows.into_iter().map(|row| row[0].filter(|s| s.is_finite() && *s >= 0.0)).collect())
}

/// Places nearest first.
pub fn by_distance<T>(places: &mut [(T, Point)], to: Point) {
    places.sort_by(|a, b| distance_m(a.1, to).total_cmp(&distance_m(b.1, to)));
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Point = Point::new(51.5, -0.1);

    #[test]
    fn the_longitude_comes_first_and_the_place_last() {
        let path = osrm_path("driving", &[HERE, Point::new(51.51, -0.12)], Point::new(51.52, -0.13));
        assert_eq!(
            path,
            "table/v1/driving/-0.100000,51.500000;-0.120000,51.510000;-0.130000,51.520000\
             ?sources=0;1&destinations=2&annotations=duration"
        );
    }

    #[test]
    fn answers_are_read_cell_by_cell() {
        let read = |body: &str, asked| osrm_answer(body.as_bytes(), asked);
        assert_eq!(read(r#"{"code":"Ok","durations":[[61.5],[null],[-3]]}"#, 3), Ok(vec![Some(61.5), None, None]));
        let snapped =
            r#"{"code":"Ok","durations":[[1],[2]],"sources":[{"distance":4.2},{"distance":9000}],"destinations":[{}]}"#;
        assert_eq!(read(snapped, 2), Ok(vec![Some(1.0), None]));
        let nowhere = r#"{"code":"Ok","durations":[[1],[2]],"destinations":[{"distance":9000}]}"#;
        assert_eq!(read(nowhere, 2), Ok(vec![None, None]));
        for wrong in [
            "",
            "NaN",
            "[]",
            r#"{"code":"Ok"}"#,
            r#"{"code":"Ok","durations":[[1]]}"#,
            r#"{"code":"Ok","durations":[[1,2],[3,4]]}"#,
            r#"{"code":"Ok","durations":[["1"],[2]]}"#,
            r#"{"code":"Ok","durations":[[NaN],[2]]}"#,
            r#"{"code":"Ok","durations":[[1e999],[2]]}"#,
        ] {
            assert_eq!(read(wrong, 2), Err(Failure::Unreadable), "{wrong}");
        }
        assert_eq!(read(r#"{"code":"NoTable"}"#, 2), Err(Failure::Refused));
        let read = |body: &str| valhalla_answer(body.as_bytes(), 2);
        let rows =
            r#"{"sources_to_targets":[[{"distance":1.2,"time":240,"to_index":0,"from_index":0}],[{"time":null}]]}"#;
        assert_eq!(read(rows), Ok(vec![Some(240.0), None]));
        let brief = r#"{"sources_to_targets":{"durations":[[240],[null]],"distances":[[1],[null]]}}"#;
        assert_eq!(read(brief), Ok(vec![Some(240.0), None]));
        for wrong in
            ["{}", r#"{"sources_to_targets":[]}"#, r#"{"sources_to_targets":[[{"time":1}]]}"#, r#"{"error":"x"}"#]
        {
            assert_eq!(read(wrong), Err(Failure::Unreadable), "{wrong}");
        }
    }
}
