//! From an anchor to its window, over a text that is there as a whole.

use std::ops::Range;

use crate::bindings::detector::cofferdam::detector::types as wit;
use crate::bindings::detector::cofferdam::types::guard::ByteSet;

/// The most lines of the form `Word: text` before a block's body.
const PREAMBLE_LINES: usize = 8;

/// The anchors' places in `text` that reach a window worth asking about.
pub(super) fn windows(extent: &wit::Extent, anchor: &wit::Anchor, text: &[u8]) -> Vec<(usize, Range<usize>)> {
    match anchor {
        wit::Anchor::Literal(word) => {
            let places = (0..text.len()).filter(|&at| starts_with(&text[at..], word));
            places
                .filter_map(|at| Some((at, window(extent, text, at, at + word.bytes.len())?)))
                .collect()
        }
        wit::Anchor::Run(run) => runs(extent, run, text),
    }
}

fn runs(extent: &wit::Extent, run: &wit::ByteRun, text: &[u8]) -> Vec<(usize, Range<usize>)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let length = text[at..].iter().take_while(|&&byte| has(&run.set, byte)).count();
        if length < usize::from(run.at_least) {
            at += length.max(1);
            continue;
        }
        match window(extent, text, at, at) {
            Some(window) => {
                at = window.end.max(at + length);
                found.push((window.start, window));
            }
            None => at += length,
        }
    }
    found
}

fn window(extent: &wit::Extent, text: &[u8], at: usize, after: usize) -> Option<Range<usize>> {
    match extent {
        wit::Extent::Span(span) => {
            let lead = match &span.lead {
                None => None,
                Some(lead) => {
                    let length = text[..at]
                        .iter()
                        .rev()
                        .take_while(|&&byte| has(&lead.set, byte))
                        .count();
                    if length < usize::from(lead.at_least) {
                        return None;
                    }
                    Some(at - length.min(usize::from(lead.longest)))
                }
            };
            let body = body(span, text, after)?;
            Some(lead.unwrap_or(body.start)..body.end)
        }
        wit::Extent::Block(block) => lines(block, text, after),
    }
}

/// The first place within the gap from which the body is long enough.
fn body(span: &wit::SpanRule, text: &[u8], after: usize) -> Option<Range<usize>> {
    let gap_end = (after + usize::from(span.gap)).min(text.len());
    let starts = match &span.opener {
        None => after..=gap_end,
        Some(opener) => {
            let before = text[after..gap_end].iter().position(|&byte| has(&opener.bytes, byte))?;
            if !text[after..after + before]
                .iter()
                .all(|&byte| has(&opener.before, byte))
            {
                return None;
            }
            let start = after + before + 1;
            let leads_in = |byte: &&u8| has(&opener.after, **byte) && !has(&span.body, **byte);
            let body = |byte: &&u8| has(&span.body, **byte);
            let mut start = start;
            loop {
                start += text[start..].iter().take_while(leads_in).count();
                let run = text[start..].iter().take_while(body).count();
                let follows = text.get(start + run).is_some_and(|&byte| has(&opener.after, byte));
                if run == 0 || run >= usize::from(span.at_least) || !follows {
                    break;
                }
                // A run that ends with its line is none, and what follows it is another's. Signs alone are a ruler.
                let has_letters = text[start..start + run].iter().any(u8::is_ascii_alphanumeric);
                if text.get(start + run) == Some(&b'\n') && has_letters {
                    return None;
                }
                start += run;
            }
            if start > gap_end {
                return None;
            }
            start..=start
        }
    };
    for start in starts {
        if span.opener.is_none() && text[after..start].contains(&b'\n') {
            return None;
        }
        let (mut next, mut end, mut count) = (start, start, 0_usize);
        while let Some(&byte) = text.get(next) {
            let head = span.head.get(count);
            if has(&span.body, byte) && head.is_none_or(|set| has(set, byte)) {
                if next - start >= span.longest as usize {
                    break;
                }
                count += 1;
                next += 1;
                end = next;
            } else if head.is_none() && count > 0 && end == next && has(&span.filler, byte) {
                next += 1;
            } else {
                break;
            }
        }
        if count >= usize::from(span.at_least) {
            return Some(start..end);
        }
    }
    None
}

fn lines(block: &wit::BlockRule, text: &[u8], after: usize) -> Option<Range<usize>> {
    let limit = (after + block.bound as usize).min(text.len());
    let mut end = after;
    let mut preamble = 0;
    let mut count = 0;
    while end < limit {
        let line = text[end..limit]
            .split_inclusive(|&byte| byte == b'\n')
            .next()
            .unwrap_or_default();
        let close = (0..line.len()).find(|&i| block.until.iter().any(|word| starts_with(&text[end + i..], word)));
        let is_body = |part: &[u8]| part.iter().position(|&byte| byte != b'\n' && !has(&block.body, byte));
        let part = &line[..close.unwrap_or(line.len())];
        let stop = is_body(part);
        let weigh = |part: &[u8]| part.iter().filter(|byte| !byte.is_ascii_whitespace()).count();
        match (stop, close) {
            (None, None) => {
                count += weigh(part);
                end += line.len();
            }
            (None, Some(close)) => {
                count += weigh(part);
                end += close;
                break;
            }
            (Some(_), _) if count == 0 && end > after && preamble < PREAMBLE_LINES && is_preamble(line) => {
                preamble += 1;
                end += line.len();
            }
            (Some(stop), _) => {
                if end == after || stop >= 16 {
                    count += weigh(&part[..stop]);
                    end += stop;
                }
                break;
            }
        }
    }
    (count >= usize::from(block.at_least)).then_some(after..end)
}

fn is_preamble(line: &[u8]) -> bool {
    let word = line
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'-')
        .count();
    (1..=32).contains(&word) && line.get(word) == Some(&b':')
}

fn starts_with(text: &[u8], word: &wit::Keyword) -> bool {
    text.get(..word.bytes.len()).is_some_and(|part| {
        if word.any_case {
            part.eq_ignore_ascii_case(&word.bytes)
        } else {
            part == word.bytes
        }
    })
}

fn has(set: &ByteSet, byte: u8) -> bool {
    let words = [set.w0, set.w1, set.w2, set.w3];
    words[usize::from(byte / 64)] >> (byte % 64) & 1 == 1
}
