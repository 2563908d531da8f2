//! Whole files: every length of interest, every kind of recipient, every way to damage them.
