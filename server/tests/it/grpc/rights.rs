//! Who may call what.

use kernel::{Role, Scope};
use prost::Message;
use prost_types::FileDescriptorSet;
use serde_json::Value;
use server::grpc::{DESCRIPTOR, METHODS};
use tonic::Code;

use super::{Port, assert_refused, fields};
use crate::{
    app::TestApp,
    rest_api::{ask, key, token},
};

#[test]
fn every_method_of_the_description_is_in_the_policy() {
    let described = FileDescriptorSet::decode(DESCRIPTOR).unwrap();
    let services = described.file.into_iter().flat_map(|file| file.service);
    let mut methods: Vec<(String, bool)> = services
        .flat_map(|service| service.method)
        .map(|method| (method.name().to_owned(), method.client_streaming()))
        .collect();
    methods.sort();
    let policy: Vec<(String, bool)> =
        METHODS.iter().map(|method| (method.name.to_owned(), method.takes_stream)).collect();
    assert_eq!(methods, policy);
}

router_test!(without_credentials_nothing_but_the_catalogue_answers, {
    let app = TestApp::start().await;
    let port = Port::open(&app).await;
    for method in METHODS {
        let answer = port.call(method.name, "", &[]).await;
        if method.scope.is_none() {
            answer.unwrap();
        } else {
            assert_refused(answer, Code::Unauthenticated);
        }
    }
    let open: Vec<&str> =
        METHODS.iter().filter(|method| method.scope.is_none()).map(|method| method.name).collect();
    assert_eq!(open, ["ListMetrics"]);
});

router_test!(over_grpc_every_role_may_call_what_the_scope_says_and_nothing_else, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    app.import("acme").await;
    let port = Port::open(&app).await;
    for role in Role::ALL {
        app.member("acme", role).await;
        let token = token(&app, &format!("{}@staff-of-acme.example", role.key())).await;
        for method in METHODS {
            let answer = port.call(method.name, &token, &[("quartile-workspace", "acme")]).await;
            if method.scope.is_none_or(|scope| role <= scope.least_role()) {
                answer.unwrap();
            } else {
                let refused = assert_refused(answer, Code::PermissionDenied);
                assert!(refused.message().contains("analyst or above"), "{refused}");
            }
        }
    }
});

router_test!(over_grpc_a_key_does_what_its_scope_says_and_nothing_else, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    app.import("acme").await;
    let ada = token(&app, "ada@acme.example").await;
    let port = Port::open(&app).await;
    for scope in Scope::ALL {
        let key = key(&app, &ada, &[scope.key()]).await;
        for method in METHODS.iter().filter(|method| method.scope.is_some()) {
            let answer = port.call(method.name, &key, &[]).await;
            if method.scope == Some(scope) {
                answer.unwrap();
            } else {
                let refused = assert_refused(answer, Code::PermissionDenied);
                assert!(refused.message().starts_with("This key lacks the scope"), "{refused}");
            }
        }
    }
});

router_test!(over_grpc_what_belongs_to_others_is_answered_as_what_is_not_there, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    app.import("acme").await;
    app.sign_up("eve@other.example").await;
    app.import("other").await;
    let ada = token(&app, "ada@acme.example").await;
    let key = key(&app, &ada, &["metrics:read", "metrics:write", "benchmarks:read"]).await;
    let port = Port::open(&app).await;
    let before = app.services.metrics.table(&app.system("other").await, None).await.unwrap();
    for method in METHODS.iter().filter(|method| method.scope.is_some()) {
        for caller in [&ada, &key] {
            let foreign = port.call(method.name, caller, &[("quartile-workspace", "other")]).await;
            let foreign = assert_refused(foreign, Code::NotFound);
            let unknown = port.call(method.name, caller, &[("quartile-workspace", "nobody")]).await;
            let unknown = assert_refused(unknown, Code::NotFound);
            assert_eq!((foreign.message(), foreign.details()), (unknown.message(), unknown.details()));
            port.call(method.name, caller, &[("quartile-workspace", "acme")]).await.unwrap();
        }
    }
    assert_eq!(app.services.metrics.table(&app.system("other").await, None).await.unwrap(), before);
});

router_test!(whoever_belongs_to_several_workspaces_names_one, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    app.import("acme").await;
    app.member("acme", Role::Viewer).await;
    let viewer = token(&app, "viewer@staff-of-acme.example").await;
    let port = Port::open(&app).await;
    let refused = assert_refused(port.call("ReadSeries", &viewer, &[]).await, Code::InvalidArgument);
    assert_eq!(fields(&refused), ["Quartile-Workspace"]);
    port.call("ReadSeries", &viewer, &[("quartile-workspace", "acme")]).await.unwrap();
});

router_test!(what_is_no_credential_or_ended_is_refused_alike, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    app.import("acme").await;
    let ada = token(&app, "ada@acme.example").await;
    let key = key(&app, &ada, &["metrics:read"]).await;
    let port = Port::open(&app).await;
    port.call("ReadSeries", &key, &[]).await.unwrap();
    let keys = ask(&app, &ada, ("list_keys", ""), &Value::Null).await.json();
    ask(&app, &ada, ("revoke_key", keys["items"][0]["id"].as_str().unwrap()), &Value::Null).await;
    let mut changed = key.clone();
    changed.replace_range(20..21, if &key[20..21] == "x" { "y" } else { "x" });
    let mut sentences = Vec::new();
    for token in [key.as_str(), changed.as_str(), "x", "a.b.c", "mk_live_short"] {
        let refused = assert_refused(port.call("ReadSeries", token, &[]).await, Code::Unauthenticated);
        sentences.push(refused.message().to_owned());
    }
    sentences.dedup();
    assert_eq!(sentences.len(), 1, "{sentences:?}");
    let basic = port.call("ReadSeries", "", &[("authorization", "Basic YTpi")]).await;
    assert_refused(basic, Code::Unauthenticated);
    // A session is for browsers.
    let ada = app.member("acme", Role::Owner).await;
    let cookies: Vec<String> = ada.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let answer = port.call("ReadSeries", "", &[("cookie", &cookies.join("; "))]).await;
    assert_refused(answer, Code::Unauthenticated);
});
