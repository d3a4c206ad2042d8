//! A candidate and the guard in force over texts that are there: both are executed anew, and what they say is compared.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use cofferdam_guard::{Guard, MarkKind, Outlet, Raw, Size};
use cofferdam_model::record::{Channel, Name};
use cofferdam_model::shadow::{CandidateState, ShadowCoverage, ShadowPlace};

use super::lane::{Dropped, Windows};
use super::results::{Results, Rules};
use super::seen::Seen;
use super::watch::Watch;
use crate::eval::Example;
use crate::session::{Desk, Guards};

/// How much comes at once.
const PIECE: usize = 64 * 1024;

/// A candidate and what it is compared with, over one text after the other.
pub struct Replay {
    name: Name,
    ours: Option<Side>,
    theirs: Side,
    results: Results,
    taken: BTreeMap<Channel, u64>,
    texts: u64,
}

/// What came of a replay.
pub struct Replayed {
    /// How many texts were executed.
    pub texts: u64,
    /// What was compared.
    pub coverage: ShadowCoverage,
    /// The places, in their order.
    pub places: Vec<ShadowPlace>,
}

struct Side {
    guards: Arc<Guards>,
    desk: Desk,
}

impl Replay {
    /// Nothing replayed yet. Both must be guards that never block.
    pub fn new(name: Name, ours: Option<Arc<Guards>>, theirs: Arc<Guards>) -> Self {
        let side = |guards: Arc<Guards>| Side {
            desk: Desk::new(Arc::clone(&guards)),
            guards,
        };
        Self {
            name,
            ours: ours.map(side),
            theirs: side(theirs),
            results: Results::default(),
            taken: BTreeMap::new(),
            texts: 0,
        }
    }

    /// Replays a line of a corpus.
    pub fn example(&mut self, example: &Example) {
        self.text(Channel::Stdout, &example.text);
    }

    /// Replays a text as a stream of its own.
    pub fn text(&mut self, channel: Channel, text: &[u8]) {
        self.texts += 1;
        *self.taken.entry(channel).or_default() += text.len() as u64;
        let outlet = match channel {
            Channel::Terminal => Outlet::Terminal,
            Channel::Stdout | Channel::Stderr | Channel::Meta => Outlet::Pipe,
        };
        self.results.open(channel, outlet);
        if let Some(ours) = &mut self.ours {
            let watch = ours.guard(channel, outlet, text);
            for decision in &watch.decisions {
                if let Some(seen) = Seen::of(&ours.guards, decision, 0, channel) {
                    self.results.ours(channel, seen, true);
                }
            }
            self.results.our_windows(&watch.windows);
            watch
                .took
                .iter()
                .for_each(|took| self.results.coverage.incumbent_times.add(*took));
        }
        let watch = self.theirs.guard(channel, outlet, text);
        for decision in &watch.decisions {
            if let Some(seen) = Seen::of(&self.theirs.guards, decision, 0, channel) {
                self.results.theirs(channel, seen);
            }
        }
        self.results.their_windows(&watch.windows);
        let coverage = &mut self.results.coverage;
        watch.took.iter().for_each(|took| coverage.times.add(*took));
        for (kind, count) in &watch.failures {
            *coverage.failures.entry(*kind).or_default() += count;
        }
        self.results.close(channel, text.len() as u64, &self.name);
    }

    /// What came of it.
    pub fn finish(mut self) -> Replayed {
        self.results.state = CandidateState::Ran;
        let rules = Rules {
            ours: None,
            theirs: None,
        };
        self.results
            .conclude(&self.name, &Dropped::default(), &self.taken, &Windows::new(), rules);
        Replayed {
            texts: self.texts,
            coverage: self.results.coverage,
            places: self.results.listed,
        }
    }
}

impl Side {
    fn guard(&mut self, channel: Channel, outlet: Outlet, text: &[u8]) -> Watch {
        let mut guard: Guard = self
            .guards
            .guard(super::worker::number(channel), outlet, Size::default());
        let mut watch = Watch::default();
        for piece in text.chunks(PIECE) {
            guard.push(Duration::ZERO, Raw::from_vec(piece.to_vec()));
            self.desk.serve(&mut guard, Duration::ZERO, &mut watch);
        }
        guard.mark(MarkKind::End);
        self.desk.serve(&mut guard, Duration::ZERO, &mut watch);
        watch
    }
}
