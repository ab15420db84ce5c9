//! A draft to a form: names resolved, expressions parsed, their paths found and typed.

use std::collections::BTreeSet;

use super::Form;
use super::choices::List;
use super::draft::{Draft, Written};
use super::fault::FormFault;
use super::field::{Field, FieldType, Rule};
use super::index::Index;
use super::lint::lint;
use super::names::{NameFault, Names};
use super::plan::{Plan, Reads};
use super::settings::{Entity, External};
use super::typing::{Deps, Typing};
use crate::answers::MAX_DEPTH;
use crate::expr::{Ast, Expr, Instances, Table};
use crate::text::Text;

pub(super) fn compile(draft: Draft) -> Result<Form, Vec<FormFault>> {
    let entity =
        Entity { list: String::new(), label: None, id: None, create_if: None, update_if: None };
    let fields = draft.fields.len();
    let mut compiling = Compiling {
        names: Names::new(&draft.fields),
        index: Index::new(&draft.fields),
        draft,
        deps: Vec::with_capacity(fields),
        tables: BTreeSet::new(),
        entity,
        read: vec![false; fields],
        unclear: false,
    };
    let known = compiling.draft.faults.len();
    compiling.depth();
    if compiling.draft.faults.len() > known {
        return Err(compiling.draft.faults);
    }
    compiling.tables();
    compiling.labels();
    for i in 0..compiling.draft.fields.len() {
        compiling.parse(i);
    }
    compiling.type_calculations();
    compiling.type_others();
    let Compiling { draft, names, deps, mut index, mut entity, read, unclear, .. } = compiling;
    if !draft.faults.is_empty() {
        return Err(draft.faults);
    }
    let plan = Plan::new(&draft.fields, &deps).map_err(|fault| vec![fault])?;
    index.judge(&draft.fields, &draft.lists);
    index.order(&plan);
    if !unclear {
        index.find_moot(&draft.fields, &read);
    }
    let mut lists = Instances::new();
    for list in &draft.lists {
        let others: BTreeSet<&String> = list.choices.iter().flat_map(|c| c.others.keys()).collect();
        let columns = ["name", "label"].into_iter().chain(others.iter().map(|c| c.as_str()));
        let mut table = Table::new(columns);
        for choice in &list.choices {
            let fixed = [choice.name.as_str(), choice.label.get(0)];
            let rest = others.iter().map(|c| choice.others.get(*c).map_or("", String::as_str));
            table.push(fixed.into_iter().chain(rest));
        }
        lists.insert(&list.name, table);
    }
    index.offer(&draft.fields, &lists);
    let mut form = Form {
        id: draft.id,
        version: draft.version,
        title: draft.title,
        languages: draft.languages,
        fields: draft.fields,
        lists: draft.lists,
        settings: draft.settings,
        externals: draft.externals,
        entity: draft.entity.map(|list| {
            entity.list = list;
            entity
        }),
        warnings: draft.warnings,
        tables: lists,
        plan,
        index,
        names,
    };
    // Authors of an XForm cannot do much about what they have not written.
    if draft.sheet.is_empty() {
        let found = lint(&form);
        form.warnings.extend(found);
    }
    Ok(form)
}

/// The tables that expressions may read.
pub(super) fn table_ids(
    lists: &[List],
    fields: &[Field],
    externals: &[External],
) -> BTreeSet<String> {
    let lists = lists.iter().map(|l| &l.name);
    let files = fields.iter().filter_map(|f| f.kind.choices()).map(|c| &c.table);
    lists.chain(files).chain(externals.iter().map(|e| &e.id)).cloned().collect()
}

struct Compiling {
    draft: Draft,
    names: Names,
    index: Index,
    /// What each field's expressions depend on.
    deps: Vec<Reads>,
    tables: BTreeSet<String>,
    /// What the submission does to an entity; counts when the draft names a list.
    entity: Entity,
    /// By field: true when the expression of another one reads it.
    read: Vec<bool>,
    /// True when it is not known of every expression what it reads.
    unclear: bool,
}

impl Compiling {
    fn tables(&mut self) {
        let Draft { lists, fields, externals, .. } = &self.draft;
        self.tables = table_ids(lists, fields, externals);
    }

