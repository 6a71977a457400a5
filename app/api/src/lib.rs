//! What all server functions share.
