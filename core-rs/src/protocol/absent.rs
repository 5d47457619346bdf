//! Values that are not written: their fields are left out.

/// For fields that are absent when 0.
pub(super) fn is_zero(value: &u32) -> bool {
    *value == 0
}

/// For fields that are absent when false.
pub(super) fn is_false(value: &bool) -> bool {
    !*value
}
