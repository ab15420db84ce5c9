//! Staff users, their areas, sessions and one-time links.

use ntm_shared::api::account::{Role, User};

use super::tx::{Row, StoreFault, Tx};

const USER: &str = "SELECT u.id, u.name, u.role, u.active, u.password_hash FROM user u";

/// A user with what only the server may see.
pub struct Stored {
    /// The user.
    pub user: User,
    /// PHC string; absent until a password was chosen.
    pub password_hash: Option<String>,
}

fn stored(tx: &dyn Tx, row: &Row) -> Result<Stored, StoreFault> {
    let id = row.text(0)?;
    let role = role(&row.text(2)?)?;
    let areas = areas(tx, &id)?;
    let user = User { id, name: row.text(1)?, role, areas, active: row.truth(3)? };
    Ok(Stored { user, password_hash: row.text_or_null(4)? })
}

fn role(text: &str) -> Result<Role, StoreFault> {
    serde_json::from_value(text.into()).map_err(|_| StoreFault::Unreadable("user.role".into()))
}

/// The user with this id.
///
/// # Errors
/// What the store says.
pub fn by_id(tx: &dyn Tx, id: &str) -> Result<Option<Stored>, StoreFault> {
    let row = tx.first(&format!("{USER} WHERE u.id = $1"), &[id.into()])?;
    row.map(|row| stored(tx, &row)).transpose()
}

/// The user with this login name (NFC, lower case).
///
/// # Errors
/// What the store says.
pub fn by_name(tx: &dyn Tx, name: &str) -> Result<Option<Stored>, StoreFault> {
    let row = tx.first(&format!("{USER} WHERE u.name = $1"), &[name.into()])?;
    row.map(|row| stored(tx, &row)).transpose()
}

/// The active user of a session that has not ended, and when it ends if it is not used.
///
/// # Errors
/// What the store says.
pub fn by_session(
    tx: &dyn Tx,
    token_hash: Vec<u8>,
    now: &str,
) -> Result<Option<(User, Option<String>)>, StoreFault> {
    let sql = "SELECT u.id, u.name, u.role, u.active, u.password_hash, s.idle_until
         FROM user u JOIN session s ON s.user = u.id
         WHERE s.token_hash = $1 AND s.expires_at > $2 AND u.active = 1
             AND (s.idle_until IS NULL OR s.idle_until > $2)";
    let row = tx.first(sql, &[token_hash.into(), now.into()])?;
    row.map(|row| Ok((stored(tx, &row)?.user, row.text_or_null(5)?))).transpose()
}

/// Moves the end of an idle session on.
///
/// # Errors
/// What the store says.
pub fn keep_alive(tx: &dyn Tx, hash: Vec<u8>, idle_until: &str) -> Result<(), StoreFault> {
    tx.execute(
        "UPDATE session SET idle_until = $1 WHERE token_hash = $2",
        &[idle_until.into(), hash.into()],
    )?;
    Ok(())
}

/// A page of the users whose areas all lie in `reader`'s, by name.
///
/// # Errors
/// What the store says.
pub fn list(tx: &dyn Tx, reader: &str, after: &str, limit: i64) -> Result<Vec<User>, StoreFault> {
    let sql = format!(
        "{USER} WHERE u.name > $2 AND NOT EXISTS (
             SELECT 1 FROM area a WHERE a.actor = u.id AND NOT EXISTS (
                 SELECT 1 FROM area s WHERE s.actor = $1 AND (s.unit = a.unit OR EXISTS (
                     SELECT 1 FROM unit_within w WHERE w.area = s.unit AND w.unit = a.unit))))
         ORDER BY u.name LIMIT $3"
    );
    let rows = tx.query(&sql, &[reader.into(), after.into(), limit.into()])?;
    rows.iter().map(|row| Ok(stored(tx, row)?.user)).collect()
}

/// True once an administrator has a password.
///
/// # Errors
/// What the store says.
pub fn has_administrator(tx: &dyn Tx) -> Result<bool, StoreFault> {
    let sql = "SELECT 1 FROM user
               WHERE role = 'administrator' AND active = 1 AND password_hash IS NOT NULL";
    Ok(tx.first(sql, &[])?.is_some())
}

/// Adds a user without a password.
///
/// # Errors
/// What the store says.
pub fn insert(tx: &dyn Tx, user: &User) -> Result<(), StoreFault> {
    let role = serde_json::to_value(user.role).unwrap_or_default();
    tx.execute(
        "INSERT INTO user (id, name, role, password_hash, active) VALUES ($1, $2, $3, NULL, $4)",
        &[
            (&user.id).into(),
            (&user.name).into(),
            role.as_str().unwrap_or_default().into(),
            user.active.into(),
        ],
    )?;
    set_areas(tx, &user.id, &user.areas)
}

