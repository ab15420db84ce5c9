//! What a phone fetches of a list that changed: after every change, by whatever way, it has the bytes
//! that the whole list would have had.

use std::collections::BTreeMap;
use std::path::Path;

use ntm_shared::api::phone::{KnownList, ListChanges, OfferedFile, Pull};
use ntm_shared::blocks::{Part, blocks, joined};
use serde_json::json;

use crate::harness::{Api, NAM_CHAY, Phone, Roster, TA_PHOI, TestServer, md5, round, sha256, uuid};

/// A phone, as far as lists go.
struct Lists {
    api: Api,
    /// The same at the door that gives whole files.
    whole: Phone,
    kept: BTreeMap<String, String>,
    /// Lines that came as new.
    fetched: usize,
}

impl Lists {
    /// Brings every list up to date by its changes, and holds it against the whole list.
    fn pull(&mut self) {
        let pull: Pull = self.api.get("/phone/pull").expect(200).json();
        let form = pull.forms.iter().find(|form| form.id == "household");
        let Some(form) = form else { return };
        for OfferedFile { name, md5: hash } in &form.files {
            let base = format!("/forms/{}/{}/media/{name}", form.id, form.version);
            let whole = String::from_utf8(self.whole.get(&base).expect(200).body).expect("text");
            let older = self.kept.get(name).cloned().unwrap_or_default();
            let own = blocks(&older);
            let known = KnownList {
                form: form.id.clone(),
                version: form.version.clone(),
                name: name.clone(),
                blocks: own.iter().map(|block| block.hash).collect(),
            };
            let said: ListChanges = self.api.post("/phone/changes", &known).expect(200).json();
            let list = joined(&own, &said.parts).expect("blocks that are there");
            assert_eq!(sha256(list.as_bytes()), said.sha256);
            assert_eq!(&md5(list.as_bytes()), hash);
            assert_eq!(list, whole, "{name}");
            let new = said.parts.iter().map(|part| match part {
                Part::New(text) => text.lines().count(),
                Part::Kept(_) => 0,
            });
            self.fetched += new.sum::<usize>();
            self.kept.insert(name.clone(), list);
        }
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a copy");
        }
    }
}

#[test]
fn after_every_change_a_phone_has_the_bytes_of_the_whole_list() {
    let mut server = TestServer::start();
    let mut roster = Roster::small();
    for village in 3..=12 {
        for household in 1..=40 {
            roster.add(TA_PHOI.0, village, household);
        }
    }
    server.import(&roster);
    server.open_round(&round());
    let made = server.new_collector(&[TA_PHOI.0]);
    let id = made.collector.id.clone();
    let token = made.token.expect("a token");
    let mut kept = BTreeMap::new();
    let mut random = 20_241_015_u64;
    let mut next = move |below: usize| {
        random =
            random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(random >> 33).expect("31 bits") % below
    };
    let saved = tempfile::tempdir().expect("a folder");
    let (mut fetched, mut lines) = (0, 0);
    let village = |row: &[String; 7]| {
        format!("{}.{}", if row[0] == TA_PHOI.0 { TA_PHOI.1 } else { NAM_CHAY.1 }, row[1])
    };
    for turn in 0..40 {
        match next(6) {
            // Heads renamed, with all that stands in a CSV; households of a round are not removed.
            0..=2 => {
                let mut some = Roster::default();
                for _ in 0..=next(5) {
                    let mut row = roster.rows[next(roster.rows.len())].clone();
                    row[4] =
                        ["Lù Thị \"Mẩy\"", "Vàng, Páo", "Ma Seo 𒂰", "Tẩn Láo Tả"][next(4)].into();
                    row[4].push_str(&format!(" {turn}"));
                    some.rows.push(row);
                }
                some.rows.sort();
                some.rows.dedup_by(|a, b| a[..4] == b[..4]);
                server.import(&some);
            }
            // Other villages, another commune, none of the old ones.
            3 => {
                let all = (1..=12).map(|n| format!("{}.{n:02}", TA_PHOI.1));
                let all = all.chain([format!("{}.01", NAM_CHAY.1)]);
                let mut areas: Vec<String> = all.filter(|_| next(4) > 0).collect();
                if areas.is_empty() {
                    areas.push(format!("{}.02", NAM_CHAY.1));
                }
                let areas = json!({ "areas": { id.as_str(): areas } });
                server.admin.post("/collectors/areas", &areas).expect(204);
            }
            // A household is erased.
            4 => {
                let row = &roster.rows[next(roster.rows.len())];
                let household = format!("{}.{}", village(row), row[3]);
                let new =
                    json!({ "id": uuid(), "household": household, "reason": "chủ hộ yêu cầu" });
                let _ = server.admin.post("/erasures", &new).status;
            }
            // The server goes back to an earlier state, or one is put by.
            _ => {
                server.stop();
                let folder = saved.path().join("data");
                if folder.exists() && next(2) == 0 {
                    std::fs::remove_dir_all(server.data()).expect("removed");
                    copy(&folder, server.data());
                } else {
                    let _ = std::fs::remove_dir_all(&folder);
                    copy(server.data(), &folder);
                }
                server.restart();
            }
        }
        let api = server.nobody().with_token(&token);
        let whole = Phone::new(&format!("{}/key/{token}", server.url()));
        let mut phone = Lists { api, whole, kept: std::mem::take(&mut kept), fetched: 0 };
        phone.pull();
        (fetched, kept) = (fetched + phone.fetched, phone.kept);
        lines += kept.values().map(|list| list.lines().count()).sum::<usize>();
    }
    println!("40 pulls: {fetched} lines fetched of {lines}");
    // Many at once, of few households: far more than a day brings.
    assert!(lines > 4_000 && fetched * 2 < lines, "{fetched} of {lines}");
}