    /// What is nested deeper than a submission may be could never be sent.
    fn depth(&mut self) {
        let mut depth = vec![1; self.draft.fields.len()];
        for i in 0..self.draft.fields.len() {
            let Some(parent) = self.draft.fields[i].parent else { continue };
            depth[i] = depth[parent] + 1;
            if depth[i] == MAX_DEPTH + 1 {
                let vi = format!("lồng quá {MAX_DEPTH} cấp; bớt nhóm bao ngoài");
                let en = format!("nested deeper than {MAX_DEPTH} levels; use fewer groups");
                return self.fault(i, "type", vi, en);
            }
        }
    }

    fn fault(&mut self, i: usize, column: &str, vi: String, en: String) {
        let field = &self.draft.fields[i];
        let at = (self.draft.sheet, field.row);
        let (sheet, row, column) = match at {
            ("", _) if field.kind == FieldType::Entity => ("entities", 0, column.to_owned()),
            ("", _) if field.kind == FieldType::InstanceName => {
                ("settings", 0, "instance_name".to_owned())
            }
            ("", row) => ("survey", row, column.to_owned()),
            // An XForm may be one long line: the path says where.
            (sheet, row) => (sheet, row, format!("{} {column}", field.path)),
        };
        self.draft.faults.push(FormFault::new(sheet, row, &column, vi, en));
    }

    fn name_fault(&mut self, i: usize, column: &str, fault: NameFault) {
        let text = fault.text();
        self.fault(i, column, text.vi, text.en);
    }

    /// Labels and messages may show values; only their names are checked here.
    fn labels(&mut self) {
        for i in 0..self.draft.fields.len() {
            let field = &self.draft.fields[i];
            let texts =
                [&field.label, &field.hint, &field.constraint_message, &field.required_message];
            let bad = texts
                .iter()
                .flat_map(|w| &w.0)
                .find_map(|text| self.names.outputs(text, i, &self.draft.fields).err());
            if let Some(fault) = bad {
                self.name_fault(i, "label", fault);
            }
        }
    }

    fn parse(&mut self, i: usize) {
        self.deps.push(Default::default());
        let written: Written = std::mem::take(&mut self.draft.written[i]);
        for (column, text) in written {
            let text = match (column, text.to_lowercase().as_str()) {
                ("required" | "read_only", "yes" | "true" | "true()") => "true()".to_owned(),
                ("required" | "read_only", "no" | "false" | "false()") => continue,
                _ => text,
            };
            // A choice filter stands in a predicate: names in it resolve as within one.
            let text = match (column, self.draft.fields[i].kind.choices()) {
                // The instances of a repeat come as a whole node-set.
                ("choice_filter", Some(choices)) if !choices.table.is_empty() => {
                    format!("instance('{}')/root/item[{text}]", choices.table)
                }
                _ => text,
            };
            let source = self.names.resolve(&text, i, &self.draft.fields);
            let source = match source {
                Ok(source) => source,
                Err(fault) => {
                    self.name_fault(i, column, fault);
                    continue;
                }
            };
            let rule = match Expr::parse(&source) {
                Ok(expr) => Some(Box::new(Rule { source, expr })),
                Err(fault) => {
                    let text = fault.text();
                    self.fault(i, column, text.vi, text.en);
                    continue;
                }
            };
            let is_path = rule.as_ref().is_some_and(|r| matches!(r.expr.ast(), Ast::Path(_)));
            if column == "repeat_count" && !is_path {
                let vi = "repeat_count phải là một câu hỏi: ${số_người}".to_owned();
                let en = "repeat_count has to be one field: ${persons}".to_owned();
                self.fault(i, column, vi, en);
            }
            let field = &mut self.draft.fields[i];
            match column {
                "relevant" => field.relevant = rule,
                "constraint" => field.constraint = rule,
                "required" => field.required = rule,
                "read_only" => field.read_only = rule,
                "calculation" => field.calculation = rule,
                "choice_filter" | "choice_rows" => field.choice_rows = rule,
                "repeat_count" => field.repeat_count = rule,
                "seed" => field.seed = rule,
                "default" => field.dynamic_default = rule,
                "label" => self.entity.label = rule,
                "entity_id" => self.entity.id = rule,
                "create_if" => self.entity.create_if = rule,
                "update_if" => self.entity.update_if = rule,
                _ => {}
            }
        }
    }

