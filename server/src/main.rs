//! `ntm-server`: one binary, one data folder.

use std::io::IsTerminal;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZero;
use std::path::{Path, PathBuf};

use clap::{Parser, Subcommand};
use ntm_server::{Checked, Config, Limits, Taken, Tls};
use tracing_subscriber::EnvFilter;

/// Forms and answers are many small pieces, and SQLite's pages come and go with every commit: an
/// allocator made for that saves a quarter of the time.
#[cfg(unix)]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

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
        /// Kiểm tra bản sao lưu này thay cho thư mục dữ liệu (a backup instead).
        #[arg(long, conflicts_with = "data")]
        backup: Option<PathBuf>,
    },
    /// Sao lưu, kể cả khi máy chủ đang chạy (back up, beside a running server).
    Backup {
        /// Nơi giữ các bản sao lưu (folder of backups).
        to: PathBuf,
        /// Thư mục dữ liệu (data folder).
        #[arg(long, env = "NTM_DATA", default_value = "data")]
        data: PathBuf,
        /// Số bản mới nhất được giữ lại (how many to keep).
        #[arg(long, default_value_t = 7)]
        keep: usize,
    },
    /// Khôi phục một bản sao lưu vào thư mục trống (restore into an empty folder).
    Restore {
        /// Bản sao lưu, hoặc nơi giữ chúng: lấy bản mới nhất (a backup, or a folder of them).
        from: PathBuf,
        /// Thư mục dữ liệu mới (new data folder).
        #[arg(long)]
        data: PathBuf,
        /// Bỏ qua các tệp hỏng hoặc thiếu (leave out files that are damaged).
        #[arg(long)]
        even_if_damaged: bool,
        /// Nhật ký xóa (erased.log) của thư mục dữ liệu đã mất, để xóa lại (log of what was erased).
        #[arg(long)]
        erased: Option<PathBuf>,
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
    /// Số MiB luôn để trống trên ổ đĩa; gần hết chỗ thì từ chối phiếu mới (MiB kept free).
    #[arg(long, env = "NTM_RESERVE_MIB")]
    reserve_mib: Option<u64>,
    /// Số MiB nhận của một điều tra viên trong một ngày (MiB taken of one collector in a day).
    #[arg(long, env = "NTM_QUOTA_MIB", default_value_t = 4096)]
    quota_mib: u64,
    /// Số yêu cầu mỗi giây một máy điện thoại được gửi lâu dài; 0 là không giới hạn (requests a second per phone).
    #[arg(long, env = "NTM_PHONE_RATE")]
    phone_rate: Option<u32>,
}

impl Settings {
    fn config(self) -> Config {
        let tls = self.tls_cert.zip(self.tls_key);
        let (_, files) = Limits::default().quota;
        let reserve = self.reserve_mib.map(|mib| mib.saturating_mul(1 << 20));
        let usual = Limits::default();
        let phone_rate = self.phone_rate.unwrap_or(usual.phone_rate);
        Config {
            data: self.data,
            listen: self.listen,
            public_url: self.public_url,
            tls: tls.map(|(certificate, key)| Tls { certificate, key }),
            trusted_proxies: self.trusted_proxy,
            limits: Limits { reserve, phone_rate, quota: (self.quota_mib << 20, files), ..usual },
            ..Config::default()
        }
    }
}

/// Threads that serve, at least. What arrives they write to files themselves, and while some of them
/// wait for the disk the others read on.
const SERVING: usize = 8;

fn main() -> anyhow::Result<()> {
    let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.enable_all().worker_threads(processors.max(SERVING)).build()?.block_on(run())
}

async fn run() -> anyhow::Result<()> {
    let mut filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    for quiet in ntm_server::QUIET {
        filter = filter.add_directive(quiet.parse()?);
    }
    // A file or a journal wants no colours, and some terminals want none either.
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let colours = std::io::stderr().is_terminal() && !plain;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours);
    log.with_writer(std::io::stderr).init();
    match Args::parse().command {
        Command::Serve(settings) => serve(settings.config()).await,
        Command::Check { data, backup: None } => report(&ntm_server::check(&data).await?),
        Command::Check { backup: Some(path), .. } => {
            report(&ntm_server::check_backup(&path).await?)
        }
        Command::Backup { to, data, keep } => backup(&data, &to, keep).await,
        Command::Restore { from, data, even_if_damaged, erased } => {
            restore(&from, &data, even_if_damaged, erased.as_deref()).await
        }
        Command::User(User::Reset { name, settings }) => {
            println!("{}", ntm_server::reset_link(settings.config(), &name).await?);
            Ok(())
        }
    }
}

fn report(found: &Checked) -> anyhow::Result<()> {
    println!("{} phiếu, {} tệp, {} sự kiện", found.submissions, found.files, found.events);
    if found.quarantined > 0 {
        println!("{} phiếu gửi dở đang chờ phần còn lại", found.quarantined);
    }
    if found.orphans > 0 {
        println!("{} tệp chưa gắn với phiếu nào (sẽ được dọn sau một ngày)", found.orphans);
    }
    if found.erasing > 0 {
        println!("{} lần xóa chưa xong; máy chủ đang chạy sẽ làm tiếp", found.erasing);
    }
    for fault in &found.faults {
        println!("LỖI: {fault}");
    }
    anyhow::ensure!(found.faults.is_empty(), "{} lỗi", found.faults.len());
    println!("Toàn vẹn.");
    Ok(())
}

async fn backup(data: &Path, to: &Path, keep: usize) -> anyhow::Result<()> {
    let taken = ntm_server::backup(data, to, keep).await?;
    let Taken { folder, manifest, new_blobs, removed, forgotten } = &taken;
    println!("Đã sao lưu vào {}", folder.display());
    println!("{} tệp, trong đó {new_blobs} tệp mới; đã xóa {removed} bản cũ", manifest.blobs);
    if forgotten.files + forgotten.databases > 0 {
        println!(
            "Đã xóa khỏi các bản sao lưu trước: {} tệp, dữ liệu trong {} bản",
            forgotten.files, forgotten.databases
        );
    }
    for sha256 in &manifest.damaged {
        println!("LỖI: tệp {sha256} bị hỏng hoặc thiếu trong thư mục dữ liệu");
    }
    anyhow::ensure!(manifest.damaged.is_empty(), "{} tệp hỏng", manifest.damaged.len());
    Ok(())
}

async fn restore(
    from: &Path,
    data: &Path,
    even_if_damaged: bool,
    erased: Option<&Path>,
) -> anyhow::Result<()> {
    let restored = ntm_server::restore(from, data, even_if_damaged, erased).await?;
    println!("Đã khôi phục bản sao lưu lúc {} (UTC)", restored.manifest.taken_at);
    println!("Kỷ nguyên mới: {}", restored.epoch);
    if restored.erased > 0 {
        println!("Đã xóa lại {} hộ hoặc đợt bị xóa sau khi sao lưu", restored.erased);
    }
    for sha256 in &restored.damaged {
        println!("THIẾU: tệp {sha256}");
    }
    report(&ntm_server::check(data).await?)
}

async fn serve(config: Config) -> anyhow::Result<()> {
    ntm_server::open_more_files();
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
