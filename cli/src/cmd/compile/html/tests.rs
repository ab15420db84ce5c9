use super::*;

#[test]
fn what_people_wrote_stays_text() {
    assert_eq!(safe("<b>\"A & B\"</b>"), "&lt;b&gt;&quot;A &amp; B&quot;&lt;/b&gt;");
}

#[test]
fn a_round_without_communes_says_what_to_do() {
    let report: ScoreReport = serde_json::from_value(serde_json::json!({
        "round": "dot-1", "round_name": "Đợt <1>", "criteria_set": "s", "made_up": true,
        "at": "2024-10-31", "communes": []
    }))
    .unwrap();
    let page = page(&report);
    assert!(page.contains("Chưa có xã nào") && page.contains("DỮ LIỆU MẪU"));
    assert!(page.contains("Đợt &lt;1&gt;") && page.contains("31/10/2024"));
    // One file, no script, nothing fetched.
    for out in ["<script", "http://", "https://", "url("] {
        assert!(!page.contains(out), "{out}");
    }
}
