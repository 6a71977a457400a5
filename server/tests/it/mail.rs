//! What a mail server changes: accounts are made once their address is confirmed, and asking teaches nobody whose address is known.

use std::time::{Duration, Instant};

use axum::body::Body;
use http::{Method, StatusCode};
use platform::Mail;
use tokio::net::TcpListener;

use crate::{
    app::{PASSWORD, TestApp},
    outside::{MailServer, mail_to},
};

const ADA: &str = "ada@acme.example";

async fn app_with(sink: &MailServer) -> TestApp {
    let port = sink.start().await.to_string();
    TestApp::start_with(&mail_to(&port)).await
}

fn sign_up_form(email: &str) -> [(&str, &str); 4] {
    [
        ("input[name]", "Ada Moreau"),
        ("input[email]", email),
        ("input[company]", "acme"),
        ("input[password]", PASSWORD),
    ]
}

/// The path of the link in a message.
fn link(mail: &str) -> String {
    let text = mail.replace("=\n", "").replace("=3D", "=");
    let path = text.split("http://localhost:3000").nth(1).unwrap_or_else(|| panic!("no link in {mail}"));
    path.split_whitespace().next().unwrap().to_owned()
}

fn secret(path: &str) -> &str {
    path.split_once("link=").unwrap().1
}

router_test!(an_instance_that_others_reach_tells_nobody_whose_address_it_knows, {
    let app = TestApp::start_with(&[("QUARTILE__SERVER__BASE_URL", "https://quartile.example")]).await;
    let known = accounts::NewPerson::parse("Ada Moreau", ADA, "acme", PASSWORD).unwrap();
    app.services.accounts.sign_up(known).await.unwrap();
    let mut answers = Vec::new();
    for email in [ADA, "nobody@acme.example"] {
        let answer = app.stranger().submit("sign_up", &sign_up_form(email), "/sign-up").await;
        answers.push((answer.status, answer.location().to_owned(), answer.text()));
    }
    assert_eq!(answers.first().unwrap().1, "/sign-up/sent");
    assert_eq!(answers.first(), answers.last());
    let page = app.stranger().get("/sign-up/sent").await.text();
    let folder = app.folder.path().join("data/mail");
    assert!(page.contains(&folder.display().to_string()), "where its messages are without a mail server");
});

router_test!(with_a_mail_server_an_account_is_made_once_its_address_is_confirmed, {
    let sink = MailServer::default();
    let app = app_with(&sink).await;
    let mut ada = app.stranger();
    let answer = ada.submit("sign_up", &sign_up_form(ADA), "/sign-up").await;
    assert_eq!((answer.status, answer.location()), (StatusCode::FOUND, "/sign-up/sent"));
    assert_eq!(ada.get("/account").await.status, StatusCode::UNAUTHORIZED);

    let mail = sink.next().await;
    assert!(mail.contains("To: ada@acme.example"), "{mail}");
    let path = link(&mail);
    // A program that only looks at links makes no account.
    for _ in 0..2 {
        assert_eq!(app.stranger().get(&path).await.status, StatusCode::OK);
    }
    let answer = ada.submit("confirm_sign_up", &[("link", secret(&path))], &path).await;
    assert_eq!(answer.location(), "/w/acme");
    assert_eq!(ada.get("/w/acme").await.status, StatusCode::OK);
    let again = app.stranger().call("confirm_sign_up", &[("link", secret(&path))]).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
});

router_test!(a_password_is_reset_with_a_message_and_every_session_ends, {
    let sink = MailServer::default();
    let app = app_with(&sink).await;
    let mut ada = app.stranger();
    ada.submit("sign_up", &sign_up_form(ADA), "/sign-up").await;
    let path = link(&sink.next().await);
    ada.submit("confirm_sign_up", &[("link", secret(&path))], &path).await;

    let answer =
        app.stranger().submit("request_reset", &[("input[email]", ADA)], "/forgotten-password").await;
    assert_eq!(answer.location(), "/forgotten-password?sent=1");
    let path = link(&sink.next().await);
    let new = "nine dry geese in a field";
    let form = [("link", secret(&path)), ("password", new)];
    let answer = app.stranger().submit("reset_password", &form, &path).await;
    assert_eq!(answer.location(), "/sign-in?notice=password-set");
    assert_eq!(ada.get("/w/acme").await.status, StatusCode::UNAUTHORIZED);
    let form = [("input[email]", ADA), ("input[password]", new)];
    assert_eq!(app.stranger().submit("sign_in", &form, "/sign-in").await.location(), "/w/acme");
    assert!(sink.next().await.contains("was changed"));
});

