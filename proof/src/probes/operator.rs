//! What operators set, see and must not get wrong.

use std::time::Instant;

use futures::stream::{self, StreamExt};

use super::{
    verdict::{Check, Finding, not_here},
    world::{OPERATOR, World},
};
use crate::{
    client::{Ask, Browser},
    options::how_many,
    stage::{Database, Settings},
};

/// Secrets that anybody could guess, and settings that would open a door, stop the start.
pub(crate) async fn p56_a_careless_setting_stops_the_start(world: &World) -> Finding {
    let mut check = Check::new();
    let fresh = world.plan_with_default_limits().start().await?;
    check.equal("people in a fresh program", fresh.database.count("SELECT count(*) FROM users").await?, 0);
    check.equal("keys in a fresh program", fresh.database.count("SELECT count(*) FROM api_keys").await?, 0);
    for (email, password) in
        [("admin@quartile.example", "admin"), ("admin", "admin"), ("admin@localhost", "password")]
    {
        let body = serde_json::json!({ "email": email, "password": password });
        let answer = fresh.door().send(Ask::post("/api/v1/auth/signin").json(&body)).await?;
        check.that([401, 429].contains(&answer.status), || format!("{email}: {}", answer.in_short()));
    }
    let program = &world.options.program;
    let mut careless = vec![
        ("operations.token", "short"),
        ("google.issuer", "http://accounts.google.com"),
        ("mail.encryption", "none"),
        ("redis.url", "redis://redis.example:6379"),
        ("server.cors_origins", "*"),
        ("server.trusted_proxies", "everybody"),
        ("limits.api", "unlimited"),
    ];
    if let Database::Postgres(owned) = &world.main.database {
        careless.extend([
            ("database.url", owned.owner_url.as_str()),
            ("database.url", owned.superuser_url.as_str()),
        ]);
    }
    for (name, value) in &careless {
        let folder = tempfile::tempdir()?;
        let mut settings =
            if name.starts_with("database") { world.main.settings().clone() } else { Settings::default() };
        if name.starts_with("database") {
            std::fs::copy(world.main.data().join("keys.toml"), folder.path().join("keys.toml"))?;
        }
        settings.set("server.base_url", "https://quartile.example").set("mail.transport", "smtp");
        settings.set("mail.host", if *name == "mail.encryption" { "mail.example" } else { "127.0.0.1" });
        settings.set("google.client_id", "quartile").set("google.client_secret", "a-secret-of-the-client");
        if *name == "redis.url" {
            settings.set("redis.nodes", "2");
        }
        settings.set(name, *value);
        let refusal = program.refuse(&settings, folder.path()).await?;
        check.that(refusal.as_ref().is_some_and(|(code, _)| *code == 78), || {
            format!("{name} = {value:?} is taken: {:.200}", format!("{refusal:?}"))
        });
        if let Some((_, words)) = refusal {
            let is_said = words.contains(name) || name.starts_with("database");
            check.that(is_said, || format!("{name}: the refusal does not name it: {words:.200}"));
            check.that(!words.contains("a-secret-of-the-client"), || {
                format!("{name}: the refusal shows a secret")
            });
        }
    }
    check.verdict(format!(
        "nobody and no key in a fresh program; {} careless settings refused with exit code 78",
        careless.len()
    ))
}

/// Operators see how it goes, strangers do not, and no visitor makes the list longer.
pub(crate) async fn p57_only_the_operator_sees_inside(world: &World) -> Finding {
    const STRANGE: usize = 10_000;
    /// So many between two looks at the clock.
    const AT_ONCE: usize = 500;
    let mut check = Check::new();
    let door = world.main.door_of(0).ok_or("no node")?;
    let owner = world.cast.owner()?.token().await?;
    for path in ["/metrics", "/health/all"] {
        for bearer in
            ["", "Bearer ", "Bearer a-token-that-nobody-else-know", OPERATOR, &format!("Bearer {owner}")]
        {
            let answer = door.send(Ask::get(path).header("authorization", bearer)).await?;
            check.equal(&format!("{path} with {bearer:.12}"), answer.status, 401);
        }
        check.equal(
            &format!("{path} for the operator"),
            door.send(Ask::get(path).bearer(OPERATOR)).await?.status,
            200,
        );
    }
    for path in ["/health", "/health/ready"] {
        let text = door.send(Ask::get(path)).await?.text();
        check.that(text.len() < 20 && !text.contains(|c: char| c.is_ascii_digit()), || {
            format!("{path} says {text:.100}")
        });
    }
    let series = async || -> Result<usize, crate::Failure> {
        let text = door.send(Ask::get("/metrics").bearer(OPERATOR)).await?.text();
        Ok(text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).count())
    };
    let strange = |number: usize| {
        let path = match number % 4 {
            0 => format!("/strange-{number}"),
            1 => format!("/api/v1/strange-{number}"),
            2 => format!("/w/strange-{number}/data/x/original"),
            _ => format!("/pkg/strange-{number}.js"),
        };
        door.send_owned(Ask::get(&path))
    };
    stream::iter(0..40).map(strange).buffer_unordered(8).for_each(async |_| {}).await;
    let before = series().await?;
    let (begun, mut asked) = (Instant::now(), 40);
    while asked < STRANGE && !world.options.is_long_enough(begun) {
        let more = asked..(asked + AT_ONCE).min(STRANGE);
        asked = more.end;
        let statuses = stream::iter(more).map(strange).buffer_unordered(16);
        let statuses: Vec<u16> =
            statuses.map(|answer| answer.map_or(0, |answer| answer.status)).collect().await;
        let answered = statuses.iter().filter(|status| [401, 404].contains(status)).count();
        check.equal("strange paths that lead nowhere", answered, statuses.len());
    }
    let after = series().await?;
    check.equal("series after strange paths", after, before);
    routes(world, &mut check).await?;
    check.verdict(format!("5 wrong tokens each; {asked} of {STRANGE} strange paths ({}) added no series to {before}; every operation of the description answers, and the pages name no other", how_many(asked == STRANGE)))
}

/// Every operation of the description is there under both prefixes, and nothing usual is there besides.
async fn routes(world: &World, check: &mut Check) -> Result<(), crate::Failure> {
    let door = world.door();
    for operation in &world.operations {
        for prefix in ["/api/v1", "/api"] {
            let path =
                operation.path.replacen("/api/v1", prefix, 1).replace("{id}", super::operations::UNKNOWN);
            let answer = door.send(Ask::new(&operation.method, &path)).await?;
            check.that(![404, 405].contains(&answer.status), || {
                format!("{} {path}: {}", operation.method, answer.status)
            });
        }
    }
    for path in [
        "/api/v2",
        "/api/v1/admin",
        "/administrator",
        "/debug",
        "/actuator",
        "/swagger",
        "/api/v1/users",
        "/graphql",
        "/server-status",
        "/metrics/x",
    ] {
        check.equal(path, Browser::new(&door).get(path).await?.status, 404);
    }
    check.equal("/admin for a stranger", Browser::new(&door).get("/admin").await?.status, 401);
    Ok(())
}

/// TLS.
pub(crate) async fn p58_tls_is_of_today(_: &World) -> Finding {
    not_here("this version speaks no TLS itself; a proxy in front of it does (named in the documents)")
}
