//! Arguments about results: criteria, scores, and the demo.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::civil::Date;

use super::date;

/// `ntm criteria …`.
#[derive(Debug, Subcommand)]
pub enum Criteria {
    /// Liệt kê các bộ tiêu chí có sẵn (list the built-in sets)
    List,
    /// Xem một bộ: chỉ tiêu, ngưỡng, nguồn, đã xác minh chưa (indicators, thresholds, sources)
    Show {
        /// Mã bộ tiêu chí (set id)
        set: String,
    },
    /// Kiểm tra tệp bộ tiêu chí: mọi lỗi, theo dòng, không cần máy chủ (every fault of a file, by line)
    Check {
        /// Tệp TOML, - là đầu vào chuẩn (TOML files, - for standard input)
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Biểu mẫu mà bộ tiêu chí dựa vào, nếu không phải biểu mẫu có sẵn; lặp lại được (forms it speaks of, beside the built-in ones)
        #[arg(long = "form", value_name = "FILE")]
        forms: Vec<PathBuf>,
    },
}

/// `ntm compile …`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Compile {
    /// Đợt (round id)
    #[arg(required = true)]
    pub round: Option<String>,
    /// Xã hoặc huyện (commune or district, by code or id)
    #[arg(long, value_name = "CODE")]
    pub within: Option<String>,
    /// Lần xem thứ mấy, nếu đợt định trước nhiều lần (which of the looks the round declared)
    #[arg(long, value_name = "N")]
    pub look: Option<u32>,
    /// Tính thẻ bảo hiểm còn hạn vào ngày này, thay vì ngày phỏng vấn, và dự báo thẻ sắp hết hạn; đọc lại bản gốc (cards valid on this day, and which lapse after it; reads the originals)
    #[arg(long, value_parser = date, value_name = "DATE")]
    pub as_of: Option<Date>,
    /// Dự báo trong bao nhiêu ngày sau --as-of [mặc định: 90] (days of the forecast)
    #[arg(long, value_name = "N", requires = "as_of")]
    pub days: Option<u16>,
    /// Tính lại từ mọi phiếu gốc thay vì số đã cộng sẵn (make the sums anew from the originals)
    #[arg(long)]
    pub rebuild: bool,
    /// Ghi bảng tính Excel: tổng hợp, cần theo dõi, mỗi tiêu chí một trang (write a spreadsheet)
    #[arg(long, value_name = "FILE")]
    pub xlsx: Option<PathBuf>,
    /// Ghi một trang báo cáo có biểu đồ và bản đồ, mở bằng trình duyệt (write a page with charts and a map)
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// Kèm danh sách hộ chưa đạt trong tệp Excel; lý do được ghi lại (adds the households still failing; noted)
    #[arg(long, requires = "xlsx")]
    pub reason: Option<String>,
    /// Giải thích một con số (explain one number)
    #[command(subcommand)]
    pub explain: Option<CompileExplain>,
}

/// `ntm compile explain`.
#[derive(Debug, Subcommand)]
pub enum CompileExplain {
    /// Giải thích một chỉ tiêu của một xã (explain one indicator of one commune)
    Explain {
        /// Đợt (round id)
        round: String,
        /// Xã (commune code or id)
        commune: String,
        /// Chỉ tiêu, ví dụ 9.1 (indicator)
        indicator: String,
        /// Lý do xuất tên và câu trả lời ra tệp (--csv, --json); được ghi lại (names and answers in a file; noted)
        #[arg(long)]
        reason: Option<String>,
    },
}

/// `ntm official …`.
#[derive(Debug, Subcommand)]
pub enum Official {
    /// Nhập giá trị do cơ quan công bố từ CSV: mã xã, chỉ tiêu, giá trị, tính đến ngày, văn bản, ngày ban hành (import from CSV)
    Import {
        /// Tệp CSV, - là đầu vào chuẩn (CSV file, - for standard input)
        file: PathBuf,
        /// Bộ tiêu chí (criteria set id)
        #[arg(long, value_name = "SET")]
        criteria: String,
        /// Ngày tra mã xã [mặc định: hôm nay] (commune codes as of this date)
        #[arg(long, value_parser = date, value_name = "DATE")]
        at: Option<Date>,
    },
    /// Liệt kê (list)
    List {
        /// Bộ tiêu chí (criteria set id)
        #[arg(long, value_name = "SET")]
        criteria: String,
        /// Xã hoặc huyện (commune or district, by code or id)
        #[arg(long, value_name = "CODE")]
        within: Option<String>,
        /// Có hiệu lực đến ngày [mặc định: hôm nay] (that speak of this date or before)
        #[arg(long, value_parser = date, value_name = "DATE")]
        at: Option<Date>,
    },
}

/// `ntm demo`.
#[derive(Debug, Args)]
pub struct Demo {
    /// Số hộ (households)
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(300..=200_000))]
    pub households: u32,
    /// Hạt giống: cùng hạt giống, cùng kết quả (seed: same seed, same result)
    #[arg(long, default_value_t = 2024)]
    pub seed: u64,
    /// Ghi báo cáo (bao-cao.xlsx, bao-cao.html) vào thư mục này (write the reports into this folder)
    #[arg(long, value_name = "DIR")]
    pub reports: Option<PathBuf>,
    /// Giữ thư mục dữ liệu để xem tiếp (keep the data folder)
    #[arg(long)]
    pub keep: bool,
}
