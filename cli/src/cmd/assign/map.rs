//! The annex as a page: the table, and a map drawn from coordinates, with a line from each team's
//! seat to its commune, darker the more communes the team has.

use std::collections::BTreeMap;
use std::fmt::Write;

use ntm_shared::api::assignment::AnnexRow;
use ntm_shared::geo::Place;
use ntm_shared::text::Lang;

/// Width of the drawing in pixels; its height follows the land.
const WIDTH: f64 = 900.0;
const MARGIN: f64 = 30.0;

/// From degrees to pixels: a degree of longitude is as much narrower as at the middle latitude.
struct View {
    west: f64,
    north: f64,
    /// Pixels per degree of latitude, and per degree of longitude there.
    scale: [f64; 2],
    height: f64,
}

impl View {
    fn of(places: &[Place]) -> Option<View> {
        let fold =
            |of: fn(&Place) -> f64, pick: fn(f64, f64) -> f64| places.iter().map(of).reduce(pick);
        let (south, north) = (fold(|p| p.lat, f64::min)?, fold(|p| p.lat, f64::max)?);
        let (west, east) = (fold(|p| p.lon, f64::min)?, fold(|p| p.lon, f64::max)?);
        let shrink = ((south + north) / 2.0).to_radians().cos().max(0.05);
        let wide = ((east - west) * shrink).max(0.01);
        let scale = (WIDTH - 2.0 * MARGIN) / wide;
        let height = ((north - south) * scale).clamp(60.0, 1_400.0) + 2.0 * MARGIN;
        Some(View { west, north, scale: [scale, scale * shrink], height })
    }

    fn at(&self, place: Place) -> (f64, f64) {
        let x = MARGIN + (place.lon - self.west) * self.scale[1];
        (x, MARGIN + (self.north - place.lat) * self.scale[0])
    }
}

/// The page; everything in it, nothing loaded from elsewhere.
pub fn page(rows: &[AnnexRow], decisions: &[String], mark: &str, lang: Lang) -> String {
    let title = tr!(lang, "Phân công giúp đỡ xã", "Teams that help communes");
    let mut page = format!(
        "<!doctype html>\n<html lang=\"{}\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n<style>{STYLE}</style>\n<h1>{title}</h1>\n",
        match lang {
            Lang::Vi => "vi",
            Lang::En => "en",
        }
    );
    let mut loads: BTreeMap<&str, usize> = BTreeMap::new();
    for row in rows {
        *loads.entry(&row.assignment.team.team).or_default() += 1;
    }
    let _ = writeln!(
        page,
        "<p>{}</p>",
        escape(&tr!(
            lang,
            "{} lượt phân công, {} tổ. Đường nối từ trụ sở đến xã, càng đậm thì tổ càng nhiều xã.",
            "{} assignments, {} teams. Lines lead from seat to commune, darker the more communes a team has.",
            rows.len(),
            loads.len()
        ))
    );
    page.push_str(&drawing(rows, &loads));
    if !decisions.is_empty() {
        let said = tr!(lang, "Theo quyết định: {}", "By decision: {}", decisions.join(", "));
        let _ = writeln!(page, "<p>{}</p>", escape(&said));
    }
    page.push_str("<table><thead><tr>");
    let headings = [
        "TT",
        "Xã",
        "Cơ quan",
        "Lãnh đạo phụ trách",
        "Thành viên",
        "Điện thoại",
        "Nội dung giúp đỡ",
    ];
    let several = decisions.len() > 1;
    for heading in headings.into_iter().chain(several.then_some("Quyết định")) {
        let _ = write!(page, "<th>{heading}</th>");
    }
    page.push_str("</tr></thead><tbody>\n");
    for (at, row) in rows.iter().enumerate() {
        let of = &row.assignment;
        let cells = [
            &(at + 1).to_string(),
            &of.commune.commune_name,
            &of.team.agency,
            &row.people.leader,
            &row.people.members.join("; "),
            &row.people.phone,
            &row.people.help,
        ];
        page.push_str("<tr>");
        for cell in cells.into_iter().chain(several.then_some(&of.decision)) {
            let _ = write!(page, "<td>{}</td>", escape(cell));
        }
        page.push_str("</tr>\n");
    }
    let _ = writeln!(page, "</tbody></table>\n<footer>{}</footer></html>", escape(mark));
    page
}

fn drawing(rows: &[AnnexRow], loads: &BTreeMap<&str, usize>) -> String {
    let places: Vec<Place> = rows.iter().flat_map(|row| [row.seat, row.place]).flatten().collect();
    let Some(view) = View::of(&places) else { return String::new() };
    let most = loads.values().max().copied().unwrap_or(1).max(1) as f64;
    let mut svg = format!("<svg viewBox=\"0 0 {WIDTH:.0} {:.0}\" role=\"img\">\n", view.height);
    let (mut dots, mut seats) = (String::new(), BTreeMap::new());
    for row in rows {
        let of = &row.assignment;
        let Some((seat, place)) = row.seat.zip(row.place) else { continue };
        let load = loads.get(of.team.team.as_str()).copied().unwrap_or(1);
        let ((x1, y1), (x2, y2)) = (view.at(seat), view.at(place));
        let strength = 0.25 + 0.75 * load as f64 / most;
        let _ = writeln!(
            svg,
            "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" stroke-opacity=\"{strength:.2}\"/>"
        );
        let name = escape(&of.commune.commune_name);
        let _ = writeln!(
            dots,
            "<circle cx=\"{x2:.1}\" cy=\"{y2:.1}\" r=\"4\"><title>{name} – {} ({load})</title></circle>",
            escape(&of.team.agency)
        );
        seats.insert(of.team.team.clone(), (x1, y1));
    }
    svg.push_str(&dots);
    for (x, y) in seats.values() {
        let _ = writeln!(
            svg,
            "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"8\" height=\"8\"/>",
            x - 4.0,
            y - 4.0
        );
    }
    svg.push_str("</svg>\n");
    svg
}

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;margin:24px;color:#1b1b1b}\
h1{font-size:22px}svg{max-width:100%;border:1px solid #ccc}line{stroke:#00594f;stroke-width:1.5}\
circle{fill:#b3540a}rect{fill:#00594f}table{border-collapse:collapse;margin-top:16px;width:100%}\
th,td{border:1px solid #bbb;padding:4px 8px;text-align:left;vertical-align:top}thead{display:table-header-group}\
tr{break-inside:avoid}footer{margin-top:16px;color:#555}@page{size:A4 landscape}";

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn north_is_up_east_is_right_and_names_are_no_markup() {
        let place = |lat, lon| Place { lat, lon };
        let view = View::of(&[place(22.0, 103.5), place(22.8, 104.5)]).unwrap();
        let ((x1, y1), (x2, y2)) = (view.at(place(22.0, 103.5)), view.at(place(22.8, 104.5)));
        assert!(x1 < x2 && y1 > y2);
        assert!(x2 <= WIDTH && y1 <= view.height);
        assert_eq!(escape("<b>\"A&B\""), "&lt;b&gt;&quot;A&amp;B&quot;");
        assert!(View::of(&[]).is_none());
    }
}
