//! Finds the fields that an expression's paths mean: their types, and what depends on what.

use std::collections::BTreeSet;

use super::field::{Field, FieldType};
use super::index::Index;
use super::names::LAST_SAVED;
use crate::expr::{Ast, Bound, Expr, Func, Kind, Path, Spot, Start, Test};
use crate::text::Text;

/// The fields an expression reads.
#[derive(Clone, Debug, Default)]
pub(super) struct Deps {
    /// Fields, groups and repeats its paths end at: in order, each once.
    pub fields: Vec<usize>,
    /// True when it looks beyond the repeat instance it stands in.
    pub crosses: bool,
    /// True when a path goes on from where no field is known, and may read any.
    pub unclear: bool,
}

pub(super) struct Typing<'f> {
    pub fields: &'f [Field],
    pub index: &'f Index,
    pub tables: &'f BTreeSet<String>,
    /// The field whose expression it is.
    pub origin: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum Place {
    Field(usize),
    /// A field of the submission saved last; none for the document itself.
    Saved(Option<usize>),
    Table,
    Unknown,
}

impl Typing<'_> {
    /// Types the paths in place; gives what they read and the first fault.
    pub fn run(&self, ast: &mut Ast) -> (Deps, Option<Text>) {
        let mut deps = Deps::default();
        let fault = self.ast(ast, Place::Field(self.origin), &mut deps).err();
        deps.fields.sort_unstable();
        deps.fields.dedup();
        (deps, fault)
    }

    fn ast(&self, ast: &mut Ast, here: Place, deps: &mut Deps) -> Result<(), Text> {
        match ast {
            Ast::Number(_) | Ast::Text(_) | Ast::Pattern(_) => Ok(()),
            Ast::Path(path) => self.path(path, here, deps).map(|_| ()),
            Ast::Negate(inner) => self.ast(inner, here, deps),
            Ast::Binary(_, pair) => {
                self.ast(&mut pair.0, here, deps)?;
                self.ast(&mut pair.1, here, deps)
            }
            Ast::Call(function, args) => {
                deps.crosses |= *function == Func::IndexedRepeat;
                if matches!(function, Func::Floor | Func::Ceiling) {
                    return Err(not_on_phones());
                }
                if *function == Func::ChoiceName {
                    self.choice_name(&mut args[1])?;
                }
                if let (Func::PullData, Some(Ast::Text(id))) = (*function, args.first())
                    && !self.tables.contains(id.as_str())
                {
                    return Err(no_table(id));
                }
                args.iter_mut().try_for_each(|a| self.ast(a, here, deps))
            }
        }
    }

    /// `jr:choice-name(value, ' /path/of/question ')`: the path becomes the id of its choices.
    fn choice_name(&self, argument: &mut Ast) -> Result<(), Text> {
        let Ast::Text(written) = argument else { return Err(choice_name_fault()) };
        if self.tables.contains(written.as_str()) {
            return Ok(());
        }
        let mut parsed = Expr::parse(written).map_err(|_| choice_name_fault())?;
        let Ast::Path(path) = parsed.ast_mut() else { return Err(choice_name_fault()) };
        let place = self.path(path, Place::Field(self.origin), &mut Deps::default())?;
        let Place::Field(i) = place else { return Err(choice_name_fault()) };
        let choices = self.fields[i].kind.choices().ok_or_else(choice_name_fault)?;
        written.clone_from(&choices.table);
        Ok(())
    }

    fn path(&self, path: &mut Path, here: Place, deps: &mut Deps) -> Result<Place, Text> {
        path.bound = self.bound(path, here).map(Bound::Field);
        let lineage = self.lineage();
        let mut steps = path.steps.iter_mut();
        let mut depth = 1;
        let mut aligned = path.start == Start::Root;
        let mut place = match &path.start {
            Start::Context => here,
            Start::Current => Place::Field(self.origin),
            Start::Root => match steps.next().map(|s| &s.test) {
                Some(Test::Name(name)) if *name == self.fields[0].name => Place::Field(0),
                _ => return Err(no_such(&path_text(path))),
            },
            Start::Instance(id) if id == LAST_SAVED && self.tables.contains(id) => {
                Place::Saved(None)
            }
            Start::Instance(id) if self.tables.contains(id) => Place::Table,
            Start::Instance(id) => return Err(no_table(id)),
        };
        let mut missing = false;
        for step in steps {
            place = match (place, &step.test) {
                (Place::Field(f), Test::Name(name)) => {
                    match self.index.child(self.fields, f, name) {
                        Some(child) => {
                            aligned &=
                                step.predicates.is_empty() && lineage.get(depth) == Some(&child);
                            depth += 1;
                            deps.crosses |=
                                !aligned && self.fields[child].kind == FieldType::Repeat;
                            Place::Field(child)
                        }
                        None => {
                            missing = true;
                            break;
                        }
                    }
                }
                (Place::Field(f), Test::Parent) => {
                    self.fields[f].parent.map_or(Place::Unknown, Place::Field)
                }
                (Place::Field(f), Test::Any) => {
                    deps.fields.extend(&self.fields[f].children);
                    deps.unclear = true;
                    Place::Unknown
                }
                (Place::Saved(f), Test::Name(name)) => {
                    let found = match f {
                        Some(f) => self.index.child(self.fields, f, name),
                        None => (*name == self.fields[0].name).then_some(0),
                    };
                    match found {
                        Some(child) => Place::Saved(Some(child)),
                        None => {
                            missing = true;
                            break;
                        }
                    }
                }
                (Place::Saved(Some(f)), Test::Parent) => Place::Saved(self.fields[f].parent),
                (place, Test::Itself) => place,
                (Place::Table, _) => Place::Table,
                _ => {
                    deps.unclear = true;
                    Place::Unknown
                }
            };
            for predicate in &mut step.predicates {
                if predicate.kind() == Kind::Number {
                    return Err(numbered());
                }
                self.ast(predicate, place, deps)?;
            }
        }
        if missing {
            return Err(no_such(&path_text(path)));
        }
        path.kind = match place {
            Place::Field(f) => {
                deps.fields.push(f);
                self.fields[f].value_kind
            }
            // A submission saved before is a document like any other: its values have no types.
            Place::Saved(_) | Place::Table | Place::Unknown => Kind::Text,
        };
        Ok(place)
    }

    /// The field that a path, or its first steps, is known to end at.
    fn bound(&self, path: &Path, here: Place) -> Option<Spot> {
        let from = match (&path.start, here) {
            (Start::Current, _) => Some(self.origin),
            (Start::Context, Place::Field(f)) => Some(f),
            (Start::Root, Place::Field(f)) => Some(f),
            (Start::Root, Place::Table | Place::Saved(_)) => None,
            _ => return None,
        };
        let absolute = path.start == Start::Root;
        let mut to = if absolute { None } else { from };
        // What is around both ends: a relative path says it by `..`, an absolute one by its names.
        let mut around = from;
        let mut down = absolute;
        let mut used = 0;
        for step in path.steps.iter().take_while(|s| s.predicates.is_empty()) {
            to = match (&step.test, to) {
                (Test::Itself, to) => to,
                (Test::Parent, Some(f)) if !down => {
                    around = self.fields[f].parent;
                    around
                }
                (Test::Name(name), Some(f)) => {
                    down = true;
                    match self.index.child(self.fields, f, name) {
                        Some(child) => Some(child),
                        None => break,
                    }
                }
                (Test::Name(name), None) if used == 0 && *name == self.fields[0].name => Some(0),
                _ => break,
            };
            to?;
            used += 1;
        }
        let to = to.filter(|_| used > 0 || path.steps.is_empty())?;
        if absolute {
            around = from.and_then(|from| self.shared(from, to));
        }
        Some(self.index.shape.spot(from, around, to, used))
    }

    /// The innermost field that both are in or are.
    fn shared(&self, a: usize, b: usize) -> Option<usize> {
        let (mut a, mut b) = (a, b);
        // A field has a greater number than what it is in.
        while a != b {
            if a > b { a = self.fields[a].parent? } else { b = self.fields[b].parent? }
        }
        Some(a)
    }

    /// The origin and what it is in, root first.
    fn lineage(&self) -> Vec<usize> {
        let up = std::iter::successors(Some(self.origin), |i| self.fields[*i].parent);
        let mut up: Vec<usize> = up.collect();
        up.reverse();
        up
    }
}

