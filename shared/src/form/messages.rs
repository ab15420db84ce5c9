//! What is said about an answer that breaks the form's rules: the author's words where there are
//! some. No message quotes an answer.

use super::Form;
use super::field::{Field, Words};
use crate::text::Text;

fn authors(form: &Form, words: &Words, vi: &str, en: &str) -> Text {
    // A text that shows values would quote answers: the general sentence stands instead.
    if words.is_empty() || words.0.iter().any(|w| w.contains("${")) {
        return Text::new(vi, en);
    }
    form.languages.text(words)
}

pub(crate) fn constraint(form: &Form, field: &Field) -> Text {
    let (vi, en) = ("Câu trả lời không hợp lệ.", "The answer is not allowed.");
    authors(form, &field.constraint_message, vi, en)
}

pub(crate) fn required(form: &Form, field: &Field) -> Text {
    let (vi, en) = ("Câu này cần có câu trả lời.", "An answer is needed here.");
    authors(form, &field.required_message, vi, en)
}

pub(crate) fn wrong_type() -> Text {
    Text::new(
        "Câu trả lời không đúng kiểu dữ liệu của câu hỏi.",
        "The answer is not of the question's type.",
    )
}

pub(crate) fn unknown_choice() -> Text {
    Text::new(
        "Lựa chọn không có trong danh sách của câu hỏi.",
        "The choice is not among those the question offers.",
    )
}

pub(crate) fn irrelevant() -> Text {
    Text::new(
        "Có câu trả lời cho câu hỏi không được hỏi trong trường hợp này.",
        "There is an answer to a question that is not asked in this case.",
    )
}
