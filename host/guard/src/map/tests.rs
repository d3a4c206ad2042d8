//! Where text stands in the raw stream.

use super::{Map, Spread};

#[test]
fn pieces_leave_out_what_stands_between() {
    let mut map = Map::default();
    map.same(0, 10, 4);
    map.same(4, 14, 2);
    map.same(6, 20, 4);
    map.group(10, 1, (30, 0), 30, 0);
    map.group(11, 1, (31, 3), 33, 0);
    assert_eq!(map.pieces(1, 12).ranges, [(11, 16), (20, 24), (31, 34)]);
    let mut raws = map.raws(1);
    assert!((1..13).all(|text| raws(text) == map.raw(text)));
    assert_eq!((map.raw(7), map.when(11), map.raw(12)), (Some(21), Some(33), None));
}

#[test]
fn each_place_is_found_among_many() {
    for lens in [&[1][..], &[3], &[1, 2], &[50, 1, 1, 1], &[1, 1, 1, 90, 7]] {
        let mut map = Map::default();
        let mut expected = vec![None; 7];
        for (stretch, len) in (0..200).zip(lens.iter().cycle()) {
            let raw = 1000 + 10 * stretch;
            map.group(expected.len() as u64, *len, (raw, 10), 0, 0);
            expected.extend((0..*len).map(|_| Some(raw)));
        }
        expected.push(None);
        let forgotten = (expected.len() / 3) as u64;
        for from in [7, forgotten] {
            map.forget(from);
            for (text, raw) in (0..).zip(&expected).filter(|(text, _)| *text >= from) {
                assert_eq!(map.raw(text), *raw, "{text} of {lens:?}");
            }
        }
    }
}

#[test]
fn what_was_out_when_it_was_copied_stays_out() {
    let mut map = Map::default();
    map.copy(0, 5, 10, 40, 9);
    map.same(10, 40, 2);
    let pieces = map.pieces(2, 12);
    assert_eq!((pieces.ranges, pieces.out), (vec![(9, 15), (40, 42)], 2));
    assert_eq!(pieces.all, [(7, 15), (40, 42)]);
    assert_eq!(map.first_raw(1), Some(6));
    assert_eq!(map.first_raw(10), Some(40));
}

/// Whether copies are kept hangs on how the stream was cut.
#[test]
fn nothing_stands_behind_the_end_whether_copies_are_kept_or_not() {
    let mut map = Map::default();
    map.copy(0, 5, 10, 40, 9);
    map.same(10, 40, 2);
    for forgotten in [0, 10] {
        map.forget(forgotten);
        assert_eq!((map.first_raw(11), map.first_raw(12)), (Some(41), None));
    }
}

/// Cells are the same as a copy of each of them.
#[test]
fn cells_stand_where_each_does() {
    let raws = [9, 10, 11, 40, 41, 7, 30, 9];
    let (mut one, mut each) = (Map::default(), Map::default());
    for map in [&mut one, &mut each] {
        map.same(3, 50, 4);
    }
    one.cells(7, &raws[..5], 60, 10);
    one.cells(12, &raws[5..], 60, 10);
    for (text, raw) in (7..).zip(raws) {
        each.copy(text, raw, 1, 60, 10);
    }
    for behind in 15..18 {
        assert_eq!((one.first_raw(behind), each.first_raw(behind)), (None, None));
    }
    for map in [&mut one, &mut each] {
        map.same(15, 60, 4);
    }
    for forgotten in 3..16 {
        one.forget(forgotten);
        each.forget(forgotten);
        for start in forgotten..19 {
            let at = |map: &Map| (map.raw(start), map.raw_end(start), map.when(start));
            assert_eq!(at(&one), at(&each));
            for last in start..19 {
                let told = |map: &Map| {
                    let Spread { raw, end, when, floor } = map.spread(start, last);
                    (Some(raw), Some(end), Some(when), floor)
                };
                assert_eq!(told(&one), told(&each));
                let (raw, end, when, _) = told(&one);
                assert_eq!((raw, end, when), (one.raw(start), one.raw_end(last), one.when(last)));
            }
            assert_eq!(one.first_raw(start), each.first_raw(start));
            let behind = one.first_raw(start + 1);
            assert!(behind.is_none_or(|behind| one.first_raw(start).is_some_and(|first| first <= behind)));
            for end in start + 1..19 {
                let (mine, theirs) = (one.pieces(start, end), each.pieces(start, end));
                assert_eq!(
                    (mine.ranges, mine.out, mine.all),
                    (theirs.ranges, theirs.out, theirs.all)
                );
                let (mut later, mut other) = (Map::default(), Map::default());
                later.extend(&one, (start, end), 0, 55);
                other.extend(&each, (start, end), 0, 55);
                for text in 0..end - start {
                    assert_eq!((later.raw(text), later.when(text)), (other.raw(text), other.when(text)));
                }
            }
        }
    }
}

/// A stretch of coded bytes is the same as one for each of them.
#[test]
fn coded_bytes_stand_where_each_does() {
    for (bits, bit) in [(8, 0), (8, 2), (8, 4), (12, 0)] {
        let (mut one, mut each) = (Map::default(), Map::default());
        one.coded(7, 20, 100, (bits, bit));
        one.coded(27, 10, one.raw(26).expect("it is there"), (8, 5));
        let whole = |text: u64| 100 + ((text - 7) * u64::from(bits) + u64::from(bit)) / 6;
        for text in 7..27 {
            each.group(text, 1, (whole(text), 2), whole(text) + 1, 0);
        }
        for start in 7..27 {
            assert_eq!(
                (one.raw(start), one.raw_end(start)),
                (each.raw(start), each.raw_end(start))
            );
            assert_eq!(
                (one.when(start), one.first_raw(start)),
                (each.when(start), each.first_raw(start))
            );
            for end in start + 1..27 {
                assert_eq!(one.pieces(start, end).ranges, each.pieces(start, end).ranges);
                for told in [0, 105, 110, 200] {
                    let (mut later, mut other) = (Map::default(), Map::default());
                    later.extend(&one, (start, end), 3, told);
                    other.extend(&each, (start, end), 3, told);
                    for text in 3..3 + end - start {
                        assert_eq!((later.raw(text), later.when(text)), (other.raw(text), other.when(text)));
                    }
                }
            }
        }
    }
}

#[test]
fn what_goes_on_is_one_stretch() {
    let mut map = Map::default();
    map.coded(0, 3, 10, (8, 0));
    map.coded(3, 2, 14, (8, 0));
    map.coded(5, 1, 16, (8, 4));
    assert_eq!(map.stretches.len(), 1);
    map.coded(6, 1, 18, (8, 2));
    assert_eq!(map.stretches.len(), 2);
}

#[test]
fn what_is_told_late_was_not_known_before() {
    let mut map = Map::default();
    map.same(0, 5, 6);
    map.group(6, 2, (11, 3), 13, 0);
    let mut later = Map::default();
    later.extend(&map, (1, 8), 0, 8);
    let whens: Vec<_> = (0..7).filter_map(|text| later.when(text)).collect();
    assert_eq!(whens, [8, 8, 8, 9, 10, 13, 13]);
    assert_eq!(later.pieces(0, 7).ranges, [(6, 14)]);
}
