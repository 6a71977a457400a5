//! Signing in with a provider.

use serde_json::{Value, json};
use url::Url;

use super::{
    verdict::{Check, Finding},
    world::World,
};
use crate::{
    Failure,
    client::{Answer, Ask, Browser},
    stage::{Deployment, Liar, Lie, Provider, SITE_NAME},
};

/// A deployment whose people come from the local provider.
pub(super) async fn with_provider(world: &World) -> Result<(Provider, Deployment), Failure> {
    let provider = Provider::start(&world.options.provider).await?;
    let mut plan = world.plan();
    plan.settings.add(&provider.settings());
    Ok((provider, plan.start().await?))
}

/// Begins to sign in; the address at the provider.
pub(super) async fn begin(browser: &mut Browser, next: &str) -> Result<Url, Failure> {
    let query: String =
        url::form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
    let answer = browser.get(&format!("/sign-in/google?{query}")).await?;
    let location = answer.header("location");
    Url::parse(location)
        .map_err(|_| format!("beginning was answered with {} {location}", answer.status).into())
}

fn parameter(address: &Url, name: &str) -> String {
    address
        .query_pairs()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

/// Signs in at the provider; the path it sends the browser back to.
pub(super) async fn at_provider(provider: &Provider, address: &Url) -> Result<Url, Failure> {
    let path = format!("{}?{}", address.path(), address.query().unwrap_or_default());
    let answer = provider.door().send(Ask::get(&path)).await?;
    Ok(Url::parse(answer.header("location"))?)
}

pub(super) async fn come_back(browser: &mut Browser, back: &Url) -> Result<Answer, Failure> {
    browser.get(&format!("{}?{}", back.path(), back.query().unwrap_or_default())).await
}

/// The whole way; what the program answers at its end.
pub(super) async fn sign_in(
    provider: &Provider,
    deployment: &Deployment,
    (claims, fault): (Value, Option<&str>),
) -> Result<(Browser, Answer), Failure> {
    provider.next(&json!({ "claims": claims, "fault": fault })).await?;
    let mut browser = Browser::new(&deployment.door());
    let address = begin(&mut browser, "").await?;
    let back = at_provider(provider, &address).await?;
    let answer = come_back(&mut browser, &back).await?;
    Ok((browser, answer))
}

pub(super) fn is_in(browser: &Browser) -> bool {
    !browser.session().is_empty()
}

/// The state has to be that of this browser, of this moment, and used once.
pub(crate) async fn p24_a_foreign_state_redeems_nothing(world: &World) -> Finding {
    let mut check = Check::new();
    let (provider, mut deployment) = with_provider(world).await?;
    let mut browser = Browser::new(&deployment.door());
    let address = begin(&mut browser, "").await?;
    let back = at_provider(&provider, &address).await?;
    let right = parameter(&back, "state");
    let mut stranger = Browser::new(&deployment.door());
    begin(&mut stranger, "").await?;
    for (what, who, state) in [
        ("no state", browser.clone(), None),
        ("another state", browser.clone(), Some("made-up".to_owned())),
        ("the state of another browser", stranger, Some(right.clone())),
        ("a browser that never began", Browser::new(&deployment.door()), Some(right.clone())),
    ] {
        let mut who = who;
        let mut wrong = back.clone();
        wrong.query_pairs_mut().clear().append_pair("code", &parameter(&back, "code"));
        if let Some(state) = state {
            wrong.query_pairs_mut().append_pair("state", &state);
        }
        let answer = come_back(&mut who, &wrong).await?;
        check.that(!is_in(&who), || format!("{what}: {}", answer.in_short()));
        refused(&mut check, what, &answer);
    }
    // The code is good yet, so nobody has given it in.
    let before = browser.clone();
    let answer = come_back(&mut browser, &back).await?;
    check.that(is_in(&browser), || format!("the right state after all that: {}", answer.in_short()));
    let mut replayed = before;
    let answer = come_back(&mut replayed, &back).await?;
    check.that(!is_in(&replayed), || format!("the same answer once more: {}", answer.in_short()));
    refused(&mut check, "the same answer once more", &answer);
    let mut late = Browser::new(&deployment.door());
    let address = begin(&mut late, "").await?;
    let back = at_provider(&provider, &address).await?;
    super::sessions::shift(&mut deployment, 601).await?;
    let answer = come_back(&mut late, &back).await?;
    check.that(!is_in(&late), || "an answer after ten minutes signed in".to_owned());
    refused(&mut check, "an answer after ten minutes", &answer);
    check.verdict("missing, made up, another browser's, replayed, too late: 400 with the way back; the code stayed unused")
}

/// It is no redirect that could be passed over, and says how to go on.
fn refused(check: &mut Check, what: &str, answer: &Answer) {
    check.equal(what, answer.status, 400);
    check.that(answer.text().contains("href=\"/sign-in\""), || {
        format!("{what}: no way back, {}", answer.in_short())
    });
}

/// A token that is wrong in one thing signs nobody in, and the attempt is written down.
pub(crate) async fn p25_a_wrong_identity_token_signs_nobody_in(world: &World) -> Finding {
    let mut check = Check::new();
    let (provider, deployment) = with_provider(world).await?;
    let (browser, answer) = sign_in(&provider, &deployment, (json!({}), None)).await?;
    check.that(is_in(&browser), || format!("an honest token: {}", answer.in_short()));
    let faults = ["nonce", "audience", "issuer", "expiry", "party", "age", "signature", "refusal"];
    for fault in faults {
        let (browser, answer) = sign_in(&provider, &deployment, (json!({}), Some(fault))).await?;
        check.that(!is_in(&browser), || format!("a wrong {fault} signed in"));
        check.that(answer.header("location").contains("problem=google-refused"), || {
            format!("a wrong {fault}: {}", answer.header("location"))
        });
    }
    let noted = deployment
        .database
        .count("SELECT count(*) FROM audit_events WHERE action = 'sign_in.failed'")
        .await?;
    check.equal("refusals in the audit log", noted, faults.len() as u64);
    for lie in
        [Lie::NoSignature, Lie::ClientSecret, Lie::UnannouncedClientSecret, Lie::UnknownKey, Lie::Nonsense]
    {
        let liar = Liar::start(lie).await?;
        let mut plan = world.plan();
        plan.settings.add(&liar.settings());
        let deployment = plan.start().await?;
        for _ in 0..5 {
            let mut browser = Browser::new(&deployment.door());
            let address = begin(&mut browser, "").await?;
            liar.bear(&parameter(&address, "nonce"));
            let path = format!("/sign-in/google/callback?code=c&state={}", parameter(&address, "state"));
            browser.get(&path).await?;
            check.that(!is_in(&browser), || format!("{lie:?} signed in"));
        }
        check.equal(&format!("{lie:?}: codes given in"), liar.token_calls(), 5);
        let most = 2 * deployment.nodes.len() as u64;
        check.that(liar.key_calls() <= most, || {
            format!("{lie:?}: keys fetched {} times for 5 tokens, {most} allowed", liar.key_calls())
        });
    }
    check.verdict("8 faults of one claim or signature; none, HMAC with the client secret, an unknown key and a signature that is none")
}

/// The code alone is worth nothing.
pub(crate) async fn p26_a_code_is_bound_to_who_began(world: &World) -> Finding {
    let mut check = Check::new();
    let liar = Liar::start(Lie::Nonsense).await?;
    let mut plan = world.plan();
    plan.settings.add(&liar.settings());
    let deployment = plan.start().await?;
    let mut browser = Browser::new(&deployment.door());
    let address = begin(&mut browser, "").await?;
    check.equal(
        "the method of the challenge",
        parameter(&address, "code_challenge_method"),
        "S256".to_owned(),
    );
    let challenge = parameter(&address, "code_challenge");
    check.that(challenge.len() == 43, || format!("the challenge is {challenge:?}"));
    check.equal(
        "the way back",
        parameter(&address, "redirect_uri"),
        format!("https://{SITE_NAME}/sign-in/google/callback"),
    );
    let state = parameter(&address, "state");
    let mut mixed = browser.clone();
    mixed
        .get(&format!("/sign-in/google/callback?code=c&state={state}&iss=https%3A%2F%2Fother.example"))
        .await?;
    check.equal("codes given in after an answer of another issuer", liar.token_calls(), 0);
    browser.get(&format!("/sign-in/google/callback?code=the-canary-code&state={state}")).await?;
    let form: std::collections::BTreeMap<String, String> =
        url::form_urlencoded::parse(liar.last_form().as_bytes()).into_owned().collect();
    let verifier = form.get("code_verifier").cloned().unwrap_or_default();
    let digest = <sha2::Sha256 as sha2::Digest>::digest(verifier.as_bytes());
    let expected = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, digest);
    check.equal("the hash of the verifier", expected, challenge);
    let log = deployment.log();
    for (what, secret) in [("verifier", verifier.as_str()), ("code", "the-canary-code"), ("state", &state)] {
        check.that(!secret.is_empty() && !log.contains(secret), || {
            format!("the {what} is in the log, or was not sent")
        });
    }
    check.verdict("S256, the verifier fits, an answer in another issuer's name redeems nothing, nothing of it in the log")
}

