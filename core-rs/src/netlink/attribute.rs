//! Attributes of routing messages as bytes: lists of length, number and payload.

/// Written one after another.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Attributes {
    bytes: Vec<u8>,
}

/// `NLA_F_NESTED`.
const NESTED: u16 = 1 << 15;

/// Bits of the type that are flags (`NLA_F_NESTED`, `NLA_F_NET_BYTEORDER`).
const FLAGS: u16 = 0xc000;

impl Attributes {
    /// Appends an attribute. One that is longer than its length can say is cut: nothing here is.
    pub fn put(&mut self, kind: u16, payload: &[u8]) {
        let payload = payload.get(..MOST).unwrap_or(payload);
        let length = u16::try_from(4 + payload.len()).unwrap_or(u16::MAX);
        self.bytes.extend(length.to_ne_bytes());
        self.bytes.extend(kind.to_ne_bytes());
        self.bytes.extend(payload);
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
    }

    /// Appends a number in the order of this machine.
    pub fn put_u32(&mut self, kind: u16, number: u32) {
        self.put(kind, &number.to_ne_bytes());
    }

    /// Appends a text with its zero.
    pub fn put_text(&mut self, kind: u16, text: &str) {
        self.put(kind, &[text.as_bytes(), &[0]].concat());
    }

    /// Appends an attribute that is a list of attributes.
    pub fn nest(&mut self, kind: u16, inner: &Self) {
        self.put(kind | NESTED, &inner.bytes);
    }

    /// What was written.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Longest payload.
const MOST: usize = 0xfff0;

/// The payload of the attribute `kind` among those in `bytes`.
pub fn find(bytes: &[u8], kind: u16) -> Option<&[u8]> {
    let mut rest = bytes;
    loop {
        let (head, _) = rest.split_first_chunk::<4>()?;
        let [l0, l1, k0, k1] = *head;
        let length = usize::from(u16::from_ne_bytes([l0, l1]));
        if u16::from_ne_bytes([k0, k1]) & !FLAGS == kind {
            return rest.get(4..length);
        }
        rest = rest.get(length.max(4).next_multiple_of(4)..)?;
    }
}

/// The same as a number in the order of this machine.
pub fn find_u32(bytes: &[u8], kind: u16) -> Option<u32> {
    Some(u32::from_ne_bytes(*find(bytes, kind)?.first_chunk()?))
}

/// Whether `body` is a header of so many bytes with whole attributes behind it. Only such is given to
/// the crate that takes them apart: it counts with lengths before it looks at them.
pub fn is_whole(body: &[u8], header: usize) -> bool {
    let Some(mut rest) = body.get(header..) else {
        return false;
    };
    while !rest.is_empty() {
        let Some([low, high, ..]) = rest.first_chunk::<4>() else {
            return false;
        };
        let length = usize::from(u16::from_ne_bytes([*low, *high]));
        if length < 4 || length > rest.len() {
            return false;
        }
        rest = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_whole_of_lengths_that_do_not_fit_is_false() {
        let body = |length: u8| [0, 0, 0, 0, length, 0, 1, 0, 7, 7, 7, 7];
        assert!(is_whole(&body(8), 4));
        assert!(is_whole(&body(7), 4), "the last one is not padded");
        for length in [0, 3, 9, 255] {
            assert!(!is_whole(&body(length), 4), "{length}");
        }
        assert!(!is_whole(&[0; 3], 4));
        assert!(!is_whole(&[0; 6], 4));
        assert!(is_whole(&[0; 4], 4));
    }

    #[test]
    fn find_reads_what_put_wrote() {
        let mut inner = Attributes::default();
        inner.put(3, &[7]);
        let mut all = Attributes::default();
        all.put_text(1, "eth0");
        all.nest(2, &inner);
        all.put_u32(4, 9);
        assert_eq!(all.as_bytes().len(), 12 + 12 + 8);
        let found = |kind| find(all.as_bytes(), kind);
        assert_eq!(found(1), Some(b"eth0\0".as_slice()));
        assert_eq!(
            found(2).and_then(|list| find(list, 3)),
            Some([7].as_slice())
        );
        assert_eq!(find_u32(all.as_bytes(), 4), Some(9));
        assert_eq!(found(5), None);
        assert_eq!(find(&[9, 0, 1, 0, 1], 1), None, "cut short");
    }
}
