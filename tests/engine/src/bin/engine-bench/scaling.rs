//! What doubling the input costs, in time on the processor and in peak memory. Each figure comes
//! from a process of its own; the least of several, so that a busy machine counts little.

use std::fmt::Write;
use std::process::Command;

use ntm_shared::answers::Tree;
use ntm_shared::check::check;
use ntm_shared::expr::Instances;
use ntm_shared::form::Form;

use super::measure::work;

/// What a doubling may cost at most.
const MOST: f64 = 2.3;
/// Above this a doubling's time is no longer a busy machine's: the square would be 4.
const SQUARE: f64 = 3.2;
/// How often a size is measured at first, and how often all are measured again while a ratio is
/// too great: the least of all measures counts.
const TRIES: usize = 5;
const ROUNDS: usize = 4;

/// Kinds of input, their sizes and what a size counts.
const KINDS: [(&str, [usize; 3], &str); 4] = [
    ("form", [1_000, 2_000, 4_000], "rows: read and compile"),
    ("chain", [1_000, 2_000, 4_000], "calculations in a chain: read and compile"),
    ("repeat", [1_250, 2_500, 5_000], "instances of a repeat: parse and check"),
    ("odd", [1_250, 2_500, 5_000], "instances with an odd answer each: parse and check"),
];

/// Nanoseconds and KiB.
type Figures = [f64; 2];

/// Prints the table; the ratios stand behind each doubling. False when memory costs more than
/// [`MOST`], or time more than [`SQUARE`]: time is measured on machines that others use too.
pub fn run() -> bool {
    println!("{:>24} {:>10} {:>7} {:>12} {:>7}", "", "CPU ms", "×", "peak KiB", "×");
    let (mut held, mut linear) = (true, true);
    for (kind, sizes, what) in KINDS {
        println!("{what}");
        let mut least = [[f64::INFINITY; 2]; 3];
        for round in 0..ROUNDS {
            for _ in 0..if round == 0 { TRIES } else { 3 } {
                for (least, size) in least.iter_mut().zip(sizes) {
                    let now = measure(kind, size);
                    *least = [least[0].min(now[0]), least[1].min(now[1])];
                }
            }
            if worst(&least) <= MOST {
                break;
            }
        }
        for (i, (size, now)) in sizes.iter().zip(&least).enumerate() {
            let ratio = |k: usize| match i.checked_sub(1) {
                Some(before) => format!("{:.2}", now[k] / least[before][k]),
                None => String::new(),
            };
            let (time, memory) = (now[0], now[1]);
            println!("{size:>24} {time:>10.2} {:>7} {memory:>12.0} {:>7}", ratio(0), ratio(1));
        }
        held &= worst(&least) <= MOST;
        linear &= worst_of(&least, 0) <= SQUARE && worst_of(&least, 1) <= MOST;
    }
    println!("{}", if held { "no ratio is above 2.3" } else { "A RATIO IS ABOVE 2.3" });
    linear
}

fn worst(least: &[Figures; 3]) -> f64 {
    worst_of(least, 0).max(worst_of(least, 1))
}

fn worst_of(least: &[Figures; 3], figure: usize) -> f64 {
    least.windows(2).map(|w| w[1][figure] / w[0][figure]).fold(0.0, f64::max)
}

fn measure(kind: &str, size: usize) -> Figures {
    let this = std::env::current_exe().expect("this program");
    let out = Command::new(this).args(["one", kind, &size.to_string()]).output();
    let out = String::from_utf8(out.expect("a measure").stdout).expect("figures");
    let mut figures = out.split_whitespace().map(|f| f.parse::<f64>().expect("a figure"));
    [figures.next().expect("time"), figures.next().expect("memory")]
}

/// Measures one size of one kind in this process.
pub fn one(kind: &str, size: usize) {
    let (time, memory) = match kind {
        "form" | "chain" => {
            let source = if kind == "form" { form(size) } else { chain(size) };
            let (form, time, memory) = work(|| Form::read_markdown(&source));
            let form = form.unwrap_or_else(|faults| panic!("{faults:?}"));
            assert!(form.fields.len() > size * 8 / 10);
            (time, memory)
        }
        _ => {
            let form = Form::read_markdown(REPEAT).unwrap_or_else(|faults| panic!("{faults:?}"));
            let xml = repeat(size, kind == "odd");
            let (findings, time, memory) = work(|| {
                let tree = Tree::read(xml.as_bytes()).expect("a submission");
                check(&form, &tree, None, &Instances::new())
            });
            assert_eq!(findings.is_empty(), kind == "repeat", "{findings:?}");
            (time, memory)
        }
    };
    println!("{} {memory}", time as f64 / 1e6);
}

