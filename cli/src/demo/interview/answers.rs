//! The answers of an interview, section by section, in the order of the form.

use jiff::civil::Date;

use super::{Home, House, Sheet};
use crate::demo::{
    people::Person,
    province::{Commune, Plant},
    rng::Rng,
};

/// The position of the house, or why there is none.
pub fn place(form: &mut Sheet, home: &Home, rng: &mut Rng) {
    if rng.chance(0.03) {
        form.set("location_missing", rng.word(&["indoors", "no_signal", "declined"]));
    } else {
        let (height, accuracy) = (rng.between(180.0, 1_400.0), rng.between(3.0, 28.0));
        let (lat, lon) = home.at;
        form.set("location", &format!("{lat:.6} {lon:.6} {height:.1} {accuracy:.1}"));
    }
}

/// The people of the household.
pub fn members(form: &mut Sheet, commune: &Commune, people: &[Person], rng: &mut Rng) {
    let residents = people.iter().filter(|p| p.resident == "yes").count();
    form.number("resident_count", residents.try_into().unwrap_or(1));
    for (i, p) in people.iter().enumerate() {
        let at = |field: &str| format!("member[{}]/{field}", i + 1);
        form.set(&at("full_name"), &p.name);
        form.set(&at("relation"), p.relation);
        form.set(&at("sex"), p.sex);
        form.set(&at("birth_known"), p.birth_known);
        form.set(&at("birth_date"), &p.born.to_string());
        form.number(&at("birth_year"), p.born.year().into());
        form.number(&at("age_guess"), p.age.into());
        form.set(&at("ethnicity"), commune.people);
        form.set(&at("resident"), p.resident);
        form.set(&at("insured"), p.insured);
        form.set(&at("expiry_known"), if p.expiry.is_some() { "date" } else { "not_printed" });
        if let Some(expiry) = p.expiry {
            form.set(&at("insurance_expiry"), &expiry.to_string());
        }
        let group = match (p.age, commune.wealth) {
            (..6, _) => "state_paid",
            (6..18, _) => "state_supported",
            (_, ..0.6) => "state_paid",
            _ if p.work == "wage_contract" => "employee",
            _ => "family",
        };
        form.set(&at("insurance_category"), group);
        form.set(&at("work"), p.work);
        form.set(&at("training"), p.training);
        form.yes(&at("school"), rng.chance(0.97));
        form.yes(&at("disability"), rng.chance(0.02));
        let waged = matches!(p.work, "wage_contract" | "wage_no_contract");
        form.yes(&at("wage_work"), waged);
        if waged {
            form.number(&at("wage_months"), rng.whole(6, 12));
            let monthly = 3_500.0 + 4_500.0 * commune.wealth + 700.0 * rng.bell();
            form.number(&at("wage_monthly"), (monthly / 50.0).round().max(20.0) as i64 * 50);
        }
    }
}

/// The house.
pub fn housing(form: &mut Sheet, home: &Home, people: usize, day: Date, rng: &mut Rng) {
    let each = people as f64;
    let (floor, frame, walls, roof, area) = match home.house {
        House::Durable => {
            ("durable", "durable", "durable", "concrete_tile", 14.0 + rng.between(0.0, 14.0))
        }
        House::Sound => {
            ("durable", "durable", "durable", "metal_sheet", 11.0 + rng.between(0.0, 10.0))
        }
        House::Weak => {
            ("durable", "weak_wood", "temporary", "metal_sheet", 10.0 + rng.between(0.0, 5.0))
        }
        House::Temporary => ("earth", "weak_wood", "temporary", "temporary", rng.between(4.0, 7.4)),
        House::None => ("", "", "", "", 0.0),
    };
    if home.house == House::None {
        form.set("tenure", "none");
        return;
    }
    let temporary = home.house == House::Temporary;
    form.set("tenure", "own");
    let area = if temporary { (area * each).min(28.0) } else { (area * each).max(36.0) };
    form.set("floor_area", &format!("{area:.1}"));
    form.set("floor", floor);
    form.set("frame", frame);
    form.set("walls", walls);
    form.set("roof", roof);
    form.number("built_year", rng.whole(1992, i64::from(day.year()) - 1));
    form.set(
        "remaining_life",
        if temporary { "under_10" } else { rng.word(&["over_20", "from_10_to_19"]) },
    );
    form.set(
        "defects",
        if temporary {
            "leak tilt"
        } else {
            rng.weighted(&[("none", 0.9), ("leak", 0.06), ("crack", 0.03), ("landslide", 0.01)])
        },
    );
}

