//! Arguments of `ntm estimate`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use ntm_shared::estimate::design;

/// `ntm estimate …`.
#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("statistic").required(true).multiple(true)
    .args(["mean", "total", "ratio", "proportion", "quantile"])))]
#[command(group(clap::ArgGroup::new("calibration").args(["poststratify", "greg", "rake"])))]
pub struct Estimate {
    /// Tệp CSV, - là đầu vào chuẩn (CSV file, - for standard input)
    pub data: PathBuf,
    /// Cột trọng số (weights: how many of the population a row stands for)
    #[arg(long, value_name = "COLUMN")]
    pub weights: String,
    /// Cột tầng (strata)
    #[arg(long, value_name = "COLUMN")]
    pub strata: Option<String>,
    /// Cột cụm, mỗi giai đoạn một cột (clusters, one column for each stage)
    #[arg(long, value_name = "COLUMN,…", value_delimiter = ',')]
    pub cluster: Vec<String>,
    /// Cột số đơn vị của tổng thể, hoặc tỷ lệ đã chọn, mỗi giai đoạn (population or share drawn)
    #[arg(long, value_name = "COLUMN,…", value_delimiter = ',')]
    pub fpc: Vec<String>,
    /// Trung bình (mean); V,W: chỉ các dòng có đủ cả hai (rows that have both)
    #[arg(long, value_name = "V[,W…]")]
    pub mean: Vec<String>,
    /// Tổng, của cột chữ là số đơn vị từng loại (total; of a text column, by category)
    #[arg(long, value_name = "V")]
    pub total: Vec<String>,
    /// Tỷ số hai cột; mẫu số 1 là đếm dòng (ratio of two columns; denominator 1 counts rows)
    #[arg(long, value_name = "Y/X")]
    pub ratio: Vec<String>,
    /// Tỷ lệ: cột 0/1, cột chữ, hoặc V==giá trị (proportion: a 0/1 column, a text column, V==value)
    #[arg(long, value_name = "V")]
    pub proportion: Vec<String>,
    /// Phân vị, ví dụ income:0.5 (quantile)
    #[arg(long, value_name = "V:P")]
    pub quantile: Vec<String>,
    /// Tách theo cột này (separately for each value of this column)
    #[arg(long, value_name = "COLUMN")]
    pub by: Option<String>,
    /// Hiệu hai nhóm của --by, lặp lại được: nhóm A trừ nhóm B (difference of two domains, repeatable)
    #[arg(long, value_name = "A,B", requires = "by", conflicts_with = "quantile")]
    pub contrast: Vec<String>,
    /// Khoảng tin cậy của tỷ lệ [mặc định: kg; của tỷ số: wald] (interval of proportions)
    #[arg(long, value_enum)]
    pub ci: Option<Method>,
    /// Mức tin cậy hai phía (two-sided confidence level)
    #[arg(long, default_value_t = 0.95, value_parser = level)]
    pub level: f64,
    /// Tầng chỉ có một đơn vị (strata with one unit)
    #[arg(long, value_enum, default_value_t = Lonely::Adjust)]
    pub lonely: Lonely,
    /// Hậu phân tầng: cột và tệp level,total (post-stratify: column and file level,total)
    #[arg(long, value_name = "V=TOTALS.csv")]
    pub poststratify: Option<String>,
    /// Hồi quy tổng quát, ví dụ "1 + A + B=totals.csv", tệp name,total (GREG)
    #[arg(long, value_name = "FORMULA=TOTALS.csv")]
    pub greg: Option<String>,
    /// Cân theo nhiều biên (rake to several margins)
    #[arg(long, value_name = "A=TOTALS.csv,…", value_delimiter = ',')]
    pub rake: Vec<String>,
    /// Cột 1/0 ai đã trả lời: trọng số người trả lời tăng trong lớp (who answered; weights are raised)
    #[arg(long, value_name = "COLUMN")]
    pub responded: Option<String>,
    /// Lớp để bù người không trả lời [mặc định: tầng] (classes for that)
    #[arg(long, value_name = "COLUMN", requires = "responded")]
    pub classes: Option<String>,
}

fn level(text: &str) -> Result<f64, String> {
    let level: Result<f64, _> = text.parse();
    level.ok().filter(|l| *l > 0.0 && *l < 1.0).ok_or_else(|| "0 < level < 1".to_owned())
}

/// An interval of a proportion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Method {
    /// Korn–Graubard
    Kg,
    /// Wilson
    Wilson,
    /// Logit
    Logit,
    /// Clopper–Pearson, không xét thiết kế (as if rows were drawn singly with replacement)
    ClopperPearson,
    /// Siêu bội: mẫu ngẫu nhiên đơn (exact, of a simple random sample)
    Hypergeometric,
    /// Wald với t (estimate ± t · se)
    Wald,
}

/// What to do about strata with one unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Lonely {
    /// Từ chối (refuse)
    Fail,
    /// Gộp với tầng kế (join to the next stratum)
    Collapse,
    /// So với trung bình chung (distance from the mean of all)
    Adjust,
    /// Phương sai trung bình của các tầng khác (mean variance of the others)
    Average,
    /// Coi là chắc chắn được chọn (drawn for certain)
    Certainty,
    /// Bỏ khỏi phương sai (leave out of the variance)
    Remove,
}

impl From<Lonely> for design::Lonely {
    fn from(rule: Lonely) -> design::Lonely {
        match rule {
            Lonely::Fail => design::Lonely::Fail,
            Lonely::Collapse => design::Lonely::Collapse,
            Lonely::Adjust => design::Lonely::Adjust,
            Lonely::Average => design::Lonely::Average,
            Lonely::Certainty => design::Lonely::Certainty,
            Lonely::Remove => design::Lonely::Remove,
        }
    }
}
