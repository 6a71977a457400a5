//! Inter 4, cut down to Latin, Greek, Cyrillic, punctuation, currencies and arrows (SIL Open Font License, `fonts/OFL.txt`).

/// Weight 400.
pub const REGULAR: &[u8] = include_bytes!("../fonts/Inter-Regular.ttf");
/// Weight 500.
pub const MEDIUM: &[u8] = include_bytes!("../fonts/Inter-Medium.ttf");
/// Weight 600.
pub const SEMI_BOLD: &[u8] = include_bytes!("../fonts/Inter-SemiBold.ttf");
/// All of them.
pub const ALL: [&[u8]; 3] = [REGULAR, MEDIUM, SEMI_BOLD];
