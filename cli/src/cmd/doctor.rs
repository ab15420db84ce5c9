//! Is everything in order between this machine and the server?

use jiff::{Timestamp, fmt::rfc2822};
use ntm_shared::api::account::User;
use serde::Serialize;

use super::{Answer, Context};
use crate::{
    credentials,
    failure::Failure,
    print::{Around, Cell, Column, Tone},
};

/// Clocks may differ by this much before it matters, in seconds.
const CLOCK_SLACK: i64 = 120;

#[derive(Debug, Serialize)]
struct Check {
    check: &'static str,
    #[serde(skip)]
    title: [&'static str; 2],
    ok: bool,
    detail: String,
}

/// `ntm doctor`: exit code 1 when something is not in order.
pub async fn run(cx: &Context<'_>) -> anyhow::Result<Answer> {
    let client = cx.client()?;
    let mut checks = vec![credentials_file()];
    let mut hint = None;
    match client.wire().get(&format!("{}/health", client.server()), &[]).await {
        Err(error) => {
            let cause = error.chain().last().map(ToString::to_string).unwrap_or_default();
            let detail = format!("{}: {cause}", client.server());
            checks.push(Check::new("server", ["Kết nối máy chủ", "Server"], false, detail));
            hint = Some(tr!(
                cx.lang(),
                "chạy máy chủ: ntm-server serve, hoặc chỉ địa chỉ: --server URL",
                "start it: ntm-server serve, or name another: --server URL"
            ));
        }
        Ok(reply) => {
            let ok = reply.status == 200;
            let detail = format!("{} (HTTP {})", client.server(), reply.status);
            checks.push(Check::new("server", ["Kết nối máy chủ", "Server"], ok, detail));
            checks.push(clock(reply.header("date")));
            checks.push(version(&reply.body));
            let me = client.get::<User>(&["me"], &[]).await;
            let (ok, detail) = match &me {
                Ok(user) => (true, user.name.clone()),
                Err(error) => (false, said(error, cx)),
            };
            if !ok {
                hint = Some(tr!(cx.lang(), "đăng nhập: ntm login", "sign in: ntm login"));
            }
            checks.push(Check::new("session", ["Đăng nhập", "Session"], ok, detail));
        }
    }
    let columns = [
        Column::new("check", "Mục", "Check", |c: &Check| {
            Cell::Word(c.check, c.title, Tone::Plain)
        }),
        Column::new("ok", "Kết quả", "Result", |c: &Check| match c.ok {
            true => Cell::Word("yes", ["✔ tốt", "✔ good"], Tone::Good),
            false => Cell::Word("no", ["✖ chưa được", "✖ not yet"], Tone::Bad),
        }),
        Column::new("detail", "Chi tiết", "Detail", |c: &Check| Cell::Text(c.detail.clone())),
    ];
    cx.out.list(&checks, &columns, Around::default())?;
    if let Some(hint) = hint {
        cx.out.hint(&hint);
    }
    Ok(if checks.iter().all(|c| c.ok) { Answer::Yes } else { Answer::No })
}

impl Check {
    fn new(check: &'static str, title: [&'static str; 2], ok: bool, detail: String) -> Check {
        Check { check, title, ok, detail }
    }
}

fn said(error: &anyhow::Error, cx: &Context<'_>) -> String {
    match error.downcast_ref::<Failure>() {
        Some(failure) => failure.lines(cx.lang()).join(" "),
        None => error.to_string(),
    }
}

fn clock(date: Option<&str>) -> Check {
    let title = ["Đồng hồ", "Clock"];
    let server = date.and_then(|d| rfc2822::parse(d).ok()).map(|z| z.timestamp());
    match server {
        None => Check::new("clock", title, false, "?".to_owned()),
        Some(server) => {
            let apart = Timestamp::now().as_second() - server.as_second();
            Check::new("clock", title, apart.abs() <= CLOCK_SLACK, format!("{apart:+} s"))
        }
    }
}

/// The server says its version in `/health`; the same major and minor numbers speak one language.
fn version(health: &[u8]) -> Check {
    let title = ["Phiên bản", "Version"];
    let ours = env!("CARGO_PKG_VERSION");
    let said: Option<serde_json::Value> = serde_json::from_slice(health).ok();
    let theirs = said.as_ref().and_then(|v| v.get("version")).and_then(|v| v.as_str());
    let series = |v: &str| v.rsplit_once('.').map(|(series, _)| series.to_owned());
    match theirs {
        Some(theirs) => {
            let ok = series(theirs) == series(ours);
            Check::new("version", title, ok, format!("ntm {ours}, ntm-server {theirs}"))
        }
        None => Check::new("version", title, false, format!("ntm {ours}, ntm-server ?")),
    }
}

#[cfg(unix)]
fn credentials_file() -> Check {
    use std::os::unix::fs::PermissionsExt;
    let title = ["Tệp đăng nhập", "Credentials"];
    match credentials::default_path().map(|path| (std::fs::metadata(&path), path)) {
        Err(error) => Check::new("credentials", title, false, error.to_string()),
        Ok((Err(_), path)) => Check::new("credentials", title, true, path.display().to_string()),
        Ok((Ok(meta), path)) => {
            let mode = meta.permissions().mode() & 0o777;
            let detail = format!("{} ({mode:o})", path.display());
            Check::new("credentials", title, mode & 0o077 == 0, detail)
        }
    }
}

#[cfg(not(unix))]
fn credentials_file() -> Check {
    let title = ["Tệp đăng nhập", "Credentials"];
    match credentials::default_path() {
        Ok(path) => Check::new("credentials", title, true, path.display().to_string()),
        Err(error) => Check::new("credentials", title, false, error.to_string()),
    }
}
