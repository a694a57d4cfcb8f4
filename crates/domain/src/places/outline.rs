//! Whether a point lies in an estate, and how far outside it.

use crate::geo::{Point, distance_m};

/// Metres from the outline's inside; 0 within. None without an outline.
pub fn outside_m(outline: &[Point], point: Point) -> Option<f64> {
    if outline.len() < 3 {
        return None;
    }
    if contains(outline, point) {
        return Some(0.0);
    }
    let edges = outline.iter().zip(outline.iter().cycle().skip(1));
    edges.map(|(a, b)| distance_m(nearest_on(*a, *b, point), point)).reduce(f64::min)
}

/// Even-odd rule: an outline of the size of a borough is flat enough.
fn contains(outline: &[Point], point: Point) -> bool {
    let edges = outline.iter().zip(outline.iter().cycle().skip(1));
    edges.fold(false, |inside, (a, b)| {
        let spans = (a.lat > point.lat) != (b.lat > point.lat);
        let crossing = || a.lon + (point.lat - a.lat) / (b.lat - a.lat) * (b.lon - a.lon);
        inside ^ (spans && point.lon < crossing())
    })
}

/// The nearest point of the line from `a` to `b`, on a plane around it.
fn nearest_on(a: Point, b: Point, point: Point) -> Point {
    let narrow = point.lat.to_radians().cos();
    let flat = |p: Point| ((p.lon - a.lon) * narrow, p.lat - a.lat);
    let ((bx, by), (px, py)) = (flat(b), flat(point));
    let length2 = bx * bx + by * by;
    let along = if length2 > 0.0 { ((px * bx + py * by) / length2).clamp(0.0, 1.0) } else { 0.0 };
    Point::new(a.lat + (b.lat - a.lat) * along, a.lon + (b.lon - a.lon) * along)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_is_inside_or_so_far_outside() {
        let square = [(51.50, -0.10), (51.51, -0.10), (51.51, -0.08), (51.50, -0.08)].map(|(a, b)| Point::new(a, b));
        let out = |lat, lon| outside_m(&square, Point::new(lat, lon)).unwrap().round();
        assert_eq!(out(51.505, -0.09), 0.0);
        // A thousandth of a degree: 111 m to the north, 69 m to the east.
        assert_eq!((out(51.511, -0.09), out(51.505, -0.079)), (111.0, 69.0));
        // Past a corner the corner counts.
        assert_eq!(out(51.511, -0.079), 131.0);
        assert_eq!(outside_m(&square[..2], Point::new(51.5, -0.1)), None);
    }

    #[test]
    fn a_hollow_in_the_outline_is_outside() {
        let u = [(0.0, 0.0), (0.0, 3.0), (3.0, 3.0), (3.0, 2.0), (1.0, 2.0), (1.0, 1.0), (3.0, 1.0), (3.0, 0.0)]
            .map(|(lat, lon)| Point::new(lat + 50.0, lon));
        assert!(outside_m(&u, Point::new(52.0, 1.5)).unwrap() > 1000.0);
        assert_eq!(outside_m(&u, Point::new(52.0, 0.5)), Some(0.0));
    }
}
