//! Every URL of the product.

use std::sync::Arc;

use app::{App, shell};
use axum::{
    Extension, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Request},
    middleware::{from_fn, from_fn_with_state, map_response},
    response::Response,
    routing::{get, post},
};
use http::{StatusCode, header};
use leptos::{config::LeptosOptions, nonce::Nonce, prelude::provide_context};
use leptos_axum::{
    LeptosRoutes, generate_route_list, handle_server_fns_with_context, render_app_to_stream_with_context,
};
use platform::Class;
use serde::Deserialize;
use tower::util::option_layer;
use tower_http::{compression::CompressionLayer, services::ServeDir, set_header::SetResponseHeaderLayer};

use crate::{
    config::Config,
    middleware::{
        CspNonce, LONGEST_REQUEST, OriginState, OwnHost, SENDS_NOTHING, SecurityState, SessionState,
        add_security_headers, carry_refusals, carry_session, catch_panics, cors, find_origin, keep_pace,
        limit_address, limit_assets, limit_route, limit_time, limit_visitor, log_request, refuse_blocked,
        refuse_foreign_writes, refuse_misdirected, say_when, say_why, take_whole,
    },
    operations::{self, Health},
    pages::render_within_requests,
    rest::{self, live::Streams},
    services::{Services, StartError},
    sign_in::{google, theme},
};

/// The whole product as one service.
pub fn router(services: &Services, health: Health) -> Result<Router, StartError> {
    render_within_requests();
    let security =
        SecurityState { ambient: services.ambient.clone(), is_https: services.config.server.is_https() };
    let known_sites = Arc::new(services.config.server.cors_origins.clone());
    let sessions = SessionState { accounts: services.accounts.clone(), is_https: security.is_https };
    let product = for_people_and_programs(services, &health)
        // Of a tuple the first is the outermost. It is one layer: each on its own would copy all those inside it once more.
        .layer((
            from_fn_with_state(LONGEST_REQUEST, limit_time),
            from_fn_with_state(services.limits.clone(), take_whole),
            from_fn_with_state(sessions.clone(), carry_session),
            from_fn_with_state(services.limits.clone(), limit_visitor),
        ))
        .merge(uploads(services).layer((
            from_fn_with_state(sessions, carry_session),
            from_fn_with_state(services.limits.clone(), limit_visitor),
        )))
        .layer((
            // Outside of everything that refuses, so that pages of other sites can read why.
            option_layer(cors(&services.config.server.cors_origins)),
            from_fn_with_state(services.limits.clone(), limit_address),
            from_fn_with_state(known_sites, refuse_foreign_writes),
            from_fn_with_state(security.clone(), carry_refusals),
        ));
    let origins = OriginState {
        ambient: services.ambient.clone(),
        trusted_proxies: services.config.server.trusted_proxies.clone(),
    };
    let answered = Router::new()
        .merge(for_strangers(services))
        .merge(product)
        .merge(
            static_files(&services.config).layer(from_fn_with_state(services.limits.clone(), limit_assets)),
        )
        .layer((
            from_fn_with_state(services.blocks.clone(), refuse_blocked),
            from_fn_with_state(OwnHost::of(&services.config.server), refuse_misdirected),
        ));
    Ok(Router::new().merge(operations::router(services, health)).merge(answered).layer((
        from_fn_with_state(origins, find_origin),
        from_fn_with_state(services.accounts.clone(), log_request),
        from_fn_with_state(security, add_security_headers),
        from_fn(catch_panics),
        CompressionLayer::new(),
        map_response(say_charset),
        from_fn(say_why),
        from_fn(say_when),
        from_fn_with_state(SENDS_NOTHING, keep_pace),
    )))
}

/// Everything that people and programs ask for, but uploads.
fn for_people_and_programs(services: &Services, health: &Health) -> Router {
    Router::new()
        .route("/sign-in/google", get(google::start))
        .route("/sign-in/google/callback", get(google::finish))
        .route("/theme", post(theme::choose))
        .route("/account/erase", post(rest::leaving::erase_person))
        .route("/w/{workspace}/charts/{file}", get(rest::charts::chart))
        .route(
            "/w/{workspace}/events",
            get(rest::live::events).layer(Extension(Streams::new(services, health.stopping.clone()))),
        )
        .merge(exports(services))
        .with_state(services.clone())
        .merge(rest::v1::router(services))
        .merge(pages(services, &leptos_options(&services.config)))
}

/// What nobody signs in for.
fn for_strangers(services: &Services) -> Router {
    Router::new()
        .route("/csp-report", post(csp_report))
        .route("/.well-known/jwks.json", get(rest::v1::public_keys).with_state(services.clone()))
        .layer((
            from_fn_with_state(services.limits.clone(), limit_visitor),
            from_fn_with_state(LONGEST_REQUEST, limit_time),
        ))
}

/// What may be large and slow; it has limits of its own.
fn uploads(services: &Services) -> Router {
    let limit = from_fn_with_state((services.limits.clone(), Class::Upload), limit_route);
    let upload = post(rest::datasets::upload).layer(DefaultBodyLimit::disable()).layer(limit);
    let limit = from_fn_with_state((services.limits.clone(), Class::Export), limit_route);
    let pages = Router::new()
        .route("/w/{workspace}/data/upload", upload)
        .route("/w/{workspace}/everything.zip", get(rest::leaving::export_workspace).layer(limit))
        .with_state(services.clone());
    pages.merge(rest::v1::uploads(services))
}

