//! What stands behind one number: the rule, the villages, the households.

mod flat;

use ntm_shared::{
    api::contribution::{Explained, Given, HouseholdContribution, VillageContribution},
    api::score::Indicator,
    criteria::{Read, RuleLine},
    score::Standing,
    text::Lang,
};
use serde::Serialize;

pub use flat::Flat;

use super::explain::Wanted;
use crate::{
    client::Client,
    cmd::{Area, Context, export::mark},
    failure::Failure,
    print::{Around, Cell, Column, Format, Tone, count},
};

/// The rule, the villages and, for who may see them, the households.
pub struct Behind {
    explained: Explained,
    households: Option<Vec<HouseholdContribution>>,
    mark: Option<String>,
}

/// All of it as JSON, beside the indicator's own figures.
#[derive(Serialize)]
struct Whole<'a> {
    #[serde(flatten)]
    indicator: &'a Indicator,
    rule: &'a [RuleLine],
    villages: &'a [VillageContribution],
    #[serde(skip_serializing_if = "Option::is_none")]
    households: Option<&'a [HouseholdContribution]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    export: Option<&'a str>,
}

impl Behind {
    /// Asks the server. Names and answers go into a file with a reason only.
    pub async fn ask(
        client: &Client,
        of: Wanted<'_>,
        reason: Option<String>,
        cx: &Context<'_>,
    ) -> anyhow::Result<Behind> {
        let subject = format!("{} {} {}", of.round, of.commune, of.indicator);
        let mark = match (&reason, cx.out.format()) {
            (None, _) => None,
            _ => mark(client, "contributions", &subject, reason, cx).await?,
        };
        let area = Area::of_round(client, of.round, Some(of.commune.to_owned())).await?;
        let mut query = area.query();
        query.push(("q", of.indicator));
        let path = ["rounds", of.round, "contributions"];
        let explained: Explained =
            client.get(&["rounds", of.round, "contributions", "villages"], &query).await?;
        let mut households = match client.all::<HouseholdContribution>(&path, &query).await {
            Ok(households) => Some(households),
            Err(error) if forbidden(&error) => None,
            Err(error) => return Err(error),
        };
        if cx.out.format() != Format::Table && mark.is_none() {
            for household in households.iter_mut().flatten() {
                household.household.head.clear();
                household.answers.clear();
            }
        }
        Ok(Behind { explained, households, mark })
    }

    /// One JSON value: the indicator as the scores have it, and what stands behind it.
    pub fn json(&self, indicator: &Indicator, cx: &Context<'_>) -> anyhow::Result<()> {
        cx.out.json(&Whole {
            indicator,
            rule: &self.explained.rule,
            villages: &self.explained.villages,
            households: self.households.as_deref(),
            export: self.mark.as_deref(),
        })
    }

    /// One table: the rows of the figures, then villages, then households.
    pub fn csv(&self, figures: Vec<Flat>, cx: &Context<'_>) -> anyhow::Result<()> {
        let (lang, indicator) = (cx.lang(), self.explained.indicator.as_str());
        let villages = self.explained.villages.iter().map(|row| {
            let id = Cell::Text(row.measure.clone());
            Flat::of("village", row, &villages(lang)).with("id", id)
        });
        let households = self.households.iter().flatten().map(|row| {
            Flat::of("household", row, &household_columns())
                .with("id", Cell::Text(indicator.to_owned()))
                .with("export", Cell::maybe(&self.mark))
        });
        let rows: Vec<Flat> = figures.into_iter().chain(villages).chain(households).collect();
        cx.out.list(&rows, &flat::columns(), Around::default())
    }

    /// The tables under the figures, and the rule.
    pub fn tables(&self, cx: &Context<'_>) -> anyhow::Result<()> {
        let lang = cx.lang();
        if !self.explained.villages.is_empty() {
            let title = tr!(
                lang,
                "\nTừng thôn, theo phiếu (chưa gia quyền)",
                "\nBy village, as surveyed (not weighted)"
            );
            let around = Around { title: Some(title), total: None };
            cx.out.list(&self.explained.villages, &villages(lang), around)?;
        }
        match &self.households {
            Some(households) if !households.is_empty() => {
                let title = tr!(lang, "\nTừng hộ", "\nBy household");
                let around = Around { title: Some(title), total: None };
                cx.out.list(households, &household_columns(), around)?;
                cx.out.note(&sums(households, lang));
            }
            Some(_) if self.explained.erased => cx.out.note(&tr!(
                lang,
                "Phiếu của đợt đã xóa hết hạn lưu: chỉ còn số cộng theo thôn.",
                "The round's answers were erased after their time: only sums by village are left."
            )),
            Some(_) => {}
            None => cx.out.note(&tr!(
                lang,
                "Danh sách hộ chỉ dành cho người được xem tên và câu trả lời.",
                "The households are for those who may see names and answers."
            )),
        }
        if !self.explained.rule.is_empty() {
            cx.out.note(&tr!(lang, "Quy tắc trong bộ tiêu chí:", "The rule in the criteria file:"));
        }
        for line in &self.explained.rule {
            cx.out.note(&format!("  {} = {}", line.key, line.text));
        }
        Ok(())
    }
}

fn forbidden(error: &anyhow::Error) -> bool {
    error.downcast_ref::<Failure>().and_then(Failure::code) == Some("forbidden")
}

