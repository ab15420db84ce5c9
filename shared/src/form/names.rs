//! `${name}` to a path, the way pyxform does: absolute, or relative when the field and whoever
//! refers to it stand in the same repeat. Found by an index, so that a form of any length is
//! resolved in the time it takes to read it.

use foldhash::{HashMap, HashMapExt};

use super::field::{Field, FieldType};
use crate::text::Text;

/// Id of the instance that holds the submission saved last.
pub(super) const LAST_SAVED: &str = "__last-saved";
/// What stands before a name of that submission's field: `${last-saved#name}`.
pub(super) const LAST_SAVED_MARK: &str = "last-saved#";

/// How a text shows the value of an expression.
const OUTPUT: &str = "<output value=\"";

/// Why a text's `${…}` cannot be resolved.
#[derive(Debug, PartialEq)]
pub(super) enum NameFault {
    /// No field of this name.
    Unknown(String),
    /// More than one field of this name.
    Ambiguous(String),
    /// `${` without `}`.
    Open,
}

impl NameFault {
    /// What to say of it.
    pub fn text(&self) -> Text {
        match self {
            NameFault::Unknown(name) => Text::new(
                format!("không có câu hỏi nào tên \"{name}\"; kiểm tra lại ${{{name}}}"),
                format!("no field is called \"{name}\"; check ${{{name}}}"),
            ),
            NameFault::Ambiguous(name) => Text::new(
                format!(
                    "có nhiều câu hỏi tên \"{name}\"; viết đường dẫn đầy đủ thay cho ${{{name}}}"
                ),
                format!("several fields are called \"{name}\"; write a full path for ${{{name}}}"),
            ),
            NameFault::Open => Text::new("${ thiếu dấu }", "${ without }"),
        }
    }
}

/// The fields of a form by name.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    /// None for a name that several fields have.
    by_name: HashMap<String, Option<usize>>,
}

/// A piece of a text: what stands before a reference, and the path it means.
pub(super) type Piece = (String, Option<String>);

impl Names {
    pub fn new(fields: &[Field]) -> Names {
        let mut by_name: HashMap<String, Option<usize>> = HashMap::with_capacity(fields.len());
        let mut meta = None;
        for (i, field) in fields.iter().enumerate() {
            if field.parent == Some(0) && field.name == "meta" {
                meta = Some(i);
            }
            let of_meta = field.parent.is_some_and(|p| meta.is_some_and(|m| p >= m));
            match by_name.get_mut(&field.name) {
                // A form's own field goes before what every form has.
                Some(_) if of_meta => {}
                Some(place) => *place = None,
                None => {
                    by_name.insert(field.name.clone(), Some(i));
                }
            }
        }
        Names { by_name }
    }

    /// The field of this name.
    pub fn find(&self, name: &str) -> Result<usize, NameFault> {
        match self.by_name.get(name) {
            Some(Some(i)) => Ok(*i),
            Some(None) => Err(NameFault::Ambiguous(name.to_owned())),
            None => Err(NameFault::Unknown(name.to_owned())),
        }
    }

    /// Replaces every `${name}` in an expression of field `from` by a path between blanks.
    pub fn resolve(&self, text: &str, from: usize, fields: &[Field]) -> Result<String, NameFault> {
        let mut out = String::with_capacity(text.len());
        let mut scan = Scan::default();
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            match rest.strip_prefix("${") {
                Some(tail) => {
                    let (name, after) = tail.split_once('}').ok_or(NameFault::Open)?;
                    out.push(' ');
                    out.push_str(&self.target(name, |i| scan.path(from, i, fields), fields)?);
                    out.push(' ');
                    rest = after;
                }
                None => {
                    scan.see(c, &out);
                    out.push(c);
                    rest = &rest[c.len_utf8()..];
                }
            }
        }
        Ok(out)
    }

    /// The pieces of a label: plain text, and paths of the values to show within it.
    pub fn outputs(
        &self,
        text: &str,
        from: usize,
        fields: &[Field],
    ) -> Result<Vec<Piece>, NameFault> {
        let mut pieces = Vec::new();
        let mut rest = text;
        // From here on a `${` counts: those within an `<output …/>` are part of its expression.
        let mut from_here = 0;
        let mut closed = true;
        while let Some(found) = rest[from_here..].find("${").map(|at| from_here + at) {
            if closed && rest[from_here..found].contains(OUTPUT) {
                match rest[found..].find("\"/>") {
                    // An element that has ended before is plain text.
                    _ if rest[from_here..found].rfind(OUTPUT)
                        < rest[from_here..found].rfind("\"/>") => {}
                    Some(end) => {
                        from_here = found + end + 3;
                        continue;
                    }
                    None => closed = false,
                }
            }
            let (name, after) = rest[found + 2..].split_once('}').ok_or(NameFault::Open)?;
            let path = self.target(name, |i| path(from, i, fields), fields)?;
            pieces.push((rest[..found].to_owned(), Some(path)));
            rest = after;
            from_here = 0;
        }
        pieces.push((rest.to_owned(), None));
        Ok(pieces)
    }

    /// The instances of a repeat that field `from` offers as choices: those that meet the filter.
    /// `name` is the field within the repeat that is stored and seen.
    pub fn instances(
        &self,
        name: &str,
        filter: &str,
        from: usize,
        fields: &[Field],
    ) -> Result<String, NameFault> {
        let target = self.find(name)?;
        let shown = beside_repeat(from, target, fields);
        let nodeset = shown.rsplit_once('/').map_or("", |(nodeset, _)| nodeset).to_owned();
        // In the filter, what belongs to the instance is named from it, the rest from the question.
        let instance = fields[target].parent.map_or("", |p| fields[p].path.as_str());
        let mut out = format!("{nodeset}[");
        let mut rest = filter;
        while let Some((before, tail)) = rest.split_once("${") {
            let (name, after) = tail.split_once('}').ok_or(NameFault::Open)?;
            let path = |i: usize| {
                let inner = fields[i].path.strip_prefix(instance).filter(|p| p.starts_with('/'));
                let path = path(from, i, fields);
                match inner {
                    Some(inner) => format!(".{inner}"),
                    None if path.starts_with('/') => path,
                    None => format!("current()/{path}"),
                }
            };
            out.extend([before, " ", &self.target(name, path, fields)?, " "]);
            rest = after;
        }
        out.extend([rest, "]"]);
        Ok(out)
    }

    /// What stands between `${` and `}`: the path of the field it names.
    fn target(
        &self,
        name: &str,
        path: impl Fn(usize) -> String,
        fields: &[Field],
    ) -> Result<String, NameFault> {
        let name = name.trim();
        match name.strip_prefix(LAST_SAVED_MARK) {
            Some(name) => {
                let field = &fields[self.find(name)?];
                Ok(format!("instance('{LAST_SAVED}'){}", field.path))
            }
            None => self.find(name).map(path),
        }
    }
}

