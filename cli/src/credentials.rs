//! Where a signed-in person's session is kept between commands: one small file, readable by its
//! owner only. `NTM_TOKEN` in the environment wins over it and is never written down.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

/// The file's content.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// Address of the server last signed in to: the default when no `--server` is given.
    pub current: Option<String>,
    /// Sessions by server address.
    #[serde(default)]
    pub servers: BTreeMap<String, Entry>,
}

/// One session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Login name.
    pub name: String,
    /// Bearer token.
    pub token: String,
    /// RFC 3339 instant after which the server refuses the token.
    pub expires_at: String,
}

/// `$XDG_CONFIG_HOME/ntm/credentials.toml`, or `~/.config/ntm/credentials.toml`.
pub fn default_path() -> anyhow::Result<PathBuf> {
    let set = |name| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let config = set("XDG_CONFIG_HOME")
        .filter(|p| p.is_absolute())
        .or_else(|| set("HOME").or_else(|| set("USERPROFILE")).map(|home| home.join(".config")))
        .context("neither XDG_CONFIG_HOME nor HOME is set")?;
    Ok(config.join("ntm").join("credentials.toml"))
}

impl Credentials {
    /// Reads the file; empty when there is none.
    pub fn load(path: &Path) -> anyhow::Result<Credentials> {
        match fs::read_to_string(path) {
            Ok(text) => toml::from_str(&text).with_context(|| format!("{}", path.display())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Credentials::default()),
            Err(error) => Err(error).with_context(|| format!("{}", path.display())),
        }
    }

    /// Replaces the file in one step; readable and writable by its owner only.
    pub fn save(&self, path: &Path) -> anyhow::Result<()> {
        let folder = path.parent().context("the credentials file has no folder")?;
        fs::create_dir_all(folder).with_context(|| format!("{}", folder.display()))?;
        // The temporary file is made with mode 0600 and keeps it through the rename.
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        io::Write::write_all(&mut file, toml::to_string(self)?.as_bytes())?;
        file.persist(path).with_context(|| format!("{}", path.display()))?;
        Ok(())
    }

    /// The session for `server`, if there is one.
    pub fn entry(&self, server: &str) -> Option<&Entry> {
        self.servers.get(server)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Credentials {
        let entry = Entry {
            name: "quản trị".into(),
            token: "t0ken".into(),
            expires_at: "2026-01-01T00:00:00Z".into(),
        };
        let server = "http://127.0.0.1:8080".to_owned();
        Credentials { current: Some(server.clone()), servers: [(server, entry)].into() }
    }

    #[test]
    fn what_was_saved_is_read_back_and_a_missing_file_is_empty() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep").join("credentials.toml");
        assert_eq!(Credentials::load(&path).unwrap(), Credentials::default());
        sample().save(&path).unwrap();
        assert_eq!(Credentials::load(&path).unwrap(), sample());
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_can_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("credentials.toml");
        fs::write(&path, "").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        sample().save(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
