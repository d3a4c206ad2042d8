//! Shapes put together until each has a bit.

use super::rarity::Rarity;
use super::shapes::{PLACES, Shape};

/// The low and the high halves of the bytes of a set, for each place of a shape.
#[derive(Clone, Copy)]
struct Halves([(u16, u16); PLACES]);

impl Halves {
    fn of(shape: &Shape) -> Self {
        Self(shape.0.map(|set| {
            let octets = set.octets();
            let rows = (0..).zip(octets.as_chunks::<2>().0);
            rows.fold((0, 0), |(low, high), (row, bytes)| {
                let bytes = u16::from_le_bytes(*bytes);
                (low | bytes, high | u16::from(bytes != 0) << row)
            })
        }))
    }

    fn union(&self, other: &Self) -> Self {
        Self(std::array::from_fn(|place| {
            let (one, other) = (self.0[place], other.0[place]);
            (one.0 | other.0, one.1 | other.1)
        }))
    }
}

/// How much of ordinary text a shape lets through at each place.
#[derive(Clone, Copy)]
struct Share([f32; PLACES]);

impl Share {
    /// At all places together.
    fn whole(&self) -> f32 {
        self.0.iter().product()
    }
}

/// How much of ordinary text shapes let through whose halves are looked up apart.
struct Shares {
    /// By the high half, and by four of the low halves: the share of those that are chosen.
    rows: Box<[[[f32; 16]; 4]; 16]>,
}

impl Shares {
    fn new(rarity: &Rarity) -> Self {
        let mut rows = Box::new([[[0.0; 16]; 4]; 16]);
        for (high, parts) in (0_u8..).zip(rows.iter_mut()) {
            for (part, sums) in (0_u8..).zip(parts) {
                for (chosen, sum) in sums.iter_mut().enumerate() {
                    let lows = (0..4).filter(|low| chosen >> low & 1 == 1);
                    *sum = lows.map(|low| rarity.alone(high << 4 | part << 2 | low)).sum();
                }
            }
        }
        Self { rows }
    }

    fn of(&self, halves: &Halves) -> Share {
        Share(halves.0.map(|place| self.of_place(place)))
    }

    /// The share of two together. Places that look alike, as those behind literals do, are not summed again.
    fn of_both(&self, one: (&Halves, &Share), other: (&Halves, &Share)) -> Share {
        Share(std::array::from_fn(|place| {
            let (of_one, of_other) = (one.0.0[place], other.0.0[place]);
            let both = (of_one.0 | of_other.0, of_one.1 | of_other.1);
            if both == of_one {
                one.1.0[place]
            } else if both == of_other {
                other.1.0[place]
            } else {
                self.of_place(both)
            }
        }))
    }

    fn of_place(&self, (low, mut high): (u16, u16)) -> f32 {
        let lows = [0, 4, 8, 12].map(|part| usize::from(low >> part & 15));
        let mut share = 0.0;
        while high != 0 {
            let row = &self.rows[high.trailing_zeros() as usize];
            high &= high - 1;
            share += row.iter().zip(lows).map(|(sums, low)| sums[low]).sum::<f32>();
        }
        share.min(1.0)
    }
}

/// Puts together what differs least, until there are no more than `most`.
pub(super) fn merge(shapes: Vec<Shape>, most: usize, rarity: &Rarity) -> Vec<Shape> {
    if shapes.len() <= most {
        return shapes;
    }
    let mut merger = Merger::new(shapes, Shares::new(rarity));
    while merger.shapes.len() > most {
        merger.step();
    }
    merger.shapes
}

/// Shapes, and what it would cost to put each together with each before it.
struct Merger {
    table: Shares,
    shapes: Vec<Shape>,
    halves: Vec<Halves>,
    shares: Vec<Share>,
    costs: Vec<Vec<f32>>,
    /// The least of each row of costs, and where it stands.
    best: Vec<(f32, usize)>,
}

impl Merger {
    fn new(shapes: Vec<Shape>, table: Shares) -> Self {
        let halves: Vec<Halves> = shapes.iter().map(Halves::of).collect();
        let mut merger = Self {
            shares: halves.iter().map(|halves| table.of(halves)).collect(),
            costs: Vec::with_capacity(shapes.len()),
            best: Vec::with_capacity(shapes.len()),
            table,
            shapes,
            halves,
        };
        for one in 0..merger.shapes.len() {
            let row: Vec<f32> = (0..one).map(|other| merger.dearer(one, other)).collect();
            merger.best.push(least(&row));
            merger.costs.push(row);
        }
        merger
    }

    /// How much more of ordinary text is let through by the two together.
    fn dearer(&self, one: usize, other: usize) -> f32 {
        let [one, other] = [one, other].map(|shape| (&self.halves[shape], &self.shares[shape]));
        self.table.of_both(one, other).whole() - one.1.whole() - other.1.whole()
    }

    fn step(&mut self) {
        let rows = self.best.iter().enumerate().skip(1);
        let Some((one, (_, other))) = rows.min_by(|left, right| left.1.0.total_cmp(&right.1.0)) else {
            return;
        };
        let other = *other;
        self.shapes[other] = self.shapes[one].union(&self.shapes[other]);
        self.halves[other] = self.halves[one].union(&self.halves[other]);
        self.shares[other] = self.table.of(&self.halves[other]);
        // The last takes the place of the one that is gone.
        let last = self.shapes.len() - 1;
        self.shapes.swap_remove(one);
        self.halves.swap_remove(one);
        self.shares.swap_remove(one);
        self.costs.truncate(last);
        self.best.truncate(last);
        let changed: &[usize] = if one < last { &[one, other] } else { &[other] };
        for changed in changed {
            for with in (0..last).filter(|with| with != changed) {
                let (row, column) = (*changed.max(&with), *changed.min(&with));
                self.costs[row][column] = self.dearer(row, column);
            }
        }
        for (row, (best, costs)) in self.best.iter_mut().zip(&self.costs).enumerate() {
            if changed.contains(&row) || changed.contains(&best.1) || best.1 == last {
                *best = least(costs);
            } else {
                for column in changed.iter().filter(|column| **column < row) {
                    if costs[*column] < best.0 {
                        *best = (costs[*column], *column);
                    }
                }
            }
        }
    }
}

/// The least cost of a row, and where it stands.
fn least(row: &[f32]) -> (f32, usize) {
    let mut best = (f32::INFINITY, 0);
    for (column, cost) in row.iter().enumerate() {
        if *cost < best.0 {
            best = (*cost, column);
        }
    }
    best
}