/// A form of about `rows` rows: groups of ten with relevance, constraints, choices, calculations.
fn form(rows: usize) -> String {
    let mut out = String::from(HEAD);
    for g in 0..rows / 10 {
        let _ = writeln!(out, "| | begin group | g{g} | Nhóm {g} | | | | |");
        let shown = if g == 0 { String::new() } else { format!("${{q{}_0}} != 'no'", g - 1) };
        let _ = writeln!(out, "| | select_one yes_no | q{g}_0 | Câu {g} | {shown} | | | |");
        for q in 1..6 {
            let relevant = format!("${{q{g}_0}} = 'yes'");
            let row = format!("Số {g}.{q} | {relevant} | . >= 0 and . < 1000 | yes |");
            let _ = writeln!(out, "| | integer | q{g}_{q} | {row} |");
        }
        let _ = writeln!(out, "| | text | q{g}_t | Ghi chú | ${{q{g}_1}} > 10 | | | |");
        let sum = format!("${{q{g}_1}} + ${{q{g}_2}} * 2 - coalesce(${{q{g}_3}}, 0)");
        let _ = writeln!(out, "| | calculate | q{g}_c | | | | | {sum} |");
        let _ = writeln!(out, "| | end group | | | | | | |");
    }
    out + TAIL
}

/// As long a chain of calculations as there are rows, each reading the one after it.
fn chain(rows: usize) -> String {
    let mut out = String::from(HEAD);
    for c in 0..rows {
        let _ = writeln!(out, "| | calculate | c{c} | | | | | ${{c{}}} + 1 |", c + 1);
    }
    let _ = writeln!(out, "| | integer | c{rows} | Số | | | | |");
    out + TAIL
}

const HEAD: &str = "| survey |
| | type | name | label | relevant | constraint | required | calculation |
";

const TAIL: &str = "| choices |
| | list_name | name | label |
| | yes_no | yes | Có |
| | yes_no | no | Không |
| settings |
| | form_title | form_id | version | name |
| | Phiếu lớn | large | 1 | data |
";

const REPEAT: &str = "| survey |
| | type | name | label | relevant | constraint | required | calculation |
| | begin repeat | item | Mục | | | | |
| | text | name | Tên | | | yes | |
| | integer | count | Số | | . >= 0 and . <= 1000 | yes | |
| | decimal | price | Giá | ${count} > 0 | | | |
| | calculate | place | | | | | position(..) |
| | calculate | value | | | | | ${count} * coalesce(${price}, 0) |
| | select_one yes_no | dear | Đắt? | ${value} > 100 | | | |
| | end repeat | | | | | | |
| | calculate | items | | | | | count(${item}) |
| | calculate | total | | | | | sum(${value}) |
| | calculate | dearest | | | | | max(${value}) |
| | calculate | dear_items | | | | | count(${item}[dear = 'yes']) |
| choices |
| | list_name | name | label |
| | yes_no | yes | Có |
| | yes_no | no | Không |
| settings |
| | form_title | form_id | version | name |
| | Phiếu dài | long | 1 | data |
";

fn repeat(instances: usize, odd: bool) -> String {
    let mut out = String::from("<data id=\"long\" version=\"1\">");
    let (mut total, mut dearest, mut dear_items) = (0, 0, 0);
    for n in 1..=instances {
        let (count, price) = (1 + n % 7, 10 + n % 30);
        let value = count * price;
        let dear = if value <= 100 {
            ""
        } else if n % 2 == 0 {
            "<dear>yes</dear>"
        } else {
            "<dear>no</dear>"
        };
        dear_items += usize::from(dear.contains("yes"));
        total += value;
        dearest = dearest.max(value);
        let written = if odd { format!("{count} cái") } else { count.to_string() };
        let _ = write!(
            out,
            "<item><name>Mục {n}</name><count>{written}</count><price>{price}.0</price>\
             <place>{n}</place><value>{value}</value>{dear}</item>"
        );
    }
    let _ = write!(
        out,
        "<items>{instances}</items><total>{total}</total><dearest>{dearest}</dearest>\
         <dear_items>{dear_items}</dear_items><meta><instanceID>uuid:1</instanceID></meta></data>"
    );
    out
}
