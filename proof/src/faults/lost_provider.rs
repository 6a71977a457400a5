//! The sign-in provider fails.

use std::time::{Duration, Instant};

use super::{
    ground::{Ground, Scene},
    lost_database::asks_until,
};
use crate::{
    Failure,
    client::{Ask, Browser},
    stage::{Liar, Lie, Provider, Settings, Signal},
    verdict::{Check, Finding},
};

/// Five seconds, and the time of a request.
const SAYS_SO_WITHIN: Duration = Duration::from_millis(5_500);

/// Down, hanging, silent, and with garbage for keys: who is signed in stays, passwords work, and who wants to sign in there is told soon.
pub(crate) async fn f10_who_is_signed_in_needs_no_provider(ground: &Ground) -> Finding {
    let mut check = Check::new();
    let mut words = Vec::new();
    for signal in [Signal::Kill, Signal::Freeze] {
        let mut provider = Provider::start(&ground.options.provider).await?;
        let how = if signal == Signal::Kill { "down" } else { "hanging" };
        let scene = with(ground, &provider.settings()).await?;
        provider.process().send(signal)?;
        let took = try_everything(&scene, how, &mut check).await?;
        words.push(format!("{how}: told after {} ms", took.as_millis()));
        if signal == Signal::Freeze {
            provider.process().send(Signal::Thaw)?;
            let healed = sends_on(&scene, &provider).await;
            check.that(healed.is_ok(), || "15 s after the provider went on nobody is sent to it".to_owned());
            words.push(format!("back after {:.1} s", healed.unwrap_or_default().as_secs_f64()));
        }
    }
    for (lie, how) in [(Lie::Silence, "silent"), (Lie::Garbage, "garbage for keys")] {
        let liar = Liar::start(lie).await?;
        let scene = with(ground, &liar.settings()).await?;
        let took = if lie == Lie::Garbage {
            let begun = Instant::now();
            come_back(&scene, &liar, &mut check).await?;
            begun.elapsed()
        } else {
            try_everything(&scene, how, &mut check).await?
        };
        words.push(format!("{how}: told after {} ms", took.as_millis()));
    }
    check.measured(words.join("; "), "pages, API and passwords are unaffected")
}

async fn with(ground: &Ground, settings: &Settings) -> Result<Scene, Failure> {
    let mut plan = ground.plan();
    plan.settings.add(settings);
    Scene::set(plan).await
}

/// Asks for everything while the provider is away; how long it takes to be told that nobody can sign in there.
async fn try_everything(scene: &Scene, how: &str, check: &mut Check) -> Result<Duration, Failure> {
    let mut stranger = Browser::new(&scene.door());
    let begun = Instant::now();
    let answer = stranger.get("/sign-in/google").await?;
    let took = begun.elapsed();
    check.that(took <= SAYS_SO_WITHIN, || format!("{how}: the answer took {:.1} s", took.as_secs_f64()));
    check.that(answer.status < 500 || answer.status == 503, || format!("{how}: {}", answer.in_short()));
    check.that(answer.header("location").contains("problem=") || answer.status == 503, || {
        format!("{how}: no reason, {} {}", answer.in_short(), answer.header("location"))
    });
    check.that(stranger.session().is_empty(), || format!("{how}: somebody is signed in"));
    others(scene, how, check).await?;
    Ok(took)
}

/// What needs no provider.
async fn others(scene: &Scene, how: &str, check: &mut Check) -> Result<(), Failure> {
    let door = scene.door();
    let begun = Instant::now();
    // The owner has a password: signing in is possible, and the session works.
    let mut browser = scene.owner.sign_in().await?;
    check.equal(&format!("{how}: a page"), browser.get("/w/acme").await?.status, 200);
    check.equal(
        &format!("{how}: the page to sign in"),
        Browser::new(&door).get("/sign-in").await?.status,
        200,
    );
    check.equal(&format!("{how}: the API"), door.send(scene.series()).await?.status, 200);
    check.equal(&format!("{how}: ready"), door.send(Ask::get("/health/ready")).await?.status, 200);
    check.that(begun.elapsed() < Duration::from_secs(10), || {
        format!("{how}: all that took {:?}", begun.elapsed())
    });
    Ok(())
}

/// Comes back from a provider whose keys are no keys.
async fn come_back(scene: &Scene, liar: &Liar, check: &mut Check) -> Result<(), Failure> {
    let mut browser = Browser::new(&scene.door());
    let begun = Instant::now();
    let address = browser.get("/sign-in/google").await?.header("location").to_owned();
    let address = url::Url::parse(&address).ok();
    let parameter = |name: &str| -> String {
        let pairs = address.iter().flat_map(url::Url::query_pairs);
        pairs.filter(|(key, _)| key == name).map(|(_, value)| value.into_owned()).next().unwrap_or_default()
    };
    // Keys may be fetched with the description, or when a token comes.
    if address.is_some() {
        liar.bear(&parameter("nonce"));
        let path = format!("/sign-in/google/callback?code=c&state={}", parameter("state"));
        let answer = browser.get(&path).await?;
        check.that(answer.header("location").contains("problem="), || {
            format!("garbage for keys: no reason, {} {}", answer.in_short(), answer.header("location"))
        });
    }
    let took = begun.elapsed();
    check
        .that(took <= SAYS_SO_WITHIN, || format!("garbage for keys: told after {:.1} s", took.as_secs_f64()));
    check.that(browser.session().is_empty(), || "garbage for keys signed somebody in".to_owned());
    others(scene, "garbage for keys", check).await
}

/// Whether people are sent to the provider again, and after how long.
async fn sends_on(scene: &Scene, provider: &Provider) -> Result<Duration, Failure> {
    let begun = Instant::now();
    let issuer = provider.issuer();
    while begun.elapsed() < Duration::from_secs(15) {
        let answer = Browser::new(&scene.door()).get("/sign-in/google").await?;
        if answer.header("location").starts_with(&issuer) {
            asks_until(&scene.door(), &Ask::get("/health/ready"), 200, Duration::from_secs(5)).await?;
            return Ok(begun.elapsed());
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    Err("nobody is sent there".into())
}
