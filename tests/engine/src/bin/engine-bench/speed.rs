//! Submissions a second, and how long compiling takes.

use std::hint::black_box;

use ntm_shared::answers::Tree;
use ntm_shared::check::check;
use ntm_shared::form::Form;

use super::household::Submissions;
use super::measure::best;

/// Prints the figures; gives submissions a second, parsed and checked.
pub fn run(submissions: &Submissions) -> f64 {
    let Submissions { source, form, media, xml } = submissions;
    let trees: Vec<Tree> =
        xml.iter().map(|x| Tree::read(x.as_bytes()).expect("a submission")).collect();
    for (tree, xml) in trees.iter().zip(xml) {
        let findings = check(form, tree, None, media);
        assert!(findings.is_empty(), "{findings:?}\n{xml}");
    }
    let each = xml.len() as f64;
    let bytes = xml.iter().map(String::len).sum::<usize>() as f64 / each;
    let nodes = trees.iter().map(Tree::len).sum::<usize>() as f64 / each;
    println!("household form, 5 members: {bytes:.0} bytes, {nodes:.0} elements a submission");
    let micros = |ns: f64| ns / each / 1e3;
    let read = |xml: &String| Tree::read(xml.as_bytes()).expect("a submission");
    let parse = micros(best(25, 100, || xml.iter().for_each(|x| drop(black_box(read(x))))));
    let judge = |tree: &Tree| drop(black_box(check(form, tree, None, media)));
    let checked = micros(best(25, 100, || trees.iter().for_each(judge)));
    let both = micros(best(25, 100, || xml.iter().for_each(|x| judge(&read(x)))));
    let compile = best(3, 25, || drop(black_box(Form::read_markdown(black_box(source))))) / 1e6;
    println!("parse          {parse:8.1} µs");
    println!("check          {checked:8.1} µs");
    println!("parse + check  {both:8.1} µs  {:.0} submissions/s on one core", 1e6 / both);
    println!("compile        {compile:8.2} ms  ({} fields)", form.fields.len());
    1e6 / both
}

/// One kind of work over and over, for a profiler.
pub fn rounds(submissions: &Submissions, what: &str) {
    let Submissions { source, form, media, xml } = submissions;
    let read = |xml: &String| Tree::read(xml.as_bytes()).expect("a submission");
    let trees: Vec<Tree> = xml.iter().map(read).collect();
    for _ in 0..20_000 {
        match what {
            "parse" => xml.iter().for_each(|x| drop(black_box(read(x)))),
            "check" => trees.iter().for_each(|t| drop(black_box(check(form, t, None, media)))),
            _ => drop(black_box(Form::read_markdown(black_box(source)))),
        }
    }
}
