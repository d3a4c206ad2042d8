//! A session as lines of JSON, for programs.

use cofferdam_model::record::{Channel, Entry, External, JsonView, Stamp};
use cofferdam_runner::record::safe_bytes;
use cofferdam_runner::session::{Cleared, Outputs, Reporter, ShownOn};

/// Shows events on standard output, and nothing else.
#[derive(Default)]
pub(crate) struct JsonReporter {
    view: JsonView,
}

impl JsonReporter {
    fn put(lines: Vec<External>, outputs: &mut Outputs) {
        for line in lines {
            let mut text = serde_json::to_vec(&line).expect("an event is made of text and numbers");
            text.push(b'\n');
            outputs.stdout.push(&text);
        }
    }
}

impl Reporter for JsonReporter {
    fn entry(&mut self, entry: &Entry, outputs: &mut Outputs) {
        Self::put(self.view.render(entry), outputs);
    }

    fn shown_on(&self, _: Channel) -> ShownOn {
        ShownOn::Stdout
    }

    fn output(&mut self, at: Stamp, channel: Channel, offset: u64, cleared: &Cleared, outputs: &mut Outputs) {
        Self::put(self.view.output(at, channel, offset, safe_bytes(cleared)), outputs);
    }

    /// Lines of JSON set nothing of a terminal.
    fn ended_by_host(&mut self, _: &mut Outputs) {}
}
