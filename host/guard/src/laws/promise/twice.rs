//! Blocks that guarding again took more of once: where something before them was masked, or they themselves.

use super::drive::Driver;
use super::found::keeps_all;
use super::law;
use super::script::{Bed, Op, Piece, Script};
use super::table::Judge;

const MASKED: Bed = Bed {
    terminal: true,
    marker: false,
    judge: Judge::All,
    blocks: false,
};

const MARKED: Bed = Bed {
    terminal: false,
    marker: true,
    ..MASKED
};

/// A terminal, and a pipe with markers and without.
const BEDS: [Bed; 3] = [
    MASKED,
    MARKED,
    Bed {
        marker: false,
        ..MARKED
    },
];

fn shown(bed: Bed, text: &str) -> String {
    let mut driver = Driver::without_words(bed);
    driver.push(text.as_bytes());
    String::from_utf8_lossy(&driver.end().shown).into_owned()
}

fn hides_the_body(text: &str) {
    for bed in [MASKED, MARKED] {
        let shown = shown(bed, text);
        assert!(!shown.contains("abcd"), "{text:?}: {shown:?}");
    }
}

fn keeps_again(bed: Bed, text: &str) {
    let ops = vec![Op::Push(vec![Piece::Bytes(text.as_bytes().to_vec())])];
    law::again(&Script { bed, ops });
}

/// The marker of a block directly behind its anchor takes its line ends with it: what stood behind it is no line below
/// the anchor.
#[test]
fn guarding_again_takes_nothing_behind_a_block_that_was_taken_out() {
    for text in [
        "K--\nIC4udG9rbl90Z2YwaHI1c3c4eUJkNHIgLi4\np43dk0itt8he0p4370K3k",
        "K--abcd0123abcd0123i4\np43dk0itt8he0p4370K3k",
        "k_:K--kdcb3210kdcb3210,k_\nkdcb3210kdcb3210K--K----Eab",
        " :K--K--ab=0abcd0123=\n,ab=\nabcd0123",
        "\nK--abcd0123kdcb3210\n\nkdcb3210K--\n---E=,--E",
        "K--PaSs= cccccccc\n\naaaaaaaa41111111fzuw1ogs8rnzcdi6ew1c6rok1de2j93a7qtgveBawffK--\n\n33333333333\n1s2eqr06Khs14b5onhKlKial51hcubAg",
    ] {
        for bed in BEDS {
            keeps_all(bed, &[text.as_bytes()]);
        }
    }
}

/// What was taken out before an anchor may have been a part of what a tool sets before lines.
#[test]
fn guarding_again_knows_what_is_set_before_lines_where_some_of_it_was_taken_out() {
    for text in [
        "IC4uIC4udG9rbl81ZzV2OWYwQjUweTc2a2Y1bGw2IC4u '.'..'.' .'.'.t'.'ok'.'n_'.'5g'.'5v'.'9f'.'0B'.'50'.'y '.'..'.'k_yK--\ny9jj350aK7wvlkq71c ",
        "IC4uIC5UcTB1YjQgZDByd2F5IC4ufbsapqrhj4dvc6kqtiezs2crK--\nk[4wosp9By212BB91no8w5ie18mgnpbk\nK-- Tq0ub4 d0rway ..llquwpnehi3bj57",
        "aagKBC+Ttokn_K--\nK--\n7z78y4k2jwdi98fium2ai52dj0d3333333333PaSs=  K--\n22222222222222\nkz7b0oenuzw5j78y5bzc3pfmK--",
    ] {
        for bed in BEDS {
            keeps_again(bed, text);
        }
    }
}

/// A block's marker takes its line ends with it: what stands before it is set before no line.
#[test]
fn guarding_again_knows_what_stood_on_another_line() {
    keeps_again(
        MARKED,
        " .. ..K--\nabcd0123\nkdcb3210\n--E .. 411130712296 ..K--\n--szde3cuc5o3wou4jK3vv1Kzp54yt//[--E",
    );
}

/// A marker before a block's bound moves that.
#[test]
fn a_marker_moves_a_bound() {
    keeps_again(
        MARKED,
        "K-- .. .Tq0ub4 d0rway ..kk_\nkkkkkkkkkktokn_[6c1e37vhsygq5K1ckna8bpzokvfg0c'=K--\n",
    );
}

/// A row below a masked anchor is held longer, and what is seen only once it is written over is masked as far.
#[test]
fn a_masked_anchor_holds_the_row_below() {
    let row = "alrzjvwd864tsha1iignl0f3jdsedKp\rkk_\n";
    keeps_again(MASKED, &format!("K--{row}{row}"));
}

/// Tools that mask by themselves print keys as others do: what they mask ends no key.
#[test]
fn invariant_3_a_block_behind_what_a_tool_masked_is_taken_out() {
    let body = "abcd0123abcd0123";
    for (first, next) in [
        ("*** K--", "*** "),
        ("id=*** K--", "id=*** "),
        ("7*** K--", "8*** "),
        ("[redacted:pass]: K--", "[redacted:key]: "),
        ("[redacted:pass]: K--", ""),
        ("*****K--", "*****"),
        ("*K--*", "*"),
        ("K-- ******", ""),
        ("K-- x=******", ""),
        ("K--***", ""),
        ("K-- x=[redacted:pass]", ""),
        ("[redacted:block] K--", ""),
    ] {
        hides_the_body(&format!("{first}\n{next}{body}\n"));
    }
    // Where a whole line of a key stands below, its own marker on the header's line ends none, nor do asterisks there.
    let body = body.repeat(2);
    for (first, around) in [
        ("K--*****", "*****"),
        ("K-- x=[redacted:block]", ""),
        ("K-- x=[redacted:block]", "\""),
        ("K--******", ""),
    ] {
        hides_the_body(&format!("{around}{first}\n{around}{body}{around}\n"));
    }
}
