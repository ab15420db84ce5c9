//! The settings sheet.

use super::table::{Table, snake};
use super::{Preface, columns, survey::is_name, yes};
use crate::form::draft::{Draft, Truth};
use crate::spelling::nearest;

/// Reads what the settings say.
pub(super) fn read(draft: &mut Draft, sheet: &Table) -> Preface {
    let empty = Default::default();
    let row = sheet.rows.first().unwrap_or(&empty);
    let get = |name: &str| sheet.cell(row, name).unwrap_or_default().to_owned();
    unknown_columns(draft, sheet);
    if let Some(second) = sheet.rows.get(1) {
        draft.warn(
            ("settings", second.number, ""),
            "chỉ dòng đầu của bảng settings có hiệu lực",
            "only the first row of the settings counts",
        );
    }
    draft.id = get("form_id");
    draft.version = get("version");
    draft.title = get("form_title");
    draft.settings.submission_url = get("submission_url");
    draft.settings.public_key = get("public_key").split_whitespace().collect();
    draft.settings.style = get("style");
    for name in ["auto_send", "auto_delete"] {
        let value = truth(draft, sheet, name, &get(name));
        match name {
            "auto_send" => draft.settings.auto_send = value,
            _ => draft.settings.auto_delete = value,
        }
    }
    draft.settings.namespaces = namespaces(draft, sheet, &get("namespaces"));
    for (column, cell) in sheet.filled(row) {
        if let Some(name) = column.name.strip_prefix("attribute::") {
            // What the form says itself goes before.
            if !matches!(name, "id" | "version") {
                draft.settings.attributes.push((name.to_owned(), cell.to_owned()));
            }
        }
    }
    for (column, name) in
        [("instance_xmlns", "xmlns"), ("prefix", "odk:prefix"), ("delimiter", "odk:delimiter")]
    {
        let value = get(column);
        if !value.is_empty() {
            draft.settings.attributes.push((name.to_owned(), value));
        }
    }
    without_effect(draft, sheet);
    let root = match get("name") {
        name if name.is_empty() => "data".to_owned(),
        name if is_name(&name) => name,
        _ => {
            draft.fault(
                ("settings", row.number, sheet.heading_of("name")),
                "tên không dùng được: chữ không dấu, số, gạch dưới; bắt đầu bằng chữ",
                "the name cannot be used: letters, digits and _, a letter first",
            );
            "data".to_owned()
        }
    };
    Preface { root, instance_name: get("instance_name"), entity: Default::default() }
}

/// What the form cannot do without; the survey sheet may have said it, too.
pub(super) fn check(draft: &mut Draft, sheet: &Table) {
    let row = sheet.rows.first().map_or(sheet.row, |r| r.number);
    let needed = [("form_id", draft.id.clone()), ("version", draft.version.clone())];
    for (column, value) in needed {
        if value.is_empty() || value.contains(char::is_whitespace) {
            draft.fault(
                ("settings", row, sheet.heading_of(column)),
                format!("{column} phải có và không chứa dấu cách"),
                format!("{column} is needed, without blanks"),
            );
        }
    }
    if draft.title.is_empty() {
        draft.title.clone_from(&draft.id);
    }
}

impl Preface {
    /// True when blanks in a row of the survey count as one, as they do unless the form says no.
    pub(super) fn collapse(&self, sheet: &Table) -> bool {
        let cell = sheet.rows.first().and_then(|r| sheet.cell(r, "clean_text_values"));
        cell.and_then(Truth::read) != Some(Truth(false))
    }
}

fn unknown_columns(draft: &mut Draft, sheet: &Table) {
    for place in &sheet.unknown {
        let heading = sheet.heading_at(*place).to_owned();
        let (vi, en) = match nearest(&snake(&heading), columns::SETTINGS) {
            Some(near) => {
                (format!("; có phải là \"{near}\"?"), format!("; did you mean \"{near}\"?"))
            }
            None => Default::default(),
        };
        draft.warn(
            ("settings", sheet.row, &heading),
            format!("không biết cột này nên bỏ qua{vi}"),
            format!("this column is not known and left alone{en}"),
        );
    }
}

/// Settings of other servers and of times gone by.
fn without_effect(draft: &mut Draft, sheet: &Table) {
    let Some(row) = sheet.rows.first() else { return };
    for (column, cell) in sheet.filled(row) {
        let at = ("settings", row.number, column.heading.as_str());
        match column.name.as_str() {
            "omit_instanceid" if yes(cell) => draft.fault(
                at,
                "không thể bỏ instanceID: mỗi phiếu cần mã riêng",
                "instanceID cannot be left out: every submission needs its id",
            ),
            "flat" if yes(cell) => draft.fault(
                at,
                "không dùng được phiếu dạng flat; bỏ cột này",
                "flat forms cannot be used; remove this column",
            ),
            "instance_id" if cell != "uid" => {
                draft.warn(at, "instance_id luôn là uid ở đây", "instance_id is always uid here")
            }
            "client_editable" | "add_none_option" if yes(cell) => {
                draft.warn(at, "thiết lập này không có tác dụng", "this setting has no effect")
            }
            name if name.starts_with("sms_") => draft.warn(
                at,
                "không gửi phiếu qua tin nhắn nữa: thiết lập này không có tác dụng",
                "forms are no longer sent by text message: this setting has no effect",
            ),
            _ => {}
        }
    }
}

fn truth(draft: &mut Draft, sheet: &Table, name: &str, value: &str) -> String {
    match (value, Truth::read(value)) {
        ("", _) => String::new(),
        (_, Some(Truth(true))) => "true".to_owned(),
        (_, Some(Truth(false))) => "false".to_owned(),
        _ => {
            let row = sheet.rows.first().map_or(0, |r| r.number);
            draft.warn(
                ("settings", row, sheet.heading_of(name)),
                format!("{name} phải là true hoặc false"),
                format!("{name} has to be true or false"),
            );
            value.to_owned()
        }
    }
}

/// `prefix="address"` between blanks.
fn namespaces(draft: &mut Draft, sheet: &Table, text: &str) -> Vec<(String, String)> {
    const OURS: [&str; 7] = ["h", "ev", "xsd", "jr", "orx", "odk", "entities"];
    let mut found: Vec<(String, String)> = Vec::new();
    for word in text.split_whitespace() {
        let pair = word.split_once('=').filter(|(prefix, address)| {
            is_name(prefix) && !address.contains('=') && address.len() > 2
        });
        let Some((prefix, address)) = pair else {
            let row = sheet.rows.first().map_or(0, |r| r.number);
            draft.warn(
                ("settings", row, sheet.heading_of("namespaces")),
                "viết tiền_tố=\"địa chỉ\", cách nhau bằng dấu cách",
                "write prefix=\"address\" with blanks between",
            );
            continue;
        };
        let address: String = address.chars().filter(|c| !matches!(c, '"' | '\'')).collect();
        if !OURS.contains(&prefix) && found.iter().all(|(p, _)| p != prefix) {
            found.push((prefix.to_owned(), address));
        }
    }
    found
}