/// Sets a password and makes the account active; every session ends.
///
/// # Errors
/// What the store says.
pub fn set_password(tx: &dyn Tx, user: &str, hash: &str) -> Result<(), StoreFault> {
    tx.execute(
        "UPDATE user SET password_hash = $1, active = 1 WHERE id = $2",
        &[hash.into(), user.into()],
    )?;
    end_sessions(tx, user)
}

/// Closes an account: no sessions, no links, no way in.
///
/// # Errors
/// What the store says.
pub fn close(tx: &dyn Tx, user: &str) -> Result<(), StoreFault> {
    tx.execute("UPDATE user SET active = 0, password_hash = NULL WHERE id = $1", &[user.into()])?;
    tx.execute("DELETE FROM link WHERE user = $1", &[user.into()])?;
    end_sessions(tx, user)
}

fn end_sessions(tx: &dyn Tx, user: &str) -> Result<(), StoreFault> {
    tx.execute("DELETE FROM session WHERE user = $1", &[user.into()])?;
    Ok(())
}

/// Opens a session; without `idle_until` it lasts to its end however little it is used.
///
/// # Errors
/// What the store says.
pub fn open_session(
    tx: &dyn Tx,
    hash: Vec<u8>,
    user: &str,
    expires: &str,
    idle_until: Option<String>,
) -> Result<(), StoreFault> {
    tx.execute(
        "INSERT INTO session (token_hash, user, expires_at, idle_until) VALUES ($1, $2, $3, $4)",
        &[hash.into(), user.into(), expires.into(), idle_until.into()],
    )?;
    Ok(())
}

/// Ends one session.
///
/// # Errors
/// What the store says.
pub fn end_session(tx: &dyn Tx, hash: Vec<u8>) -> Result<(), StoreFault> {
    tx.execute("DELETE FROM session WHERE token_hash = $1", &[hash.into()])?;
    Ok(())
}

/// Adds a one-time link; earlier ones of the same user stop working.
///
/// # Errors
/// What the store says.
pub fn add_link(tx: &dyn Tx, hash: Vec<u8>, user: &str, expires: &str) -> Result<(), StoreFault> {
    tx.execute("DELETE FROM link WHERE user = $1", &[user.into()])?;
    tx.execute(
        "INSERT INTO link (secret_hash, user, expires_at, used) VALUES ($1, $2, $3, 0)",
        &[hash.into(), user.into(), expires.into()],
    )?;
    Ok(())
}

/// Uses up a link; whose it was, if it was still good.
///
/// # Errors
/// What the store says.
pub fn use_link(tx: &dyn Tx, hash: Vec<u8>, now: &str) -> Result<Option<String>, StoreFault> {
    let row = tx.first(
        "UPDATE link SET used = 1 WHERE secret_hash = $1 AND used = 0 AND expires_at > $2 RETURNING user",
        &[hash.into(), now.into()],
    )?;
    row.map(|row| row.text(0)).transpose()
}

/// Forgets secrets that ran out before `now`, of each kind at most `limit`; how many.
///
/// # Errors
/// What the store says.
pub fn sweep(tx: &dyn Tx, now: &str, limit: i64) -> Result<u64, StoreFault> {
    let kinds = [("session", "token_hash"), ("link", "secret_hash"), ("enrolment", "secret_hash")];
    let mut swept = 0;
    for (table, key) in kinds {
        let sql = format!(
            "DELETE FROM {table} WHERE {key} IN (
                 SELECT {key} FROM {table} WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)"
        );
        swept += tx.execute(&sql, &[now.into(), limit.into()])?;
    }
    Ok(swept)
}

/// Sets what a user may do.
///
/// # Errors
/// What the store says.
pub fn set_role(tx: &dyn Tx, user: &str, role: Role) -> Result<(), StoreFault> {
    let role = serde_json::to_value(role).unwrap_or_default();
    let role = role.as_str().unwrap_or_default();
    tx.execute("UPDATE user SET role = $1 WHERE id = $2", &[role.into(), user.into()])?;
    Ok(())
}

/// The areas of a user or collector.
///
/// # Errors
/// What the store says.
pub fn areas(tx: &dyn Tx, actor: &str) -> Result<Vec<String>, StoreFault> {
    let rows = tx.query("SELECT unit FROM area WHERE actor = $1 ORDER BY unit", &[actor.into()])?;
    rows.iter().map(|row| row.text(0)).collect()
}

/// Sets the areas of a user or collector.
///
/// # Errors
/// What the store says.
pub fn set_areas(tx: &dyn Tx, actor: &str, units: &[String]) -> Result<(), StoreFault> {
    tx.execute("DELETE FROM area WHERE actor = $1", &[actor.into()])?;
    for unit in units {
        tx.execute(
            "INSERT INTO area (actor, unit) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            &[actor.into(), unit.into()],
        )?;
    }
    Ok(())
}
