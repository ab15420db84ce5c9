//! What the headings of each sheet are called, whatever alias an author used.

use super::table::snake;

/// Columns of the survey sheet that stand for themselves.
pub(super) const SURVEY: [&str; 26] = [
    "type",
    "name",
    "label",
    "hint",
    "guidance_hint",
    "required",
    "required_message",
    "relevant",
    "constraint",
    "constraint_message",
    "calculation",
    "default",
    "trigger",
    "read_only",
    "appearance",
    "parameters",
    "choice_filter",
    "repeat_count",
    "save_to",
    "autoplay",
    "rows",
    "intent",
    "no_app_error_string",
    "disabled",
    "comment",
    "comments",
];

/// Columns of the settings sheet.
pub(super) const SETTINGS: [&str; 23] = [
    "form_title",
    "form_id",
    "version",
    "default_language",
    "name",
    "instance_name",
    "submission_url",
    "public_key",
    "auto_send",
    "auto_delete",
    "style",
    "namespaces",
    "allow_choice_duplicates",
    "instance_id",
    "instance_xmlns",
    "clean_text_values",
    "omit_instanceid",
    "client_editable",
    "prefix",
    "delimiter",
    "flat",
    "add_none_option",
    "sms_keyword",
];

/// Columns of the entities sheet.
pub(super) const ENTITIES: [&str; 6] =
    ["dataset", "label", "entity_id", "create_if", "update_if", "repeat"];

/// Kinds of media that a label can have.
pub(in crate::form) const MEDIA: [&str; 4] = ["image", "big-image", "audio", "video"];

type Heading = Option<(String, Option<String>)>;

/// Texts have a column for each language; others have no further part.
fn with_language(name: &str, rest: &[&str]) -> Heading {
    let words = matches!(
        name,
        "label"
            | "hint"
            | "guidance_hint"
            | "constraint_message"
            | "required_message"
            | "no_app_error_string"
    ) || name.starts_with("media::");
    match rest {
        [] => Some((name.to_owned(), None)),
        [language] if words && !language.is_empty() => {
            Some((name.to_owned(), Some((*language).to_owned())))
        }
        _ => None,
    }
}

fn media(kind: &str, rest: &[&str]) -> Heading {
    let kind = snake(kind);
    MEDIA.contains(&kind.as_str()).then(|| with_language(&format!("media::{kind}"), rest))?
}

/// A heading of the survey sheet.
pub(super) fn survey(parts: &[&str]) -> Heading {
    let (first, rest) = parts.split_first()?;
    let first = snake(first);
    let name = match first.as_str() {
        "image" | "big-image" | "audio" | "video" => return media(&first, rest),
        "media" => return media(rest.first()?, &rest[1..]),
        "bind" => return bind(rest),
        "body" | "control" => return body(rest),
        "instance" => return passed("instance", rest),
        "command" => "type",
        "tag" | "value" => "name",
        "caption" => "label",
        "relevance" => "relevant",
        "readonly" => "read_only",
        "calculate" => "calculation",
        "constraining_message" | "constraint_msg" => "constraint_message",
        "requiredmsg" => "required_message",
        "noapperrorstring" => "no_app_error_string",
        "count" | "jr:count" => "repeat_count",
        other if SURVEY.contains(&other) => other,
        _ => return None,
    };
    with_language(name, rest)
}

fn bind(rest: &[&str]) -> Heading {
    let (what, more) = rest.split_first()?;
    let name = match *what {
        "relevant" | "constraint" | "required" => what,
        "readonly" => "read_only",
        "calculate" => "calculation",
        "jr:constraintMsg" => "constraint_message",
        "jr:requiredMsg" => "required_message",
        "jr:noAppErrorString" => "no_app_error_string",
        "entities:saveto" => "save_to",
        _ => return passed("bind", rest),
    };
    with_language(name, more)
}

fn body(rest: &[&str]) -> Heading {
    match rest {
        ["appearance"] => with_language("appearance", &[]),
        ["jr:count"] => with_language("repeat_count", &[]),
        ["autoplay"] => with_language("autoplay", &[]),
        ["rows"] => with_language("rows", &[]),
        _ => passed("body", rest),
    }
}

/// An attribute that passes to the XForm as it is: `bind::odk:length`. Single colons may have split
/// its prefix from its name.
fn passed(element: &str, rest: &[&str]) -> Heading {
    let name = rest.join(":");
    let legal = super::survey::is_name(name.strip_prefix("odk:").unwrap_or(&name))
        || name.split_once(':').is_some_and(|(prefix, rest)| {
            super::survey::is_name(prefix) && super::survey::is_name(rest)
        });
    legal.then(|| (format!("{element}::{name}"), None))
}

/// A heading of the choices sheet; columns of unknown names are for choice filters.
pub(super) fn choices(parts: &[&str]) -> Heading {
    let (first, rest) = parts.split_first()?;
    match snake(first).as_str() {
        "list_name" => with_language("list_name", rest),
        "name" | "value" => with_language("name", rest),
        "label" | "caption" => with_language("label", rest),
        "media" => media(rest.first()?, &rest[1..]),
        kind @ ("image" | "big-image" | "audio" | "video") => media(kind, rest),
        _ => Some((parts.join("::"), None)),
    }
}

/// A heading of the settings sheet.
pub(super) fn settings(parts: &[&str]) -> Heading {
    let (first, rest) = parts.split_first()?;
    let first = snake(first);
    let name = match first.as_str() {
        "attribute" => return passed("attribute", rest),
        "title" | "set_form_title" => "form_title",
        "id_string" | "set_form_id" => "form_id",
        other if SETTINGS.contains(&other) || other.starts_with("sms_") => other,
        _ => return None,
    };
    with_language(name, rest)
}

/// A heading of the entities sheet.
pub(super) fn entities(parts: &[&str]) -> Heading {
    let (first, rest) = parts.split_first()?;
    let first = snake(first);
    let name = match first.as_str() {
        "list_name" => "dataset",
        other if ENTITIES.contains(&other) => other,
        _ => return None,
    };
    with_language(name, rest)
}
