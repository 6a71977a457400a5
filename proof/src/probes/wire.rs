//! Requests that are odd on the wire.

use std::time::{Duration, Instant};

use super::{
    cast::OURS,
    verdict::{Check, Finding},
    world::World,
};
use crate::{
    Failure,
    client::{Ask, Door},
    stage::SITE_NAME,
};

const SILENCE: Duration = Duration::from_millis(1_500);

/// SQL in every place where text goes in.
pub(crate) async fn p42_sql_is_only_text(world: &World) -> Finding {
    const TEXTS: [&str; 7] = [
        "'",
        "' OR '1'='1",
        "1; DROP TABLE users;--",
        "\") OR 1=1--",
        "%' AND sleep(5)--",
        "x'||pg_sleep(5)||'",
        "\\'; SELECT 1/0;--",
    ];
    let mut check = Check::new();
    let (door, token) = (world.door(), world.cast.owner()?.token().await?);
    let people = world.main.database.count("SELECT count(*) FROM users").await?;
    let mut slowest = Duration::ZERO;
    for text in TEXTS {
        let encoded: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
        let mut asks = Vec::new();
        for (path, names) in [
            ("/api/v1/audit", &["cursor", "limit", "action", "actor"][..]),
            ("/api/v1/data/files", &["cursor", "limit", "sort", "order", "search"]),
            ("/api/v1/metrics/series", &["metrics", "currency"]),
        ] {
            asks.extend(
                names.iter().map(|name| Ask::get(&format!("{path}?{name}={encoded}")).workspace(OURS)),
            );
        }
        asks.extend(
            world.operations.iter().filter(|it| it.takes_id()).map(|it| it.ask(&encoded).workspace(OURS)),
        );
        asks.push(Ask::get("/api/v1/workspaces/current").workspace(text));
        for ask in asks {
            let (path, begun) = (ask.path().to_owned(), Instant::now());
            let answer = door.send(ask.bearer(&token)).await?;
            slowest = slowest.max(begun.elapsed());
            check.that(answer.status < 500, || format!("{path}: {}", answer.in_short()));
            check.that(answer.status != 200 || path.contains("action=") || path.contains("actor="), || {
                format!("{path} was taken")
            });
        }
        let header = text.replace('"', "\"\"");
        let content = format!("month,\"{header}\",mrr\n2026-03,\"{header}\",1\n");
        super::people::send_file(&door, &token, OURS, (&format!("{text}.csv"), content.as_bytes())).await?;
    }
    check.equal("people afterwards", world.main.database.count("SELECT count(*) FROM users").await?, people);
    check.that(slowest < Duration::from_secs(4), || format!("something slept: {slowest:?}"));
    check.verdict("7 texts in every parameter, id, header and file; where SQL may stand is checked by a test of the source")
}

/// Methods and hosts that the program does not know.
pub(crate) async fn p45_only_known_methods_and_hosts(world: &World) -> Finding {
    let mut check = Check::new();
    let (door, node) = (world.door(), world.main.door_of(0).ok_or("no node")?);
    for method in ["TRACE", "FOO", "PROPFIND", "DELETE"] {
        for path in ["/", "/sign-in", "/health", "/api/v1/workspaces", "/pkg/nothing.js"] {
            let answer = node.send(Ask::new(method, path).header("sec-fetch-site", "same-origin")).await?;
            check.equal(&format!("{method} {path}"), answer.status, 405);
            check.that(!answer.header("allow").is_empty(), || format!("{method} {path}: no Allow"));
            check.that(!answer.text().contains("sec-fetch-site"), || {
                format!("{method} {path} echoes the request")
            });
        }
    }
    let answer = node
        .send_raw(
            format!("CONNECT {SITE_NAME}:22 HTTP/1.1\r\nHost: {SITE_NAME}:22\r\n\r\n").as_bytes(),
            SILENCE,
        )
        .await?;
    check.that(answer.status().is_none_or(|status| [400, 403, 404, 405, 421].contains(&status)), || {
        format!("CONNECT: {:?}", answer.status())
    });
    for path in ["/", "/sign-in", "/api/v1/metrics/catalogue", "/health", "/favicon.svg"] {
        let (get, head) = (door.send(Ask::get(path)).await?, door.send(Ask::new("HEAD", path)).await?);
        check.equal(&format!("HEAD {path}"), (head.status, head.body.len()), (get.status, 0));
        check.equal(&format!("its type at {path}"), head.header("content-type"), get.header("content-type"));
    }
    for path in ["/", "/sign-in", "/api/v1/auth/google"] {
        let answer = node.send(Ask::get(path).header("host", "evil.example")).await?;
        check.equal(&format!("{path} under a foreign name"), answer.status, 421);
        for header in
            ["x-forwarded-host", "x-forwarded-server", "forwarded", "x-original-url", "x-rewrite-url"]
        {
            let answer = node.send(Ask::get(path).header(header, "evil.example")).await?;
            check.that(
                !answer.text().contains("evil.example") && !answer.header("location").contains("evil"),
                || format!("{path} believes {header}"),
            );
        }
    }
    let action = crate::client::Browser::new(&node).get("/forgotten-password").await?.attributes("action");
    let action = action.into_iter().find(|action| action.ends_with("/request_reset")).ok_or("no form")?;
    let seen = world.main.mail.all().iter().filter(|mail| mail.contains("To: ada@acme.example")).count();
    let ask = Ask::post(&action)
        .form(&[("input[email]", "ada@acme.example")])
        .header("host", "evil.example")
        .header("x-forwarded-host", "evil.example");
    let answer = node.send(ask.header("sec-fetch-site", "same-origin")).await?;
    if answer.status < 400 {
        let mail = world.main.mail.to("ada@acme.example", seen).await?;
        check.that(!mail.contains("evil.example"), || {
            "a link in a message leads to a made-up host".to_owned()
        });
    }
    check.verdict("4 methods, CONNECT, HEAD, a foreign Host and 5 headers that name one; links in messages")
}