/// What stands around the place reached: quotes, predicates, calls of `indexed-repeat`.
#[derive(Default)]
pub(super) struct Scan {
    quote: Option<char>,
    predicates: usize,
    calls: Vec<(bool, usize)>,
}

impl Scan {
    /// True within quotes.
    pub fn is_quoted(&self) -> bool {
        self.quote.is_some()
    }

    pub fn see(&mut self, c: char, before: &str) {
        match (self.quote, c) {
            (Some(q), c) if q == c => self.quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => self.quote = Some(c),
            (None, '[') => self.predicates += 1,
            (None, ']') => self.predicates = self.predicates.saturating_sub(1),
            (None, '(') => {
                let indexed = before.trim_end().ends_with("indexed-repeat");
                self.calls.push((indexed, 0));
            }
            (None, ')') => {
                self.calls.pop();
            }
            (None, ',') => {
                if let Some(call) = self.calls.last_mut() {
                    call.1 += 1;
                }
            }
            _ => {}
        }
    }

    pub fn path(&self, from: usize, target: usize, fields: &[Field]) -> String {
        // indexed-repeat takes its field and its repeats as absolute paths.
        if let Some((true, argument)) = self.calls.last()
            && (*argument == 0 || argument % 2 == 1)
        {
            return fields[target].path.clone();
        }
        let path = path(from, target, fields);
        // Within a predicate a relative path would begin at the node that is tried.
        if self.predicates > 0 && !path.starts_with('/') {
            return format!("current()/{path}");
        }
        path
    }
}

/// The groups a field is in, the nearest first.
fn above(i: usize, fields: &[Field]) -> impl Iterator<Item = usize> {
    std::iter::successors(fields[i].parent, |p| fields[*p].parent)
}

fn is_repeat(i: usize, fields: &[Field]) -> bool {
    fields[i].kind == FieldType::Repeat
}

/// The nearest group that both fields are in.
fn shared(from: usize, target: usize, fields: &[Field]) -> Option<usize> {
    // Fields are numbered in document order: of two groups the later one cannot hold the earlier.
    let (mut a, mut b) = (fields[from].parent?, fields[target].parent?);
    while a != b {
        if a > b {
            a = fields[a].parent?;
        } else {
            b = fields[b].parent?;
        }
    }
    Some(a)
}

/// The path from one field to another.
pub(super) fn path(from: usize, target: usize, fields: &[Field]) -> String {
    let in_repeat = |shared: usize| {
        std::iter::once(shared).chain(above(shared, fields)).any(|i| is_repeat(i, fields))
    };
    match shared(from, target, fields).filter(|s| in_repeat(*s)) {
        Some(shared) => relative(from, target, shared, fields),
        None => fields[target].path.clone(),
    }
}

/// The path from a field to another by a group that both are in.
fn relative(from: usize, target: usize, group: usize, fields: &[Field]) -> String {
    let ups = 1 + above(from, fields).take_while(|a| *a != group).count();
    let down = &fields[target].path[fields[group].path.len() + 1..];
    format!("{}{down}", "../".repeat(ups))
}

/// The path to a field of a repeat whose instances are offered as choices: it has to name the
/// repeat, so it begins above it where that is possible without leaving the repeat around.
fn beside_repeat(from: usize, target: usize, fields: &[Field]) -> String {
    let repeat = |i: usize| above(i, fields).find(|a| is_repeat(*a, fields));
    let Some(group) = shared(from, target, fields) else { return fields[target].path.clone() };
    let common = std::iter::once(group).chain(above(group, fields)).find(|a| is_repeat(*a, fields));
    let Some(common) = common else { return fields[target].path.clone() };
    let outermost = repeat(common).is_none();
    match fields[common].parent {
        Some(parent)
            if repeat(target) == Some(common) && (outermost || repeat(from) != Some(common)) =>
        {
            relative(from, target, parent, fields)
        }
        _ => relative(from, target, group, fields),
    }
}
