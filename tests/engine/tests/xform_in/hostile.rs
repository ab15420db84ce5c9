//! XForms made to hurt: answered in bounded time, with a fault that says what to do.

use std::time::Duration;

use ntm_shared::form::{Form, FormFault};

/// A whole XForm around nodes, bindings and controls.
fn xform(nodes: &str, binds: &str, body: &str) -> String {
    format!(
        "<h:html xmlns=\"http://www.w3.org/2002/xforms\" xmlns:h=\"http://www.w3.org/1999/xhtml\" \
         xmlns:jr=\"http://openrosa.org/javarosa\"><h:head><h:title>t</h:title><model><instance>\
         <data id=\"d\" version=\"1\">{nodes}<meta><instanceID/></meta></data></instance>{binds}\
         </model></h:head><h:body>{body}</h:body></h:html>"
    )
}

fn questions(count: usize) -> String {
    let join = |f: &dyn Fn(usize) -> String| (0..count).map(f).collect::<String>();
    xform(
        &join(&|n| format!("<q{n}/>")),
        &join(&|n| {
            format!("<bind nodeset=\"/data/q{n}\" type=\"int\" relevant=\"/data/q{} = 1\"/>", n / 2)
        })
        .replace(" relevant=\"/data/q0 = 1\"", ""),
        &join(&|n| format!("<input ref=\"/data/q{n}\"><label>Câu {n}</label></input>")),
    )
}

/// What this thread has worked so far, however busy the machine is.
fn worked() -> Duration {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").expect("a Linux kernel");
    let nanos = stat.split(' ').next().and_then(|n| n.parse().ok());
    Duration::from_nanos(nanos.expect("the time on a processor"))
}

#[track_caller]
fn faults(source: &str) -> Vec<FormFault> {
    let start = worked();
    let faults = Form::read_xform(source).expect_err("a fault");
    assert!((worked() - start) < Duration::from_secs(20), "{:?}", (worked() - start));
    assert!(faults.iter().all(|f| f.sheet == "xform"), "{faults:?}");
    assert!(faults.iter().all(|f| !f.message.vi.is_empty() && !f.message.en.is_empty()));
    faults
}

#[track_caller]
fn fault(source: &str, words: &str) {
    let faults = faults(source);
    assert!(faults.iter().any(|f| f.message.en.contains(words)), "{}", super::said(&faults[..1]));
}

#[test]
fn nesting_entities_and_attributes_are_bounded() {
    let deep = |n: usize| "<g>".repeat(n) + "<q/>" + &"</g>".repeat(n);
    fault(&xform(&deep(100_000), "", ""), "nest deeper than");
    fault(&xform("", "", &"<group>".repeat(100_000)), "nest deeper than");
    let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>".to_owned();
    fault(&(bomb + &xform("<q>&b;</q>", "", "")), "DOCTYPE");
    fault(&xform("<q>&lol;</q>", "", ""), "entity");
    let many: String = (0..100_000).map(|n| format!(" a{n}=\"\"")).collect();
    fault(&xform(&format!("<q{many}/>"), "", ""), "attributes");
    fault(&xform(&format!("<q{}/>", "q".repeat(1 << 20)), "", ""), "not a name");
    fault(&xform("<q>", "", ""), "malformed");
    fault("<h:html>", "cut off");
    fault("<a/><b/>", "second root");
    fault("<q/>", "no XForm");
    fault(&xform("<q>\u{1}</q>", "", ""), "control character");
    let long = format!("<bind nodeset=\"/data/q\" relevant=\"{}\"/>", "1+".repeat(5 << 20));
    faults(&xform("<q/>", &long, ""));
    fault(&" ".repeat(65 << 20), "larger than");
}

#[test]
fn paths_of_long_names_are_bounded() {
    // Ninety groups with long names around many leaves: paths of 18 kB each.
    let name = "n".repeat(200);
    let leaves: String = (0..50_000).map(|n| format!("<q{n}/>")).collect();
    let open = format!("<{name}>").repeat(90);
    let close = format!("</{name}>").repeat(90);
    fault(&xform(&(open + &leaves + &close), "", ""), "split it");
}

#[test]
fn what_is_wrong_with_a_form_is_said() {
    let bind = |attributes: &str| format!("<bind nodeset=\"/data/a\" {attributes}/>");
    let input = "<input ref=\"/data/a\"><label>a</label></input>";
    let both = |attributes: &str| xform("<a/><b/>", &bind(attributes), input);
    fault(&both("relevant=\"/data/nowhere = 1\""), "there is no field at /data/nowhere");
    fault(&both("constraint=\". &gt;\""), "");
    fault(&xform("<a/>", &(bind("") + &bind("")), input), "two binds");
    fault(&xform("<a/>", "<bind/>", input), "no nodeset");
    fault(&xform("<a/>", "", "<input ref=\"/data/x\"/>"), "correct its ref");
    fault(&xform("<a><b/></a>", "", input), "without children");
    fault(&xform("<a/>", "", "<select1 ref=\"/data/a\"/>"), "no choices");
    let itemset = |nodeset: &str| {
        let body = format!(
            "<select1 ref=\"/data/a\"><itemset nodeset=\"{nodeset}\"><value ref=\"name\"/>\
             <label ref=\"label\"/></itemset></select1>"
        );
        xform("<a/>", "", &body)
    };
    fault(&itemset("instance('x')/root/item"), "there is no instance \"x\"");
    fault(&itemset(""), "no nodeset");
    let circle = "<bind nodeset=\"/data/a\" calculate=\"/data/b + 1\"/>\
                  <bind nodeset=\"/data/b\" calculate=\"/data/a + 1\"/>";
    fault(&xform("<a/><b/>", circle, ""), "circle");
    let odd = "<instance id=\"x\"><root><item><name>a</name><more><b/></more></item></root>\
               </instance>";
    fault(&xform("<a/>", odd, input), "plain columns");
    fault(&xform("<a/>", "", "").replace(" id=\"d\"", ""), "needs an attribute id");
}

#[test]
fn reading_is_linear() {
    let time = |count: usize| {
        let source = questions(count);
        let best = (0..3).map(|_| {
            let start = worked();
            let form = Form::read_xform(&source).expect("a form");
            assert_eq!(form.fields.len(), count + 3);
            worked() - start
        });
        best.min().expect("a time")
    };
    let (half, whole) = (time(25_000), time(50_000));
    ntm_engine_tests::say!("an XForm of 25,000 questions read in {half:?}, of 50,000 in {whole:?}");
    assert!(whole < half * 3 + Duration::from_millis(200), "{half:?} {whole:?}");
    let start = worked();
    Form::read_xform(&questions(100_000)).expect("a form");
    ntm_engine_tests::say!("of 100,000 in {:?}", (worked() - start));
    assert!((worked() - start) < Duration::from_secs(30));
}
