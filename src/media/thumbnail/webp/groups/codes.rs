//! The prefix codes of a lossless WebP.

use super::bits::Bits;

/// The longest word of a code, in bits.
const LONGEST: u32 = 15;

/// The order in which the lengths of the words for lengths are written.
const ORDER: [usize; 19] = [
    17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
];

/// A prefix code: for all bits that may come next, the length of the word (above 16 bits) and its symbol.
pub(super) struct Code {
    table: Vec<u32>,
    /// The bits that choose an entry of the table.
    mask: u64,
}

impl Code {
    /// Reads a code of so many symbols.
    pub(super) fn read(bits: &mut Bits<'_>, symbols: usize) -> Option<Self> {
        if bits.take(1)? == 1 {
            return Self::simple(bits, symbols);
        }
        let mut lengths = [0; ORDER.len()];
        let count = 4 + bits.take(4)? as usize;
        for place in ORDER.iter().take(count) {
            *lengths.get_mut(*place)? = bits.take(3)?;
        }
        let lengths = lengths_by(&Self::of_lengths(&lengths)?, bits, symbols)?;
        Self::of_lengths(&lengths)
    }

    /// A code that names its one symbol, or its two, which may be the same.
    fn simple(bits: &mut Bits<'_>, symbols: usize) -> Option<Self> {
        let two = bits.take(1)? == 1;
        let width = if bits.take(1)? == 1 { 8 } else { 1 };
        let first = bits.take(width)?;
        let second = if two { bits.take(8)? } else { first };
        if first.max(second) as usize >= symbols {
            return None;
        }
        Some(if two {
            let word = 1 << 16;
            Self {
                table: vec![word | first, word | second],
                mask: 1,
            }
        } else {
            Self::of_one(first)
        })
    }

    /// A code of one symbol: its word has no bits.
    fn of_one(symbol: u32) -> Self {
        Self {
            table: vec![symbol],
            mask: 0,
        }
    }

    /// The code whose words have these lengths, 0 for no word; `None` if words are missing or too many.
    fn of_lengths(lengths: &[u32]) -> Option<Self> {
        let mut used = (0_u32..).zip(lengths).filter(|(_, length)| **length > 0);
        if let (Some((symbol, _)), None) = (used.next(), used.next()) {
            return Some(Self::of_one(symbol));
        }
        let width = lengths.iter().copied().max().filter(|it| *it <= LONGEST)?;
        let places = lengths.iter().filter(|length| **length > 0);
        let places: usize = places.map(|length| 1 << (width - length)).sum();
        if places != 1 << width {
            return None;
        }
        let mut table = vec![0; places];
        let mut word = 0_u32;
        for length in 1..=width {
            word <<= 1;
            for (symbol, _) in (0_u32..).zip(lengths).filter(|(_, it)| **it == length) {
                // A word is written from its highest bit on.
                let first = word.reverse_bits() >> (u32::BITS - length);
                let entries = table.iter_mut().skip(first as usize);
                entries
                    .step_by(1 << length)
                    .for_each(|entry| *entry = length << 16 | symbol);
                word += 1;
            }
        }
        let mask = (1 << width) - 1;
        Some(Self { table, mask })
    }

    /// Whether it has one symbol only.
    pub(super) fn is_single(&self) -> bool {
        self.mask == 0
    }

    /// The symbol that comes next.
    #[inline]
    pub(super) fn next(&self, bits: &mut Bits<'_>) -> Option<u32> {
        let entry = *self.table.get((bits.ahead() & self.mask) as usize)?;
        bits.skip(entry >> 16)?;
        Some(entry & 0xFFFF)
    }
}

/// Reads the lengths of the words of a code of so many symbols, which are in a code themselves.
fn lengths_by(code: &Code, bits: &mut Bits<'_>, symbols: usize) -> Option<Vec<u32>> {
    let mut left = symbols;
    if bits.take(1)? == 1 {
        let width = 2 + 2 * bits.take(3)?;
        left = 2 + bits.take(width)? as usize;
        if left > symbols {
            return None;
        }
    }
    let mut lengths = Vec::with_capacity(symbols);
    let mut last = 8;
    while left > 0 && lengths.len() < symbols {
        left -= 1;
        let (length, times) = match code.next(bits)? {
            16 => (last, 3 + bits.take(2)?),
            17 => (0, 3 + bits.take(3)?),
            18 => (0, 11 + bits.take(7)?),
            length => (length, 1),
        };
        if length > 0 {
            last = length;
        }
        lengths.extend(std::iter::repeat_n(length, times as usize));
    }
    if lengths.len() > symbols {
        return None;
    }
    lengths.resize(symbols, 0);
    Some(lengths)
}
