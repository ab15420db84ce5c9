//! Field work: one phone per commune fills its forms and sends them; several phones at once.

use std::sync::Arc;

use anyhow::Context as _;
use futures_util::{StreamExt, TryStreamExt, stream};
use indicatif::ProgressBar;
use jiff::{Span, civil::DateTime};
use ntm_shared::{
    data,
    form::{
        Form,
        fill::{FillFault, Filling, Meta},
    },
};

use super::{
    interview::{self, Home, House, Visit},
    office,
    phone::{Downloaded, Outgoing, Phone},
    photo,
    province::{Commune, Village},
    report,
    rng::Rng,
};
use crate::{client::Client, cmd::Context};

/// Phones sending at the same time.
const PHONES: usize = 8;

/// What was sent, and what of it was planted.
#[derive(Clone, Debug, Default)]
pub struct Work {
    /// Household forms sent, unsuccessful visits among them.
    pub visits: u64,
    /// Commune reports sent.
    pub reports: u64,
    /// Photos sent.
    pub photos: u64,
    /// Their bytes.
    pub photo_bytes: u64,
    /// Households that were visited but never interviewed.
    pub without_interview: u64,
    /// By commune: what the completed interviews contain.
    pub communes: Vec<Told>,
}

/// What the completed interviews of a commune contain of the planted problems.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// Unit id.
    pub commune: String,
    /// Residents whose card had lapsed on the day of the interview.
    pub lapsed_cards: u64,
    /// Temporary houses; a household without a house counts with them.
    pub temporary_houses: u64,
    /// Households where nobody knew what happens to the waste.
    pub unknown_waste: u64,
}

/// The forms as this program knows them; a phone checks that it was served the same bytes.
#[derive(Debug)]
struct Forms {
    household: (Form, String),
    report: (Form, String),
}

impl Forms {
    fn built_in() -> anyhow::Result<Forms> {
        let mut forms = Vec::new();
        for source in data::FORMS {
            let form = Form::read_markdown(source)
                .map_err(|faults| anyhow::anyhow!("built-in form: {faults:?}"))?;
            let xform = form.to_xform();
            forms.push((form, xform));
        }
        let mut take = |id: &str| {
            let at = forms.iter().position(|(form, _)| form.id == id);
            at.map(|at| forms.swap_remove(at)).with_context(|| format!("no built-in form {id}"))
        };
        Ok(Forms { household: take("household")?, report: take("commune_report")? })
    }
}

/// Everything the phones do, with a progress bar.
pub async fn run(
    client: &Client,
    communes: &[Commune],
    seed: u64,
    cx: &Context<'_>,
) -> anyhow::Result<Work> {
    let forms = Arc::new(Forms::built_in()?);
    let households: u32 = communes.iter().flat_map(|c| &c.villages).map(|v| v.households).sum();
    let bar = cx.out.progress(
        u64::from(households) + communes.len() as u64,
        &tr!(cx.lang(), "Điện thoại gửi phiếu", "Phones sending"),
    );
    let work = stream::iter(communes)
        .map(|commune| {
            let (forms, bar) = (forms.clone(), bar.clone());
            async move {
                let day = commune_day(client, commune, forms, seed, &bar);
                day.await.with_context(|| format!("{} {}", commune.code, commune.name))
            }
        })
        // In order, so that the sum does not depend on who was faster.
        .buffered(PHONES)
        .try_fold(Work::default(), |sum, part| async move { Ok(sum.and(part)) })
        .await?;
    bar.finish_and_clear();
    Ok(work)
}

impl Work {
    fn and(mut self, part: Work) -> Work {
        self.visits += part.visits;
        self.reports += part.reports;
        self.photos += part.photos;
        self.photo_bytes += part.photo_bytes;
        self.without_interview += part.without_interview;
        self.communes.extend(part.communes);
        self
    }

    fn sent(&mut self, out: &Outgoing) {
        self.photos += out.photos.len() as u64;
        self.photo_bytes += out.photos.iter().map(|(_, b)| b.len() as u64).sum::<u64>();
    }
}

