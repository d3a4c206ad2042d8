//! A guest that misbehaves in the way its settings name: `{"mode": "trap"}`, and `"only": "text"` to misbehave only
//! where a window holds that text.
//!
//! It has one rule, which takes what follows the literal `hostile_`. In mode `honest` it is a good detector.

mod mode;

use std::hint::black_box;

use cofferdam_sdk::{
    Batch, ByteSet, Detector, Extent, Finding, Info, Rule, ScanError, Settings, SettingsError, Severity, Verdict,
    Window, export_detector,
};

use mode::Mode;

/// The detector with its misbehaviour.
pub struct Hostile {
    mode: Mode,
    only: Option<String>,
}

export_detector!(Hostile);

/// How many findings mode `million` answers with.
const MILLION: u32 = 1_000_000;

/// The error code that mode `error` answers with.
const ERROR: ScanError = ScanError(7);

impl Detector for Hostile {
    const INFO: Info = Info {
        id: "hostile",
        version: env!("CARGO_PKG_VERSION"),
        title: "A guest that misbehaves as told, for tests",
        settings: r#"{"type":"object","properties":{"mode":{"type":"string"},"only":{"type":"string"}},"additionalProperties":false}"#,
    };
    const FACTS: &'static [&'static str] = &[];

    fn describe(configured: Option<&Self>) -> String {
        if configured.is_some_and(|hostile| hostile.mode == Mode::DescribeTrap) {
            trap();
        }
        Self::INFO.to_json()
    }

    fn configure(settings: &Settings<'_>, _as_of: u32) -> Result<Self, SettingsError> {
        settings.only(&["mode", "only"])?;
        let name = settings.get("mode").unwrap_or("honest");
        let mode = Mode::from_name(name).ok_or_else(|| SettingsError::new(format!("unknown mode `{name}`")))?;
        match mode {
            Mode::ConfigureError => return Err(SettingsError::new("refused, as the settings asked")),
            Mode::SlowConfigure => spin(),
            Mode::ConfigureTrap => trap(),
            Mode::Trap
            | Mode::Loop
            | Mode::Memory
            | Mode::Range
            | Mode::Unsorted
            | Mode::Million
            | Mode::Differs
            | Mode::Error
            | Mode::DescribeTrap
            | Mode::Slow
            | Mode::Honest => {}
        }
        Ok(Hostile {
            mode,
            only: settings.get("only").map(str::to_owned),
        })
    }

    fn rules(&self) -> Vec<Rule> {
        vec![
            Rule::new(
                "hostile-token",
                "Token of the hostile guest",
                "credential.test.hostile",
                Severity::P0,
            )
            .literal(b"hostile_")
            .extent(Extent::span(ByteSet::ALNUM, 8, 64)),
        ]
    }

    fn check(&self, window: &Window<'_>, verdicts: &mut Vec<Verdict>) {
        verdicts.push(window.whole(90));
    }

    fn scan(&self, batch: &Batch<'_>) -> Result<Vec<Finding>, ScanError> {
        let mut wanted = self.only.is_none();
        let honest = batch.check_each(|window, verdicts| {
            wanted |= self
                .only
                .as_deref()
                .is_some_and(|only| holds(window.body(), only.as_bytes()));
            self.check(window, verdicts);
        });
        if wanted {
            self.misbehave(batch, honest)
        } else {
            Ok(honest)
        }
    }
}

