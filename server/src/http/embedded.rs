//! The files browsers get, embedded: pages, and the app on phones. Nothing is built beforehand; what
//! is left out of scripts on their way (comments, indentation) would cost a phone on 2G seconds.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use super::joined::join;
use super::packed::Packed;

#[derive(RustEmbed)]
#[folder = "web"]
struct Web;

/// Keeps the app on the phone.
pub const WORKER: &str = "app/sw.js";
/// What the worker fetches in one piece: the modules that fill in forms, as JSON by address. Packed
/// together they are a third smaller than one by one.
const REST: &str = "app/rest.json";

/// The page of the app.
const PAGE: &str = "phone.html";

/// The modules of the first screens, in one script.
const FIRST: &str = "app/first.js";

/// The module that sends: the worker runs it when no page is open.
const SEND: &str = "app/sync.js";

/// What only few phones need (functions of few forms, the second language): fetched when one does.
const RARE: [&str; 6] = [
    "app/text/en.js",
    "engine/digest.js",
    "engine/earth.js",
    "engine/more.js",
    "engine/pattern.js",
    "engine/random.js",
];

/// Every file as it is served, by path.
static FILES: LazyLock<BTreeMap<String, Packed>> =
    LazyLock::new(|| made().into_iter().map(|(path, plain)| (path, Packed::new(plain))).collect());

fn made() -> BTreeMap<String, Vec<u8>> {
    let mut files = sources();
    // Without it (a module written as it does not know: a test looks) each comes for itself.
    let mut send = None;
    if let Ok(joined) = join(&files, "app/main.js", &address, &beside) {
        send = joined.numbers.get(SEND).copied();
        let stubs = joined.stubs.into_iter().map(|(path, stub)| (path, stub.into_bytes()));
        files.extend(stubs);
        files.insert(FIRST.into(), joined.script.into_bytes());
    }
    let app: Vec<String> = files.keys().filter(|path| is_app(path)).cloned().collect();
    let is_later = |path: &str| path.ends_with(".js") && path != FIRST && !RARE.contains(&path);
    let text = |path: &String| String::from_utf8_lossy(&files[path]).into_owned();
    let rest: BTreeMap<String, String> =
        app.iter().filter(|path| is_later(path)).map(|path| (address(path), text(path))).collect();
    let rest = serde_json::to_vec(&rest).unwrap_or_default();
    let mut hash = Sha256::new();
    for (path, data) in &files {
        hash.update(path);
        hash.update(data);
    }
    let version = hex::encode(&hash.finalize()[..6]);
    // Page and worker ask for the script by one address, which no other version had.
    let script = format!("{}?v={version}", address(FIRST));
    if let Some(page) = files.get_mut(PAGE) {
        *page = String::from_utf8_lossy(page).replace(&address(FIRST), &script).into_bytes();
    }
    let list = |wanted: &dyn Fn(&str) -> bool| {
        let wanted =
            app.iter().filter(|path| wanted(path)).map(|path| format!("{:?}", address(path)));
        wanted.collect::<Vec<_>>().join(",")
    };
    let known = format!(
        "const VERSION=\"{version}\";\nconst SCRIPT={script:?};\nconst SEND={};\n\
         const FIRST=[{}];\nconst FILES=[{}];\n",
        send.unwrap_or_default(),
        list(&|path| !is_later(path) && !RARE.contains(&path)).replace(&address(FIRST), &script),
        list(&|_| true),
    );
    if let Some(worker) = files.get_mut(WORKER) {
        worker.splice(0..0, known.into_bytes());
    }
    files.insert(REST.into(), rest);
    files
}

/// The files as they were written, scripts and styles without what people need to read them.
fn sources() -> BTreeMap<String, Vec<u8>> {
    let served = |path: &str| {
        let kinds = ["html", "css", "js", "svg", "webmanifest"];
        kinds.iter().any(|kind| path.rsplit('.').next() == Some(*kind))
    };
    let squeezes = |path: &str| path.ends_with(".js") || path.ends_with(".css");
    let mut files = BTreeMap::new();
    for path in Web::iter().filter(|path| served(path)) {
        let data = Web::get(&path).map(|file| file.data.into_owned()).unwrap_or_default();
        let data = match String::from_utf8(data) {
            Ok(text) if squeezes(&path) => squeezed(&text).into_bytes(),
            Ok(text) => text.into_bytes(),
            Err(data) => data.into_bytes(),
        };
        files.insert(path.into_owned(), data);
    }
    files
}

