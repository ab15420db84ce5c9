//! What an office should look at, in sentences: sums that add up, risk, villages nobody visited,
//! indicators within reach, what changed since the round before.

use ntm_shared::{
    criteria::Unit,
    score::{AtRisk, Change, Reach, Totals, Watch},
    text::Lang,
};

use super::risk;
use crate::print::{count, decimal};

/// Entries of a list shown on a screen; a report in a file has them all.
pub const SHOWN: usize = 5;

/// The lines under the table.
pub fn lines(watch: &Watch, lang: Lang) -> Vec<String> {
    let mut lines = vec![totals(&watch.totals, lang)];
    lines.extend(watch.change.as_ref().map(|change| changed(change, lang)));
    let at_risk = watch.at_risk.iter().map(|entry| at_risk(entry, lang));
    listed(
        &mut lines,
        tr!(
            lang,
            "Nguy cơ bị thu hồi: {} xã",
            "At risk of losing recognition: {} communes",
            watch.at_risk.len()
        ),
        at_risk.collect(),
        lang,
    );
    let unvisited: Vec<String> = watch
        .unvisited
        .iter()
        .map(|u| {
            let names: Vec<&str> = u.villages.iter().map(|v| v.name.as_str()).collect();
            format!("{}: {}", u.name, names.join(", "))
        })
        .collect();
    let villages: usize = watch.unvisited.iter().map(|u| u.villages.len()).sum();
    listed(
        &mut lines,
        tr!(
            lang,
            "Chưa có phiếu hoàn thành: {} thôn",
            "Without a completed interview: {} villages",
            villages
        ),
        unvisited,
        lang,
    );
    let reach = watch.within_reach.iter().map(|entry| within_reach(entry, lang));
    listed(
        &mut lines,
        tr!(lang, "Sắp đạt: {} chỉ tiêu", "Within reach: {} indicators", watch.within_reach.len()),
        reach.collect(),
        lang,
    );
    lines
}

/// Adds a title and its entries, or nothing without any.
pub fn listed(lines: &mut Vec<String>, title: String, entries: Vec<String>, lang: Lang) {
    if entries.is_empty() {
        return;
    }
    lines.push(format!("{title}."));
    let more = entries.len().saturating_sub(SHOWN);
    lines.extend(entries.into_iter().take(SHOWN).map(|entry| format!("  {entry}")));
    if more > 0 {
        lines.push(tr!(
            lang,
            "  … và {} dòng nữa: xem --html hoặc --xlsx.",
            "  … and {} more: see --html or --xlsx.",
            more
        ));
    }
}

/// `122 lượt tiêu chí đạt ở 15 xã, bình quân 8,13 tiêu chí/xã (122 : 15).`
pub fn totals(totals: &Totals, lang: Lang) -> String {
    let (met, communes) = (count(totals.criteria_met, lang), count(totals.communes, lang));
    let average = totals.average.map_or_else(|| "–".to_owned(), |a| decimal(a, 2, lang));
    tr!(
        lang,
        "{} lượt tiêu chí đạt ở {} xã, bình quân {} tiêu chí/xã ({} : {}); {} xã đạt đủ.",
        "{} criteria met in {} communes, {} on average ({} / {}); {} communes meet all.",
        met,
        communes,
        average,
        met,
        communes,
        count(totals.complete, lang)
    )
}

/// `So với Đợt 1: thêm 12 lượt, mất 3 lượt (từ 110 lên 119 ở 15 xã).`
pub fn changed(change: &Change, lang: Lang) -> String {
    tr!(
        lang,
        "So với {}: thêm {} lượt tiêu chí, mất {} lượt ({} → {} ở {} xã có trong cả hai đợt).",
        "Since {}: {} criteria gained, {} lost ({} → {} in the {} communes of both rounds).",
        change.since_name,
        count(change.gained.len() as u64, lang),
        count(change.lost.len() as u64, lang),
        count(change.before, lang),
        count(change.now, lang),
        count(change.communes, lang)
    )
}

/// A commune at risk, the rule, and what would keep it safe.
pub fn at_risk(entry: &AtRisk, lang: Lang) -> String {
    let mut line =
        format!("{} ({}): {}", entry.name, risk(entry.level).shown(lang), entry.rule.get(lang));
    if !entry.critical_open.is_empty() {
        line.push_str(&tr!(
            lang,
            "; còn mở tiêu chí quyết định {}",
            "; critical criteria open: {}",
            entry.critical_open.join(", ")
        ));
    }
    line.push_str(&tr!(
        lang,
        "; đạt thêm {} tiêu chí thì an toàn",
        "; safe with {} more criteria",
        count(entry.needed, lang)
    ));
    line
}

/// `Xã Nậm Chảy 9.2: còn thiếu 3 hộ`.
pub fn within_reach(entry: &Reach, lang: Lang) -> String {
    let about = if entry.estimated { tr!(lang, "khoảng ", "about ") } else { String::new() };
    let unit = match entry.unit {
        Unit::Household => tr!(lang, "hộ", "households"),
        Unit::Person => tr!(lang, "người", "persons"),
    };
    tr!(
        lang,
        "{} {} {}: còn thiếu {}{} {}",
        "{} {} {}: {}{} {} short",
        entry.name,
        entry.indicator,
        entry.title.get(lang),
        about,
        count(entry.short, lang),
        unit
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mường Khương's printed review of the first quarter of 2024 says "122 lượt, bình quân 7,46" of
    /// its 15 communes. 122 : 15 is 8,13.
    #[test]
    fn the_sums_of_a_printed_review_are_said_as_they_are() {
        let sums = Totals {
            communes: 15,
            criteria_met: 122,
            average: Some(122.0 / 15.0),
            ..Totals::default()
        };
        assert_eq!(
            totals(&sums, Lang::Vi),
            "122 lượt tiêu chí đạt ở 15 xã, bình quân 8,13 tiêu chí/xã (122 : 15); 0 xã đạt đủ."
        );
        assert!(!totals(&sums, Lang::Vi).contains("7,46"));
    }
}
