//! Alarms on text that holds no secret.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::PerGigabyte;
use crate::record::{LengthClass, Name, SafeText, Severity};

/// What guards said of text that holds no secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Clean {
    /// The files.
    pub files: Vec<CleanFile>,
    /// Their length, in bytes.
    pub bytes: u64,
    /// How long reading and guarding them took, in milliseconds.
    pub millis: u64,
    /// Findings of P0 and P1.
    pub alarms: u64,
    /// The same in 10^9 bytes.
    pub alarms_per_gigabyte: Option<PerGigabyte>,
    /// Findings of P0, P1 and P2.
    pub found: u64,
    /// The same in 10^9 bytes.
    pub found_per_gigabyte: Option<PerGigabyte>,
    /// Suspects on which a guest failed.
    pub failures: u64,
    /// By rule, the most alarms first.
    pub rules: Vec<CleanRule>,
    /// The alarms, in the order of the files; 10,000 at most.
    pub listed: Vec<CleanAlarm>,
    /// Alarms beyond those.
    pub unlisted: u64,
}

/// One file of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CleanFile {
    /// Its name, as it was given.
    pub file: SafeText,
    /// Its length, in bytes.
    pub bytes: u64,
    /// How long it took, in milliseconds.
    pub millis: u64,
    /// Findings of P0 and P1.
    pub alarms: u64,
}

/// The findings of one rule in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CleanRule {
    /// The detector.
    pub plugin: Name,
    /// Its rule.
    pub rule: Name,
    /// Its category.
    pub category: Name,
    /// Findings of P0 and P1.
    pub alarms: u64,
    /// All its findings.
    pub findings: BTreeMap<Severity, u64>,
}

/// One alarm, told so that a person can look it up and no one can make the value from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CleanAlarm {
    /// The file.
    pub file: SafeText,
    /// Where it begins in the file, in bytes.
    pub offset: u64,
    /// The line that it begins in, from 1; none where that was no longer known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The detector.
    pub plugin: Name,
    /// Its rule.
    pub rule: Name,
    /// As the detector graded it.
    pub severity: Severity,
    /// Roughly how long it is.
    pub length_class: LengthClass,
    /// Its bytes as classes and run lengths: `a` and `A` for letters, `9` for digits, `_ - . : / @ = +` for themselves, `#` for other signs, `s`
    /// for blanks, `c` for controls, `u` beyond ASCII. `a{4}` is a run of four, `a+` one whose length isn't told, `~` where it goes on.
    pub shape: SafeText,
}
