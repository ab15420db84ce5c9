//! Paths of nothing but names, with the names' numbers in a glossary instead.

use super::Expr;
use super::ast::{Ast, Bound, Path, Start, Test};
use crate::answers::Glossary;

impl Expr {
    /// Binds the paths that go by names alone to the glossary; it has all their names then.
    pub(crate) fn bind(&mut self, glossary: &mut Glossary) {
        bind(&mut self.ast, glossary);
    }
}

fn bind(ast: &mut Ast, glossary: &mut Glossary) {
    match ast {
        Ast::Number(_) | Ast::Text(_) | Ast::Pattern(_) => {}
        Ast::Path(path) => {
            path.bound = numbers(path, glossary).map(Bound::Names);
            let predicates = path.steps.iter_mut().flat_map(|step| &mut step.predicates);
            predicates.for_each(|predicate| bind(predicate, glossary));
        }
        Ast::Call(_, args) => args.iter_mut().for_each(|arg| bind(arg, glossary)),
        Ast::Binary(_, pair) => {
            bind(&mut pair.0, glossary);
            bind(&mut pair.1, glossary);
        }
        Ast::Negate(inner) => bind(inner, glossary),
    }
}

fn numbers(path: &Path, glossary: &mut Glossary) -> Option<Box<[u32]>> {
    let names = path.steps.iter().map(|step| match &step.test {
        Test::Name(name) if step.predicates.is_empty() => Some(name.as_str()),
        _ => None,
    });
    let names: Vec<&str> = names.collect::<Option<_>>()?;
    let relative = matches!(path.start, Start::Context | Start::Current);
    relative.then(|| names.into_iter().map(|name| glossary.number(name)).collect())
}
