//! The literals that are searched for, each once, in few allocations: there are thousands, and every start waits for
//! them.

use super::Owner;
use crate::coding::escapes;
use crate::set::ByteSet;

/// The most bytes of a literal.
pub(crate) const LONGEST: usize = 64;

/// All literals, and what wants to know of each.
#[derive(Default)]
pub(crate) struct Literals {
    /// Their bytes, one behind the other, in lower case where either case counts.
    bytes: Vec<u8>,
    all: Vec<Entry>,
    /// By literal.
    owners: Vec<Owner>,
    /// What may stand behind literals: most share it with others.
    followers: Vec<Vec<ByteSet>>,
}

#[derive(Clone, Copy)]
struct Entry {
    start: u32,
    length: u8,
    any_case: bool,
    stands: Stands,
    /// The encodings that own it, a bit for each: many literals have forms in common.
    codings: u8,
    behind: Behind,
    /// Where its owners begin; they end where the next one's begin.
    owners: u32,
}

/// Where a literal counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stands {
    Anywhere,
    /// Where a word begins, or a word of a name: what wants to know of it looks at what stands before. Elsewhere it
    /// may be left out.
    BeginsWord,
}

/// What may stand behind a literal, by its place in the list of all that may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Behind(u32);

impl Behind {
    /// Anything.
    pub(crate) const ANYTHING: Self = Self(0);
}

/// One of them.
#[derive(Clone, Copy)]
pub(crate) struct Literal<'a> {
    /// In lower case where either case counts.
    pub(crate) bytes: &'a [u8],
    /// Whether ASCII letters match in either case.
    pub(crate) any_case: bool,
    /// Where it counts, for all owners together.
    pub(super) stands: Stands,
    /// What may stand behind it, byte by byte, for all owners together; all bytes where the list ends, and behind
    /// what begins an escape.
    pub(crate) followers: &'a [ByteSet],
}

impl Literal<'_> {
    /// What may stand behind it with so many bytes between.
    pub(super) fn follower(&self, place: usize) -> ByteSet {
        let (before, rest) = self.followers.split_at_checked(place).unwrap_or_default();
        let escapes = escapes();
        // Behind an escape anything may stand.
        let open = before.iter().any(|set| set.meets(&escapes));
        let anything = ByteSet::from_words([u64::MAX; 4]);
        rest.first().filter(|_| !open).copied().unwrap_or(anything)
    }

    /// Whether a text of its length is this literal.
    #[inline]
    pub(super) fn is(&self, text: &[u8]) -> bool {
        if !self.any_case {
            return text == self.bytes;
        }
        let (Some(last), Some(own)) = (text.last_chunk(), self.bytes.last_chunk()) else {
            return text.eq_ignore_ascii_case(self.bytes);
        };
        let eights = text.as_chunks().0.iter().zip(self.bytes.as_chunks().0);
        lower(*last) == u64::from_le_bytes(*own)
            && eights
                .into_iter()
                .all(|(eight, own)| lower(*eight) == u64::from_le_bytes(*own))
    }
}

/// Eight bytes in lower case at once.
#[inline]
fn lower(eight: [u8; 8]) -> u64 {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let each = |byte: u8| u64::from_le_bytes([byte; 8]);
    let eight = u64::from_le_bytes(eight);
    let low = eight & !HIGH;
    // A byte's highest bit says that it is `A` or more, and not more than `Z`.
    let upper = (low + each(0x80 - b'A')) & !(low + each(0x7F - b'Z')) & !eight & HIGH;
    eight | upper >> 2
}

impl Literals {
    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    #[inline]
    pub(crate) fn get(&self, index: u32) -> Literal<'_> {
        self.literal(&self.all[index as usize])
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Literal<'_>> {
        self.all.iter().map(|entry| self.literal(entry))
    }

    /// Those that rules want to know of.
    pub(crate) fn of_rules(&self) -> impl Iterator<Item = Literal<'_>> {
        let is_rule = |owner: &Owner| matches!(owner, Owner::Rule { .. });
        (0..)
            .zip(self.iter())
            .filter(move |(index, _)| self.owners(*index).iter().any(is_rule))
            .map(|(_, literal)| literal)
    }

    #[inline]
    fn literal(&self, entry: &Entry) -> Literal<'_> {
        Literal {
            bytes: &self.bytes[entry.start as usize..][..usize::from(entry.length)],
            any_case: entry.any_case,
            stands: entry.stands,
            followers: &self.followers[entry.behind.0 as usize],
        }
    }

    /// Who wants to know of a literal.
    #[inline]
    pub(super) fn owners(&self, index: u32) -> &[Owner] {
        let next = self.all.get(index as usize + 1);
        let end = next.map_or(self.owners.len(), |next| next.owners as usize);
        &self.owners[self.all[index as usize].owners as usize..end]
    }

    /// The place of what may stand behind a literal.
    pub(super) fn behind(&self, index: u32) -> Behind {
        self.all[index as usize].behind
    }

    /// What may stand behind a literal, byte by byte.
    #[inline]
    pub(super) fn followers(&self, behind: Behind) -> &[ByteSet] {
        &self.followers[behind.0 as usize]
    }
}

