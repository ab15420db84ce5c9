//! Arguments about what helper teams see, hear and give.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::civil::Date;
use ntm_shared::api::difficulty::Category;
use ntm_shared::api::support::{Beneficiary, By, SupportKind};

use super::date;

/// Where something happened, when, and by which team.
#[derive(Clone, Debug, Args)]
pub struct Happened {
    /// Xã (commune code or id)
    pub commune: String,
    /// Mã tổ; tài khoản của tổ không cần ghi (team; not needed by a team's own account)
    #[arg(long)]
    pub team: Option<String>,
    /// Ngày (the day)
    #[arg(long, value_parser = date, value_name = "DATE")]
    pub day: Date,
}

/// Which rows of a list.
#[derive(Clone, Debug, Args)]
pub struct Which {
    /// Chỉ trong đơn vị này (only within this unit)
    #[arg(long, value_name = "CODE")]
    pub within: Option<String>,
    /// Chỉ của tổ này (only of this team)
    #[arg(long)]
    pub team: Option<String>,
    /// Ngày tra mã [mặc định: hôm nay] (codes as of this date)
    #[arg(long, value_parser = date, value_name = "DATE")]
    pub at: Option<Date>,
}

/// `ntm visit …`.
#[derive(Debug, Subcommand)]
pub enum Visit {
    /// Ghi một chuyến làm việc của tổ với xã (write down a team's visit)
    Add {
        /// Where, when and who.
        #[command(flatten)]
        happened: Happened,
        /// Xã báo đạt bao nhiêu tiêu chí (criteria met, as the commune tells)
        #[arg(long, value_name = "N")]
        met: Option<u8>,
        /// Tiêu chí chưa đạt: 9,11,17 (open criteria)
        #[arg(long, value_name = "SỐ", value_delimiter = ',')]
        open: Vec<u16>,
        /// Việc thống nhất làm tiếp; không ghi tên người (agreed next steps; no persons' names)
        #[arg(long, default_value = "")]
        plan: String,
        /// Tệp ảnh, lặp lại được (photo file; repeatable)
        #[arg(long = "photo", value_name = "FILE")]
        photos: Vec<PathBuf>,
    },
    /// Liệt kê (list)
    List {
        /// Which.
        #[command(flatten)]
        which: Which,
    },
    /// Tổ lâu chưa đến xã; mã thoát 1 nếu có (teams long not in a commune of theirs; exit code 1 if any)
    Lacking {
        /// Số ngày (days without a visit)
        #[arg(long, default_value_t = 30, value_name = "N")]
        days: u16,
        /// Tính đến ngày [mặc định: hôm nay] (on this date)
        #[arg(long, value_parser = date, value_name = "DATE")]
        at: Option<Date>,
    },
}

/// `ntm difficulty …`.
#[derive(Debug, Subcommand)]
pub enum Difficulty {
    /// Ghi một khó khăn của xã (write down a commune's difficulty)
    Add {
        /// Where, when and who.
        #[command(flatten)]
        happened: Happened,
        /// Lĩnh vực (category)
        #[arg(long, value_parser = category)]
        category: Category,
        /// Nội dung; không ghi tên người (what it is; no persons' names)
        #[arg(long)]
        what: String,
        /// Cơ quan phải giải quyết [mặc định: xã] (office that has it to resolve)
        #[arg(long, default_value = "")]
        owner: String,
        /// Hạn (deadline)
        #[arg(long, value_parser = date, value_name = "DATE")]
        deadline: Date,
        /// Chuyến làm việc đã nêu khó khăn này (id of the visit it was told on)
        #[arg(long, value_name = "ID")]
        visit: Option<String>,
    },
    /// Liệt kê; với --overdue mã thoát 1 nếu có (list; with --overdue exit code 1 if any)
    List {
        /// Which.
        #[command(flatten)]
        which: Which,
        /// Chỉ khó khăn chưa giải quyết (only open ones)
        #[arg(long)]
        open: bool,
        /// Chỉ khó khăn quá hạn (only overdue ones)
        #[arg(long)]
        overdue: bool,
    },
    /// Chuyển lên cấp trên: xã → huyện (nếu có) → sở, ngành → Ban Chỉ đạo tỉnh (pass on to the next tier)
    Escalate {
        /// Mã khó khăn (difficulty id)
        id: String,
        /// Cơ quan phải giải quyết (office that has it to resolve now)
        #[arg(long)]
        owner: String,
        /// Hạn mới (deadline)
        #[arg(long, value_parser = date, value_name = "DATE")]
        deadline: Date,
        /// Ngày chuyển (the day)
        #[arg(long, value_parser = date, value_name = "DATE")]
        day: Date,
        /// Lý do (why)
        #[arg(long)]
        reason: String,
    },
    /// Đã giải quyết (resolved)
    Resolve {
        /// Mã khó khăn (difficulty id)
        id: String,
        /// Ngày giải quyết (the day)
        #[arg(long, value_parser = date, value_name = "DATE")]
        day: Date,
        /// Giải quyết thế nào (how)
        #[arg(long)]
        how: String,
    },
}

