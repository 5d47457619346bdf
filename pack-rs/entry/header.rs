//! What the packer tells the stub; `src/segment.rs` writes it.

/// Bytes of the segment, by their distance from the header.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Span {
    /// Where they begin.
    pub at: u64,
    /// How many.
    pub length: u64,
}

/// The first bytes of the segment. Distances are from the address of the header.
#[repr(C, align(16))]
pub struct Header {
    /// Tells a packed executable from others.
    pub magic: [u8; 8],
    /// Deno's own entry point.
    pub entry: i64,
    /// `environ` of libc, or a slot that holds its address.
    pub environment: i64,
    /// 1: a slot; 0: the variable itself.
    pub is_slot: u64,
    /// Words between the program's name and its arguments, each ended by NUL.
    pub words: Span,
    /// Variables for Deno, each ended by NUL.
    pub variables: Span,
    /// Places that the address of the program is added to (`src/relative.rs`).
    pub relative: Span,
    /// Where the program begins.
    pub base: i64,
}

impl Header {
    /// The address at a distance from the header.
    pub fn address(header: &Header, distance: i64) -> usize {
        (core::ptr::from_ref(header) as usize).wrapping_add_signed(distance as isize)
    }

    /// The bytes of a span.
    pub fn bytes(&self, span: Span) -> &'static [u8] {
        let at = Header::address(self, span.at as i64) as *const u8;
        // SAFETY: the packer put them into the segment, which stays mapped and is never written to.
        unsafe { core::slice::from_raw_parts(at, span.length as usize) }
    }

    /// The words of a span.
    pub fn list(&self, span: Span) -> &'static [usize] {
        let at = Header::address(self, span.at as i64) as *const usize;
        // SAFETY: as above; the packer aligns every span to more than a word.
        unsafe { core::slice::from_raw_parts(at, span.length as usize / size_of::<usize>()) }
    }
}
