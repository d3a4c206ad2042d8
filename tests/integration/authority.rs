//! Who decides: keys, approvals of the guard policy, and what is refused inside a session.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use cofferdam_tests::plant::credentials;
use cofferdam_tests::random::Random;
use serde_json::Value;

use crate::bed::{Bed, Done, eventually, finish, guest};
use crate::outer::{converse, is_installed};

/// A bed whose user's configuration is written as a test goes on.
pub(crate) struct Office {
    pub(crate) bed: Bed,
}

impl Office {
    pub(crate) fn new() -> Self {
        let bed = Bed::new();
        fs::create_dir_all(bed.home().join("config/cofferdam")).expect("a folder");
        Self { bed }
    }

    /// Writes the user's configuration.
    pub(crate) fn configure(&self, text: &str) {
        fs::write(self.bed.home().join("config/cofferdam/config.toml"), text).expect("written");
    }

    /// A key without a passphrase for a person, and what the configuration says of them.
    pub(crate) fn person(&self, name: &str, may: &str) -> String {
        let done = self.bed.run(["key", "new", "--name", name, "--no-passphrase"]);
        assert_eq!((done.code(), done.errors().as_str()), (0, ""));
        let key = public_key(&done.text());
        format!("[people.{name}]\nkeys = [\"{key}\"]\nmay = [{may}]\n")
    }

    /// A session that says one word.
    pub(crate) fn session(&self) -> Done {
        self.bed.run(["exec", "--", "echo", "here"])
    }

    /// The digest of the policy in force, as the command shows it.
    pub(crate) fn digest(&self) -> String {
        let done = self.bed.run(["approve", "policy"]);
        assert_eq!(done.code(), 0, "{}", done.errors());
        let text = done.text();
        let digest = text
            .split_whitespace()
            .skip_while(|word| *word != "digest")
            .nth(1)
            .expect("a digest");
        digest.to_owned()
    }

    pub(crate) fn approve(&self, by: &str, digest: &str) -> Done {
        let words = ["approve", "policy", digest, "--by", by, "--why", "read its settings"];
        self.bed.run(words)
    }

    /// The only document on a shelf.
    pub(crate) fn document(&self, shelf: &str) -> PathBuf {
        let mut found: Vec<PathBuf> = fs::read_dir(self.bed.state().join(shelf))
            .expect("a shelf")
            .map(|entry| entry.expect("an entry").path())
            .collect();
        assert_eq!(found.len(), 1, "{found:?}");
        found.remove(0)
    }

    /// What the first event of the newest run says of the policy.
    pub(crate) fn vouched(&self) -> Value {
        let run = self.bed.runs().pop().expect("a run");
        let manifest = fs::read_to_string(run.join("manifest.json")).expect("a manifest");
        let manifest: Value = serde_json::from_str(&manifest).expect("JSON");
        manifest["run"]["policy_approval"].clone()
    }
}

/// Settings that make another policy of the built-in component.
pub(crate) const LOOSE: &str =
    "[policy.settings.defaults]\np0 = \"redact\"\np1 = \"allow\"\np2 = \"allow\"\np3 = \"allow\"\n";

pub(crate) fn public_key(text: &str) -> String {
    let at = text.find("ed25519:").expect("a public key");
    text[at..at + "ed25519:".len() + 64].to_owned()
}

fn starts_with(done: &Done, code: &str) {
    assert_eq!(done.code(), 125, "{}{}", done.text(), done.errors());
    assert!(
        done.errors().starts_with(&format!("error {code}: ")),
        "{}",
        done.errors()
    );
}

#[test]
fn the_built_in_policy_needs_nobodys_approval_and_neither_does_a_stricter_one() {
    let office = Office::new();
    assert_eq!(office.session().code(), 0);
    assert_eq!(office.vouched()["is"], "built-in");
    office.configure("[policy.at-least]\n\"personal.email\" = \"redact\"\n[policy]\non-trap = \"block\"\n");
    let done = office.session();
    assert_eq!((done.code(), done.errors().as_str()), (0, ""));
    assert_eq!(office.vouched()["is"], "built-in");
}

#[test]
fn a_policy_that_nobody_approved_guards_nothing() {
    let office = Office::new();
    office.configure(LOOSE);
    starts_with(&office.session(), "CFD-701");
    let done = office.bed.feed(["filter"], b"nothing passes\n");
    starts_with(&done, "CFD-701");
    assert_eq!(done.text(), "");
    assert!(office.bed.runs().is_empty(), "nothing was begun");
    // What nobody could let through is part of what is approved.
    office.configure("[policy]\nnot-overridable = []\n");
    starts_with(&office.session(), "CFD-701");
    office.configure(&format!("[policy]\nsource = \"{}\"\n", guest("standard").display()));
    starts_with(&office.session(), "CFD-701");
}

