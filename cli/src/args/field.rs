//! Arguments about field work: units, households, rounds, submissions.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use jiff::civil::Date;
use ntm_shared::api::quality::Said;
use ntm_shared::api::round::ModuleDesign;
use ntm_shared::api::submission::Decision;

use super::date;

/// `ntm unit …`.
#[derive(Debug, Subcommand)]
pub enum Unit {
    /// Liệt kê, tìm theo tên không cần dấu (list; search without tone marks)
    List {
        /// Chữ trong tên (part of the name)
        search: Option<String>,
        /// Ngày tra mã [mặc định: hôm nay] (as of this date)
        #[arg(long, value_parser = date, value_name = "DATE")]
        at: Option<Date>,
        /// Nằm trong đơn vị này (below this unit, by code or id)
        #[arg(long, value_name = "CODE")]
        within: Option<String>,
        /// Cấp (level)
        #[arg(long, value_enum)]
        level: Option<Level>,
    },
    /// Xem một đơn vị theo mã vào một ngày (one unit by its code on a date)
    Show {
        /// Mã hoặc id (code or id)
        code: String,
        /// Ngày tra mã [mặc định: hôm nay] (as of this date)
        #[arg(long, value_parser = date, value_name = "DATE")]
        at: Option<Date>,
    },
}

/// A level of units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Level {
    /// Tỉnh
    Province,
    /// Huyện
    District,
    /// Xã
    Commune,
    /// Thôn, bản
    Village,
}

/// `ntm household …`.
#[derive(Debug, Subcommand)]
pub enum Household {
    /// Nhập danh sách hộ từ CSV; nhập lại không đổi gì (import a CSV roster; repeating is harmless)
    Import {
        /// Tệp CSV, - là đầu vào chuẩn (CSV file, - for standard input)
        file: PathBuf,
        /// Ngày tra mã xã [mặc định: hôm nay] (commune codes as of this date)
        #[arg(long, value_parser = date, value_name = "DATE")]
        at: Option<Date>,
    },
    /// Liệt kê (list)
    List {
        /// Xã hoặc thôn (commune or village, by code or id)
        #[arg(long, value_name = "CODE")]
        within: Option<String>,
        /// Ngày tra mã [mặc định: hôm nay] (the code as of this date)
        #[arg(long, value_parser = date, value_name = "DATE")]
        at: Option<Date>,
        /// Lý do xuất ra tệp (--csv, --json); được ghi lại (why a list of names is taken away; noted)
        #[arg(long)]
        reason: Option<String>,
    },
    /// Hộ chưa có phiếu hoàn thành trong đợt (households of a round without a completed interview)
    Missing {
        /// Đợt (round id)
        #[arg(long)]
        round: String,
        /// Xã hoặc thôn (commune or village, by code or id)
        #[arg(long, value_name = "CODE")]
        within: Option<String>,
        /// Lý do xuất ra tệp (--csv, --json); được ghi lại (why a list of names is taken away; noted)
        #[arg(long)]
        reason: Option<String>,
    },
    /// Hộ chưa đạt chỉ tiêu, để vận động từng thôn (households that do not pass an indicator)
    Failing {
        /// Đợt (round id)
        #[arg(long)]
        round: String,
        /// Chỉ tiêu, ví dụ 17.8; không ghi là mọi chỉ tiêu (indicator; every one without)
        #[arg(long, value_name = "ID")]
        indicator: Option<String>,
        /// Xã hoặc thôn (commune or village, by code or id)
        #[arg(long, value_name = "CODE")]
        within: Option<String>,
        /// Lý do xuất ra tệp (--csv, --json); được ghi lại (why a list of names is taken away; noted)
        #[arg(long)]
        reason: Option<String>,
    },
}

