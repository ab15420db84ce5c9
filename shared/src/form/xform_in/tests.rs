//! Whatever becomes of an XForm on its way, reading it does not panic; what is read is stable.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::form::Form;

const FORMS: [&str; 6] = [
    include_str!("../../../../tests/forms/xforms/actions.xml"),
    include_str!("../../../../tests/forms/xforms/inline.xml"),
    include_str!("../../../../tests/forms/xforms/lists.xml"),
    include_str!("../../../../tests/forms/xforms/relative.xml"),
    include_str!("../../../../tests/forms/xforms/herds.xml"),
    include_str!("../../../../tests/forms/xforms/types.xml"),
];

/// Where tags stand, from `<` to after `>`.
fn tags(xml: &str) -> Vec<(usize, usize)> {
    let starts = xml.match_indices('<').map(|(at, _)| at);
    starts.filter_map(|at| Some((at, at + xml[at..].find('>')? + 1))).collect()
}

/// Where attributes stand, from the blank before the name to after the closing quote.
fn attributes(xml: &str) -> Vec<(usize, usize)> {
    let found = xml.match_indices("=\"").filter_map(|(at, _)| {
        let from = xml[..at].rfind(char::is_whitespace)?;
        Some((from, at + 2 + xml[at + 2..].find('"')? + 1))
    });
    found.collect()
}

fn pick(places: &[(usize, usize)], n: usize) -> Option<(usize, usize)> {
    places.get(n.checked_rem(places.len())?).copied()
}

/// One change: something of tags or attributes dropped, doubled or put in another's place.
fn mutate(xml: &str, kind: u8, n: usize, m: usize) -> String {
    let places = if kind.is_multiple_of(2) { tags(xml) } else { attributes(xml) };
    let (Some(a), Some(b)) = (pick(&places, n), pick(&places, m)) else { return xml.to_owned() };
    let (before, here, after) = (&xml[..a.0], &xml[a.0..a.1], &xml[a.1..]);
    match kind / 2 {
        0 => format!("{before}{after}"),
        1 => format!("{before}{here}{here}{after}"),
        2 => format!("{before}{}{after}", &xml[b.0..b.1]),
        3 => {
            // The value of one attribute at another, names kept.
            let value = |p: (usize, usize)| xml[p.0..p.1].split_once("=\"").map(|v| v.1);
            match (here.split_once("=\""), value(b)) {
                (Some((name, _)), Some(value)) => format!("{before}{name}=\"{value}{after}"),
                _ => format!("{before}{after}"),
            }
        }
        _ => before.to_owned(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 3000,
        // The same cases every time.
        rng_seed: RngSeed::Fixed(3),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn mutated_forms_do_not_panic(
        form in 0..FORMS.len(),
        changes in proptest::collection::vec((0u8..10, any::<usize>(), any::<usize>()), 1..6),
    ) {
        let mut xml = FORMS[form].to_owned();
        for (kind, n, m) in changes {
            xml = mutate(&xml, kind, n, m);
        }
        match Form::read_xform(&xml) {
            Err(faults) => prop_assert!(!faults.is_empty()),
            Ok(form) => {
                let written = form.to_xform();
                let again = Form::read_xform(&written);
                prop_assert!(again.is_ok(), "{:?}\n{written}", again.err());
                let again = again.map(|f| f.to_xform()).unwrap_or_default();
                prop_assert_eq!(again, written);
                prop_assert!(!form.to_sheets().is_empty());
            }
        }
    }

    #[test]
    fn any_text_does_not_panic(text in "\\PC{0,200}", tail in any::<bool>()) {
        let whole = format!("<{text}");
        let _ = Form::read(&whole);
        let cut = FORMS[0].char_indices().nth(text.len() * 20).map_or(FORMS[0].len(), |c| c.0);
        let text = if tail { &FORMS[0][cut..] } else { &FORMS[0][..cut] };
        let _ = Form::read_xform(text);
    }
}

#[test]
fn a_source_is_an_xform_by_its_first_character() {
    assert!(Form::read("\u{feff}\n <a/>").is_err_and(|f| f[0].sheet == "xform"));
    assert!(Form::read("| survey |").is_err_and(|f| f[0].sheet != "xform"));
    assert!(Form::read(FORMS[1]).is_ok());
}

#[test]
fn a_message_that_shows_an_answer_is_not_quoted() {
    let xml = FORMS[1].replace("jr:requiredMsg=\"Ghi tên thôn.\"", "jr:requiredMsg=\"${x}\"");
    let form = Form::read_xform(&xml).unwrap();
    let village = form.field("/data/village").unwrap();
    assert!(village.required_message.exact(0).contains("<output value=\"concat('$', '{')\"/>"));
}

#[test]
fn what_is_not_kept_is_warned_of() {
    let has = |form: &Form, words: &str| form.warnings.iter().any(|w| w.message.en.contains(words));
    let whole = Form::read_xform(FORMS[4]).unwrap();
    let warned = |from: &str, to: &str, words: &str| {
        let all: String = FORMS[4].replace(from, to);
        assert_ne!(all, FORMS[4], "{from}");
        let form = Form::read_xform(&all).unwrap();
        assert!(has(&form, words) && !has(&whole, words), "{words}: {:?}", form.warnings);
    };
    warned(" version=\"3 (2024-10-01 08:00:00)\"", "", "no version");
    warned("<label>Người trong hộ</label>", "<label>N</label><trigger/>", "has no ref");
    warned(
        "<person>\n            <name/>",
        "<person/><person>\n            <name/>",
        "several instances",
    );
    warned(
        "<repeat nodeset=\"/aXq7/person\">",
        "<repeat nodeset=\"/aXq7/meta/instanceID\">",
        "nothing of the group meta",
    );
    warned("nodeset=\"/aXq7/last\"", "nodeset=\"/aXq7\"", "bind of the root");
    warned("<age/>", "<age>20</age>", "no jr:template");
    warned("nodeset=\"/aXq7/last\"", "nodeset=\"/aXq7/gone\"", "left out");
}

#[test]
fn attributes_of_a_repeat_are_those_of_its_instances() {
    let xml = FORMS[0].replace("<visit jr:template=\"\">", "<visit jr:template=\"\" a=\"1\">");
    let xml = xml.replace("<visit>", "<visit b=\"2\">");
    let form = Form::read_xform(&xml).unwrap();
    let attributes = &form.field("/data/visit").unwrap().attributes.instance;
    assert_eq!(*attributes, [("b".to_owned(), "2".to_owned())]);
    assert_eq!(Form::read_xform(&form.to_xform()).unwrap().to_xform(), form.to_xform());
}

#[test]
fn a_list_that_no_question_shows_keeps_its_texts() {
    let xml =
        FORMS[2].replace("nodeset=\"instance('communes')/root/item\"", "nodeset=\"../village\"");
    assert_ne!(xml, FORMS[2]);
    let once = Form::read_xform(&xml).unwrap().to_xform();
    assert_eq!(once.matches("<itextId>communes-0</itextId>").count(), 1);
    assert_eq!(Form::read_xform(&once).unwrap().to_xform(), once);
}
