//! What one completed interview gives each household measure, written out by hand.

use super::Given;
use crate::harness::xml::Element;

/// Every household measure, in the order of their ids as text.
pub const MEASURES: [&str; 19] = [
    "10.1",
    "11.1",
    "12.1",
    "12.1/female",
    "12.1/male",
    "12.2",
    "12.2/female",
    "12.2/male",
    "15.1",
    "15.1/female",
    "15.1/male",
    "17.1",
    "17.1/piped",
    "17.11",
    "17.6",
    "17.8",
    "4.2",
    "9.1",
    "9.2",
];

fn number(text: &str) -> Option<f64> {
    text.trim().parse().ok()
}

fn money(text: &str) -> Option<i64> {
    text.trim().parse().ok()
}

fn open(text: &str) -> bool {
    matches!(text, "" | "unknown")
}

fn yes_no(yes: bool, unknown: bool) -> Given {
    if unknown {
        Given { unknown: 1, ..Given::default() }
    } else {
        Given { y: yes.into(), x: 1, unknown: 0 }
    }
}

/// Measure and what the household gives it; income only where it was to be asked.
pub fn answers(form: &Element, income: bool) -> Vec<(&'static str, Given)> {
    let no_people = Element::default();
    let people: Vec<&Element> = form.find("members").unwrap_or(&no_people).all("member").collect();
    let mut given = vec![
        ("9.1", temporary(form, &people)),
        ("9.2", durable(form)),
        ("11.1", poverty(form)),
        ("17.1", water(form, false)),
        ("17.1/piped", water(form, true)),
        ("17.6", waste(form)),
        ("17.8", hygiene(form)),
        ("17.11", yes_no(form.at("waste/sorting") == "regular", open(form.at("waste/sorting")))),
        (
            "4.2",
            yes_no(
                form.at("power/electricity") == "grid_own_meter",
                open(form.at("power/electricity")),
            ),
        ),
    ];
    for (all, women, men, one) in [
        ("12.1", "12.1/female", "12.1/male", trained as fn(&Element, &str) -> Option<Given>),
        ("12.2", "12.2/female", "12.2/male", certified),
        ("15.1", "15.1/female", "15.1/male", insured),
    ] {
        let today = form.at("today");
        for (id, sex) in [(all, None), (women, Some("female")), (men, Some("male"))] {
            let mut sum = Given::default();
            for person in
                people.iter().filter(|person| sex.is_none_or(|sex| person.at("sex") == sex))
            {
                let here = one(person, today).unwrap_or_default();
                sum = Given {
                    y: sum.y + here.y,
                    x: sum.x + here.x,
                    unknown: sum.unknown + here.unknown,
                };
            }
            given.push((id, sum));
        }
    }
    if income {
        given.push(("10.1", earnings(form, &people)));
    }
    given
}

/// Weak parts of the house, and parts that could still turn out weak.
fn parts(form: &Element) -> (u32, u32) {
    let [floor, frame, walls, roof] =
        ["floor", "frame", "walls", "roof"].map(|part| form.at(&format!("housing/{part}")));
    let weak_frame = matches!(frame, "weak_wood" | "other_weak") || walls == "temporary";
    let open_frame = !weak_frame && (open(frame) || open(walls) || walls == "rammed_earth");
    let weak = u32::from(matches!(floor, "earth" | "other_weak"))
        + u32::from(weak_frame)
        + u32::from(roof == "temporary");
    (weak, u32::from(open(floor)) + u32::from(open_frame) + u32::from(open(roof)))
}

fn temporary(form: &Element, people: &[&Element]) -> Given {
    if form.at("housing/tenure") == "none" {
        return yes_no(true, false);
    }
    let area = number(form.at("housing/floor_area"));
    let residents = people.iter().filter(|p| p.at("resident") == "yes").count();
    let unsure = people.iter().filter(|p| !matches!(p.at("resident"), "yes" | "no")).count();
    let (weak, open) = parts(form);
    let alone = residents == 1 && unsure == 0;
    let small = area.is_some_and(|area| {
        (alone && area < 18.0) || (area < 30.0 && residents > 0 && area / (residents as f64) < 8.0)
    });
    let temporary = small || weak >= 2;
    let area_open = area.is_none_or(|area| area < 30.0 && (residents == 0 || unsure > 0));
    yes_no(temporary, !temporary && (area_open || weak + open >= 2))
}

