//! A phone whose round wants a PIN, and one that is closed with forms waiting.

use ntm_shared::api::collector::CollectorToken;
use ntm_shared::api::phone::Pull;
use ntm_shared::api::round::{NewRound, Round};
use serde_json::{Value, json};

use super::{everything_once, link, photos, run, screens, the_file_of_a_phone_is_sent_elsewhere};
use crate::cli::signed_in;
use crate::harness::{NAM_CHAY, Roster, TA_PHOI, TestServer, round};

/// A server with households, and a round that wants a PIN or not.
fn server(pin: bool) -> TestServer {
    let server = TestServer::start();
    server.import(&Roster::small());
    server.open_round(&NewRound { pin, ..round() });
    server
}

/// A round that wants a PIN, opened while the collector is on the way.
fn later() -> NewRound {
    NewRound { id: "dot-2".into(), pin: true, ..round() }
}

#[test]
fn phones_hear_that_an_open_round_of_theirs_wants_a_pin() {
    let server = server(false);
    let phone = |area| {
        let link = link(&server, area);
        let secret = link.split_once('#').unwrap().1;
        let made: CollectorToken =
            server.nobody().post("/enrolments", &json!({ "secret": secret })).expect(201).json();
        let token = made.token.unwrap();
        let pull: Pull = server.nobody().with_token(&token).get("/phone/pull").expect(200).json();
        (made.pin, pull.rounds.iter().map(|round| round.pin).collect::<Vec<_>>())
    };
    assert_eq!(phone(NAM_CHAY.0), (false, vec![false]));
    let cli = signed_in(&server);
    let open = "round open dot-2 --name X --from 2024-10-01 --to 2024-10-31 --area 02770 \
                --criteria lao-cai-2021-2025 --pin --json";
    let ran = cli.run(&open.split_whitespace().collect::<Vec<_>>()).expect(0);
    let opened: Round = serde_json::from_str(&ran.out).unwrap();
    assert!(opened.spec.pin);
    assert_eq!(phone(NAM_CHAY.0), (true, vec![true, false]));
    // Others go on as before, and nothing is said of it where it is not wanted.
    assert_eq!(phone(TA_PHOI.0), (false, vec![false]));
    cli.run(&["round", "close", "dot-2"]).expect(0);
    assert_eq!(phone(NAM_CHAY.0), (false, vec![false]));
}

#[test]
fn under_a_pin_nothing_personal_lies_open_on_the_phone() {
    let folder = tempfile::tempdir().unwrap();
    let photos = photos(folder.path(), 2, 1_000_000);
    for (width, height) in [(360, 640), (390, 844)] {
        let server = server(true);
        let day = run(
            "locked.js",
            &json!({
                "server": server.url(), "link": link(&server, NAM_CHAY.0), "admin": server.admin.token(),
                "out": screens(), "width": width, "height": height, "photos": photos, "words": super::WORDS,
            }),
        );
        println!("{width}x{height}: {} {}", day["measured"], day["files_at_last"]);
        the_file_of_a_phone_is_sent_elsewhere(&day, 1);
        assert_eq!(day["files"], json!([]), "what can be read in the browser's files");
        assert_eq!(day["faults"], json!([]), "faults in the page");
        assert_eq!(day["axe"], json!([]), "what axe found");
        assert_eq!(everything_once(&server, &day["all"]).len(), 2);
    }
}

#[test]
fn what_lies_open_is_sealed_when_a_round_wants_it_even_if_the_phone_dies() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(false);
    let day = run(
        "locked.js",
        &json!({
            "server": server.url(), "link": link(&server, NAM_CHAY.0), "admin": server.admin.token(),
            "out": screens(), "width": 360, "height": 640, "photos": photos(folder.path(), 2, 1_000_000),
            "words": super::WORDS, "later": later(),
        }),
    );
    // docs/LOCK.md says what this shows.
    println!("{}", day["measured"]);
    assert_eq!(day["measured"]["left_after_clearing"], json!([]));
    assert_eq!(day["faults"], json!([]), "faults in the page");
    assert_eq!(everything_once(&server, &day["all"]).len(), 1);
}

#[test]
fn forms_that_wait_are_sent_when_the_app_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(false);
    let day = run(
        "closed.js",
        &json!({
            "server": server.url(), "link": link(&server, NAM_CHAY.0), "admin": server.admin.token(),
            "photos": photos(folder.path(), 4, 400_000), "later": later(),
        }),
    );
    println!(
        "{} bytes for {}, {} cuts; {}",
        day["sent_bytes"], day["payload"], day["cuts"], day["both"]
    );
    assert_eq!(day["faults"], json!([]), "faults in the page");
    assert_eq!(everything_once(&server, &day["all"]).len(), 3);
    let of = |what: &Value, name: &str| what[name].as_u64().unwrap();
    // Of both, one sent: a photo sent twice would be seen in the bytes.
    assert!(of(&day["both"], "sent") < of(&day["both"], "payload") * 13 / 10, "{}", day["both"]);
    assert_eq!(day["asked"], "send");
    assert_eq!(day["locked"]["rows"], 3, "sent without the key");
}
