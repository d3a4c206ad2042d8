//! The bound of frames.

use std::sync::Arc;

use cofferdam_model::record::{Channel, Event, SafeBytes};

use super::super::files::Disk;
use super::super::{Options, RunRecorder, Verdict, read_log, read_output};
use super::{Home, at, close, exited, started};

fn bounded(home: &Home, bound: u64) -> RunRecorder {
    let options = Options {
        frame_bound: bound,
        ..home.options()
    };
    let disk = Arc::new(Disk);
    let mut recorder = RunRecorder::create_on(home.base(), started(1), options, at(0), disk)
        .expect("a recorder")
        .0;
    recorder
        .append(Event::ProcessStarted { pid: 42 }, at(1))
        .expect("a start");
    recorder
}

#[test]
fn head_and_tail_are_kept_and_the_gap_is_counted() {
    let home = Home::new();
    let mut recorder = bounded(&home, 800);
    let text: Vec<u8> = (0_u32..5000)
        .map(|at| u8::try_from(at % 251).expect("below 256"))
        .collect();
    let mut offset = 0;
    for part in text.chunks(37) {
        let shown = recorder.output_bytes(Channel::Stdout, part, at(2)).expect("output");
        assert_eq!((shown.offset, shown.kept), (offset, true));
        offset += part.len() as u64;
    }
    recorder.append(exited(), at(3)).expect("an end");
    let folder = close(recorder);
    assert_eq!(home.verify(&folder), Verdict::Valid);
    let manifest = &super::super::list(home.base()).expect("a list")[0].manifest;
    let state = &manifest.as_ref().expect("a manifest").channels[&Channel::Stdout];
    let mut kept = 0;
    for segment in &state.segments {
        let path = folder.join(format!("frames/stdout/{:06}.seg", segment.segment));
        let bytes = std::fs::read(path).expect("a segment");
        let from = usize::try_from(segment.offset).expect("small");
        assert_eq!(bytes, &text[from..from + bytes.len()]);
        kept += bytes.len() as u64;
    }
    assert_eq!((state.recorded, kept + state.dropped_bytes), (5000, 5000));
    assert!((700..=800).contains(&kept), "{kept}");
    assert_eq!((state.segments[3].offset, state.segments[4].offset > 400), (300, true));
}

#[test]
fn a_channel_that_is_seldom_used_keeps_its_beginning() {
    let home = Home::new();
    let mut recorder = bounded(&home, 80);
    recorder
        .output_bytes(Channel::Stderr, b"warning", at(2))
        .expect("output");
    for _ in 0..100 {
        recorder
            .output_bytes(Channel::Stdout, b"0123456789", at(2))
            .expect("output");
    }
    recorder.append(exited(), at(3)).expect("an end");
    let folder = close(recorder);
    assert_eq!(
        std::fs::read(folder.join("frames/stderr/000000.seg")).expect("a segment"),
        b"warning"
    );
    assert_eq!(home.verify(&folder), Verdict::Valid);
}

#[test]
fn a_durable_record_is_the_same_record() {
    let home = Home::new();
    let options = Options {
        durable: true,
        ..home.options()
    };
    let mut recorder = RunRecorder::create(home.base(), started(1), options, at(0))
        .expect("a recorder")
        .0;
    super::fill(&mut recorder);
    let folder = close(recorder);
    assert_eq!(home.verify(&folder), Verdict::Valid);
}

#[test]
fn output_is_read_back_from_any_offset_and_the_gap_is_seen() {
    let home = Home::new();
    let mut recorder = bounded(&home, 80);
    let text: Vec<u8> = (0..500_u32)
        .map(|at| b'a' + u8::try_from(at % 26).expect("below 26"))
        .collect();
    recorder.output_bytes(Channel::Stdout, &text, at(2)).expect("output");
    let folder = recorder.folder();
    let read = |from: u64| {
        let mut parts: Vec<(usize, Vec<u8>)> = Vec::new();
        let mut take = |offset: u64, bytes: SafeBytes<'_>| {
            parts.push((usize::try_from(offset).expect("small"), bytes.as_bytes().to_vec()));
        };
        read_output(&folder, Channel::Stdout, from..u64::MAX, &mut take).expect("output");
        parts
    };
    for from in 0..500 {
        let parts = read(from);
        assert!(
            parts
                .iter()
                .all(|(offset, bytes)| *bytes == text[*offset..*offset + bytes.len()]),
            "from {from}"
        );
        assert_eq!(parts.last().map(|(offset, bytes)| offset + bytes.len()), Some(500));
        let kept = |at: usize| {
            parts
                .iter()
                .any(|(offset, bytes)| (*offset..*offset + bytes.len()).contains(&at))
        };
        let first = usize::try_from(from).expect("small");
        assert_eq!(
            (first..500).filter(|at| kept(*at) == (*at < 40 || *at >= 460)).count(),
            500 - first
        );
    }
    assert!(read(500).is_empty() && read(900).is_empty());
    let mut entries = 0;
    read_log(&folder, &mut |_| entries += 1).expect("a log");
    assert_eq!(entries, recorder.manifest().events);
}

#[test]
fn neighbouring_output_is_told_as_one_event() {
    let home = Home::new();
    let mut recorder = bounded(&home, 1 << 20);
    for number in 0..1000 {
        recorder
            .output_bytes(Channel::Stdout, b"x", at(number))
            .expect("output");
    }
    let told = recorder.manifest().events;
    assert!((5..=8).contains(&told), "{told} events for a second of output");
}
