//! Help for tests that change the whole process: signals, limits, waiting for every child.

use std::process::Command;

const MARK: &str = "COFFERDAM_TEST_ISOLATED";

/// Runs `body` in a process of its own: the test binary starts itself again with this one test.
///
/// `test` is `concat!(module_path!(), "::name_of_the_test")`.
pub(crate) fn isolated(test: &str, body: impl FnOnce()) {
    if std::env::var_os(MARK).is_some() {
        return body();
    }
    let (_crate, name) = test.split_once("::").expect("a path with the crate's name");
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture", "--test-threads=1"])
        .env(MARK, "1")
        .output()
        .unwrap();
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(
        output.status.success(),
        "{name} failed by itself: {}\n{out}\n{err}",
        output.status
    );
    assert!(out.contains("1 passed"), "{name} was not run by itself:\n{out}\n{err}");
}
