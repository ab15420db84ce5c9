//! Arguments about results: criteria, scores, and the demo.

use clap::{Args, Subcommand};

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
    /// Giữ thư mục dữ liệu để xem tiếp (keep the data folder)
    #[arg(long)]
    pub keep: bool,
}
