//! The native search alone, and what else could be done with the same text in memory.

use std::hint::black_box;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use cofferdam_guard::{DetectorRules, RuleSet};

use crate::Plan;
use crate::inputs;
use crate::logs::Logs;
use crate::many;
use crate::memory::{SPEED, main_log, sample};
use crate::rig::{CHUNK, Drive, Rig};
use crate::table::{Budget, Table, figure};
use crate::timing::{Sample, cpu, speed};

/// How many rules a whole catalogue of vendors has.
const MANY: usize = 450;

/// Compiles few and many rules, and searches texts with as many as a whole catalogue has.
pub(crate) fn many(plan: &Plan, rig: &Rig, logs: &Logs, table: &mut Table) {
    let count = |declared: &[DetectorRules]| declared.iter().map(|detector| detector.rules.len()).sum::<usize>();
    let (_, own) = rig.declared.split_last().expect("the synthetic rules are there");
    let mut all = rig.declared.clone();
    all.push(many::rules(MANY.saturating_sub(count(&all))));
    for declared in [own, &rig.declared, &all] {
        let sample = Sample::of(10 * plan.repeats, || {
            let declared = declared.to_vec();
            let (compiled, seconds) = cpu(|| RuleSet::new(declared).inspect(RuleSet::prepare));
            drop(black_box(compiled));
            seconds * 1e3
        });
        let what = format!("compiling {} rules", count(declared));
        table.add(what, "ms", Budget::AtMost(3.0), &sample);
    }
    let rules = RuleSet::new(all).expect("the bench's own rules are within their bounds");
    for input in [
        main_log(logs, plan.text),
        inputs::sources(plan.text),
        inputs::build_log(plan.text),
    ] {
        let hits = |rules: &RuleSet| {
            Sample::of(plan.repeats, || {
                let chunks = input.bytes.chunks(CHUNK);
                let (_, seconds) = cpu(|| chunks.map(|chunk| black_box(rules.count_hits(chunk))).sum::<usize>());
                speed(input.bytes.len(), seconds)
            })
        };
        let few = hits(&rig.rules);
        let what = format!("{}, native search for {MANY} rules", input.name);
        let remark = format!("{} with {} rules", figure(few.median()), rig.rules.len());
        table.add_with(what, SPEED, Budget::None, &hits(&rules), remark);
    }
}

/// Searches the log, and does what bounds every search or does the same.
pub(crate) fn parts(plan: &Plan, rig: &Rig, logs: &Logs, table: &mut Table) {
    let input = main_log(logs, plan.text);
    let text = &input.bytes;
    let measure = |each: &mut dyn FnMut(&[u8]) -> usize| {
        Sample::of(plan.repeats, || {
            let (_, seconds) = cpu(|| {
                text.chunks(CHUNK)
                    .map(|chunk| black_box(each(black_box(chunk))))
                    .sum::<usize>()
            });
            speed(text.len(), seconds)
        })
    };
    let guard = sample(plan.repeats, rig, &mut rig.guards.session(), text, Drive::PIPE);
    let search = measure(&mut |chunk| rig.rules.count_hits(chunk));
    let mut beside = |what: &str, other: &Sample| {
        let ratio = |own: &Sample| figure(own.median() / other.median());
        let remark = format!(
            "the guard does ×{} of it, its search alone ×{}",
            ratio(&guard),
            ratio(&search)
        );
        table.add_with(format!("{}, {what}", input.name), SPEED, Budget::None, other, remark);
    };
    beside("the guard", &guard);
    beside("native search alone", &search);
    beside(
        "plain copy into a new vector",
        &measure(&mut |chunk| black_box(chunk.to_vec()).len()),
    );
    let mut copy = vec![0; CHUNK];
    beside(
        "plain copy into a warm buffer",
        &measure(&mut |chunk| {
            copy[..chunk.len()].copy_from_slice(chunk);
            black_box(&copy).len()
        }),
    );
    beside(
        "memchr of ESC, CR, BS",
        &measure(&mut |chunk| memchr::memchr3_iter(0x1b, b'\r', 8, chunk).count()),
    );
    let mut literals: Vec<_> = rig
        .literals()
        .into_iter()
        .map(|(literal, _)| literal.to_ascii_lowercase())
        .collect();
    literals.sort();
    literals.dedup();
    for (name, kind) in [
        ("aho-corasick DFA, same literals", AhoCorasickKind::DFA),
        ("aho-corasick NFA, same literals", AhoCorasickKind::ContiguousNFA),
    ] {
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .kind(Some(kind))
            .build(&literals)
            .expect("the literals fit");
        beside(
            name,
            &measure(&mut |chunk| automaton.find_overlapping_iter(chunk).count()),
        );
    }
}
