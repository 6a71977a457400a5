//! Signing up, signing in and the profile, by forms with and without JavaScript.

use http::StatusCode;

use crate::{
    app::{PASSWORD, TestApp},
    visitor::function,
};

router_test!(a_form_without_javascript_signs_up_and_lands_in_the_workspace, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    let page = ada.get("/w/acme").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("in three steps"));
});

router_test!(a_refused_form_goes_back_to_its_page_and_keeps_what_was_typed, {
    let app = TestApp::start().await;
    let mut visitor = app.stranger();
    let form = [
        ("input[name]", "Ada <b>Moreau"),
        ("input[email]", "ada at acme"),
        ("input[company]", "Acme"),
        ("input[password]", "too short"),
    ];
    let answer = visitor.submit("sign_up", &form, "/sign-up").await;
    assert_eq!(answer.status, StatusCode::FOUND);
    let back = answer.location().to_owned();
    assert_eq!(back, "/sign-up", "nothing of it goes into the address");

    let page = visitor.get(&back).await;
    let text = page.text();
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        text.contains("is not an e-mail address") && text.contains("Use at least 15 characters"),
        "{text}"
    );
    let typed = page.attributes("value");
    for value in ["Ada &lt;b&gt;Moreau", "ada at acme", "Acme"] {
        assert!(
            typed.iter().any(|shown| shown == value || shown == &value.replace("&gt;", ">")),
            "{value}: {typed:?}"
        );
    }
    assert!(
        !text.contains("too short") && !back.contains("too"),
        "a password never goes into an address or a page"
    );
});

router_test!(a_refused_call_answers_with_the_sentences_by_field, {
    let app = TestApp::start().await;
    let form = [
        ("input[name]", ""),
        ("input[email]", "ada"),
        ("input[company]", "Acme"),
        ("input[password]", "short"),
    ];
    let answer = app.stranger().call("sign_up", &form).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let body = answer.json();
    let fields: Vec<&str> =
        body["fields"].as_array().unwrap().iter().map(|field| field["field"].as_str().unwrap()).collect();
    assert_eq!((body["kind"].as_str(), fields), (Some("invalid"), vec!["name", "email", "password"]));
    assert!(!answer.text().contains("short\""), "{}", answer.text());
});

router_test!(fields_that_nobody_asked_for_change_nothing, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    let form = [
        ("workspace", "acme"),
        ("input[name]", "Acme"),
        ("input[currency]", "USD"),
        ("input[workspace_id]", "00000000-0000-0000-0000-000000000000"),
        ("input[is_synthetic]", "true"),
        ("role", "owner"),
    ];
    ada.call("save_profile", &form).await;
    let view = ada.call("get_workspace", &[("slug", "acme")]).await.json();
    assert_eq!(view["workspace"]["is_synthetic"], false);
    assert_eq!(view["role"], "owner");
});

router_test!(known_and_unknown_addresses_are_answered_alike, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    let mut answers = Vec::new();
    for email in ["ada@acme.example", "nobody@acme.example"] {
        let form = [("input[email]", email), ("input[password]", "not the right words at all")];
        let answer = app.stranger().call("sign_in", &form).await;
        answers.push((answer.status, answer.text().replace(email, "")));
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0].0, StatusCode::UNPROCESSABLE_ENTITY);
});

