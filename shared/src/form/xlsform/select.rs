//! Questions with choices: from a list, a file or a repeat; with "other"; in a table of selects.

use super::sheet::Row;
use super::short;
use super::survey::{Survey, is_name};
use super::types::{How, Select};
use crate::form::{Choice, Choices, FieldType, Words};
use crate::spelling::nearest;

/// The name within `${…}`.
fn reference(text: &str) -> &str {
    text.trim_start_matches("${").trim_end_matches('}').trim()
}

/// How many lists a misspelt one is compared with.
const TRIED: usize = 200;
/// The choice that `or_other` adds.
const OTHER: &str = "other";

impl Survey<'_> {
    pub(super) fn select(&mut self, row: &Row, select: Select<'_>) {
        let Some(choices) = self.choices(row, select) else {
            // The field stays, so that references to it are no faults.
            self.add(row, FieldType::Text);
            return;
        };
        let kind = |choices| match select.how {
            How::One => FieldType::SelectOne(Box::new(choices)),
            How::Multiple => FieldType::SelectMultiple(Box::new(choices)),
            How::Rank => FieldType::Rank(Box::new(choices)),
        };
        self.table_list_header(row, select.list, &kind, &choices);
        let table = choices.table.clone();
        let Some(field) = self.add(row, kind(choices)) else { return };
        self.common(row, field);
        self.parameters(row, field);
        let filter = match self.table.cell(row, "choice_filter") {
            Some(filter) => Some(filter.to_owned()),
            // Of a repeat people choose among the instances that have an answer.
            None if table.is_empty() => Some(format!("./{} != ''", reference(select.list))),
            None => None,
        };
        self.draft.written[field].extend(filter.map(|f| ("choice_filter", f)));
        if table.is_empty() {
            self.late.push(field);
        }
        if self.draft.fields[field].appearance.contains("search(") {
            self.fault(
                row,
                "appearance",
                "search() chỉ có ở Collect cũ; dùng select_one_from_file tệp.csv với choice_filter",
                "search() is of older phones; use select_one_from_file file.csv with a choice_filter",
            );
        }
        if self.in_table_list() {
            self.draft.fields[field].appearance = "list-nolabel".to_owned();
        }
        self.finish(row, field);
        if select.other {
            self.other(row, field, &table);
        }
    }

    /// Where the choices come from; none after a fault.
    fn choices(&mut self, row: &Row, select: Select<'_>) -> Option<Choices> {
        let list = select.list;
        let stem = list.rsplit_once('.').filter(|(_, e)| matches!(*e, "csv" | "xml" | "geojson"));
        if select.from_file || stem.is_some() {
            let Some((id, extension)) = stem.filter(|(id, _)| !id.is_empty() && !id.contains('.'))
            else {
                let list = short(list);
                self.fault(
                    row,
                    "type",
                    format!("\"{list}\" phải là tên tệp .csv, .xml hoặc .geojson"),
                    format!("\"{list}\" has to be the name of a .csv, .xml or .geojson file"),
                );
                return None;
            };
            if id.contains(['\'', '"', '/', '\\']) {
                self.fault(
                    row,
                    "type",
                    "tên tệp không được có dấu nháy hay gạch chéo",
                    "the file's name must not have quotes or slashes",
                );
                return None;
            }
            if select.other {
                self.other_needs_list(row);
                return None;
            }
            let mut choices = Choices::file(list);
            if extension == "geojson" {
                choices.value = "id".to_owned();
                choices.label = "title".to_owned();
            }
            return Some(choices);
        }
        if list.contains("${") {
            if !super::is_reference(list) {
                self.fault(
                    row,
                    "type",
                    "viết đúng một câu hỏi của phần lặp: select_one ${tên}",
                    "write exactly one field of a repeat: select_one ${name}",
                );
                return None;
            }
            if select.other {
                self.other_needs_list(row);
                return None;
            }
            // The instances' values are what is stored and what is seen.
            let mut choices = Choices::list("");
            choices.value = reference(list).to_owned();
            choices.label = reference(list).to_owned();
            return Some(choices);
        }
        let Some(place) = self.lists.get(list).copied() else {
            let near = nearest(list, self.lists.keys().map(String::as_str).take(TRIED));
            let (vi, en) = match near {
                Some(near) => {
                    (format!("; có phải là \"{near}\"?"), format!("; did you mean \"{near}\"?"))
                }
                None => ("; thêm các lựa chọn của nó".into(), "; add its choices".into()),
            };
            let list = short(list);
            self.fault(
                row,
                "type",
                format!("bảng choices không có danh sách \"{list}\"{vi}"),
                format!("the choices sheet has no list \"{list}\"{en}"),
            );
            return None;
        };
        self.blanks_in_names(row, select, place);
        Some(Choices::list(list))
    }

    /// Answers with several choices have blanks between them.
    fn blanks_in_names(&mut self, row: &Row, select: Select<'_>, place: usize) {
        if select.how == How::One {
            return;
        }
        let Some(choice) = self.blanks.get(&place) else { return };
        let (number, list) = (*choice, select.list);
        let vi = format!(
            "danh sách {list} có giá trị chứa dấu cách (dòng {number} của choices): không chọn nhiều được"
        );
        let en = format!(
            "list {list} has a value with a blank (row {number} of choices): not for several answers"
        );
        self.fault(row, "type", vi, en);
    }

    fn other_needs_list(&mut self, row: &Row) {
        self.fault(
            row,
            "type",
            "or_other chỉ dùng với danh sách trong bảng choices",
            "or_other needs a list of the choices sheet",
        );
    }

    /// The choice "other" and the question that asks what it is.
    fn other(&mut self, row: &Row, field: usize, list: &str) {
        if self.draft.written[field].has("choice_filter") {
            self.fault(
                row,
                "choice_filter",
                "or_other không đi cùng choice_filter; tự thêm lựa chọn và câu hỏi",
                "or_other does not go with a choice_filter; add the choice and the question yourself",
            );
            return;
        }
        let languages = &self.draft.languages.names;
        let say = |vi: &str, en: &str| {
            let word = |name: &String| if name.ends_with("(vi)") { vi } else { en }.to_owned();
            Words(languages.iter().map(word).collect())
        };
        let (choice, question) = (say("Khác", "Other"), say("Ghi rõ.", "Specify other."));
        if languages.len() > 1 {
            self.warn(
                row,
                "type",
                "or_other dùng nhãn có sẵn cho mọi ngôn ngữ; tự thêm lựa chọn và câu hỏi thì dịch được",
                "or_other has labels of its own; add the choice and the question yourself to translate them",
            );
        }
        if let Some(place) = self.lists.get(list) {
            let choices = &mut self.draft.lists[*place].choices;
            if !choices.iter().any(|c| c.name == OTHER) {
                choices.push(Choice {
                    name: OTHER.to_owned(),
                    label: choice,
                    media: Default::default(),
                    others: Default::default(),
                    row: row.number,
                });
            }
        }
        let name = self.draft.fields[field].name.clone();
        let Some(other) = self.add_named(row, &format!("{name}_other"), FieldType::Text) else {
            return;
        };
        self.draft.fields[other].label = question;
        let relevant = format!("selected(../{name}, '{OTHER}')");
        self.draft.written[other].insert("relevant", relevant);
    }

    /// A group whose appearance has `table-list` shows its selects as rows of one table. Gives
    /// whether it does.
    pub(super) fn table_list(&mut self, group: usize) -> Option<Option<String>> {
        let appearance = self.draft.fields[group].appearance.clone();
        if !appearance.split(' ').any(|a| a == "table-list") {
            return None;
        }
        let others = appearance.split(' ').filter(|a| *a != "table-list");
        let all: Vec<&str> = std::iter::once("field-list").chain(others).collect();
        self.draft.fields[group].appearance = all.join(" ");
        Some(None)
    }

    fn in_table_list(&self) -> bool {
        self.open.last().is_some_and(|o| o.table_list.is_some())
    }

    /// Above the first select of a table stands a row with the choices' labels.
    fn table_list_header(
        &mut self,
        row: &Row,
        list: &str,
        kind: &impl Fn(Choices) -> FieldType,
        choices: &Choices,
    ) {
        let Some(table) = self.open.last_mut().and_then(|o| o.table_list.as_mut()) else { return };
        match table {
            Some(first) if first != list => {
                let vi = format!("table-list chỉ dùng một danh sách: ở trên là \"{first}\"");
                let en = format!("a table-list has one list: above it is \"{first}\"");
                self.fault(row, "type", vi, en);
            }
            Some(_) => {}
            None => {
                *table = Some(list.to_owned());
                if self.table.cell(row, "choice_filter").is_some() {
                    self.fault(
                        row,
                        "choice_filter",
                        "table-list không đi cùng choice_filter",
                        "a table-list does not go with a choice_filter",
                    );
                }
                let name = format!("reserved_name_for_field_list_labels_{}", self.number(row));
                if let Some(header) = self.add_named(row, &name, kind(choices.clone())) {
                    self.draft.fields[header].appearance = "label".to_owned();
                }
            }
        }
    }

    /// The note that shows a table's label and hint, which the group itself would show too small.
    pub(super) fn table_list_note(&mut self, row: &Row, group: usize) {
        let target = &mut self.draft.fields[group];
        let (label, hint) = (std::mem::take(&mut target.label), std::mem::take(&mut target.hint));
        if label.is_empty() && hint.is_empty() {
            return;
        }
        let name = format!("generated_table_list_label_{}", self.number(row));
        if let Some(note) = self.add_named(row, &name, FieldType::Note) {
            self.draft.fields[note].label = label;
            self.draft.fields[note].hint = hint;
        }
    }

    /// The row's number in a sheet whose headings are its first row, as generated names have it.
    pub(super) fn number(&self, row: &Row) -> usize {
        (row.number + 1).saturating_sub(self.table.row)
    }

    /// True when a value of a parameter can be a column's name.
    pub(super) fn is_column(value: &str) -> bool {
        is_name(value)
    }
}