#[test]
fn an_approval_names_one_policy_and_a_change_of_any_part_ends_it() {
    let office = Office::new();
    let ann = office.person("ann", "\"approve\"");
    office.configure(&format!("{ann}{LOOSE}"));
    let digest = office.digest();
    let done = office.approve("ann", &digest);
    assert_eq!(done.code(), 0, "{}", done.errors());
    let done = office.session();
    assert_eq!(
        (done.text().as_str(), done.errors().as_str(), done.code()),
        ("here\n", "", 0)
    );
    let vouched = office.vouched();
    assert_eq!(
        (&vouched["by"], &vouched["custody"]),
        (&"ann".into(), &"advisory".into())
    );
    assert!(office.bed.run(["approvals", "list"]).text().contains("  believed\n"));
    // Another setting, another floor of the operator, another action on failure: each is another policy.
    for more in [
        "[policy.at-least]\n\"credential\" = \"redact\"\n",
        "[policy]\non-timeout = \"block\"\n",
        "[policy]\nnot-overridable = [\"credential\"]\n",
    ] {
        office.configure(&format!("{ann}{more}{LOOSE}"));
        assert_ne!(office.digest(), digest, "{more}");
        starts_with(&office.session(), "CFD-701");
    }
    // A project only tightens: its floor asks for nobody's approval.
    office.configure(&format!("{ann}{LOOSE}"));
    fs::write(
        office.bed.work().join("cofferdam.toml"),
        "[policy.at-least]\n\"personal.email\" = \"redact\"\n",
    )
    .expect("written");
    assert_eq!(office.bed.run(["trust"]).code(), 0);
    assert_eq!(office.digest(), digest);
    let done = office.bed.run(["exec", "--", "echo", "ann@example.org"]);
    assert_eq!(done.text(), "an[redacted:email]\n", "{}", done.errors());
}

#[test]
fn a_project_can_neither_name_people_nor_say_that_a_host_is_for_trying() {
    let office = Office::new();
    let ann = office.person("ann", "\"approve\"");
    for text in [
        ann.as_str(),
        "[authority]\ntrying = true\n",
        "[policy]\nnot-overridable = []\n",
    ] {
        let file = office.bed.aside("project.toml", text).display().to_string();
        let done = office.bed.run(["config", "check", "--as", "project", &file]);
        assert_eq!(done.code(), 125);
        assert!(done.errors().contains("error CFD-104"), "{}", done.errors());
    }
}

#[test]
fn two_people_have_no_key_in_common() {
    let office = Office::new();
    let ann = office.person("ann", "\"approve\"");
    office.configure(&format!("{ann}{}", ann.replace("ann", "ben")));
    let done = office.session();
    assert_eq!(done.code(), 125);
    assert!(done.errors().contains("CFD-107") && done.errors().contains("people.ben.keys"));
}

#[test]
fn a_host_for_trying_says_so_in_each_run() {
    let office = Office::new();
    office.configure(&format!("[authority]\ntrying = true\n{LOOSE}"));
    let done = office.session();
    assert_eq!((done.text().as_str(), done.code()), ("here\n", 0));
    assert!(done.errors().starts_with("warning CFD-701: "), "{}", done.errors());
    assert_eq!(office.vouched()["is"], "trying");
    let done = office.bed.run(["exec", "--json", "--", "echo", "here"]);
    assert!(done.text().contains("CFD-701"), "{}", done.text());
    // A policy that is approved anyway is told as such.
    office.configure("[authority]\ntrying = true\n");
    assert_eq!(office.session().errors(), "");
}

