//! What a submission does to an entity (ODK entities specification 2024.1).

use super::{Form, Tag, Writer};
use crate::form::{Entity, FieldType, Rule};

/// The version of the specification.
pub(super) const VERSION: &str = "2024.1.0";

/// The attributes by which a phone and a server follow an entity's versions, with the columns of
/// its list.
const VERSIONS: [(&str, &str); 3] =
    [("baseVersion", "__version"), ("trunkVersion", "__trunkVersion"), ("branchId", "__branchId")];

fn creates(entity: &Entity) -> bool {
    entity.id.is_none() || entity.create_if.is_some()
}

/// The attributes of the element `entity`.
pub(super) fn attributes(form: &Form, tag: Tag) -> Tag {
    let Some(entity) = &form.entity else { return tag };
    let updates = entity.id.is_some();
    let mut tag = tag
        .with("dataset", entity.list.as_str())
        .maybe("create", creates(entity).then_some("1"))
        .maybe("update", updates.then_some("1"));
    for (attribute, _) in VERSIONS {
        tag = tag.maybe(attribute, updates.then_some(""));
    }
    tag.with("id", "")
}

/// The bindings of those attributes.
pub(super) fn bindings(form: &Form, path: &str, out: &mut Writer) {
    let Some(entity) = &form.entity else { return };
    let mut bind = |attribute: &str, calculate: Option<&str>| {
        let tag = Tag::new("bind").with("nodeset", format!("{path}/@{attribute}"));
        let tag = tag.with("type", "string").with("readonly", "true()");
        out.empty(tag.maybe("calculate", calculate.map(str::trim)));
    };
    for (attribute, rule) in [("create", &entity.create_if), ("update", &entity.update_if)] {
        if let Some(rule) = rule {
            bind(attribute, Some(&rule.source));
        }
    }
    let id = entity.id.as_ref().map(|id| id.source.trim());
    if let Some(id) = id {
        for (attribute, column) in VERSIONS {
            let row = format!("instance('{}')/root/item[name= {id} ]/{column}", entity.list);
            bind(attribute, Some(&row));
        }
    }
    bind("id", id);
    if id.is_none() {
        let tag = Tag::new("setvalue").with("ref", format!("{path}/@id"));
        out.empty(tag.with("event", "odk-instance-first-load").with("value", "uuid()"));
    }
}

/// How the label of the entity is worked out, where the field is that label.
pub(super) fn label(form: &Form, i: usize) -> Option<String> {
    let parent = form.fields[i].parent?;
    let here = form.fields[parent].kind == FieldType::Entity && form.fields[i].name == "label";
    let rule: &Rule = form.entity.as_ref()?.label.as_ref().filter(|_| here)?;
    Some(rule.source.trim().to_owned())
}
