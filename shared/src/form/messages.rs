//! What is said about an answer that breaks the form's rules: the author's words where there are
//! some. No message quotes an answer.

use super::Form;
use super::{Field, Words};
use crate::text::Text;

fn authors(form: &Form, words: &Words, vi: &str, en: &str) -> Text {
    // A text that shows values would quote answers: the general sentence stands instead.
    if words.is_empty() || words.0.iter().any(|w| w.contains("${") || w.contains("<output")) {
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

pub(crate) fn differing_calculation() -> Text {
    Text::new(
        "Giá trị tính sẵn khác với kết quả tính lại từ các câu trả lời.",
        "A computed value differs from what the answers give.",
    )
}

pub(crate) fn unknown_field() -> Text {
    Text::new("Phiếu không có câu hỏi này.", "The form has no such field.")
}

pub(crate) fn repeated_field() -> Text {
    Text::new("Câu hỏi có nhiều hơn một câu trả lời.", "The field occurs more than once.")
}

pub(crate) fn other_form() -> Text {
    Text::new("Dữ liệu không thuộc mẫu phiếu này.", "The data belongs to another form.")
}

pub(crate) fn missing_attachment() -> Text {
    Text::new("Ảnh được nêu trong phiếu chưa nhận được.", "A photo named here has not arrived.")
}

pub(crate) fn unexpected_attachment() -> Text {
    Text::new("Có tệp gửi kèm mà phiếu không nhắc đến.", "A file came along that no answer names.")
}

pub(crate) fn too_many_instances() -> Text {
    Text::new(
        "Quá nhiều mục lặp; chỉ kiểm tra những mục đầu.",
        "Too many repeat instances; only the first ones were checked.",
    )
}

pub(crate) fn too_many_findings() -> Text {
    Text::new("Còn nhiều vấn đề khác không liệt kê.", "There are more findings than are listed.")
}
