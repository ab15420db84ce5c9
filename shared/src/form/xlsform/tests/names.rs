use super::*;

const NAMES: &str = "
| survey |
| | type | name | label | calculation | relevant | choice_filter | default |
| | integer | top | Top | | | | |
| | begin group | g | G | | | | |
| | begin repeat | rep | R | | | | |
| | integer | a | A | | | | |
| | calculate | in_predicate | | instance('l')/root/item[name = ${a} and x = ${top}]/label | | | |
| | calculate | twice | | instance('l')/root/item[name = ${a}]/x + ${a} | | | |
| | select_one l | pick | P | | | x = ${a} or x = ${top} | |
| | begin group | gg | GG | | ${a} > 1 | | |
| | calculate | up | | ${a} + ${top} + count(${rep}) | | | |
| | calculate | ix1 | | indexed-repeat(${a}, ${rep}, ${top}) | | | |
| | calculate | ix2 | | indexed-repeat(${a}, ${rep}, ${up}) + ${a} | | | |
| | begin repeat | inner | I | | | | |
| | integer | d | D | | | | ${a} + 1 |
| | calculate | last | | ${last-saved#d} | | | |
| | select_one ${a} | of_outer | S | | | | |
| | end repeat | | | | | | |
| | end group | | | | | | |
| | select_one ${d} | of_nested | S | | | | |
| | select_one ${a} | of_self | S | | | ${a} > ${top} | |
| | begin repeat | second | I | | | | |
| | calculate | across | | ${d} + ${up} | | | |
| | end repeat | | | | | | |
| | end repeat | | | | | | |
| | end group | | | | | | |
| | calculate | outside | | sum(${d}) + ${up} + count(${inner}) + ${gg} | | | |
| | select_one ${d} | out_pick | S | | | ${d} > 1 and ${a} = 2 and ${top} = 3 | |
| | calculate | id | | ${ instanceID } | | | |
| choices |
| | list_name | name | label | x |
| | l | 1 | One | 1 |";

#[test]
fn names_resolve_as_pyxform_does() {
    let form = form(NAMES);
    let calculation = |path: &str| field(&form, path).calculation.as_ref().unwrap().source.clone();
    for (path, expected) in [
        (
            "/data/g/rep/in_predicate",
            "instance('l')/root/item[name =  current()/../a  and x =  /data/top ]/label",
        ),
        ("/data/g/rep/twice", "instance('l')/root/item[name =  current()/../a ]/x +  ../a "),
        ("/data/g/rep/gg/up", " ../../a  +  /data/top  + count( /data/g/rep )"),
        ("/data/g/rep/gg/ix1", "indexed-repeat( /data/g/rep/a ,  /data/g/rep ,  /data/top )"),
        (
            "/data/g/rep/gg/ix2",
            "indexed-repeat( /data/g/rep/a ,  /data/g/rep ,  ../up ) +  ../../a ",
        ),
        ("/data/g/rep/gg/inner/last", " instance('__last-saved')/data/g/rep/gg/inner/d "),
        ("/data/g/rep/second/across", " ../../gg/inner/d  +  ../../gg/up "),
        (
            "/data/outside",
            "sum( /data/g/rep/gg/inner/d ) +  /data/g/rep/gg/up  + count( /data/g/rep/gg/inner ) \
             +  /data/g/rep/gg ",
        ),
        ("/data/id", " /data/meta/instanceID "),
    ] {
        assert_eq!(calculation(path), expected, "{path}");
    }
    let relevant = field(&form, "/data/g/rep/gg").relevant.as_ref().unwrap();
    assert_eq!(relevant.source, " ../a  > 1");
    let default = field(&form, "/data/g/rep/gg/inner/d").dynamic_default.as_ref().unwrap();
    assert_eq!(default.source, " ../../../a  + 1");
}

#[test]
fn choices_of_a_repeat_are_its_instances() {
    let form = form(NAMES);
    let rows = |path: &str| field(&form, path).choice_rows.as_ref().unwrap().source.clone();
    for (path, expected) in [
        ("/data/g/rep/pick", "instance('l')/root/item[x =  current()/../a  or x =  /data/top ]"),
        ("/data/g/rep/gg/inner/of_outer", "../../../../rep[./a != '']"),
        ("/data/g/rep/of_nested", "../gg/inner[./d != '']"),
        ("/data/g/rep/of_self", "../../rep[ ./a  >  /data/top ]"),
        (
            "/data/out_pick",
            "/data/g/rep/gg/inner[ ./d  > 1 and  /data/g/rep/a  = 2 and  /data/top  = 3]",
        ),
    ] {
        assert_eq!(rows(path), expected, "{path}");
    }
    let choices = field(&form, "/data/out_pick").kind.choices().unwrap();
    assert_eq!((choices.table.as_str(), choices.value.as_str()), ("", "d"));
    let found = fault("| survey |\n| | type | name | label |\n| | select_one ${no} | a | A |");
    assert!(found.contains("no field is called \"no\""), "{found}");
}

#[test]
fn the_submission_saved_last_is_a_file_of_its_own() {
    let form = form(NAMES);
    let external = form.externals.iter().find(|e| e.id == "__last-saved").unwrap();
    assert_eq!(external.file, "");
    assert!(form.media().is_empty());
}

#[test]
fn a_name_that_two_groups_use_cannot_be_referred_to() {
    let source = "| survey |
| | type | name | label | calculation |
| | begin group | g | G | |
| | text | a | A | |
| | end group | | | |
| | text | a | A | |
";
    assert!(form(source).warnings.iter().all(|w| w.column != "name"));
    let found = fault(&format!("{source}| | calculate | b | | ${{a}} |"));
    assert!(found.contains("several fields are called \"a\""), "{found}");
}

#[test]
fn a_forms_own_field_goes_before_those_of_meta() {
    let form = form(
        "| survey |\n| | type | name | label | calculation |\n| | text | audit | A | |\n| | calculate | b | | ${audit} |\n| | audit | | | |",
    );
    assert_eq!(field(&form, "/data/b").calculation.as_ref().unwrap().source, " /data/audit ");
}

#[test]
fn attributes_and_appearances_may_name_fields() {
    let form = form(
        "| survey |\n| | type | name | label | appearance | body::intent | bind::odk:x | instance::y |\n| | text | a | A | | | | |\n| | text | b | B | ex:app(id=${a}) | app(k=${a}) | ${a} | z |",
    );
    let b = field(&form, "/data/b");
    assert_eq!(b.appearance, "ex:app(id= /data/a )");
    assert_eq!(b.attributes.body, [("intent".to_owned(), "app(k= /data/a )".to_owned())]);
    assert_eq!(b.attributes.bind, [("odk:x".to_owned(), " /data/a ".to_owned())]);
    assert_eq!(b.attributes.instance, [("y".to_owned(), "z".to_owned())]);
    let found =
        fault("| survey |\n| | type | name | label | bind::x |\n| | text | a | A | ${no} |");
    assert!(found.contains("row 3") && found.contains("\"no\""), "{found}");
}

#[test]
fn names_may_have_marks_but_not_every_script() {
    let form = form(
        "| survey |\n| | type | name | label | calculation |\n| | text | tuổi | A | |\n| | calculate | b | | ${tuổi} |",
    );
    assert_eq!(field(&form, "/data/b").calculation.as_ref().unwrap().source, " /data/tuổi ");
    assert!(warned(&form, "name \"tuổi\" has marks"));
    for name in ["名", "1a", "a b", "a:b", "-a", "a/b"] {
        let found =
            fault(&format!("| survey |\n| | type | name | label |\n| | text | {name} | A |"));
        assert!(found.contains("cannot be used"), "{name}: {found}");
    }
    assert!(
        fault("| survey |\n| | type | name | label |\n| | text | meta | A |").contains("taken")
    );
    assert!(fault("| survey |\n| | type | name | label |\n| | text | | A |").contains("no name"));
}

#[test]
fn choices_and_guidance_may_show_values() {
    let sheets = |choice: &str, guidance: &str| {
        format!(
            "| survey |\n| | type | name | label | guidance_hint |\n| | select_one l | a | A | {guidance} |\n| choices |\n| | list_name | name | label |\n| | l | x | {choice} |"
        )
    };
    assert!(form(&sheets("X ${a}", "G ${a}")).to_xform().contains("X <output value=\"/data/a\"/>"));
    assert!(fault(&sheets("X ${b}", "G")).starts_with("choices, row 6, label: no field"));
    assert!(fault(&sheets("X", "G ${b}")).starts_with("survey, row 3, guidance_hint: no field"));
    assert!(fault(&sheets("X ${", "G")).contains("${ without }"));
}

#[test]
fn references_within_an_output_are_not_the_labels() {
    let label = |text: &str| {
        form(&format!(
            "| survey |\n| | type | name | label |\n| | text | a | A |\n| | note | b | {text} |"
        ))
        .to_xform()
    };
    let xform = label("x <output value=\"concat('${', '}')\"/> y ${a} z");
    assert!(
        xform.contains("x <output value=\"concat('${', '}')\"/> y <output value=\"/data/a\"/> z"),
        "{xform}"
    );
    let xform = label("<output value=\"/data/a\"/> ${a} <output value=\"'${'\"/>");
    assert!(
        xform.contains("<output value=\"/data/a\"/> <output value=\"/data/a\"/> <output"),
        "{xform}"
    );
}