/// The literals while they come in.
pub(crate) struct Draft {
    literals: Literals,
    /// Who asked for which, in the order of asking.
    asked: Vec<(u32, Owner)>,
    /// By hash. At least half of them are free.
    slots: Vec<Slot>,
}

/// Where a literal of some hash stands. The hash tells nearly all others from it without a look at them, which would
/// have to be waited for: together they are larger than a near cache.
#[derive(Clone, Copy, Default)]
struct Slot {
    /// Half of its hash.
    tag: u32,
    /// Its place, and one; nothing where there is none.
    next: u32,
}

impl Draft {
    /// With room for about so many.
    pub(crate) fn with_room(count: usize) -> Self {
        let followers = vec![Vec::new()];
        Self {
            literals: Literals {
                bytes: Vec::with_capacity(count * 9),
                all: Vec::with_capacity(count),
                owners: Vec::new(),
                followers,
            },
            asked: Vec::with_capacity(count),
            slots: vec![Slot::default(); (2 * count.max(8)).next_power_of_two()],
        }
    }

    /// Keeps what may stand behind literals.
    pub(crate) fn behind(&mut self, followers: &[ByteSet]) -> Behind {
        let lists = &mut self.literals.followers;
        let place = lists.iter().position(|list| list == followers).unwrap_or_else(|| {
            lists.push(followers.to_vec());
            lists.len() - 1
        });
        Behind(u32::try_from(place).expect("there are fewer than 2^32 anchors"))
    }

    /// Takes in a literal of 1 to 64 bytes that somebody wants to know of.
    pub(crate) fn add(&mut self, bytes: &[u8], any_case: bool, stands: Stands, behind: Behind, owner: Owner) {
        let mut lower = [0; LONGEST];
        let bytes = if any_case {
            let lower = &mut lower[..bytes.len()];
            lower.copy_from_slice(bytes);
            lower.make_ascii_lowercase();
            lower
        } else {
            bytes
        };
        let hash = hash(bytes, any_case);
        let index = match self.find(bytes, any_case, hash) {
            Ok(index) => {
                self.join(index, stands, behind);
                index
            }
            Err(slot) => self.push(bytes, (any_case, stands), behind, (slot, hash)),
        };
        if let Owner::Coding(coding) = owner {
            let codings = &mut self.literals.all[index as usize].codings;
            let before = *codings;
            *codings |= 1 << coding.index();
            if *codings == before {
                return;
            }
        }
        self.asked.push((index, owner));
    }