router_test!(whoever_asks_does_not_learn_whose_address_is_known, {
    const PAIRS: usize = 40;
    const ROUNDS: usize = 3;
    let sink = MailServer::default();
    let app = app_with(&sink).await;
    let mut ada = app.stranger();
    ada.submit("sign_up", &sign_up_form(ADA), "/sign-up").await;
    let path = link(&sink.next().await);
    ada.submit("confirm_sign_up", &[("link", secret(&path))], &path).await;

    for (function, page) in [("sign_up", "/sign-up"), ("request_reset", "/forgotten-password")] {
        let (mut gaps, mut answers) = (Vec::new(), Vec::new());
        // A machine that is busy may spoil a round; what the program tells shows in every one.
        while gaps.len() < ROUNDS && gaps.last().is_none_or(|gap: &f64| gap.abs() >= 5.0) {
            let mut apart = Vec::new();
            for pair in 0..PAIRS {
                let unknown = format!("a{}{pair:02}@acme.example", gaps.len());
                // One right after the other, and each first as often as the other.
                let mut order = [(1.0, ADA), (-1.0, unknown.as_str())];
                if pair % 2 == 1 {
                    order.reverse();
                }
                let mut longer = 0.0;
                for (sign, email) in order {
                    let begun = Instant::now();
                    let answer = app.stranger().submit(function, &sign_up_form(email), page).await;
                    longer += sign * begun.elapsed().as_secs_f64() * 1000.0;
                    answers.push((answer.status, answer.location().to_owned(), answer.text()));
                }
                apart.push(longer);
            }
            apart.sort_by(f64::total_cmp);
            gaps.push(apart[PAIRS / 2]);
        }
        answers.dedup();
        assert_eq!(answers.len(), 1, "{function}: {answers:?}");
        assert!(gaps.iter().any(|gap| gap.abs() < 5.0), "{function}: {gaps:.1?} ms, in every round");
    }
});

router_test!(the_operator_sees_that_the_mail_server_does_not_answer, {
    const TOKEN: &str = "a-token-that-nobody-can-guess";
    // Nobody listens there.
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port().to_string();
    let settings = [&mail_to(&port)[..], &[("QUARTILE__OPERATIONS__TOKEN", TOKEN)]].concat();
    let app = TestApp::start_with(&settings).await;
    let look = async |path: &str| {
        let bearer = format!("Bearer {TOKEN}");
        app.stranger().ask(Method::GET, path, &[("authorization", &bearer)], Body::empty()).await.text()
    };
    // It is asked, so nobody has to lose five messages first.
    assert!(look("/health/all").await.contains("\"mail\",\"state\":\"strained\""));
    assert!(look("/metrics").await.contains("breaker_open{name=\"mail\"} 0\n"));
    for number in 0..5 {
        let mut tx = app.services.db.begin().await.unwrap();
        let (to, subject, text) =
            (format!("a{number}@acme.example"), "Hello".to_owned(), "Hello\n".to_owned());
        app.services.mailer.post(&mut tx, &Mail { to, subject, text }).await.unwrap();
        tx.commit().await.unwrap();
    }
    let begun = Instant::now();
    while !app.services.mailer.is_left_alone() {
        assert!(begun.elapsed() < Duration::from_secs(20), "nobody gave up");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(look("/metrics").await.contains("breaker_open{name=\"mail\"} 1\n"));
});

router_test!(without_a_mail_server_messages_are_files_and_the_page_says_where, {
    let app = TestApp::start().await;
    app.sign_up(ADA).await;
    let answer =
        app.stranger().submit("request_reset", &[("input[email]", ADA)], "/forgotten-password").await;
    let page = app.stranger().get(answer.location()).await.text();
    let folder = app.folder.path().join("data/mail");
    assert!(page.contains(&folder.display().to_string()), "{page}");
    let begun = Instant::now();
    while std::fs::read_dir(&folder).map_or(0, Iterator::count) == 0 {
        assert!(begun.elapsed() < Duration::from_secs(20), "no message came");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let file = std::fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
    assert!(link(&std::fs::read_to_string(file).unwrap()).starts_with("/reset-password?link="));
});
