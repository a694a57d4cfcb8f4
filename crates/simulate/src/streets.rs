//! A few dozen junctions of the borough and the streets between them, enough that a car on the map follows streets.
//!
//! Hand-made and rough: points are within some tens of metres of the real junctions. It routes nobody in earnest.

use domain::geo::{Point, distance_m};
use std::sync::OnceLock;

#[rustfmt::skip]
const JUNCTIONS: &[(&str, f64, f64)] = &[
    ("euston-hampstead", 51.5254, -0.1376), ("drummond", 51.5270, -0.1380), ("robert", 51.5290, -0.1386),
    ("varndell", 51.5291, -0.1405), ("cumberland", 51.5290, -0.1425), ("albany", 51.5286, -0.1441),
    ("gloucester-gate", 51.5345, -0.1457), ("granby", 51.5312, -0.1389), ("mornington", 51.5343, -0.1387),
    ("eversholt-n", 51.5345, -0.1378), ("eversholt", 51.5309, -0.1348), ("eversholt-s", 51.5278, -0.1322),
    ("ossulston", 51.5304, -0.1293), ("chalton", 51.5301, -0.1320), ("midland", 51.5290, -0.1268),
    ("goldington", 51.5350, -0.1345), ("kings-cross", 51.5303, -0.1226), ("harrison", 51.5276, -0.1207),
    ("judd", 51.5276, -0.1245), ("grays-n", 51.5274, -0.1186), ("grays-m", 51.5240, -0.1161),
    ("grays-s", 51.5209, -0.1131), ("portpool", 51.5209, -0.1119), ("leather", 51.5206, -0.1096),
    ("camden-town", 51.5390, -0.1425), ("delancey", 51.5363, -0.1403), ("parkway", 51.5366, -0.1465),
    ("camden-road", 51.5413, -0.1390), ("royal", 51.5380, -0.1352), ("agar-w", 51.5416, -0.1368),
    ("agar", 51.5427, -0.1334), ("york-way", 51.5437, -0.1268), ("hawley", 51.5422, -0.1419),
    ("ktr-prince", 51.5460, -0.1415), ("kentish-town", 51.5503, -0.1405), ("clarence", 51.5439, -0.1466),
    ("chalk-road", 51.5431, -0.1497), ("chalk-farm", 51.5442, -0.1536), ("prince-malden", 51.5459, -0.1512),
    ("prince", 51.5460, -0.1480), ("maitland-road", 51.5474, -0.1558), ("maitland-villas", 51.5483, -0.1564),
    ("malden", 51.5486, -0.1526), ("queens-crescent", 51.5500, -0.1508), ("malden-n", 51.5505, -0.1545),
    ("lismore", 51.5515, -0.1548), ("gospel-oak", 51.5537, -0.1520), ("mansfield", 51.5536, -0.1570),
    ("kiln", 51.5538, -0.1501), ("grafton", 51.5520, -0.1470), ("gordon-house", 51.5560, -0.1458),
    ("highgate-road", 51.5520, -0.1421), ("chetwynd", 51.5582, -0.1440), ("dartmouth-s", 51.5578, -0.1390),
    ("dartmouth-n", 51.5632, -0.1407), ("raydon", 51.5645, -0.1425), ("haverstock-s", 51.5463, -0.1570),
    ("haverstock", 51.5485, -0.1612), ("adelaide-e", 51.5436, -0.1575), ("adelaide", 51.5430, -0.1640),
    ("adelaide-w", 51.5425, -0.1730), ("fellows-e", 51.5445, -0.1600), ("fellows", 51.5441, -0.1665),
    ("swiss-cottage", 51.5433, -0.1750), ("hilgrove", 51.5419, -0.1771), ("belsize", 51.5408, -0.1795),
    ("loudoun", 51.5392, -0.1790), ("rowley", 51.5402, -0.1836), ("abbey", 51.5401, -0.1876),
    ("boundary", 51.5391, -0.1815),
];

