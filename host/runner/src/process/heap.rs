//! Room for what a start allocates, in large pages.
//!
//! A start puts some ten megabytes on the heap: rules, the tables of the search, what guards said of themselves. In
//! pages of 4 KiB that is more than two thousand page faults, which took a third of a start. Where the system lends
//! large pages to those who ask for them (Linux calls it `madvise`, and most distributions have it so), a handful of
//! faults does the same.

/// How much of the heap is asked for at once, in bytes. Only what is touched is ever used.
const ROOM: usize = 16 << 20;
/// Blocks up to this size lie in the heap. The allocator gives larger ones a mapping of their own, with faults of its
/// own each time.
const LARGEST: usize = 8 << 20;
/// The size of a large page.
const LARGE: usize = 2 << 20;

/// Makes room on the heap. To be called once, at the beginning, before other threads are there. What the system
/// refuses is left out: then a start is slower.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[allow(unsafe_code)]
pub fn make_room() {
    use std::hint::black_box;

    use libc::{M_MMAP_THRESHOLD, M_TOP_PAD, M_TRIM_THRESHOLD, MADV_HUGEPAGE, c_int, c_void, free, malloc, sbrk};

    let set = |parameter: c_int, bytes: usize| {
        let bytes = c_int::try_from(bytes).expect("all sizes are below 2 GiB");
        // SAFETY: it sets a parameter of the allocator, within the bounds that it documents, before any other thread is there.
        unsafe { libc::mallopt(parameter, bytes) }
    };
    set(M_MMAP_THRESHOLD, LARGEST);
    set(M_TRIM_THRESHOLD, 2 * ROOM);
    set(M_TOP_PAD, ROOM);
    // SAFETY: a growth of nothing tells where the heap ends, and moves nothing.
    let end = || unsafe { sbrk(0) };
    let before = end();
    let filler = before.align_offset(LARGE);
    // SAFETY: two blocks are asked for so that the heap grows. The first is kept and never touched, so it uses no memory: the second and
    // all that follows begin where a large page does. The second is given back, and may be null.
    unsafe {
        black_box(malloc(filler));
        free(black_box(malloc(LARGE)));
    }
    let begin = before.wrapping_byte_add(filler);
    let Some(length) = end().addr().checked_sub(begin.addr()) else {
        return;
    };
    // SAFETY: these are whole pages between the ends of the heap before and after, so they are the allocator's. The advice changes how they
    // are backed and not what is in them.
    unsafe { libc::madvise(begin.cast::<c_void>(), length, MADV_HUGEPAGE) };
}

/// Other allocators are left as they are.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub fn make_room() {}

/// How much of this process's heap may lie in large pages, in KiB; nothing where the system doesn't tell.
pub(super) fn advised() -> Option<u64> {
    advised_of(&std::fs::read_to_string("/proc/self/smaps").ok()?)
}

/// The same of a text as the system writes it: a line with the name of each mapping, then lines with a word each.
fn advised_of(maps: &str) -> Option<u64> {
    let mut is_heap = false;
    let (mut size, mut all) = (0, 0);
    for line in maps.lines() {
        let (first, rest) = line.split_once(' ')?;
        match first {
            "Size:" => size = rest.trim().strip_suffix(" kB")?.parse().ok()?,
            "VmFlags:" if is_heap && rest.split(' ').any(|flag| flag == "hg") => all += size,
            range if !range.ends_with(':') => is_heap = rest.ends_with("[heap]"),
            _ => {}
        }
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::{advised, advised_of};

    #[test]
    fn the_part_of_the_heap_that_is_advised_is_told() {
        let maps = "\
            55d0-55e0 rw-p 00000000 00:00 0                          [heap]\n\
            Size:                132 kB\n\
            Rss:                 100 kB\n\
            VmFlags: rd wr mr mw me ac sd\n\
            55e0-56f0 rw-p 00000000 00:00 0                          [heap]\n\
            Size:              18432 kB\n\
            VmFlags: rd wr mr mw me ac sd hg\n\
            7f00-7f10 rw-p 00000000 00:00 0\n\
            Size:               2048 kB\n\
            VmFlags: rd wr mr mw me ac hg\n";
        assert_eq!(advised_of(maps), Some(18432));
        assert_eq!(advised_of("nothing"), None);
        // Nobody has asked for large pages here.
        assert!(advised().is_none_or(|kibibytes| kibibytes == 0));
    }
}