    /// The literal's place, or the slot in which it isn't.
    fn find(&self, bytes: &[u8], any_case: bool, hash: u64) -> Result<u32, usize> {
        let mut slot = place(hash, self.slots.len());
        loop {
            let Slot { tag: own, next } = self.slots[slot];
            let Some(index) = next.checked_sub(1) else {
                return Err(slot);
            };
            if own == tag(hash) {
                let there = self.literals.get(index);
                if there.any_case == any_case && there.bytes == bytes {
                    return Ok(index);
                }
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
    }

    fn push(
        &mut self,
        bytes: &[u8],
        (any_case, stands): (bool, Stands),
        behind: Behind,
        (slot, hash): (usize, u64),
    ) -> u32 {
        let Literals { bytes: kept, all, .. } = &mut self.literals;
        let index = u32::try_from(all.len()).expect("there are fewer than 2^26 anchors, and few forms of each");
        all.push(Entry {
            start: u32::try_from(kept.len()).expect("all literals together are shorter than 4 GiB"),
            length: u8::try_from(bytes.len()).expect("a literal has 64 bytes at most"),
            any_case,
            stands,
            codings: 0,
            behind,
            owners: 0,
        });
        kept.extend_from_slice(bytes);
        self.slots[slot] = Slot {
            tag: tag(hash),
            next: index + 1,
        };
        if self.literals.len() * 2 > self.slots.len() {
            self.grow();
        }
        index
    }

    fn grow(&mut self) {
        let slots = self.slots.len() * 2;
        self.slots.clear();
        self.slots.resize(slots, Slot::default());
        for (next, literal) in (1..).zip(self.literals.iter()) {
            let hash = hash(literal.bytes, literal.any_case);
            let mut slot = place(hash, slots);
            while self.slots[slot].next != 0 {
                slot = (slot + 1) & (slots - 1);
            }
            self.slots[slot] = Slot { tag: tag(hash), next };
        }
    }

    /// A literal may stand where any of its owners allows, and before what any allows.
    fn join(&mut self, index: u32, stands: Stands, behind: Behind) {
        if stands == Stands::Anywhere {
            self.literals.all[index as usize].stands = stands;
        }
        let own = self.literals.behind(index);
        if own != behind {
            let lists = &self.literals.followers;
            let pairs = lists[own.0 as usize].iter().zip(&lists[behind.0 as usize]);
            let both: Vec<_> = pairs.map(|(one, other)| one.union(other)).collect();
            let both = self.behind(&both);
            self.literals.all[index as usize].behind = both;
        }
    }

    /// All of them.
    pub(crate) fn finish(mut self) -> Literals {
        let mut literals = self.literals;
        // Owners of one literal stay in the order in which they asked.
        for (index, _) in &self.asked {
            literals.all[*index as usize].owners += 1;
        }
        let mut end = 0;
        for entry in &mut literals.all {
            end += entry.owners;
            entry.owners = end;
        }
        literals
            .owners
            .resize(self.asked.len(), Owner::Rule { rule: 0, anchor: 0 });
        while let Some((index, owner)) = self.asked.pop() {
            let place = &mut literals.all[index as usize].owners;
            *place -= 1;
            literals.owners[*place as usize] = owner;
        }
        literals
    }
}

/// Nobody chooses literals to make this slow who could not make the search itself slow.
fn hash(bytes: &[u8], any_case: bool) -> u64 {
    const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut hash = (bytes.len() as u64) << 1 | u64::from(any_case);
    let mut mix = |word: u64| {
        hash = (hash ^ word).wrapping_mul(FACTOR);
        hash ^= hash >> 32;
    };
    match bytes.last_chunk() {
        Some(last) => {
            bytes
                .as_chunks()
                .0
                .iter()
                .for_each(|chunk| mix(u64::from_le_bytes(*chunk)));
            mix(u64::from_le_bytes(*last));
        }
        None => mix(bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte))),
    }
    hash.wrapping_mul(FACTOR)
}

/// What of a hash its slot keeps: the half that doesn't choose the slot.
fn tag(hash: u64) -> u32 {
    hash as u32
}

/// The slot of a hash among so many, a power of two.
fn place(hash: u64, slots: usize) -> usize {
    (hash >> 32) as usize & (slots - 1)
}

#[cfg(test)]
mod tests {
    use super::{Behind, Draft, Stands, lower};
    use crate::coding::Coding;
    use crate::prefilter::Owner;
    use crate::set::ByteSet;

    #[test]
    fn eight_bytes_are_lowered_at_once() {
        for first in 0..=u8::MAX {
            let mut eight: [u8; 8] = std::array::from_fn(|at| first.wrapping_add((at * 37) as u8));
            let lowered = lower(eight);
            eight.make_ascii_lowercase();
            assert_eq!(lowered.to_le_bytes(), eight);
        }
    }

    #[test]
    fn each_stands_once_with_all_that_want_it() {
        let owner = |rule| Owner::Rule { rule, anchor: 0 };
        let mut draft = Draft::with_room(0);
        let digits = draft.behind(&[ByteSet::of(b"12"), ByteSet::of(b"3")]);
        let letters = draft.behind(&[ByteSet::of(b"ab")]);
        draft.add(b"Key", true, Stands::Anywhere, digits, owner(0));
        draft.add(b"Key", false, Stands::Anywhere, digits, owner(1));
        draft.add(b"kEY", true, Stands::Anywhere, letters, owner(2));
        for other in 0..1000_u32 {
            draft.add(
                &other.to_le_bytes(),
                false,
                Stands::Anywhere,
                Behind::ANYTHING,
                owner(3),
            );
        }
        draft.add(b"KEY", true, Stands::Anywhere, digits, owner(4));
        draft.add(b"KEY", true, Stands::Anywhere, digits, Owner::Coding(Coding::Hex));
        draft.add(b"KEY", true, Stands::Anywhere, digits, Owner::Coding(Coding::Hex));
        let literals = draft.finish();
        assert_eq!(literals.len(), 1002);
        assert_eq!(literals.get(0).bytes, b"key");
        assert_eq!(
            literals.owners(0),
            [owner(0), owner(2), owner(4), Owner::Coding(Coding::Hex)]
        );
        assert_eq!(literals.get(0).followers, [ByteSet::of(b"12ab")]);
        assert_eq!(literals.owners(1), [owner(1)]);
        assert_eq!(literals.get(1).followers, [ByteSet::of(b"12"), ByteSet::of(b"3")]);
        assert_eq!(literals.owners(1001), [owner(3)]);
        assert!(literals.get(1001).followers.is_empty());
    }
}