/// Who somebody is follows from the provider's own id, never from an address.
pub(crate) async fn p27_an_address_takes_over_no_account(world: &World) -> Finding {
    let mut check = Check::new();
    let (provider, deployment) = with_provider(world).await?;
    let person =
        super::people::Person::sign_up(&deployment, "Ada Moreau", "ada@acme.example", "Acme").await?;
    let claims = json!({ "sub": "thief", "email": person.email });
    let (browser, answer) = sign_in(&provider, &deployment, (claims, None)).await?;
    check.that(!is_in(&browser), || "a known address opened its account".to_owned());
    check.that(answer.header("location").contains("google-other-account"), || {
        answer.header("location").to_owned()
    });
    let claims = json!({ "sub": "new", "email": "new@example.com", "email_verified": false });
    let (browser, _) = sign_in(&provider, &deployment, (claims, None)).await?;
    check.that(!is_in(&browser), || "an address that nobody verified signed in".to_owned());
    let first =
        sign_in(&provider, &deployment, (json!({ "sub": "g-7", "email": "grace@example.com" }), None))
            .await?;
    let second =
        sign_in(&provider, &deployment, (json!({ "sub": "g-7", "email": "grace@elsewhere.example" }), None))
            .await?;
    check.that(is_in(&first.0) && first.1.header("location") == second.1.header("location"), || {
        format!(
            "another address is another account: {} and {}",
            first.1.header("location"),
            second.1.header("location")
        )
    });
    let mut plan = world.plan().with("google.hosted_domain", "acme.example");
    plan.settings.add(&provider.settings());
    let guarded = plan.start().await?;
    for (claims, may) in [
        (json!({ "sub": "a", "email": "a@acme.example" }), false),
        (json!({ "sub": "b", "email": "b@acme.example", "hd": "evil.example" }), false),
        (json!({ "sub": "c", "email": "c@acme.example", "hd": "acme.example" }), true),
    ] {
        let (browser, answer) = sign_in(&provider, &guarded, (claims.clone(), None)).await?;
        check.that(is_in(&browser) == may, || format!("{claims}: expected {may}, got {}", answer.in_short()));
    }
    check.verdict("a known address, an unverified one, a changed one, and the organisation by `hd` alone")
}
