//! JavaRosa on the same submissions: loaded into the form, worked out, validated.

use std::process::Command;

use ntm_engine_tests::{peer, root, run as command};

use super::household::Submissions;

/// Prints JavaRosa's figure beside `ours` (submissions a second).
pub fn run(submissions: &Submissions, ours: f64) {
    let folder = tempfile::tempdir().expect("a folder");
    let jar = peer("ODK_Validate.jar");
    let mut javac = Command::new("javac");
    javac.arg("-nowarn").arg("-d").arg(folder.path()).arg("-cp").arg(&jar);
    let out = command(javac.arg(root().join("tests/javarosa/Bench.java")));
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let form = folder.path().join("form.xml");
    std::fs::write(&form, submissions.form.to_xform()).expect("a file");
    let mut java = Command::new("java");
    let path = format!("{}:{}", folder.path().display(), jar.display());
    java.args(["-Dfile.encoding=UTF-8", "-Duser.timezone=Asia/Ho_Chi_Minh"]);
    java.args(["-XX:+UseSerialGC", "-cp", &path, "Bench"]);
    java.arg(&form).arg(root().join("tests/javarosa"));
    for (n, xml) in submissions.xml.iter().enumerate() {
        let file = folder.path().join(format!("{n}.xml"));
        std::fs::write(&file, xml).expect("a file");
        java.arg(file);
    }
    let out = command(&mut java);
    let words = String::from_utf8_lossy(&out.stdout);
    let theirs: f64 = words.trim().parse().unwrap_or_else(|_| {
        panic!("JavaRosa: {words}{}", String::from_utf8_lossy(&out.stderr));
    });
    let micros = 1e6 / theirs;
    println!("JavaRosa       {micros:8.1} µs  {theirs:.0} submissions/s on one core");
    println!("               {:8.1} times as fast", ours / theirs);
}
