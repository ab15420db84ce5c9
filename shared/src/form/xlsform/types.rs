//! What the cell `type` of a survey row means.

use crate::form::FieldType;

/// What a row is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum RowType<'t> {
    /// Opens a group or a repeat.
    Begin(FieldType),
    /// Closes one.
    End(FieldType),
    /// A question without choices, or metadata.
    Plain(FieldType),
    /// A number with fixed bounds, or what else has a rule and a hint of its own.
    Ready(&'static Ready),
    /// A property of the phone that has no field type of its own.
    Property(&'t str),
    /// A question with choices.
    Select(Select<'t>),
    /// A file that expressions read: its extension.
    External(&'static str),
    /// A setting that stands on the survey sheet.
    Setting(&'static str),
    /// Known to pyxform, but not to us: what to use instead, in Vietnamese and English.
    Refused(&'static str, &'static str),
    /// Not known at all.
    Unknown,
}

/// A question with choices.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Select<'t> {
    pub how: How,
    /// The choices come from a file.
    pub from_file: bool,
    /// The list, the file or `${name}` of a field in a repeat.
    pub list: &'t str,
    /// `or_other`: people may write what is not in the list.
    pub other: bool,
}

/// How many choices an answer has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum How {
    One,
    Multiple,
    Rank,
}

/// A type that brings its own rule and hint.
#[derive(Debug, PartialEq)]
pub(super) struct Ready {
    name: &'static str,
    pub kind: FieldType,
    pub constraint: &'static str,
    pub hint: &'static str,
}

static READY: [Ready; 6] = [
    Ready {
        name: "percentage",
        kind: FieldType::Integer,
        constraint: "0 <= . and . <= 100",
        hint: "",
    },
    Ready {
        name: "phone number",
        kind: FieldType::Text,
        constraint: "regex(., '^\\d*$')",
        hint: "Enter numbers only.",
    },
    days("number of days in last month", "0 <= . and . <= 31", "Enter a number 0-31."),
    days("number of days in last six months", "0 <= . and . <= 183", "Enter a number 0-183."),
    days("number of days in last year", "0 <= . and . <= 365", "Enter a number 0-365."),
    Ready {
        name: "q phone number",
        kind: FieldType::Text,
        constraint: "regex(., '^\\d*$')",
        hint: "",
    },
];

const fn days(name: &'static str, constraint: &'static str, hint: &'static str) -> Ready {
    Ready { name, kind: FieldType::Integer, constraint, hint }
}

/// The spellings of questions with choices; longer ones before those they begin with.
const SELECTS: [(&str, How, bool); 14] = [
    ("add select one prompt using", How::One, false),
    ("add select multiple prompt using", How::Multiple, false),
    ("select all that apply from", How::Multiple, false),
    ("select all that apply", How::Multiple, false),
    ("select one from file", How::One, true),
    ("select multiple from file", How::Multiple, true),
    ("select_one_from_file", How::One, true),
    ("select_multiple_from_file", How::Multiple, true),
    ("select one from", How::One, false),
    ("select1", How::One, false),
    ("select_one", How::One, false),
    ("select one", How::One, false),
    ("select_multiple", How::Multiple, false),
    ("rank", How::Rank, false),
];

/// Every spelling of a type without choices, for "did you mean".
pub(super) const COMMON: [&str; 34] = [
    "text",
    "string",
    "integer",
    "int",
    "decimal",
    "range",
    "date",
    "time",
    "dateTime",
    "datetime",
    "note",
    "image",
    "photo",
    "audio",
    "video",
    "file",
    "barcode",
    "geopoint",
    "geotrace",
    "geoshape",
    "acknowledge",
    "trigger",
    "hidden",
    "calculate",
    "start",
    "end",
    "today",
    "deviceid",
    "username",
    "phonenumber",
    "email",
    "audit",
    "begin_group",
    "begin_repeat",
];

/// What a type means. Blanks in it are single ones.
pub(super) fn read(written: &str) -> RowType<'_> {
    if let Some(kind) = plain(written) {
        return RowType::Plain(kind);
    }
    if let Some(ready) = READY.iter().find(|r| r.name == written) {
        return RowType::Ready(ready);
    }
    match written {
        "xml-external" => RowType::External("xml"),
        "csv-external" => RowType::External("csv"),
        "form_title" | "set_form_title" => RowType::Setting("form_title"),
        "form_id" | "set_form_id" => RowType::Setting("form_id"),
        "simserial" | "sim id" | "get sim id" => RowType::Property("simserial"),
        "subscriberid" | "subscriber id" | "get subscriber id" => RowType::Property("subscriberid"),
        "uri:deviceid" | "uri:username" | "uri:phonenumber" | "uri:email" | "uri:simserial"
        | "uri:subscriberid" => RowType::Property(written),
        "background-geopoint" => RowType::Refused(
            "dùng câu hỏi geopoint hoặc start-geopoint",
            "use a geopoint question or start-geopoint",
        ),
        _ => group(written).or_else(|| select(written)).unwrap_or(RowType::Unknown),
    }
}

fn plain(written: &str) -> Option<FieldType> {
    Some(match written {
        "text" | "string" | "q string" | "add text prompt" => FieldType::Text,
        "integer" | "int" | "q int" | "add integer prompt" => FieldType::Integer,
        "decimal" | "q decimal" | "add decimal prompt" => FieldType::Decimal,
        "range" => FieldType::Range,
        "date" | "q date" | "add date prompt" => FieldType::Date,
        "time" => FieldType::Time,
        "dateTime"
        | "datetime"
        | "date time"
        | "q date time"
        | "q dateTime"
        | "add date time prompt"
        | "add dateTime prompt" => FieldType::DateTime,
        "note" | "q note" | "add note prompt" => FieldType::Note,
        "image" | "photo" | "q image" | "q picture" | "add image prompt" | "add photo prompt" => {
            FieldType::Image
        }
        "audio" | "q audio" | "add audio prompt" => FieldType::Audio,
        "video" | "q video" | "add video prompt" => FieldType::Video,
        "file" | "add file prompt" => FieldType::File,
        "barcode" | "q barcode" | "add barcode prompt" => FieldType::Barcode,
        "geopoint" | "gps" | "location" | "q geopoint" | "q location" | "add location prompt" => {
            FieldType::Geopoint
        }
        "geotrace" | "q geotrace" => FieldType::Geotrace,
        "geoshape" | "q geoshape" => FieldType::Geoshape,
        "acknowledge" | "trigger" | "q acknowledge" | "add acknowledge prompt" => {
            FieldType::Acknowledge
        }
        "calculate" | "q calculate" | "add calculate prompt" => FieldType::Calculate,
        "hidden" => FieldType::Hidden,
        "start" | "start time" | "get start time" => FieldType::Start,
        "end" | "end time" | "get end time" => FieldType::End,
        "today" | "get today" => FieldType::Today,
        "deviceid" | "imei" | "device id" | "get device id" => FieldType::DeviceId,
        "username" => FieldType::Username,
        "phonenumber" | "get phone number" => FieldType::PhoneNumber,
        "email" => FieldType::Email,
        "audit" => FieldType::Audit,
        "start-geopoint" => FieldType::StartGeopoint,
        "background-audio" => FieldType::BackgroundAudio,
        _ => return None,
    })
}

fn group(written: &str) -> Option<RowType<'_>> {
    let after = |word: &str| written.strip_prefix(word)?.strip_prefix([' ', '_']);
    if let Some(what) = after("begin") {
        // `begin repeat over list` was a loop's spelling; on others the list means nothing.
        let what = what.split_once(" over ").map_or(what, |(what, _)| what);
        return match what {
            "group" => Some(RowType::Begin(FieldType::Group)),
            "repeat" | "lgroup" | "looped group" => Some(RowType::Begin(FieldType::Repeat)),
            what if what == "loop" || what.starts_with("loop ") => Some(no_loops()),
            _ => None,
        };
    }
    match after("end")? {
        "group" => Some(RowType::End(FieldType::Group)),
        "repeat" | "lgroup" | "looped group" => Some(RowType::End(FieldType::Repeat)),
        "loop" => Some(no_loops()),
        _ => None,
    }
}