/// `ntm support …`.
#[derive(Debug, Subcommand)]
pub enum Support {
    /// Ghi hỗ trợ cho xã (write down support given)
    Add {
        /// Where, when and who.
        #[command(flatten)]
        happened: Happened,
        /// Hỗ trợ bằng gì (what was given)
        #[arg(long, value_parser = kind)]
        kind: SupportKind,
        /// Giá trị, đồng; bỏ trống nếu không tính được (value in đồng)
        #[arg(long, value_name = "ĐỒNG")]
        value: Option<u64>,
        /// Cho ai (for whom)
        #[arg(long = "for", value_parser = beneficiary)]
        beneficiary: Beneficiary,
        /// Bao nhiêu (how many of them)
        #[arg(long, value_name = "N")]
        count: Option<u32>,
        /// Thôn (village id)
        #[arg(long, value_name = "ID")]
        village: Option<String>,
        /// Chi tiết; không ghi tên người (details; no persons' names)
        #[arg(long, default_value = "")]
        detail: String,
        /// Chuyến làm việc (id of the visit)
        #[arg(long, value_name = "ID")]
        visit: Option<String>,
    },
    /// Liệt kê (list)
    List {
        /// Which.
        #[command(flatten)]
        which: Which,
    },
    /// Cộng giá trị hỗ trợ (sums)
    Total {
        /// Cộng theo (add up by)
        #[arg(long, value_parser = by, default_value = "team")]
        by: By,
        /// Which.
        #[command(flatten)]
        which: Which,
        /// Từ ngày (from)
        #[arg(long, value_parser = date, value_name = "DATE")]
        from: Option<Date>,
        /// Đến ngày (to)
        #[arg(long, value_parser = date, value_name = "DATE")]
        to: Option<Date>,
    },
}

/// A key of a closed list, or what the keys are.
fn key<T: Copy>(
    found: Option<T>,
    all: &[T],
    named: impl Fn(T) -> (&'static str, [&'static str; 2]),
) -> Result<T, String> {
    found.ok_or_else(|| {
        let keys = all.iter().map(|word| {
            let (key, [vi, _]) = named(*word);
            format!("{key} ({vi})")
        });
        keys.collect::<Vec<_>>().join(", ")
    })
}

fn category(text: &str) -> Result<Category, String> {
    key(Category::read(text), Category::ALL, |word| (word.as_str(), word.names()))
}

fn kind(text: &str) -> Result<SupportKind, String> {
    key(SupportKind::read(text), SupportKind::ALL, |word| (word.as_str(), word.names()))
}

fn beneficiary(text: &str) -> Result<Beneficiary, String> {
    key(Beneficiary::read(text), Beneficiary::ALL, |word| (word.as_str(), word.names()))
}

fn by(text: &str) -> Result<By, String> {
    key(By::read(text), By::ALL, |word| (word.as_str(), word.names()))
}
