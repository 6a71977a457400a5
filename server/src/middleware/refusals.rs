//! What was refused goes to the next page in a cookie for a minute, not in its address.
//!
//! Server functions answer a form that they refuse by leading back to its page, with the sentences and what was typed in the
//! address. There it would stay in histories and logs, and whoever makes up such an address could put words into our mouth. So
//! the answer's address is emptied into a cookie that only this site can set, and the page is handed the address it knows.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use base64::{Engine, engine::general_purpose::URL_SAFE};
use http::{HeaderMap, HeaderValue, Method, Uri, header, uri::PathAndQuery};

use super::SecurityState;

const KEYS: [&str; 2] = ["__path=", "__err="];
/// Browsers keep cookies of four kibibytes.
const LONGEST_COOKIE: usize = 3_800;
const LASTS_SECONDS: u32 = 60;

/// Carries a refusal from the answer of a form to the page that shows it.
pub(crate) async fn carry_refusals(
    State(security): State<SecurityState>,
    mut request: Request,
    next: Next,
) -> Response {
    let name = if security.is_https { "__Host-refusal" } else { "refusal" };
    let is_page = request.method() == Method::GET && accepts_html(request.headers());
    let carried = cookie(request.headers(), name).filter(|_| is_page).map(str::to_owned);
    if let Some(uri) = rewritten(request.uri(), carried.as_deref()) {
        *request.uri_mut() = uri;
    }
    let mut response = next.run(request).await;
    let set = |value: &str, seconds: u32| {
        let secure = if security.is_https { "; Secure" } else { "" };
        format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
    };
    let location = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
    let emptied = location.and_then(emptied);
    let cookie = match &emptied {
        Some((_, refusal)) => Some(set(refusal, LASTS_SECONDS)),
        None => carried.map(|_| set("", 0)),
    };
    let headers = response.headers_mut();
    if let Some(address) = emptied.and_then(|(address, _)| HeaderValue::from_str(&address).ok()) {
        headers.insert(header::LOCATION, address);
    }
    if let Some(cookie) = cookie.and_then(|cookie| HeaderValue::from_str(&cookie).ok()) {
        headers.append(header::SET_COOKIE, cookie);
    }
    response
}

fn accepts_html(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs =
        cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(found, _)| *found == name).map(|(_, value)| value)
}

fn is_of_refusal(pair: &str) -> bool {
    KEYS.iter().any(|key| pair.starts_with(key))
}

/// The address without a refusal that somebody made up, and with the one that was carried; `None` if it stays as it is.
fn rewritten(uri: &Uri, carried: Option<&str>) -> Option<Uri> {
    let query = uri.query().unwrap_or("");
    if carried.is_none() && !query.split('&').any(is_of_refusal) {
        return None;
    }
    let kept = query.split('&').filter(|pair| !pair.is_empty() && !is_of_refusal(pair));
    let carried = carried.unwrap_or("").split('&').filter(|pair| is_of_refusal(pair));
    let query: Vec<&str> = kept.chain(carried).collect();
    let address =
        if query.is_empty() { uri.path().to_owned() } else { format!("{}?{}", uri.path(), query.join("&")) };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(address.parse::<PathAndQuery>().ok()?);
    Uri::from_parts(parts).ok()
}

/// The address without its refusal, and the refusal; `None` if it has none.
fn emptied(location: &str) -> Option<(String, String)> {
    let (address, query) = location.split_once('?')?;
    let (refusal, kept): (Vec<&str>, Vec<&str>) = query.split('&').partition(|pair| is_of_refusal(pair));
    if refusal.is_empty() {
        return None;
    }
    let address = if kept.is_empty() { address.to_owned() } else { format!("{address}?{}", kept.join("&")) };
    let whole = refusal.join("&");
    let refusal = if whole.len() > LONGEST_COOKIE { without_typed(&refusal)? } else { whole };
    Some((address, refusal))
}

/// The refusal without what was typed, where that is too long to carry.
fn without_typed(refusal: &[&str]) -> Option<String> {
    let path = refusal.iter().find(|pair| pair.starts_with("__path="))?;
    let encoded = refusal.iter().find_map(|pair| pair.strip_prefix("__err="))?;
    let decoded = URL_SAFE.decode(encoded.replace("%3D", "=")).ok()?;
    let mut error: serde_json::Value = serde_json::from_slice(&decoded).ok()?;
    error.as_object_mut()?.remove("typed");
    let encoded = URL_SAFE.encode(error.to_string()).replace('=', "%3D");
    Some(format!("{path}&__err={encoded}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(address: &str, carried: Option<&str>) -> Option<String> {
        rewritten(&address.parse().unwrap(), carried).map(|uri| uri.to_string())
    }

    #[test]
    fn a_refusal_leaves_the_address_of_the_answer() {
        let (address, refusal) =
            emptied("http://localhost:3000/sign-up?from=home&__path=%2Ffn%2Fsign_up&__err=eyJ9").unwrap();
        assert_eq!(address, "http://localhost:3000/sign-up?from=home");
        assert_eq!(refusal, "__path=%2Ffn%2Fsign_up&__err=eyJ9");
        assert_eq!(emptied("/w/acme?saved=profile"), None);
    }

    #[test]
    fn a_page_is_handed_what_was_carried_and_nothing_that_was_made_up() {
        assert_eq!(page("/sign-in", None), None);
        assert_eq!(page("/sign-in?__path=a&__err=b&next=%2Fw", None).unwrap(), "/sign-in?next=%2Fw");
        assert_eq!(page("/sign-in?__err=b", None).unwrap(), "/sign-in");
        assert_eq!(
            page("/sign-in?__err=b", Some("__path=c&__err=d&x=y")).unwrap(),
            "/sign-in?__path=c&__err=d"
        );
    }

    #[test]
    fn what_is_too_long_for_a_cookie_loses_what_was_typed() {
        let error = serde_json::json!({ "error": { "kind": "unauthenticated" }, "typed": { "name": "x".repeat(5_000) } });
        let encoded = URL_SAFE.encode(error.to_string()).replace('=', "%3D");
        let (_, refusal) = emptied(&format!("/sign-up?__path=p&__err={encoded}")).unwrap();
        assert!(refusal.len() < 200, "{refusal}");
        let kept =
            URL_SAFE.decode(refusal.strip_prefix("__path=p&__err=").unwrap().replace("%3D", "=")).unwrap();
        assert_eq!(kept, br#"{"error":{"kind":"unauthenticated"}}"#);
    }

    #[test]
    fn the_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers
            .insert(header::COOKIE, HeaderValue::from_static("sid=1; refusal=__path=a&__err=b; theme=dark"));
        assert_eq!(cookie(&headers, "refusal"), Some("__path=a&__err=b"));
        assert_eq!(cookie(&headers, "other"), None);
    }
}
