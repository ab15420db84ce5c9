//! Arguments about erasing, and about what people ask.

use clap::{Args, Subcommand, ValueEnum};
use jiff::civil::Date;
use ntm_shared::api::request::RequestKind;

use super::date;

/// `ntm erase …`.
#[derive(Debug, Args)]
pub struct Erase {
    /// Hộ (household id); everything about it, in every round, for good
    #[arg(required_unless_present = "round", conflicts_with = "round")]
    pub household: Option<String>,
    /// Đợt đã đóng và hết hạn lưu (a closed round past its retention): answers, photos, unused names
    #[arg(long)]
    pub round: Option<String>,
    /// Lý do, được giữ lại mãi; không ghi tên người (why; kept for good, so no names)
    #[arg(long)]
    pub reason: String,
}

/// `ntm request …`.
#[derive(Debug, Subcommand)]
pub enum Request {
    /// Ghi một yêu cầu; hạn được tính theo quy định (write one down; due dates follow the terms in force)
    Add {
        /// Hộ (household id)
        household: String,
        /// Yêu cầu gì (what is asked)
        #[arg(long, value_enum)]
        kind: Kind,
        /// Ngày nhận (the day it was received)
        #[arg(long, value_parser = date, value_name = "DATE")]
        received: Date,
    },
    /// Liệt kê theo hạn; mã thoát 1 nếu có yêu cầu quá hạn (list by due date; exit code 1 if any is overdue)
    List {
        /// Chỉ những yêu cầu chưa xong (only open ones)
        #[arg(long)]
        open: bool,
    },
    /// Đã báo cho người yêu cầu (the person was told that it is being seen to)
    Answered {
        /// Mã yêu cầu (request id)
        id: String,
    },
    /// Gia hạn một lần, có lý do (take more time, once)
    Extend {
        /// Mã yêu cầu (request id)
        id: String,
        /// Lý do (why)
        #[arg(long)]
        reason: String,
    },
    /// Đã làm xong (carried out)
    Done {
        /// Mã yêu cầu (request id)
        id: String,
    },
    /// Từ chối, có lý do (refuse)
    Refuse {
        /// Mã yêu cầu (request id)
        id: String,
        /// Lý do (why)
        #[arg(long)]
        reason: String,
    },
}

/// What is asked, as typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// Xem dữ liệu (be shown what is kept)
    See,
    /// Sửa (have it corrected)
    Correct,
    /// Xóa (have it erased)
    Erase,
    /// Rút lại sự đồng ý (take consent back)
    Withdraw,
    /// Hạn chế xử lý (have its use restricted)
    Restrict,
    /// Phản đối xử lý (object to its use)
    Object,
}

impl From<Kind> for RequestKind {
    fn from(typed: Kind) -> RequestKind {
        match typed {
            Kind::See => RequestKind::See,
            Kind::Correct => RequestKind::Correct,
            Kind::Erase => RequestKind::Erase,
            Kind::Withdraw => RequestKind::Withdraw,
            Kind::Restrict => RequestKind::Restrict,
            Kind::Object => RequestKind::Object,
        }
    }
}
