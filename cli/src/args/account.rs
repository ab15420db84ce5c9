//! Arguments about people: signing in, staff accounts, collectors.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use jiff::civil::Date;
use ntm_shared::api::account::Role;

use super::date;

/// `ntm login`.
#[derive(Debug, Args)]
pub struct Login {
    /// Tên đăng nhập; hỏi nếu không ghi (login name; asked for when absent)
    pub name: Option<String>,
    /// Đọc mật khẩu từ đầu vào chuẩn (read the password from standard input)
    #[arg(long)]
    pub password_stdin: bool,
    /// Liên kết một lần: đặt mật khẩu rồi đăng nhập (one-time link: set the password, then sign in)
    #[arg(long, value_name = "LINK")]
    pub link: Option<String>,
}

/// `ntm user …`.
#[derive(Debug, Subcommand)]
pub enum User {
    /// Thêm tài khoản, in liên kết một lần để đặt mật khẩu (add; prints a one-time link)
    Add {
        /// Tên đăng nhập (login name)
        name: String,
        /// Vai trò (role)
        #[arg(long, value_enum)]
        role: RoleName,
        /// Phạm vi: mã đơn vị, lặp lại được (units, by code or id; repeatable)
        #[arg(long = "area", value_name = "CODE")]
        areas: Vec<String>,
        /// Tài khoản của tổ này: phạm vi là các xã tổ được phân công (the account of a helper team)
        #[arg(long, value_name = "TỔ", conflicts_with = "areas")]
        team: Option<String>,
        /// Ngày tra mã [mặc định: hôm nay] (codes as of this date)
        #[arg(long, value_parser = date, value_name = "DATE")]
        at: Option<Date>,
    },
    /// Liệt kê (list)
    List,
    /// Đổi vai trò hoặc phạm vi, có hiệu lực ngay (change role or areas, at once)
    Set {
        /// Tên hoặc id (name or id)
        user: String,
        /// Vai trò mới [mặc định: giữ nguyên] (new role)
        #[arg(long, value_enum, required_unless_present_any = ["areas", "team"])]
        role: Option<RoleName>,
        /// Phạm vi mới thay cho phạm vi cũ: mã đơn vị, lặp lại được [mặc định: giữ nguyên] (new areas)
        #[arg(long = "area", value_name = "CODE")]
        areas: Vec<String>,
        /// Gắn với tổ này: phạm vi là các xã tổ được phân công (the account of a helper team)
        #[arg(long, value_name = "TỔ", conflicts_with = "areas")]
        team: Option<String>,
        /// Ngày tra mã [mặc định: hôm nay] (codes as of this date)
        #[arg(long, value_parser = date, value_name = "DATE")]
        at: Option<Date>,
    },
    /// Cấp liên kết đặt lại mật khẩu (a one-time link to reset the password)
    Reset {
        /// Tên hoặc id (name or id)
        user: String,
    },
    /// Thu hồi tài khoản (revoke)
    Revoke {
        /// Tên hoặc id (name or id)
        user: String,
    },
}

/// A role as typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RoleName {
    /// Quản trị
    Administrator,
    /// Tỉnh
    Province,
    /// Huyện
    District,
    /// Xã
    Commune,
    /// Tổ giúp đỡ
    Team,
    /// Chỉ xem
    Auditor,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Role {
        match name {
            RoleName::Administrator => Role::Administrator,
            RoleName::Province => Role::Province,
            RoleName::District => Role::District,
            RoleName::Commune => Role::Commune,
            RoleName::Team => Role::Team,
            RoleName::Auditor => Role::Auditor,
        }
    }
}

/// `ntm collector …`.
#[derive(Debug, Subcommand)]
pub enum Collector {
    /// Thêm điều tra viên, in địa chỉ cho máy điện thoại (add; prints the phone's server address)
    Add {
        /// Tên hiển thị (display name)
        name: String,
        /// Xã hoặc thôn được giao: mã, lặp lại được (communes or villages, by code or id; repeatable)
        #[arg(long = "area", value_name = "CODE", required = true)]
        areas: Vec<String>,
        /// Ngày tra mã [mặc định: hôm nay] (codes as of this date)
        #[arg(long, value_parser = date, value_name = "DATE")]
        at: Option<Date>,
        /// Số ngày mã có hiệu lực, 1–400 (days until the token expires)
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..=400))]
        days: Option<u32>,
        /// Ghi thêm mã QR cài đặt ODK Collect vào tệp .png hoặc .svg (QR code that sets up ODK Collect)
        #[arg(long, value_name = "FILE", value_parser = picture)]
        qr: Option<PathBuf>,
    },
    /// Liệt kê (list)
    List,
    /// Cấp mã cho thêm một máy, in mã QR cài đặt ODK Collect (another phone: its QR code, shown once)
    Qr {
        /// Tên hoặc id (name or id)
        collector: String,
        /// Nhãn của máy, ví dụ "máy mới" (what to call the phone)
        #[arg(long, default_value = "")]
        label: String,
        /// Số ngày mã có hiệu lực, 1–400 (days until the token expires)
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..=400))]
        days: Option<u32>,
        /// Ghi vào tệp .png hoặc .svg thay vì in ra màn hình (write a file instead of the terminal)
        #[arg(long, value_name = "FILE", value_parser = picture)]
        out: Option<PathBuf>,
        /// Mã một lần mở trang web cài đặt, thay cho ODK Collect (one-time code that opens our web page)
        #[arg(long)]
        web: bool,
    },
    /// Liệt kê các máy của một điều tra viên (the phones of a collector)
    Phones {
        /// Tên hoặc id (name or id)
        collector: String,
    },
    /// Thu hồi mọi máy, hoặc một máy (revoke all phones, or one)
    Revoke {
        /// Tên hoặc id (name or id)
        collector: String,
        /// Chỉ máy này (only this phone, by id or label)
        #[arg(long, value_name = "PHONE")]
        phone: Option<String>,
    },
}

/// A file that a QR code can be written to.
fn picture(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    match path.extension().and_then(|end| end.to_str()) {
        Some("png" | "svg") => Ok(path),
        _ => Err("tên tệp kết thúc bằng .png hoặc .svg (a name that ends in .png or .svg)".into()),
    }
}
