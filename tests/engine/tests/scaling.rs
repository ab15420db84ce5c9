//! Twice the input costs at most 2.3 times the time and memory.

use std::process::Command;

use ntm_engine_tests::run;

#[test]
fn time_and_memory_are_linear_in_forms_and_submissions() {
    let out = run(Command::new(env!("CARGO_BIN_EXE_engine-bench")).arg("scaling"));
    let table = String::from_utf8_lossy(&out.stdout);
    ntm_engine_tests::say!("{table}");
    assert!(out.status.success(), "{table}{}", String::from_utf8_lossy(&out.stderr));
}
