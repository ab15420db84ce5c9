//! Places on the ground and the distance between them.

use serde::{Deserialize, Serialize};

/// Mean radius of the Earth in metres (IUGG: (2a + b) / 3 of the WGS 84 ellipsoid).
pub const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// A place in degrees (WGS 84).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// Latitude, −90 to 90, north positive.
    pub lat: f64,
    /// Longitude, −180 to 180, east positive.
    pub lon: f64,
}

/// Great-circle distance in whole metres, by the haversine formula on the mean sphere (within 0.5 %
/// of the ellipsoid; roads in the mountains are longer). Rounded to the metre so that the last bits
/// of the platform's sine do not reach a plan.
pub fn distance_m(a: Place, b: Place) -> i64 {
    let (lat_a, lat_b) = (a.lat.to_radians(), b.lat.to_radians());
    let half_lat = ((b.lat - a.lat).to_radians() / 2.0).sin();
    let half_lon = ((b.lon - a.lon).to_radians() / 2.0).sin();
    let h = half_lat * half_lat + lat_a.cos() * lat_b.cos() * half_lon * half_lon;
    let metres = 2.0 * EARTH_RADIUS_M * h.clamp(0.0, 1.0).sqrt().asin();
    #[expect(clippy::cast_possible_truncation, reason = "at most half the Earth's girth")]
    let whole = metres.round() as i64;
    whole
}

/// The middle of several places, good enough within a province; `None` of none.
pub fn middle(places: &[Place]) -> Option<Place> {
    let n = u32::try_from(places.len()).ok().filter(|n| *n > 0).map(f64::from)?;
    let sum = |of: fn(&Place) -> f64| places.iter().map(of).sum::<f64>() / n;
    // Six decimals are 0.1 m; sums in another order then give the same middle.
    let round = |v: f64| (v * 1e6).round() / 1e6;
    Some(Place { lat: round(sum(|p| p.lat)), lon: round(sum(|p| p.lon)) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_distances() {
        let pole = Place { lat: 90.0, lon: 0.0 };
        let equator = Place { lat: 0.0, lon: 50.0 };
        assert_eq!(distance_m(pole, equator), 10_007_557); // a quarter of 2πR
        let (hanoi, lao_cai) =
            (Place { lat: 21.0285, lon: 105.8542 }, Place { lat: 22.4856, lon: 103.9707 });
        let km = distance_m(hanoi, lao_cai) / 1000;
        assert!((250..257).contains(&km), "{km}");
        assert_eq!(distance_m(hanoi, hanoi), 0);
        assert_eq!(distance_m(hanoi, lao_cai), distance_m(lao_cai, hanoi));
    }

    #[test]
    fn the_middle_of_none_is_none() {
        assert_eq!(middle(&[]), None);
        let p = Place { lat: 22.0, lon: 104.0 };
        assert_eq!(
            middle(&[p, Place { lat: 23.0, lon: 105.0 }]),
            Some(Place { lat: 22.5, lon: 104.5 })
        );
    }
}
