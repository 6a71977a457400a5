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
use leptos::server_fn::error::SERVER_FN_ERROR_HEADER;

use super::SecurityState;

const PATH: &str = "__path";
const ERROR: &str = "__err";
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
    // Other answers may lead to an address that somebody made up.
    let is_refusal = response.headers().contains_key(SERVER_FN_ERROR_HEADER);
    let location = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
    let emptied = location.and_then(emptied);
    let refusal = emptied.as_ref().and_then(|(_, refusal)| refusal.as_deref()).filter(|_| is_refusal);
    let cookie = match refusal {
        Some(refusal) => Some(set(refusal, LASTS_SECONDS)),
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

/// The value of the first cookie with that name.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs =
        cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(found, _)| *found == name).map(|(_, value)| value)
}

/// The value of a pair with this key, however the key is written.
fn value_of<'a>(pair: &'a str, key: &str) -> Option<&'a str> {
    let (found, value) = pair.split_once('=').unwrap_or((pair, ""));
    let decoded = form_urlencoded::parse(found.as_bytes()).next();
    decoded.is_some_and(|(decoded, _)| decoded == key).then_some(value)
}

fn is_of_refusal(pair: &str) -> bool {
    [PATH, ERROR].into_iter().any(|key| value_of(pair, key).is_some())
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

/// The address without any refusal, and the refusal if it can be carried; `None` if there is nothing to take out.
fn emptied(location: &str) -> Option<(String, Option<String>)> {
    let (address, query) = location.split_once('?')?;
    let (refusal, kept): (Vec<&str>, Vec<&str>) = query.split('&').partition(|pair| is_of_refusal(pair));
    if refusal.is_empty() {
        return None;
    }
    let address = if kept.is_empty() { address.to_owned() } else { format!("{address}?{}", kept.join("&")) };
    // The last of each is ours; earlier ones came with the page that sent the form.
    let last = |key| refusal.iter().rev().find_map(|pair| value_of(pair, key));
    Some((address, last(PATH).zip(last(ERROR)).and_then(|(path, error)| carriable(path, error))))
}

/// The refusal as short as a cookie has to be: if need be without what was typed, and without the last sentences.
fn carriable(path: &str, error: &str) -> Option<String> {
    let whole = format!("{PATH}={path}&{ERROR}={error}");
    if whole.len() <= LONGEST_COOKIE {
        return Some(whole);
    }
    let decoded = URL_SAFE.decode(error.replace("%3D", "=")).ok()?;
    let mut error: serde_json::Value = serde_json::from_slice(&decoded).ok()?;
    error.as_object_mut()?.remove("typed");
    loop {
        let encoded = URL_SAFE.encode(error.to_string()).replace('=', "%3D");
        let shorter = format!("{PATH}={path}&{ERROR}={encoded}");
        if shorter.len() <= LONGEST_COOKIE {
            return Some(shorter);
        }
        error.get_mut("fields")?.as_array_mut()?.pop()?;
    }
}

#[cfg(test)]
mod tests {
    use kernel::{AppError, FieldErrors};

    use super::*;

    fn page(address: &str, carried: Option<&str>) -> Option<String> {
        rewritten(&address.parse().unwrap(), carried).map(|uri| uri.to_string())
    }

    #[test]
    fn a_refusal_leaves_the_address_of_the_answer() {
        let (address, refusal) =
            emptied("http://localhost:3000/sign-up?from=home&__path=%2Ffn%2Fsign_up&__err=eyJ9").unwrap();
        assert_eq!(address, "http://localhost:3000/sign-up?from=home");
        assert_eq!(refusal.unwrap(), "__path=%2Ffn%2Fsign_up&__err=eyJ9");
        assert_eq!(emptied("/w/acme?saved=profile"), None);
        let (_, refusal) = emptied("/sign-up?__path=theirs&__err=theirs&__path=ours&__err=ours").unwrap();
        assert_eq!(refusal.unwrap(), "__path=ours&__err=ours");
    }

    #[test]
    fn a_page_is_handed_what_was_carried_and_nothing_that_was_made_up() {
        assert_eq!(page("/sign-in", None), None);
        assert_eq!(page("/sign-in?__path=a&__err=b&next=%2Fw", None).unwrap(), "/sign-in?next=%2Fw");
        assert_eq!(page("/sign-in?__err=b", None).unwrap(), "/sign-in");
        assert_eq!(page("/sign-in?%5F_path=a&_%5ferr=b&q=1", None).unwrap(), "/sign-in?q=1");
        assert_eq!(
            page("/sign-in?__err=b", Some("__path=c&__err=d&x=y")).unwrap(),
            "/sign-in?__path=c&__err=d"
        );
    }

    #[test]
    fn what_is_too_long_for_a_cookie_loses_what_was_typed_and_then_the_last_sentences() {
        let mut fields = FieldErrors::default();
        for number in 0..40 {
            fields.add(format!("c{number}"), "m".repeat(260));
        }
        let mut error = api::ApiError::from(AppError::Invalid { fields });
        error.typed.insert("name".to_owned(), "x".repeat(5_000));
        let encoded = URL_SAFE.encode(serde_json::to_string(&error).unwrap()).replace('=', "%3D");
        let (_, refusal) = emptied(&format!("/sign-up?__path=p&__err={encoded}")).unwrap();
        let refusal = refusal.unwrap();
        assert!(refusal.len() <= LONGEST_COOKIE);
        let kept = refusal.strip_prefix("__path=p&__err=").unwrap().replace("%3D", "=");
        let kept: api::ApiError = serde_json::from_slice(&URL_SAFE.decode(kept).unwrap()).unwrap();
        assert!(kept.typed.is_empty() && kept.error.fields().len() > 5);
        assert!(error.error.fields().starts_with(kept.error.fields()));
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
