//! The one table of keys.

use std::collections::BTreeMap;

use super::key::{Class, Key, Row, assign, keys};
use super::layer::Value;
use super::value::{
    Action, Bytes, Categories, Category, Color, Count, FailOn, FailureAction, FilePath, Files, Folder, Grants, Kind,
    Millis, Mode, OnFull, PipeStyle, PluginName, PolicyFailureAction, PublicKeys, Roles, SessionMode, Setting,
    Settings, Source, SshAgent, Tasks, Variables, durable_order,
};
use crate::authority::PersonName;
use crate::record::Digest;

/// The detectors that the binary holds, on where nothing says otherwise.
pub const BUILT_IN_PLUGINS: &[&str] = &["credentials", "personal"];
/// The guard policies that the binary holds.
pub const BUILT_IN_POLICIES: &[&str] = &["standard"];

keys! {
    /// How a session runs.
    session: Session in "session" {
        /// How the child is attached: a terminal of its own, or pipes that keep its two outputs apart.
        /// `auto` takes a terminal where standard input and output are terminals and no lines of JSON are asked for.
        mode "mode": SessionMode = SessionMode::Auto, OperatorOnly;
        /// Exit with 123 after a session of which something was taken out.
        fail_on "fail-on": FailOn = FailOn::Never, TightenOnly(FailOn::ORDER);
        /// Whether Cofferdam colours its own messages.
        color "color": Color = Color::Auto, Free;
        /// Whether a session's command is told of your SSH agent. What an agent signs for an approval is worth more where none is.
        ssh_agent "ssh-agent": SshAgent = SshAgent::Tell, OperatorOnly;
        /// How long what the child left behind has between the request to end and the kill.
        grace "grace": Millis<0, 60_000> = Millis::new(500), OperatorOnly;
    }
    /// How long the guard holds, and what it puts in the place of what it takes.
    guard: Guard in "guard" {
        /// The pause of the input after which a terminal is shown masks for what is held.
        idle "idle": Millis<1, 10_000> = Millis::new(25), OperatorOnly;
        /// The pause after which a pipe is given masks too. At least as long as `guard.idle`.
        stall "stall": Millis<1, 60_000> = Millis::new(1_000), OperatorOnly;
        /// What takes the place of a span in a pipe: the policy's marker or mask, or always a mask.
        pipe_style "pipe-style": PipeStyle = PipeStyle::Marker, Free;
    }
    /// Secrets that the host is told, and takes out wherever they stand.
    known: Known in "known" {
        /// Variables of the host's environment whose values are secrets.
        environment "environment": Variables = Variables::default(), OperatorOnly;
        /// Whether the values of variables with names such as `API_TOKEN` or `DB_PASSWORD` are secrets too.
        credential_like "credential-like": bool = true, OperatorOnly;
        /// Files of secrets: each as a whole, and each of its lines. A relative path starts at the folder of the file that says so.
        files "files": Files = Files::default(), OperatorOnly;
    }
    /// The guard policy: what is done about a finding.
    policy: Policy in "policy" {
        /// The policy's component: `builtin:NAME`, or a path from the folder of the file that says so.
        source "source": Source = Source::built_in("standard"), OperatorOnly;
        /// The digest that the policy's file must have.
        digest "digest": Option<Digest> = None, OperatorOnly;
        /// The policy's own settings, as its documentation describes them. A stronger layer replaces the whole table.
        settings "settings": Settings = Settings::default(), OperatorOnly;
        /// The categories that nobody may let through by an override, and all below them.
        not_overridable "not-overridable": Categories = Categories::never_overridable(), OperatorOnly;
        /// The most memory that the policy may use.
        memory "memory": Bytes<65_536, 268_435_456> = Bytes::new(32 << 20), OperatorOnly;
        /// The longest that one call of the policy may take.
        deadline "deadline": Millis<1, 10_000> = Millis::new(100), OperatorOnly;
        /// The longest that the policy may take to come up and to be configured.
        start_deadline "start-deadline": Millis<1, 60_000> = Millis::new(2_000), OperatorOnly;
        /// What is done to the findings of a call that trapped.
        on_trap "on-trap": PolicyFailureAction = PolicyFailureAction::Withhold, OperatorOnly;
        /// What is done to the findings of a call that passed its deadline.
        on_timeout "on-timeout": PolicyFailureAction = PolicyFailureAction::Withhold, OperatorOnly;
        /// What is done to the findings of a call that wanted more memory than it may have.
        on_out_of_memory "on-out-of-memory": PolicyFailureAction = PolicyFailureAction::Withhold, OperatorOnly;
        /// What is done to the findings of a call whose answer isn't one.
        on_bad_answer "on-bad-answer": PolicyFailureAction = PolicyFailureAction::Withhold, OperatorOnly;
        /// What is done to findings while the policy can't be called.
        on_missing "on-missing": PolicyFailureAction = PolicyFailureAction::Withhold, OperatorOnly;
    }
    /// What needs somebody's word, and what that word is worth.
    authority: Authority in "authority" {
        /// This host is for trying: sessions start under a guard policy that nobody approved, and each run says so.
        trying "trying": bool = false, OperatorOnly;
        /// The longest that an override may hold.
        longest_override "longest-override": Millis<1_000, 604_800_000> = Millis::new(86_400_000), OperatorOnly;
    }
    /// A policy that is on trial beside the one in force. Its limits and failure actions are those of `policy`.
    candidate: Candidate in "policy.candidate" {
        /// Whether the policy is in force in the place of `policy.source`, or on trial beside it. See docs/shadow.md.
        mode "mode": Mode = Mode::Off, OperatorOnly;
        /// The candidate's component: `builtin:NAME`, or a path from the folder of the file that says so.
        source "source": Option<Source> = None, OperatorOnly;
        /// The digest that the candidate's file must have.
        digest "digest": Option<Digest> = None, OperatorOnly;
        /// The candidate's own settings. A stronger layer replaces the whole table.
        settings "settings": Settings = Settings::default(), OperatorOnly;
        /// Of a hundred runs, how many `limited` chooses, by a stable hash of the run's id.
        share "share": Count<0, 100> = Count::new(0), OperatorOnly;
        /// Tasks whose runs `limited` chooses all.
        tasks "tasks": Tasks = Tasks::default(), OperatorOnly;
    }
    /// What must hold before a candidate is promoted. See docs/promotion.md.
    gate: Gate in "policy.gate" {
        /// The least runs that the candidate saw from their beginning to their end.
        runs "runs": Count<1, 1_000_000> = Count::new(100), OperatorOnly;
        /// The least windows that it was asked about.
        windows "windows": Count<1, 1_000_000_000> = Count::new(1_000), OperatorOnly;
        /// The least days on which it saw something. Only records whose times grow count.
        days "days": Count<1, 365> = Count::new(7), OperatorOnly;
        /// Of a hundred bytes that those runs wrote, how many it must have seen.
        coverage "coverage": Count<1, 100> = Count::new(99), OperatorOnly;
        /// The least findings that the host drew at random and somebody other than the author labelled.
        labelled "labelled": Count<1, 1_000_000> = Count::new(200), OperatorOnly;
        /// Of a thousand such findings, how many may be wrong at the most, at the upper end of the 95 % interval.
        false_positives "false-positives": Count<0, 1_000> = Count::new(20), OperatorOnly;
        /// Labelled texts of which the candidate must find every secret. A relative path starts at the folder of the file that says so.
        corpus "corpus": Option<FilePath> = None, OperatorOnly;
        /// The digest that this file must have.
        corpus_digest "corpus-digest": Option<Digest> = None, OperatorOnly;
        /// Who answers for that file: a person other than the candidate's author.
        corpus_owner "corpus-owner": Option<PersonName> = None, OperatorOnly;
        /// The longest that 99 of a hundred calls into the candidate may take.
        p99 "p99": Millis<1, 10_000> = Millis::new(20), OperatorOnly;
        /// The least people who approve the promotion, the author not counted.
        approvals "approvals": Count<1, 16> = Count::new(1), OperatorOnly;
        /// So many failures of a promoted plugin in one run, or calls that take longer than `p99` there, and the version before is in force again.
        failures "failures": Count<1, 1_000> = Count::new(3), OperatorOnly;
        /// Of a thousand calls in the last `watched` runs, how many may fail: beyond this, at the lower end of the 95 % interval, the version
        /// before is in force again. So it is where those calls take longer than `p99`.
        errors "errors": Count<0, 1_000> = Count::new(10), OperatorOnly;
        /// Over how many runs, up to the last one, that is counted.
        watched "watched": Count<1, 1_000> = Count::new(20), OperatorOnly;
    }
    /// What candidates on trial may use beside their own limits.
    shadow: Shadow in "shadow" {
        /// The most output that waits for one candidate, in memory. What comes while so much waits is dropped and counted.
        ring "ring": Bytes<65_536, 1_073_741_824> = Bytes::new(8 << 20), OperatorOnly;
        /// How much of a processor's time each candidate may use after a run's end, when its output is out already.
        drain "drain": Millis<0, 60_000> = Millis::new(250), OperatorOnly;
        /// How long a run's end waits for that time at the most, where other work keeps the processors busy. `drain` where that is longer.
        patience "patience": Millis<0, 60_000> = Millis::new(5_000), OperatorOnly;
    }
    /// When a plugin that keeps failing is left alone for a while.
    circuit: Circuit in "circuit" {
        /// So many failures in a row, and a plugin isn't called; its failure action is taken.
        failures "failures": Count<1, 1_000> = Count::new(5), OperatorOnly;
        /// How long it isn't called before it is tried again. Each trial that fails doubles the time.
        back_off "back-off": Millis<1, 600_000> = Millis::new(1_000), OperatorOnly;
        /// The longest that it isn't called, however often the trial failed. At least as long as `circuit.back-off`.
        longest_back_off "longest-back-off": Millis<1, 3_600_000> = Millis::new(60_000), OperatorOnly;
    }
    /// Where records lie and how much they hold.
    records: Records in "records" {
        /// The folder for records. A relative path starts at the session's working directory.
        folder "folder": Folder = Folder::new(".runs"), OperatorOnly;
        /// The most cleared output that the record of a run keeps; its middle is left out and counted.
        frames "frames": Bytes<65_536, 1_099_511_627_776> = Bytes::new(64 << 20), OperatorOnly;
        /// Whether records are synced to the disk as they are written, so that they outlive a loss of power.
        durable "durable": bool = false, TightenOnly(durable_order());
        /// What is done when records can't be written any more.
        on_full "on-full": OnFull = OnFull::Continue, TightenOnly(OnFull::ORDER);
    }
    each
    /// Who may approve and let through, by name.
    people: Person in "people" by PersonName {
        /// The public keys by which this person signs. One person with two keys counts as one.
        keys "keys": PublicKeys = PublicKeys::default(), OperatorOnly;
        /// What this person may do: approve policies and promotions, grant overrides.
        may "may": Roles = Roles::default(), OperatorOnly;
    }
    each
    /// The detectors, by name.
    plugins: Plugin in "plugins" by PluginName {
        /// The component: `builtin:NAME`, or a path from the folder of the file that says so.
        /// Not set, the built-in detector of this name.
        source "source": Option<Source> = None, OperatorOnly;
        /// The digest that the component's file must have.
        digest "digest": Option<Digest> = None, OperatorOnly;
        /// What the component is.
        kind "kind": Kind = Kind::PrivacyDetector, OperatorOnly;
        /// Whether the plugin is in force, or on trial beside those that are. See docs/shadow.md.
        mode "mode": Mode = Mode::Enforce, OperatorOnly;
        /// The plugin of which this one is another version. In force, it stands in for that one; on trial, it is compared with it.
        of "of": Option<PluginName> = None, OperatorOnly;
        /// Of a hundred runs, how many `limited` chooses, by a stable hash of the run's id.
        share "share": Count<0, 100> = Count::new(0), OperatorOnly;
        /// Tasks whose runs `limited` chooses all.
        tasks "tasks": Tasks = Tasks::default(), OperatorOnly;
        /// Who wrote this version: their approval of it, their labels and their corpus count for nothing.
        author "author": Option<PersonName> = None, OperatorOnly;
        /// What is done to the suspects of a call that trapped.
        on_trap "on-trap": FailureAction = FailureAction::Withhold, OperatorOnly;
        /// What is done to the suspects of a call that passed its deadline.
        on_timeout "on-timeout": FailureAction = FailureAction::Withhold, OperatorOnly;
        /// What is done to the suspects of a call that wanted more memory than it may have.
        on_out_of_memory "on-out-of-memory": FailureAction = FailureAction::Withhold, OperatorOnly;
        /// What is done to the suspects of a call whose answer isn't one.
        on_bad_answer "on-bad-answer": FailureAction = FailureAction::Withhold, OperatorOnly;
        /// What is done to suspects while the plugin can't be called.
        on_missing "on-missing": FailureAction = FailureAction::Withhold, OperatorOnly;
        /// The most memory that the plugin may use.
        memory "memory": Bytes<65_536, 268_435_456> = Bytes::new(32 << 20), OperatorOnly;
        /// The longest that one call of the plugin may take.
        deadline "deadline": Millis<1, 10_000> = Millis::new(100), OperatorOnly;
        /// The longest that the plugin may take to come up and to be configured.
        start_deadline "start-deadline": Millis<1, 60_000> = Millis::new(2_000), OperatorOnly;
        /// The imports that the plugin gets, if it asks for them.
        grants "grants": Grants = Grants::default(), OperatorOnly;
        /// The plugin's own settings, as its documentation describes them. A stronger layer replaces the whole table.
        settings "settings": Settings = Settings::default(), OperatorOnly;
    }
    map
    /// The least that is done about findings of a category and all below it, whatever the policy says.
    at_least in "policy.at-least" by Category "<category>": Action = Action::Allow, TightenOnly(Action::ORDER);
}

