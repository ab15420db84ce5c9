//! Secondary instances: lists of choices in the form, and files beside it.

use std::collections::BTreeMap;

use super::super::choices::{Choice, List};
use super::super::settings::External;
use super::Reading;
use super::texts::Said;
use super::xml::Element;

/// A secondary instance.
pub(super) struct Secondary<'x> {
    pub id: &'x str,
    pub element: Element<'x>,
    /// The file it comes from; empty for the last saved submission; none when it stands here.
    pub file: Option<&'x str>,
    /// How the first question that chooses from it does.
    pub shown: Option<Shown>,
}

/// Which columns are stored and shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    pub value: String,
    pub label: String,
    /// True when the label's column holds ids of texts.
    pub texts: bool,
}

impl<'x> Reading<'x> {
    /// Notes which secondary instances there are.
    pub(super) fn secondary(&mut self, model: Element<'x>) {
        for element in model.children().filter(|c| c.name() == "instance").skip(1) {
            let Some(id) = element.get("id").map(str::trim).filter(|id| !id.is_empty()) else {
                self.warn(
                    element,
                    "id",
                    "instance phụ không có id nên không biểu thức nào đọc được; bỏ qua",
                    "a secondary instance without id cannot be read by any expression; left out",
                );
                continue;
            };
            if !self.list_names.insert(id.to_owned()) {
                self.fault(
                    element,
                    "id",
                    format!("có hai instance cùng id \"{id}\"; đổi một id"),
                    format!("two instances have the id \"{id}\"; change one"),
                );
                continue;
            }
            let file = element.get("src").map(|src| match src.trim() {
                "jr://instance/last-saved" => "",
                src => src.rsplit('/').next().unwrap_or_default(),
            });
            self.secondary.push(Secondary { id, element, file, shown: None });
        }
    }

    /// Lists and files, once it is known how questions use them.
    pub(super) fn finish_lists(&mut self) {
        let chosen = self.draft.fields.iter().filter_map(|f| f.kind.choices());
        let chosen: Vec<String> = chosen.map(|c| c.table.clone()).collect();
        let mut lists = Vec::new();
        for secondary in std::mem::take(&mut self.secondary) {
            match secondary.file {
                None => lists.extend(self.list(&secondary)),
                Some(_) if chosen.iter().any(|c| c == secondary.id) => {}
                Some(file) => self
                    .draft
                    .externals
                    .push(External { id: secondary.id.to_owned(), file: file.to_owned() }),
            }
        }
        // Lists that stand in questions come after those that are instances.
        lists.append(&mut self.draft.lists);
        self.draft.lists = lists;
        for (line, id) in std::mem::take(&mut self.texts.missing) {
            self.draft.warnings.push(super::FormFault::new(
                super::SHEET,
                line,
                "ref",
                format!("không có bản dịch nào mang id \"{id}\" trong itext"),
                format!("itext has no text with the id \"{id}\""),
            ));
        }
    }

    fn list(&mut self, secondary: &Secondary<'x>) -> Option<List> {
        let mut list = List { name: secondary.id.to_owned(), choices: Vec::new() };
        let mut roots = secondary.element.children();
        let Some(root) = roots.next() else { return Some(list) };
        let odd = |e: Element<'_>| e.children().any(|c| c.children().next().is_some());
        let shaped = root.name() == "root" && roots.next().is_none();
        if !shaped || root.children().any(|i| i.name() != "item" || odd(i)) {
            self.fault(
                secondary.element,
                "instance",
                format!(
                    "instance \"{}\" phải có dạng <root><item>…</item></root>, mỗi item chỉ gồm \
                     các cột; sắp xếp lại, hoặc để thành tệp XML gửi kèm",
                    secondary.id
                ),
                format!(
                    "instance \"{}\" has to be <root><item>…</item></root> with plain columns in \
                     each item; rearrange it, or make it an XML file beside the form",
                    secondary.id
                ),
            );
            return None;
        }
        for item in root.children() {
            let mut columns: BTreeMap<&str, String> = BTreeMap::new();
            for column in item.children() {
                columns.entry(column.name()).or_insert_with(|| column.text());
            }
            list.choices.push(self.choice(item, columns, secondary.shown.as_ref()));
        }
        Some(list)
    }

    fn choice(
        &mut self,
        item: Element<'x>,
        mut columns: BTreeMap<&'x str, String>,
        shown: Option<&Shown>,
    ) -> Choice {
        let mut said = Said::default();
        // A list that no question shows may have texts all the same, by their usual column.
        let texts = shown.filter(|s| s.texts).map_or("itextId", |s| s.label.as_str());
        match (columns.remove(texts), columns.get("label")) {
            (Some(id), _) => said = self.texts.by_id(&id, item.line()),
            (None, Some(label)) => said.words = self.texts.inline(label.clone()),
            (None, None) => {}
        }
        // Labels of a form in several languages stand among its texts: what expressions look up
        // stays a column beside.
        if self.texts.languages == ["default"] {
            columns.remove("label");
        }
        let name = columns.remove("name").or_else(|| {
            let value = &shown?.value;
            columns.get(value.as_str()).cloned()
        });
        let others = columns.into_iter().filter(|c| !c.1.is_empty());
        Choice {
            name: name.unwrap_or_default(),
            label: said.words,
            media: said.media,
            others: others.map(|(column, value)| (column.to_owned(), value)).collect(),
            row: item.line(),
        }
    }

    /// A list of the choices that stand in a question.
    pub(super) fn inline_list(&mut self, question: Element<'x>, name: &str) -> String {
        let mut id = name.to_owned();
        let mut n = 1;
        while !self.list_names.insert(id.clone()) {
            n += 1;
            id = format!("{name}_{n}");
        }
        let mut list = List { name: id.clone(), choices: Vec::new() };
        for item in question.children().filter(|c| c.name() == "item") {
            let Some(value) = item.child("value").map(Element::text) else {
                self.fault(
                    item,
                    "value",
                    "lựa chọn này thiếu <value>",
                    "this choice has no <value>",
                );
                continue;
            };
            let said = item.child("label").map(|l| self.texts.said(l)).unwrap_or_default();
            list.choices.push(Choice {
                name: value,
                label: said.words,
                media: said.media,
                others: BTreeMap::new(),
                row: item.line(),
            });
        }
        self.draft.lists.push(list);
        id
    }
}