/// Documents and tables to take away.
fn exports(services: &Services) -> Router<Services> {
    Router::new()
        .route("/w/{workspace}/data/{dataset}/original", get(rest::datasets::download))
        .route("/w/{workspace}/reports/{report}/report.pdf", get(rest::reports::download))
        .route("/w/{workspace}/data/{dataset}/rejected.csv", get(rest::metrics::rejected_rows))
        .route("/w/{workspace}/figures.csv", get(rest::metrics::figures_csv))
        .route("/w/{workspace}/figures.xlsx", get(rest::metrics::figures_xlsx))
        .route("/w/{workspace}/audit.csv", get(rest::records::audit_csv))
        .route("/account/export.json", get(rest::leaving::export_person))
        .layer(from_fn_with_state((services.limits.clone(), Class::Export), limit_route))
}

/// Pages and server functions; both are handed the services and the nonce of their answer.
fn pages(services: &Services, options: &LeptosOptions) -> Router {
    let context = {
        let services = services.clone();
        move || {
            services.provide();
            let Some(parts) = leptos::prelude::use_context::<http::request::Parts>() else { return };
            provide_context(theme::chosen(&parts.headers, services.config.server.is_https()));
            if let Some(CspNonce(nonce)) = parts.extensions.get::<CspNonce>().cloned() {
                provide_context(Nonce::from_value(nonce));
            }
        }
    };
    let render = {
        let options = options.clone();
        move || shell(options.clone())
    };
    let functions = {
        let context = context.clone();
        move |request: Request| handle_server_fns_with_context(context.clone(), request)
    };
    Router::new()
        .route("/fn/{*name}", post(functions))
        .leptos_routes_with_context(options, generate_route_list(App), context.clone(), render.clone())
        .fallback(render_app_to_stream_with_context(context, render))
        .with_state(options.clone())
}

fn static_files(config: &Config) -> Router {
    let folder =
        |name: &str| ServeDir::new(config.server.site.join(name)).precompressed_br().precompressed_gzip();
    let file = |name: &str| tower_http::services::ServeFile::new(config.server.site.join(name));
    let forever = cached_for("public, max-age=31536000, immutable");
    let for_a_day = cached_for("public, max-age=86400");
    // The names under /pkg carry a hash of their content; the others keep their names between versions.
    let hashed = Router::new().nest_service("/pkg", folder("pkg")).layer(forever);
    let named = Router::new()
        .nest_service("/fonts", folder("fonts"))
        .nest_service("/vendor", folder("vendor"))
        .nest_service("/pictures", folder("pictures"))
        .route_service("/favicon.svg", file("favicon.svg"))
        .route_service("/manifest.webmanifest", file("manifest.webmanifest"))
        .route_service("/example.csv", file("example.csv"))
        .layer(for_a_day);
    hashed.merge(named)
}

/// Says of text how its letters are written: all of ours are UTF-8.
async fn say_charset(mut response: Response) -> Response {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let said = kind
        .filter(|kind| kind.starts_with("text/") || kind.ends_with("+xml"))
        .and_then(|kind| http::HeaderValue::from_str(&format!("{kind}; charset=utf-8")).ok());
    if let Some(kind) = said.filter(|_| !kind.is_some_and(|kind| kind.contains("charset"))) {
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
    }
    response
}

/// How long browsers may keep a file; what is not there may be there the next time.
fn cached_for(
    rule: &'static str,
) -> SetResponseHeaderLayer<impl Fn(&http::Response<axum::body::Body>) -> Option<http::HeaderValue> + Clone> {
    SetResponseHeaderLayer::overriding(
        header::CACHE_CONTROL,
        move |response: &http::Response<axum::body::Body>| {
            let is_there = response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED;
            let rule = if is_there { rule } else { "no-store" };
            Some(http::HeaderValue::from_static(rule))
        },
    )
}

fn leptos_options(config: &Config) -> LeptosOptions {
    let hash_file = std::env::current_exe()
        .ok()
        .and_then(|program| program.parent().map(|folder| folder.join("hash.txt")));
    LeptosOptions::builder()
        .output_name("quartile")
        .site_root(config.server.site.display().to_string())
        .site_pkg_dir("pkg")
        .hash_files(hash_file.is_some_and(|file| file.is_file()))
        .build()
}

/// What a browser says about something that it refused on a page of ours; addresses in it may hold secrets, so only their paths are kept.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct CspReport {
    #[serde(default)]
    document_uri: String,
    #[serde(default)]
    blocked_uri: String,
    #[serde(default)]
    effective_directive: String,
}

/// How browsers wrap it.
#[derive(Deserialize)]
struct CspReportBody {
    #[serde(rename = "csp-report")]
    report: CspReport,
}

async fn csp_report(body: Bytes) -> StatusCode {
    let Ok(CspReportBody { report }) = serde_json::from_slice(&body) else {
        return StatusCode::UNPROCESSABLE_ENTITY;
    };
    let plain = |address: &str| {
        let kept = address.split(['?', '#']).next().unwrap_or_default();
        kept.chars().filter(|c| !c.is_control()).take(200).collect::<String>()
    };
    tracing::warn!(
        page = plain(&report.document_uri),
        blocked = plain(&report.blocked_uri),
        rule = plain(&report.effective_directive),
        "A browser refused something on a page of ours"
    );
    metrics_facade::counter!("csp_reports_total").increment(1);
    StatusCode::NO_CONTENT
}
