//! The arguments. Help is written in Vietnamese with the English beside it, because clap's texts
//! are fixed when the program is built.

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;
use ntm_shared::text::Lang;

use crate::print::Format;

mod account;
mod assign;
mod audit;
mod erase;
mod estimate;
mod field;
mod follow;
mod form;
mod result;
mod submit;

pub use account::*;
pub use assign::{Agency, Asked, Assign, Language as Spoken, LoadBy, Model, Rota, Team, Travel};
pub use audit::*;
pub use erase::*;
pub use estimate::*;
pub use field::*;
pub use follow::*;
pub use form::*;
pub use result::*;
pub use submit::*;

/// Từ phiếu điều tra hộ đến điểm nông thôn mới của xã (from household surveys to commune scores)
#[derive(Debug, Parser)]
#[command(name = "ntm", version, arg_required_else_help = true, max_term_width = 100)]
pub struct Cli {
    /// Options every command understands.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Options every command understands.
#[derive(Clone, Debug, Default, Args)]
pub struct Global {
    /// Địa chỉ máy chủ (server address) [mặc định: nơi đăng nhập gần nhất]
    #[arg(long, global = true, env = "NTM_SERVER", value_name = "URL", hide_env_values = true)]
    pub server: Option<String>,
    /// Ngôn ngữ (language of messages and tables)
    #[arg(long, global = true, env = "NTM_LANG", value_enum, default_value_t = Language::Vi)]
    pub lang: Language,
    /// In JSON (print JSON)
    #[arg(long, global = true, conflicts_with = "csv")]
    pub json: bool,
    /// In CSV, mở được bằng Excel (print CSV that Excel opens)
    #[arg(long, global = true)]
    pub csv: bool,
}

impl Global {
    /// The format asked for.
    pub fn format(&self) -> Format {
        match (self.json, self.csv) {
            (true, _) => Format::Json,
            (_, true) => Format::Csv,
            _ => Format::Table,
        }
    }

    /// The language asked for.
    pub fn lang(&self) -> Lang {
        match self.lang {
            Language::Vi => Lang::Vi,
            Language::En => Lang::En,
        }
    }
}

/// A language ntm speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// Tiếng Việt
    #[default]
    Vi,
    /// English
    En,
}

/// The commands, one noun each.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Làm thử mọi việc trên một tỉnh mẫu, chỉ một lệnh (everything on a sample province)
    Demo(Demo),
    /// Đăng nhập, hoặc đặt mật khẩu bằng liên kết một lần (sign in, or redeem a one-time link)
    Login(Login),
    /// Đăng xuất (sign out)
    Logout,
    /// Tôi là ai trên máy chủ này (who am I on this server)
    Whoami,
    /// Kiểm tra kết nối, đăng nhập, đồng hồ, phiên bản (check connection, session, clock, version)
    Doctor,
    /// Đơn vị hành chính theo ngày (administrative units as of a date)
    #[command(subcommand)]
    Unit(Unit),
    /// Danh sách hộ (the roster of households)
    #[command(subcommand)]
    Household(Household),
    /// Biểu mẫu: kiểm tra, đổi dạng, so sánh, công bố (forms: check, convert, compare, publish)
    #[command(subcommand)]
    Form(Form),
    /// Điều tra viên và mã thiết bị (collectors and their phones)
    #[command(subcommand)]
    Collector(Collector),
    /// Đợt điều tra: mở, tiến độ, rút mẫu (survey rounds: open, progress, sample)
    #[command(subcommand)]
    Round(Round),
    /// Phiếu đã nhận (submissions received)
    #[command(subcommand)]
    Submission(Submission),
    /// Gửi phiếu như một máy điều tra, tiếp tục chỗ bị đứt (send forms as a phone does, going on where it was cut)
    Submit(Submit),
    /// Bộ tiêu chí có sẵn (built-in criteria sets)
    #[command(subcommand)]
    Criteria(Criteria),
    /// Tính điểm xã (compile commune scores)
    Compile(Compile),
    /// Ước lượng từ một tệp mẫu (estimates from a sample's file, as R survey gives them)
    Estimate(Box<Estimate>),
    /// Cơ quan có tổ giúp đỡ (agencies that help)
    #[command(subcommand)]
    Agency(Agency),
    /// Giá trị do cơ quan công bố, đứng cạnh số ước lượng (official values, beside the estimates)
    #[command(subcommand)]
    Official(Official),
    /// Tổ giúp đỡ xã (helper teams)
    #[command(subcommand)]
    Team(Team),
    /// Tiếng dân tộc của các xã (languages of communes)
    #[command(subcommand)]
    Language(Spoken),
    /// Thời gian đi từ trụ sở đến xã (travel times to communes)
    #[command(subcommand)]
    Travel(Travel),
    /// Phân công tổ giúp đỡ (assign helper teams to communes)
    #[command(subcommand)]
    Assign(Assign),
    /// Chuyến làm việc của tổ với xã, và tổ nào lâu chưa đến (visits of helper teams)
    #[command(subcommand)]
    Visit(Visit),
    /// Khó khăn của xã: ai giải quyết, hạn nào, chuyển lên cấp trên (difficulties of communes)
    #[command(subcommand)]
    Difficulty(Difficulty),
    /// Hỗ trợ đã đưa xuống xã, cộng theo tổ, xã, loại (support given)
    #[command(subcommand)]
    Support(Support),
    /// Nhật ký: ai đã làm, đã xem, đã xuất gì (audit: who did, read and took away what)
    #[command(subcommand)]
    Audit(Audit),
    /// Sổ yêu cầu về dữ liệu cá nhân và hạn trả lời (register of people's requests, with due dates)
    #[command(subcommand)]
    Request(Request),
    /// Xóa hẳn một hộ, hoặc phiếu của một đợt hết hạn lưu (erase a household, or a round past its retention)
    Erase(Erase),
    /// Tài khoản cán bộ (staff accounts)
    #[command(subcommand)]
    User(User),
}

/// A date as people type it here: 2024-10-01 or 01/10/2024.
fn date(text: &str) -> Result<Date, String> {
    let parts: Vec<&str> = text.split('/').collect();
    let iso = match parts[..] {
        [day, month, year] => format!("{year:0>4}-{month:0>2}-{day:0>2}"),
        _ => text.to_owned(),
    };
    iso.parse().map_err(|_| "ngày viết như 2024-10-01 hoặc 01/10/2024 (YYYY-MM-DD)".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_argument_tables_hold_together() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }

    #[test]
    fn dates_are_read_both_ways() {
        assert_eq!(date("1/10/2024"), date("2024-10-01"));
        assert!(date("2024-13-01").is_err());
        assert!(date("31/02/2024").is_err());
    }

    #[test]
    fn compile_takes_a_round_or_an_explanation() {
        let parse = |args: &[&str]| Cli::try_parse_from(args);
        assert!(parse(&["ntm", "compile", "r1", "--within", "02701"]).is_ok());
        assert!(parse(&["ntm", "compile", "explain", "r1", "02701", "9.1"]).is_ok());
        assert!(parse(&["ntm", "compile"]).is_err());
    }
}
