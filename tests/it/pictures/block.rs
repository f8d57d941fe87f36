//! EXIF blocks made by code, as cameras write them.

use super::made::jpeg;

/// What must never come out: everything that tells of camera, place or owner.
pub(crate) const SECRETS: [&str; 8] = [
    "Kamerawerk",
    "SERIAL-4711",
    "LENS-0815",
    "MAKER-NOTE",
    "Erika Musterfrau",
    "at the back door",
    "2026:11:25 08:30:15",
    "Bildwandler 9",
];

/// An EXIF block in the making: directories of entries.
pub(crate) struct Block {
    is_little_endian: bool,
    pub(crate) first: Vec<Entry>,
    pub(crate) camera: Vec<Entry>,
    pub(crate) place: Vec<Entry>,
    /// A JPEG to be put in as its thumbnail.
    thumbnail: Vec<u8>,
}

pub(crate) struct Entry {
    tag: u16,
    kind: u16,
    count: u32,
    value: Vec<u8>,
}

impl Block {
    pub(crate) fn new(is_little_endian: bool) -> Self {
        let (first, camera, place, thumbnail) = Default::default();
        Self {
            is_little_endian,
            first,
            camera,
            place,
            thumbnail,
        }
    }

    /// As it stands in PNG and WebP files.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = if self.is_little_endian {
            b"II".to_vec()
        } else {
            b"MM".to_vec()
        };
        bytes.extend(self.u16(42));
        bytes.extend(self.u32(8));
        let length = |entries: usize| 2 + entries * 12 + 4;
        let first = 8;
        let camera = first + length(self.first.len() + 2);
        let place = camera + length(self.camera.len());
        let thumbnail = place + length(self.place.len());
        let mut values = thumbnail + length(2);
        let mut later = Vec::new();
        let pointer = |tag, to: usize| Entry {
            tag,
            kind: 4,
            count: 1,
            value: self.u32(to as u32),
        };
        let pointers = [pointer(0x8769, camera), pointer(0x8825, place)];
        let entries: Vec<&Entry> = self.first.iter().chain(&pointers).collect();
        self.directory(&entries, thumbnail, &mut bytes, &mut later, &mut values);
        for entries in [&self.camera, &self.place] {
            let entries: Vec<&Entry> = entries.iter().collect();
            self.directory(&entries, 0, &mut bytes, &mut later, &mut values);
        }
        let start = pointer(0x0201, values);
        let length = pointer(0x0202, self.thumbnail.len());
        self.directory(&[&start, &length], 0, &mut bytes, &mut later, &mut values);
        bytes.extend(later);
        bytes.extend(&self.thumbnail);
        bytes
    }

    /// As it stands in a segment of a JPEG.
    pub(crate) fn for_jpeg(&self) -> Vec<u8> {
        [&b"Exif\0\0"[..], &self.bytes()].concat()
    }

    fn directory(
        &self,
        entries: &[&Entry],
        next: usize,
        bytes: &mut Vec<u8>,
        later: &mut Vec<u8>,
        values: &mut usize,
    ) {
        bytes.extend(self.u16(entries.len() as u16));
        for entry in entries {
            bytes.extend(self.u16(entry.tag));
            bytes.extend(self.u16(entry.kind));
            bytes.extend(self.u32(entry.count));
            if entry.value.len() <= 4 {
                let mut inside = entry.value.clone();
                inside.resize(4, 0);
                bytes.extend(inside);
            } else {
                bytes.extend(self.u32(*values as u32));
                later.extend(&entry.value);
                *values += entry.value.len();
            }
        }
        bytes.extend(self.u32(next as u32));
    }

    fn u16(&self, value: u16) -> Vec<u8> {
        if self.is_little_endian {
            value.to_le_bytes()
        } else {
            value.to_be_bytes()
        }
        .to_vec()
    }

    fn u32(&self, value: u32) -> Vec<u8> {
        if self.is_little_endian {
            value.to_le_bytes()
        } else {
            value.to_be_bytes()
        }
        .to_vec()
    }

    pub(crate) fn text(&self, tag: u16, text: &str) -> Entry {
        let value = [text.as_bytes(), b"\0"].concat();
        Entry {
            tag,
            kind: 2,
            count: value.len() as u32,
            value,
        }
    }

    pub(crate) fn short(&self, tag: u16, value: u16) -> Entry {
        Entry {
            tag,
            kind: 3,
            count: 1,
            value: self.u16(value),
        }
    }

    pub(crate) fn blob(&self, tag: u16, value: Vec<u8>) -> Entry {
        Entry {
            tag,
            kind: 7,
            count: value.len() as u32,
            value,
        }
    }

    pub(crate) fn angle(&self, tag: u16, parts: [(u32, u32); 3]) -> Entry {
        let value = parts
            .iter()
            .flat_map(|(above, below)| [self.u32(*above), self.u32(*below)].concat())
            .collect();
        Entry {
            tag,
            kind: 5,
            count: 3,
            value,
        }
    }
}

/// What a camera writes: maker, model, owner, serial numbers, dates, a note of its own, place, and a thumbnail.
pub(crate) fn camera(orientation: u16, is_little_endian: bool) -> Block {
    let mut block = Block::new(is_little_endian);
    block.first = vec![
        block.text(0x010F, "Kamerawerk"),
        block.text(0x0110, "Bildwandler 9"),
        block.short(0x0112, orientation),
        block.text(0x0132, "2026:11:25 09:00:00"),
        block.text(0x013B, "Erika Musterfrau"),
    ];
    block.camera = vec![
        block.text(0x9003, "2026:11:25 08:30:15"),
        block.text(0x9011, "+01:00"),
        block.blob(0x927C, [&b"MAKER-NOTE"[..], &[7; 500]].concat()),
        block.blob(0x9286, b"ASCII\0\0\0at the back door".to_vec()),
        block.text(0xA431, "SERIAL-4711"),
        block.text(0xA435, "LENS-0815"),
    ];
    block.place = vec![
        block.text(1, "S"),
        block.angle(2, [(33, 1), (51, 1), (2500, 100)]),
        block.text(3, "E"),
        block.angle(4, [(151, 1), (12, 1), (3000, 100)]),
        block.text(29, "2026:11:25"),
    ];
    block.thumbnail = jpeg(32, 24);
    block
}
