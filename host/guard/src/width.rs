//! How much of what the processor can do is made use of, in tests: what is done instead is tested with any processor.

use std::cell::Cell;

/// As if the processor had no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Width {
    /// Nothing that looks at many bytes at once.
    Byte,
    /// What looks at 32 bytes at once.
    Half,
    /// All that it has.
    Any,
}

thread_local! {
    static MOST: Cell<Width> = const { Cell::new(Width::Any) };
}

impl Width {
    pub(crate) const ALL: [Self; 3] = [Self::Byte, Self::Half, Self::Any];

    /// Does something with no more than this.
    pub(crate) fn run<T>(self, work: impl FnOnce() -> T) -> T {
        /// What was before comes back, also where a test fails.
        struct Back(Width);
        impl Drop for Back {
            fn drop(&mut self) {
                MOST.set(self.0);
            }
        }
        let _back = Back(MOST.replace(self));
        work()
    }

    #[cfg(target_arch = "x86_64")]
    pub(crate) fn is_allowed(self) -> bool {
        self <= MOST.get()
    }
}
