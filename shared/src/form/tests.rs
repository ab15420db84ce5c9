use jiff::civil::date;

use super::fill::{FillFault, Filling, Meta};
use super::*;
use crate::answers::Tree;
use crate::expr::{Kind, Table};

/// A form small enough to read, with everything in it that forms here use.
pub(crate) const SAMPLE: &str = r"
# a comment
| survey |
| | type | name | label::Tiếng Việt (vi) | label::English (en) | required | relevant | constraint | constraint_message::Tiếng Việt (vi) | constraint_message::English (en) | calculation | choice_filter | parameters | default |
| | start | start | | | | | | | | | | | |
| | today | today | | | | | | | | | | | |
| | select_one_from_file villages.csv | village | Thôn | Village | yes | | | | | | | | |
| | select_one_from_file households.csv | household_id | Hộ | Household | yes | | | | | | village = ${village} | | |
| | calculate | head | | | | | | | | instance('households')/root/item[name = ${household_id}]/head | | | |
| | select_one yes_no | consent | Đồng ý? | Consent? | yes | | | | | | | | |
| | begin group | people | Người trong hộ | People | | ${consent} = 'yes' | | | | | | | |
| | begin repeat | person | Thành viên | Person | | | | | | | | | |
| | text | name | Tên | Name | yes | | | | | | | | |
| | date | born | Ngày sinh | Born | | | . <= ${today} | Không được sau hôm nay | Not after today | | | | |
| | calculate | age | | | | | | | | if(${born} != '', int((${today} - ${born}) div 365.25), '') | | | |
| | select_multiple work | work | Việc | Work | | ${age} >= 15 | count-selected(.) <= 1 or not(selected(., 'none')) | | | | | | |
| | end repeat | | | | | | | | | | | | |
| | calculate | persons | | | | | | | | count(${person}) | | | |
| | calculate | adults | | | | | | | | count(/survey/people/person[age >= 15]) | | | |
| | end group | | | | | | | | | | | | |
| | decimal | area | Diện tích | Area | | ${adults} > 0 | . > 0 | | | | | | |
| | calculate | per_person | | | | | | | | round(${area} div ${persons}, 2) | | | |
| | note | result | ${head}: ${per_person} m² \| người | ${head}: ${per_person} m² | | ${per_person} != '' | | | | | | | |
| | image | photo | Ảnh | Photo | | | | | | | | max-pixels=1600 | |
| | hidden | source | | | | | | | | | | | phone |
| choices |
| | list_name | name | label::Tiếng Việt (vi) | label::English (en) |
| | yes_no | yes | Có | Yes |
| | yes_no | no | Không | No |
| | work | farm | Làm ruộng | Farming |
| | work | wage | Làm thuê | Wage work |
| | work | none | Không | None |
| settings |
| | form_title | form_id | version | default_language | name |
| | Phiếu thử | trial | 7 | Tiếng Việt (vi) | survey |
";

pub(crate) fn sample() -> Form {
    Form::read_markdown(SAMPLE).unwrap()
}

pub(crate) fn media() -> Instances {
    let mut media = Instances::new();
    media.insert("villages", Table::from_csv("name,label\nv1,Thôn 1\nv2,Thôn 2\n").unwrap());
    let households = "name,label,village,head\nh1,001,v1,Giàng A Páo\nh2,002,v2,Lý Thị Mẩy\n";
    media.insert("households", Table::from_csv(households).unwrap());
    media
}

pub(crate) fn filling(form: &Form) -> Filling<'_> {
    let now = date(2024, 10, 20).at(8, 30, 0, 0);
    let meta = Meta::new(now, "uuid:1", "phone-1");
    Filling::start(form, &media(), meta)
}

pub(crate) const COMPLETE: [(&str, &str); 11] = [
    ("village", "v1"),
    ("household_id", "h1"),
    ("consent", "yes"),
    ("person[1]/name", "Páo"),
    ("person[1]/born", "1984-10-21"),
    ("person[1]/work", "farm wage"),
    ("person[2]/name", "Mẩy"),
    ("person[2]/born", "2020-1-5"),
    ("area", "60.50"),
    ("photo", "nhà.jpg"),
    ("consent", "yes"),
];

pub(crate) fn complete(form: &Form) -> Filling<'_> {
    let mut filling = filling(form);
    for (path, value) in COMPLETE {
        filling.set(path, value).unwrap();
    }
    filling
}

