//! The key for fingerprints.

use std::os::unix::fs::PermissionsExt as _;

use cofferdam_model::Code;

use super::super::FingerprintKey;
use super::Home;

#[test]
fn a_key_is_made_once_and_the_newest_wins() {
    let home = Home::new();
    let first = FingerprintKey::load_or_create(&home.state()).expect("a key");
    let again = FingerprintKey::load_or_create(&home.state()).expect("a key");
    assert_eq!(first.id(), again.id());
    let newer = FingerprintKey::rotate(&home.state()).expect("a key");
    assert!(newer.id() > first.id());
    let newest = FingerprintKey::rotate(&home.state()).expect("a key");
    assert_eq!(
        FingerprintKey::load_or_create(&home.state()).expect("a key").id(),
        newest.id()
    );
    assert_eq!(
        std::fs::read_dir(home.state().join("keys")).expect("a folder").count(),
        3
    );
    assert!(!format!("{first:?}").contains("bytes"));
}

#[test]
fn a_key_that_others_may_read_or_that_is_broken_is_refused() {
    let home = Home::new();
    let id = FingerprintKey::load_or_create(&home.state()).expect("a key").id();
    let path = home.state().join(format!("keys/fingerprint-{id}.key"));
    let refused = || {
        FingerprintKey::load_or_create(&home.state())
            .expect_err("refused")
            .code()
    };
    for mode in [0o640, 0o604] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("a mode");
        assert_eq!(refused(), Code::KeyUnusable);
    }
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("a mode");
    std::fs::write(&path, b"short").expect("written");
    assert_eq!(refused(), Code::KeyUnusable);
    let aside = home.state().join("aside");
    std::fs::rename(&path, &aside).expect("moved");
    std::os::unix::fs::symlink(&aside, &path).expect("a link");
    assert_eq!(refused(), Code::KeyUnusable);
}
