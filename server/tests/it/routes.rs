//! Every page and every route, who may ask for it, and everybody asking for each. Server functions have such a table in
//! [`crate::permissions`], operations of the API in [`crate::rest_api`].

use axum::body::Body;
use chrono::TimeDelta;
use fancy_regex::Regex;
use http::{Method, StatusCode};
use kernel::Role;
use leptos_axum::generate_route_list;
use reports::model::SharingChange;

use crate::{
    administration::administrator,
    app::{FIGURES, TestApp},
    architecture::sources,
    live::Stream,
    visitor::{Answer, Visitor, function},
};

/// The least that somebody must be to be let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Least {
    /// Nothing at all, for this reason.
    Anybody(&'static str),
    /// Signed in; it is about themselves.
    SignedIn,
    /// In the workspace, with this role or one above it.
    Role(Role),
    /// An administrator of the instance.
    Administrator,
    /// In possession of the operator's token.
    Operator,
}
use Least::{Administrator, Anybody, Operator, SignedIn};

const OWNER: Least = Least::Role(Role::Owner);
const ADMIN: Least = Least::Role(Role::Admin);
const ANALYST: Least = Least::Role(Role::Analyst);
const MEMBER: Least = Least::Role(Role::Member);
const VIEWER: Least = Least::Role(Role::Viewer);

const TELLS_NOTHING: Least = Anybody("says nothing of anybody");
const LEADS_IN: Least = Anybody("this is how one becomes somebody");
const SENT: Least = Anybody("whoever was sent the link may not be anybody here yet");
const STATIC: Least = Anybody("the same file for everybody");

/// Every page.
const PAGES: [(&str, Least); 37] = [
    ("/", TELLS_NOTHING),
    ("/method", TELLS_NOTHING),
    ("/demo", Anybody("the demo is made up and open to all")),
    ("/sign-up", LEADS_IN),
    ("/sign-up/sent", LEADS_IN),
    ("/sign-up/confirm", SENT),
    ("/sign-in", LEADS_IN),
    ("/forgotten-password", LEADS_IN),
    ("/reset-password", SENT),
    ("/invitation", SENT),
    ("/account", SignedIn),
    ("/account/prove", SignedIn),
    ("/workspaces/new", SignedIn),
    ("/admin/claim", SignedIn),
    ("/admin", Administrator),
    ("/admin/people", Administrator),
    ("/admin/workspaces", Administrator),
    ("/admin/jobs", Administrator),
    ("/admin/blocks", Administrator),
    ("/admin/records", Administrator),
    ("/admin/settings", Administrator),
    ("/w/{workspace}", VIEWER),
    ("/w/{workspace}/members", VIEWER),
    ("/w/{workspace}/keys", ADMIN),
    ("/w/{workspace}/audit", ADMIN),
    ("/w/{workspace}/settings", VIEWER),
    ("/w/{workspace}/data", VIEWER),
    ("/w/{workspace}/data/{dataset}/format", VIEWER),
    ("/w/{workspace}/data/{dataset}/map", VIEWER),
    ("/w/{workspace}/data/{dataset}/check", VIEWER),
    ("/w/{workspace}/data/imports", VIEWER),
    ("/w/{workspace}/dashboard", VIEWER),
    ("/w/{workspace}/figures", VIEWER),
    ("/w/{workspace}/figures/{key}", VIEWER),
    ("/w/{workspace}/standing", VIEWER),
    ("/w/{workspace}/reports", VIEWER),
    ("/w/{workspace}/reports/{report}/share", MEMBER),
];