/// `ntm round …`.
#[derive(Debug, Subcommand)]
pub enum Round {
    /// Mở đợt; mở lại y hệt không đổi gì (open; repeating is harmless)
    Open {
        /// Mã đợt: chữ thường, số, gạch nối (lower-case letters, digits, hyphens)
        id: String,
        /// Tên đợt (name for people)
        #[arg(long)]
        name: String,
        /// Ngày đầu (first day)
        #[arg(long, value_parser = date, value_name = "DATE")]
        from: Date,
        /// Ngày cuối (last day)
        #[arg(long, value_parser = date, value_name = "DATE")]
        to: Date,
        /// Đơn vị, lặp lại được (units, by code or id; repeatable)
        #[arg(long = "area", value_name = "CODE", required = true)]
        areas: Vec<String>,
        /// Biểu mẫu, lặp lại được (form ids; repeatable)
        #[arg(long = "form", value_name = "ID", default_values_t = ["household".to_owned(), "commune_report".to_owned()])]
        forms: Vec<String>,
        /// Bộ tiêu chí (criteria set id; see: ntm criteria list)
        #[arg(long, value_name = "SET")]
        criteria: String,
        /// Phần điều tra mẫu và số hộ mỗi thôn, ví dụ income=5 (sampled module and households per village)
        #[arg(long = "sample", value_name = "MODULE=N", value_parser = sample)]
        samples: Vec<(String, ModuleDesign)>,
        /// Bù hộ không trả lời trong từng thôn, có ghi rõ (adjust for non-response within villages)
        #[arg(long)]
        adjust: bool,
        /// Số lần xem kết quả đã định trước khi mẫu lớn dần (looks at a growing sample, declared beforehand)
        #[arg(long, value_name = "N", default_value_t = 1)]
        looks: u32,
        /// Chỉ tính phiếu đã được duyệt (only approved submissions count)
        #[arg(long)]
        approved_only: bool,
        /// Ứng dụng trên máy khóa dữ liệu bằng mã PIN (our app keeps what is on the phone under a PIN)
        #[arg(long)]
        pin: bool,
        /// Dữ liệu mẫu, mọi bản in đều ghi rõ (made-up data; every output says so)
        #[arg(long)]
        made_up: bool,
    },
    /// Liệt kê (list)
    List,
    /// Đóng đợt; phiếu đến muộn vẫn được lưu (close; late submissions are still stored)
    Close {
        /// Đợt (round id)
        round: String,
    },
    /// Đặt thời hạn lưu phiếu; không có gì tự xóa (until when answers are kept; nothing is erased by itself)
    Keep {
        /// Đợt (round id)
        round: String,
        /// Ngày cuối còn lưu (last day kept)
        #[arg(long, value_parser = date, value_name = "DATE")]
        until: Date,
        /// Căn cứ: số quyết định, quy định (the decision or rule it follows)
        #[arg(long)]
        reason: String,
    },
    /// Tiến độ theo xã và thôn (progress by commune and village)
    Status {
        /// Đợt (round id)
        round: String,
        /// Xã hoặc huyện (commune or district, by code or id)
        #[arg(long, value_name = "CODE")]
        within: Option<String>,
    },
    /// Số liệu khác thường theo điều tra viên và thôn, để người phụ trách xem lại (what to check, for supervisors)
    Quality {
        /// Đợt (round id)
        round: String,
        /// Xã hoặc huyện (commune or district, by code or id)
        #[arg(long, value_name = "CODE")]
        within: Option<String>,
    },
    /// Trả lời một điều cần xem: đã kiểm tra, hoặc có lý do (answer what was to be checked)
    Answer {
        /// Đợt (round id)
        round: String,
        /// Điều tra viên hoặc thôn, theo tên hoặc id (collector or village, by name or id)
        who: String,
        /// Mã số liệu, ví dụ minutes, unknown, whipple, 9.1 (code of the figure)
        #[arg(long, value_name = "CODE")]
        flag: String,
        /// Kết quả xem xét (what came of it)
        #[arg(long = "as", value_enum, value_name = "ANSWER")]
        answer: AnswerAs,
        /// Vì sao; được lưu cùng tên người trả lời (why; kept with who answered)
        #[arg(long)]
        reason: String,
        /// Xã hoặc huyện (commune or district, by code or id)
        #[arg(long, value_name = "CODE")]
        within: Option<String>,
    },
    /// Rút mẫu theo thôn từ hạt giống ghi lại, hoặc xem mẫu đã rút (draw a seeded sample, or show it)
    Draw {
        /// Đợt (round id)
        round: String,
        /// Phần điều tra mẫu (sampled module)
        #[arg(long)]
        module: String,
        /// Hạt giống, ví dụ bốc thăm trước nhiều người (seed, for example thrown in public)
        #[arg(long, required_unless_present = "show", conflicts_with = "show")]
        seed: Option<u64>,
        /// Chỉ xem mẫu đã rút (only show what was drawn)
        #[arg(long)]
        show: bool,
        /// Lý do xuất ra tệp (--csv, --json); được ghi lại (why a list of names is taken away; noted)
        #[arg(long)]
        reason: Option<String>,
    },
}