fn path_text(path: &Path) -> String {
    let steps: Vec<&str> = path
        .steps
        .iter()
        .map(|s| match &s.test {
            Test::Name(name) => name.as_str(),
            Test::Any => "*",
            Test::Parent => "..",
            Test::Itself => ".",
            Test::Attribute(name) => name.as_str(),
        })
        .collect();
    let start = if path.start == Start::Root { "/" } else { "" };
    format!("{start}{}", steps.join("/"))
}

fn no_such(path: &str) -> Text {
    Text::new(
        format!("không có câu hỏi ở đường dẫn {path}"),
        format!("there is no field at {path}"),
    )
}

/// JavaRosa finds nothing by a bare number, so a form must not rely on it.
fn numbered() -> Text {
    Text::new(
        "điện thoại không hiểu [số]; viết [position() = số]",
        "phones do not understand [number]; write [position() = number]",
    )
}

/// Criteria may round up and down; JavaRosa has no such functions.
fn not_on_phones() -> Text {
    Text::new(
        "điện thoại không có hàm floor() và ceiling(); dùng int() hoặc round()",
        "phones do not have floor() and ceiling(); use int() or round()",
    )
}

fn no_table(id: &str) -> Text {
    Text::new(
        format!("không có bảng \"{id}\": không danh sách hay tệp nào có tên này"),
        format!("there is no table \"{id}\": no list and no file has that name"),
    )
}

fn choice_name_fault() -> Text {
    Text::new(
        "tham số thứ hai của jr:choice-name phải là '${câu hỏi chọn}'",
        "the second argument of jr:choice-name has to be '${select question}'",
    )
}