/// Every other route: how the program says it, which methods it has, and the least that lets in.
const ROUTES: [(&str, &str, Least); 31] = [
    ("route /sign-in/google", "GET,HEAD", LEADS_IN),
    ("route /sign-in/google/callback", "GET,HEAD", LEADS_IN),
    ("route /theme", "POST", Anybody("light or dark is kept in the browser")),
    ("route /account/erase", "POST", SignedIn),
    ("route /account/export.json", "GET,HEAD", SignedIn),
    ("route /w/{workspace}/charts/{file}", "GET,HEAD", VIEWER),
    ("route /w/{workspace}/events", "GET,HEAD", VIEWER),
    ("route /w/{workspace}/data/upload", "POST", ANALYST),
    ("route /w/{workspace}/data/{dataset}/original", "GET,HEAD", VIEWER),
    ("route /w/{workspace}/data/{dataset}/rejected.csv", "GET,HEAD", VIEWER),
    ("route /w/{workspace}/figures.csv", "GET,HEAD", VIEWER),
    ("route /w/{workspace}/figures.xlsx", "GET,HEAD", VIEWER),
    ("route /w/{workspace}/reports/{report}/report.pdf", "GET,HEAD", VIEWER),
    ("route /w/{workspace}/audit.csv", "GET,HEAD", ADMIN),
    ("route /w/{workspace}/everything.zip", "GET,HEAD", OWNER),
    ("route /fn/{*name}", "POST", Anybody("each function decides for itself, as its own table says")),
    ("route /docs/api", "GET,HEAD", TELLS_NOTHING),
    ("route /openapi.json", "GET,HEAD", TELLS_NOTHING),
    ("route /.well-known/jwks.json", "GET,HEAD", Anybody("public keys are for who checks tokens")),
    ("route /csp-report", "POST", Anybody("browsers report without cookies")),
    ("route /health", "GET,HEAD", Anybody("says no more than that the program lives")),
    ("route /health/ready", "GET,HEAD", Anybody("says no more than whether it can work")),
    ("route /health/all", "GET,HEAD", Operator),
    ("route /metrics", "GET,HEAD", Operator),
    ("nest_service /pkg", "GET,HEAD", STATIC),
    ("nest_service /fonts", "GET,HEAD", STATIC),
    ("nest_service /vendor", "GET,HEAD", STATIC),
    ("nest_service /pictures", "GET,HEAD", STATIC),
    ("route_service /favicon.svg", "GET,HEAD", STATIC),
    ("route_service /manifest.webmanifest", "GET,HEAD", STATIC),
    ("route_service /example.csv", "GET,HEAD", STATIC),
];

/// What holds many routes, or none: pages are in the table above, operations in that of the API, and the others say that nothing is there.
const HOLDERS: [&str; 8] = [
    "nest /api/v1",
    "nest /api",
    "nest /api/v1",
    "nest /api",
    "leptos_routes_with_context",
    "fallback",
    "fallback",
    "method_not_allowed_fallback",
];

router_test!(every_page_is_in_the_table, {
    let _app = TestApp::start().await;
    let mut pages: Vec<String> =
        generate_route_list(::app::App).iter().map(|page| page.path().to_owned()).collect();
    pages.sort_unstable();
    let mut listed = PAGES.map(|(path, _)| path);
    listed.sort_unstable();
    assert_eq!(pages, listed, "decide who may see it, and add it to the table");
});

#[test]
fn every_route_is_in_the_table() {
    // Calls of gRPC have a table of their own, from which their routes are made.
    let files = sources().into_iter().filter(|(name, _)| {
        name.starts_with("app/") || name.starts_with("server/src/") && !name.starts_with("server/src/grpc")
    });
    let mut said: Vec<String> = files.flat_map(|(_, code)| routes_in(&code)).collect();
    said.sort_unstable();
    let mut listed: Vec<&str> = ROUTES.iter().map(|(said, ..)| *said).chain(HOLDERS).collect();
    listed.sort_unstable();
    assert_eq!(said, listed, "decide who may ask for it, and add it to the table");
}

/// How code adds to a router, each with the address if it has one. An address that is no text of its own is none that any table knows.
fn routes_in(code: &str) -> Vec<String> {
    const CALLS: &str = r#"(?:\.|Router::)(route|route_service|nest|nest_service|fallback|fallback_service|method_not_allowed_fallback|leptos_routes\w*)\(\s*("[^"]*")?"#;
    let calls = Regex::new(CALLS).unwrap();
    let said = |call: fancy_regex::Captures<'_>| match (&call[1], call.get(2)) {
        (name, Some(address)) => format!("{name} {}", address.as_str().trim_matches('"')),
        (name @ ("route" | "route_service" | "nest" | "nest_service"), None) => format!("{name} ?"),
        (name, None) => name.to_owned(),
    };
    calls.captures_iter(code).map(|call| said(call.unwrap())).collect()
}

