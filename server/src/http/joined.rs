//! The modules of the first screens in one script: one answer instead of sixteen, with one head and one
//! compression. Each module becomes a function that gives what it exports, run when somebody first needs
//! it: `ntm(3)`. In a page the script runs the main one; a worker that takes the same script in runs what
//! it needs. At a module's own address stands a stub that passes on what it exports, so that whatever
//! imports it later gets the same objects. It goes by lines and knows only how our modules are written: one
//! import a line, exports at their declarations.

use std::collections::BTreeMap;
use std::fmt::Write;

/// A script made of modules, and what stands at the address of each.
pub struct Joined {
    /// The script.
    pub script: String,
    /// By path: a module that passes on what the one in the script exports.
    pub stubs: BTreeMap<String, String>,
    /// By path: the number of a module in the script.
    pub numbers: BTreeMap<String, usize>,
}

/// Joins the modules that `main` needs. `address` makes an address of a path, `beside` a path of the name
/// by which a module calls another.
///
/// # Errors
/// What it does not understand, by path.
pub fn join(
    files: &BTreeMap<String, Vec<u8>>,
    main: &str,
    address: &dyn Fn(&str) -> String,
    beside: &dyn Fn(&str, &str) -> String,
) -> Result<Joined, String> {
    let mut work =
        Work { files, address, beside, order: vec![], open: vec![], script: String::new() };
    let first = work.module(main)?;
    let mut stubs = BTreeMap::new();
    for (n, (path, exports)) in work.order.iter().enumerate() {
        let mut stub = format!("const m=ntm({n});\n");
        let given = |name: &&String| name.as_str() != "default";
        let named: Vec<String> =
            exports.iter().filter(given).map(|name| format!("{name}=m.{name}")).collect();
        if !named.is_empty() {
            let _ = writeln!(stub, "export const {};", named.join(","));
        }
        if exports.iter().any(|name| name == "default") {
            stub += "export default m.default;\n";
        }
        stubs.insert(path.clone(), stub);
    }
    let script = format!(
        "var ntm=(()=>{{\"use strict\";\nconst $f=[],$m=[],$n=i=>$m[i]??=$f[i]();\n{}return $n}})();\n\
         self.document&&ntm({first});\n",
        work.script
    );
    let numbers = work.order.into_iter().enumerate().map(|(n, (path, _))| (path, n)).collect();
    Ok(Joined { script, stubs, numbers })
}

struct Work<'f> {
    files: &'f BTreeMap<String, Vec<u8>>,
    address: &'f dyn Fn(&str) -> String,
    beside: &'f dyn Fn(&str, &str) -> String,
    /// Modules in the script, with what they export.
    order: Vec<(String, Vec<String>)>,
    /// Modules whose imports are being added.
    open: Vec<String>,
    script: String,
}

impl Work<'_> {
    /// Adds a module after those it needs; its number.
    fn module(&mut self, path: &str) -> Result<usize, String> {
        if let Some(known) = self.order.iter().position(|(of, _)| of == path) {
            return Ok(known);
        }
        let fault = |what: &str| Err(format!("{path}: {what}"));
        if self.open.iter().any(|one| one == path) {
            return fault("modules that need each other");
        }
        let Some(data) = self.files.get(path) else { return fault("is not there") };
        let text = String::from_utf8_lossy(data).into_owned();
        self.open.push(path.to_owned());
        let (mut body, mut exports) = (String::new(), Vec::new());
        for line in text.lines() {
            if let Some(import) = line.strip_prefix("import ") {
                let Some((what, name)) = named(import) else { return fault(line) };
                let n = self.module(&(self.beside)(path, name))?;
                let Some(binding) = binding(what, n) else { return fault(line) };
                body += &binding;
            } else if let Some(rest) = line.strip_prefix("export default ") {
                exports.push("default".to_owned());
                let _ = writeln!(body, "const $=({}", self.lazy(path, rest));
                // Only of a single object: what follows is the object, and its end.
                let Some(end) = text.trim_end().strip_suffix("};") else { return fault(line) };
                let at = end.find(line).map_or(0, |at| at + line.len());
                let _ = writeln!(body, "{}}});", self.lazy(path, end[at..].trim()));
                break;
            } else if let Some(rest) = line.strip_prefix("export ") {
                let Some(name) = declared(rest) else { return fault(line) };
                exports.push(name.to_owned());
                let _ = writeln!(body, "{}", self.lazy(path, rest));
            } else {
                let _ = writeln!(body, "{}", self.lazy(path, line));
            }
        }
        self.open.pop();
        let given = exports.iter().map(|name| match name.as_str() {
            "default" => "default:$".to_owned(),
            name => name.to_owned(),
        });
        let given = given.collect::<Vec<_>>().join(",");
        let n = self.order.len();
        let _ = writeln!(self.script, "$f[{n}]=()=>{{\n{body}return{{{given}}};\n}};");
        self.order.push((path.to_owned(), exports));
        Ok(n)
    }

    /// A line whose later imports name addresses: the script stands elsewhere than the module did.
    fn lazy(&self, path: &str, line: &str) -> String {
        let mut parts = line.split("import(\"");
        let mut out = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (name, rest) = part.split_once('"').unwrap_or((part, ""));
            let _ = write!(out, "import(\"{}\"{rest}", (self.address)(&(self.beside)(path, name)));
        }
        out
    }
}