fn no_loops() -> RowType<'static> {
    RowType::Refused(
        "viết từng câu hỏi, hoặc dùng begin repeat",
        "write the questions out, or use begin repeat",
    )
}

fn select(written: &str) -> Option<RowType<'_>> {
    if written == "osm" || written.starts_with("osm ") {
        return Some(RowType::Refused("dùng câu hỏi geopoint", "use a geopoint question"));
    }
    if written.starts_with("select_one_external") {
        return Some(RowType::Refused(
            "dùng select_one_from_file với một tệp .csv",
            "use select_one_from_file with a .csv file",
        ));
    }
    // The longest spelling that leaves one word for the list.
    SELECTS.iter().find_map(|(spelling, how, from_file)| {
        let rest = written.strip_prefix(spelling)?.strip_prefix(' ')?;
        let (list, other) = match rest.split_once(' ') {
            None => (rest, false),
            Some((list, "or_other" | "or other" | "or specify other")) => (list, true),
            Some(_) => return None,
        };
        let select = Select { how: *how, from_file: *from_file, list, other };
        Some(RowType::Select(select))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(written: &str) -> (How, bool, &str, bool) {
        match read(written) {
            RowType::Select(s) => (s.how, s.from_file, s.list, s.other),
            other => panic!("{written}: {other:?}"),
        }
    }

    #[test]
    fn all_spellings_of_choices() {
        assert_eq!(chosen("select_one yes_no"), (How::One, false, "yes_no", false));
        assert_eq!(chosen("select one yes_no or_other"), (How::One, false, "yes_no", true));
        assert_eq!(chosen("select one from yes_no"), (How::One, false, "yes_no", false));
        assert_eq!(chosen("select1 l or specify other"), (How::One, false, "l", true));
        assert_eq!(chosen("select all that apply from l"), (How::Multiple, false, "l", false));
        assert_eq!(chosen("select_multiple l or other"), (How::Multiple, false, "l", true));
        assert_eq!(chosen("select_one_from_file a.csv"), (How::One, true, "a.csv", false));
        assert_eq!(
            chosen("select multiple from file a.xml"),
            (How::Multiple, true, "a.xml", false)
        );
        assert_eq!(chosen("rank l"), (How::Rank, false, "l", false));
        assert_eq!(chosen("select_one ${child}"), (How::One, false, "${child}", false));
        // A list may be called what spellings end with.
        assert_eq!(chosen("select one from"), (How::One, false, "from", false));
        assert_eq!(read("select_one"), RowType::Unknown);
        assert_eq!(read("select_one a b"), RowType::Unknown);
        assert_eq!(read("select_oneyes_no"), RowType::Unknown);
    }

    #[test]
    fn all_spellings_of_groups() {
        for begin in ["begin group", "begin_group"] {
            assert_eq!(read(begin), RowType::Begin(FieldType::Group));
        }
        for begin in ["begin repeat", "begin_repeat", "begin lgroup", "begin looped group"] {
            assert_eq!(read(begin), RowType::Begin(FieldType::Repeat));
        }
        assert_eq!(read("end_repeat"), RowType::End(FieldType::Repeat));
        assert_eq!(read("end"), RowType::Plain(FieldType::End));
        assert!(matches!(read("begin loop over l"), RowType::Refused(..)));
        assert_eq!(read("begin"), RowType::Unknown);
    }

    #[test]
    fn types_are_spelt_as_pyxform_spells_them() {
        assert_eq!(read("Text"), RowType::Unknown);
        assert_eq!(read("imei"), RowType::Plain(FieldType::DeviceId));
        assert_eq!(read("simserial"), RowType::Property("simserial"));
        assert_eq!(read("csv-external"), RowType::External("csv"));
    }
}
