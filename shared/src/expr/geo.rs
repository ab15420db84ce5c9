//! Areas and distances on the Earth, with JavaRosa's formulas and radius.

use std::f64::consts::PI;

use super::number::java_double;
use super::value::Value;

const RADIUS: f64 = 6_378_100.0;
const CIRCUMFERENCE: f64 = 2.0 * RADIUS * PI;

/// Latitude and longitude in degrees.
pub(super) type Point = (f64, f64);

/// A point: up to four numbers parted by spaces; what is missing is 0, so blank is 0 0.
pub(super) fn point(text: &str) -> Option<Point> {
    numbers(text).map(|parts| (parts[0], parts[1]))
}

fn numbers(text: &str) -> Option<[f64; 4]> {
    let mut parts = [0.0; 4];
    let mut place = parts.iter_mut();
    for word in text.trim_matches(|c: char| c <= ' ').split(' ').filter(|w| !w.is_empty()) {
        let plain = word.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
        *place.next()? = word.parse().ok().filter(|_| plain)?;
    }
    Some(parts)
}

/// The points of a trace or shape: parted by semicolons.
pub(super) fn points(text: &str) -> Option<Vec<Point>> {
    // As Java splits: blank parts at the end are none, but a blank text is one.
    let parts = text.trim_end_matches(';');
    if parts.is_empty() && !text.is_empty() {
        return Some(Vec::new());
    }
    parts.split(';').map(point).collect()
}

/// What a path found: one shape, or a point for each node.
pub(super) fn points_of(value: &Value<'_>) -> Option<Vec<Point>> {
    match value {
        Value::Nodes(nodes) => match &nodes.items[..] {
            [one] => points(one.text()),
            many => many.iter().map(|n| point(n.text())).collect(),
        },
        _ => None,
    }
}

/// The area in square metres that the points enclose.
pub(super) fn area(points: &[Point]) -> f64 {
    let (Some((first, rest)), true) = (points.split_first(), points.len() >= 3) else { return 0.0 };
    let on_plane = |p: &Point| {
        let x = (p.1 - first.1) * CIRCUMFERENCE * p.0.to_radians().cos() / 360.0;
        let y = (p.0 - first.0) * CIRCUMFERENCE / 360.0;
        (x, y)
    };
    let corners: Vec<(f64, f64)> = rest.iter().map(on_plane).collect();
    let triangles = corners.windows(2).map(|w| (w[0].1 * w[1].0 - w[0].0 * w[1].1) / 2.0);
    triangles.fold(0.0, |sum, area| sum + area).abs()
}

/// The length in metres of the way from point to point.
pub(super) fn distance(points: &[Point]) -> f64 {
    let legs = points.windows(2).map(|w| {
        let turn = (w[0].1 - w[1].1).to_radians();
        let (a, b) = (w[0].0.to_radians(), w[1].0.to_radians());
        (a.sin() * b.sin() + a.cos() * b.cos() * turn.cos()).acos() * RADIUS
    });
    legs.fold(0.0, |sum, leg| sum + leg)
}

/// True if the point is inside the closed line.
pub(super) fn is_inside(point: Point, line: &[Point]) -> bool {
    let (y, x) = point;
    line.windows(2).fold(false, |inside, w| {
        let ((y1, x1), (y2, x2)) = (w[0], w[1]);
        let crosses = ((y2 > y) != (y1 > y)) && x < (x1 - x2) * (y - y2) / (y1 - y2) + x2;
        inside != crosses
    })
}

/// A point as JavaRosa stores it: four numbers; blank for the point of zeros.
pub(super) fn point_text(text: &str) -> Option<String> {
    let parts = numbers(text)?;
    if parts == [0.0; 4] {
        return Some(String::new());
    }
    Some(parts.map(java_double).join(" "))
}

/// A trace or shape as JavaRosa stores it.
pub(super) fn points_text(text: &str) -> Option<String> {
    let points: Option<Vec<String>> =
        text.trim_end_matches(';').split(';').map(point_text).collect();
    Some(points?.join("; "))
}