router_test!(seven_wrong_passwords_make_the_next_wait_and_say_how_long, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    let mut visitor = app.stranger();
    let wrong = [("input[email]", "ada@acme.example"), ("input[password]", "not the right words at all")];
    for _ in 0..7 {
        assert_eq!(visitor.call("sign_in", &wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let right = [("input[email]", "ada@acme.example"), ("input[password]", PASSWORD)];
    let refused = visitor.call("sign_in", &right).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert!((1..=60).contains(&refused.json()["retry_after_seconds"].as_u64().unwrap()));
    let back = visitor.submit("sign_in", &right, "/sign-in").await.location().to_owned();
    assert!(visitor.get(&back).await.text().contains("Too many attempts"));
});

router_test!(an_answer_of_a_provider_that_this_browser_did_not_ask_for_is_refused_with_the_way_back, {
    let app = TestApp::start_with(&[
        ("QUARTILE__GOOGLE__CLIENT_ID", "quartile"),
        ("QUARTILE__GOOGLE__CLIENT_SECRET", "secret"),
    ])
    .await;
    for path in ["", "?code=x", "?code=x&state=made-up"] {
        let answer = app.stranger().get(&format!("/sign-in/google/callback{path}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}");
        let page = answer.text();
        assert!(page.contains("This sign-in took too long") && page.contains("href=\"/sign-in\""), "{page}");
    }
    let mut ada = app.sign_up("ada@acme.example").await;
    let page = ada.get("/sign-in/google/callback?code=x&state=made-up").await.text();
    assert!(page.contains("href=\"/account\""), "{page}");
});

router_test!(signing_in_leads_to_paths_of_this_site_alone, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    let hostile = [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/%5Cevil.example",
        "/%09/evil.example",
        "///evil.example",
        "https:evil.example",
        "/@evil.example",
        "javascript:alert(1)",
        "/\r\nSet-Cookie: a=b",
        "evil.example",
        "",
    ];
    for next in hostile {
        let form =
            [("input[email]", "ada@acme.example"), ("input[password]", PASSWORD), ("input[next]", next)];
        let answer = app.stranger().submit("sign_in", &form, "/sign-in").await;
        assert_eq!((answer.status, answer.location()), (StatusCode::FOUND, "/w/acme"), "{next}");
    }
    let next = "/w/acme/standing?currency=EUR";
    let form = [("input[email]", "ada@acme.example"), ("input[password]", PASSWORD), ("input[next]", next)];
    assert_eq!(app.stranger().submit("sign_in", &form, "/sign-in").await.location(), next);
});

router_test!(the_theme_is_kept_and_leads_back_to_paths_of_this_site_alone, {
    let app = TestApp::start().await;
    let mut visitor = app.stranger();
    let answer = visitor.post_form("/theme", &[("theme", "dark")], "/method").await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/method"));
    assert!(visitor.get("/").await.text().contains("class=\"dark\""));
    for page in ["//evil.example", "/\\evil.example", "///evil.example/a"] {
        let answer = visitor.post_form("/theme", &[("theme", "x\r\nA: b")], page).await;
        let location = answer.location();
        assert!(location.starts_with('/') && !location[1..].starts_with(['/', '\\']), "{page}: {location}");
    }
});

router_test!(a_megabyte_of_password_is_refused_at_once, {
    let app = TestApp::start().await;
    let near_the_limit = "x".repeat(1024 * 1024 - 1024);
    let form = [
        ("input[name]", "Ada"),
        ("input[email]", "ada@acme.example"),
        ("input[company]", "Acme"),
        ("input[password]", near_the_limit.as_str()),
    ];
    let answer = app.stranger().call("sign_up", &form).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(answer.json()["fields"][0]["field"], "password");
    assert!(answer.body.len() < 1000, "what was typed does not come back");
});

router_test!(a_form_beyond_the_limit_is_not_read_to_its_end, {
    let app = TestApp::start().await;
    let enormous = "x".repeat(3 * 1024 * 1024);
    let form = [("input[email]", "ada@acme.example"), ("input[password]", enormous.as_str())];
    let answer = app.stranger().call("sign_in", &form).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer.text().contains("The largest one is 1 MB"), "{}", answer.text());
});

router_test!(a_saved_profile_says_so_and_a_wrong_one_says_where, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    let page = "/w/acme/settings";
    let form = |founded: &'static str| {
        [
            ("workspace", "acme"),
            ("input[name]", "Acme"),
            ("input[currency]", "EUR"),
            ("input[founded]", founded),
        ]
    };
    let saved = ada.submit("save_profile", &form("2019"), page).await.location().to_owned();
    assert!(ada.get(&saved).await.text().contains("The profile is saved"));
    let refused = ada.submit("save_profile", &form("the year of the dog"), page).await.location().to_owned();
    let again = ada.get(&refused).await;
    assert!(again.text().contains("is not a year between"));
    assert!(again.attributes("value").iter().any(|value| value == "the year of the dog"));
});

router_test!(nobody_puts_words_into_our_mouth_with_an_address, {
    let app = TestApp::start().await;
    // What a refused sign-in would say, made up by somebody else.
    let error = api::ApiError::from(kernel::AppError::conflict("Call 555-0100 with your password"));
    let error = serde_json::to_string(&error).unwrap();
    let encoded = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE, error);
    let path = function("sign_in").replace('/', "%2F");
    // The page would say it, had the program itself refused a form so.
    let mut refused = app.stranger();
    refused.cookies.insert("refusal".to_owned(), format!("__path={path}&__err={encoded}"));
    assert!(refused.get("/sign-in").await.text().contains("555-0100"));

    for made_up in [format!("__path={path}&__err={encoded}"), format!("%5F_path={path}&%5F_err={encoded}")] {
        let page = app.stranger().get(&format!("/sign-in?{made_up}")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(!page.text().contains("555-0100"), "{}", page.text());
    }
    // Nor by way of where a person wanted to go.
    app.sign_up("ada@acme.example").await;
    let mut ada = app.stranger();
    let next = format!("/sign-in?__path={path}&__err={encoded}");
    let form =
        [("input[email]", "ada@acme.example"), ("input[password]", PASSWORD), ("input[next]", next.as_str())];
    let back = ada.submit("sign_in", &form, "/sign-in").await.location().to_owned();
    assert_eq!(back, "/sign-in");
    assert!(!ada.get(&back).await.text().contains("555-0100"));
});