#[rustfmt::skip]
const STREETS: &[(&str, &str)] = &[
    ("euston-hampstead", "drummond"), ("drummond", "robert"), ("robert", "granby"), ("granby", "mornington"),
    ("robert", "varndell"), ("varndell", "cumberland"), ("cumberland", "albany"), ("albany", "gloucester-gate"),
    ("gloucester-gate", "parkway"), ("parkway", "camden-town"), ("parkway", "delancey"), ("mornington", "delancey"),
    ("delancey", "camden-town"), ("mornington", "eversholt-n"), ("eversholt-n", "eversholt"), ("eversholt", "eversholt-s"),
    ("eversholt", "chalton"), ("chalton", "ossulston"), ("ossulston", "midland"), ("eversholt-s", "midland"),
    ("eversholt-s", "euston-hampstead"), ("midland", "judd"), ("midland", "kings-cross"), ("kings-cross", "grays-n"),
    ("judd", "harrison"), ("harrison", "grays-n"), ("grays-n", "grays-m"), ("grays-m", "grays-s"),
    ("grays-s", "portpool"), ("portpool", "leather"), ("eversholt-n", "goldington"), ("goldington", "royal"),
    ("goldington", "ossulston"), ("royal", "camden-road"), ("camden-road", "camden-town"), ("camden-road", "agar-w"),
    ("agar-w", "agar"), ("agar", "york-way"), ("york-way", "kings-cross"), ("camden-town", "hawley"),
    ("camden-road", "hawley"), ("hawley", "ktr-prince"), ("ktr-prince", "kentish-town"), ("kentish-town", "highgate-road"),
    ("hawley", "clarence"), ("clarence", "chalk-road"), ("clarence", "prince"), ("chalk-road", "chalk-farm"), ("camden-town", "chalk-road"),
    ("ktr-prince", "prince"), ("prince", "prince-malden"), ("prince-malden", "malden"), ("prince-malden", "chalk-farm"),
    ("prince-malden", "maitland-road"), ("maitland-road", "maitland-villas"), ("maitland-villas", "malden"),
    ("malden", "queens-crescent"), ("malden", "malden-n"), ("malden-n", "lismore"), ("lismore", "gospel-oak"),
    ("lismore", "mansfield"), ("mansfield", "gospel-oak"), ("gospel-oak", "kiln"), ("kiln", "grafton"),
    ("queens-crescent", "grafton"), ("grafton", "highgate-road"), ("gospel-oak", "gordon-house"),
    ("gordon-house", "highgate-road"), ("gordon-house", "chetwynd"), ("chetwynd", "dartmouth-s"),
    ("dartmouth-s", "dartmouth-n"), ("dartmouth-n", "raydon"), ("chetwynd", "raydon"), ("chalk-farm", "haverstock-s"),
    ("haverstock-s", "haverstock"), ("haverstock-s", "maitland-road"), ("chalk-farm", "adelaide-e"),
    ("adelaide-e", "adelaide"), ("adelaide-e", "fellows-e"), ("fellows-e", "fellows"), ("fellows", "adelaide"), ("adelaide", "adelaide-w"),
    ("fellows", "swiss-cottage"), ("adelaide-w", "swiss-cottage"), ("haverstock", "fellows"), ("swiss-cottage", "hilgrove"), ("hilgrove", "belsize"),
    ("belsize", "loudoun"), ("loudoun", "boundary"), ("belsize", "rowley"), ("boundary", "rowley"), ("rowley", "abbey"),
];

/// Where a junction is. For scripts, which name them.
pub fn junction(name: &str) -> Option<Point> {
    JUNCTIONS.iter().find(|j| j.0 == name).map(|j| Point::new(j.1, j.2))
}

fn point(index: usize) -> Point {
    Point::new(JUNCTIONS[index].1, JUNCTIONS[index].2)
}

/// For each junction the next ones and how far they are.
fn neighbours() -> &'static [Vec<(usize, f64)>] {
    static NEIGHBOURS: OnceLock<Vec<Vec<(usize, f64)>>> = OnceLock::new();
    NEIGHBOURS.get_or_init(|| {
        let index_of = |name: &str| JUNCTIONS.iter().position(|j| j.0 == name);
        let mut all = vec![Vec::new(); JUNCTIONS.len()];
        for (a, b) in STREETS {
            if let (Some(a), Some(b)) = (index_of(a), index_of(b)) {
                let length = distance_m(point(a), point(b));
                all[a].push((b, length));
                all[b].push((a, length));
            }
        }
        all
    })
}

