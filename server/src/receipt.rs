//! What a sender is told of a submission that was taken in.

use ntm_shared::text::Text;

/// What the sender is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receipt {
    /// Everything is durable.
    Stored,
    /// Durable, but a person must place it.
    Held,
    /// Durable, but an edit that fits no version.
    Branch,
    /// About what was erased: nothing of it is kept, and the phone need not keep it either.
    Erased,
}

impl Receipt {
    /// Words for the sender.
    pub fn message(self) -> Text {
        match self {
            Receipt::Stored => {
                Text::new("Đã nhận đủ và lưu an toàn.", "Received and stored safely.")
            }
            Receipt::Held => Text::new(
                "Đã nhận và lưu an toàn. Máy chủ chưa biết phiên bản biểu mẫu này; cán bộ sẽ xử lý.",
                "Received and stored safely. The server does not know this form version; staff will place it.",
            ),
            // Not a refusal: a phone would keep what it is refused, and send it for ever.
            Receipt::Erased => Text::new(
                "Dữ liệu của hộ hoặc đợt này đã được xóa theo quy định: máy chủ không lưu phiếu. Hãy xóa phiếu này trong máy.",
                "The data of this household or round were erased: the server keeps nothing of this form. Delete it from the phone.",
            ),
            Receipt::Branch => Text::new(
                "Đã nhận và lưu an toàn. Bản sửa này không khớp với phiếu đang có; cán bộ sẽ xem lại.",
                "Received and stored safely. This edit does not fit the form the server has; staff will look at it.",
            ),
        }
    }
}
