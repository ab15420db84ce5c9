//! What works, but would make a collector or an analyst stumble: warnings about a compiled form.

use std::collections::{BTreeMap, BTreeSet};

use super::{Choices, DataType, Field, FieldType, Form, FormFault, List, Rule, Words};
use crate::expr::{Ast, Path, Start, Test};

/// A list longer than this is hard to find one's choice in, unless it can be searched.
const LONG_LIST: usize = 200;

/// Everything found, in the order of the sheets.
pub(super) fn lint(form: &Form) -> Vec<FormFault> {
    let mut found = Found { form, warnings: Vec::new() };
    found.languages();
    found.translations();
    let lists = form.lists.iter().map(|l| (l.name.as_str(), Known::new(l))).collect();
    for field in &form.fields {
        found.field(field, &lists);
    }
    found.lists();
    found.warnings
}

/// What a list has, found once: many questions may offer it.
struct Known<'f> {
    list: &'f List,
    names: BTreeSet<&'f str>,
    columns: BTreeSet<&'f str>,
}

impl<'f> Known<'f> {
    fn new(list: &'f List) -> Known<'f> {
        let others = list.choices.iter().flat_map(|c| c.others.keys()).map(String::as_str);
        Known {
            list,
            names: list.choices.iter().map(|c| c.name.as_str()).collect(),
            columns: others.chain(["name", "label", "itextId"]).collect(),
        }
    }
}

/// The rules of a field, by column.
fn rules(field: &Field) -> impl Iterator<Item = (&'static str, &Rule)> {
    let rules = [
        ("relevant", &field.relevant),
        ("constraint", &field.constraint),
        ("required", &field.required),
        ("read_only", &field.read_only),
        ("calculation", &field.calculation),
        ("choice_filter", &field.choice_rows),
        ("repeat_count", &field.repeat_count),
        ("default", &field.dynamic_default),
    ];
    rules.into_iter().filter_map(|(column, rule)| Some((column, rule.as_deref()?)))
}

struct Found<'f> {
    form: &'f Form,
    warnings: Vec<FormFault>,
}

impl<'f> Found<'f> {
    fn warn(&mut self, at: (&str, usize, &str), vi: impl Into<String>, en: impl Into<String>) {
        self.warnings.push(FormFault::new(at.0, at.1, at.2, vi, en));
    }

    /// Phones choose a language by the code at the end of its name.
    fn languages(&mut self) {
        let code = |name: &str| {
            let code = name.strip_suffix(')').and_then(|n| n.rsplit_once('(')).map(|(_, c)| c);
            code.is_some_and(|c| c.len() >= 2 && c.starts_with(|c: char| c.is_ascii_lowercase()))
        };
        for name in &self.form.languages.names {
            if name != "default" && !code(name) {
                self.warn(
                    ("survey", 0, &format!("label::{name}")),
                    format!("ngôn ngữ \"{name}\" thiếu mã; viết ví dụ: Tiếng Việt (vi)"),
                    format!("language \"{name}\" has no code; write e.g. Tiếng Việt (vi)"),
                );
            }
        }
    }

    /// One warning for each column and language: how many texts are missing, and where first.
    fn translations(&mut self) {
        if self.form.languages.names.len() < 2 {
            return;
        }
        let mut missing: BTreeMap<(&str, &str, usize), (usize, usize)> = BTreeMap::new();
        let mut look = |sheet, column: &'f str, words: &'f Words, row: usize| {
            // Texts made from a row are not the author's to translate.
            if words.is_empty() || row == 0 {
                return;
            }
            for language in 0..self.form.languages.names.len() {
                if words.exact(language).is_empty() {
                    missing.entry((sheet, column, language)).or_insert((0, row)).0 += 1;
                }
            }
        };
        for field in &self.form.fields {
            let texts = [
                ("label", &field.label),
                ("hint", &field.hint),
                ("guidance_hint", &field.guidance),
                ("constraint_message", &field.constraint_message),
                ("required_message", &field.required_message),
            ];
            for (column, words) in texts {
                look("survey", column, words, field.row);
            }
            for (kind, words) in &field.media {
                look("survey", kind, words, field.row);
            }
        }
        for choice in self.form.lists.iter().flat_map(|l| &l.choices) {
            look("choices", "label", &choice.label, choice.row);
            for (kind, words) in &choice.media {
                look("choices", kind, words, choice.row);
            }
        }
        for ((sheet, column, language), (count, row)) in missing {
            let name = &self.form.languages.names[language];
            self.warn(
                (sheet, row, &format!("{column}::{name}")),
                format!("thiếu bản dịch {name} ở {count} dòng, bắt đầu từ dòng này"),
                format!("{count} rows have no text in {name}, this one first"),
            );
        }
    }