#[test]
fn a_route_beside_the_others_does_not_go_unnoticed() {
    let code = "api.route(\n    \"/secret\",\n    get(all)).nest(&prefix, other).fallback(any(none)).reroute(\"/x\")";
    assert_eq!(routes_in(code), ["route /secret", "nest ?", "fallback"]);
}

#[test]
fn every_handler_of_the_api_is_described() {
    let handlers = Regex::new(r"routes!\(([^)]*)\)").unwrap();
    let count = |code: &str| -> usize {
        handlers.captures_iter(code).map(|names| names.unwrap()[1].split(',').count()).sum()
    };
    let handled: usize = sources().iter().map(|(_, code)| count(code)).sum();
    let document = serde_json::to_value(server::description(1)).unwrap();
    let described = document["paths"].as_object().unwrap().values();
    assert_eq!(handled, described.map(|item| item.as_object().unwrap().len()).sum::<usize>());
}

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asker {
    Staff(Role),
    /// Somebody of another company.
    Foreigner,
    Administrator,
    Nobody,
}

impl Least {
    /// How the asker is refused; nothing if they are let in.
    fn refusal(self, asker: Asker) -> Option<StatusCode> {
        match (self, asker) {
            (Anybody(_), _) => None,
            (Operator, _) | (_, Asker::Nobody) => Some(StatusCode::UNAUTHORIZED),
            (SignedIn, _) | (Administrator, Asker::Administrator) => None,
            (Self::Role(least), Asker::Staff(role)) if role <= least => None,
            (Self::Role(_), Asker::Staff(_)) => Some(StatusCode::FORBIDDEN),
            (Self::Role(_) | Administrator, _) => Some(StatusCode::NOT_FOUND),
        }
    }
}

/// Acme, which has everything that an address may name.
struct Place {
    app: TestApp,
    invitation: String,
    dataset: String,
    report: String,
}

const TOKEN: &str = "a-token-that-nobody-can-guess";

impl Place {
    async fn new() -> Self {
        let app = TestApp::start_with(&[("QUARTILE__OPERATIONS__TOKEN", TOKEN)]).await;
        for file in
            ["fonts/x", "vendor/x", "pictures/x", "favicon.svg", "manifest.webmanifest", "example.csv"]
        {
            let file = app.folder.path().join("site").join(file);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, "x").unwrap();
        }
        app.sign_up("ada@acme.example").await;
        let (dataset, _) = app.import("acme").await;
        let report = app.report("acme").await;
        let system = app.system("acme").await;
        app.services.reports.share(&system, report, SharingChange::everyone(true)).await.unwrap();
        let viewer = accounts::NewInvitation::parse("", "viewer").unwrap();
        let link = app.services.accounts.invite(&system, viewer).await.unwrap();
        let invitation = link.split_once("/invitation").unwrap().1.to_owned();
        Self { app, invitation, dataset: dataset.to_string(), report: report.to_string() }
    }

    async fn cast(&self) -> Vec<(Asker, Visitor<'_>)> {
        let mut cast = vec![
            (Asker::Nobody, self.app.stranger()),
            (Asker::Foreigner, self.app.sign_up("eve@other.example").await),
            (Asker::Administrator, administrator(&self.app).await),
        ];
        for role in Role::ALL {
            cast.push((Asker::Staff(role), self.app.member("acme", role).await));
        }
        // Whoever is let in is asked for a proof now before something dangerous, so nobody is gone afterwards.
        self.app.pass(TimeDelta::minutes(11));
        cast
    }

    /// An address that leads somewhere.
    fn address(&self, route: &str) -> String {
        match route {
            "/invitation" => format!("/invitation{}", self.invitation),
            "/pkg" => "/pkg/quartile.css".to_owned(),
            "/fonts" | "/vendor" | "/pictures" => format!("{route}/x"),
            "/openapi.json" => "/api/v1/openapi.json".to_owned(),
            "/fn/{*name}" => function("get_visitor").to_owned(),
            _ => route
                .replace("{workspace}", "acme")
                .replace("{dataset}", &self.dataset)
                .replace("{report}", &self.report)
                .replace("{key}", "mrr")
                .replace("{file}", "mrr.svg"),
        }
    }

    /// The answer to a request that is in order.
    async fn ask(&self, visitor: &mut Visitor<'_>, route: &str, methods: &str) -> Answer {
        let address = self.address(route);
        match route {
            "/w/{workspace}/data/upload" => {
                visitor.upload("acme", ("a.csv", FIGURES.as_bytes()), "application/json").await
            }
            "/csp-report" => {
                let headers = [("content-type", "application/csp-report")];
                let report = Body::from(r#"{"csp-report": {}}"#);
                visitor.ask(Method::POST, &address, &headers, report).await
            }
            _ if methods == "POST" => visitor.post_form(&address, &[("theme", "dark")], "/").await,
            _ => visitor.get(&address).await,
        }
    }
}

