//! Forms: published once, then never changed.

mod commands;
mod held;
mod publishing;

use ntm_shared::api::form::FormVersion;
use reqwest::Method;

use crate::harness::xml::Element;
use crate::harness::{NAM_CHAY, Roster, TestServer, md5, round, store};

const SMALL: &str = "| survey |
| | type | name | label::Tiếng Việt (vi) | label::English (en) | required | relevant | constraint | calculation |
| | today | today | | | | | | |
| | select_one yes_no | water | Có nước sạch? | Clean water? | yes | | | |
| | integer | people | Số người | People | yes | ${water} = 'yes' | . > 0 and . < 40 | |
| | calculate | litres | | | | | | ${people} * 60 |
| | image | photo | Ảnh | Photo | | | | |

| choices |
| | list_name | name | label::Tiếng Việt (vi) | label::English (en) |
| | yes_no | yes | Có | Yes |
| | yes_no | no | Không | No |

| settings |
| | form_title | form_id | version | default_language |
| | Nước & sạch | nuoc | 1 | Tiếng Việt (vi) |
";

fn publish(server: &TestServer, source: &str, status: u16) -> crate::harness::Answer {
    server.admin.post_text("/forms", "text/markdown", source).expect(status)
}

#[test]
fn publishing_again_is_harmless_and_other_content_needs_another_version() {
    let server = TestServer::start();
    let first: FormVersion = publish(&server, SMALL, 201).json();
    let before = store::census(server.data());
    let again: FormVersion = publish(&server, SMALL, 200).json();
    assert_eq!(again, first);
    assert_eq!(store::census(server.data()), before);
    // Spelt with decomposed letters it is the same form.
    publish(&server, &SMALL.replace('ố', "o\u{302}\u{301}"), 200);

    let changed = SMALL.replace("Số người", "Số khẩu");
    publish(&server, &changed, 409).problem("conflict");
    assert_eq!(store::census(server.data()), before);
    let second: FormVersion = publish(&server, &changed.replace("| 1 |", "| 2 |"), 201).json();
    assert_ne!(second.hash, first.hash);
    let all: Vec<FormVersion> = server.admin.all("/forms");
    let own: Vec<(&str, bool)> =
        all.iter().filter(|f| f.id == "nuoc").map(|f| (f.version.as_str(), f.current)).collect();
    assert_eq!(own, [("1", false), ("2", true)]);
}

#[test]
fn built_in_forms_are_there_from_the_first_start_and_published_once() {
    let mut server = TestServer::start();
    let first: Vec<FormVersion> = server.admin.all("/forms");
    let ids: Vec<&str> = first.iter().map(|form| form.id.as_str()).collect();
    assert_eq!(ids, ["commune_report", "household", "visit"]);
    assert!(first.iter().all(|form| form.current));
    server.restart();
    assert_eq!(server.admin.all::<FormVersion>("/forms"), first);
}

#[test]
fn published_bytes_are_stable_and_phones_poll_for_nothing() {
    let mut server = TestServer::start();
    server.import(&Roster::small());
    publish(&server, SMALL, 201);
    let forms = vec!["household".to_owned(), "nuoc".to_owned()];
    server.open_round(&ntm_shared::api::round::NewRound { forms, ..round() });
    let made = server.new_collector(&[NAM_CHAY.0]);
    let token = made.token.unwrap();
    let phone =
        |server: &TestServer| crate::harness::Phone::new(&format!("{}/key/{token}", server.url()));
    let (xform, files) = phone(&server).fetch(&phone(&server).form("nuoc"));
    assert_eq!(files.len(), 0);
    insta::assert_snapshot!("small_form", String::from_utf8(xform.clone()).unwrap());

    let address = "/forms/nuoc/1/form.xml";
    let tag = phone(&server).get(address).expect(200).header("etag").to_owned();
    assert_eq!(tag, format!("\"{}\"", md5(&xform)));
    for known in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".into()] {
        let answer = phone(&server)
            .request(Method::GET, address)
            .header("If-None-Match", known)
            .send()
            .unwrap();
        assert_eq!((answer.status().as_u16(), answer.content_length()), (304, Some(0)));
    }
    server.restart();
    assert_eq!(phone(&server).get(address).expect(200).body, xform);
    let (household, _) = phone(&server).fetch(&phone(&server).form("household"));
    let title = Element::read(&household);
    assert_eq!(title.at("head/title"), "Phiếu khảo sát hộ gia đình");
}
