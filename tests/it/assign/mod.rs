//! Helper teams: from agencies to the annex of a decision, and what goes wrong on the way.

mod bad;
mod costs;
mod ends;
mod reach;
mod rota;
mod solve;
mod story;
mod tables;

use std::path::PathBuf;

use crate::harness::{Cli, TestServer, password};

/// Agencies as of 2024.
const AGENCIES: &str = "agency_id,name,kind,valid_from,valid_to,successor,appraises\n\
    STTTT,Sở Thông tin và Truyền thông,\"sở, ban, ngành\",,,,8\n\
    SKHCN,Sở Khoa học và Công nghệ,department,,,,\n\
    NHCS,Ngân hàng Chính sách xã hội,bank,,,,\n";

/// The same after the merger of 1 March 2025.
const MERGED: &str = "agency_id,name,kind,valid_from,valid_to,successor,appraises\n\
    STTTT,Sở Thông tin và Truyền thông,\"sở, ban, ngành\",,2025-02-28,SKHCN,8\n\
    SKHCN,Sở Khoa học và Công nghệ,department,,,,8\n\
    NHCS,Ngân hàng Chính sách xã hội,bank,,,,\n";

/// Their teams; T1 is at home in Tả Phời, T3 far from both communes.
const TEAMS: &str = "team_id,agency_id,agency,name,capacity,lat,lon,criteria,present_communes,leader,phone,members,help\n\
    T1,STTTT,Sở Thông tin và Truyền thông,Tổ số 1,3,22.38,103.95,8;16,02677,Bà Nguyễn Thị Mẫu (Giám đốc),0912000001,Ông A; Bà B,Chuyển đổi số\n\
    T2,SKHCN,Sở Khoa học và Công nghệ,Tổ số 2,3,22.48,103.97,3;13,,Ông Trần Văn Mẫu (Phó Giám đốc),0912000002,Ông C,Sản xuất\n\
    T3,NHCS,Ngân hàng Chính sách xã hội,Tổ số 3,1,21.72,104.90,10;11,,Bà Lê Thị Mẫu (Giám đốc),0912000003,,Vay vốn\n";

/// A command line signed in as the administrator.
fn signed_in(server: &TestServer) -> Cli {
    let cli = Cli::new();
    let login = ["login", "admin", "--password-stdin", "--server", server.url()];
    cli.run_with(&login, &format!("{}\n", password("admin"))).expect(0);
    cli
}

fn file(cli: &Cli, name: &str, bytes: impl AsRef<[u8]>) -> String {
    let path: PathBuf = cli.home().join(name);
    std::fs::write(&path, bytes).expect("a file");
    path.to_str().expect("a path").to_owned()
}

/// The table as a spreadsheet.
fn spreadsheet(csv: &str) -> Vec<u8> {
    use ntm_shared::form::sheet::{Row, Sheet};
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(csv.as_bytes());
    let cells =
        |record: csv::StringRecord| record.iter().map(|cell| cell.trim().to_owned()).collect();
    let rows = reader
        .records()
        .enumerate()
        .map(|(at, record)| Row { number: at + 1, cells: cells(record.expect("a row")) });
    let sheet = Sheet { name: "teams".into(), rows: rows.collect() };
    ntm_spreadsheet::write(&[sheet]).expect("a spreadsheet")
}
