use super::super::samples::{completed, decision, entry, run, started};
use super::super::{Entry, Outcome};
use super::{BreakKind, ChainReader, ChainWriter, Genesis, Head, Seq};

fn log() -> Vec<String> {
    let mut writer = ChainWriter::new(Genesis::run(run()));
    [started(), decision(), completed(Outcome::Completed, 0)]
        .into_iter()
        .map(|event| {
            let sealed = writer.seal(&entry(writer.next_seq().0, event)).expect("a line");
            writer.advance(&sealed);
            assert_eq!(writer.head(), Some(sealed.head()));
            sealed.line
        })
        .collect()
}

fn read(reader: &mut ChainReader, line: &str) -> Result<Entry, BreakKind> {
    reader
        .read(line.strip_suffix('\n').expect("a whole line").as_bytes())
        .map_err(|broken| broken.why)
}

#[test]
fn invariant_8_lines_come_back_in_their_order_and_in_no_other() {
    let log = log();
    let mut reader = ChainReader::new(Genesis::run(run()));
    for (number, line) in log.iter().enumerate() {
        assert_eq!(read(&mut reader, line).expect("the next line").seq, Seq(number as u64));
        assert_eq!(read(&mut reader, line), Err(BreakKind::Place), "the same line again");
    }
    let mut other = ChainReader::new(Genesis::task(&"demo".parse().expect("a task id")));
    assert_eq!(read(&mut other, &log[0]), Err(BreakKind::Prev), "a line of another log");
    let elsewhere = Head {
        seq: Seq(0),
        digest: super::Digest::of(b"elsewhere"),
    };
    assert_eq!(read(&mut ChainReader::resume(elsewhere), &log[1]), Err(BreakKind::Prev));
}

#[test]
fn invariant_8_a_changed_bit_breaks_the_chain() {
    let mut reader = ChainReader::new(Genesis::run(run()));
    for line in log() {
        let whole = line.trim_end().as_bytes();
        for at in 0..whole.len() {
            for bit in 0..8 {
                let mut changed = whole.to_vec();
                changed[at] ^= 1 << bit;
                assert!(
                    reader.read::<Entry>(&changed).is_err(),
                    "bit {bit} of byte {at} of {line}"
                );
            }
        }
        read(&mut reader, &line).expect("the next line");
    }
}

#[test]
fn invariant_8_the_hash_is_that_of_the_line_without_it() {
    for line in log() {
        let (body, hash) = line.rsplit_once(",\"hash\":\"").expect("a hash");
        assert_eq!(
            hash,
            format!("{}\"}}\n", super::Digest::of(format!("{body}}}").as_bytes()))
        );
    }
}

#[test]
fn invariant_8_a_torn_line_is_the_beginning_of_the_next_one() {
    let log = log();
    let mut reader = ChainReader::new(Genesis::run(run()));
    for line in &log {
        for end in 1..line.len() {
            assert_eq!(
                reader.check_torn::<Entry>(&line.as_bytes()[..end]),
                Ok(()),
                "cut at {end} of {line}"
            );
        }
        let whole = line.trim_end();
        for bad in [
            "x",
            "{\"seq\":9",
            &format!("{whole} "),
            &format!("{whole}}}"),
            "{\"seq\":\u{0}",
        ] {
            assert!(reader.check_torn::<Entry>(bad.as_bytes()).is_err(), "{bad}");
        }
        read(&mut reader, line).expect("the next line");
    }
}
