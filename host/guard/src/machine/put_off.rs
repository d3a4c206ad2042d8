//! What is read later: what there is no room for until other readings are done with, and where many are open, what
//! stands behind.

use std::collections::BTreeMap;

use crate::follow::Hit;
use crate::projection::AT_ONCE;
use crate::view::{View, ViewId};

/// Once there are so many readings, or so much is to be read of one view, what came at once is read piece by piece.
const CROWDED: usize = 64;

/// So many bytes of the stream are read at a time then. However much came at once, readings follow on one another as
/// they would had it come in such pieces: each could read all of it, and have others read from it, long before those
/// were done with that stand before.
const PIECE: u64 = 256;

/// What is put off while what came at once is read.
#[derive(Default)]
pub(super) struct PutOff {
    /// There was no room for it.
    waiting: Vec<(ViewId, Vec<Hit>)>,
    /// Raw bytes behind `upto` tell of it.
    later: Vec<(ViewId, Vec<(u64, Hit)>)>,
    /// All that was to come piece by piece is read.
    finished: bool,
    upto: Option<u64>,
}

impl PutOff {
    /// Puts off what there is no room for.
    pub(super) fn wait(&mut self, parent: ViewId, hits: Vec<Hit>) {
        if !hits.is_empty() {
            self.waiting.push((parent, hits));
        }
    }

    /// Takes what there was no room for.
    pub(super) fn take_waiting(&mut self) -> Vec<(ViewId, Vec<Hit>)> {
        std::mem::take(&mut self.waiting)
    }

    /// Answers what is to be read from this view now, where there are so many readings, and so much of the stream has
    /// come. The rest is put off.
    pub(super) fn now(&mut self, parent: &View, readings: usize, hits: Vec<Hit>, consumed: u64) -> Vec<Hit> {
        let crowded = readings.max(hits.len()) > CROWDED;
        if hits.is_empty() || self.finished || (self.upto.is_none() && !crowded) {
            return hits;
        }
        let told = |hit: &Hit| parent.map.when(hit.told.saturating_sub(1)).unwrap_or(consumed);
        // There may be tens of thousands.
        let told: Vec<u64> = hits.iter().map(told).collect();
        let first = || told.iter().copied().min().unwrap_or(consumed);
        let upto = self
            .upto
            .unwrap_or_else(|| first().clamp(consumed.saturating_sub(AT_ONCE), consumed));
        self.upto = Some(upto);
        if told.iter().all(|told| *told <= upto) {
            return hits;
        }
        let (now, later) = told
            .into_iter()
            .zip(hits)
            .partition::<Vec<_>, _>(|(told, _)| *told <= upto);
        self.later.push((parent.id, later));
        now.into_iter().map(|(_, hit)| hit).collect()
    }

    /// Up to which raw byte is read for now, if not all is.
    pub(super) fn upto(&self) -> Option<u64> {
        self.upto
    }

    /// Goes on with what stands behind, of which so much has come, and answers what is to be read of it; nothing
    /// where all was. What is read from readings and found no room until here finds none.
    pub(super) fn go_on(&mut self, consumed: u64) -> Option<Vec<(ViewId, Vec<Hit>)>> {
        let upto = self.upto? + PIECE;
        self.waiting.retain(|(parent, _)| !parent.is_decoded());
        self.upto = Some(upto).filter(|upto| *upto < consumed);
        self.finished = self.upto.is_none();
        let upto = self.upto.unwrap_or(u64::MAX);
        let mut now = Vec::new();
        for (parent, later) in &mut self.later {
            let ready = later.extract_if(.., |(told, _)| *told <= upto);
            now.push((*parent, ready.map(|(_, hit)| hit).collect()));
        }
        self.later.retain(|(_, later)| !later.is_empty());
        Some(now)
    }

    /// In which readings it was found, and where in each the first of it stands.
    pub(super) fn first_in_each(&self) -> BTreeMap<ViewId, u64> {
        let waiting = self
            .waiting
            .iter()
            .flat_map(|(parent, hits)| hits.iter().map(|hit| (*parent, hit.at)));
        let later = self
            .later
            .iter()
            .flat_map(|(parent, hits)| hits.iter().map(|(_, hit)| (*parent, hit.at)));
        let mut first = BTreeMap::new();
        for (parent, at) in waiting.chain(later) {
            let first = first.entry(parent).or_insert(at);
            *first = at.min(*first);
        }
        first
    }
}
