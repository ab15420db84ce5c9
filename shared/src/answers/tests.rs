use proptest::prelude::*;

use super::*;

const SAMPLE: &str = "<?xml version='1.0' encoding='UTF-8'?>\n\
<household id=\"household\" version=\"2024100100\" xmlns:orx=\"http://openrosa.org/xforms\">\n\
  <members><member><name>Giàng A &amp; Páo</name></member><member><name>L&#253;</name></member></members>\n\
  <note><![CDATA[a < b]]></note>\n\
  <orx:meta><orx:instanceID>uuid:1</orx:instanceID></orx:meta>\n\
</household>";

#[test]
fn reads_names_texts_and_ids() {
    let tree = Tree::read(SAMPLE.as_bytes()).unwrap();
    assert_eq!(tree.form_id(), Some("household"));
    assert_eq!(tree.version(), Some("2024100100"));
    assert_eq!(tree.instance_id(), Some("uuid:1"));
    assert_eq!(tree.deprecated_id(), None);
    let names = tree.find_all("/household/members/member/name");
    assert_eq!(names.iter().map(|n| tree.text(*n)).collect::<Vec<_>>(), ["Giàng A & Páo", "Lý"]);
    assert_eq!(tree.path(names[1]), "/household/members/member[2]/name");
    assert_eq!(tree.find("members/member[2]/name"), Some(names[1]));
    assert_eq!(tree.text(tree.find("note").unwrap()), "a < b");
    assert_eq!(tree.text(tree.root()), "");
    assert!(tree.find("/other/note").is_none());
}

#[test]
fn text_is_composed_for_evaluation() {
    let decomposed: String =
        unicode_normalization::UnicodeNormalization::nfd("<a>Tả Phời</a>").collect();
    let tree = Tree::read(decomposed.as_bytes()).unwrap();
    assert_eq!(tree.text(tree.root()), "Tả Phời");
}

fn fault(xml: &str) -> XmlFault {
    Tree::read(xml.as_bytes()).unwrap_err()
}

#[test]
fn refuses_what_cannot_be_read_faithfully() {
    assert!(matches!(
        fault("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"),
        XmlFault::Doctype { line: 1 }
    ));
    assert!(matches!(fault("<a>&b;</a>"), XmlFault::Entity { .. }));
    assert!(matches!(fault("<a b='&c;'/>"), XmlFault::Entity { .. }));
    assert!(matches!(fault("<a>\n<b>\n"), XmlFault::Truncated { line: 3 }));
    assert!(matches!(fault("<a><b"), XmlFault::Truncated { .. }));
    assert!(matches!(fault(""), XmlFault::Truncated { .. }));
    assert!(matches!(fault("<a></b>"), XmlFault::Malformed { .. }));
    assert!(matches!(fault("<a/><a/>"), XmlFault::Malformed { .. }));
    assert!(matches!(fault("<a/>tail"), XmlFault::Malformed { .. }));
    assert!(matches!(fault("<a b='1' b='2'/>"), XmlFault::Malformed { .. }));
    assert!(matches!(fault("<a>\u{1}</a>"), XmlFault::ControlCharacter { .. }));
    assert!(matches!(
        fault("<a>&#0;</a>"),
        XmlFault::Entity { .. } | XmlFault::ControlCharacter { .. }
    ));
    assert!(matches!(
        fault("<?xml version='1.0' encoding='latin1'?><a/>"),
        XmlFault::Encoding { .. }
    ));
    assert!(matches!(Tree::read(b"<a>\xff</a>").unwrap_err(), XmlFault::Encoding { line: 1 }));
}

#[test]
fn hostile_sizes_are_answered_with_a_fault() {
    assert!(matches!(fault(&"<a>".repeat(1_000_000)), XmlFault::TooDeep { .. }));
    let many: String = (0..100_000).map(|i| format!(" a{i}=''")).collect();
    assert!(matches!(fault(&format!("<a{many}/>")), XmlFault::TooManyAttributes { .. }));
    assert!(matches!(
        fault(&format!("<a>{}</a>", "<b/>".repeat(200_000))),
        XmlFault::TooManyNodes { .. }
    ));
    assert_eq!(fault(&" ".repeat(MAX_BYTES + 1)), XmlFault::TooLarge);
    let references = format!("<a>{}</a>", "&amp;".repeat(1_000_000));
    assert_eq!(Tree::read(references.as_bytes()).unwrap().text(NodeId(0)).len(), 1_000_000);
    assert!(matches!(fault("<a>\u{ffff}</a>"), XmlFault::ControlCharacter { line: 1 }));
    let long = format!("<a>{}</a>", "x".repeat(8_000_000));
    assert_eq!(Tree::read(long.as_bytes()).unwrap().text(NodeId(0)).len(), 8_000_000);
}

proptest! {
    #[test]
    fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = Tree::read(&bytes);
    }

    #[test]
    fn never_panics_on_markup(parts in proptest::collection::vec(
        prop_oneof![Just("<a>"), Just("</a>"), Just("<!--"), Just("-->"), Just("<![CDATA["), Just("]]>"),
            Just("&amp;"), Just("&#x1;"), Just("<b c='d'/>"), Just("<?xml"), Just("?>"), Just("<"), Just(" "),
            Just("\u{301}"), Just("<!DOCTYPE"), Just("é")], 0..40)) {
        let _ = Tree::read(parts.concat().as_bytes());
    }
}
