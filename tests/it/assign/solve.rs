//! `ntm assign solve` on the reference instances, as the issue asks for it.

use serde_json::Value as Json;

use crate::harness::{Cli, root};

#[test]
fn the_program_solves_every_reference_instance() {
    let cli = Cli::new();
    let folder = root().join("tests/reference/assign");
    let mut solved = 0;
    for name in ["T1_tiny", "S1", "S3_short", "M1"] {
        let file = folder.join(format!("{name}.json"));
        for (model, part) in [("pairwise", "p1"), ("coverage", "p2")] {
            let expected = std::fs::read_to_string(folder.join(format!("{name}.{part}.json")));
            let expected: Json = serde_json::from_str(&expected.expect("a file")).expect("JSON");
            let optimum = expected["objective"].as_i64().expect("points");
            let path = file.to_str().expect("a path");
            let ran = cli.run(&["assign", "solve", path, "--model", model, "--json"]).expect(0);
            let found: Json = serde_json::from_str(&ran.out).expect("JSON");
            let objective = found["objective"].as_i64().expect("points");
            let bound = found["bound"].as_i64().expect("points");
            let allowed = match (model, name) {
                ("pairwise", _) => 0,
                (_, "S3_short") => optimum * 15 / 10_000,
                _ => optimum / 10_000,
            };
            assert!(
                (optimum..=optimum + allowed).contains(&objective),
                "{name} {model}: {objective}"
            );
            assert!(bound <= optimum, "{name} {model}: bound {bound}");
            println!("{name} {model}: {objective} of {optimum}, bound {bound}");
            solved += 1;
        }
    }
    println!("{solved} reference optima met by the program");
    assert_eq!(solved, 8);
}

#[test]
fn a_bad_instance_is_told_precisely() {
    let cli = Cli::new();
    let solve =
        |text: &str| cli.run_with(&["assign", "solve", "-", "--lang", "en"], text).expect(2).err;
    assert!(solve("{}").contains("missing field"), "{}", solve("{}"));
    let twice = r#"{"communes":[{"id":"C1","x":0,"y":0,"k":1}],"teams":[{"id":"T1","x":0,"y":0,"cap_max":1}],
        "required":[["C1","T1"],["C9","T1"]],"forbidden":[["C1","T1"]]}"#;
    let err = solve(twice);
    assert!(err.contains("C1 – T1: The pair is both required and forbidden."), "{err}");
    assert!(err.contains("C9 – T1: There is no such commune."), "{err}");
    assert!(err.contains("required than the team can have"), "{err}");
}