/// `3 đạt · 1 chưa đạt · 2 chưa rõ · 4 chưa có phiếu`.
fn sums(households: &[HouseholdContribution], lang: Lang) -> String {
    let mut by_standing = std::collections::BTreeMap::<Standing, u64>::new();
    for household in households {
        *by_standing.entry(household.standing).or_default() += 1;
    }
    let said = by_standing.into_iter().map(|(standing, households)| {
        format!("{} {}", count(households, lang), word(standing).shown(lang))
    });
    tr!(lang, "Số hộ: {}.", "Households: {}.", said.collect::<Vec<_>>().join(" · "))
}

fn word(standing: Standing) -> Cell {
    let (key, words, tone) = match standing {
        Standing::For => ("for", ["đạt", "for"], Tone::Good),
        Standing::Against => ("against", ["chưa đạt", "against"], Tone::Bad),
        Standing::Partly => ("partly", ["đạt một phần", "partly"], Tone::Plain),
        Standing::Adds => ("adds", ["tính vào", "adds"], Tone::Plain),
        Standing::Unknown => ("unknown", ["chưa rõ", "unknown"], Tone::Plain),
        Standing::Apart => ("apart", ["không thuộc diện", "not concerned"], Tone::Plain),
        Standing::NotDrawn => ("not_drawn", ["ngoài mẫu", "not in the sample"], Tone::Plain),
        Standing::Waiting => ("waiting", ["chờ duyệt", "waits for approval"], Tone::Plain),
        Standing::Rejected => ("rejected", ["phiếu bị loại", "rejected"], Tone::Plain),
        Standing::Absent => ("absent", ["vắng nhà", "absent"], Tone::Plain),
        Standing::Refused => ("refused", ["từ chối", "refused"], Tone::Plain),
        Standing::Moved => ("moved", ["đã chuyển đi", "moved"], Tone::Plain),
        Standing::NotFound => ("not_found", ["không tìm thấy", "not found"], Tone::Plain),
        Standing::Unclear => ("unclear", ["không rõ kết quả", "outcome unclear"], Tone::Plain),
        Standing::NotVisited => ("not_visited", ["chưa có phiếu", "nothing came in"], Tone::Plain),
    };
    Cell::Word(key, words, tone)
}

fn number(value: Option<f64>) -> Cell {
    value.map_or(Cell::Empty, |value| match value.fract() == 0.0 {
        true => Cell::Decimal(value, 0),
        false => Cell::Exact(value, 1),
    })
}

/// `2: health_insurance = –; age = 34`.
fn answers(answers: &[Read]) -> Cell {
    let said = |read: &Read| {
        let unit = read.unit.map(|unit| format!("{unit}: ")).unwrap_or_default();
        let answer = if read.answer.is_empty() { "–" } else { &read.answer };
        format!("{unit}{} = {answer}", read.field)
    };
    match answers.is_empty() {
        true => Cell::Empty,
        false => Cell::Text(answers.iter().map(said).collect::<Vec<_>>().join("; ")),
    }
}

fn villages(lang: Lang) -> Vec<Column<VillageContribution>> {
    type Row = VillageContribution;
    vec![
        Column::new("part", "Phần", "Part", move |v: &Row| {
            Cell::Text(v.part.as_ref().map(|part| part.get(lang).to_owned()).unwrap_or_default())
        }),
        Column::new("village_name", "Thôn", "Village", |v: &Row| {
            Cell::Text(v.village_name.clone())
        }),
        Column::new("N", "N", "N", |v: &Row| Cell::Count(v.frame)),
        Column::new("n", "n", "n", |v: &Row| Cell::Count(v.n)),
        Column::new("numerator", "Tử số", "Top", |v: &Row| number(Some(v.numerator))),
        Column::new("denominator", "Mẫu số", "Bottom", |v: &Row| number(Some(v.denominator))),
        Column::new("unknown", "Không rõ", "Unknown", |v: &Row| Cell::Count(v.unknown)),
    ]
}

fn household_columns() -> Vec<Column<HouseholdContribution>> {
    type Row = HouseholdContribution;
    let given = |h: &Row, of: fn(&Given) -> f64| number(h.given.as_ref().map(of));
    vec![
        Column::new("village_name", "Thôn", "Village", |h: &Row| {
            Cell::Text(h.household.village_name.clone())
        }),
        Column::new("code", "Số", "No.", |h: &Row| Cell::Text(h.household.code.clone())),
        Column::new("head", "Chủ hộ", "Head", |h: &Row| Cell::Text(h.household.head.clone())),
        Column::new("standing", "", "", |h: &Row| word(h.standing)),
        Column::new("numerator", "Tử số", "Top", move |h: &Row| given(h, |g| g.numerator)),
        Column::new("denominator", "Mẫu số", "Bottom", move |h: &Row| {
            given(h, |g| g.denominator)
        }),
        Column::new("unknown", "Không rõ", "Unknown", |h: &Row| {
            h.given.map_or(Cell::Empty, |given| Cell::Count(given.unknown))
        }),
        Column::new("submission", "Phiếu", "Form", |h: &Row| {
            h.submission.map_or(Cell::Empty, |seq| Cell::Text(seq.to_string()))
        }),
        Column::new("reason", "Vì sao chưa rõ", "Why unknown", |h: &Row| answers(&h.answers)),
        Column::csv("household", |h: &Row| Cell::Text(h.household.id.clone())),
    ]
}
