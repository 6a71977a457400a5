//! What happens to every request before and after its handler.

mod request_log;
mod same_origin;
mod security_headers;

pub use request_log::log_request;
pub use same_origin::refuse_foreign_writes;
pub use security_headers::{CspNonce, SecurityState, add_security_headers};