#[test]
fn reads_and_types_a_form() {
    let form = sample();
    assert_eq!((form.id.as_str(), form.version.as_str()), ("trial", "7"));
    assert_eq!(form.media(), ["households.csv", "villages.csv"]);
    let age = form.field("/survey/people/person/age").unwrap();
    assert_eq!(age.value_kind, Kind::Number);
    let rule = form.field("/survey/people/person/work").unwrap().relevant.clone().unwrap();
    assert_eq!(rule.source.trim(), "../age  >= 15");
    let label = &form.field("/survey/result").unwrap().label;
    assert_eq!(label.get(0), "${head}: ${per_person} m² | người");
    assert_eq!(form.languages.text(label).en, "${head}: ${per_person} m²");
}

#[test]
fn builtin_forms_compile() {
    for source in [
        include_str!("../../data/forms/household.md"),
        include_str!("../../data/forms/commune_report.md"),
        include_str!("../../data/forms/visit.md"),
    ] {
        let form = Form::read_markdown(source).unwrap();
        assert_eq!(form.to_xform(), Form::read_markdown(source).unwrap().to_xform());
    }
}

#[test]
fn the_xform_has_what_phones_need() {
    let xform = sample().to_xform();
    for part in [
        "<translation lang=\"Tiếng Việt (vi)\" default=\"true()\">",
        "<instance id=\"households\" src=\"jr://file-csv/households.csv\"/>",
        "<itemset nodeset=\"instance('households')/root/item[village =  /survey/village ]\">",
        "jr:constraintMsg=\"jr:itext('/survey/people/person/born:jr:constraintMsg')\"",
        "<person jr:template=\"\">",
        "calculate=\"count( /survey/people/person )\"",
        "constraint=\". &lt;=  /survey/today\"",
        "<output value=\"/survey/head\"/>: <output value=\"/survey/per_person\"/> m² | người",
        "<bind nodeset=\"/survey/photo\" type=\"binary\" orx:max-pixels=\"1600\"/>",
        "<bind nodeset=\"/survey/orx:meta/orx:instanceID\" type=\"string\" readonly=\"true()\" jr:preload=\"uid\"/>",
        "<source>phone</source>",
    ] {
        assert!(xform.contains(part), "{part} is missing from\n{xform}");
    }
    assert!(Tree::read(xform.as_bytes()).is_ok());
}

fn faults(change: impl Fn(&str) -> String) -> Vec<(String, String)> {
    let faults = Form::read_markdown(&change(SAMPLE)).unwrap_err();
    faults.into_iter().map(|f| (f.column.clone(), f.to_string())).collect()
}

#[test]
fn faults_say_where_and_what_to_do() {
    let one = |from: &str, to: &str| {
        let found = faults(|s| s.replacen(from, to, 1));
        assert_eq!(found.len(), 1, "{found:?}");
        found[0].clone()
    };
    let (column, text) = one("${age} >= 15", "${agee} >= 15");
    assert_eq!(column, "relevant");
    assert_eq!(text, "survey, row 16, relevant: no field is called \"agee\"; check ${agee}");
    assert!(one("select_one yes_no", "select_one yes_nо").1.contains("no list"));
    assert!(one("/survey/people/person[", "/survey/peoples/person[").1.contains("/peoples/person"));
    assert!(one("| decimal |", "| decimel |").1.contains("decimel"));
    assert!(one("instance('households')", "instance('x')").1.contains("no table \"x\""));
    assert!(one("count(${person})", "count(${person}").1.contains("not complete"));
    assert!(one("round(${area} div ${persons}, 2)", "floor(${area})").1.contains("phones"));
    assert!(one("person[age >= 15]", "person[2]/age").1.contains("position()"));
    assert!(one("round(", "rounded(").1.contains("unknown function rounded()"));
    assert!(one("| source |", "| 1source |").1.contains("name"));
    assert!(one("max-pixels=1600", "max=1600").1.contains("\"max\""));
    assert!(one("yes_no | no |", "yes_no | yes |").1.contains("twice"));
    assert!(one("| | end group |", "# | end group |").1.contains("not closed"));
}

