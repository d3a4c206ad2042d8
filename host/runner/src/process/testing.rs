//! Help for tests that change the whole process: signals, limits, waiting for every child.

use std::process::Command;

const MARK: &str = "COFFERDAM_TEST_ISOLATED";
const INNER: &str = "COFFERDAM_TEST_INNER";

/// Runs `body` in a process of its own: the test binary starts itself again with this one test.
///
/// `test` is `concat!(module_path!(), "::name_of_the_test")`.
pub(crate) fn isolated(test: &str, body: impl FnOnce()) {
    if std::env::var_os(MARK).is_some() {
        return body();
    }
    let name = name_of(test);
    let output = Command::new(std::env::current_exe().unwrap())
        .args(only(test))
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

/// Whether this process was started by [`inner`].
pub(crate) fn is_inner() -> bool {
    std::env::var_os(INNER).is_some()
}

/// This one test once more, as a program of its own that some other program starts. There, [`is_inner`] holds.
pub(crate) fn inner(by: &str, test: &str) -> Command {
    let mut command = Command::new(by);
    command
        .arg(std::env::current_exe().unwrap())
        .args(only(test))
        .env(INNER, "1");
    command
}

/// The same as a command for [`spawn`](super::spawn).
pub(crate) fn inner_command(test: &str) -> super::Command {
    let mut command = super::Command::new(std::env::current_exe().unwrap(), only(test));
    command.env = vec![(INNER.into(), Some("1".into()))];
    command
}

fn only(test: &str) -> [&str; 4] {
    ["--exact", name_of(test), "--nocapture", "--test-threads=1"]
}

fn name_of(test: &str) -> &str {
    test.split_once("::").expect("a path with the crate's name").1
}
