//! Arguments about helper teams: agencies, teams, plans and assignments.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use jiff::civil::Date;
use ntm_shared::api::plan::SizeBy;
use ntm_shared::assign::Kind;

use super::date;

/// `ntm agency …`.
#[derive(Debug, Subcommand)]
pub enum Agency {
    /// Nhập danh sách cơ quan từ CSV hoặc XLSX (import agencies from CSV or XLSX)
    Import {
        /// Tệp, - là đầu vào chuẩn (file, - for standard input)
        file: PathBuf,
    },
    /// Liệt kê (list)
    List {
        /// Chỉ cơ quan còn hoạt động vào ngày này (only those that exist on this date)
        #[arg(long, value_parser = date, value_name = "DATE")]
        at: Option<Date>,
    },
    /// Xuất cả bảng để sửa rồi nhập lại (the table as it is imported)
    Export {
        /// Tệp .csv hoặc .xlsx (file)
        #[arg(long, short)]
        out: PathBuf,
    },
}

/// `ntm team …`.
#[derive(Debug, Subcommand)]
pub enum Team {
    /// Nhập danh sách tổ từ CSV hoặc XLSX (import teams from CSV or XLSX)
    Import {
        /// Tệp, - là đầu vào chuẩn (file, - for standard input)
        file: PathBuf,
        /// Ngày tra mã xã [mặc định: hôm nay] (commune codes as of this date)
        #[arg(long, value_parser = date, value_name = "DATE")]
        at: Option<Date>,
    },
    /// Liệt kê (list)
    List,
    /// Xuất cả bảng để sửa rồi nhập lại; có tên người nên phải ghi lý do (the table as it is imported)
    Export {
        /// Tệp .csv hoặc .xlsx (file)
        #[arg(long, short)]
        out: PathBuf,
        /// Ngày tra mã xã [mặc định: hôm nay] (commune codes as of this date)
        #[arg(long, value_parser = date, value_name = "DATE")]
        at: Option<Date>,
        /// Lý do; được ghi lại (why names are taken away; noted)
        #[arg(long)]
        reason: String,
    },
}

/// `ntm language …`.
#[derive(Debug, Subcommand)]
pub enum Language {
    /// Nhập tiếng dân tộc của các xã từ CSV hoặc XLSX, có nguồn (import languages of communes)
    Import {
        /// Tệp, - là đầu vào chuẩn (file, - for standard input)
        file: PathBuf,
        /// Ngày tra mã xã [mặc định: hôm nay] (commune codes as of this date)
        #[arg(long, value_parser = date, value_name = "DATE")]
        at: Option<Date>,
    },
    /// Liệt kê vào một ngày (list on a date)
    List {
        /// Vào ngày [mặc định: hôm nay] (on this date)
        #[arg(long, value_parser = date, value_name = "DATE")]
        at: Option<Date>,
    },
}

/// `ntm travel …`.
#[derive(Debug, Subcommand)]
pub enum Travel {
    /// Nhập số phút đi từ trụ sở đến xã, dùng thay đường chim bay (import travel times)
    Import {
        /// Tệp, - là đầu vào chuẩn (file, - for standard input)
        file: PathBuf,
        /// Ngày tra mã xã [mặc định: hôm nay] (commune codes as of this date)
        #[arg(long, value_parser = date, value_name = "DATE")]
        at: Option<Date>,
    },
    /// Liệt kê (list)
    List,
}

