//! The settings of a server: TLS, the public address, trusted proxies.

use ntm_server::Tls;
use ntm_shared::api::collector::{CollectorToken, NewCollector};
use reqwest::blocking::Client;

use crate::harness::{NAM_CHAY, TestServer, client, password, root, uuid};

fn collector() -> NewCollector {
    NewCollector { id: uuid(), name: "Lan".into(), areas: vec![NAM_CHAY.0.into()], days: None }
}

/// What address a collector made through `headers` is told.
fn told(server: &TestServer, headers: &[(&str, &str)]) -> String {
    let url = format!("{}/api/v1/collectors", server.url());
    let mut request = client().post(url).bearer_auth(server.admin.token()).json(&collector());
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let made: CollectorToken = request.send().expect("an answer").json().expect("a collector");
    made.url.expect("a new collector has an address")
}

/// The certificate is self-signed for `localhost`, made for this test, and guards nothing.
#[test]
fn a_certificate_makes_https_and_plain_http_is_not_spoken() {
    let folder = root().join("tests/it/fixtures/tls");
    let server = TestServer::bare(|config| {
        let file = |name: &str| folder.join(name);
        config.tls = Some(Tls { certificate: file("cert.pem"), key: file("key.pem") });
    });
    assert!(server.url().starts_with("https://127.0.0.1:"));
    assert!(server.setup_link().expect("a link").starts_with("https://"));

    let pem = std::fs::read(folder.join("cert.pem")).expect("the certificate");
    let trusted = reqwest::Certificate::from_pem(&pem).expect("PEM");
    client(); // installs the cryptography
    let client = Client::builder().no_proxy().tls_certs_only([trusted]).build().expect("a client");
    let health = client.get(format!("{}/health", server.url())).send().expect("over TLS");
    assert_eq!(health.status(), 200);
    let plain = server.url().replace("https://", "http://");
    assert!(client.get(format!("{plain}/health")).send().is_err());
}

#[test]
fn links_begin_with_the_public_address_whatever_a_request_says() {
    let server =
        TestServer::with(|config| config.public_url = Some("https://ntm.example.vn/".into()));
    let address = told(&server, &[("Host", "evil.example")]);
    assert!(address.starts_with("https://ntm.example.vn/key/"), "{address}");
}

#[test]
fn without_it_links_begin_with_what_the_request_was_sent_to() {
    let server = TestServer::start();
    assert!(told(&server, &[]).starts_with(&format!("{}/key/", server.url())));
    assert!(
        told(&server, &[("Host", "192.168.1.5:8787")]).starts_with("http://192.168.1.5:8787/key/")
    );
    let forged = [("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "evil.example")];
    assert!(told(&server, &forged).starts_with(&format!("{}/key/", server.url())));
}

#[test]
fn a_trusted_proxy_says_what_the_request_was_sent_to() {
    let server = TestServer::with(|config| config.trusted_proxies = vec![[127, 0, 0, 1].into()]);
    let forwarded = [("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "ntm.example.vn")];
    assert!(told(&server, &forwarded).starts_with("https://ntm.example.vn/key/"));
}

#[test]
fn a_second_server_on_the_same_folder_is_refused() {
    let server = TestServer::start();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let config = ntm_server::Config {
        data: server.data().to_owned(),
        listen: ([127, 0, 0, 1], 0).into(),
        ..ntm_server::Config::default()
    };
    let refused = runtime.block_on(ntm_server::start(config)).err().expect("refused");
    assert!(refused.to_string().contains("đang được một máy chủ khác dùng"), "{refused}");
    server.nobody().sign_in("admin", &password("admin"));
}
