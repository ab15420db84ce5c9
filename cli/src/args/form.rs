//! Arguments about forms.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};

/// `ntm form …`.
#[derive(Debug, Subcommand)]
pub enum Form {
    /// Liệt kê bản đã công bố (list what is published)
    List,
    /// Tìm lỗi trong biểu mẫu, nêu dòng và cột (check a form; faults by row and column)
    Check {
        /// Tệp .xlsx, .md hoặc XForm .xml; - là đầu vào chuẩn (a file, - for standard input)
        file: PathBuf,
        /// Phiếu XML cần kiểm tra theo biểu mẫu này (a submission to hold against the form)
        #[arg(long, value_name = "XML")]
        answers: Option<PathBuf>,
        /// Thư mục có các tệp .csv đi kèm (folder with the form's .csv files)
        #[arg(long, value_name = "DIR", requires = "answers")]
        media: Option<PathBuf>,
    },
    /// Đổi sang dạng khác (convert)
    Export {
        /// Tệp, hoặc ID hay ID@BẢN đã công bố (a file, or ID or ID@VERSION as published)
        form: String,
        /// Dạng (format)
        #[arg(long, value_enum)]
        to: FormFormat,
        /// Ghi vào tệp này (write to this file)
        #[arg(short, long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// So hai bản; dữ liệu của cả hai có tổng hợp chung được không (compare two versions)
    Diff {
        /// Bản cũ: tệp, ID hoặc ID@BẢN (old: a file, ID or ID@VERSION)
        old: String,
        /// Bản mới: tệp, ID hoặc ID@BẢN (new: a file, ID or ID@VERSION)
        new: String,
    },
    /// Công bố; công bố lại y hệt không đổi gì (publish; repeating is harmless)
    Publish {
        /// Tệp .xlsx, .md hoặc XForm .xml; - là đầu vào chuẩn (a file, - for standard input)
        file: PathBuf,
        /// Công bố dù dữ liệu đã thu không tổng hợp chung được (even if it breaks collected data)
        #[arg(long)]
        force: bool,
        /// Thư mục có các tệp biểu mẫu đọc, ngoài danh sách hộ (folder with the files it reads)
        #[arg(long, value_name = "DIR")]
        media: Option<PathBuf>,
    },
}

/// What a form can be written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FormFormat {
    /// XML cho ODK Collect
    Xform,
    /// Bảng tính Excel (XLSForm)
    Xlsx,
    /// XLSForm dạng bảng Markdown
    Md,
    /// Biểu mẫu đã dịch sẵn, cho chương trình
    Json,
}
