//! A collector's token used to fill the disk.

use crate::durability::Scene;
use crate::harness::{Multipart, RealServer, Visit, photo, store};

/// A61: what one collector sends in a day is bounded, broken uploads included; the others go on.
#[test]
fn one_collector_cannot_fill_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut scene = Scene::new(RealServer::configured(&data, &[("NTM_QUOTA_MIB", "2")]), 2);
    let (hostile, honest) = (scene.phones[0].clone(), scene.phones[1].clone());
    let upload = |n: u64| {
        let visit = Visit::completed("u0066.01.001").photos(&["a.jpg", "b.jpg"]);
        let body = Multipart::of(&visit.xml());
        body.photo("a.jpg", &photo::heavy(n, 150_000))
            .photo("b.jpg", &photo::heavy(n + 500, 150_000))
    };
    let mut statuses = Vec::new();
    for n in 0..20 {
        let upload = upload(n);
        if n % 2 == 0 {
            statuses.push(hostile.post(&upload).status);
        } else {
            hostile.cut(&upload, upload.until(2) + 10, upload.body().len());
        }
    }
    let refused = hostile.post(&upload(99)).expect(429);
    let said = refused.text();
    assert!(said.contains("over_quota") && said.contains("vẫn còn trong máy"), "{said}");
    assert_eq!(refused.header("retry-after"), "3600");
    let first = statuses.iter().position(|status| *status == 429).expect("a refusal");
    assert!(first > 0 && statuses[first..].iter().all(|status| *status == 429), "{statuses:?}");
    honest.post(&upload(100)).expect(201);
    // A start makes no new day.
    assert!(scene.server.terminate(), "{}", scene.server.log());
    scene.server.run(&[]);
    hostile.post(&upload(101)).expect(429);
    honest.post(&upload(102)).expect(201);
    // What was stored before is not asked for again.
    let bytes: u64 = store::blob_files(&data).iter().map(|p| p.metadata().unwrap().len()).sum();
    assert!(bytes < (2 << 20) + 2 * 400_000, "{bytes} bytes of blobs");
    println!("quota of 2 MiB: refused after {first} whole uploads, {bytes} bytes stored");
}
