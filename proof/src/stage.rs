//! Real things to try the program with: each is a process or a listener of its own on a free port, in a temporary folder, and ends
//! with its value.
//!
//! A [`Deployment`] is the program as an operator runs it: one node on SQLite, or two on Postgres and Redis behind nginx. The single
//! parts can be used by themselves as well, for example to put a [`FaultyLine`] between a node and its database.

mod canary;
mod database;
mod deployment;
mod faulty_line;
mod liar;
mod mail;
mod nginx;
mod node;
mod postgres;
mod process;
mod provider;
mod redis;
mod settings;
mod small_disk;

pub(crate) use canary::Canary;
pub(crate) use database::Database;
pub(crate) use deployment::{Deployment, Engine, Plan, SITE_NAME, bytes_of};
pub(crate) use faulty_line::{FaultyLine, Mood};
pub(crate) use liar::{Liar, Lie};
pub(crate) use mail::MailSink;
pub(crate) use nginx::{AS_ASKED, Nginx};
pub(crate) use node::{Node, Program};
pub(crate) use postgres::{Owned, Postgres};
pub(crate) use process::{Process, Signal};
pub(crate) use provider::Provider;
pub(crate) use redis::Redis;
pub(crate) use settings::Settings;
pub(crate) use small_disk::SmallDisk;

use std::net::{Ipv4Addr, TcpListener};

use crate::Failure;

/// A port that was free a moment ago.
pub(crate) fn free_port() -> Result<u16, Failure> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
