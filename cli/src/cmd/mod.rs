//! The commands, one noun one file. Each asks the server and prints; none holds a rule.

use std::{io::Read, path::Path};

use anyhow::Context as _;
use jiff::civil::Date;
use ntm_shared::{
    api::{round::Round, unit::UnitView},
    text::{Lang, Text},
};

use crate::{
    args::{Command, Global},
    client::Client,
    credentials::{self, Credentials},
    demo,
    failure::Failure,
    print::Printer,
};

mod agency;
mod assign;
mod audit;
mod collector;
mod compile;
mod criteria;
mod difficulty;
mod doctor;
mod erase;
mod estimate;
mod export;
mod form;
mod household;
mod language;
mod official;
mod request;
mod round;
mod session;
mod submission;
mod submit;
mod support;
mod table;
mod team;
mod travel;
mod unit;
mod user;
mod visit;

pub use assign::plan;
pub use compile::{Asked, columns as score_columns, legend, reports, scores};
pub use round::MADE_UP;

/// Where the server is when nobody said.
pub const DEFAULT_SERVER: &str = "http://127.0.0.1:8787";

/// What a command's exit code says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Done.
    Yes,
    /// Done, and the answer is "no".
    No,
}

/// What every command is given.
#[derive(Debug)]
pub struct Context<'a> {
    /// Options every command understands.
    pub global: Global,
    /// Where to print.
    pub out: &'a Printer,
}

impl<'a> Context<'a> {
    /// The context of one run.
    pub fn new(global: Global, out: &'a Printer) -> Context<'a> {
        Context { global, out }
    }

    /// The language of the person.
    pub fn lang(&self) -> Lang {
        self.out.lang()
    }

    /// The server's address: `--server` or `NTM_SERVER`, else where the person last signed in.
    pub fn server(&self) -> anyhow::Result<String> {
        let named = self.global.server.clone().filter(|s| !s.trim().is_empty());
        let known = match named {
            Some(server) => Some(server),
            None => Credentials::load(&credentials::default_path()?)?.current,
        };
        let server = known.unwrap_or_else(|| DEFAULT_SERVER.to_owned());
        Ok(server.trim_end_matches('/').to_owned())
    }

    /// A client with the person's session for that server, if there is one.
    pub fn client(&self) -> anyhow::Result<Client> {
        let client = Client::new(&self.server()?, None, self.lang())?;
        let token = match std::env::var("NTM_TOKEN").ok().filter(|t| !t.trim().is_empty()) {
            Some(token) => Some(token.trim().to_owned()),
            None => {
                let credentials = Credentials::load(&credentials::default_path()?)?;
                credentials.entry(client.server()).map(|entry| entry.token.clone())
            }
        };
        Ok(client.with_token(token))
    }
}

/// Runs one command.
pub async fn run(command: Command, cx: &Context<'_>) -> anyhow::Result<Answer> {
    match command {
        Command::Demo(args) => demo::run(&args, cx).await,
        Command::Login(args) => session::login(args, cx).await,
        Command::Logout => session::logout(cx).await,
        Command::Whoami => session::whoami(cx).await,
        Command::Doctor => doctor::run(cx).await,
        Command::Unit(args) => unit::run(args, cx).await,
        Command::Household(args) => household::run(args, cx).await,
        Command::Form(args) => form::run(args, cx).await,
        Command::Collector(args) => collector::run(args, cx).await,
        Command::Round(args) => round::run(args, cx).await,
        Command::Submission(args) => submission::run(args, cx).await,
        Command::Submit(args) => submit::run(args, cx).await,
        Command::Criteria(args) => criteria::run(args, cx),
        Command::Compile(args) => compile::run(args, cx).await,
        Command::Estimate(args) => estimate::run(&args, cx),
        Command::Agency(args) => agency::run(args, cx).await,
        Command::Official(args) => official::run(args, cx).await,
        Command::Team(args) => team::run(args, cx).await,
        Command::Language(args) => language::run(args, cx).await,
        Command::Travel(args) => travel::run(args, cx).await,
        Command::Assign(args) => assign::run(args, cx).await,
        Command::Visit(args) => visit::run(args, cx).await,
        Command::Difficulty(args) => difficulty::run(args, cx).await,
        Command::Support(args) => support::run(args, cx).await,
        Command::Audit(args) => audit::run(args, cx).await,
        Command::Request(args) => request::run(args, cx).await,
        Command::Erase(args) => erase::run(args, cx).await,
        Command::User(args) => user::run(args, cx).await,
    }
}

/// A filter by area. Codes are those of the round's first day when it is a round that is asked
/// about, because a code may mean another unit today.
#[derive(Debug, Default)]
pub struct Area {
    within: Option<String>,
    at: Option<String>,
}

impl Area {
    /// The area a person named, read as of a round.
    pub async fn of_round(
        client: &Client,
        round: &str,
        within: Option<String>,
    ) -> anyhow::Result<Area> {
        if within.is_none() {
            return Ok(Area::default());
        }
        let round: Round = client.get(&["rounds", round], &[]).await?;
        Ok(Area { within, at: Some(round.spec.starts.to_string()) })
    }

