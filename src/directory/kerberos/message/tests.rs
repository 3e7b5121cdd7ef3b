//! Messages as others write them.
