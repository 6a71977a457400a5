//! Where a company stands among peers and published figures.
