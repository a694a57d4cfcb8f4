//! Places on the WGS 84 ellipsoid, and distances good enough for dispatch.

use serde::{Deserialize, Serialize};

/// Mean Earth radius in metres (IUGG). A sphere is within 0.5 % at the scale of a borough.
const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// A position in degrees, WGS 84.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    pub lat: f64,
    pub lon: f64,
}

impl Point {
    pub const fn new(lat: f64, lon: f64) -> Self {
        Self { lat, lon }
    }

    /// Finite, in range, and not the 0/0 that a tracker without a fix sends.
    pub fn is_valid(&self) -> bool {
        self.lat.is_finite()
            && self.lon.is_finite()
            && self.lat.abs() <= 90.0
            && self.lon.abs() <= 180.0
            && !(self.lat == 0.0 && self.lon == 0.0)
    }
}

/// Great-circle distance in metres (haversine).
pub fn distance_m(a: Point, b: Point) -> f64 {
    let (lat_a, lat_b) = (a.lat.to_radians(), b.lat.to_radians());
    let half_lat = (lat_b - lat_a) / 2.0;
    let half_lon = (b.lon - a.lon).to_radians() / 2.0;
    let h = half_lat.sin().powi(2) + lat_a.cos() * lat_b.cos() * half_lon.sin().powi(2);
    2.0 * EARTH_RADIUS_M * h.sqrt().asin()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_degree_of_latitude_is_111_km() {
        let d = distance_m(Point::new(51.0, -0.1), Point::new(52.0, -0.1));
        assert!((d - 111_195.0).abs() < 10.0, "{d}");
    }

    #[test]
    fn zero_zero_is_no_place() {
        assert!(!Point::new(0.0, 0.0).is_valid());
        assert!(!Point::new(f64::NAN, 1.0).is_valid());
        assert!(!Point::new(91.0, 1.0).is_valid());
        assert!(Point::new(51.5, 0.0).is_valid());
    }
}
