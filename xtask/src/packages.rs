//! Which packages are built together.

/// The crates whose tests run on the host. Whatever is built, all of them are named: the same packages choose the
/// same features of every library, so that nothing is compiled a second time to run or to test.
const TESTED: [&str; 11] = [
    "cofferdam-guard",
    "cofferdam-model",
    "cofferdam-engine",
    "cofferdam-runner",
    "cofferdam",
    "cofferdam-pack",
    "cofferdam-sdk",
    "cofferdam-rules",
    "cofferdam-standard",
    "cofferdam-tests",
    "xtask",
];

/// The words that name all of them to cargo.
pub(crate) fn named<'a>() -> impl Iterator<Item = &'a str> {
    TESTED.iter().flat_map(|package| ["--package", *package])
}
