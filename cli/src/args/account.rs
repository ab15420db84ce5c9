//! Arguments about people: signing in, staff accounts, collectors.

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
        /// Ngày tra mã [mặc định: hôm nay] (codes as of this date)
        #[arg(long, value_parser = date, value_name = "DATE")]
        at: Option<Date>,
    },
    /// Liệt kê (list)
    List,
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
    },
    /// Liệt kê (list)
    List,
    /// Thu hồi mã thiết bị (revoke the token)
    Revoke {
        /// Tên hoặc id (name or id)
        collector: String,
    },
}
