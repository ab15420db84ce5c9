//! The communes as points where they are: size is households, colour and shape the risk.

use ntm_shared::{
    api::score::{CommuneScore, ScoreReport},
    score::RiskLevel,
    unit::Units,
};

use super::{risk, safe};

const WIDTH: f64 = 1200.0;
const EDGE: f64 = 40.0;
/// Radius of the smallest and the largest point.
const RADIUS: (f64, f64) = (5.0, 16.0);
/// Width of a letter and height of a line of a label.
const LETTER: (f64, f64) = (6.4, 14.0);

struct Point<'r> {
    x: f64,
    y: f64,
    r: f64,
    commune: &'r CommuneScore,
}

pub fn section(report: &ScoreReport) -> String {
    let places: Vec<(f64, f64, &CommuneScore)> = report
        .communes
        .iter()
        .filter_map(|c| {
            let place = Units::built_in().place(&c.id, report.at)?;
            Some((place.lon, place.lat, c))
        })
        .collect();
    if places.len() < 2 {
        return String::new();
    }
    let ends = |of: fn(&(f64, f64, &CommuneScore)) -> f64| {
        places.iter().map(of).fold((f64::MAX, f64::MIN), |(l, h), v| (l.min(v), h.max(v)))
    };
    let (west, east) = ends(|p| p.0);
    let (south, north) = ends(|p| p.1);
    // A degree of longitude is shorter than one of latitude by the cosine.
    let squeeze = (0.5 * (south + north)).to_radians().cos();
    let scale = (WIDTH - 2.0 * EDGE) / ((east - west) * squeeze).max(1e-6);
    let scale = scale.min(1000.0 / (north - south).max(1e-6));
    let height = (north - south) * scale + 2.0 * EDGE;
    let left = 0.5 * (WIDTH - (east - west) * squeeze * scale);
    let most = report.communes.iter().map(|c| c.households).max().unwrap_or(1).max(1) as f64;
    let mut points: Vec<Point> = places
        .iter()
        .map(|(lon, lat, commune)| Point {
            x: left + (lon - west) * squeeze * scale,
            y: EDGE + (north - lat) * scale,
            r: RADIUS.0 + (RADIUS.1 - RADIUS.0) * (commune.households as f64 / most).sqrt(),
            commune,
        })
        .collect();
    // Large ones below small ones.
    points.sort_by(|a, b| b.r.total_cmp(&a.r).then(a.commune.code.cmp(&b.commune.code)));
    let marks: String = points.iter().map(mark).collect();
    let labels = labels(&points, height);
    format!(
        "<h2>Các xã trên bản đồ</h2><figure><div class=\"wide\"><svg class=\"map\" viewBox=\"0 0 {WIDTH} {height:.0}\" role=\"img\" \
         aria-label=\"Bản đồ điểm các xã\">{marks}{labels}</svg></div><figcaption>Mỗi điểm một xã, điểm lớn là nhiều hộ. \
         <span class=\"good\">● an toàn</span> · <span class=\"open\">▲ có thể bị thu hồi</span> · \
         <span class=\"bad\">■ thuộc diện thu hồi</span>. Vị trí gần đúng, không phải địa giới.</figcaption></figure>"
    )
}

fn mark(point: &Point) -> String {
    let (class, word) = risk(point.commune.risk.level);
    let Point { x, y, r, commune } = point;
    let shape = match commune.risk.level {
        RiskLevel::None => format!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{r:.1}\"/>"),
        RiskLevel::Possible => {
            let (h, w) = (1.15 * r, 1.1 * r);
            let low = y + 0.75 * r;
            format!(
                "<path d=\"M{x:.1} {:.1}L{:.1} {low:.1}L{:.1} {low:.1}Z\"/>",
                y - h,
                x - w,
                x + w
            )
        }
        RiskLevel::Certain => {
            let side = 1.7 * r;
            let (left, top) = (x - side / 2.0, y - side / 2.0);
            format!(
                "<rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{side:.1}\" height=\"{side:.1}\"/>"
            )
        }
    };
    format!(
        "<a href=\"#x{}\"><g class=\"f-{class}\" fill-opacity=\"0.8\"><title>{}: {}/{} tiêu chí, {word}</title>{shape}</g></a>",
        safe(&commune.code),
        safe(&commune.name),
        commune.criteria_met,
        commune.total
    )
}

/// Names where there is room, those of large communes first.
fn labels(points: &[Point], height: f64) -> String {
    let boxed = |p: &Point| [p.x - p.r, p.y - p.r, p.x + p.r, p.y + p.r];
    let mut taken: Vec<[f64; 4]> = points.iter().map(boxed).collect();
    let mut text = String::new();
    for p in points {
        let name = p.commune.name.strip_prefix("Xã ").unwrap_or(&p.commune.name);
        let wide = name.chars().count() as f64 * LETTER.0;
        let places = [
            (p.x - wide / 2.0, p.y + p.r + 2.0),
            (p.x + p.r + 3.0, p.y - LETTER.1 / 2.0),
            (p.x - p.r - 3.0 - wide, p.y - LETTER.1 / 2.0),
            (p.x - wide / 2.0, p.y - p.r - LETTER.1 - 1.0),
        ];
        let free = |(x, y): &(f64, f64)| {
            let own = [*x, *y, x + wide, y + LETTER.1];
            let inside =
                own[0] >= 2.0 && own[2] <= WIDTH - 2.0 && own[1] >= 2.0 && own[3] <= height;
            let apart =
                |o: &[f64; 4]| own[2] <= o[0] || own[0] >= o[2] || own[3] <= o[1] || own[1] >= o[3];
            inside && taken.iter().all(apart)
        };
        let Some((x, y)) = places.into_iter().find(free) else { continue };
        taken.push([x, y, x + wide, y + LETTER.1]);
        text.push_str(&format!("<text x=\"{x:.1}\" y=\"{:.1}\">{}</text>", y + 11.0, safe(name)));
    }
    text
}
