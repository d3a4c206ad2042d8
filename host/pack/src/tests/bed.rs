//! Hosts over the packs of this repository.

use std::path::Path;
use std::sync::OnceLock;

use cofferdam_rules::RuleEngine;
use cofferdam_rules::pack::Pack;
use cofferdam_sdk::testing::Host;
use cofferdam_sdk::{Settings, Severity};

use crate::{SourceFile, compile};

/// The day that tests run on, counted from 1970-01-01.
const AS_OF: u32 = 20_000;

/// The pack of `files` under `plugins`, with `settings`.
fn host(files: &[&str], settings: &str) -> Host<RuleEngine> {
    let plugins = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins");
    let read = |name: &&str| SourceFile {
        name: (*name).to_owned(),
        text: std::fs::read_to_string(plugins.join(name)).expect("the pack's file can be read"),
    };
    let files: Vec<SourceFile> = files.iter().map(read).collect();
    let compiled = compile(&files).unwrap_or_else(|error| panic!("{error}"));
    let pack = Pack::read(Box::leak(compiled.bytes.into_boxed_slice())).expect("what was written can be read");
    let settings = Settings::parse(settings).expect("the settings are well-formed");
    let engine = RuleEngine::over(Box::leak(Box::new(pack)), &settings, AS_OF).expect("the settings fit the pack");
    Host::of(engine)
}

/// The files of the pack of personal data.
const PERSONAL: [&str; 5] = [
    "personal/pack.toml",
    "personal/rules/money-and-contact.toml",
    "personal/rules/national.toml",
    "personal/rules/network.toml",
    "personal/rules/person.toml",
];

/// The pack of personal data, as it is without settings.
pub(super) fn personal() -> &'static Host<RuleEngine> {
    static HOST: OnceLock<Host<RuleEngine>> = OnceLock::new();
    HOST.get_or_init(|| host(&PERSONAL, "{}"))
}

/// The pack of personal data with every rule that it leaves off.
pub(super) fn personal_with_all() -> &'static Host<RuleEngine> {
    const SETTINGS: &str = r#"{"enable":"ip-address, ip-address-private, mac-address, postal-address, person-name"}"#;
    static HOST: OnceLock<Host<RuleEngine>> = OnceLock::new();
    HOST.get_or_init(|| host(&PERSONAL, SETTINGS))
}

/// The credentials that a structure tells.
pub(super) fn structure() -> &'static Host<RuleEngine> {
    static HOST: OnceLock<Host<RuleEngine>> = OnceLock::new();
    HOST.get_or_init(|| host(&["credentials/pack.toml", "credentials/rules/structure.toml"], "{}"))
}

/// All credentials.
pub(super) fn credentials() -> &'static Host<RuleEngine> {
    static HOST: OnceLock<Host<RuleEngine>> = OnceLock::new();
    HOST.get_or_init(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins/credentials/rules");
        let entries = std::fs::read_dir(folder).expect("the folder can be listed");
        let name = |entry: std::io::Result<std::fs::DirEntry>| {
            let name = entry.expect("the entry can be read").file_name();
            format!("credentials/rules/{}", name.to_string_lossy())
        };
        let mut files: Vec<String> = entries.map(name).collect();
        files.push("credentials/pack.toml".to_owned());
        files.sort();
        host(&files.iter().map(String::as_str).collect::<Vec<_>>(), "{}")
    })
}

/// What `rule` takes out of `text`.
pub(super) fn taken_by(host: &Host<RuleEngine>, rule: &str, text: &str) -> Vec<String> {
    let all = host.taken(text).into_iter();
    all.filter(|(id, _)| id == rule).map(|(_, taken)| taken).collect()
}

/// The texts that are taken out of `text`, without those that are only counted.
pub(super) fn taken(host: &Host<RuleEngine>, text: &str) -> Vec<(String, String)> {
    let cut = |start: usize, end: usize| String::from_utf8_lossy(&text.as_bytes()[start..end]).into_owned();
    let hits = host.hits(text.as_bytes());
    hits.into_iter()
        .filter(|hit| hit.confidence > 5)
        .map(|hit| (hit.rule, cut(hit.start, hit.end)))
        .collect()
}

/// The one text that `rule` takes out of `text`.
pub(super) fn one(host: &Host<RuleEngine>, rule: &str, text: &str) -> Option<String> {
    let mut all = taken(host, text)
        .into_iter()
        .filter(|(id, _)| id == rule)
        .map(|(_, taken)| taken);
    let first = all.next();
    assert_eq!(all.next(), None, "{rule} finds one thing in {text}");
    first
}

/// The severities of all findings in `text`.
pub(super) fn severities(host: &Host<RuleEngine>, text: &str) -> Vec<Severity> {
    let hits = host.hits(text.as_bytes());
    hits.iter().map(|hit| hit.severity).collect()
}
