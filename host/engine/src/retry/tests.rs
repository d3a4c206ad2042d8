use super::{Asker, Outcome};
use crate::breaker::BreakerSettings;
use crate::incident::{Detail, Failure, Incident};
use cofferdam_guard::FailureKind;
use proptest::prelude::*;
use std::cell::{Cell, RefCell};
use std::time::Duration;

const MS: Duration = Duration::from_millis(1);

fn asker(failures: u32) -> Asker {
    let breaker = BreakerSettings {
        failures,
        first: 100 * MS,
        longest: 1000 * MS,
    };
    Asker::new("plugin".into(), 20 * MS, true, breaker)
}

/// A plugin that fails on some parts, and takes 1 ms for a call. Its answer is what it was asked about.
struct Plugin<'a> {
    clock: Cell<Duration>,
    bad: &'a [u32],
    calls: RefCell<Vec<Option<u32>>>,
}

impl<'a> Plugin<'a> {
    fn new(bad: &'a [u32]) -> Self {
        Self {
            clock: Cell::new(Duration::ZERO),
            bad,
            calls: RefCell::new(Vec::new()),
        }
    }

    fn ask(&self, asker: &mut Asker, count: u32) -> (Outcome<Option<u32>>, Vec<Incident>) {
        let mut incidents = Vec::new();
        let call = |part: Option<u32>| {
            self.clock.set(self.clock.get() + MS);
            self.calls.borrow_mut().push(part);
            let fails = match part {
                Some(part) => self.bad.contains(&part),
                None => self.bad.iter().any(|bad| *bad < count),
            };
            if fails {
                Err(Failure::from(Detail::Trap("unreachable")))
            } else {
                Ok(part)
            }
        };
        let outcome = asker.ask(count, || self.clock.get(), call, &mut incidents);
        (outcome, incidents)
    }
}

#[test]
fn a_whole_batch_is_one_call() {
    let plugin = Plugin::new(&[]);
    assert_eq!(plugin.ask(&mut asker(3), 64), (Outcome::Whole(None), Vec::new()));
    assert_eq!(*plugin.calls.borrow(), [None]);
}

#[test]
fn a_plugin_that_is_not_known_to_be_honest_never_sees_a_batch() {
    let plugin = Plugin::new(&[1]);
    let mut asker = Asker::new("plugin".into(), 20 * MS, false, BreakerSettings::default());
    let (outcome, incidents) = plugin.ask(&mut asker, 3);
    assert_eq!(
        outcome,
        Outcome::Each(vec![Ok(Some(0)), Err(FailureKind::Trap), Ok(Some(2))])
    );
    assert_eq!(*plugin.calls.borrow(), [Some(0), Some(1), Some(2)]);
    assert_eq!(incidents.len(), 1);
}

#[test]
fn only_the_culprit_fails() {
    let plugin = Plugin::new(&[1]);
    let (outcome, incidents) = plugin.ask(&mut asker(3), 3);
    assert_eq!(
        outcome,
        Outcome::Each(vec![Ok(Some(0)), Err(FailureKind::Trap), Ok(Some(2))])
    );
    let seen: Vec<_> = incidents
        .iter()
        .map(|incident| (incident.count, incident.retried, incident.micros))
        .collect();
    assert_eq!(seen, [(3, true, 1000), (1, false, 1000)]);
}

#[test]
fn one_part_is_never_asked_about_twice() {
    let plugin = Plugin::new(&[0]);
    let (outcome, incidents) = plugin.ask(&mut asker(3), 1);
    assert_eq!(outcome, Outcome::Each(vec![Err(FailureKind::Trap)]));
    assert_eq!((incidents.len(), plugin.calls.borrow().len()), (1, 1));
}

#[test]
fn the_rest_is_not_called_once_the_circuit_opens() {
    let plugin = Plugin::new(&[0, 1, 2, 3, 4, 5]);
    let mut asker = asker(3);
    let (outcome, incidents) = plugin.ask(&mut asker, 6);
    let Outcome::Each(each) = outcome else {
        panic!("it failed")
    };
    let kinds: Vec<_> = each.into_iter().map(|part| part.expect_err("each failed")).collect();
    assert_eq!(kinds[..2], [FailureKind::Trap; 2]);
    assert_eq!(kinds[2..], [FailureKind::CircuitOpen; 4]);
    assert_eq!(
        incidents.last().map(|last| (last.detail, last.count)),
        Some((Detail::Circuit, 4))
    );
    let calls = plugin.calls.borrow().len();
    let (outcome, _) = plugin.ask(&mut asker, 2);
    assert_eq!(outcome, Outcome::Each(vec![Err(FailureKind::CircuitOpen); 2]));
    assert_eq!(plugin.calls.borrow().len(), calls);
}

#[test]
fn a_recovered_plugin_is_probed_with_one_part() {
    let broken = Plugin::new(&[0]);
    let mut asker = asker(1);
    broken.ask(&mut asker, 1);
    let whole = Plugin::new(&[]);
    whole.clock.set(200 * MS);
    let (outcome, incidents) = whole.ask(&mut asker, 3);
    assert_eq!(outcome, Outcome::Each(vec![Ok(Some(0)), Ok(Some(1)), Ok(Some(2))]));
    assert!(incidents.is_empty());
    assert_eq!(whole.ask(&mut asker, 3).0, Outcome::Whole(None));
}

#[test]
fn time_for_one_question_is_bounded() {
    let bad: Vec<_> = (0..100).step_by(2).collect();
    let plugin = Plugin::new(&bad);
    let (outcome, incidents) = plugin.ask(&mut asker(3), 100);
    let Outcome::Each(each) = outcome else {
        panic!("it failed")
    };
    assert_eq!(each.len(), 100);
    assert_eq!(plugin.calls.borrow().len(), 20);
    assert!(each[19..].iter().all(|part| *part == Err(FailureKind::Timeout)));
    assert_eq!(
        incidents.last().map(|last| (last.detail, last.count)),
        Some((Detail::Budget, 81))
    );
}

#[test]
fn a_plugin_that_fails_on_batches_alone_is_asked_one_by_one_from_then_on() {
    let mut asker = asker(3);
    let calls = Cell::new(0);
    for round in 0..2 {
        let mut incidents = Vec::new();
        let call = |part: Option<u32>| {
            calls.set(calls.get() + 1);
            part.ok_or(Failure::from(Detail::Deadline))
        };
        let outcome = asker.ask(2, || Duration::ZERO, call, &mut incidents);
        assert_eq!(outcome, Outcome::Each(vec![Ok(0), Ok(1)]));
        assert_eq!((incidents.len(), calls.get()), if round == 0 { (1, 3) } else { (0, 5) });
    }
}

proptest! {
    /// Each part gets its own answer or a failure, never another's; and what can't fail, and is asked in time, doesn't.
    #[test]
    fn answers_belong_to_their_parts(bad in prop::collection::vec(0_u32..10, 0..10), count in 0_u32..10) {
        let plugin = Plugin::new(&bad);
        match plugin.ask(&mut asker(100), count).0 {
            Outcome::Whole(answer) => {
                prop_assert_eq!(answer, None);
                prop_assert!(bad.iter().all(|bad| *bad >= count));
            }
            Outcome::Each(each) => {
                prop_assert_eq!(each.len(), count as usize);
                for (part, answer) in (0..count).zip(each) {
                    let right = if bad.contains(&part) { Err(FailureKind::Trap) } else { Ok(Some(part)) };
                    prop_assert_eq!(answer, right);
                }
            }
        }
    }
}
