//! What the dynamic linker would do for each place that holds an address of the program itself, of places that the packer
//! took from it (`src/relative.rs`).

use crate::header::Header;

/// Adds the address of the program to each place of the list.
///
/// # Safety
/// Nobody has done it, and nobody reads the places meanwhile; the list is the packer's.
pub unsafe fn add(header: &Header) {
    let base = Header::address(header, header.base);
    let mut next = base as *mut usize;
    for &word in header.list(header.relative) {
        if word & 1 == 0 {
            next = base.wrapping_add(word) as *mut usize;
            // SAFETY: a word of the program that can be written to, by the contract above.
            unsafe { *next = (*next).wrapping_add(base) };
            next = next.wrapping_add(1);
            continue;
        }
        let mut bits = word >> 1;
        let mut place = next;
        while bits != 0 {
            let skipped = bits.trailing_zeros() as usize;
            place = place.wrapping_add(skipped);
            // SAFETY: as above.
            unsafe { *place = (*place).wrapping_add(base) };
            place = place.wrapping_add(1);
            // Not by 64 at once, which is no shift.
            bits = bits >> skipped >> 1;
        }
        next = next.wrapping_add(usize::BITS as usize - 1);
    }
}