fn address(path: &str) -> String {
    format!("/web/{path}")
}

fn is_app(path: &str) -> bool {
    path != WORKER && (path.starts_with("app/") || path.starts_with("engine/"))
}

/// The path that `name` (`./a.js`, `../b/c.js`) means in the module at `path`.
fn beside(path: &str, name: &str) -> String {
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in name.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// A file as it is served.
pub fn file(path: &str) -> Option<&'static Packed> {
    FILES.get(path)
}

/// A script without comments and indentation. It goes by lines and knows no strings: a test holds that
/// none of ours spans lines or looks like a comment.
fn squeezed(script: &str) -> String {
    let (mut out, mut inside) = (String::with_capacity(script.len()), false);
    for line in script.lines() {
        let mut line = line.trim().to_owned();
        if inside {
            let Some((_, after)) = line.split_once("*/") else { continue };
            (line, inside) = (after.trim().to_owned(), false);
        }
        if line.starts_with("//") {
            continue;
        }
        // Types within an expression, and whole comments at the beginning of a line.
        while let Some(start) = line.find("/** @").or_else(|| line.starts_with("/*").then_some(0)) {
            let Some(length) = line[start..].find("*/") else {
                inside = start == 0;
                break;
            };
            let after = line[start + length + 2..].trim_start().to_owned();
            line.replace_range(start.., &after);
        }
        if !inside && !line.is_empty() {
            out += &line;
            out.push('\n');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_indentation_stay_at_home() {
        let script = "// A word.\nexport function f(x) {\n  /** @type {any} */\n  let y = 1;\n  \
            /* two\n   * lines */\n  return (/** @type {number} */ (x)) + y; // why\n}\n/** @param {string} a */ \
            export const g = (/** @type {any} */ a) => `${a} // no`;\n";
        assert_eq!(
            squeezed(script),
            "export function f(x) {\nlet y = 1;\nreturn ((x)) + y; // why\n}\nexport const g = (a) => `${a} // no`;\n"
        );
    }

    #[test]
    fn no_script_of_ours_has_what_the_squeezing_cannot_tell() {
        let mut seen = 0;
        for path in Web::iter().filter(|path| path.ends_with(".js")) {
            let data = Web::get(&path).unwrap().data;
            for (n, line) in String::from_utf8(data.into_owned()).unwrap().lines().enumerate() {
                let at = format!("{path}:{}: {line}", n + 1);
                let comment = line.trim_start().starts_with(['/', '*']);
                assert!(comment || line.matches('`').count() % 2 == 0, "a text over lines: {at}");
                assert!(!line.trim_start().starts_with("*/") || line.trim() == "*/", "{at}");
                seen += 1;
            }
        }
        assert!(seen > 1000, "{seen} lines");
    }

    #[test]
    fn the_worker_and_the_page_know_the_files() {
        let text = |path: &str| String::from_utf8(file(path).unwrap().plain().to_vec()).unwrap();
        let worker = text(WORKER);
        assert!(worker.starts_with("const VERSION=\""), "{worker}");
        assert!(text("phone.html").contains(&address(FIRST)));
        // The first screens are in one script, and at their own addresses what passes them on.
        let first = text(FIRST);
        for inside in ["homeScreen", "setupScreen", "drawLine", "EventTarget", "Việc của tôi"]
        {
            assert!(first.contains(inside), "{inside}");
        }
        let joined = join(&sources(), "app/main.js", &address, &beside).unwrap();
        assert!(joined.stubs.len() > 12, "{:?}", joined.stubs.keys());
        for path in joined.stubs.keys() {
            let stub = format!("const m=ntm({});", joined.numbers[path]);
            assert!(text(path).starts_with(&stub) && text(path).len() < 500, "{path}");
        }
        assert!(!first.contains("Filling"), "the engine is not of the first screens");
        let rest: BTreeMap<String, String> =
            serde_json::from_slice(file(REST).unwrap().plain()).unwrap();
        for later in
            ["app/fill/screen.js", "app/screens/household.js", "app/store.js", "engine/index.js"]
        {
            assert!(rest.contains_key(&address(later)), "{later}");
        }
        for path in rest.keys() {
            assert!(worker.contains(path.as_str()), "{path}");
        }
        for path in RARE {
            assert!(file(path).is_some() && worker.contains(path), "{path}");
            assert!(!rest.contains_key(&address(path)), "{path}");
        }
        assert!(file("engine/README.md").is_none() && file("app/tsconfig.json").is_none());
    }
}
