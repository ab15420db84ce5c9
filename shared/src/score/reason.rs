//! The sentences that explain a verdict, in Vietnamese and English.

use super::design::Design;
use super::number::{figure, print_number};
use super::range::Range;
use super::result::{Reason, Verdict};
use crate::criteria::{Demand, Direction, Indicator, Kind, Measure, ReportValue};
use crate::text::{Lang, Text};

/// What decided, or kept from deciding, a household measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    Census,
    Filled,
    Sample,
    Count,
    ThresholdUnknown,
    NotSurveyed,
    VillagesMissing,
    HouseholdsMissing,
    CoverageLow,
    SampleIncomplete,
    SampleUncertain,
    CountUnseen,
}

/// Everything a sentence may mention.
pub(super) struct Facts<'f> {
    pub measure: &'f Measure,
    pub design: &'f Design,
    pub range: &'f Range,
    pub demand: Option<Demand>,
    pub minimum: f64,
}

fn whole(n: u64) -> Text {
    let print = |lang| print_number(n as f64, 0, lang);
    Text::new(print(Lang::Vi), print(Lang::En))
}

fn share(part: f64) -> Text {
    figure(part * 100.0, Kind::Percent)
}

/// The threshold as `≥ 75 %`.
fn demanded(direction: Direction, kind: Kind, demand: Option<Demand>) -> Text {
    let Some(Demand::Number(t)) = demand else { return Text::new("đạt", "yes") };
    let value = figure(t.to_f64(), kind);
    let sign = if direction == Direction::Ge { "≥" } else { "≤" };
    Text::new(format!("{sign} {}", value.vi), format!("{sign} {}", value.en))
}

