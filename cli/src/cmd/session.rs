//! Signing in and out, and who one is.

use std::io::{BufRead, IsTerminal, Write};

use ntm_shared::{
    api::account::{NewPassword, NewSession, Session, User},
    text::Text,
};

use super::{Answer, Context};
use crate::{
    args::Login,
    client::Client,
    credentials::{self, Credentials, Entry},
    failure::Failure,
};

/// `ntm login`: opens a session and remembers it; with a link, chooses the password first.
pub async fn login(args: Login, cx: &Context<'_>) -> anyhow::Result<Answer> {
    let link = args.link.as_deref().map(parse_link).transpose()?;
    let server = match (&cx.global.server, &link) {
        (None, Some((server, _))) => server.clone(),
        _ => cx.server()?,
    };
    let client = Client::new(&server, None, cx.lang())?;
    if client.is_exposed() {
        cx.out.note(&tr!(
            cx.lang(),
            "Cảnh báo: {} không mã hóa; mật khẩu có thể bị đọc trên đường truyền.",
            "Warning: {} is not encrypted; the password can be read on the way.",
            server
        ));
    }
    let name = match args.name {
        Some(name) => name,
        None => ask(&tr!(cx.lang(), "Tên đăng nhập: ", "Name: "))?,
    };
    let name = ntm_shared::text::nfc(name.trim());
    let password = password(args.password_stdin, link.is_some(), cx)?;
    if let Some((_, secret)) = link {
        let body = NewPassword { secret, password: password.clone() };
        client.tell(&["password"], &body).await?;
    }
    let session: Session = client.post(&["sessions"], &NewSession { name, password }).await?;
    let path = credentials::default_path()?;
    let mut credentials = Credentials::load(&path)?;
    let entry = Entry {
        name: session.user.name.clone(),
        token: session.token,
        expires_at: session.expires_at,
    };
    credentials.servers.insert(client.server().to_owned(), entry);
    credentials.current = Some(client.server().to_owned());
    credentials.save(&path)?;
    cx.out.note(&tr!(
        cx.lang(),
        "Đã đăng nhập {} với tên {}. Xem các đợt: ntm round list",
        "Signed in to {} as {}. List the rounds: ntm round list",
        client.server(),
        session.user.name
    ));
    Ok(Answer::Yes)
}

/// `ntm logout`: forgets the session here even when the server cannot be told.
pub async fn logout(cx: &Context<'_>) -> anyhow::Result<Answer> {
    let client = cx.client()?;
    let path = credentials::default_path()?;
    let mut credentials = Credentials::load(&path)?;
    let known = credentials.servers.remove(client.server()).is_some();
    let told = if known { client.delete(&["sessions", "current"]).await } else { Ok(()) };
    if credentials.current.as_deref() == Some(client.server()) {
        credentials.current = None;
    }
    credentials.save(&path)?;
    if let Err(error) = told {
        // A session that has already ended is as good as closed.
        if error.downcast_ref::<Failure>().and_then(Failure::code) != Some("not_signed_in") {
            return Err(error);
        }
    }
    cx.out.note(&tr!(cx.lang(), "Đã đăng xuất.", "Signed out."));
    Ok(Answer::Yes)
}

/// `ntm whoami`: exit code 1 when nobody is signed in.
pub async fn whoami(cx: &Context<'_>) -> anyhow::Result<Answer> {
    let client = cx.client()?;
    match client.get::<User>(&["me"], &[]).await {
        Ok(user) => {
            let role = super::user::role_word(user.role)[cx.lang() as usize];
            let areas = super::user::areas(&user)[cx.lang() as usize].clone();
            let line = format!("{} · {role} · {areas} · {}", user.name, client.server());
            cx.out.value(&user, &line)?;
            Ok(Answer::Yes)
        }
        Err(error) => match error.downcast_ref::<Failure>() {
            Some(failure) if failure.code() == Some("not_signed_in") => {
                cx.out.note(&failure.lines(cx.lang()).join("\n"));
                cx.out.hint(&failure.hint(cx.lang()));
                Ok(Answer::No)
            }
            _ => Err(error),
        },
    }
}

/// The server and the secret of a one-time link, `{server}/setup#{secret}`.
fn parse_link(link: &str) -> anyhow::Result<(String, String)> {
    link.trim()
        .split_once("/setup#")
        .filter(|(server, secret)| !server.is_empty() && !secret.is_empty())
        .map(|(server, secret)| (server.to_owned(), secret.to_owned()))
        .ok_or_else(|| {
            Failure::local(
                Text::new("Liên kết không đúng dạng.", "That is not a one-time link."),
                Text::new(
                    "chép cả liên kết, trong dấu nháy: --link 'http://…/setup#…'",
                    "copy the whole link, in quotes: --link 'http://…/setup#…'",
                ),
            )
        })
}

fn password(from_stdin: bool, new: bool, cx: &Context<'_>) -> anyhow::Result<String> {
    if from_stdin {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line)?;
        return Ok(line.trim_end_matches(['\r', '\n']).to_owned());
    }
    if !std::io::stdin().is_terminal() {
        return Err(Failure::local(
            Text::new("Không có bàn phím để hỏi mật khẩu.", "No terminal to ask the password on."),
            Text::new("thêm --password-stdin", "add --password-stdin"),
        ));
    }
    let prompt = match new {
        true => tr!(cx.lang(), "Mật khẩu mới (ít nhất 12 ký tự): ", "New password (at least 12): "),
        false => tr!(cx.lang(), "Mật khẩu: ", "Password: "),
    };
    let first = rpassword::prompt_password(prompt)?;
    let again = |lang| tr!(lang, "Nhập lại mật khẩu: ", "Again: ");
    if new && rpassword::prompt_password(again(cx.lang()))? != first {
        return Err(Failure::local(
            Text::new("Hai lần nhập không giống nhau.", "The two entries differ."),
            Text::new(
                "chạy lại lệnh; liên kết vẫn dùng được",
                "run it again; the link still works",
            ),
        ));
    }
    Ok(first)
}

fn ask(prompt: &str) -> anyhow::Result<String> {
    let mut stderr = anstream::stderr();
    write!(stderr, "{prompt}")?;
    stderr.flush()?;
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_a_server_and_a_secret() {
        let (server, secret) = parse_link(" http://127.0.0.1:8080/setup#abc ").unwrap();
        assert_eq!((server.as_str(), secret.as_str()), ("http://127.0.0.1:8080", "abc"));
        assert!(parse_link("http://127.0.0.1:8080/").is_err());
    }
}
