//! What the policy decides, as bytes that another instance can be made of.

use cofferdam_sdk::{Action, Decision, Severity};

/// The bytes of one decision: the action's code, and the reason as a little-endian number.
const DECISION: usize = 3;
/// The bytes of the decisions on one rule's findings, by severity.
const ROW: usize = 4 * DECISION;

/// How many rows there are, as a little-endian number in front of them.
const COUNT: usize = 4;

/// Rows of decisions by severity: first that on findings of no rule, then that of each rule that the host told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table(Vec<u8>);

impl Table {
    /// These rows, in this order.
    pub(crate) fn of(default: [Decision; 4], rules: impl Iterator<Item = [Decision; 4]>) -> Table {
        let rows = std::iter::once(default).chain(rules).flatten();
        let mut bytes = vec![0; COUNT];
        bytes.extend(rows.flat_map(|Decision { action, reason }| {
            let [low, high] = reason.to_le_bytes();
            [action.code(), low, high]
        }));
        let count = u32::try_from((bytes.len() - COUNT) / ROW).expect("a host tells of fewer than 2^32 rules");
        bytes[..COUNT].copy_from_slice(&count.to_le_bytes());
        Table(bytes)
    }

    /// The table that [`Table::bytes`] gave.
    ///
    /// # Errors
    /// Says that these bytes are none.
    pub(crate) fn from_bytes(bytes: Vec<u8>) -> Result<Table, String> {
        let known = |code: &u8| Action::NAMES.iter().any(|(_, action)| action.code() == *code);
        let count = bytes.first_chunk().map(|count| u32::from_le_bytes(*count) as usize);
        let table = Table(bytes);
        let rows = table.rows();
        let whole = count.is_some_and(|count| count > 0 && count.checked_mul(ROW) == Some(rows.len()));
        if !whole || !rows.iter().step_by(DECISION).all(known) {
            return Err("the state is not one of this policy".to_owned());
        }
        Ok(table)
    }

    /// All of it.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The decision on findings of no rule that have this severity.
    pub(crate) fn default(&self, severity: Severity) -> Decision {
        self.decision(0, severity).unwrap_or(STRICTEST)
    }

    /// The decision on findings of this rule that have this severity; `None` where the host told of no such rule.
    pub(crate) fn of_rule(&self, rule: u32, severity: Severity) -> Option<Decision> {
        self.decision(usize::try_from(rule).ok()?.checked_add(1)?, severity)
    }

    /// For each rule, whether any of its findings gets another action than allow.
    pub(crate) fn acts(&self) -> impl Iterator<Item = bool> {
        let rows = self.rows().chunks_exact(ROW).skip(1);
        rows.map(|row| row.iter().step_by(DECISION).any(|code| *code != Action::Allow.code()))
    }

    fn rows(&self) -> &[u8] {
        self.0.get(COUNT..).unwrap_or_default()
    }

    fn decision(&self, row: usize, severity: Severity) -> Option<Decision> {
        let at = row.checked_mul(ROW)?.checked_add(index(severity) * DECISION)?;
        let [code, low, high] = *self.rows().get(at..)?.first_chunk()?;
        let action = Action::NAMES.iter().find(|(_, action)| action.code() == code);
        Some(Decision {
            action: action.map_or(STRICTEST.action, |(_, action)| *action),
            reason: u16::from_le_bytes([low, high]),
        })
    }
}

/// What stands for bytes that are no decision. A table is checked before it is one, so that nothing comes to it.
const STRICTEST: Decision = Decision {
    action: Action::Block,
    reason: 0,
};

/// A severity's place in a row.
pub(crate) const fn index(severity: Severity) -> usize {
    match severity {
        Severity::P0 => 0,
        Severity::P1 => 1,
        Severity::P2 => 2,
        Severity::P3 => 3,
    }
}
