//! Random words of bytes and marks, rich in what the rig's rules look for.

use proptest::prelude::*;

use super::rig::Letter;
use crate::MarkKind;

/// Random text, rich in anchors, and the places of marks in it.
pub(super) fn text() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just("k_"),
        Just("kk_"),
        Just("pass="),
        Just("PaSs= "),
        Just("+T"),
        Just("B12"),
        Just("K--"),
        Just("--E"),
        Just("a"),
        Just("b"),
        Just("x"),
        Just("X"),
        Just("\n"),
        Just("\r\n"),
        Just(" "),
        Just("-"),
        Just("12"),
        Just("0123"),
        Just("="),
        Just("ab: c\n"),
        Just("//"),
        Just("//c:dd"),
        Just("ag"),
        Just("Agto"),
        Just("_AGK"),
        Just("bc="),
        Just(":"),
        Just("\x1b[1m"),
        Just("kkkk"),
        Just("dcba"),
        Just("é"),
        Just("4111 1111"),
        Just("."),
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat().into_bytes())
}

/// Random text as of [`text`], in which lines are written over, the cursor moves, and much isn't seen.
pub(super) fn wild() -> impl Strategy<Value = Vec<u8>> {
    let control = prop_oneof![
        Just("\x1b[31m"),
        Just("\r"),
        Just("\x08"),
        Just("\x08\x08\x08"),
        Just("\x1b[K"),
        Just("\x1b[1K"),
        Just("\x1b[2D"),
        Just("\x1b[C"),
        Just("\x1b[3G"),
        Just("\x1b[2P"),
        Just("\x1b[2@"),
        Just("\x1b[H"),
        Just("\x1b[A"),
        Just("\x1b[2;3H"),
        Just("\x1b[?1049h"),
        Just("\x1b[?1049l"),
        Just("\x1b[2J"),
        Just("\x1b]0;k_abcdef\x07"),
        Just("\x1b]8;;k_"),
        Just("\x1b\\"),
        Just("\x1b"),
        Just("\u{200b}"),
        Just("\u{9b}"),
        Just("\x07"),
        Just("\x00"),
        Just("k\x00_\x00a\x00b\x00c\x00d\x00"),
        Just("字"),
        Just("\t"),
    ];
    let control = prop::collection::vec(control, 0..4).prop_map(|pieces| pieces.concat().into_bytes());
    let few = text().prop_map(|mut text| {
        text.truncate(16);
        text
    });
    prop::collection::vec((few, control), 0..12).prop_map(|pairs| {
        pairs
            .into_iter()
            .flat_map(|(text, control)| [text, control].concat())
            .collect()
    })
}

pub(super) fn marks() -> impl Strategy<Value = Vec<(prop::sample::Index, MarkKind)>> {
    let kind = prop_oneof![Just(MarkKind::Idle), Just(MarkKind::Stall), Just(MarkKind::Resize)];
    prop::collection::vec((any::<prop::sample::Index>(), kind), 0..4)
}

/// The text byte by byte, or cut at these places, without marks.
pub(super) fn in_pieces(text: &[u8], each: bool, cuts: &[prop::sample::Index]) -> Vec<Letter> {
    if each {
        text.iter().map(|byte| Letter::Bytes(vec![*byte])).collect()
    } else {
        word_of(text, &[], cuts)
    }
}

/// The word of this text and these marks, with its bytes cut at `cuts` besides.
pub(super) fn word_of(
    text: &[u8],
    marks: &[(prop::sample::Index, MarkKind)],
    cuts: &[prop::sample::Index],
) -> Vec<Letter> {
    let place = |index: &prop::sample::Index| index.index(text.len() + 1);
    let mut stops: Vec<(usize, Option<MarkKind>)> =
        marks.iter().map(|(index, kind)| (place(index), Some(*kind))).collect();
    stops.sort_by_key(|(place, _)| *place);
    let mut cuts: Vec<_> = cuts.iter().map(|index| (place(index), None)).collect();
    stops.append(&mut cuts);
    stops.sort_by_key(|(place, _)| *place);
    let mut word = Vec::new();
    let mut last = 0;
    for (place, mark) in stops.into_iter().chain([(text.len(), None)]) {
        if place > last {
            word.push(Letter::Bytes(text[last..place].to_vec()));
            last = place;
        }
        word.extend(mark.map(Letter::Mark));
    }
    word
}
