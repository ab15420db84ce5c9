//! Arguments about who did and read what.

use clap::{Args, Subcommand};

/// `ntm audit …`.
#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Liệt kê thay đổi, theo thứ tự (changes, in order)
    List(AuditFilter),
    /// Liệt kê việc xem dữ liệu cá nhân (reads of personal data)
    Reads(AuditFilter),
    /// Liệt kê các lần xuất danh sách có tên, kèm lý do (lists of names taken away, with the reason)
    Exports,
    /// Liệt kê những gì đã xóa hẳn: ai, khi nào, vì sao (what was erased, by whom and why)
    Erasures,
    /// Kiểm tra chuỗi sự kiện; mã thoát 1 nếu bị sửa (verify the chain of events; exit code 1 if it is broken)
    Verify {
        /// Mã băm ghi lại lần trước: sự kiện đó phải còn nguyên (a head noted before must still be in it)
        #[arg(long, value_name = "HASH")]
        head: Option<String>,
    },
}

/// Which rows.
#[derive(Clone, Debug, Default, Args)]
pub struct AuditFilter {
    /// Chỉ của người này: id (only by this person, by id)
    #[arg(long, value_name = "ID")]
    pub actor: Option<String>,
    /// Chỉ về đối tượng này: id (only about this, by id)
    #[arg(long, value_name = "ID")]
    pub subject: Option<String>,
    /// Chỉ loại này, ví dụ user.invite (only this kind)
    #[arg(long, value_name = "KIND")]
    pub what: Option<String>,
    /// Sau số thứ tự này (after this number)
    #[arg(long, value_name = "N")]
    pub after: Option<i64>,
}