/// `ntm assign …`.
#[derive(Debug, Subcommand)]
pub enum Assign {
    /// Tính phương án: mỗi xã một tổ chính, tổng chi phí nhỏ nhất (optimal plan; nothing is stored)
    Plan {
        /// Đợt (round id)
        round: String,
        /// Only what was asked.
        #[command(flatten)]
        asked: Box<Asked>,
        /// So với phương án không có các yêu cầu này, không in phương án (only compare with the plan without these)
        #[arg(long)]
        what_if: bool,
        /// Who surveys which village.
        #[command(flatten)]
        rota: Box<Rota>,
    },
    /// Vì sao tổ này, không phải tổ kia, cho một xã (every team's cost for one commune)
    Explain {
        /// Đợt (round id)
        round: String,
        /// Xã (commune code or id)
        commune: String,
        /// In the plan that is asked for.
        #[command(flatten)]
        asked: Box<Asked>,
    },
    /// Ghi phương án theo quyết định (store the plan under a decision)
    Apply {
        /// Đợt (round id)
        round: String,
        /// Số quyết định (decision number)
        #[arg(long, value_name = "NO")]
        decision: String,
        /// Ngày hiệu lực (in force from)
        #[arg(long, value_parser = date, value_name = "DATE")]
        from: Date,
        /// What was asked.
        #[command(flatten)]
        asked: Box<Asked>,
        /// Chỉ ghi những xã có thay đổi (store only communes whose teams change)
        #[arg(long)]
        only_changes: bool,
    },
    /// Giải một bài toán trong tệp, không cần máy chủ (solve a bare instance; no server needed)
    Solve {
        /// Tệp JSON, - là đầu vào chuẩn (JSON file, - for standard input)
        instance: PathBuf,
        /// Tiêu chí thiếu tính cho từng cặp, hay một lần cho mỗi xã (missing criteria count per pair, or once per commune)
        #[arg(long, value_enum, default_value_t = Model::Pairwise)]
        model: Model,
    },
    /// Phân công đang hiệu lực (assignments in force)
    List {
        /// Vào ngày [mặc định: hôm nay] (on this date)
        #[arg(long, value_parser = date, value_name = "DATE")]
        at: Option<Date>,
    },
    /// Phân công từ trước đến nay của một xã hoặc một tổ (all assignments of a commune or a team)
    History {
        /// Xã (commune code or id)
        #[arg(long, value_name = "CODE", required_unless_present = "team")]
        commune: Option<String>,
        /// Tổ (team id)
        #[arg(long)]
        team: Option<String>,
        /// Ngày tra mã xã [mặc định: hôm nay] (the code as of this date)
        #[arg(long, value_parser = date, value_name = "DATE")]
        at: Option<Date>,
    },
    /// Phụ lục của quyết định: có tên, điện thoại nên phải ghi lý do (annex of a decision; names need a reason)
    Annex {
        /// Tệp .xlsx hoặc .html có bản đồ (file: .xlsx, or .html with a map)
        #[arg(long, short)]
        out: Option<PathBuf>,
        /// Vào ngày [mặc định: hôm nay] (on this date)
        #[arg(long, value_parser = date, value_name = "DATE")]
        at: Option<Date>,
        /// Lý do; được ghi lại (why names are taken away; noted)
        #[arg(long)]
        reason: Option<String>,
    },
}

/// What a plan is asked to be.
#[derive(Clone, Debug, Default, Args)]
pub struct Asked {
    /// Kế hoạch cho ngày [mặc định: ngày cuối của đợt] (the day the plan is for)
    #[arg(long, value_parser = date, value_name = "DATE")]
    pub at: Option<Date>,
    /// Số tổ mỗi xã, cả tổ chính [mặc định: 1] (teams per commune, the lead team included)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10))]
    pub teams: Option<u32>,
    /// Cách tính tiêu chí thiếu [mặc định: coverage] (how missing criteria count)
    #[arg(long, value_enum)]
    pub model: Option<Model>,
    /// Xa nhất bao nhiêu km (largest distance in km)
    #[arg(long, value_name = "KM", value_parser = clap::value_parser!(u32).range(0..=20_000))]
    pub max_km: Option<u32>,
    /// Cặp phải có, lặp lại được (pairs that must be; repeatable)
    #[arg(long = "pin", value_name = "XÃ=TỔ", value_parser = pair)]
    pub pins: Vec<(String, String)>,
    /// Cặp không được có, lặp lại được (pairs that must not be; repeatable)
    #[arg(long = "forbid", value_name = "XÃ=TỔ", value_parser = pair)]
    pub forbid: Vec<(String, String)>,
    /// Tổ nhận nhiều nhất bao nhiêu xã, lặp lại được (another capacity of a team; repeatable)
    #[arg(long = "capacity", value_name = "TỔ=N", value_parser = capacity)]
    pub capacity: Vec<(String, u32)>,
    /// Xã được ưu tiên khi thiếu tổ, lặp lại được (communes served first; repeatable)
    #[arg(long = "priority", value_name = "XÃ")]
    pub priority: Vec<String>,
    /// Điểm thưởng khi giữ tổ cũ [mặc định: 120; 300 với --repair] (bonus for keeping a pair)
    #[arg(long, value_name = "POINTS", value_parser = clap::value_parser!(i64).range(0..=1_000_000))]
    pub keep: Option<i64>,
    /// Chia đều nhất có thể: tổ nhiều xã nhất có ít xã nhất (as even as can be)
    #[arg(long)]
    pub fair: bool,
    /// Chỉ đổi những gì buộc phải đổi (touch only what must change)
    #[arg(long)]
    pub repair: bool,
    /// Tải của tổ tính theo số hộ hoặc độ khó thay vì số xã (load by households or difficulty)
    #[arg(long, value_enum)]
    pub load: Option<LoadBy>,
}

