//! Detectors from rule files, as a security engineer makes them.

use std::fs;

use crate::bed::Bed;

/// A rule file with one rule, whose positive example is `example`.
fn rules(example: &str) -> String {
    format!(
        "[pack]\nid = \"tickets\"\nversion = \"1.0.0\"\ntitle = \"Tickets\"\n\n[[rule]]\nid = \"build-ticket\"\ntitle = \"Build ticket\"\n\
         category = \"credential.internal.ticket\"\nseverity = \"P0\"\nanchors = [\"tkt-\"]\npattern = '{{{{anchor}}}}([a-z0-9]{{24}})'\n\
         positive = [\"{example}\"]\nnegative = [\"tkt-nothing\"]\n"
    )
}

#[test]
fn a_rule_file_becomes_a_detector_that_redacts() {
    let bed = Bed::new();
    let file = bed.aside("tickets.toml", rules("use tkt-<<[a-z0-9]{24}>> now"));
    let component = file.with_file_name("tickets.wasm");
    let words = [
        "plugin",
        "pack",
        &file.display().to_string(),
        "-o",
        &component.display().to_string(),
    ];
    let done = bed.run(words);
    assert_eq!((done.code(), done.errors().as_str()), (0, ""));
    assert!(
        done.text().starts_with("tickets 1.0.0: 1 rule (1 P0)\n"),
        "{}",
        done.text()
    );
    let config = bed.aside(
        "guard.toml",
        format!("[plugins.tickets]\nsource = \"{}\"\n", component.display()),
    );
    let config = config.display().to_string();
    let locked = bed.run(["--config", &config, "plugin", "lock"]);
    assert_eq!(locked.code(), 0, "{}", locked.errors());
    let ticket = "q7m2x9k4v8c1z6b3n5d0h2j7";
    let done = bed.run([
        "--config",
        &config,
        "exec",
        "--",
        "echo",
        &format!("with tkt-{ticket}."),
    ]);
    assert_eq!(done.text(), "with tkt-[redacted:build-ticket].\n", "{}", done.errors());
}

#[test]
fn a_rule_file_whose_example_fails_is_refused_and_nothing_is_written() {
    let bed = Bed::new();
    let file = bed.aside("tickets.toml", rules("use tkt-<<[a-z]{9}>> now"));
    let component = file.with_file_name("refused.wasm");
    let done = bed.run([
        "plugin",
        "pack",
        &file.display().to_string(),
        "-o",
        &component.display().to_string(),
    ]);
    assert_eq!(done.code(), 125);
    let said = done.errors();
    assert!(
        said.contains("CFD-214") && said.contains("build-ticket") && said.contains("positive"),
        "{said}"
    );
    assert!(!component.exists());
}

#[test]
fn a_gitleaks_configuration_is_converted_and_what_is_left_behind_is_told() {
    let bed = Bed::new();
    let text = "[[rules]]\nid = \"acme-token\"\ndescription = \"Acme\"\nregex = '\\b(acme_[a-z0-9]{32})\\b'\n\n\
                [[rules]]\nid = \"pkcs12-file\"\npath = '\\.p12$'\n";
    let file = bed.aside("gitleaks.toml", text);
    let rules = file.with_file_name("converted.toml");
    let (file, to) = (file.display().to_string(), rules.display().to_string());
    let done = bed.run(["plugin", "import-gitleaks", &file, "-o", &to]);
    assert_eq!(done.code(), 0, "{}", done.errors());
    assert!(
        done.text().starts_with("1 rule carried over, 1 left behind\n"),
        "{}",
        done.text()
    );
    assert!(done.text().contains("pkcs12-file"), "{}", done.text());
    assert!(
        fs::read_to_string(&rules)
            .expect("written")
            .contains("anchors = [\"acme_\"]")
    );
    assert_eq!(
        bed.run(["plugin", "pack", &to]).code(),
        0,
        "what was converted can be packed"
    );
}

/// Lines of logs and sources that are full of names for secrets, and hold none.
const NAMES: &str = r#"{"level":"info","msg":"no password given, using the key file instead","secret":null,"token_type":"bearer","password_reset_at":"2026-11-29T10:00:01Z"}
{"event":"token.refresh","tokens":["identifier","keyword"],"access_key_id":null,"api_key_source":"environment","client_secret_expires_at":0}
test auth::tests::hashes_the_password ... ok
test session::refuses_an_expired_token ... ok (api_key = none)
   Compiling password-hash v0.5.0 (registry of crates, secret: none)
warning: unused variable: `secret_name`, note: `#[warn(unused_variables)]` on by default
    let token = tokens.next().ok_or("a token is expected here, and none came")?;
    let password = config.get("password").unwrap_or_default(); // the secret's own name
    if (token == "access_token_of_the_session") { return reject(error, "api-key-is-missing"); }
  findOne(id: string) { return this.users.find(id); } // (id) => the user, or an error
reading api_key from the environment, auth_key from the file and private_key from the agent
"#;

/// Each question to a guest takes as long as some hundred bytes of text do, and names for secrets are everywhere. A
/// rule whose pattern doesn't say what opens its value asks wherever its name stands: five such rules once asked
/// sixty of some seventy questions here.
#[test]
fn names_in_logs_ask_little() {
    const TIMES: usize = 20;
    let bed = Bed::new();
    let text = bed.aside("names.log", NAMES.repeat(TIMES));
    let report = bed.aside("report.json", "");
    let paths = [&text, &report].map(|path| path.to_str().expect("a path of ASCII").to_owned());
    let done = bed.run(["eval", "--clean", &paths[0], "--json", &paths[1]]);
    assert_eq!(done.code(), 0, "{}", done.errors());
    let report: serde_json::Value = serde_json::from_slice(&std::fs::read(&report).expect("written")).expect("JSON");
    let guests = report["guests"].as_array().expect("a list");
    let asked: u64 = guests.iter().filter_map(|guest| guest["parts"].as_u64()).sum();
    let most = 20 * TIMES as u64;
    assert!(
        (1..=most).contains(&asked),
        "{asked} suspects were asked about, {most} is the most"
    );
}
