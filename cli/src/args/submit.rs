//! `ntm submit`: sending filled-in forms as a phone does.

use std::path::PathBuf;

use clap::Args;

/// `ntm submit …`.
#[derive(Debug, Args)]
pub struct Submit {
    /// Thư mục của phiếu: tệp XML và ảnh bên cạnh; hoặc thư mục chứa nhiều thư mục như vậy; hoặc tệp .ntmq xuất từ máy điều tra (folders of forms, each an XML and its files; or a .ntmq file exported on a phone)
    #[arg(required = true)]
    pub folders: Vec<PathBuf>,
    /// Đọc mật khẩu của tệp .ntmq từ đầu vào chuẩn (read the words of a .ntmq file from standard input)
    #[arg(long)]
    pub words_stdin: bool,
    /// Địa chỉ của máy điều tra, kết thúc bằng /key/… (the phone's address, with its key)
    #[arg(long, env = "NTM_PHONE", hide_env_values = true, value_name = "URL")]
    pub to: String,
    /// Dừng sau bấy nhiêu lần liền không gửi thêm được gì (give up after so many tries in a row that brought nothing)
    #[arg(long, default_value_t = 20)]
    pub tries: u32,
    /// Chờ bấy nhiêu giây trước lần thử lại đầu tiên; mỗi lần sau gấp đôi, nhiều nhất 60 (seconds before the first retry; each next one waits twice as long, 60 at most)
    #[arg(long, default_value_t = 1, value_name = "SECONDS")]
    pub wait: u64,
}