impl Hostile {
    fn misbehave(&self, batch: &Batch<'_>, mut findings: Vec<Finding>) -> Result<Vec<Finding>, ScanError> {
        match self.mode {
            Mode::Trap => trap(),
            Mode::Loop => spin(),
            Mode::Memory => devour(),
            Mode::Error => return Err(ERROR),
            Mode::Slow => dawdle(),
            Mode::Range => findings.iter_mut().for_each(|finding| finding.end = u32::MAX),
            Mode::Unsorted => {
                // With a single suspect the same one twice, then one that doesn't exist, is out of order as well.
                findings.extend(findings.first().copied());
                findings.reverse();
                if batch.len() < 2 {
                    findings.extend(findings.first().map(|finding| Finding { suspect: 1, ..*finding }));
                    findings.reverse();
                }
            }
            Mode::Million => {
                let first = findings.first().copied();
                findings = first.map_or_else(Vec::new, |finding| (0..MILLION).map(|_| finding).collect());
            }
            Mode::Differs => {
                if batch.len() > 1 {
                    findings.clear();
                }
            }
            Mode::Honest | Mode::DescribeTrap | Mode::ConfigureError | Mode::ConfigureTrap | Mode::SlowConfigure => {}
        }
        Ok(findings)
    }
}

/// Ends in a trap, as any panic of a guest does.
fn trap() -> ! {
    panic!("a trap, as the settings asked")
}

/// Some milliseconds of work for nothing, long before any deadline.
fn dawdle() {
    for count in 0..25_000_000_u64 {
        black_box(count);
    }
}

/// Never ends; only the host's deadline does.
fn spin() -> ! {
    let mut count = 0_u64;
    loop {
        count = black_box(count.wrapping_add(1));
    }
}

/// Takes memory until there is none. It isn't written to: the memory is to run out before the time does.
fn devour() -> ! {
    let mut taken = Vec::new();
    loop {
        taken.push(black_box(Vec::<u8>::with_capacity(1 << 20)));
    }
}

fn holds(text: &[u8], part: &[u8]) -> bool {
    part.is_empty() || text.windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod tests {
    use cofferdam_sdk::testing::Host;

    use super::{ERROR, Hostile, MILLION};

    /// Two tokens, assembled so that this file holds none.
    fn two_tokens() -> String {
        let (a, b) = ("a".repeat(9), "b".repeat(9));
        format!("hostile_{a} hostile_{b}")
    }

    fn host(settings: &str) -> Host<Hostile> {
        Host::with_settings(settings).unwrap()
    }

    #[test]
    fn honest_finds_both() {
        assert_eq!(host("{}").taken(&two_tokens()).len(), 2);
    }

    #[test]
    fn misbehaves_as_told() {
        let text = two_tokens();
        let findings = |mode: &str| host(&format!(r#"{{"mode":"{mode}"}}"#)).findings(text.as_bytes());
        assert_eq!(findings("error"), Err(ERROR));
        assert_eq!(findings("million").unwrap().len(), MILLION as usize);
        assert!(findings("range").unwrap().iter().all(|finding| finding.end == u32::MAX));
        assert!(
            !findings("unsorted")
                .unwrap()
                .is_sorted_by_key(|finding| finding.suspect)
        );
        assert!(findings("differs").unwrap().is_empty());
    }

    #[test]
    fn is_unsorted_with_one_suspect_too() {
        let text = format!("hostile_{}", "c".repeat(9));
        let findings = host(r#"{"mode":"unsorted"}"#).findings(text.as_bytes()).unwrap();
        assert!(!findings.is_sorted_by_key(|finding| finding.suspect));
    }

    #[test]
    fn only_waits_for_its_text() {
        let host = host(r#"{"mode":"error","only":"zz"}"#);
        assert!(host.findings(two_tokens().as_bytes()).is_ok());
        assert_eq!(
            host.findings(format!("hostile_{}", "z".repeat(9)).as_bytes()),
            Err(ERROR)
        );
    }

    #[test]
    fn refuses_unknown_modes_and_keys() {
        assert_eq!(
            Host::<Hostile>::with_settings(r#"{"mode":"kind"}"#).err().unwrap(),
            "unknown mode `kind`"
        );
        assert!(Host::<Hostile>::with_settings(r#"{"mood":"trap"}"#).is_err());
        assert!(Host::<Hostile>::with_settings(r#"{"mode":"configure-error"}"#).is_err());
    }
}