fn durable(form: &Element) -> Given {
    let [frame, walls, roof] =
        ["frame", "walls", "roof"].map(|part| form.at(&format!("housing/{part}")));
    let good = u32::from(frame == "durable")
        + u32::from(walls == "durable")
        + u32::from(matches!(roof, "concrete_tile" | "metal_sheet"));
    let maybe = u32::from(open(frame))
        + u32::from(open(walls) || walls == "rammed_earth")
        + u32::from(open(roof));
    let homeless = form.at("housing/tenure") == "none";
    yes_no(good >= 2, !homeless && good < 2 && good + maybe >= 2)
}

fn poverty(form: &Element) -> Given {
    let status = form.at("poverty_status");
    yes_no(matches!(status, "poor" | "near_poor"), open(status))
}

fn water(form: &Element, piped: bool) -> Given {
    let (source, tested) = (form.at("water/water_source"), form.at("water/water_tested"));
    let asked = if piped { source == "piped" } else { source != "open_source" };
    let good = asked && matches!(tested, "pass" | "supplier");
    yes_no(good, open(source) || (asked && open(tested)))
}

fn waste(form: &Element) -> Given {
    let disposal = form.at("waste/waste_disposal");
    yes_no(matches!(disposal, "collected" | "drop_point" | "own_hygienic"), open(disposal))
}

fn hygiene(form: &Element) -> Given {
    let at = |field: &str| form.at(&format!("water/{field}"));
    let checks = ["toilet_clean", "bathroom", "clean_house", "clean_kitchen", "clean_lane"];
    let toilet = at("toilet");
    let hygienic = matches!(toilet, "septic" | "pour_flush" | "ventilated_pit" | "double_vault");
    let good = hygienic
        && at("water_container") == "good"
        && checks.iter().all(|field| at(field) == "yes");
    let bad = matches!(toilet, "unhygienic" | "none")
        || matches!(at("water_container"), "poor" | "none")
        || checks.iter().any(|field| at(field) == "no");
    yes_no(good, !good && !bad)
}

/// A person of the labour force, or nothing for somebody who is not.
fn worker(person: &Element, good: fn(&str) -> bool) -> Option<Given> {
    let (resident, work, training) =
        (person.at("resident"), person.at("work"), person.at("training"));
    let age = number(person.at("age"));
    if resident == "no"
        || age.is_some_and(|age| age < 15.0)
        || matches!(work, "student" | "unable" | "other")
    {
        return None;
    }
    let unsure = resident != "yes" || age.is_none() || open(work) || open(training);
    Some(yes_no(good(training), unsure))
}

fn trained(person: &Element, _: &str) -> Option<Given> {
    worker(person, |training| training != "none")
}

fn certified(person: &Element, _: &str) -> Option<Given> {
    worker(person, |training| !matches!(training, "none" | "short"))
}

fn insured(person: &Element, today: &str) -> Option<Given> {
    let (resident, insured) = (person.at("resident"), person.at("insured"));
    if resident == "no" {
        return None;
    }
    // Dates written year first compare as text.
    let expiry = person.at("insurance_expiry");
    let lapsed = person.at("expiry_known") == "date" && !expiry.is_empty() && expiry < today;
    Some(yes_no(insured == "yes" && !lapsed, resident != "yes" || !matches!(insured, "yes" | "no")))
}

/// Thousand VND over the people who live there.
fn earnings(form: &Element, people: &[&Element]) -> Given {
    let here: Vec<&&Element> = people.iter().filter(|p| p.at("resident") != "no").collect();
    let size = here.len() as i64;
    if size == 0 {
        return Given::default();
    }
    let lost = Given { unknown: size, ..Given::default() };
    let mut total = 0;
    for person in people {
        let resident = person.at("resident");
        let adult = number(person.at("age")).is_none_or(|age| age >= 15.0);
        let wages = person.at("wage_work");
        if !matches!(resident, "yes" | "no") || (resident == "yes" && adult && open(wages)) {
            return lost;
        }
        if wages == "yes" {
            let (months, monthly) =
                (money(person.at("wage_months")), money(person.at("wage_monthly")));
            let (Some(months), Some(monthly)) = (months, monthly) else { return lost };
            total += months * monthly;
        }
    }
    for source in ["crops", "animals", "forestry", "fishery", "business", "other"] {
        let at = |what: &str| form.at(&format!("income/{source}{what}"));
        match at("") {
            "yes" => {
                let cost = if source == "other" { Some(0) } else { money(at("_cost")) };
                let (Some(value), Some(cost)) = (money(at("_value")), cost) else { return lost };
                total += value - cost;
            }
            "no" => {}
            _ => return lost,
        }
    }
    Given { y: total, x: size, unknown: 0 }
}
