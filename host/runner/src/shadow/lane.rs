//! The bounded way from a session to one candidate.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use cofferdam_guard::{Consult, Decision, Outlet, Raw, Size, Verdicts};
use cofferdam_model::record::Channel;

/// What anything else than bytes is counted as, in bytes.
const SMALL: usize = 256;

/// Windows that the guard in force was asked about, by the index of their rule.
pub(super) type Windows = BTreeMap<u16, u64>;

/// What a candidate is told.
pub(super) enum Item {
    /// A stream begins.
    Open {
        channel: Channel,
        outlet: Outlet,
        size: Size,
    },
    /// The child wrote this.
    Bytes {
        channel: Channel,
        at: Duration,
        raw: Arc<Raw>,
        /// What the guard in force was asked about meanwhile.
        windows: Windows,
        /// Up to here nothing more can come of the guard in force but for what it doesn't hold.
        settled: u64,
    },
    /// There was no room for these bytes.
    Gap { channel: Channel, from: u64, to: u64 },
    /// The terminal has another size.
    Resize { channel: Channel, at: Duration, size: Size },
    /// Nothing more comes.
    End {
        channel: Channel,
        at: Duration,
        /// What the guard in force was asked about since the last bytes.
        windows: Windows,
    },
    /// The guard in force decided.
    Found { channel: Channel, decision: Arc<Decision> },
    /// The policy in force was asked.
    Consulted {
        channel: Channel,
        at: Duration,
        consult: Arc<Consult>,
        verdicts: Arc<Verdicts>,
    },
}

impl Item {
    fn cost(&self) -> usize {
        match self {
            Self::Bytes { raw, .. } => raw.len() + SMALL,
            Self::Consulted { consult, .. } => SMALL * (1 + consult.findings.len()),
            Self::Open { .. } | Self::Gap { .. } | Self::Resize { .. } | Self::End { .. } | Self::Found { .. } => SMALL,
        }
    }
}

/// What a lane has for its candidate.
pub(super) enum Next {
    /// Something to look at.
    Item(Item),
    /// Nothing came until the moment was there.
    Idle,
    /// The run is over, and all was looked at.
    Closed,
}

/// The queue of one candidate. What is taken out of it counts until it is done with.
pub(super) struct Lane {
    bound: usize,
    queue: Mutex<Queue>,
    work: Condvar,
    done: Condvar,
}

#[derive(Default)]
struct Queue {
    items: VecDeque<Item>,
    bytes: usize,
    gaps: BTreeMap<Channel, (u64, u64)>,
    dropped: Dropped,
    waiting: bool,
    closed: bool,
    done: bool,
}

/// What a candidate was never told.
#[derive(Debug, Default, Clone)]
pub(super) struct Dropped {
    pub(super) bytes: u64,
    /// Findings that a policy was never asked about.
    pub(super) findings: u64,
    /// A decision or a question of the guard in force had no place: nothing can be compared from here on.
    pub(super) blind: bool,
}

impl Lane {
    pub(super) fn new(bound: usize) -> Self {
        Self {
            bound,
            queue: Mutex::default(),
            work: Condvar::new(),
            done: Condvar::new(),
        }
    }

    /// Hands bytes over that end at `end` of their stream, or counts them as dropped.
    pub(super) fn bytes(&self, item: Item, end: u64) {
        let Item::Bytes { channel, ref raw, .. } = item else {
            return;
        };
        let (length, cost) = (raw.len() as u64, item.cost());
        let mut queue = self.lock();
        if queue.bytes + cost > self.bound || queue.closed {
            let gap = queue.gaps.entry(channel).or_insert((end - length, end));
            gap.1 = end;
            queue.dropped.miss(&item);
            return;
        }
        queue.tell_gap(channel);
        self.put(queue, item);
    }

