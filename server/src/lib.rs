//! How the product runs: settings, services, URLs, background work.

mod backups;
pub mod commands;
pub mod config;
mod connections;
mod desk;
pub mod grpc;
mod logging;
mod middleware;
mod operations;
mod pace;
mod pages;
mod panics;
mod rest;
mod router;
mod services;
mod sign_in;
mod warming;
mod worker;

pub use operations::Health;
pub use rest::v1::description;
pub use router::router;
pub use services::{Services, StartError};