fn check(what: &str, least: Least, asker: Asker, status: StatusCode) {
    match least.refusal(asker) {
        Some(refusal) => assert_eq!(status, refusal, "{asker:?} asks for {what}, which takes {least:?}"),
        None => assert!(
            status.is_success() || status.is_redirection(),
            "{asker:?} may ask for {what}, and was answered {status}"
        ),
    }
}

router_test!(every_page_lets_in_whom_the_table_names_and_nobody_else, {
    let place = Place::new().await;
    for (asker, mut visitor) in place.cast().await {
        for (path, least) in PAGES {
            let page = visitor.get(&place.address(path)).await;
            check(path, least, asker, page.status);
            let is_page =
                page.header("content-type").starts_with("text/html") || page.status.is_redirection();
            assert!(is_page, "{path}: {}", page.header("content-type"));
            let leads_to_signing_in = page.text().contains("href=\"/sign-in?next=");
            assert!(page.status != StatusCode::UNAUTHORIZED || leads_to_signing_in, "{path}");
        }
    }
});

router_test!(every_route_lets_in_whom_the_table_names_and_nobody_else, {
    let place = Place::new().await;
    for (asker, mut visitor) in place.cast().await {
        for (said, methods, least) in ROUTES {
            let route = said.split_once(' ').unwrap().1;
            let status = if route.ends_with("/events") {
                // A stream ends when nobody watches it any more.
                Stream::open(&place.app, &visitor, None).await.status
            } else {
                place.ask(&mut visitor, route, methods).await.status
            };
            check(said, least, asker, status);
        }
    }
    let bearer = format!("Bearer {TOKEN}");
    for (said, _, _) in ROUTES.into_iter().filter(|(_, _, least)| *least == Operator) {
        let address = said.split_once(' ').unwrap().1;
        let headers = [("authorization", bearer.as_str())];
        let answer = place.app.stranger().ask(Method::GET, address, &headers, Body::empty()).await;
        assert_eq!(answer.status, StatusCode::OK, "{said}");
    }
});

router_test!(every_page_and_route_has_the_methods_of_the_table_and_no_others, {
    let place = Place::new().await;
    let bearer = format!("Bearer {TOKEN}");
    let pages = PAGES.iter().map(|(path, _)| (*path, "GET,HEAD"));
    let routes = ROUTES.iter().map(|(said, methods, _)| (said.split_once(' ').unwrap().1, *methods));
    for (route, methods) in pages.chain(routes) {
        let headers = [("sec-fetch-site", "same-origin"), ("authorization", bearer.as_str())];
        let method = Method::from_bytes(b"PURGE").unwrap();
        let answer = place.app.stranger().ask(method, &place.address(route), &headers, Body::empty()).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{route}");
        assert_eq!(answer.header("allow"), methods, "{route}");
    }
});
