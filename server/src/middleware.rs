//! What happens to every request before and after its handler.

mod asker;
mod blocks;
mod coming_back;
mod cors;
mod limits;
mod misdirected;
mod origin;
mod panics;
mod reasons;
mod refusals;
mod request_log;
mod same_origin;
mod security_headers;
mod sessions;
mod slow_bodies;
mod time_limit;
mod whole_bodies;

pub(crate) use asker::{Asker, add_limit_headers, plain_page};
pub(crate) use blocks::refuse_blocked;
pub(crate) use coming_back::say_when;
pub(crate) use cors::cors;
pub(crate) use limits::{
    by_address, limit_address, limit_assets, limit_route, limit_stranger, limit_visitor,
};
pub(crate) use misdirected::{OwnHost, refuse_misdirected};
pub(crate) use origin::{OriginState, find_origin};
pub(crate) use panics::{catch_panics, caught};
pub(crate) use reasons::say_why;
pub(crate) use refusals::{carry_refusals, cookie};
pub(crate) use request_log::{Meaning, log_request};
pub(crate) use same_origin::{is_read_by_another_site, refuse_foreign_writes};
pub(crate) use security_headers::{CspNonce, SecurityState, add_security_headers};
pub(crate) use sessions::{SessionState, carry_session};
pub(crate) use slow_bodies::{SENDS_NOTHING, keep_pace};
pub(crate) use time_limit::{LONGEST_REQUEST, limit_time};
pub(crate) use whole_bodies::{LARGEST, TOO_LARGE, take_whole};
