use super::*;

const SURVEY: &str = "| survey |\n| | type | name | label |\n| | text | a | A |\n";

fn with(settings: &str) -> String {
    format!("{SURVEY}| settings |\n{settings}")
}

#[test]
fn settings_are_read() {
    let form = Form::read_markdown(&with(
        "| | title | id_string | version | name | instance_name | submission_url | public_key | auto_send | style | namespaces | attribute::esri:fw | attribute::id |
| | Phiếu | f | 2 | hh | concat(${a}, '-x') | https://x/y | AAA BBB | yes | pages | esri=\"http://esri.com/x\" h=\"no\" | v | no |",
    ))
    .unwrap();
    assert_eq!((form.title.as_str(), form.id.as_str()), ("Phiếu", "f"));
    let s = &form.settings;
    assert_eq!((s.submission_url.as_str(), s.public_key.as_str()), ("https://x/y", "AAABBB"));
    assert_eq!((s.auto_send.as_str(), s.style.as_str()), ("true", "pages"));
    assert_eq!(s.namespaces, [("esri".to_owned(), "http://esri.com/x".to_owned())]);
    assert_eq!(s.attributes, [("esri:fw".to_owned(), "v".to_owned())]);
    let name = field(&form, "/hh/meta/instanceName").calculation.as_ref().unwrap();
    assert_eq!(name.source, "concat( /hh/a , '-x')");
}

#[test]
fn id_and_version_are_needed() {
    let found = faults_of(SURVEY);
    assert_eq!(
        found,
        [
            "settings, row 1, form_id: form_id is needed, without blanks",
            "settings, row 1, version: version is needed, without blanks",
        ]
    );
    let found = faults_of(&with("| | form_id | version |\n| | a b | 1 |"));
    assert!(found.len() == 1 && found[0].contains("row 6, form_id"), "{found:?}");
    let found = faults_of(&with("| | form_id | version | omit_instanceID |\n| | f | 1 | yes |"));
    assert!(found.len() == 1 && found[0].contains("instanceID"), "{found:?}");
}

#[test]
fn faults_in_settings_are_placed_there() {
    let found = faults_of(&with("| | form_id | version | instance_name |\n| | f | 1 | ${no} |"));
    assert_eq!(found, ["settings, instance_name: no field is called \"no\"; check ${no}"]);
}

#[test]
fn settings_may_stand_on_the_survey_sheet() {
    let form = Form::read_markdown(&format!(
        "{SURVEY}| | form_title | Phiếu | |\n| | form_id | f | |\n| settings |\n| | version |\n| | 1 |"
    ))
    .unwrap();
    assert_eq!((form.id.as_str(), form.title.as_str()), ("f", "Phiếu"));
}

#[test]
fn the_default_language_comes_first() {
    let languages = |head: &str, settings: (&str, &str)| {
        let cells = head.split('|').map(|_| " x |").collect::<String>();
        let source = format!(
            "| survey |\n| | type | name | {head} |\n| | text | a |{cells}\n| settings |\n| | form_id | version |{} |\n| | f | 1 |{} |",
            settings.0, settings.1
        );
        Form::read_markdown(&source).unwrap().languages.names
    };
    let none = ("", "");
    assert_eq!(languages("label", none), ["default"]);
    assert_eq!(languages("label::B (b) | label::A (a)", none), ["B (b)", "A (a)"]);
    let a = (" default_language", " A (a)");
    assert_eq!(languages("label::B (b) | label::A (a)", a), ["A (a)", "B (b)"]);
    assert_eq!(languages("label | label::B (b)", a), ["A (a)", "B (b)"]);
    assert_eq!(languages("label | label::B (b)", none), ["default", "B (b)"]);
    assert_eq!(languages("label::B (b) | hint", none), ["B (b)"]);
}

#[test]
fn settings_without_effect_are_warned_of() {
    let form = Form::read_markdown(&with(
        "| | form_id | version | sms_keyword | public_kee | auto_send |\n| | f | 1 | x | y | often |",
    ))
    .unwrap();
    assert!(warned(&form, "did you mean \"public_key\""));
    assert!(warned(&form, "no longer sent by text message"));
    assert!(warned(&form, "auto_send has to be true or false"));
}
