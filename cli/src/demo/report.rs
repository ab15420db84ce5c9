//! What a made-up commune reports about the indicators that do not come from households.

use jiff::civil::{Date, DateTime};

use super::{interview::Visit, province::Commune, rng::Rng};

/// Indicators the commune answers with met, not met or not known.
const YES_NO: [&str; 27] = [
    "1_1", "1_2", "3_2", "4_1", "6_1", "6_2", "7_1", "8_1", "8_2", "8_3", "8_4", "13_1", "13_2",
    "13_3", "13_4", "13_5", "14_1", "15_2", "17_3", "17_5", "18_1", "18_2", "18_4", "18_5", "18_6",
    "19_1", "19_2",
];

/// Indicators the commune answers with a percentage: middle for a poor and for a well-off commune.
const PERCENT: [(&str, f64, f64); 14] = [
    ("2_1", 70.0, 100.0),
    ("2_2", 55.0, 97.0),
    ("2_3", 60.0, 98.0),
    ("2_4", 50.0, 95.0),
    ("3_1", 70.0, 95.0),
    ("5_1", 55.0, 98.0),
    ("14_2_female", 66.0, 96.0),
    ("14_2_male", 64.0, 95.0),
    ("15_3", 31.0, 15.0),
    ("15_4", 40.0, 88.0),
    ("16_1", 55.0, 98.0),
    ("17_2", 83.0, 99.0),
    ("17_9", 50.0, 88.0),
    ("17_12", 40.0, 78.0),
];

/// Indicators that must reach 100 %.
const WHOLE: [&str; 4] = ["6_3", "17_7", "17_10", "18_3"];

/// The commune's report, filled in at the end of the round.
pub fn report(commune: &Commune, day: Date, seed: u64) -> Visit {
    let mut rng = Rng::keyed(seed, &format!("report {}", commune.id));
    let w = commune.wealth;
    let at: DateTime = day.at(15, i8::try_from(rng.whole(0, 59)).unwrap_or(0), 0, 0);
    let instance_id = format!("uuid:{}", rng.uuid());
    let mut answers = vec![
        ("/commune_report/commune".to_owned(), commune.id.clone()),
        ("as_of".to_owned(), day.to_string()),
    ];
    // Basics are met nearly everywhere; a poor commune misses several, a well-off one hardly any.
    let met = (0.80 + 0.26 * w).min(0.999);
    for indicator in YES_NO {
        let answer = match rng.unit() {
            u if u < met => "yes",
            _ if rng.chance(0.15) => "unknown",
            _ => "no",
        };
        answers.push((format!("i_{indicator}"), answer.to_owned()));
    }
    for (indicator, poor, well_off) in PERCENT {
        let value = poor + (well_off - poor) * w + 2.5 * rng.bell() * (1.05 - w);
        answers.push((format!("i_{indicator}"), format!("{:.1}", value.clamp(0.0, 100.0))));
    }
    for indicator in WHOLE {
        let value = if rng.chance(0.62 + 0.38 * w) { 100 } else { rng.whole(76, 98) };
        answers.push((format!("i_{indicator}"), value.to_string()));
    }
    answers.push(("i_17_4".to_owned(), format!("{:.1}", 1.2 + 2.4 * w + 0.2 * rng.bell())));
    answers.push(("document_number".to_owned(), format!("{}/BC-UBND", rng.whole(40, 290))));
    Visit { at, instance_id, answers, photos: Vec::new() }
}
