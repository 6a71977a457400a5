//! Light, dark, or as the system says: kept in a cookie that the server reads when it renders.

use axum::{
    Form,
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderMap, HeaderValue, header};
use serde::Deserialize;
use ui::Theme;

use crate::services::Services;

/// The form of the theme switch.
#[derive(Deserialize)]
pub(crate) struct Choice {
    theme: String,
}

/// Remembers the choice for a year and goes back to the page it was made on.
pub(crate) async fn choose(
    State(services): State<Services>,
    headers: HeaderMap,
    Form(choice): Form<Choice>,
) -> Response {
    let cookie = Theme::parse(&choice.theme).cookie(services.config.server.is_https());
    let back = headers
        .get(header::REFERER)
        .and_then(|value| value.to_str().ok())
        .and_then(|url| url.split_once("://"))
        .and_then(|(_, rest)| rest.split_once('/'))
        .map(|(_, path)| format!("/{path}"));
    let back = back.as_deref().and_then(api::path_on_this_site).unwrap_or("/");
    let mut response = Redirect::to(back).into_response();
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// The choice that the browser sends along.
pub(crate) fn chosen(headers: &HeaderMap, is_https: bool) -> Theme {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    Theme::of_cookies(
        cookies.flat_map(|line| line.split(';')).filter_map(|cookie| cookie.trim().split_once('=')),
        is_https,
    )
}