    fn field(&mut self, field: &Field, lists: &BTreeMap<&str, Known<'f>>) {
        if field.row == 0 {
            return;
        }
        let at = |column: &'static str| ("survey", field.row, column);
        let demanded = field.required.as_ref().is_some_and(|r| r.source.trim() != "false()");
        let locked = field.read_only.as_ref().is_some_and(|r| r.source.trim() == "true()");
        let filled = field.calculation.is_some()
            || field.dynamic_default.is_some()
            || !field.default.is_empty();
        if demanded && !field.kind.is_question() {
            self.warn(
                at("required"),
                "required không có tác dụng: dòng này không phải câu hỏi",
                "required has no effect: this row is no question",
            );
        } else if demanded && locked && !filled {
            self.warn(
                at("required"),
                "câu bắt buộc nhưng chỉ đọc và không có giá trị: không gửi được phiếu",
                "needs an answer, but is read-only and has none: the form cannot be finished",
            );
        }
        if field.constraint.is_some()
            && field.kind.is_question()
            && field.constraint_message.is_empty()
        {
            self.warn(
                at("constraint_message"),
                "có constraint nhưng không có lời báo: người điều tra không biết sai ở đâu",
                "there is a constraint without a message: collectors cannot know what is wrong",
            );
        }
        let drawn = ["signature", "draw"].iter().any(|a| field.appearance.contains(a));
        let full = !drawn && !field.parameters.contains_key("max-pixels");
        if field.kind == FieldType::Image && full {
            self.warn(
                at("parameters"),
                "ảnh sẽ gửi ở cỡ đầy đủ; thêm max-pixels=1600 cho mạng yếu",
                "photos will be sent in full size; add max-pixels=1600 for slow networks",
            );
        }
        let number = matches!(field.data, DataType::Int | DataType::Decimal);
        if number && !field.default.is_empty() && field.default.parse::<f64>().is_err() {
            self.warn(
                at("default"),
                "giá trị mặc định không phải số",
                "the default is not a number",
            );
        }
        if let Some(choices) = field.kind.choices()
            && let Some(list) = lists.get(choices.table.as_str())
        {
            self.chosen(field, choices, list);
        }
    }

    /// A question with choices of a list in the form.
    fn chosen(&mut self, field: &Field, choices: &Choices, known: &Known<'f>) {
        let list = known.list;
        let at = |column: &'static str| ("survey", field.row, column);
        let several = !matches!(field.kind, FieldType::SelectOne(_));
        let given = field.default.split(' ').filter(|d| several && !d.is_empty());
        let one = Some(field.default.as_str()).filter(|d| !several && !d.is_empty());
        let unknown = |name: &&str| !known.names.contains(name);
        if let Some(name) = given.chain(one).find(unknown) {
            self.warn(
                at("default"),
                format!("giá trị mặc định \"{name}\" không có trong danh sách {}", list.name),
                format!("the default \"{name}\" is not in list {}", list.name),
            );
        }
        let searchable =
            ["minimal", "autocomplete", "search"].iter().any(|a| field.appearance.contains(a));
        if list.choices.len() > LONG_LIST && field.choice_rows.is_none() && !searchable {
            self.warn(
                at("appearance"),
                format!(
                    "danh sách có {} lựa chọn; dùng appearance \"minimal autocomplete\" để tìm được",
                    list.choices.len()
                ),
                format!(
                    "the list has {} choices; appearance \"minimal autocomplete\" makes it searchable",
                    list.choices.len()
                ),
            );
        }
        let Some(rule) = &field.choice_rows else { return };
        let mut columns = BTreeSet::new();
        rule.expr.ast().visit(&mut |node| {
            if let Ast::Path(path) = node {
                filtered(path, &choices.table, &mut columns);
            }
        });
        columns.retain(|c| !known.columns.contains(c.as_str()));
        for column in columns {
            self.warn(
                at("choice_filter"),
                format!(
                    "bảng choices không có cột \"{column}\" cho danh sách {}: không lựa chọn nào hiện ra",
                    list.name
                ),
                format!(
                    "the choices sheet has no column \"{column}\" for list {}: nothing will be offered",
                    list.name
                ),
            );
        }
    }

    /// Lists that no question offers and no expression reads.
    fn lists(&mut self) {
        let mut used: BTreeSet<&str> = BTreeSet::new();
        for field in &self.form.fields {
            used.extend(field.kind.choices().map(|c| c.table.as_str()));
            used.extend(field.parameters.get("tick_labelset").map(String::as_str));
            used.extend(field.parameters.get("reference-geometry").map(String::as_str));
            for (_, rule) in rules(field) {
                used.extend(rule.expr.ast().tables());
            }
        }
        for list in self.form.lists.iter().filter(|l| !used.contains(l.name.as_str())) {
            let row = list.choices.first().map_or(0, |c| c.row);
            self.warn(
                ("choices", row, "list_name"),
                format!("không câu hỏi nào dùng danh sách \"{}\"", list.name),
                format!("no question uses list \"{}\"", list.name),
            );
        }
    }
}

/// The columns that the predicates of a path into a table name.
fn filtered(path: &Path, table: &str, columns: &mut BTreeSet<String>) {
    if !matches!(&path.start, Start::Instance(id) if id == table) {
        return;
    }
    for predicate in path.steps.iter().flat_map(|s| &s.predicates) {
        own_names(predicate, columns);
    }
}

/// The children of the node tried that an expression names; not those of paths within it.
fn own_names(ast: &Ast, columns: &mut BTreeSet<String>) {
    match ast {
        Ast::Path(path) if path.start == Start::Context => {
            let named = path.steps.iter().filter(|s| s.test != Test::Itself).collect::<Vec<_>>();
            if let [step] = named.as_slice()
                && let Test::Name(name) = &step.test
            {
                columns.insert(name.clone());
            }
        }
        Ast::Call(_, args) => args.iter().for_each(|a| own_names(a, columns)),
        Ast::Binary(_, pair) => {
            own_names(&pair.0, columns);
            own_names(&pair.1, columns);
        }
        Ast::Negate(inner) => own_names(inner, columns),
        _ => {}
    }
}
