//! Where one is, and where one can go from here.

mod breadcrumbs;
mod page_head;
mod pagination;
mod steps;
mod tabs;

pub use breadcrumbs::*;
pub use page_head::*;
pub use pagination::*;
pub use steps::*;
pub use tabs::*;
