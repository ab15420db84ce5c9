//! What can go wrong, and how it is told: `error:` what happened, the places, `hint:` what to do.

use std::{fmt, io, process::ExitCode};

use ntm_shared::{
    api::problem::ProblemBody,
    text::{Lang, Text},
};

use crate::print::Printer;

/// A failure with something useful to say. Other errors travel as plain `anyhow` errors.
#[derive(Debug)]
pub enum Failure {
    /// The server answered with a problem, already in the reader's language.
    Problem(ProblemBody),
    /// No answer from the server.
    Unreachable {
        /// Its address.
        server: String,
        /// What the network said.
        cause: String,
    },
    /// Something answered that does not speak ntm.
    NotNtm {
        /// Its address.
        server: String,
        /// HTTP status it answered with.
        status: u16,
    },
    /// A fault found on this side.
    Local {
        /// What happened.
        what: Text,
        /// What to do next; empty when there is nothing to add.
        hint: Text,
    },
}

impl Failure {
    /// A fault found on this side, with what to do next.
    pub fn local(what: Text, hint: Text) -> anyhow::Error {
        Failure::Local { what, hint }.into()
    }

    /// The stable code, when the server gave one.
    pub fn code(&self) -> Option<&str> {
        match self {
            Failure::Problem(problem) => Some(&problem.code),
            _ => None,
        }
    }

    /// The lines after `error:`, in `lang` (a problem stays in the language it was asked in).
    pub fn lines(&self, lang: Lang) -> Vec<String> {
        match self {
            Failure::Problem(problem) => {
                let mut lines = vec![format!("{} ({})", problem.title, problem.code)];
                if !problem.detail.is_empty() {
                    lines.push(problem.detail.clone());
                }
                lines.extend(problem.places.iter().map(|place| {
                    let line = place.line.map(|n| tr!(lang, "dòng {}", "line {}", n));
                    let at: Vec<String> = line.into_iter().chain(place.field.clone()).collect();
                    match at.is_empty() {
                        true => place.message.clone(),
                        false => format!("{}: {}", at.join(", "), place.message),
                    }
                }));
                lines
            }
            Failure::Unreachable { server, cause } => vec![
                tr!(lang, "Không kết nối được máy chủ {}.", "Cannot reach the server {}.", server),
                cause.clone(),
            ],
            Failure::NotNtm { server, status } => vec![tr!(
                lang,
                "{} trả lời (HTTP {}) nhưng không phải máy chủ ntm.",
                "{} answered (HTTP {}) but is not an ntm server.",
                server,
                status
            )],
            Failure::Local { what, .. } => vec![what.get(lang).to_owned()],
        }
    }

    /// What to do next.
    pub fn hint(&self, lang: Lang) -> String {
        match self {
            Failure::Problem(problem) => problem.help.clone(),
            Failure::Unreachable { .. } | Failure::NotNtm { .. } => tr!(
                lang,
                "chạy máy chủ (ntm-server serve), hoặc chỉ địa chỉ khác: --server URL hay NTM_SERVER.",
                "start the server (ntm-server serve), or name another: --server URL or NTM_SERVER."
            ),
            Failure::Local { hint, .. } => hint.get(lang).to_owned(),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.lines(Lang::En).join(" "))
    }
}

impl std::error::Error for Failure {}

/// Tells the person what went wrong and gives the exit code: 2, or 0 when the reader of stdout
/// simply stopped reading.
pub fn report(error: &anyhow::Error, out: &Printer) -> ExitCode {
    if error.chain().any(is_broken_pipe) {
        return ExitCode::SUCCESS;
    }
    match error.downcast_ref::<Failure>() {
        Some(failure) => {
            let lines = failure.lines(out.lang());
            out.error(&lines[0]);
            for line in &lines[1..] {
                out.note(&format!("  {line}"));
            }
            let hint = failure.hint(out.lang());
            if !hint.is_empty() {
                out.hint(&hint);
            }
        }
        None => {
            let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
            out.error(&causes.join(": "));
        }
    }
    ExitCode::from(2)
}

fn is_broken_pipe(cause: &(dyn std::error::Error + 'static)) -> bool {
    cause.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests {
    use ntm_shared::api::problem::Place;

    use super::*;

    #[test]
    fn a_problem_names_its_places_and_the_next_step() {
        let failure = Failure::Problem(ProblemBody {
            kind: "about:blank#bad_table".into(),
            code: "bad_table".into(),
            status: 422,
            title: "Tệp bảng có lỗi; chưa lưu gì.".into(),
            help: "Sửa các dòng nêu bên dưới.".into(),
            detail: String::new(),
            places: vec![Place {
                line: Some(7),
                field: Some("village_code".into()),
                code: "duplicate".into(),
                message: "Trùng mã hộ.".into(),
            }],
        });
        let lines = failure.lines(Lang::Vi);
        assert_eq!(lines[0], "Tệp bảng có lỗi; chưa lưu gì. (bad_table)");
        assert_eq!(lines[1], "dòng 7, village_code: Trùng mã hộ.");
        assert_eq!(failure.hint(Lang::Vi), "Sửa các dòng nêu bên dưới.");
    }

    #[test]
    fn a_closed_pipe_is_not_a_failure() {
        let error = anyhow::Error::from(io::Error::from(io::ErrorKind::BrokenPipe));
        assert!(error.chain().any(is_broken_pipe));
    }
}
