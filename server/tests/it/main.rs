//! The whole router without a network, and the rules that the layout of the code keeps.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "the functions that tests share may fail like tests"
)]

#[macro_use]
mod app;

mod accounts;
mod administration;
mod architecture;
mod asvs;
mod cache;
mod crowd;
mod datasets;
mod downloads;
mod failures;
mod gateway;
mod grpc;
mod headers;
mod health;
mod leaving;
mod live;
mod mail;
mod method;
mod origins;
mod outside;
mod own_account;
mod pages;
mod permissions;
mod personal;
mod refusals;
mod rest_api;
mod routes;
mod sessions;
mod tenancy;
mod visitor;
mod workspaces;