#[test]
fn what_is_forged_unsigned_expired_broken_or_open_approves_nothing() {
    let office = Office::new();
    let (ann, ben) = (office.person("ann", "\"approve\""), office.person("ben", "\"grant\""));
    let settings = format!("{ann}{ben}{LOOSE}");
    office.configure(&settings);
    let digest = office.digest();
    starts_with(&office.approve("ben", &digest), "CFD-703");
    starts_with(&office.approve("eve", &digest), "CFD-703");
    starts_with(&office.approve("ann", &"0".repeat(64)), "CFD-601");
    assert_eq!(office.approve("ann", &digest).code(), 0);
    let acts = office.bed.state().join("acts.head");
    fs::write(&acts, "no head").expect("written");
    let listed = office.bed.run(["approvals", "list"]);
    assert!(listed.text().contains("  believed\n"), "what needs no act is listed");
    assert!(
        listed.code() != 0 && listed.errors().contains("CFD-715"),
        "{}",
        listed.errors()
    );
    fs::remove_file(&acts).expect("removed");
    let path = office.document("approvals");
    let good = fs::read_to_string(&path).expect("read");
    let refused = |text: &str, code: &str| {
        fs::write(&path, text).expect("written");
        let done = office.session();
        starts_with(&done, "CFD-701");
        assert!(
            done.errors().contains(&format!("({code})")),
            "{code}: {}",
            done.errors()
        );
    };
    let changed = |from: &str, to: &str| {
        assert!(good.contains(from), "{from} in {good}");
        good.replace(from, to)
    };
    refused(&changed("read its settings", "read all of it"), "CFD-704");
    let signature: Value = serde_json::from_str(&good).expect("JSON");
    let signature = signature["signature"].as_str().expect("a signature").to_owned();
    refused(&changed(&signature, &"0".repeat(128)), "CFD-704");
    refused(
        &changed(&format!("\"signature\": \"{signature}\""), "\"x\": 1"),
        "CFD-702",
    );
    refused(&changed("\"ann\"", "\"ben\""), "CFD-703");
    refused(&changed("\"ann\"", "\"eve\""), "CFD-703");
    refused(&changed("\"signature\"", "\"until\": 3, \"signature\""), "CFD-702");
    refused("", "CFD-702");
    fs::write(&path, &good).expect("written");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o622)).expect("opened");
    let done = office.session();
    assert!(done.errors().contains("(CFD-702)"), "{}", done.errors());
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("closed");
    assert_eq!(office.session().code(), 0, "it is believed as it was signed");
    // The person may no longer approve, or is gone.
    office.configure(&settings.replace("may = [\"approve\"]", "may = []"));
    starts_with(&office.session(), "CFD-701");
    office.configure(LOOSE);
    starts_with(&office.session(), "CFD-701");
}

#[test]
fn an_approval_ends_by_itself() {
    let office = Office::new();
    let ann = office.person("ann", "\"approve\"");
    office.configure(&format!("{ann}{LOOSE}"));
    let digest = office.digest();
    let words = [
        "approve",
        "policy",
        &digest,
        "--by",
        "ann",
        "--why",
        "for a moment",
        "--expires",
        "3s",
    ];
    assert_eq!(office.bed.run(words).code(), 0);
    assert_eq!(office.session().code(), 0);
    let refused = || office.session().errors().contains("(CFD-705)");
    assert!(eventually(Duration::from_secs(30), refused), "it ends");
}

#[test]
fn a_passphrase_is_typed_at_a_terminal_and_nowhere_else() {
    let office = Office::new();
    let done = office.bed.feed(
        ["key", "new", "--name", "ann"],
        b"a long passphrase\na long passphrase\n",
    );
    starts_with(&done, "CFD-707");
    let (text, code) = converse(
        &office.bed,
        &["key", "new", "--name", "ann"],
        &[
            ("New passphrase", "a long passphrase\r"),
            ("The same again", "a long passphrase\r"),
        ],
    );
    assert_eq!(code, 0, "{text}");
    assert!(!text.contains("a long"), "what is typed isn't shown: {text}");
    let key = public_key(&text);
    office.configure(&format!(
        "[people.ann]\nkeys = [\"{key}\"]\nmay = [\"approve\"]\n{LOOSE}"
    ));
    let digest = office.digest();
    starts_with(&office.approve("ann", &digest), "CFD-707");
    let words = ["approve", "policy", &digest, "--by", "ann", "--why", "read it"];
    let (text, code) = converse(&office.bed, &words, &[("Passphrase of ann", "another passphrase\r")]);
    assert!(code == 125 && text.contains("CFD-707"), "{text}");
    let (text, code) = converse(&office.bed, &words, &[("Passphrase of ann", "a long passphrase\r")]);
    assert_eq!(code, 0, "{text}");
    assert_eq!(office.session().code(), 0);
    assert_eq!(office.vouched()["custody"], "passphrase");
}

/// An agent of its own, which ends with the test.
struct SshAgent {
    child: std::process::Child,
    socket: PathBuf,
}

