//! Sending filled-in forms as a phone does: answers first, then the files the server has not, each from
//! where it was cut. Whatever breaks off, running it again goes on where it ended.

mod queue;
mod record;

pub use record::hex;
use std::io::{BufRead, IsTerminal};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use ntm_shared::{
    api::phone::{FileHash, Heard, HeardItem, Offer, OfferedItem, Piece, Push, State, Want},
    text::Text,
};

use super::{Answer, Context};
use crate::{args, client::Client, failure::Failure, print::count};
use record::Record;

/// Items of one offer.
const AT_ONCE: usize = 20;
/// Bytes of one push, at first and least, and most; and how long one should take. What is under way when
/// it breaks off is sent again.
const BUNDLE: (usize, usize) = (32 * 1024, 4 * 1024 * 1024);
const TIME: Duration = Duration::from_secs(10);
/// The longest wait between tries.
const WAIT: Duration = Duration::from_secs(60);

/// What one run came to.
#[derive(Debug, Default, serde::Serialize)]
struct Sent {
    /// Forms of which everything is durable on the server.
    all: u64,
    /// Forms whose answers are, while files are missing on this side.
    answers: u64,
    /// Forms that the server refused or had erased.
    refused: u64,
    /// Bytes of files that were sent.
    bytes: u64,
    /// Times the network broke off.
    cuts: u64,
}

/// `ntm submit …`. The answer is "no" unless everything is safe on the server.
pub async fn run(args: args::Submit, cx: &Context<'_>) -> anyhow::Result<Answer> {
    let (files, folders): (Vec<PathBuf>, Vec<PathBuf>) =
        args.folders.into_iter().partition(|path| queue::is_one(path));
    let mut records = match folders.is_empty() {
        true => Vec::new(),
        false => record::read(&folders)?,
    };
    if !files.is_empty() {
        let words = words(args.words_stdin, cx)?;
        for file in &files {
            records.extend(queue::read(file, &words)?);
        }
    }
    let (server, token) = args.to.rsplit_once("/key/").ok_or_else(|| {
        Failure::local(
            Text::new("Địa chỉ không có /key/.", "The address has no /key/."),
            Text::new(
                "dùng địa chỉ mà ntm collector add đã in",
                "use what ntm collector add printed",
            ),
        )
    })?;
    let client = Client::new(server, Some(token.trim_end_matches('/').to_owned()), cx.lang())?;
    let total = records.iter().flat_map(|one| &one.files).map(|file| file.hash.bytes).sum();
    let bar = cx.out.progress(total, &tr!(cx.lang(), "Gửi phiếu", "Sending"));
    let (mut sent, mut failures, mut bundle) = (Sent::default(), 0, BUNDLE.0);
    while let Some(step) = next(&records) {
        let begun = Instant::now();
        let before = left(&records);
        let done = match step {
            Step::Offer => offer(&client, &mut records, &mut sent).await,
            Step::Push => push(&client, &mut records, bundle, &mut sent).await,
        };
        let moved = before.saturating_sub(left(&records));
        bar.inc(moved);
        match done {
            Ok(bytes) => {
                failures = 0;
                let speed = bytes as f64 / begun.elapsed().as_secs_f64().max(0.001);
                let fitting = (speed * TIME.as_secs_f64()) as usize;
                if bytes > 0 {
                    bundle = fitting.min(2 * bundle).clamp(BUNDLE.0, BUNDLE.1);
                }
            }
            Err(fault) if may_pass(&fault) && failures < args.tries => {
                bundle = (bundle / 2).max(BUNDLE.0);
                sent.cuts += 1;
                let first = Duration::from_secs(args.wait).min(WAIT);
                tokio::time::sleep((first * 2u32.pow(failures.min(6))).min(WAIT)).await;
                failures += 1;
            }
            Err(fault) => return Err(fault),
        }
    }
    bar.finish_and_clear();
    tell(&records, sent, cx)
}

/// The words that a phone's file was sealed with.
fn words(from_stdin: bool, cx: &Context<'_>) -> anyhow::Result<String> {
    if from_stdin {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line)?;
        return Ok(line);
    }
    if !std::io::stdin().is_terminal() {
        return Err(Failure::local(
            Text::new("Không có bàn phím để hỏi mật khẩu.", "No terminal to ask the words on."),
            Text::new("thêm --words-stdin", "add --words-stdin"),
        ));
    }
    Ok(rpassword::prompt_password(tr!(cx.lang(), "Mật khẩu của tệp: ", "Words of the file: "))?)
}

enum Step {
    Offer,
    Push,
}

/// What to do next: nothing once every form is settled.
fn next(records: &[Record]) -> Option<Step> {
    if records.iter().any(|one| one.state.is_none()) {
        return Some(Step::Offer);
    }
    records.iter().any(|one| !one.want.is_empty()).then_some(Step::Push)
}

/// Bytes that the server still wants, as far as it said.
fn left(records: &[Record]) -> u64 {
    let of = |one: &Record| -> u64 {
        let all = one.state.is_none();
        let wanted =
            |file: &&record::File| all || one.want.iter().any(|w| w.sha256 == file.hash.sha256);
        let offset = |file: &record::File| {
            one.want.iter().find(|w| w.sha256 == file.hash.sha256).map_or(0, |w| w.offset)
        };
        one.files.iter().filter(wanted).map(|file| file.hash.bytes - offset(file)).sum()
    };
    records.iter().map(of).sum()
}

