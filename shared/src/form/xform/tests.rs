use std::collections::BTreeMap;

use crate::answers::Tree;
use crate::expr::Expr;
use crate::form::{
    Choices, DataType, Entity, External, Field, FieldType, Form, Media, Rule, Words,
};

const BASE: &str = r"
| survey |
| | type | name | label | calculation | constraint_message | constraint | appearance |
| | text | a | Câu a | | | | |
| | text | b | Câu b | | Sai | . != 'x' | quick |
| | begin repeat | r | Lặp | | | | |
| | text | c | Câu c | | | | |
| | calculate | k | | 1 + 1 | | | |
| | begin repeat | s | Trong | | | | |
| | text | d | Câu d | | | | |
| | end repeat | | | | | | |
| | begin group | g | Nhóm | | | | |
| | text | f | Câu f | | | | |
| | end group | | | | | | |
| | end repeat | | | | | | |
| | select_one l | e | Câu e | | | | |
| choices |
| | list_name | name | label |
| | l | x | Một |
| | l | y | Hai |
| settings |
| | form_id | version |
| | f | 1 |
";

struct Made(Form);

impl Made {
    fn new() -> Made {
        Made(Form::read_markdown(BASE).unwrap())
    }

    fn place(&self, name: &str) -> usize {
        self.0.fields.iter().position(|f| f.name == name).unwrap()
    }

    fn field(&mut self, name: &str) -> &mut Field {
        let i = self.place(name);
        &mut self.0.fields[i]
    }

    fn kind(mut self, name: &str, kind: FieldType, parameters: &[(&str, &str)]) -> Made {
        let field = self.field(name);
        field.data = kind.data();
        field.kind = kind;
        let own = |(k, v): &(&str, &str)| ((*k).to_owned(), (*v).to_owned());
        field.parameters = parameters.iter().map(own).collect();
        self
    }

    /// The document, checked to be well formed and written the same twice.
    #[track_caller]
    fn has(&self, parts: &[&str]) -> String {
        let xform = self.0.to_xform();
        for part in parts {
            assert!(xform.contains(part), "{part} is missing from\n{xform}");
        }
        Tree::read(xform.as_bytes()).unwrap();
        assert_eq!(xform, self.0.to_xform());
        xform
    }
}

fn rule(source: &str) -> Option<Box<Rule>> {
    Some(Box::new(Rule { source: source.to_owned(), expr: Expr::parse(source).unwrap() }))
}

fn words(text: &str) -> Words {
    Words(vec![text.to_owned()])
}

fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
    of.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
}

#[test]
fn every_type_has_its_control_and_binding() {
    use FieldType::*;
    for (kind, control, bind) in [
        (Integer, "<input ref", "type=\"int\""),
        (Decimal, "<input ref", "type=\"decimal\""),
        (Date, "<input ref", "type=\"date\""),
        (Time, "<input ref", "type=\"time\""),
        (DateTime, "<input ref", "type=\"dateTime\""),
        (Barcode, "<input ref", "type=\"barcode\""),
        (Geopoint, "<input ref", "type=\"geopoint\""),
        (Geotrace, "<input ref", "type=\"geotrace\""),
        (Geoshape, "<input ref", "type=\"geoshape\""),
        (Acknowledge, "<trigger ref", "type=\"string\""),
        (Note, "<input ref", "type=\"string\" readonly=\"true()\""),
        (Range, "<range ref", "type=\"int\""),
        (Rank(Box::new(Choices::list("l"))), "<odk:rank ref", "type=\"odk:rank\""),
        (SelectMultiple(Box::new(Choices::list("l"))), "<select ref", "type=\"string\""),
        (Image, "<upload ref=\"/data/a\" mediatype=\"image/*\"", "type=\"binary\""),
        (Audio, "<upload ref=\"/data/a\" mediatype=\"audio/*\"", "type=\"binary\""),
        (Video, "<upload ref=\"/data/a\" mediatype=\"video/*\"", "type=\"binary\""),
        (File, "<upload ref=\"/data/a\" mediatype=\"application/*\"", "type=\"binary\""),
    ] {
        let control = if control.contains('=') {
            control.to_owned()
        } else {
            format!("{control}=\"/data/a\"")
        };
        let bind = format!("<bind nodeset=\"/data/a\" {bind}/>");
        Made::new().kind("a", kind, &[]).has(&[&control, &bind]);
    }
    for (kind, preload, what) in [
        (Start, "timestamp", "start"),
        (End, "timestamp", "end"),
        (Today, "date", "today"),
        (DeviceId, "property", "deviceid"),
        (Username, "property", "username"),
        (PhoneNumber, "property", "phonenumber"),
        (Email, "property", "email"),
    ] {
        let part = format!(" jr:preload=\"{preload}\" jr:preloadParams=\"{what}\"/>");
        let xform = Made::new().kind("a", kind, &[]).has(&[&part]);
        assert!(!xform.contains("ref=\"/data/a\""), "{xform}");
    }
}

