//! How the product runs: settings, services, URLs, background work.

pub mod commands;
pub mod config;
mod connections;
mod logging;
mod middleware;
mod rest;
mod router;
mod services;
mod sign_in;
mod worker;

pub use rest::v1::description;
pub use router::{Health, router};
pub use services::{Services, StartError};
