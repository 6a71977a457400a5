//! Sign-in that leaves the site and comes back, and the choice of a theme.

pub(crate) mod google;
pub(crate) mod theme;
