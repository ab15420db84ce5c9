//! The choices sheet.

use crate::spelling::nearest;
use std::collections::{BTreeMap, BTreeSet};

use super::survey::is_name;
use super::table::{Table, snake};
use super::{media, yes};
use crate::form::draft::Draft;
use crate::form::{Choice, List};

pub(super) fn read(draft: &mut Draft, sheet: &Table, settings: &Table) {
    if sheet.rows.is_empty() {
        return;
    }
    for needed in ["list_name", "name"] {
        if !sheet.has(needed) {
            draft.fault(
                ("choices", sheet.row, needed),
                format!("bảng choices thiếu cột {needed}"),
                format!("the choices sheet has no column {needed}"),
            );
            return;
        }
    }
    let others = other_columns(draft, sheet);
    let setting = settings.rows.first().and_then(|r| settings.cell(r, "allow_choice_duplicates"));
    let duplicates = setting.is_some_and(yes);
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut seen: BTreeSet<(usize, &str)> = BTreeSet::new();
    for row in &sheet.rows {
        let list = sheet.cell(row, "list_name");
        let name = sheet.cell(row, "name");
        let (list, name) = match (list, name) {
            (Some(list), Some(name)) => (list, name),
            (Some(list), None) => {
                draft.fault(
                    ("choices", row.number, sheet.heading_of("name")),
                    format!("lựa chọn của danh sách {list} chưa có giá trị ở cột name"),
                    format!("a choice of list {list} has no name"),
                );
                continue;
            }
            (None, name) => {
                if name.is_some() {
                    draft.warn(
                        ("choices", row.number, sheet.heading_of("list_name")),
                        "dòng không có list_name nên bị bỏ qua",
                        "a row without list_name is left out",
                    );
                }
                continue;
            }
        };
        let place = match places.get(list) {
            Some(place) => *place,
            None => {
                draft.lists.push(List { name: list.to_owned(), choices: Vec::new() });
                places.insert(list.to_owned(), draft.lists.len() - 1);
                draft.lists.len() - 1
            }
        };
        if !seen.insert((place, name)) && !duplicates {
            draft.fault(
                ("choices", row.number, sheet.heading_of("name")),
                format!("giá trị \"{name}\" có hai lần trong danh sách {list}"),
                format!(
                    "value \"{name}\" occurs twice in list {list}; \
                     setting allow_choice_duplicates = yes allows it"
                ),
            );
        }
        let label = draft.words(sheet, row, "label");
        let media = media(draft, sheet, row);
        if label.is_empty() && media.is_empty() {
            draft.warn(
                ("choices", row.number, sheet.heading_of("label")),
                format!("lựa chọn \"{name}\" chưa có nhãn: điện thoại hiện giá trị"),
                format!("choice \"{name}\" has no label: the phone shows its value"),
            );
        }
        let cell = |place: &usize| row.cells.get(*place).filter(|c| !c.is_empty()).cloned();
        let others = others.iter().filter_map(|(place, name)| Some((name.clone(), cell(place)?)));
        let choice = Choice {
            name: name.to_owned(),
            label,
            media,
            others: others.collect(),
            row: row.number,
        };
        draft.lists[place].choices.push(choice);
    }
}

/// Places and names of the columns that choice filters may use: each becomes an XML element.
fn other_columns(draft: &mut Draft, sheet: &Table) -> Vec<(usize, String)> {
    let mut others = Vec::new();
    for (place, column) in sheet.columns.iter().enumerate() {
        let name = column.name.as_str();
        let ours =
            matches!(name, "" | "list_name" | "name" | "label") || name.starts_with("media::");
        if ours {
            continue;
        }
        let at = ("choices", sheet.row, column.heading.as_str());
        // Names with blanks were always used for remarks.
        if !is_name(name) || name == "itextId" {
            draft.warn(
                at,
                "cột này bị bỏ qua: tên cột chỉ có chữ không dấu, số, gạch dưới",
                "this column is left alone: names of columns are letters, digits and _",
            );
            continue;
        }
        let known = ["list_name", "name", "label", "media"];
        if let Some(near) = nearest(&snake(name), known) {
            draft.warn(
                at,
                format!("cột này chỉ dùng cho choice_filter; có phải là \"{near}\"?"),
                format!("this column is only for choice filters; did you mean \"{near}\"?"),
            );
        }
        others.push((place, name.to_owned()));
    }
    others
}