#[test]
fn unknown_columns_are_warnings() {
    let form = Form::read_markdown(&SAMPLE.replacen("required |", "requierd |", 1)).unwrap();
    let found = form.warnings.iter().find(|w| w.column == "requierd").unwrap().to_string();
    assert!(found.contains("did you mean \"required\""), "{found}");
}

#[test]
fn circles_are_faults() {
    let found = faults(|s| s.replacen("${consent} = 'yes'", "${adults} > 0", 1));
    assert!(found[0].1.contains("in a circle: adults, "), "{found:?}");
    let found = faults(|s| s.replacen("round(${area}", "round(${per_person}", 1));
    assert!(found[0].1.contains("per_person"), "{found:?}");
}

#[test]
fn names_resolve_as_pyxform_does() {
    let source = r"
| survey |
| | type | name | label | calculation | relevant | choice_filter |
| | begin group | g | G | | | |
| | begin repeat | rep | R | | | |
| | integer | a | A | | | |
| | begin group | gg | GG | | | |
| | integer | b | B | | | |
| | calculate | c1 | | count(${rep}) | | |
| | calculate | c2 | | sum(${a}) | | |
| | calculate | c3 | | indexed-repeat(${a}, ${rep}, position(../..)) | | |
| | calculate | c4 | | instance('x')/root/item[name = ${b}]/label | | |
| | calculate | c6 | | ${gg} | | |
| | select_one_from_file x.csv | s | S | | | village = ${a} and z=${top} |
| | begin repeat | inner | R | | | |
| | integer | d | A | | ${a} > 3 and ${b} > 2 | |
| | calculate | e1 | | sum(${d}) + count(${inner}) | | |
| | end repeat | | | | | |
| | end group | | | | | |
| | end repeat | | | | | |
| | end group | | | | | |
| | integer | top | Top | | | |
| | calculate | c9 | | sum(${d}) + count(${inner}) + count(${rep}) | | |
| settings |
| | form_id | version |
| | f | 1 |
";
    let form = Form::read_markdown(source).unwrap();
    let calculation = |path: &str| form.field(path).unwrap().calculation.clone().unwrap().source;
    // Taken from what pyxform 4.5.0 writes for the same form.
    assert_eq!(calculation("/data/g/rep/gg/c1"), "count( /data/g/rep )");
    assert_eq!(calculation("/data/g/rep/gg/c2"), "sum( ../../a )");
    assert_eq!(
        calculation("/data/g/rep/gg/c3"),
        "indexed-repeat( /data/g/rep/a ,  /data/g/rep , position(../..))"
    );
    assert_eq!(
        calculation("/data/g/rep/gg/c4"),
        "instance('x')/root/item[name =  current()/../b ]/label"
    );
    assert_eq!(calculation("/data/g/rep/gg/c6"), " ../../gg ");
    assert_eq!(calculation("/data/g/rep/gg/inner/e1"), "sum( ../d ) + count( ../../inner )");
    assert_eq!(
        calculation("/data/c9"),
        "sum( /data/g/rep/gg/inner/d ) + count( /data/g/rep/gg/inner ) + count( /data/g/rep )"
    );
    let d = form.field("/data/g/rep/gg/inner/d").unwrap().relevant.clone().unwrap();
    assert_eq!(d.source, " ../../../a  > 3 and  ../../b  > 2");
    let s = form.field("/data/g/rep/gg/s").unwrap().choice_rows.clone().unwrap();
    assert_eq!(
        s.source,
        "instance('x')/root/item[village =  current()/../../a  and z= /data/top ]"
    );
}

