//! Sign-in that leaves the site and comes back, and the choice of a theme.

pub mod google;
pub mod theme;
