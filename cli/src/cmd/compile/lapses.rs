//! What lapses after the day a report is for, in sentences: insurance cards, commune by commune.

use ntm_shared::{
    criteria::Unit,
    score::{Lapse, Lapses, Verdict},
    text::Lang,
};

use crate::print::{Cell, count, decimal};

/// The line above a list of what lapses.
pub fn title(lapses: &Lapses, lang: Lang) -> String {
    let units: u64 = lapses.communes.iter().map(|l| l.units).sum();
    let households: u64 = lapses.communes.iter().map(|l| l.households).sum();
    let day = |date: jiff::civil::Date| Cell::When(date.to_string()).shown(lang);
    tr!(
        lang,
        "Hết hạn từ {} đến hết {}: {} thẻ của {} hộ đã điều tra (chỉ tính thẻ ghi được ngày hết hạn)",
        "Lapsing from {} to {}: {} cards of {} surveyed households (only cards with a known expiry date)",
        day(lapses.from),
        day(lapses.to),
        count(units, lang),
        count(households, lang)
    )
}

/// `Xã Nậm Chảy 15.1: 12 người ở 5 hộ; 91,2 → 87,5, sẽ chưa đạt; 3 người đã hết hạn từ lúc điều tra`.
pub fn line(lapse: &Lapse, lang: Lang) -> String {
    let unit = match lapse.unit {
        Unit::Household => tr!(lang, "hộ", "households"),
        Unit::Person => tr!(lang, "người", "persons"),
    };
    let shown = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |v| decimal(v, 1, lang));
    let mut text = tr!(
        lang,
        "{} {}: {} {} ở {} hộ sắp hết hạn; {} → {} nếu không gia hạn",
        "{} {}: {} {} in {} households lapse; {} → {} unless renewed",
        lapse.name,
        lapse.indicator,
        count(lapse.units, lang),
        unit,
        count(lapse.households, lang),
        shown(lapse.value),
        shown(lapse.then)
    );
    if lapse.verdict == Verdict::Met && lapse.verdict_then != Verdict::Met {
        text.push_str(&match lapse.verdict_then {
            Verdict::NotMet => tr!(lang, ", sẽ không còn đạt", ", no longer met then"),
            _ => tr!(lang, ", sẽ chưa đủ căn cứ", ", undecided then"),
        });
    }
    if lapse.lapsed > 0 {
        text.push_str(&tr!(
            lang,
            "; {} {} đã hết hạn từ lúc điều tra",
            "; {} {} have lapsed since the interview",
            count(lapse.lapsed, lang),
            unit
        ));
    }
    text
}