#[test]
fn parameters_stand_where_phones_look_for_them() {
    use FieldType::*;
    let range = [("start", "0"), ("step", "0.5"), ("tick_interval", "1"), ("tick_labelset", "l")];
    Made::new().kind("a", Range, &range).has(&[
        "<range ref=\"/data/a\" start=\"0\" end=\"10\" step=\"0.5\" odk:tick-interval=\"1\">",
        "<itemset nodeset=\"instance('l')/root/item\">",
    ]);
    Made::new().kind("a", Image, &[("max-pixels", "800"), ("app", "vn.a")]).has(&[
        "<upload ref=\"/data/a\" mediatype=\"image/*\" intent=\"vn.a\">",
        "type=\"binary\" orx:max-pixels=\"800\"/>",
    ]);
    Made::new().kind("a", Audio, &[("quality", "low")]).has(&["odk:quality=\"low\"/>"]);
    let sharp =
        [("capture-accuracy", "5"), ("warning-accuracy", "50"), ("allow-mock-accuracy", "true")];
    Made::new().kind("a", Geopoint, &sharp).has(&[
        "<input ref=\"/data/a\" accuracyThreshold=\"5\" unacceptableAccuracyThreshold=\"50\">",
        "odk:allow-mock-accuracy=\"true\"/>",
    ]);
    Made::new().kind("a", Text, &[("rows", "5")]).has(&["<input ref=\"/data/a\" rows=\"5\">"]);
    let xform = Made::new().kind("a", BackgroundAudio, &[("quality", "low")]).has(&[
        "<odk:recordaudio ref=\"/data/a\" event=\"odk-instance-load\" odk:quality=\"low\"/>",
        "<bind nodeset=\"/data/a\" type=\"binary\"/>",
    ]);
    assert!(!xform.contains("<input ref=\"/data/a\""));
    Made::new()
        .kind("a", StartGeopoint, &[])
        .has(&["<odk:setgeopoint ref=\"/data/a\" event=\"odk-instance-first-load\"/>"]);
}

#[test]
fn defaults_and_triggers_are_actions() {
    let mut made = Made::new();
    made.field("a").dynamic_default = rule("1 + 1");
    made.field("c").dynamic_default = rule("../k");
    made.field("d").dynamic_default = rule("2");
    made.field("f").dynamic_default = rule("3");
    let (a, b) = (made.place("a"), made.place("b"));
    made.field("k").triggers = vec![a, b];
    let xform = made.has(&[
        "<setvalue ref=\"/data/a\" event=\"odk-instance-first-load\" value=\"1 + 1\"/>",
        "<setvalue ref=\"/data/r/c\" event=\"odk-instance-first-load\" value=\"../k\"/>",
        "<bind nodeset=\"/data/r/k\" type=\"string\"/>",
    ]);
    let body = &xform[xform.find("<h:body>").unwrap()..];
    let place = |part: &str| body.find(part).unwrap_or_else(|| panic!("{part}: {body}"));
    let changed = "<setvalue ref=\"/data/r/k\" event=\"xforms-value-changed\" value=\"1 + 1\"/>";
    assert_eq!(body.matches(changed).count(), 2);
    assert!(place("<input ref=\"/data/a\">") < place(changed));
    let new = |path: &str| place(&format!("<setvalue ref=\"{path}\" event=\"odk-new-repeat\""));
    // What repeats within has its own.
    assert!(new("/data/r/s/d") < place("</repeat>") && place("</repeat>") < new("/data/r/c"));
    assert!(new("/data/r/c") < new("/data/r/g/f"));
    assert!(!body.contains("ref=\"/data/a\" event=\"odk-new-repeat\""));
}