    /// A calculation's type may depend on other calculations: those come first.
    fn type_calculations(&mut self) {
        let with: Vec<usize> = (0..self.draft.fields.len())
            .filter(|i| self.draft.fields[*i].calculation.is_some())
            .collect();
        let mut waits = vec![0; self.draft.fields.len()];
        let mut next = vec![Vec::new(); self.draft.fields.len()];
        for &i in &with {
            let Some(mut rule) = self.draft.fields[i].calculation.take() else { continue };
            let (deps, _) = self.typing(i).run(rule.expr.ast_mut());
            self.draft.fields[i].calculation = Some(rule);
            let calculated = |f: &&usize| self.draft.fields[**f].calculation.is_some();
            for f in deps.fields.iter().filter(calculated) {
                waits[i] += 1;
                next[*f].push(i);
            }
        }
        let mut ready: Vec<usize> = with.iter().copied().filter(|i| waits[*i] == 0).collect();
        let mut faults = Vec::new();
        while let Some(i) = ready.pop() {
            faults.extend(self.type_calculation(i));
            for &after in &next[i] {
                waits[after] -= 1;
                ready.extend((waits[after] == 0).then_some(after));
            }
        }
        // In a circle, which is a fault of its own, there is no order.
        for &i in with.iter().filter(|i| waits[**i] > 0) {
            faults.extend(self.type_calculation(i));
        }
        faults.sort_by_key(|fault| fault.0);
        for (i, text) in faults {
            self.fault(i, "calculation", text.vi, text.en);
        }
    }

    fn type_calculation(&mut self, i: usize) -> Option<(usize, Text)> {
        let mut rule = self.draft.fields[i].calculation.take()?;
        let (deps, fault) = self.typing(i).run(rule.expr.ast_mut());
        self.note(i, &deps);
        self.deps[i].calculation = deps;
        let kind = rule.expr.kind();
        let field = &mut self.draft.fields[i];
        field.calculation = Some(rule);
        if matches!(field.kind, FieldType::Calculate | FieldType::Hidden) {
            field.value_kind = kind;
        }
        fault.map(|text| (i, text))
    }

    fn type_others(&mut self) {
        type Part = fn(&mut Field) -> &mut Option<Box<Rule>>;
        let parts: [(&str, Part); 8] = [
            ("relevant", |f| &mut f.relevant),
            ("constraint", |f| &mut f.constraint),
            ("required", |f| &mut f.required),
            ("read_only", |f| &mut f.read_only),
            ("choice_filter", |f| &mut f.choice_rows),
            ("repeat_count", |f| &mut f.repeat_count),
            ("seed", |f| &mut f.seed),
            ("default", |f| &mut f.dynamic_default),
        ];
        for i in 0..self.draft.fields.len() {
            for (column, part) in parts {
                let Some(mut rule) = part(&mut self.draft.fields[i]).take() else { continue };
                let deps = self.type_rule(i, column, &mut rule);
                match column {
                    "relevant" => self.deps[i].relevance = deps,
                    "required" => self.deps[i].required = deps,
                    "read_only" => self.deps[i].read_only = deps,
                    _ => {}
                }
                *part(&mut self.draft.fields[i]) = Some(rule);
            }
        }
        self.type_entity();
    }

    fn type_entity(&mut self) {
        let entity = self.draft.fields.iter().position(|f| f.kind == FieldType::Entity);
        let Some(i) = entity else { return };
        type Part = fn(&mut Entity) -> &mut Option<Box<Rule>>;
        let parts: [(&str, Part); 4] = [
            ("label", |e| &mut e.label),
            ("entity_id", |e| &mut e.id),
            ("create_if", |e| &mut e.create_if),
            ("update_if", |e| &mut e.update_if),
        ];
        for (column, part) in parts {
            let Some(mut rule) = part(&mut self.entity).take() else { continue };
            self.type_rule(i, column, &mut rule);
            *part(&mut self.entity) = Some(rule);
        }
    }

    fn typing(&self, origin: usize) -> Typing<'_> {
        let fields = &self.draft.fields;
        Typing { fields, index: &self.index, tables: &self.tables, origin }
    }

    fn type_rule(&mut self, i: usize, column: &str, rule: &mut Rule) -> Deps {
        let (deps, fault) = self.typing(i).run(rule.expr.ast_mut());
        if let Some(text) = fault {
            self.fault(i, column, text.vi, text.en);
        }
        self.note(i, &deps);
        deps
    }

    /// Remembers what an expression of a field reads.
    fn note(&mut self, i: usize, deps: &Deps) {
        deps.fields.iter().filter(|f| **f != i).for_each(|f| self.read[*f] = true);
        self.unclear |= deps.unclear;
    }
}
