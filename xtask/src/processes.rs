//! Processes that the commands start: steps that are waited for, services in the background.

pub(crate) mod ports;
pub(crate) mod service;
pub(crate) mod step;