impl SshAgent {
    fn start(bed: &Bed) -> Self {
        let socket = bed.home().join("agent");
        let child = Command::new("ssh-agent")
            .arg("-D")
            .arg("-a")
            .arg(&socket)
            .stdout(Stdio::null())
            .spawn()
            .expect("started");
        assert!(
            eventually(Duration::from_secs(30), || socket.exists()),
            "an agent listens"
        );
        Self { child, socket }
    }
}

impl Drop for SshAgent {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

#[test]
fn an_ssh_agent_signs_and_is_worth_more_where_sessions_are_not_told_of_it() {
    if !is_installed("ssh-agent") || !is_installed("ssh-keygen") {
        return;
    }
    let office = Office::new();
    let agent = SshAgent::start(&office.bed);
    let key = office.bed.home().join("id").display().to_string();
    let quiet = |program: &str, words: &[&str]| {
        let mut command = Command::new(program);
        command.args(words).env("SSH_AUTH_SOCK", &agent.socket);
        let done = finish(
            command
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped()),
        );
        assert_eq!(done.code(), 0, "{}", done.errors());
    };
    quiet("ssh-keygen", &["-q", "-t", "ed25519", "-N", "", "-f", &key]);
    quiet("ssh-add", &["-q", &key]);
    fs::remove_file(&key).expect("the agent alone has it");
    let with_agent = |words: &[&str]| finish(office.bed.command(words).env("SSH_AUTH_SOCK", &agent.socket));
    let listed = with_agent(&["key", "list"]).text();
    assert!(listed.contains("SSH agent: nobody"), "{listed}");
    let ann = format!(
        "[people.ann]\nkeys = [\"{}\"]\nmay = [\"approve\"]\n",
        public_key(&listed)
    );
    let tell = ["sh", "-c", "echo agent ${SSH_AUTH_SOCK:-none}"];
    for (hides, custody) in [("tell", "advisory"), ("hide", "agent")] {
        office.configure(&format!("{ann}[session]\nssh-agent = \"{hides}\"\n{LOOSE}"));
        let digest = office.digest();
        let done = with_agent(&["approve", "policy", &digest, "--by", "ann", "--why", "read it"]);
        assert_eq!(done.code(), 0, "{}", done.errors());
        let done = with_agent(&[&["exec", "--"], &tell[..]].concat());
        assert_eq!(done.text() == "agent none\n", hides == "hide", "{}", done.text());
        assert_eq!(office.vouched()["custody"], custody);
    }
}

#[test]
fn nothing_is_signed_inside_a_session() {
    let office = Office::new();
    let ann = office.person("ann", "\"approve\", \"grant\"");
    office.configure(&format!("{ann}[authority]\ntrying = true\n{LOOSE}"));
    let digest = office.digest();
    let program = crate::bed::program().display().to_string();
    let approve = format!("'{program}' approve policy {digest} --by ann --why inside");
    for script in [
        approve.clone(),
        // The mark in the environment is gone, and so is the parent.
        format!("unset COFFERDAM_SESSION; {approve}"),
        format!("unset COFFERDAM_SESSION; setsid sh -c \"sleep 0.1; {approve}\" 2>&1 & wait"),
        format!("env -i PATH=\"$PATH\" HOME=\"$HOME\" '{program}' key new --name eve --no-passphrase"),
    ] {
        for mode in ["--pipe", "--pty"] {
            let done = office.bed.run(["exec", mode, "--", "sh", "-c", &script]);
            let said = format!("{}{}", done.text(), done.errors());
            assert!(said.contains("CFD-706"), "{mode} {script}: {said}");
        }
    }
    assert!(!office.bed.state().join("approvals").exists());
    // The variable alone is enough to refuse.
    let mut command = office
        .bed
        .command(["approve", "policy", &digest, "--by", "ann", "--why", "inside"]);
    starts_with(&finish(command.env("COFFERDAM_SESSION", "x")), "CFD-706");
}

#[test]
fn a_reason_that_holds_a_secret_is_not_recorded() {
    let office = Office::new();
    let ann = office.person("ann", "\"approve\"");
    office.configure(&format!("{ann}{LOOSE}"));
    let digest = office.digest();
    let token = credentials(&mut Random::new(71)).swap_remove(0);
    for why in [token.text().as_str(), "", "two\nlines", &"x".repeat(401)] {
        let done = office
            .bed
            .run(["approve", "policy", &digest, "--by", "ann", "--why", why]);
        starts_with(&done, "CFD-601");
        assert!(!done.errors().contains(&token.secret));
    }
}
