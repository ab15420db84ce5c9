//! Where we mean something else than pyxform, on purpose; listed in `docs/ENGINE.md`.

use ntm_engine_tests::{JavaRosa, Walk, pyxform_all};
use ntm_shared::expr::Instances;
use ntm_shared::form::Form;

const TRIGGERED: &str = "
| survey | | | | | |
| | type | name | label | calculation | trigger |
| | begin_repeat | plot | Thửa | | |
| | integer | months | Số tháng | | |
| | begin_group | g | Nhóm | | |
| | calculate | days | | ${months} * 30 | ${months} |
| | end_group | | | | |
| | end_repeat | | | | |
| settings | | |
| | form_id | version |
| | triggered | 1 |
";

#[test]
fn a_triggered_value_is_seen_from_its_own_field() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("triggered.md");
    std::fs::write(&source, TRIGGERED).unwrap();
    let answers = "/data/plot[1]/months=2\n";
    let form = Form::read_markdown(TRIGGERED).unwrap();
    for maker in ["ours", "pyxform"] {
        let at = folder.path().join(maker);
        std::fs::create_dir(&at).unwrap();
        std::fs::write(at.join("a.answers"), answers).unwrap();
    }
    std::fs::write(folder.path().join("ours/form.xml"), form.to_xform()).unwrap();
    pyxform_all(&[(source, folder.path().join("pyxform/form.xml"))]);
    let walks = JavaRosa::new().fill_all(folder.path(), false);
    let filled = |maker: &str| walks[maker]["a"].xml.contains("<days>60</days>");
    assert!(filled("ours"), "{:?}", walks["ours"]);
    // When this fails, pyxform has changed its mind: the difference can go.
    assert!(!filled("pyxform"), "{:?}", walks["pyxform"]);
    let own = Walk::by_script(&form, &Instances::new(), answers);
    assert!(own.xml.contains("<days>60</days>"), "{own:?}");
}
