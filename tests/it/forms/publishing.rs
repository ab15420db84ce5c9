//! Publishing from every format, and what is refused because of data collected already.

use ntm_shared::api::form::{FormVersion, Published};
use ntm_shared::api::round::NewRound;
use ntm_shared::form::sheet::read_markdown;
use ntm_shared::form::{Effect, Together};
use rusqlite::Connection;

use super::{SMALL, publish};
use crate::harness::{NAM_CHAY, Phone, Roster, TestServer, md5, round, store, uuid};

/// The small form in another version, changed in one place.
fn version(number: u32, what: &str, with: &str) -> String {
    assert!(SMALL.contains(what), "{what}");
    SMALL.replace("| nuoc | 1 |", &format!("| nuoc | {number} |")).replace(what, with)
}

/// A phone that gets the small form and the household form.
fn phone(server: &TestServer) -> Phone {
    server.import(&Roster::small());
    let forms = vec!["household".to_owned(), "nuoc".to_owned()];
    server.open_round(&NewRound { forms, ..round() });
    server.collector(&[NAM_CHAY.0])
}

fn answers(version: u32) -> Vec<u8> {
    format!(
        "<data id=\"nuoc\" version=\"{version}\"><today>2024-10-15</today><water>yes</water>\
         <people>3</people><litres>180</litres><meta><instanceID>uuid:{}</instanceID></meta></data>",
        uuid()
    )
    .into_bytes()
}

#[test]
fn a_spreadsheet_and_its_markdown_are_one_form() {
    let server = TestServer::start();
    let sheets = read_markdown(SMALL);
    let book = ntm_spreadsheet::write(&sheets).expect("a spreadsheet");
    let sent = |body: &[u8]| server.admin.post_text("/forms", ntm_spreadsheet::MEDIA_TYPE, body);
    let first: FormVersion = sent(&book).expect(201).json();
    let before = store::census(server.data());
    assert_eq!(publish(&server, SMALL, 200).json::<FormVersion>(), first);
    sent(&book).expect(200);
    assert_eq!(store::census(server.data()), before);
    // What is kept are the sheets, and they give the same form.
    let source = server.admin.get("/forms/nuoc/1/source").expect(200);
    assert_eq!(source.header("content-type"), "text/markdown; charset=utf-8");
    let cells = |source: &str| -> Vec<Vec<Vec<String>>> {
        let sheets = read_markdown(source);
        sheets.into_iter().map(|s| s.rows.into_iter().map(|r| r.cells).collect()).collect()
    };
    let trimmed = |mut sheets: Vec<Vec<Vec<String>>>| {
        for cells in sheets.iter_mut().flatten() {
            while cells.last().is_some_and(String::is_empty) {
                cells.pop();
            }
        }
        sheets
    };
    assert_eq!(trimmed(cells(&source.text())), trimmed(cells(SMALL)));
    let xform = server.admin.get("/forms/nuoc/1/xform").expect(200).body;
    assert_eq!(first.hash, format!("md5:{}", md5(&xform)));
    server.admin.get("/forms/nuoc/2/source").expect(404).problem("unknown_form");

    // A fault is named by the row of the spreadsheet, not by a line of the Markdown.
    let mut wrong = sheets;
    wrong[0].rows[3].cells[0] = "dropdown".into();
    let book = ntm_spreadsheet::write(&wrong).expect("a spreadsheet");
    let places = sent(&book).expect(422).problem("bad_form").places;
    assert_eq!(places[0].line, Some(4), "{places:?}");
}

#[test]
fn an_xform_made_elsewhere_reaches_phones_byte_for_byte() {
    let server = TestServer::start();
    publish(&server, SMALL, 201);
    let ours = server.admin.get("/forms/nuoc/1/xform").expect(200).text();
    let theirs = ours.replace("version=\"1\"", "version=\"2\"").replacen(
        "<model",
        "<!-- made by hand -->\n   <model",
        1,
    );
    assert_ne!(theirs, ours.replace("version=\"1\"", "version=\"2\""));
    let sent = |status| {
        server.admin.post_text("/forms", "application/xml", theirs.as_str()).expect(status)
    };
    let published: FormVersion = sent(201).json();
    assert_eq!((published.id.as_str(), published.version.as_str()), ("nuoc", "2"));
    sent(200);
    let phone = phone(&server);
    let (xform, _) = phone.fetch(&phone.form("nuoc"));
    assert_eq!(String::from_utf8(xform).unwrap(), theirs);
    let source = server.admin.get("/forms/nuoc/2/source").expect(200);
    assert_eq!(source.header("content-type"), "application/xml; charset=utf-8");
    assert_eq!(source.text(), theirs);
    // The server understands it: it judges what was filled with it.
    phone.send(&answers(2), &[]).unwrap().expect(201);
}

