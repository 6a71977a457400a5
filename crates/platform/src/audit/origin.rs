//! Where a deed came from: found by the code that takes the request, needed by the code that writes the log.

tokio::task_local! {
    static ORIGIN: Origin;
}

/// The request behind a deed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The network address.
    pub place: String,
    /// The id of the request, as it is in the log.
    pub request_id: String,
}

/// Carries out the work as part of that request.
pub async fn with_origin<T>(origin: Origin, work: impl Future<Output = T>) -> T {
    ORIGIN.scope(origin, work).await
}

/// The request that is being answered, or the program itself.
pub(super) fn current() -> Origin {
    ORIGIN
        .try_with(Clone::clone)
        .unwrap_or_else(|_| Origin { place: "program".to_owned(), request_id: String::new() })
}

/// The id of the request that is being answered; empty outside of one.
pub fn request_id() -> String {
    current().request_id
}