#[test]
fn a_repeat_within_a_repeat_has_one_template_and_one_instance() {
    let xform = Made::new().0.to_xform();
    assert_eq!(xform.matches("<r jr:template=\"\">").count(), 1);
    assert_eq!(xform.matches("<s jr:template=\"\">").count(), 1);
    assert_eq!((xform.matches("<r>").count(), xform.matches("<s>").count()), (1, 1));
    Tree::read(xform.as_bytes()).unwrap();
}

#[test]
fn texts_have_forms_media_and_outputs() {
    let mut made = Made::new();
    let media = [("image", "a & b.png"), ("audio", "a.mp3"), ("smell", "x")];
    let media: Media = media.into_iter().map(|(k, f)| (k.to_owned(), words(f))).collect();
    made.field("a").media = media;
    made.field("a").hint = words("Gợi ý <1>");
    made.field("a").guidance = words("Chỉ dẫn ${b}");
    made.field("e").label = words(
        "${b} & <output value=\"count(/data/r) &lt; 2\"/> <output> <output value='x'></output>",
    );
    made.0.lists[0].choices[0].label = words("Như ${a}");
    made.has(&[
        "<text id=\"/data/a:label\"><value>Câu a</value><value form=\"audio\">jr://audio/a.mp3\
         </value><value form=\"image\">jr://images/a &amp; b.png</value></text>",
        "<value>Gợi ý &lt;1&gt;</value><value form=\"guidance\">Chỉ dẫn <output value=\"/data/b\"/>",
        "<value><output value=\"/data/b\"/> &amp; <output value=\"count(/data/r) &lt; 2\"/> \
         &lt;output&gt; <output value=\"x\"/></value>",
        "<text id=\"l-0\"><value>Như <output value=\"/data/a\"/></value></text>",
        "<itextId>l-1</itextId>",
    ]);
    // Without any of it, labels stand in the list, where expressions find them.
    let xform = Made::new().has(&["<name>x</name>\n            <label>Một</label>"]);
    assert!(!xform.contains("itextId") && xform.contains("<label ref=\"label\"/>"));
}

#[test]
fn choices_come_from_everywhere() {
    let select = |choices: Choices| FieldType::SelectOne(Box::new(choices));
    let file = Choices { value: "id".into(), label: "title".into(), ..Choices::file("s.geojson") };
    Made::new().kind("e", select(file), &[]).has(&[
        "<instance id=\"s\" src=\"jr://file/s.geojson\"/>",
        "<value ref=\"id\"/>",
        "<label ref=\"title\"/>",
    ]);
    let mixed = Choices { randomize: true, ..Choices::list("l") };
    let mut made = Made::new().kind("e", select(mixed), &[]);
    made.has(&["<itemset nodeset=\"randomize(instance('l')/root/item)\">"]);
    made.field("e").seed = rule(" /data/a ");
    made.has(&["<itemset nodeset=\"randomize(instance('l')/root/item, /data/a)\">"]);
    let repeat = Choices { value: "c".into(), label: "c".into(), ..Choices::list("") };
    let mut made = Made::new().kind("e", select(repeat), &[]);
    made.field("e").choice_rows = rule("/data/r[./c != '']");
    made.has(&["<itemset nodeset=\"/data/r[./c != '']\">", "<value ref=\"c\"/>"]);
    let external = |id: &str, file: &str| External { id: id.into(), file: file.into() };
    made.0.externals =
        vec![external("__last-saved", ""), external("z", "z.xml"), external("c", "c.csv")];
    made.has(&["<instance id=\"__last-saved\" src=\"jr://instance/last-saved\"/>\n      \
         <instance id=\"c\" src=\"jr://file-csv/c.csv\"/>\n      \
         <instance id=\"z\" src=\"jr://file/z.xml\"/>"]);
}