fn sample(text: &str) -> Result<(String, ModuleDesign), String> {
    let (module, size) = text.split_once('=').ok_or("viết MODULE=N, ví dụ income=5")?;
    match size.parse() {
        Ok(per_village) if per_village > 0 && !module.is_empty() => {
            Ok((module.to_owned(), ModuleDesign::Sample { per_village }))
        }
        _ => Err("số hộ mỗi thôn phải là số nguyên dương (a whole number above 0)".to_owned()),
    }
}

/// `ntm submission …`.
#[derive(Debug, Subcommand)]
pub enum Submission {
    /// Liệt kê, không có câu trả lời (list; no answers in it)
    List {
        /// Đợt (round id)
        #[arg(long)]
        round: Option<String>,
        /// Biểu mẫu (form id)
        #[arg(long)]
        form: Option<String>,
        /// Hộ (household id)
        #[arg(long)]
        household: Option<String>,
        /// Xã hoặc thôn (commune or village, by code or id)
        #[arg(long, value_name = "CODE")]
        within: Option<String>,
        /// Chỉ phiếu hộ không rõ đợt hoặc hộ (only household forms without a round or a household)
        #[arg(long, requires = "round", conflicts_with_all = ["form", "household"])]
        held: bool,
    },
    /// Xem một phiếu: điều cần xem lại và ảnh (one submission: findings and attachments)
    Show {
        /// Số thứ tự trên máy chủ (server sequence number)
        seq: i64,
    },
    /// Xét duyệt một hay nhiều phiếu (decide about one or many; who decided is recorded)
    Review {
        /// Số thứ tự trên máy chủ, một hay nhiều (server sequence numbers)
        #[arg(required = true, value_name = "SEQ")]
        seqs: Vec<i64>,
        /// Kết luận (decision): approved = duyệt; has-issues = có vướng mắc; rejected = không tính;
        /// returned = trả lại người gửi để sửa
        #[arg(long = "as", value_enum, value_name = "DECISION")]
        decision: ReviewAs,
        /// Lý do, cần có trừ khi duyệt; người gửi sẽ đọc (why; needed unless approved)
        #[arg(long, default_value = "", hide_default_value = true)]
        reason: String,
        /// Ô cần sửa, lặp lại được, như cột «Ô» của lệnh show (path of a field meant; repeatable)
        #[arg(long = "field", value_name = "PATH")]
        fields: Vec<String>,
    },
    /// Xuất phiếu gốc và ảnh, đúng từng byte (export originals and photos byte for byte)
    Export {
        /// Đợt (round id)
        #[arg(long)]
        round: String,
        /// Thư mục đích; chạy lại thì tiếp tục (folder; running again resumes)
        #[arg(long)]
        out: PathBuf,
        /// Xã hoặc thôn (commune or village, by code or id)
        #[arg(long, value_name = "CODE")]
        within: Option<String>,
        /// Lý do xuất; được ghi lại (why; noted)
        #[arg(long)]
        reason: String,
    },
}

/// An answer about a figure, as typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AnswerAs {
    /// Đã kiểm tra, số liệu đúng như ghi (looked into; the answers are as given)
    Checked,
    /// Khác số đông vì có lý do (unlike the others for a reason)
    Explained,
}

impl From<AnswerAs> for Said {
    fn from(typed: AnswerAs) -> Said {
        match typed {
            AnswerAs::Checked => Said::Checked,
            AnswerAs::Explained => Said::Explained,
        }
    }
}

/// A decision, as typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ReviewAs {
    /// Duyệt (good as it is)
    Approved,
    /// Có vướng mắc, xã xử lý; vẫn tính (the office sees to it; counts meanwhile)
    HasIssues,
    /// Không chấp nhận; không tính (does not count)
    Rejected,
    /// Trả lại người gửi để sửa; vẫn tính (back to its collector; counts meanwhile)
    Returned,
}

impl From<ReviewAs> for Decision {
    fn from(typed: ReviewAs) -> Decision {
        match typed {
            ReviewAs::Approved => Decision::Approved,
            ReviewAs::HasIssues => Decision::HasIssues,
            ReviewAs::Rejected => Decision::Rejected,
            ReviewAs::Returned => Decision::Returned,
        }
    }
}
