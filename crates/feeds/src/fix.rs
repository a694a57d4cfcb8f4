//! The canonical position fix: one shape, SI units, whatever the phone or tracker sent.

use chrono::{DateTime, Utc};

/// One position of one device. Times are UTC, speed is metres per second, angles are degrees.
///
/// `None` means "the device did not say" and is never replaced by zero: an unknown accuracy must not
/// look like a perfect one.
#[derive(Clone, Debug, PartialEq)]
pub struct Fix {
    pub lat: f64,
    pub lon: f64,
    pub accuracy_m: Option<f64>,
    pub altitude_m: Option<f64>,
    pub speed_mps: Option<f64>,
    pub course_deg: Option<f64>,
    pub battery_pct: Option<u8>,
    pub charging: Option<bool>,
    /// When the position was measured, by the device's clock.
    pub fix_at: DateTime<Utc>,
    /// Why the device reported, in the device's own word (`u` user, `p` ping, …).
    pub trigger: Option<String>,
    /// `wifi`, `mobile`, `offline`, or the device's own word.
    pub network: Option<String>,
}

/// Whether a latitude and longitude can be a place.
///
/// Exactly 0/0 is refused: receivers without a fix report it far more often than ships sail there.
pub fn plausible(lat: f64, lon: f64) -> bool {
    lat.is_finite() && lon.is_finite() && lat.abs() <= 90.0 && lon.abs() <= 180.0 && !(lat == 0.0 && lon == 0.0)
}

#[cfg(test)]
mod tests {
    use super::plausible;

    #[test]
    fn only_finite_places_on_earth_other_than_null_island_are_plausible() {
        let cases = [
            (51.5, -0.14, true),
            (90.0, 180.0, true),
            (-90.0, -180.0, true),
            (0.0, 0.0, false),
            (-0.0, 0.0, false),
            (0.0, 0.1, true),
            (90.000_001, 0.0, false),
            (0.1, -180.000_001, false),
            (f64::NAN, 1.0, false),
            (1.0, f64::INFINITY, false),
        ];
        for (lat, lon, expected) in cases {
            assert_eq!(plausible(lat, lon), expected, "{lat}, {lon}");
        }
    }
}