    /// Hands over what is small. It may take as much room again as bytes do; where even that is full, nothing can be
    /// compared any more.
    pub(super) fn small(&self, item: Item) {
        let mut queue = self.lock();
        if queue.closed {
            return;
        }
        if queue.bytes + item.cost() > 2 * self.bound {
            queue.dropped.miss(&item);
            return;
        }
        if let Item::End { channel, .. } = item {
            queue.tell_gap(channel);
        }
        self.put(queue, item);
    }

    fn put(&self, mut queue: MutexGuard<'_, Queue>, item: Item) {
        queue.bytes += item.cost();
        queue.items.push_back(item);
        // Waking somebody costs a call into the kernel, and who is at work looks for more by itself.
        if std::mem::take(&mut queue.waiting) {
            drop(queue);
            self.work.notify_one();
        }
    }

    /// The next item; waits for one, at most until a moment where there is one.
    pub(super) fn next(&self, until: Option<Instant>) -> Next {
        let mut queue = self.lock();
        loop {
            if let Some(item) = queue.items.pop_front() {
                return Next::Item(item);
            }
            if queue.closed {
                queue.done = true;
                drop(queue);
                self.done.notify_all();
                return Next::Closed;
            }
            queue.waiting = true;
            queue = match until.map(|until| until.saturating_duration_since(Instant::now())) {
                None => self.work.wait(queue).unwrap_or_else(PoisonError::into_inner),
                Some(left) if left.is_zero() => {
                    queue.waiting = false;
                    return Next::Idle;
                }
                Some(left) => {
                    let waited = self.work.wait_timeout(queue, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }

    /// Whether the run is over.
    pub(super) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// Whether something was dropped without which nothing can be compared.
    pub(super) fn is_blind(&self) -> bool {
        self.lock().dropped.blind
    }

    /// The item that was taken last is done with.
    pub(super) fn finished(&self, cost: usize) {
        self.lock().bytes -= cost;
    }

    /// How much room an item takes.
    pub(super) fn cost(item: &Item) -> usize {
        item.cost()
    }

    /// The candidate will look at nothing more.
    pub(super) fn leave(&self) {
        let mut queue = self.lock();
        queue.done = true;
        drop(queue);
        self.done.notify_all();
    }

    /// Nothing more is handed over. Waits until all was looked at, at most until `deadline`, and as long as `budget`
    /// says that the candidate may still use a processor; what wasn't looked at is dropped. Answers with all that
    /// was.
    pub(super) fn close(&self, deadline: Instant, budget: &dyn Fn() -> Duration) -> Dropped {
        let mut queue = self.lock();
        queue.closed = true;
        self.work.notify_all();
        while !queue.done {
            // One thread never uses more of a processor than time goes by, so that waiting for all that is left is
            // never too long.
            let left = deadline.saturating_duration_since(Instant::now()).min(budget());
            if left.is_zero() {
                break;
            }
            let (waited, _) = self
                .done
                .wait_timeout(queue, left)
                .unwrap_or_else(PoisonError::into_inner);
            queue = waited;
        }
        let left = std::mem::take(&mut queue.items);
        for item in left {
            queue.dropped.miss(&item);
        }
        queue.dropped.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Dropped {
    /// An item that the candidate is never told.
    fn miss(&mut self, item: &Item) {
        match item {
            Item::Bytes { raw, .. } => self.bytes += raw.len() as u64,
            Item::Consulted { consult, .. } => {
                self.findings += consult.findings.len() as u64;
                self.blind = true;
            }
            // Without them a difference could be one that there isn't.
            Item::Found { .. } | Item::Open { .. } | Item::Resize { .. } => self.blind = true,
            // What was never told to have ended is held against nobody.
            Item::Gap { .. } | Item::End { .. } => {}
        }
    }
}

impl Queue {
    /// Tells of a gap that is over.
    fn tell_gap(&mut self, channel: Channel) {
        if let Some((from, to)) = self.gaps.remove(&channel) {
            self.bytes += SMALL;
            self.items.push_back(Item::Gap { channel, from, to });
        }
    }
}

/// Adds counts to counts.
pub(super) fn add_up(mine: &mut Windows, theirs: &Windows) {
    for (rule, count) in theirs {
        *mine.entry(*rule).or_default() += count;
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::sync::Arc;
    use std::time::{Duration, Instant};

    use cofferdam_guard::{Outlet, Raw, Size};
    use cofferdam_model::record::Channel;

    use super::{Item, Lane, Next, SMALL, Windows};

    /// More than any test takes.
    const FAR: Duration = Duration::from_secs(600);

    fn bytes(count: usize) -> Item {
        Item::Bytes {
            channel: Channel::Stdout,
            at: Duration::ZERO,
            raw: Arc::new(Raw::from_vec(vec![b'a'; count])),
            windows: Windows::from([(3, 2)]),
            settled: 0,
        }
    }

    #[test]
    fn invariant_7_what_has_no_room_is_counted_and_told_as_a_gap() {
        let lane = Lane::new(1000);
        lane.bytes(bytes(700), 700);
        lane.bytes(bytes(100), 800);
        lane.bytes(bytes(50), 850);
        let Next::Item(first) = lane.next(None) else {
            panic!("there is one")
        };
        lane.bytes(bytes(10), 860);
        assert!(matches!(first, Item::Bytes { ref raw, .. } if raw.len() == 700));
        lane.finished(Lane::cost(&first));
        lane.bytes(bytes(20), 880);
        assert!(matches!(
            lane.next(None),
            Next::Item(Item::Gap { from: 700, to: 860, .. })
        ));
        assert!(matches!(lane.next(None), Next::Item(Item::Bytes { raw, .. }) if raw.len() == 20));
        let dropped = lane.close(Instant::now(), &|| FAR);
        assert_eq!((dropped.bytes, dropped.blind), (160, false));
        assert!(matches!(lane.next(None), Next::Closed));
    }

    #[test]
    fn invariant_7_what_waits_at_the_end_is_dropped_once_its_time_is_over() {
        let lane = Lane::new(10 * SMALL);
        lane.bytes(bytes(100), 100);
        lane.small(Item::End {
            channel: Channel::Stdout,
            at: Duration::ZERO,
            windows: Windows::from([(3, 1)]),
        });
        let dropped = lane.close(Instant::now(), &|| FAR);
        assert_eq!((dropped.bytes, dropped.blind), (100, false));
        lane.bytes(bytes(1), 101);
        assert!(matches!(lane.next(None), Next::Closed), "a closed lane takes nothing");
    }

    #[test]
    fn invariant_7_who_is_starved_is_waited_for_and_who_used_up_its_time_is_not() {
        let lane = Arc::new(Lane::new(10 * SMALL));
        lane.bytes(bytes(100), 100);
        // It gets a processor only once it was asked for the third time how much it used: nothing.
        let asked = Cell::new(0);
        let late = || {
            asked.set(asked.get() + 1);
            if asked.get() == 3 {
                let lane = Arc::clone(&lane);
                std::thread::spawn(move || while matches!(lane.next(None), Next::Item(_)) {});
                return FAR;
            }
            Duration::from_millis(1)
        };
        assert_eq!(lane.close(Instant::now() + FAR, &late).bytes, 0);
        let lane = Lane::new(10 * SMALL);
        lane.bytes(bytes(100), 100);
        assert_eq!(lane.close(Instant::now() + FAR, &|| Duration::ZERO).bytes, 100);
    }

    #[test]
    fn invariant_7_small_things_have_room_beside_bytes_and_none_without_end() {
        let lane = Lane::new(4 * SMALL);
        let open = || Item::Open {
            channel: Channel::Stdout,
            outlet: Outlet::Pipe,
            size: Size::default(),
        };
        for _ in 0..8 {
            lane.small(open());
            lane.next(None);
        }
        lane.small(open());
        assert!(lane.close(Instant::now(), &|| FAR).blind);
    }
}