#[test]
fn entities_follow_the_specification() {
    let mut made = Made::new();
    let entity = Entity {
        list: "homes".into(),
        label: rule("/data/a"),
        id: None,
        create_if: None,
        update_if: None,
    };
    // As a reader lays it out: meta/entity with its label.
    let (meta, at) = (made.place("meta"), made.0.fields.len());
    for (i, (name, parent)) in [("entity", meta), ("label", at)].into_iter().enumerate() {
        let mut field = made.0.fields[made.place("instanceID")].clone();
        field.kind = if i == 0 { FieldType::Entity } else { FieldType::Calculate };
        field.path = format!("{}/{name}", made.0.fields[parent].path);
        (field.name, field.parent) = (name.to_owned(), Some(parent));
        made.0.fields.push(field);
        made.0.fields[parent].children.push(at + i);
    }
    made.field("a").save_to = Some("head".into());
    made.0.entity = Some(entity.clone());
    let xform = made.has(&[
        "xmlns:entities=\"http://www.opendatakit.org/xforms/entities\"",
        "entities:entities-version=\"2024.1.0\"",
        "<entity dataset=\"homes\" create=\"1\" id=\"\">",
        "type=\"string\" entities:saveto=\"head\"/>",
        "<bind nodeset=\"/data/orx:meta/entity/@id\" type=\"string\" readonly=\"true()\"/>",
        "<setvalue ref=\"/data/orx:meta/entity/@id\" event=\"odk-instance-first-load\" value=\"uuid()\"/>",
        "<bind nodeset=\"/data/orx:meta/entity/label\" type=\"string\" calculate=\"/data/a\"/>",
    ]);
    assert!(!xform.contains("update="));
    made.0.entity = Some(Entity {
        id: rule(" /data/b "),
        create_if: rule("/data/b = ''"),
        update_if: rule("/data/b != ''"),
        ..entity
    });
    let xform = made.has(&[
        "<entity dataset=\"homes\" create=\"1\" update=\"1\" baseVersion=\"\" trunkVersion=\"\" branchId=\"\" id=\"\">",
        "entity/@create\" type=\"string\" readonly=\"true()\" calculate=\"/data/b = ''\"/>",
        "entity/@update\" type=\"string\" readonly=\"true()\" calculate=\"/data/b != ''\"/>",
        "calculate=\"instance('homes')/root/item[name= /data/b ]/__trunkVersion\"/>",
        "entity/@id\" type=\"string\" readonly=\"true()\" calculate=\"/data/b\"/>",
    ]);
    assert!(!xform.contains("uuid()"));
}

#[test]
fn what_authors_add_cannot_break_the_document() {
    let mut made = Made::new();
    made.0.settings.namespaces =
        pairs(&[("esri", "http://e\"sri"), ("1x", "u"), ("jr", "mine"), ("xmlns", "u")]);
    made.0.settings.attributes = pairs(&[("esri:s", "<a>"), ("id", "other"), ("no such", "x")]);
    made.field("a").attributes.bind =
        pairs(&[("esri:len", "5"), ("gone:x", "1"), ("type", "int"), ("a b", "c"), ("a\"b", "c")]);
    made.field("a").attributes.instance = pairs(&[("esri:t", "a\nb\tc\u{1}"), ("xmlns", "x")]);
    made.field("a").attributes.body = pairs(&[("autoplay", "audio"), ("a><b", "")]);
    made.0.lists[0].choices[0].others =
        BTreeMap::from([("tên".into(), "a".into()), ("a b".into(), "c".into())]);
    let xform = made.has(&[
        " xmlns:esri=\"http://e&quot;sri\">",
        "<data esri:s=\"&lt;a&gt;\" id=\"f\" version=\"1\">",
        "<bind nodeset=\"/data/a\" type=\"int\" esri:len=\"5\"/>",
        "<a esri:t=\"a&#10;b&#9;c\"/>",
        "<input ref=\"/data/a\" autoplay=\"audio\">",
        "<tên>a</tên>",
    ]);
    for part in ["gone", "no such", "a b", "1x", "mine", "a><b", "xmlns=\"x\""] {
        assert!(!xform.contains(part), "{part} in\n{xform}");
    }
}

#[test]
fn settings_reach_the_phone() {
    let mut made = Made::new();
    made.has(&["<h:body>", "<model odk:xforms-version=\"1.0.0\">\n      <itext>"]);
    let settings = &mut made.0.settings;
    settings.submission_url = "https://a.vn/?x=1&y=2".into();
    settings.public_key = "MII".into();
    settings.auto_send = "true".into();
    settings.auto_delete = "false".into();
    settings.style = "pages".into();
    made.has(&[
        "<submission action=\"https://a.vn/?x=1&amp;y=2\" method=\"post\" base64RsaPublicKey=\"MII\" \
         orx:auto-send=\"true\" orx:auto-delete=\"false\"/>",
        "<h:body class=\"pages\">",
    ]);
    made.field("instanceID").kind = FieldType::InstanceName;
    made.field("a").data = DataType::Boolean;
    made.has(&[
        "type=\"boolean\"",
        "<bind nodeset=\"/data/orx:meta/orx:instanceID\" type=\"string\"/>",
    ]);
}