/// JSON that is too deep, too large or none.
pub(crate) async fn p46_odd_json_costs_nothing(world: &World) -> Finding {
    let mut check = Check::new();
    let door = world.main.door_of(0).ok_or("no node")?;
    let sign_in = |body: Vec<u8>| Ask::post("/api/v1/auth/signin").body("application/json", body);
    let mut slowest = Duration::ZERO;
    for (what, body, expected) in [
        ("10,000 brackets", "[".repeat(10_000).into_bytes(), &[400][..]),
        ("10,000 objects", "{\"email\":".repeat(10_000).into_bytes(), &[400, 422]),
        ("10 MB", format!("{{\"email\":\"{}\"}}", "a".repeat(10_000_000)).into_bytes(), &[413]),
        ("a name twice", br#"{"email":"a","email":"b","password":"c"}"#.to_vec(), &[400, 422]),
        ("NaN", br#"{"email":NaN,"password":"c"}"#.to_vec(), &[400]),
        ("1e999", br#"{"email":1e999,"password":"c"}"#.to_vec(), &[400, 422]),
        ("bytes that are no text", b"{\"email\":\"\xff\xfe\",\"password\":\"c\"}".to_vec(), &[400]),
        ("half a surrogate", br#"{"email":"\ud800","password":"c"}"#.to_vec(), &[400, 422]),
        ("a byte order mark", b"\xef\xbb\xbf{}".to_vec(), &[400]),
        ("nothing", Vec::new(), &[400]),
        ("a list", b"[]".to_vec(), &[400, 422]),
        ("something after it", br#"{"email":"a","password":"b"} x"#.to_vec(), &[400]),
    ] {
        let is_large = body.len() > 1_000_000;
        let begun = Instant::now();
        let answer = door.send(sign_in(body)).await;
        let took = begun.elapsed();
        // Whoever is refused in the middle of sending may find the connection closed.
        match answer {
            Err(failure) => check.that(is_large, || format!("{what}: {failure}")),
            Ok(answer) => {
                check.status(what, &answer, expected);
                check.that(answer.is_problem() || answer.status == 413, || {
                    format!("{what}: no problem document, {}", answer.in_short())
                });
            }
        }
        check.that(took < Duration::from_millis(200), || format!("{what}: took {} ms", took.as_millis()));
        slowest = slowest.max(took);
    }
    let token = world.cast.owner()?.token().await?;
    for value in ["1e999", "NaN", "-0", "1e308", "\"1\"", "null", "true", "123456789012345678901234567890"] {
        let body = format!(
            r#"{{"currency":"USD","observations":[{{"metric":"nps_promoters","month":"2020-01","value":{value}}}]}}"#
        );
        let ask = Ask::post("/api/v1/metrics/observations")
            .bearer(&token)
            .workspace(OURS)
            .body("application/json", body);
        let answer = door.send(ask).await?;
        check.that(answer.status < 500, || format!("the figure {value}: {}", answer.in_short()));
    }
    alive(&door, &mut check).await?;
    check.verdict(format!(
        "12 bodies and 8 figures, slowest {} ms with an unoptimised program (200 allowed, 50 when optimised)",
        slowest.as_millis()
    ))
}

async fn alive(door: &Door, check: &mut Check) -> Result<(), Failure> {
    check.equal("the program afterwards", door.send(Ask::get("/health")).await?.status, 200);
    Ok(())
}