/// What loads are counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LoadBy {
    /// Số hộ trong đợt (households in the round)
    Households,
    /// Số tiêu chí chưa đạt (open criteria)
    Difficulty,
}

impl From<LoadBy> for SizeBy {
    fn from(load: LoadBy) -> SizeBy {
        match load {
            LoadBy::Households => SizeBy::Households,
            LoadBy::Difficulty => SizeBy::Difficulty,
        }
    }
}

/// Which collector surveys which village.
#[derive(Clone, Debug, Default, Args)]
pub struct Rota {
    /// Phân điều tra viên về thôn, không phải tổ về xã (collectors to villages instead of teams to communes)
    #[arg(long, conflicts_with_all = ["what_if", "pins", "forbid", "capacity", "priority", "fair", "repair", "load", "teams", "model", "keep", "at"])]
    pub collectors: bool,
    /// Số ngày làm [mặc định: cả đợt] (days they work)
    #[arg(long, value_name = "N", requires = "collectors", value_parser = clap::value_parser!(u32).range(1..=400))]
    pub days: Option<u32>,
    /// Số hộ mỗi ngày [mặc định: 8] (households a day)
    #[arg(long, value_name = "N", requires = "collectors", value_parser = clap::value_parser!(u32).range(1..=100))]
    pub per_day: Option<u32>,
    /// Nơi ở của điều tra viên: tên=mã xã hoặc thôn [mặc định: phạm vi đầu tiên] (where a collector lives; repeatable)
    #[arg(long = "home", value_name = "TÊN=MÃ", requires = "collectors", value_parser = pair)]
    pub homes: Vec<(String, String)>,
    /// Tiếng dân tộc điều tra viên nói: tên=mông,dao (languages a collector speaks; repeatable)
    #[arg(long = "speaks", value_name = "TÊN=TIẾNG", requires = "collectors", value_parser = pair)]
    pub speaks: Vec<(String, String)>,
    /// Ghi luôn thành phạm vi của điều tra viên (make the villages their areas at once)
    #[arg(long, requires = "collectors")]
    pub set_areas: bool,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (commune, team) = text.split_once('=').ok_or("XÃ=TỔ (COMMUNE=TEAM)")?;
    Ok((commune.trim().to_owned(), team.trim().to_owned()))
}

fn capacity(text: &str) -> Result<(String, u32), String> {
    let (team, most) = text.split_once('=').ok_or("TỔ=N (TEAM=N)")?;
    let most = most.trim().parse::<u32>().ok().filter(|most| (1..=200).contains(most));
    Ok((team.trim().to_owned(), most.ok_or("N: 1–200")?))
}

/// How missing criteria count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Model {
    /// Từng cặp xã – tổ (for every pair)
    Pairwise,
    /// Một lần cho mỗi xã, nếu không tổ nào của xã đảm nhận (once, if no team of the commune covers it)
    Coverage,
}

impl From<Model> for Kind {
    fn from(model: Model) -> Kind {
        match model {
            Model::Pairwise => Kind::Pairwise,
            Model::Coverage => Kind::Coverage,
        }
    }
}
