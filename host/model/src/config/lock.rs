//! The lock file: which digests an operator saw and agreed to.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;
use toml::de::{DeTable, DeValue};

use super::node::Lines;
use super::value::{Mode, PluginName, Setting as _, digest};
use crate::authority::Warrant;
use crate::record::Digest;

/// The digests of a folder's plugins and policy, as `cofferdam.lock` keeps them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lock {
    /// The digest of each plugin, by the name that the configuration gives it.
    pub plugins: BTreeMap<PluginName, Digest>,
    /// The digest of the guard policy.
    pub policy: Option<Digest>,
    /// The digest of the policy on trial.
    pub policy_candidate: Option<Digest>,
    /// How far plugins were promoted, whatever the configuration says of their modes.
    pub rollouts: BTreeMap<PluginName, LockedRollout>,
}

/// How far a plugin was promoted, or that it was taken back. It holds for one component with one table of settings: another one
/// has to earn it anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedRollout {
    /// Its mode.
    pub mode: Mode,
    /// The digest of its component.
    pub digest: Digest,
    /// The digest of its settings.
    pub settings: Digest,
    /// What was in force in its place before, where that was a promoted plugin itself: what one goes back to.
    pub before: Option<PluginName>,
    /// The signed promotion that put it in force, with all that it rests on. Without one that is believed, the entry puts nothing in force:
    /// a lock is a file that anybody can edit who can write there.
    pub warrant: Option<Box<Warrant>>,
}

/// What a lock says of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is the file that was locked.
    Matches,
    /// The lock doesn't know it.
    Unlocked,
    /// It isn't the file that was locked.
    Differs {
        /// The digest in the lock.
        locked: Digest,
    },
}

/// Why a text is no lock.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LockError {
    /// It isn't TOML.
    #[error("line {line}: not valid TOML")]
    Syntax {
        /// From 1; 0 where it isn't known.
        line: u32,
    },
    /// It says something else than digests.
    #[error("line {line}: not an entry of a lock; an entry is a plugin's name and \"sha256:\" with 64 digits")]
    Entry {
        /// From 1.
        line: u32,
    },
    /// It is of another version.
    #[error("not a lock of version 1, the only one that this host knows")]
    Version,
}

impl Lock {
    /// The lock that a text says.
    ///
    /// # Errors
    ///
    /// Where the text isn't a lock of version 1, or holds anything else than digests.
    pub fn parse(text: &str) -> Result<Self, LockError> {
        let lines = Lines::new(text);
        let table = DeTable::parse(text).map_err(|error| LockError::Syntax {
            line: error.span().map_or(0, |span| lines.of(span.start)),
        })?;
        let mut lock = Self::default();
        let mut version = None;
        for (key, value) in table.get_ref() {
            let entry = || LockError::Entry {
                line: lines.of(key.span().start),
            };
            match (key.get_ref().as_ref(), value.get_ref()) {
                ("version", DeValue::Integer(number)) => version = Some(number.to_string()),
                ("policy", DeValue::String(text)) => lock.policy = Some(digest(text).ok_or_else(entry)?),
                ("policy-candidate", DeValue::String(text)) => {
                    lock.policy_candidate = Some(digest(text).ok_or_else(entry)?);
                }
                ("plugins", DeValue::Table(plugins)) => lock.plugins = digests(plugins, &lines)?,
                ("rollout", DeValue::Table(rollouts)) => lock.rollouts = self::rollouts(rollouts, &lines)?,
                (_, _) => return Err(entry()),
            }
        }
        if version.as_deref() == Some("1") {
            Ok(lock)
        } else {
            Err(LockError::Version)
        }
    }

    /// The lock as a text that [`Self::parse`] takes.
    pub fn format(&self) -> String {
        let mut text = String::from(
            "# Written by `cofferdam plugin lock`. Plugins whose files differ are refused.\nversion = 1\n",
        );
        self.write(&mut text).expect("a String takes all that is written");
        text
    }

    /// What the lock says of a plugin's file.
    pub fn check(&self, plugin: &PluginName, digest: &Digest) -> Verdict {
        verdict(self.plugins.get(plugin), digest)
    }

