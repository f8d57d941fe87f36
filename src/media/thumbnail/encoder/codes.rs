//! Numbers become bits: short codes for what is frequent (ITU-T T.81, annexes C, F and K).

/// How many codes there are of each length from 1 to 16, and what they mean, the shortest first.
pub(super) struct Table {
    pub(super) lengths: [u8; 16],
    pub(super) symbols: &'static [u8],
}

/// Of the steps from block to block: how many bits a number has.
pub(super) const LUMA_MEAN: Table = Table {
    lengths: [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0],
    symbols: &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
};
/// The same of colour.
pub(super) const CHROMA_MEAN: Table = Table {
    lengths: [0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0],
    symbols: &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
};
/// Of waves: how many that are nothing come before one, and how many bits it has.
pub(super) const LUMA_WAVES: Table = Table {
    lengths: [0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 125],
    symbols: &[
        0x01, 0x02, 0x03, 0x00, 0x04, 0x11, 0x05, 0x12, 0x21, 0x31, 0x41, 0x06, 0x13, 0x51, 0x61,
        0x07, 0x22, 0x71, 0x14, 0x32, 0x81, 0x91, 0xA1, 0x08, 0x23, 0x42, 0xB1, 0xC1, 0x15, 0x52,
        0xD1, 0xF0, 0x24, 0x33, 0x62, 0x72, 0x82, 0x09, 0x0A, 0x16, 0x17, 0x18, 0x19, 0x1A, 0x25,
        0x26, 0x27, 0x28, 0x29, 0x2A, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3A, 0x43, 0x44, 0x45,
        0x46, 0x47, 0x48, 0x49, 0x4A, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5A, 0x63, 0x64,
        0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7A, 0x83,
        0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99,
        0x9A, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7, 0xA8, 0xA9, 0xAA, 0xB2, 0xB3, 0xB4, 0xB5, 0xB6,
        0xB7, 0xB8, 0xB9, 0xBA, 0xC2, 0xC3, 0xC4, 0xC5, 0xC6, 0xC7, 0xC8, 0xC9, 0xCA, 0xD2, 0xD3,
        0xD4, 0xD5, 0xD6, 0xD7, 0xD8, 0xD9, 0xDA, 0xE1, 0xE2, 0xE3, 0xE4, 0xE5, 0xE6, 0xE7, 0xE8,
        0xE9, 0xEA, 0xF1, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xF7, 0xF8, 0xF9, 0xFA,
    ],
};
/// The same of colour.
pub(super) const CHROMA_WAVES: Table = Table {
    lengths: [0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 119],
    symbols: &[
        0x00, 0x01, 0x02, 0x03, 0x11, 0x04, 0x05, 0x21, 0x31, 0x06, 0x12, 0x41, 0x51, 0x07, 0x61,
        0x71, 0x13, 0x22, 0x32, 0x81, 0x08, 0x14, 0x42, 0x91, 0xA1, 0xB1, 0xC1, 0x09, 0x23, 0x33,
        0x52, 0xF0, 0x15, 0x62, 0x72, 0xD1, 0x0A, 0x16, 0x24, 0x34, 0xE1, 0x25, 0xF1, 0x17, 0x18,
        0x19, 0x1A, 0x26, 0x27, 0x28, 0x29, 0x2A, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3A, 0x43, 0x44,
        0x45, 0x46, 0x47, 0x48, 0x49, 0x4A, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5A, 0x63,
        0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7A,
        0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97,
        0x98, 0x99, 0x9A, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7, 0xA8, 0xA9, 0xAA, 0xB2, 0xB3, 0xB4,
        0xB5, 0xB6, 0xB7, 0xB8, 0xB9, 0xBA, 0xC2, 0xC3, 0xC4, 0xC5, 0xC6, 0xC7, 0xC8, 0xC9, 0xCA,
        0xD2, 0xD3, 0xD4, 0xD5, 0xD6, 0xD7, 0xD8, 0xD9, 0xDA, 0xE2, 0xE3, 0xE4, 0xE5, 0xE6, 0xE7,
        0xE8, 0xE9, 0xEA, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xF7, 0xF8, 0xF9, 0xFA,
    ],
};

/// The code of each symbol: its bits, and how many.
pub(super) struct Codes([(u32, u32); 256]);

impl Codes {
    /// As a table says.
    pub(super) fn new(table: &Table) -> Self {
        let mut codes = [(0, 0); 256];
        let mut symbols = table.symbols.iter();
        let mut code = 0;
        for (length, count) in (1..).zip(table.lengths) {
            for symbol in symbols.by_ref().take(usize::from(count)) {
                if let Some(slot) = codes.get_mut(usize::from(*symbol)) {
                    *slot = (code, length);
                }
                code += 1;
            }
            code <<= 1;
        }
        Self(codes)
    }

    fn of(&self, symbol: u8) -> (u32, u32) {
        let code = self.0.get(usize::from(symbol));
        code.copied().unwrap_or_default()
    }
}

/// Bytes by which what is written grows.
const PIECE: usize = 1 << 20;

/// Bytes to which bits are added.
pub(super) struct Bits {
    bytes: Vec<u8>,
    /// The last `count` bits are not yet in `bytes`: less than 32 between calls.
    held: u64,
    count: u32,
}

impl Bits {
    /// Goes on after these bytes.
    pub(super) fn after(bytes: Vec<u8>) -> Self {
        Self {
            bytes,
            held: 0,
            count: 0,
        }
    }

    /// Adds the code for the bits of a number, and those bits. `before`: how many numbers that are nothing (15 at
    /// most) come before it.
    pub(super) fn number(&mut self, codes: &Codes, before: u32, number: i32) {
        let length = 32 - number.unsigned_abs().leading_zeros();
        let (code, bits) = codes.of(((before << 4) | length) as u8);
        // Of a negative number the bits of the next smaller one are written: its first bit is then 0.
        let coded = (number + (number >> 31)) as u32 & !(u32::MAX << length);
        self.add((code << length) | coded, bits + length);
    }

    /// Adds the code of a symbol.
    pub(super) fn symbol(&mut self, codes: &Codes, symbol: u8) {
        let (code, bits) = codes.of(symbol);
        self.add(code, bits);
    }

    /// Adds the last `count` bits (32 at most), of which all before are 0.
    fn add(&mut self, bits: u32, count: u32) {
        self.held = (self.held << count) | u64::from(bits);
        self.count += count;
        if let Some(rest) = self.count.checked_sub(32) {
            self.count = rest;
            self.put(&((self.held >> rest) as u32).to_be_bytes());
        }
    }

    /// A byte of ones would be taken for a marker without the zero behind it.
    fn put(&mut self, bytes: &[u8]) {
        if self.bytes.capacity() - self.bytes.len() < 2 * size_of::<u32>() {
            // Not to twice the size, as it would by itself: that is more than is promised.
            self.bytes.reserve_exact(PIECE);
        }
        if !bytes.contains(&0xFF) {
            self.bytes.extend_from_slice(bytes);
            return;
        }
        for byte in bytes {
            self.bytes.push(*byte);
            if *byte == 0xFF {
                self.bytes.push(0);
            }
        }
    }

    /// The bytes, the last one filled up with ones.
    pub(super) fn finish(mut self) -> Vec<u8> {
        self.add(0x7F, 7);
        let whole = self.count / 8;
        let bytes = ((self.held >> (self.count % 8)) as u32).to_be_bytes();
        let whole = bytes.get(4 - whole as usize..).unwrap_or_default();
        self.put(whole);
        self.bytes
    }
}