/// The phone of one commune: download, all first visits, the second ones, the report.
async fn commune_day(
    client: &Client,
    commune: &Commune,
    forms: Arc<Forms>,
    seed: u64,
    bar: &ProgressBar,
) -> anyhow::Result<Work> {
    let base = office::add_collector(client, commune, seed).await?;
    let device = format!("collect:{}", Rng::keyed(seed, &format!("device {}", commune.id)).uuid());
    let phone = Phone::new(client.wire().clone(), &base, &device);
    let downloaded = phone.download().await?;
    let take = |id: &str| -> anyhow::Result<Arc<Downloaded>> {
        Ok(Arc::new(downloaded.get(id).cloned().with_context(|| format!("no form {id}"))?))
    };
    let (household, commune_report) = (take("household")?, take("commune_report")?);
    household.ensure_same(&forms.household.0, &forms.household.1)?;
    commune_report.ensure_same(&forms.report.0, &forms.report.1)?;

    let mut work = Work::default();
    let mut told = Told { commune: commune.id.clone(), ..Told::default() };
    let list = visits(commune, seed);
    for round in 0..2 {
        for (home, village, first) in list.iter().filter(|(home, ..)| home.fate.len() > round) {
            let visit = interview::visit(commune, village, home, round, *first, seed);
            tally(home, round, &visit, &mut work, &mut told);
            let out = fill(&forms, &household, visit, &device, seed).await?;
            work.sent(&out);
            phone.send(out).await?;
            work.visits += 1;
            if round == 0 {
                bar.inc(1);
            }
        }
    }
    let report = report::report(commune, office::LAST_DAY, seed);
    let out = fill(&forms, &commune_report, report, &device, seed).await?;
    phone.send(out).await?;
    work.reports += 1;
    bar.inc(1);
    work.communes.push(told);
    Ok(work)
}

/// Who is visited when: the visited villages one after the other, from 2 to 23 October.
fn visits(commune: &Commune, seed: u64) -> Vec<(Home, &Village, DateTime)> {
    let villages = commune.villages.iter().filter(|v| v.visited);
    let all: Vec<(Home, &Village)> = villages
        .flat_map(|village| {
            (1..=village.households).map(move |number| {
                let key = format!("{}.{number:03}", commune.village_id(village));
                (interview::home(commune, &key, seed), village)
            })
        })
        .collect();
    let total = all.len().max(1);
    let mut list = Vec::with_capacity(total);
    for (i, (home, village)) in all.into_iter().enumerate() {
        let mut rng = Rng::keyed(seed, &format!("hour {}", home.key));
        let days = i64::try_from(1 + i * 22 / total).unwrap_or(1);
        let minutes = rng.whole(7 * 60 + 30, 17 * 60);
        let start = office::FIRST_DAY.at(0, 0, 0, 0);
        let first = start.checked_add(Span::new().days(days).minutes(minutes)).unwrap_or(start);
        list.push((home, village, first));
    }
    list
}

/// Counts the planted problems in what is about to be sent.
fn tally(home: &Home, round: usize, visit: &Visit, work: &mut Work, told: &mut Told) {
    if home.fate[round] != "completed" {
        if round + 1 == home.fate.len() {
            work.without_interview += 1;
        }
        return;
    }
    let day = visit.at.date().to_string();
    let mut resident = false;
    for (path, value) in &visit.answers {
        match path.rsplit('/').next().unwrap_or_default() {
            "resident" => resident = value == "yes",
            "insurance_expiry" if resident && *value < day => told.lapsed_cards += 1,
            "waste_disposal" if value == "unknown" => told.unknown_waste += 1,
            _ => {}
        }
    }
    if matches!(home.house, House::Temporary | House::None) {
        told.temporary_houses += 1;
    }
}

/// Fills a form as a person would and takes its photos, off the async threads.
async fn fill(
    forms: &Arc<Forms>,
    downloaded: &Arc<Downloaded>,
    visit: Visit,
    device: &str,
    seed: u64,
) -> anyhow::Result<Outgoing> {
    let (forms, downloaded, device) = (forms.clone(), downloaded.clone(), device.to_owned());
    tokio::task::spawn_blocking(move || {
        let form = match downloaded.id.as_str() {
            "household" => &forms.household.0,
            _ => &forms.report.0,
        };
        let meta = Meta::new(visit.at, visit.instance_id, device);
        let mut filling = Filling::start(form, &downloaded.media, meta);
        for (path, value) in visit.answers.iter().filter(|(_, value)| !value.is_empty()) {
            match filling.set(path, value) {
                // The form does not ask this here; a collector would not see it.
                Ok(()) | Err(FillFault::Irrelevant(_)) => {}
                Err(fault) => anyhow::bail!("{value}: {fault}"),
            }
        }
        let asked = |question: &str| filling.relevant(question);
        let shots: Vec<_> = visit.photos.iter().filter(|s| asked(s.question)).collect();
        let photos = shots
            .into_iter()
            .map(|shot| Ok((shot.file.clone(), photo::take(shot, seed)?)))
            .collect::<anyhow::Result<Vec<_>>>()?;
        filling.set_now(visit.at.checked_add(Span::new().minutes(21)).unwrap_or(visit.at));
        let xml = filling.finish().map_err(|findings| {
            let places: Vec<String> =
                findings.iter().map(|f| format!("{:?} {}", f.field, f.message.en)).collect();
            anyhow::anyhow!("the form is not finished: {}", places.join("; "))
        })?;
        Ok(Outgoing { xml: xml.into_bytes(), photos })
    })
    .await?
}

#[cfg(test)]
mod tests;