/// Whether trying again may help: the network, or a server that cannot now.
fn may_pass(fault: &anyhow::Error) -> bool {
    match fault.downcast_ref::<Failure>() {
        Some(Failure::Problem(problem)) => problem.status == 429 || problem.status >= 500,
        Some(Failure::Unreachable { .. }) => true,
        _ => false,
    }
}

/// Offers what was not offered yet.
async fn offer(client: &Client, records: &mut [Record], _: &mut Sent) -> anyhow::Result<usize> {
    let fresh = records.iter().enumerate().filter(|(_, one)| one.state.is_none()).take(AT_ONCE);
    let items = fresh.map(|(i, one)| {
        let files: Vec<FileHash> = one.files.iter().map(|file| file.hash.clone()).collect();
        let xml = String::from_utf8(one.xml.clone())?;
        Ok(OfferedItem { id: i.to_string(), xml, files, nth: one.nth.clone() })
    });
    let items = items.collect::<anyhow::Result<Vec<_>>>()?;
    let offer = Offer { device: Some("ntm submit".into()), items };
    let heard: Heard = client.once_packed(&["phone", "offer"], &offer).await?;
    heard.items.into_iter().for_each(|item| hear(records, item, None));
    Ok(0)
}

/// One push; asks where to go on first when the one before broke off.
async fn push(
    client: &Client,
    records: &mut [Record],
    bundle: usize,
    sent: &mut Sent,
) -> anyhow::Result<usize> {
    let asking = records.iter().any(|one| one.flying);
    let (mut pieces, mut bytes) = (Vec::new(), Vec::new());
    for (i, one) in records.iter().enumerate().filter(|(_, one)| !asking || one.flying) {
        for (n, want) in one.want.iter().enumerate() {
            // The same bytes under another name: named, and there once they are.
            let again = one.want[..n].iter().any(|other| other.sha256 == want.sha256);
            let full = bytes.len() >= bundle && !asking;
            let room = if asking || again { 0 } else { bundle - bytes.len() };
            let Some(file) = one.files.iter().find(|file| file.hash.sha256 == want.sha256) else {
                continue;
            };
            if pieces.len() >= 100 || full {
                break;
            }
            let part = file.part(want.offset, room)?;
            pieces.push(Piece {
                id: i.to_string(),
                form: one.form.clone(),
                instance: one.instance.clone(),
                xml_sha256: one.xml_sha256.clone(),
                file: FileHash { name: want.name.clone(), ..file.hash.clone() },
                offset: if asking { 0 } else { want.offset },
                length: part.len() as u64,
            });
            bytes.extend_from_slice(&part);
        }
    }
    let flying: Vec<(usize, FileHash)> = pieces
        .iter()
        .map(|piece| (piece.id.parse().unwrap_or_default(), piece.file.clone()))
        .collect();
    flying.iter().for_each(|(i, _)| records[*i].flying = true);
    let head = serde_json::to_vec(&Push { pieces })?;
    let length = u32::try_from(head.len())?.to_be_bytes();
    let body = [&length[..], &head, &bytes].concat();
    let heard: Heard = client.once(&["phone", "push"], body).await?;
    sent.bytes += bytes.len() as u64;
    heard.items.into_iter().for_each(|item| hear(records, item, Some(&flying)));
    Ok(bytes.len())
}

/// Notes what the server said of a form. In answer to pieces it speaks only of their files.
fn hear(records: &mut [Record], item: HeardItem, pieces: Option<&[(usize, FileHash)]>) {
    let HeardItem { id, state, want, message, .. } = item;
    let Some((i, one)) = id.parse().ok().and_then(|i: usize| Some((i, records.get_mut(i)?))) else {
        return;
    };
    one.flying = false;
    if state == State::Refused && pieces.is_some() {
        // It does not know these answers any more: offered anew.
        (one.state, one.want) = (None, Vec::new());
        return;
    }
    let spoken = |want: &Want| {
        let is_of = |(of, file): &(usize, FileHash)| {
            *of == i && file.name == want.name && file.sha256 == want.sha256
        };
        pieces.is_none_or(|all| all.iter().any(is_of))
    };
    one.want.retain(|want| !spoken(want));
    // What has begun stays first: of the same bytes under two names only that one is sent.
    one.want.splice(..0, want);
    (one.state, one.message) = (Some(state), message);
}

fn tell(records: &[Record], mut sent: Sent, cx: &Context<'_>) -> anyhow::Result<Answer> {
    for one in records {
        match one.state {
            Some(State::All) => sent.all += 1,
            Some(State::Answers) => {
                sent.answers += 1;
                cx.out.note(&tr!(
                    cx.lang(),
                    "{}: đã gửi câu trả lời, thiếu tệp trong thư mục.",
                    "{}: answers sent; files are missing in the folder.",
                    one.path.display()
                ));
            }
            _ => {
                sent.refused += 1;
                let why = one.message.as_deref().unwrap_or_default();
                cx.out.note(&format!("{}: {why}", one.path.display()));
            }
        }
    }
    let lang = cx.lang();
    let line = tr!(
        lang,
        "Đã gửi hết {} phiếu; {} phiếu thiếu tệp, {} phiếu không được nhận. Mạng đứt {} lần.",
        "All of {} forms sent; {} lack files, {} not taken. The network broke off {} times.",
        count(sent.all, lang),
        count(sent.answers, lang),
        count(sent.refused, lang),
        count(sent.cuts, lang)
    );
    cx.out.value(&sent, &line)?;
    let whole = sent.answers + sent.refused == 0;
    Ok(if whole { Answer::Yes } else { Answer::No })
}
