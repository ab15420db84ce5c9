//! Made-up families: names as they are in these mountains, ages, work, insurance.

use jiff::civil::Date;

use super::{
    province::{Commune, Plant},
    rng::Rng,
};

/// A made-up person.
#[derive(Clone, Debug)]
pub struct Person {
    /// Full name.
    pub name: String,
    /// Choice of `relation`.
    pub relation: &'static str,
    /// `male` or `female`.
    pub sex: &'static str,
    /// Date of birth.
    pub born: Date,
    /// Choice of `birth_known`.
    pub birth_known: &'static str,
    /// Completed years on the day of the interview.
    pub age: i16,
    /// Lives here: choice of `resident`.
    pub resident: &'static str,
    /// Choice of `insured`.
    pub insured: &'static str,
    /// Last day of the card, when it has a date.
    pub expiry: Option<Date>,
    /// Choice of `work`.
    pub work: &'static str,
    /// Choice of `training`.
    pub training: &'static str,
}

/// A people, its family names, men's and women's given names.
type Names =
    (&'static str, &'static [&'static str], &'static [&'static str], &'static [&'static str]);

const NAMES: [Names; 6] = [
    (
        "mong",
        &["Giàng", "Sùng", "Vàng", "Thào", "Lý", "Hạng", "Cư", "Tráng", "Má", "Lù"],
        &["A Páo", "A Tủa", "A Chứ", "Seo Pao", "A Dơ", "Seo Lùng", "A Sáng", "Seo Vần", "A Của"],
        &["Thị Mỷ", "Thị Dợ", "Thị Sua", "Thị Chá", "Thị Máy", "Thị Gầu", "Thị Xúa", "Thị Pàng"],
    ),
    (
        "dao",
        &["Tẩn", "Chảo", "Phàn", "Bàn", "Triệu", "Đặng", "Lý", "Lò"],
        &["Láo Tả", "Văn Phúc", "Láo San", "Duần Quang", "Văn Sơn", "Kiềm Vạn", "Láo Lở"],
        &["Mùi Phấy", "Thị Mẩy", "Sử Mẩy", "Tả Mẩy", "Thị Lai", "Mùi Pham"],
    ),
    (
        "tay",
        &["Hoàng", "Lương", "Nông", "La", "Hà", "Ma", "Nguyễn", "Hứa"],
        &["Văn Thắng", "Văn Chung", "Đức Hiệp", "Văn Tình", "Quang Huy", "Văn Nghiệp"],
        &["Thị Hiền", "Thị Liên", "Thị Tươi", "Thị Thơm", "Thị Nhung", "Thị Vân"],
    ),
    (
        "kinh",
        &["Nguyễn", "Trần", "Phạm", "Lê", "Đỗ", "Vũ", "Bùi", "Đặng"],
        &["Văn Hùng", "Quốc Tuấn", "Văn Minh", "Đức Thành", "Văn Dũng", "Hữu Nghĩa"],
        &["Thị Hoa", "Thị Hương", "Thị Lan", "Thị Mai", "Thị Thủy", "Thị Yến"],
    ),
    (
        "giay",
        &["Vàng", "Lù", "Lục", "Nông", "Hoàng", "Phan"],
        &["Văn Sinh", "Văn Diện", "A Lìn", "Văn Páo", "Văn Quan"],
        &["Thị Lìn", "Thị Seng", "Thị Mờ", "Thị Pin", "Thị Sui"],
    ),
    (
        "nung",
        &["Lù", "Thền", "Vàng", "Hoàng", "Ly", "Lèng", "Pờ"],
        &["Phà Sủi", "Văn Tờ", "Seng Dìn", "Văn Quáng", "Dín Lìn"],
        &["Thị Mai", "Thị Dín", "Thị Sen", "Thị Phủng", "Thị Na"],
    ),
];

/// Who is on the list: the head's name and how many persons. The same in the roster and at the door.
pub fn family(commune: &Commune, key: &str, seed: u64) -> (String, usize) {
    let mut rng = Rng::keyed(seed, &format!("family {key}"));
    let female = rng.chance(0.17);
    let (name, _) = name(commune.people, female, None, &mut rng);
    let most = if rng.chance(0.012) { 12 } else { 8 };
    let mean = 5.4 - 1.7 * commune.wealth;
    let size = (mean + 1.5 * rng.bell()).round().clamp(1.0, f64::from(most));
    (name, size as usize)
}

/// A name, and the family name in it.
fn name(people: &str, female: bool, family: Option<&str>, rng: &mut Rng) -> (String, String) {
    let row = NAMES.iter().find(|(p, ..)| *p == people).unwrap_or(&NAMES[3]);
    let family = family.map_or_else(|| (*rng.pick(row.1)).to_owned(), str::to_owned);
    let given = rng.pick(if female { row.3 } else { row.2 });
    (format!("{family} {given}"), family)
}

/// The members of a family on the day of the interview, the head first.
pub fn members(commune: &Commune, key: &str, seed: u64, day: Date) -> Vec<Person> {
    let (head, size) = family(commune, key, seed);
    let mut rng = Rng::keyed(seed, &format!("members {key}"));
    let head_female = head.contains(" Thị ") || head.contains(" Mùi ") || head.contains("Mẩy");
    let house = head.split(' ').next().unwrap_or_default().to_owned();
    let head_age = rng.whole(27, 66);
    let mut people = Vec::with_capacity(size);
    for i in 0..size {
        let (relation, female, age) = match i {
            0 => ("head", head_female, head_age),
            1 => ("spouse", !head_female, (head_age + rng.whole(-6, 4)).max(18)),
            _ if rng.chance(0.14) && head_age < 55 => {
                ("parent", rng.chance(0.6), head_age + rng.whole(20, 28))
            }
            _ if head_age > 48 && rng.chance(0.45) => {
                ("grandchild", rng.chance(0.5), rng.whole(0, 14))
            }
            _ => ("child", rng.chance(0.48), (head_age - rng.whole(19, 34)).max(0)),
        };
        let name = match (i, relation) {
            (0, _) => head.clone(),
            (_, "child" | "grandchild") => name(commune.people, female, Some(&house), &mut rng).0,
            _ => name(commune.people, female, None, &mut rng).0,
        };
        people.push(person(commune, name, relation, female, age, day, &mut rng));
    }
    people
}

fn person(
    commune: &Commune,
    name: String,
    relation: &'static str,
    female: bool,
    age: i64,
    day: Date,
    rng: &mut Rng,
) -> Person {
    let years = i16::try_from(age).unwrap_or(40);
    // Born on a day already past this year, so that the year alone gives the same age.
    let month = i8::try_from(rng.whole(1, 9)).unwrap_or(1);
    let dom = i8::try_from(rng.whole(1, 28)).unwrap_or(1);
    let born = Date::new(day.year() - years, month, dom).unwrap_or(day);
    let birth_known = match age {
        60.. if rng.chance(0.25) => "year",
        18..60 if rng.chance(0.06) => "year",
        70.. if rng.chance(0.10) => "unknown",
        _ => "date",
    };
    let away = (18..40).contains(&age) && relation == "child" && rng.chance(0.15);
    let (insured, expiry) = insurance(commune, age, day, rng);
    let (work, training) = work(commune, age, rng);
    let sex = if female { "female" } else { "male" };
    let resident = if away { "no" } else { "yes" };
    Person {
        name,
        relation,
        sex,
        born,
        birth_known,
        age: years,
        resident,
        insured,
        expiry,
        work,
        training,
    }
}

/// Poor highland communes are covered by the State; lowland families buy, and sometimes forget to.
fn insurance(
    commune: &Commune,
    age: i64,
    day: Date,
    rng: &mut Rng,
) -> (&'static str, Option<Date>) {
    let year_end = Date::new(day.year(), 12, 31).unwrap_or(day);
    let lapsed = Date::new(day.year(), 8, 31).unwrap_or(day);
    if commune.plant == Plant::LapsedCards && age >= 6 && rng.chance(0.35) {
        return ("yes", Some(lapsed));
    }
    let covered = if commune.wealth < 0.5 { 0.965 } else { 0.985 };
    match rng.unit() {
        u if u < covered => match rng.unit() {
            v if v < 0.02 && commune.wealth < 0.9 => ("yes", Some(lapsed)),
            v if v < 0.10 => ("yes", Date::new(day.year(), 11, 30).ok()),
            v if v < 0.85 => ("yes", Some(year_end)),
            _ => ("yes", None),
        },
        u if u < covered + 0.004 => ("unknown", None),
        _ => ("no", None),
    }
}

fn work(commune: &Commune, age: i64, rng: &mut Rng) -> (&'static str, &'static str) {
    let w = commune.wealth;
    let work = match age {
        ..15 => "",
        15..18 if rng.chance(0.75) => "student",
        18..23 if rng.chance(0.2) => "student",
        66.. if rng.chance(0.7) => "unable",
        _ if rng.chance(0.012) => "unknown",
        _ => rng.weighted(&[
            ("farming", 0.80 - 0.35 * w),
            ("wage_contract", 0.02 + 0.20 * w),
            ("wage_no_contract", 0.12),
            ("self_employed", 0.02 + 0.14 * w),
            ("unemployed", 0.01),
        ]),
    };
    let none = (0.52 - 0.52 * w).max(0.03);
    let training = rng.weighted(&[
        ("none", none),
        ("short", 0.34 - 0.06 * w),
        ("elementary", 0.07 + 0.22 * w),
        ("intermediate", 0.02 + 0.08 * w),
        ("college", 0.01 + 0.05 * w),
        ("university", 0.05 * w),
        ("unknown", 0.008),
    ]);
    (work, training)
}

#[cfg(test)]
mod tests {
    use super::{super::province, *};

    #[test]
    fn a_family_is_the_same_on_the_list_and_at_the_door() {
        let communes = province::make(&province::tests::units(), 2_000, 3);
        let day = Date::new(2024, 10, 9).unwrap();
        for commune in &communes {
            let (head, size) = family(commune, "x.01.001", 3);
            let people = members(commune, "x.01.001", 3, day);
            assert_eq!((people[0].name.as_str(), people.len()), (head.as_str(), size));
            assert!(people.iter().all(|p| (0..=110).contains(&p.age) && p.born <= day));
            assert!(people.iter().all(|p| day.year() - p.born.year() == p.age));
        }
    }
}