/// `… from "./x.js";` or `"./x.js";`
fn named(import: &str) -> Option<(&str, &str)> {
    let import = import.strip_suffix("\";")?;
    import.split_once(" from \"").or_else(|| Some(("", import.strip_prefix('"')?)))
}

/// What an import gives names to, as a line within a function.
fn binding(what: &str, n: usize) -> Option<String> {
    if what.is_empty() {
        return Some(format!("$n({n});\n"));
    }
    if let Some(name) = what.strip_prefix("* as ") {
        return Some(format!("const {name}=$n({n});\n"));
    }
    if let Some(names) = what.strip_prefix("{ ").and_then(|what| what.strip_suffix(" }")) {
        return Some(format!(
            "const{{{}}}=$n({n});\n",
            names.replace(" as ", ":").replace(", ", ",")
        ));
    }
    let plain = what.chars().all(|c| c.is_ascii_alphanumeric());
    plain.then(|| format!("const {what}=$n({n}).default;\n"))
}

/// The name that a declaration gives, if it never changes.
fn declared(rest: &str) -> Option<&str> {
    let kinds = ["async function ", "function ", "const ", "class "];
    let rest = kinds.iter().find_map(|kind| rest.strip_prefix(kind))?;
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '$')?;
    (end > 0).then(|| &rest[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(files: &[(&str, &str)]) -> Result<Joined, String> {
        let files = files.iter().map(|(path, text)| ((*path).into(), text.as_bytes().to_vec()));
        let address = |path: &str| format!("/web/{path}");
        let beside = |_: &str, name: &str| name.trim_start_matches("./").to_owned();
        join(&files.collect(), "main.js", &address, &beside)
    }

    #[test]
    fn modules_become_functions_in_the_order_of_their_needs() {
        let made = joined(&[
            ("main.js", "import { a, b as c } from \"./one.js\";\nimport \"./two.js\";\nrun(a, c, () => import(\"./later.js\"));\n"),
            ("one.js", "import words from \"./two.js\";\nimport * as two from \"./two.js\";\nexport const a = words;\nexport async function b() {\nreturn two;\n}\n"),
            ("two.js", "export default {\nx: 1,\n};\n"),
        ])
        .unwrap();
        assert_eq!(
            made.script,
            "var ntm=(()=>{\"use strict\";\nconst $f=[],$m=[],$n=i=>$m[i]??=$f[i]();\n\
             $f[0]=()=>{\nconst $=({\nx: 1,});\nreturn{default:$};\n};\n\
             $f[1]=()=>{\nconst words=$n(0).default;\nconst two=$n(0);\nconst a = words;\nasync function b() {\nreturn two;\n}\nreturn{a,b};\n};\n\
             $f[2]=()=>{\nconst{a,b:c}=$n(1);\n$n(0);\nrun(a, c, () => import(\"/web/later.js\"));\nreturn{};\n};\n\
             return $n})();\nself.document&&ntm(2);\n"
        );
        assert_eq!(made.stubs["one.js"], "const m=ntm(1);\nexport const a=m.a,b=m.b;\n");
        assert_eq!(made.stubs["two.js"], "const m=ntm(0);\nexport default m.default;\n");
        assert_eq!(made.numbers["one.js"], 1);
    }

    #[test]
    fn what_it_does_not_know_is_said() {
        for (text, why) in [
            ("export let x = 1;\n", "export let"),
            ("export { x } from \"./y.js\";\n", "export {"),
            ("import { x } from './y.js';\n", "import"),
            ("import x from \"./gone.js\";\n", "is not there"),
            ("import x from \"./main.js\";\n", "need each other"),
        ] {
            let said = joined(&[("main.js", text)]).err().unwrap_or_default();
            assert!(said.contains(why), "{text}: {said}");
        }
    }
}