    /// What the lock says of the guard policy's file.
    pub fn check_policy(&self, digest: &Digest) -> Verdict {
        verdict(self.policy.as_ref(), digest)
    }

    fn write(&self, text: &mut String) -> std::fmt::Result {
        if let Some(policy) = &self.policy {
            writeln!(text, "policy = \"{}\"", policy.show())?;
        }
        if let Some(candidate) = &self.policy_candidate {
            writeln!(text, "policy-candidate = \"{}\"", candidate.show())?;
        }
        writeln!(text, "\n[plugins]")?;
        self.plugins
            .iter()
            .try_for_each(|(name, digest)| writeln!(text, "{name} = \"{}\"", digest.show()))?;
        self.rollouts.iter().try_for_each(|(name, rollout)| {
            writeln!(text, "\n[rollout.{name}]\nmode = \"{}\"", rollout.mode)?;
            writeln!(text, "digest = \"{}\"", rollout.digest.show())?;
            writeln!(text, "settings = \"{}\"", rollout.settings.show())?;
            if let Some(before) = &rollout.before {
                writeln!(text, "before = \"{before}\"")?;
            }
            match &rollout.warrant {
                Some(warrant) => {
                    writeln!(text, "promotion = {}", quoted(&warrant.promotion))?;
                    writeln!(text, "evidence = {}", quoted(&warrant.evidence))?;
                    writeln!(text, "approvals = {}", quoted(&warrant.approvals))
                }
                None => Ok(()),
            }
        })
    }
}

/// A document as JSON in a string of TOML.
fn quoted(document: &impl Serialize) -> String {
    let json = serde_json::to_string(document).expect("a statement is plain JSON");
    let string = serde_json::to_string(&json).expect("a string is plain JSON");
    // A JSON string without this control character is a string of TOML too.
    string.replace('\u{7f}', "\\u007f")
}

fn verdict(locked: Option<&Digest>, found: &Digest) -> Verdict {
    match locked {
        None => Verdict::Unlocked,
        Some(locked) if locked == found => Verdict::Matches,
        Some(locked) => Verdict::Differs { locked: *locked },
    }
}

fn digests(plugins: &DeTable<'_>, lines: &Lines) -> Result<BTreeMap<PluginName, Digest>, LockError> {
    plugins
        .iter()
        .map(|(name, value)| {
            let name_of = PluginName::parse(name.get_ref()).ok();
            let digest_of = value.get_ref().as_str().and_then(digest);
            name_of.zip(digest_of).ok_or(LockError::Entry {
                line: lines.of(name.span().start),
            })
        })
        .collect()
}

fn rollouts(table: &DeTable<'_>, lines: &Lines) -> Result<BTreeMap<PluginName, LockedRollout>, LockError> {
    table
        .iter()
        .map(|(name, value)| {
            let entry = PluginName::parse(name.get_ref()).ok().zip(rollout(value.get_ref()));
            entry.ok_or(LockError::Entry {
                line: lines.of(name.span().start),
            })
        })
        .collect()
}