impl Facts<'_> {
    fn value(&self) -> Text {
        self.range.value.map_or_else(|| Text::new("–", "–"), |v| figure(v, self.measure.kind))
    }

    /// "từ 70 % đến 80 %", open ends said.
    fn span(&self) -> Text {
        let end = |v: Option<f64>| v.map(|v| figure(v, self.measure.kind));
        match (end(self.range.low.value()), end(self.range.high.value())) {
            (Some(l), Some(h)) => {
                Text::new(format!("từ {} đến {}", l.vi, h.vi), format!("from {} to {}", l.en, h.en))
            }
            (Some(l), None) => {
                Text::new(format!("từ {} trở lên", l.vi), format!("from {} upwards", l.en))
            }
            (None, Some(h)) => Text::new(format!("đến {}", h.vi), format!("up to {}", h.en)),
            (None, None) => Text::new("không giới hạn được", "without bounds"),
        }
    }

    pub fn reason(&self, verdict: Verdict, case: Case) -> Reason {
        let (code, text) = self.sentence(verdict, case);
        let mut text = text;
        if self.design.adjusted && !matches!(case, Case::ThresholdUnknown | Case::NotSurveyed) {
            text.vi.push_str(" Đã điều chỉnh trọng số theo thôn cho hộ không trả lời.");
            text.en.push_str(
                " Weights were adjusted within villages for households that did not answer.",
            );
        }
        if let Some(look) = self.design.look.filter(|_| self.design.sampled) {
            let (number, planned) = (look.number, look.planned);
            text.vi.push_str(&format!(
                " Lần xem thứ {number} trong {planned} lần đã định: khoảng rộng hơn (O'Brien–Fleming)."
            ));
            text.en.push_str(&format!(
                " Look {number} of {planned} declared: wider bounds (O'Brien–Fleming)."
            ));
        }
        Reason { code: code.to_owned(), text }
    }

    fn sentence(&self, verdict: Verdict, case: Case) -> (&'static str, Text) {
        let d = self.design;
        let (n, frame) = (whole(d.n()), whole(d.frame));
        let (value, span) = (self.value(), self.span());
        let t = demanded(self.measure.direction, self.measure.kind, self.demand);
        let missing = whole(d.missing_households);
        let met = verdict == Verdict::Met;
        match case {
            Case::Census => (
                "census",
                Text::new(
                    format!("Khảo sát đủ {} hộ: {}, mức {}.", n.vi, value.vi, t.vi),
                    format!("All {} households surveyed: {}, threshold {}.", n.en, value.en, t.en),
                ),
            ),
            Case::Filled => (
                "filled",
                Text::new(
                    format!(
                        "{} ở {} hộ đã khảo sát; tính cả hộ chưa khảo sát hoặc chưa rõ theo hướng tốt nhất và xấu nhất thì {}, vẫn {} mức {}.",
                        value.vi,
                        n.vi,
                        span.vi,
                        if met { "đạt" } else { "chưa đạt" },
                        t.vi
                    ),
                    format!(
                        "{} in {} households surveyed; with the missing or unknown filled at best and at worst {}, which {} {} either way.",
                        value.en,
                        n.en,
                        span.en,
                        if met { "reaches" } else { "misses" },
                        t.en
                    ),
                ),
            ),
            Case::Sample => (
                "sample",
                Text::new(
                    format!(
                        "Mẫu {} trên {} hộ: {}, khoảng tin cậy {}, mức {}.",
                        n.vi, frame.vi, value.vi, span.vi, t.vi
                    ),
                    format!(
                        "Sample of {} of {} households: {}, bounds {}, threshold {}.",
                        n.en, frame.en, value.en, span.en, t.en
                    ),
                ),
            ),
            Case::Count if met => (
                "count_none",
                Text::new(
                    format!("Khảo sát đủ {} hộ: {}, mức {}.", n.vi, value.vi, t.vi),
                    format!("All {} households surveyed: {}, threshold {}.", n.en, value.en, t.en),
                ),
            ),
            Case::Count => {
                let seen = figure(self.range.low.value().unwrap_or(0.0), self.measure.kind);
                (
                    "count_seen",
                    Text::new(
                        format!(
                            "Đã thấy {} trường hợp ở {} hộ được khảo sát; mức {}.",
                            seen.vi, n.vi, t.vi
                        ),
                        format!(
                            "{} seen in {} households surveyed; threshold {}.",
                            seen.en, n.en, t.en
                        ),
                    ),
                )
            }
            Case::ThresholdUnknown => threshold_unknown(),
            Case::NotSurveyed => (
                "not_surveyed",
                Text::new(
                    "Chưa có hộ nào trả lời phần này.",
                    "No household has answered this part yet.",
                ),
            ),
            Case::VillagesMissing => {
                let names = list(&d.villages_missing);
                (
                    "villages_missing",
                    Text::new(
                        format!(
                            "Chưa có số liệu ở {}; kết quả có thể {}, mức {}.",
                            names.vi, span.vi, t.vi
                        ),
                        format!(
                            "Nothing from {}; the value may be {}, threshold {}.",
                            names.en, span.en, t.en
                        ),
                    ),
                )
            }
            Case::HouseholdsMissing => (
                "households_missing",
                Text::new(
                    format!(
                        "Còn {} trên {} hộ chưa khảo sát; kết quả có thể {}, mức {}.",
                        missing.vi, frame.vi, span.vi, t.vi
                    ),
                    format!(
                        "{} of {} households not surveyed; the value may be {}, threshold {}.",
                        missing.en, frame.en, span.en, t.en
                    ),
                ),
            ),
            Case::CoverageLow => {
                let (known, least) =
                    (share(self.range.coverage.unwrap_or(0.0)), share(self.minimum));
                (
                    "coverage_low",
                    Text::new(
                        format!(
                            "Chỉ {} câu trả lời đã rõ, cần {}; kết quả có thể {}, mức {}.",
                            known.vi, least.vi, span.vi, t.vi
                        ),
                        format!(
                            "Only {} of the answers are known, {} are needed; the value may be {}, threshold {}.",
                            known.en, least.en, span.en, t.en
                        ),
                    ),
                )
            }
            Case::SampleIncomplete => {
                let drawn = whole(d.expected);
                (
                    "sample_incomplete",
                    Text::new(
                        format!("Mẫu mới có {} trên {} hộ đã chọn.", n.vi, drawn.vi),
                        format!("The sample has {} of the {} households drawn.", n.en, drawn.en),
                    ),
                )
            }
            Case::SampleUncertain => (
                "sample_uncertain",
                Text::new(
                    format!(
                        "Mẫu {} trên {} hộ: {}, nhưng có thể {}; chưa kết luận được với mức {}.",
                        n.vi, frame.vi, value.vi, span.vi, t.vi
                    ),
                    format!(
                        "Sample of {} of {} households: {}, but it may be {}; too wide for threshold {}.",
                        n.en, frame.en, value.en, span.en, t.en
                    ),
                ),
            ),
            Case::CountUnseen => {
                let unknown = u64::try_from(d.raw.u).unwrap_or(0);
                let rest = whole(d.frame.saturating_sub(d.n()) + unknown);
                (
                    "count_unseen",
                    Text::new(
                        format!(
                            "Chưa vượt mức {} ở các hộ đã khảo sát, nhưng còn {} hộ chưa khảo sát hoặc chưa rõ.",
                            t.vi, rest.vi
                        ),
                        format!(
                            "Within {} so far, but {} households are not surveyed or not known.",
                            t.en, rest.en
                        ),
                    ),
                )
            }
        }
    }
}

