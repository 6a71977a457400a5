//! Being led elsewhere: people by an address, the program by a provider.

use std::time::{Duration, Instant};

use serde_json::json;

use super::{
    google::{at_provider, begin, come_back, is_in, with_provider},
    verdict::{Check, Finding, not_here},
    world::World,
};
use crate::{
    client::{Ask, Browser},
    stage::{Liar, Lie},
};

/// Where one may not be led, as text.
const ELSEWHERE: [&str; 13] = [
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "/%5Cevil.example",
    "/%09/evil.example",
    "/\t/evil.example",
    "///evil.example",
    "https:evil.example",
    "/@evil.example",
    "javascript:alert(1)",
    "/\r\nSet-Cookie: a=b",
    "evil.example",
    "",
];

/// A provider that is another, sends on, talks without end or is silent.
pub(crate) async fn p28_a_provider_is_believed_only_as_configured(world: &World) -> Finding {
    let mut check = Check::new();
    let mut slowest = Duration::ZERO;
    for lie in [Lie::OtherIssuer, Lie::Redirect, Lie::Endless, Lie::Silence] {
        let liar = Liar::start(lie).await?;
        let mut plan = world.plan();
        plan.settings.add(&liar.settings());
        let deployment = plan.start().await?;
        let node = deployment.nodes.first().ok_or("no node")?;
        let before = node.memory()?;
        let begun = Instant::now();
        let mut browser = Browser::new(&deployment.door_of(0).ok_or("no node")?);
        let answer = browser.get("/sign-in/google").await?;
        let took = begun.elapsed();
        slowest = slowest.max(took);
        check.that(answer.header("location").starts_with("/sign-in?problem="), || {
            format!("{lie:?}: {} {}", answer.status, answer.header("location"))
        });
        check.that(took < Duration::from_secs(8), || format!("{lie:?}: took {} s", took.as_secs()));
        let grown = node.memory()?.saturating_sub(before) >> 20;
        check.that(grown < 48, || format!("{lie:?}: {grown} MB more memory"));
        check.equal("other pages meanwhile", deployment.door().send(Ask::get("/method")).await?.status, 200);
    }
    check.verdict(format!(
        "another issuer, a redirect, 64 MB and silence; the longest wait was {:.1} s",
        slowest.as_secs_f64()
    ))
}

/// Nobody is led elsewhere, at the beginning or at the end.
pub(crate) async fn p29_nobody_is_led_elsewhere(world: &World) -> Finding {
    let mut check = Check::new();
    let email = world.cast.outsider.email.clone();
    for next in ELSEWHERE {
        let mut browser = Browser::new(&world.door());
        let form = [
            ("input[email]", email.as_str()),
            ("input[password]", super::people::PASSWORD),
            ("input[next]", next),
        ];
        let answer = browser.submit("/sign-in", "sign_in", &form).await?;
        check.equal(&format!("signing in with next {next:?}"), answer.header("location"), "/w/birch");
        check.equal("cookies", answer.cookies().iter().filter(|cookie| cookie.starts_with("a=")).count(), 0);
    }
    let mut browser = Browser::new(&world.door());
    let form = [
        ("input[email]", email.as_str()),
        ("input[password]", super::people::PASSWORD),
        ("input[next]", "/w/birch/standing?currency=EUR"),
    ];
    let answer = browser.submit("/sign-in", "sign_in", &form).await?;
    check.equal("a path of ours", answer.header("location"), "/w/birch/standing?currency=EUR");
    let (provider, deployment) = with_provider(world).await?;
    for next in ELSEWHERE {
        provider.next(&json!({ "claims": {}, "fault": null })).await?;
        let mut browser = Browser::new(&deployment.door());
        let address = begin(&mut browser, next).await?;
        let back = at_provider(&provider, &address).await?;
        let answer = come_back(&mut browser, &back).await?;
        let location = answer.header("location");
        check.that(location.starts_with("/w/") && is_in(&browser), || {
            format!("{next:?} at the provider leads to {location}")
        });
    }
    check.verdict(format!("{} hostile addresses at the form and by way of the provider", ELSEWHERE.len()))
}

/// Addresses that an outsider could have the program call.
pub(crate) async fn p40_the_program_calls_nobody_it_is_told_to(_: &World) -> Finding {
    not_here(
        "this version takes no address to call from anybody but its operator: there are no webhooks and no connectors; the guard in front of them has unit tests",
    )
}

/// Signed calls to others.
pub(crate) async fn p41_webhooks_are_signed(_: &World) -> Finding {
    not_here("this version sends no webhooks")
}