/// Water, toilet, waste, power: a household that keeps one thing in order mostly keeps all.
pub fn hygiene(form: &mut Sheet, commune: &Commune, rng: &mut Rng) {
    let w = commune.wealth;
    let orderly = rng.chance(0.38 + 0.62 * w);
    let source = rng.weighted(&[
        ("piped", 0.10 + 0.55 * w),
        ("borehole", 0.15),
        ("protected_spring", 0.55 - 0.40 * w),
        ("rainwater", 0.03),
        ("open_source", (0.12 - 0.12 * w).max(0.0)),
    ]);
    form.set("water_source", source);
    let tested = match source {
        "piped" => rng.weighted(&[("supplier", 0.80), ("pass", 0.15), ("unknown", 0.05)]),
        _ => {
            rng.weighted(&[("not_tested", 0.75), ("pass", 0.20), ("fail", 0.03), ("unknown", 0.02)])
        }
    };
    form.set("water_tested", tested);
    let toilet = match orderly {
        true => {
            rng.weighted(&[("septic", 0.3 + 0.6 * w), ("pour_flush", 0.3), ("double_vault", 0.2)])
        }
        false => rng.weighted(&[("unhygienic", 0.5), ("double_vault", 0.4), ("none", 0.1)]),
    };
    form.set("toilet", toilet);
    form.yes("toilet_clean", orderly || rng.chance(0.4));
    form.yes("bathroom", orderly || rng.chance(0.4));
    form.set("water_container", if orderly { "good" } else { rng.word(&["poor", "good", "none"]) });
    form.yes("clean_house", orderly || rng.chance(0.6));
    form.yes("clean_kitchen", orderly || rng.chance(0.5));
    form.yes("clean_lane", orderly || rng.chance(0.6));
    let waste = match commune.plant {
        Plant::UnknownWaste if rng.chance(0.7) => "unknown",
        _ if rng.chance(0.48 + 0.52 * w) => {
            rng.weighted(&[("collected", w), ("drop_point", 0.3), ("own_hygienic", 0.3)])
        }
        _ => rng.weighted(&[("burn_bury", 0.75), ("dumped", 0.25)]),
    };
    form.set("waste_disposal", waste);
    form.set("collection_frequency", rng.word(&["daily", "two_three_week", "weekly"]));
    let sorts = 0.10 + 0.70 * w;
    form.set(
        "sorting",
        rng.weighted(&[
            ("regular", sorts),
            ("sometimes", 0.3),
            ("no", 0.9 - sorts),
            ("unknown", 0.005),
        ]),
    );
    form.set(
        "pesticide_packaging",
        rng.weighted(&[("not_used", 0.3), ("collection_tank", 0.2 + 0.5 * w), ("field", 0.2)]),
    );
    let livestock = rng.chance(0.85 - 0.35 * w);
    form.yes("livestock", livestock);
    form.number("cattle", rng.whole(0, 4));
    form.number("pigs", rng.whole(0, 9));
    form.number("goats", if rng.chance(0.2) { rng.whole(1, 12) } else { 0 });
    form.number("poultry", rng.whole(0, 60));
    form.yes("pen_apart", orderly || rng.chance(0.5));
    form.yes("manure_collected", orderly || rng.chance(0.4));
    form.set("wastewater", if orderly { rng.word(&["drain", "soakaway"]) } else { "runoff" });
    let power = if rng.chance(0.965 + 0.04 * w) {
        "grid_own_meter"
    } else {
        rng.word(&["grid_shared", "off_grid", "none"])
    };
    form.set("electricity", power);
    form.yes("internet", rng.chance(0.45 + 0.5 * w));
    form.set(
        "devices",
        rng.word(&[
            "tv smartphone",
            "smartphone",
            "tv radio smartphone",
            "tv computer smartphone",
            "none",
        ]),
    );
}

/// Income of the last 12 months; asked only of the sample.
pub fn income(form: &mut Sheet, commune: &Commune, people: &[Person], day: Date, rng: &mut Rng) {
    let end = Date::new(day.year(), 9, 1).unwrap_or(day);
    form.set("period_end", &end.to_string());
    // What is not wages, per person and year in thousand VND.
    let each = (9_000.0 + 30_000.0 * commune.wealth) * (1.0 + 0.18 * rng.bell()).max(0.25);
    let total = each * people.len() as f64;
    let unknown = rng.chance(0.015);
    let shares = [("crops", 0.5, 0.35), ("animals", 0.3, 0.4), ("forestry", 0.2, 0.15)];
    for (name, share, cost) in shares {
        form.set(name, if unknown && name == "crops" { "unknown" } else { "yes" });
        let net = total * share;
        form.number(&format!("{name}_value"), (net / (1.0 - cost)).round() as i64);
        form.number(&format!("{name}_cost"), (net / (1.0 - cost) * cost).round() as i64);
    }
    form.set("fishery", "no");
    let business = people.iter().any(|p| p.work == "self_employed");
    form.yes("business", business);
    let turnover = rng.between(25_000.0, 90_000.0);
    form.number("business_value", turnover.round() as i64);
    form.number("business_cost", (turnover * 0.6).round() as i64);
    let other = rng.chance(0.4);
    form.yes("other", other);
    form.number("other_value", rng.whole(500, 9_000));
}

/// Difficulties and requests.
pub fn wishes(form: &mut Sheet, commune: &Commune, home: &Home, rng: &mut Rng) {
    if home.house == House::Temporary {
        form.set("difficulties", "housing capital");
        form.set("difficulty_text", "Nhà dột, xin hỗ trợ làm lại nhà trước mùa mưa.");
    } else if rng.chance(0.5 - 0.3 * commune.wealth) {
        form.set("difficulties", rng.word(&["capital", "seeds", "jobs", "water", "capital jobs"]));
    } else {
        form.set("difficulties", "none");
    }
}
