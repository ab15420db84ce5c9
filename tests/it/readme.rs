//! The README is true: its commands are commands, and its curl session works as printed.

use std::process::Command;

use clap::Parser;
use ntm_shared::api::round::NewRound;
use ntm_shared::api::submission::SubmissionRow;

use crate::harness::{Roster, TestServer, photo, root, round};

/// The shell blocks, lines joined where they end in a backslash.
fn blocks() -> Vec<String> {
    let readme = std::fs::read_to_string(root().join("README.md")).expect("the README");
    let blocks = readme.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next());
    blocks.map(|block| block.replace("\\\n", " ")).collect()
}

/// Words as a shell reads them, as far as the README goes: quotes, and comments after a space.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    let mut begun = false;
    for c in line.chars() {
        match (quote, c) {
            (None, '#') if !begun => break,
            (None, '"' | '\'') => (quote, begun) = (Some(c), true),
            (Some(open), c) if c == open => quote = None,
            (None, c) if c.is_whitespace() => {
                if begun {
                    words.push(std::mem::take(&mut word));
                }
                begun = false;
            }
            (_, c) => {
                word.push(c);
                begun = true;
            }
        }
    }
    if begun {
        words.push(word);
    }
    words
}

#[test]
fn every_ntm_command_of_the_readme_is_one() {
    let mut commands = 0;
    for line in
        blocks().iter().flat_map(|block| block.lines()).filter(|line| line.starts_with("ntm "))
    {
        commands += 1;
        if let Err(fault) = ntm_cli::args::Cli::try_parse_from(words(line)) {
            panic!("{line}\n{fault}");
        }
    }
    assert!(commands >= 15, "only {commands} commands found");
}

/// Sent twice, as the README says: 201 both times, one submission, four photos.
#[test]
fn the_curl_session_of_the_readme_works_as_printed() {
    let server = TestServer::start();
    let mut roster = Roster::default();
    roster.add("02776", 1, 1);
    server.import(&roster);
    server.open_round(&NewRound { id: "dot-1".into(), areas: vec!["02776".into()], ..round() });
    let made = server.new_collector(&["02776"]);
    let folder = tempfile::tempdir().expect("a folder");
    for n in 1..=4 {
        std::fs::write(folder.path().join(format!("{n}.jpg")), photo::jpeg(n)).expect("a photo");
    }
    let session = blocks().into_iter().find(|block| block.contains("xml_submission_file"));
    let session = format!("set -eu\n{}", session.expect("the session"));
    for _ in 0..2 {
        let ran = Command::new("bash")
            .args(["-c", &session])
            .env("ADDRESS", made.url.as_deref().expect("an address"))
            .current_dir(folder.path())
            .output()
            .expect("bash and curl");
        let said = String::from_utf8_lossy(&ran.stdout);
        assert!(ran.status.success(), "{said}\n{}", String::from_utf8_lossy(&ran.stderr));
        assert!(said.contains("204 No Content") && said.contains("201 Created"), "{said}");
    }
    let rows: ntm_shared::api::Page<SubmissionRow> =
        server.admin.get("/submissions").expect(200).json();
    let counts: Vec<_> =
        rows.items.iter().map(|r| (r.attachments_expected, r.attachments_present)).collect();
    assert_eq!(counts, [(4, 4)]);
}