fn threshold_unknown() -> (&'static str, Text) {
    (
        "threshold_unknown",
        Text::new(
            "Chưa có mức để so: do tỉnh quy định hoặc chưa tìm được văn bản.",
            "No threshold to compare with: the province sets it, or it was not found.",
        ),
    )
}

/// "thôn A, thôn B và 3 thôn khác".
fn list(names: &[String]) -> Text {
    let shown = names.iter().take(3).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(3) {
        0 => Text::new(format!("thôn {shown}"), format!("village {shown}")),
        more => Text::new(
            format!("thôn {shown} và {more} thôn khác"),
            format!("village {shown} and {more} more"),
        ),
    }
}

/// The reason of a self-reported field.
pub(super) fn reported(
    code: &'static str,
    indicator: &Indicator,
    answer: Option<&ReportValue>,
    value: Option<f64>,
    demand: Option<Demand>,
) -> Reason {
    let text = match code {
        "threshold_unknown" => threshold_unknown().1,
        "report_missing" => Text::new(
            "Xã chưa báo cáo chỉ tiêu này.",
            "The commune has not reported this indicator.",
        ),
        "report_unknown" => {
            Text::new("Xã báo cáo chưa rõ.", "The commune reports that it does not know.")
        }
        _ => {
            let said = match (answer, value) {
                (Some(ReportValue::Yes), _) => Text::new("đạt", "yes"),
                (Some(ReportValue::No), _) => Text::new("chưa đạt", "no"),
                (_, Some(v)) => figure(v, indicator.kind),
                _ => Text::new("–", "–"),
            };
            let t = demanded(indicator.direction, indicator.kind, demand);
            match demand {
                Some(Demand::Number(_)) => Text::new(
                    format!("Xã báo cáo {}, mức {}.", said.vi, t.vi),
                    format!("The commune reports {}, threshold {}.", said.en, t.en),
                ),
                _ => Text::new(
                    format!("Xã báo cáo {}.", said.vi),
                    format!("The commune reports {}.", said.en),
                ),
            }
        }
    };
    Reason { code: code.to_owned(), text }
}

/// The reason of a part, naming the part.
pub(super) fn of_part(part: Option<&Text>, reason: &Reason) -> Reason {
    let Some(name) = part else { return reason.clone() };
    let text = Text::new(
        format!("{}: {}", name.vi, reason.text.vi),
        format!("{}: {}", name.en, reason.text.en),
    );
    Reason { code: reason.code.clone(), text }
}

/// An indicator without any measure.
pub(super) fn none() -> Reason {
    Reason {
        code: "no_source".to_owned(),
        text: Text::new("Chưa có nguồn số liệu.", "There is no source."),
    }
}

/// The reason of a criterion: the indicators that decided it.
pub(super) fn criterion(verdict: Verdict, ids: &[&str]) -> Reason {
    let ids = ids.join(", ");
    let (code, vi, en) = match verdict {
        Verdict::Met => (
            "all_met",
            format!("Đạt tất cả chỉ tiêu: {ids}."),
            format!("All indicators met: {ids}."),
        ),
        Verdict::NotMet => {
            ("indicator_not_met", format!("Chưa đạt chỉ tiêu {ids}."), format!("Not met: {ids}."))
        }
        Verdict::Undecided => (
            "indicator_undecided",
            format!("Chưa đủ căn cứ ở chỉ tiêu {ids}."),
            format!("Undecided: {ids}."),
        ),
    };
    Reason { code: code.to_owned(), text: Text::new(vi, en) }
}
