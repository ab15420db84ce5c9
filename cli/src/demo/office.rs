//! The office's part of the demo, all over HTTP: sign in, roster, round, draw, collectors, teams.

use std::collections::BTreeMap;

use anyhow::{Context as _, ensure};
use jiff::civil::{Date, date};
use ntm_server::Server;
use ntm_shared::{
    api::{
        account::{NewPassword, NewSession, Session},
        collector::{CollectorToken, NewCollector},
        household::Imported,
        round::{Draw, ModuleDesign, NewDraw, NewRound, Round},
        unit::UnitView,
    },
    data,
    text::Lang,
};

use super::{ROUND, interview, people, province::Commune, rng::Rng};
use crate::client::Client;

/// First day of the round: before the merger of 1 July 2025, so the communes are those of 2024.
pub const FIRST_DAY: Date = date(2024, 10, 1);
/// Last day of the round.
pub const LAST_DAY: Date = date(2024, 10, 31);
/// Official code of the province of Lào Cai on the first day.
const PROVINCE: &str = "10";
/// Households drawn in each village for the income section.
const INCOME_SAMPLE: u32 = 4;

/// Name and password of the demo's administrator.
#[derive(Debug)]
pub struct SignIn {
    /// Login name.
    pub name: String,
    /// Password, made for this run.
    pub password: String,
}

/// Redeems the setup link as a browser would, then signs in.
pub async fn sign_in(server: &Server, lang: Lang) -> anyhow::Result<(Client, SignIn)> {
    let link = server.setup_link().context("a new data folder has a setup link")?;
    let secret = link.split_once('#').context("the setup link has a secret")?.1.to_owned();
    let sign_in = SignIn {
        name: "admin".to_owned(),
        password: format!("mau-{}", uuid::Uuid::now_v7().simple()),
    };
    let client = Client::new(server.url(), None, lang)?;
    let body = NewPassword { secret, password: sign_in.password.clone() };
    client.tell(&["password"], &body).await?;
    let body = NewSession { name: sign_in.name.clone(), password: sign_in.password.clone() };
    let session: Session = client.post(&["sessions"], &body).await?;
    Ok((Client::new(server.url(), Some(session.token), lang)?, sign_in))
}

/// The province's rural communes as of the first day, in code order.
pub async fn communes(client: &Client) -> anyhow::Result<Vec<UnitView>> {
    let day = FIRST_DAY.to_string();
    let query = [("level", "commune"), ("within", PROVINCE), ("at", &day)];
    let mut units: Vec<UnitView> = client.all(&["units"], &query).await?;
    units.retain(|unit| unit.name.starts_with("Xã "));
    units.sort_by(|a, b| a.code.cmp(&b.code));
    ensure!(units.len() == 127, "the province had 127 rural communes, not {}", units.len());
    Ok(units)
}

/// Writes the roster as an office would hand it in, and imports it.
pub async fn import_roster(
    client: &Client,
    communes: &[Commune],
    seed: u64,
) -> anyhow::Result<Imported> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record([
        "commune_code",
        "village_code",
        "village",
        "household_code",
        "head",
        "members",
        "poverty",
        "lat",
        "lon",
    ])?;
    for commune in communes {
        for village in &commune.villages {
            for number in 1..=village.households {
                let code = format!("{number:03}");
                let key = format!("{}.{code}", commune.village_id(village));
                let (head, size) = people::family(commune, &key, seed);
                let home = interview::home(commune, &key, seed);
                let (lat, lon) = (format!("{:.5}", home.at.0), format!("{:.5}", home.at.1));
                let size = size.to_string();
                csv.write_record([
                    &commune.code,
                    &village.code,
                    &village.name,
                    &code,
                    &head,
                    &size,
                    home.poverty,
                    &lat,
                    &lon,
                ])?;
            }
        }
    }
    let day = FIRST_DAY.to_string();
    client.upload(&["households"], &[("at", &day)], "text/csv", &csv.into_inner()?).await
}

/// Opens the round: a census, but income from a sample; non-response adjusted for, and said.
pub async fn open_round(client: &Client, communes: &[Commune]) -> anyhow::Result<Round> {
    let income = ModuleDesign::Sample { per_village: INCOME_SAMPLE };
    let round = NewRound {
        id: ROUND.to_owned(),
        name: "Đợt mẫu tháng 10 năm 2024".to_owned(),
        starts: FIRST_DAY,
        ends: LAST_DAY,
        areas: communes.iter().map(|c| c.id.clone()).collect(),
        forms: vec!["household".to_owned(), "commune_report".to_owned()],
        criteria_set: "lao-cai-2021-2025".to_owned(),
        modules: BTreeMap::from([("income".to_owned(), income)]),
        nonresponse_adjustment: true,
        looks: 1,
        approved_only: false,
        pin: false,
        made_up: true,
    };
    client.post(&["rounds"], &round).await
}

/// Draws the income sample.
pub async fn draw(client: &Client, seed: u64) -> anyhow::Result<Draw> {
    let draw = NewDraw { module: "income".to_owned(), seed };
    client.post(&["rounds", ROUND, "draw"], &draw).await
}

/// Adds the collector of a commune; returns the address for the phone.
pub async fn add_collector(
    client: &Client,
    commune: &Commune,
    seed: u64,
) -> anyhow::Result<String> {
    let collector = NewCollector {
        id: Rng::keyed(seed, &format!("collector {}", commune.id)).uuid(),
        name: format!("Điều tra viên {}", commune.name),
        areas: vec![commune.id.clone()],
        days: None,
    };
    let made: CollectorToken = client.post(&["collectors"], &collector).await?;
    made.url.context("a new collector has an address")
}

/// Imports the made-up helper teams.
pub async fn import_teams(client: &Client) -> anyhow::Result<Imported> {
    let day = FIRST_DAY.to_string();
    let query = [("at", day.as_str())];
    client.upload(&["teams"], &query, "text/csv", data::DEMO_TEAMS.as_bytes()).await
}
