//! The entities sheet: the list that submissions add to or change, and by which rule.

use super::sheet::Row;
use super::survey::is_name;
use super::table::{Table, snake};
use super::{Preface, columns};
use crate::form::draft::Draft;
use crate::spelling::nearest;

pub(super) fn read(draft: &mut Draft, sheet: &Table, preface: &mut Preface) {
    for place in &sheet.unknown {
        let heading = sheet.heading_at(*place).to_owned();
        let near = nearest(&snake(&heading), columns::ENTITIES);
        let near = near.map(|n| if n == "dataset" { "list_name" } else { n });
        let (vi, en) = match near {
            Some(near) => (format!("có phải là \"{near}\"?"), format!("did you mean \"{near}\"?")),
            None => ("bỏ cột này đi".to_owned(), "remove it".to_owned()),
        };
        draft.fault(
            ("entities", sheet.row, &heading),
            format!("không biết cột này; {vi}"),
            format!("this column is not known; {en}"),
        );
    }
    let Some((row, more)) = sheet.rows.split_first() else { return };
    if let Some(second) = more.first() {
        draft.fault(
            ("entities", second.number, ""),
            "mỗi phiếu chỉ ghi vào một danh sách thực thể; tách thành hai mẫu phiếu",
            "a form writes to one entity list only; make two forms of it",
        );
    }
    if sheet.cell(row, "repeat").is_some() {
        draft.fault(
            ("entities", row.number, sheet.heading_of("repeat")),
            "chưa ghi được thực thể từ phần lặp; để trống cột này",
            "entities cannot be made in repeats; leave this column blank",
        );
    }
    let list = sheet.cell(row, "dataset").unwrap_or_default();
    if !is_name(list) || list.starts_with("__") || list.contains('.') {
        draft.fault(
            ("entities", row.number, sheet.heading_of("dataset")),
            "list_name phải có: chữ không dấu, số, gạch dưới; không bắt đầu bằng __, không có dấu chấm",
            "list_name is needed: letters, digits and _; not __ first, no full stop",
        );
        return;
    }
    combination(draft, sheet, row);
    draft.entity = Some(list.to_owned());
    for column in ["label", "entity_id", "create_if", "update_if"] {
        if let Some(text) = sheet.cell(row, column) {
            preface.entity.insert(column, text.to_owned());
        }
    }
}

/// With an id an entity is changed, without one it is made; the conditions have to go with that.
fn combination(draft: &mut Draft, sheet: &Table, row: &Row) {
    let has = |name: &str| sheet.cell(row, name).is_some();
    let (id, create, update) = (has("entity_id"), has("create_if"), has("update_if"));
    let (column, vi, en) = if !id && update {
        ("entity_id", "update_if cần có entity_id", "update_if needs an entity_id")
    } else if id && create && !update {
        (
            "update_if",
            "có cả entity_id và create_if thì cần update_if; hoặc bỏ entity_id",
            "entity_id with create_if needs an update_if; or remove the entity_id",
        )
    } else if !id && !has("label") {
        ("label", "thực thể mới cần có nhãn", "a new entity needs a label")
    } else {
        return;
    };
    draft.fault(("entities", row.number, sheet.heading_of(column)), vi, en);
}
