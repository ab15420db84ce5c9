//! `ntm criteria check` by the real program: every fault of a file at its own line, all at once.

use ntm_shared::data::CRITERIA_SETS;
use serde_json::Value as Json;

use crate::harness::Cli;

/// The shipped set with some of its lines changed, and the lines they stand on.
fn damaged(changes: &[(&str, &str)]) -> (String, Vec<u64>) {
    let mut source = CRITERIA_SETS[0].to_owned();
    let mut lines = Vec::new();
    for (old, new) in changes {
        let at = source.find(old).expect("a text of the file");
        lines.push(1 + source[..at].matches('\n').count() as u64);
        source.replace_range(at..at + old.len(), new);
    }
    (source, lines)
}

#[test]
fn a_criteria_file_is_explained_by_line() {
    let cli = Cli::new();
    let write = |name: &str, text: &str| std::fs::write(cli.home().join(name), text).unwrap();
    write("tot.toml", CRITERIA_SETS[0]);
    let good = cli.run(&["criteria", "check", "tot.toml"]).expect(0);
    assert_eq!(good.out, "");
    assert!(good.err.contains("tot.toml: không có lỗi. 19 tiêu chí, 57 chỉ tiêu"), "{}", good.err);

    let changes = [
        ("critical = [\"10\"", "critical = [\"20\""),
        ("document = \"318\"", "document = \"319\""),
        ("kind = \"percent\"", "kind = \"phan tram\""),
        ("power/electricity = 'grid_own_meter'", "power/electricty = 'grid_own_meter'"),
        ("field = \"i_5_1\"", "field = \"i_5_9\""),
        ("from = 2023-01-01", "from = 2022-06-01"),
        (
            "verified = false, confidence = \"U\" },\n]\n\n[criterion.indicator.household]",
            "verfied = false, confidence = \"U\" },\n]\n\n[criterion.indicator.household]",
        ),
        ("{durable} >= 2\"", "({durable} >= 2\""),
    ];
    let (source, lines) = damaged(&changes);
    write("sai.toml", &source);
    let bad = cli.run(&["criteria", "check", "tot.toml", "sai.toml"]).expect(1);
    for said in [
        "không có tiêu chí “20”",
        "không có văn bản “319”",
        "“kind” phải là một trong",
        "có phải “electricity”?",
        "không có trường “i_5_9”",
        "chồng thời gian",
        "có phải “verified”?",
        "biểu thức sai",
    ] {
        let flat = bad.out.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            flat.contains(said) || said.split(' ').all(|w| flat.contains(w)),
            "{said}: {}",
            bad.out
        );
    }
    assert!(
        bad.err.contains("tot.toml: không có lỗi") && bad.err.contains("sai.toml: 9 lỗi"),
        "{}",
        bad.err
    );
    let json = cli.run(&["criteria", "check", "sai.toml", "--json", "--lang", "en"]).expect(1);
    let report: Json = serde_json::from_str(&json.out).unwrap();
    assert!(report[0]["set"].is_null());
    let faults = report[0]["faults"].as_array().unwrap();
    let told: Vec<u64> = faults.iter().map(|f| f["line"].as_u64().unwrap()).collect();
    for (line, (_, new)) in lines.iter().zip(&changes) {
        assert!(told.contains(line), "{new}: line {line} not in {told:?}");
    }
    assert!(told.is_sorted());
    assert!(faults.iter().all(|f| f["message"]["vi"] != "" && f["message"]["en"] != ""));
    let english = cli.run(&["criteria", "check", "sai.toml", "--lang", "en"]).expect(1);
    assert!(english.out.contains("there is no criterion \"20\""), "{}", english.out);
    let csv = cli.run(&["criteria", "check", "sai.toml", "--csv"]).expect(1);
    assert_eq!(csv.out.lines().count(), 1 + faults.len());

    // Broken TOML, no text, no file; and from standard input.
    write("hong.toml", "id = \"a\nname = {\n");
    let broken = cli.run(&["criteria", "check", "hong.toml"]).expect(1);
    assert!(broken.out.contains("sai cú pháp TOML"), "{}", broken.out);
    std::fs::write(cli.home().join("nhi-phan.toml"), [b'a', b'\n', 0xff]).unwrap();
    let bytes = cli.run(&["criteria", "check", "nhi-phan.toml", "--json"]).expect(1);
    assert!(bytes.out.contains("\"line\": 2"), "{}", bytes.out);
    assert!(cli.run(&["criteria", "check", "thieu.toml"]).expect(2).err.contains("thieu.toml"));
    cli.run_with(&["criteria", "check", "-"], CRITERIA_SETS[0]).expect(0);
}

#[test]
fn a_set_speaks_of_forms_it_is_given() {
    let cli = Cli::new();
    let source = CRITERIA_SETS[0].replacen("household = \"household\"", "household = \"ho\"", 1);
    std::fs::write(cli.home().join("ho.toml"), source).unwrap();
    let alone = cli.run(&["criteria", "check", "ho.toml", "--json"]).expect(1);
    assert!(alone.out.contains("there is no form \\\"ho\\\""), "{}", alone.out);
    let form = ntm_shared::data::FORMS[0].replace("| household | 2024", "| ho | 2024");
    std::fs::write(cli.home().join("ho.md"), form).unwrap();
    cli.run(&["criteria", "check", "ho.toml", "--form", "ho.md"]).expect(0);
    let missing = cli.run(&["criteria", "check", "ho.toml", "--form", "ho.toml"]).expect(2);
    assert!(missing.err.contains("ntm form check ho.toml"), "{}", missing.err);
}