    /// The area a person named, read as of a day; of today without one.
    pub fn on(within: Option<String>, at: Option<Date>) -> Area {
        Area { within, at: at.map(|day| day.to_string()) }
    }

    /// As parameters of a request.
    pub fn query(&self) -> Vec<(&str, &str)> {
        let within = self.within.as_deref().map(|within| ("within", within));
        within.into_iter().chain(self.at.as_deref().map(|at| ("at", at))).collect()
    }
}

/// The ids of units named by code or id as of a day. A code may mean another unit on another day, so
/// what is stored is always the unit's own id.
async fn unit_ids(
    client: &Client,
    named: &[String],
    at: Option<Date>,
) -> anyhow::Result<Vec<String>> {
    let mut ids = Vec::with_capacity(named.len());
    for name in named {
        // The communes of a team are an area that the server knows.
        if name.starts_with("team:") {
            ids.push(name.clone());
            continue;
        }
        let unit: UnitView = client.get(&["units", name], &Area::on(None, at).query()).await?;
        ids.push(unit.id);
    }
    Ok(ids)
}

/// Reads a whole file, or standard input for `-`.
fn read_input(path: &Path) -> anyhow::Result<Vec<u8>> {
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes)?;
        return Ok(bytes);
    }
    std::fs::read(path).with_context(|| path.display().to_string())
}

/// An id for something this side makes; sending it twice is then harmless.
fn new_id() -> String {
    uuid::Uuid::now_v7().to_string()
}

/// Finds the one row that a person named by id or by name.
fn pick<'t, T>(
    rows: &'t [T],
    wanted: &str,
    id: impl Fn(&T) -> &str,
    name: impl Fn(&T) -> &str,
    list_command: &str,
) -> anyhow::Result<&'t T> {
    if let Some(row) = rows.iter().find(|row| id(row) == wanted) {
        return Ok(row);
    }
    let key = ntm_shared::text::nfc(wanted).to_lowercase();
    let named: Vec<&T> = rows.iter().filter(|row| name(row).to_lowercase() == key).collect();
    match named[..] {
        [row] => Ok(row),
        [] => Err(Failure::local(
            Text::new(format!("Không có “{wanted}”."), format!("There is no “{wanted}”.")),
            Text::new(format!("xem danh sách: {list_command}"), format!("list: {list_command}")),
        )),
        _ => Err(Failure::local(
            Text::new(
                format!("Có {} mục cùng tên “{wanted}”.", named.len()),
                format!("{} entries are named “{wanted}”.", named.len()),
            ),
            Text::new(format!("dùng id: {list_command}"), format!("use the id: {list_command}")),
        )),
    }
}
