//! Types for the paths of an expression that stands alone, beside answers whose fields are known.
//! (A form types its own expressions as it is compiled.)

use std::collections::BTreeMap;

use super::Expr;
use super::ast::{Ast, Path, Start, Test};
use super::value::Kind;

impl Expr {
    /// The expression with every path typed by the field it ends at. `context` is the path of the
    /// node it belongs to, `kinds` has the types of fields by path, both without places
    /// (`/household/member/age`).
    #[must_use]
    pub fn with_kinds(mut self, context: &str, kinds: &BTreeMap<String, Kind>) -> Expr {
        let at: Vec<String> = context.split('/').skip(1).map(str::to_owned).collect();
        Typing { current: &at, kinds }.ast(&mut self.ast, Some(&at));
        self
    }
}

struct Typing<'k> {
    current: &'k [String],
    kinds: &'k BTreeMap<String, Kind>,
}

impl Typing<'_> {
    /// `here` is none within the rows of a table.
    fn ast(&self, ast: &mut Ast, here: Option<&[String]>) {
        match ast {
            Ast::Number(_) | Ast::Text(_) | Ast::Pattern(_) => {}
            Ast::Negate(inner) => self.ast(inner, here),
            Ast::Call(_, args) => args.iter_mut().for_each(|a| self.ast(a, here)),
            Ast::Binary(_, pair) => {
                self.ast(&mut pair.0, here);
                self.ast(&mut pair.1, here);
            }
            Ast::Path(path) => self.path(path, here),
        }
    }

    fn path(&self, path: &mut Path, here: Option<&[String]>) {
        let mut at: Option<Vec<String>> = match path.start {
            Start::Root => Some(Vec::new()),
            Start::Context => here.map(<[String]>::to_vec),
            Start::Current => Some(self.current.to_vec()),
            Start::Instance(_) => None,
        };
        for step in &mut path.steps {
            if let Some(names) = &mut at {
                match &step.test {
                    Test::Name(name) => names.push(name.clone()),
                    Test::Any => names.push("*".to_owned()),
                    Test::Attribute(name) => names.push(format!("@{name}")),
                    Test::Parent => {
                        names.pop();
                    }
                    Test::Itself => {}
                }
            }
            step.predicates.iter_mut().for_each(|p| self.ast(p, at.as_deref()));
        }
        path.kind = match at {
            None => Kind::Text,
            Some(names) => {
                let found = self.kinds.get(&format!("/{}", names.join("/")));
                found.copied().unwrap_or(Kind::Text)
            }
        };
    }
}