#[test]
fn a_version_that_breaks_collected_data_is_refused_unless_forced() {
    let server = TestServer::start();
    publish(&server, SMALL, 201);
    let photo = "| | image | photo | Ảnh | Photo | | | | |\n";
    // Nothing was collected: nothing breaks.
    publish(&server, &version(2, photo, ""), 201);
    let phone = phone(&server);
    phone.send(&answers(1), &[]).unwrap().expect(201);

    // Version 2 has no data, version 1 has: that is the one to hold against.
    let breaking = version(3, "integer | people", "text | people");
    let before = store::census(server.data());
    let refused = publish(&server, &breaking, 409).problem("breaks_data");
    assert!(refused.detail.contains("phiên bản 1"), "{refused:?}");
    assert_eq!(refused.places.len(), 1, "{refused:?}");
    let place = &refused.places[0];
    assert_eq!((place.code.as_str(), place.field.as_deref()), ("type", Some("/data/people")));
    let dry = |query: &str, source: &str| {
        server.admin.post_text(&format!("/forms?check=true{query}"), "text/markdown", source)
    };
    dry("", &breaking).expect(409).problem("breaks_data");
    let shown: Published = dry("&force=true", &breaking).expect(200).json();
    assert_eq!((shown.together, shown.form.published_at.as_str()), (Some(Together::No), ""));
    assert_eq!(store::census(server.data()), before);

    let blanks = version(3, photo, "");
    let added = version(3, photo, &format!("{photo}| | text | more | Thêm | More | | | | |\n"));
    dry("", &blanks).expect(409).problem("breaks_data");
    let fine: Published = publish(&server, &added, 201).json();
    assert_eq!(fine.compared_with.as_deref(), Some("1"));
    assert_eq!((fine.together, fine.changes.len()), (Some(Together::YesWithBlanks), 1));
    assert_eq!(fine.changes[0].effect, Effect::Blanks);

    let breaking = breaking.replace("| nuoc | 3 |", "| nuoc | 4 |");
    publish(&server, &breaking, 409);
    let forced = server.admin.post_text("/forms?force=true", "text/markdown", breaking.as_str());
    let forced: Published = forced.expect(201).json();
    assert_eq!((forced.together, forced.form.current), (Some(Together::No), true));
    // Repeating is harmless, forced or not.
    assert_eq!(publish(&server, &breaking, 200).json::<FormVersion>(), forced.form);
    let events: Vec<String> = store::rows(
        &store::open(server.data()),
        "SELECT data FROM event WHERE verb = 'form.publish' AND subject = 'nuoc' ORDER BY seq",
        |row| row.get(0),
    );
    let said: Vec<serde_json::Value> =
        events.iter().map(|data| serde_json::from_str(data).unwrap()).collect();
    assert_eq!(said.len(), 4);
    assert!(said[..3].iter().all(|data| data.get("forced").is_none()), "{said:?}");
    assert_eq!(said[3]["forced"], serde_json::json!({ "compared_with": "1", "breaking": 1 }));
}

/// A newer program may render the same source to other bytes. What was published stays, and the
/// forms that ship with the program are no conflict when it starts.
#[test]
fn what_an_older_program_rendered_is_still_served_and_is_still_the_same_form() {
    let mut server = TestServer::start();
    publish(&server, SMALL, 201);
    server.stop();
    let db = Connection::open(server.data().join("data.db")).expect("the database");
    // As an older program would have rendered them: other bytes of the same meaning.
    let older =
        db.execute("UPDATE form SET xform = CAST(xform || '\n' AS BLOB), md5 = 'older'", []);
    assert_eq!(older.expect("forms"), 4);
    drop(db);
    server.restart();
    let all: Vec<FormVersion> = server.admin.all("/forms");
    assert!(all.len() == 4 && all.iter().all(|form| form.hash == "md5:older"), "{all:?}");
    publish(&server, SMALL, 200);
    let served = server.admin.get("/forms/nuoc/1/xform").expect(200).body;
    assert_eq!(served.last(), Some(&b'\n'));
    publish(&server, &SMALL.replace("Số người", "Số khẩu"), 409).problem("conflict");
}
