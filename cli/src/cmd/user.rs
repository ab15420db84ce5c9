//! Staff accounts.

use ntm_shared::{
    api::account::{NewUser, OneTimeLink, Role, User, UserScope},
    text::Lang,
};

use super::{Answer, Context, new_id, pick, unit_ids};
use crate::{
    args,
    print::{Around, Cell, Column, Tone},
};

/// `ntm user …`.
pub async fn run(command: args::User, cx: &Context<'_>) -> anyhow::Result<Answer> {
    let client = cx.client()?;
    match command {
        args::User::Add { name, role, mut areas, team, at } => {
            areas.extend(team.map(|team| format!("team:{team}")));
            let areas = unit_ids(&client, &areas, at).await?;
            let body = NewUser { id: new_id(), name, role: role.into(), areas };
            show_link(&client.post(&["users"], &body).await?, cx)?;
        }
        args::User::List => {
            let users: Vec<User> = client.all(&["users"], &[]).await?;
            cx.out.list(&users, &columns(cx.lang()), Around::default())?;
        }
        args::User::Set { user, role, mut areas, team, at } => {
            areas.extend(team.map(|team| format!("team:{team}")));
            let users: Vec<User> = client.all(&["users"], &[]).await?;
            let known = pick(&users, &user, |u| &u.id, |u| &u.name, "ntm user list")?;
            let areas = match areas.is_empty() {
                // Everywhere has no code: an administrator without areas is meant by it.
                true => known.areas.iter().filter(|area| *area != "*").cloned().collect(),
                false => unit_ids(&client, &areas, at).await?,
            };
            let scope = UserScope { role: role.map_or(known.role, Role::from), areas };
            let user: User = client.post(&["users", &known.id, "scope"], &scope).await?;
            cx.out.list(&[user], &columns(cx.lang()), Around::default())?;
        }
        args::User::Reset { user } => {
            let id = find(&client, &user).await?;
            let link = client.act(&["users", &id, "reset"]).await?;
            show_link(&link, cx)?;
        }
        args::User::Revoke { user } => {
            let id = find(&client, &user).await?;
            client.act_only(&["users", &id, "revoke"]).await?;
            cx.out.note(&tr!(cx.lang(), "Đã thu hồi tài khoản {}.", "Revoked {}.", user));
        }
    }
    Ok(Answer::Yes)
}

async fn find(client: &crate::client::Client, wanted: &str) -> anyhow::Result<String> {
    let users: Vec<User> = client.all(&["users"], &[]).await?;
    Ok(pick(&users, wanted, |u| &u.id, |u| &u.name, "ntm user list")?.id.clone())
}

fn show_link(link: &OneTimeLink, cx: &Context<'_>) -> anyhow::Result<()> {
    cx.out.value(link, &link.link)?;
    cx.out.note(&tr!(
        cx.lang(),
        "Gửi riêng liên kết này cho {}; dùng được một lần, hết hạn {}.",
        "Give this link to {} in private; it works once and ends {}.",
        link.name,
        Cell::When(link.expires_at.clone()).shown(cx.lang())
    ));
    cx.out.note(&format!("  ntm login {} --link '{}'", link.name, link.link));
    Ok(())
}

fn columns(lang: Lang) -> Vec<Column<User>> {
    vec![
        Column::new("name", "Tên", "Name", |u: &User| Cell::Text(u.name.clone())),
        Column::new("role", "Vai trò", "Role", |u: &User| {
            Cell::Word(role_word(u.role)[1], role_word(u.role), Tone::Plain)
        }),
        Column::new("areas", "Phạm vi", "Areas", move |u: &User| {
            Cell::Text(areas(u)[lang as usize].clone())
        }),
        Column::new("active", "Dùng được", "Active", |u: &User| Cell::yes_no(u.active)),
        Column::new("id", "Id", "Id", |u: &User| Cell::Id(u.id.clone())),
    ]
}

/// Where an account may work, in Vietnamese and English.
pub fn areas(user: &User) -> [String; 2] {
    // `*` is the server's word for everywhere.
    match user.areas.iter().all(|area| area == "*") {
        true => ["mọi đơn vị".to_owned(), "everywhere".to_owned()],
        false => [user.areas.join(" "), user.areas.join(" ")],
    }
}

/// A role in Vietnamese and English.
pub fn role_word(role: Role) -> [&'static str; 2] {
    match role {
        Role::Administrator => ["quản trị", "administrator"],
        Role::Province => ["tỉnh", "province"],
        Role::District => ["huyện", "district"],
        Role::Commune => ["xã", "commune"],
        Role::Team => ["tổ giúp đỡ", "helper team"],
        Role::Auditor => ["chỉ xem", "auditor"],
    }
}
