//! What a helper team filled in on a phone with the form `visit` (`shared/data/forms/visit.md`), read
//! as a visit, difficulties and support.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::answers::{NodeId, Tree};
use crate::api::difficulty::Category;
use crate::api::support::{Beneficiary, SupportKind};

/// Id of the form.
pub const FORM: &str = "visit";

/// What was filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filled {
    /// Commune unit id.
    pub commune: String,
    /// The day of the visit.
    pub day: Date,
    /// Criteria met, as the commune told.
    pub criteria_met: Option<u8>,
    /// Numbers of the open criteria.
    pub open_criteria: BTreeSet<u16>,
    /// Agreed next steps.
    pub plan: String,
    /// What stands in the way.
    pub difficulties: Vec<Difficulty>,
    /// What was given.
    pub supports: Vec<Support>,
}

/// A difficulty that was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difficulty {
    /// What it is about.
    pub category: Category,
    /// What it is.
    pub description: String,
    /// The last day to resolve it, where one was agreed.
    pub deadline: Option<Date>,
}

/// Support that was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Support {
    /// What was given.
    pub kind: SupportKind,
    /// For whom; versions of the form before 2024100103 did not ask.
    pub beneficiary: Beneficiary,
    /// Village unit id, where it was for one.
    pub village: Option<String>,
    /// How many of them.
    pub count: Option<u32>,
    /// What exactly.
    pub detail: String,
    /// Its value in đồng.
    pub value: Option<u64>,
}

/// Reads the answers; `None` where they do not say which commune or which day. What is unknown to the
/// lists of words is left out.
pub fn read(tree: &Tree) -> Option<Filled> {
    let root = tree.root();
    let open = text(tree, root, "open_criteria");
    let open = open.split_whitespace().filter_map(|word| word.strip_prefix('c')?.parse().ok());
    let day = |node, name| text(tree, node, name).get(..10).and_then(|day| day.parse().ok());
    let difficulty = |node: NodeId| {
        Some(Difficulty {
            category: Category::read(text(tree, node, "category"))?,
            description: text(tree, node, "description").to_owned(),
            deadline: day(node, "deadline"),
        })
    };
    let support = |node: NodeId| {
        // The form asks for thousands.
        let value = text(tree, node, "value").parse::<u64>().ok();
        let village = text(tree, node, "village");
        Some(Support {
            kind: SupportKind::read(text(tree, node, "kind"))?,
            beneficiary: Beneficiary::read(text(tree, node, "beneficiary"))
                .unwrap_or(Beneficiary::Other),
            village: (!village.is_empty()).then(|| village.to_owned()),
            count: text(tree, node, "count").parse().ok(),
            detail: text(tree, node, "detail").to_owned(),
            value: value.and_then(|thousands| thousands.checked_mul(1_000)),
        })
    };
    let inside = |group: &str, name: &str| -> Vec<NodeId> {
        children(tree, root, group)
            .into_iter()
            .flat_map(|node| children(tree, node, name))
            .collect()
    };
    Some(Filled {
        commune: Some(text(tree, root, "commune")).filter(|id| !id.is_empty())?.to_owned(),
        day: day(root, "visit_date")?,
        criteria_met: text(tree, root, "criteria_met").parse().ok(),
        open_criteria: open.collect(),
        plan: text(tree, root, "next_steps").to_owned(),
        difficulties: inside("difficulties", "difficulty")
            .into_iter()
            .filter_map(difficulty)
            .collect(),
        supports: inside("supports", "support").into_iter().filter_map(support).collect(),
    })
}

fn children(tree: &Tree, of: NodeId, name: &str) -> Vec<NodeId> {
    tree.children(of).iter().copied().filter(|node| tree.name(*node) == name).collect()
}

fn text<'t>(tree: &'t Tree, of: NodeId, name: &str) -> &'t str {
    children(tree, of, name).first().map_or("", |node| tree.text(*node).trim())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_filled_in_form_is_a_visit_with_what_was_told_and_given() {
        let xml = "<visit id='visit' version='1'><commune>u0066</commune><visit_date>2024-10-14</visit_date>
            <criteria_met>12</criteria_met><open_criteria>c9 c17</open_criteria>
            <difficulties><difficulty><category>capital</category><description>Thiếu vốn</description><deadline>2024-12-01</deadline></difficulty>
            <difficulty><category>gold</category><description>?</description></difficulty></difficulties>
            <supports><support><kind>money</kind><beneficiary>village</beneficiary><village>u0066.01</village>
            <detail>Trường</detail><value>50000</value></support>
            <support><kind>labour</kind><detail/><value/></support></supports>
            <next_steps> Rà nhà tạm </next_steps></visit>";
        let filled = read(&Tree::read(xml.as_bytes()).unwrap()).unwrap();
        assert_eq!((filled.commune.as_str(), filled.day), ("u0066", date(2024, 10, 14)));
        assert_eq!((filled.criteria_met, filled.plan.as_str()), (Some(12), "Rà nhà tạm"));
        assert_eq!(filled.open_criteria, BTreeSet::from([9, 17]));
        let told = Difficulty {
            category: Category::Capital,
            description: "Thiếu vốn".into(),
            deadline: Some(date(2024, 12, 1)),
        };
        assert_eq!(filled.difficulties, [told]);
        let given = Support {
            kind: SupportKind::Money,
            beneficiary: Beneficiary::Village,
            village: Some("u0066.01".into()),
            count: None,
            detail: "Trường".into(),
            value: Some(50_000_000),
        };
        let less = Support {
            kind: SupportKind::Labour,
            beneficiary: Beneficiary::Other,
            village: None,
            detail: String::new(),
            value: None,
            ..given.clone()
        };
        assert_eq!(filled.supports, [given, less]);
        let bare =
            "<visit id='visit' version='1'><commune/><visit_date>2024-10-14</visit_date></visit>";
        assert_eq!(read(&Tree::read(bare.as_bytes()).unwrap()), None);
    }
}
