//! What one call is about: all of an ask, or one suspect of it, without a copy.

use cofferdam_guard::{Ask, BadAnswer, Finding, Region, Suspect};

/// A part of an ask, as a detector sees it.
pub(crate) struct View<'a> {
    pub(crate) text: &'a [u8],
    pub(crate) regions: &'a [Region],
    pub(crate) suspects: &'a [Suspect],
    /// The number, in the ask, of the first region and of the first suspect.
    first: (u32, u32),
}

impl<'a> View<'a> {
    /// All of it.
    pub(crate) fn whole(ask: &'a Ask) -> Self {
        Self {
            text: ask.expose_to_guest(),
            regions: ask.regions(),
            suspects: ask.suspects(),
            first: (0, 0),
        }
    }

    /// The number that a region has for the guest.
    pub(crate) fn region(&self, region: u32) -> u32 {
        region - self.first.0
    }

    /// Holds an answer against what was asked, and gives its suspects the numbers that they have in the ask.
    pub(crate) fn check(&self, ask: &Ask, findings: &mut [Finding]) -> Result<(), BadAnswer> {
        for finding in findings.iter_mut() {
            if finding.suspect as usize >= self.suspects.len() {
                return Err(BadAnswer::NoSuchSuspect);
            }
            finding.suspect += self.first.1;
        }
        ask.check(findings)
    }
}

/// Goes through an ask, one suspect at a time and in their order.
pub(crate) struct Walk<'a> {
    ask: &'a Ask,
    region: usize,
    /// Where in the text that region begins.
    start: usize,
}

impl<'a> Walk<'a> {
    pub(crate) fn new(ask: &'a Ask) -> Self {
        Self {
            ask,
            region: 0,
            start: 0,
        }
    }

    /// One suspect alone, with its region. `None` where there is none, or where it stands before the last one.
    pub(crate) fn only(&mut self, suspect: u32) -> Option<View<'a>> {
        let index = suspect as usize;
        let suspects = self.ask.suspects().get(index..=index)?;
        let regions = self.ask.regions();
        let region = suspects[0].region as usize;
        self.start += regions
            .get(self.region..region)?
            .iter()
            .map(|region| region.len as usize)
            .sum::<usize>();
        self.region = region;
        let regions = regions.get(region..=region)?;
        let text = self
            .ask
            .expose_to_guest()
            .get(self.start..self.start + regions[0].len as usize)?;
        Some(View {
            text,
            regions,
            suspects,
            first: (suspects[0].region, suspect),
        })
    }
}