fn nearest(to: Point) -> usize {
    (0..JUNCTIONS.len())
        .min_by(|a, b| distance_m(point(*a), to).total_cmp(&distance_m(point(*b), to)))
        .unwrap_or_default()
}

/// A way along streets, from where one is to where one wants to be, both included.
pub fn route(from: Point, to: Point) -> Vec<Point> {
    // Next door: straight across.
    if distance_m(from, to) < 180.0 {
        return vec![from, to];
    }
    let (start, end) = (nearest(from), nearest(to));
    let mut best = vec![f64::INFINITY; JUNCTIONS.len()];
    let mut before = vec![None; JUNCTIONS.len()];
    let mut open: Vec<usize> = (0..JUNCTIONS.len()).collect();
    best[start] = 0.0;
    while let Some(place) = (0..open.len()).min_by(|a, b| best[open[*a]].total_cmp(&best[open[*b]])) {
        let here = open.swap_remove(place);
        if here == end || best[here].is_infinite() {
            break;
        }
        for (there, far) in &neighbours()[here] {
            let (there, length) = (*there, best[here] + far);
            if length < best[there] {
                best[there] = length;
                before[there] = Some(here);
            }
        }
    }
    let mut way = vec![to, point(end)];
    let mut at = end;
    while let Some(previous) = before[at] {
        way.push(point(previous));
        at = previous;
    }
    way.push(from);
    way.reverse();
    way
}

/// Metres along a way.
pub fn length_m(way: &[Point]) -> f64 {
    way.windows(2).map(|w| distance_m(w[0], w[1])).sum()
}

/// The point this many metres along a way, and the bearing there in degrees.
pub fn along(way: &[Point], metres: f64) -> (Point, f64) {
    let mut left = metres.max(0.0);
    for pair in way.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        let length = distance_m(a, b);
        if left <= length && length > 0.0 {
            let part = left / length;
            let at = Point::new(a.lat + (b.lat - a.lat) * part, a.lon + (b.lon - a.lon) * part);
            return (at, bearing(a, b));
        }
        left -= length;
    }
    let end = way.last().copied().unwrap_or(Point::new(51.54, -0.14));
    (end, 0.0)
}

fn bearing(a: Point, b: Point) -> f64 {
    let east = (b.lon - a.lon) * a.lat.to_radians().cos();
    east.atan2(b.lat - a.lat).to_degrees().rem_euclid(360.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_junction_is_reached_from_every_other_by_a_way_that_is_not_absurd() {
        for street in STREETS {
            assert!(junction(street.0).is_some() && junction(street.1).is_some(), "{street:?}");
            let (a, b) = (junction(street.0).unwrap(), junction(street.1).unwrap());
            assert!(distance_m(a, b) < 1_600.0, "{street:?} is longer than York Way");
        }
        let ends = || (0..JUNCTIONS.len()).map(|index| (JUNCTIONS[index].0, point(index)));
        for (from_name, from) in ends() {
            for (to_name, to) in ends() {
                let way = route(from, to);
                let straight = distance_m(from, to);
                assert_eq!((way[0], way[way.len() - 1]), (from, to));
                let limit = 2.6 * straight + 500.0;
                assert!(length_m(&way) <= limit, "{from_name} to {to_name}");
            }
        }
    }

    #[test]
    fn a_walk_along_a_way_ends_where_the_way_ends() {
        let way = route(junction("abbey").unwrap(), junction("leather").unwrap());
        let (end, _) = along(&way, 1e9);
        assert_eq!(end, *way.last().unwrap());
        let (half, bearing) = along(&way, length_m(&way) / 2.0);
        assert!(distance_m(half, way[0]) > 500.0 && (0.0..360.0).contains(&bearing));
    }
}
