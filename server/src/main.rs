//! `ntm-server`: one binary, one data folder.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use clap::{Parser, Subcommand};
use ntm_server::{Config, Tls};
use tracing_subscriber::EnvFilter;

/// Máy chủ nhận phiếu điều tra nông thôn mới (field-survey sync server).
#[derive(Parser)]
#[command(version, about)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Chạy máy chủ (run the server).
    Serve(Settings),
    /// Kiểm tra toàn vẹn dữ liệu, kể cả khi máy chủ đang chạy (verify the data folder).
    Check {
        /// Thư mục dữ liệu (data folder).
        #[arg(long, env = "NTM_DATA", default_value = "data")]
        data: PathBuf,
    },
    /// Tài khoản cán bộ (staff accounts).
    #[command(subcommand)]
    User(User),
}

#[derive(Subcommand)]
enum User {
    /// Cấp liên kết đặt lại mật khẩu khi máy chủ đang tắt (one-time link for a lost password).
    Reset {
        /// Tên đăng nhập (login name).
        name: String,
        #[command(flatten)]
        settings: Settings,
    },
}

#[derive(clap::Args)]
struct Settings {
    /// Thư mục dữ liệu (data folder).
    #[arg(long, env = "NTM_DATA", default_value = "data")]
    data: PathBuf,
    /// Địa chỉ lắng nghe (address to listen on).
    #[arg(long, env = "NTM_LISTEN", default_value = "127.0.0.1:8787")]
    listen: SocketAddr,
    /// Địa chỉ công khai mà điện thoại dùng, ví dụ https://ntm.example.vn (public address).
    #[arg(long, env = "NTM_PUBLIC_URL")]
    public_url: Option<String>,
    /// Tệp chứng thư TLS, PEM (certificate chain).
    #[arg(long, env = "NTM_TLS_CERT", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Tệp khóa TLS, PEM (private key).
    #[arg(long, env = "NTM_TLS_KEY", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Địa chỉ proxy được tin cậy (trusted proxy address); may be given several times.
    #[arg(long, env = "NTM_TRUSTED_PROXY", value_delimiter = ',')]
    trusted_proxy: Vec<IpAddr>,
}

impl Settings {
    fn config(self) -> Config {
        let tls = self.tls_cert.zip(self.tls_key);
        Config {
            data: self.data,
            listen: self.listen,
            public_url: self.public_url,
            tls: tls.map(|(certificate, key)| Tls { certificate, key }),
            trusted_proxies: self.trusted_proxy,
            ..Config::default()
        }
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match Args::parse().command {
        Command::Serve(settings) => serve(settings.config()).await,
        Command::Check { data } => {
            let found = ntm_server::check(&data).await?;
            println!("{} phiếu, {} tệp, {} sự kiện", found.submissions, found.files, found.events);
            for fault in &found.faults {
                println!("LỖI: {fault}");
            }
            anyhow::ensure!(found.faults.is_empty(), "{} lỗi", found.faults.len());
            println!("Toàn vẹn.");
            Ok(())
        }
        Command::User(User::Reset { name, settings }) => {
            println!("{}", ntm_server::reset_link(settings.config(), &name).await?);
            Ok(())
        }
    }
}

async fn serve(config: Config) -> anyhow::Result<()> {
    let data = config.data.clone();
    let server = ntm_server::start(config).await?;
    println!("Máy chủ đang chạy: {}", server.url());
    println!("Dữ liệu: {}", data.display());
    if let Some(link) = server.setup_link() {
        println!("Lần đầu: mở liên kết này để đặt mật khẩu cho «admin» (dùng một lần):\n  {link}");
    }
    server.run_until(stop_signal()).await
}

/// Ends on Ctrl-C, or on SIGTERM from whoever runs services.
async fn stop_signal() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminate) = signal(SignalKind::terminate()) else {
            let _ = interrupt.await;
            return;
        };
        tokio::select! {
            _ = interrupt => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    let _ = interrupt.await;
}