impl Resolved {
    /// What holds when no layer says anything: the built-in guards under the standard policy.
    pub fn built_in() -> Self {
        let mut resolved = Self::bare();
        for name in BUILT_IN_PLUGINS {
            let source = Value::built_in(Some(Source::built_in(name)));
            let name = PluginName::parse(name).expect("the built-in names are names");
            resolved.plugins.insert(
                name,
                Plugin {
                    source,
                    ..Plugin::built_in()
                },
            );
        }
        resolved
    }

    /// The least that is done about a finding of a category: the strictest entry of `policy.at-least` for it or for one
    /// of the categories above it. Taking the strictest, not the nearest, is what makes every added entry a tightening.
    pub fn least_action(&self, category: &str) -> Action {
        self.at_least
            .iter()
            .filter(|(above, _)| above.covers(category))
            .map(|(_, action)| action.value)
            .max_by_key(|action| action.strength())
            .unwrap_or(Action::Allow)
    }

    /// Every key with its value and origin, in the order of their declaration, and plugin by plugin.
    pub fn rows(&self) -> Vec<Row> {
        let mut rows = Vec::new();
        for key in KEYS {
            (key.rows)(self, key, &mut rows);
        }
        rows.sort_by(|one, other| plugin_of(&one.path).cmp(&plugin_of(&other.path)));
        rows
    }
}

/// The plugin that a path is about. Paths about none come first.
fn plugin_of(path: &str) -> Option<&str> {
    path.strip_prefix("plugins.")?.split('.').next()
}
