//! `ntm submit`: sending filled-in forms as a phone does.

use std::path::PathBuf;

use clap::Args;

/// `ntm submit …`.
#[derive(Debug, Args)]
pub struct Submit {
    /// Thư mục của phiếu: tệp XML và ảnh bên cạnh; hoặc thư mục chứa nhiều thư mục như vậy (folders of forms, each an XML and its files)
    #[arg(required = true)]
    pub folders: Vec<PathBuf>,
    /// Địa chỉ của máy điều tra, kết thúc bằng /key/… (the phone's address, with its key)
    #[arg(long, env = "NTM_PHONE", hide_env_values = true, value_name = "URL")]
    pub to: String,
    /// Dừng sau bấy nhiêu lần liền không gửi thêm được gì (give up after so many tries in a row that brought nothing)
    #[arg(long, default_value_t = 20)]
    pub tries: u32,
}
