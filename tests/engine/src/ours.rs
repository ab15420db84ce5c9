//! The same walks on our own engine.

use jiff::civil::DateTime;
use ntm_shared::expr::Instances;
use ntm_shared::form::Form;
use ntm_shared::form::fill::{FillFault, Filling, Meta};

use crate::walks::{NodeState, Walk};

/// What a phone of the tests knows; JavaRosa is told the same.
#[must_use]
pub fn phone(now: DateTime) -> Meta {
    Meta {
        username: "enumerator".to_owned(),
        phone_number: "0987654321".to_owned(),
        email: "enumerator@example.org".to_owned(),
        ..Meta::new(now, "uuid:00000000-0000-4000-8000-000000000000", "collect:JAVAROSA00000001")
    }
}

/// The settings that tell JavaRosa what [`phone`] tells us.
#[must_use]
pub fn settings(meta: &Meta) -> String {
    let Meta { now, instance_id, device_id, username, phone_number, email, .. } = meta;
    let now = now.strftime("%Y-%m-%dT%H:%M:%S.000+07:00");
    format!(
        "@now={now}\n@id={instance_id}\n@deviceid={device_id}\n@username={username}\n\
         @phonenumber={phone_number}\n@email={email}\n"
    )
}

impl Walk {
    /// Fills a form of ours; a step is a line as `tests/javarosa/Walks.java` reads it.
    pub fn ours(form: &Form, media: &Instances, meta: Meta, steps: &[String]) -> Walk {
        let mut filling = Filling::start(form, media, meta);
        let mut walk = Walk { hashes: vec![NodeState::hash(&nodes(&filling))], ..Walk::default() };
        for line in steps {
            walk.steps.push(step(&mut filling, line).to_owned());
            walk.hashes.push(NodeState::hash(&nodes(&filling)));
        }
        walk.nodes = nodes(&filling);
        walk.xml = filling.draft();
        match filling.finish() {
            Ok(xml) => (walk.end, walk.xml) = ("ok".to_owned(), xml),
            Err(findings) => {
                let first = findings.first().expect("a finding");
                let path = first.field.clone().unwrap_or_default();
                walk.end = format!("{} {}", first.code, path.replace("[1]", ""));
            }
        }
        walk
    }
}

impl Walk {
    /// Fills a form of ours by a script as the filler in Java reads it: settings and steps.
    pub fn by_script(form: &Form, media: &Instances, script: &str) -> Walk {
        let mut meta = Meta {
            device_id: "collect:JAVAROSA00000001".to_owned(),
            instance_id: "uuid:00000000-0000-4000-8000-000000000000".to_owned(),
            ..Meta::default()
        };
        let mut steps = Vec::new();
        for line in script.lines().filter(|l| !l.is_empty() && !l.starts_with('#')) {
            match line.split_once('=') {
                Some(("@now", now)) => meta.now = now[..23].parse().expect("a moment"),
                Some(("@deviceid", v)) => meta.device_id = v.to_owned(),
                Some(("@username", v)) => meta.username = v.to_owned(),
                Some(("@phonenumber", v)) => meta.phone_number = v.to_owned(),
                Some(("@email", v)) => meta.email = v.to_owned(),
                _ => steps.push(line.to_owned()),
            }
        }
        Walk::ours(form, media, meta, &steps)
    }
}

/// Takes one step; the verdict on it.
pub fn step(filling: &mut Filling<'_>, line: &str) -> &'static str {
    let done = if let Some(path) = line.strip_prefix("@add ") {
        filling.add(path)
    } else if let Some(path) = line.strip_prefix("@delete ") {
        filling.delete(path)
    } else if line.starts_with('@') {
        Ok(())
    } else {
        let (path, value) = line.split_once('=').expect("a step is path=value");
        // Filling makes the next instance of a repeat on the way; a collector has to add it.
        if filling.value(path).is_none() {
            return "unasked";
        }
        filling.set(path, &unescape(value))
    };
    match done {
        Ok(()) => "ok",
        Err(FillFault::Constraint { .. }) => "constraint",
        Err(FillFault::Required { .. }) => "required",
        Err(FillFault::ReadOnly(_)) => "readonly",
        Err(FillFault::Type(_)) => "type",
        Err(FillFault::Choice(_)) => "choice",
        Err(FillFault::Unknown(_) | FillFault::Place(_) | FillFault::Irrelevant(_)) => "unasked",
    }
}

fn unescape(value: &str) -> String {
    value.replace("\\\\", "\0").replace("\\n", "\n").replace('\0', "\\")
}

/// The nodes as JavaRosa's side gives them.
pub fn nodes(filling: &Filling<'_>) -> Vec<NodeState> {
    let states = filling.states().into_iter();
    let node = |s: ntm_shared::form::fill::State| {
        let flag = |set: bool, flag: &str| if set { flag.to_owned() } else { String::new() };
        let flags = flag(s.relevant, "r") + &flag(s.required, "q") + &flag(s.writable, "w");
        NodeState(s.path, flags, s.value)
    };
    states.map(node).collect()
}
