//! Expressions, defaults and words of one field.

use super::{Comparing, Effect};
use crate::expr::Expr;
use crate::form::{Field, FieldType, Form, Rule, Words};
use crate::text::Text;

impl Comparing<'_> {
    /// What decides which answers a field takes, when it is asked, and how it is computed.
    pub fn rules(&mut self, was: &Field, is: &Field) {
        use Effect::{Blanks, Keeps, Narrows};
        let (old, new) = (self.old, self.new);
        let root = (old.fields[0].path.clone(), new.fields[0].path.clone());
        let same =
            |a: &Option<Box<Rule>>, b: &Option<Box<Rule>>| same(a.as_deref(), b.as_deref(), &root);
        let mut note = |differs: bool, code, effect, vi: &str, en: &str| {
            if differs {
                self.note(code, Some(is), effect, Text::new(vi, en));
            }
        };
        let (vi, en) = match (&was.constraint, &is.constraint) {
            (None, _) => (
                "Thêm điều kiện cho câu trả lời; câu trả lời cũ có thể không đạt.",
                "Answers now have to meet a condition; older ones may not.",
            ),
            (_, None) => (
                "Bỏ điều kiện của câu trả lời; câu trả lời mới có thể vượt điều kiện cũ.",
                "The condition on answers is gone; newer ones may break the old one.",
            ),
            _ => (
                "Điều kiện của câu trả lời đã đổi; xem lại câu trả lời nằm giữa hai điều kiện.",
                "The condition on answers changed; look at answers that meet only one of the two.",
            ),
        };
        note(!same(&was.constraint, &is.constraint), "constraint", Narrows, vi, en);
        note(
            !same(&was.relevant, &is.relevant),
            "relevant",
            Blanks,
            "Điều kiện để hỏi đã đổi; có hộ chỉ được hỏi ở một bản.",
            "It is asked in other cases; some are asked in one version only.",
        );
        note(
            !same(&was.required, &is.required),
            "required",
            Narrows,
            "Yêu cầu bắt buộc trả lời đã đổi; một bản có thể có chỗ trống.",
            "Whether an answer is needed changed; one version may have blanks.",
        );
        note(
            !same(&was.calculation, &is.calculation),
            "calculation",
            if is.kind == FieldType::InstanceName { Keeps } else { Narrows },
            "Cách tính đã đổi; giá trị cũ và mới tính khác nhau từ cùng câu trả lời.",
            "It is computed in another way; the same answers give other values.",
        );
        let names = |form: &Form, field: &Field| {
            field.triggers.iter().map(|t| form.fields[*t].name.clone()).collect::<Vec<_>>()
        };
        note(
            names(old, was) != names(new, is),
            "trigger",
            Narrows,
            "Lúc tính lại giá trị đã đổi.",
            "It is computed at other moments.",
        );
        note(
            !same(&was.choice_rows, &is.choice_rows) && same_table(was, is),
            "choice_filter",
            Narrows,
            "Cách lọc lựa chọn đã đổi.",
            "Choices are filtered in another way.",
        );
        note(
            !same(&was.repeat_count, &is.repeat_count),
            "repeat_count",
            Narrows,
            "Số lần lặp đã đổi.",
            "The number of repeats changed.",
        );
        note(
            was.default != is.default || !same(&was.dynamic_default, &is.dynamic_default),
            "default",
            Keeps,
            "Giá trị ban đầu đã đổi.",
            "The value at the start changed.",
        );
        note(
            !same(&was.read_only, &is.read_only),
            "read_only",
            Keeps,
            "Quyền sửa trên máy đã đổi.",
            "Whether it can be answered by hand changed.",
        );
        note(
            was.parameters != is.parameters,
            "parameters",
            if is.kind == FieldType::Range { Narrows } else { Keeps },
            "Tham số của câu hỏi đã đổi.",
            "The question's parameters changed.",
        );
    }

    /// What people see.
    pub fn words(&mut self, was: &Field, is: &Field) {
        let differ = |a: &Words, b: &Words| words_differ((self.old, a), (self.new, b));
        let media = was.media != is.media;
        let changes = [
            (
                differ(&was.label, &is.label),
                "label",
                "Lời câu hỏi đã đổi.",
                "The question is worded differently.",
            ),
            (
                differ(&was.hint, &is.hint) || differ(&was.guidance, &is.guidance) || media,
                "hint",
                "Lời giải thích hoặc hình minh họa đã đổi.",
                "Hint, guidance or pictures changed.",
            ),
            (
                differ(&was.constraint_message, &is.constraint_message)
                    || differ(&was.required_message, &is.required_message),
                "message",
                "Lời nhắc khi trả lời sai hoặc thiếu đã đổi.",
                "What is said about a wrong or missing answer changed.",
            ),
            (
                was.appearance != is.appearance,
                "appearance",
                "Cách hiển thị đã đổi.",
                "It looks different.",
            ),
        ];
        for (differs, code, vi, en) in changes {
            if differs {
                self.note(code, Some(is), Effect::Keeps, Text::new(vi, en));
            }
        }
    }
}

/// True when a text differs in a language both versions have; case and all, but not blanks.
pub(super) fn words_differ((old, was): (&Form, &Words), (new, is): (&Form, &Words)) -> bool {
    let bare =
        |text: &str| placeholders(text).split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let mut shared = old.languages.names.iter().enumerate().filter_map(|(i, name)| {
        Some((i, new.languages.names.iter().position(|other| other == name)?))
    });
    let mut none = true;
    let differs = shared.any(|(i, k)| {
        none = false;
        bare(was.exact(i)) != bare(is.exact(k))
    });
    differs || (none && bare(was.get(0)) != bare(is.get(0)))
}

/// A text with what it shows written one way: an XLSForm's `${name}` is an XForm's
/// `<output value="/data/name"/>`.
fn placeholders(text: &str) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some(at) = rest.find("<output") {
        let (before, tag) = rest.split_at(at);
        let Some(end) = tag.find("/>") else { break };
        let value = tag[..end].split(['"', '\'']).nth(1).unwrap_or_default().trim();
        let name = value.rsplit('/').next().unwrap_or_default();
        out.extend([before, "${", name, "}"]);
        rest = &tag[end + 2..];
    }
    out + rest
}

fn same_table(was: &Field, is: &Field) -> bool {
    let table = |field: &Field| field.kind.choices().map(|c| c.table.clone());
    table(was) == table(is)
}

/// The same expression, blanks and the root's name apart.
fn same(was: Option<&Rule>, is: Option<&Rule>, root: &(String, String)) -> bool {
    let (was, is) = match (was, is) {
        (None, None) => return true,
        (Some(was), Some(is)) => (was, is),
        _ => return false,
    };
    if was.source == is.source {
        return true;
    }
    // Parsed anew: types that the form gave to the paths are no part of what was written.
    let below = |root: &str| format!("{root}/");
    let moved = was.source.replace(&below(&root.0), &below(&root.1));
    match (Expr::parse(&moved), Expr::parse(&is.source)) {
        (Ok(was), Ok(is)) => was == is,
        _ => false,
    }
}