fn rollout(value: &DeValue<'_>) -> Option<LockedRollout> {
    let DeValue::Table(table) = value else { return None };
    let text = |key: &str| table.get(key).and_then(|value| value.get_ref().as_str());
    let known = [
        "mode",
        "digest",
        "settings",
        "before",
        "promotion",
        "evidence",
        "approvals",
    ];
    if !table.keys().all(|key| known.contains(&key.get_ref().as_ref())) {
        return None;
    }
    let warrant = ["promotion", "evidence", "approvals"].map(|key| table.contains_key(key));
    Some(LockedRollout {
        mode: Mode::ALL
            .iter()
            .copied()
            .find(|mode| Some(mode.as_str()) == text("mode"))?,
        digest: digest(text("digest")?)?,
        settings: digest(text("settings")?)?,
        before: match text("before") {
            Some(name) => Some(PluginName::parse(name).ok()?),
            None if table.contains_key("before") => return None,
            None => None,
        },
        warrant: match warrant {
            [false, false, false] => None,
            [_, _, _] => Some(Box::new(Warrant {
                promotion: serde_json::from_str(text("promotion")?).ok()?,
                evidence: serde_json::from_str(text("evidence")?).ok()?,
                approvals: serde_json::from_str(text("approvals")?).ok()?,
            })),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authority::{
        Approval, ApprovalSchema, Custody, GateReport, GateSchema, Phase, Promotion, PromotionSchema, PublicKey,
        Signature, Signed, Version,
    };
    use crate::record::{SafeText, Timestamp};

    fn lock() -> Lock {
        let name = PluginName::parse("words").expect("a name");
        Lock {
            plugins: BTreeMap::from([(name, Digest::of(b"one"))]),
            policy: Some(Digest::of(b"policy")),
            policy_candidate: Some(Digest::of(b"candidate")),
            rollouts: BTreeMap::from([(
                PluginName::parse("next").expect("a name"),
                LockedRollout {
                    mode: Mode::Limited,
                    digest: Digest::of(b"next"),
                    settings: Digest::of(b"{}"),
                    before: PluginName::parse("words").ok(),
                    warrant: Some(Box::new(warrant())),
                },
            )]),
        }
    }

    fn warrant() -> Warrant {
        let version = |name: &str| Version {
            name: name.parse().expect("a name"),
            digest: Digest::of(name.as_bytes()),
            settings: Digest::of(b"{}"),
        };
        let (by, key, at) = (
            "ann".parse().expect("a name"),
            PublicKey::from_bytes([7; 32]),
            Timestamp::from_unix_millis(1),
        );
        let why = SafeText::constant("it's \"better\" \\ é");
        let signature = Signature::from_bytes([9; 64]);
        let promotion = Promotion {
            schema: PromotionSchema::V1,
            incumbent: version("words"),
            candidate: version("next"),
            of: version("words").name,
            to: Phase::Limited,
            evidence: Digest::of(b"evidence"),
            by,
            key,
            custody: Custody::Agent,
            at,
            why: why.clone(),
        };
        let approval = Approval {
            schema: ApprovalSchema::V1,
            subject: promotion.subject(None),
            by: "cleo".parse().expect("a name"),
            key,
            custody: Custody::Passphrase,
            at,
            until: None,
            why,
        };
        Warrant {
            evidence: GateReport {
                schema: GateSchema::V1,
                incumbent: version("words"),
                candidate: version("next"),
                to: Phase::Limited,
                made: at,
                conditions: Vec::new(),
            },
            promotion: Signed {
                statement: promotion,
                signature,
            },
            approvals: vec![Signed {
                statement: approval,
                signature,
            }],
        }
    }

    #[test]
    fn what_is_formatted_is_parsed() {
        assert_eq!(Lock::parse(&lock().format()), Ok(lock()));
        assert_eq!(Lock::parse(&Lock::default().format()), Ok(Lock::default()));
    }

    #[test]
    fn a_changed_file_differs() {
        let name = PluginName::parse("words").expect("a name");
        assert_eq!(lock().check(&name, &Digest::of(b"one")), Verdict::Matches);
        assert_eq!(
            lock().check(&name, &Digest::of(b"two")),
            Verdict::Differs {
                locked: Digest::of(b"one")
            }
        );
        assert_eq!(Lock::default().check(&name, &Digest::of(b"one")), Verdict::Unlocked);
        assert!(matches!(
            lock().check_policy(&Digest::of(b"else")),
            Verdict::Differs { .. }
        ));
    }

    #[test]
    fn what_is_no_lock_is_refused_at_its_line() {
        for (text, error) in [
            ("", LockError::Version),
            ("version = 2\n", LockError::Version),
            ("version = 1\nplugins = 3\n", LockError::Entry { line: 2 }),
            (
                "version = 1\n[plugins]\na = \"sha256:00\"\n",
                LockError::Entry { line: 3 },
            ),
            (
                "version = 1\n[plugins]\n\"../a\" = \"x\"\n",
                LockError::Entry { line: 3 },
            ),
            (
                "version = 1\n[rollout.a]\nmode = \"enforce\"\n",
                LockError::Entry { line: 2 },
            ),
            ("version = 1\n[plugins\n", LockError::Syntax { line: 2 }),
        ] {
            assert_eq!(Lock::parse(text), Err(error), "{text}");
        }
    }
}
