//! Headers that tell the browser what a page of ours may never do.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use http::{HeaderMap, HeaderName, HeaderValue, header};
use kernel::Ambient;

/// What marks the scripts of this one answer as ours.
#[derive(Clone, Debug)]
pub(crate) struct CspNonce(pub String);

/// Which headers depend on the settings.
#[derive(Clone)]
pub(crate) struct SecurityState {
    /// Where nonces come from.
    pub ambient: Ambient,
    /// Whether people come over TLS.
    pub is_https: bool,
}

/// Adds the headers to every answer; a handler that set a header itself keeps its own.
pub(crate) async fn add_security_headers(
    State(state): State<SecurityState>,
    mut request: Request,
    next: Next,
) -> Response {
    let nonce = STANDARD_NO_PAD.encode(state.ambient.secret::<18>());
    request.extensions_mut().insert(CspNonce(nonce.clone()));
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    set(headers, header::CONTENT_SECURITY_POLICY, &content_security_policy(&nonce));
    set(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    // Not no-referrer: forms without JavaScript are sent back to the page they came from.
    set(headers, header::REFERRER_POLICY, "same-origin");
    set(headers, HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(headers, HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    set(
        headers,
        HeaderName::from_static("permissions-policy"),
        "accelerometer=(), camera=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()",
    );
    set(headers, header::CACHE_CONTROL, "no-store");
    if state.is_https {
        set(headers, header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains");
    }
    response
}

fn content_security_policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; \
         style-src 'self' 'nonce-{nonce}'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; \
         manifest-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; \
         report-uri /csp-report"
    )
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.entry(name).or_insert(value);
    }
}