#[test]
fn filling_follows_every_answer() {
    let form = sample();
    let filling = complete(&form);
    assert_eq!(filling.value("head").unwrap(), "Giàng A Páo");
    assert_eq!(filling.value("person[1]/age").unwrap(), "39");
    assert_eq!(filling.value("person[2]/age").unwrap(), "4");
    assert_eq!(filling.value("adults").unwrap(), "1");
    assert_eq!(filling.value("per_person").unwrap(), "30.25");
    assert!(filling.relevant("person[1]/work") && !filling.relevant("person[2]/work"));
    assert_eq!(
        filling.finish().unwrap(),
        "<?xml version='1.0' encoding='UTF-8' ?><survey id=\"trial\" version=\"7\" \
         xmlns:orx=\"http://openrosa.org/xforms\" \
         xmlns:odk=\"http://www.opendatakit.org/xforms\" \
         xmlns:h=\"http://www.w3.org/1999/xhtml\" xmlns:jr=\"http://openrosa.org/javarosa\" \
         xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\"><start>2024-10-20T08:30:00.000+07:00</start>\
         <today>2024-10-20</today><village>v1</village><household_id>h1</household_id>\
         <head>Giàng A Páo</head><consent>yes</consent><people><person><name>Páo</name>\
         <born>1984-10-21</born><age>39</age><work>farm wage</work></person><person>\
         <name>Mẩy</name><born>2020-01-05</born><age>4</age></person><persons>2</persons>\
         <adults>1</adults></people><area>60.5</area><per_person>30.25</per_person><result />\
         <photo>nhà.jpg</photo><source>phone</source><orx:meta>\
         <orx:instanceID>uuid:1</orx:instanceID></orx:meta></survey>"
    );
}

#[test]
fn filling_refuses_what_a_phone_refuses() {
    let form = sample();
    let mut filling = filling(&form);
    assert!(matches!(filling.set("area", "5"), Err(FillFault::Irrelevant(_))));
    assert!(matches!(filling.set("person[1]/name", "A"), Err(FillFault::Irrelevant(_))));
    filling.set("village", "v1").unwrap();
    assert!(matches!(filling.set("household_id", "h2"), Err(FillFault::Choice(_))));
    assert!(matches!(filling.set("consent", "maybe"), Err(FillFault::Choice(_))));
    assert!(matches!(filling.set("consent", ""), Err(FillFault::Required { .. })));
    assert!(matches!(filling.set("head", "A"), Err(FillFault::Unknown(_))));
    assert!(matches!(filling.set("result", "A"), Err(FillFault::Irrelevant(_))));
    assert!(matches!(filling.set("nothing", "A"), Err(FillFault::Unknown(_))));
    filling.set("consent", "yes").unwrap();
    assert!(matches!(filling.set("person[3]/name", "A"), Err(FillFault::Place(_))));
    assert!(matches!(filling.set("born", "20.10.2024"), Err(FillFault::Type(_))));
    match filling.set("born", "2024-10-21") {
        Err(FillFault::Constraint { message, .. }) => {
            assert_eq!(message.vi, "Không được sau hôm nay");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(filling.value("born").unwrap(), "");
    filling.set("born", "2000-01-01").unwrap();
    assert!(matches!(filling.set("work", "farm none"), Err(FillFault::Constraint { .. })));
    let findings = filling.finish().unwrap_err();
    let found: Vec<_> =
        findings.iter().map(|f| (f.code.as_str(), f.field.as_deref().unwrap())).collect();
    assert_eq!(
        found,
        [("required", "/survey/household_id"), ("required", "/survey/people/person[1]/name")]
    );
}

#[test]
fn hidden_answers_do_not_count_but_come_back() {
    let form = sample();
    let mut filling = complete(&form);
    filling.set("consent", "no").unwrap();
    assert_eq!(filling.value("persons").unwrap(), "0");
    assert!(!filling.relevant("area"));
    filling.set("consent", "yes").unwrap();
    assert_eq!(filling.value("persons").unwrap(), "2");
    assert_eq!(filling.value("per_person").unwrap(), "30.25");
    filling.set("consent", "no").unwrap();
    let tree = Tree::read(filling.finish().unwrap().as_bytes()).unwrap();
    assert!(tree.find("people").is_none() && tree.find("area").is_none());
}

#[test]
fn counted_repeats_grow() {
    let source = r"
| survey |
| | type | name | label | repeat_count | calculation |
| | integer | n | N | | |
| | begin repeat | r | R | ${n} | |
| | calculate | i | | | position(..) |
| | end repeat | | | | |
| settings |
| | form_id | version |
| | f | 1 |
";
    let form = Form::read_markdown(source).unwrap();
    let mut filling = filling(&form);
    filling.set("n", "3").unwrap();
    assert_eq!(filling.value("r[3]/i").unwrap(), "3");
    assert!(filling.value("r[4]/i").is_none());
}

#[test]
fn attachments_are_found_once_in_order() {
    let form = sample();
    let tree = Tree::read(complete(&form).finish().unwrap().as_bytes()).unwrap();
    assert_eq!(form.attachments_named(&tree), ["nhà.jpg"]);
}
