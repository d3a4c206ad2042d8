//! `cofferdam key`: the keys of this host.

use std::io::Write;
use std::path::Path;

use cofferdam_model::Code;
use cofferdam_model::authority::{PersonName, PublicKey};
use cofferdam_model::config::{Setting as _, plain_path};
use cofferdam_runner::authority::{Agent, AuthorityError, KeyFile};
use cofferdam_runner::record::FingerprintKey;

use crate::authority::{new_passphrase, refuse_inside, state};
use crate::config::Surroundings;
use crate::failure::Failure;
use crate::guards::in_force;
use crate::hint;

/// The commands about keys.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum KeyCommand {
    /// Make a key by which a person signs approvals and overrides
    #[command(after_help = "\
The private half lies in the state folder, sealed by a passphrase that is typed at the terminal. The public half goes into the
configuration of each host that is to believe it; what to write there is printed.

Instead of this key, a person may sign with an ed25519 key of their SSH agent: `cofferdam key list` shows its public half.")]
    New {
        /// What the configuration calls the person
        #[arg(long, value_name = "NAME")]
        name: String,
        /// Make a key that needs no passphrase; all that it signs is advisory, since a session could use it
        #[arg(long)]
        no_passphrase: bool,
    },
    /// List the keys that can sign here, in the state folder and in your SSH agent
    List,
    /// Make a new key for fingerprints; older ones stay, so that old records can still be compared
    Rotate,
}

/// Makes a key by which a person signs.
pub(crate) fn new(name: &str, no_passphrase: bool, around: &Surroundings, out: &mut dyn Write) -> Result<u8, Failure> {
    refuse_inside("key new")?;
    let name: PersonName = name
        .parse()
        .map_err(|error| Failure::before(Code::Usage, format!("--name: {error}")))?;
    let state = state(around)?;
    let told = |error: AuthorityError| Failure::before(error.code(), error);
    // Nobody types a passphrase for a key that can't be made.
    KeyFile::refuse_second(&state, &name).map_err(told)?;
    let passphrase = if no_passphrase {
        None
    } else {
        Some(new_passphrase().map_err(told)?)
    };
    let (key, path) = KeyFile::create(&state, &name, passphrase.as_ref()).map_err(told)?;
    let public = key.public();
    writeln!(
        out,
        "The key of {name} is in {}.\nWhoever is to believe it writes into their configuration, with what {name} may do:\n\n\
         [people.{name}]\nkeys = [\"{public}\"]\nmay = [\"approve\"]    # and \"grant\", to let things through",
        plain_path(&path)
    )
    .map(|()| 0)
    .map_err(|error| Failure::output(&error))
}

/// Lists the keys that can sign here.
pub(crate) fn list(around: &Surroundings, out: &mut dyn Write) -> Result<u8, Failure> {
    let in_force = in_force(around)?;
    let people = &in_force.resolved.people;
    let owner = |key: PublicKey| {
        let owner = people
            .iter()
            .find(|(_, person)| person.keys.value.iter().any(|known| known == key));
        owner.map_or_else(
            || "nobody in the configuration".to_owned(),
            |(name, person)| format!("{name}, who may {}", person.may.value.show()),
        )
    };
    let state = state(around)?;
    let mut lines: Vec<String> = KeyFile::all(&state)
        .iter()
        .map(|key| {
            let kept = if key.is_sealed() {
                "with a passphrase"
            } else {
                "advisory"
            };
            format!(
                "{}  file {}, {kept}: {}",
                key.public(),
                key.place(),
                owner(key.public())
            )
        })
        .collect();
    let agent = around.variable("SSH_AUTH_SOCK").filter(|socket| !socket.is_empty());
    let agents = agent.map(|socket| Agent::at(Path::new(socket)).and_then(|mut agent| agent.keys()));
    match agents {
        Some(Ok(keys)) => lines.extend(keys.iter().map(|key| format!("{key}  SSH agent: {}", owner(*key)))),
        Some(Err(error)) => crate::say(&format!("warning {}: {error}", error.code())),
        None => {}
    }
    if lines.is_empty() {
        let new = hint::command("key new --name NAME");
        lines.push(format!("No key can sign here. `{new}` makes one."));
    }
    lines
        .iter()
        .try_for_each(|line| writeln!(out, "{line}"))
        .map(|()| 0)
        .map_err(|error| Failure::output(&error))
}

/// Makes a new key for fingerprints.
pub(crate) fn rotate(around: &Surroundings, out: &mut dyn Write) -> Result<u8, Failure> {
    let state = around
        .places
        .state()
        .map_err(|error| Failure::before(Code::KeyUnusable, error))?;
    let key = FingerprintKey::rotate(state).map_err(|error| Failure::before(error.code(), error))?;
    writeln!(out, "Fingerprints are made with the key {} from now on.", key.id())
        .map(|()| 0)
        .map_err(|error| Failure::output(&error))
}
