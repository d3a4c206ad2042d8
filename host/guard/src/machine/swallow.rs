//! Secrets that are longer than their rule's longest: what goes on beyond the window is taken out to its end.

use super::Guard;
use crate::outlet::Span;
use crate::set::ByteSet;
use crate::view::ViewId;

/// A secret that goes on.
pub(super) struct Swallow {
    pub(super) view: ViewId,
    /// The next byte of the view's text.
    pub(super) next: u64,
    pub(super) body: ByteSet,
    /// Line ends belong to it too.
    pub(super) lines: bool,
    /// What its pieces are taken out as.
    pub(super) span: Span,
}

impl Guard {
    /// Takes out as much of the secrets that go on as has come.
    pub(super) fn swallow(&mut self) {
        for mut swallow in std::mem::take(&mut self.swallows) {
            let Some(view) = self.views.iter().find(|view| view.id == swallow.view) else {
                continue;
            };
            let text = view.text.slice(swallow.next, view.text.end());
            let belongs = |byte: u8| swallow.body.has(byte) || (swallow.lines && byte == b'\n');
            let length = text.iter().position(|byte| !belongs(*byte)).unwrap_or(text.len());
            let goes_on = length == text.len() && view.closed.is_none();
            let end = swallow.next + length as u64;
            for (start, end) in view.map.pieces(swallow.next, end).ranges {
                self.gate.add(Span {
                    start,
                    end,
                    ..swallow.span.clone()
                });
            }
            swallow.next = end;
            if goes_on {
                self.swallows.push(swallow);
            }
        }
    }
}
